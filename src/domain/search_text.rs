//! What is found by what: the one folding that storing and asking share, the words of a contact, and the
//! reading of a query. The databases only compare what comes from here.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::Status;
use super::phone::canonical_digits;

/// Most words of a query that are looked at; a query is a few words, not a page.
const MAX_TERMS: usize = 12;
/// Fewest digits that are taken for the end of a phone number.
pub const MIN_LAST_DIGITS: usize = 4;
/// Digits of a phone number's end that are kept for finding it.
const LAST_DIGITS: usize = 10;
/// Characters of a word that count.
const WORD: usize = 64;
/// Bounds an index key: NFKD can make one character eighteen.
const SORT_KEY_PART: usize = 100;

/// Marks of words that nobody types: private-use characters, which [`words`] leaves out of people's text.
const STATUS_MARK: char = '\u{E001}';
const SERVICE_MARK: char = '\u{E002}';
const CITY_MARK: char = '\u{E003}';
const LAST_DIGITS_MARK: char = '\u{E004}';
const ORGANIZATION_MARK: char = '\u{E005}';

/// Lower case without accents or ligatures (NFKD, marks dropped): `Hélène` → `helene`, `Œting` → `oeting`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text
        .nfkd()
        .filter(|&c| !is_combining_mark(c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            // Lower-casing can leave a mark of its own (İ).
            c if is_combining_mark(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

/// Where a contact stands in the list: last name, then first name, as French sorts (accents and case aside,
/// apostrophes ignored, a hyphen as a space). Compared byte by byte.
pub fn sort_key(last_name: &str, first_name: &str) -> String {
    let mut key = String::with_capacity(last_name.len() + first_name.len() + 1);
    push_sort_part(&mut key, last_name);
    key.push('\u{1}');
    push_sort_part(&mut key, first_name);
    key
}

fn push_sort_part(key: &mut String, name: &str) {
    let folded = fold(name);
    let letters = folded.chars().filter(|&c| !is_apostrophe(c)).map(|c| {
        if matches!(c, '-' | '‐' | '‑') {
            ' '
        } else {
            c
        }
    });
    key.extend(letters.take(SORT_KEY_PART));
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`' | '´')
}

/// The runs of letters and digits of a folded text, each by its beginning: PostgreSQL takes 2 046 bytes a word.
fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| match word.char_indices().nth(WORD) {
            Some((end, _)) => &word[..end],
            None => word,
        })
}

/// The words of a text as they are compared: folded, letters and digits only.
pub fn folded_words(text: &str) -> Vec<String> {
    words(&fold(text)).map(str::to_owned).collect()
}

/// What a contact is found by.
#[derive(Default)]
pub struct Findable<'a> {
    /// Names, service, city, e-mails and whatever else is found by its words.
    pub texts: Vec<&'a str>,
    /// The digits of phone numbers; see [`super::Phone::search_digits`].
    pub digits: Vec<String>,
    pub facets: Vec<Facet>,
}

impl Findable<'_> {
    /// Everything that finds it, each once, separated by spaces.
    pub fn tokens(&self) -> String {
        let mut tokens = Tokens::default();
        for text in &self.texts {
            tokens.add_text(text);
        }
        for digits in &self.digits {
            tokens.add(digits);
            tokens.add(&last_digits(digits));
        }
        for facet in &self.facets {
            tokens.add(&facet.token());
        }
        tokens.0
    }
}

#[derive(Default)]
struct Tokens(String);

impl Tokens {
    fn add_text(&mut self, text: &str) {
        let folded = fold(text);
        for word in words(&folded) {
            self.add(word);
        }
        // `d'Arc` is also asked for as `darc`.
        if folded.contains(is_apostrophe) {
            let joined = folded.replace(is_apostrophe, "");
            for word in words(&joined) {
                self.add(word);
            }
        }
    }

    fn add(&mut self, token: &str) {
        if self.0.split(' ').any(|known| known == token) {
            return;
        }
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.push_str(token);
    }
}

/// The end of a number, last digit first, so that its end is a beginning.
fn last_digits(digits: &str) -> String {
    std::iter::once(LAST_DIGITS_MARK)
        .chain(digits.chars().rev().take(LAST_DIGITS))
        .collect()
}

/// A filter on a whole value: one word of its own in the index, so that it costs what a word costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facet {
    Status(Status),
    /// Compared without accents and case.
    Service(String),
    City(String),
    /// By its id: an organization keeps its people when it gets another name.
    Organization(i64),
}

impl Facet {
    fn token(&self) -> String {
        match self {
            Self::Status(status) => {
                let letter = match status {
                    Status::Expert => 'e',
                    Status::Copy => 'c',
                    Status::Transfer => 't',
                };
                [STATUS_MARK, letter].iter().collect()
            }
            Self::Service(service) => hashed(SERVICE_MARK, service),
            Self::City(city) => hashed(CITY_MARK, city),
            Self::Organization(id) => format!("{ORGANIZATION_MARK}{id}"),
        }
    }
}

/// Sixteen hexadecimal digits: no two services of any book are taken for each other.
fn hashed(mark: char, value: &str) -> String {
    let digest = Sha256::digest(fold(value.trim()).as_bytes());
    let mut token = String::from(mark);
    for byte in &digest[..8] {
        let _ = write!(token, "{byte:02x}");
    }
    token
}

/// One thing that a contact must have: any of these index words, whole or by their beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    Exactly(String),
    BeginsWithAnyOf(Vec<String>),
}

impl Term {
    /// Whether one of a contact's words ([`Findable::tokens`]) is what is asked.
    fn is_met_by(&self, tokens: &str) -> bool {
        tokens.split(' ').any(|token| match self {
            Self::Exactly(word) => token == word,
            Self::BeginsWithAnyOf(words) => words.iter().any(|word| token.starts_with(word)),
        })
    }
}

