//! Named values that every node shares.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::schema::settings;
use super::{AnyConnection, on_backend};
use crate::domain::{Country, SecondFactorFor};
use crate::error::{AppError, AppResult};

/// The key that signs session cookies, in hexadecimal.
pub const COOKIE_KEY: &str = "cookie_key";
/// SHA-256 of the code that `/setup` asks for, while there is no account.
pub const SETUP_CODE: &str = "setup_code";

/// There, and [`STALE`], while the search index has to be made anew after a migration.
pub const SEARCH_INDEX: &str = "search_index";
pub const STALE: &str = "stale";
/// There, and [`STALE`], until a SQLite file is rewritten whose free space may hold what was deleted.
pub const FREE_SPACE: &str = "free_space";

/// The country of phone numbers that name none: two letters of ISO 3166-1.
const DEFAULT_COUNTRY: &str = "default_country";
const FRANCE: &str = "FR";

/// Whose accounts must have a second factor, as [`SecondFactorFor`].
pub const SECOND_FACTOR_FOR: &str = "second_factor_for";

/// On PostgreSQL, what keeps the default country as it is while a transaction writes by it.
const DEFAULT_COUNTRY_LOCK: i64 = 7_261_033;

/// France, until an administrator says otherwise. It stays so to the end of the transaction: whoever reads numbers again
/// after a change finds every number that was read before it.
///
/// # Errors
/// Those of the database.
pub fn default_country(conn: &mut AnyConnection) -> AppResult<Country> {
    if let AnyConnection::Postgres(conn) = conn {
        diesel::sql_query("SELECT pg_advisory_xact_lock_shared($1)")
            .bind::<BigInt, _>(DEFAULT_COUNTRY_LOCK)
            .execute(conn)?;
    }
    let code = get(conn, DEFAULT_COUNTRY)?;
    read_default_country(code.as_deref()).map_err(AppError::Internal)
}

fn read_default_country(stored: Option<&str>) -> anyhow::Result<Country> {
    Country::parse(stored.unwrap_or(FRANCE))
        .map_err(|_| anyhow::anyhow!("the default country is none: {stored:?}"))
}

/// The default country beside each row of a query: who shows the numbers of many contacts needs no query for it.
#[derive(Debug, Clone, Copy)]
pub struct DefaultCountry(pub Country);

impl DefaultCountry {
    /// The same for all rows, and looked up once.
    pub const COLUMN: &str = "(SELECT value FROM settings WHERE key = 'default_country')";
}

impl<DB: Backend> Queryable<Nullable<Text>, DB> for DefaultCountry
where
    String: FromSql<Text, DB>,
{
    type Row = Option<String>;

    fn build(code: Self::Row) -> deserialize::Result<Self> {
        Ok(Self(read_default_country(code.as_deref())?))
    }
}

/// Nobody else changes a setting before the transaction ends, or reads numbers by one. One that writes on SQLite is alone
/// already.
///
/// # Errors
/// Those of the database.
pub fn hold(conn: &mut AnyConnection) -> AppResult<()> {
    if let AnyConnection::Postgres(conn) = conn {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<BigInt, _>(DEFAULT_COUNTRY_LOCK)
            .execute(conn)?;
    }
    Ok(())
}

/// Sets the default country, and returns the former one.
///
/// # Errors
/// Those of the database.
pub fn set_default_country(conn: &mut AnyConnection, country: Country) -> AppResult<Country> {
    hold(conn)?;
    let former = default_country(conn)?;
    if former != country {
        set(conn, DEFAULT_COUNTRY, country.code())?;
    }
    Ok(former)
}

/// Nobody's, until an administrator says otherwise.
///
/// # Errors
/// Those of the database.
pub fn second_factor_for(conn: &mut AnyConnection) -> AppResult<SecondFactorFor> {
    read_second_factor_for(get(conn, SECOND_FACTOR_FOR)?.as_deref())
}

/// # Errors
/// What is stored is no such choice: then nobody is let in, rather than everybody.
pub fn read_second_factor_for(stored: Option<&str>) -> AppResult<SecondFactorFor> {
    let Some(stored) = stored else {
        return Ok(SecondFactorFor::Nobody);
    };
    SecondFactorFor::parse(stored).ok_or_else(|| {
        AppError::Internal(anyhow::anyhow!(
            "an unknown choice of who has a second factor: {stored:?}"
        ))
    })
}

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
