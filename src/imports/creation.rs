//! The form that starts an import, with the table of the format, and its submission.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::begin::{Begun, Refused, begin};
use super::choice;
use super::form::ImportForm;
use super::import::State;
use super::refused::RefusedPage;
use super::start::Starter;
use super::{pages, store, upload};
use crate::db::Db;
use crate::domain::{Field, TICKED};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, column_name, fl};
use crate::jobs::JobSignal;
use crate::web::settings::Settings;
use crate::web::{Account, Context, FormErrors, concurrency_limit, page};

#[derive(Template)]
#[template(path = "imports/new.html")]
struct NewImportPage {
    cx: Context,
    errors: FormErrors,
    typed: ImportForm,
    /// Column, limit and rule.
    format: Vec<(String, String, String)>,
    max_mib: i64,
}

impl NewImportPage {
    fn new(cx: Context, settings: &Settings, errors: FormErrors, typed: ImportForm) -> Self {
        Self { format: format_table(cx.t), max_mib: max_mib(settings), cx, errors, typed }
    }
}

/// The largest file, in MiB.
pub(super) fn max_mib(settings: &Settings) -> i64 {
    i64::try_from(settings.max_upload / (1024 * 1024)).unwrap_or(i64::MAX)
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
                limit => limit.to_string(),
            };
            (column_name(t, field), limit, rule)
        })
        .collect()
}

/// `GET /imports/new`
pub async fn new(
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    settings: web::Data<Settings>,
) -> AppResult<HttpResponse> {
    let preview = db.read(move |conn| choice::of_preview(conn, account.id)).await?;
    let preview = if preview { TICKED.to_owned() } else { String::new() };
    let typed = ImportForm { preview, ..ImportForm::default() };
    page::ok(&NewImportPage::new(cx, &settings, FormErrors::default(), typed))
}

/// `POST /imports`
pub async fn create(
    cx: Context,
    request: HttpRequest,
    account: Account,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    settings: web::Data<Settings>,
    body: Multipart,
) -> AppResult<HttpResponse> {
    let limit = settings.max_upload;
    if upload::announces_too_much(&request, limit) {
        return Err(AppError::FileTooLarge { limit });
    }
    let received = upload::receive(&request, body, limit);
    let upload = concurrency_limit::without_place(&request, received).await?;
    let form = upload.form;
    let id = match begin(cx.t, &db, &form, upload.file, Starter::person(account.id)).await? {
        Begun::Started(id) => id,
        Begun::Incomplete(errors) => {
            return page::unprocessable(&NewImportPage::new(cx, &settings, errors, form));
        }
        Begun::Unreadable(refused) => {
            let Refused { errors, panel, facts } = *refused;
            let max_mib = max_mib(&settings);
            let (name, typed, shown) = (form.name.clone(), form, None);
            return page::unprocessable(&RefusedPage {
                cx,
                errors,
                panel,
                facts,
                name,
                typed,
                max_mib,
                shown,
            });
        }
    };
    bell.ring();
    pages::wait(&db, id).await?;
    let import = db.read(move |conn| store::find(conn, id)).await?;
    if import.state == State::Done {
        cx.say(fl!(cx.t, "import-done-flash"));
    }
    Ok(page::see_other(pages::address(&import)))
}
