//! From one book into an empty one, in one transaction on each side: the source is read as it is at one moment, and the
//! other holds all of it, or nothing.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::rows::{self, Insert, Row, Sum};
use super::shape::{self, Column, TABLES, Table};
use crate::base::stop::Stop;
use crate::db::schema::contacts;
use crate::db::{AnyConnection, on_backend, settings};
use crate::error::{AppError, AppResult};

/// Rows, values and bytes that are written at once. SQLite takes no more than 32 766 values.
const ROWS: usize = 1_000;
const VALUES: usize = 16_000;
const BYTES: usize = 4 << 20;
/// Contacts whose references to one another are set at once.
const STEP: i64 = 1_000;

/// Contacts point to one another, to later ones too: set when all are there.
const LATER: [&str; 2] = ["substitute_id", "merged_into"];

/// Why a copy is not kept.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("the two books are not of the same shape")]
    Shapes,
    #[error("the target holds something in {0}")]
    NotEmpty(&'static str),
    #[error("the copy differs from the book")]
    Differs(Vec<Compared>),
}

impl From<Trouble> for AppError {
    fn from(trouble: Trouble) -> Self {
        Self::Internal(trouble.into())
    }
}

/// A table as it was found on each side, by itself.
#[derive(Debug)]
pub struct Compared {
    pub table: &'static str,
    pub source: Sum,
    pub target: Sum,
}

/// Begins to read a book as it is now; what others write meanwhile is not seen.
///
/// # Errors
/// Those of the database.
pub fn begin_reading(source: &mut AnyConnection) -> AppResult<()> {
    Ok(source.batch_execute(match source {
        AnyConnection::Sqlite(_) => "BEGIN",
        // It waits for the other database longer than a transaction of the server's may.
        AnyConnection::Postgres(_) => {
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0"
        }
    })?)
}

/// Copies everything, in the target's transaction, and compares. The search index is left to be made.
///
/// # Errors
/// Those of the databases, a [`Trouble`], and [`AppError::Unavailable`] when the process is to end.
pub fn copy(
    source: &mut AnyConnection,
    target: &mut AnyConnection,
    stop: &Stop,
) -> AppResult<Vec<Compared>> {
    let tables = shape::tables(source)?;
    if tables != shape::tables(target)? {
        return Err(Trouble::Shapes.into());
    }
    keep_others_out(target)?;
    for table in TABLES {
        if holds_something(target, table)? {
            return Err(Trouble::NotEmpty(table).into());
        }
    }
    for table in &tables {
        copy_rows(source, target, table, stop)?;
    }
    copy_references(source, target)?;
    let mut compared = Vec::new();
    for (name, table) in TABLES.into_iter().zip(&tables) {
        go_on(stop)?;
        compared.push(Compared {
            table: name,
            source: rows::sum(source, table)?,
            target: rows::sum(target, table)?,
        });
    }
    if compared.iter().any(|table| table.source != table.target) {
        return Err(Trouble::Differs(compared).into());
    }
    for table in tables.iter().filter(|table| table.counts_ids) {
        set_last_id(target, &table.name, last_id(source, &table.name)?)?;
    }
    settings::set(target, settings::SEARCH_INDEX, settings::STALE)?;
    Ok(compared)
}

/// A server on the target would fill it meanwhile. SQLite has one writer anyway.
fn keep_others_out(target: &mut AnyConnection) -> AppResult<()> {
    if let AnyConnection::Postgres(conn) = target {
        conn.batch_execute(&format!(
            "SET LOCAL idle_in_transaction_session_timeout = 0; LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE",
            TABLES.join(", ")
        ))?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn holds_something(conn: &mut AnyConnection, table: &str) -> AppResult<bool> {
    let sql = format!("SELECT COUNT(*) AS number FROM (SELECT 1 FROM {table} LIMIT 1) AS first");
    let found: Number = on_backend!(conn, |conn| sql_query(sql).get_result(conn))?;
    Ok(found.number > 0)
}

fn copy_rows(
    source: &mut AnyConnection,
    target: &mut AnyConnection,
    table: &Table,
    stop: &Stop,
) -> AppResult<()> {
    let is_later = |column: &Column| table.name == "contacts" && LATER.contains(&&*column.name);
    let columns: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| !is_later(column))
        .collect();
    let most = ROWS.min(VALUES / columns.len().max(1));
    let mut batch: Vec<Row> = Vec::new();
    let mut bytes = 0;
    let mut write = |batch: &mut Vec<Row>| {
        go_on(stop)?;
        let insert = Insert {
            table: &table.name,
            columns: &columns,
            rows: batch,
        };
        insert.run(target)?;
        batch.clear();
        Ok::<_, AppError>(())
    };
    rows::each(source, table, &columns, |row| {
        bytes += row.size();
        batch.push(row);
        if batch.len() >= most || bytes >= BYTES {
            write(&mut batch)?;
            bytes = 0;
        }
        Ok(())
    })?;
    if batch.is_empty() {
        return Ok(());
    }
    write(&mut batch)
}

fn copy_references(source: &mut AnyConnection, target: &mut AnyConnection) -> AppResult<()> {
    let mut last = 0;
    loop {
        let refer = contacts::substitute_id
            .is_not_null()
            .or(contacts::merged_into.is_not_null());
        let found: Vec<(i64, Option<i64>, Option<i64>)> = contacts::table
            .filter(contacts::id.gt(last))
            .filter(refer)
            .order(contacts::id)
            .select((contacts::id, contacts::substitute_id, contacts::merged_into))
            .limit(STEP)
            .load(source)?;
        let Some((end, ..)) = found.last() else {
            return Ok(());
        };
        last = *end;
        for (id, substitute, merged_into) in found {
            diesel::update(contacts::table.find(id))
                .set((
                    contacts::substitute_id.eq(substitute),
                    contacts::merged_into.eq(merged_into),
                ))
                .execute(target)?;
        }
    }
}

/// The last id that was ever given, also to a row that is gone: the history may still tell of it.
fn last_id(conn: &mut AnyConnection, table: &str) -> AppResult<i64> {
    let sql = match conn {
        AnyConnection::Sqlite(_) => {
            "SELECT COALESCE(MAX(seq), 0) AS number FROM sqlite_sequence WHERE name = ?"
        }
        AnyConnection::Postgres(_) => {
            "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence($1, 'id')), 0) AS number"
        }
    };
    let found: Number = on_backend!(conn, |conn| sql_query(sql)
        .bind::<Text, _>(table)
        .get_result(conn))?;
    Ok(found.number)
}

fn set_last_id(conn: &mut AnyConnection, table: &str, last: i64) -> AppResult<()> {
    if last == 0 {
        return Ok(());
    }
    match conn {
        AnyConnection::Sqlite(conn) => {
            sql_query("DELETE FROM sqlite_sequence WHERE name = ?")
                .bind::<Text, _>(table)
                .execute(conn)?;
            sql_query("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)")
                .bind::<Text, _>(table)
                .bind::<BigInt, _>(last)
                .execute(conn)?;
        }
        AnyConnection::Postgres(conn) => {
            sql_query("SELECT setval(pg_get_serial_sequence($1, 'id'), $2)")
                .bind::<Text, _>(table)
                .bind::<BigInt, _>(last)
                .execute(conn)?;
        }
    }
    Ok(())
}

fn go_on(stop: &Stop) -> AppResult<()> {
    if stop.is_asked() {
        return Err(AppError::Unavailable(anyhow::anyhow!(
            "the process is to end"
        )));
    }
    Ok(())
}
