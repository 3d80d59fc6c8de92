//! FTS5 walks its hits lazily in rowid order. Its rowid is the contact's *order label*, its place in the list as
//! a number, so that `MATCH … ORDER BY rowid LIMIT 50` stops after fifty hits: no sort, no scan of all that match
//! (0.04 ms for a common word at a million contacts, where sorting by name took 250 ms).
//!
//! Of French phone numbers, which hardly two contacts share, the index holds the first six digits and, as one sign, the
//! last four. Whoever asks for more of a number gets candidates, to be looked at.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{SqliteConnection, sql_query};

use super::order::Place;
use super::plan::Section;
use super::{Counts, Search, Stretch, order};
use crate::contacts::filter::{Cursor, Direction};
use crate::contacts::words::Document;
use crate::db::schema::book_words;
use crate::domain::{MIN_LAST_DIGITS, Query, SHORT_WORD, Term, Token};
use crate::error::AppResult;

/// Digits of a French number, and how many of its beginning the index holds.
const NUMBER: usize = 10;
const BEGINNING: usize = 6;
/// Private-use characters that stand for the last four digits, and for sixteen bits of a filter.
const LAST_DIGITS: u32 = 0xF_0000;
const BITS: u32 = 0x10_0000;

diesel::table! {
    /// The columns of `contacts` that only SQLite has, and those that they go with.
    #[sql_name = "contacts"]
    labelled (id) {
        id -> BigInt,
        sort_key -> Text,
        order_label -> Nullable<BigInt>,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    contact_search (rowid) {
        rowid -> BigInt,
        words -> Text,
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// The sign for the end of a number, given its digits with the last one first; none for one that is too short to be asked
/// for.
fn sign(end: &str) -> Option<char> {
    let number: u32 = end.get(..MIN_LAST_DIGITS)?.parse().ok()?;
    char::from_u32(LAST_DIGITS + number)
}

/// A filter's word, packed: of sixteen hexadecimal digits four characters are left.
fn packed(mark: char, value: &str) -> String {
    let bits: Option<String> = (value.len() == 16)
        .then(|| {
            let parts = (0..16).step_by(4).map(|at| value.get(at..at + 4));
            parts
                .map(|part| char::from_u32(BITS + u32::from_str_radix(part?, 16).ok()?))
                .collect()
        })
        .flatten();
    format!("{mark}{}", bits.as_deref().unwrap_or(value))
}

/// Whether a word could be the beginning of a French number.
fn is_french(word: &str) -> bool {
    word.starts_with('0') && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words of a contact as the index holds them.
fn kept_words(tokens: &str) -> String {
    // Digits are a number's where their end is a word too.
    let is_number = |word: &str| {
        word.len() == NUMBER
            && is_french(word)
            && tokens.split(' ').any(|token| {
                matches!(Token::read(token), Token::LastDigits(end) if end.bytes().eq(word.bytes().rev()))
            })
    };
    let mut words = String::with_capacity(tokens.len());
    for token in tokens.split(' ') {
        if !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
        match Token::read(token) {
            Token::Word(word) if is_number(word) => words.push_str(&word[..BEGINNING]),
            Token::Word(word) => words.push_str(word),
            Token::Name(_) => words.push_str(token),
            Token::LastDigits(end) => words.extend(sign(end)),
            Token::Facet(mark, value) => words.push_str(&packed(mark, value)),
        }
    }
    words
}

/// Words that a longer beginning may stand for.
const EXPANDED: i64 = 100;

/// A question in FTS5's language. Words hold only letters, digits and our marks, so quoting them is enough.
#[derive(Clone)]
pub struct Question {
    expression: String,
    /// Whether whoever matches is asked for. Else it is a candidate: the question says more of a word than the index
    /// holds.
    pub is_exact: bool,
}

impl Question {
    /// # Errors
    /// Those of the database.
    pub fn of(conn: &mut SqliteConnection, query: &Query) -> AppResult<Self> {
        let mut is_exact = true;
        let mut terms = Vec::with_capacity(query.terms.len());
        for term in &query.terms {
            terms.push(expression(conn, term, &mut is_exact)?);
        }
        Ok(Self {
            expression: terms.join(" AND "),
            is_exact,
        })
    }

    /// The same of a section.
    ///
    /// # Errors
    /// Those of the database.
    pub fn within(&self, conn: &mut SqliteConnection, section: &Section) -> AppResult<Self> {
        let mut question = self.clone();
        let mut is_exact = true;
        for term in &section.with {
            let with = expression(conn, term, &mut is_exact)?;
            question.expression = format!("{} AND {with}", question.expression);
        }
        for term in &section.without {
            let without = expression(conn, term, &mut is_exact)?;
            question.expression = format!("({}) NOT {without}", question.expression);
        }
        Ok(question)
    }
}

fn expression(conn: &mut SqliteConnection, term: &Term, is_exact: &mut bool) -> AppResult<String> {
    let mut parts = Vec::new();
    match term {
        Term::AnyOf(words) => parts.extend(words.iter().map(|word| match Token::read(word) {
            Token::Facet(mark, value) => format!("\"{}\"", packed(mark, value)),
            Token::Word(_) | Token::Name(_) | Token::LastDigits(_) => format!("\"{word}\""),
        })),
        Term::BeginsWithAnyOf(words) => {
            for word in words {
                let (part, is_all) = beginning(conn, word)?;
                *is_exact &= is_all;
                parts.push(part);
            }
        }
    }
    Ok(format!("({})", parts.join(" OR ")))
}

/// Contacts with a word that begins so, and whether that is all that is asked.
fn beginning(conn: &mut SqliteConnection, word: &str) -> AppResult<(String, bool)> {
    Ok(match Token::read(word) {
        Token::LastDigits(end) => match sign(end) {
            Some(sign) => (format!("\"{sign}\""), end.len() == MIN_LAST_DIGITS),
            // Nobody has it.
            None => (format!("\"{word}\""), true),
        },
        Token::Word(word) if is_french(word) && (BEGINNING + 1..=NUMBER).contains(&word.len()) => {
            let end: String = word.bytes().rev().map(char::from).collect();
            let first = &word[..BEGINNING];
            let number = match sign(&end).filter(|_| word.len() == NUMBER) {
                Some(sign) => format!("(\"{first}\" AND \"{sign}\")"),
                None => format!("\"{first}\""),
            };
            (format!("\"{word}\"* OR {number}"), false)
        }
        Token::Word(_) | Token::Name(_) if word.chars().count() > SHORT_WORD => {
            (expanded(conn, word)?, true)
        }
        Token::Word(_) | Token::Name(_) | Token::Facet(..) => (format!("\"{word}\"*"), true),
    })
}

/// A beginning that is longer than the index's prefix lists, as the words that it stands for: FTS5 would gather all hits of
/// the shorter one before the first. Words with digits are no words of the book, but what stands before their digits is.
fn expanded(conn: &mut SqliteConnection, word: &str) -> AppResult<String> {
    let words: Vec<String> = book_words::table
        .filter(book_words::word.ge(word))
        .filter(book_words::word.lt(format!("{word}\u{10FFFF}")))
        .select(book_words::word)
        .limit(EXPANDED)
        .load(conn)?;
    if words.is_empty() {
        // Digits are no words of the book.
        return Ok(format!("\"{word}\"*"));
    }
    if i64::try_from(words.len()).is_ok_and(|count| count == EXPANDED) {
        return Ok(format!("\"{word}\"*"));
    }
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    Ok(words.join(" OR "))
}

/// A walk through the contacts of a section, from a place on.
pub struct Walk<'a> {
    search: &'a Search<'a>,
    /// Still to be walked, the next last; first and last label of each.
    stretches: Vec<(i64, i64)>,
}

impl<'a> Walk<'a> {
    /// # Errors
    /// Those of the database.
    pub fn new(
        conn: &mut SqliteConnection,
        search: &'a Search<'a>,
        section: &Section,
        from: Option<&Cursor>,
    ) -> AppResult<Self> {
        let mut stretches = Vec::with_capacity(section.stretches.len());
        for stretch in &section.stretches {
            if let (Some(first), Some(last)) = (
                first_from(conn, &stretch.from)?,
                last_before(conn, &stretch.to)?,
            ) && first <= last
            {
                stretches.push((first, last));
            }
        }
        if let Some(cursor) = from
            && let Some(label) = label_beside(conn, cursor, search.direction)?
        {
            for (first, last) in &mut stretches {
                match search.direction {
                    Direction::Forward => *first = (*first).max(label + 1),
                    Direction::Backward => *last = (*last).min(label - 1),
                }
            }
            stretches.retain(|(first, last)| first <= last);
        }
        if search.direction == Direction::Forward {
            stretches.reverse();
        }
        Ok(Self { search, stretches })
    }

    /// The next contacts that match; fewer than `limit` at the end.
    ///
    /// # Errors
    /// Those of the database.
    pub fn next(
        &mut self,
        conn: &mut SqliteConnection,
        question: &Question,
        limit: i64,
    ) -> AppResult<Vec<i64>> {
        let mut ids = Vec::new();
        while let Some((first, last)) = self.stretches.pop() {
            let left = limit - i64::try_from(ids.len()).unwrap_or(limit);
            let hits = Hits {
                expression: &question.expression,
                first,
                last,
                import: self.search.import,
                direction: self.search.direction,
                limit: left,
            };
            let hits: Vec<(i64, i64)> = hits.load(conn)?;
            ids.extend(hits.iter().map(|(_, id)| *id));
            if i64::try_from(hits.len()).is_ok_and(|found| found == left) {
                if let Some(&(label, _)) = hits.last() {
                    self.stretches.push(match self.search.direction {
                        Direction::Forward => (label + 1, last),
                        Direction::Backward => (first, label - 1),
                    });
                }
                break;
            }
        }
        Ok(ids)
    }
}

fn first_from(conn: &mut SqliteConnection, key: &str) -> AppResult<Option<i64>> {
    Ok(placed()
        .filter(labelled::sort_key.ge(key))
        .order((labelled::sort_key.asc(), labelled::id.asc()))
        .first(conn)
        .optional()?)
}

fn last_before(conn: &mut SqliteConnection, key: &str) -> AppResult<Option<i64>> {
    Ok(placed()
        .filter(labelled::sort_key.lt(key))
        .order((labelled::sort_key.desc(), labelled::id.desc()))
        .first(conn)
        .optional()?)
}

/// The labels of contacts that have one.
#[diesel::dsl::auto_type]
fn placed() -> _ {
    labelled::table
        .filter(labelled::deleted_at.is_null())
        .filter(labelled::order_label.is_not_null())
        .select(labelled::order_label.assume_not_null())
}

/// Contacts that match between two labels, both inclusive, as (label, id). A type of its own, since diesel prepares
/// `sql_query` anew each time.
struct Hits<'a> {
    expression: &'a str,
    first: i64,
    last: i64,
    import: Option<i64>,
    direction: Direction,
    limit: i64,
}

impl QueryId for Hits<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl diesel::query_builder::Query for Hits<'_> {
    type SqlType = (BigInt, BigInt);
}

impl RunQueryDsl<SqliteConnection> for Hits<'_> {}

impl QueryFragment<Sqlite> for Hits<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        // CROSS JOIN keeps the walk outside: the planner would rather scan contacts for a rare import.
        out.push_sql(
            "SELECT contact_search.rowid, contacts.id FROM contact_search CROSS JOIN contacts \
             ON contacts.order_label = contact_search.rowid WHERE contact_search MATCH ",
        );
        out.push_bind_param::<Text, _>(self.expression)?;
        out.push_sql(" AND contact_search.rowid >= ");
        out.push_bind_param::<BigInt, _>(&self.first)?;
        out.push_sql(" AND contact_search.rowid <= ");
        out.push_bind_param::<BigInt, _>(&self.last)?;
        if let Some(import) = &self.import {
            out.push_sql(" AND contacts.import_id = ");
            out.push_bind_param::<BigInt, _>(import)?;
        }
        out.push_sql(match self.direction {
            Direction::Forward => " ORDER BY contact_search.rowid ASC LIMIT ",
            Direction::Backward => " ORDER BY contact_search.rowid DESC LIMIT ",
        });
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

/// How many match, counted no further than a bound.
struct Count<'a> {
    expression: &'a str,
    import: Option<i64>,
    bound: i64,
}

