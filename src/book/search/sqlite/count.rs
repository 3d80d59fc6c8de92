//! The number of contacts that match.

use diesel::SqliteConnection;
use diesel::dsl;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;

use super::labelled;
use super::pieces::pieces;
use super::question::MatchExpr;
use super::walk::{EVERYWHERE, Labelled, first_from, last_before};
use crate::book::search::{CountBounds, HitCounts, plan};
use crate::db::{in_json_list, in_time};
use crate::domain::Query;
use crate::error::AppResult;

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
    imports: &[i64],
    bound: i64,
) -> AppResult<i64> {
    let mut counted = 0;
    for between in pieces(conn, question, imports, EVERYWHERE)? {
        in_time()?;
        let count =
            Count(Labelled { expression: &question.expression, imports, between, bound: bound - counted });
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

/// Like [`count`], with the numbers of the statuses as far as the first contacts show them.
pub fn counts(
    conn: &mut SqliteConnection,
    query: &Query,
    question: &MatchExpr,
    imports: &[i64],
    bounds: CountBounds,
) -> AppResult<HitCounts> {
    if let Some(counts) = counts_by_place(conn, query, imports, bounds)? {
        return Ok(counts);
    }
    let mut labels: Vec<i64> = Vec::new();
    for between in pieces(conn, question, imports, EVERYWHERE)? {
        in_time()?;
        let matching = Labelled {
            expression: &question.expression,
            imports,
            between,
            bound: bounds.total - labels.len() as i64,
        };
        labels.append(&mut matching.load(conn)?);
        if labels.len() as i64 >= bounds.total {
            break;
        }
    }
    counts_of(conn, &labels, bounds)
}

/// The number of these labels, and what their contacts, or the first of them if there are many, show of the statuses.
pub(super) fn counts_of(
    conn: &mut SqliteConnection,
    labels: &[i64],
    bounds: CountBounds,
) -> AppResult<HitCounts> {
    let total = labels.len() as i64;
    let is_all = total < bounds.total;
    let looked_at = if is_all { labels.len() } else { LOOKED_AT };
    let looked_at = in_json_list("order_label", labels.get(..looked_at).unwrap_or(labels))?;
    let counted = with_status(conn, labelled::table.filter(looked_at).into_boxed())?;
    let with_status = counted.map(|count| Some(count).filter(|count| is_all || *count >= bounds.with_status));
    Ok(HitCounts { total: Some(total), with_status })
}

/// Counts by the list's order alone; `None` if there are fewer contacts than the bound, or the order alone cannot decide.
fn counts_by_place(
    conn: &mut SqliteConnection,
    query: &Query,
    imports: &[i64],
    bounds: CountBounds,
) -> AppResult<Option<HitCounts>> {
    let Some(stretch) = plan::beginning_of(query).filter(|_| imports.is_empty()) else {
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
    if label_of(bounds.total)?.is_none() {
        return Ok(None);
    }
    let Some(last_looked_at) = label_of(LOOKED_AT as i64)? else {
        return Ok(None);
    };
    let looked_at = labelled::order_label.between(first, last_looked_at);
    let counted = with_status(conn, labelled::table.filter(looked_at).into_boxed())?;
    let with_status = counted.map(|count| Some(count).filter(|count| *count >= bounds.with_status));
    Ok(Some(HitCounts { total: Some(bounds.total), with_status }))
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
