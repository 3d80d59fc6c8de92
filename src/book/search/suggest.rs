//! Spelling suggestions for a search without results: words written apart or together as in the book, and words of the book
//! that are spelled or sound nearly like a typed one.

use std::collections::{BTreeSet, HashSet};

use diesel::prelude::*;

use super::{Search, count, find};
use crate::book::document;
use crate::db::AnyConnection;
use crate::db::schema::book_words;
use crate::domain::{Query, Token, folded_words, phonetic_code, written};
use crate::error::AppResult;

/// The results of a suggestion are counted up to this number; beyond it the page says "more than".
pub const COUNTED: i64 = 100;
/// Suggestions per page.
const SHOWN: usize = 4;
/// Typed words that are tried.
const ASKED: usize = 4;
/// The most words of the book with the same first letter that are compared letter by letter.
const COMPARED: i64 = 20_000;
/// The most similar words that are tried.
const TRIED: usize = 8;
/// Contacts in which the spelling of a suggestion is looked up.
const SPELLED: i64 = 8;
/// Letters of the shortest part of a divided word, and of the shortest part that must be a word of the book.
const SHORTEST_PART: usize = 2;
const SHORTEST_WORD: usize = 3;
/// Longer words are not divided.
const LONGEST_APART: usize = 30;
/// Particles, of which two can precede a name: `de la Tour`. Folded.
const PARTICLES: [&str; 12] = ["de", "la", "le", "les", "du", "des", "van", "von", "der", "den", "di", "da"];

/// Another query, which has results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The text of the query, spelled as in the book.
    pub q: String,
    /// The number of results, or [`COUNTED`] + 1 if there are more.
    pub count: i64,
}

/// The queries most similar to `q`, the most similar first. `others` and `imports` are the other conditions of the search.
pub fn suggest(
    conn: &mut AnyConnection,
    q: &str,
    others: &Query,
    imports: &[i64],
) -> AppResult<Vec<Suggestion>> {
    let words = folded_words(q);
    let mut offers = Offers { others, imports, tried: HashSet::new(), found: Vec::new() };
    // Queries with the same letters first.
    for (at, word) in words.iter().enumerate().take(ASKED) {
        for parts in apart(conn, word)? {
            offers.add(conn, with(&words, at..=at, &parts))?;
        }
    }
    let together = together(&words);
    for (places, word) in &together {
        offers.add(conn, with(&words, places.clone(), word))?;
    }
    let mut unknown = Vec::new();
    for (at, word) in words.iter().enumerate().take(ASKED) {
        if count(conn, &Query::new(word, &[]), &[], 1)? == 0 {
            unknown.push((at, nearest(conn, word)?));
        }
    }
    // The most similar word for every unknown word, then all similar words of each.
    let mut closest = words.clone();
    for (at, near) in &unknown {
        if let Some(first) = near.first() {
            closest[*at].clone_from(first);
        }
    }
    if unknown.len() > 1 {
        offers.add(conn, closest.clone())?;
    }
    for (at, near) in &unknown {
        for word in near {
            offers.add(conn, with(&words, *at..=*at, word))?;
        }
    }
    if offers.found.is_empty() {
        for (places, word) in together {
            for near in nearest(conn, &word)? {
                offers.add(conn, with(&words, places.clone(), &near))?;
            }
        }
    }
    // Each word has contacts, but no contact has all of them: leave one word out.
    for at in 0..words.len() {
        if words.len() > 1 {
            let mut rest = closest.clone();
            rest.remove(at);
            offers.add(conn, rest)?;
        }
    }
    Ok(offers.found)
}

/// The suggestions so far.
struct Offers<'a> {
    others: &'a Query,
    imports: &'a [i64],
    tried: HashSet<String>,
    found: Vec<Suggestion>,
}

impl Offers<'_> {
    /// Adds a query, given by its folded words, if it has results.
    fn add(&mut self, conn: &mut AnyConnection, words: Vec<String>) -> AppResult<()> {
        let q = words.join(" ");
        if self.found.len() == SHOWN || !self.tried.insert(q.clone()) {
            return Ok(());
        }
        let query = self.query(&q);
        let mut number = count(conn, &query, self.imports, COUNTED + 1)?;
        if number == 0 {
            return Ok(());
        }
        let spelled = spelled(conn, &query, self.imports, &words)?;
        if folded_words(&spelled).join(" ") != q {
            number = count(conn, &self.query(&spelled), self.imports, COUNTED + 1)?;
        }
        if !self.found.iter().any(|known| known.q == spelled) {
            let (q, count) = (spelled, number);
            self.found.push(Suggestion { q, count });
        }
        Ok(())
    }

    fn query(&self, q: &str) -> Query {
        let mut query = Query::new(q, &[]);
        query.terms.extend(self.others.terms.iter().cloned());
        query
    }
}

