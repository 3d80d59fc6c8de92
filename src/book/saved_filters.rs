//! The queries on saved filters.

use diesel::prelude::*;

use super::filter::Filter;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::schema::saved_filters;
use crate::db::{AnyConnection, on_backend, rekey};
use crate::domain::fold;
use crate::error::AppResult;

/// Filters that an account keeps, and that all share: as many as a page can show.
pub const MOST: i64 = 20;

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = saved_filters)]
pub struct SavedFilter {
    pub id: i64,
    /// Whose it is; none for everybody's.
    pub account_id: Option<i64>,
    pub name: String,
    /// As [`Filter::query`] writes it.
    pub query: String,
}

/// Derives the keys of names again. Returns the filters that keep an older key, since another filter of the same people has
/// the name.
///
/// # Errors
/// Those of the database.
pub fn rekey_names(conn: &mut AnyConnection) -> AppResult<Vec<i64>> {
    Ok(rekey!(conn, saved_filters, name, name_key, fold))
}

impl SavedFilter {
    pub fn filter(&self) -> Filter {
        Filter::parse(&self.query)
    }
}

/// Everybody's, then the account's own, by name.
///
/// # Errors
/// Those of the database.
pub fn of(conn: &mut AnyConnection, account: i64) -> AppResult<Vec<SavedFilter>> {
    let shared = saved_filters::account_id.is_null();
    let mut filters: Vec<SavedFilter> = saved_filters::table
        .filter(shared.or(saved_filters::account_id.eq(account)))
        .order((saved_filters::name_key, saved_filters::id))
        .select(SavedFilter::as_select())
        .load(conn)?;
    filters.sort_by_key(|filter| filter.account_id.is_some());
    Ok(filters)
}

/// # Errors
/// [`crate::error::AppError::NotFound`], also for somebody else's, and those of the database.
pub fn find(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<SavedFilter> {
    let shared = saved_filters::account_id.is_null();
    Ok(saved_filters::table
        .filter(saved_filters::id.eq(id))
        .filter(shared.or(saved_filters::account_id.eq(account)))
        .select(SavedFilter::as_select())
        .first(conn)?)
}

/// What became of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Yes,
    /// Somebody else gave the filter another name meanwhile.
    Stale,
    /// Another filter has it.
    Taken,
    /// There are [`MOST`] already.
    TooMany,
}

/// A filter that is to be saved.
pub struct New<'a> {
    pub name: &'a str,
    pub query: &'a str,
    /// Whose it becomes; none for everybody's.
    pub owner: Option<i64>,
}

/// The same again is the same filter.
///
/// # Errors
/// Those of the database.
pub fn create(conn: &mut AnyConnection, new: &New<'_>, account: i64) -> AppResult<Named> {
    if let Some(known) = named(conn, new.owner, new.name)? {
        return Ok(if known.query == new.query {
            Named::Yes
        } else {
            Named::Taken
        });
    }
    if count(conn, new.owner)? >= MOST {
        return Ok(Named::TooMany);
    }
    let row = (
        saved_filters::account_id.eq(new.owner),
        saved_filters::name.eq(new.name),
        saved_filters::name_key.eq(fold(new.name)),
        saved_filters::query.eq(new.query),
        saved_filters::created_by.eq(account),
        saved_filters::created_at.eq(clock::now()),
    );
    let written = on_backend!(conn, |conn| diesel::insert_into(saved_filters::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    if written == 0 {
        // A second click that ran beside the first, or somebody who was faster.
        let known = named(conn, new.owner, new.name)?;
        let is_same = known.is_some_and(|known| known.query == new.query);
        return Ok(if is_same { Named::Yes } else { Named::Taken });
    }
    record(conn, Kind::FilterSaved, new.owner, new.name, account)?;
    Ok(Named::Yes)
}

/// # Errors
/// Those of the database; `Taken` where somebody took the name in the same moment.
pub fn rename(
    conn: &mut AnyConnection,
    filter: &SavedFilter,
    name: &str,
    account: i64,
) -> AppResult<Named> {
    if filter.name == name {
        return Ok(Named::Yes);
    }
    let known = named(conn, filter.account_id, name)?;
    if known.is_some_and(|known| known.id != filter.id) {
        return Ok(Named::Taken);
    }
    let as_it_was = saved_filters::table
        .find(filter.id)
        .filter(saved_filters::name.eq(&filter.name));
    let renamed = diesel::update(as_it_was)
        .set((
            saved_filters::name.eq(name),
            saved_filters::name_key.eq(fold(name)),
        ))
        .execute(conn)?;
    if renamed == 0 {
        return Ok(Named::Stale);
    }
    record(conn, Kind::FilterEdited, filter.account_id, name, account)?;
    Ok(Named::Yes)
}

/// Deleting twice is deleting once.
///
/// # Errors
/// Those of the database.
pub fn delete(conn: &mut AnyConnection, filter: &SavedFilter, account: i64) -> AppResult<()> {
    let deleted = diesel::delete(saved_filters::table.find(filter.id)).execute(conn)?;
    if deleted > 0 {
        let (owner, name) = (filter.account_id, &filter.name);
        record(conn, Kind::FilterDeleted, owner, name, account)?;
    }
    Ok(())
}

/// Deletes the filters that are about somebody, by their name or by what they look for; there are few.
///
/// # Errors
/// Those of the database.
pub fn forget(
    conn: &mut AnyConnection,
    is_about: impl Fn(&mut AnyConnection, &str) -> AppResult<bool>,
) -> AppResult<()> {
    let filters: Vec<SavedFilter> = saved_filters::table
        .select(SavedFilter::as_select())
        .load(conn)?;
    for saved in filters {
        let text = format!("{}\n{}", saved.name, saved.filter().typed());
        if is_about(conn, &text)? {
            diesel::delete(saved_filters::table.find(saved.id)).execute(conn)?;
        }
    }
    Ok(())
}

fn named(
    conn: &mut AnyConnection,
    owner: Option<i64>,
    name: &str,
) -> AppResult<Option<SavedFilter>> {
    let known = saved_filters::table
        .filter(saved_filters::name_key.eq(fold(name)))
        .select(SavedFilter::as_select())
        .into_boxed();
    let known = match owner {
        Some(owner) => known.filter(saved_filters::account_id.eq(owner)),
        None => known.filter(saved_filters::account_id.is_null()),
    };
    Ok(known.first(conn).optional()?)
}

fn count(conn: &mut AnyConnection, owner: Option<i64>) -> AppResult<i64> {
    let all = saved_filters::table.count().into_boxed();
    let all = match owner {
        Some(owner) => all.filter(saved_filters::account_id.eq(owner)),
        None => all.filter(saved_filters::account_id.is_null()),
    };
    Ok(all.get_result(conn)?)
}

/// What one keeps for oneself may be called by somebody's name, which the history would keep for ever.
fn record(
    conn: &mut AnyConnection,
    kind: Kind,
    owner: Option<i64>,
    name: &str,
    account: i64,
) -> AppResult<()> {
    let entry = Entry::new(kind, Some(account));
    audit::record(
        conn,
        &[match owner {
            Some(_) => entry,
            None => entry.subject(name),
        }],
    )
}
