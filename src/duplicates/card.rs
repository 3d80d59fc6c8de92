//! Two contacts side by side, with their equal values marked.

use std::collections::HashMap;

use super::pairs::Pair;
use crate::book::contact::Contact;
use crate::book::likeness::{Reason, Reasons, email_key};
use crate::domain::{Field, Number, fold};
use crate::i18n::{Catalogue, field_name, fl};

/// The least certainty of a certain pair, in hundredths: the same number and the same name, unless others have that name at
/// the same place.
const CERTAIN: i64 = 90;
const LIKELY: i64 = 60;

/// A pair as shown on a page.
pub struct Card {
    pub pair: Pair,
    pub rows: Vec<CardRow>,
}

/// One field of both contacts.
pub struct CardRow {
    pub label: String,
    pub low: Vec<CardValue>,
    pub high: Vec<CardValue>,
    /// Set if the two contacts have a value in common.
    pub is_same: bool,
}

pub struct CardValue {
    pub text: String,
    pub is_same: bool,
}

impl Card {
    pub fn new(pair: Pair, organizations: &HashMap<i64, String>, t: &Catalogue) -> Self {
        let fields = |contact: &Contact| {
            let organization = contact.organization_id.and_then(|id| organizations.get(&id));
            [
                (Field::Organization, one(organization.map_or("", String::as_str))),
                (Field::Service, one(&contact.service)),
                (Field::Title, one(&contact.title)),
                (Field::Email, emails(contact)),
                (Field::PhoneWork, phones(contact)),
                (Field::City, one(&contact.city)),
            ]
        };
        let rows = std::iter::zip(fields(&pair.low), fields(&pair.high))
            .map(|((field, low), (_, high))| CardRow::new(label(t, field), &low, &high))
            .filter(|row| !row.low.is_empty() || !row.high.is_empty())
            .collect();
        Self { pair, rows }
    }

    /// The certainty, in words.
    pub fn certainty(&self, t: &Catalogue) -> String {
        match self.pair.certainty {
            CERTAIN.. => fl!(t, "duplicates-certain"),
            LIKELY..CERTAIN => fl!(t, "duplicates-likely"),
            _ => fl!(t, "duplicates-possible"),
        }
    }

    pub fn is_certain(&self) -> bool {
        self.pair.certainty >= CERTAIN
    }

    /// The reasons, in words.
    pub fn why(&self, t: &Catalogue) -> String {
        why(t, &self.pair.reasons)
    }
}

/// The reasons, in words.
pub fn why(t: &Catalogue, reasons: &Reasons) -> String {
    let words: Vec<String> = reasons.0.iter().map(|reason| word(t, *reason)).collect();
    words.join(", ")
}

fn word(t: &Catalogue, reason: Reason) -> String {
    match reason {
        Reason::Email => fl!(t, "duplicates-same-email"),
        Reason::Phone => fl!(t, "duplicates-same-phone"),
        Reason::SameName => fl!(t, "duplicates-same-name"),
        Reason::Swapped => fl!(t, "duplicates-swapped-name"),
        Reason::NearName => fl!(t, "duplicates-near-name"),
        Reason::Initial => fl!(t, "duplicates-initial"),
        Reason::Organization => fl!(t, "duplicates-same-organization"),
        Reason::Service => fl!(t, "duplicates-same-service"),
        Reason::City => fl!(t, "duplicates-same-city"),
    }
}

fn label(t: &Catalogue, field: Field) -> String {
    match field {
        Field::Email => fl!(t, "duplicates-emails"),
        Field::PhoneWork => fl!(t, "duplicates-phones"),
        field => field_name(t, field),
    }
}

/// The text shown, and the key by which it is compared.
type Shown = (String, String);

fn one(text: &str) -> Vec<Shown> {
    if text.is_empty() { Vec::new() } else { vec![(text.to_owned(), fold(text.trim()))] }
}

fn emails(contact: &Contact) -> Vec<Shown> {
    [contact.email(), &contact.email_personal, &contact.email_other]
        .into_iter()
        .filter(|email| !email.is_empty())
        .map(|email| (email.to_owned(), email_key(email)))
        .collect()
}

fn phones(contact: &Contact) -> Vec<Shown> {
    contact
        .phones()
        .iter()
        .flat_map(|phone| {
            let numbers = phone.numbers();
            if numbers.is_empty() {
                return one(phone.typed);
            }
            let shown = |number: Number| {
                let text = number.spoken_text();
                (text, number.e164.unwrap_or(number.typed))
            };
            numbers.into_iter().map(shown).collect()
        })
        .collect()
}

impl CardRow {
    fn new(label: String, low: &[Shown], high: &[Shown]) -> Self {
        let values = |own: &[Shown], other: &[Shown]| -> Vec<CardValue> {
            own.iter()
                .map(|(text, key)| CardValue {
                    text: text.clone(),
                    is_same: other.iter().any(|(_, theirs)| theirs == key),
                })
                .collect()
        };
        let low_values = values(low, high);
        Self {
            label,
            is_same: low_values.iter().any(|value| value.is_same),
            low: low_values,
            high: values(high, low),
        }
    }
}
