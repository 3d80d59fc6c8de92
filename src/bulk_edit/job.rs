//! The background job of a bulk change. After a restart, it continues from the last committed batch.

use super::state::State;
use super::store::{self, Bulk};
use super::{changing, items};
use crate::book::contact_query::Selection;
use crate::domain::Headcount;
use crate::error::AppResult;
use crate::jobs::JobContext;

/// Contacts per transaction.
const BATCH: i64 = 500;

/// Runs the bulk change, or its undo, to its end.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if another worker has continued it. After any error the job is tried again later.
pub fn run(work: &JobContext, id: i64) -> AppResult<()> {
    loop {
        let bulk = work.db.read_blocking(|conn| store::find(conn, id))?;
        match bulk.state {
            State::Gathering => gather(work, &bulk)?,
            State::Changing | State::Undoing => {
                let batch = work.db.read_blocking(|conn| items::next(conn, &bulk, BATCH))?;
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

/// Gathers the contacts of the bulk change. After a restart, gathering starts again from the beginning of the list; contacts
/// already stored stay. If the result differs from the confirmed contacts, nothing is changed.
fn gather(work: &JobContext, bulk: &Bulk) -> AppResult<()> {
    let selection = work.db.read_blocking(|conn| Selection::of(conn, &bulk.filter))?;
    let (mut place, mut noted) = (None, Vec::new());
    loop {
        let (ids, last) = work.db.read_blocking(|conn| selection.next(conn, place.as_ref(), BATCH))?;
        if !ids.is_empty() {
            work.write_step(|conn| items::add(conn, bulk.id, &ids))?;
        }
        // Beyond the limit, the exact number is not needed.
        noted.extend(ids);
        place = last;
        if place.is_none() || bulk.expected.is_some() && Headcount::is_more(&noted) {
            break;
        }
    }
    let Some(expected) = &bulk.expected else {
        // An earlier version filed this change without the confirmed contacts.
        return work.write(|conn| store::begin_changing(conn, bulk.id));
    };
    let found = work.db.read_blocking(|conn| items::headcount(conn, bulk.id))?;
    if found.is_same(expected) {
        work.write(|conn| store::begin_changing(conn, bulk.id))
    } else {
        work.write(|conn| store::ask_again(conn, bulk, &found))
    }
}
