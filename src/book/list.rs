//! A page of the list: its contacts, their order, and the total.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::contact::ContactSummary;
use super::contact_query::{Selection, beyond};
use super::counts::{self, BookCounts, Count};
use super::filter::{Cursor, Direction, Filter, Sort};
use super::search::{FEW, Order, STATUS_BOUND};
use super::sort;
use crate::base::paging;
use crate::db::schema::{accounts, contacts, imports};
use crate::db::{AnyConnection, account_name, in_json_list, on_backend};
use crate::domain::Status;
use crate::error::AppResult;

/// Contacts per page, unless the account has chosen another of [`SIZES`].
pub const PAGE: usize = 50;
/// The numbers of contacts that a page can have.
pub const SIZES: [usize; 3] = [PAGE, 100, 200];
/// Totals with several conditions are counted up to this number; beyond it the page says "more than". On PostgreSQL it may
/// instead say that there are more than it has shown.
pub const COUNT_BOUND: i64 = FEW;
/// Bound for totals where somebody decides about all of the contacts.
pub const DECIDED_BOUND: i64 = 10_000;

/// A page of the list.
pub struct Page {
    /// Each contact with the name of the last import that contained it.
    pub rows: Vec<(ContactSummary, Option<String>)>,
    /// The number of contacts that pass the filter.
    pub total: Count,
    /// The number of them with each status; `None` if there are too many contacts to count.
    pub with_status: [Option<Count>; 3],
    pub previous: Option<Cursor>,
    pub next: Option<Cursor>,
    /// The number of contacts before this page, if it is known.
    pub passed: Option<i64>,
    /// The numbers of the whole book, if the list is the whole book by name.
    pub book: Option<BookCounts>,
    /// The last change of each contact and its author, if the list is sorted by it.
    changes: HashMap<i64, LastChange>,
}

/// The time of a change, and the name of its author if that is known.
pub type LastChange = (NaiveDateTime, Option<String>);

impl Page {
    pub fn change(&self, contact: &i64) -> Option<&LastChange> {
        self.changes.get(contact)
    }
}

/// The page of `size` contacts of `filter` that begins after (or ends before) a cursor. `order` applies if the filter has no sort
/// order.
pub fn page(
    conn: &mut AnyConnection,
    filter: &Filter,
    from: Option<&Cursor>,
    direction: Direction,
    size: usize,
    order: Order,
) -> AppResult<Page> {
    let selection = Selection::of(conn, filter)?;
    let limit = paging::limit(size);
    let mut sections = HashMap::new();
    let mut seen = None;
    let is_book_by_name = selection.is_whole_book() && matches!(filter.sort, None | Some(Sort::Name));
    let ids = match filter.sort {
        _ if is_book_by_name => Vec::new(),
        None => {
            let answer = selection.find(conn, from, direction, limit, order)?;
            seen = answer.counts;
            sections = answer.found.iter().map(|found| (found.id, found.section)).collect();
            answer.found.into_iter().map(|found| found.id).collect()
        }
        Some(sort) => sort::find(conn, &selection, sort, from, direction, limit)?,
    };
    let mut rows =
        if is_book_by_name { book_by_name(conn, from, direction, limit)? } else { in_order(conn, &ids)? };
    // A contact can have been deleted between the two statements of `ids` and `in_order`.
    let more = rows.len().max(ids.len()) > size;
    rows.truncate(size);
    if direction == Direction::Backward {
        rows.reverse();
    }
    let (has_previous, has_next) = match direction {
        Direction::Forward => (from.is_some(), more),
        Direction::Backward => (more, true),
    };
    let passed = match (from, direction) {
        (None, _) => Some(0),
        (Some(from), Direction::Forward) => from.passed,
        // What was deleted meanwhile may make it one page too few.
        (Some(from), Direction::Backward) => from.passed.map(|passed| (passed - rows.len() as i64).max(0)),
    };
    let mut cursor = |row: Option<&(ContactSummary, Option<String>)>| -> AppResult<Option<Cursor>> {
        let Some((contact, _)) = row else {
            return Ok(None);
        };
        Ok(Some(Cursor {
            id: contact.id,
            sort_key: contact.sort_key.clone(),
            section: sections.get(&contact.id).copied().unwrap_or(0),
            value: match filter.sort {
                Some(sort) => sort::value(conn, contact, sort)?,
                None => None,
            },
            passed: None,
        }))
    };
    let previous = cursor(rows.first().filter(|_| has_previous))?.map(|cursor| Cursor { passed, ..cursor });
    let passed_next = passed.map(|passed| passed + rows.len() as i64);
    let next =
        cursor(rows.last().filter(|_| has_next))?.map(|cursor| Cursor { passed: passed_next, ..cursor });
    let book = if selection.is_whole_book() { counts::of_book(conn)? } else { None };
    let (total, with_status) = if let Some(book) = &book {
        (Count::Exact(book.total), book.with_status.map(|count| Some(Count::Exact(count))))
    } else if seen.is_none_or(|seen| seen.total.is_none())
        && from.is_none()
        && !more
        && filter.statuses.is_empty()
    {
        // All contacts are on this page.
        let having = |status: Status| {
            let rows = rows.iter();
            Some(Count::Exact(rows.filter(|(contact, _)| contact.statuses().get(status)).count() as i64))
        };
        (Count::Exact(rows.len() as i64), Status::ALL.map(having))
    } else {
        let shown = passed.map(|passed| passed + rows.len() as i64);
        let so_far = match (has_next, shown) {
            (true, _) => Some(Count::MoreThan(shown.unwrap_or(rows.len() as i64))),
            (false, shown) => shown.map(Count::Exact),
        };
        selection.counts(conn, seen, so_far, COUNT_BOUND, STATUS_BOUND)?
    };
    let changes =
        if filter.sort == Some(Sort::Updated) { last_changes(conn, &rows)? } else { HashMap::new() };
    let book = book.filter(|_| filter.sort.is_none());
    Ok(Page { rows, total, with_status, previous, next, passed, book, changes })
}

