//! The list sorted by service, by city, and by the time of the last change.
//!
//! No index holds contacts in these orders together with a filter. Few contacts are gathered and sorted. With many contacts,
//! services or cities are read one after the other, each by name, and the last changes are walked through, until a page is
//! full. If that takes too long, because the contacts that pass are far apart, all of them are gathered after all.

use std::cmp::Ordering;

use chrono::{DateTime, Datelike as _, NaiveDateTime};
use diesel::prelude::*;

use super::contact::ContactSummary;
use super::contact_query::Selection;
use super::document;
use super::filter::{Cursor, Direction, Sort};
use crate::db::schema::{book_values, contacts};
use crate::db::{AnyConnection, in_time};
use crate::domain::{Facet, Status, fold};
use crate::error::AppResult;

/// Contacts that are gathered and sorted; if there are more, their order is walked.
const GATHERED: i64 = 2_000;
/// Changes per query.
const STRETCH: i64 = 500;
/// Most queries for changes, and most services or cities, that are walked before all contacts are gathered.
const STRETCHES: usize = 4;
const VALUES: usize = 50;
/// Contacts per query for the values to sort by.
const ASKED: usize = 5_000;

/// The value that is sorted before the name: service or city, folded, or the time of the last change in microseconds.
pub fn value(conn: &mut AnyConnection, contact: &ContactSummary, sort: Sort) -> AppResult<Option<String>> {
    Ok(match sort {
        Sort::Name => None,
        Sort::Service => Some(key(&contact.service)),
        Sort::City => Some(key(&contact.city)),
        Sort::Updated => {
            let updated_at: Option<NaiveDateTime> =
                contacts::table.find(contact.id).select(contacts::updated_at).first(conn).optional()?;
            updated_at.map(|at| at.and_utc().timestamp_micros().to_string())
        }
    })
}

/// The value as the search index compares it.
fn key(value: &str) -> String {
    fold(value.trim())
}

/// The ids of the next contacts in this order, nearest to the cursor first.
pub fn find(
    conn: &mut AnyConnection,
    selection: &Selection,
    sort: Sort,
    from: Option<&Cursor>,
    direction: Direction,
    limit: i64,
) -> AppResult<Vec<i64>> {
    let by_value = match sort {
        Sort::Name => return selection.by_name(conn, from, direction, limit),
        Sort::Service => ByValue::Service,
        Sort::City => ByValue::City,
        Sort::Updated => {
            if are_many(conn, selection)?
                && let Some(ids) = walk_changes(conn, selection, from, direction, limit)?
            {
                return Ok(ids);
            }
            let ids = all(conn, selection)?;
            return gather_changes(conn, &ids, from, direction, limit);
        }
    };
    if are_many(conn, selection)?
        && let Some(ids) = by_value.walk(conn, selection, from, direction, limit)?
    {
        return Ok(ids);
    }
    let ids = all(conn, selection)?;
    by_value.gather(conn, &ids, from, direction, limit)
}

fn are_many(conn: &mut AnyConnection, selection: &Selection) -> AppResult<bool> {
    Ok(selection.count(conn, GATHERED + 1)? > GATHERED)
}

fn all(conn: &mut AnyConnection, selection: &Selection) -> AppResult<Vec<i64>> {
    selection.by_name(conn, None, Direction::Forward, i64::from(i32::MAX))
}

/// Sorts, and returns the ids next to the cursor.
fn next_of<K: Ord>(
    mut all: Vec<(K, i64)>,
    from: Option<&(K, i64)>,
    direction: Direction,
    limit: i64,
) -> Vec<i64> {
    let wanted = match direction {
        Direction::Forward => Ordering::Greater,
        Direction::Backward => Ordering::Less,
    };
    all.retain(|place| from.is_none_or(|from| place.cmp(from) == wanted));
    all.sort_unstable();
    if direction == Direction::Backward {
        all.reverse();
    }
    all.truncate(usize::try_from(limit).unwrap_or_default());
    all.into_iter().map(|(_, id)| id).collect()
}

#[derive(Debug, Clone, Copy)]
enum ByValue {
    Service,
    City,
}

