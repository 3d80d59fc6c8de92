//! `column IN (values)` with all values in one bound parameter. With a thousand parameters, SQLite takes longer to parse a
//! statement than to run it, and diesel prepares a new statement for each number of values.

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

/// The condition that [`among`] returns.
#[derive(Debug)]
pub struct Among<'a, T> {
    column: &'static str,
    values: &'a [T],
    json: String,
}

/// The condition that a column, named as in SQL, has one of these values. On PostgreSQL it works for ids only: for other types,
/// use `eq_any` there.
///
/// # Errors
/// The values cannot be written as JSON, which does not happen with numbers and texts.
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

/// The cache of prepared statements uses the SQL text as the key, because the text contains the column.
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
