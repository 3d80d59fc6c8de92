//! Statements that are written as SQL and prepared once per connection; diesel's `sql_query` is parsed and planned at each use,
//! which took PostgreSQL 0.2 ms for a search.

use chrono::NaiveDateTime;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamp, Untyped};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl};

/// A value of a statement. SQLite has no lists.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    Text(&'a str),
    TextOrNull(Option<&'a str>),
    Number(i64),
    NumberOrNull(Option<i64>),
    Time(NaiveDateTime),
    Numbers(&'a [i64]),
    Texts(Vec<&'a str>),
    TextsOrNull(Vec<Option<&'a str>>),
    FlagsOrNull(Vec<Option<bool>>),
    NumbersOrNull(Vec<Option<i64>>),
}

/// A statement with a `?` for each value, in their order. There are few different texts, because each one is kept.
#[derive(Debug)]
pub struct Statement<'a> {
    sql: &'a str,
    values: Vec<Value<'a>>,
}

impl<'a> Statement<'a> {
    pub fn new(sql: &'a str, values: impl Into<Vec<Value<'a>>>) -> Self {
        Self { sql, values: values.into() }
    }

    /// The SQL text before, between and after the values, each with the value that follows it.
    fn pieces(&self) -> impl Iterator<Item = (&str, Option<&Value<'a>>)> {
        let values = self.values.iter().map(Some).chain([None]);
        self.sql.split('?').zip(values)
    }
}

impl Query for Statement<'_> {
    type SqlType = Untyped;
}

impl<Conn> RunQueryDsl<Conn> for Statement<'_> {}

/// The cache of prepared statements uses the SQL text as the key.
impl QueryId for Statement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for Statement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (piece, value) in self.pieces() {
            out.push_sql(piece);
            match value {
                None => {}
                Some(Value::Text(text)) => out.push_bind_param::<Text, _>(text)?,
                Some(Value::TextOrNull(text)) => out.push_bind_param::<Nullable<Text>, _>(text)?,
                Some(Value::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Some(Value::NumberOrNull(number)) => out.push_bind_param::<Nullable<BigInt>, _>(number)?,
                Some(Value::Time(time)) => out.push_bind_param::<Timestamp, _>(time)?,
                Some(Value::Numbers(list)) => out.push_bind_param::<Array<BigInt>, _>(list)?,
                Some(Value::Texts(list)) => out.push_bind_param::<Array<Text>, _>(list)?,
                Some(Value::TextsOrNull(list)) => out.push_bind_param::<Array<Nullable<Text>>, _>(list)?,
                Some(Value::FlagsOrNull(list)) => out.push_bind_param::<Array<Nullable<Bool>>, _>(list)?,
                Some(Value::NumbersOrNull(list)) => {
                    out.push_bind_param::<Array<Nullable<BigInt>>, _>(list)?;
                }
            }
        }
        Ok(())
    }
}

impl QueryFragment<Sqlite> for Statement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        for (piece, value) in self.pieces() {
            out.push_sql(piece);
            match value {
                None => {}
                Some(Value::Text(text)) => out.push_bind_param::<Text, _>(text)?,
                Some(Value::TextOrNull(text)) => out.push_bind_param::<Nullable<Text>, _>(text)?,
                Some(Value::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Some(Value::NumberOrNull(number)) => out.push_bind_param::<Nullable<BigInt>, _>(number)?,
                Some(Value::Time(time)) => out.push_bind_param::<Timestamp, _>(time)?,
                Some(_) => return Err(Error::QueryBuilderError("SQLite has no lists".into())),
            }
        }
        Ok(())
    }
}
