//! The marks of people to be erased: hashes of their e-mails, numbers and names, to find them in texts that others wrote. No
//! data of the people themselves is kept for this.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use crate::base::random::hex;
use crate::domain::{Email, canonical_digits, folded_words};

/// The fewest digits of a number that identifies a person: shorter ones are extensions and short codes.
pub const NUMBER_DIGITS: usize = 6;
/// The most words that are combined to one name.
const NAME_WORDS: usize = 8;
/// The longest word that can be an e-mail, in bytes.
const LONGEST_EMAIL: usize = 255 * 4;
/// The signs between the cells of a line, in any kind of file.
const BETWEEN_CELLS: [char; 6] = [',', ';', '\t', '|', '\n', '\r'];

/// One identifier of a person, as hashes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Mark {
    Email(String),
    Number(String),
    /// First and last name, anywhere in the text.
    Names {
        first: String,
        last: String,
    },
}

impl Mark {
    /// The mark of an e-mail, independent of case.
    pub fn of_email(email: &Email) -> Self {
        Self::Email(hashed(email.key()))
    }

    /// The mark of a number, from its [`crate::domain::Phone::search_digits`].
    pub fn of_number(digits: &str) -> Self {
        Self::Number(hashed(digits))
    }

    /// The mark of a name; `None` if the first or the last name is missing.
    pub fn of_names(first: &str, last: &str) -> Option<Self> {
        let name = |name: &str| Some(folded_words(name).join(" ")).filter(|name| !name.is_empty());
        Some(Self::Names { first: hashed(&name(first)?), last: hashed(&name(last)?) })
    }
}

/// SHA-256 in hexadecimal.
fn hashed(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// The marks of all people to be erased.
#[derive(Debug, Default)]
pub struct Marks {
    emails: HashSet<String>,
    numbers: HashSet<String>,
    first_names: HashSet<String>,
    /// For each last name, the first names of the people who have it.
    names: HashMap<String, HashSet<String>>,
}

impl FromIterator<Mark> for Marks {
    fn from_iter<I: IntoIterator<Item = Mark>>(given: I) -> Self {
        let mut marks = Self::default();
        for mark in given {
            match mark {
                Mark::Email(hash) => {
                    marks.emails.insert(hash);
                }
                Mark::Number(hash) => {
                    marks.numbers.insert(hash);
                }
                Mark::Names { first, last } => {
                    marks.first_names.insert(first.clone());
                    marks.names.entry(last).or_default().insert(first);
                }
            }
        }
        marks
    }
}

impl Marks {
    pub fn is_empty(&self) -> bool {
        self.emails.is_empty() && self.numbers.is_empty() && self.names.is_empty()
    }

    fn have(&self, email: &Email) -> bool {
        // Hashes stored by an older version are of its own keys.
        email.keys().any(|key| self.emails.contains(&hashed(&key)))
    }

    /// Returns `true` if a line with these cells is to be blanked.
    pub fn are_in_line(&self, cells: &[String]) -> bool {
        let mut seen = Seen::default();
        for cell in cells {
            seen.look_at(&without_spaces(cell), self);
        }
        seen.is_wanted(self)
    }

    /// Returns `true` if a text names one of the people: by an e-mail, a number, or first and last name.
    pub fn are_in(&self, text: &str) -> bool {
        let mut seen = Seen::default();
        seen.look_at(&without_spaces(text), self);
        seen.is_known || seen.has_names(self)
    }
}

/// An e-mail may be typed with spaces around `@`, as the form allows.
fn without_spaces(text: &str) -> String {
    let parts: Vec<&str> = text.split('@').map(str::trim).collect();
    parts.join("@")
}

/// The identifiers found in a line, which may be examined in parts.
#[derive(Debug, Default)]
pub struct Seen {
    /// Set by an e-mail or a number.
    is_known: bool,
    has_email: bool,
    first_names: HashSet<String>,
    last_names: HashSet<String>,
}

impl Seen {
    pub fn look_at(&mut self, text: &str, marks: &Marks) {
        for address in emails_in(text) {
            self.has_email |= Email::parse(address).is_ok();
            self.is_known |= Email::stored(address).is_some_and(|email| marks.have(&email));
        }
        if !marks.numbers.is_empty() {
            self.is_known |= numbers_in(text).any(|digits| marks.numbers.contains(&hashed(&digits)));
        }
        if !marks.names.is_empty() && !self.has_email {
            for name in names_in(text) {
                let hash = hashed(&name);
                if marks.first_names.contains(&hash) {
                    self.first_names.insert(hash.clone());
                }
                if marks.names.contains_key(&hash) {
                    self.last_names.insert(hash);
                }
            }
        }
    }

    /// Returns `true` if the line is to be blanked. A line with an e-mail belongs to the person with that e-mail, who may
    /// have the same name as an erased person.
    pub fn is_wanted(&self, marks: &Marks) -> bool {
        self.is_known || !self.has_email && self.has_names(marks)
    }

    fn has_names(&self, marks: &Marks) -> bool {
        let firsts = self.last_names.iter().filter_map(|last| marks.names.get(last));
        firsts.flatten().any(|first| self.first_names.contains(first))
    }
}

/// Returns the possible e-mails of a text.
fn emails_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_between_words).filter(|word| word.contains('@') && word.len() <= LONGEST_EMAIL).flat_map(
        |word| {
            // Signs that an e-mail may contain can also surround one: `'a@b.example'`, `a@b.example|`, `a@b.example.`,
            // `a@b.example?subject=x`.
            let parts: Vec<&str> = match Email::parse(word) {
                Ok(_) => Vec::new(),
                Err(_) => word.split(['\'', '|', '=', '/', '?', '&']).collect(),
            };
            let parts = parts.into_iter().map(|part| part.trim_matches('.'));
            std::iter::once(word).chain(parts.filter(|part| part.contains('@')))
        },
    )
}

