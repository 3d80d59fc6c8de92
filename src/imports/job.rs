//! The background job of an import. It continues from whichever state the import is in.

use super::any_list::AnyList;
use super::import::{Import, State};
use super::list_kind::ListKind;
use super::{apply, check, conversion, preview, store};
use crate::error::{AppError, AppResult};
use crate::jobs::JobContext;

/// Runs the import until it ends or needs a decision. After an error the job is tried again later.
pub fn run(work: &JobContext, id: i64) -> AppResult<()> {
    let import = work.db.read_blocking(|conn| store::find(conn, id))?;
    match import.state {
        State::Mapping => return conversion::run(work, &import),
        State::Cancelled => return preview::forget(work, id),
        State::Deciding | State::Done | State::Refused => return Ok(()),
        State::Checking | State::Applying => {}
    }
    let list = match work.db.read_blocking(|conn| AnyList::of(conn, &import)) {
        Err(AppError::Gone) if import.state == State::Checking => {
            return work.write(|conn| store::ask_for_columns(conn, &import));
        }
        Err(AppError::Gone) => work.db.read_blocking(|conn| AnyList::what_is_left(conn, &import))?,
        list => list?,
    };
    match list {
        AnyList::Strict(kind) => go_on(work, &kind, import),
        AnyList::Careful(kind) => go_on(work, &*kind, import),
        AnyList::Mapped(kind) => go_on(work, &*kind, import),
    }
}

fn go_on<K: ListKind>(work: &JobContext, kind: &K, import: Import) -> AppResult<()> {
    let id = import.id;
    match import.state {
        State::Checking if import.decided_by.is_some() => match preview::plan_again(work, kind, &import)? {
            preview::Verdict::AsShown => run(work, id),
            preview::Verdict::Otherwise => Ok(()),
        },
        State::Checking => match check::run(work, kind, &import)? {
            check::Outcome::Refused | check::Outcome::Deciding => Ok(()),
            check::Outcome::Applying(superseded) => {
                let import = Import { cursor_line: 0, ..import };
                apply::run(work, kind, &import, &superseded)
            }
        },
        State::Applying => {
            preview::forget(work, id)?;
            let superseded = check::superseded(work, kind, &import)?;
            apply::run(work, kind, &import, &superseded)
        }
        _ => Ok(()),
    }
}
