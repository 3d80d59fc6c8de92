//! Statements for PostgreSQL that are written as SQL and prepared once per connection; diesel's `sql_query` is parsed and planned
//! at each use, which took 0.2 ms for a search.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Text, Untyped};
use diesel::{PgConnection, QueryResult, RunQueryDsl};

/// A value of a statement.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    Text(&'a str),
    Number(i64),
    Numbers(&'a [i64]),
}

/// A statement with a `?` for each value, in their order. There are few different texts, because each one is kept.
#[derive(Debug)]
pub struct PgStatement<'a> {
    sql: &'a str,
    values: Vec<Value<'a>>,
}

impl<'a> PgStatement<'a> {
    pub fn new(sql: &'a str, values: impl Into<Vec<Value<'a>>>) -> Self {
        Self { sql, values: values.into() }
    }
}

impl Query for PgStatement<'_> {
    type SqlType = Untyped;
}

impl RunQueryDsl<PgConnection> for PgStatement<'_> {}

/// The cache of prepared statements uses the SQL text as the key.
impl QueryId for PgStatement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for PgStatement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut pieces = self.sql.split('?');
        out.push_sql(pieces.next().unwrap_or_default());
        for (piece, value) in pieces.zip(&self.values) {
            match value {
                Value::Text(text) => out.push_bind_param::<Text, _>(text)?,
                Value::Number(number) => out.push_bind_param::<BigInt, _>(number)?,
                Value::Numbers(numbers) => out.push_bind_param::<Array<BigInt>, _>(numbers)?,
            }
            out.push_sql(piece);
        }
        Ok(())
    }
}
