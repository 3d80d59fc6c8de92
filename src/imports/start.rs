//! From a received file to an import and its job.

use std::io::{BufReader, Seek as _};

use super::check::READ_BUFFER;
use super::files;
use super::form::NewImport;
use super::format::{ReadError, Reader, Refusal};
use super::store::{self, ReceivedFile};
use super::upload::UploadedFile;
use crate::db::Db;
use crate::error::{AppError, AppResult};

/// Looks at the beginning of a file, and gives it back rewound.
///
/// # Errors
/// The file cannot be read.
pub fn sniff(mut upload: UploadedFile) -> AppResult<Result<UploadedFile, Refusal>> {
    if upload.size == 0 {
        return Ok(Err(Refusal::Empty));
    }
    let buffered = BufReader::with_capacity(READ_BUFFER, &upload.file);
    match Reader::new(buffered) {
        Err(ReadError::Refused(refusal)) => return Ok(Err(refusal)),
        Err(ReadError::Io(error)) => return Err(error.into()),
        Ok(_) => {}
    }
    upload.file.rewind()?;
    Ok(Ok(upload))
}

/// Stores the file, then the import and its job.
///
/// # Errors
/// `Taken(ImportName)` and those of the file and the database.
pub async fn store(
    db: &Db,
    new: NewImport,
    file: UploadedFile,
    account: Option<i64>,
) -> AppResult<i64> {
    let keeper = db.clone();
    let kept = tokio::task::spawn_blocking(move || files::keep(&keeper, file.file))
        .await
        .map_err(|error| AppError::Internal(error.into()))??;
    let received = ReceivedFile {
        id: kept,
        name: file.name,
        size: i64::try_from(file.size).unwrap_or(i64::MAX),
        sha256: file.sha256,
    };
    db.write(move |conn| store::create(conn, &new, &received, account))
        .await
}
