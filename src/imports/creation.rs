//! The form that starts an import, with the table of the format, and its submission.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::choice;
use super::diagnosis::{self, StoredHead};
use super::form::{ImportForm, NewImport, name_taken};
use super::format::{Diagnosis, Reading, Refusal};
use super::import::State;
use super::panel::{Offer, Panel};
use super::refused::RefusedPage;
use super::start::{self, Sniffed};
use super::upload::{self, UploadedFile};
use super::{pages, reading_store, store};
use crate::db::Db;
use crate::domain::{Field, TICKED};
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
            let Refused { errors, panel, name, facts } = *refused;
            let max_mib = max_mib(&settings);
            let (typed, shown) = (form, None);
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
    let state = db.read(move |conn| store::state(conn, id)).await?;
    if state == State::Done {
        cx.say(fl!(cx.t, "import-done-flash"));
    }
    Ok(page::see_other(format!("/imports/{id}")))
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
    /// The name of the import that the offer would start.
    name: String,
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
    let sniffed = tokio::task::spawn_blocking(move || start::sniff(file))
        .await
        .map_err(|error| AppError::Internal(error.into()))??;
    let (file, refusal) = match sniffed {
        Sniffed::Readable(file) => (file, None),
        Sniffed::Refused(file, refusal) => (file, Some(refusal)),
    };
    let new = new.filter(|_| errors.is_empty());
    if let Some(new) = &new
        && form.asked_for_preview()
    {
        choice::remember_preview(db, account, new.preview).await?;
    }
    if let Some(refusal) = refusal {
        let unreadable = Unreadable::look(db, file, refusal).await?;
        let refused = unreadable.refuse(cx, db, new, (errors, form.name.clone()), account).await?;
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
    /// that it need not be chosen again. Its name stays free.
    async fn refuse(
        self,
        cx: &Context,
        db: &Db,
        new: Option<NewImport>,
        (mut errors, typed): (FormErrors, String),
        account: i64,
    ) -> AppResult<Refused> {
        let strict = Reading::default();
        let (diagnosis, refusal) = (self.diagnosis, &self.refusal);
        let panel = Panel::new(cx.t, &diagnosis, strict, Some(refusal), self.head.head());
        let facts = self.file.name.clone();
        let kept = match new {
            Some(new) if diagnosis.is_certain => match self.keep(db, new, account).await {
                Ok(id) => Some(db.read(move |conn| store::find(conn, id)).await?),
                // Somebody took the name at the same time.
                Err(AppError::Taken(Constraint::ImportName)) => None,
                Err(error) => return Err(error),
            },
            _ => None,
        };
        let offer = kept.as_ref().and_then(|kept| Offer::of(cx.t, kept));
        errors.add("file-is", panel.sentence.clone());
        let name = kept.map_or(typed, |kept| kept.name);
        Ok(Refused { errors, panel: Panel { offer, ..panel }, name, facts })
    }

    async fn keep(self, db: &Db, mut new: NewImport, account: i64) -> AppResult<i64> {
        if new.is_proposed {
            let name = new.name;
            new.name = db.read(move |conn| store::free_name(conn, &name)).await?;
        }
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
