//! Columns that are written as SQL, in statements that are prepared once per connection. With a column of diesel's `sql`, a statement
//! is parsed and planned at each use: on PostgreSQL that took 0.2 ms each time that contacts were read.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping, is_aggregate,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

/// A column of a select clause, written as SQL without values.
#[derive(Debug, Clone, Copy)]
pub struct SqlColumn<ST> {
    sql: &'static str,
    kind: PhantomData<ST>,
}

/// The column that this SQL computes.
pub fn sql_column<ST>(sql: &'static str) -> SqlColumn<ST> {
    SqlColumn { sql, kind: PhantomData }
}

impl<ST: TypedExpressionType> Expression for SqlColumn<ST> {
    type SqlType = ST;
}

impl<ST, GB> ValidGrouping<GB> for SqlColumn<ST> {
    type IsAggregate = is_aggregate::Never;
}

impl<ST, QS> AppearsOnTable<QS> for SqlColumn<ST> where Self: Expression {}

impl<ST, QS> SelectableExpression<QS> for SqlColumn<ST> where Self: Expression {}

/// The cache of prepared statements uses the SQL text as the key.
impl<ST> QueryId for SqlColumn<ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST, DB: Backend> QueryFragment<DB> for SqlColumn<ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.sql);
        Ok(())
    }
}
