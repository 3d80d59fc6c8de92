//! What the people who go are known by: their e-mails, their numbers, their names, the words of all that finds them, and the
//! values by which the list is narrowed to them; those of now and, from their history, those of before.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::people::Person;
use crate::audit::Kind;
use crate::audit::store::Happened;
use crate::book::aliases::former_emails;
use crate::book::write::{self, Columns, ContactWrite, apply};
use crate::book::{contact_types, search};
use crate::db::schema::{contact_aliases, contacts};
use crate::db::{AnyConnection, settings};
use crate::domain::{CUSTOM, Change, Country, Email, Field, Findable, Phone};
use crate::error::AppResult;
use crate::imports::{Mark, NUMBER_DIGITS};

/// The history of people, the latest first.
type Past = HashMap<i64, Vec<Happened>>;

/// Fields beside those of contact types, by whose words a contact is found.
const FOUND_BY: [&str; 10] = [
    "first_name",
    "last_name",
    "title",
    "email",
    "email_personal",
    "email_other",
    "service",
    "city",
    "topics",
    "languages",
];
/// Of contact types only short fields are found by their words.
const FOUND_BY_CUSTOM: usize = 1_100;
const PHONES: [Field; 4] = [
    Field::PhoneWork,
    Field::PhoneCell,
    Field::PhoneHome,
    Field::PhoneOther,
];

/// By what lines of imported files and other texts name people.
#[derive(Default)]
pub struct KnownBy {
    pub emails: Vec<Email>,
    /// That may be somebody else's e-mail too.
    other_emails: Vec<Email>,
    /// Digits of numbers that may be somebody else's too.
    numbers: BTreeSet<String>,
    first_names: BTreeSet<String>,
    last_names: BTreeSet<String>,
    names: BTreeSet<(String, String)>,
}

impl KnownBy {
    /// What these people have, and had by themselves.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of(conn: &mut AnyConnection, people: &[&Person], past: &Past) -> AppResult<Self> {
        let country = settings::default_country(conn)?;
        let ids: Vec<i64> = people.iter().map(|person| person.id()).collect();
        let before_merging = former_emails(conn, &ids)?;
        let mut known = Self {
            emails: parsed(before_merging.into_iter().map(|(_, email)| email)),
            ..Self::default()
        };
        for person in people {
            known.add(person, past, country);
        }
        Ok(known)
    }

    fn add(&mut self, person: &Person, past: &Past, country: Country) {
        let listed = &person.listed;
        let own = |field: Field| own_values(person, past, field);
        self.emails.extend(parsed(listed.email.clone()));
        self.emails.extend(parsed(own_emails(person, past)));
        for (now, field) in [
            (&person.email_personal, Field::EmailPersonal),
            (&person.email_other, Field::EmailOther),
        ] {
            self.other_emails.extend(parsed([now.clone()]));
            self.other_emails.extend(parsed(own(field)));
        }
        for phone in listed.phones() {
            let digits = Phone::search_digits(phone.typed, phone.e164, country);
            self.numbers.extend(digits);
        }
        for typed in PHONES.into_iter().flat_map(own) {
            let e164 = Phone::e164(&typed, country);
            self.numbers
                .extend(Phone::search_digits(&typed, e164.as_deref(), country));
        }
        let mut first_names = own(Field::FirstName);
        first_names.insert(listed.first_name.clone());
        let mut last_names = own(Field::LastName);
        last_names.insert(listed.last_name.clone());
        for first in &first_names {
            let pairs = last_names.iter().map(|last| (first.clone(), last.clone()));
            self.names.extend(pairs);
        }
        self.first_names.extend(first_names);
        self.last_names.extend(last_names);
    }

    /// The hashes of all that is theirs alone, once they are out of the book: who else has a number or an e-mail keeps
    /// the lines with it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn marks(&self, conn: &mut AnyConnection) -> AppResult<Vec<Mark>> {
        let mut marks: Vec<Mark> = self.emails.iter().map(Mark::of_email).collect();
        let others = others_with(conn, &self.other_emails)?;
        let theirs = self
            .other_emails
            .iter()
            .filter(|email| !email.keys().any(|key| others.contains(&*key)));
        marks.extend(theirs.map(Mark::of_email));
        for digits in &self.numbers {
            if digits.len() >= NUMBER_DIGITS && !search::has_number(conn, digits)? {
                marks.push(Mark::of_number(digits));
            }
        }
        let names = self.names.iter();
        marks.extend(names.filter_map(|(first, last)| Mark::of_names(first, last)));
        Ok(marks)
    }

    /// The words of their names.
    pub fn name_words(&self) -> BTreeSet<String> {
        let names = self.first_names.iter().chain(&self.last_names);
        names.flat_map(|name| words_of(name)).collect()
    }
}

fn parsed(emails: impl IntoIterator<Item = String>) -> Vec<Email> {
    let emails = emails.into_iter();
    emails.filter_map(|email| Email::stored(&email)).collect()
}

