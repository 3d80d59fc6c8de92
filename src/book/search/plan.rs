//! The order of an answer by best match: last names equal to a typed word, then last names that begin with one, then other
//! names, then service and organization, then the rest; each of these by name. For agents, experts come first in each.
//!
//! Each of these is a section that an index walks in the list's order, so that a page costs the same however many contacts
//! match: the last names that begin with a word are a range of the list.

use std::collections::BTreeMap;
use std::iter;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::Order;
use super::beginnings::{self, WordsByBeginning};
use crate::db::settings::BOOK_WORDS;
use crate::db::{AnyConnection, Statement, Value, on_backend};
use crate::domain::{Facet, Query, Status, Term, name_word};
use crate::error::AppResult;

/// Words that are looked for in names; more words do not improve the order.
const NAMED: usize = 4;
/// Most services and organizations that a word may stand for. A word that stands for more, such as a single letter, is ignored.
const VALUES: usize = 50;

/// A range of the list, by sort keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyRange {
    /// Inclusive.
    pub from: String,
    /// Exclusive.
    pub to: String,
}

/// Greater than every sort key.
const END: &str = "\u{10FFFF}";

/// A part of an answer.
#[derive(Debug, Clone)]
pub struct RankTier {
    /// Position in the answer; also part of a cursor in URLs.
    pub number: u8,
    /// In the list's order, disjoint.
    pub stretches: Vec<KeyRange>,
    /// `true` if every contact in the ranges matches: the list's order alone gives the results.
    pub is_told_by_place: bool,
    /// Terms that its contacts have, in addition to the query.
    pub with: Vec<Term>,
    /// Terms that its contacts do not have.
    pub without: Vec<Term>,
}

/// How a search is run.
pub struct Plan {
    /// The query. On PostgreSQL it has the words of the book for beginnings of few words.
    pub query: Query,
    /// The sections of the answer that can have results.
    pub sections: Vec<RankTier>,
}

/// The plan of a search. It takes at most one statement.
pub fn plan(conn: &mut AnyConnection, query: &Query, order: Order) -> AppResult<Plan> {
    let everywhere = vec![stretch(&[], &[END])];
    let experts_first = match order {
        Order::Best { experts_first } if !query.words.is_empty() => experts_first,
        _ => {
            let only = RankTier {
                number: 0,
                stretches: everywhere,
                is_told_by_place: false,
                with: Vec::new(),
                without: Vec::new(),
            };
            return Ok(Plan { query: with_known_words(conn, query)?, sections: vec![only] });
        }
    };
    let mut names = runs(&query.words[..query.words.len().min(NAMED)]);
    let in_full = query.words_in_full();
    names.extend(runs(&in_full[..in_full.len().min(NAMED)]));
    let mut beginning = merged(names.iter().map(|name| stretch(&[name], &[name, END])));
    let mut whole = merged(names.iter().map(|name| stretch(&[name, "\u{1}"], &[name, "\u{2}"])));
    let meanings = Meanings::load(conn, query, &query.words, &[&*beginning, &*whole].concat())?;
    // Most typed words are not last names: each empty range would be a search without results, and would cut the rest of the
    // book in two.
    beginning.retain(|stretch| meanings.inhabited.contains(stretch));
    whole.retain(|stretch| meanings.inhabited.contains(stretch));
    let elsewhere = minus(&everywhere, &beginning);
    let Meanings { other_names, values, words, .. } = meanings;
    let other_names = other_names.map(|names| words.term(&names));
    let mut tiers =
        vec![(whole.clone(), Vec::new(), Vec::new()), (minus(&beginning, &whole), Vec::new(), Vec::new())];
    let mut without = Vec::new();
    for (number, term) in [(2, other_names), (3, values)] {
        tiers.resize(number, Default::default());
        if let Some(term) = term {
            tiers.push((elsewhere.clone(), vec![term.clone()], without.clone()));
            without.push(term);
        }
    }
    tiers.resize(4, Default::default());
    tiers.push((elsewhere, Vec::new(), without));
    let mut sections = Vec::new();
    for (number, (stretches, with, without)) in (0..).zip(tiers) {
        if stretches.is_empty() {
            continue;
        }
        let section = RankTier {
            number: number * 2,
            is_told_by_place: number < 2 && beginning_of(query).is_some(),
            stretches,
            with,
            without,
        };
        if !experts_first {
            sections.push(section);
            continue;
        }
        let expert = Term::AnyOf(vec![Facet::Status(Status::Expert).token()]);
        let mut others = section.clone();
        others.number += 1;
        others.without.push(expert.clone());
        let mut experts = section;
        experts.with.push(expert);
        sections.extend([experts, others]);
    }
    Ok(Plan { query: words.query(query), sections })
}

