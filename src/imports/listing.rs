//! A page of the list of imports, with the total. Those that wait for a decision come first. There are thousands of imports, not millions, so they are counted, and a
//! part of a name is searched in each.

use chrono::NaiveDateTime;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::filter::Standing;
use super::import::{Import, State};
use super::waiting::to_decide;
use crate::audit::Author;
use crate::book::list::sorted;
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

/// The place of an import in the list: first those that wait for a decision, then all others, both newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// `true` if the import waited when the place was written into a link.
    pub waits: bool,
    pub id: i64,
}

/// A position in the list; it stays valid while imports are added and decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportPosition {
    First,
    Following(Place),
    /// The page ends before this import.
    Preceding(Place),
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
    /// The first and the last import of the page, if there are imports beyond.
    pub previous: Option<Place>,
    pub next: Option<Place>,
}

type Multi = <AnyConnection as diesel::Connection>::Backend;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Towards {
    Beginning,
    End,
}

pub fn page(conn: &mut AnyConnection, wanted: &Wanted, position: ImportPosition) -> AppResult<Page> {
    let mut places = match position {
        ImportPosition::First => beyond(conn, wanted, None, Towards::End, PAGE)?,
        ImportPosition::Following(place) => beyond(conn, wanted, Some(place), Towards::End, PAGE)?,
        ImportPosition::Preceding(place) => beyond(conn, wanted, Some(place), Towards::Beginning, PAGE)?,
    };
    if let ImportPosition::Preceding(_) = position {
        if places.len() < PAGE {
            // This is the first page, shown in full.
            places = beyond(conn, wanted, None, Towards::End, PAGE)?;
        } else {
            places.reverse();
        }
    }
    let mut ended = |place: Option<&Place>, towards| -> AppResult<Option<Place>> {
        let Some(place) = place else { return Ok(None) };
        Ok((!beyond(conn, wanted, Some(*place), towards, 1)?.is_empty()).then_some(*place))
    };
    let previous = ended(places.first(), Towards::Beginning)?;
    let next = ended(places.last(), Towards::End)?;
    let mut count = |wanted: &Wanted| narrowed(wanted).count().get_result(conn);
    let in_state = |state| Wanted { standing: Some(Standing::In(state)), ..wanted.clone() };
    let total = count(wanted)?;
    let waiting = count(&in_state(State::Deciding))?;
    let refused = count(&in_state(State::Refused))?;
    Ok(Page { total, waiting, refused, rows: load(conn, &places)?, previous, next })
}

/// The places of the imports beside one, or from the end of the list, the nearest first.
fn beyond(
    conn: &mut AnyConnection,
    wanted: &Wanted,
    from: Option<Place>,
    towards: Towards,
    limit: usize,
) -> AppResult<Vec<Place>> {
    let mut places = Vec::new();
    let groups = if towards == Towards::End { [true, false] } else { [false, true] };
    let begun = from.map_or(groups[0], |from| from.waits);
    for waits in groups.into_iter().skip_while(|group| *group != begun) {
        let mut query = narrowed(wanted).select(imports::id).limit((limit - places.len()) as i64);
        query = if waits { query.filter(to_decide()) } else { query.filter(not(to_decide())) };
        query = match towards {
            Towards::End => query.order(imports::id.desc()),
            Towards::Beginning => query.order(imports::id.asc()),
        };
        if let Some(from) = from.filter(|from| from.waits == waits) {
            query = match towards {
                Towards::End => query.filter(imports::id.lt(from.id)),
                Towards::Beginning => query.filter(imports::id.gt(from.id)),
            };
        }
        let ids: Vec<i64> = query.load(conn)?;
        places.extend(ids.into_iter().map(|id| Place { waits, id }));
        if places.len() >= limit {
            break;
        }
    }
    Ok(places)
}

/// The imports at these places, in their order.
fn load(conn: &mut AnyConnection, places: &[Place]) -> AppResult<Vec<Listed>> {
    let ids: Vec<i64> = places.iter().map(|place| place.id).collect();
    let undoing = import_undos::table
        .filter(import_undos::import_id.eq(imports::id))
        .filter(import_undos::finished_at.is_null());
    let rows: Vec<Listed> = imports::table
        .left_join(accounts::table)
        .filter(imports::id.eq_any(&ids))
        .select((Import::as_select(), account_name().nullable(), exists(undoing)))
        .load(conn)?;
    Ok(sorted(&ids, rows, |listed| listed.import.id))
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
