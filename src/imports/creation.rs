//! The form that starts an import, with the table of the format, and its submission.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::diagnosis::{self, StoredHead};
use super::form::{ImportForm, NewImport, name_taken};
use super::format::{Diagnosis, Reading, Refusal};
use super::import::State;
use super::panel::{Offer, Panel};
use super::start::{self, Sniffed};
use super::upload::{self, UploadedFile};
use super::{pages, reading_store, store};
use crate::db::Db;
use crate::domain::Field;
use crate::error::{AppError, AppResult, Constraint};
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
    panel: Option<Panel>,
}

impl NewImportPage {
    fn new(cx: Context, settings: &Settings, refused: Refused, form: ImportForm) -> Self {
        let Refused { errors, panel } = refused;
        Self {
            format: format_table(cx.t),
            max_mib: i64::try_from(settings.max_upload / (1024 * 1024)).unwrap_or(i64::MAX),
            cx,
            errors,
            panel,
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
    page::ok(&NewImportPage::new(cx, &settings, Refused::default(), ImportForm::default()))
}

/// `POST /imports`
#[expect(clippy::too_many_arguments, reason = "each is an extractor")]
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
    let begun = begin(&cx, &db, &form, upload.file, account.id).await?;
    let id = match begun {
        Ok(id) => id,
        Err(refused) => {
            return page::unprocessable(&NewImportPage::new(cx, &settings, refused, form));
        }
    };
    bell.ring();
    pages::wait(&db, id).await?;
    let state = db.read(move |conn| store::state(conn, id)).await?;
    if state == State::Done {
        cx.say(fl!(cx.t, "import-done-flash"));
    }
    Ok(page::see_other(format!("/imports/{id}")))
}

/// The answer to a form that starts no import.
#[derive(Default)]
struct Refused {
    errors: FormErrors,
    /// The description of the file, if the file is at fault.
    panel: Option<Panel>,
}

impl From<FormErrors> for Refused {
    fn from(errors: FormErrors) -> Self {
        Self { errors, panel: None }
    }
}

/// Starts an import. Faults that are visible at once go to the form; faults that only the whole file shows go to the
/// import's page.
async fn begin(
    cx: &Context,
    db: &Db,
    form: &ImportForm,
    file: Option<UploadedFile>,
    account: i64,
) -> AppResult<Result<i64, Refused>> {
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
    let Some(file) = file else {
        errors.add("file", fl!(cx.t, "import-file-missing"));
        return Ok(Err(errors.into()));
    };
    let sniffed = tokio::task::spawn_blocking(move || start::sniff(file))
        .await
        .map_err(|error| AppError::Internal(error.into()))??;
    let (file, refusal) = match sniffed {
        Sniffed::Readable(file) => (file, None),
        Sniffed::Refused(file, refusal) => (file, Some(refusal)),
    };
    let new = new.filter(|_| errors.is_empty());
    if let Some(refusal) = refusal {
        let unreadable = Unreadable::look(db, file, refusal).await?;
        return Ok(Err(unreadable.refuse(cx, db, new, errors, account).await?));
    }
    let Some(new) = new else {
        return Ok(Err(errors.into()));
    };
    match start::store(db, new, file, Some(account)).await {
        Ok(id) => Ok(Ok(id)),
        Err(AppError::Taken(Constraint::ImportName)) => Ok(Err(name_taken(cx.t).into())),
        Err(error) => Err(error),
    }
}

/// A file whose beginning shows that it is not the strict one.
struct Unreadable {
    file: UploadedFile,
    refusal: Refusal,
    head: StoredHead,
    diagnosis: Diagnosis,
}

impl Unreadable {
    async fn look(db: &Db, file: UploadedFile, refusal: Refusal) -> AppResult<Self> {
        let zeros = db.read(diagnosis::has_french_numbers).await?;
        tokio::task::spawn_blocking(move || {
            let head = StoredHead::read(&file.file)?;
            let diagnosis = Diagnosis::of(head.head(), None, zeros);
            Ok(Self { file, refusal, head, diagnosis })
        })
        .await
        .map_err(|error| AppError::Internal(error.into()))?
    }

    /// Returns the answer. If the reading is certain and the import has a name, the file is kept as a refused import, so
    /// that it need not be chosen again.
    async fn refuse(
        self,
        cx: &Context,
        db: &Db,
        new: Option<NewImport>,
        mut errors: FormErrors,
        account: i64,
    ) -> AppResult<Refused> {
        let strict = Reading::default();
        let (diagnosis, refusal) = (self.diagnosis, &self.refusal);
        let panel = Panel::new(cx.t, &diagnosis, strict, Some(refusal), self.head.head());
        errors.add("file", panel.sentence.clone());
        let offer = match new {
            Some(new) if diagnosis.is_certain => {
                match self.keep(db, new, account).await {
                    Ok(id) => {
                        let kept = db.read(move |conn| store::find(conn, id)).await?;
                        Offer::of(cx.t, &kept)
                    }
                    // Somebody took the name at the same time.
                    Err(AppError::Taken(Constraint::ImportName)) => None,
                    Err(error) => return Err(error),
                }
            }
            _ => None,
        };
        Ok(Refused { errors, panel: Some(Panel { offer, ..panel }) })
    }

    async fn keep(self, db: &Db, new: NewImport, account: i64) -> AppResult<i64> {
        let (name, sha256) = (new.name.clone(), self.file.sha256.clone());
        let same = db.read(move |conn| reading_store::refused_before(conn, &name, &sha256)).await?;
        if let Some(id) = same {
            return Ok(id);
        }
        let received = start::keep(db, self.file).await?;
        db.write(move |conn| {
            let id = store::insert(conn, &new, &received, Some(account))?;
            store::refuse(conn, id, &self.refusal, &self.diagnosis)?;
            Ok(id)
        })
        .await
    }
}
