//! `carnet backup`: a copy of a SQLite book as of one moment, while a server may be using it.
//!
//! `VACUUM INTO` reads in one transaction, which blocks no writer: concurrent writes gather in the log beside the database.
//! It copies rows, not pages, so erased data in free space is not copied, and it needs no more memory than its cache.
//! SQLite's own page-by-page backup would start again after each write by another process.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::cli::check::{FAILED, INTERRUPTED, print_error};
use super::cli::import::{Ended, existing_url, print_ended};
use crate::base::stop::Stop;
use crate::base::{atomic_file, clock};
use crate::config::{BackupArgs, DatabaseUrl};
use crate::db::{AnyConnection, ConnectionManager, home, settings};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, Locale, fl};

/// `carnet backup FILE`; returns the exit status.
pub async fn backup(arguments: BackupArgs) -> i32 {
    let t = Locale::from_environment().catalogue();
    run(t, arguments).await.unwrap_or_else(|ended| print_ended(t, ended))
}

async fn run(t: &'static Catalogue, arguments: BackupArgs) -> Result<i32, Ended> {
    let path = arguments.file;
    let DatabaseUrl::Sqlite(book) = existing_url(t, &arguments.database)? else {
        let file = path.display().to_string();
        return Err(Ended::Refused(fl!(t, "backup-postgres", file = file)));
    };
    // If the file were replaced while it is in use as a database, SQLite would mix the contents of its log into the copy.
    if is_same(&book, &path) || in_use(&path) {
        let path = path.display().to_string();
        return Err(Ended::Refused(fl!(t, "backup-in-use", path = path)));
    }
    if path.is_dir() {
        let cause = std::io::Error::from(std::io::ErrorKind::IsADirectory);
        return Err(unwritable(t, &path, &cause));
    }
    let file = atomic_file::beside(&path).map_err(|error| unwritable(t, &path, &error))?;
    let into = file.path().to_owned();
    let stop = Stop::at_signals();
    let (source, begun) = (book.clone(), clock::now());
    let written = tokio::select! {
        written = tokio::task::spawn_blocking(move || vacuum_into(&source, &into)) => {
            written.map_err(|error| AppError::Internal(error.into()))?
        }
        // The temporary file is removed with `file`; the thread ends with the process.
        () = stop.asked() => return Ok(INTERRUPTED),
    };
    let kept = written.and_then(|()| Ok(atomic_file::keep(file, &path)?));
    match kept {
        Err(AppError::StorageFull(_)) => {
            print_error(&fl!(t, "backup-full", path = path.display().to_string()));
            Ok(FAILED)
        }
        kept => {
            kept?;
            let noted = tokio::task::spawn_blocking(move || note(&book, begun)).await;
            if let Err(error) = noted.map_err(|error| AppError::Internal(error.into()))? {
                print_error(&fl!(t, "backup-not-noted", cause = error.to_string()));
            }
            Ok(0)
        }
    }
}

/// Stores the time of the backup in the book, for the page of the settings.
fn note(book: &Path, at: NaiveDateTime) -> AppResult<()> {
    let conn = ConnectionManager::new(DatabaseUrl::Sqlite(book.to_owned())).open();
    settings::set_last_backup(&mut conn.map_err(AppError::Unavailable)?, at)
}

/// Copies the book without a migration: before an upgrade, people want a copy with the old schema. The copy is marked as one.
fn vacuum_into(book: &Path, into: &Path) -> AppResult<()> {
    let into =
        into.to_str().ok_or_else(|| AppError::Internal(anyhow::anyhow!("the file's path is not UTF-8")))?;
    let conn = ConnectionManager::new(DatabaseUrl::Sqlite(book.to_owned())).open();
    match &mut conn.map_err(AppError::Unavailable)? {
        AnyConnection::Sqlite(conn) => {
            diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(into).execute(conn)?;
            diesel::sql_query("ATTACH ? AS copy").bind::<Text, _>(into).execute(conn)?;
            diesel::sql_query(home::LEAVE_ATTACHED).execute(conn)?;
            diesel::sql_query("DETACH copy").execute(conn)?;
        }
        AnyConnection::Postgres(_) => {}
    }
    Ok(())
}

fn is_same(book: &Path, path: &Path) -> bool {
    match (book.canonicalize(), path.canonicalize()) {
        (Ok(book), Ok(path)) => book == path,
        _ => false,
    }
}

/// Returns `true` if the path has a SQLite log or journal beside it.
fn in_use(path: &Path) -> bool {
    ["-wal", "-journal"].iter().any(|end| {
        let mut beside = OsString::from(path);
        beside.push(end);
        PathBuf::from(beside).exists()
    })
}

fn unwritable(t: &Catalogue, path: &Path, cause: &dyn std::fmt::Display) -> Ended {
    Ended::Refused(fl!(t, "export-unwritable", path = path.display().to_string(), cause = cause.to_string()))
}
