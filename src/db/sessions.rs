//! Sessions in the database, so that several nodes share them and an account can end its own.
//!
//! Only a hash of the key is stored: who reads the table cannot sign in with it. A session ends after
//! [`IDLE`] without a request or [`LIFETIME`] in all.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time;
use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::schema::{accounts, sessions};
use super::{AnyConnection, Db};
use crate::clock;
use crate::error::{AppError, AppResult};
use crate::web::csrf::{hex, random_hex};

/// Longer than a lunch break: a form that is sent later is given back after signing in.
const IDLE: TimeDelta = TimeDelta::hours(2);
/// Longer than a working day.
const LIFETIME: TimeDelta = TimeDelta::hours(12);
/// The time of the last request is kept no finer, or each page view would be a write.
const SEEN_STEP: TimeDelta = TimeDelta::minutes(1);

/// In the session's state: the account that signed in.
pub const ACCOUNT: &str = "account";
/// In the session's state: the browser that signed in, as it names itself.
pub const BROWSER: &str = "browser";
/// In the state of a session that is about to be made: which password it was opened with, by [`fingerprint`].
pub const OPENED_WITH: &str = "opened_with";
/// In the loaded state: the session's own id.
pub const SESSION: &str = "session";
/// In the loaded state: the account that signed in, as [`SignedIn`]. Read with the session, since each look at the database
/// is a turn on another thread.
const SIGNED_IN: &str = "signed_in";
/// In the loaded state, when there is none because the database did not answer: the framework's own answer to
/// a failed load would be a bare 500.
pub const UNREACHABLE: &str = "unreachable";

#[derive(Clone)]
pub struct DbSessionStore(pub Db);

impl SessionStore for DbSessionStore {
    async fn load(&self, key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        let hash = hash(key.as_ref());
        match self.0.read(move |conn| find(conn, &hash)).await {
            Ok(None) => Ok(None),
            Ok(Some(found)) => {
                // Of a clock that was set back since, the time lies ahead.
                if (clock::now() - found.last_seen_at).abs() > SEEN_STEP {
                    self.touch(found.id);
                }
                let mut state: HashMap<String, String> = serde_json::from_str(&found.state)
                    .map_err(|error| LoadError::Deserialization(error.into()))?;
                state.insert(SESSION.to_owned(), found.id.to_string());
                if let Some(account) = found.account {
                    let account = serde_json::to_string(&account)
                        .map_err(|error| LoadError::Other(error.into()))?;
                    state.insert(SIGNED_IN.to_owned(), account);
                }
                Ok(Some(state))
            }
            Err(error) => {
                tracing::warn!(%error, "a session could not be loaded");
                Ok(Some(HashMap::from([(
                    UNREACHABLE.to_owned(),
                    String::new(),
                )])))
            }
        }
    }

    /// A session that could not be saved signs nobody in: the next request asks again.
    async fn save(
        &self,
        mut state: HashMap<String, String>,
        _: &time::Duration,
    ) -> Result<SessionKey, SaveError> {
        forget_loaded(&mut state);
        let key = random_hex::<32>();
        let hash = hash(&key);
        if let Err(error) = self.0.write(move |conn| insert(conn, &hash, state)).await {
            tracing::warn!(%error, "a session could not be saved");
        }
        SessionKey::try_from(key).map_err(|error| SaveError::Other(error.into()))
    }

