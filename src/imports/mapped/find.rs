//! Finds the contacts that the rows of a list mean.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::names::{has_other_name, is_nearly_named, name_key};
use super::noted::Noted;
use super::{Mapped, MappedRow};
use crate::base::text_enum;
use crate::book::distinct;
use crate::book::whole::{self, WholeContact};
use crate::book::write;
use crate::db::{AnyConnection, from_text_column};
use crate::domain::Field;
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
        /// The row would empty most of what the contact has in the columns of the list.
        Emptied = "emptied",
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
        /// The targets whose value another contact has, from which somebody has declared this one distinct.
        gives_up: Vec<Target>,
    },
    Doubtful {
        doubt: Doubt,
        /// Contacts by id.
        candidates: Vec<i64>,
    },
}

impl Meant {
    /// Returns `true` for the contact that a key of the row means.
    pub fn is_by_key(&self) -> bool {
        matches!(self, Self::Contact { gives_up, .. } if gives_up.is_empty())
    }

    /// The row without the values that it leaves to another contact.
    pub fn own_row<'r>(&self, row: &'r MappedRow) -> Cow<'r, MappedRow> {
        match self {
            Self::Contact { gives_up, .. } if !gives_up.is_empty() => {
                let mut own = row.clone();
                for target in gives_up {
                    own.row.give_up(target);
                }
                Cow::Owned(own)
            }
            _ => Cow::Borrowed(row),
        }
    }
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
    let noted = Noted::load(conn, rows, &book.contacts)?;
    Ok(rows.iter().map(|row| book.meant_by(list, row, &noted)).collect())
}

fn by_id(wholes: Vec<WholeContact>) -> HashMap<i64, WholeContact> {
    wholes.into_iter().map(|whole| (whole.contact.id, whole)).collect()
}

/// What the keys of a row find; nothing for a new contact.
enum Found<'a> {
    Contact(&'a WholeContact),
    Doubtful(Doubt, BTreeSet<i64>),
}

