//! Beginnings of words, as the few words of the book that begin with them, on PostgreSQL. Of a beginning, GIN reads the hits of all
//! its words into memory before it compares the first one with the other terms; of whole words it skips those that another term
//! excludes. `zwolinski marseille` took 28 ms among a million contacts as beginnings, and 0.5 as words. A contact that gets a new word
//! between the look-up of the words and the search may be missed once.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{MIN_WORD, Query, Term, Token};

/// The most words that a term may become. More can be slower than their beginning: 61 words took 160 ms where their beginning took
/// 32, but eight took only half a millisecond more than one.
pub const MOST_WORDS: usize = 8;

/// The words of the book that begin with a beginning.
#[derive(Debug, Default)]
pub struct WordsByBeginning(pub BTreeMap<String, Vec<String>>);

impl WordsByBeginning {
    /// The query with words where they are few.
    pub fn query(&self, query: &Query) -> Query {
        let mut query = query.clone();
        for term in &mut query.terms {
            *term = self.term(term);
        }
        query
    }

    /// The term as words, if they are few.
    pub fn term(&self, term: &Term) -> Term {
        let words: BTreeSet<&String> = known_beginnings(term)
            .into_iter()
            .flatten()
            .filter_map(|beginning| self.0.get(beginning))
            .flatten()
            .collect();
        if (1..=MOST_WORDS).contains(&words.len()) {
            Term::AnyOf(words.into_iter().cloned().collect())
        } else {
            term.clone()
        }
    }
}

/// The beginnings in a query whose words the book knows.
pub fn in_query(query: &Query) -> Vec<&str> {
    let asked: BTreeSet<&str> =
        query.terms.iter().filter_map(known_beginnings).flatten().map(String::as_str).collect();
    asked.into_iter().collect()
}

/// The beginnings of a term, if the book's words have all words with each of them: they have none with digits, and no short ones.
fn known_beginnings(term: &Term) -> Option<&[String]> {
    let is_of_words = |beginning: &String| match Token::read(beginning) {
        Token::Word(word) | Token::Name(word) => {
            word.chars().count() >= MIN_WORD && word.chars().all(char::is_alphabetic)
        }
        Token::LastDigits(_) | Token::Facet(..) => false,
    };
    match term {
        Term::BeginsWithAnyOf(beginnings) if beginnings.iter().all(is_of_words) => Some(beginnings),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_words_replace_a_beginning() {
        let words = |count: usize| {
            let words = (0..count).map(|number| format!("martin{}", "e".repeat(number)));
            WordsByBeginning(BTreeMap::from([("mart".to_owned(), words.collect())]))
        };
        let asked = Query::new("mart 0612", &[]);
        assert_eq!(in_query(&asked), ["mart", "\u{E006}mart"]);
        let in_words = words(2).query(&asked);
        assert_eq!(in_words.terms[0], Term::AnyOf(vec!["martin".to_owned(), "martine".to_owned()]));
        assert_eq!(in_words.terms[1], asked.terms[1]);
        assert_eq!(words(MOST_WORDS + 1).query(&asked), asked);
        assert_eq!(words(0).query(&asked), asked);
    }

    #[test]
    fn beginnings_that_are_short_or_have_digits_stay() {
        for asked in ["ma", "0612", "marie75", "st"] {
            assert_eq!(in_query(&Query::new(asked, &[])), <[&str; 0]>::default(), "{asked}");
        }
    }
}
