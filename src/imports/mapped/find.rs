//! Finds the contacts that the rows of a list mean.

use std::collections::{BTreeSet, HashMap, HashSet};

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
        whole: Box<WholeContact>,
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
    let mut book = Lookup::load(conn, list, rows)?;
    if lock {
        loop {
            let ids: Vec<i64> = book.contacts.keys().copied().collect();
            let locked = write::lock(conn, &ids)?;
            if !matches!(conn, AnyConnection::Postgres(_)) {
                book.contacts = by_id(WholeContact::of(conn, locked)?);
                break;
            }
            // During the wait for the locks, a value may have moved to another contact.
            let again = Lookup::load(conn, list, rows)?;
            let is_same = again.contacts.keys().all(|id| book.contacts.contains_key(id));
            book = again;
            if is_same {
                break;
            }
        }
    }
    let noted = Noted::load(conn, rows, &book)?;
    Ok(rows.iter().map(|row| book.meant_by(list, row, &noted)).collect())
}

fn by_id(wholes: Vec<WholeContact>) -> HashMap<i64, WholeContact> {
    wholes.into_iter().map(|whole| (whole.contact.id, whole)).collect()
}

/// The contacts that some rows may mean.
struct Lookup {
    /// The contact of an e-mail's key, and whether it is a former e-mail of it.
    emails: HashMap<String, (i64, bool)>,
    /// The contact of an id, by the target of its source's column.
    external_ids: HashMap<(Target, String), i64>,
    /// Contacts in the book, by the E.164 form of a number.
    numbers: HashMap<String, BTreeSet<i64>>,
    /// Numbers of so many contacts that they say nothing about a person.
    shared: HashSet<String>,
    contacts: HashMap<i64, WholeContact>,
}