impl QueryId for Count<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl diesel::query_builder::Query for Count<'_> {
    type SqlType = BigInt;
}

impl RunQueryDsl<SqliteConnection> for Count<'_> {}

impl QueryFragment<Sqlite> for Count<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (SELECT 1 FROM contact_search ");
        // Without an import the index alone tells: no look at each contact.
        if let Some(import) = &self.import {
            out.push_sql(
                "CROSS JOIN contacts ON contacts.order_label = contact_search.rowid AND contacts.import_id = ",
            );
            out.push_bind_param::<BigInt, _>(import)?;
        }
        out.push_sql(" WHERE contact_search MATCH ");
        out.push_bind_param::<Text, _>(self.expression)?;
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.bound)?;
        out.push_sql(")");
        Ok(())
    }
}

/// How many match, counted no further than `bound`.
pub fn count(
    conn: &mut SqliteConnection,
    question: &Question,
    import: Option<i64>,
    bound: i64,
) -> AppResult<i64> {
    let count = Count {
        expression: &question.expression,
        import,
        bound,
    };
    Ok(count.get_result(conn)?)
}

/// As [`count`], with the statuses of those who were counted: one intersection in place of four, where a question has
/// several terms, for a look at each contact.
pub(super) fn counts(
    conn: &mut SqliteConnection,
    question: &Question,
    import: Option<i64>,
    bound: i64,
) -> AppResult<Counts> {
    let of_import = match import {
        Some(_) => "AND contacts.import_id = ?2",
        None => "",
    };
    Ok(sql_query(format!(
        "SELECT count(*) AS total, count(*) FILTER (WHERE expert) AS expert, \
            count(*) FILTER (WHERE copy) AS copy, count(*) FILTER (WHERE transfer) AS transfer \
         FROM (SELECT expert, copy, transfer FROM contact_search CROSS JOIN contacts \
            ON contacts.order_label = contact_search.rowid {of_import} WHERE contact_search MATCH ?1 LIMIT ?3)"
    ))
    .bind::<Text, _>(&question.expression)
    .bind::<Nullable<BigInt>, _>(import)
    .bind::<BigInt, _>(bound)
    .get_result(conn)?)
}

