//! The comparison of two contacts: may they be one person, and for which reasons.

use std::fmt;

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::civility;
use super::duplicate_keys::KeyKind;
use crate::base::text_enum;
use crate::db::schema::contacts;
use crate::db::settings::DefaultCountry;
use crate::db::{SqlColumn, sql_column};
use crate::domain::{Civility, Email, Gender, Phone, fold};

/// The stored columns of a contact that are compared.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct KnownColumns {
    id: i64,
    #[diesel(select_expression = sql_column::<Text>(civility::COLUMN))]
    #[diesel(select_expression_type = SqlColumn<Text>)]
    civility: String,
    first_name: String,
    last_name: String,
    email_key: Option<String>,
    email_personal: String,
    email_other: String,
    organization_id: Option<i64>,
    service: String,
    city: String,
    phone_work: String,
    phone_work_e164: Option<String>,
    phone_cell: String,
    phone_cell_e164: Option<String>,
    phone_home: String,
    phone_home_e164: Option<String>,
    phone_other: String,
    phone_other_e164: Option<String>,
    #[diesel(select_expression = sql_column::<Nullable<Text>>(DefaultCountry::COLUMN))]
    #[diesel(select_expression_type = SqlColumn<Nullable<Text>>)]
    default_country: DefaultCountry,
}

/// A contact, prepared for comparison.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: i64,
    gender: Option<Gender>,
    /// Folded, letters and digits only: `jeanpierre` for `Jean-Pierre`.
    pub first: Vec<char>,
    pub last: Vec<char>,
    /// The words of both names, sorted, so that it does not matter which is the first name and which the last.
    pub words: String,
    organization: Option<i64>,
    service: String,
    city: String,
    pub phones: Vec<String>,
    /// Work e-mail first, if there is one.
    pub emails: Vec<String>,
}

impl From<KnownColumns> for Person {
    fn from(row: KnownColumns) -> Self {
        let (first, last) = (fold(&row.first_name), fold(&row.last_name));
        let mut words: Vec<&str> = first
            .split(|c: char| !c.is_alphanumeric())
            .chain(last.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| !word.is_empty())
            .collect();
        words.sort_unstable();
        let words = words.concat();
        let mut phones: Vec<String> = [
            (row.phone_work, row.phone_work_e164),
            (row.phone_cell, row.phone_cell_e164),
            (row.phone_home, row.phone_home_e164),
            (row.phone_other, row.phone_other_e164),
        ]
        .into_iter()
        .filter(|(typed, _)| !typed.is_empty())
        .flat_map(|(typed, e164)| Phone::numbers(&typed, e164.as_deref(), row.default_country.0))
        .filter_map(|number| number.e164)
        .collect();
        phones.sort_unstable();
        phones.dedup();
        let mut emails: Vec<String> =
            row.email_key.map(|key| Email::key_today(&key).into_owned()).into_iter().collect();
        for email in [row.email_personal, row.email_other] {
            let key = email_key(&email);
            if !key.is_empty() && !emails.contains(&key) {
                emails.push(key);
            }
        }
        Self {
            id: row.id,
            gender: Civility::gender(&row.civility),
            first: letters(&first),
            last: letters(&last),
            words,
            organization: row.organization_id,
            service: fold(row.service.trim()),
            city: fold(row.city.trim()),
            phones,
            emails,
        }
    }
}

/// The form of an e-mail that is compared; empty if it is not an e-mail.
pub fn email_key(email: &str) -> String {
    Email::stored(email).map_or_else(String::new, |email| email.key().to_owned())
}

fn letters(folded: &str) -> Vec<char> {
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

impl Person {
    /// Returns `true` if both names are there to compare.
    pub fn is_named(&self) -> bool {
        !self.first.is_empty() && !self.last.is_empty()
    }

    /// Its organization, service and city: similar names are a reason only for contacts with the same place.
    pub fn places(&self) -> Vec<(Reason, String)> {
        let organization = self.organization.map(|id| id.to_string());
        [
            (Reason::Organization, organization.unwrap_or_default()),
            (Reason::Service, self.service.clone()),
            (Reason::City, self.city.clone()),
        ]
        .into_iter()
        .filter(|(_, place)| !place.is_empty())
        .collect()
    }

    /// Work e-mails are unique, so two can be equal only if an older version stored their keys differently.
    fn shares_email(&self, other: &Self) -> bool {
        self.emails.iter().any(|email| other.emails.contains(email))
    }
}

text_enum! {
    /// Why two contacts may be one. Stored by name: reasons may be added, never renamed.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Reason {
        Email = "email",
        Phone = "phone",
        SameName = "name",
        /// First name and last name exchanged.
        Swapped = "swapped",
        NearName = "near",
        /// One first name is only the first letter of the other.
        Initial = "initial",
        Organization = "organization",
        Service = "service",
        City = "city",
    }
}