impl Lookup {
    fn load(conn: &mut AnyConnection, list: &Mapped, rows: &[&MappedRow]) -> AppResult<Self> {
        let keys: Vec<String> = rows.iter().filter_map(|row| row.row.email_key()).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let known = write::with_emails(conn, &keys, false)?;
        let emails: HashMap<String, (i64, bool)> = known
            .iter()
            .filter_map(|contact| {
                Some((contact.key()?.to_owned(), (contact.id, !contact.is_found_by_its_own())))
            })
            .collect();
        let mut external_ids = HashMap::new();
        for (target, source) in &list.sources {
            let values: Vec<&str> = rows
                .iter()
                .flat_map(|row| row.row.external_ids())
                .filter_map(|(of, id)| (of == target).then_some(id))
                .collect();
            let found = whole::with_external_ids(conn, source.id, &values)?;
            external_ids.extend(found.into_iter().map(|(id, contact)| ((target.clone(), id), contact)));
        }
        let asked: Vec<&str> = rows.iter().flat_map(|row| &row.numbers).map(String::as_str).collect();
        let names: Vec<String> = rows.iter().filter_map(|row| row.row.name_key()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut numbers: HashMap<String, BTreeSet<i64>> = HashMap::new();
        let holders = whole::with_numbers(conn, &asked, &names)?;
        for (number, contact) in holders.pairs {
            numbers.entry(number).or_default().insert(contact);
        }
        let mut ids: Vec<i64> = emails.values().map(|(id, _)| *id).collect();
        ids.extend(external_ids.values());
        ids.extend(numbers.values().flatten());
        ids.extend(rows.iter().filter_map(|row| list.own_number(row)));
        ids.sort_unstable();
        ids.dedup();
        let contacts = by_id(WholeContact::load(conn, &ids)?);
        Ok(Self { emails, external_ids, numbers, shared: holders.shared, contacts })
    }

    fn meant_by(&self, list: &Mapped, mapped: &MappedRow, noted: &Noted) -> Option<Meant> {
        if let Some(whole) = self.written_from(list, mapped) {
            return Some(self.meant_by_own(whole, mapped, noted));
        }
        let row = &mapped.row;
        let keys = list.rules.mapping().keys();
        let found: Vec<BTreeSet<i64>> =
            keys.iter().map(|key| self.found_by(*key, mapped)).filter(|found| !found.is_empty()).collect();
        let Some(first) = found.first() else {
            return self.doubt_of_new(mapped);
        };
        if first.len() > 1 {
            return Some(doubtful(Doubt::Several, first));
        }
        let holder = row.email_key().and_then(|key| self.emails.get(&key)).map(|(id, _)| *id);
        let all: BTreeSet<i64> = found.iter().flatten().copied().chain(holder).collect();
        let is_other = |found: &BTreeSet<i64>| found.is_disjoint(first);
        if found.iter().any(is_other) || holder.is_some_and(|holder| !first.contains(&holder)) {
            return Some(doubtful(Doubt::Keys, &all));
        }
        let whole = first.first().and_then(|id| self.contacts.get(id))?;
        let is_former = row
            .email_key()
            .and_then(|key| self.emails.get(&key))
            .is_some_and(|(id, is_former)| *id == whole.contact.id && *is_former);
        if is_former || whole.contact.deleted_at.is_some() && !list.was_withdrawn(whole) {
            return Some(doubtful(Doubt::Gone, first));
        }
        let is_by_email = holder == Some(whole.contact.id);
        if is_by_email && has_other_name(whole, row) {
            return Some(doubtful(Doubt::Name, first));
        }
        let lacks_note = noted.lacks(whole.contact.id, row);
        Some(Meant::Contact { whole: Box::new(whole.clone()), lacks_note })
    }

    /// The contact of this book from which this program wrote the row, if it is still in the book.
    fn written_from(&self, list: &Mapped, mapped: &MappedRow) -> Option<&WholeContact> {
        let whole = self.contacts.get(&list.own_number(mapped)?)?;
        (whole.contact.deleted_at.is_none() && whole.contact.merged_into.is_none()).then_some(whole)
    }

    /// Such a row is no doubt, whatever was changed in it, unless it has an e-mail or an id of another contact.
    fn meant_by_own(&self, whole: &WholeContact, mapped: &MappedRow, noted: &Noted) -> Meant {
        let own = whole.contact.id;
        let mut holders = self.holders(&mapped.row);
        holders.insert(own);
        if holders.len() > 1 {
            return doubtful(Doubt::Keys, &holders);
        }
        Meant::Contact { whole: Box::new(whole.clone()), lacks_note: noted.lacks(own, &mapped.row) }
    }

    /// The contacts that have the row's e-mail or one of its ids, which no other contact can have.
    fn holders(&self, row: &ListRow) -> BTreeSet<i64> {
        let holder = row.email_key().and_then(|key| self.emails.get(&key)).map(|(id, _)| *id);
        holder.into_iter().chain(self.with_ids(row)).collect()
    }

    fn with_ids(&self, row: &ListRow) -> BTreeSet<i64> {
        let known = |(target, id): (&Target, &str)| self.external_ids.get(&(target.clone(), id.to_owned()));
        row.external_ids().filter_map(known).copied().collect()
    }

    /// The contacts with the row's value of a key.
    fn found_by(&self, key: MatchKey, mapped: &MappedRow) -> BTreeSet<i64> {
        let row = &mapped.row;
        match key {
            MatchKey::Email => {
                let found = row.email_key().and_then(|key| self.emails.get(&key));
                found.map(|(id, _)| *id).into_iter().collect()
            }
            MatchKey::ExternalId => self.with_ids(row),
            MatchKey::Phone => self.with_number_of(mapped),
            MatchKey::NamePhone => {
                let Some(name) = row.name_key() else { return BTreeSet::new() };
                let mut found = self.with_number_of(mapped);
                found.retain(|id| self.contacts.get(id).is_some_and(|whole| name_key(whole) == name));
                found
            }
        }
    }

    fn with_number_of(&self, row: &MappedRow) -> BTreeSet<i64> {
        row.numbers.iter().filter_map(|number| self.numbers.get(number)).flatten().copied().collect()
    }

    /// A row that no key finds may still be a known person, or have an e-mail or an id that is taken.
    fn doubt_of_new(&self, mapped: &MappedRow) -> Option<Meant> {
        let row = &mapped.row;
        let holders = self.holders(row);
        if !holders.is_empty() {
            return Some(doubtful(Doubt::Keys, &holders));
        }
        let own = mapped.numbers.iter().filter(|number| !self.shared.contains(*number));
        let mut near: BTreeSet<i64> =
            own.filter_map(|number| self.numbers.get(number)).flatten().copied().collect();
        near.retain(|id| self.contacts.get(id).is_some_and(|whole| is_nearly_named(whole, row)));
        if near.is_empty() { None } else { Some(doubtful(Doubt::Number, &near)) }
    }
}

fn doubtful(doubt: Doubt, candidates: &BTreeSet<i64>) -> Meant {
    Meant::Doubtful { doubt, candidates: candidates.iter().copied().collect() }
}

/// The external ids of a row as identities of its contact.
pub fn identities_of_ids(row: &ListRow) -> impl Iterator<Item = String> {
    row.external_ids().map(|(target, id)| format!("id\n{}\n{id}", target.form_name()))
}

impl Mapped {
    /// The number of the contact from which this program wrote the row, if it did so in this book.
    fn own_number(&self, mapped: &MappedRow) -> Option<i64> {
        let own = mapped.row.own.as_ref()?;
        (self.book.as_ref() == Some(&own.book)).then_some(own.contact)
    }

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
    let book = Lookup::load(conn, list, &[mapped])?;
    let row = &mut mapped.row;
    let holder = row.email_key().and_then(|key| book.emails.get(&key)).map(|(id, _)| *id);
    if holder.is_some_and(|holder| Some(holder) != own) {
        row.give_up(&Target::Field(Field::Email));
    }
    for ((target, _), holder) in &book.external_ids {
        if Some(*holder) != own {
            row.give_up(target);
        }
    }
    Ok(())
}

/// The contacts that have the notes of some rows already.
struct Noted(HashMap<i64, Vec<String>>);

impl Noted {
    fn load(conn: &mut AnyConnection, rows: &[&MappedRow], book: &Lookup) -> AppResult<Self> {
        let texts: Vec<&str> = rows.iter().flat_map(|row| row.row.notes()).collect();
        let mut noted: HashMap<i64, Vec<String>> = HashMap::new();
        if !texts.is_empty() && !book.contacts.is_empty() {
            let ids: Vec<i64> = book.contacts.keys().copied().collect();
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
        let has = |note| self.0.get(&contact).is_some_and(|texts| texts.iter().any(|text| text == note));
        row.notes().any(|note| !has(note))
    }
}
