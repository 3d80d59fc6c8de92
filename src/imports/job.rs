//! The background job of an import. It continues from whichever state the import is in.

use super::import::{Import, State};
use super::{apply, check, preview, store};
use crate::error::AppResult;
use crate::jobs::JobContext;

/// Runs the import until it ends or needs a decision. After an error the job is tried again later.
pub fn run(work: &JobContext, id: i64) -> AppResult<()> {
    let import = work.db.read_blocking(|conn| store::find(conn, id))?;
    match import.state {
        State::Checking if import.decided_by.is_some() => match preview::plan_again(work, &import)? {
            preview::Verdict::AsShown => run(work, id),
            preview::Verdict::Otherwise => Ok(()),
        },
        State::Checking => match check::run(work, &import)? {
            check::Outcome::Refused | check::Outcome::Deciding => Ok(()),
            check::Outcome::Applying(superseded) => {
                let import = Import { cursor_line: 0, ..import };
                apply::run(work, &import, &superseded)
            }
        },
        State::Applying => {
            preview::forget(work, id)?;
            let superseded = check::superseded(work, &import)?;
            apply::run(work, &import, &superseded)
        }
        State::Cancelled => preview::forget(work, id),
        State::Deciding | State::Done | State::Refused => Ok(()),
    }
}
