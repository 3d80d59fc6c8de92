//! What identifies the erased people: their e-mails, numbers and names, the words that find them, and their values in the
//! list's filters. Former values are taken from their history.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::people::ErasedPerson;
use crate::audit::Kind;
use crate::audit::store::Happened;
use crate::book::aliases::former_emails;
use crate::book::write::{self, Columns, ContactWrite, apply};
use crate::book::{contact_types, external_ids, search};
use crate::db::schema::{contact_aliases, contacts};
use crate::db::{AnyConnection, settings};
use crate::domain::{CUSTOM, Change, Country, EXTERNAL_ID, Email, Field, Findable, Phone, folded_words};
use crate::error::AppResult;
use crate::imports::{Mark, NUMBER_DIGITS};

/// The history of each contact by its id, latest entry first.
type Past = HashMap<i64, Vec<Happened>>;

/// The fields whose words find a contact, excluding fields of contact types.
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
/// The longest value, in bytes, of a contact type's field whose words find a contact.
const FOUND_BY_CUSTOM: usize = 1_100;

/// The shortest external id, in letters and digits, that a text can mention.
const SHORTEST_ID: usize = 4;

/// What identifies the erased people in lines of imported files and in other texts.
#[derive(Default)]
pub struct KnownBy {
    pub emails: Vec<Email>,
    /// Personal and other e-mails, which another contact may have too.
    other_emails: Vec<Email>,
    /// Digits of phone numbers, which another contact may have too.
    numbers: BTreeSet<String>,
    first_names: BTreeSet<String>,
    last_names: BTreeSet<String>,
    names: BTreeSet<(String, String)>,
    /// External ids.
    ids: BTreeSet<String>,
}

impl KnownBy {
    /// Returns the identifiers that these people have now, and those that they had in their own right, not by a merge.
    pub fn of(conn: &mut AnyConnection, people: &[&ErasedPerson], past: &Past) -> AppResult<Self> {
        let country = settings::default_country(conn)?;
        let ids: Vec<i64> = people.iter().map(|person| person.id()).collect();
        let before_merging = former_emails(conn, &ids)?;
        let mut known =
            Self { emails: parsed(before_merging.into_iter().map(|(_, email)| email)), ..Self::default() };
        for person in people {
            known.add(person, past, country);
        }
        known.ids.extend(external_ids::of(conn, &ids)?.into_iter().map(|known| known.value));
        Ok(known)
    }

