//! The background job of an import: whichever state it finds, it goes on from there.

use super::import::{Import, State};
use super::{apply, check, store};
use crate::db::{AnyConnection, Db};
use crate::error::{AppError, AppResult};
use crate::jobs::Claim;

/// The database, as the job may use it.
pub struct Work {
    pub db: Db,
    /// None where nobody else can take the job up: a demonstration, a benchmark.
    claim: Option<Claim>,
}

impl Work {
    /// As [`Db::write_blocking`], if the job is still this worker's.
    ///
    /// # Errors
    /// As there, and [`AppError::NotFound`].
    pub fn write<T>(
        &self,
        change: impl FnOnce(&mut AnyConnection) -> AppResult<T>,
    ) -> AppResult<T> {
        self.db.write_blocking(|conn| {
            if let Some(claim) = &self.claim {
                claim.hold(conn)?;
            }
            change(conn)
        })
    }
}

/// # Errors
/// Those of the database; the job is taken up again later.
pub async fn run(db: &Db, id: i64, claim: Option<Claim>) -> AppResult<()> {
    let work = Work {
        db: db.clone(),
        claim,
    };
    let result = tokio::task::spawn_blocking(move || go_on(&work, id))
        .await
        .map_err(|error| AppError::Internal(error.into()))?;
    match result {
        // Cancelled, or with another worker, since it was begun.
        Err(AppError::NotFound) => Ok(()),
        result => result,
    }
}

fn go_on(work: &Work, id: i64) -> AppResult<()> {
    let import = work.db.read_blocking(|conn| store::find(conn, id))?;
    match import.state {
        State::Checking => match check::run(work, &import)? {
            check::Outcome::Refused | check::Outcome::Deciding => Ok(()),
            check::Outcome::Applying(superseded) => {
                let import = Import {
                    cursor_line: 0,
                    ..import
                };
                apply::run(work, &import, &superseded)
            }
        },
        State::Applying => {
            let superseded = check::superseded(work, &import)?;
            apply::run(work, &import, &superseded)
        }
        State::Deciding | State::Done | State::Refused | State::Cancelled => Ok(()),
    }
}