/// Returns `true` for a character that no e-mail contains.
fn is_between_words(c: char) -> bool {
    c.is_whitespace() || c.is_control() || ",\";:<>()[]\\\u{FEFF}".contains(c)
}

/// Returns the numbers of a text in the form of [`crate::domain::Phone::search_digits`]: runs of digits and the signs
/// between them, each run as a whole and in its parts.
fn numbers_in(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| c.is_alphabetic() || c == '"' || c == '@' || BETWEEN_CELLS.contains(&c))
        .flat_map(|run| {
            let parts = run.split('/').filter(move |part| part.len() < run.len());
            let groups = run.split(|c: char| !c.is_ascii_digit());
            let groups = groups.filter(move |group| group.len() < run.trim().len());
            std::iter::once(run).chain(parts).chain(groups)
        })
        .map(canonical_digits)
        .filter(|digits| digits.len() >= NUMBER_DIGITS)
        .flat_map(|digits| {
            // `33110203040` has lost its `+`, `110203040` its zero.
            let without_plus = digits.strip_prefix("33").map(|rest| format!("0{rest}"));
            let without_zero = (!digits.starts_with('0')).then(|| format!("0{digits}"));
            [Some(digits), without_plus, without_zero]
        })
        .flatten()
}

/// Returns every possible name: each sequence of words in a cell.
fn names_in(text: &str) -> impl Iterator<Item = String> {
    text.split(BETWEEN_CELLS).flat_map(|cell| {
        let words = folded_words(cell);
        let ends = |first: usize| first + 1..=words.len().min(first + NAME_WORDS);
        (0..words.len())
            .flat_map(|first| ends(first).map(move |end| (first, end)))
            .map(|(first, end)| words[first..end].join(" "))
            .collect::<Vec<String>>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks() -> Marks {
        let email = Email::parse("Helene@mairie.example").unwrap();
        [
            Some(Mark::of_email(&email)),
            Some(Mark::of_number("0110203040")),
            Some(Mark::of_number("352621123456")),
            Mark::of_names("Hélène", "Le Fèvre"),
            Mark::of_names("", "Martin"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    #[test]
    fn a_person_is_known_by_an_email_a_number_or_both_names() {
        for text in [
            "helene @ mairie.example",
            "Écrire à <HELENE@mairie.example>.",
            "01 10 20 30 40",
            "+33 1 10 20 30 40",
            "0033110203040",
            "(+33) (0)1.10.20.30.40",
            "tél. 01-10-20-30-40 poste 12",
            "01\u{2011}10\u{2011}20\u{2011}30\u{2011}40",
            "06 12 34 56 78 / 01 10 20 30 40",
            "69001 0110203040",
            "110203040",
            "33110203040",
            "+352 621 123 456",
            "le fevre helene",
            "LE FÈVRE Hélène",
            "Mme Hélène Le Fèvre, Lyon",
            "Le-Fèvre;Hélène",
        ] {
            assert!(marks().are_in(text), "{text}");
        }
        for text in [
            "",
            "hhelene@mairie.example",
            "helene@mairie.exampl",
            "01 10 20 30 41",
            "101102030401",
            "Hélène Fèvre",
            "Hélène Martin",
            "Martin",
            "Le Fèvre",
            "Hélène",
        ] {
            assert!(!marks().are_in(text), "{text}");
        }
    }

    #[test]
    fn names_alone_do_not_identify_a_line_with_an_email() {
        let is_wanted = |line: &str| {
            let (marks, mut seen) = (marks(), Seen::default());
            seen.look_at(line, &marks);
            seen.is_wanted(&marks)
        };
        assert!(is_wanted("Mme,Hélène,Le Fèvre,,,,,"));
        assert!(is_wanted("Mme,Hélène,Le Fèvre,helene@mairie,,,,"));
        assert!(!is_wanted("Mme,Hélène,Le Fèvre,autre@mairie.example,,,,"));
        assert!(is_wanted("Mme,Anne,Autre,autre@mairie.example,,0110203040,,"));
    }
}
