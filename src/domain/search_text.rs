//! What is found by what: the words of a contact, and the places of the list. The databases only compare what comes from here.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::Status;
use super::fold::{APOSTROPHE, fold};

/// Fewest digits that are taken for the end of a phone number.
pub const MIN_LAST_DIGITS: usize = 4;
/// Digits of a phone number's end that are kept for finding it.
const LAST_DIGITS: usize = 10;
/// Digits of a short number at most.
const SHORT_NUMBER: usize = 6;
/// Characters of a word that count.
pub(super) const WORD: usize = 64;
/// Letters of a word's beginning that the indexes look up at once; of a longer one they look for the words that begin so.
pub const SHORT_WORD: usize = 7;
/// Bounds an index key: NFKD can make one character eighteen.
const SORT_KEY_PART: usize = 100;

/// Marks of words that nobody types: private-use characters, which [`words`] leaves out of people's text.
const STATUS_MARK: char = '\u{E001}';
const SERVICE_MARK: char = '\u{E002}';
const CITY_MARK: char = '\u{E003}';
const LAST_DIGITS_MARK: char = '\u{E004}';
const ORGANIZATION_MARK: char = '\u{E005}';
/// Before the words of a first name, and those of a last name behind its first.
const NAME_MARK: char = '\u{E006}';
const TOPIC_MARK: char = '\u{E007}';
const LANGUAGE_MARK: char = '\u{E008}';

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
    let letters = folded.chars().filter(|&c| c != APOSTROPHE).map(|c| {
        if matches!(c, '-' | '‐' | '‑') {
            ' '
        } else {
            c
        }
    });
    key.extend(letters.take(SORT_KEY_PART));
}

/// The runs of letters and digits of a folded text, each by its beginning: PostgreSQL takes 2 046 bytes a word.
pub(super) fn words(folded: &str) -> impl Iterator<Item = &str> {
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
    pub last_name: &'a str,
    pub first_name: &'a str,
    /// Service, city, e-mails and whatever else is found by its words.
    pub texts: Vec<&'a str>,
    /// The digits of phone numbers; see [`super::Phone::search_digits`].
    pub digits: Vec<String>,
    pub facets: Vec<Facet>,
}

impl Findable<'_> {
    /// The texts whose words find it, its names first.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [self.last_name, self.first_name]
            .into_iter()
            .chain(self.texts.iter().copied())
    }

    /// Everything that finds it, each once, separated by spaces.
    pub fn tokens(&self) -> String {
        let mut tokens = Tokens::default();
        let mut last_name = index_words(self.last_name).into_iter();
        tokens.extend(last_name.next());
        tokens.extend(last_name.map(|word| name_word(&word)));
        tokens.extend(
            index_words(self.first_name)
                .iter()
                .map(|word| name_word(word)),
        );
        for text in &self.texts {
            tokens.extend(index_words(text));
        }
        for digits in &self.digits {
            tokens.extend(number_tokens(digits));
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
    fn extend(&mut self, words: impl IntoIterator<Item = String>) {
        for word in words {
            self.add(&word);
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

/// The words of a text, and those of it without its apostrophes: `d'Arc` is also asked for as `darc`.
pub(super) fn all_words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut all: Vec<String> = words(&folded).map(str::to_owned).collect();
    if folded.contains(APOSTROPHE) {
        let joined = folded.replace(APOSTROPHE, "");
        all.extend(words(&joined).map(str::to_owned));
    }
    all
}

/// The words by which a text is found: besides its own, abbreviations in full, and of a long word with digits behind its
/// letters, as in many e-mails, the letters, which are a word of the book then.
fn index_words(text: &str) -> Vec<String> {
    let mut all = all_words(text);
    let more: Vec<String> = all
        .iter()
        .filter_map(|word| {
            let letters = word
                .split(|c: char| !c.is_alphabetic())
                .next()
                .unwrap_or_default();
            let is_long = letters.chars().count() > SHORT_WORD && letters.len() < word.len();
            in_full(word).or(is_long.then_some(letters))
        })
        .map(str::to_owned)
        .collect();
    all.extend(more);
    all
}

/// What an abbreviation in French names and addresses stands for.
pub(super) fn in_full(word: &str) -> Option<&'static str> {
    match word {
        "st" => Some("saint"),
        "ste" => Some("sainte"),
        _ => None,
    }
}

/// A word that stands in a name behind the beginning of the last name.
pub fn name_word(word: &str) -> String {
    format!("{NAME_MARK}{word}")
}

/// What a number is found by: from its beginning, and from its end unless it is a short number, which nobody knows the end
/// of.
pub(super) fn number_tokens(digits: &str) -> impl Iterator<Item = String> {
    let end = (digits.len() > SHORT_NUMBER).then(|| last_digits(digits));
    std::iter::once(digits.to_owned()).chain(end)
}

/// The end of a number, last digit first, so that its end is a beginning.
pub(super) fn last_digits(digits: &str) -> String {
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
    Topic(String),
    Language(String),
}

impl Facet {
    /// Its word in the index.
    pub fn token(&self) -> String {
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
            Self::Topic(topic) => hashed(TOPIC_MARK, topic),
            Self::Language(language) => hashed(LANGUAGE_MARK, language),
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

/// What an index word is, by its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    Word(&'a str),
    /// A word of a name; see [`name_word`].
    Name(&'a str),
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
            Some(NAME_MARK) => Self::Name(rest.as_str()),
            Some(
                mark @ (STATUS_MARK | SERVICE_MARK | CITY_MARK | ORGANIZATION_MARK | TOPIC_MARK
                | LANGUAGE_MARK),
            ) => Self::Facet(mark, rest.as_str()),
            _ => Self::Word(token),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_apostrophe_is_one() {
        for sign in "'`´ʹʻʼʽʾʿ‘’‛′‵ꞌ＇｀".chars() {
            let name = format!("D{sign}Arc");
            assert_eq!(fold(&name), "d'arc", "{sign}");
            assert_eq!(all_words(&name), ["d", "arc", "darc"], "{sign}");
            assert_eq!(sort_key(&name, ""), sort_key("Darc", ""), "{sign}");
            let city = |name: &str| Facet::City(name.to_owned()).token();
            assert_eq!(city(&format!("L{sign}Haÿ")), city("L'Haÿ"), "{sign}");
        }
        assert_eq!(fold("ŉ"), "'n");
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
}
