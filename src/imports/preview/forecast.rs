//! The forecast of an import's effects, in batches of lines: made once to be shown, and again if the book has changed by the
//! time of the decision.

use super::super::check::{self, Stop};
use super::super::corrections::StoredLines;
use super::super::findings::int;
use super::super::import::{Counts, Import, State};
use super::super::list_kind::{self, LineReader, ListKind};
use super::super::store;
use super::super::superseded::Superseded;
use super::decision::{self, Planned};
use super::lines::{self, LinePlace, NewLine, ShownLine};
use super::list::{Position, Show};
use super::outlook::{BATCH, BATCH_BYTES, Effects};
use crate::audit;
use crate::db::{AnyConnection, by_index};
use crate::error::{AppError, AppResult};
use crate::jobs::JobContext;

/// The result of a repeated forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The effects are those shown: the import is being applied.
    AsShown,
    /// The effects differ: the import waits for another decision.
    Otherwise,
}

/// Computes the effect of each valid line of a checked file. Then the import waits for a decision, unless the profile of its list
/// lets it go on.
///
/// # Errors
/// [`AppError::Overtaken`] if the import was cancelled meanwhile.
pub fn plan<K: ListKind>(
    work: &JobContext,
    kind: &K,
    import: &Import,
    superseded: &Superseded,
) -> AppResult<Planned> {
    begin(work, import)?;
    let mut reader = check::open(&work.db, kind, import)?;
    let mut cursor = 0;
    loop {
        let batch = next_lines(&mut reader, superseded, cursor)?;
        let (lines, counts) = work.db.read_blocking(|conn| foretell(conn, kind, import.id, &batch.lines))?;
        // The file has already been read once, so the progress continues from its size.
        let byte = import.stored_size() + int(reader.offset());
        work.write(|conn| {
            lines::insert(conn, &lines)?;
            let span = (cursor, batch.last);
            store::advance(conn, (import.id, State::Checking), span, Some(byte), &counts)
        })?;
        cursor = batch.last;
        if batch.is_last {
            break;
        }
    }
    work.write(|conn| decision::settle(conn, import.id))
}

/// Computes the effects again, and applies the import if they are those shown. Continues from the cursor: the lines up to it
/// are already compared.
///
/// # Errors
/// [`AppError::Overtaken`] if the import was cancelled meanwhile.
pub fn plan_again<K: ListKind>(work: &JobContext, kind: &K, import: &Import) -> AppResult<Verdict> {
    if import.cursor_line == 0 {
        begin(work, import)?;
    }
    let mut cursor = import.cursor_line;
    let mut stored = work.db.read_blocking(|conn| StoredLines::of(conn, import))?;
    loop {
        let (shown, now, counts) = work.db.read_blocking(|conn| {
            let position = Position::After(cursor);
            let mut shown = lines::page(conn, import.id, Show::All, position, int(BATCH as u64))?;
            shown.truncate(read_together(&shown));
            let read = read_again(conn, kind, &mut stored, &shown)?;
            let (now, counts) = foretell(conn, kind, import.id, &read)?;
            Ok((shown, now, counts))
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
            store::advance(conn, (import.id, State::Checking), (cursor, span.1), Some(byte), &counts)
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

/// Notes the state of the history before the contacts of a list are looked up.
///
/// # Errors
/// [`AppError::Overtaken`] if the import was cancelled meanwhile.
pub fn begin(work: &JobContext, import: &Import) -> AppResult<()> {
    // Without the job's claim: this may wait for writers, and they must not wait for the claim in turn.
    let entry = work.db.write_blocking(audit::store::last)?;
    work.write(|conn| lines::begin(conn, import.id, entry))
}

/// Valid lines with their positions, up to the last line read.
struct Batch<R> {
    lines: Vec<(LinePlace, R)>,
    last: i64,
    is_last: bool,
}

fn next_lines<R>(
    reader: &mut impl LineReader<Row = R>,
    superseded: &Superseded,
    cursor: i64,
) -> AppResult<Batch<R>> {
    let mut batch = Batch { lines: Vec::with_capacity(BATCH), last: cursor, is_last: false };
    let mut bytes = 0;
    while batch.lines.len() < BATCH && bytes < BATCH_BYTES {
        let Some(line) = reader.next_line().map_err(Stop::from)? else {
            batch.is_last = true;
            break;
        };
        batch.last = int(line.number);
        if let list_kind::Verdict::Valid(row) = line.verdict
            && superseded.by(line.number).is_none()
        {
            let place =
                LinePlace { number: int(line.number), start: int(line.start), length: int(line.length) };
            bytes += place.length;
            batch.lines.push((place, row));
        }
    }
    Ok(batch)
}

/// The number of the first of these lines that are looked up together.
fn read_together(lines: &[ShownLine]) -> usize {
    let mut bytes = 0;
    let few = lines.iter().take_while(|line| {
        let fits = bytes < BATCH_BYTES;
        bytes += line.at.length;
        fits
    });
    few.count()
}

fn read_again<K: ListKind>(
    conn: &mut AnyConnection,
    kind: &K,
    stored: &mut StoredLines,
    shown: &[ShownLine],
) -> AppResult<Vec<(LinePlace, K::Row)>> {
    shown
        .iter()
        .map(|line| {
            let row = stored
                .row(conn, kind, line.at)?
                .ok_or_else(|| AppError::Internal(anyhow::anyhow!("a valid line is no longer readable")))?;
            Ok((line.at, row))
        })
        .collect()
}

fn foretell<K: ListKind>(
    conn: &mut AnyConnection,
    kind: &K,
    import: i64,
    lines: &[(LinePlace, K::Row)],
) -> AppResult<(Vec<NewLine>, Counts)> {
    let rows: Vec<&K::Row> = lines.iter().map(|(_, row)| row).collect();
    let known = by_index(conn, |conn| kind.find(conn, &rows))?;
    let mut effects = Effects::default();
    let lines = lines
        .iter()
        .zip(&known)
        .map(|((place, row), known)| {
            let foretold = kind.effect(known.as_ref(), row);
            let emptied = kind.emptied(known.as_ref(), row);
            effects.add(kind, foretold, emptied);
            NewLine::new(import, *place, foretold, emptied)
        })
        .collect();
    Ok((lines, effects.counts))
}
