//! What is asked for, in FTS5's language.

use diesel::SqliteConnection;
use diesel::prelude::*;

use super::words::{BEGINNING, NUMBER, is_french, packed, sign};
use crate::contacts::search::plan::Section;
use crate::db::schema::book_words;
use crate::domain::{MIN_LAST_DIGITS, Query, SHORT_WORD, Term, Token};
use crate::error::AppResult;

/// Words that a longer beginning may stand for.
const EXPANDED: i64 = 100;

/// A question in FTS5's language. Words hold only letters, digits and our marks, so quoting them is enough.
#[derive(Clone)]
pub struct Question {
    /// Empty where everybody is asked for.
    pub(super) expression: String,
    /// Whether whoever matches is asked for. Else it is a candidate: the question says more of a word than the index
    /// holds.
    pub is_exact: bool,
}

impl Question {
    /// # Errors
    /// Those of the database.
    pub fn of(conn: &mut SqliteConnection, query: &Query) -> AppResult<Self> {
        let mut is_exact = true;
        let mut terms = Vec::with_capacity(query.terms.len());
        for term in &query.terms {
            terms.push(expression(conn, term, &mut is_exact)?);
        }
        Ok(Self {
            expression: terms.join(" AND "),
            is_exact,
        })
    }

    /// The same of a section.
    ///
    /// # Errors
    /// Those of the database.
    pub fn within(&self, conn: &mut SqliteConnection, section: &Section) -> AppResult<Self> {
        let mut question = self.clone();
        // What is to be without something is to have something before that.
        if section.is_told_by_place && section.without.is_empty() {
            question.expression.clear();
        }
        let mut is_exact = true;
        for term in &section.with {
            let with = expression(conn, term, &mut is_exact)?;
            question.expression = match &*question.expression {
                "" => with,
                asked => format!("{asked} AND {with}"),
            };
        }
        for term in &section.without {
            let without = expression(conn, term, &mut is_exact)?;
            question.expression = format!("({}) NOT {without}", question.expression);
        }
        Ok(question)
    }
}

fn expression(conn: &mut SqliteConnection, term: &Term, is_exact: &mut bool) -> AppResult<String> {
    let mut parts = Vec::new();
    match term {
        Term::AnyOf(words) => parts.extend(words.iter().map(|word| match Token::read(word) {
            Token::Facet(mark, value) => format!("\"{}\"", packed(mark, value)),
            Token::Word(_) | Token::Name(_) | Token::LastDigits(_) => format!("\"{word}\""),
        })),
        Term::BeginsWithAnyOf(words) => {
            for word in words {
                let (part, is_all) = beginning(conn, word)?;
                *is_exact &= is_all;
                parts.push(part);
            }
        }
    }
    Ok(format!("({})", parts.join(" OR ")))
}

/// Contacts with a word that begins so, and whether that is all that is asked.
fn beginning(conn: &mut SqliteConnection, word: &str) -> AppResult<(String, bool)> {
    Ok(match Token::read(word) {
        Token::LastDigits(end) => match sign(end) {
            Some(sign) => (format!("\"{sign}\""), end.len() == MIN_LAST_DIGITS),
            // Nobody has it.
            None => (format!("\"{word}\""), true),
        },
        Token::Word(word) if is_french(word) && (BEGINNING + 1..=NUMBER).contains(&word.len()) => {
            let end: String = word.bytes().rev().map(char::from).collect();
            let first = &word[..BEGINNING];
            let number = match sign(&end).filter(|_| word.len() == NUMBER) {
                Some(sign) => format!("(\"{first}\" AND \"{sign}\")"),
                None => format!("\"{first}\""),
            };
            (format!("\"{word}\"* OR {number}"), false)
        }
        Token::Word(_) | Token::Name(_) if word.chars().count() > SHORT_WORD => {
            (expanded(conn, word)?, true)
        }
        Token::Word(_) | Token::Name(_) | Token::Facet(..) => (format!("\"{word}\"*"), true),
    })
}

/// A beginning that is longer than the index's prefix lists, as the words that it stands for: FTS5 would gather all hits of
/// the shorter one before the first. Words with digits are no words of the book, but what stands before their digits is.
fn expanded(conn: &mut SqliteConnection, word: &str) -> AppResult<String> {
    let words: Vec<String> = book_words::table
        .filter(book_words::word.ge(word))
        .filter(book_words::word.lt(format!("{word}\u{10FFFF}")))
        .select(book_words::word)
        .limit(EXPANDED)
        .load(conn)?;
    if words.is_empty() {
        // Digits are no words of the book.
        return Ok(format!("\"{word}\"*"));
    }
    if i64::try_from(words.len()).is_ok_and(|count| count == EXPANDED) {
        return Ok(format!("\"{word}\"*"));
    }
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    Ok(words.join(" OR "))
}