/// The query, on PostgreSQL with the words of the book for beginnings of few words. One term alone is as fast as a beginning.
pub fn with_known_words(conn: &mut AnyConnection, query: &Query) -> AppResult<Query> {
    if query.terms.len() < 2 {
        return Ok(query.clone());
    }
    Ok(Meanings::load(conn, query, &[], &[])?.words.query(query))
}

/// The range of the list that has exactly the contacts that match: the whole list for an empty query, the last names that begin
/// with the word for a query of one word. `None` for any other query.
pub fn beginning_of(query: &Query) -> Option<KeyRange> {
    match (&query.words[..], query.terms.len()) {
        ([], 0) => Some(stretch(&[], &[END])),
        ([word], 1) => Some(stretch(&[word], &[word, END])),
        _ => None,
    }
}

/// The words and their sequences: `de la tour` is a last name.
fn runs(words: &[String]) -> Vec<String> {
    (0..words.len())
        .flat_map(|from| (from + 1..=words.len()).map(move |to| words[from..to].join(" ")))
        .collect()
}

fn stretch(from: &[&str], to: &[&str]) -> KeyRange {
    KeyRange { from: from.concat(), to: to.concat() }
}

fn merged(stretches: impl Iterator<Item = KeyRange>) -> Vec<KeyRange> {
    let mut all: Vec<KeyRange> = stretches.collect();
    all.sort_unstable();
    all.dedup_by(|next, last| {
        let meets = next.from <= last.to;
        if meets && next.to > last.to {
            last.to.clone_from(&next.to);
        }
        meets
    });
    all
}

/// The ranges of `all` without those of `taken`; both are disjoint and in order.
fn minus(all: &[KeyRange], taken: &[KeyRange]) -> Vec<KeyRange> {
    let mut left = Vec::new();
    for stretch in all {
        let mut from = stretch.from.clone();
        for hole in taken {
            if hole.to <= from || hole.from >= stretch.to {
                continue;
            }
            if hole.from > from {
                left.push(KeyRange { from: from.clone(), to: hole.from.clone() });
            }
            from.clone_from(&hole.to);
        }
        if from < stretch.to {
            left.push(KeyRange { from, to: stretch.to.clone() });
        }
    }
    left
}

/// What the typed words mean in the book.
#[derive(Debug, Default)]
struct Meanings {
    /// The ranges that have at least one contact.
    inhabited: Vec<KeyRange>,
    /// First names, and last names after their first word, that begin with a word; `None` if the book has no such name.
    other_names: Option<Term>,
    /// Services and organizations that begin with a word; `None` if there are none.
    values: Option<Term>,
    words: WordsByBeginning,
}

#[derive(QueryableByName)]
struct Meaning {
    #[diesel(sql_type = Text)]
    kind: String,
    /// The position of the range or of the word.
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = Text)]
    value: String,
}

/// The questions of the statement, each with the most rows of its answer: about a range of the list, and about a word.
const IN_RANGE: (&str, &str, usize) = (
    "range",
    "SELECT '' AS value FROM contacts WHERE deleted_at IS NULL AND sort_key >= ? AND sort_key < ? ORDER BY sort_key, id",
    1,
);
const OF_WORD: [(&str, &str, usize); 3] = [
    ("name", "SELECT '' AS value FROM book_words WHERE word >= ? AND word < ?", 1),
    (
        "service",
        "SELECT value_key AS value FROM book_values WHERE kind = 'service' AND value_key >= ? AND value_key < ?",
        VALUES,
    ),
    (
        "organization",
        "SELECT CAST(id AS TEXT) AS value FROM organizations WHERE name_key >= ? AND name_key < ?",
        VALUES,
    ),
];
/// The numbers of ranges that the statement can ask about. With fewer ranges it also asks about empty ones, so that there are few
/// different statements to prepare.
const RANGES: [usize; 5] = [2, 6, 12, 20, 40];

