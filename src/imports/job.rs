//! The background job of an import: whichever state it finds, it goes on from there.

use super::import::{Import, State};
use super::{apply, check, store};
use crate::db::Db;
use crate::error::{AppError, AppResult};

/// # Errors
/// Those of the database; the job is taken up again later.
pub async fn run(db: &Db, id: i64) -> AppResult<()> {
    let db = db.clone();
    let result = tokio::task::spawn_blocking(move || go_on(&db, id))
        .await
        .map_err(|error| AppError::Internal(error.into()))?;
    match result {
        // Cancelled, or with another worker, since it was begun.
        Err(AppError::NotFound) => Ok(()),
        result => result,
    }
}

fn go_on(db: &Db, id: i64) -> AppResult<()> {
    let import = db.read_blocking(|conn| store::find(conn, id))?;
    match import.state {
        State::Checking => match check::run(db, &import)? {
            check::Outcome::Refused | check::Outcome::Deciding => Ok(()),
            check::Outcome::Applying(superseded) => {
                let import = Import {
                    cursor_line: 0,
                    ..import
                };
                apply::run(db, &import, &superseded)
            }
        },
        State::Applying => {
            let superseded = check::superseded(db, &import)?;
            apply::run(db, &import, &superseded)
        }
        State::Deciding | State::Done | State::Refused | State::Cancelled => Ok(()),
    }
}
