//! The pages of contact types: the list, a type with its fields, and its form.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{TypeForm, kind_name};
use crate::book::contact_types::writing::{self, Asked, Deleted, Edited, Step};
use crate::book::contact_types::{self, ContactType, CustomField};
use crate::db::Db;
use crate::domain::{Difference, Drawn};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{Catalogue, fl};
use crate::jobs::JobSignal;
use crate::web::{Account, Confirm, Context, Form, FormErrors, NoFields, page};

#[derive(Template)]
#[template(path = "contact_types/index.html")]
struct TypesPage {
    cx: Context,
    types: Vec<ContactType>,
}

/// `GET /contact-types`
pub async fn index(cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    let types = db.read(contact_types::all).await?;
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
    page::ok(&NewTypePage { cx, errors: FormErrors::default(), typed: TypeForm::default() })
}

/// `POST /contact-types`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(form): Form<TypeForm>,
) -> AppResult<HttpResponse> {
    let errors = match form.read(cx.t) {
        Err(errors) => errors,
        Ok(name) => {
            let given = name.clone();
            let added = db.write(move |conn| writing::add_type(conn, &given, account.id)).await;
            match added {
                Ok(id) => {
                    cx.say(fl!(cx.t, "contact-type-added", name = name));
                    return Ok(page::see_other(format!("/contact-types/{id}")));
                }
                Err(AppError::Taken(Constraint::ContactTypeName)) => {
                    FormErrors::one("name", fl!(cx.t, "contact-type-name-taken"))
                }
                Err(error) => return Err(error),
            }
        }
    };
    page::unprocessable(&NewTypePage { cx, errors, typed: form })
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
                contact_types::find(conn, id)?,
                contact_types::fields(conn, id)?,
                contact_types::contacts_of(conn, id)?,
            ))
        })
        .await?;
    page::ok(&TypePage { cx, contact_type, fields, contacts })
}

#[derive(Template)]
#[template(path = "contact_types/edit.html")]
struct EditTypePage {
    cx: Context,
    errors: FormErrors,
    contact_type: ContactType,
    typed: TypeForm,
    /// The differences from what was saved since the form was shown.
    conflict: Vec<Difference>,
    /// The effects of the change on contacts, to be confirmed.
    effects: Vec<String>,
}

impl EditTypePage {
    fn new(cx: Context, contact_type: ContactType, typed: TypeForm) -> Self {
        Self {
            cx,
            errors: FormErrors::default(),
            contact_type,
            typed,
            conflict: Vec::new(),
            effects: Vec::new(),
        }
    }
}

/// `GET /contact-types/{id}/edit`
pub async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let contact_type = db.read(move |conn| contact_types::find(conn, *id)).await?;
    let typed = TypeForm::of(&contact_type);
    page::ok(&EditTypePage::new(cx, contact_type, typed))
}

/// `POST /contact-types/{id}`: a change that affects contacts is shown first, and saved once it is confirmed with the same
/// effects.
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    id: web::Path<i64>,
    Form(mut form): Form<TypeForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let edited = match form.read(cx.t) {
        Err(errors) => Err(errors),
        Ok(name) => {
            let (given, off) = (name.clone(), form.is_off());
            let asked = Asked { drawn: Drawn::read(&form.was), confirmed: form.confirmed.clone() };
            let edited =
                db.write(move |conn| writing::edit_type(conn, id, (&given, off), &asked, account.id)).await;
            match edited {
                Ok(Edited::Yes) => {
                    bell.ring();
                    cx.say(fl!(cx.t, "contact-type-saved", name = name));
                    return Ok(page::see_other(format!("/contact-types/{id}")));
                }
                Err(AppError::Taken(Constraint::ContactTypeName)) => {
                    let message = fl!(cx.t, "contact-type-name-taken");
                    Err(FormErrors::one("name", message))
                }
                // Deleted meanwhile: what was typed can be saved as a new type.
                Err(AppError::NotFound) => {
                    let errors = FormErrors::one("name", fl!(cx.t, "contact-type-gone"));
                    let typed = form;
                    return page::unprocessable(&NewTypePage { cx, errors, typed });
                }
                edited => Ok(edited?),
            }
        }
    };
    let contact_type = db.read(move |conn| contact_types::find(conn, id)).await?;
    let (mut errors, mut conflict, mut effects) = (FormErrors::default(), Vec::new(), Vec::new());
    match edited {
        Err(wrong) => errors = wrong,
        Ok(Edited::Yes) => {}
        Ok(Edited::Stale) => {
            form.rebase(&contact_type);
            conflict = form.differences(cx.locale, &contact_type);
            errors.add("conflict", fl!(cx.t, "form-stale"));
        }
        Ok(Edited::Ask(asked)) => {
            if !form.confirmed.is_empty() {
                errors.add("effects", fl!(cx.t, "effects-changed"));
            }
            effects = asked.sentences(cx.t);
            form.confirmed = asked.stamp();
        }
    }
    let page = EditTypePage { errors, conflict, effects, ..EditTypePage::new(cx, contact_type, form) };
    page::form(&page.errors, &page)
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
    db.write(move |conn| writing::move_type(conn, *id, step)).await?;
    Ok(page::see_other("/contact-types"))
}

/// The question before the deletion of a type or a field. `in_use` contacts would lose something: if there are any, it is refused.
pub(super) fn deletion(t: &Catalogue, name: &str, type_id: i64, in_use: i64) -> Confirm {
    let is_free = in_use == 0;
    Confirm {
        above: vec![("/contact-types".to_owned(), fl!(t, "contact-types-title"))],
        title: fl!(t, "contact-delete-title", name = name),
        text: if is_free {
            fl!(t, "contact-type-unused")
        } else {
            fl!(t, "contact-type-in-use", count = in_use)
        },
        button: is_free.then(|| fl!(t, "contact-delete")),
        back: format!("/contact-types/{type_id}"),
        ..Confirm::default()
    }
}

/// `GET /contact-types/{id}/delete`
pub async fn ask(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (contact_type, in_use) = db
        .read(move |conn| {
            let contact_type = contact_types::find(conn, id)?;
            Ok((contact_type, writing::in_use(conn, id)?))
        })
        .await?;
    deletion(cx.t, &contact_type.name, id, in_use).answer(cx)
}

/// `POST /contact-types/{id}/delete`
pub async fn destroy(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (contact_type, deleted) = db
        .write(move |conn| {
            let contact_type = contact_types::find(conn, id)?;
            Ok((contact_type, writing::delete_type(conn, id, account.id)?))
        })
        .await?;
    match deleted {
        Deleted::Yes => {
            let name = contact_type.name;
            cx.say(fl!(cx.t, "contact-type-deleted", name = name));
            Ok(page::see_other("/contact-types"))
        }
        Deleted::InUse(in_use) => deletion(cx.t, &contact_type.name, id, in_use).refuse(cx),
    }
}
