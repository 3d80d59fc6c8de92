//! Rows of any table, read from one database and written to another.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::connection::DefaultLoadingMode;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::pg::{Pg, PgRowByRowLoadingMode};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::row::{Field as _, NamedRow, Row as Fields};
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Bool, Date, Nullable, Text, Timestamp};
use diesel::sqlite::Sqlite;
use sha2::{Digest as _, Sha256};

use super::schema::{Column, Table, ValueKind};
use crate::base::random::hex;
use crate::db::{AnyConnection, on_backend};
use crate::error::AppResult;

#[derive(Debug)]
pub enum CellValue {
    Integer(Option<i64>),
    Flag(Option<bool>),
    Text(Option<String>),
    Time(Option<NaiveDateTime>),
    Day(Option<NaiveDate>),
    Bytes(Option<Vec<u8>>),
}

/// The values of the selected columns, in their order.
pub struct CopiedRow(pub Vec<CellValue>);

impl CopiedRow {
    /// The approximate size in bytes.
    pub fn size(&self) -> usize {
        let size = |value: &CellValue| match value {
            CellValue::Text(text) => text.as_ref().map_or(0, String::len),
            CellValue::Bytes(bytes) => bytes.as_ref().map_or(0, Vec::len),
            _ => 8,
        };
        self.0.iter().map(size).sum()
    }
}

impl CellValue {
    /// Returns a text that is the same for both databases, or `None` for a null value.
    fn canonical(&self) -> Option<Vec<u8>> {
        match self {
            Self::Integer(value) => value.map(|value| value.to_string().into_bytes()),
            Self::Flag(value) => value.map(|value| value.to_string().into_bytes()),
            Self::Text(value) => value.as_ref().map(|value| value.as_bytes().to_vec()),
            Self::Time(value) => value.map(|value| value.format("%F %T%.6f").to_string().into_bytes()),
            Self::Day(value) => value.map(|value| value.to_string().into_bytes()),
            Self::Bytes(value) => value.clone(),
        }
    }
}

/// One or more rows to insert in one statement.
pub struct Insert<'a> {
    pub table: &'a str,
    pub columns: &'a [&'a Column],
    pub rows: &'a [CopiedRow],
}

impl QueryId for Insert<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Conn> RunQueryDsl<Conn> for Insert<'_> {}

/// The same code for both databases; diesel has no trait bounds that express it for any database.
macro_rules! speak {
    ($database:ty) => {
        impl QueryableByName<$database> for CopiedRow {
            fn build<'a>(row: &impl NamedRow<'a, $database>) -> deserialize::Result<Self> {
                let mut values = Vec::with_capacity(row.field_count());
                for index in 0..row.field_count() {
                    let field = Fields::get(row, index).ok_or("a column is missing")?;
                    let kind = field.field_name().and_then(ValueKind::parse);
                    values.push(match kind.ok_or("a column without a kind")? {
                        ValueKind::Integer => {
                            CellValue::Integer(read::<BigInt, _, $database>(field.value())?)
                        }
                        ValueKind::Flag => CellValue::Flag(read::<Bool, _, $database>(field.value())?),
                        ValueKind::Text => CellValue::Text(read::<Text, _, $database>(field.value())?),
                        ValueKind::Time => CellValue::Time(read::<Timestamp, _, $database>(field.value())?),
                        ValueKind::Day => CellValue::Day(read::<Date, _, $database>(field.value())?),
                        ValueKind::Bytes => CellValue::Bytes(read::<Binary, _, $database>(field.value())?),
                    });
                }
                Ok(Self(values))
            }
        }

        impl QueryFragment<$database> for Insert<'_> {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $database>) -> QueryResult<()> {
                out.push_sql("INSERT INTO ");
                out.push_identifier(self.table)?;
                for (index, column) in self.columns.iter().enumerate() {
                    out.push_sql(if index == 0 { " (" } else { ", " });
                    out.push_identifier(&column.name)?;
                }
                out.push_sql(") VALUES ");
                for (index, row) in self.rows.iter().enumerate() {
                    out.push_sql(if index == 0 { "(" } else { "), (" });
                    for (index, value) in row.0.iter().enumerate() {
                        if index > 0 {
                            out.push_sql(", ");
                        }
                        match value {
                            CellValue::Integer(value) => out.push_bind_param::<Nullable<BigInt>, _>(value)?,
                            CellValue::Flag(value) => out.push_bind_param::<Nullable<Bool>, _>(value)?,
                            CellValue::Text(value) => out.push_bind_param::<Nullable<Text>, _>(value)?,
                            CellValue::Time(value) => out.push_bind_param::<Nullable<Timestamp>, _>(value)?,
                            CellValue::Day(value) => out.push_bind_param::<Nullable<Date>, _>(value)?,
                            CellValue::Bytes(value) => out.push_bind_param::<Nullable<Binary>, _>(value)?,
                        }
                    }
                }
                out.push_sql(")");
                Ok(())
            }
        }
    };
}
speak!(Sqlite);
speak!(Pg);

