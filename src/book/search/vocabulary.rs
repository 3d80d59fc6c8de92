//! The book's words, with their phonetic codes, and the values that the list can be filtered by. They are added with the contacts
//! that have them, in the same transaction. Words are removed only by an erasure, values with their last contact (see
//! [`crate::book::counts`]).

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::schema::{book_values, book_words};
use crate::domain::{MIN_WORD, Token, fold, phonetic_code, repaired};
use crate::error::AppResult;

/// Kinds of values that the list can be filtered by.
const KINDS: [&str; 4] = ["service", "city", "topic", "language"];
/// Rows per statement.
const ROWS: usize = 5_000;

#[derive(Insertable)]
#[diesel(table_name = book_words, treat_none_as_default_value = false)]
struct Word<'a> {
    word: &'a str,
    sound: String,
}

/// The words among a contact's search words, those of names with and without their mark. Numbers and facets are not words.
pub fn words_of(tokens: &str) -> impl Iterator<Item = &str> {
    let is_told =
        |word: &str| word.chars().count() >= MIN_WORD && !word.bytes().any(|byte| byte.is_ascii_digit());
    tokens
        .split(' ')
        .flat_map(|token| match Token::read(token) {
            Token::Word(word) => [Some(word), None],
            Token::Name(word) => [Some(word), Some(token)],
            Token::LastDigits(_) | Token::Facet(..) => [None, None],
        })
        .flatten()
        .filter(move |word| is_told(word))
}

/// Adds the words of contacts, given by their [`crate::domain::Findable::tokens`].
pub fn learn<'a>(conn: &mut AnyConnection, tokens: impl Iterator<Item = &'a str>) -> AppResult<()> {
    let words: BTreeSet<&str> = tokens.flat_map(words_of).collect();
    let rows: Vec<Word<'_>> = words
        .into_iter()
        .map(|word| Word {
            word,
            // Names are compared by the same word without the mark.
            sound: match Token::read(word) {
                Token::Word(word) => phonetic_code(word),
                _ => String::new(),
            },
        })
        .collect();
    match conn {
        // One short statement, prepared once: parsing a long one took longer than inserting its rows.
        AnyConnection::Sqlite(conn) => {
            for row in &rows {
                diesel::insert_or_ignore_into(book_words::table).values(row).execute(conn)?;
            }
        }
        AnyConnection::Postgres(conn) => {
            for part in rows.chunks(ROWS) {
                diesel::insert_into(book_words::table).values(part).on_conflict_do_nothing().execute(conn)?;
            }
        }
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = book_values, treat_none_as_default_value = false)]
struct BookValue<'a> {
    kind: &'a str,
    value_key: &'a str,
    value: &'a str,
}

