//! The words that the book holds, with how they sound, and the values by which its list is narrowed. They are learned
//! with the contacts that have them, in the same transaction; nobody forgets them but an erasure.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::schema::{book_values, book_words};
use crate::domain::{Token, fold, sound};
use crate::error::AppResult;

/// Shorter words are like each other all.
const SHORTEST: usize = 3;
/// Rows of one statement.
const ROWS: usize = 5_000;

#[derive(Insertable)]
#[diesel(table_name = book_words, treat_none_as_default_value = false)]
struct Word<'a> {
    word: &'a str,
    sound: String,
}

/// The words among what a contact is found by, those of names with their mark and without: numbers and filters are none.
pub fn words_of(tokens: &str) -> impl Iterator<Item = &str> {
    let is_told = |word: &str| {
        word.chars().count() >= SHORTEST && !word.bytes().any(|byte| byte.is_ascii_digit())
    };
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

/// Learns the words of contacts, by their [`crate::domain::Findable::tokens`].
///
/// # Errors
/// Those of the database.
pub fn learn<'a>(conn: &mut AnyConnection, tokens: impl Iterator<Item = &'a str>) -> AppResult<()> {
    let words: BTreeSet<&str> = tokens.flat_map(words_of).collect();
    let rows: Vec<Word<'_>> = words
        .into_iter()
        .map(|word| Word {
            word,
            // Names are likened as the words that they are.
            sound: match Token::read(word) {
                Token::Word(word) => sound(word),
                _ => String::new(),
            },
        })
        .collect();
    match conn {
        // One short statement, prepared once: reading a long one took longer than the rows.
        AnyConnection::Sqlite(conn) => {
            for row in &rows {
                diesel::insert_or_ignore_into(book_words::table)
                    .values(row)
                    .execute(conn)?;
            }
        }
        AnyConnection::Postgres(conn) => {
            for part in rows.chunks(ROWS) {
                diesel::insert_into(book_words::table)
                    .values(part)
                    .on_conflict_do_nothing()
                    .execute(conn)?;
            }
        }
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = book_values, treat_none_as_default_value = false)]
#[expect(clippy::struct_field_names, reason = "columns")]
struct Value<'a> {
    kind: &'static str,
    value_key: &'a str,
    value: &'a str,
}

/// Learns values, each with its kind.
///
/// # Errors
/// Those of the database.
pub fn learn_values<'a>(
    conn: &mut AnyConnection,
    values: impl Iterator<Item = (&'static str, &'a str)>,
) -> AppResult<()> {
    let mut known: BTreeMap<(&'static str, String), &str> = BTreeMap::new();
    let mut last = ("", "");
    for (kind, value) in values {
        // Neighbours often share a value, and folding takes longer than looking.
        if (kind, value) == last || value.is_empty() {
            continue;
        }
        last = (kind, value);
        known.entry((kind, fold(value.trim()))).or_insert(value);
    }
    let rows: Vec<Value<'_>> = known
        .iter()
        .map(|((kind, value_key), value)| Value {
            kind,
            value_key,
            value,
        })
        .collect();
    match conn {
        // One short statement, prepared once: reading a long one took longer than the rows.
        AnyConnection::Sqlite(conn) => {
            for row in &rows {
                diesel::insert_or_ignore_into(book_values::table)
                    .values(row)
                    .execute(conn)?;
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

/// Forgets words, which nobody has any more.
///
/// # Errors
/// Those of the database.
pub fn forget(conn: &mut AnyConnection, words: &[&str]) -> AppResult<()> {
    diesel::delete(book_words::table.filter(book_words::word.eq_any(words))).execute(conn)?;
    Ok(())
}
