//! The contacts that match, in the list's order, and their number.

use std::collections::HashSet;

use diesel::SqliteConnection;
use diesel::dsl;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;

use super::labelled;
use super::pieces::pieces;
use super::question::{Certain, MatchExpr};
use crate::book::filter::{Cursor, Direction};
use crate::book::search::plan::{self, RankTier};
use crate::book::search::{Counts, Search};
use crate::db::{in_json_list, in_time};
use crate::domain::Query;
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
            all.append(&mut pieces(conn, question, search.import, stretch)?);
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
                import: self.search.import,
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
const EVERYWHERE: (i64, i64) = (i64::MIN, i64::MAX);

/// The contacts that match, or only the counts if there are at least `bound` of them.
pub fn gather(
    conn: &mut SqliteConnection,
    search: &Search<'_>,
    question: &MatchExpr,
    bound: i64,
) -> AppResult<Result<Vec<i64>, Counts>> {
    let mut hits: Vec<(i64, i64)> = Vec::new();
    for (first, last) in pieces(conn, question, search.import, EVERYWHERE)? {
        in_time()?;
        let piece = Hits {
            expression: &question.expression,
            first,
            last,
            import: search.import,
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
    Ok(Err(counts_of(conn, &labels, bound)?))
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
    for (first, last) in pieces(conn, question, None, (first, last))? {
        in_time()?;
        let piece =
            Hits { expression, first, last, import: None, direction: Direction::Forward, limit: i64::MAX };
        let piece: Vec<(i64, i64)> = piece.load(conn)?;
        certain.extend(piece.into_iter().map(|(_, id)| id));
    }
    Ok(certain)
}

fn first_from(conn: &mut SqliteConnection, key: &str) -> AppResult<Option<i64>> {
    Ok(placed()
        .filter(labelled::sort_key.ge(key))
        .order((labelled::sort_key.asc(), labelled::id.asc()))
        .first(conn)
        .optional()?)
}

fn last_before(conn: &mut SqliteConnection, key: &str) -> AppResult<Option<i64>> {
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
    import: Option<i64>,
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
        if let Some(import) = &self.import {
            out.push_sql(" AND contacts.import_id = ");
            out.push_bind_param::<BigInt, _>(import)?;
        }
        out.push_sql(match self.direction {
            Direction::Forward => " ORDER BY label ASC LIMIT ",
            Direction::Backward => " ORDER BY label DESC LIMIT ",
        });
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

/// The labels of matching contacts between two labels, in no order, at most `bound` of them. All contacts match an empty
/// expression.
struct Labelled<'a> {
    expression: &'a str,
    import: Option<i64>,
    between: (i64, i64),
    bound: i64,
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
            if self.import.is_some() {
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
        if let Some(import) = &self.import {
            out.push_sql(" AND import_id = ");
            out.push_bind_param::<BigInt, _>(import)?;
        }
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.bound)
    }
}

/// The number of [`Labelled`] contacts.
struct Count<'a>(Labelled<'a>);

impl QueryId for Count<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl diesel::query_builder::Query for Count<'_> {
    type SqlType = BigInt;
}

impl RunQueryDsl<SqliteConnection> for Count<'_> {}

impl QueryFragment<Sqlite> for Count<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

/// The number of contacts that match, counted up to `bound`.
pub fn count(
    conn: &mut SqliteConnection,
    question: &MatchExpr,
    import: Option<i64>,
    bound: i64,
) -> AppResult<i64> {
    let mut counted = 0;
    for between in pieces(conn, question, import, EVERYWHERE)? {
        in_time()?;
        let count =
            Count(Labelled { expression: &question.expression, import, between, bound: bound - counted });
        let piece: i64 = count.get_result(conn)?;
        counted += piece;
        if counted >= bound {
            break;
        }
    }
    Ok(counted)
}

/// Contacts whose statuses are read if there are more than are counted: enough for a status that most of them have.
const LOOKED_AT: usize = 125;

/// Like [`count`], with the statuses of all matching contacts, or of the first of them if there are at least `bound`.
pub fn counts(
    conn: &mut SqliteConnection,
    query: &Query,
    question: &MatchExpr,
    import: Option<i64>,
    bound: i64,
) -> AppResult<Counts> {
    if let Some(counts) = counts_by_place(conn, query, import, bound)? {
        return Ok(counts);
    }
    let mut labels: Vec<i64> = Vec::new();
    for between in pieces(conn, question, import, EVERYWHERE)? {
        in_time()?;
        let matching = Labelled {
            expression: &question.expression,
            import,
            between,
            bound: bound - labels.len() as i64,
        };
        labels.append(&mut matching.load(conn)?);
        if labels.len() as i64 >= bound {
            break;
        }
    }
    counts_of(conn, &labels, bound)
}

/// The number of these labels, with the statuses of their contacts, or of the first of them if there are at least `bound`.
fn counts_of(conn: &mut SqliteConnection, labels: &[i64], bound: i64) -> AppResult<Counts> {
    let total = labels.len() as i64;
    let is_all = total < bound;
    let looked_at = if is_all { labels.len() } else { LOOKED_AT };
    let looked_at = in_json_list("order_label", labels.get(..looked_at).unwrap_or(labels))?;
    Ok(Counts {
        total,
        with_status: with_status(conn, labelled::table.filter(looked_at).into_boxed())?,
        is_all,
    })
}

/// Counts by the list's order alone; `None` if there are fewer than `bound` contacts, or the order alone cannot decide.
fn counts_by_place(
    conn: &mut SqliteConnection,
    query: &Query,
    import: Option<i64>,
    bound: i64,
) -> AppResult<Option<Counts>> {
    let Some(stretch) = plan::beginning_of(query).filter(|_| import.is_none()) else {
        return Ok(None);
    };
    let (Some(first), Some(last)) = (first_from(conn, &stretch.from)?, last_before(conn, &stretch.to)?)
    else {
        return Ok(None);
    };
    // SQLite skips the rows before it in the index alone, which costs less than counting them.
    let mut label_of = |number: i64| -> AppResult<Option<i64>> {
        Ok(labelled::table
            .filter(labelled::order_label.between(first, last))
            .order(labelled::order_label)
            .select(labelled::order_label.assume_not_null())
            .offset(number - 1)
            .first(conn)
            .optional()?)
    };
    if label_of(bound)?.is_none() {
        return Ok(None);
    }
    let Some(last_looked_at) = label_of(LOOKED_AT as i64)? else {
        return Ok(None);
    };
    let looked_at = labelled::order_label.between(first, last_looked_at);
    Ok(Some(Counts {
        total: bound,
        with_status: with_status(conn, labelled::table.filter(looked_at).into_boxed())?,
        is_all: false,
    }))
}

/// The number of these contacts with each status.
fn with_status(conn: &mut SqliteConnection, of: labelled::BoxedQuery<'_, Sqlite>) -> AppResult<[i64; 3]> {
    let counted: (i64, i64, i64) = of
        .select((
            dsl::count(labelled::id).aggregate_filter(labelled::expert),
            dsl::count(labelled::id).aggregate_filter(labelled::copy),
            dsl::count(labelled::id).aggregate_filter(labelled::transfer),
        ))
        .first(conn)?;
    Ok(counted.into())
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