fn last_changes(
    conn: &mut AnyConnection,
    rows: &[(ContactSummary, Option<String>)],
) -> AppResult<HashMap<i64, LastChange>> {
    let ids: Vec<i64> = rows.iter().map(|(contact, _)| contact.id).collect();
    let changes: Vec<(i64, NaiveDateTime, Option<String>)> = contacts::table
        .left_join(accounts::table.on(contacts::updated_by.eq(accounts::id.nullable())))
        .filter(contacts::id.eq_any(ids))
        .select((contacts::id, contacts::updated_at, account_name().nullable()))
        .load(conn)?;
    Ok(changes.into_iter().map(|(id, at, by)| (id, (at, by))).collect())
}

/// The first page for a text in the search field, by name.
pub fn first_page(conn: &mut AnyConnection, q: &str) -> AppResult<Page> {
    let filter = Filter::default().with_q(q);
    page(conn, &filter, None, Direction::Forward, PAGE, Order::Name)
}

/// The next contacts of the whole book by name, by one statement.
fn book_by_name(
    conn: &mut AnyConnection,
    from: Option<&Cursor>,
    direction: Direction,
    limit: i64,
) -> AppResult<Vec<(ContactSummary, Option<String>)>> {
    let import = || {
        let last = imports::table.filter(imports::id.nullable().eq(contacts::import_id));
        last.select(imports::name).single_value()
    };
    Ok(on_backend!(conn, |conn| {
        let all = contacts::table
            .filter(contacts::deleted_at.is_null())
            .select((ContactSummary::as_select(), import()))
            .limit(limit)
            .into_boxed();
        beyond!(all, from, direction).load(conn)?
    }))
}

fn in_order(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<(ContactSummary, Option<String>)>> {
    // Per database: rows of thirty columns take half as long again through the type for both databases.
    let rows: Vec<(ContactSummary, Option<String>)> = on_backend!(conn, |conn| {
        contacts::table
            .left_join(imports::table)
            .filter(in_json_list("contacts.id", ids)?)
            .select((ContactSummary::as_select(), imports::name.nullable()))
            .load(conn)?
    });
    Ok(sorted(ids, rows, |(person, _)| person.id))
}

/// The `rows` with one of these ids, in the order of the ids.
pub fn sorted<T>(ids: &[i64], rows: Vec<T>, id: impl Fn(&T) -> i64) -> Vec<T> {
    let mut rows: HashMap<i64, T> = rows.into_iter().map(|row| (id(&row), row)).collect();
    ids.iter().filter_map(|id| rows.remove(id)).collect()
}
