//! The contacts beside another one in a list, in the list's own order: two steps of the list from there, however long it is.

use super::contact::ContactSummary;
use super::contact_query::Selection;
use super::counts::Count;
use super::filter::{Cursor, Direction, Filter};
use super::list::COUNT_BOUND;
use super::search::{self, Order};
use super::sort;
use crate::db::AnyConnection;
use crate::error::AppResult;

/// A contact's place in a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Neighbours {
    pub previous: Option<i64>,
    pub next: Option<i64>,
    /// The number of contacts that pass the filter; `None` without a filter.
    pub total: Option<Count>,
}

/// The contacts beside this one among those that pass the filter. A contact that does not pass it any more still has the place
/// that it would have.
pub fn neighbours(
    conn: &mut AnyConnection,
    filter: &Filter,
    contact: &ContactSummary,
    order: Order,
) -> AppResult<Neighbours> {
    let selection = Selection::of(conn, filter)?;
    let (section, value) = match filter.sort {
        None => (search::section_of(conn, selection.query(), order, contact)?, None),
        Some(sort) => (0, sort::value(conn, contact, sort)?),
    };
    let place = Cursor { id: contact.id, sort_key: contact.sort_key.clone(), section, value, passed: None };
    let mut beside = |direction: Direction| -> AppResult<Option<i64>> {
        let ids = match filter.sort {
            None => selection.ids(conn, Some(&place), direction, 1, order)?,
            Some(sort) => sort::find(conn, &selection, sort, Some(&place), direction, 1)?,
        };
        Ok(ids.first().copied())
    };
    let (previous, next) = (beside(Direction::Backward)?, beside(Direction::Forward)?);
    let total = if filter.is_empty() { None } else { Some(selection.total(conn, COUNT_BOUND)?) };
    Ok(Neighbours { previous, next, total })
}
