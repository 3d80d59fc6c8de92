//! Finding contacts by the words of [`crate::domain::Findable`], in the list's order, at a cost that hardly
//! depends on how many match. What the two databases do for it differs wholly, so each has its file; the
//! words, the questions and the answers are the same.

mod order;
mod postgres;
mod sqlite;

use super::filter::{Cursor, Direction};
use super::words::{self, Document};
use crate::db::AnyConnection;
use crate::domain::Query;
use crate::error::AppResult;

/// What a search is asked.
pub struct Search<'a> {
    pub query: &'a Query,
    pub import: Option<i64>,
    /// Beyond which place of the list, and which way from there.
    pub from: Option<&'a Cursor>,
    pub direction: Direction,
    pub limit: i64,
}

/// The ids of the next contacts that match, nearest to the cursor first.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut AnyConnection, search: &Search<'_>) -> AppResult<Vec<i64>> {
    match conn {
        AnyConnection::Sqlite(conn) => sqlite::find(conn, search),
        AnyConnection::Postgres(conn) => postgres::find(conn, search),
    }
}

/// How many match, counted no further than `bound`.
///
/// # Errors
/// Those of the database.
pub fn count(
    conn: &mut AnyConnection,
    query: &Query,
    import: Option<i64>,
    bound: i64,
) -> AppResult<i64> {
    match conn {
        AnyConnection::Sqlite(conn) => sqlite::count(conn, query, import, bound),
        AnyConnection::Postgres(conn) => postgres::count(conn, query, import, bound),
    }
}

/// Brings the index up to what these contacts are now: new, changed or restored. In the transaction that
/// stored them.
///
/// # Errors
/// Those of the database.
pub fn index(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<()> {
    let documents = words::documents(conn, ids)?;
    let moved = match conn {
        AnyConnection::Postgres(conn) => return postgres::index(conn, &documents),
        AnyConnection::Sqlite(conn) => sqlite::index(conn, &documents)?,
    };
    let moved: Vec<Document> = words::documents(conn, &moved)?;
    match conn {
        AnyConnection::Sqlite(conn) => sqlite::write_words(conn, &moved),
        AnyConnection::Postgres(_) => Ok(()),
    }
}

/// Takes deleted contacts out of the index.
///
/// # Errors
/// Those of the database.
pub fn remove(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<()> {
    match conn {
        AnyConnection::Sqlite(conn) => sqlite::remove(conn, ids),
        // Its partial index leaves deleted contacts out by itself.
        AnyConnection::Postgres(_) => Ok(()),
    }
}

/// Writes the index's pieces together, a bounded stretch at a time, so that words of deleted contacts stand nowhere in it
/// any more; returns whether there is more to do. PostgreSQL's vacuum does that in its own time.
///
/// # Errors
/// Those of the database.
pub fn compact(conn: &mut AnyConnection, stretch: Stretch) -> AppResult<bool> {
    match conn {
        AnyConnection::Sqlite(conn) => sqlite::compact(conn, stretch),
        AnyConnection::Postgres(_) => Ok(false),
    }
}

/// Which part of compacting the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    First,
    Next,
}