fn read<ST, T, DB: diesel::backend::Backend>(
    value: Option<DB::RawValue<'_>>,
) -> deserialize::Result<Option<T>>
where
    T: FromSql<ST, DB>,
{
    value.map(T::from_sql).transpose()
}

impl Insert<'_> {
    pub fn run(self, conn: &mut AnyConnection) -> AppResult<()> {
        Ok(on_backend!(conn, |conn| self.execute(conn)).map(drop)?)
    }
}

/// Calls `take` with each row of a table, in the order of its key, without keeping rows in memory.
pub fn each(
    conn: &mut AnyConnection,
    table: &Table,
    columns: &[&Column],
    mut take: impl FnMut(CopiedRow) -> AppResult<()>,
) -> AppResult<()> {
    // The alias of each column is its kind, which tells [`CopiedRow`] how to read the value.
    let selected: Vec<String> =
        columns.iter().map(|column| format!("\"{}\" AS {}", column.name, column.kind.as_str())).collect();
    let is_postgres = matches!(conn, AnyConnection::Postgres(_));
    let order: Vec<String> = table
        .key
        .iter()
        .map(|column| match column.kind {
            // In the order of bytes, as in SQLite.
            ValueKind::Text if is_postgres => format!("\"{}\" COLLATE \"C\"", column.name),
            _ => format!("\"{}\"", column.name),
        })
        .collect();
    let query = sql_query(format!(
        "SELECT {} FROM \"{}\" ORDER BY {}",
        selected.join(", "),
        table.name,
        order.join(", ")
    ));
    match conn {
        AnyConnection::Sqlite(conn) => {
            for row in query.load_iter::<CopiedRow, DefaultLoadingMode>(conn)? {
                take(row?)?;
            }
        }
        AnyConnection::Postgres(conn) => {
            for row in query.load_iter::<CopiedRow, PgRowByRowLoadingMode>(conn)? {
                take(row?)?;
            }
        }
    }
    Ok(())
}

/// The row count and checksum of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    pub rows: i64,
    /// SHA-256 of the canonical text of every column of every row.
    pub checksum: String,
}

pub fn sum(conn: &mut AnyConnection, table: &Table) -> AppResult<Sum> {
    let columns: Vec<&Column> = table.columns.iter().collect();
    let mut hash = Sha256::new();
    let mut rows = 0;
    each(conn, table, &columns, |row| {
        rows += 1;
        for value in &row.0 {
            // The length precedes each value, so that different rows never give the same bytes.
            match value.canonical() {
                Some(text) => {
                    hash.update((text.len() as u64 + 1).to_le_bytes());
                    hash.update(text);
                }
                None => hash.update(0_u64.to_le_bytes()),
            }
        }
        Ok(())
    })?;
    Ok(Sum { rows, checksum: hex(&hash.finalize()) })
}
