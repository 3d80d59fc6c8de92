//! Reading a file whole before anything is written: its faults, which lines later ones supersede, and what it
//! would change.

use std::collections::{HashMap, HashSet};
use std::io::BufReader;

use sha2::{Digest as _, Sha256};

use super::apply::{self, Batch};
use super::diagnosis;
use super::files::StoredFile;
use super::findings::{self, NewFinding, int};
use super::format::{Culprit, ReadError, Reader, Refusal, Verdict};
use super::import::{Counts, Import, OnError, State};
use super::store::{self, Checked};
use crate::domain::Recipient;
use crate::error::{AppError, AppResult};
use crate::jobs::Work;

/// As large as the beginning that is looked at for what the file is.
pub const READ_BUFFER: usize = 64 * 1024;
/// Lines between two words on how far it has come.
const PROGRESS_STEP: u64 = 20_000;
/// Findings written at once.
const FINDINGS_STEP: usize = 2_000;

/// Lines that a later one supersedes, by number.
pub type Superseded = HashSet<u64>;

/// For each e-mail the last line that holds it. Sixteen bytes of a hash stand for the e-mail: a million lines take
/// some 50 MB, and two of them are confused once in 10^26 files.
#[derive(Default)]
pub struct LastLines {
    last: HashMap<[u8; 16], u64>,
    pub superseded: Superseded,
}

impl LastLines {
    pub fn see(&mut self, recipient: &Recipient, line: u64) {
        if let Some(earlier) = self.last.insert(key(recipient), line) {
            self.superseded.insert(earlier);
        }
    }

    fn of(&self, recipient: &Recipient) -> Option<u64> {
        self.last.get(&key(recipient)).copied()
    }
}

fn key(recipient: &Recipient) -> [u8; 16] {
    let email = recipient.email.as_ref().map_or("", |email| email.key());
    let digest = Sha256::digest(email.as_bytes());
    std::array::from_fn(|index| digest[index])
}

/// How a check ended.
pub enum Outcome {
    Refused,
    Deciding,
    /// To be applied now, without these lines.
    Applying(Superseded),
}

/// Checks a stored import and leaves it in its next state. Begun again, it begins from the start: nothing has been
/// written but findings.
///
/// # Errors
/// [`AppError::NotFound`] when the import was cancelled meanwhile, and those of the database.
pub fn run(work: &Work, import: &Import) -> AppResult<Outcome> {
    let id = import.id;
    work.write(|conn| findings::clear(conn, id))?;
    let mut reader = match open(work, import) {
        Ok(reader) => reader,
        Err(stop) => return refuse(work, import, stop, None),
    };
    match read_through(work, import, &mut reader) {
        Err(stop) => refuse(work, import, stop, Some(reader.culprit())),
        Ok((mut checked, lines)) => {
            checked.diagnosis =
                diagnosis::of_lines(work, import, &reader.tally(), &checked.counts)?;
            note_superseded(work, import, &lines)?;
            let ask =
                import.preview || (checked.counts.rejected > 0 && import.on_error == OnError::Ask);
            if ask {
                checked.next = State::Deciding;
                forecast(work, import, &lines.superseded, &mut checked.counts)?;
            }
            work.write(|conn| store::finish_check(conn, id, &checked))?;
            Ok(if ask {
                Outcome::Deciding
            } else {
                Outcome::Applying(lines.superseded)
            })
        }
    }
}

/// The end of a check whose file cannot be read; `culprit` is the line that showed it.
fn refuse(
    work: &Work,
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
    work.write(|conn| {
        findings::clear(conn, import.id)?;
        store::refuse(conn, import.id, &refusal, &diagnosis)
    })?;
    Ok(Outcome::Refused)
}

/// Why a pass over a file stopped before its end.
pub enum Stop {
    Refused(Refusal),
    Failed(AppError),
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Refused(refusal) => Self::Refused(refusal),
            // A stored file is read from the database: its errors come wrapped.
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

/// A second pass has seen the file to be readable.
impl From<Stop> for AppError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Failed(error) => error,
            Stop::Refused(refusal) => Self::Internal(anyhow::anyhow!(
                "a file that was read before is refused: {refusal:?}"
            )),
        }
    }
}

/// The file of an import, read as was chosen for it.
pub fn open(work: &Work, import: &Import) -> Result<Reader<BufReader<StoredFile>>, Stop> {
    let file = StoredFile::open(&work.db, import.file_id);
    let source = BufReader::with_capacity(READ_BUFFER, file);
    Ok(Reader::reading(source, import.reading)?)
}

fn read_through(
    work: &Work,
    import: &Import,
    reader: &mut Reader<BufReader<StoredFile>>,
) -> Result<(Checked, LastLines), Stop> {
    let mut lines = LastLines::default();
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
    counts.superseded = int(lines.superseded.len() as u64);
    let checked = Checked {
        lines: int(last),
        counts,
        next: State::Applying,
        diagnosis: None,
    };
    Ok((checked, lines))
}

/// Which lines are superseded is known at the end only: a second pass, where there are any, writes them down.
fn note_superseded(work: &Work, import: &Import, lines: &LastLines) -> AppResult<()> {
    if lines.superseded.is_empty() {
        return Ok(());
    }
    let mut pending = Vec::new();
    let mut reader = open(work, import)?;
    while let Some(line) = reader.next_line().map_err(Stop::from)? {
        if let Verdict::Valid(recipient) = &line.verdict
            && lines.superseded.contains(&line.number)
        {
            let email = recipient.email.as_ref().map_or("", |email| email.as_str());
            let by = lines.of(recipient).unwrap_or(line.number);
            pending.push(NewFinding::of_superseded(import.id, &line, email, by)?);
        }
        if pending.len() >= FINDINGS_STEP {
            work.write(|conn| findings::insert(conn, &pending))?;
            pending.clear();
        }
    }
    work.write(|conn| findings::insert(conn, &pending))
}

/// What applying would do, for the one who decides.
fn forecast(
    work: &Work,
    import: &Import,
    superseded: &Superseded,
    counts: &mut Counts,
) -> AppResult<()> {
    let mut reader = open(work, import)?;
    let mut batch = Batch::default();
    loop {
        let at_end = !batch.fill(&mut reader, superseded, 0)?;
        let would = work
            .db
            .read_blocking(|conn| apply::forecast(conn, &batch.recipients))?;
        counts.created += would.created;
        counts.updated += would.updated;
        counts.unchanged += would.unchanged;
        counts.restored += would.restored;
        if at_end {
            return Ok(());
        }
    }
}

/// The superseded lines of a stored file, found again: for work that goes on after a restart.
///
/// # Errors
/// Those of the database.
pub fn superseded(work: &Work, import: &Import) -> AppResult<Superseded> {
    let mut reader = open(work, import)?;
    let mut lines = LastLines::default();
    while let Some(line) = reader.next_line().map_err(Stop::from)? {
        if let Verdict::Valid(recipient) = &line.verdict {
            lines.see(recipient, line.number);
        }
    }
    Ok(lines.superseded)
}
