//! The queries on one-time codes.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use zeroize::Zeroizing;

use super::store::{Credentials, set_password};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::AnyConnection;
use crate::db::schema::accounts;
use crate::error::AppResult;

/// The number of days for which a one-time code is valid.
pub const CODE_DAYS: i64 = 3;

/// Stores the hash of the account's one-time code, and returns the account's name.
///
/// # Errors
/// [`crate::error::AppError::NotFound`], also for an account of the company.
pub fn set_code(conn: &mut AnyConnection, id: i64, hash: &str, by: i64) -> AppResult<String> {
    let until = clock::now() + TimeDelta::days(CODE_DAYS);
    let own = accounts::table.find(id).filter(accounts::issuer.is_null());
    let username: String = diesel::update(own)
        .set((accounts::code_hash.eq(hash), accounts::code_until.eq(until)))
        .returning(accounts::username)
        .get_result(conn)?;
    let entry = Entry::new(Kind::AccountCodeGiven, Some(by)).subject(username.as_str());
    audit::record(conn, &[entry])?;
    Ok(username)
}

/// Returns `true` if this is the current code of the account with this name.
pub fn has_code(conn: &mut AnyConnection, username_key: &str, hash: &str) -> AppResult<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        accounts::table
            .filter(accounts::username_key.eq(username_key))
            .filter(accounts::disabled_at.is_null())
            .filter(accounts::code_hash.eq(hash))
            .filter(accounts::code_until.gt(clock::now()))
            .select(accounts::id),
    ))
    .get_result(conn)?)
}

/// Uses the one-time code to set the password, and ends the account's sessions. A second factor stays on. Of several concurrent
/// uses of a code, only one succeeds; the others return `None`.
pub fn use_code(
    conn: &mut AnyConnection,
    username_key: &str,
    hash: &str,
    password_hash: &str,
) -> AppResult<Option<Credentials>> {
    let of_code = accounts::table
        .filter(accounts::username_key.eq(username_key))
        .filter(accounts::disabled_at.is_null())
        .filter(accounts::code_hash.eq(hash))
        .filter(accounts::code_until.gt(clock::now()));
    let used: Option<(i64, Option<String>)> = diesel::update(of_code)
        .set((accounts::code_hash.eq(None::<String>), accounts::code_until.eq(None::<NaiveDateTime>)))
        .returning((accounts::id, accounts::totp_key))
        .get_result(conn)
        .optional()?;
    let Some((id, totp_key)) = used else {
        return Ok(None);
    };
    set_password(conn, id, password_hash, None, Some(id))?;
    Ok(Some(Credentials {
        id,
        password_hash: password_hash.to_owned(),
        totp_key: totp_key.map(Zeroizing::new),
    }))
}
