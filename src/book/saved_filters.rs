//! The queries for saved filters.

use diesel::prelude::*;

use super::filter::Filter;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::schema::saved_filters;
use crate::db::{AnyConnection, on_backend, rekey};
use crate::domain::fold;
use crate::error::AppResult;

/// The most filters of one account, and the most shared filters: as many as a page can show.
pub const MOST: i64 = 20;

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = saved_filters)]
pub struct SavedFilter {
    pub id: i64,
    /// The owner; `None` for a shared filter.
    pub account_id: Option<i64>,
    pub name: String,
    /// As written by [`Filter::query`].
    pub query: String,
}

/// Computes the keys of names again. Returns the filters that keep an older key because another filter of the same owner has
/// the name.
pub fn rekey_names(conn: &mut AnyConnection) -> AppResult<Vec<i64>> {
    Ok(rekey!(conn, saved_filters, name, name_key, fold))
}

impl SavedFilter {
    pub fn filter(&self) -> Filter {
        Filter::parse(&self.query)
    }
}

/// The shared filters, then the account's own, each by name.
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
/// [`crate::error::AppError::NotFound`], also for a filter of another account.
pub fn find(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<SavedFilter> {
    let shared = saved_filters::account_id.is_null();
    Ok(saved_filters::table
        .filter(saved_filters::id.eq(id))
        .filter(shared.or(saved_filters::account_id.eq(account)))
        .select(SavedFilter::as_select())
        .first(conn)?)
}

/// The result of giving a name to a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Yes,
    /// The filter was renamed since it was read.
    Stale,
    /// Another filter has the name.
    Taken,
    /// There are [`MOST`] filters already.
    TooMany,
}

/// A filter that is to be saved.
pub struct New<'a> {
    pub name: &'a str,
    pub query: &'a str,
    /// The future owner; `None` for a shared filter.
    pub owner: Option<i64>,
}

/// Saves a filter. The same name with the same query is the same filter, and succeeds again.
pub fn create(conn: &mut AnyConnection, new: &New<'_>, account: i64) -> AppResult<Named> {
    if let Some(known) = named(conn, new.owner, new.name)? {
        return Ok(if known.query == new.query { Named::Yes } else { Named::Taken });
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
        // A second click at the same moment, or another request that was faster.
        let known = named(conn, new.owner, new.name)?;
        let is_same = known.is_some_and(|known| known.query == new.query);
        return Ok(if is_same { Named::Yes } else { Named::Taken });
    }
    record(conn, Kind::FilterSaved, new.owner, new.name, account)?;
    Ok(Named::Yes)
}

/// # Errors
/// `Taken` if another filter gets the name at the same moment.
pub fn rename(conn: &mut AnyConnection, filter: &SavedFilter, name: &str, account: i64) -> AppResult<Named> {
    if filter.name == name {
        return Ok(Named::Yes);
    }
    let known = named(conn, filter.account_id, name)?;
    if known.is_some_and(|known| known.id != filter.id) {
        return Ok(Named::Taken);
    }
    let as_it_was = saved_filters::table.find(filter.id).filter(saved_filters::name.eq(&filter.name));
    let renamed = diesel::update(as_it_was)
        .set((saved_filters::name.eq(name), saved_filters::name_key.eq(fold(name))))
        .execute(conn)?;
    if renamed == 0 {
        return Ok(Named::Stale);
    }
    record(conn, Kind::FilterEdited, filter.account_id, name, account)?;
    Ok(Named::Yes)
}

/// Deletes a filter. A filter that is already deleted leaves no second entry in the history.
pub fn delete(conn: &mut AnyConnection, filter: &SavedFilter, account: i64) -> AppResult<()> {
    let deleted = diesel::delete(saved_filters::table.find(filter.id)).execute(conn)?;
    if deleted > 0 {
        let (owner, name) = (filter.account_id, &filter.name);
        record(conn, Kind::FilterDeleted, owner, name, account)?;
    }
    Ok(())
}

/// Deletes the filters whose name or texts match `is_about`, when a person is erased. All are read, as there are few.
pub fn forget(
    conn: &mut AnyConnection,
    is_about: impl Fn(&mut AnyConnection, &str) -> AppResult<bool>,
) -> AppResult<()> {
    let filters: Vec<SavedFilter> = saved_filters::table.select(SavedFilter::as_select()).load(conn)?;
    for saved in filters {
        let text = format!("{}\n{}", saved.name, saved.filter().typed());
        if is_about(conn, &text)? {
            diesel::delete(saved_filters::table.find(saved.id)).execute(conn)?;
        }
    }
    Ok(())
}

fn named(conn: &mut AnyConnection, owner: Option<i64>, name: &str) -> AppResult<Option<SavedFilter>> {
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

/// The history has the names of shared filters only: a private filter may have a person's name, which the history would keep
/// for ever.
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
