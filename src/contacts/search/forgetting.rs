//! What the book knew of the people who are erased, and forgets where nobody else has it.

use std::collections::BTreeSet;

use super::{count, vocabulary};
use crate::contacts::words::{self, Document};
use crate::db::AnyConnection;
use crate::domain::{Facet, Query, Term, name_word};
use crate::error::AppResult;

/// The words of the book that these contacts have.
///
/// # Errors
/// Those of the database.
pub fn words_of(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<BTreeSet<String>> {
    let documents = words::documents(conn, ids)?;
    Ok(documents
        .iter()
        .flat_map(|document| vocabulary::words_of(&document.tokens))
        .map(str::to_owned)
        .collect())
}

/// Forgets those of these words that nobody in the book has; returns them.
///
/// # Errors
/// Those of the database.
pub fn forget_words(
    conn: &mut AnyConnection,
    words: &BTreeSet<String>,
) -> AppResult<BTreeSet<String>> {
    let mut forgotten = BTreeSet::new();
    for word in words {
        let term = Term::AnyOf(vec![word.clone(), name_word(word)]);
        if !is_had(conn, term)? {
            forgotten.insert(word.clone());
        }
    }
    let words: Vec<&str> = forgotten.iter().map(String::as_str).collect();
    vocabulary::forget(conn, &words)?;
    Ok(forgotten)
}

/// The values by which the list is narrowed to these contacts, each with its kind.
///
/// # Errors
/// Those of the database.
pub fn values_of(
    conn: &mut AnyConnection,
    ids: &[i64],
) -> AppResult<BTreeSet<(&'static str, String)>> {
    let documents = words::documents(conn, ids)?;
    let values = documents.iter().flat_map(Document::values);
    Ok(values
        .map(|(kind, value)| (kind, value.to_owned()))
        .collect())
}

/// Forgets those of these values that nobody in the book has. The list is sorted by the values that are known: until the end of
/// the transaction nobody else learns one.
///
/// # Errors
/// Those of the database.
pub fn forget_values(
    conn: &mut AnyConnection,
    values: &BTreeSet<(&'static str, String)>,
) -> AppResult<()> {
    vocabulary::hold_values(conn)?;
    for (kind, value) in values {
        let facet = match *kind {
            "service" => Facet::Service(value.clone()),
            "city" => Facet::City(value.clone()),
            "topic" => Facet::Topic(value.clone()),
            _ => Facet::Language(value.clone()),
        };
        if !is_had(conn, Term::AnyOf(vec![facet.token()]))? {
            vocabulary::forget_value(conn, kind, value)?;
        }
    }
    Ok(())
}

/// Whether anybody in the book has a number, by its digits.
///
/// # Errors
/// Those of the database.
pub fn has_number(conn: &mut AnyConnection, digits: &str) -> AppResult<bool> {
    Ok(count(conn, &Query::new(digits, &[]), None, 1)? > 0)
}

fn is_had(conn: &mut AnyConnection, term: Term) -> AppResult<bool> {
    let mut query = Query::default();
    query.terms.push(term);
    Ok(count(conn, &query, None, 1)? > 0)
}
