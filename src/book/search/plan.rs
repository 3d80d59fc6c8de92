//! The order of an answer by best match: last names equal to a typed word, then last names that begin with one, then other
//! names, then service and organization, then the rest; each of these by name. For agents, experts come first in each.
//!
//! Each of these is a section that an index walks in the list's order, so that a page costs the same however many contacts
//! match: the last names that begin with a word are a range of the list.

use diesel::prelude::*;

use super::Order;
use crate::db::AnyConnection;
use crate::db::schema::{book_values, book_words, contacts, organizations};
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

/// The sections of an answer that can have results.
pub fn sections(conn: &mut AnyConnection, query: &Query, order: Order) -> AppResult<Vec<RankTier>> {
    let everywhere = vec![stretch(&[], &[END])];
    let experts_first = match order {
        Order::Best { experts_first } if !query.words.is_empty() => experts_first,
        _ => {
            return Ok(vec![RankTier {
                number: 0,
                stretches: everywhere,
                is_told_by_place: false,
                with: Vec::new(),
                without: Vec::new(),
            }]);
        }
    };
    let mut names = runs(&query.words[..query.words.len().min(NAMED)]);
    let in_full = query.words_in_full();
    names.extend(runs(&in_full[..in_full.len().min(NAMED)]));
    let mut beginning = merged(names.iter().map(|name| stretch(&[name], &[name, END])));
    let mut whole = merged(names.iter().map(|name| stretch(&[name, "\u{1}"], &[name, "\u{2}"])));
    // Most typed words are not last names: each empty range would be a search without results, and would cut the rest of the
    // book in two.
    retain_inhabited(conn, &mut beginning)?;
    whole
        .retain(|stretch| beginning.iter().any(|outer| outer.from <= stretch.from && stretch.to <= outer.to));
    retain_inhabited(conn, &mut whole)?;
    let elsewhere = minus(&everywhere, &beginning);
    let other_names = other_names(conn, query)?;
    let values = values(conn, query)?;
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
    Ok(sections)
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

/// Keeps the ranges that have at least one contact.
fn retain_inhabited(conn: &mut AnyConnection, stretches: &mut Vec<KeyRange>) -> AppResult<()> {
    let mut inhabited = Vec::with_capacity(stretches.len());
    for stretch in stretches.drain(..) {
        let anybody: Option<i64> = contacts::table
            .filter(contacts::deleted_at.is_null())
            .filter(contacts::sort_key.ge(&stretch.from))
            .filter(contacts::sort_key.lt(&stretch.to))
            .order((contacts::sort_key, contacts::id))
            .select(contacts::id)
            .first(conn)
            .optional()?;
        if anybody.is_some() {
            inhabited.push(stretch);
        }
    }
    *stretches = inhabited;
    Ok(())
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

/// First names, and last names after their first word, that begin with a typed word; `None` if the book has no such name.
fn other_names(conn: &mut AnyConnection, query: &Query) -> AppResult<Option<Term>> {
    let mut names = Vec::new();
    for word in query.words.iter().take(NAMED) {
        let name = name_word(word);
        let is_known: Option<String> = book_words::table
            .filter(book_words::word.ge(&name))
            .filter(book_words::word.lt(format!("{name}{END}")))
            .select(book_words::word)
            .first(conn)
            .optional()?;
        if is_known.is_some() {
            names.push(name);
        }
    }
    Ok((!names.is_empty()).then_some(Term::BeginsWithAnyOf(names)))
}

/// Services and organizations that begin with a typed word; `None` if there are none.
fn values(conn: &mut AnyConnection, query: &Query) -> AppResult<Option<Term>> {
    let mut tokens = Vec::new();
    for word in query.words.iter().take(NAMED) {
        // Words of one or two letters stand for too many.
        if word.chars().count() < 3 {
            continue;
        }
        let services: Vec<String> = book_values::table
            .filter(book_values::kind.eq("service"))
            .filter(book_values::value_key.ge(word))
            .filter(book_values::value_key.lt(format!("{word}{END}")))
            .select(book_values::value_key)
            .limit(VALUES as i64)
            .load(conn)?;
        let organizations: Vec<i64> = organizations::table
            .filter(organizations::name_key.ge(word))
            .filter(organizations::name_key.lt(format!("{word}{END}")))
            .select(organizations::id)
            .limit(VALUES as i64)
            .load(conn)?;
        if (services.len() + organizations.len()) < VALUES {
            tokens.extend(services.into_iter().map(|service| Facet::Service(service).token()));
            tokens.extend(organizations.into_iter().map(|id| Facet::Organization(id).token()));
        }
    }
    Ok((!tokens.is_empty()).then_some(Term::AnyOf(tokens)))
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
