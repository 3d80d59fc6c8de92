//! The background job of a bulk change. After a restart, it continues from the last committed batch.

use super::state::State;
use super::store::{self, Bulk};
use super::{changing, items};
use crate::book::contact_query::Selection;
use crate::db::AnyConnection;
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
    let bulk = work.db.read_blocking(|conn| store::find(conn, id))?;
    if bulk.state == State::Gathering {
        gather(work, &bulk)?;
    }
    work.run_parts(|conn| part(conn, id))
}

/// Changes or undoes the next contacts, or ends the bulk change. Returns `true` if there is more to do.
fn part(conn: &mut AnyConnection, id: i64) -> AppResult<bool> {
    let bulk = store::find(conn, id)?;
    if !matches!(bulk.state, State::Changing | State::Undoing) {
        return Ok(false);
    }
    let batch = items::next(conn, &bulk, BATCH)?;
    match bulk.state {
        _ if batch.is_empty() => store::finish(conn, &bulk)?,
        State::Undoing => changing::undo(conn, &bulk, &batch)?,
        _ => changing::change(conn, &bulk, &batch)?,
    }
    Ok(!batch.is_empty())
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
