//! Removes people from the imported files. Their lines are overwritten by spaces, so that every other line keeps its
//! position; later readings treat a blank line as empty. The correction of a line goes with it.
//!
//! Every file still kept is searched, including refused ones, and so is the whole of each line: an e-mail in the wrong
//! column, in quotes or in `Name <address>` is found as well. This therefore reads bytes, not [`super::format`]. A line is
//! blanked if it has an e-mail or a number of one of the people, or both names and no e-mail.

use std::collections::BTreeSet;
use std::io::BufReader;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::check::READ_BUFFER;
use super::corrections::{self, Corrections};
use super::files::{self, CHUNK, StoredFile};
use super::findings::{self, int};
use super::import::State;
use super::line_search::{Span, scan};
use super::marks::Marks;
use super::reviews;
use crate::db::schema::{import_files, imports};
use crate::db::{AnyConnection, lock_rows};
use crate::error::AppResult;
use crate::jobs::JobContext;

/// The most lines blanked per transaction.
const BATCH: usize = 2_000;

/// The result of a transaction.
#[derive(Debug, Clone, Copy)]
pub struct Blanked {
    pub lines: i64,
    /// Completed files: each is counted once, with its last line.
    pub files: i64,
}

/// Blanks the lines that name these people in the files received by `until`, and the findings of these lines; `count`
/// records each result in the same transaction. The file of an unfinished import is left alone; returns `true` if no such
/// file has a line of these people.
///
/// A repeated run finds nothing more, so an interrupted run is simply repeated.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if another worker has continued the job.
pub fn blank_lines(
    work: &JobContext,
    marks: &Marks,
    until: NaiveDateTime,
    count: impl Fn(&mut AnyConnection, Blanked) -> AppResult<()>,
) -> AppResult<bool> {
    if marks.is_empty() {
        return Ok(true);
    }
    let mut all = true;
    for received in work.db.read_blocking(|conn| received(conn, until))? {
        if !received.has_import || received.is_unread && !received.is_at_rest {
            all = false;
        } else if received.is_at_rest {
            all &= blank_file(work, received.file, marks, &count)?;
        } else {
            all &= !holds_any(work, received.file, marks)?;
        }
    }
    Ok(all)
}

struct Received {
    file: i64,
    /// Not set while the file is being received. One file may have several imports with different readings.
    has_import: bool,
    /// Set if all imports of the file are in a final state.
    is_at_rest: bool,
    /// Set for a list that is not turned into rows yet: its bytes tell nothing.
    is_unread: bool,
}

fn received(conn: &mut AnyConnection, until: NaiveDateTime) -> AppResult<Vec<Received>> {
    // The received file of a list is not searched: its rows are, and it goes with the end of its import.
    let originals: Vec<i64> = imports::table
        .filter(imports::original_file_id.is_not_null())
        .select(imports::original_file_id.assume_not_null())
        .load(conn)?;
    let rows: Vec<(i64, Option<String>, Option<bool>)> = import_files::table
        .left_join(imports::table)
        .filter(import_files::id.ne_all(originals))
        .filter(import_files::created_at.le(until))
        .filter(import_files::dropped_at.is_null())
        .order(import_files::id)
        .select((
            import_files::id,
            imports::state.nullable(),
            imports::list.is_not_null().and(imports::rows_size.is_null()).nullable(),
        ))
        .load(conn)?;
    let at_rest = State::TERMINAL.map(State::as_str);
    let mut files: Vec<Received> = Vec::new();
    for (file, state, is_unread) in rows {
        if files.last().is_none_or(|last| last.file != file) {
            files.push(Received { file, has_import: false, is_at_rest: true, is_unread: false });
        }
        if let (Some(last), Some(state)) = (files.last_mut(), state) {
            last.has_import = true;
            last.is_at_rest &= at_rest.contains(&state.as_str());
            last.is_unread |= is_unread.unwrap_or_default();
        }
    }
    Ok(files)
}

fn open(work: &JobContext, file: i64) -> BufReader<StoredFile> {
    BufReader::with_capacity(READ_BUFFER, StoredFile::open(&work.db, file))
}

