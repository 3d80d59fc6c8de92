//! Named values that all nodes share.

use chrono::NaiveDateTime;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::schema::settings;
use super::{AnyConnection, Statement, Value, on_backend};
use crate::base::random::random_bytes;
use crate::domain::{BookId, Country, SecondFactorFor};
use crate::error::{AppError, AppResult};

/// The key that signs session cookies, in hexadecimal.
pub const COOKIE_KEY: &str = "cookie_key";
/// SHA-256 of the codes that `/setup` asks for while there is no account, separated by spaces: one per node.
pub const SETUP_CODE: &str = "setup_code";

/// Has the value [`STALE`] while the search index must be rebuilt after a migration.
pub const SEARCH_INDEX: &str = "search_index";
pub const STALE: &str = "stale";
/// Exists while the words of a book on PostgreSQL may lack some, which an older node did not add; its value is the last time at which
/// an older node was alive.
pub const BOOK_WORDS: &str = "book_words";
/// Has the value [`STALE`] until a SQLite file, whose free space may contain deleted data, is rewritten.
pub const FREE_SPACE: &str = "free_space";
/// The time of the last recount of the contacts, in microseconds.
pub const RECOUNTED_AT: &str = "recounted_at";

/// The time of the last `carnet backup`, which only exists for SQLite.
const LAST_BACKUP: &str = "last_backup";

/// The country of phone numbers without a country: two letters of ISO 3166-1.
const DEFAULT_COUNTRY: &str = "default_country";
const FRANCE: &str = "FR";

/// The id of the book, see [`BookId`].
const BOOK_ID: &str = "book_id";

/// The format of a stored time.
const TIME: &str = "%Y-%m-%dT%H:%M:%S";

/// The accounts that must have a second factor, as [`SecondFactorFor`].
pub const SECOND_FACTOR_FOR: &str = "second_factor_for";

/// PostgreSQL's lock that keeps the default country unchanged while a transaction uses it.
const DEFAULT_COUNTRY_LOCK: i64 = 7_261_033;

/// The default country: France, unless an administrator has changed it. It cannot change before the transaction ends, so a job
/// that reads all numbers again after a change finds every number that was read with the former country.
pub fn default_country(conn: &mut AnyConnection) -> AppResult<Country> {
    if let AnyConnection::Postgres(conn) = conn {
        Statement::new("SELECT pg_advisory_xact_lock_shared(?)", [Value::Number(DEFAULT_COUNTRY_LOCK)])
            .execute(conn)?;
    }
    let code = get(conn, DEFAULT_COUNTRY)?;
    read_default_country(code.as_deref()).map_err(AppError::Internal)
}

/// The default country, for reading: it can change at any time.
pub fn default_country_now(conn: &mut AnyConnection) -> AppResult<Country> {
    let code = get(conn, DEFAULT_COUNTRY)?;
    read_default_country(code.as_deref()).map_err(AppError::Internal)
}

fn read_default_country(stored: Option<&str>) -> anyhow::Result<Country> {
    Country::parse(stored.unwrap_or(FRANCE))
        .map_err(|_| anyhow::anyhow!("the stored default country is not a country: {stored:?}"))
}

/// The default country as a column of a query, so that showing the numbers of many contacts needs no query of its own.
#[derive(Debug, Clone, Copy)]
pub struct DefaultCountry(pub Country);

