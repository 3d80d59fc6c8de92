//! The background job that reads phone numbers again: batch by batch, each with its counts and the cursor in one
//! transaction.

use super::store;
use crate::book::write;
use crate::db::{AnyConnection, settings};
use crate::error::AppResult;
use crate::jobs::Work;

/// Contacts a transaction.
const BATCH: i64 = 500;

/// # Errors
/// Those of the database; the job is taken up again later.
pub fn run(work: &Work, id: i64) -> AppResult<()> {
    while work.write_step(|conn| step(conn, id))? {}
    Ok(())
}

/// The next batch, or the end; tells whether there is more to do.
fn step(conn: &mut AnyConnection, id: i64) -> AppResult<bool> {
    // Held to the end of the batch: the country does not change under it.
    let country = settings::default_country(conn)?;
    let reading = match store::last_reading(conn)? {
        Some(reading) if reading.id == id && reading.finished_at.is_none() => reading,
        // The country has changed again since: the reading of that change passes everybody.
        _ => return Ok(false),
    };
    let batch = write::read_phones_again(conn, reading.cursor_id, BATCH, country)?;
    match batch.last {
        None => store::finish(conn, &reading)?,
        Some(last) => store::advance(conn, &reading, last, batch.numbers, batch.changed)?,
    }
    Ok(batch.last.is_some())
}
