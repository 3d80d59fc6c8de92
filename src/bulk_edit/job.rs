//! The background job of a change of many contacts: whatever is done already, it goes on from there.

use super::state::State;
use super::store::{self, Bulk};
use super::{changing, items};
use crate::book::contact_query::Selection;
use crate::domain::Headcount;
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
                let batch = work
                    .db
                    .read_blocking(|conn| items::next(conn, &bulk, BATCH))?;
                match (batch.is_empty(), bulk.state) {
                    (true, _) => work.write(|conn| store::finish(conn, &bulk))?,
                    (false, State::Undoing) => {
                        work.write_step(|conn| changing::undo(conn, &bulk, &batch))?;
                    }
                    (false, _) => work.write_step(|conn| changing::change(conn, &bulk, &batch))?,
                }
            }
            State::Done | State::Undone => return Ok(()),
        }
    }
}

/// Notes whom it is about. Begun again, it begins from the start of the list: whoever is noted already stays. Where that is not
/// whom it was confirmed for, nothing is done.
fn gather(work: &Work, bulk: &Bulk) -> AppResult<()> {
    let selection = work
        .db
        .read_blocking(|conn| Selection::of(conn, &bulk.filter))?;
    let (mut place, mut noted) = (None, Vec::new());
    loop {
        let (ids, last) = work
            .db
            .read_blocking(|conn| selection.next(conn, place.as_ref(), BATCH))?;
        if !ids.is_empty() {
            work.write_step(|conn| items::add(conn, bulk.id, &ids))?;
        }
        // More need not be counted to know that they are too many.
        noted.extend(ids);
        place = last;
        if place.is_none() || bulk.expected.is_some() && Headcount::is_more(&noted) {
            break;
        }
    }
    let Some(expected) = &bulk.expected else {
        // An earlier version filed it.
        return work.write(|conn| store::begin_changing(conn, bulk.id));
    };
    let found = work
        .db
        .read_blocking(|conn| items::headcount(conn, bulk.id))?;
    if found.is_same(expected) {
        work.write(|conn| store::begin_changing(conn, bulk.id))
    } else {
        work.write(|conn| store::ask_again(conn, bulk, &found))
    }
}
