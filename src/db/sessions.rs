//! Sessions in the database, so that all nodes share them and an account can end its own sessions.
//!
//! The table has only a hash of each key, so reading the table does not allow anyone to sign in. A session ends after
//! [`IDLE`] without a request, or [`LIFETIME`] after its start.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time;
use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub use super::found_session::SignedIn;
use super::found_session::find;
pub use super::open_sessions::{
    OpenSession, Presence, end, end_all, end_everybodys, end_own, of_account, present,
};
use super::schema::{accounts, sessions};
use super::waiting::{Number, Waiting};
use super::{AnyConnection, Db};
use crate::base::clock;
use crate::base::random::{hex, random_hex};
use crate::error::{AppError, AppResult};

/// Longer than a lunch break. A form that is sent later is restored after sign-in.
pub(super) const IDLE: TimeDelta = TimeDelta::hours(2);
/// Longer than a working day.
pub(super) const LIFETIME: TimeDelta = TimeDelta::hours(12);
/// The resolution of the last request's time. A finer one would make every page view a write.
const SEEN_STEP: TimeDelta = TimeDelta::minutes(1);

/// The key, in the session's state, of the signed-in account's id.
pub const ACCOUNT: &str = "account";
/// The key, in the session's state, of the browser's own name at sign-in.
pub const BROWSER: &str = "browser";
/// The key, in the state of a new session, of the [`fingerprint`] of the password and second factor that opened it.
pub const OPENED_WITH: &str = "opened_with";
/// The key, in the session's state, of the message about the last action, which stays until the next page shows it.
pub const FLASH: &str = "flash";
/// The key, in the loaded state, of the session's own id.
pub const SESSION: &str = "session";
/// The key, in the loaded state, of the signed-in account, as [`SignedIn`]. It is read together with the session, because each
/// database access is a switch to another thread.
const SIGNED_IN: &str = "signed_in";
/// The key, in the loaded state, of the stored setting for the accounts that must have a second factor.
const REQUIRED: &str = "second_factor_for";
/// The key, in the loaded state, of the numbers of the menu, as [`Waiting`].
const WAITING: &str = "waiting";
/// A key that the loaded state has if the database did not answer. The framework would answer a failed load with a bare 500.
pub const UNREACHABLE: &str = "unreachable";

#[derive(Clone)]
pub struct DbSessionStore {
    pub db: Db,
    /// The parts of the menu's numbers, which are read with the session.
    pub numbers: &'static [Number],
}

impl SessionStore for DbSessionStore {
    async fn load(&self, key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        let hash = hash(key.as_ref());
        let numbers = self.numbers;
        match self.db.read(move |conn| find(conn, &hash, numbers)).await {
            Ok(None) => Ok(None),
            Ok(Some((found, counted))) => {
                // After the clock was set back, the stored time can be in the future.
                if (clock::now() - found.last_seen_at).abs() > SEEN_STEP {
                    self.touch(found.id);
                }
                let mut state: HashMap<String, String> = serde_json::from_str(&found.state)
                    .map_err(|error| LoadError::Deserialization(error.into()))?;
                state.insert(SESSION.to_owned(), found.id.to_string());
                if let Some(account) = found.account {
                    load(&mut state, SIGNED_IN, &account)?;
                    load(&mut state, WAITING, &Waiting::read(numbers, &counted))?;
                }
                if let Some(required) = found.second_factor_for {
                    load(&mut state, REQUIRED, &required)?;
                }
                Ok(Some(state))
            }
            Err(error) => {
                tracing::warn!(%error, "a session could not be loaded");
                Ok(Some(HashMap::from([(UNREACHABLE.to_owned(), String::new())])))
            }
        }
    }

    /// If saving a session fails, nobody is signed in: the next request shows the sign-in page.
    async fn save(
        &self,
        mut state: HashMap<String, String>,
        _: &time::Duration,
    ) -> Result<SessionKey, SaveError> {
        forget_loaded(&mut state);
        let key = random_hex::<32>();
        let hash = hash(&key);
        if let Err(error) = self.db.write_unhurried(move |conn| insert(conn, &hash, state)).await {
            tracing::warn!(%error, "a session could not be saved");
        }
        SessionKey::try_from(key).map_err(|error| SaveError::Other(error.into()))
    }

