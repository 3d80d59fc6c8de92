//! Reads a whole file before anything is written: finds its faults, the superseded lines, and what it would change.

use std::io::BufReader;

use super::corrections::{CorrectedReader, Corrections};
use super::files::StoredFile;
use super::findings::{self, NewFinding, int};
use super::format::{ReadError, Refusal};
use super::import::{Counts, Import, OnError};
use super::list_kind::{LineReader as _, ListKind, Verdict};
use super::preview::{self, Effects, Outlook};
use super::profiles;
use super::store::{self, Checked};
use super::superseded::{LastLines, Superseded};
use crate::book::aliases;
use crate::db::Db;
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
pub fn run<K: ListKind>(work: &JobContext, kind: &K, import: &Import) -> AppResult<Outcome> {
    let id = import.id;
    findings::clear(work, id)?;
    preview::forget(work, id)?;
    let mut reader = match open(&work.db, kind, import) {
        Ok(reader) => reader,
        Err(stop) => return refuse(work, kind, import, stop, None),
    };
    match read_and_foretell(work, kind, import, &mut reader) {
        Err(stop) => refuse(work, kind, import, stop, Some(reader.file())),
        Ok((mut checked, superseded, effects)) => {
            checked.diagnosis = kind.diagnose(work, import, reader.file(), &checked.counts)?;
            note_superseded(work, kind, import, &superseded)?;
            if let Some(effects) = effects
                && work.write(|conn| preview::go_on(conn, id, &checked, &effects))?
            {
                return Ok(Outcome::Applying(superseded));
            }
            let is_asked = checked.counts.rejected > 0 && import.on_error == OnError::Ask;
            // A list of any kind is applied without a question only after its forecast.
            if import.preview || is_asked || import.list.is_some() {
                work.write(|conn| store::keep_checked(conn, id, &checked))?;
                return Ok(match preview::plan(work, kind, import, &superseded)? {
                    preview::Planned::Asked => Outcome::Deciding,
                    preview::Planned::Applying => {
                        preview::forget(work, id)?;
                        Outcome::Applying(superseded)
                    }
                });
            }
            work.write(|conn| {
                store::keep_checked(conn, id, &checked)?;
                store::begin_applying(conn, id)
            })?;
            Ok(Outcome::Applying(superseded))
        }
    }
}

/// Ends a check whose file is refused; `reader` is at the line that showed the fault.
fn refuse<K: ListKind>(
    work: &JobContext,
    kind: &K,
    import: &Import,
    stop: Stop,
    reader: Option<&K::Reader>,
) -> AppResult<Outcome> {
    let refusal = match stop {
        Stop::Refused(refusal) => refusal,
        Stop::Failed(error) => return Err(error),
    };
    let diagnosis = kind.diagnose_refused(work, import, &refusal, reader)?;
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

/// Opens the stored file of an import, with its corrected lines.
pub fn open<'k, K: ListKind>(db: &Db, kind: &'k K, import: &Import) -> Result<CorrectedReader<'k, K>, Stop> {
    let corrections = db.read_blocking(|conn| Corrections::load(conn, import.id))?;
    open_with(db, kind, import, corrections)
}

fn open_with<'k, K: ListKind>(
    db: &Db,
    kind: &'k K,
    import: &Import,
    corrections: Corrections,
) -> Result<CorrectedReader<'k, K>, Stop> {
    let size = import.stored_size().unsigned_abs();
    let file = StoredFile::open_whole(db, import.file_id, size);
    let file = kind.open(BufReader::with_capacity(READ_BUFFER, file))?;
    Ok(CorrectedReader::new(kind, file, corrections))
}

