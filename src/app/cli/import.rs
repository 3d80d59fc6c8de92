//! `carnet import`: imports a file with the same code and the same jobs as the pages, and reports the result.

use std::time::Duration;

use super::check::{FAILED, INTERRUPTED, REFUSED, REJECTED, open, print_error, print_line};
use super::told::{page_of, tell_end, tell_given_up, tell_rejected, waiting};
use super::{by_profile, outlook, progress};
use crate::app::{background, serve};
use crate::base::stop::Stop;
use crate::config::{ConfigError, DatabaseArgs, DatabaseUrl, ImportArgs, OnErrorArg};
use crate::db::Db;
use crate::domain::ImportName;
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{Catalogue, Locale, fl};
use crate::imports::form::{ImportForm, NewImport, refusal_message};
use crate::imports::import::{Import, OnError, State};
use crate::imports::sources::SourceKind;
use crate::imports::start::{self, Sniffed, Starter};
use crate::imports::upload::UploadedFile;
use crate::imports::{preview, store, undo};
use crate::jobs::{self, JobFailures};
use crate::web::trouble::trouble_text;

/// `carnet import FILE --name NAME`; returns the exit status.
pub async fn import(arguments: ImportArgs) -> i32 {
    let locale = Locale::from_environment();
    begin(locale, arguments).await.unwrap_or_else(|ended| print_ended(locale.catalogue(), ended))
}

/// The reason why the command ends early.
pub enum Ended {
    /// The request is impossible; the message for the user.
    Refused(String),
    Failed(AppError),
}