/// `true` for an empty value, which sorts last; then the value and the name.
type Key = (bool, String, String);

impl ByValue {
    fn kind(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::City => "city",
        }
    }

    fn facet(self, value: String) -> Facet {
        match self {
            Self::Service => Facet::Service(value),
            Self::City => Facet::City(value),
        }
    }

    fn gather(
        self,
        conn: &mut AnyConnection,
        ids: &[i64],
        from: Option<&Cursor>,
        direction: Direction,
        limit: i64,
    ) -> AppResult<Vec<i64>> {
        let mut rows: Vec<(i64, String, String, String)> = Vec::with_capacity(ids.len());
        for ids in ids.chunks(ASKED) {
            in_time()?;
            rows.append(
                &mut contacts::table
                    .filter(contacts::id.eq_any(ids))
                    .select((contacts::id, contacts::sort_key, contacts::service, contacts::city))
                    .load(conn)?,
            );
        }
        let keys = rows.into_iter().map(|(id, name, service, city)| {
            let value = key(match self {
                Self::Service => &service,
                Self::City => &city,
            });
            ((value.is_empty(), value, name), id)
        });
        let from: Option<(Key, i64)> = from.map(|from| {
            let value = from.value.clone().unwrap_or_default();
            ((value.is_empty(), value, from.sort_key.clone()), from.id)
        });
        Ok(next_of(keys.collect(), from.as_ref(), direction, limit))
    }

    /// `None` if too many values are needed to fill a page.
    fn walk(
        self,
        conn: &mut AnyConnection,
        selection: &Selection,
        from: Option<&Cursor>,
        direction: Direction,
        limit: i64,
    ) -> AppResult<Option<Vec<i64>>> {
        let mut ids = Vec::new();
        // First the rest of the contacts with the cursor's value.
        let mut place = from;
        let mut value = match from {
            Some(from) => Some(from.value.clone().unwrap_or_default()),
            None => self.beyond(conn, None, direction)?,
        };
        for walked in 0.. {
            let Some(current) = value else { break };
            if walked == VALUES {
                return Ok(None);
            }
            let left = limit - ids.len() as i64;
            let alike = selection.and(self.facet(current.clone()));
            ids.extend(alike.by_name(conn, place.take(), direction, left)?);
            if ids.len() as i64 >= limit {
                break;
            }
            value = self.beyond(conn, Some(&current), direction)?;
        }
        Ok(Some(ids))
    }

    /// The next value of the book, or the first one; the empty value is the last of all.
    fn beyond(
        self,
        conn: &mut AnyConnection,
        value: Option<&str>,
        direction: Direction,
    ) -> AppResult<Option<String>> {
        let known = book_values::table
            .filter(book_values::kind.eq(self.kind()))
            .filter(book_values::value_key.ne(""))
            .select(book_values::value_key)
            .into_boxed();
        let next = match (direction, value) {
            (Direction::Forward, Some("")) => return Ok(None),
            (Direction::Backward, None) => return Ok(Some(String::new())),
            (Direction::Forward, None) => known.order(book_values::value_key.asc()),
            (Direction::Forward, Some(value)) => {
                known.filter(book_values::value_key.gt(value)).order(book_values::value_key.asc())
            }
            (Direction::Backward, Some("")) => known.order(book_values::value_key.desc()),
            (Direction::Backward, Some(value)) => {
                known.filter(book_values::value_key.lt(value)).order(book_values::value_key.desc())
            }
        };
        let next: Option<String> = next.first(conn).optional()?;
        Ok(next.or_else(|| (direction == Direction::Forward).then(String::new)))
    }
}

/// Time and id of the cursor's contact: the sort keys of [`Sort::Updated`], which is read from its end.
fn change_of(cursor: &Cursor) -> Option<(NaiveDateTime, i64)> {
    let micros = cursor.value.as_deref()?.parse().ok()?;
    let at = DateTime::from_timestamp_micros(micros)?.naive_utc();
    // PostgreSQL has no years outside of this range.
    (1..=9999).contains(&at.year()).then_some((at, cursor.id))
}

