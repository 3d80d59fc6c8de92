//! Who comes first in an answer: whoever's last name is what was typed, then those whose last name begins so, then other
//! names, then service and organization, then the rest; each of them by name. For agents, within each, the experts first.
//!
//! Each is a section that an index walks in the list's order, so that a page costs the same however many match: the last
//! names that begin so are a stretch of the list.

use diesel::prelude::*;

use super::Order;
use crate::db::AnyConnection;
use crate::db::schema::{book_values, book_words, contacts, organizations};
use crate::domain::{Facet, Query, Status, Term, name_word};
use crate::error::AppResult;

/// Words that are looked for in names; more of them tell nothing.
const NAMED: usize = 4;
/// Services and organizations that a word may stand for; one that stands for more, as a single letter does, for none.
const VALUES: usize = 50;

/// A stretch of the list, by its sort keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// Inclusive.
    pub from: String,
    /// Exclusive.
    pub to: String,
}

/// Beyond every sort key.
const END: &str = "\u{10FFFF}";

/// A part of an answer.
#[derive(Debug, Clone)]
pub struct Section {
    /// In the order of the answer; in the URLs of pages.
    pub number: u8,
    /// In the list's order, disjoint.
    pub stretches: Vec<Stretch>,
    /// Whether all that is asked is that somebody stands in a stretch: then the list's order alone tells who.
    pub is_told_by_place: bool,
    /// What its contacts have besides what is asked.
    pub with: Vec<Term>,
    /// What they have not.
    pub without: Vec<Term>,
}

/// The sections of an answer that may hold somebody.
///
/// # Errors
/// Those of the database.
pub fn sections(conn: &mut AnyConnection, query: &Query, order: Order) -> AppResult<Vec<Section>> {
    let everywhere = vec![stretch(&[], &[END])];
    let experts_first = match order {
        Order::Best { experts_first } if !query.words.is_empty() => experts_first,
        _ => {
            return Ok(vec![Section {
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
    let mut whole = merged(
        names
            .iter()
            .map(|name| stretch(&[name, "\u{1}"], &[name, "\u{2}"])),
    );
    // Most words that are typed are no last name: each stretch without anybody would be a search that finds nothing, and
    // cut the rest of the book in two.
    retain_inhabited(conn, &mut beginning)?;
    whole.retain(|stretch| {
        beginning
            .iter()
            .any(|outer| outer.from <= stretch.from && stretch.to <= outer.to)
    });
    retain_inhabited(conn, &mut whole)?;
    let elsewhere = minus(&everywhere, &beginning);
    let other_names = other_names(conn, query)?;
    let values = values(conn, query)?;
    let mut tiers = vec![
        (whole.clone(), Vec::new(), Vec::new()),
        (minus(&beginning, &whole), Vec::new(), Vec::new()),
    ];
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
        let section = Section {
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

/// The whole list where nothing is asked; the last names that begin as the only word that is asked for: whoever has one is
/// asked for. None where there is more to ask.
pub fn beginning_of(query: &Query) -> Option<Stretch> {
    match (&query.words[..], query.terms.len()) {
        ([], 0) => Some(stretch(&[], &[END])),
        ([word], 1) => Some(stretch(&[word], &[word, END])),
        _ => None,
    }
}

/// The words alone and as they follow each other: `de la tour` is a last name.
fn runs(words: &[String]) -> Vec<String> {
    (0..words.len())
        .flat_map(|from| (from + 1..=words.len()).map(move |to| words[from..to].join(" ")))
        .collect()
}

fn stretch(from: &[&str], to: &[&str]) -> Stretch {
    Stretch {
        from: from.concat(),
        to: to.concat(),
    }
}

fn merged(stretches: impl Iterator<Item = Stretch>) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = stretches.collect();
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

/// Leaves the stretches with somebody in them.
fn retain_inhabited(conn: &mut AnyConnection, stretches: &mut Vec<Stretch>) -> AppResult<()> {
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

/// What of the first is in none of the second; both are disjoint and in order.
fn minus(all: &[Stretch], taken: &[Stretch]) -> Vec<Stretch> {
    let mut left = Vec::new();
    for stretch in all {
        let mut from = stretch.from.clone();
        for hole in taken {
            if hole.to <= from || hole.from >= stretch.to {
                continue;
            }
            if hole.from > from {
                left.push(Stretch {
                    from: from.clone(),
                    to: hole.from.clone(),
                });
            }
            from.clone_from(&hole.to);
        }
        if from < stretch.to {
            left.push(Stretch {
                from,
                to: stretch.to.clone(),
            });
        }
    }
    left
}

/// First names and later words of last names that begin as one that was typed, where there are any.
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

/// Services and organizations that begin as a word that was typed.
fn values(conn: &mut AnyConnection, query: &Query) -> AppResult<Option<Term>> {
    let mut tokens = Vec::new();
    for word in query.words.iter().take(NAMED) {
        // Words of few letters stand for too much.
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
            tokens.extend(
                services
                    .into_iter()
                    .map(|service| Facet::Service(service).token()),
            );
            tokens.extend(
                organizations
                    .into_iter()
                    .map(|id| Facet::Organization(id).token()),
            );
        }
    }
    Ok((!tokens.is_empty()).then_some(Term::AnyOf(tokens)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(stretches: &[(&str, &str)]) -> Vec<Stretch> {
        stretches
            .iter()
            .map(|(from, to)| stretch(&[from], &[to]))
            .collect()
    }

    #[test]
    fn stretches_are_merged_and_taken_away() {
        let merged = merged(all(&[("m", "n"), ("b", "d"), ("c", "e"), ("ma", "mb")]).into_iter());
        assert_eq!(merged, all(&[("b", "e"), ("m", "n")]));
        let left = minus(&all(&[("", "z")]), &merged);
        assert_eq!(left, all(&[("", "b"), ("e", "m"), ("n", "z")]));
        assert_eq!(minus(&merged, &all(&[("a", "z")])), []);
    }

    #[test]
    fn words_name_somebody_alone_and_together() {
        let words = ["de", "la", "tour"].map(str::to_owned);
        assert_eq!(
            runs(&words),
            ["de", "de la", "de la tour", "la", "la tour", "tour"]
        );
    }
}
