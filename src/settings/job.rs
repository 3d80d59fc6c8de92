//! The background job that reads phone numbers again with a new default country, batch by batch. The counts and the cursor of a
//! batch are stored in its transaction.

use super::store;
use crate::book::write;
use crate::db::{AnyConnection, settings};
use crate::error::AppResult;
use crate::jobs::JobContext;

/// The number of contacts per transaction.
const BATCH: i64 = 500;

/// Runs the job.
///
/// # Errors
/// A database error, after which the job is tried again later.
pub fn run(work: &JobContext, id: i64) -> AppResult<()> {
    work.run_parts(|conn| part(conn, id))
}

/// Handles the next batch, or ends the job. Returns `true` if there is more to do.
fn part(conn: &mut AnyConnection, id: i64) -> AppResult<bool> {
    // Locked until the batch ends, so that the country does not change in the meantime.
    let country = settings::default_country(conn)?;
    let reading = match store::last_reading(conn)? {
        Some(reading) if reading.id == id && reading.finished_at.is_none() => reading,
        // The country has changed again, and the reading for that change covers all contacts.
        _ => return Ok(false),
    };
    let batch = write::read_phones_again(conn, reading.cursor_id, BATCH, country)?;
    match batch.last {
        None => store::finish(conn, &reading)?,
        Some(last) => store::advance(conn, &reading, last, batch.numbers, batch.changed)?,
    }
    Ok(batch.last.is_some())
}
