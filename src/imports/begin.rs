//! From the form of an import and its file to an import: the same for the page and for programs.

use super::choice;
use super::diagnosis::{self, StoredHead};
use super::form::{ImportForm, NewImport, name_taken};
use super::format::{Diagnosis, Reading, Refusal};
use super::panel::Panel;
use super::profiles::{self, Profile};
use super::sources::SourceKind;
use super::start::{self, Recognised, Starter};
use super::store;
use super::upload::UploadedFile;
use crate::db::Db;
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{Catalogue, fl};
use crate::jobs::older;
use crate::web::FormErrors;

/// The result of a submitted form.
pub enum Begun {
    Started(i64),
    /// A value is missing or wrong.
    Incomplete(FormErrors),
    Unreadable(Box<Refused>),
}

/// A file that starts no import.
pub struct Refused {
    pub errors: FormErrors,
    pub panel: Panel,
    /// The name of the file.
    pub facts: String,
}

/// Starts an import. Faults that are visible at once go to the form; faults that only the whole file shows go to the
/// import's page.
pub async fn begin(
    t: &'static Catalogue,
    db: &Db,
    form: &ImportForm,
    file: Option<UploadedFile>,
    starter: Starter,
) -> AppResult<Begun> {
    let mut errors = FormErrors::default();
    let file_name = file.as_ref().map_or("", |file| &file.name);
    let new = match form.read_with_file(t, file_name) {
        Ok(new) => {
            let name = new.name.clone();
            if !new.is_proposed && db.read(move |conn| store::is_taken(conn, &name)).await? {
                errors = name_taken(t);
            }
            Some(new)
        }
        Err(name_errors) => {
            errors = name_errors;
            None
        }
    };
    let Some(file) = file else {
        let mut of_file = FormErrors::one("file", fl!(t, "import-file-missing"));
        errors.all().iter().for_each(|error| of_file.add(error.field.as_str(), error.message.clone()));
        return Ok(Begun::Incomplete(of_file));
    };
    let profile = match form.profile.as_str() {
        "" => None,
        name => {
            let Some(profile) = profile_named(db, name).await? else {
                errors.add("profile", fl!(t, "command-no-profile", name = name));
                return Ok(Begun::Incomplete(errors));
            };
            Some(profile.id)
        }
    };
    let recognised = tokio::task::spawn_blocking(move || recognise(file, profile.is_some()))
        .await
        .map_err(|error| AppError::Internal(error.into()))??;
    if profile.is_some() && matches!(recognised, Recognised::List(_, SourceKind::Vcard)) {
        errors.add("profile", fl!(t, "import-profile-cards"));
        return Ok(Begun::Incomplete(errors));
    }
    let (file, list, refusal) = match recognised {
        Recognised::Strict(file) => (file, None, None),
        Recognised::List(file, kind) => (file, Some(kind), None),
        Recognised::Refused(file, refusal) => (file, None, Some(refusal)),
    };
    let is_strict = list.is_none();
    if (!is_strict || form.holds_doubtful()) && db.read(older::is_older_node_alive).await? {
        errors.add("file", fl!(t, "import-older-node"));
        return Ok(Begun::Incomplete(errors));
    }
    let new = new.filter(|_| errors.is_empty()).map(|new| NewImport {
        list,
        profile,
        holds_doubtful: is_strict && new.holds_doubtful,
        ..new
    });
    if let Some(new) = &new
        && form.asked_for_preview()
        && let Some(account) = starter.account
    {
        choice::remember_preview(db, account, new.preview).await?;
    }
    if let Some(refusal) = refusal {
        let refused = refuse(t, db, file, &refusal, errors).await?;
        return Ok(Begun::Unreadable(Box::new(refused)));
    }
    let Some(new) = new else {
        return Ok(Begun::Incomplete(errors));
    };
    match start::store(db, new, file, starter).await {
        Ok(id) => Ok(Begun::Started(id)),
        Err(AppError::Taken(Constraint::ImportName)) => Ok(Begun::Incomplete(name_taken(t))),
        Err(error) => Err(error),
    }
}

async fn profile_named(db: &Db, name: &str) -> AppResult<Option<Profile>> {
    let name = name.to_owned();
    db.read(move |conn| profiles::by_name(conn, &name)).await
}

/// Recognises a file. A profile reads the strict list as any other.
fn recognise(mut file: UploadedFile, has_profile: bool) -> AppResult<Recognised> {
    if !has_profile {
        return start::recognise(file);
    }
    Ok(match start::recognise_list(&mut file)? {
        Ok(kind) => Recognised::List(file, kind),
        Err(refusal) => Recognised::Refused(file, refusal),
    })
}

/// Explains why nothing can read a file.
async fn refuse(
    t: &Catalogue,
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
    let panel = Panel::new(t, &diagnosis, Reading::default(), Some(refusal), head.head());
    errors.add("file-is", panel.sentence.clone());
    Ok(Refused { errors, panel, facts })
}
