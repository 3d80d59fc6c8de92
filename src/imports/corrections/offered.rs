//! The rejected lines that can be fixed in the page: the first ones, as far as a form has room for them.

use chrono::NaiveDateTime;

use super::stored::{Corrections, MOST, StoredLines};
use crate::db::AnyConnection;
use crate::domain::Fault;
use crate::error::AppResult;
use crate::imports::findings::{self, Finding, int};
use crate::imports::import::{Import, State};
use crate::imports::list_kind::ListKind;
use crate::imports::preview::lines::LinePlace;
use crate::imports::{retention, reviews};

/// The most cells of a page: its form has at most [`crate::imports::FIELDS`] fields.
const CELLS: usize = 2_000;
/// The most bytes of the cells of a page. Encoded they can take three times as much, and the sign-in page must be able to carry them.
const BYTES: usize = 200 * 1024;
/// The longest line that can be fixed, in bytes of its cells.
pub const LINE: usize = 64 * 1024;

/// The reason why no line of an import can be fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// A job works on it, or its columns are not known.
    Busy,
    Refused,
    Cancelled,
    Undone,
    /// Its file is no longer kept.
    Dropped(NaiveDateTime),
}

impl Closed {
    /// Returns `None` for an import whose lines can be fixed.
    pub fn of(conn: &mut AnyConnection, import: &Import) -> AppResult<Option<Self>> {
        Ok(match import.state {
            State::Deciding => None,
            State::Mapping | State::Checking | State::Applying => Some(Self::Busy),
            State::Refused => Some(Self::Refused),
            State::Cancelled => Some(Self::Cancelled),
            State::Done if reviews::is_undone(conn, import.id)? => Some(Self::Undone),
            State::Done => retention::dropped_at(conn, import.file_id)?.map(Self::Dropped),
        })
    }
}

/// A rejected line as it is now.
pub struct OfferedLine {
    pub place: LinePlace,
    pub cells: Vec<String>,
    /// Each with the cell that it means, from 1; `None` for the line as a whole.
    pub faults: Vec<(Option<i64>, Fault)>,
}

#[derive(Default)]
pub struct Offered {
    pub lines: Vec<OfferedLine>,
    /// The column of each cell, from 1.
    pub columns: Vec<i64>,
    pub corrections: Corrections,
}

impl Offered {
    /// `columns` is the number of columns of the list.
    pub fn load<K: ListKind>(
        conn: &mut AnyConnection,
        kind: &K,
        import: &Import,
        columns: usize,
    ) -> AppResult<Self> {
        let mut stored = StoredLines::of(conn, import)?;
        let fixed = count_fixed(conn, import.id, stored.corrections())?;
        let numbers = findings::first_rejected(conn, import.id, int(MOST as u64) - fixed)?;
        let found = findings::of_lines(conn, import.id, &numbers)?;
        let (mut lines, mut cells, mut bytes) = (Vec::new(), 0, 0);
        for found in found.chunk_by(|finding, next| finding.line == next.line) {
            let Some(line) = read(conn, kind, &mut stored, found, columns)? else {
                continue;
            };
            let length: usize = line.cells.iter().map(String::len).sum();
            if length > LINE || cells + line.cells.len() > CELLS || bytes + length > BYTES {
                continue;
            }
            cells += line.cells.len();
            bytes += length;
            lines.push(line);
        }
        let of_cell = |cell: i64| (1..).take(columns).find(|column| kind.cell_of(*column) == cell);
        let columns = (1..).take(columns).map(|cell| of_cell(cell).unwrap_or(cell)).collect();
        Ok(Self { lines, columns, corrections: stored.corrections().clone() })
    }

    /// Returns `true` if the same lines with the same cells are offered.
    pub fn is_same(&self, other: &Self) -> bool {
        let same =
            |(own, other): (&OfferedLine, &OfferedLine)| own.place == other.place && own.cells == other.cells;
        self.corrections == other.corrections
            && self.lines.len() == other.lines.len()
            && self.lines.iter().zip(&other.lines).all(same)
    }
}

/// Reads a rejected line with its findings. Returns `None` if it was blanked, or if it is too long.
fn read<K: ListKind>(
    conn: &mut AnyConnection,
    kind: &K,
    stored: &mut StoredLines,
    found: &[Finding],
    columns: usize,
) -> AppResult<Option<OfferedLine>> {
    let Some(first) = found.first() else {
        return Ok(None);
    };
    let place = LinePlace { number: first.line, start: first.line_start, length: first.line_length };
    let mut cells = if let Some(cells) = stored.corrections().of(place.number) {
        cells.to_vec()
    } else {
        // The signs between the cells, and escapes.
        if place.length > 2 * int(LINE as u64) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        stored.pick(conn, place.start, place.length, &mut bytes)?;
        let faults: Vec<&Fault> = found.iter().map(|finding| &finding.fault).collect();
        match kind.cells(&bytes, &faults) {
            Some(cells) => cells,
            None => return Ok(None),
        }
    };
    if cells.len() < columns {
        cells.resize(columns, String::new());
    }
    let cell = |finding: &Finding| {
        let cell = finding.column.map(|column| kind.cell_of(column));
        cell.filter(|cell| (1..=int(cells.len() as u64)).contains(cell))
    };
    let faults = found.iter().map(|finding| (cell(finding), finding.fault.clone())).collect();
    Ok(Some(OfferedLine { place, cells, faults }))
}

/// Counts the corrected lines that are no longer rejected.
fn count_fixed(conn: &mut AnyConnection, import: i64, corrections: &Corrections) -> AppResult<i64> {
    let lines = corrections.lines();
    if lines.is_empty() {
        return Ok(0);
    }
    Ok(int(lines.len() as u64) - findings::count_rejected_of(conn, import, &lines)?)
}

/// What an import's page says about its corrected lines.
#[derive(Debug, Clone, Copy, Default)]
pub struct Summary {
    /// Rejected lines that can be fixed in the page.
    pub fixable: i64,
    /// Lines that were.
    pub fixed: i64,
}

impl Summary {
    pub fn load(conn: &mut AnyConnection, import: &Import) -> AppResult<Self> {
        if !matches!(import.state, State::Deciding | State::Done) {
            return Ok(Self::default());
        }
        let corrections = Corrections::load(conn, import.id)?;
        let fixed = count_fixed(conn, import.id, &corrections)?;
        let fixable = match Closed::of(conn, import)? {
            None => import.counts.rejected.min(int(MOST as u64) - fixed).max(0),
            Some(_) => 0,
        };
        Ok(Self { fixable, fixed })
    }
}
