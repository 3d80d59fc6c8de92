//! FTS5 walks its hits lazily in rowid order. Its rowid is the contact's *order label*, its place in the list as
//! a number, so that `MATCH … ORDER BY rowid LIMIT 50` stops after fifty hits: no sort, no scan of all that match
//! (0.04 ms for a common word at a million contacts, where sorting by name took 250 ms).
//!
//! Of French phone numbers, which hardly two contacts share, the index holds the first six digits and, as one sign, the
//! last four. Whoever asks for more of a number gets candidates, to be looked at.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{SqliteConnection, sql_query};

use super::order::Place;
use super::{Search, Stretch, order};
use crate::contacts::filter::{Cursor, Direction};
use crate::contacts::words::Document;
use crate::domain::{MIN_LAST_DIGITS, Query, Term, Token};
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
            Token::LastDigits(end) => words.extend(sign(end)),
            Token::Facet(mark, value) => words.push_str(&packed(mark, value)),
        }
    }
    words
}

/// A question in FTS5's language. Words hold only letters, digits and our marks, so quoting them is enough.
pub struct Question {
    expression: String,
    /// Whether whoever matches is asked for. Else it is a candidate: the question says more of a word than the index
    /// holds.
    pub is_exact: bool,
}

impl Question {
    pub fn new(query: &Query) -> Self {
        let mut is_exact = true;
        let terms: Vec<String> = query
            .terms
            .iter()
            .map(|term| match term {
                Term::Exactly(word) => match Token::read(word) {
                    Token::Facet(mark, value) => format!("\"{}\"", packed(mark, value)),
                    Token::Word(_) | Token::LastDigits(_) => format!("\"{word}\""),
                },
                Term::BeginsWithAnyOf(words) => {
                    let words: Vec<String> = words
                        .iter()
                        .map(|word| {
                            let (expression, is_all) = beginning(word);
                            is_exact &= is_all;
                            expression
                        })
                        .collect();
                    format!("({})", words.join(" OR "))
                }
            })
            .collect();
        Self {
            expression: terms.join(" AND "),
            is_exact,
        }
    }
}

/// Contacts with a word that begins so, and whether that is all that is asked.
fn beginning(word: &str) -> (String, bool) {
    match Token::read(word) {
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
        Token::Word(_) | Token::Facet(..) => (format!("\"{word}\"*"), true),
    }
}

/// The next `limit` contacts that match beyond a label (none: from the search's own place), as (label, id).
pub fn hits(
    conn: &mut SqliteConnection,
    search: &Search<'_>,
    question: &Question,
    beyond: Option<i64>,
    limit: i64,
) -> AppResult<Vec<(i64, i64)>> {
    let (compare, sort, start) = match search.direction {
        Direction::Forward => (">", "ASC", i64::MIN),
        Direction::Backward => ("<", "DESC", i64::MAX),
    };
    let start = match (beyond, search.from) {
        (Some(label), _) => label,
        (None, None) => start,
        (None, Some(cursor)) => label_beside(conn, cursor, search.direction)?.unwrap_or(start),
    };
    // CROSS JOIN keeps the walk outside: the planner would rather scan contacts for a rare import.
    let sql = format!(
        "SELECT contact_search.rowid AS label, contacts.id AS id FROM contact_search CROSS JOIN contacts \
         ON contacts.order_label = contact_search.rowid \
         WHERE contact_search MATCH ? AND contact_search.rowid {compare} ? AND (? IS NULL OR contacts.import_id = ?) \
         ORDER BY contact_search.rowid {sort} LIMIT ?"
    );
    let rows: Vec<Hit> = sql_query(sql)
        .bind::<Text, _>(&question.expression)
        .bind::<BigInt, _>(start)
        .bind::<Nullable<BigInt>, _>(search.import)
        .bind::<Nullable<BigInt>, _>(search.import)
        .bind::<BigInt, _>(limit)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.label, row.id)).collect())
}

#[derive(QueryableByName)]
struct Hit {
    #[diesel(sql_type = BigInt)]
    label: i64,
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// How many match, counted no further than `bound`.
pub fn count(
    conn: &mut SqliteConnection,
    question: &Question,
    import: Option<i64>,
    bound: i64,
) -> AppResult<i64> {
    // Without an import the index alone tells: no look at each contact.
    let of_import = match import {
        None => "",
        Some(_) => {
            "CROSS JOIN contacts ON contacts.order_label = contact_search.rowid AND contacts.import_id = ?2"
        }
    };
    let row: Number = sql_query(format!(
        "SELECT count(*) AS number FROM \
         (SELECT 1 FROM contact_search {of_import} WHERE contact_search MATCH ?1 AND ?2 IS ?2 LIMIT ?3)"
    ))
    .bind::<Text, _>(&question.expression)
    .bind::<Nullable<BigInt>, _>(import)
    .bind::<BigInt, _>(bound)
    .get_result(conn)?;
    Ok(row.number)
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
