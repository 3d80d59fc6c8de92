//! What somebody may have meant of whom nothing was found: the words that the book holds and that are spelled, or sound,
//! nearly as one that was typed.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::count;
use crate::db::AnyConnection;
use crate::db::schema::book_words;
use crate::domain::{Query, Token, folded_words, sound};
use crate::error::AppResult;

/// Those who are found by a suggestion are counted up to this and then said as "more than".
pub const COUNTED: i64 = 100;
/// Suggestions a page.
const SHOWN: usize = 4;
/// Words of the book that are compared letter by letter, beginning with one letter.
const COMPARED: i64 = 20_000;
/// Of the likest words, how many are looked up.
const TRIED: usize = 8;

/// Another question, of which somebody is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// To be typed in place of what was.
    pub q: String,
    /// How many are found by it; [`COUNTED`] + 1 when more than that.
    pub count: i64,
}

/// The likest questions to `q`, the likest first.
///
/// # Errors
/// Those of the database.
pub fn suggest(
    conn: &mut AnyConnection,
    q: &str,
    others: &Query,
    import: Option<i64>,
) -> AppResult<Vec<Suggestion>> {
    let words = folded_words(q);
    let mut suggestions: Vec<Suggestion> = Vec::new();
    let mut add = |conn: &mut AnyConnection, q: String| -> AppResult<()> {
        if suggestions.len() < SHOWN && !suggestions.iter().any(|known| known.q == q) {
            let mut query = Query::new(&q, &[]);
            query.terms.extend(others.terms.iter().cloned());
            let count = count(conn, &query, import, COUNTED + 1)?;
            if count > 0 {
                suggestions.push(Suggestion { q, count });
            }
        }
        Ok(())
    };
    let mut unknown = Vec::new();
    for (at, word) in words.iter().enumerate().take(4) {
        if count(conn, &Query::new(word, &[]), None, 1)? == 0 {
            unknown.push((at, nearest(conn, word)?));
        }
    }
    // The likest in place of every word that nobody has, then each of their likenesses.
    let mut likest = words.clone();
    for (at, near) in &unknown {
        if let Some(first) = near.first() {
            likest[*at].clone_from(first);
        }
    }
    if unknown.len() > 1 {
        add(conn, likest.join(" "))?;
    }
    for (at, near) in &unknown {
        for word in near {
            let mut all = words.clone();
            all[*at].clone_from(word);
            add(conn, all.join(" "))?;
        }
    }
    // Each is somebody's, but nobody has all of them.
    for at in 0..words.len() {
        if words.len() > 1 {
            let mut rest = likest.clone();
            rest.remove(at);
            add(conn, rest.join(" "))?;
        }
    }
    Ok(suggestions)
}

/// Words of the book like this one, the likest first.
fn nearest(conn: &mut AnyConnection, word: &str) -> AppResult<Vec<String>> {
    let asked = sound(word);
    let known = book_words::table
        .select((book_words::word, book_words::sound))
        .order(book_words::word);
    let alike: Vec<(String, String)> = known
        .filter(book_words::sound.eq(&asked))
        .limit(200)
        .load(conn)?;
    let mut candidates: BTreeSet<(String, String)> = alike.into_iter().collect();
    // A slip is seldom in the first letter; where it is, the two first may have changed places.
    for first in word.chars().take(2) {
        let beginning = first.to_string();
        let of_letter: Vec<(String, String)> = known
            .filter(book_words::word.ge(&beginning))
            .filter(book_words::word.lt(format!("{beginning}\u{10FFFF}")))
            .limit(COMPARED)
            .load(conn)?;
        candidates.extend(of_letter);
    }
    let letters = word.chars().count();
    let farthest = if letters <= 4 { 1 } else { 2 };
    let mut near: Vec<(usize, String)> = candidates
        .into_iter()
        .filter(|(other, _)| matches!(Token::read(other), Token::Word(_)))
        .filter_map(|(other, sound)| {
            let sounds_alike = sound == asked;
            if !sounds_alike && other.chars().count().abs_diff(letters) > farthest {
                return None;
            }
            let distance = strsim::osa_distance(word, &other);
            (sounds_alike || distance <= farthest).then(|| {
                // What sounds alike is as good as one letter nearer.
                (2 * distance + usize::from(!sounds_alike) * 2, other)
            })
        })
        .collect();
    near.sort();
    Ok(near.into_iter().take(TRIED).map(|(_, word)| word).collect())
}