    /// An existing session changes its message about the last action, and the state of actions in two steps: the key of a second
    /// factor before it is on, or a sign-in between the password and the code. If this state is lost, the person starts that
    /// action again.
    async fn update(
        &self,
        key: SessionKey,
        mut state: HashMap<String, String>,
        _: &time::Duration,
    ) -> Result<SessionKey, UpdateError> {
        forget_loaded(&mut state);
        let hash = hash(key.as_ref());
        let result = self
            .db
            .write_unhurried(move |conn| {
                diesel::update(sessions::table.filter(sessions::key_hash.eq(hash)))
                    .set(sessions::state.eq(serde_json::to_string(&state)?))
                    .execute(conn)?;
                Ok(())
            })
            .await;
        if let Err(error) = result {
            tracing::warn!(%error, "a session could not be updated");
        }
        Ok(key)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &time::Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let hash = hash(key.as_ref());
        let result = self
            .db
            .write_unhurried(move |conn| {
                diesel::delete(sessions::table.filter(sessions::key_hash.eq(hash))).execute(conn)?;
                Ok(())
            })
            .await;
        // Sign-out deletes the row itself first, and answers 503 if it cannot.
        if let Err(error) = result {
            tracing::warn!(%error, "a session could not be deleted");
        }
        Ok(())
    }
}

impl DbSessionStore {
    /// Updates the session's time outside the request, so that a page view does not wait for writers.
    fn touch(&self, id: i64) {
        let db = self.db.clone();
        // Not queued for writing either: the next page view can do it.
        if !db.has_idle_writer() {
            return;
        }
        tokio::spawn(async move {
            let touched = db
                .write_unhurried(move |conn| {
                    let now = clock::now();
                    diesel::update(sessions::table.find(id))
                        .set(sessions::last_seen_at.eq(now))
                        .execute(conn)?;
                    diesel::update(sessions::table.find(id).filter(sessions::created_at.gt(now)))
                        .set(sessions::created_at.eq(now))
                        .execute(conn)?;
                    Ok(())
                })
                .await;
            if let Err(error) = touched {
                tracing::debug!(%error, "a session's time could not be kept");
            }
        });
    }
}

