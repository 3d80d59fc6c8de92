//! The queries on imports whose file is read in another way.

use diesel::prelude::*;

use super::corrections;
use super::format::Reading;
use super::import::State;
use super::panel::token;
use super::store;
use crate::audit::{self, Entry};
use crate::base::clock;
use crate::db::schema::imports;
use crate::db::{AnyConnection, lock_rows};
use crate::domain::ImportName;
use crate::error::{AppError, AppResult};

/// Checks an import that has written nothing again, with another reading and a preview; returns `true` if the import now has
/// this reading. For a double click the import already has it; after another decision it has a different one.
///
/// # Errors
/// `Taken(ImportName)` if another import has taken the name of a refused import.
pub fn read_again(
    conn: &mut AnyConnection,
    id: i64,
    reading: &Reading,
    name: Option<&ImportName>,
    account: i64,
) -> AppResult<bool> {
    let waiting = [State::Refused.as_str(), State::Deciding.as_str()];
    if let Some(name) = name {
        diesel::update(imports::table.find(id).filter(imports::state.eq(State::Refused.as_str())))
            .set((imports::name.eq(name.as_str()), imports::name_key.eq(name.key())))
            .execute(conn)?;
    }
    let changed = diesel::update(imports::table.find(id).filter(imports::state.eq_any(waiting)))
        .set((
            imports::state.eq(State::Checking.as_str()),
            imports::reading.eq(token(reading)),
            imports::preview.eq(true),
            imports::refusal.eq(None::<String>),
            imports::diagnosis.eq(None::<String>),
            imports::finished_at.eq(None::<chrono::NaiveDateTime>),
        ))
        .execute(conn)?;
    let import = store::find(conn, id)?;
    if changed == 1 {
        store::forget_counts(conn, id)?;
        // Their cells are those of the earlier reading.
        corrections::forget(conn, id)?;
        let entry =
            Entry::new(audit::Kind::ImportReadAgain, Some(account)).import(Some(id)).subject(import.name);
        audit::record(conn, &[entry])?;
        store::enqueue(conn, id)?;
    }
    Ok(import.reading == *reading)
}

/// Starts a new import of the file of a finished one, with another reading and a preview. A repeated request returns the
/// existing import.
///
/// # Errors
/// `Taken(ImportName)` if another import has taken the name meanwhile.
pub fn read_as_new(conn: &mut AnyConnection, id: i64, reading: &Reading, account: i64) -> AppResult<i64> {
    // Against two simultaneous clicks.
    let _: Vec<i64> = lock_rows!(conn, imports::table.find(id), imports::id);
    let old = store::find(conn, id)?;
    let same: Option<i64> = imports::table
        .filter(imports::file_id.eq(old.file_id))
        .filter(imports::reading.eq(token(reading)))
        .filter(imports::state.ne(State::Cancelled.as_str()))
        .filter(imports::undone_at.is_null())
        .select(imports::id)
        .first(conn)
        .optional()?;
    if let Some(same) = same {
        return Ok(same);
    }
    let taken = ImportName::parse(&old.name)
        .map_err(|fault| AppError::Internal(anyhow::anyhow!("invalid name: {fault:?}")))?;
    let name = store::free_name(conn, &taken)?;
    let new: i64 = diesel::insert_into(imports::table)
        .values((
            imports::name.eq(name.as_str()),
            imports::name_key.eq(name.key()),
            imports::file_id.eq(old.file_id),
            imports::file_name.eq(&old.file_name),
            imports::file_size.eq(old.file_size),
            imports::file_sha256.eq(&old.file_sha256),
            imports::on_error.eq(old.on_error.as_str()),
            imports::state.eq(State::Checking.as_str()),
            imports::reading.eq(token(reading)),
            imports::preview.eq(true),
            imports::holds_doubtful.eq(old.holds_doubtful),
            imports::created_by.eq(account),
            imports::created_at.eq(clock::now()),
        ))
        .returning(imports::id)
        .get_result(conn)?;
    let entry =
        Entry::new(audit::Kind::ImportReadAgain, Some(account)).import(Some(new)).subject(name.as_str());
    audit::record(conn, &[entry])?;
    store::enqueue(conn, new)?;
    Ok(new)
}
