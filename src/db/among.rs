//! `column IN (values)` with all values in one bound parameter: SQLite reads a statement with a thousand places for longer
//! than it runs it, and diesel prepares one anew for each number of values.

use diesel::QueryResult;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Text};
use diesel::sqlite::Sqlite;
use serde::Serialize;

use crate::error::AppResult;

/// See [`among`].
#[derive(Debug)]
pub struct Among<'a, T> {
    column: &'static str,
    values: &'a [T],
    json: String,
}

/// Whether a column, named as in SQL, has one of these values. On PostgreSQL for ids only: `eq_any` does it there.
///
/// # Errors
/// None that numbers and texts have: all of them can be written as JSON.
pub fn among<'a, T: Serialize>(column: &'static str, values: &'a [T]) -> AppResult<Among<'a, T>> {
    Ok(Among {
        column,
        values,
        json: serde_json::to_string(values)?,
    })
}

impl<T> Expression for Among<'_, T> {
    type SqlType = Bool;
}

impl<T, GB> ValidGrouping<GB> for Among<'_, T> {
    type IsAggregate = is_aggregate::No;
}

impl<T, QS> AppearsOnTable<QS> for Among<'_, T> {}

impl<T, QS> SelectableExpression<QS> for Among<'_, T> {}

/// Prepared once by its text, as the column is part of it.
impl<T> QueryId for Among<'_, T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> QueryFragment<Sqlite> for Among<'_, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.column);
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl QueryFragment<Pg> for Among<'_, i64> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.column);
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<BigInt>, _>(self.values)?;
        out.push_sql(")");
        Ok(())
    }
}
