//! A page of the list of imports: which, and how many in all. There are thousands of them, not millions: they are
//! counted, and a part of a name is looked for in each.

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::filter::Standing;
use super::import::{Import, ImportRow};
use crate::audit::Author;
use crate::db::AnyConnection;
use crate::db::schema::{accounts, import_undos, imports};
use crate::error::AppResult;

/// Imports a page.
pub const PAGE: usize = 50;

/// What imports are looked for; all of it must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub standing: Option<Standing>,
    /// Part of the folded name.
    pub name: String,
    pub author: Option<Author>,
    pub since: Option<NaiveDateTime>,
    /// Exclusive.
    pub until: Option<NaiveDateTime>,
}

/// A place in the list, the latest first, that stays right while imports are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Latest,
    /// After the import of this id, towards the older ones.
    Before(i64),
    /// Before it, towards the newer ones.
    After(i64),
}

/// An import with the name of who began it; none for the command line.
pub struct Listed {
    pub import: Import,
    pub by: Option<String>,
    /// Whether it is being undone.
    pub is_undoing: bool,
}

/// A page of the list.
#[derive(Default)]
pub struct Page {
    pub rows: Vec<Listed>,
    /// How many pass the filter.
    pub total: i64,
    /// The id that newer imports come after, where there are any.
    pub newer: Option<i64>,
    pub older: Option<i64>,
}

type Multi = <AnyConnection as diesel::Connection>::Backend;

/// # Errors
/// Those of the database.
pub fn page(conn: &mut AnyConnection, wanted: &Wanted, place: Place) -> AppResult<Page> {
    let limit = PAGE as i64 + 1;
    let newest_first = |query: imports::BoxedQuery<'static, Multi>| {
        query
            .order(imports::id.desc())
            .limit(limit)
            .select(imports::id)
    };
    let mut ids: Vec<i64> = match place {
        Place::Before(id) => {
            newest_first(narrowed(wanted).filter(imports::id.lt(id))).load(conn)?
        }
        Place::After(id) => {
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
                // There is nothing newer than these: it is the first page, whole.
                newest_first(narrowed(wanted)).load(conn)?
            }
        }
        Place::Latest => newest_first(narrowed(wanted)).load(conn)?,
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
    Ok(Page {
        total: narrowed(wanted).count().get_result(conn)?,
        rows: load(conn, &ids)?,
        newer,
        older,
    })
}

fn load(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<Listed>> {
    let undoing = import_undos::table
        .filter(import_undos::import_id.eq(imports::id))
        .filter(import_undos::finished_at.is_null());
    imports::table
        .left_join(accounts::table)
        .filter(imports::id.eq_any(ids))
        .order(imports::id.desc())
        .select((
            ImportRow::as_select(),
            accounts::username.nullable(),
            exists(undoing),
        ))
        .load::<(ImportRow, Option<String>, bool)>(conn)?
        .into_iter()
        .map(|(row, by, is_undoing)| {
            Ok(Listed {
                import: row.try_into()?,
                by,
                is_undoing,
            })
        })
        .collect()
}

fn narrowed(wanted: &Wanted) -> imports::BoxedQuery<'static, Multi> {
    let mut query = imports::table.into_boxed();
    query = match wanted.standing {
        None => query,
        Some(Standing::In(state)) => query
            .filter(imports::state.eq(state.as_str()))
            .filter(imports::undone_at.is_null()),
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

/// The pattern of `LIKE` for what holds `part`, with `!` before its own signs.
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

/// Who has begun an import, disabled accounts too: id and name.
///
/// # Errors
/// Those of the database.
pub fn authors(conn: &mut AnyConnection) -> AppResult<Vec<(i64, String)>> {
    let own = imports::table.filter(imports::created_by.eq(accounts::id.nullable()));
    Ok(accounts::table
        .filter(exists(own))
        .order((accounts::username_key, accounts::id))
        .select((accounts::id, accounts::username))
        .load(conn)?)
}