    fn add(&mut self, person: &ErasedPerson, past: &Past, country: Country) {
        let listed = &person.listed;
        let own = |field: Field| own_values(person, past, field);
        self.emails.extend(parsed(listed.email.clone()));
        self.emails.extend(parsed(own_emails(person, past)));
        for (now, field) in
            [(&person.email_personal, Field::EmailPersonal), (&person.email_other, Field::EmailOther)]
        {
            self.other_emails.extend(parsed([now.clone()]));
            self.other_emails.extend(parsed(own(field)));
        }
        for phone in listed.phones() {
            let digits = Phone::search_digits(phone.typed, phone.e164, country);
            self.numbers.extend(digits);
        }
        for typed in Field::PHONES.into_iter().flat_map(own) {
            let e164 = Phone::e164(&typed, country);
            self.numbers.extend(Phone::search_digits(&typed, e164.as_deref(), country));
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
        for field in external_id_fields(person, past) {
            let values = own_values_named(person, past, &field);
            self.ids.extend(values.iter().flat_map(|value| value.lines()).map(str::to_owned));
        }
    }

    /// Returns the hashes of the identifiers that no other contact has. `people` are the ids of those who are still in the book.
    /// Lines with a number or an e-mail of a remaining contact are kept.
    pub fn marks(&self, conn: &mut AnyConnection, people: &[i64]) -> AppResult<Vec<Mark>> {
        let mut marks: Vec<Mark> = self.emails.iter().map(Mark::of_email).collect();
        let others = others_with(conn, &self.other_emails, people)?;
        let theirs = self.other_emails.iter().filter(|email| !email.keys().any(|key| others.contains(&*key)));
        marks.extend(theirs.map(Mark::of_email));
        for digits in &self.numbers {
            if digits.len() >= NUMBER_DIGITS && !search::has_number(conn, digits, people)? {
                marks.push(Mark::of_number(digits));
            }
        }
        let names = self.names.iter();
        marks.extend(names.filter_map(|(first, last)| Mark::of_names(first, last)));
        Ok(marks)
    }

    /// Returns the words of all current and former names.
    pub fn name_words(&self) -> BTreeSet<String> {
        let names = self.first_names.iter().chain(&self.last_names);
        names.flat_map(|name| words_of(name)).collect()
    }
}

impl KnownBy {
    /// Returns the words of each external id, in their order, of which no other contact has all: one of them is in `forgotten`.
    /// Very short ids are left out, because their words are in texts about other things.
    pub fn id_words(&self, forgotten: &BTreeSet<String>) -> Vec<Vec<String>> {
        let words = self.ids.iter().map(|id| folded_words(id));
        let is_rare = |words: &Vec<String>| {
            let length: usize = words.iter().map(|word| word.chars().count()).sum();
            length >= SHORTEST_ID && words.iter().any(|word| forgotten.contains(word))
        };
        words.filter(is_rare).collect()
    }
}

fn parsed(emails: impl IntoIterator<Item = String>) -> Vec<Email> {
    let emails = emails.into_iter();
    emails.filter_map(|email| Email::stored(&email)).collect()
}

/// Returns the keys of those e-mails that are the e-mail or a former e-mail of another contact in the book than `people`.
fn others_with(conn: &mut AnyConnection, emails: &[Email], people: &[i64]) -> AppResult<BTreeSet<String>> {
    let keys = emails.iter().flat_map(Email::keys);
    let keys: Vec<String> = keys.map(Cow::into_owned).collect();
    let own: Vec<Option<String>> = contacts::table
        .filter(contacts::email_key.eq_any(&keys))
        .filter(contacts::id.ne_all(people))
        .select(contacts::email_key)
        .load(conn)?;
    let former: Vec<String> = contact_aliases::table
        .filter(contact_aliases::email_key.eq_any(&keys))
        .filter(contact_aliases::contact_id.ne_all(people))
        .select(contact_aliases::email_key)
        .load(conn)?;
    Ok(own.into_iter().flatten().chain(former).collect())
}

/// Returns the e-mails that a person has had, including those handed on by erased contacts that were merged into this one.
pub fn own_emails(person: &ErasedPerson, past: &Past) -> BTreeSet<String> {
    let mut own = own_values(person, past, Field::Email);
    own.extend(person.former_emails.lines().map(str::to_owned));
    own
}

/// Returns the values that a person has had in a field, without those that a merge took from another contact: that contact
/// may have been restored by an undo.
fn own_values(person: &ErasedPerson, past: &Past, field: Field) -> BTreeSet<String> {
    own_values_named(person, past, field.form_name())
}

/// Returns the names of the person's external ids in the history.
fn external_id_fields(person: &ErasedPerson, past: &Past) -> BTreeSet<String> {
    let changes = past.get(&person.id()).into_iter().flatten().flat_map(|happened| &happened.changes);
    let fields = changes.map(|change| change.field.clone());
    fields.filter(|field| field.starts_with(EXTERNAL_ID)).collect()
}

fn own_values_named(person: &ErasedPerson, past: &Past, name: &str) -> BTreeSet<String> {
    let changes: Vec<(Option<Kind>, &Change)> = past
        .get(&person.id())
        .into_iter()
        .flatten()
        .flat_map(|happened| {
            let of_field = |change: &&Change| change.field == name;
            let changes = happened.changes.iter().filter(of_field);
            changes.map(|change| (happened.kind, change))
        })
        .collect();
    // The latest change is first, so the old value of the last one is the contact's first value.
    let mut own: BTreeSet<String> =
        changes.last().map(|(_, change)| change.old.clone()).into_iter().collect();
    own.extend(
        changes
            .into_iter()
            .filter(|(kind, _)| !matches!(kind, Some(Kind::ContactMerged | Kind::MergeUndone)))
            .map(|(_, change)| change.new.clone()),
    );
    own.remove("");
    own
}

/// Adds the e-mails of an erased contact to the contact into which it was merged, so that they are erased with
/// that contact later.
pub fn hand_on(conn: &mut AnyConnection, emails: &BTreeSet<String>, to: i64) -> AppResult<()> {
    let locked = write::lock(conn, &[to])?;
    let known: String = contacts::table.find(to).select(contacts::former_emails).first(conn)?;
    let all: BTreeSet<&str> = known.lines().chain(emails.iter().map(String::as_str)).collect();
    let all: Vec<&str> = all.into_iter().collect();
    let columns = Columns { former_emails: Some(all.join("\n")), ..Columns::default() };
    let writes: Vec<ContactWrite> =
        locked.iter().map(|contact| ContactWrite::derived(contact, columns.clone())).collect();
    apply(conn, &writes, None)
}

/// Returns the words by which these contacts are or were found.
pub fn words(conn: &mut AnyConnection, ids: &[i64], past: &Past) -> AppResult<BTreeSet<String>> {
    let mut words = search::words_of(conn, ids)?;
    let changes = past.values().flatten().flat_map(|past| &past.changes);
    let former = changes
        .filter(|change| {
            let field = change.field.as_str();
            FOUND_BY.contains(&field) || field.starts_with(CUSTOM) || field.starts_with(EXTERNAL_ID)
        })
        .flat_map(|change| {
            let is_id = change.field.starts_with(EXTERNAL_ID);
            let values = [&change.old, &change.new].into_iter();
            values.flat_map(move |value| if is_id { ids_in(value) } else { vec![value.clone()] })
        });
    // Includes values of a type that the contact no longer has.
    let custom = contact_types::values_of(conn, ids)?;
    let custom = custom.into_values().flat_map(HashMap::into_values);
    for value in former.chain(custom).filter(|value| value.len() <= FOUND_BY_CUSTOM) {
        words.extend(words_of(&value));
    }
    Ok(words)
}

/// The texts whose words found a contact by ids in the history, one per line.
fn ids_in(lines: &str) -> Vec<String> {
    lines.lines().flat_map(external_ids::findable).collect()
}

/// Returns the words of a value as first-name words: each with and without its mark.
fn words_of(value: &str) -> Vec<String> {
    let findable = Findable { first_name: value, ..Findable::default() };
    let tokens = findable.tokens();
    let words = search::vocabulary::words_of(&tokens).map(str::to_owned);
    words.collect()
}

/// Returns the filter values of these contacts, current and former, each with its kind.
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
