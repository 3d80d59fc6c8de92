use actix_session::Session;
use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::base::clock;
use crate::error::{AppError, AppResult};

/// The key in the session's state; never [`crate::db::sessions::ACCOUNT`].
const KEY: &str = "half_way";
/// Long enough to find the phone.
const LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// The state between a right password and the second factor. It ends after [`LIFETIME`], and when the password, the factor or the
/// account changes.
#[derive(Serialize, Deserialize)]
pub struct PendingSecondFactor {
    pub account: i64,
    /// The [`crate::db::sessions::fingerprint`] of password and factor.
    pub opened_with: String,
    since: NaiveDateTime,
}

impl PendingSecondFactor {
    /// Begins a session with a new key, in which nobody is signed in.
    ///
    /// # Errors
    /// The state cannot be written, which is a fault of the program.
    pub fn begin(session: &Session, account: i64, opened_with: String) -> AppResult<()> {
        session.clear();
        session.renew();
        let half_way = Self { account, opened_with, since: clock::now() };
        session.insert(KEY, half_way).map_err(|error| AppError::Internal(error.into()))
    }

    /// The state of this session, if it has not ended.
    pub fn of(session: &Session) -> Option<Self> {
        let half_way: Self = session.get(KEY).ok().flatten()?;
        // A time in the future was written before the clock was set back.
        ((clock::now() - half_way.since).abs() < LIFETIME).then_some(half_way)
    }

    /// Ends the state, so that it opens nothing.
    pub fn end(session: &Session) {
        session.remove(KEY);
    }
}