/// Of these e-mails those by which the book knows somebody.
fn others_with(conn: &mut AnyConnection, emails: &[Email]) -> AppResult<BTreeSet<String>> {
    let keys = emails.iter().flat_map(Email::keys);
    let keys: Vec<String> = keys.map(Cow::into_owned).collect();
    let own: Vec<Option<String>> = contacts::table
        .filter(contacts::email_key.eq_any(&keys))
        .select(contacts::email_key)
        .load(conn)?;
    let former: Vec<String> = contact_aliases::table
        .filter(contact_aliases::email_key.eq_any(&keys))
        .select(contact_aliases::email_key)
        .load(conn)?;
    Ok(own.into_iter().flatten().chain(former).collect())
}

/// The e-mails that somebody had, and what was erased of it.
pub fn own_emails(person: &Person, past: &Past) -> BTreeSet<String> {
    let mut own = own_values(person, past, Field::Email);
    own.extend(person.former_emails.lines().map(str::to_owned));
    own
}

/// What somebody had in a field before: not what a merge chose from another, who may be another again by now.
fn own_values(person: &Person, past: &Past, field: Field) -> BTreeSet<String> {
    let changes: Vec<(Option<Kind>, &Change)> = past
        .get(&person.id())
        .into_iter()
        .flatten()
        .flat_map(|happened| {
            let of_field = |change: &&Change| change.field == field.form_name();
            let changes = happened.changes.iter().filter(of_field);
            changes.map(|change| (happened.kind, change))
        })
        .collect();
    // The latest is first: what stood before the last is what it came with.
    let mut own: BTreeSet<String> = changes
        .last()
        .map(|(_, change)| change.old.clone())
        .into_iter()
        .collect();
    own.extend(
        changes
            .into_iter()
            .filter(|(kind, _)| !matches!(kind, Some(Kind::ContactMerged | Kind::MergeUndone)))
            .map(|(_, change)| change.new.clone()),
    );
    own.remove("");
    own
}

/// Lets whoever a part was a part of be erased with its e-mails, when that day comes.
///
/// # Errors
/// Those of the database.
pub fn hand_on(conn: &mut AnyConnection, emails: &BTreeSet<String>, to: i64) -> AppResult<()> {
    let known: String = contacts::table
        .find(to)
        .select(contacts::former_emails)
        .first(conn)?;
    let all: BTreeSet<&str> = known
        .lines()
        .chain(emails.iter().map(String::as_str))
        .collect();
    let all: Vec<&str> = all.into_iter().collect();
    let columns = Columns {
        former_emails: Some(all.join("\n")),
        ..Columns::default()
    };
    let writes: Vec<ContactWrite> = write::lock(conn, &[to])?
        .iter()
        .map(|contact| ContactWrite::derived(contact, columns.clone()))
        .collect();
    apply(conn, &writes, None)
}

/// The words by which the book knows these contacts, or knew them.
///
/// # Errors
/// Those of the database.
pub fn words(conn: &mut AnyConnection, ids: &[i64], past: &Past) -> AppResult<BTreeSet<String>> {
    let mut words = search::words_of(conn, ids)?;
    let changes = past.values().flatten().flat_map(|past| &past.changes);
    let former = changes
        .filter(|change| {
            FOUND_BY.contains(&change.field.as_str()) || change.field.starts_with(CUSTOM)
        })
        .flat_map(|change| [change.old.clone(), change.new.clone()]);
    // Also those of a type that a contact has no more.
    let custom = contact_types::values_of(conn, ids)?;
    let custom = custom.into_values().flat_map(HashMap::into_values);
    for value in former
        .chain(custom)
        .filter(|value| value.len() <= FOUND_BY_CUSTOM)
    {
        words.extend(words_of(&value));
    }
    Ok(words)
}

/// Those of a first name are known with their mark and without.
fn words_of(value: &str) -> Vec<String> {
    let findable = Findable {
        first_name: value,
        ..Findable::default()
    };
    let tokens = findable.tokens();
    let words = search::vocabulary::words_of(&tokens).map(str::to_owned);
    words.collect()
}

/// The values by which the list is narrowed to these contacts, or was, each with its kind.
///
/// # Errors
/// Those of the database.
pub fn values(
    conn: &mut AnyConnection,
    ids: &[i64],
    past: &Past,
) -> AppResult<BTreeSet<(&'static str, String)>> {
    let mut values = search::values_of(conn, ids)?;
    for change in past.values().flatten().flat_map(|past| &past.changes) {
        let kind = match change.field.as_str() {
            "service" => "service",
            "city" => "city",
            "topics" => "topic",
            "languages" => "language",
            _ => continue,
        };
        let lines = change.old.lines().chain(change.new.lines());
        values.extend(lines.map(|line| (kind, line.to_owned())));
    }
    Ok(values)
}
