//! The queries on keys.

use std::net::IpAddr;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::accounts::store::{self, change};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::schema::{access_keys, accounts, settings};
use crate::db::sessions::SignedIn;
use crate::db::settings::SECOND_FACTOR_FOR;
use crate::db::{AnyConnection, account_name, from_text_column, on_backend};
use crate::domain::{KeyScope, Networks};
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;

from_text_column!(KeyScope);

/// The most keys of one account that are in use.
pub const MOST: i64 = 20;
/// How long pages show a key after its end.
const SHOWN: TimeDelta = TimeDelta::days(30);
/// How long an ended key is kept.
const KEPT: TimeDelta = TimeDelta::days(365);
/// How long a key of a company's account works after the account's last sign-in. The company disables people at its provider, and
/// Carnet notices that only when they sign in.
pub const WITHOUT_SIGN_IN: TimeDelta = TimeDelta::days(30);

/// A key as pages show it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = access_keys)]
pub struct AccessKey {
    pub id: i64,
    #[diesel(column_name = account_id)]
    pub account: i64,
    #[diesel(select_expression = account_name(), select_expression_type = account_name)]
    pub owner: String,
    pub label: String,
    pub scope: KeyScope,
    /// The first characters of the key.
    pub beginning: String,
    /// As [`Networks`] writes them.
    pub networks: String,
    pub last_day: NaiveDate,
    pub ended_at: Option<NaiveDateTime>,
    /// The last day on which it was used.
    pub used_day: Option<NaiveDate>,
    /// The requests of that day.
    pub requests: i64,
    /// The address of the last of them.
    pub address: String,
}

impl AccessKey {
    /// Returns `true` if the key was ended, or its last day is over.
    pub fn is_over(&self) -> bool {
        self.ended_at.is_some() || self.last_day < clock::today()
    }
}

/// A day in the words of a language.
pub fn day_in(locale: &Locale, day: &NaiveDate) -> String {
    locale.date(*day)
}

/// A new key.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub label: String,
    pub scope: KeyScope,
    pub networks: Networks,
    pub last_day: NaiveDate,
}

/// The keys of an account, or of all accounts: those in use, and those that ended within the last 30 days. The latest come first.
pub fn list(conn: &mut AnyConnection, account: Option<i64>) -> AppResult<Vec<AccessKey>> {
    let recently = clock::now() - SHOWN;
    let since = access_keys::last_day.ge(clock::today() - SHOWN);
    Ok(on_backend!(conn, |conn| {
        let mut query = access_keys::table
            .inner_join(accounts::table)
            .filter(access_keys::ended_at.is_null().or(access_keys::ended_at.gt(recently)))
            .filter(since)
            .order(access_keys::id.desc())
            .select(AccessKey::as_select())
            .into_boxed();
        if let Some(account) = account {
            query = query.filter(access_keys::account_id.eq(account));
        }
        query.load(conn)?
    }))
}

/// Finds a key, of this account if one is given.
///
/// # Errors
/// [`AppError::NotFound`]
pub fn find(conn: &mut AnyConnection, id: i64, account: Option<i64>) -> AppResult<AccessKey> {
    let key: AccessKey = on_backend!(conn, |conn| access_keys::table
        .inner_join(accounts::table)
        .filter(access_keys::id.eq(id))
        .select(AccessKey::as_select())
        .first(conn))?;
    if account.is_some_and(|account| account != key.account) { Err(AppError::NotFound) } else { Ok(key) }
}

/// Adds a key to an account. Returns `false`, and adds nothing, if the account has [`MOST`] already.
pub fn add(
    conn: &mut AnyConnection,
    account: i64,
    new: &NewKey,
    (hash, beginning): (&str, &str),
) -> AppResult<bool> {
    // Two forms at once could each see room for one more.
    store::lock(conn)?;
    let in_use: i64 = access_keys::table
        .filter(access_keys::account_id.eq(account))
        .filter(access_keys::ended_at.is_null())
        .filter(access_keys::last_day.ge(clock::today()))
        .count()
        .get_result(conn)?;
    if in_use >= MOST {
        return Ok(false);
    }
    diesel::insert_into(access_keys::table)
        .values((
            access_keys::account_id.eq(account),
            access_keys::label.eq(&new.label),
            access_keys::scope.eq(new.scope.as_str()),
            access_keys::key_hash.eq(hash),
            access_keys::beginning.eq(beginning),
            access_keys::networks.eq(new.networks.to_string()),
            access_keys::last_day.eq(new.last_day),
            access_keys::created_at.eq(clock::now()),
        ))
        .execute(conn)?;
    let mut changes = vec![
        change("scope", "", new.scope.as_str()),
        change("until", "", &new.last_day.to_string()),
        change("networks", "", &new.networks.to_string()),
    ];
    changes.retain(|change| !change.new.is_empty());
    let entry = Entry::new(Kind::KeyAdded, Some(account)).subject(new.label.as_str()).changes(changes);
    audit::record(conn, &[entry])?;
    Ok(true)
}

