//! Turns a list of any kind into stored rows, once.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write as _};

use diesel::prelude::*;

use super::files::{self, StoredFile};
use super::findings::int;
use super::format::{Diagnosis, Refusal};
use super::import::{Import, State};
use super::left_out::mapping_of_cards;
use super::sources::{self, ConvertError, SourceKind, Table};
use super::store::{self, in_state};
use super::{own_table, profiles};
use crate::db::schema::{import_mappings, imports};
use crate::db::{AnyConnection, Json};
use crate::domain;
use crate::error::{AppError, AppResult};
use crate::jobs::{self, JobContext};

/// Converts the file of an import. After a restart the conversion begins again: nothing was stored. Cards and this
/// program's own table need no mapping, and a list may have the headings of a profile, so their import is checked next; other lists
/// wait until somebody says what their columns are.
///
/// # Errors
/// [`AppError::Overtaken`] if the import was cancelled meanwhile.
pub fn run(work: &JobContext, import: &Import) -> AppResult<()> {
    let Some(kind) = import.list.filter(|_| import.rows_size.is_none()) else {
        return Ok(());
    };
    let original = import.original_file_id.unwrap_or(import.file_id);
    let file = fetch(work, original, import.file_size)?;
    let sheet = work.db.read_blocking(|conn| wanted_sheet(conn, import.id))?;
    let mut rows = BufWriter::new(tempfile::tempfile()?);
    let mut tell = |read: u64| {
        let told = work.write(|conn| progress(conn, import.id, int(read)));
        told.map_err(io::Error::other)
    };
    let table = match sources::convert(kind, &file, sheet, &mut rows, &mut tell) {
        Ok(table) if is_blank(&table) => {
            let refusal = Refusal::Empty;
            return work.write(|conn| store::refuse(conn, import.id, &refusal, &Diagnosis::default()));
        }
        Ok(table) => table,
        Err(ConvertError::Refused(fault)) => {
            let refusal = Refusal::List(fault);
            return work.write(|conn| store::refuse(conn, import.id, &refusal, &Diagnosis::default()));
        }
        Err(ConvertError::Io(error)) => {
            return Err(match error.downcast::<AppError>() {
                Ok(error) => error,
                Err(error) => error.into(),
            });
        }
    };
    rows.flush()?;
    let mut rows = rows.into_inner().map_err(|error| AppError::from(error.into_error()))?;
    let size = int(rows.stream_position()?);
    rows.rewind()?;
    let stored = files::keep(&work.db, rows)?;
    work.write(|conn| keep(conn, import, (original, stored, size), table))
}

/// Returns `true` if a list has nothing but blanks.
fn is_blank(table: &Table) -> bool {
    let texts = table.columns.iter().flat_map(|column| column.samples.iter().chain([&column.heading]));
    texts.into_iter().all(|text| domain::is_blank(text))
}

/// Returns the stored file as a file of the system, which a library can read in any order.
fn fetch(work: &JobContext, id: i64, size: i64) -> AppResult<File> {
    let mut file = tempfile::tempfile()?;
    let mut stored = StoredFile::open_whole(&work.db, id, size.unsigned_abs());
    io::copy(&mut stored, &mut file)?;
    file.rewind()?;
    Ok(file)
}

fn progress(conn: &mut AnyConnection, id: i64, read: i64) -> AppResult<()> {
    let here = in_state(id, State::Checking).filter(imports::awaits_columns);
    jobs::advance(conn, diesel::update(here).set(imports::cursor_line.eq(read)))
}

/// The sheet that somebody has chosen.
fn wanted_sheet(conn: &mut AnyConnection, id: i64) -> AppResult<Option<usize>> {
    let known: Option<Json<Table>> =
        import_mappings::table.find(id).select(import_mappings::source).first(conn).optional()?;
    Ok(known.map(|Json(table)| table.sheet))
}

/// Stores what a conversion has found. The values of the list are in its rows only.
fn keep(
    conn: &mut AnyConnection,
    import: &Import,
    (original, rows, size): (i64, i64, i64),
    mut table: Table,
) -> AppResult<()> {
    for column in &mut table.columns {
        column.samples.clear();
    }
    let (profile, mapping, awaits_columns) = match profiles::use_fitting(conn, import, &table)? {
        Some((profile, mapping)) => (Some(profile), Some(mapping), false),
        None if table.kind == SourceKind::Vcard => (None, Some(mapping_of_cards(&table, false)), false),
        // An import of the command line is read by the profile that it asked for.
        None if import.profile_id.is_some() => (None, None, true),
        None => match own_table::read(conn, &table)? {
            Some(own) => (None, Some(own.mapping), !own.is_complete),
            None => (None, None, true),
        },
    };
    let converted = (
        imports::file_id.eq(rows),
        imports::rows_size.eq(size),
        imports::original_file_id.eq(original),
        imports::cursor_line.eq(0),
        // Only a profile can go on without a preview, unless somebody asked for one.
        imports::preview.eq(import.preview || profile.is_none()),
        imports::profile_id.eq(profile.or(import.profile_id)),
        imports::awaits_columns.eq(awaits_columns),
    );
    let here = in_state(import.id, State::Checking).filter(imports::awaits_columns);
    jobs::advance(conn, diesel::update(here).set(converted))?;
    diesel::delete(import_mappings::table.find(import.id)).execute(conn)?;
    diesel::insert_into(import_mappings::table)
        .values((
            import_mappings::import_id.eq(import.id),
            import_mappings::source.eq(serde_json::to_string(&table)?),
            import_mappings::mapping.eq(mapping.as_ref().map(serde_json::to_string).transpose()?),
        ))
        .execute(conn)?;
    if !awaits_columns {
        return jobs::enqueue_anew(conn, import.job(), import.id);
    }
    jobs::remove(conn, import.job(), import.id)
}
