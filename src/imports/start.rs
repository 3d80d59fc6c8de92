//! From a received file to an import and its job.

use std::io::{BufReader, Read as _, Seek as _};
use std::sync::Arc;

use super::check::READ_BUFFER;
use super::files;
use super::form::NewImport;
use super::format::{self, ReadError, Reader, Refusal};
use super::sources::{self, SourceFault, SourceKind};
use super::store::{self, ReceivedFile};
use super::upload::UploadedFile;
use crate::audit;
use crate::db::{AnyConnection, Db};
use crate::error::{AppError, AppResult, Constraint};

/// A received file at its beginning, with the result of its examination.
pub enum Sniffed {
    Readable(UploadedFile),
    Refused(Refusal),
}

/// Examines the beginning of a file.
///
/// # Errors
/// The file is unreadable.
pub fn sniff(mut upload: UploadedFile) -> AppResult<Sniffed> {
    if upload.size == 0 {
        return Ok(Sniffed::Refused(Refusal::Empty));
    }
    let buffered = BufReader::with_capacity(READ_BUFFER, &upload.file);
    let refusal = match Reader::new(buffered) {
        Err(ReadError::Refused(refusal)) => Some(refusal),
        Err(ReadError::Io(error)) => return Err(error.into()),
        Ok(_) => None,
    };
    upload.file.rewind()?;
    Ok(match refusal {
        Some(refusal) => Sniffed::Refused(refusal),
        None => Sniffed::Readable(upload),
    })
}

/// A received file at its beginning, by what the pages do with it.
pub enum Recognised {
    Strict(UploadedFile),
    /// A list whose columns somebody maps.
    List(UploadedFile, SourceKind),
    /// Nothing can read it.
    Refused(UploadedFile, Refusal),
}

/// Recognises the kind of a file by its beginning.
///
/// # Errors
/// The file is unreadable.
pub fn recognise(mut upload: UploadedFile) -> AppResult<Recognised> {
    let head = head(&mut upload)?;
    if format::is_strict(&head) {
        return Ok(Recognised::Strict(upload));
    }
    Ok(match kind_of(&head) {
        Ok(kind) => Recognised::List(upload, kind),
        Err(refusal) => Recognised::Refused(upload, refusal),
    })
}

/// Returns the kind of a list that a profile reads; the strict one is such a list too.
///
/// # Errors
/// The file is unreadable.
pub fn recognise_list(upload: &mut UploadedFile) -> AppResult<Result<SourceKind, Refusal>> {
    Ok(kind_of(&head(upload)?))
}

fn head(upload: &mut UploadedFile) -> AppResult<Vec<u8>> {
    let mut head = Vec::new();
    upload.file.by_ref().take(sources::HEAD as u64).read_to_end(&mut head)?;
    upload.file.rewind()?;
    Ok(head)
}

fn kind_of(head: &[u8]) -> Result<SourceKind, Refusal> {
    sources::recognise(head).map_err(|fault| match fault {
        SourceFault::Empty => Refusal::Empty,
        fault => Refusal::List(fault),
    })
}

/// How often a proposed name is tried again that somebody took at the same time.
const TRIES: u32 = 20;

/// What a starter stores with its import, in the transaction that makes the import; see [`Starter::then`].
type Then = Arc<dyn Fn(&mut AnyConnection, i64) -> AppResult<()> + Send + Sync>;

/// Who starts an import.
#[derive(Clone, Default)]
pub struct Starter {
    /// `None` for the command line.
    pub account: Option<i64>,
    /// The label of a program's key.
    key: Option<String>,
    then: Option<Then>,
}

impl Starter {
    pub fn person(account: i64) -> Self {
        Some(account).into()
    }

    /// A program with a key of an account.
    pub fn program(account: i64, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..Self::person(account) }
    }

    /// Stores something with the import, of which it gets the id.
    pub fn then(
        self,
        then: impl Fn(&mut AnyConnection, i64) -> AppResult<()> + Send + Sync + 'static,
    ) -> Self {
        Self { then: Some(Arc::new(then)), ..self }
    }

    fn create(&self, conn: &mut AnyConnection, new: &NewImport, file: &ReceivedFile) -> AppResult<i64> {
        let id = match &self.key {
            Some(key) => audit::by_key(key, || store::create(conn, new, file, self.account))?,
            None => store::create(conn, new, file, self.account)?,
        };
        if let Some(then) = &self.then {
            then(conn, id)?;
        }
        Ok(id)
    }
}

impl From<Option<i64>> for Starter {
    fn from(account: Option<i64>) -> Self {
        Self { account, ..Self::default() }
    }
}

/// Stores the file, then the import and its job. A proposed name that is taken gets a number.
///
/// # Errors
/// `Taken(ImportName)` if another import has the name.
pub async fn store(db: &Db, new: NewImport, file: UploadedFile, starter: Starter) -> AppResult<i64> {
    let received = Arc::new(keep(db, file).await?);
    let mut tries = 0;
    loop {
        let (mut trial, received, starter) = (new.clone(), Arc::clone(&received), starter.clone());
        let stored = db
            .write(move |conn| {
                if trial.is_proposed {
                    trial.name = store::free_name(conn, &trial.name)?;
                }
                starter.create(conn, &trial, &received)
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
