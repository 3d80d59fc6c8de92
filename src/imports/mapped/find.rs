//! Finds the contacts that the rows of a list mean.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use diesel::prelude::*;

use super::{Mapped, MappedRow};
use crate::base::text_enum;
use crate::book::whole::{self, WholeContact};
use crate::book::write;
use crate::db::schema::notes;
use crate::db::{AnyConnection, from_text_column, in_json_list, on_backend};
use crate::domain::{Field, folded_words};
use crate::error::AppResult;
use crate::imports::mapping::{ListRow, MatchKey, Target};

text_enum! {
    /// The reason why a row waits for a person's decision.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Doubt {
        /// Several contacts have the row's value of a key.
        Several = "several",
        /// Two keys mean two contacts.
        Keys = "keys",
        /// The contact with the e-mail has a wholly different name: the mailbox may have been handed on.
        Name = "name",
        /// A new e-mail, with the number and nearly the name of a contact.
        Number = "number",
        /// Only a deleted or merged contact had the e-mail or the id.
        Gone = "gone",
    }
}

from_text_column!(Doubt);

/// What a row means in the book. A row that means nobody is a new contact.
#[derive(Debug, Clone)]
pub enum Meant {
    Contact {
        whole: Arc<WholeContact>,
        /// Set if the row has a note that the contact does not have.
        lacks_note: bool,
    },
    Doubtful {
        doubt: Doubt,
        /// Contacts by id.
        candidates: Vec<i64>,
    },
}

/// The contact, or the doubt, of each row, in the order of the rows. `lock` locks the contacts for the rest of the transaction.
pub fn find(
    conn: &mut AnyConnection,
    list: &Mapped,
    rows: &[&MappedRow],
    lock: bool,
) -> AppResult<Vec<Option<Meant>>> {
    let mut found = Found::load(conn, list, rows)?;
    // On SQLite no other transaction writes at the same time.
    let contacts = if lock && matches!(conn, AnyConnection::Postgres(_)) {
        loop {
            let ids = found.ids();
            if ids.is_empty() {
                break Vec::new();
            }
            let locked = write::lock(conn, &ids)?;
            // During the wait for the locks, a value may have moved to another contact.
            found = Found::load(conn, list, rows)?;
            if found.ids().iter().all(|id| ids.binary_search(id).is_ok()) {
                break WholeContact::of(conn, locked)?;
            }
        }
    } else {
        WholeContact::load(conn, &found.ids())?
    };
    let contacts = contacts.into_iter().map(|whole| (whole.contact.id, Arc::new(whole))).collect();
    let noted = Noted::load(conn, rows, &contacts)?;
    let book = Lookup { keys: list.rules.mapping().keys(), found, contacts };
    Ok(rows.iter().map(|row| book.meant_by(list, row, &noted)).collect())
}

type Contacts = HashMap<i64, Arc<WholeContact>>;

/// The ids of the contacts that have the values of some rows.
struct Found {
    /// The contact of an e-mail's key, and whether it is a former e-mail of it.
    emails: HashMap<String, (i64, bool)>,
    external_ids: HashMap<String, i64>,
    /// Contacts in the book, by the E.164 form of a number.
    numbers: HashMap<String, BTreeSet<i64>>,
    /// Numbers of so many contacts that they say nothing about a person.
    shared: HashSet<String>,
}

impl Found {
    fn load(conn: &mut AnyConnection, list: &Mapped, rows: &[&MappedRow]) -> AppResult<Self> {
        let keys: Vec<&str> = rows.iter().filter_map(|row| row.email_key()).collect();
        let known = write::with_emails(conn, &keys, false)?;
        let emails = known
            .iter()
            .filter_map(|contact| {
                Some((contact.key()?.to_owned(), (contact.id, !contact.is_found_by_its_own())))
            })
            .collect();
        let external_ids = match &list.source {
            Some(source) => {
                let values: Vec<&str> = rows.iter().filter_map(|row| row.row.external_id()).collect();
                whole::with_external_ids(conn, source.id, &values)?.into_iter().collect()
            }
            None => HashMap::new(),
        };
        let asked: Vec<&str> = rows.iter().flat_map(|row| row.numbers()).map(String::as_str).collect();
        let names: Vec<&str> = rows.iter().filter_map(|row| row.name_key()).collect();
        let holders = whole::with_numbers(conn, &asked, &names)?;
        let mut numbers: HashMap<String, BTreeSet<i64>> = HashMap::new();
        for (number, contact) in holders.pairs {
            numbers.entry(number).or_default().insert(contact);
        }
        Ok(Self { emails, external_ids, numbers, shared: holders.shared })
    }

