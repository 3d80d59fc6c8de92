use actix_session::Session;
use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::base::clock;
use crate::error::{AppError, AppResult};

/// In the session's state; never [`crate::db::sessions::ACCOUNT`].
const KEY: &str = "half_way";
/// Long enough to look for the phone.
const LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// The password was right, and the second factor is asked. It ends by time, and when the password, the factor or the account
/// is no longer what it was.
#[derive(Serialize, Deserialize)]
pub struct HalfWay {
    pub account: i64,
    /// Of password and factor, by [`crate::db::sessions::fingerprint`].
    pub opened_with: String,
    since: NaiveDateTime,
}

impl HalfWay {
    /// Begins a session with a new key, in which nobody is signed in.
    ///
    /// # Errors
    /// The state cannot be written: a fault of the build.
    pub fn begin(session: &Session, account: i64, opened_with: String) -> AppResult<()> {
        session.clear();
        session.renew();
        let half_way = Self {
            account,
            opened_with,
            since: clock::now(),
        };
        session
            .insert(KEY, half_way)
            .map_err(|error| AppError::Internal(error.into()))
    }

    /// Of this session, while it lives.
    pub fn of(session: &Session) -> Option<Self> {
        let half_way: Self = session.get(KEY).ok().flatten()?;
        // One from ahead was begun before the clock was set back.
        ((clock::now() - half_way.since).abs() < LIFETIME).then_some(half_way)
    }

    /// It opens nothing any more.
    pub fn end(session: &Session) {
        session.remove(KEY);
    }
}