/// What an index word is, by its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    Word(&'a str),
    /// The end of a phone number, its last digit first.
    LastDigits(&'a str),
    /// A filter: the mark, and what stands behind it.
    Facet(char, &'a str),
}

impl<'a> Token<'a> {
    pub fn read(token: &'a str) -> Self {
        let mut rest = token.chars();
        match rest.next() {
            Some(LAST_DIGITS_MARK) => Self::LastDigits(rest.as_str()),
            Some(mark @ (STATUS_MARK | SERVICE_MARK | CITY_MARK | ORGANIZATION_MARK)) => {
                Self::Facet(mark, rest.as_str())
            }
            _ => Self::Word(token),
        }
    }
}

/// What a list is narrowed to: all of its terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub terms: Vec<Term>,
}

impl Query {
    /// Reads what a person typed, and the filters beside it. Nothing in `typed` is an operator.
    pub fn new(typed: &str, facets: &[Facet]) -> Self {
        let mut terms: Vec<Term> = facets
            .iter()
            .map(|facet| Term::Exactly(facet.token()))
            .collect();
        terms.extend(read_terms(typed).into_iter().take(MAX_TERMS));
        Self { terms }
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a contact with these words ([`Findable::tokens`]) is asked for.
    pub fn is_met_by(&self, tokens: &str) -> bool {
        self.terms.iter().all(|term| term.is_met_by(tokens))
    }
}

/// Words, but neighbours that together look like a phone number are one term.
fn read_terms(typed: &str) -> Vec<Term> {
    let folded = fold(typed);
    let mut terms = Vec::new();
    let mut parts = folded.split_whitespace().peekable();
    while let Some(part) = parts.next() {
        if !is_phone_part(part) {
            terms.extend(words(part).map(|word| Term::BeginsWithAnyOf(vec![word.to_owned()])));
            continue;
        }
        let mut number = part.to_owned();
        while let Some(next) = parts.next_if(|next| is_phone_part(next)) {
            number.push(' ');
            number.push_str(next);
        }
        if number.chars().filter(char::is_ascii_digit).count() < MIN_LAST_DIGITS {
            terms.extend(words(&number).map(|word| Term::BeginsWithAnyOf(vec![word.to_owned()])));
        } else {
            let digits: String = canonical_digits(&number).chars().take(WORD).collect();
            let mut spellings = Vec::with_capacity(3);
            // `33 1 10 20 30 40`, copied without its `+`.
            if let Some(national) = digits.strip_prefix("33") {
                spellings.push(format!("0{national}"));
            }
            // `+33 1` is a beginning and no end.
            if digits.len() >= MIN_LAST_DIGITS {
                spellings.push(last_digits(&digits));
            }
            spellings.insert(0, digits);
            terms.push(Term::BeginsWithAnyOf(spellings));
        }
    }
    terms
}

fn is_phone_part(part: &str) -> bool {
    part.chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | '.' | '-' | '/' | '(' | ')'))
        && part.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn begins(word: &str) -> Term {
        Term::BeginsWithAnyOf(vec![word.to_owned()])
    }

    #[test]
    fn accents_case_and_ligatures_are_folded() {
        assert_eq!(fold("Hélène LEFÈVRE"), "helene lefevre");
        assert_eq!(
            fold("Œting Weiß Łukasik Øster İ"),
            "oeting weiss lukasik oster i"
        );
        assert_eq!(fold("e\u{301}"), fold("é"));
    }

    #[test]
    fn names_sort_as_in_a_french_directory() {
        let mut names = [
            "Lefebvre",
            "Le Roux",
            "D'Ormesson",
            "Lefèvre",
            "Domont",
            "Œuvrard",
            "Nœud",
            "Saint-Martin",
        ];
        names.sort_by_key(|name| sort_key(name, ""));
        assert_eq!(
            names,
            [
                "Domont",
                "D'Ormesson",
                "Le Roux",
                "Lefebvre",
                "Lefèvre",
                "Nœud",
                "Œuvrard",
                "Saint-Martin"
            ]
        );
    }

    #[test]
    fn a_query_is_words_and_phone_numbers() {
        assert_eq!(
            Query::new("lefevre hel", &[]).terms,
            [begins("lefevre"), begins("hel")]
        );
        let number = Term::BeginsWithAnyOf(vec!["0110203040".into(), "\u{E004}0403020110".into()]);
        for typed in [
            "01 10 20 30 40",
            "+33110203040",
            "0033 1 10 20 30 40",
            "01.10.20.30.40",
        ] {
            assert_eq!(
                Query::new(typed, &[]).terms,
                std::slice::from_ref(&number),
                "{typed}"
            );
        }
        assert_eq!(
            Query::new("support 1", &[]).terms,
            [begins("support"), begins("1")]
        );
    }

    #[test]
    fn operators_are_ordinary_text() {
        assert_eq!(
            Query::new("NEAR(\"a\" OR *b*) -c:%_\0", &[]).terms,
            ["near", "a", "or", "b", "c"].map(begins)
        );
        assert!(Query::new("\u{E001} * \" - +", &[]).is_empty());
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn terms_hold_nothing_that_an_index_could_read_as_syntax(text in ".{0,80}") {
            for term in Query::new(&text, &[]).terms {
                let Term::BeginsWithAnyOf(words) = term else { unreachable!() };
                for word in words {
                    prop_assert!(word.trim_start_matches(LAST_DIGITS_MARK).chars().all(char::is_alphanumeric));
                }
            }
        }
    }
}
