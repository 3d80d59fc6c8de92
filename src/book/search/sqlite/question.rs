//! Queries in the language of FTS5.

use diesel::SqliteConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::words::{BEGINNING, NUMBER, is_french, packed, sign};
use crate::book::search::plan::RankTier;
use crate::db::schema::book_words;
use crate::db::{Statement, Value};
use crate::domain::{MIN_LAST_DIGITS, Query, SHORT_WORD, Term, Token};
use crate::error::AppResult;

/// Words that a longer beginning may be replaced by.
const EXPANDED: i64 = 100;

/// A query in the language of FTS5. Words hold only letters, digits and our marks, so quoting them is enough.
#[derive(Clone)]
pub struct MatchExpr {
    /// Empty if every contact matches.
    pub(super) expression: String,
    pub(super) certain: Certain,
    /// The number of terms in the expression.
    pub(super) terms: i64,
}

/// The hits that match the query for certain. The others are candidates, since the index holds only parts of a number.
#[derive(Clone)]
pub enum Certain {
    Everybody,
    /// The hits that also match this expression.
    Those(String),
    Nobody,
}

impl MatchExpr {
    pub fn of(conn: &mut SqliteConnection, query: &Query) -> AppResult<Self> {
        let mut all = Vec::with_capacity(query.terms.len());
        let mut certain = Vec::with_capacity(query.terms.len());
        let mut is_exact = true;
        for term in &query.terms {
            let parts = parts(conn, term)?;
            let exact: Vec<&Part> = parts.iter().filter(|part| part.is_exact).collect();
            is_exact &= exact.len() == parts.len();
            certain.push(any_of(exact));
            all.extend(any_of(&parts));
        }
        let certain = match certain.into_iter().collect::<Option<Vec<String>>>() {
            _ if is_exact => Certain::Everybody,
            Some(terms) => Certain::Those(terms.join(" AND ")),
            None => Certain::Nobody,
        };
        Ok(Self { expression: all.join(" AND "), certain, terms: query.terms.len() as i64 })
    }

    /// Returns `true` if every hit of the index matches the query.
    pub fn is_exact(&self) -> bool {
        matches!(self.certain, Certain::Everybody)
    }

    /// The query of a section.
    pub fn within(&self, conn: &mut SqliteConnection, section: &RankTier) -> AppResult<Self> {
        let mut question = self.clone();
        question.terms += (section.with.len() + section.without.len()) as i64;
        // FTS5 has no `NOT` without an expression before it.
        if section.is_told_by_place && section.without.is_empty() {
            question.expression.clear();
        }
        for term in &section.with {
            let Some(with) = any_of(&parts(conn, term)?) else {
                continue;
            };
            question.expression = match &*question.expression {
                "" => with,
                asked => format!("{asked} AND {with}"),
            };
        }
        for term in &section.without {
            if let Some(without) = any_of(&parts(conn, term)?) {
                question.expression = format!("({}) NOT {without}", question.expression);
            }
        }
        Ok(question)
    }
}

/// The indexes of those terms that no contact in the book has. One statement for all of them, as other writers wait for the
/// writer that asks.
pub fn had_by_nobody(conn: &mut SqliteConnection, terms: &[Term]) -> AppResult<Vec<usize>> {
    let mut asked = Vec::with_capacity(terms.len());
    for term in terms {
        asked.push(any_of(&parts(conn, term)?).unwrap_or_default());
    }
    let sql = "SELECT key AS place FROM json_each(?) AS asked WHERE NOT EXISTS ( \
        SELECT 1 FROM contact_search WHERE contact_search MATCH asked.value)";
    let asked = serde_json::to_string(&asked)?;
    let places: Vec<AskedPlace> = Statement::new(sql, [Value::Text(&asked)]).load(conn)?;
    let places = places.iter().map(|found| usize::try_from(found.place));
    Ok(places.filter_map(Result::ok).collect())
}

#[derive(QueryableByName)]
struct AskedPlace {
    #[diesel(sql_type = BigInt)]
    place: i64,
}

/// One of the ways to match a term.
struct Part {
    expression: String,
    /// `true` if every hit matches the term. Otherwise the index holds less than the term asks for.
    is_exact: bool,
}

impl Part {
    fn exact(expression: String) -> Self {
        Self { expression, is_exact: true }
    }
}

fn any_of<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Option<String> {
    let parts: Vec<&str> = parts.into_iter().map(|part| &*part.expression).collect();
    (!parts.is_empty()).then(|| format!("({})", parts.join(" OR ")))
}

fn parts(conn: &mut SqliteConnection, term: &Term) -> AppResult<Vec<Part>> {
    let mut parts = Vec::new();
    match term {
        Term::AnyOf(words) => {
            for word in words {
                parts.push(Part::exact(match Token::read(word) {
                    Token::Facet(mark, value) => format!("\"{}\"", packed(mark, value)),
                    Token::Word(_) | Token::Name(_) | Token::LastDigits(_) => format!("\"{word}\""),
                }));
                if is_french(word) && word.len() == NUMBER {
                    parts.push(number(word));
                }
            }
        }
        Term::BeginsWithAnyOf(words) => {
            for word in words {
                parts.extend(beginning(conn, word)?);
            }
        }
    }
    Ok(parts)
}

/// The ways to have a word that begins with this one.
fn beginning(conn: &mut SqliteConnection, word: &str) -> AppResult<Vec<Part>> {
    let exact = |expression| Ok(vec![Part::exact(expression)]);
    match Token::read(word) {
        Token::LastDigits(end) => Ok(vec![match sign(end) {
            Some(sign) => Part { expression: format!("\"{sign}\""), is_exact: end.len() == MIN_LAST_DIGITS },
            // No contact has it.
            None => Part::exact(format!("\"{word}\"")),
        }]),
        Token::Word(word) if is_french(word) && (BEGINNING + 1..=NUMBER).contains(&word.len()) => {
            Ok(vec![Part::exact(format!("\"{word}\"*")), number(word)])
        }
        Token::Word(_) | Token::Name(_) if word.chars().count() > SHORT_WORD => exact(expanded(conn, word)?),
        Token::Word(_) | Token::Name(_) | Token::Facet(..) => exact(format!("\"{word}\"*")),
    }
}

/// A French number, or the beginning of one, as the index holds its parts.
fn number(word: &str) -> Part {
    let end: String = word.bytes().rev().map(char::from).collect();
    let first = &word[..BEGINNING];
    let expression = match sign(&end).filter(|_| word.len() == NUMBER) {
        Some(sign) => format!("(\"{first}\" AND \"{sign}\")"),
        None => format!("\"{first}\""),
    };
    Part { expression, is_exact: false }
}

/// A beginning that is longer than the index's prefix lists, as the words of the book that begin with it: FTS5 would gather all
/// hits of the shorter prefix before the first. The book's words have no digits, but they include the letters before digits.
fn expanded(conn: &mut SqliteConnection, word: &str) -> AppResult<String> {
    let words: Vec<String> = book_words::table
        .filter(book_words::word.ge(word))
        .filter(book_words::word.lt(format!("{word}\u{10FFFF}")))
        .select(book_words::word)
        .limit(EXPANDED)
        .load(conn)?;
    if words.is_empty() {
        // Words with digits are not in the book's words.
        return Ok(format!("\"{word}\"*"));
    }
    if i64::try_from(words.len()).is_ok_and(|count| count == EXPANDED) {
        return Ok(format!("\"{word}\"*"));
    }
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    Ok(words.join(" OR "))
}
