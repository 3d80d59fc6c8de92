//! Finding contacts by the words of [`crate::domain::Findable`], in the list's order, at a cost that hardly
//! depends on how many match. What the two databases do for it differs wholly, so each has its file; the
//! words, the questions and the answers are the same.

pub mod order;
mod postgres;
pub mod sqlite;

use std::collections::HashSet;

use diesel::prelude::*;
use sqlite::Question;

use super::filter::{Cursor, Direction};
use super::words;
use crate::db::schema::contacts;
use crate::db::{AnyConnection, Db, settings};
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

/// Contacts that are looked at together, where the index alone does not tell who is asked for.
const CANDIDATES: i64 = 500;

/// The ids of the next contacts that match, nearest to the cursor first.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut AnyConnection, search: &Search<'_>) -> AppResult<Vec<i64>> {
    let wanted = usize::try_from(search.limit).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    let mut beyond = None;
    let question = Question::new(search.query);
    let stretch = if question.is_exact {
        search.limit
    } else {
        search.limit.max(CANDIDATES)
    };
    loop {
        let hits = match conn {
            AnyConnection::Postgres(conn) => return postgres::find(conn, search),
            AnyConnection::Sqlite(conn) => sqlite::hits(conn, search, &question, beyond, stretch)?,
        };
        let is_end = i64::try_from(hits.len()).is_ok_and(|found| found < stretch);
        beyond = hits.last().map(|(label, _)| *label);
        let ids: Vec<i64> = hits.into_iter().map(|(_, id)| id).collect();
        if question.is_exact {
            return Ok(ids);
        }
        let asked_for = asked_for(conn, search.query, &ids)?;
        found.extend(ids.into_iter().filter(|id| asked_for.contains(id)));
        if is_end || found.len() >= wanted {
            found.truncate(wanted);
            return Ok(found);
        }
    }
}

/// Which of these contacts have all that is asked, by their words as they are stored.
fn asked_for(conn: &mut AnyConnection, query: &Query, ids: &[i64]) -> AppResult<HashSet<i64>> {
    Ok(words::documents(conn, ids)?
        .into_iter()
        .filter(|document| query.is_met_by(&document.tokens))
        .map(|document| document.id)
        .collect())
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
    let question = Question::new(query);
    if !question.is_exact && matches!(conn, AnyConnection::Sqlite(_)) {
        let search = Search {
            query,
            import,
            from: None,
            direction: Direction::Forward,
            limit: bound,
        };
        let found = find(conn, &search)?.len();
        return Ok(i64::try_from(found).unwrap_or(bound));
    }
    match conn {
        AnyConnection::Sqlite(conn) => sqlite::count(conn, &question, import, bound),
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
    let labels = match conn {
        AnyConnection::Postgres(conn) => return postgres::index(conn, &documents),
        AnyConnection::Sqlite(conn) => sqlite::place(conn, &documents)?,
    };
    let moved = words::documents(conn, &labels.moved)?;
    match conn {
        AnyConnection::Sqlite(conn) => labels.write_words(conn, documents.iter().chain(&moved)),
        AnyConnection::Postgres(_) => Ok(()),
    }
}

/// Contacts that are indexed in one transaction when the index is made anew.
const REBUILT: i64 = 4_000;

/// Makes the index anew where a migration left it empty. Begun again, it begins from the start; it is over before the
/// program serves, since half an index would find half of the people.
///
/// # Errors
/// Those of the database.
pub fn complete(db: &Db) -> AppResult<()> {
    if !db.read_blocking(|conn| Ok(settings::get(conn, settings::SEARCH_INDEX)?.is_some()))? {
        return Ok(());
    }
    tracing::info!("the search index is made anew");
    let mut last: Option<(String, i64)> = None;
    loop {
        let beyond = last.take();
        last = db.write_blocking(|conn| {
            let mut next = contacts::table
                .filter(contacts::deleted_at.is_null())
                .order((contacts::sort_key, contacts::id))
                .select((contacts::sort_key, contacts::id))
                .limit(REBUILT)
                .into_boxed();
            if let Some((key, id)) = &beyond {
                next = next
                    .filter(contacts::sort_key.ge(key))
                    .filter(contacts::sort_key.gt(key).or(contacts::id.gt(id)));
            }
            let next: Vec<(String, i64)> = next.load(conn)?;
            let ids: Vec<i64> = next.iter().map(|(_, id)| *id).collect();
            index(conn, &ids)?;
            if next.is_empty() {
                settings::take(conn, settings::SEARCH_INDEX, settings::STALE)?;
            }
            Ok(next.into_iter().last())
        })?;
        if last.is_none() {
            return Ok(());
        }
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
