//! A page of the list: which contacts, in which order, and how many in all.

use diesel::prelude::*;

use super::Contact;
use super::filter::{Cursor, Direction, Filter};
use super::search::{self, Search};
use crate::db::schema::{contacts, imports};
use crate::db::{AnyConnection, on_backend};
use crate::error::AppResult;
use crate::organizations;

/// Contacts a page.
pub const PAGE: usize = 50;
/// Totals are counted up to this and then said as "more than".
pub const COUNT_BOUND: i64 = 10_000;

/// A page of the list.
pub struct Page {
    /// Each with the name of the last import that held it.
    pub rows: Vec<(Contact, Option<String>)>,
    /// How many pass the filter; [`COUNT_BOUND`] + 1 when more than that.
    pub total: i64,
    pub previous: Option<Cursor>,
    pub next: Option<Cursor>,
}

/// The page of `filter` that begins after (or ends before) a place, in the list's order.
///
/// # Errors
/// Those of the database.
pub fn page(
    conn: &mut AnyConnection,
    filter: &Filter,
    from: Option<&Cursor>,
    direction: Direction,
) -> AppResult<Page> {
    let import = match filter.import.as_str() {
        "" => None,
        // No import has the id 0: an unknown name finds nothing.
        name => Some(import_named(conn, name)?.unwrap_or(0)),
    };
    let organization = match filter.organization.as_str() {
        "" => None,
        // Nor has an organization.
        name => Some(organizations::store::named(conn, name)?.map_or(0, |(id, _)| id)),
    };
    let query = filter.query(organization);
    let limit = PAGE as i64 + 1;
    let typed_nothing_to_find = query.is_empty() && !filter.q.is_empty();
    let (mut rows, total) = if typed_nothing_to_find {
        (Vec::new(), 0)
    } else if query.is_empty() {
        (
            walk(conn, import, from, direction, limit)?,
            count(conn, import)?,
        )
    } else {
        let search = Search {
            query: &query,
            import,
            from,
            direction,
            limit,
        };
        let ids = search::find(conn, &search)?;
        let total = search::count(conn, &query, import, COUNT_BOUND + 1)?;
        (in_order(conn, &ids)?, total)
    };
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    if direction == Direction::Backward {
        rows.reverse();
    }
    let (has_previous, has_next) = match direction {
        Direction::Forward => (from.is_some(), more),
        Direction::Backward => (more, true),
    };
    let cursor = |row: Option<&(Contact, Option<String>)>| {
        row.map(|(contact, _)| Cursor {
            id: contact.id,
            sort_key: contact.sort_key.clone(),
        })
    };
    Ok(Page {
        previous: cursor(rows.first()).filter(|_| has_previous),
        next: cursor(rows.last()).filter(|_| has_next),
        rows,
        total,
    })
}

/// The first page of what was typed into the search field.
///
/// # Errors
/// Those of the database.
pub fn first_page(conn: &mut AnyConnection, q: &str) -> AppResult<Page> {
    let filter = Filter {
        q: q.to_owned(),
        ..Filter::default()
    };
    page(conn, &filter, None, Direction::Forward)
}

fn walk(
    conn: &mut AnyConnection,
    import: Option<i64>,
    from: Option<&Cursor>,
    direction: Direction,
    limit: i64,
) -> AppResult<Vec<(Contact, Option<String>)>> {
    let mut query = contacts::table
        .left_join(imports::table)
        .filter(contacts::deleted_at.is_null())
        .select((Contact::as_select(), imports::name.nullable()))
        .limit(limit)
        .into_boxed();
    if let Some(import) = import {
        query = query.filter(contacts::import_id.eq(import));
    }
    // The range stands first and alone, so that both databases walk the index from there.
    query = match (direction, from) {
        (_, None) => query,
        (Direction::Forward, Some(cursor)) => query
            .filter(contacts::sort_key.ge(cursor.sort_key.clone()))
            .filter(
                contacts::sort_key
                    .gt(cursor.sort_key.clone())
                    .or(contacts::id.gt(cursor.id)),
            ),
        (Direction::Backward, Some(cursor)) => query
            .filter(contacts::sort_key.le(cursor.sort_key.clone()))
            .filter(
                contacts::sort_key
                    .lt(cursor.sort_key.clone())
                    .or(contacts::id.lt(cursor.id)),
            ),
    };
    query = match direction {
        Direction::Forward => query.order((contacts::sort_key.asc(), contacts::id.asc())),
        Direction::Backward => query.order((contacts::sort_key.desc(), contacts::id.desc())),
    };
    Ok(query.load(conn)?)
}

/// Counted by the database, no further than the bound.
fn count(conn: &mut AnyConnection, import: Option<i64>) -> AppResult<i64> {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        number: i64,
    }
    let of_import = import.map_or_else(String::new, |id| format!("AND import_id = {id}"));
    let sql = format!(
        "SELECT count(*) AS number FROM (SELECT 1 FROM contacts WHERE deleted_at IS NULL {of_import} \
         LIMIT {}) AS counted",
        COUNT_BOUND + 1
    );
    let row: Number = on_backend!(conn, |conn| diesel::sql_query(sql).get_result(conn))?;
    Ok(row.number)
}

fn in_order(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<(Contact, Option<String>)>> {
    let mut rows: Vec<(Contact, Option<String>)> = contacts::table
        .left_join(imports::table)
        .filter(contacts::id.eq_any(ids))
        .select((Contact::as_select(), imports::name.nullable()))
        .load(conn)?;
    rows.sort_by_key(|(contact, _)| ids.iter().position(|id| *id == contact.id));
    Ok(rows)
}

fn import_named(conn: &mut AnyConnection, name: &str) -> AppResult<Option<i64>> {
    Ok(imports::table
        .filter(imports::name_key.eq(crate::domain::fold(name)))
        .filter(imports::state.ne_all(["refused", "cancelled"]))
        .filter(imports::undone_at.is_null())
        .select(imports::id)
        .first(conn)
        .optional()?)
}