impl From<AppError> for Ended {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

/// Returns the message for an error. Of an internal error it has only the outermost cause: deeper ones may contain personal data.
fn failure(t: &Catalogue, error: &AppError) -> String {
    match error {
        AppError::Unavailable(cause) => {
            fl!(t, "command-unavailable", cause = format!("{cause:#}"))
        }
        AppError::StorageFull(_) => fl!(t, "command-storage-full"),
        AppError::Internal(cause) => fl!(t, "command-failed", cause = cause.to_string()),
        error => fl!(t, "command-failed", cause = error.to_string()),
    }
}

/// Prints why the command ended early, and returns the exit status.
pub fn print_ended(t: &Catalogue, ended: Ended) -> i32 {
    match ended {
        Ended::Refused(words) => {
            print_error(&words);
            REFUSED
        }
        Ended::Failed(error) => {
            print_error(&failure(t, &error));
            FAILED
        }
    }
}

/// An import to follow to its end.
pub(super) struct Followed {
    id: i64,
    name: String,
    job: jobs::Kind,
    /// Lines of its file; 0 if their number is not known yet.
    lines: u64,
    /// Set if this command started the import. If it needs a decision, it is then cancelled, since nobody can
    /// decide on a terminal.
    is_own: bool,
    pub(super) preview: bool,
}

async fn begin(locale: Locale, arguments: ImportArgs) -> Result<i32, Ended> {
    let t = locale.catalogue();
    let new = read_options(t, &arguments)?;
    let (file, lines) = open(t, &arguments.file).map_err(Ended::Refused)?;
    let (file, list) = if arguments.profile.is_some() {
        let (file, kind) = by_profile::recognise(t, file)?;
        (file, Some(kind))
    } else {
        (readable(t, file)?, None)
    };
    // The lines of a workbook's bytes say nothing about its rows.
    let lines = if list.is_some_and(|kind| kind != SourceKind::Csv) { 0 } else { lines };
    let db = open_database(t, &arguments.database).await?;
    let new = match &arguments.profile {
        None => new,
        Some(name) => by_profile::new_import(&db, t, NewImport { list, ..new }, name).await?,
    };
    let sha256 = file.sha256.clone();
    let earlier = db.read(move |conn| store::of_same_file(conn, &sha256)).await?;
    if let Some(earlier) = earlier.filter(|_| !arguments.again) {
        match earlier.state {
            State::Checking | State::Applying if !arguments.preview => {
                print_line(&fl!(t, "again-running", name = earlier.name.as_str()));
                let job = earlier.job();
                let followed = Followed {
                    id: earlier.id,
                    name: earlier.name,
                    job,
                    lines,
                    is_own: false,
                    preview: false,
                };
                return see_through(&db, locale, followed, progress::AWAY).await;
            }
            State::Deciding if !arguments.preview => {
                print_error(&waiting(t, &earlier));
                return Ok(REJECTED);
            }
            State::Done => {
                if is_being_undone(&db, earlier.id).await? {
                    print_error(&fl!(t, "again-undoing", name = earlier.name.as_str()));
                    return Ok(REJECTED);
                }
                print_line(&already(locale, &earlier));
                if !arguments.preview {
                    return Ok(0);
                }
            }
            _ => {}
        }
    }
    let followed = store_file(&db, t, new, file, lines).await?;
    see_through(&db, locale, followed, progress::AWAY).await
}

/// The strict file, if its beginning is readable.
fn readable(t: &Catalogue, file: UploadedFile) -> Result<UploadedFile, Ended> {
    match start::sniff(file)? {
        Sniffed::Readable(file) => Ok(file),
        Sniffed::Refused(refusal) => Err(Ended::Refused(format!(
            "{}\n{}",
            refusal_message(t, &refusal),
            fl!(t, "command-strict-only")
        ))),
    }
}

fn read_options(t: &Catalogue, arguments: &ImportArgs) -> Result<NewImport, Ended> {
    let form = ImportForm {
        name: arguments.name.clone(),
        on_error: match arguments.on_error {
            OnErrorArg::Stop => OnError::Ask,
            OnErrorArg::ImportValid => OnError::ImportValid,
        }
        .as_str()
        .to_owned(),
        ..ImportForm::default()
    };
    match form.read(t) {
        Ok(new) => Ok(NewImport { preview: arguments.preview, ..new }),
        Err(errors) => {
            let words: Vec<&str> = errors.all().iter().map(|error| error.message.as_str()).collect();
            Err(Ended::Refused(words.join("\n")))
        }
    }
}

/// Returns the URL of an existing database; a missing one is refused.
pub fn existing_url(t: &Catalogue, database: &DatabaseArgs) -> Result<DatabaseUrl, Ended> {
    database.existing_url().map_err(|error| match error {
        ConfigError::NoDatabase(path) => {
            Ended::Refused(fl!(t, "command-no-database", path = path.display().to_string()))
        }
        error => Ended::Refused(error.to_string()),
    })
}

pub async fn open_database(t: &Catalogue, database: &DatabaseArgs) -> Result<Db, Ended> {
    let url = existing_url(t, database)?;
    serve::open(url).await.map_err(|error| Ended::Failed(AppError::Unavailable(error)))
}

async fn is_being_undone(db: &Db, id: i64) -> AppResult<bool> {
    let undo = db.read(move |conn| undo::find(conn, id)).await?;
    Ok(undo.is_some_and(|undo| undo.finished_at.is_none()))
}

fn already(locale: Locale, earlier: &Import) -> String {
    let date = earlier.finished_at.unwrap_or(earlier.created_at);
    fl!(locale.catalogue(), "again-done", date = locale.date_time(&date), name = earlier.name.as_str())
}

async fn store_file(
    db: &Db,
    t: &Catalogue,
    new: NewImport,
    file: UploadedFile,
    lines: u64,
) -> Result<Followed, Ended> {
    let name: ImportName = new.name.clone();
    let preview = new.preview;
    let job = if new.list.is_some() { jobs::Kind::ListImport } else { jobs::Kind::Import };
    let wanted = name.clone();
    // Checked before the whole file is stored; the unique constraint decides afterwards.
    let taken = db.read(move |conn| store::is_taken(conn, &wanted)).await?;
    let stored = if taken {
        Err(AppError::Taken(Constraint::ImportName))
    } else {
        start::store(db, new, file, Starter::default()).await
    };
    match stored {
        Ok(id) => Ok(Followed { id, name: name.as_str().to_owned(), job, lines, is_own: true, preview }),
        Err(AppError::Taken(Constraint::ImportName)) => Err(Ended::Refused(fl!(t, "import-name-taken"))),
        Err(error) => Err(error.into()),
    }
}

/// Works on the import unless a server does, and reports its progress and its result. Ctrl-C, or a job that keeps failing
/// for `patience`, ends the command only; the import is left to a server.
async fn see_through(db: &Db, locale: Locale, followed: Followed, patience: Duration) -> Result<i32, Ended> {
    let t = locale.catalogue();
    let (id, troubles) = (followed.id, JobFailures::default());
    let working = jobs::work_on(
        db.clone(),
        background::handlers(),
        troubles.clone(),
        Stop::at_signals(),
        (followed.job, id),
    );
    tokio::select! {
        told = follow_and_tell(db, locale, &followed, &troubles, patience) => told,
        // The work ends on a signal, and its job is released.
        () = working => {
            put_down(db, t, &followed).await;
            Ok(INTERRUPTED)
        }
    }
}

/// Cancels an import because nobody can decide; returns `false` if somebody has decided.
async fn give_up(db: &Db, id: i64) -> AppResult<bool> {
    db.write(move |conn| preview::cancel(conn, id, None)).await
}

/// Leaves the import to a server; a preview is cancelled.
async fn put_down(db: &Db, t: &Catalogue, followed: &Followed) {
    let is_given_up = followed.preview && give_up(db, followed.id).await.unwrap_or(false);
    print_error(&if is_given_up {
        fl!(t, "interrupted-preview")
    } else {
        fl!(t, "interrupted", name = followed.name.as_str(), page = page_of(followed.id))
    });
}

async fn follow_and_tell(
    db: &Db,
    locale: Locale,
    followed: &Followed,
    troubles: &JobFailures,
    patience: Duration,
) -> Result<i32, Ended> {
    let t = locale.catalogue();
    let Followed { id, lines, .. } = *followed;
    let (mut is_own, mut is_told) = (followed.is_own, false);
    loop {
        let import = match progress::follow(db, t, troubles, patience, id, lines).await? {
            Ok(import) => import,
            Err(cause) => {
                print_error(&trouble_text(t, &cause));
                put_down(db, t, followed).await;
                return Ok(FAILED);
            }
        };
        if matches!(import.state, State::Done | State::Deciding) && !is_told {
            tell_rejected(db, t, &import).await?;
            is_told = true;
        }
        if !matches!(import.state, State::Deciding | State::Mapping) || !is_own {
            return tell_end(t, &import);
        }
        if followed.preview && import.state == State::Deciding {
            outlook::print(db, locale, &import).await?;
        }
        let stops = by_profile::stops(db, t, &import).await?;
        // Nobody can decide here. After the cancellation, the name is free for the corrected file.
        if give_up(db, id).await? {
            return Ok(tell_given_up(t, followed, &import, &stops));
        }
        // Somebody decided on the import's page: from now on the import is not this command's.
        is_own = false;
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;
    use diesel::prelude::*;

    use super::*;
    use crate::db::schema::jobs as rows;

    #[test]
    fn an_import_that_keeps_failing_is_left_to_a_server() {
        actix_web::rt::System::new().block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite://{}/carnet.db", folder.path().display());
            let db = serve::open(DatabaseUrl::parse(&url).unwrap()).await.unwrap();
            let fault = "CREATE TRIGGER fault BEFORE INSERT ON contacts \
                BEGIN SELECT RAISE(ABORT, 'a fault'); END";
            db.write(|conn| Ok(conn.batch_execute(fault)?)).await.unwrap();
            let path = folder.path().join("liste.csv");
            std::fs::write(&path, "M.,A,B,a@b.fr,,,,\n").unwrap();
            let t = Locale::Fr.catalogue();
            let (file, lines) = open(t, &path).unwrap();
            let new = NewImport {
                name: ImportName::parse("juin").unwrap(),
                is_proposed: false,
                on_error: OnError::Ask,
                preview: false,
                list: None,
                profile: None,
                holds_doubtful: false,
            };
            let followed = store_file(&db, t, new, file, lines).await.ok().unwrap();
            let id = followed.id;
            let ended = see_through(&db, Locale::Fr, followed, Duration::from_secs(1));
            let ended = tokio::time::timeout(Duration::from_secs(30), ended).await;
            assert!(matches!(ended.expect("the command ends"), Ok(FAILED)));
            let (state, job) = db
                .read(move |conn| {
                    let job: i64 = rows::table.filter(rows::subject_id.eq(id)).count().get_result(conn)?;
                    Ok((store::state(conn, id)?, job))
                })
                .await
                .unwrap();
            assert_eq!((state, job), (State::Applying, 1), "a server can continue");
        });
    }
}