/// The contacts that some rows may mean.
struct Lookup {
    /// The contact of an e-mail's key, and whether it is a former e-mail of it.
    emails: HashMap<String, (i64, bool)>,
    external_ids: HashMap<String, i64>,
    /// The contacts that somebody has declared distinct from a contact that a doubtful row may mean.
    distinct: HashMap<i64, BTreeSet<i64>>,
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
        let external_ids = match &list.source {
            Some(source) => {
                let values: Vec<&str> = rows.iter().filter_map(|row| row.row.external_id()).collect();
                whole::with_external_ids(conn, source.id, &values)?.into_iter().collect()
            }
            None => HashMap::new(),
        };
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
        ids.sort_unstable();
        ids.dedup();
        let contacts = by_id(WholeContact::load(conn, &ids)?);
        let shared = holders.shared;
        let mut book = Self { emails, external_ids, distinct: HashMap::new(), numbers, shared, contacts };
        book.add_distinct(conn, list, rows)?;
        Ok(book)
    }

    /// Adds the contacts that are declared distinct from those that doubtful rows may mean.
    fn add_distinct(
        &mut self,
        conn: &mut AnyConnection,
        list: &Mapped,
        rows: &[&MappedRow],
    ) -> AppResult<()> {
        let mut candidates = BTreeSet::new();
        for row in rows {
            if let Some(Found::Doubtful(_, of_row)) = self.found_for(list, row) {
                candidates.extend(of_row);
            }
        }
        let candidates: Vec<i64> = candidates.into_iter().collect();
        for (low, high) in distinct::of(conn, &candidates)? {
            self.distinct.entry(low).or_default().insert(high);
            self.distinct.entry(high).or_default().insert(low);
        }
        let others: Vec<i64> =
            self.distinct.keys().filter(|id| !self.contacts.contains_key(id)).copied().collect();
        self.contacts.extend(by_id(WholeContact::load(conn, &others)?));
        Ok(())
    }

    fn meant_by(&self, list: &Mapped, mapped: &MappedRow, noted: &Noted) -> Option<Meant> {
        let (whole, gives_up) = match self.found_for(list, mapped)? {
            Found::Contact(whole) => (whole, Vec::new()),
            Found::Doubtful(doubt, candidates) => match self.distinct_from(doubt, &candidates, mapped) {
                Some(whole) => (whole, self.taken(&mapped.row, Some(whole.contact.id))),
                None => return Some(Meant::Doubtful { doubt, candidates: candidates.into_iter().collect() }),
            },
        };
        let id = whole.contact.id;
        let lacks_note = noted.lacks(id, &mapped.row);
        let meant = Meant::Contact { whole: Box::new(whole.clone()), lacks_note, gives_up };
        if list.empties_most(whole, &meant.own_row(mapped)) {
            return Some(Meant::Doubtful { doubt: Doubt::Emptied, candidates: vec![id] });
        }
        Some(meant)
    }

    /// The contact that a doubtful row means because somebody has said so before: the only one with its name that is declared
    /// distinct from all others that it may mean.
    fn distinct_from(
        &self,
        doubt: Doubt,
        candidates: &BTreeSet<i64>,
        mapped: &MappedRow,
    ) -> Option<&WholeContact> {
        let name = mapped.row.name_key()?;
        let first = self.distinct.get(candidates.first()?)?;
        let known = first.iter().chain(candidates).filter_map(|id| self.contacts.get(id));
        let mut found: Vec<&WholeContact> = known
            .filter(|whole| whole.contact.deleted_at.is_none() && name_key(whole) == name)
            .filter(|whole| self.is_distinct_from_others(whole.contact.id, candidates))
            // Of two keys that mean two contacts, neither gives way because of its name.
            .filter(|whole| doubt != Doubt::Keys || !self.holders(&mapped.row).contains(&whole.contact.id))
            .collect();
        found.dedup_by_key(|whole| whole.contact.id);
        match found.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    fn is_distinct_from_others(&self, id: i64, candidates: &BTreeSet<i64>) -> bool {
        let Some(distinct) = self.distinct.get(&id) else {
            return false;
        };
        let mut others = candidates.iter().filter(|other| **other != id).peekable();
        others.peek().is_some() && others.all(|other| distinct.contains(other))
    }

    /// The contacts with the row's e-mail and with its external id.
    fn holders(&self, row: &ListRow) -> BTreeSet<i64> {
        self.holder_of_email(row).into_iter().chain(self.holder_of_id(row)).collect()
    }

    fn holder_of_email(&self, row: &ListRow) -> Option<i64> {
        row.email_key().and_then(|key| self.emails.get(&key)).map(|(id, _)| *id)
    }

    fn holder_of_id(&self, row: &ListRow) -> Option<i64> {
        row.external_id().and_then(|id| self.external_ids.get(id)).copied()
    }

    /// The targets whose value another contact than `own` has.
    fn taken(&self, row: &ListRow, own: Option<i64>) -> Vec<Target> {
        [
            (Target::Field(Field::Email), self.holder_of_email(row)),
            (Target::ExternalId, self.holder_of_id(row)),
        ]
        .into_iter()
        .filter(|(_, holder)| holder.is_some() && *holder != own)
        .map(|(target, _)| target)
        .collect()
    }

    /// What the keys of a row find.
    fn found_for(&self, list: &Mapped, mapped: &MappedRow) -> Option<Found<'_>> {
        let row = &mapped.row;
        let keys = list.rules.mapping().keys();
        let found: Vec<BTreeSet<i64>> =
            keys.iter().map(|key| self.found_by(*key, mapped)).filter(|found| !found.is_empty()).collect();
        let Some(first) = found.first() else {
            return self.doubt_of_new(mapped);
        };
        if first.len() > 1 {
            return Some(Found::Doubtful(Doubt::Several, first.clone()));
        }
        let holder = self.holder_of_email(row);
        let all: BTreeSet<i64> = found.iter().flatten().copied().chain(holder).collect();
        let is_other = |found: &BTreeSet<i64>| found.is_disjoint(first);
        if found.iter().any(is_other) || holder.is_some_and(|holder| !first.contains(&holder)) {
            return Some(Found::Doubtful(Doubt::Keys, all));
        }
        let whole = first.first().and_then(|id| self.contacts.get(id))?;
        let is_former = row
            .email_key()
            .and_then(|key| self.emails.get(&key))
            .is_some_and(|(id, is_former)| *id == whole.contact.id && *is_former);
        if !list.restores && (is_former || whole.contact.deleted_at.is_some() && !list.was_withdrawn(whole)) {
            return Some(Found::Doubtful(Doubt::Gone, first.clone()));
        }
        if list.was_withdrawn(whole) {
            // Only an undone import knew this contact: the row is as new as it was then.
            let near = self.near(mapped);
            if !near.is_empty() {
                return Some(Found::Doubtful(Doubt::Number, near));
            }
        }
        let is_by_email = holder == Some(whole.contact.id);
        if is_by_email && has_other_name(whole, row) {
            return Some(Found::Doubtful(Doubt::Name, first.clone()));
        }
        Some(Found::Contact(whole))
    }

    /// The contacts with the row's value of a key.
    fn found_by(&self, key: MatchKey, mapped: &MappedRow) -> BTreeSet<i64> {
        let row = &mapped.row;
        match key {
            MatchKey::Email => {
                let found = row.email_key().and_then(|key| self.emails.get(&key));
                found.map(|(id, _)| *id).into_iter().collect()
            }
            MatchKey::ExternalId => {
                row.external_id().and_then(|id| self.external_ids.get(id)).copied().into_iter().collect()
            }
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
    fn doubt_of_new(&self, mapped: &MappedRow) -> Option<Found<'_>> {
        let holders = self.holders(&mapped.row);
        if !holders.is_empty() {
            return Some(Found::Doubtful(Doubt::Keys, holders));
        }
        let near = self.near(mapped);
        if near.is_empty() { None } else { Some(Found::Doubtful(Doubt::Number, near)) }
    }

    /// The contacts with a number of the row and nearly its name.
    fn near(&self, mapped: &MappedRow) -> BTreeSet<i64> {
        let own = mapped.numbers.iter().filter(|number| !self.shared.contains(*number));
        let mut near: BTreeSet<i64> =
            own.filter_map(|number| self.numbers.get(number)).flatten().copied().collect();
        near.retain(|id| self.contacts.get(id).is_some_and(|whole| is_nearly_named(whole, &mapped.row)));
        near
    }
}

