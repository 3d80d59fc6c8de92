//! The form that starts an import, with the table of the format, and its submission.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::choice;
use super::diagnosis::{self, StoredHead};
use super::form::{ImportForm, NewImport, name_taken};
use super::format::{Diagnosis, Reading, Refusal};
use super::import::State;
use super::panel::Panel;
use super::refused::RefusedPage;
use super::start::{self, Recognised};
use super::upload::{self, UploadedFile};
use super::{pages, store};
use crate::db::Db;
use crate::domain::{Field, TICKED};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{Catalogue, column_name, fl};
use crate::jobs::{JobSignal, older};
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
    let id = match begin(&cx, &db, &form, upload.file, account.id).await? {
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

/// The result of a submitted form.
enum Begun {
    Started(i64),
    /// A value is missing or wrong.
    Incomplete(FormErrors),
    Unreadable(Box<Refused>),
}

/// A file that starts no import.
struct Refused {
    errors: FormErrors,
    panel: Panel,
    /// The name of the file.
    facts: String,
}

/// Starts an import. Faults that are visible at once go to the form; faults that only the whole file shows go to the
/// import's page.
async fn begin(
    cx: &Context,
    db: &Db,
    form: &ImportForm,
    file: Option<UploadedFile>,
    account: i64,
) -> AppResult<Begun> {
    let mut errors = FormErrors::default();
    let file_name = file.as_ref().map_or("", |file| &file.name);
    let new = match form.read_with_file(cx.t, file_name) {
        Ok(new) => {
            let name = new.name.clone();
            if !new.is_proposed && db.read(move |conn| store::is_taken(conn, &name)).await? {
                errors = name_taken(cx.t);
            }
            Some(new)
        }
        Err(name_errors) => {
            errors = name_errors;
            None
        }
    };
    let Some(file) = file else {
        let mut of_file = FormErrors::one("file", fl!(cx.t, "import-file-missing"));
        errors.all().iter().for_each(|error| of_file.add(error.field.as_str(), error.message.clone()));
        return Ok(Begun::Incomplete(of_file));
    };
    let recognised = tokio::task::spawn_blocking(move || start::recognise(file))
        .await
        .map_err(|error| AppError::Internal(error.into()))??;
    let (file, list, refusal) = match recognised {
        Recognised::Strict(file) => (file, None, None),
        Recognised::List(file, kind) => (file, Some(kind), None),
        Recognised::Refused(file, refusal) => (file, None, Some(refusal)),
    };
    let is_strict = list.is_none();
    if (!is_strict || form.holds_doubtful()) && db.read(older::is_older_node_alive).await? {
        errors.add("file", fl!(cx.t, "import-older-node"));
        return Ok(Begun::Incomplete(errors));
    }
    let new = new.filter(|_| errors.is_empty()).map(|new| NewImport {
        list,
        holds_doubtful: is_strict && new.holds_doubtful,
        ..new
    });
    if let Some(new) = &new
        && form.asked_for_preview()
    {
        choice::remember_preview(db, account, new.preview).await?;
    }
    if let Some(refusal) = refusal {
        let refused = refuse(cx, db, file, &refusal, errors).await?;
        return Ok(Begun::Unreadable(Box::new(refused)));
    }
    let Some(new) = new else {
        return Ok(Begun::Incomplete(errors));
    };
    match start::store(db, new, file, Some(account)).await {
        Ok(id) => Ok(Begun::Started(id)),
        Err(AppError::Taken(Constraint::ImportName)) => Ok(Begun::Incomplete(name_taken(cx.t))),
        Err(error) => Err(error),
    }
}

/// Explains why nothing can read a file.
async fn refuse(
    cx: &Context,
    db: &Db,
    file: UploadedFile,
    refusal: &Refusal,
    mut errors: FormErrors,
) -> AppResult<Refused> {
    let zeros = db.read(diagnosis::has_french_numbers).await?;
    let facts = file.name.clone();
    let (head, diagnosis) = tokio::task::spawn_blocking(move || {
        let head = StoredHead::read(&file.file)?;
        let diagnosis = Diagnosis::of(head.head(), None, zeros);
        Ok::<_, AppError>((head, diagnosis))
    })
    .await
    .map_err(|error| AppError::Internal(error.into()))??;
    let panel = Panel::new(cx.t, &diagnosis, Reading::default(), Some(refusal), head.head());
    errors.add("file-is", panel.sentence.clone());
    Ok(Refused { errors, panel, facts })
}