/// Adds values, each with its kind.
pub fn learn_values<'a>(
    conn: &mut AnyConnection,
    values: impl Iterator<Item = (&'static str, &'a str)>,
) -> AppResult<()> {
    let mut known: BTreeMap<(&'static str, String), &str> = BTreeMap::new();
    let mut last = ("", "");
    for (kind, value) in values {
        // Consecutive contacts often share a value, and folding costs more than comparing.
        if (kind, value) == last || value.is_empty() {
            continue;
        }
        last = (kind, value);
        known.entry((kind, fold(value.trim()))).or_insert(value);
    }
    learn_keyed_values(conn, known.iter().map(|((kind, key), value)| (*kind, key.as_str(), *value)).collect())
}

/// Adds values, each with its kind and its key, in the order of both.
pub fn learn_keyed_values(conn: &mut AnyConnection, values: Vec<(&str, &str, &str)>) -> AppResult<()> {
    if values.is_empty() {
        return Ok(());
    }
    let row = |(kind, value_key, value)| BookValue { kind, value_key, value };
    let rows: Vec<BookValue<'_>> = values.into_iter().map(row).collect();
    match conn {
        // One short statement, prepared once: parsing a long one took longer than inserting its rows.
        AnyConnection::Sqlite(conn) => {
            for row in &rows {
                diesel::insert_or_ignore_into(book_values::table).values(row).execute(conn)?;
            }
        }
        AnyConnection::Postgres(conn) => {
            for part in rows.chunks(ROWS) {
                diesel::insert_into(book_values::table)
                    .values(part)
                    .on_conflict_do_nothing()
                    .execute(conn)?;
            }
        }
    }
    Ok(())
}

/// Rows per query of a repair.
const LOOKED_AT: i64 = 2_000;

/// Removes, from the next words after a given one, those that an older version folded differently: no contact has them once the
/// index is rebuilt. Returns the last word that was read.
pub fn forget_outdated(conn: &mut AnyConnection, after: &str) -> AppResult<Option<String>> {
    let words: Vec<String> = book_words::table
        .filter(book_words::word.gt(after))
        .order(book_words::word)
        .select(book_words::word)
        .limit(LOOKED_AT)
        .load(conn)?;
    let outdated: Vec<&str> = words.iter().map(String::as_str).filter(|word| fold(word) != **word).collect();
    forget(conn, &outdated)?;
    Ok(words.last().cloned())
}

/// Corrects, from the next values after a kind and a key, those that an older version folded differently or stored with
/// invisible characters. If two become equal, the first stays. Returns the last one that was read.
pub fn rekey_values(
    conn: &mut AnyConnection,
    (kind, key): (&str, &str),
) -> AppResult<Option<(String, String)>> {
    let rows: Vec<(String, String, String)> = book_values::table
        .filter(book_values::kind.ge(kind))
        .filter(book_values::kind.gt(kind).or(book_values::value_key.gt(key)))
        .order((book_values::kind, book_values::value_key))
        .select((book_values::kind, book_values::value_key, book_values::value))
        .limit(LOOKED_AT)
        .load(conn)?;
    for (kind, key, value) in &rows {
        let today = repaired(value);
        if *value == today && *key == fold(today.trim()) {
            continue;
        }
        diesel::delete(book_values::table.find((kind, key))).execute(conn)?;
        if let Some(kind) = KINDS.into_iter().find(|known| known == kind) {
            learn_values(conn, std::iter::once((kind, &*today)))?;
        }
    }
    Ok(rows.into_iter().next_back().map(|(kind, key, _)| (kind, key)))
}

/// Locks the words until the transaction ends: no other transaction can add words, and those that have added some have ended.
pub fn hold_words(conn: &mut AnyConnection) -> AppResult<()> {
    hold(conn, "book_words")
}

/// Removes words that no contact has any more.
pub fn forget(conn: &mut AnyConnection, words: &[&str]) -> AppResult<()> {
    diesel::delete(book_words::table.filter(book_words::word.eq_any(words))).execute(conn)?;
    Ok(())
}

/// Returns `true` if a word of the book begins with `beginning`.
pub fn has_beginning(conn: &mut AnyConnection, beginning: &str) -> AppResult<bool> {
    let words = book_words::table
        .filter(book_words::word.ge(beginning))
        .filter(book_words::word.lt(format!("{beginning}\u{10FFFF}")));
    Ok(diesel::select(diesel::dsl::exists(words)).get_result(conn)?)
}

/// Locks the values until the transaction ends: no other transaction can add values, and those that have added some have ended.
pub fn hold_values(conn: &mut AnyConnection) -> AppResult<()> {
    hold(conn, "book_values")
}

/// On SQLite the writer is alone already.
fn hold(conn: &mut AnyConnection, table: &str) -> AppResult<()> {
    match conn {
        AnyConnection::Postgres(conn) => {
            Ok(conn.batch_execute(&format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))?)
        }
        AnyConnection::Sqlite(_) => Ok(()),
    }
}

/// Removes a value that no contact has any more.
pub fn forget_value(conn: &mut AnyConnection, kind: &str, value: &str) -> AppResult<()> {
    diesel::delete(book_values::table.find((kind, fold(value.trim())))).execute(conn)?;
    Ok(())
}
