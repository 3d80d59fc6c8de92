//! A page of the list of imports, with the total. There are thousands of imports, not millions, so they are counted, and a
//! part of a name is searched in each.

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::filter::Standing;
use super::import::{Import, State};
use crate::audit::Author;
use crate::base::paging;
use crate::db::schema::{accounts, import_undos, imports};
use crate::db::{AnyConnection, account_name};
use crate::error::AppResult;

/// Imports per page.
pub const PAGE: usize = 50;

/// The conditions of the list; all of them must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `None` for every standing except refused: a refused file is no import.
    pub standing: Option<Standing>,
    /// A part of the folded name.
    pub name: String,
    pub author: Option<Author>,
    pub since: Option<NaiveDateTime>,
    /// Exclusive.
    pub until: Option<NaiveDateTime>,
}

/// A position in the list, newest first; it stays valid while imports are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportPosition {
    Latest,
    /// After the import with this id, towards older ones.
    Before(i64),
    /// Before the import with this id, towards newer ones.
    After(i64),
}

/// An import with the name of the account that started it; `None` for the command line.
#[derive(Queryable)]
pub struct Listed {
    pub import: Import,
    pub by: Option<String>,
    /// Set while the import is being undone.
    pub is_undoing: bool,
}

/// A page of the list.
#[derive(Default)]
pub struct Page {
    pub rows: Vec<Listed>,
    /// The number of imports that pass the filter.
    pub total: i64,
    /// The number of imports that wait for a decision and pass the other filters.
    pub waiting: i64,
    /// The number of refused files that pass the other filters.
    pub refused: i64,
    /// The id after which newer imports follow, if there are any.
    pub newer: Option<i64>,
    pub older: Option<i64>,
}

type Multi = <AnyConnection as diesel::Connection>::Backend;

pub fn page(conn: &mut AnyConnection, wanted: &Wanted, place: ImportPosition) -> AppResult<Page> {
    let limit = paging::limit(PAGE);
    let newest_first = |query: imports::BoxedQuery<'static, Multi>| {
        query.order(imports::id.desc()).limit(limit).select(imports::id)
    };
    let mut ids: Vec<i64> = match place {
        ImportPosition::Before(id) => newest_first(narrowed(wanted).filter(imports::id.lt(id))).load(conn)?,
        ImportPosition::After(id) => {
            let mut ids: Vec<i64> = narrowed(wanted)
                .filter(imports::id.gt(id))
                .order(imports::id.asc())
                .limit(limit)
                .select(imports::id)
                .load(conn)?;
            if ids.len() > PAGE {
                ids.truncate(PAGE);
                ids.reverse();
                ids
            } else {
                // Fewer than a page are newer: this is the first page, shown in full.
                newest_first(narrowed(wanted)).load(conn)?
            }
        }
        ImportPosition::Latest => newest_first(narrowed(wanted)).load(conn)?,
    };
    ids.truncate(PAGE);
    let mut beyond = |query: imports::BoxedQuery<'static, Multi>| -> AppResult<bool> {
        let found: Option<i64> = query.select(imports::id).first(conn).optional()?;
        Ok(found.is_some())
    };
    let (newer, older) = match (ids.first(), ids.last()) {
        (Some(&first), Some(&last)) => (
            beyond(narrowed(wanted).filter(imports::id.gt(first)))?.then_some(first),
            beyond(narrowed(wanted).filter(imports::id.lt(last)))?.then_some(last),
        ),
        _ => (None, None),
    };
    let mut count = |wanted: &Wanted| narrowed(wanted).count().get_result(conn);
    let in_state = |state| Wanted { standing: Some(Standing::In(state)), ..wanted.clone() };
    let total = count(wanted)?;
    let waiting = count(&in_state(State::Deciding))?;
    let refused = count(&in_state(State::Refused))?;
    Ok(Page { total, waiting, refused, rows: load(conn, &ids)?, newer, older })
}

fn load(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<Listed>> {
    let undoing = import_undos::table
        .filter(import_undos::import_id.eq(imports::id))
        .filter(import_undos::finished_at.is_null());
    Ok(imports::table
        .left_join(accounts::table)
        .filter(imports::id.eq_any(ids))
        .order(imports::id.desc())
        .select((Import::as_select(), account_name().nullable(), exists(undoing)))
        .load(conn)?)
}

fn narrowed(wanted: &Wanted) -> imports::BoxedQuery<'static, Multi> {
    let mut query = imports::table.into_boxed();
    query = match wanted.standing {
        None => query.filter(imports::state.ne(State::Refused.as_str())),
        Some(Standing::In(State::Mapping)) => {
            query.filter(imports::state.eq(State::Checking.as_str())).filter(imports::awaits_columns)
        }
        Some(Standing::In(state)) => {
            let is_mapped = imports::awaits_columns.eq(false).or(imports::state.ne(State::Checking.as_str()));
            query
                .filter(imports::state.eq(state.as_str()))
                .filter(is_mapped)
                .filter(imports::undone_at.is_null())
        }
        Some(Standing::Undone) => query.filter(imports::undone_at.is_not_null()),
    };
    query = match wanted.author {
        None => query,
        Some(Author::Account(id)) => query.filter(imports::created_by.eq(id)),
        Some(Author::Carnet) => query.filter(imports::created_by.is_null()),
    };
    if !wanted.name.is_empty() {
        query = query.filter(imports::name_key.like(containing(&wanted.name)).escape('!'));
    }
    if let Some(since) = wanted.since {
        query = query.filter(imports::created_at.ge(since));
    }
    if let Some(until) = wanted.until {
        query = query.filter(imports::created_at.lt(until));
    }
    query
}

/// Returns the `LIKE` pattern for a text that contains `part`, with `!` as the escape character.
fn containing(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in part.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Returns the accounts that have started an import, including disabled ones: id and name.
pub fn authors(conn: &mut AnyConnection) -> AppResult<Vec<(i64, String)>> {
    let own = imports::table.filter(imports::created_by.eq(accounts::id.nullable()));
    Ok(accounts::table
        .filter(exists(own))
        .order((accounts::username_key, accounts::id))
        .select((accounts::id, account_name()))
        .load(conn)?)
}
