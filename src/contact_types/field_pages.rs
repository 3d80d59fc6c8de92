//! The fields of a contact type.

use actix_session::Session;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::effects;
use super::form::{FieldForm, NewField, kind_name};
use super::pages::{DeletePage, MoveForm};
use super::writing::{self, Deleted};
use super::{ContactType, CustomField, store};
use crate::accounts::Account;
use crate::db::{AnyConnection, Constraint, Db};
use crate::domain::CustomKind;
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::jobs::Bell;
use crate::web::{Context, Form, FormErrors, NoFields, flash, page};

#[derive(Template)]
#[template(path = "contact_types/field.html")]
struct FieldPage {
    cx: Context,
    errors: FormErrors,
    contact_type: ContactType,
    /// The field that is edited; none for a new one.
    field: Option<CustomField>,
    typed: FieldForm,
    /// What the change does to contacts, to be confirmed.
    effects: Vec<String>,
}

impl FieldPage {
    fn heading(&self) -> String {
        match &self.field {
            Some(field) => fl!(self.cx.t, "custom-field-edit", name = field.label.as_str()),
            None => fl!(self.cx.t, "custom-field-add"),
        }
    }

    fn fixed_kind(&self, field: &CustomField) -> String {
        let kind = kind_name(self.cx.t, field.kind);
        fl!(self.cx.t, "custom-field-kind-fixed", kind = kind)
    }

    fn may_have_choices(&self) -> bool {
        self.field
            .as_ref()
            .is_none_or(|field| field.kind == CustomKind::List)
    }

    fn action(&self) -> String {
        match &self.field {
            Some(field) => format!("/contact-types/{}/fields/{}", field.type_id, field.id),
            None => format!("/contact-types/{}/fields", self.contact_type.id),
        }
    }
}

/// `GET /contact-types/{id}/fields/new`
pub async fn new(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let contact_type = db.read(move |conn| store::find(conn, *id)).await?;
    page::ok(&FieldPage {
        cx,
        errors: FormErrors::default(),
        contact_type,
        field: None,
        typed: FieldForm::blank(),
        effects: Vec::new(),
    })
}

/// `GET /contact-types/{id}/fields/{field}/edit`
pub async fn edit(
    cx: Context,
    db: web::Data<Db>,
    path: web::Path<(i64, i64)>,
) -> AppResult<HttpResponse> {
    let (contact_type, field) = db.read(move |conn| find(conn, *path)).await?;
    page::ok(&FieldPage {
        cx,
        errors: FormErrors::default(),
        contact_type,
        typed: FieldForm::of(&field),
        field: Some(field),
        effects: Vec::new(),
    })
}

fn find(conn: &mut AnyConnection, (of, id): (i64, i64)) -> AppResult<(ContactType, CustomField)> {
    let contact_type = store::find(conn, of)?;
    let fields = store::fields(conn, of)?;
    let field = fields.into_iter().find(|field| field.id == id);
    Ok((contact_type, field.ok_or(AppError::NotFound)?))
}

/// `POST /contact-types/{id}/fields`
pub async fn create(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<Bell>,
    id: web::Path<i64>,
    Form(form): Form<FieldForm>,
) -> AppResult<HttpResponse> {
    let contact_type = db.read(move |conn| store::find(conn, *id)).await?;
    save(session, account, cx, &db, &bell, contact_type, None, form).await
}

/// `POST /contact-types/{id}/fields/{field}`
pub async fn update(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<Bell>,
    path: web::Path<(i64, i64)>,
    Form(form): Form<FieldForm>,
) -> AppResult<HttpResponse> {
    let (contact_type, field) = db.read(move |conn| find(conn, *path)).await?;
    save(
        session,
        account,
        cx,
        &db,
        &bell,
        contact_type,
        Some(field),
        form,
    )
    .await
}

