//! The open sessions, as their owners and administrators see them.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::sessions;
use super::sessions::{BROWSER, IDLE, LIFETIME};
use crate::base::clock;
use crate::error::AppResult;

/// A session as its owner sees it on the page.
pub struct OpenSession {
    pub id: i64,
    /// The browser's own name; empty if it did not send one.
    pub browser: String,
    pub created_at: NaiveDateTime,
    pub last_seen_at: NaiveDateTime,
}

/// The account's open sessions, the most recently used first.
pub fn of_account(conn: &mut AnyConnection, account: i64) -> AppResult<Vec<OpenSession>> {
    let now = clock::now();
    let rows: Vec<(i64, String, NaiveDateTime, NaiveDateTime)> = sessions::table
        .filter(sessions::account_id.eq(account))
        .filter(sessions::last_seen_at.gt(now - IDLE))
        .filter(sessions::created_at.gt(now - LIFETIME))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .select((sessions::id, sessions::state, sessions::created_at, sessions::last_seen_at))
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

/// Ends the account's sessions, except the session `but`. Returns how many were ended.
pub fn end_all(conn: &mut AnyConnection, account: i64, but: Option<i64>) -> AppResult<usize> {
    let of_account = sessions::table.filter(sessions::account_id.eq(account));
    Ok(match but {
        Some(id) => diesel::delete(of_account.filter(sessions::id.ne(id))).execute(conn)?,
        None => diesel::delete(of_account).execute(conn)?,
    })
}

/// Ends all sessions, except the session `but`; those of browsers in which nobody has signed in too. Returns the open ones of
/// accounts.
pub fn end_everybodys(conn: &mut AnyConnection, but: i64) -> AppResult<Presence> {
    let ended = present(conn, None, but)?;
    diesel::delete(sessions::table.filter(sessions::id.ne(but))).execute(conn)?;
    Ok(ended)
}

/// How many accounts are signed in, and in how many sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Presence {
    pub accounts: i64,
    pub sessions: i64,
}

/// The open sessions of an account (`None`: of all accounts), except the session `but`.
pub fn present(conn: &mut AnyConnection, account: Option<i64>, but: i64) -> AppResult<Presence> {
    let now = clock::now();
    let mut open = sessions::table
        .filter(sessions::last_seen_at.gt(now - IDLE))
        .filter(sessions::created_at.gt(now - LIFETIME))
        .filter(sessions::account_id.is_not_null())
        .filter(sessions::id.ne(but))
        .select(sessions::account_id.assume_not_null())
        .into_boxed();
    if let Some(account) = account {
        open = open.filter(sessions::account_id.eq(account));
    }
    let of: Vec<i64> = open.load(conn)?;
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let accounts: HashSet<&i64> = of.iter().collect();
    Ok(Presence { accounts: number(accounts.len()), sessions: number(of.len()) })
}

/// Ends a session if it belongs to the account. Returns the number of ended sessions: 1 or 0.
pub fn end_own(conn: &mut AnyConnection, account: i64, session: i64) -> AppResult<usize> {
    let own = sessions::table.find(session).filter(sessions::account_id.eq(account));
    Ok(diesel::delete(own).execute(conn)?)
}

/// Ends a session.
pub fn end(conn: &mut AnyConnection, session: i64) -> AppResult<()> {
    diesel::delete(sessions::table.find(session)).execute(conn)?;
    Ok(())
}
