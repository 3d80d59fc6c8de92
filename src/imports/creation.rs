//! Beginning an import: the form with the format's table, and what comes of sending it.

use actix_multipart::Multipart;
use actix_session::Session;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::form::{ImportForm, name_taken, refusal_message};
use super::import::State;
use super::upload::{self, UploadedFile};
use super::{pages, start, store};
use crate::accounts::Account;
use crate::contacts::column_name;
use crate::db::{Constraint, Db};
use crate::domain::Field;
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::jobs::Bell;
use crate::startup::Settings;
use crate::web::{Context, FormErrors, flash, page};

#[derive(Template)]
#[template(path = "imports/new.html")]
struct NewImportPage {
    cx: Context,
    errors: FormErrors,
    typed: ImportForm,
    /// Column, limit, rule.
    format: Vec<(String, String, String)>,
    max_mib: i64,
}

impl NewImportPage {
    fn new(cx: Context, settings: &Settings, errors: FormErrors, form: ImportForm) -> Self {
        Self {
            format: format_table(cx.t),
            max_mib: i64::try_from(settings.max_upload / (1024 * 1024)).unwrap_or(i64::MAX),
            cx,
            errors,
            typed: form,
        }
    }
}

fn format_table(t: &Catalogue) -> Vec<(String, String, String)> {
    Field::IN_FILE
        .into_iter()
        .map(|field| {
            let (limit, rule) = match field {
                Field::Civility => (0, fl!(t, "format-civility")),
                Field::LastName => (20, fl!(t, "format-optional")),
                Field::Email => (255, fl!(t, "format-email")),
                Field::FirstName | Field::Service => (50, fl!(t, "format-optional")),
                Field::PhoneWork => (20, fl!(t, "format-phone")),
                _ => (100, fl!(t, "format-optional")),
            };
            let limit = match limit {
                0 => "–".to_owned(),
                limit => fl!(t, "format-limit", max = limit),
            };
            (column_name(t, field), limit, rule)
        })
        .collect()
}

/// `GET /imports/new`
pub async fn new(cx: Context, settings: web::Data<Settings>) -> AppResult<HttpResponse> {
    page::ok(&NewImportPage::new(
        cx,
        &settings,
        FormErrors::default(),
        ImportForm::default(),
    ))
}

/// `POST /imports`
#[expect(clippy::too_many_arguments, reason = "each is an extractor")]
pub async fn create(
    cx: Context,
    request: HttpRequest,
    account: Account,
    session: Session,
    db: web::Data<Db>,
    bell: web::Data<Bell>,
    settings: web::Data<Settings>,
    body: Multipart,
) -> AppResult<HttpResponse> {
    let limit = settings.max_upload;
    if upload::announces_too_much(&request, limit) {
        return Err(AppError::TooLarge { limit });
    }
    let upload = upload::receive(&request, body, limit).await?;
    let form = upload.form;
    let begun = begin(&cx, &db, &form, upload.file, account.id).await?;
    let id = match begun {
        Ok(id) => id,
        Err(errors) => {
            return page::unprocessable(&NewImportPage::new(cx, &settings, errors, form));
        }
    };
    bell.ring();
    pages::wait(&db, id).await?;
    let state = db.read(move |conn| store::state(conn, id)).await?;
    if state == State::Done {
        flash::set(&session, fl!(cx.t, "import-done-flash"));
    }
    Ok(page::see_other(format!("/imports/{id}")))
}

/// Everything that can be told at once is told on the form; what only reading the whole file shows, on the import's
/// page.
async fn begin(
    cx: &Context,
    db: &Db,
    form: &ImportForm,
    file: Option<UploadedFile>,
    account: i64,
) -> AppResult<Result<i64, FormErrors>> {
    let mut errors = FormErrors::default();
    let new = match form.read(cx.t) {
        Ok(new) => {
            let name = new.name.clone();
            if db.read(move |conn| store::is_taken(conn, &name)).await? {
                errors = name_taken(cx.t);
            }
            Some(new)
        }
        Err(name_errors) => {
            errors = name_errors;
            None
        }
    };
    let file = match file {
        None => {
            errors.add("file", fl!(cx.t, "import-file-missing"));
            None
        }
        Some(file) => {
            let file = tokio::task::spawn_blocking(move || start::sniff(file))
                .await
                .map_err(|error| AppError::Internal(error.into()))??;
            match file {
                Ok(file) => Some(file),
                Err(refusal) => {
                    errors.add("file", refusal_message(cx.t, &refusal));
                    None
                }
            }
        }
    };
    let (Some(new), Some(file), true) = (new, file, errors.is_empty()) else {
        return Ok(Err(errors));
    };
    match start::store(db, new, file, Some(account)).await {
        Ok(id) => Ok(Ok(id)),
        Err(AppError::Taken(Constraint::ImportName)) => Ok(Err(name_taken(cx.t))),
        Err(error) => Err(error),
    }
}
