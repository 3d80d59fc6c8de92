//! Search for contacts by the words of [`crate::domain::Findable`], at a cost that hardly depends on the number of results.
//! Each database has its own file, as the two need entirely different queries; words, queries and answers are the same.

mod beginnings;
mod compaction;
mod counts;
mod few;
mod forgetting;
pub(crate) mod order;
pub(crate) mod plan;
pub(crate) mod postgres;
pub(crate) mod sqlite;
pub(crate) mod suggest;
pub mod vocabulary;

use std::collections::HashSet;

use diesel::prelude::*;

pub use compaction::{IndexChunk, compact, run_job as run_compaction_job};
pub use counts::{CountBounds, HitCounts, count, counts};
pub use few::{FEW, STATUS_BOUND, section_of};
pub use forgetting::{forget_values, forget_words, has_number, values_of, words_of};

use super::document::{self, Document};
use super::filter::{Cursor, Direction};
use crate::db::schema::contacts;
use crate::db::{AnyConnection, Db, in_time, on_backend, settings};
use crate::domain::Query;
use crate::error::AppResult;
use crate::jobs;
use few::SmallResult;
use plan::{Plan, RankTier};
use sqlite::{MatchExpr, Merging};

/// A search: the query and the part of the answer that is wanted.
pub struct Search<'a> {
    pub query: &'a Query,
    /// The imports of which any may be the contact's last one; all contacts if empty.
    pub imports: &'a [i64],
    /// The answer's part starts after or before this position, depending on `direction`.
    pub from: Option<&'a Cursor>,
    pub direction: Direction,
    pub limit: i64,
    pub order: Order,
    /// `true` if the caller wants [`Answer::counts`], which PostgreSQL has to ask for.
    pub is_counted: bool,
}

impl<'a> Search<'a> {
    /// The search for the first results by name.
    pub fn first(query: &'a Query, imports: &'a [i64], limit: i64) -> Self {
        Self {
            query,
            imports,
            from: None,
            direction: Direction::Forward,
            limit,
            order: Order::Name,
            is_counted: false,
        }
    }
}

/// The order of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By name, as the list.
    Name,
    /// Best match first; see [`plan`].
    Best { experts_first: bool },
}

/// A contact that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub id: i64,
    /// The number of its [`RankTier`].
    pub section: u8,
}

/// Candidates per batch, if the index alone cannot decide whether a contact matches.
const CANDIDATES: i64 = 500;

/// The result of a search.
pub struct Answer {
    /// The next contacts that match, nearest to the cursor first.
    pub found: Vec<Found>,
    /// The result of [`counts()`] within [`CountBounds::OF_LIST`], if the search has already seen it.
    pub counts: Option<HitCounts>,
}

impl From<Vec<Found>> for Answer {
    fn from(found: Vec<Found>) -> Self {
        let counts = None;
        Self { found, counts }
    }
}

/// Runs a search.
pub fn find(conn: &mut AnyConnection, search: &Search<'_>) -> AppResult<Answer> {
    in_time()?;
    let Plan { query, sections } = plan::plan(conn, search.query, search.order)?;
    let search = &Search { query: &query, ..*search };
    let question = match conn {
        AnyConnection::Sqlite(conn) => Some(MatchExpr::of(conn, search.query)?),
        AnyConnection::Postgres(_) => None,
    };
    let (has_sections, has_terms) = (sections.len() > 1, search.query.terms.len() > 1);
    let mut is_to_gather = match &question {
        // With one section and one word, SQLite walks that word's list to a full page at a lower cost, unless each hit must be
        // compared with the contact: six digits of a number among a million contacts took 12 ms when they were read again for
        // the count.
        Some(question) => has_sections && has_terms || !question.is_exact(),
        // PostgreSQL's index gathers all hits in any case; a sample of 500 contacts tells common words from rare ones at a tenth of
        // the cost of a walk.
        None => true,
    };
    let (mut found, mut counts) = (Vec::new(), None);
    for section in beyond(search, &sections) {
        let limit = search.limit - i64::try_from(found.len()).unwrap_or(search.limit);
        if limit <= 0 {
            break;
        }
        in_time()?;
        // On SQLite, the sections that are decided by position, last names that begin with the word, may already fill the page. On
        // PostgreSQL each of them is a round trip or two, eight for a name that few have.
        if is_to_gather && (question.is_none() || !section.is_told_by_place) {
            is_to_gather = false;
            match gather(conn, search, question.as_ref())? {
                Gathered::All(few) => {
                    return Ok(Answer { found: few.find(search, &sections), counts: Some(few.counts()) });
                }
                Gathered::More(seen) => counts = seen,
            }
        }
        let from = search.from.filter(|cursor| cursor.section == section.number);
        let ids = match (&mut *conn, &question) {
            (AnyConnection::Postgres(conn), _) => postgres::find(conn, search, section, from, limit)?,
            (AnyConnection::Sqlite(sqlite), Some(question)) => {
                let question = question.within(sqlite, section)?;
                in_section(conn, search, &question, section, (from, limit))?
            }
            (AnyConnection::Sqlite(_), None) => Vec::new(),
        };
        found.extend(ids.into_iter().map(|id| Found { id, section: section.number }));
    }
    Ok(Answer { found, counts })
}