impl Reason {
    /// What the reason adds to the certainty, in hundredths.
    fn weight(self) -> i64 {
        match self {
            Self::Email => 60,
            Self::SameName => 50,
            Self::Phone | Self::Swapped => 45,
            Self::NearName | Self::Initial => 35,
            Self::Organization => 20,
            Self::Service | Self::City => 15,
        }
    }
}

/// All reasons why two contacts may be one, the strongest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasons(pub Vec<Reason>);

impl Reasons {
    pub fn parse(text: &str) -> Self {
        Self(text.split(' ').filter_map(Reason::parse).collect())
    }

    pub fn add(&mut self, more: impl IntoIterator<Item = Reason>) {
        self.0.extend(more);
        self.0.sort_unstable();
        self.0.dedup();
    }

    /// In hundredths, at most 99.
    pub fn certainty(&self) -> i64 {
        self.0.iter().map(|reason| reason.weight()).sum::<i64>().min(99)
    }
}

impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|reason| reason.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

/// The reasons why two contacts with a common key may be one; `None` if there is no strong reason. Only the kind of the common
/// key counts: another common number may belong to many contacts, and is found by its own key if few have it.
pub fn judge(a: &Person, b: &Person, together_by: KeyKind) -> Option<Reasons> {
    let name = alike(a, b);
    let telling = match together_by {
        KeyKind::Email => Some(Reason::Email).filter(|_| a.shares_email(b)),
        KeyKind::Phone => {
            Some(Reason::Phone).filter(|_| a.phones.iter().any(|phone| b.phones.contains(phone)))
        }
        KeyKind::Name => name,
    }?;
    let theirs = b.places();
    let places: Vec<Reason> =
        a.places().into_iter().filter(|place| theirs.contains(place)).map(|(reason, _)| reason).collect();
    if together_by == KeyKind::Name && places.is_empty() {
        return None;
    }
    let mut reasons = Reasons(vec![telling]);
    reasons.add(name.into_iter().chain(places));
    Some(reasons)
}

/// The reason that two names give, if they are similar.
fn alike(a: &Person, b: &Person) -> Option<Reason> {
    if !a.is_named() || !b.is_named() {
        return None;
    }
    if a.first == b.first && a.last == b.last {
        return Some(Reason::SameName);
    }
    if a.words == b.words {
        return Some(Reason::Swapped);
    }
    // Michel and Michelle are two people.
    let are_two = a.gender.zip(b.gender).is_some_and(|(one, other)| one != other);
    if are_two && a.first != b.first {
        return None;
    }
    if a.last == b.last && (abbreviates(&a.first, &b.first) || abbreviates(&b.first, &a.first)) {
        return Some(Reason::Initial);
    }
    let is_near =
        a.first == b.first && is_near(&a.last, &b.last) || a.last == b.last && is_near(&a.first, &b.first);
    is_near.then_some(Reason::NearName)
}

fn abbreviates(short: &[char], long: &[char]) -> bool {
    matches!((short, long), ([initial], [first, _, ..]) if initial == first)
}

/// Returns `true` if the texts differ by at most one typing error, or two in long names: a letter too many, missing or wrong,
/// or two neighbours exchanged. Names of up to three letters must be equal.
fn is_near(a: &[char], b: &[char]) -> bool {
    let allowed = match a.len().min(b.len()) {
        0..=3 => 0,
        4..=8 => 1,
        _ => 2,
    };
    a.len().abs_diff(b.len()) <= allowed && slips(a, b) <= allowed
}