/// Ends a key. Does nothing if it has ended already.
pub fn end(conn: &mut AnyConnection, key: &AccessKey, by: i64) -> AppResult<()> {
    let open = access_keys::table.find(key.id).filter(access_keys::ended_at.is_null());
    let ended = diesel::update(open).set(access_keys::ended_at.eq(clock::now())).execute(conn)?;
    if ended == 0 {
        return Ok(());
    }
    audit::record(conn, &[Entry::new(Kind::KeyEnded, Some(by)).subject(key.label.as_str())])
}

/// Ends all keys of an account that is disabled: they stay ended if it is enabled again.
pub fn end_all(conn: &mut AnyConnection, account: i64, by: Option<i64>) -> AppResult<()> {
    let open = access_keys::table
        .filter(access_keys::account_id.eq(account))
        .filter(access_keys::ended_at.is_null());
    let labels: Vec<String> = diesel::update(open)
        .set(access_keys::ended_at.eq(clock::now()))
        .returning(access_keys::label)
        .get_results(conn)?;
    let entries: Vec<Entry> =
        labels.into_iter().map(|label| Entry::new(Kind::KeyEnded, by).subject(label)).collect();
    audit::record(conn, &entries)
}

/// A key with what decides whether it is valid now.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = access_keys)]
pub struct PresentedKey {
    pub id: i64,
    pub label: String,
    pub scope: KeyScope,
    pub networks: String,
    pub last_day: NaiveDate,
    pub ended_at: Option<NaiveDateTime>,
    #[diesel(embed)]
    pub account: SignedIn,
    #[diesel(select_expression = accounts::disabled_at)]
    pub disabled_at: Option<NaiveDateTime>,
    #[diesel(select_expression = accounts::signed_in_at)]
    pub signed_in_at: Option<NaiveDateTime>,
    #[diesel(select_expression = settings::value.nullable())]
    pub second_factor_for: Option<String>,
}

/// The key with this hash, with its account and the rule for second factors.
pub fn presented(conn: &mut AnyConnection, hash: &str) -> AppResult<Option<PresentedKey>> {
    let found = access_keys::table
        .inner_join(accounts::table)
        .left_join(settings::table.on(settings::key.eq(SECOND_FACTOR_FOR)))
        .filter(access_keys::key_hash.eq(hash));
    on_backend!(conn, |conn| Ok(found.select(PresentedKey::as_select()).first(conn).optional()?))
}

/// Adds the uses of a key since the last time.
pub fn add_uses(
    conn: &mut AnyConnection,
    key: i64,
    (day, requests): (NaiveDate, i64),
    address: Option<IpAddr>,
) -> AppResult<()> {
    let address = address.map(|address| address.to_string()).unwrap_or_default();
    let same_day = access_keys::table.find(key).filter(access_keys::used_day.eq(day));
    let updated = diesel::update(same_day)
        .set((access_keys::requests.eq(access_keys::requests + requests), access_keys::address.eq(&address)))
        .execute(conn)?;
    if updated == 0 {
        diesel::update(access_keys::table.find(key))
            .set((
                access_keys::used_day.eq(day),
                access_keys::requests.eq(requests),
                access_keys::address.eq(&address),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Records that a key was refused.
pub fn record_refusal(conn: &mut AnyConnection, label: &str, account: i64, reason: &str) -> AppResult<()> {
    let changes = vec![change("refused", "", reason)];
    audit::record(conn, &[Entry::new(Kind::KeyRefused, Some(account)).subject(label).changes(changes)])
}

/// Deletes the keys that ended more than a year ago.
pub fn sweep(conn: &mut AnyConnection) -> AppResult<()> {
    let ended = access_keys::ended_at.lt(clock::now() - KEPT);
    diesel::delete(access_keys::table.filter(ended)).execute(conn)?;
    let over = access_keys::last_day.lt(clock::today() - KEPT);
    diesel::delete(access_keys::table.filter(over)).execute(conn)?;
    Ok(())
}
