//! The rows that wait and name a person: part of what the book keeps about that person.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::ends::end_of;
use super::store::{Held, ReviewedList};
use crate::db::AnyConnection;
use crate::db::schema::import_held;
use crate::error::{AppError, AppResult};
use crate::imports::corrections::StoredLines;
use crate::imports::line_search;
use crate::imports::marks::Marks;

/// A row that waits for a decision.
pub struct WaitingRow {
    /// The name of its import.
    pub import: String,
    pub line: i64,
    pub since: NaiveDateTime,
    /// When it counts as skipped; `None` until its import has ended.
    pub until: Option<NaiveDateTime>,
    /// The values that are not empty, by their names in the history.
    pub values: Vec<(String, String)>,
}

/// The rows that wait and may mean one of these contacts, or whose stored line has one of the marks: an erasure would blank those.
pub fn naming(conn: &mut AnyConnection, contacts: &[i64], marks: &Marks) -> AppResult<Vec<WaitingRow>> {
    let waiting: Vec<Held> = import_held::table
        .filter(import_held::decision.is_null())
        .order((import_held::import_id, import_held::id))
        .select(Held::as_select())
        .load(conn)?;
    let mut found = Vec::new();
    for of_import in waiting.chunk_by(|a, b| a.import_id == b.import_id) {
        let list = match ReviewedList::load(conn, of_import[0].import_id) {
            // Its mapping is no longer valid, so nobody can read the rows.
            Err(AppError::Gone) => continue,
            list => list?,
        };
        let mut lines = list.lines(conn)?;
        for held in of_import {
            let is_candidate = held.candidates.iter().any(|id| contacts.contains(id));
            if !is_candidate && !is_named(conn, &mut lines, held, marks)? {
                continue;
            }
            let Some(row) = list.read(conn, &mut lines, held)? else { continue };
            let mut values = list.list.given(&row);
            values.retain(|(_, value)| !value.is_empty());
            found.push(WaitingRow {
                import: list.import.name.clone(),
                line: held.line,
                since: held.created_at,
                until: list.import.finished_at.map(end_of),
                values,
            });
        }
    }
    Ok(found)
}

/// Returns `true` if the stored line, or its correction, names one of the people.
fn is_named(
    conn: &mut AnyConnection,
    lines: &mut StoredLines,
    held: &Held,
    marks: &Marks,
) -> AppResult<bool> {
    let mut is_named = lines.corrections().of(held.line).is_some_and(|cells| marks.are_in_line(cells));
    let mut line = Vec::new();
    lines.pick(conn, held.place().start, held.place().length, &mut line)?;
    line_search::scan(line.as_slice(), marks, &BTreeSet::new(), |_| {
        is_named = true;
        Ok(())
    })?;
    Ok(is_named)
}