fn slips(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (row, &x) in a.iter().enumerate() {
        let mut here = vec![row + 1];
        for (column, &y) in b.iter().enumerate() {
            let mut best =
                (last[column] + usize::from(x != y)).min(last[column + 1] + 1).min(here[column] + 1);
            if row > 0 && column > 0 && x == b[column - 1] && a[row - 1] == y {
                best = best.min(before[column - 1] + 1);
            }
            here.push(best);
        }
        before = std::mem::replace(&mut last, here);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Country;

    fn person(civility: &str, first: &str, last: &str) -> KnownColumns {
        KnownColumns {
            id: 1,
            civility: civility.to_owned(),
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            email_key: None,
            email_personal: String::new(),
            email_other: String::new(),
            organization_id: None,
            service: "Voirie".to_owned(),
            city: String::new(),
            phone_work: String::new(),
            phone_work_e164: None,
            phone_cell: String::new(),
            phone_cell_e164: None,
            phone_home: String::new(),
            phone_home_e164: None,
            phone_other: String::new(),
            phone_other_e164: None,
            default_country: DefaultCountry(Country::parse("FR").unwrap()),
        }
    }

    fn named(a: (&str, &str, &str), b: (&str, &str, &str)) -> Option<Reason> {
        alike(&person(a.0, a.1, a.2).into(), &person(b.0, b.1, b.2).into())
    }

    #[test]
    fn names_with_common_typing_errors_are_similar() {
        for (a, b, expected) in [
            (("Hélène", "LEFÈVRE"), ("Helene", "Lefevre"), Some(Reason::SameName)),
            (("Jean-Pierre", "Le Roux"), ("Jean Pierre", "Leroux"), Some(Reason::SameName)),
            (("Dupont", "Marie"), ("Marie", "Dupont"), Some(Reason::Swapped)),
            (("Jean Pierre", "Roux"), ("Roux", "Jean-Pierre"), Some(Reason::Swapped)),
            (("J.", "Dupont"), ("Jean", "Dupont"), Some(Reason::Initial)),
            (("Marie", "Dupont"), ("Marie", "Dupond"), Some(Reason::NearName)),
            (("Marie", "Durand"), ("Marie", "Druand"), Some(Reason::NearName)),
            (("Marie", "Lefebvre"), ("Marie", "Lefevre"), Some(Reason::NearName)),
            (("Christophe", "Roux"), ("Chrsitofe", "Roux"), None),
            (("Alexandrine", "Roux"), ("Alexandirna", "Roux"), Some(Reason::NearName)),
            (("Marie", "Roux"), ("Marie", "Rous"), Some(Reason::NearName)),
            (("Léa", "Roux"), ("Lia", "Roux"), None),
            (("Marie", "Dupont"), ("Jeanne", "Dupont"), None),
            (("", "Dupont"), ("", "Dupont"), None),
        ] {
            let found = named(("Mme", a.0, a.1), ("Mme", b.0, b.1));
            assert_eq!(found, expected, "{a:?} {b:?}");
        }
        let michel = ("M.", "Michel", "Roux");
        assert_eq!(named(michel, ("Mme", "Michele", "Roux")), None);
        assert_eq!(named(michel, ("M.", "Michele", "Roux")), Some(Reason::NearName));
        assert_eq!(named(michel, ("", "Michele", "Roux")), Some(Reason::NearName), "nobody said who this is");
    }

    #[test]
    fn a_name_alone_is_no_reason_and_more_in_common_is_more_certain() {
        let judged = |a: &KnownColumns, b: &KnownColumns, by| judge(&a.clone().into(), &b.clone().into(), by);
        let one = person("M.", "Jean", "Roux");
        let mut two = person("M.", "Jean", "Roux");
        let reasons = judged(&one, &two, KeyKind::Name).unwrap();
        assert_eq!(reasons.to_string(), "name service");
        assert_eq!(Reasons::parse("name service"), reasons);
        assert_eq!(reasons.certainty(), 65);
        two.service = "Eau".to_owned();
        assert_eq!(judged(&one, &two, KeyKind::Name), None);
        assert_eq!(judged(&one, &two, KeyKind::Phone), None);
        two.phone_cell = "06 12 34 56 78 / 01 10 20 30 40".to_owned();
        two.phone_cell_e164 = Some("+33612345678".to_owned());
        let mut three = one.clone();
        three.phone_work = "0033110203040".to_owned();
        three.phone_work_e164 = Some("+33110203040".to_owned());
        assert_eq!(judged(&three, &two, KeyKind::Phone).unwrap().certainty(), 95);
        three.last_name = "Martin".to_owned();
        assert_eq!(judged(&three, &two, KeyKind::Phone).unwrap().to_string(), "phone");
        two.email_key = Some("j@roux.example".to_owned());
        three.email_personal = "J@Roux.example".to_owned();
        let mut both = judged(&three, &two, KeyKind::Email).unwrap();
        both.add(judged(&three, &two, KeyKind::Phone).unwrap().0);
        assert_eq!(both.to_string(), "email phone");
        assert_eq!(both.certainty(), 99);
    }
}
