//! What is asked for, in FTS5's language.

use diesel::SqliteConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::words::{BEGINNING, NUMBER, is_french, packed, sign};
use crate::book::search::plan::Section;
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
    pub(super) certain: Certain,
    /// How many terms the expression has.
    pub(super) terms: i64,
}

/// Who is asked for of those who match.
#[derive(Clone)]
pub enum Certain {
    Everybody,
    /// Whoever matches this too. The others are candidates: a number says more than the index holds of it.
    Those(String),
    Nobody,
}

impl Question {
    /// # Errors
    /// Those of the database.
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
        Ok(Self {
            expression: all.join(" AND "),
            certain,
            terms: query.terms.len() as i64,
        })
    }

    /// Whether whoever matches is asked for.
    pub fn is_exact(&self) -> bool {
        matches!(self.certain, Certain::Everybody)
    }

    /// The same of a section.
    ///
    /// # Errors
    /// Those of the database.
    pub fn within(&self, conn: &mut SqliteConnection, section: &Section) -> AppResult<Self> {
        let mut question = self.clone();
        question.terms += (section.with.len() + section.without.len()) as i64;
        // What is to be without something is to have something before that.
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

/// Of these terms, the places of those that nobody in the book has. One statement looks at all of them, as others wait for
/// the writer that asks.
///
/// # Errors
/// Those of the database.
pub fn had_by_nobody(conn: &mut SqliteConnection, terms: &[Term]) -> AppResult<Vec<usize>> {
    let mut asked = Vec::with_capacity(terms.len());
    for term in terms {
        asked.push(any_of(&parts(conn, term)?).unwrap_or_default());
    }
    let places: Vec<Place> = diesel::sql_query(
        "SELECT key AS place FROM json_each(?) AS asked WHERE NOT EXISTS ( \
            SELECT 1 FROM contact_search WHERE contact_search MATCH asked.value)",
    )
    .bind::<Text, _>(serde_json::to_string(&asked)?)
    .load(conn)?;
    let places = places.iter().map(|found| usize::try_from(found.place));
    Ok(places.filter_map(Result::ok).collect())
}

#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = BigInt)]
    place: i64,
}

/// One of the ways to have what a term asks for.
struct Part {
    expression: String,
    /// Whether whoever matches has it. Else the index holds less of it than is asked.
    is_exact: bool,
}

impl Part {
    fn exact(expression: String) -> Self {
        Self {
            expression,
            is_exact: true,
        }
    }
}

fn any_of<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Option<String> {
    let parts: Vec<&str> = parts.into_iter().map(|part| &*part.expression).collect();
    (!parts.is_empty()).then(|| format!("({})", parts.join(" OR ")))
}

fn parts(conn: &mut SqliteConnection, term: &Term) -> AppResult<Vec<Part>> {
    let mut parts = Vec::new();
    match term {
        Term::AnyOf(words) => parts.extend(words.iter().map(|word| {
            Part::exact(match Token::read(word) {
                Token::Facet(mark, value) => format!("\"{}\"", packed(mark, value)),
                Token::Word(_) | Token::Name(_) | Token::LastDigits(_) => format!("\"{word}\""),
            })
        })),
        Term::BeginsWithAnyOf(words) => {
            for word in words {
                parts.extend(beginning(conn, word)?);
            }
        }
    }
    Ok(parts)
}

/// Contacts with a word that begins so.
fn beginning(conn: &mut SqliteConnection, word: &str) -> AppResult<Vec<Part>> {
    let exact = |expression| Ok(vec![Part::exact(expression)]);
    match Token::read(word) {
        Token::LastDigits(end) => Ok(vec![match sign(end) {
            Some(sign) => Part {
                expression: format!("\"{sign}\""),
                is_exact: end.len() == MIN_LAST_DIGITS,
            },
            // Nobody has it.
            None => Part::exact(format!("\"{word}\"")),
        }]),
        Token::Word(word) if is_french(word) && (BEGINNING + 1..=NUMBER).contains(&word.len()) => {
            let end: String = word.bytes().rev().map(char::from).collect();
            let first = &word[..BEGINNING];
            let expression = match sign(&end).filter(|_| word.len() == NUMBER) {
                Some(sign) => format!("(\"{first}\" AND \"{sign}\")"),
                None => format!("\"{first}\""),
            };
            let number = Part {
                expression,
                is_exact: false,
            };
            Ok(vec![Part::exact(format!("\"{word}\"*")), number])
        }
        Token::Word(_) | Token::Name(_) if word.chars().count() > SHORT_WORD => {
            exact(expanded(conn, word)?)
        }
        Token::Word(_) | Token::Name(_) | Token::Facet(..) => exact(format!("\"{word}\"*")),
    }
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
