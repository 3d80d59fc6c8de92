//! Copies one book into an empty one, with one transaction on each side: the source is read as of one moment, and the target
//! gets everything or nothing.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::rows::{self, CopiedRow, Insert, Sum};
use super::schema::{self, Column, TABLES, Table};
use crate::base::stop::Stop;
use crate::book::counts;
use crate::changes;
use crate::db::home;
use crate::db::schema::contacts;
use crate::db::{AnyConnection, on_backend, settings};
use crate::error::{AppError, AppResult};

/// Rows, values and bytes per statement. SQLite accepts at most 32 766 values.
const ROWS: usize = 1_000;
const VALUES: usize = 16_000;
const BYTES: usize = 4 << 20;
/// Contacts per step whose references to other contacts are set.
const STEP: i64 = 1_000;

/// References between contacts, also to later ones; they are set when all contacts are copied.
const LATER: [&str; 2] = ["substitute_id", "merged_into"];

/// The reason why a copy is discarded.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("the two databases have different schemas")]
    Shapes,
    #[error("the target is not empty: table {0} has rows")]
    NotEmpty(&'static str),
    #[error("the copy differs from the book")]
    Differs(Vec<Compared>),
}

impl From<Trouble> for AppError {
    fn from(trouble: Trouble) -> Self {
        Self::Internal(trouble.into())
    }
}

/// A table as read again on each side, for comparison.
#[derive(Debug)]
pub struct Compared {
    pub table: &'static str,
    pub source: Sum,
    pub target: Sum,
}

/// Starts reading a book as of now; concurrent writes are not seen.
pub fn begin_reading(source: &mut AnyConnection) -> AppResult<()> {
    Ok(source.batch_execute(match source {
        AnyConnection::Sqlite(_) => "BEGIN",
        // This transaction waits for the other database, longer than the idle limit of the server's transactions.
        AnyConnection::Postgres(_) => {
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0"
        }
    })?)
}

/// Copies everything in the target's transaction, and compares the two sides. The search index is left to be built.
///
/// # Errors
/// A [`Trouble`], or [`AppError::Unavailable`] if the process is asked to end.
pub fn copy(source: &mut AnyConnection, target: &mut AnyConnection, stop: &Stop) -> AppResult<Vec<Compared>> {
    let tables = schema::tables(source)?;
    if tables != schema::tables(target)? {
        return Err(Trouble::Shapes.into());
    }
    keep_others_out(target)?;
    for table in TABLES {
        if holds_something(target, table)? {
            return Err(Trouble::NotEmpty(table).into());
        }
    }
    for table in &tables {
        if table.name == "feed" {
            changes::clear(target)?;
        }
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
    // All words are learned with the new index.
    settings::forget(target, settings::BOOK_WORDS)?;
    counts::fold_all(target)?;
    changes::number_all(target)?;
    // That was a backup of the other book.
    settings::forget_last_backup(target)?;
    home::leave(target)?;
    Ok(compared)
}

/// A server on the target could write during the copy. SQLite allows only one writer anyway.
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
    let columns: Vec<&Column> = table.columns.iter().filter(|column| !is_later(column)).collect();
    let most = ROWS.min(VALUES / columns.len().max(1));
    let mut batch: Vec<CopiedRow> = Vec::new();
    let mut bytes = 0;
    let mut write = |batch: &mut Vec<CopiedRow>| {
        go_on(stop)?;
        let insert = Insert { table: &table.name, columns: &columns, rows: batch };
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
        let refer = contacts::substitute_id.is_not_null().or(contacts::merged_into.is_not_null());
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
                .set((contacts::substitute_id.eq(substitute), contacts::merged_into.eq(merged_into)))
                .execute(target)?;
        }
    }
}

/// Returns the last assigned id, even if its row is gone: the history may still mention it.
fn last_id(conn: &mut AnyConnection, table: &str) -> AppResult<i64> {
    let sql = match conn {
        AnyConnection::Sqlite(_) => {
            "SELECT COALESCE(MAX(seq), 0) AS number FROM sqlite_sequence WHERE name = ?"
        }
        AnyConnection::Postgres(_) => {
            "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence($1, 'id')), 0) AS number"
        }
    };
    let found: Number = on_backend!(conn, |conn| sql_query(sql).bind::<Text, _>(table).get_result(conn))?;
    Ok(found.number)
}

fn set_last_id(conn: &mut AnyConnection, table: &str, last: i64) -> AppResult<()> {
    if last == 0 {
        return Ok(());
    }
    match conn {
        AnyConnection::Sqlite(conn) => {
            sql_query("DELETE FROM sqlite_sequence WHERE name = ?").bind::<Text, _>(table).execute(conn)?;
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
        return Err(AppError::Unavailable(anyhow::anyhow!("the process is asked to end")));
    }
    Ok(())
}
