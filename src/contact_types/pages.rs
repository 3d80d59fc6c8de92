//! The contact types: their list, one of them with its fields, its name.

use actix_session::Session;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::effects;
use super::form::{TypeForm, kind_name};
use super::writing::{self, Deleted, Step};
use super::{ContactType, CustomField, store};
use crate::accounts::Account;
use crate::db::{Constraint, Db};
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::jobs::Bell;
use crate::web::{Context, Form, FormErrors, NoFields, flash, page};

#[derive(Template)]
#[template(path = "contact_types/index.html")]
struct TypesPage {
    cx: Context,
    types: Vec<ContactType>,
}

/// `GET /contact-types`
pub async fn index(cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    let types = db.read(store::all).await?;
    page::ok(&TypesPage { cx, types })
}

#[derive(Template)]
#[template(path = "contact_types/new.html")]
struct NewTypePage {
    cx: Context,
    errors: FormErrors,
    typed: TypeForm,
}

/// `GET /contact-types/new`
pub async fn new(cx: Context) -> AppResult<HttpResponse> {
    page::ok(&NewTypePage {
        cx,
        errors: FormErrors::default(),
        typed: TypeForm::default(),
    })
}

/// `POST /contact-types`
pub async fn create(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(form): Form<TypeForm>,
) -> AppResult<HttpResponse> {
    let errors = match form.read(cx.t) {
        Err(errors) => errors,
        Ok(name) => {
            let given = name.clone();
            let added = db
                .write(move |conn| writing::add_type(conn, &given, account.id))
                .await;
            match added {
                Ok(id) => {
                    flash::set(&session, fl!(cx.t, "contact-type-added", name = name));
                    return Ok(page::see_other(format!("/contact-types/{id}")));
                }
                Err(AppError::Taken(Constraint::ContactTypeName)) => {
                    FormErrors::one("name", fl!(cx.t, "contact-type-name-taken"))
                }
                Err(error) => return Err(error),
            }
        }
    };
    page::unprocessable(&NewTypePage {
        cx,
        errors,
        typed: form,
    })
}

#[derive(Template)]
#[template(path = "contact_types/show.html")]
struct TypePage {
    cx: Context,
    contact_type: ContactType,
    fields: Vec<CustomField>,
    contacts: i64,
}

/// `GET /contact-types/{id}`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (contact_type, fields, contacts) = db
        .read(move |conn| {
            Ok((
                store::find(conn, id)?,
                store::fields(conn, id)?,
                effects::contacts_of(conn, id)?,
            ))
        })
        .await?;
    page::ok(&TypePage {
        cx,
        contact_type,
        fields,
        contacts,
    })
}

#[derive(Template)]
#[template(path = "contact_types/edit.html")]
struct EditTypePage {
    cx: Context,
    errors: FormErrors,
    contact_type: ContactType,
    typed: TypeForm,
    /// What the change does to contacts, to be confirmed.
    effects: Vec<String>,
}

/// `GET /contact-types/{id}/edit`
pub async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let contact_type = db.read(move |conn| store::find(conn, *id)).await?;
    page::ok(&EditTypePage {
        cx,
        errors: FormErrors::default(),
        typed: TypeForm {
            name: contact_type.name.clone(),
            off: contact_type.is_off.then(|| "on".to_owned()),
            confirmed: None,
        },
        contact_type,
        effects: Vec::new(),
    })
}

/// `POST /contact-types/{id}`: a change that touches contacts is shown first, and made when it is confirmed.
pub async fn update(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<Bell>,
    id: web::Path<i64>,
    Form(form): Form<TypeForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let off = form.off.is_some();
    let (contact_type, effects) = db
        .read(move |conn| {
            let stored = store::find(conn, id)?;
            let effects = effects::of_type(conn, &stored, off)?;
            Ok((stored, effects))
        })
        .await?;
    let name = match form.read(cx.t) {
        Ok(name) => name,
        Err(errors) => {
            return page::unprocessable(&EditTypePage {
                cx,
                errors,
                contact_type,
                typed: form,
                effects: Vec::new(),
            });
        }
    };
    if !effects.is_none() && form.confirmed.is_none() {
        return page::ok(&EditTypePage {
            effects: effects.sentences(cx.t),
            cx,
            errors: FormErrors::default(),
            contact_type,
            typed: form,
        });
    }
    let given = name.clone();
    let edited = db
        .write(move |conn| writing::edit_type(conn, id, &given, off, account.id))
        .await;
    match edited {
        Ok(()) => {
            bell.ring();
            flash::set(&session, fl!(cx.t, "contact-type-saved", name = name));
            Ok(page::see_other(format!("/contact-types/{id}")))
        }
        Err(AppError::Taken(Constraint::ContactTypeName)) => page::unprocessable(&EditTypePage {
            errors: FormErrors::one("name", fl!(cx.t, "contact-type-name-taken")),
            cx,
            contact_type,
            typed: form,
            effects: Vec::new(),
        }),
        Err(error) => Err(error),
    }
}

/// A button beside a type or a field.
#[derive(Debug, Deserialize)]
pub struct MoveForm {
    direction: String,
}

impl MoveForm {
    pub(super) fn step(&self) -> AppResult<Step> {
        match self.direction.as_str() {
            "up" => Ok(Step::Up),
            "down" => Ok(Step::Down),
            _ => Err(AppError::BadRequest("an unknown direction")),
        }
    }
}

/// `POST /contact-types/{id}/move`
pub async fn reorder(
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<MoveForm>,
) -> AppResult<HttpResponse> {
    let step = form.step()?;
    db.write(move |conn| writing::move_type(conn, *id, step))
        .await?;
    Ok(page::see_other("/contact-types"))
}

#[derive(Template)]
#[template(path = "contact_types/delete.html")]
pub(super) struct DeletePage {
    cx: Context,
    /// What goes: a type, or one of its fields.
    name: String,
    action: String,
    back: String,
    /// Contacts that would lose something: then it cannot be done.
    in_use: i64,
}

impl DeletePage {
    fn of_type(cx: Context, contact_type: &ContactType, in_use: i64) -> Self {
        Self {
            cx,
            name: contact_type.name.clone(),
            action: format!("/contact-types/{}/delete", contact_type.id),
            back: format!("/contact-types/{}", contact_type.id),
            in_use,
        }
    }

    pub(super) fn of_field(cx: Context, field: &CustomField, in_use: i64) -> Self {
        let path = format!("/contact-types/{}", field.type_id);
        Self {
            cx,
            name: field.label.clone(),
            action: format!("{path}/fields/{}/delete", field.id),
            back: path,
            in_use,
        }
    }
}

/// `GET /contact-types/{id}/delete`
pub async fn ask(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (contact_type, in_use) = db
        .read(move |conn| {
            let contact_type = store::find(conn, id)?;
            Ok((contact_type, writing::in_use(conn, id)?))
        })
        .await?;
    page::ok(&DeletePage::of_type(cx, &contact_type, in_use))
}

/// `POST /contact-types/{id}/delete`
pub async fn destroy(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (contact_type, deleted) = db
        .write(move |conn| {
            let contact_type = store::find(conn, id)?;
            Ok((contact_type, writing::delete_type(conn, id, account.id)?))
        })
        .await?;
    match deleted {
        Deleted::Yes => {
            let name = contact_type.name;
            flash::set(&session, fl!(cx.t, "contact-type-deleted", name = name));
            Ok(page::see_other("/contact-types"))
        }
        Deleted::InUse(in_use) => {
            page::unprocessable(&DeletePage::of_type(cx, &contact_type, in_use))
        }
    }
}
