//! Removal of the words and values of erased contacts that no other contact has.

use std::collections::{BTreeSet, HashSet};

use super::{Search, count, find, sqlite, vocabulary};
use crate::book::counts;
use crate::book::document::{self, Document};
use crate::db::AnyConnection;
use crate::domain::{Facet, Query, Term, name_word};
use crate::error::AppResult;

/// The words of these contacts that the book's vocabulary has.
pub fn words_of(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<BTreeSet<String>> {
    let documents = document::documents(conn, ids)?;
    Ok(documents
        .iter()
        .flat_map(|document| vocabulary::words_of(&document.tokens))
        .map(str::to_owned)
        .collect())
}

/// Removes those of these words that no contact has, and returns them. No other transaction can add one until this one ends, since
/// searches on PostgreSQL look for the known words.
pub fn forget_words(conn: &mut AnyConnection, words: &BTreeSet<String>) -> AppResult<BTreeSet<String>> {
    let term = |word: &String| Term::AnyOf(vec![word.clone(), name_word(word)]);
    // Most words belong to other contacts too: only the rest is worth a lock that makes all other writers wait.
    let rare: BTreeSet<String> = had_by_nobody(conn, words.iter().cloned(), term)?;
    if rare.is_empty() {
        return Ok(rare);
    }
    vocabulary::hold_words(conn)?;
    // One query as a rule, while the others wait.
    let mut any = Query::default();
    any.terms.push(Term::AnyOf(rare.iter().flat_map(|word| [word.clone(), name_word(word)]).collect()));
    let forgotten = match count(conn, &any, &[], 1)? {
        0 => rare,
        _ => had_by_nobody(conn, rare.into_iter(), term)?,
    };
    let words: Vec<&str> = forgotten.iter().map(String::as_str).collect();
    vocabulary::forget(conn, &words)?;
    Ok(forgotten)
}

/// The values of these contacts that the list can be filtered by, each with its kind.
pub fn values_of(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<BTreeSet<(&'static str, String)>> {
    let documents = document::documents(conn, ids)?;
    let values = documents.iter().flat_map(Document::values);
    Ok(values.map(|(kind, value)| (kind, value.to_owned())).collect())
}

/// Removes those of these values that no contact has. No other transaction can add a value until this one ends, since the list
/// is sorted by the known values.
pub fn forget_values(conn: &mut AnyConnection, values: &BTreeSet<(&'static str, String)>) -> AppResult<()> {
    let term = |(kind, value): &(&str, String)| {
        let facet = match *kind {
            "service" => Facet::Service(value.clone()),
            "city" => Facet::City(value.clone()),
            "topic" => Facet::Topic(value.clone()),
            _ => Facet::Language(value.clone()),
        };
        Term::AnyOf(vec![facet.token()])
    };
    // Most values belong to other contacts too: only the rest is worth a lock that makes all other writers wait.
    let rare: BTreeSet<_> = had_by_nobody(conn, values.iter().cloned(), term)?;
    if rare.is_empty() {
        return Ok(());
    }
    vocabulary::hold_values(conn)?;
    let forgotten: BTreeSet<_> = had_by_nobody(conn, rare.into_iter(), term)?;
    for (kind, value) in &forgotten {
        vocabulary::forget_value(conn, kind, value)?;
    }
    counts::forget(conn, &forgotten)
}

/// Returns `true` if the search finds another contact than these by these digits: its whole number, or the beginning or end of one.
pub fn has_number(conn: &mut AnyConnection, digits: &str, but: &[i64]) -> AppResult<bool> {
    let query = Query::new(digits, &[]);
    if but.is_empty() {
        return Ok(count(conn, &query, &[], 1)? > 0);
    }
    let search = Search::first(&query, &[], but.len() as i64 + 1);
    Ok(find(conn, &search)?.found.iter().any(|found| !but.contains(&found.id)))
}

/// Those of `asked` whose terms no contact in the book has.
fn had_by_nobody<T: Ord>(
    conn: &mut AnyConnection,
    asked: impl Iterator<Item = T>,
    term: impl Fn(&T) -> Term,
) -> AppResult<BTreeSet<T>> {
    let asked: Vec<T> = asked.collect();
    let terms: Vec<Term> = asked.iter().map(term).collect();
    let places: Vec<usize> = match conn {
        AnyConnection::Sqlite(conn) => sqlite::had_by_nobody(conn, &terms)?,
        // One query per term: in one statement the planner reads the whole book for each rare word.
        AnyConnection::Postgres(_) => {
            let mut places = Vec::new();
            for (place, term) in terms.into_iter().enumerate() {
                let mut query = Query::default();
                query.terms.push(term);
                if count(conn, &query, &[], 1)? == 0 {
                    places.push(place);
                }
            }
            places
        }
    };
    let places: HashSet<usize> = places.into_iter().collect();
    let asked = asked.into_iter().enumerate();
    Ok(asked.filter(|(place, _)| places.contains(place)).map(|(_, thing)| thing).collect())
}