/// A change that touches contacts is shown first, and made when it is confirmed.
#[expect(
    clippy::too_many_arguments,
    reason = "what two handlers have in common"
)]
async fn save(
    session: Session,
    account: Account,
    cx: Context,
    db: &Db,
    bell: &Bell,
    contact_type: ContactType,
    field: Option<CustomField>,
    form: FieldForm,
) -> AppResult<HttpResponse> {
    let new = match form.read(cx.t, field.as_ref()) {
        Ok(new) => new,
        Err(errors) => return refuse(cx, contact_type, field, form, errors),
    };
    if form.confirmed.is_none() {
        let (stored, wanted, of) = (field.clone(), new.clone(), contact_type.id);
        let effects = db
            .read(move |conn| effects::of_field(conn, of, stored.as_ref(), &wanted))
            .await?;
        if !effects.is_none() {
            return page::ok(&FieldPage {
                effects: effects.sentences(cx.t),
                cx,
                errors: FormErrors::default(),
                contact_type,
                field,
                typed: form,
            });
        }
    }
    match write(db, &contact_type, field.as_ref(), &new, account.id).await {
        Ok(()) => {
            bell.ring();
            flash::set(&session, fl!(cx.t, "custom-field-saved", name = new.label));
            Ok(page::see_other(format!(
                "/contact-types/{}",
                contact_type.id
            )))
        }
        Err(AppError::Taken(Constraint::FieldLabel)) => {
            let errors = FormErrors::one("label", fl!(cx.t, "custom-field-label-taken"));
            refuse(cx, contact_type, field, form, errors)
        }
        Err(AppError::Taken(Constraint::FieldKey)) => {
            let errors = FormErrors::one("label", fl!(cx.t, "custom-field-again"));
            refuse(cx, contact_type, field, form, errors)
        }
        Err(error) => Err(error),
    }
}

async fn write(
    db: &Db,
    contact_type: &ContactType,
    field: Option<&CustomField>,
    new: &NewField,
    account: i64,
) -> AppResult<()> {
    let (of, field, new) = (contact_type.clone(), field.cloned(), new.clone());
    db.write(move |conn| match &field {
        Some(field) => writing::edit_field(conn, &of, field, &new, account),
        None => writing::add_field(conn, &of, &new, account),
    })
    .await
}

fn refuse(
    cx: Context,
    contact_type: ContactType,
    field: Option<CustomField>,
    typed: FieldForm,
    errors: FormErrors,
) -> AppResult<HttpResponse> {
    page::unprocessable(&FieldPage {
        cx,
        errors,
        contact_type,
        field,
        typed,
        effects: Vec::new(),
    })
}

/// `POST /contact-types/{id}/fields/{field}/move`
pub async fn reorder(
    db: web::Data<Db>,
    path: web::Path<(i64, i64)>,
    Form(form): Form<MoveForm>,
) -> AppResult<HttpResponse> {
    let (of, id) = *path;
    let step = form.step()?;
    db.write(move |conn| writing::move_field(conn, of, id, step))
        .await?;
    Ok(page::see_other(format!("/contact-types/{of}")))
}

/// `GET /contact-types/{id}/fields/{field}/delete`
pub async fn ask(
    cx: Context,
    db: web::Data<Db>,
    path: web::Path<(i64, i64)>,
) -> AppResult<HttpResponse> {
    let (field, in_use) = db
        .read(move |conn| {
            let (_, field) = find(conn, *path)?;
            let in_use = effects::filled(conn, field.id)?;
            Ok((field, in_use))
        })
        .await?;
    page::ok(&DeletePage::of_field(cx, &field, in_use))
}

/// `POST /contact-types/{id}/fields/{field}/delete`
pub async fn destroy(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    path: web::Path<(i64, i64)>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let (field, deleted) = db
        .write(move |conn| {
            let (contact_type, field) = find(conn, *path)?;
            let deleted = writing::delete_field(conn, &contact_type, &field, account.id)?;
            Ok((field, deleted))
        })
        .await?;
    match deleted {
        Deleted::Yes => {
            let name = field.label;
            flash::set(&session, fl!(cx.t, "custom-field-deleted", name = name));
            Ok(page::see_other(format!("/contact-types/{}", field.type_id)))
        }
        Deleted::InUse(in_use) => page::unprocessable(&DeletePage::of_field(cx, &field, in_use)),
    }
}
