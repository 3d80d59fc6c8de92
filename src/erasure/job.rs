//! The background job of an erasure: whatever is done already, it goes on from there.

use std::time::Duration;

use chrono::TimeDelta;

use super::store;
use crate::book::search::{self, Stretch};
use crate::db::{flush, overwrite_leftovers};
use crate::error::AppResult;
use crate::imports;
use crate::jobs::{Ended, Work};

/// Until the files are looked through again while one with such a line is in use. An import that comes to rest wakes the
/// job; this is for an upload that was broken off, whose file the sweep removes.
const PAUSE: TimeDelta = TimeDelta::hours(1);
/// How often the log is tried to be emptied, which those keep who read at that moment, and how long after each try; a reader
/// that takes longer, as a backup does, lets the job wait.
const TRIES: u32 = 10;
const BETWEEN_TRIES: Duration = Duration::from_millis(500);
const LONG_READER: TimeDelta = TimeDelta::seconds(30);

/// The search index keeps words of the deleted in pieces of its own until it is written together, and pages of the database
/// keep copies of rows that were moved.
fn overwrite_rest(work: &Work) -> AppResult<()> {
    let mut stretch = Stretch::First;
    while work.write(|conn| search::compact(conn, stretch))? {
        stretch = Stretch::Next;
    }
    let mut next = Some(1);
    while let Some(first) = next {
        next = work.write(|conn| overwrite_leftovers(conn, first))?;
    }
    Ok(())
}

/// Returns whether nothing is left in it.
fn empty_log(work: &Work) -> AppResult<bool> {
    for _ in 0..TRIES {
        if work.db.read_blocking(flush)? {
            return Ok(true);
        }
        std::thread::sleep(BETWEEN_TRIES);
    }
    Ok(false)
}

/// # Errors
/// Those of the database; the job is taken up again later.
pub fn run(work: &Work, id: i64) -> AppResult<Ended> {
    let erasure = work.db.read_blocking(|conn| store::find(conn, id))?;
    if erasure.finished_at.is_some() {
        return Ok(Ended::Done);
    }
    while work.write(|conn| store::erase_next(conn, &erasure))? {}
    let marks = work.db.read_blocking(|conn| store::marks(conn, id))?;
    // A file that came later made a new contact of whoever is in it.
    let until = erasure.created_at;
    let all = imports::blank_lines(work, &marks, until, |conn, blanked| {
        store::add_blanked(conn, id, blanked)
    })?;
    overwrite_rest(work)?;
    let is_emptied = empty_log(work)?;
    if !all {
        return Ok(Ended::Waiting(PAUSE));
    }
    if !is_emptied {
        return Ok(Ended::Waiting(LONG_READER));
    }
    work.write(|conn| store::finish(conn, id))?;
    // Only hashes are left in the log.
    work.db.read_blocking(flush)?;
    Ok(Ended::Done)
}