    /// All ids in rising order.
    fn ids(&self) -> Vec<i64> {
        let mut ids: Vec<i64> = self.emails.values().map(|(id, _)| *id).collect();
        ids.extend(self.external_ids.values());
        ids.extend(self.numbers.values().flatten());
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The contact with the row's e-mail, and whether it is a former e-mail of it.
    fn by_email(&self, row: &MappedRow) -> Option<(i64, bool)> {
        self.emails.get(row.email_key()?).copied()
    }

    fn by_external_id(&self, row: &MappedRow) -> Option<i64> {
        self.external_ids.get(row.row.external_id()?).copied()
    }

    fn by_number(&self, row: &MappedRow) -> BTreeSet<i64> {
        row.numbers().iter().filter_map(|number| self.numbers.get(number)).flatten().copied().collect()
    }
}

/// The contacts that some rows may mean.
struct Lookup {
    keys: Vec<MatchKey>,
    found: Found,
    contacts: Contacts,
}

impl Lookup {
    fn meant_by(&self, list: &Mapped, mapped: &MappedRow, noted: &Noted) -> Option<Meant> {
        let row = &mapped.row;
        let found = self.keys.iter().map(|key| self.found_by(*key, mapped));
        let found: Vec<BTreeSet<i64>> = found.filter(|found| !found.is_empty()).collect();
        let Some(first) = found.first() else {
            return self.doubt_of_new(mapped);
        };
        if first.len() > 1 {
            return Some(doubtful(Doubt::Several, first));
        }
        let by_email = self.found.by_email(mapped);
        let holder = by_email.map(|(id, _)| id);
        let all: BTreeSet<i64> = found.iter().flatten().copied().chain(holder).collect();
        let is_other = |found: &BTreeSet<i64>| found.is_disjoint(first);
        if found.iter().any(is_other) || holder.is_some_and(|holder| !first.contains(&holder)) {
            return Some(doubtful(Doubt::Keys, &all));
        }
        let whole = first.first().and_then(|id| self.contacts.get(id))?;
        let is_former = by_email.is_some_and(|(id, is_former)| id == whole.contact.id && is_former);
        if is_former || whole.contact.deleted_at.is_some() && !list.was_withdrawn(whole) {
            return Some(doubtful(Doubt::Gone, first));
        }
        let is_by_email = holder == Some(whole.contact.id);
        if is_by_email && has_other_name(whole, row) {
            return Some(doubtful(Doubt::Name, first));
        }
        let lacks_note = noted.lacks(whole.contact.id, row);
        Some(Meant::Contact { whole: Arc::clone(whole), lacks_note })
    }

    /// The contacts with the row's value of a key.
    fn found_by(&self, key: MatchKey, row: &MappedRow) -> BTreeSet<i64> {
        match key {
            MatchKey::Email => self.found.by_email(row).map(|(id, _)| id).into_iter().collect(),
            MatchKey::ExternalId => self.found.by_external_id(row).into_iter().collect(),
            MatchKey::Phone => self.found.by_number(row),
            MatchKey::NamePhone => {
                let Some(name) = row.name_key() else { return BTreeSet::new() };
                let mut found = self.found.by_number(row);
                found.retain(|id| self.contacts.get(id).is_some_and(|whole| name_key(whole) == name));
                found
            }
        }
    }