/// Reads the whole file. Of a list that its profile may let go on, it also counts what the lines would do, unless some are superseded:
/// which ones is known at the end of the file only.
fn read_and_foretell<K: ListKind>(
    work: &JobContext,
    kind: &K,
    import: &Import,
    reader: &mut CorrectedReader<'_, K>,
) -> Result<(Checked, Superseded, Option<Effects>), Stop> {
    if !work.db.read_blocking(|conn| profiles::may_go_on(conn, import))? {
        let (checked, superseded) = read_through(work, kind, import, reader, |_, _| ())?;
        return Ok((checked, superseded, None));
    }
    preview::begin(work, import)?;
    std::thread::scope(|scope| {
        let mut outlook = Outlook::begin(scope, &work.db, kind);
        let take = |row, length| outlook.take(row, length);
        let (checked, superseded) = read_through(work, kind, import, reader, take)?;
        let effects = outlook.finish()?;
        let is_whole = superseded.is_empty();
        Ok((checked, superseded, is_whole.then_some(effects)))
    })
}

/// Reads the whole file, and gives each valid row to `take`, with the length of its line.
fn read_through<K: ListKind>(
    work: &JobContext,
    kind: &K,
    import: &Import,
    reader: &mut CorrectedReader<'_, K>,
    mut take: impl FnMut(K::Row, i64),
) -> Result<(Checked, Superseded), Stop> {
    let mut lines = last_lines(&work.db)?;
    let mut counts = Counts::default();
    let mut pending = Vec::new();
    let mut last = 0;
    while let Some(line) = reader.next_line()? {
        last = line.number;
        match line.verdict {
            Verdict::Valid(row) => {
                see(&mut lines, kind, &row, last);
                take(row, int(line.length));
            }
            Verdict::Header | Verdict::Empty => counts.skipped += 1,
            Verdict::Rejected(ref faults) => {
                counts.rejected += 1;
                pending.extend(NewFinding::of_rejected(import.id, &line, faults)?);
            }
        }
        if pending.len() >= FINDINGS_STEP || last.is_multiple_of(PROGRESS_STEP) {
            let read = reader.offset();
            work.write(|conn| {
                findings::insert(conn, &pending)?;
                store::keep_check_progress(conn, import.id, int(last), int(read))
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

fn last_lines(db: &Db) -> AppResult<LastLines> {
    let former = db.read_blocking(aliases::meant_by_former_emails)?;
    Ok(LastLines::knowing(former))
}

fn see<K: ListKind>(lines: &mut LastLines, kind: &K, row: &K::Row, number: u64) {
    if let Some(identity) = kind.identity(row) {
        lines.see(&identity, number);
    }
}

/// Superseded lines are known only at the end of the file. If there are any, a second pass stores them as findings.
fn note_superseded<K: ListKind>(
    work: &JobContext,
    kind: &K,
    import: &Import,
    superseded: &Superseded,
) -> AppResult<()> {
    if superseded.is_empty() {
        return Ok(());
    }
    let mut pending = Vec::new();
    let mut reader = open(&work.db, kind, import)?;
    while let Some(line) = reader.next_line().map_err(Stop::from)? {
        if let Verdict::Valid(row) = &line.verdict
            && let Some(by) = superseded.by(line.number)
        {
            pending.push(NewFinding::of_superseded(import.id, &line, kind.shown_identity(row), by)?);
        }
        if pending.len() >= FINDINGS_STEP {
            work.write(|conn| findings::insert(conn, &pending))?;
            pending.clear();
        }
    }
    work.write(|conn| findings::insert(conn, &pending))
}

/// Finds the superseded lines of a stored file again, to continue after a restart.
pub fn superseded<K: ListKind>(work: &JobContext, kind: &K, import: &Import) -> AppResult<Superseded> {
    let corrections = work.db.read_blocking(|conn| Corrections::load(conn, import.id))?;
    superseded_with(&work.db, kind, import, corrections)
}

/// Finds the superseded lines of a stored file with these corrections.
pub fn superseded_with<K: ListKind>(
    db: &Db,
    kind: &K,
    import: &Import,
    corrections: Corrections,
) -> AppResult<Superseded> {
    let mut reader = open_with(db, kind, import, corrections)?;
    let mut lines = last_lines(db)?;
    while let Some(line) = reader.next_line().map_err(Stop::from)? {
        if let Verdict::Valid(row) = &line.verdict {
            see(&mut lines, kind, row, line.number);
        }
    }
    Ok(lines.superseded())
}