/// The corrected lines of the imports of a file that name one of these people: the lines of the file may not.
fn corrected(work: &JobContext, file: i64, marks: &Marks) -> AppResult<BTreeSet<i64>> {
    work.db.read_blocking(|conn| {
        let imports: Vec<i64> =
            imports::table.filter(imports::file_id.eq(file)).select(imports::id).load(conn)?;
        let mut lines = BTreeSet::new();
        for import in imports {
            let corrections = Corrections::load(conn, import)?;
            lines.extend(
                corrections.all().filter(|(_, cells)| marks.are_in_line(cells)).map(|(line, _)| line),
            );
        }
        Ok(lines)
    })
}

fn holds_any(work: &JobContext, file: i64, marks: &Marks) -> AppResult<bool> {
    let mut any = !corrected(work, file, marks)?.is_empty();
    scan(open(work, file), marks, &BTreeSet::new(), |_| {
        any = true;
        Ok(())
    })?;
    Ok(any)
}

/// Returns `true` if all imports of the file stayed in a final state.
fn blank_file(
    work: &JobContext,
    file: i64,
    marks: &Marks,
    count: impl Fn(&mut AnyConnection, Blanked) -> AppResult<()>,
) -> AppResult<bool> {
    let mut is_at_rest = true;
    let mut write = |spans: &[Span], files: i64| {
        work.write_step(|conn| {
            // Somebody may have requested another reading since.
            let imports = imports_at_rest(conn, file)?;
            is_at_rest &= !imports.is_empty();
            if !is_at_rest {
                return Ok(());
            }
            let numbers: Vec<i64> = spans.iter().map(|span| span.line).collect();
            for import in imports {
                corrections::forget_lines(conn, import, &numbers)?;
                findings::forget_values(conn, import, &numbers)?;
                reviews::skip_blanked(conn, import, &numbers)?;
            }
            let lines = blank(conn, file, spans)?;
            count(conn, Blanked { lines, files })
        })
    };
    let mut spans: Vec<Span> = Vec::new();
    scan(open(work, file), marks, &corrected(work, file, marks)?, |span| {
        let is_far = |first: &Span| first.start / CHUNK != span.start / CHUNK;
        if spans.len() == BATCH || spans.first().is_some_and(is_far) {
            write(&spans, 0)?;
            spans.clear();
        }
        spans.push(span);
        Ok(())
    })?;
    if !spans.is_empty() {
        write(&spans, 1)?;
    }
    Ok(is_at_rest)
}

/// Returns the imports of a file, locked until the end of the transaction; empty unless all are in a final state.
fn imports_at_rest(conn: &mut AnyConnection, file: i64) -> AppResult<Vec<i64>> {
    let of_file = imports::table.filter(imports::file_id.eq(file)).order(imports::id);
    let rows: Vec<(i64, String)> = lock_rows!(conn, of_file, (imports::id, imports::state));
    let at_rest = State::TERMINAL.map(State::as_str);
    if rows.iter().all(|(_, state)| at_rest.contains(&state.as_str())) {
        Ok(rows.into_iter().map(|(id, _)| id).collect())
    } else {
        Ok(Vec::new())
    }
}

/// Overwrites these lines, in the order of the file, by spaces; returns the number of lines that were not blank.
fn blank(conn: &mut AnyConnection, file: i64, spans: &[Span]) -> AppResult<i64> {
    let mut lines = 0;
    let mut held: Option<(usize, Vec<u8>)> = None;
    for span in spans {
        let mut changed = false;
        for seq in span.start / CHUNK..=(span.end - 1) / CHUNK {
            let mut piece = match held.take() {
                Some((known, piece)) if known == seq => piece,
                other => {
                    put_back(conn, file, other)?;
                    files::held_piece(conn, file, int(seq as u64))?
                }
            };
            let begin = seq * CHUNK;
            let from = span.start.saturating_sub(begin);
            let to = (span.end - begin).min(piece.len());
            for (at, byte) in (begin + from..).zip(piece.get_mut(from..to).unwrap_or_default()) {
                let space = span.space[at % 2];
                changed |= *byte != space;
                *byte = space;
            }
            held = Some((seq, piece));
        }
        lines += i64::from(changed);
    }
    put_back(conn, file, held)?;
    Ok(lines)
}

fn put_back(conn: &mut AnyConnection, file: i64, piece: Option<(usize, Vec<u8>)>) -> AppResult<()> {
    match piece {
        Some((seq, bytes)) => files::overwrite_piece(conn, file, int(seq as u64), &bytes),
        None => Ok(()),
    }
}