impl Mapped {
    /// Returns `true` if a deleted contact is only in the trash because the import that created it was undone.
    fn was_withdrawn(&self, whole: &WholeContact) -> bool {
        let contact = &whole.contact;
        contact.deleted_at.is_some()
            && contact.merged_into.is_none()
            && contact.created_import_id.is_some_and(|id| self.undone.contains(&id))
    }
}

/// Takes the e-mail and the external id from a row that another contact than `own` has.
pub fn give_up_taken(
    conn: &mut AnyConnection,
    list: &Mapped,
    mapped: &mut MappedRow,
    own: Option<i64>,
) -> AppResult<()> {
    let book = Lookup::load(conn, list, &[mapped])?;
    for target in book.taken(&mapped.row, own) {
        mapped.row.give_up(&target);
    }
    Ok(())
}

/// The contact with a row's e-mail or id that is only in the trash because the import that created it was undone: a new contact of
/// the row is this one.
pub fn withdrawn(conn: &mut AnyConnection, list: &Mapped, mapped: &MappedRow) -> AppResult<Option<i64>> {
    let book = Lookup::load(conn, list, &[mapped])?;
    let holders = book.holders(&mapped.row);
    let mut wholes = holders.iter().filter_map(|id| book.contacts.get(id));
    Ok(wholes.find(|whole| list.was_withdrawn(whole)).map(|whole| whole.contact.id))
}