/// Contacts of the book with words that few have, such as a telephone number, at most so many, in no order.
pub fn some_with(conn: &mut AnyConnection, query: &Query, limit: i64) -> AppResult<Vec<i64>> {
    if let AnyConnection::Postgres(conn) = conn {
        return postgres::some_with(conn, query, limit);
    }
    Ok(find(conn, &Search::first(query, &[], limit))?.found.iter().map(|found| found.id).collect())
}

/// The sections that can have results beyond the cursor, the next first.
fn beyond<'s>(search: &Search<'_>, sections: &'s [RankTier]) -> Vec<&'s RankTier> {
    let mut sections: Vec<&RankTier> = sections.iter().collect();
    if let Some(cursor) = search.from {
        sections.retain(|section| match search.direction {
            Direction::Forward => section.number >= cursor.section,
            Direction::Backward => section.number <= cursor.section,
        });
    }
    if search.direction == Direction::Backward {
        sections.reverse();
    }
    sections
}

/// All matching contacts, if they are few.
pub enum Gathered {
    All(SmallResult),
    /// There are many; with the [`counts()`], if the same query gave them.
    More(Option<HitCounts>),
}

fn gather(
    conn: &mut AnyConnection,
    search: &Search<'_>,
    question: Option<&MatchExpr>,
) -> AppResult<Gathered> {
    let (sqlite, question) = match (&mut *conn, question) {
        (AnyConnection::Postgres(conn), _) => return postgres::gather(conn, search),
        (AnyConnection::Sqlite(conn), Some(question)) => (conn, question),
        (AnyConnection::Sqlite(_), None) => return Ok(Gathered::More(None)),
    };
    let mut ids = match sqlite::gather(sqlite, search, question)? {
        Ok(ids) => ids,
        Err(counts) => return Ok(Gathered::More(question.is_exact().then_some(counts))),
    };
    if !question.is_exact() {
        let matching = matching(conn, search.query, question, &ids)?;
        ids.retain(|id| matching.contains(id));
    }
    Ok(Gathered::All(SmallResult::load(conn, &ids)?))
}

/// The next results of a section, on SQLite, where the index may only give candidates.
fn in_section(
    conn: &mut AnyConnection,
    search: &Search<'_>,
    question: &MatchExpr,
    section: &RankTier,
    (from, limit): (Option<&Cursor>, i64),
) -> AppResult<Vec<i64>> {
    let AnyConnection::Sqlite(sqlite) = conn else {
        return Ok(Vec::new());
    };
    let mut walk = sqlite::Walk::new(sqlite, search, question, section, from)?;
    if question.is_exact() {
        return walk.next(sqlite, question, limit);
    }
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let stretch = limit.max(CANDIDATES);
    let mut found = Vec::new();
    loop {
        let AnyConnection::Sqlite(sqlite) = conn else {
            return Ok(found);
        };
        let ids = walk.next(sqlite, question, stretch)?;
        let is_end = i64::try_from(ids.len()).is_ok_and(|found| found < stretch);
        let matching = matching(conn, search.query, question, &ids)?;
        found.extend(ids.into_iter().filter(|id| matching.contains(id)));
        if is_end || found.len() >= wanted {
            found.truncate(wanted);
            return Ok(found);
        }
    }
}

/// The candidates that match the query. With one number in the query: the candidates that match even without the number (the
/// index decides), and those whose phones have the number. Otherwise all stored words are compared.
fn matching(
    conn: &mut AnyConnection,
    query: &Query,
    question: &MatchExpr,
    ids: &[i64],
) -> AppResult<HashSet<i64>> {
    let (AnyConnection::Sqlite(sqlite), Some(number)) = (&mut *conn, query.only_number()) else {
        let documents = document::documents(conn, ids)?;
        let matching = documents.into_iter().filter(|document| query.is_met_by(&document.tokens));
        return Ok(matching.map(|document| document.id).collect());
    };
    let mut matching = sqlite::certain(sqlite, question, ids)?;
    let left: Vec<i64> = ids.iter().copied().filter(|id| !matching.contains(id)).collect();
    let numbers = document::numbers(conn, &left)?;
    matching.extend(numbers.into_iter().filter(|(_, tokens)| number.is_met_by(tokens)).map(|(id, _)| id));
    Ok(matching)
}