/// Removes a message that waits to be shown from each session, if `is_about` returns `true` for it.
pub fn forget_words_to_show(
    conn: &mut AnyConnection,
    is_about: impl Fn(&mut AnyConnection, &str) -> AppResult<bool>,
) -> AppResult<()> {
    let waiting = sessions::state.like(format!("%\"{FLASH}\"%"));
    let rows: Vec<(i64, String)> =
        sessions::table.filter(waiting).select((sessions::id, sessions::state)).load(conn)?;
    for (id, state) in rows {
        let mut state: HashMap<String, String> = serde_json::from_str(&state)?;
        let Some(word) = state.remove(FLASH) else {
            continue;
        };
        if is_about(conn, &word)? {
            diesel::update(sessions::table.find(id))
                .set(sessions::state.eq(serde_json::to_string(&state)?))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// Adds a value that was read with the session to its state.
fn load(state: &mut HashMap<String, String>, key: &str, value: &impl Serialize) -> Result<(), LoadError> {
    let value = serde_json::to_string(value).map_err(|error| LoadError::Other(error.into()))?;
    state.insert(key.to_owned(), value);
    Ok(())
}

/// Removes the values that each request loads, so that they are not stored.
fn forget_loaded(state: &mut HashMap<String, String>) {
    for loaded in [SESSION, SIGNED_IN, REQUIRED, WAITING] {
        state.remove(loaded);
    }
}

fn insert(conn: &mut AnyConnection, hash: &str, mut state: HashMap<String, String>) -> AppResult<()> {
    // actix-session stores each value as JSON.
    let account: Option<i64> = state.get(ACCOUNT).and_then(|text| text.parse().ok());
    let opened_with: Option<String> = match state.remove(OPENED_WITH) {
        Some(text) => serde_json::from_str(&text)?,
        None => None,
    };
    let now = clock::now();
    if let Some(account) = account
        && !note_sign_in(conn, account, opened_with.as_deref(), now)?
    {
        // The password or second factor has changed, or the account was disabled, since sign-in. Each of these ends earlier
        // sessions.
        tracing::info!(account, "a session was not stored: its account's credentials have changed");
        return Ok(());
    }
    diesel::insert_into(sessions::table)
        .values((
            sessions::key_hash.eq(hash),
            sessions::account_id.eq(account),
            sessions::state.eq(serde_json::to_string(&state)?),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Stores the time of a sign-in, if the account's [`fingerprint`] still is the one that opened the session. The account then stays
/// locked until the transaction ends. Returns `false` if the fingerprint has changed, or the account is disabled.
fn note_sign_in(
    conn: &mut AnyConnection,
    account: i64,
    opened_with: Option<&str>,
    at: NaiveDateTime,
) -> AppResult<bool> {
    let enabled = accounts::table.find(account).filter(accounts::disabled_at.is_null());
    let credentials: Option<(String, Option<String>)> =
        enabled.select((accounts::password_hash, accounts::totp_key)).first(conn).optional()?;
    let Some((password_hash, totp_key)) = credentials else {
        return Ok(false);
    };
    if opened_with != Some(fingerprint(&password_hash, totp_key.as_deref()).as_str()) {
        return Ok(false);
    }
    // Both are compared once more by the update itself. A lock of the row before the update would wait in a circle with
    // administrators, who lock the table before its rows.
    let same = enabled
        .filter(accounts::password_hash.eq(password_hash))
        .filter(accounts::totp_key.is_null().eq(totp_key.is_none()))
        .filter(accounts::totp_key.is_null().or(accounts::totp_key.eq(totp_key)));
    Ok(diesel::update(same).set(accounts::signed_in_at.eq(at)).execute(conn)? == 1)
}

/// A hash that identifies a pair of password and second factor, and reveals neither. Keys are random, and no password hash
/// contains a line break.
pub fn fingerprint(password_hash: &str, totp_key: Option<&str>) -> String {
    match totp_key {
        Some(key) => hash(&zeroize::Zeroizing::new(format!("{password_hash}\n{key}"))),
        None => hash(password_hash),
    }
}

/// Deletes the expired sessions.
pub fn sweep(conn: &mut AnyConnection) -> AppResult<()> {
    let now = clock::now();
    diesel::delete(
        sessions::table
            .filter(sessions::last_seen_at.lt(now - IDLE).or(sessions::created_at.lt(now - LIFETIME))),
    )
    .execute(conn)?;
    Ok(())
}

fn hash(key: &str) -> String {
    hex(&Sha256::digest(key.as_bytes()))
}

/// The signed-in account and its session.
pub struct Present {
    pub account: SignedIn,
    pub session: i64,
    /// The stored setting for the accounts that must have a second factor.
    pub second_factor_for: Option<String>,
    /// The numbers of the menu.
    pub waiting: Waiting,
}

/// The account that the middleware loaded with the session; `None` if nobody is signed in.
///
/// # Errors
/// [`AppError::Unavailable`] if the database did not answer.
pub fn present_in(session: &actix_session::Session) -> AppResult<Option<Present>> {
    if session.contains_key(UNREACHABLE) {
        return Err(AppError::Unavailable(anyhow::anyhow!("the session could not be loaded")));
    }
    let (Some(account), Some(id)) =
        (session.get(SIGNED_IN).ok().flatten(), session.get(SESSION).ok().flatten())
    else {
        return Ok(None);
    };
    Ok(Some(Present {
        account,
        session: id,
        second_factor_for: session.get(REQUIRED).map_err(|error| AppError::Internal(error.into()))?,
        waiting: session.get(WAITING).ok().flatten().unwrap_or_default(),
    }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::config::DatabaseUrl;

    #[actix_web::test]
    async fn a_session_that_waits_to_be_written_does_not_make_long_work_write_small_batches() {
        const A_MOMENT: Duration = Duration::from_millis(20);
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/carnet.db", folder.path().display());
        let db = Db::open(&DatabaseUrl::parse(&url).unwrap()).unwrap();
        let store = DbSessionStore { db: db.clone(), numbers: &[] };

        let _long_work = Arc::clone(&db.writers).acquire_owned().await.unwrap();
        let saved = tokio::time::timeout(A_MOMENT, store.save(HashMap::new(), &time::Duration::HOUR));
        assert!(saved.await.is_err(), "the session waits");
        assert!(!db.is_awaited());
        let written = tokio::time::timeout(A_MOMENT, db.write(|_| Ok(())));
        assert!(written.await.is_err(), "the change waits too");
        assert!(db.is_awaited());
    }
}
