//! A contact: its page and its form.

use actix_session::Session;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::Contact;
use super::contact::mailto;
use super::form::{ContactForm, field_name};
use super::store::{self, Created, Saved, Shown};
use crate::accounts::Account;
use crate::db::{Constraint, Db};
use crate::domain::{Civility, Field, Status};
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::web::{Context, Form, FormErrors, flash, page};

#[derive(Template)]
#[template(path = "contacts/show.html")]
struct ContactPage {
    cx: Context,
    shown: Shown,
    statuses: Vec<String>,
}

/// `GET /contacts/{id}`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let shown = db.read(move |conn| store::show(conn, *id)).await?;
    let statuses = shown.contact.statuses();
    let statuses = Status::ALL
        .into_iter()
        .filter(|&status| statuses.get(status))
        .map(|status| super::list::status_name(cx.t, &status))
        .collect();
    page::ok(&ContactPage {
        cx,
        shown,
        statuses,
    })
}

#[derive(Template)]
#[template(path = "contacts/form.html")]
struct ContactFormPage {
    cx: Context,
    errors: FormErrors,
    typed: ContactForm,
    /// The contact that is being edited, as it is stored; none for a new one.
    contact: Option<Contact>,
    /// What someone else saved since the form was drawn: (label, theirs, typed here).
    conflicts: Vec<(String, String, String)>,
}

impl ContactFormPage {
    fn heading(&self) -> String {
        match &self.contact {
            Some(contact) => fl!(self.cx.t, "contact-edit-title", name = contact.name()),
            None => fl!(self.cx.t, "contact-new-title"),
        }
    }
}

/// `GET /contacts/new`
pub async fn new(cx: Context) -> AppResult<HttpResponse> {
    page::ok(&ContactFormPage {
        cx,
        errors: FormErrors::default(),
        typed: ContactForm::blank(),
        contact: None,
        conflicts: Vec::new(),
    })
}

/// `POST /contacts`
pub async fn create(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(form): Form<ContactForm>,
) -> AppResult<HttpResponse> {
    let errors = match form.read(cx.t) {
        Err(errors) => errors,
        Ok((recipient, statuses)) => {
            let created = db
                .write(move |conn| store::create(conn, &recipient, statuses, account.id))
                .await;
            match created {
                Ok(Created::New(id)) => {
                    flash::set(&session, fl!(cx.t, "contact-added"));
                    return Ok(page::see_other(format!("/contacts/{id}")));
                }
                Ok(Created::Restored(id)) => {
                    flash::set(&session, fl!(cx.t, "contact-restored"));
                    return Ok(page::see_other(format!("/contacts/{id}")));
                }
                Err(AppError::Taken(Constraint::ContactEmail)) => email_taken(&cx),
                Err(error) => return Err(error),
            }
        }
    };
    page::unprocessable(&ContactFormPage {
        cx,
        errors,
        typed: form,
        contact: None,
        conflicts: Vec::new(),
    })
}

fn email_taken(cx: &Context) -> FormErrors {
    FormErrors::one("email", fl!(cx.t, "email-taken"))
}

/// `GET /contacts/{id}/edit`
pub async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let contact = db.read(move |conn| store::find(conn, *id)).await?;
    page::ok(&ContactFormPage {
        cx,
        errors: FormErrors::default(),
        typed: ContactForm::of(&contact),
        contact: Some(contact),
        conflicts: Vec::new(),
    })
}

/// `POST /contacts/{id}`: a save on top of someone else's newer one is not made; the form comes back with
/// what was typed, what they saved beside it, and their version, so that saving again is a choice.
pub async fn update(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(mut form): Form<ContactForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let mut conflicts = Vec::new();
    let errors = match form.read(cx.t) {
        Err(errors) => errors,
        Ok((recipient, statuses)) => {
            let version = form.version;
            let saved = db
                .write(move |conn| {
                    store::update(conn, id, version, &recipient, statuses, account.id)
                })
                .await;
            match saved {
                Ok(Saved::Yes) => {
                    flash::set(&session, fl!(cx.t, "contact-saved"));
                    return Ok(page::see_other(format!("/contacts/{id}")));
                }
                Ok(Saved::Stale) => FormErrors::one("conflict", fl!(cx.t, "contact-stale")),
                Err(AppError::Taken(Constraint::ContactEmail)) => email_taken(&cx),
                Err(error) => return Err(error),
            }
        }
    };
    let contact = db.read(move |conn| store::find(conn, id)).await?;
    if errors.at("conflict").is_some() {
        conflicts = differences(&cx, &ContactForm::of(&contact), &form);
        form.version = contact.version;
    }
    page::unprocessable(&ContactFormPage {
        cx,
        errors,
        typed: form,
        contact: Some(contact),
        conflicts,
    })
}

fn differences(
    cx: &Context,
    theirs: &ContactForm,
    typed: &ContactForm,
) -> Vec<(String, String, String)> {
    let ticked = |value: &Option<String>| match value {
        Some(_) => fl!(cx.t, "yes"),
        None => fl!(cx.t, "no"),
    };
    let field = |field, theirs: &String, typed: &String| {
        (field_name(cx.t, field), theirs.clone(), typed.clone())
    };
    let status = |status, theirs, typed| {
        (
            super::list::status_name(cx.t, &status),
            ticked(theirs),
            ticked(typed),
        )
    };
    let mut rows = vec![
        field(Field::Civility, &theirs.civility, &typed.civility),
        field(Field::FirstName, &theirs.first_name, &typed.first_name),
        field(Field::LastName, &theirs.last_name, &typed.last_name),
        field(Field::Email, &theirs.email, &typed.email),
        field(Field::Service, &theirs.service, &typed.service),
        field(Field::Phone, &theirs.phone_work, &typed.phone_work),
        field(Field::Address, &theirs.address, &typed.address),
        field(Field::City, &theirs.city, &typed.city),
        status(Status::Expert, &theirs.expert, &typed.expert),
        status(Status::Copy, &theirs.copy, &typed.copy),
        status(Status::Transfer, &theirs.transfer, &typed.transfer),
    ];
    rows.retain(|(_, theirs, typed)| theirs.trim() != typed.trim());
    rows
}