/// The label of the last contact at or before the cursor's place, or of the first at or after it: the cursor's
/// own contact may be gone.
fn label_beside(
    conn: &mut SqliteConnection,
    cursor: &Cursor,
    direction: Direction,
) -> AppResult<Option<i64>> {
    let places = labelled::table
        .filter(labelled::deleted_at.is_null())
        .filter(labelled::order_label.is_not_null())
        .select(labelled::order_label.assume_not_null());
    Ok(match direction {
        Direction::Forward => places
            .filter(labelled::sort_key.le(&cursor.sort_key))
            .filter(
                labelled::sort_key
                    .lt(&cursor.sort_key)
                    .or(labelled::id.le(cursor.id)),
            )
            .order((labelled::sort_key.desc(), labelled::id.desc()))
            .first(conn)
            .optional()?,
        Direction::Backward => places
            .filter(labelled::sort_key.ge(&cursor.sort_key))
            .filter(
                labelled::sort_key
                    .gt(&cursor.sort_key)
                    .or(labelled::id.ge(cursor.id)),
            )
            .order((labelled::sort_key.asc(), labelled::id.asc()))
            .first(conn)
            .optional()?,
    })
}

/// Writes the words of stored contacts, and those of the others that had to be moved for it; returns the latter, whose
/// documents are to be given too.
pub fn place(conn: &mut SqliteConnection, documents: &[Document]) -> AppResult<Labels> {
    let mut labels = labels_of(conn, documents)?;
    let mut standing: Vec<&Document> = documents
        .iter()
        .filter(|document| labels.contains_key(&document.id))
        .collect();
    loop {
        let asked = standing.len();
        let mut still = Vec::with_capacity(asked);
        for document in standing {
            let label = labels[&document.id];
            if order::stands(conn, label, &document.sort_key, document.id)? {
                still.push(document);
            } else {
                forget(conn, document.id, label)?;
                labels.remove(&document.id);
            }
        }
        standing = still;
        // Who stood rightly beside one that has gone since is asked again.
        if standing.len() == asked {
            break;
        }
    }
    for document in &standing {
        forget_words(conn, labels[&document.id])?;
    }
    let mut places: Vec<Place<'_>> = documents
        .iter()
        .filter(|document| !labels.contains_key(&document.id))
        .map(|document| (document.sort_key.as_str(), document.id))
        .collect();
    places.sort_unstable();
    let found = order::place(conn, &places)?;
    for (&(_, id), &label) in places.iter().zip(&found.labels) {
        order::set(conn, id, label)?;
        labels.insert(id, label);
    }
    let moved = found
        .moved
        .iter()
        .map(|(id, _)| *id)
        .filter(|id| !labels.contains_key(id))
        .collect();
    labels.extend(found.moved);
    Ok(Labels { labels, moved })
}

