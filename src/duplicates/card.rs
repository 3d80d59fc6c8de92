//! Two contacts side by side: what both have is marked, and so is what a merge would give up.

use std::collections::HashSet;

use super::merge::{Both, Choices, FIELD, One, Side};
use super::pairs::Pair;
use crate::book::contact::{Contact, ContactPhone};
use crate::book::likeness::{Reason, Reasons, email_key};
use crate::book::wording::Wording;
use crate::domain::{Details, Field, Number, fold};
use crate::i18n::{Catalogue, Locale, fl};

/// The least certainty of a certain pair, in hundredths: the same number and the same name, unless others have that name at
/// the same place.
const CERTAIN: i64 = 90;
const LIKELY: i64 = 60;

const NAMES: [Field; 2] = [Field::FirstName, Field::LastName];

/// A pair as shown on a page, with the merge that is proposed.
pub struct Card {
    pub pair: Pair,
    pub low: CardSide,
    pub high: CardSide,
    /// Further fields of which the merge gives up a value.
    pub given_up: Vec<GivenUp>,
    /// The side that remains, as its control sends it.
    pub kept: &'static str,
    /// The controls of the fields that differ, with the side of each.
    pub choices: Vec<(String, &'static str)>,
    /// The pair that follows on the page.
    pub next: Option<(i64, i64)>,
}

/// One contact of a pair.
pub struct CardSide {
    pub name: Vec<CardValue>,
    pub values: Vec<CardValue>,
    /// `true` for the contact that remains.
    pub remains: bool,
}

pub struct CardValue {
    pub text: String,
    /// The other contact has it too.
    pub is_same: bool,
    /// The merged contact does not have it.
    pub is_given_up: bool,
}

/// A field of which the merge keeps one of two values.
pub struct GivenUp {
    pub label: String,
    pub lost: String,
    pub kept: String,
}

impl Card {
    pub fn new(pair: Pair, both: &Both, wording: &Wording, locale: Locale) -> Self {
        let proposal = Proposal::of(both);
        let kept = both.proposed();
        let side = |one: &One, other: &One, side: Side| CardSide {
            name: name(one, other, &proposal),
            values: values(one, other, &proposal),
            remains: side == kept,
        };
        let choices = both
            .names()
            .into_iter()
            .map(|name| {
                let chosen = both.side(&Choices::new(), &name).as_str();
                (format!("{FIELD}{name}"), chosen)
            })
            .collect();
        Self {
            low: side(&both.low, &both.high, Side::Low),
            high: side(&both.high, &both.low, Side::High),
            given_up: given_up(both, &proposal, wording, locale),
            kept: kept.as_str(),
            choices,
            next: None,
            pair,
        }
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

    /// Returns `true` if the merge is what most people would do.
    pub fn is_likely(&self) -> bool {
        self.pair.certainty >= LIKELY
    }

    /// The reasons, in words.
    pub fn why(&self, t: &Catalogue) -> String {
        why(t, &self.pair.reasons)
    }

    pub fn is(&self, pair: (i64, i64)) -> bool {
        (self.pair.low.id, self.pair.high.id) == pair
    }

    /// The names of both, for those who do not see what stands beside a button.
    pub fn names(&self) -> String {
        format!("{}, {}", self.pair.low.name(), self.pair.high.name())
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

/// The proposed merge: its values, and the numbers and addresses that it keeps in whichever field.
struct Proposal {
    details: Details,
    phones: HashSet<String>,
    emails: HashSet<String>,
}

impl Proposal {
    fn of(both: &Both) -> Self {
        let none = Choices::new();
        let details = both.together(&none);
        let phones = Field::PHONES.into_iter().flat_map(|field| {
            let contact = both.of(both.side(&none, field.form_name())).contact();
            let phones = contact.phones().into_iter().filter(move |phone| phone.field == field);
            phones.flat_map(|phone| numbers(&phone)).map(|(_, key)| key).collect::<Vec<_>>()
        });
        let phones = phones.collect();
        let emails = Field::EMAILS.into_iter().map(|field| email_key(details.get(field))).collect();
        Self { details, phones, emails }
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
    contact.phones().iter().flat_map(numbers).collect()
}

fn numbers(phone: &ContactPhone<'_>) -> Vec<Shown> {
    let numbers = phone.numbers();
    if numbers.is_empty() {
        return one(phone.typed);
    }
    let shown = |number: Number| {
        let text = number.spoken_text();
        (text, number.e164.unwrap_or(number.typed))
    };
    numbers.into_iter().map(shown).collect()
}

/// First and last name, or what stands for them.
fn name(own: &One, other: &One, proposal: &Proposal) -> Vec<CardValue> {
    let is_named = NAMES.into_iter().any(|field| own.details.is_on(field));
    if !is_named {
        return vec![CardValue { text: own.contact().name(), is_same: false, is_given_up: false }];
    }
    // What is the same is the rule here, so that a mark would say nothing.
    NAMES
        .into_iter()
        .flat_map(|field| single(field, own, other, proposal))
        .map(|value| CardValue { is_same: false, ..value })
        .collect()
}

fn values(own: &One, other: &One, proposal: &Proposal) -> Vec<CardValue> {
    let (contact, beside) = (own.contact(), other.contact());
    let mut values: Vec<CardValue> = [Field::Title, Field::Service, Field::Organization]
        .into_iter()
        .flat_map(|field| single(field, own, other, proposal))
        .collect();
    values.extend(marked(emails(contact), &emails(beside), |key| proposal.emails.contains(key)));
    values.extend(marked(phones(contact), &phones(beside), |key| proposal.phones.contains(key)));
    values.extend(single(Field::City, own, other, proposal));
    values
}

fn single(field: Field, own: &One, other: &One, proposal: &Proposal) -> Vec<CardValue> {
    let kept = fold(proposal.details.get(field).trim());
    marked(one(own.details.get(field)), &one(other.details.get(field)), |key| key == kept)
}

fn marked(own: Vec<Shown>, other: &[Shown], is_kept: impl Fn(&str) -> bool) -> Vec<CardValue> {
    own.into_iter()
        .map(|(text, key)| CardValue {
            text,
            is_same: other.iter().any(|(_, theirs)| *theirs == key),
            is_given_up: !is_kept(&key),
        })
        .collect()
}

fn given_up(both: &Both, proposal: &Proposal, wording: &Wording, locale: Locale) -> Vec<GivenUp> {
    let none = Choices::new();
    let is_shown = |name: &str| {
        let more = [Field::Title, Field::Service, Field::Organization, Field::City];
        Field::parse(name).is_some_and(|field| {
            NAMES.contains(&field)
                || Field::EMAILS.contains(&field)
                || Field::PHONES.contains(&field)
                || more.contains(&field)
        })
    };
    both.names()
        .into_iter()
        .filter(|name| !is_shown(name))
        .filter_map(|name| {
            let lost = both.of(both.side(&none, &name).other()).details.named(&name);
            let kept = proposal.details.named(&name);
            let is_lost = !lost.is_empty() && fold(lost) != fold(kept);
            is_lost.then(|| GivenUp {
                label: wording.label(locale.catalogue(), &name),
                lost: wording.value(locale, &name, lost),
                kept: wording.value(locale, &name, kept),
            })
        })
        .collect()
}
