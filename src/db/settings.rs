//! Named values that every node shares.

use diesel::prelude::*;

use super::schema::settings;
use super::{AnyConnection, on_backend};
use crate::error::AppResult;

/// The key that signs session cookies, in hexadecimal.
pub const COOKIE_KEY: &str = "cookie_key";
/// SHA-256 of the code that `/setup` asks for, while there is no account.
pub const SETUP_CODE: &str = "setup_code";

/// # Errors
/// Those of the database.
pub fn get(conn: &mut AnyConnection, key: &str) -> AppResult<Option<String>> {
    Ok(settings::table
        .find(key)
        .select(settings::value)
        .first(conn)
        .optional()?)
}

/// Stores `value` unless the key has one; returns the one that stands.
///
/// # Errors
/// Those of the database.
pub fn get_or_insert(conn: &mut AnyConnection, key: &str, value: &str) -> AppResult<String> {
    on_backend!(conn, |conn| diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value)))
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(settings::table
        .find(key)
        .select(settings::value)
        .first(conn)?)
}

/// # Errors
/// Those of the database.
pub fn set(conn: &mut AnyConnection, key: &str, value: &str) -> AppResult<()> {
    on_backend!(conn, |conn| diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value)))
        .on_conflict(settings::key)
        .do_update()
        .set(settings::value.eq(value))
        .execute(conn))?;
    Ok(())
}

/// Removes the pair, and tells whether it was there: of several that try, one is told so.
///
/// # Errors
/// Those of the database.
pub fn take(conn: &mut AnyConnection, key: &str, value: &str) -> AppResult<bool> {
    let removed = diesel::delete(settings::table.find(key).filter(settings::value.eq(value)))
        .execute(conn)?;
    Ok(removed == 1)
}