    /// A row that no key finds may still be a known person, or have an e-mail or an id that is taken.
    fn doubt_of_new(&self, mapped: &MappedRow) -> Option<Meant> {
        let holder = self.found.by_email(mapped).map(|(id, _)| id);
        let holders: BTreeSet<i64> = holder.into_iter().chain(self.found.by_external_id(mapped)).collect();
        if !holders.is_empty() {
            return Some(doubtful(Doubt::Keys, &holders));
        }
        let own = mapped.numbers().iter().filter(|number| !self.found.shared.contains(*number));
        let mut near: BTreeSet<i64> =
            own.filter_map(|number| self.found.numbers.get(number)).flatten().copied().collect();
        near.retain(|id| self.contacts.get(id).is_some_and(|whole| is_nearly_named(whole, &mapped.row)));
        if near.is_empty() { None } else { Some(doubtful(Doubt::Number, &near)) }
    }
}

fn doubtful(doubt: Doubt, candidates: &BTreeSet<i64>) -> Meant {
    Meant::Doubtful { doubt, candidates: candidates.iter().copied().collect() }
}

impl Mapped {
    /// Returns `true` if a deleted contact is only in the trash because the import that created it was undone.
    fn was_withdrawn(&self, whole: &WholeContact) -> bool {
        let contact = &whole.contact;
        contact.merged_into.is_none() && contact.created_import_id.is_some_and(|id| self.undone.contains(&id))
    }
}

fn name_key(whole: &WholeContact) -> String {
    crate::domain::sort_key(&whole.contact.last_name, &whole.contact.first_name)
}

fn words_of(row: &ListRow) -> Vec<String> {
    folded_words(&format!("{} {}", row.field(Field::FirstName), row.field(Field::LastName)))
}

fn words_of_contact(whole: &WholeContact) -> Vec<String> {
    folded_words(&format!("{} {}", whole.contact.first_name, whole.contact.last_name))
}

/// Returns `true` if the row and the contact both have a name, and no word of one is nearly a word of the other.
fn has_other_name(whole: &WholeContact, row: &ListRow) -> bool {
    let (theirs, ours) = (words_of_contact(whole), words_of(row));
    !theirs.is_empty()
        && !ours.is_empty()
        && !theirs.iter().any(|word| ours.iter().any(|other| is_near(word, other)))
}

/// Returns `true` if every word of the shorter name is nearly a word of the longer one.
fn is_nearly_named(whole: &WholeContact, row: &ListRow) -> bool {
    let (theirs, ours) = (words_of_contact(whole), words_of(row));
    let (few, many) = if theirs.len() < ours.len() { (theirs, ours) } else { (ours, theirs) };
    !few.is_empty() && few.iter().all(|word| many.iter().any(|other| is_near(word, other)))
}

/// Returns `true` if two words are the same but for a typing error.
fn is_near(a: &str, b: &str) -> bool {
    let longest = a.chars().count().max(b.chars().count());
    a == b || longest > 3 && strsim::osa_distance(a, b) <= 1 + usize::from(longest > 7)
}

/// Takes the e-mail and the external id from a row that another contact than `own` has.
pub fn give_up_taken(
    conn: &mut AnyConnection,
    list: &Mapped,
    mapped: &mut MappedRow,
    own: Option<i64>,
) -> AppResult<()> {
    let found = Found::load(conn, list, &[mapped])?;
    let holder = found.by_email(mapped).map(|(id, _)| id);
    let of_id = found.by_external_id(mapped);
    if holder.is_some_and(|holder| Some(holder) != own) {
        mapped.give_up(&Target::Field(Field::Email));
    }
    if of_id.is_some_and(|holder| Some(holder) != own) {
        mapped.give_up(&Target::ExternalId);
    }
    Ok(())
}

/// The contacts that have the notes of some rows already.
struct Noted(HashMap<i64, Vec<String>>);

impl Noted {
    fn load(conn: &mut AnyConnection, rows: &[&MappedRow], contacts: &Contacts) -> AppResult<Self> {
        let texts: Vec<&str> =
            rows.iter().map(|row| row.row.value(&Target::Note)).filter(|note| !note.is_empty()).collect();
        let mut noted: HashMap<i64, Vec<String>> = HashMap::new();
        if !texts.is_empty() && !contacts.is_empty() {
            let ids: Vec<i64> = contacts.keys().copied().collect();
            let found: Vec<(i64, String)> = on_backend!(conn, |conn| notes::table
                .filter(in_json_list("notes.contact_id", &ids)?)
                .filter(in_json_list("notes.text", &texts)?)
                .select((notes::contact_id, notes::text))
                .load(conn))?;
            for (contact, text) in found {
                noted.entry(contact).or_default().push(text);
            }
        }
        Ok(Self(noted))
    }

    fn lacks(&self, contact: i64, row: &ListRow) -> bool {
        let note = row.value(&Target::Note);
        let has = || self.0.get(&contact).is_some_and(|texts| texts.iter().any(|text| text == note));
        !note.is_empty() && !has()
    }
}
