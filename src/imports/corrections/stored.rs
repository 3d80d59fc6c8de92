//! The corrected lines of an import: cells that are read instead of those of its file.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::db::schema::import_corrections;
use crate::db::{AnyConnection, Json, on_backend};
use crate::error::AppResult;
use crate::imports::files::LinePicker;
use crate::imports::import::Import;
use crate::imports::list_kind::ListKind;
use crate::imports::preview::lines::LinePlace;

/// The most corrected lines of an import.
pub const MOST: usize = 50;

/// The cells of the corrected lines of an import, by line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrections(BTreeMap<i64, Vec<String>>);

impl Corrections {
    pub fn load(conn: &mut AnyConnection, import: i64) -> AppResult<Self> {
        let rows: Vec<(i64, Json<Vec<String>>)> = import_corrections::table
            .filter(import_corrections::import_id.eq(import))
            .select((import_corrections::line, import_corrections::cells))
            .load(conn)?;
        Ok(Self(rows.into_iter().map(|(line, Json(cells))| (line, cells)).collect()))
    }

    pub fn of(&self, line: i64) -> Option<&[String]> {
        self.0.get(&line).map(Vec::as_slice)
    }

    pub fn set(&mut self, line: i64, cells: Vec<String>) {
        self.0.insert(line, cells);
    }

    pub fn lines(&self) -> Vec<i64> {
        self.0.keys().copied().collect()
    }

    pub fn all(&self) -> impl Iterator<Item = (i64, &[String])> {
        self.0.iter().map(|(line, cells)| (*line, cells.as_slice()))
    }
}

/// Stores the cells of a line, instead of those that were stored before.
pub fn save(conn: &mut AnyConnection, import: i64, line: i64, cells: &[String]) -> AppResult<()> {
    let cells = serde_json::to_string(cells)?;
    on_backend!(conn, |conn| diesel::insert_into(import_corrections::table)
        .values((
            import_corrections::import_id.eq(import),
            import_corrections::line.eq(line),
            import_corrections::cells.eq(&cells),
        ))
        .on_conflict((import_corrections::import_id, import_corrections::line))
        .do_update()
        .set(import_corrections::cells.eq(&cells))
        .execute(conn))?;
    Ok(())
}

/// Deletes the corrected lines of an import.
pub fn forget(conn: &mut AnyConnection, import: i64) -> AppResult<()> {
    let of_import = import_corrections::table.filter(import_corrections::import_id.eq(import));
    diesel::delete(of_import).execute(conn)?;
    Ok(())
}

/// Deletes the corrections of these lines.
pub fn forget_lines(conn: &mut AnyConnection, import: i64, lines: &[i64]) -> AppResult<()> {
    for part in lines.chunks(1_000) {
        let corrected = import_corrections::table
            .filter(import_corrections::import_id.eq(import))
            .filter(import_corrections::line.eq_any(part));
        diesel::delete(corrected).execute(conn)?;
    }
    Ok(())
}

/// Reads single lines of the stored file of an import, with their corrections.
pub struct StoredLines {
    picker: LinePicker,
    corrections: Corrections,
}

impl StoredLines {
    pub fn of(conn: &mut AnyConnection, import: &Import) -> AppResult<Self> {
        Ok(Self { picker: LinePicker::new(import.file_id), corrections: Corrections::load(conn, import.id)? })
    }

    pub fn corrections(&self) -> &Corrections {
        &self.corrections
    }

    /// Appends the bytes of the file from `start` on, as [`LinePicker::pick`] does.
    pub fn pick(
        &mut self,
        conn: &mut AnyConnection,
        start: i64,
        length: i64,
        into: &mut Vec<u8>,
    ) -> AppResult<()> {
        self.picker.pick(conn, start, length, into)
    }

    /// Reads a line that was valid before. Returns `None` if it is no longer there because it was blanked.
    pub fn row<K: ListKind>(
        &mut self,
        conn: &mut AnyConnection,
        kind: &K,
        place: LinePlace,
    ) -> AppResult<Option<K::Row>> {
        if let Some(cells) = self.corrections.of(place.number) {
            return Ok(kind.read_corrected(cells));
        }
        let mut bytes = Vec::new();
        self.picker.pick(conn, place.start, place.length, &mut bytes)?;
        Ok(kind.read_again(&bytes))
    }
}