impl DefaultCountry {
    /// The SQL of the column. The database evaluates it once for all rows.
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

/// The id of the book, which a backup and a copy have too. A book without one gets it now: that needs a transaction that writes,
/// which the start of the server has.
pub fn book_id(conn: &mut AnyConnection) -> AppResult<BookId> {
    if let Some(known) = known_book_id(conn)? {
        return Ok(known);
    }
    let stored = get_or_insert(conn, BOOK_ID, BookId::of(random_bytes()).as_str())?;
    BookId::parse(&stored).ok_or_else(|| {
        AppError::Internal(anyhow::anyhow!("the stored id of the book is damaged: {stored:?}"))
    })
}

/// The id of the book; `None` if it never had one, so that no file names it.
pub fn known_book_id(conn: &mut AnyConnection) -> AppResult<Option<BookId>> {
    Ok(get(conn, BOOK_ID)?.and_then(|stored| BookId::parse(&stored)))
}

/// Locks the settings until the transaction ends: nobody else can change one, or read phone numbers with one. On SQLite a writing
/// transaction is alone anyway.
pub fn hold(conn: &mut AnyConnection) -> AppResult<()> {
    if let AnyConnection::Postgres(conn) = conn {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<BigInt, _>(DEFAULT_COUNTRY_LOCK)
            .execute(conn)?;
    }
    Ok(())
}

/// Sets the default country. Returns the former one.
pub fn set_default_country(conn: &mut AnyConnection, country: Country) -> AppResult<Country> {
    hold(conn)?;
    let former = default_country(conn)?;
    if former != country {
        set(conn, DEFAULT_COUNTRY, country.code())?;
    }
    Ok(former)
}

/// The accounts that must have a second factor: none, unless an administrator has changed it.
pub fn second_factor_for(conn: &mut AnyConnection) -> AppResult<SecondFactorFor> {
    read_second_factor_for(get(conn, SECOND_FACTOR_FOR)?.as_deref())
}

/// Parses the stored setting.
///
/// # Errors
/// The stored value is unknown. Then nobody is let in, instead of everybody.
pub fn read_second_factor_for(stored: Option<&str>) -> AppResult<SecondFactorFor> {
    let Some(stored) = stored else {
        return Ok(SecondFactorFor::Nobody);
    };
    SecondFactorFor::parse(stored).ok_or_else(|| {
        AppError::Internal(anyhow::anyhow!("an unknown setting for the second factor: {stored:?}"))
    })
}

/// The time of the last backup, if one is known.
pub fn last_backup(conn: &mut AnyConnection) -> AppResult<Option<NaiveDateTime>> {
    let stored = get(conn, LAST_BACKUP)?;
    Ok(stored.and_then(|text| NaiveDateTime::parse_from_str(&text, TIME).ok()))
}

/// Stores the time of a backup.
pub fn set_last_backup(conn: &mut AnyConnection, at: NaiveDateTime) -> AppResult<()> {
    set(conn, LAST_BACKUP, &at.format(TIME).to_string())
}

/// Removes the time of the last backup, from a copy of a book.
pub fn forget_last_backup(conn: &mut AnyConnection) -> AppResult<()> {
    forget(conn, LAST_BACKUP)
}

/// The value of a key.
pub fn get(conn: &mut AnyConnection, key: &str) -> AppResult<Option<String>> {
    Ok(settings::table.find(key).select(settings::value).first(conn).optional()?)
}

/// Stores `value` unless the key already has one. Returns the stored value.
pub fn get_or_insert(conn: &mut AnyConnection, key: &str, value: &str) -> AppResult<String> {
    on_backend!(conn, |conn| diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value)))
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(settings::table.find(key).select(settings::value).first(conn)?)
}

/// Stores the value of a key.
pub fn set(conn: &mut AnyConnection, key: &str, value: &str) -> AppResult<()> {
    on_backend!(conn, |conn| diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value)))
        .on_conflict(settings::key)
        .do_update()
        .set(settings::value.eq(value))
        .execute(conn))?;
    Ok(())
}

/// Removes a key.
pub fn forget(conn: &mut AnyConnection, key: &str) -> AppResult<()> {
    diesel::delete(settings::table.find(key)).execute(conn)?;
    Ok(())
}

/// Removes the pair. Returns `true` if it existed: of several concurrent callers, exactly one gets `true`.
pub fn take(conn: &mut AnyConnection, key: &str, value: &str) -> AppResult<bool> {
    let removed =
        diesel::delete(settings::table.find(key).filter(settings::value.eq(value))).execute(conn)?;
    Ok(removed == 1)
}
