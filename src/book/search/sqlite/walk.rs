//! The contacts that match, in the list's order, and their number.

use std::collections::HashSet;

use diesel::SqliteConnection;
use diesel::dsl;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;

use super::count::counts_of;
use super::labelled;
use super::pieces::pieces;
use super::question::{Certain, MatchExpr};
use crate::book::filter::{Cursor, Direction};
use crate::book::search::plan::RankTier;
use crate::book::search::{CountBounds, HitCounts, Search};
use crate::db::{in_json_list, in_time};
use crate::error::AppResult;

/// A walk through the matching contacts of a section, from a cursor on.
pub struct Walk<'a> {
    search: &'a Search<'a>,
    /// First and last label of each range that is left, the next one last.
    stretches: Vec<(i64, i64)>,
}

impl<'a> Walk<'a> {
    pub fn new(
        conn: &mut SqliteConnection,
        search: &'a Search<'a>,
        question: &MatchExpr,
        section: &RankTier,
        from: Option<&Cursor>,
    ) -> AppResult<Self> {
        let mut stretches = Vec::with_capacity(section.stretches.len());
        for stretch in &section.stretches {
            if let (Some(first), Some(last)) =
                (first_from(conn, &stretch.from)?, last_before(conn, &stretch.to)?)
                && first <= last
            {
                stretches.push((first, last));
            }
        }
        if let Some(cursor) = from
            && let Some(label) = label_beside(conn, cursor, search.direction)?
        {
            for (first, last) in &mut stretches {
                match search.direction {
                    Direction::Forward => *first = (*first).max(label + 1),
                    Direction::Backward => *last = (*last).min(label - 1),
                }
            }
            stretches.retain(|(first, last)| first <= last);
        }
        let mut all = Vec::with_capacity(stretches.len());
        for stretch in stretches {
            all.append(&mut pieces(conn, question, search.imports, stretch)?);
        }
        if search.direction == Direction::Forward {
            all.reverse();
        }
        let stretches = all;
        Ok(Self { search, stretches })
    }

    /// The next contacts that match; fewer than `limit` at the end.
    pub fn next(
        &mut self,
        conn: &mut SqliteConnection,
        question: &MatchExpr,
        limit: i64,
    ) -> AppResult<Vec<i64>> {
        let mut ids = Vec::new();
        while let Some((first, last)) = self.stretches.pop() {
            in_time()?;
            let left = limit - i64::try_from(ids.len()).unwrap_or(limit);
            let hits = Hits {
                expression: &question.expression,
                first,
                last,
                imports: self.search.imports,
                direction: self.search.direction,
                limit: left,
            };
            let hits: Vec<(i64, i64)> = hits.load(conn)?;
            ids.extend(hits.iter().map(|(_, id)| *id));
            if i64::try_from(hits.len()).is_ok_and(|found| found == left) {
                if let Some(&(label, _)) = hits.last() {
                    self.stretches.push(match self.search.direction {
                        Direction::Forward => (label + 1, last),
                        Direction::Backward => (first, label - 1),
                    });
                }
                break;
            }
        }
        Ok(ids)
    }
}

/// From before the first label to after the last.
pub(super) const EVERYWHERE: (i64, i64) = (i64::MIN, i64::MAX);

/// The contacts that match, or only the counts if there are more than [`crate::book::search::FEW`].
pub fn gather(
    conn: &mut SqliteConnection,
    search: &Search<'_>,
    question: &MatchExpr,
) -> AppResult<Result<Vec<i64>, HitCounts>> {
    let bound = CountBounds::OF_LIST.total;
    let mut hits: Vec<(i64, i64)> = Vec::new();
    for (first, last) in pieces(conn, question, search.imports, EVERYWHERE)? {
        in_time()?;
        let piece = Hits {
            expression: &question.expression,
            first,
            last,
            imports: search.imports,
            direction: Direction::Forward,
            limit: bound - hits.len() as i64,
        };
        hits.append(&mut piece.load(conn)?);
        if hits.len() as i64 >= bound {
            break;
        }
    }
    if (hits.len() as i64) < bound {
        return Ok(Ok(hits.into_iter().map(|(_, id)| id).collect()));
    }
    let labels: Vec<i64> = hits.into_iter().map(|(label, _)| label).collect();
    Ok(Err(counts_of(conn, &labels, CountBounds::OF_LIST)?))
}

/// The candidates that match for certain by the index alone, see [`Certain`].
pub fn certain(conn: &mut SqliteConnection, question: &MatchExpr, ids: &[i64]) -> AppResult<HashSet<i64>> {
    let expression = match &question.certain {
        Certain::Everybody => return Ok(ids.iter().copied().collect()),
        Certain::Those(expression) => expression,
        Certain::Nobody => return Ok(HashSet::new()),
    };
    let (first, last): (Option<i64>, Option<i64>) = labelled::table
        .filter(in_json_list("id", ids)?)
        .select((dsl::min(labelled::order_label), dsl::max(labelled::order_label)))
        .first(conn)?;
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(HashSet::new());
    };
    let mut certain = HashSet::new();
    for (first, last) in pieces(conn, question, &[], (first, last))? {
        in_time()?;
        let piece =
            Hits { expression, first, last, imports: &[], direction: Direction::Forward, limit: i64::MAX };
        let piece: Vec<(i64, i64)> = piece.load(conn)?;
        certain.extend(piece.into_iter().map(|(_, id)| id));
    }
    Ok(certain)
}