/// The words of a query with one other word in place of some of them.
fn with(words: &[String], places: std::ops::RangeInclusive<usize>, word: &str) -> Vec<String> {
    let mut all = words.to_vec();
    all.splice(places, [word.to_owned()]);
    all
}

/// A query spelled as in the book: by the first result that has the most of its words. Other words, such as the beginning of a
/// longer one, stay as they were typed.
fn spelled(conn: &mut AnyConnection, query: &Query, imports: &[i64], asked: &[String]) -> AppResult<String> {
    let search = Search::first(query, imports, SPELLED);
    let found: Vec<i64> = find(conn, &search)?.found.iter().map(|found| found.id).collect();
    let mut best = (0, asked.join(" "));
    for texts in document::texts(conn, &found)? {
        let known = |letters: &str| texts.iter().find_map(|text| written(text, letters));
        let mut all: Vec<&str> = Vec::new();
        let mut count = 0;
        for word in asked {
            if let Some(whole) = known(&word.replace(' ', "")) {
                count += word.split(' ').count() + 1;
                all.push(whole);
                continue;
            }
            for part in word.split(' ') {
                let spelled = known(part);
                count += usize::from(spelled.is_some());
                all.push(spelled.unwrap_or(part));
            }
        }
        if count > best.0 {
            best = (count, all.join(" "));
        }
    }
    Ok(best.1)
}

/// The divisions of a word into two or three words of the book: `leroux` is `le roux`.
fn apart(conn: &mut AnyConnection, word: &str) -> AppResult<Vec<String>> {
    let letters = word.chars().count();
    if letters > LONGEST_APART {
        return Ok(Vec::new());
    }
    let mut ways = in_two(word);
    for particle in PARTICLES {
        let Some(rest) = word.strip_prefix(particle) else {
            continue;
        };
        for parts in in_two(rest) {
            if PARTICLES.contains(&parts[0]) {
                ways.push(vec![particle, parts[0], parts[1]]);
            }
        }
    }
    let is_asked_for = |part: &&str| part.chars().count() >= SHORTEST_WORD;
    let parts: BTreeSet<&str> = ways.iter().flatten().copied().filter(is_asked_for).collect();
    let known: HashSet<String> = book_words::table
        .filter(book_words::word.eq_any(parts))
        .select(book_words::word)
        .load::<String>(conn)?
        .into_iter()
        .collect();
    ways.retain(|parts| parts.iter().all(|part| !is_asked_for(part) || known.contains(*part)));
    Ok(ways.into_iter().map(|parts| parts.join(" ")).collect())
}

fn in_two(word: &str) -> Vec<Vec<&str>> {
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    let last = starts.len().saturating_sub(SHORTEST_PART);
    (SHORTEST_PART..=last)
        .map(|at| word.split_at(starts[at]))
        .map(|(before, behind)| vec![before, behind])
        .collect()
}

/// Two neighbours as one word, and all words as one if there are three, each with the positions of the words it replaces.
fn together(words: &[String]) -> Vec<(std::ops::RangeInclusive<usize>, String)> {
    let pairs = (1..words.len().min(ASKED)).map(|at| at - 1..=at);
    let all = (words.len() == 3).then_some(0..=2);
    pairs.chain(all).map(|places| (places.clone(), words[places].concat())).collect()
}

/// The words of the book that are most similar to this one, the most similar first.
fn nearest(conn: &mut AnyConnection, word: &str) -> AppResult<Vec<String>> {
    let asked = phonetic_code(word);
    let known = book_words::table.select((book_words::word, book_words::sound)).order(book_words::word);
    let alike: Vec<(String, String)> = known.filter(book_words::sound.eq(&asked)).limit(200).load(conn)?;
    let mut candidates: BTreeSet<(String, String)> = alike.into_iter().collect();
    // A typing error is seldom in the first letter; if it is, the first two letters may be exchanged.
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
                // The same sound is as good as one letter nearer.
                (2 * distance + usize::from(!sounds_alike) * 2, other)
            })
        })
        .collect();
    near.sort();
    Ok(near.into_iter().take(TRIED).map(|(_, word)| word).collect())
}
