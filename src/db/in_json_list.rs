//! `column IN (values)` with all values in one bound parameter. With a thousand parameters, SQLite takes longer to parse a
//! statement than to run it, and diesel prepares a new statement for each number of values.

use diesel::QueryResult;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Text};
use diesel::sqlite::Sqlite;
use serde::Serialize;

use crate::error::AppResult;

/// The condition that [`in_json_list`] returns.
#[derive(Debug)]
pub struct InJsonList<'a, T> {
    column: &'static str,
    values: &'a [T],
    json: String,
}

/// The condition that a column, named as in SQL, has one of these values. On PostgreSQL it works for ids and
/// texts.
///
/// # Errors
/// The values cannot be written as JSON, which does not happen with numbers and texts.
pub fn in_json_list<'a, T: Serialize>(column: &'static str, values: &'a [T]) -> AppResult<InJsonList<'a, T>> {
    Ok(InJsonList { column, values, json: serde_json::to_string(values)? })
}

impl<T> Expression for InJsonList<'_, T> {
    type SqlType = Bool;
}

impl<T, GB> ValidGrouping<GB> for InJsonList<'_, T> {
    type IsAggregate = is_aggregate::No;
}

impl<T, QS> AppearsOnTable<QS> for InJsonList<'_, T> {}

impl<T, QS> SelectableExpression<QS> for InJsonList<'_, T> {}

/// The cache of prepared statements uses the SQL text as the key, because the text contains the column.
impl<T> QueryId for InJsonList<'_, T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> QueryFragment<Sqlite> for InJsonList<'_, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.column);
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl QueryFragment<Pg> for InJsonList<'_, i64> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.column);
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<BigInt>, _>(self.values)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Pg> for InJsonList<'_, &str> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.column);
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<Text>, _>(self.values)?;
        out.push_sql(")");
        Ok(())
    }
}