pub(super) fn first_from(conn: &mut SqliteConnection, key: &str) -> AppResult<Option<i64>> {
    Ok(placed()
        .filter(labelled::sort_key.ge(key))
        .order((labelled::sort_key.asc(), labelled::id.asc()))
        .first(conn)
        .optional()?)
}

pub(super) fn last_before(conn: &mut SqliteConnection, key: &str) -> AppResult<Option<i64>> {
    Ok(placed()
        .filter(labelled::sort_key.lt(key))
        .order((labelled::sort_key.desc(), labelled::id.desc()))
        .first(conn)
        .optional()?)
}

/// The labels of contacts that have one.
#[diesel::dsl::auto_type]
fn placed() -> _ {
    labelled::table
        .filter(labelled::deleted_at.is_null())
        .filter(labelled::order_label.is_not_null())
        .select(labelled::order_label.assume_not_null())
}

/// Matching contacts between two labels, both inclusive, as (label, id). A type of its own, since diesel prepares `sql_query`
/// again each time.
struct Hits<'a> {
    expression: &'a str,
    first: i64,
    last: i64,
    imports: &'a [i64],
    direction: Direction,
    limit: i64,
}

impl QueryId for Hits<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl diesel::query_builder::Query for Hits<'_> {
    type SqlType = (BigInt, BigInt);
}

impl RunQueryDsl<SqliteConnection> for Hits<'_> {}

impl QueryFragment<Sqlite> for Hits<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        // CROSS JOIN keeps the index as the outer loop: the planner would rather scan the contacts of a rare import.
        out.push_sql(if self.expression.is_empty() {
            "SELECT order_label AS label, id FROM contacts WHERE label >= "
        } else {
            "SELECT contact_search.rowid AS label, contacts.id FROM contact_search CROSS JOIN contacts \
             ON contacts.order_label = contact_search.rowid WHERE label >= "
        });
        out.push_bind_param::<BigInt, _>(&self.first)?;
        out.push_sql(" AND label <= ");
        out.push_bind_param::<BigInt, _>(&self.last)?;
        if !self.expression.is_empty() {
            out.push_sql(" AND contact_search MATCH ");
            out.push_bind_param::<Text, _>(self.expression)?;
        }
        push_imports(&mut out, self.imports)?;
        out.push_sql(match self.direction {
            Direction::Forward => " ORDER BY label ASC LIMIT ",
            Direction::Backward => " ORDER BY label DESC LIMIT ",
        });
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

/// The labels of matching contacts between two labels, in no order, at most `bound` of them. All contacts match an empty
/// expression.
pub(super) struct Labelled<'a> {
    pub expression: &'a str,
    pub imports: &'a [i64],
    pub between: (i64, i64),
    pub bound: i64,
}

impl QueryId for Labelled<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl diesel::query_builder::Query for Labelled<'_> {
    type SqlType = BigInt;
}

impl RunQueryDsl<SqliteConnection> for Labelled<'_> {}

impl QueryFragment<Sqlite> for Labelled<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        if self.expression.is_empty() {
            out.push_sql("SELECT order_label FROM contacts WHERE deleted_at IS NULL");
        } else {
            out.push_sql("SELECT contact_search.rowid FROM contact_search");
            // Without an import the index is enough, and no contact is read.
            if !self.imports.is_empty() {
                out.push_sql(" CROSS JOIN contacts ON contacts.order_label = contact_search.rowid");
            }
            out.push_sql(" WHERE contact_search MATCH ");
            out.push_bind_param::<Text, _>(self.expression)?;
            if self.between != EVERYWHERE {
                out.push_sql(" AND contact_search.rowid BETWEEN ");
                out.push_bind_param::<BigInt, _>(&self.between.0)?;
                out.push_sql(" AND ");
                out.push_bind_param::<BigInt, _>(&self.between.1)?;
            }
        }
        push_imports(&mut out, self.imports)?;
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.bound)
    }
}

/// The condition that one of the imports was the contact's last one.
fn push_imports<'b>(out: &mut AstPass<'_, 'b, Sqlite>, imports: &'b [i64]) -> QueryResult<()> {
    for (n, import) in imports.iter().enumerate() {
        out.push_sql(if n == 0 { " AND contacts.import_id IN (" } else { ", " });
        out.push_bind_param::<BigInt, _>(import)?;
    }
    if !imports.is_empty() {
        out.push_sql(")");
    }
    Ok(())
}

/// The label of the last contact at or before the cursor, or of the first at or after it, depending on `direction`: the cursor's
/// own contact may no longer exist.
fn label_beside(
    conn: &mut SqliteConnection,
    cursor: &Cursor,
    direction: Direction,
) -> AppResult<Option<i64>> {
    Ok(match direction {
        Direction::Forward => placed()
            .filter(labelled::sort_key.le(&cursor.sort_key))
            .filter(labelled::sort_key.lt(&cursor.sort_key).or(labelled::id.le(cursor.id)))
            .order((labelled::sort_key.desc(), labelled::id.desc()))
            .first(conn)
            .optional()?,
        Direction::Backward => placed()
            .filter(labelled::sort_key.ge(&cursor.sort_key))
            .filter(labelled::sort_key.gt(&cursor.sort_key).or(labelled::id.ge(cursor.id)))
            .order((labelled::sort_key.asc(), labelled::id.asc()))
            .first(conn)
            .optional()?,
    })
}
