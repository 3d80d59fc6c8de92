//! Working out what an import would do, a batch of lines at a time: once for showing it, and again when the book has
//! changed by the time that somebody decides.

use std::io::{BufReader, Read};

use super::super::check::{self, Stop};
use super::super::files::LinePicker;
use super::super::findings::int;
use super::super::format::{self, Reader};
use super::super::import::Import;
use super::super::superseded::Superseded;
use super::decision;
use super::effect::{ByEmail, Foretold, emptied};
use super::lines::{self, LinePlace, NewLine, ShownLine, Tally};
use super::list::{Place, Show};
use crate::audit;
use crate::db::AnyConnection;
use crate::domain::Recipient;
use crate::error::{AppError, AppResult};
use crate::jobs::Work;

/// Lines that are looked up, and written down, together.
const BATCH: usize = 2_000;

/// Whether a forecast that was made again is what was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The import is being applied.
    AsShown,
    /// It waits for another decision.
    Otherwise,
}

/// Works out what each valid line of a checked file would do, and leaves the import to be decided about.
///
/// # Errors
/// [`AppError::NotFound`] when the import was cancelled meanwhile, and those of the database.
pub fn foresee(work: &Work, import: &Import, superseded: &Superseded) -> AppResult<()> {
    begin(work, import)?;
    let mut reader = check::open(work, import)?;
    let mut cursor = 0;
    loop {
        let batch = next_lines(&mut reader, superseded, cursor)?;
        let (lines, tally) = work
            .db
            .read_blocking(|conn| foretell(conn, import.id, &batch.lines))?;
        // The second half of the way: the file has been read once.
        let byte = import.file_size + int(reader.offset());
        work.write(|conn| {
            lines::insert(conn, &lines)?;
            lines::advance(conn, import.id, cursor, (batch.last, byte), &tally)
        })?;
        cursor = batch.last;
        if batch.is_last {
            break;
        }
    }
    work.write(|conn| decision::ask(conn, import.id))
}

/// Works out again what was shown, and applies the import when it is the same. Goes on from the cursor: the lines up to it
/// have been compared.
///
/// # Errors
/// [`AppError::NotFound`] when the import was cancelled meanwhile, and those of the database.
pub fn foresee_again(work: &Work, import: &Import) -> AppResult<Verdict> {
    if import.cursor_line == 0 {
        begin(work, import)?;
    }
    let mut cursor = import.cursor_line;
    let mut picker = LinePicker::new(import.file_id);
    loop {
        let (shown, now, tally) = work.db.read_blocking(|conn| {
            let place = Place::After(cursor);
            let shown = lines::page(conn, import.id, Show::All, place, int(BATCH as u64))?;
            let read = read_again(conn, import, &mut picker, &shown)?;
            let (now, tally) = foretell(conn, import.id, &read)?;
            Ok((shown, now, tally))
        })?;
        let (Some(first), Some(last)) = (shown.first(), shown.last()) else {
            break;
        };
        let span = (first.at.number, last.at.number);
        let moved: Vec<NewLine> = now
            .into_iter()
            .zip(&shown)
            .filter(|(now, shown)| !now.does(shown.foretold))
            .map(|(now, _)| now)
            .collect();
        let byte = last.at.start + last.at.length;
        work.write_step(|conn| {
            lines::note_moved(conn, import.id, span, &moved)?;
            lines::advance(conn, import.id, cursor, (span.1, byte), &tally)
        })?;
        cursor = span.1;
    }
    work.write(|conn| {
        if lines::count_moved(conn, import.id)? > 0 {
            decision::ask(conn, import.id)?;
            return Ok(Verdict::Otherwise);
        }
        decision::apply(conn, import)?;
        Ok(Verdict::AsShown)
    })
}

fn begin(work: &Work, import: &Import) -> AppResult<()> {
    // Without the job's claim: this may wait for writers, who must not wait for it in turn.
    let entry = work.db.write_blocking(audit::store::last)?;
    work.write(|conn| lines::begin(conn, import.id, entry))
}

/// Valid lines with their places, up to the last line that was read.
struct Batch {
    lines: Vec<(LinePlace, Recipient)>,
    last: i64,
    is_last: bool,
}

fn next_lines<R: Read>(
    reader: &mut Reader<BufReader<R>>,
    superseded: &Superseded,
    cursor: i64,
) -> AppResult<Batch> {
    let mut batch = Batch {
        lines: Vec::with_capacity(BATCH),
        last: cursor,
        is_last: false,
    };
    while batch.lines.len() < BATCH {
        let Some(line) = reader.next_line().map_err(Stop::from)? else {
            batch.is_last = true;
            break;
        };
        batch.last = int(line.number);
        if let format::Verdict::Valid(recipient) = line.verdict
            && superseded.by(line.number).is_none()
        {
            let place = LinePlace {
                number: int(line.number),
                start: int(line.start),
                length: int(line.length),
            };
            batch.lines.push((place, *recipient));
        }
    }
    Ok(batch)
}

fn read_again(
    conn: &mut AnyConnection,
    import: &Import,
    picker: &mut LinePicker,
    shown: &[ShownLine],
) -> AppResult<Vec<(LinePlace, Recipient)>> {
    shown
        .iter()
        .map(|line| {
            let recipient = line.at.read(conn, picker, import.reading)?.ok_or_else(|| {
                AppError::Internal(anyhow::anyhow!("a valid line cannot be read again"))
            })?;
            Ok((line.at, recipient))
        })
        .collect()
}

fn foretell(
    conn: &mut AnyConnection,
    import: i64,
    lines: &[(LinePlace, Recipient)],
) -> AppResult<(Vec<NewLine>, Tally)> {
    let known = ByEmail::load(conn, lines.iter().map(|(_, recipient)| recipient))?;
    let mut tally = Tally::default();
    let lines = lines
        .iter()
        .map(|(place, recipient)| {
            let contact = known.of(recipient);
            let foretold = Foretold::of(contact, recipient);
            let emptied = emptied(contact, recipient);
            tally.add(foretold.effect, emptied);
            NewLine::new(import, *place, foretold, emptied)
        })
        .collect();
    Ok((lines, tally))
}