/// Writes the index for contacts that are new, changed or restored, in the transaction that stored them.
pub fn index(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let documents = document::documents(conn, ids)?;
    index_documents(conn, &documents)
}

fn index_documents(conn: &mut AnyConnection, documents: &[Document]) -> AppResult<()> {
    vocabulary::learn(conn, documents.iter().map(|document| document.tokens.as_str()))?;
    let labels = match conn {
        AnyConnection::Postgres(conn) => return postgres::index(conn, documents),
        AnyConnection::Sqlite(conn) => sqlite::place(conn, documents)?,
    };
    let moved = document::documents(conn, &labels.moved)?;
    match conn {
        AnyConnection::Sqlite(conn) => labels.write_words(conn, documents.iter().chain(&moved)),
        AnyConnection::Postgres(_) => Ok(()),
    }
}

/// The contacts that lack the letters before the digits of a word ([`crate::domain::Findable::tokens`]), or a word of which the book
/// does not know, among the next ones after an id; and the last of these, or `None` if there are no more. Only searches on PostgreSQL
/// need both.
pub fn with_unknown_words(conn: &mut AnyConnection, after: i64) -> AppResult<(Vec<i64>, Option<i64>)> {
    match conn {
        AnyConnection::Postgres(conn) => postgres::with_unknown_words(conn, after),
        AnyConnection::Sqlite(_) => Ok((Vec::new(), None)),
    }
}

/// Contacts per transaction when the index is rebuilt.
const REBUILT: i64 = 4_000;

/// Rebuilds the index if a migration left it empty. An interrupted rebuild starts from the beginning. It ends before the program
/// serves, since half an index would find half of the contacts.
pub fn complete(db: &Db) -> AppResult<()> {
    if !db.read_blocking(|conn| Ok(settings::get(conn, settings::SEARCH_INDEX)?.is_some()))? {
        return Ok(());
    }
    tracing::info!("rebuilding the search index");
    db.write_blocking(|conn| {
        let contacts = on_backend!(conn, |conn| contacts::table.count().get_result(conn))?;
        prepare(conn, contacts)
    })?;
    let mut last: Option<(String, i64)> = None;
    let mut written = 0;
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
            let documents = document::documents(conn, &ids)?;
            index_documents(conn, &documents)?;
            vocabulary::learn_values(conn, documents.iter().flat_map(Document::values))?;
            written += ids.len() as i64;
            if next.is_empty() {
                settle(conn, written)?;
                settings::take(conn, settings::SEARCH_INDEX, settings::STALE)?;
            }
            Ok(next.into_iter().last())
        })?;
        if last.is_none() {
            return Ok(());
        }
    }
}

/// Prepares the index for the writing of so many contacts; [`settle`] must follow. FTS5 writes the words of each transaction into a
/// segment, and would merge every four of them: a fifth of an import's time.
pub fn prepare(conn: &mut AnyConnection, contacts: i64) -> AppResult<()> {
    match conn {
        AnyConnection::Sqlite(conn) if contacts >= compaction::MANY => {
            sqlite::set_merging(conn, Merging::Late)
        }
        _ => Ok(()),
    }
}

/// Prepares the index for searches after `written` contacts were written. PostgreSQL searches an index's new entries one by one
/// until they are merged, and plans with old statistics; its own maintenance would come a minute later. On SQLite a job merges
/// the index's segments if there can be many.
pub fn settle(conn: &mut AnyConnection, written: i64) -> AppResult<()> {
    match conn {
        AnyConnection::Postgres(conn) => postgres::settle(conn),
        AnyConnection::Sqlite(sqlite) => {
            sqlite::set_merging(sqlite, Merging::Usual)?;
            if written >= compaction::MANY {
                jobs::enqueue(conn, jobs::Kind::SearchCompaction, 0)?;
            }
            Ok(())
        }
    }
}

/// Removes deleted contacts from the index.
pub fn remove(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    match conn {
        AnyConnection::Sqlite(conn) => sqlite::remove(conn, ids),
        // Its partial index leaves deleted contacts out by itself.
        AnyConnection::Postgres(_) => Ok(()),
    }
}