    /// Only the word about what was just done changes in a session that exists; losing it loses nothing else.
    async fn update(
        &self,
        key: SessionKey,
        mut state: HashMap<String, String>,
        _: &time::Duration,
    ) -> Result<SessionKey, UpdateError> {
        forget_loaded(&mut state);
        let hash = hash(key.as_ref());
        let result = self
            .0
            .write(move |conn| {
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
            .0
            .write(move |conn| {
                diesel::delete(sessions::table.filter(sessions::key_hash.eq(hash)))
                    .execute(conn)?;
                Ok(())
            })
            .await;
        // Signing out deletes the row itself first, and answers 503 when it cannot.
        if let Err(error) = result {
            tracing::warn!(%error, "a session could not be deleted");
        }
        Ok(())
    }
}

impl DbSessionStore {
    /// Beside the request: a page that is only read does not wait for those who write.
    fn touch(&self, id: i64) {
        let db = self.0.clone();
        // Nor does anybody wait for it: the next page view can do it too.
        if !db.has_idle_writer() {
            return;
        }
        tokio::spawn(async move {
            let touched = db
                .write(move |conn| {
                    let now = clock::now();
                    diesel::update(sessions::table.find(id))
                        .set(sessions::last_seen_at.eq(now))
                        .execute(conn)?;
                    diesel::update(
                        sessions::table
                            .find(id)
                            .filter(sessions::created_at.gt(now)),
                    )
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

/// What is looked up at each request is kept in no session.
fn forget_loaded(state: &mut HashMap<String, String>) {
    state.remove(SESSION);
    state.remove(SIGNED_IN);
}

/// The account of a session, as it is in the database now; a disabled one has none.
#[derive(Debug, Serialize, Deserialize, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct SignedIn {
    pub id: i64,
    pub username: String,
    pub role: String,
    pub locale: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
struct Found {
    id: i64,
    state: String,
    last_seen_at: NaiveDateTime,
    #[diesel(embed)]
    account: Option<SignedIn>,
}

fn find(conn: &mut AnyConnection, hash: &str) -> AppResult<Option<Found>> {
    let now = clock::now();
    let account = accounts::table.on(sessions::account_id
        .eq(accounts::id.nullable())
        .and(accounts::disabled_at.is_null()));
    Ok(sessions::table
        .left_join(account)
        .filter(sessions::key_hash.eq(hash))
        .filter(sessions::last_seen_at.gt(now - IDLE))
        .filter(sessions::created_at.gt(now - LIFETIME))
        .select(Found::as_select())
        .first(conn)
        .optional()?)
}

fn insert(
    conn: &mut AnyConnection,
    hash: &str,
    mut state: HashMap<String, String>,
) -> AppResult<()> {
    // actix-session keeps each value as JSON.
    let account: Option<i64> = state.get(ACCOUNT).and_then(|text| text.parse().ok());
    let opened_with: Option<String> = match state.remove(OPENED_WITH) {
        Some(text) => serde_json::from_str(&text)?,
        None => None,
    };
    if let Some(account) = account
        && opened_with != Some(fingerprint(&password_of(conn, account)?))
    {
        // The password was changed meanwhile, which ended all sessions of the old one.
        tracing::info!(account, "a session was opened with a password of before");
        return Ok(());
    }
    let now = clock::now();
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

/// The hash of the account's password, which nobody changes before the transaction ends.
fn password_of(conn: &mut AnyConnection, account: i64) -> AppResult<String> {
    let hash = accounts::table
        .find(account)
        .select(accounts::password_hash);
    Ok(match conn {
        AnyConnection::Postgres(conn) => hash.for_share().first(conn)?,
        AnyConnection::Sqlite(conn) => hash.first(conn)?,
    })
}

/// Tells the hash of one password from that of another, and nothing else.
pub fn fingerprint(password_hash: &str) -> String {
    hash(password_hash)
}

/// Removes the sessions that have ended by time.
///
/// # Errors
/// Those of the database.
pub fn sweep(conn: &mut AnyConnection) -> AppResult<()> {
    let now = clock::now();
    diesel::delete(
        sessions::table.filter(
            sessions::last_seen_at
                .lt(now - IDLE)
                .or(sessions::created_at.lt(now - LIFETIME)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// A session as its owner sees it.
pub struct OpenSession {
    pub id: i64,
    pub browser: String,
    pub created_at: NaiveDateTime,
    pub last_seen_at: NaiveDateTime,
}

/// The account's open sessions, the latest used first.
///
/// # Errors
/// Those of the database.
pub fn of_account(conn: &mut AnyConnection, account: i64) -> AppResult<Vec<OpenSession>> {
    let now = clock::now();
    let rows: Vec<(i64, String, NaiveDateTime, NaiveDateTime)> = sessions::table
        .filter(sessions::account_id.eq(account))
        .filter(sessions::last_seen_at.gt(now - IDLE))
        .filter(sessions::created_at.gt(now - LIFETIME))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .select((
            sessions::id,
            sessions::state,
            sessions::created_at,
            sessions::last_seen_at,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, state, created_at, last_seen_at)| OpenSession {
            id,
            browser: browser_in(&state).unwrap_or_default(),
            created_at,
            last_seen_at,
        })
        .collect())
}

fn browser_in(state: &str) -> Option<String> {
    let state: HashMap<String, String> = serde_json::from_str(state).ok()?;
    serde_json::from_str(state.get(BROWSER)?).ok()
}

/// Ends the account's sessions, all or all but one; tells how many.
///
/// # Errors
/// Those of the database.
pub fn end_all(conn: &mut AnyConnection, account: i64, but: Option<i64>) -> AppResult<usize> {
    let of_account = sessions::table.filter(sessions::account_id.eq(account));
    Ok(match but {
        Some(id) => diesel::delete(of_account.filter(sessions::id.ne(id))).execute(conn)?,
        None => diesel::delete(of_account).execute(conn)?,
    })
}

/// Ends all sessions but one; tells how many.
///
/// # Errors
/// Those of the database.
pub fn end_everybodys(conn: &mut AnyConnection, but: i64) -> AppResult<usize> {
    Ok(diesel::delete(sessions::table.filter(sessions::id.ne(but))).execute(conn)?)
}

/// Ends a session if it is the account's; tells whether.
///
/// # Errors
/// Those of the database.
pub fn end_own(conn: &mut AnyConnection, account: i64, session: i64) -> AppResult<bool> {
    let own = sessions::table
        .find(session)
        .filter(sessions::account_id.eq(account));
    Ok(diesel::delete(own).execute(conn)? > 0)
}

/// # Errors
/// Those of the database.
pub fn end(conn: &mut AnyConnection, session: i64) -> AppResult<()> {
    diesel::delete(sessions::table.find(session)).execute(conn)?;
    Ok(())
}

fn hash(key: &str) -> String {
    hex(&Sha256::digest(key.as_bytes()))
}

/// The account and the session that the middleware found, or 503 when the database did not answer.
///
/// # Errors
/// [`AppError::Unavailable`]
pub fn state_of(session: &actix_session::Session) -> AppResult<Option<(SignedIn, i64)>> {
    if session.contains_key(UNREACHABLE) {
        return Err(AppError::Unavailable(anyhow::anyhow!(
            "the session could not be loaded"
        )));
    }
    let account = session.get(SIGNED_IN).ok().flatten();
    let id = session.get(SESSION).ok().flatten();
    Ok(account.zip(id))
}
