//! The job after an upgrade: an older node that saved a contact has indexed it without its external ids.

use chrono::TimeDelta;

use crate::book::write;
use crate::error::AppResult;
use crate::jobs::older::{self, Older};
use crate::jobs::{Ended, JobContext};

/// Waits until no older node is alive, then indexes the contacts with external ids again.
///
/// # Errors
/// Database errors; the job is tried again later, from the beginning.
pub fn run(work: &JobContext) -> AppResult<Ended> {
    if work.write(older::look)? == Older::Perhaps {
        return Ok(Ended::Waiting(older::PATIENCE + TimeDelta::seconds(1)));
    }
    work.walk(0, write::reindex_with_external_ids)?;
    Ok(Ended::Done)
}
