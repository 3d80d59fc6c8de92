//! The page with the form of a contact's external ids.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{Control, Typed, Values};
use crate::book::contact::Contact;
use crate::book::external_ids::{self, ExternalId, Source};
use crate::book::list_address::{contact_page_url, contact_url};
use crate::book::write::{self, Saved};
use crate::db::Db;
use crate::domain::{Difference, Drawn};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::fl;
use crate::web::{Account, Context, Form, FormErrors, page};

#[derive(Template)]
#[template(path = "external_ids/edit.html")]
struct IdsPage {
    cx: Context,
    errors: FormErrors,
    contact: Contact,
    controls: Vec<Control>,
    /// The values that the form was shown with.
    was: String,
    /// The differences from what was saved since the form was shown.
    conflict: Vec<Difference>,
}

impl IdsPage {
    fn new(cx: Context, contact: Contact, sources: &[Source], typed: Typed, errors: FormErrors) -> Self {
        let controls = typed.controls(cx.t, sources);
        Self { cx, errors, contact, controls, was: typed.was, conflict: Vec::new() }
    }

    fn heading(&self) -> String {
        fl!(self.cx.t, "external-ids-title", name = self.contact.name())
    }
}

/// A contact with its ids and all sources.
type Loaded = (Contact, Vec<ExternalId>, Vec<Source>);

/// # Errors
/// [`AppError::NotFound`], also for a deleted contact.
async fn load(db: &Db, id: i64) -> AppResult<Loaded> {
    db.read(move |conn| {
        let contact = write::find(conn, id)?;
        Ok((contact, external_ids::of(conn, &[id])?, external_ids::sources(conn)?))
    })
    .await
}

/// `GET /contacts/{id}/external-ids`
pub async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let (contact, ids, sources) = load(&db, *id).await?;
    page::ok(&IdsPage::new(cx, contact, &sources, Typed::of(&ids), FormErrors::default()))
}

/// `POST /contacts/{id}/external-ids`
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let typed = Typed::read_fields(pairs);
    let sources = db.read(external_ids::sources).await?;
    let values = match typed.read(cx.t, &sources) {
        Ok(values) => values,
        Err(errors) => return refuse(cx, &db, id, typed, errors).await,
    };
    let (given, drawn) = (values.clone(), Drawn::read(&typed.was));
    match db.write(move |conn| write::set_external_ids(conn, id, &given, &drawn, account.id)).await {
        Ok(Saved::Yes) => {
            cx.say(fl!(cx.t, "external-ids-saved"));
            Ok(page::see_other(contact_url(&id, &cx.from)))
        }
        Ok(_) => draw_stale(cx, &db, id, typed).await,
        Err(AppError::NotFound) => draw_merged(cx, &db, id, typed).await,
        Err(AppError::Taken(Constraint::ExternalId)) => {
            let errors = taken(&cx, &db, id, &typed, values).await?;
            refuse(cx, &db, id, typed, errors).await
        }
        // A source was deleted after it was read: the form says so.
        Err(AppError::Gone) => {
            let sources = db.read(external_ids::sources).await?;
            match typed.read(cx.t, &sources) {
                Err(errors) => refuse(cx, &db, id, typed, errors).await,
                Ok(_) => draw_stale(cx, &db, id, typed).await,
            }
        }
        Err(error) => Err(error),
    }
}

async fn refuse(cx: Context, db: &Db, id: i64, typed: Typed, errors: FormErrors) -> AppResult<HttpResponse> {
    let (contact, _, sources) = match load(db, id).await {
        Err(AppError::NotFound) => return draw_merged(cx, db, id, typed).await,
        loaded => loaded?,
    };
    page::unprocessable(&IdsPage::new(cx, contact, &sources, typed, errors))
}

/// The errors at the ids that another contact has.
async fn taken(cx: &Context, db: &Db, id: i64, typed: &Typed, values: Values) -> AppResult<FormErrors> {
    let held = db
        .read(move |conn| {
            let mut held = Vec::new();
            for (source, values) in values {
                for value in values {
                    let holder = external_ids::holder(conn, source.id, &value)?;
                    if let Some((holder, is_deleted)) = holder.filter(|(holder, _)| *holder != id) {
                        let name = write::names(conn, &[holder])?.remove(&holder);
                        held.push((source.name.clone(), value, name.unwrap_or_default(), is_deleted));
                    }
                }
            }
            Ok(held)
        })
        .await?;
    let mut errors = FormErrors::default();
    for (source, value, name, is_deleted) in held {
        let message = if is_deleted {
            fl!(cx.t, "external-id-in-trash", source = source.as_str(), name = name)
        } else {
            fl!(cx.t, "external-id-taken", source = source.as_str(), name = name)
        };
        for control in typed.controls_with(&source, &value) {
            errors.add(control, message.clone());
        }
    }
    if errors.is_empty() {
        // The other contact has given the id back meanwhile.
        errors.add("external_ids", fl!(cx.t, "external-ids-again"));
    }
    Ok(errors)
}

/// The form again, with what was saved meanwhile.
async fn draw_stale(cx: Context, db: &Db, id: i64, mut typed: Typed) -> AppResult<HttpResponse> {
    let (contact, ids, sources) = load(db, id).await?;
    typed.rebase(&ids);
    let conflict = typed.differences(cx.t, &sources, &ids);
    let errors = FormErrors::one("conflict", fl!(cx.t, "form-stale"));
    page::unprocessable(&IdsPage { conflict, ..IdsPage::new(cx, contact, &sources, typed, errors) })
}

/// The form of the contact that this one was merged into, with the ids of both.
async fn draw_merged(cx: Context, db: &Db, id: i64, mut typed: Typed) -> AppResult<HttpResponse> {
    let (contact, ids, sources) = db
        .read(move |conn| {
            let contact = write::present(conn, id)?;
            let ids = external_ids::of(conn, &[contact.id])?;
            Ok((contact, ids, external_ids::sources(conn)?))
        })
        .await?;
    typed.join(&ids);
    let message = fl!(cx.t, "form-merged", name = contact.name());
    let errors = FormErrors::one("external_ids", message);
    page::unprocessable(&IdsPage::new(cx, contact, &sources, typed, errors))
}
