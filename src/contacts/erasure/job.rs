//! The background job of an erasure: whatever is done already, it goes on from there.

use chrono::TimeDelta;

use super::store;
use crate::contacts::search::{self, Stretch};
use crate::db::{flush, overwriting};
use crate::error::AppResult;
use crate::imports;
use crate::jobs::{Ended, Work};

/// Until the files are looked through again while one with such a line is in use. An import that comes to rest wakes the
/// job; this is for an upload that was broken off, whose file the sweep removes.
const PAUSE: TimeDelta = TimeDelta::hours(1);

/// The search index keeps words of the deleted in pieces of its own until it is written together.
fn forget_words(work: &Work) -> AppResult<()> {
    let mut stretch = Stretch::First;
    while work.write(|conn| overwriting(conn, |conn| search::compact(conn, stretch)))? {
        stretch = Stretch::Next;
    }
    Ok(())
}

/// # Errors
/// Those of the database; the job is taken up again later.
pub fn run(work: &Work, id: i64) -> AppResult<Ended> {
    let erasure = work.db.read_blocking(|conn| store::find(conn, id))?;
    if erasure.finished_at.is_some() {
        return Ok(Ended::Done);
    }
    while work.write(|conn| overwriting(conn, |conn| store::erase_next(conn, &erasure)))? {}
    forget_words(work)?;
    let hashes = work.db.read_blocking(|conn| store::hashes(conn, id))?;
    // A file that came later made a new contact of whoever is in it.
    let until = erasure.created_at;
    let all = imports::blank_lines(work, &hashes, until, |conn, blanked| {
        store::add_blanked(conn, id, blanked)
    })?;
    if !all {
        return Ok(Ended::Waiting(PAUSE));
    }
    work.write(|conn| overwriting(conn, |conn| store::finish(conn, id)))?;
    work.db.read_blocking(flush)?;
    Ok(Ended::Done)
}
