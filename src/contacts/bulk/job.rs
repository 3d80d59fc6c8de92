//! The background job of a change of many contacts: whatever is done already, it goes on from there.

use diesel::prelude::*;

use super::changing;
use super::state::State;
use super::store::{self, Bulk};
use crate::contacts::filter::{Cursor, Direction};
use crate::contacts::selection::Selection;
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::error::AppResult;
use crate::jobs::Work;

/// Contacts a transaction.
const BATCH: i64 = 500;

/// # Errors
/// [`crate::error::AppError::Overtaken`] when another worker goes on with it, and those of the database; the job is taken
/// up again later.
pub fn run(work: &Work, id: i64) -> AppResult<()> {
    loop {
        let bulk = work.db.read_blocking(|conn| store::find(conn, id))?;
        match bulk.state {
            State::Gathering => gather(work, &bulk)?,
            State::Changing | State::Undoing => {
                let items = work
                    .db
                    .read_blocking(|conn| store::items(conn, &bulk, BATCH))?;
                match (items.is_empty(), bulk.state) {
                    (true, _) => work.write(|conn| store::finish(conn, &bulk))?,
                    (false, State::Undoing) => {
                        work.write_step(|conn| changing::undo(conn, &bulk, &items))?;
                    }
                    (false, _) => work.write_step(|conn| changing::change(conn, &bulk, &items))?,
                }
            }
            State::Done | State::Undone => return Ok(()),
        }
    }
}

/// Notes whom it is about. Begun again, it begins from the start of the list: whoever is noted already stays.
fn gather(work: &Work, bulk: &Bulk) -> AppResult<()> {
    let selection = work
        .db
        .read_blocking(|conn| Selection::of(conn, &bulk.filter))?;
    let mut place: Option<Cursor> = None;
    loop {
        let ids = work.db.read_blocking(|conn| {
            let ids = selection.by_name(conn, place.as_ref(), Direction::Forward, BATCH)?;
            place = last_place(conn, &ids)?;
            Ok(ids)
        })?;
        if !ids.is_empty() {
            work.write_step(|conn| store::add(conn, bulk.id, &ids))?;
        }
        if place.is_none() || (ids.len() as i64) < BATCH {
            break;
        }
    }
    work.write(|conn| store::begin_changing(conn, bulk.id))
}

/// Where the last of these contacts stands that is still there.
fn last_place(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Option<Cursor>> {
    for id in ids.iter().rev() {
        let sort_key: Option<String> = contacts::table
            .find(id)
            .select(contacts::sort_key)
            .first(conn)
            .optional()?;
        if let Some(sort_key) = sort_key {
            return Ok(Some(Cursor {
                id: *id,
                sort_key,
                section: 0,
                value: None,
            }));
        }
    }
    Ok(None)
}
