//! The background job of an erasure. After a restart, it continues after the steps that are already committed.

use std::time::Duration;

use chrono::TimeDelta;

use super::store;
use crate::book::search::{self, IndexChunk};
use crate::db::{flush, overwrite_leftovers};
use crate::error::AppResult;
use crate::imports;
use crate::jobs::{Ended, JobContext};

/// The wait before the files are searched again, while an unfinished import uses a file with such a line. The end of an
/// import wakes the job earlier; this wait is for an interrupted upload, whose file the sweep removes.
const PAUSE: TimeDelta = TimeDelta::hours(1);
/// Attempts to empty SQLite's log, and the pause after each attempt. A read in progress prevents the emptying; after a read
/// that takes longer, such as a backup, the job waits for `LONG_READER`.
const TRIES: u32 = 10;
const BETWEEN_TRIES: Duration = Duration::from_millis(500);
const LONG_READER: TimeDelta = TimeDelta::seconds(30);

/// Overwrites what the deletions leave behind: the search index keeps words of deleted contacts in its pieces until they are
/// merged, and database pages keep copies of moved rows.
fn overwrite_rest(work: &JobContext) -> AppResult<()> {
    work.walk(
        IndexChunk::First,
        |conn, chunk| Ok(search::compact(conn, chunk)?.then_some(IndexChunk::Next)),
    )?;
    work.walk(1, overwrite_leftovers)
}

/// Returns `true` if the log is empty.
fn empty_log(work: &JobContext) -> AppResult<bool> {
    for _ in 0..TRIES {
        if work.db.read_blocking(flush)? {
            return Ok(true);
        }
        std::thread::sleep(BETWEEN_TRIES);
    }
    Ok(false)
}

/// Runs the erasure until it is finished, or has to wait. After an error the job is tried again later.
pub fn run(work: &JobContext, id: i64) -> AppResult<Ended> {
    let erasure = work.db.read_blocking(|conn| store::find(conn, id))?;
    if erasure.finished_at.is_some() {
        return Ok(Ended::Done);
    }
    while work.write(|conn| store::erase_next(conn, &erasure))? {}
    let marks = work.db.read_blocking(|conn| store::marks(conn, id))?;
    // A file received after the erasure was requested may create the same person again as a new contact.
    let until = erasure.created_at;
    let all =
        imports::blank_lines(work, &marks, until, |conn, blanked| store::add_blanked(conn, id, blanked))?;
    overwrite_rest(work)?;
    let is_emptied = empty_log(work)?;
    if !all {
        return Ok(Ended::Waiting(PAUSE));
    }
    if !is_emptied {
        return Ok(Ended::Waiting(LONG_READER));
    }
    work.write(|conn| store::finish(conn, id))?;
    // Only hashes are left in the log after the first flush; this one removes them.
    work.db.read_blocking(flush)?;
    Ok(Ended::Done)
}
