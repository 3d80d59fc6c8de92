//! From a received file to an import and its job.

use std::io::{BufReader, Seek as _};
use std::sync::Arc;

use super::check::READ_BUFFER;
use super::files;
use super::form::NewImport;
use super::format::{ReadError, Reader, Refusal};
use super::store::{self, ReceivedFile};
use super::upload::UploadedFile;
use crate::db::Db;
use crate::error::{AppError, AppResult, Constraint};

/// A received file at its beginning, with the result of its examination.
pub enum Sniffed {
    Readable(UploadedFile),
    Refused(UploadedFile, Refusal),
}

/// Examines the beginning of a file.
///
/// # Errors
/// The file is unreadable.
pub fn sniff(mut upload: UploadedFile) -> AppResult<Sniffed> {
    if upload.size == 0 {
        return Ok(Sniffed::Refused(upload, Refusal::Empty));
    }
    let buffered = BufReader::with_capacity(READ_BUFFER, &upload.file);
    let refusal = match Reader::new(buffered) {
        Err(ReadError::Refused(refusal)) => Some(refusal),
        Err(ReadError::Io(error)) => return Err(error.into()),
        Ok(_) => None,
    };
    upload.file.rewind()?;
    Ok(match refusal {
        Some(refusal) => Sniffed::Refused(upload, refusal),
        None => Sniffed::Readable(upload),
    })
}

/// How often a proposed name is tried again that somebody took at the same time.
const TRIES: u32 = 20;

/// Stores the file, then the import and its job. A proposed name that is taken gets a number.
///
/// # Errors
/// `Taken(ImportName)` if another import has the name.
pub async fn store(db: &Db, new: NewImport, file: UploadedFile, account: Option<i64>) -> AppResult<i64> {
    let received = Arc::new(keep(db, file).await?);
    let mut tries = 0;
    loop {
        let (mut trial, received) = (new.clone(), Arc::clone(&received));
        let stored = db
            .write(move |conn| {
                if trial.is_proposed {
                    trial.name = store::free_name(conn, &trial.name)?;
                }
                store::create(conn, &trial, &received, account)
            })
            .await;
        tries += 1;
        match stored {
            Err(AppError::Taken(Constraint::ImportName)) if new.is_proposed && tries < TRIES => {}
            stored => return stored,
        }
    }
}

/// Stores only the file.
pub async fn keep(db: &Db, file: UploadedFile) -> AppResult<ReceivedFile> {
    let db = db.clone();
    tokio::task::spawn_blocking(move || keep_blocking(&db, file))
        .await
        .map_err(|error| AppError::Internal(error.into()))?
}

/// Like [`keep`], for work that already has its own thread.
pub fn keep_blocking(db: &Db, file: UploadedFile) -> AppResult<ReceivedFile> {
    Ok(ReceivedFile {
        id: files::keep(db, file.file)?,
        name: file.name,
        size: i64::try_from(file.size).unwrap_or(i64::MAX),
        sha256: file.sha256,
    })
}
