//! Reads a whole file before anything is written: finds its faults, the superseded lines, and what it would change.

use std::io::BufReader;

use super::files::StoredFile;
use super::findings::{self, NewFinding, int};
use super::format::{Culprit, ReadError, Reader, Refusal, Verdict};
use super::import::{Counts, Import, OnError};
use super::store::{self, Checked};
use super::superseded::{LastLines, Superseded};
use super::{diagnosis, preview};
use crate::book::aliases;
use crate::error::{AppError, AppResult};
use crate::jobs::JobContext;

/// The size of the beginning that is examined for the kind of file.
pub const READ_BUFFER: usize = 64 * 1024;
/// Lines between two updates of the progress.
const PROGRESS_STEP: u64 = 20_000;
/// Findings per insert.
const FINDINGS_STEP: usize = 2_000;

/// The result of a check.
pub enum Outcome {
    Refused,
    Deciding,
    /// To be applied now, without the superseded lines.
    Applying(Superseded),
}

/// Checks a stored import and moves it to its next state. After a restart the check begins again: only findings
/// have been written.
///
/// # Errors
/// [`AppError::Overtaken`] if the import was cancelled meanwhile.
pub fn run(work: &JobContext, import: &Import) -> AppResult<Outcome> {
    let id = import.id;
    findings::clear(work, id)?;
    preview::forget(work, id)?;
    let mut reader = match open(work, import) {
        Ok(reader) => reader,
        Err(stop) => return refuse(work, import, stop, None),
    };
    match read_through(work, import, &mut reader) {
        Err(stop) => refuse(work, import, stop, Some(reader.culprit())),
        Ok((mut checked, superseded)) => {
            checked.diagnosis = diagnosis::of_lines(work, import, &reader.tally(), &checked.counts)?;
            note_superseded(work, import, &superseded)?;
            let is_asked = checked.counts.rejected > 0 && import.on_error == OnError::Ask;
            if import.preview || is_asked {
                work.write(|conn| store::keep_checked(conn, id, &checked))?;
                preview::plan(work, import, &superseded)?;
                return Ok(Outcome::Deciding);
            }
            work.write(|conn| {
                store::keep_checked(conn, id, &checked)?;
                store::begin_applying(conn, id)
            })?;
            Ok(Outcome::Applying(superseded))
        }
    }
}

/// Ends a check whose file is refused; `culprit` is the line that showed the fault.
fn refuse(
    work: &JobContext,
    import: &Import,
    stop: Stop,
    culprit: Option<Culprit<'_>>,
) -> AppResult<Outcome> {
    let refusal = match stop {
        Stop::Refused(refusal) => refusal,
        Stop::Failed(error) => return Err(error),
    };
    let culprit = culprit.filter(|_| matches!(refusal, Refusal::NotUtf8 { .. }));
    let diagnosis = diagnosis::of_refused(work, import, culprit)?;
    findings::clear(work, import.id)?;
    work.write(|conn| store::refuse(conn, import.id, &refusal, &diagnosis))?;
    Ok(Outcome::Refused)
}

/// The reason why a pass over a file stopped before its end.
pub enum Stop {
    Refused(Refusal),
    Failed(AppError),
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Refused(refusal) => Self::Refused(refusal),
            // A stored file is read from the database, whose errors arrive wrapped.
            ReadError::Io(error) => Self::Failed(match error.downcast::<AppError>() {
                Ok(error) => error,
                Err(error) => error.into(),
            }),
        }
    }
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

/// A second pass reads a file that was readable before, so a refusal is an internal error.
impl From<Stop> for AppError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Failed(error) => error,
            Stop::Refused(refusal) => {
                Self::Internal(anyhow::anyhow!("a file that was read before is refused: {refusal:?}"))
            }
        }
    }
}

/// Opens the file of an import, with the reading chosen for it.
pub fn open(work: &JobContext, import: &Import) -> Result<Reader<BufReader<StoredFile>>, Stop> {
    let size = import.file_size.unsigned_abs();
    let file = StoredFile::open_whole(&work.db, import.file_id, size);
    let source = BufReader::with_capacity(READ_BUFFER, file);
    Ok(Reader::reading(source, import.reading)?)
}

fn read_through(
    work: &JobContext,
    import: &Import,
    reader: &mut Reader<BufReader<StoredFile>>,
) -> Result<(Checked, Superseded), Stop> {
    let mut lines = last_lines(work)?;
    let mut counts = Counts::default();
    let mut pending = Vec::new();
    let mut last = 0;
    while let Some(line) = reader.next_line()? {
        last = line.number;
        match &line.verdict {
            Verdict::Valid(recipient) => lines.see(recipient, line.number),
            Verdict::Header | Verdict::Empty => counts.skipped += 1,
            Verdict::Rejected(findings) => {
                counts.rejected += 1;
                pending.extend(NewFinding::of_rejected(import.id, &line, findings)?);
            }
        }
        if pending.len() >= FINDINGS_STEP || line.number.is_multiple_of(PROGRESS_STEP) {
            let read = reader.offset();
            work.write(|conn| {
                findings::insert(conn, &pending)?;
                store::keep_check_progress(conn, import.id, int(line.number), int(read))
            })?;
            pending.clear();
        }
    }
    work.write(|conn| findings::insert(conn, &pending))?;
    let superseded = lines.superseded();
    counts.superseded = int(superseded.len());
    let checked = Checked { lines: int(last), counts, diagnosis: None };
    Ok((checked, superseded))
}

fn last_lines(work: &JobContext) -> AppResult<LastLines> {
    let former = work.db.read_blocking(aliases::meant_by_former_emails)?;
    Ok(LastLines::knowing(former))
}

/// Superseded lines are known only at the end of the file. If there are any, a second pass stores them as findings.
fn note_superseded(work: &JobContext, import: &Import, superseded: &Superseded) -> AppResult<()> {
    if superseded.is_empty() {
        return Ok(());
    }
    let mut pending = Vec::new();
    let mut reader = open(work, import)?;
    while let Some(line) = reader.next_line().map_err(Stop::from)? {
        if let Verdict::Valid(recipient) = &line.verdict
            && let Some(by) = superseded.by(line.number)
        {
            let email = recipient.email.as_ref().map_or("", |email| email.as_str());
            pending.push(NewFinding::of_superseded(import.id, &line, email, by)?);
        }
        if pending.len() >= FINDINGS_STEP {
            work.write(|conn| findings::insert(conn, &pending))?;
            pending.clear();
        }
    }
    work.write(|conn| findings::insert(conn, &pending))
}

/// Finds the superseded lines of a stored file again, to continue after a restart.
pub fn superseded(work: &JobContext, import: &Import) -> AppResult<Superseded> {
    let mut reader = open(work, import)?;
    let mut lines = last_lines(work)?;
    while let Some(line) = reader.next_line().map_err(Stop::from)? {
        if let Verdict::Valid(recipient) = &line.verdict {
            lines.see(recipient, line.number);
        }
    }
    Ok(lines.superseded())
}