impl Meanings {
    /// One statement asks about all typed words and ranges, and on PostgreSQL about the beginnings in the query.
    fn load(
        conn: &mut AnyConnection,
        query: &Query,
        typed: &[String],
        ranges: &[KeyRange],
    ) -> AppResult<Self> {
        let nobody = stretch(&[], &[]);
        let count = match ranges.len() {
            0 => 0,
            len => RANGES.into_iter().find(|count| *count >= len).unwrap_or(len),
        };
        let mut questions: Vec<String> = Vec::new();
        let mut asked: Vec<KeyRange> = Vec::new();
        let mut ask = |(kind, sql, most): (&str, &str, usize), place: usize, range: KeyRange| {
            questions.push(format!(
                "SELECT '{kind}' AS kind, CAST({place} AS BIGINT) AS place, value FROM ({sql} LIMIT {most}) AS {kind}{place}"
            ));
            asked.push(range);
        };
        for (place, range) in ranges.iter().chain(iter::repeat(&nobody)).take(count).enumerate() {
            ask(IN_RANGE, place, range.clone());
        }
        for (place, word) in typed.iter().take(NAMED).enumerate() {
            let name = name_word(word);
            // Words of one or two letters stand for too many values.
            let values =
                if word.chars().count() < 3 { nobody.clone() } else { stretch(&[word], &[word, END]) };
            let of_word = [stretch(&[&name], &[&name, END]), values.clone(), values];
            for (question, range) in OF_WORD.into_iter().zip(of_word) {
                ask(question, place, range);
            }
        }
        let mut values: Vec<Value<'_>> =
            asked.iter().flat_map(|range| [Value::Text(&range.from), Value::Text(&range.to)]).collect();
        let beginnings = match conn {
            AnyConnection::Postgres(_) => beginnings::in_query(query),
            AnyConnection::Sqlite(_) => Vec::new(),
        };
        if !beginnings.is_empty() {
            questions.push(of_beginnings());
            values.push(Value::Texts(beginnings.clone()));
        }
        if questions.is_empty() {
            return Ok(Self::default());
        }
        let sql = questions.join(" UNION ALL ");
        let found: Vec<Meaning> = on_backend!(conn, |conn| Statement::new(&sql, values).load(conn))?;
        Ok(Self::of(typed, ranges, &beginnings, found))
    }

    fn of(typed: &[String], ranges: &[KeyRange], beginnings: &[&str], found: Vec<Meaning>) -> Self {
        let (mut inhabited, mut names) = (Vec::new(), Vec::new());
        let mut values: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        let mut words: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for Meaning { kind, place, value } in found {
            let Ok(place) = usize::try_from(place) else { continue };
            match kind.as_str() {
                "range" => inhabited.extend(ranges.get(place).cloned()),
                "name" => names.extend(typed.get(place).map(|word| name_word(word))),
                "service" => values.entry(place).or_default().push(Facet::Service(value).token()),
                "word" => {
                    let beginning = beginnings.get(place).copied().unwrap_or_default();
                    words.entry(beginning.to_owned()).or_default().push(value);
                }
                _ => {
                    let id = value.parse().ok();
                    values.entry(place).or_default().extend(id.map(|id| Facet::Organization(id).token()));
                }
            }
        }
        values.retain(|_, tokens| tokens.len() < VALUES);
        let values: Vec<String> = values.into_values().flatten().collect();
        Self {
            inhabited,
            other_names: (!names.is_empty()).then_some(Term::BeginsWithAnyOf(names)),
            values: (!values.is_empty()).then_some(Term::AnyOf(values)),
            words: WordsByBeginning(words),
        }
    }
}

/// The question about the words that begin with some beginnings, on PostgreSQL. It has no answer until a job has completed the book's
/// words, of which older versions left out the letters before digits.
fn of_beginnings() -> String {
    format!(
        "SELECT 'word' AS kind, asked.place - 1 AS place, known.word AS value \
         FROM unnest(?) WITH ORDINALITY AS asked (beginning, place) CROSS JOIN LATERAL ( \
            SELECT word FROM book_words WHERE word >= asked.beginning AND word < asked.beginning || '{END}' LIMIT {most} \
         ) AS known WHERE NOT EXISTS (SELECT FROM settings WHERE key = '{BOOK_WORDS}')",
        most = beginnings::MOST_WORDS + 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(stretches: &[(&str, &str)]) -> Vec<KeyRange> {
        stretches.iter().map(|(from, to)| stretch(&[from], &[to])).collect()
    }

    #[test]
    fn ranges_are_merged_and_subtracted() {
        let merged = merged(all(&[("m", "n"), ("b", "d"), ("c", "e"), ("ma", "mb")]).into_iter());
        assert_eq!(merged, all(&[("b", "e"), ("m", "n")]));
        let left = minus(&all(&[("", "z")]), &merged);
        assert_eq!(left, all(&[("", "b"), ("e", "m"), ("n", "z")]));
        assert_eq!(minus(&merged, &all(&[("a", "z")])), []);
    }

    #[test]
    fn words_are_names_alone_and_in_sequence() {
        let words = ["de", "la", "tour"].map(str::to_owned);
        assert_eq!(runs(&words), ["de", "de la", "de la tour", "la", "la tour", "tour"]);
    }
}