/// Where contacts stand now.
pub struct Labels {
    /// By id.
    labels: HashMap<i64, i64>,
    /// Who was moved for the others.
    pub moved: Vec<i64>,
}

impl Labels {
    /// Writes the words of these contacts, which have none.
    pub fn write_words<'a>(
        &self,
        conn: &mut SqliteConnection,
        documents: impl Iterator<Item = &'a Document>,
    ) -> AppResult<()> {
        let rows = documents
            .filter_map(|document| {
                Some((*self.labels.get(&document.id)?, document.tokens.as_str()))
            })
            .collect();
        write_words(conn, rows)
    }
}

/// Writes words at labels that have none.
///
/// # Errors
/// Those of the database.
pub fn write_words(conn: &mut SqliteConnection, mut rows: Vec<(i64, &str)>) -> AppResult<()> {
    // In rising order, which FTS5 gathers; it writes a segment of its own for whatever is out of it (an import made
    // 3 600 lines a second so, and 5 800 in order).
    rows.sort_unstable_by_key(|(label, _)| *label);
    for (label, tokens) in rows {
        diesel::insert_into(contact_search::table)
            .values((
                contact_search::rowid.eq(label),
                contact_search::words.eq(kept_words(tokens)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn labels_of(conn: &mut SqliteConnection, documents: &[Document]) -> AppResult<HashMap<i64, i64>> {
    let ids = documents.iter().map(|document| document.id);
    Ok(labelled::table
        .filter(labelled::id.eq_any(ids))
        .filter(labelled::order_label.is_not_null())
        .select((labelled::id, labelled::order_label.assume_not_null()))
        .load::<(i64, i64)>(conn)?
        .into_iter()
        .collect())
}

pub fn remove(conn: &mut SqliteConnection, ids: &[i64]) -> AppResult<()> {
    let placed = labelled::table
        .filter(labelled::id.eq_any(ids))
        .filter(labelled::order_label.is_not_null());
    let labels: Vec<i64> = placed
        .select(labelled::order_label.assume_not_null())
        .load(conn)?;
    diesel::delete(contact_search::table.filter(contact_search::rowid.eq_any(labels)))
        .execute(conn)?;
    diesel::update(labelled::table.filter(labelled::id.eq_any(ids)))
        .set(labelled::order_label.eq(None::<i64>))
        .execute(conn)?;
    Ok(())
}

/// Takes the words and the label away; the contact stands in no search until it is placed again.
pub(super) fn forget(conn: &mut SqliteConnection, id: i64, label: i64) -> AppResult<()> {
    forget_words(conn, label)?;
    diesel::update(labelled::table.find(id))
        .set(labelled::order_label.eq(None::<i64>))
        .execute(conn)?;
    Ok(())
}

fn forget_words(conn: &mut SqliteConnection, label: i64) -> AppResult<()> {
    diesel::delete(contact_search::table.find(label)).execute(conn)?;
    Ok(())
}

/// Pages of the index that are written in one transaction.
const COMPACTED: i64 = 500;

/// FTS5's own way: a negative number begins with all pieces, a positive one goes on, and less than two changes are the
/// end.
pub fn compact(conn: &mut SqliteConnection, stretch: Stretch) -> AppResult<bool> {
    let pages = match stretch {
        Stretch::First => -COMPACTED,
        Stretch::Next => COMPACTED,
    };
    let changes = |conn: &mut SqliteConnection| -> AppResult<i64> {
        let row: Number = sql_query("SELECT total_changes() AS number").get_result(conn)?;
        Ok(row.number)
    };
    let before = changes(conn)?;
    sql_query("INSERT INTO contact_search (contact_search, rank) VALUES ('merge', ?)")
        .bind::<BigInt, _>(pages)
        .execute(conn)?;
    Ok(changes(conn)? - before >= 2)
}