/// The most recent change comes first.
fn backwards(direction: Direction) -> Direction {
    match direction {
        Direction::Forward => Direction::Backward,
        Direction::Backward => Direction::Forward,
    }
}

fn gather_changes(
    conn: &mut AnyConnection,
    ids: &[i64],
    from: Option<&Cursor>,
    direction: Direction,
    limit: i64,
) -> AppResult<Vec<i64>> {
    let mut rows: Vec<(NaiveDateTime, i64)> = Vec::with_capacity(ids.len());
    for ids in ids.chunks(ASKED) {
        in_time()?;
        rows.append(
            &mut contacts::table
                .filter(contacts::id.eq_any(ids))
                .select((contacts::updated_at, contacts::id))
                .load(conn)?,
        );
    }
    let from = from.and_then(change_of);
    Ok(next_of(rows, from.as_ref(), backwards(direction), limit))
}

/// `None` if too many changes are needed to fill a page.
fn walk_changes(
    conn: &mut AnyConnection,
    selection: &Selection,
    from: Option<&Cursor>,
    direction: Direction,
    limit: i64,
) -> AppResult<Option<Vec<i64>>> {
    let mut ids = Vec::new();
    let mut beyond = from.and_then(change_of);
    let stretch = if selection.query().is_empty() { limit } else { STRETCH };
    for walked in 0.. {
        if ids.len() as i64 >= limit {
            break;
        }
        if walked == STRETCHES {
            return Ok(None);
        }
        let changes = changes(conn, selection, beyond, direction, stretch)?;
        let looked_at: Vec<i64> = changes.iter().map(|(_, id)| *id).collect();
        ids.extend(passing(conn, selection, looked_at)?);
        beyond = changes.last().copied();
        if (changes.len() as i64) < stretch {
            break;
        }
    }
    ids.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(Some(ids))
}

/// The next changed contacts that pass the conditions on columns.
fn changes(
    conn: &mut AnyConnection,
    selection: &Selection,
    beyond: Option<(NaiveDateTime, i64)>,
    direction: Direction,
    limit: i64,
) -> AppResult<Vec<(NaiveDateTime, i64)>> {
    let mut query = contacts::table
        .filter(contacts::deleted_at.is_null())
        .select((contacts::updated_at, contacts::id))
        .limit(limit)
        .into_boxed();
    query = match (direction, beyond) {
        (_, None) => query,
        (Direction::Forward, Some((at, id))) => query
            .filter(contacts::updated_at.le(at))
            .filter(contacts::updated_at.lt(at).or(contacts::id.lt(id))),
        (Direction::Backward, Some((at, id))) => query
            .filter(contacts::updated_at.ge(at))
            .filter(contacts::updated_at.gt(at).or(contacts::id.gt(id))),
    };
    query = match direction {
        Direction::Forward => query.order((contacts::updated_at.desc(), contacts::id.desc())),
        Direction::Backward => query.order((contacts::updated_at.asc(), contacts::id.asc())),
    };
    // Conditions on columns need no comparison of words.
    if !selection.imports().is_empty() {
        query = query.filter(contacts::import_id.eq_any(selection.imports()));
    }
    for status in Status::ALL {
        if selection.has(status) {
            query = match status {
                Status::Expert => query.filter(contacts::expert),
                Status::Copy => query.filter(contacts::copy),
                Status::Transfer => query.filter(contacts::transfer),
            };
        }
    }
    Ok(query.load(conn)?)
}

/// The contacts of `ids` that pass the filter, in the same order.
fn passing(conn: &mut AnyConnection, selection: &Selection, ids: Vec<i64>) -> AppResult<Vec<i64>> {
    let query = selection.query();
    if query.is_empty() {
        return Ok(ids);
    }
    let mut met: Vec<i64> = document::documents(conn, &ids)?
        .into_iter()
        .filter(|document| query.is_met_by(&document.tokens))
        .map(|document| document.id)
        .collect();
    met.sort_unstable();
    Ok(ids.into_iter().filter(|id| met.binary_search(id).is_ok()).collect())
}
