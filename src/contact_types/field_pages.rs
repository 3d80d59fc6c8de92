//! The pages of a contact type's fields.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{FieldForm, kind_name};
use super::pages::{MoveForm, deletion};
use crate::book::contact_types::writing::{self, Asked, Deleted, Edited};
use crate::book::contact_types::{self, ContactType, CustomField, NewField};
use crate::db::{AnyConnection, Db};
use crate::domain::{CustomKind, Difference, Drawn};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::fl;
use crate::jobs::JobSignal;
use crate::web::{Account, Context, Form, FormErrors, NoFields, page};

#[derive(Template)]
#[template(path = "contact_types/field.html")]
struct FieldPage {
    cx: Context,
    errors: FormErrors,
    contact_type: ContactType,
    /// The field that is edited; `None` for a new one.
    field: Option<CustomField>,
    typed: FieldForm,
    /// The differences from what was saved since the form was shown.
    conflict: Vec<Difference>,
    /// The effects of the change on contacts, to be confirmed.
    effects: Vec<String>,
}

impl FieldPage {
    fn new(cx: Context, contact_type: ContactType, field: Option<CustomField>, typed: FieldForm) -> Self {
        Self {
            cx,
            errors: FormErrors::default(),
            contact_type,
            field,
            typed,
            conflict: Vec::new(),
            effects: Vec::new(),
        }
    }

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

    fn has_choices(&self) -> bool {
        let kind = match &self.field {
            Some(field) => Some(field.kind),
            None => CustomKind::parse(&self.typed.kind),
        };
        kind == Some(CustomKind::List)
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
    let contact_type = db.read(move |conn| contact_types::find(conn, *id)).await?;
    page::ok(&FieldPage::new(cx, contact_type, None, FieldForm::blank()))
}

/// `GET /contact-types/{id}/fields/{field}/edit`
pub async fn edit(cx: Context, db: web::Data<Db>, path: web::Path<(i64, i64)>) -> AppResult<HttpResponse> {
    let (contact_type, field) = db.read(move |conn| find(conn, *path)).await?;
    let typed = FieldForm::of(&field);
    page::ok(&FieldPage::new(cx, contact_type, Some(field), typed))
}

fn find(conn: &mut AnyConnection, (of, id): (i64, i64)) -> AppResult<(ContactType, CustomField)> {
    let contact_type = contact_types::find(conn, of)?;
    let fields = contact_types::fields(conn, of)?;
    let field = fields.into_iter().find(|field| field.id == id);
    Ok((contact_type, field.ok_or(AppError::NotFound)?))
}

/// `POST /contact-types/{id}/fields`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    id: web::Path<i64>,
    Form(form): Form<FieldForm>,
) -> AppResult<HttpResponse> {
    let contact_type = db.read(move |conn| contact_types::find(conn, *id)).await?;
    let template = FieldPage::new(cx, contact_type, None, form);
    if !template.typed.step.is_empty() {
        return page::ok(&template);
    }
    save(account, &db, &bell, template).await
}

/// `POST /contact-types/{id}/fields/{field}`
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    path: web::Path<(i64, i64)>,
    Form(form): Form<FieldForm>,
) -> AppResult<HttpResponse> {
    let (of, id) = *path;
    let (contact_type, field) = db
        .read(move |conn| match find(conn, (of, id)) {
            Err(AppError::NotFound) => Ok((contact_types::find(conn, of)?, None)),
            found => found.map(|(contact_type, field)| (contact_type, Some(field))),
        })
        .await?;
    let mut template = FieldPage::new(cx, contact_type, field, form);
    if template.field.is_none() {
        // Deleted meanwhile: what was typed can be saved as a new field.
        template.typed.was = String::new();
        template.errors = FormErrors::one("label", fl!(template.cx.t, "custom-field-gone"));
        return page::unprocessable(&template);
    }
    save(account, &db, &bell, template).await
}

/// Saves what was typed. A change that affects contacts is shown first, and saved once it is confirmed with the same effects.
async fn save(
    account: Account,
    db: &Db,
    bell: &JobSignal,
    mut template: FieldPage,
) -> AppResult<HttpResponse> {
    let t = template.cx.t;
    let new = match template.typed.read(t, template.field.as_ref()) {
        Ok(new) => new,
        Err(errors) => {
            template.errors = errors;
            return page::unprocessable(&template);
        }
    };
    match write(db, &template, &new, account.id).await {
        Ok(Edited::Yes) => {
            bell.ring();
            template.cx.say(fl!(t, "custom-field-saved", name = new.label));
            let path = format!("/contact-types/{}", template.contact_type.id);
            return Ok(page::see_other(path));
        }
        Ok(Edited::Ask(effects)) => {
            if !template.typed.confirmed.is_empty() {
                let message = fl!(t, "effects-changed");
                template.errors.add("effects", message);
            }
            template.effects = effects.sentences(t);
            template.typed.confirmed = effects.stamp();
        }
        Ok(Edited::Stale) => {
            let path = template.field.as_ref().map(|field| (field.type_id, field.id));
            let path = path.ok_or(AppError::NotFound)?;
            let (_, field) = db.read(move |conn| find(conn, path)).await?;
            template.typed.rebase(&field);
            template.conflict = template.typed.differences(template.cx.locale, &field);
            template.errors.add("conflict", fl!(t, "form-stale"));
            template.field = Some(field);
        }
        Err(AppError::Taken(Constraint::FieldLabel)) => {
            let message = fl!(t, "custom-field-label-taken");
            template.errors.add("label", message);
        }
        Err(AppError::Taken(Constraint::FieldKey)) => {
            template.errors.add("label", fl!(t, "custom-field-again"));
        }
        Err(error) => return Err(error),
    }
    page::form(&template.errors, &template)
}

async fn write(db: &Db, template: &FieldPage, new: &NewField, account: i64) -> AppResult<Edited> {
    let (of, new) = (template.contact_type.clone(), new.clone());
    let field = template.field.as_ref().map(|field| field.id);
    let asked =
        Asked { drawn: Drawn::read(&template.typed.was), confirmed: template.typed.confirmed.clone() };
    db.write(move |conn| match field {
        Some(field) => writing::edit_field(conn, &of, field, &new, &asked, account),
        None => writing::add_field(conn, &of, &new, &asked, account),
    })
    .await
}

/// `POST /contact-types/{id}/fields/{field}/move`
pub async fn reorder(
    db: web::Data<Db>,
    path: web::Path<(i64, i64)>,
    Form(form): Form<MoveForm>,
) -> AppResult<HttpResponse> {
    let (of, id) = *path;
    let step = form.step()?;
    db.write(move |conn| writing::move_field(conn, of, id, step)).await?;
    Ok(page::see_other(format!("/contact-types/{of}")))
}

/// `GET /contact-types/{id}/fields/{field}/delete`
pub async fn ask(cx: Context, db: web::Data<Db>, path: web::Path<(i64, i64)>) -> AppResult<HttpResponse> {
    let (field, in_use) = db
        .read(move |conn| {
            let (_, field) = find(conn, *path)?;
            let in_use = contact_types::filled(conn, field.id)?;
            Ok((field, in_use))
        })
        .await?;
    deletion(cx.t, &field.label, field.type_id, in_use).answer(cx)
}

/// `POST /contact-types/{id}/fields/{field}/delete`
pub async fn destroy(
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
            cx.say(fl!(cx.t, "custom-field-deleted", name = name));
            Ok(page::see_other(format!("/contact-types/{}", field.type_id)))
        }
        Deleted::InUse(in_use) => deletion(cx.t, &field.label, field.type_id, in_use).refuse(cx),
    }
}
