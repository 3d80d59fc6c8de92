//! The job that completes the words of the book on PostgreSQL, by which a search replaces the beginnings of words
//! ([`crate::book::search`]). An older version indexes the letters before digits only for long words, and an erasure by it can remove
//! a word that somebody adds meanwhile.

use chrono::TimeDelta;

use crate::book::{search, write};
use crate::db::{AnyConnection, settings};
use crate::error::AppResult;
use crate::jobs::older::{self, Older};
use crate::jobs::{Ended, JobContext};

/// Waits until no older node is alive, then indexes the contacts with words that are missing. A trigger of the database changes the
/// stored value while an older node is alive, and files this job.
///
/// # Errors
/// Database errors; the job is tried again later, from the beginning.
pub fn run_job(work: &JobContext) -> AppResult<Ended> {
    let last_alive = |conn: &mut AnyConnection| settings::get(conn, settings::BOOK_WORDS);
    let Some(since) = work.db.read_blocking(last_alive)? else {
        return Ok(Ended::Done);
    };
    if work.write(older::look)? == Older::Perhaps {
        return Ok(Ended::Waiting(older::PATIENCE + TimeDelta::seconds(1)));
    }
    work.walk(0, write::reindex_with_unknown_words)?;
    work.write(|conn| search::settle(conn, 0))?;
    if work.write(|conn| settings::take(conn, settings::BOOK_WORDS, &since))? {
        return Ok(Ended::Done);
    }
    Ok(Ended::Waiting(older::PATIENCE))
}
