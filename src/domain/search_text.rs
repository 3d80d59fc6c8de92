//! The search index's words of a contact, and the sort keys of the list. The databases only compare these values.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::Status;
use super::fold::{APOSTROPHE, fold};

/// The smallest number of digits that can be the end of a phone number.
pub const MIN_LAST_DIGITS: usize = 4;
/// The number of digits at a phone number's end that are indexed.
const LAST_DIGITS: usize = 10;
/// The largest number of digits of a short number.
const SHORT_NUMBER: usize = 6;
/// The number of characters of a word that count.
pub(super) const WORD: usize = 64;
/// Letters of the shortest word that is stored as a word of the book. Shorter words are all similar to each other.
pub const MIN_WORD: usize = 3;
/// The number of letters of a word's beginning that SQLite's index looks up directly; for a longer beginning, it looks for the words
/// that begin with it.
pub const SHORT_WORD: usize = 7;
/// The largest number of characters of a name in a sort key. It bounds the index key, because NFKD can turn one character into
/// eighteen.
const SORT_KEY_PART: usize = 100;

/// Marks of index words that nobody can type: private-use characters, which [`words`] removes from typed text.
const STATUS_MARK: char = '\u{E001}';
const SERVICE_MARK: char = '\u{E002}';
const CITY_MARK: char = '\u{E003}';
const LAST_DIGITS_MARK: char = '\u{E004}';
const ORGANIZATION_MARK: char = '\u{E005}';
/// The mark of the words of a first name, and of those of a last name after its first word.
const NAME_MARK: char = '\u{E006}';
const TOPIC_MARK: char = '\u{E007}';
const LANGUAGE_MARK: char = '\u{E008}';

/// The position of a contact in the list: last name, then first name, in French order (without accents and case,
/// apostrophes ignored, a hyphen like a space). The key is compared byte by byte.
pub fn sort_key(last_name: &str, first_name: &str) -> String {
    let mut key = String::with_capacity(last_name.len() + first_name.len() + 1);
    push_sort_part(&mut key, last_name);
    key.push('\u{1}');
    push_sort_part(&mut key, first_name);
    key
}

fn push_sort_part(key: &mut String, name: &str) {
    let folded = fold(name);
    let letters = folded
        .chars()
        .filter(|&c| c != APOSTROPHE)
        .map(|c| if matches!(c, '-' | '‐' | '‑') { ' ' } else { c });
    key.extend(letters.take(SORT_KEY_PART));
}

/// The runs of letters and digits of a folded text, each cut after [`WORD`] characters: PostgreSQL accepts 2 046 bytes per word.
pub(super) fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(|word| {
        match word.char_indices().nth(WORD) {
            Some((end, _)) => &word[..end],
            None => word,
        }
    })
}

/// The words of a text for comparison: folded, letters and digits only.
pub fn folded_words(text: &str) -> Vec<String> {
    words(&fold(text)).map(str::to_owned).collect()
}

/// The values by which the search finds a contact.
#[derive(Default)]
pub struct Findable<'a> {
    pub last_name: &'a str,
    pub first_name: &'a str,
    /// Service, city, e-mails and other texts whose words the search finds.
    pub texts: Vec<&'a str>,
    /// The digits of phone numbers; see [`super::Phone::search_digits`].
    pub digits: Vec<String>,
    pub facets: Vec<Facet>,
}

impl Findable<'_> {
    /// The texts whose words find the contact, its names first.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [self.last_name, self.first_name].into_iter().chain(self.texts.iter().copied())
    }

    /// All index words of the contact, without repetitions, separated by spaces.
    pub fn tokens(&self) -> String {
        let mut tokens = Tokens::default();
        let mut last_name = index_words(self.last_name).into_iter();
        tokens.extend(last_name.next());
        tokens.extend(last_name.map(|word| name_word(&word)));
        tokens.extend(index_words(self.first_name).iter().map(|word| name_word(word)));
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

/// The words of a text, with and without its apostrophes: people also search for `d'Arc` as `darc`.
pub(super) fn all_words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut all: Vec<String> = words(&folded).map(str::to_owned).collect();
    if folded.contains(APOSTROPHE) {
        let joined = folded.replace(APOSTROPHE, "");
        all.extend(words(&joined).map(str::to_owned));
    }
    all
}

/// The index words of a text: its own words, abbreviations in full, and the letters before other characters, such as the digits in
/// many e-mails. The letters then are a word of the book, so that its words have every beginning of at least [`MIN_WORD`] letters.
fn index_words(text: &str) -> Vec<String> {
    let mut all = all_words(text);
    let more: Vec<String> = all
        .iter()
        .filter_map(|word| {
            let letters = word.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
            let is_word = letters.chars().count() >= MIN_WORD && letters.len() < word.len();
            in_full(word).or(is_word.then_some(letters))
        })
        .map(str::to_owned)
        .collect();
    all.extend(more);
    all
}

/// The meaning of an abbreviation in French names and addresses.
pub(super) fn in_full(word: &str) -> Option<&'static str> {
    match word {
        "st" => Some("saint"),
        "ste" => Some("sainte"),
        _ => None,
    }
}

/// The index word for a name's word that is not the beginning of the last name.
pub fn name_word(word: &str) -> String {
    format!("{NAME_MARK}{word}")
}

/// The index words of a number: the number itself, and its end. A short number has no end, because people know the whole number.
pub(super) fn number_tokens(digits: &str) -> impl Iterator<Item = String> {
    let end = (digits.len() > SHORT_NUMBER).then(|| last_digits(digits));
    std::iter::once(digits.to_owned()).chain(end)
}

/// The index word for the end of a number: the last digit first, so that the number's end is the word's beginning.
pub(super) fn last_digits(digits: &str) -> String {
    std::iter::once(LAST_DIGITS_MARK).chain(digits.chars().rev().take(LAST_DIGITS)).collect()
}

/// A filter on a whole value. It has one word in the index, so that it is as fast as the search for a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facet {
    Status(Status),
    /// Compared without accents and case.
    Service(String),
    City(String),
    /// The organization's id, so that its contacts are still found after it is renamed.
    Organization(i64),
    Topic(String),
    Language(String),
}

impl Facet {
    /// The filter's word in the index.
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

/// Sixteen hexadecimal digits of a hash, enough that no two services of a book get the same word.
fn hashed(mark: char, value: &str) -> String {
    let digest = Sha256::digest(fold(value.trim()).as_bytes());
    let mut token = String::from(mark);
    for byte in &digest[..8] {
        let _ = write!(token, "{byte:02x}");
    }
    token
}

/// The kind of an index word, by its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    Word(&'a str),
    /// A word of a name; see [`name_word`].
    Name(&'a str),
    /// The end of a phone number, the last digit first.
    LastDigits(&'a str),
    /// A filter: the mark, and the text after it.
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
    fn all_apostrophes_are_equal() {
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
        let mut names =
            ["Lefebvre", "Le Roux", "D'Ormesson", "Lefèvre", "Domont", "Œuvrard", "Nœud", "Saint-Martin"];
        names.sort_by_key(|name| sort_key(name, ""));
        assert_eq!(
            names,
            ["Domont", "D'Ormesson", "Le Roux", "Lefebvre", "Lefèvre", "Nœud", "Œuvrard", "Saint-Martin"]
        );
    }
}
