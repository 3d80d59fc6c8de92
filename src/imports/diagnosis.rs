//! Examines what is wrong with a stored file as a whole, and how it could be read.

use std::fs::File;
use std::io::{Read as _, Seek as _};

use super::check::READ_BUFFER;
use super::format::{Culprit, Diagnosis, Head, Tally};
use super::import::{Counts, Import};
use super::{files, retention};
use crate::db::{AnyConnection, settings};
use crate::domain::Phone;
use crate::error::AppResult;
use crate::jobs::JobContext;

/// The beginning of a file.
pub struct StoredHead {
    bytes: Vec<u8>,
    is_whole: bool,
}

impl StoredHead {
    /// Returns `None` if the file is dropped, or partly dropped.
    pub fn load(conn: &mut AnyConnection, import: &Import) -> AppResult<Option<Self>> {
        if retention::dropped_at(conn, import.file_id)?.is_some() {
            return Ok(None);
        }
        let bytes = files::head(conn, import.file_id, READ_BUFFER)?;
        Ok(bytes.map(|bytes| Self { is_whole: bytes.len() as i64 == import.stored_size(), bytes }))
    }

    /// Returns the beginning of a file that was just received.
    pub fn read(file: &File) -> std::io::Result<Self> {
        let mut bytes = Vec::new();
        let mut file = file;
        file.by_ref().take(READ_BUFFER as u64 + 1).read_to_end(&mut bytes)?;
        file.rewind()?;
        let is_whole = bytes.len() <= READ_BUFFER;
        bytes.truncate(READ_BUFFER);
        Ok(Self { bytes, is_whole })
    }

    pub fn head(&self) -> Head<'_> {
        Head { bytes: &self.bytes, is_whole: self.is_whole }
    }
}

/// Returns `true` if numbers without a country are French: only those get their zero back.
pub fn has_french_numbers(conn: &mut AnyConnection) -> AppResult<bool> {
    Ok(Phone::is_french(settings::default_country(conn)?))
}

/// Diagnoses a file that is refused as a whole; `culprit` is the line that was not UTF-8.
pub fn of_refused(work: &JobContext, import: &Import, culprit: Option<Culprit<'_>>) -> AppResult<Diagnosis> {
    let (head, zeros) =
        work.db.read_blocking(|conn| Ok((StoredHead::load(conn, import)?, has_french_numbers(conn)?)))?;
    Ok(head.map_or_else(Diagnosis::default, |head| Diagnosis::of(head.head(), culprit, zeros)))
}

/// Diagnoses a file that was read to its end; returns `None` if the file as a whole has no fault.
pub fn of_lines(
    work: &JobContext,
    import: &Import,
    tally: &Tally,
    counts: &Counts,
) -> AppResult<Option<Diagnosis>> {
    let (head, zeros) = work.db.read_blocking(|conn| {
        let head = match counts.rejected {
            0 => None,
            _ => StoredHead::load(conn, import)?,
        };
        Ok((head, has_french_numbers(conn)?))
    })?;
    let head = head.as_ref().map(StoredHead::head);
    Ok(Diagnosis::of_read(import.reading, tally, head, zeros))
}
