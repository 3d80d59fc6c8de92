//! Finds the contacts that the rows of a list mean.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::holders::Holders;
use super::names::{has_other_name, is_nearly_named, name_key};
use super::noted::Noted;
use super::{Mapped, MappedRow};
use crate::base::text_enum;
use crate::book::whole::WholeContact;
use crate::book::write;
use crate::db::{AnyConnection, from_text_column};
use crate::domain::Change;
use crate::error::AppResult;
use crate::imports::mapping::{ListRow, MatchKey, Target, Values};

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
        whole: Arc<WholeContact>,
        /// The notes of the row that the contact does not have.
        new_notes: Vec<String>,
        /// The targets whose value another contact has, from which somebody has declared this one distinct.
        gives_up: Vec<Target>,
        outcome: Outcome,
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
            Self::Contact { gives_up, .. } => without(row, gives_up),
            Self::Doubtful { .. } => Cow::Borrowed(row),
        }
    }
}

/// A row without its values for some targets.
fn without<'r>(row: &'r MappedRow, gives_up: &[Target]) -> Cow<'r, MappedRow> {
    if gives_up.is_empty() {
        return Cow::Borrowed(row);
    }
    let mut own = row.clone();
    for target in gives_up {
        own.give_up(target);
    }
    Cow::Owned(own)
}

/// A contact after a row.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub values: Values,
    pub changes: Vec<Change>,
}

/// The contact, or the doubt, of each row, in the order of the rows. `lock` locks the contacts for the rest of the transaction.
pub fn find(
    conn: &mut AnyConnection,
    list: &Mapped,
    rows: &[&MappedRow],
    lock: bool,
) -> AppResult<Vec<Option<Meant>>> {
    let mut holders = Holders::load(conn, list, rows)?;
    // On SQLite no other transaction writes at the same time.
    let contacts = if lock && matches!(conn, AnyConnection::Postgres(_)) {
        loop {
            let ids = holders.ids();
            if ids.is_empty() {
                break Vec::new();
            }
            let locked = write::lock(conn, &ids)?;
            // During the wait for the locks, a value may have moved to another contact.
            holders = Holders::load(conn, list, rows)?;
            if holders.ids().iter().all(|id| ids.binary_search(id).is_ok()) {
                break WholeContact::of(conn, locked)?;
            }
        }
    } else {
        WholeContact::load(conn, &holders.ids())?
    };
    let contacts = by_id(contacts);
    let noted = Noted::load(conn, rows, &contacts)?;
    let book = Lookup { keys: list.rules.mapping().keys(), holders, contacts };
    Ok(rows.iter().map(|row| book.meant_by(list, row, &noted)).collect())
}

/// Contacts by id.
pub type Contacts = HashMap<i64, Arc<WholeContact>>;

fn by_id(wholes: Vec<WholeContact>) -> Contacts {
    wholes.into_iter().map(|whole| (whole.contact.id, Arc::new(whole))).collect()
}

/// What the keys of a row find; nothing for a new contact.
enum Found<'a> {
    Contact(&'a Arc<WholeContact>),
    Doubtful(Doubt, BTreeSet<i64>),
}

/// The contacts that some rows may mean.
struct Lookup {
    keys: Vec<MatchKey>,
    holders: Holders,
    contacts: Contacts,
}

impl Lookup {
    fn meant_by(&self, list: &Mapped, mapped: &MappedRow, noted: &Noted) -> Option<Meant> {
        if let Some(whole) = self.written_from(list, mapped) {
            return Some(self.meant_by_own(list, whole, mapped, noted));
        }
        let (whole, gives_up) = match self.found_for(list, mapped)? {
            Found::Contact(whole) => (whole, Vec::new()),
            Found::Doubtful(doubt, candidates) => match self.distinct_from(doubt, &candidates, mapped) {
                Some(whole) => (whole, self.holders.taken(mapped, Some(whole.contact.id))),
                None => return Some(Meant::Doubtful { doubt, candidates: candidates.into_iter().collect() }),
            },
        };
        let id = whole.contact.id;
        let own = without(mapped, &gives_up);
        let before = list.values(whole);
        let outcome = list.outcome(&before, &own);
        if list.empties_most(&before, &outcome.values, &own) {
            return Some(Meant::Doubtful { doubt: Doubt::Emptied, candidates: vec![id] });
        }
        let new_notes = noted.new_notes(id, &mapped.row);
        Some(Meant::Contact { whole: Arc::clone(whole), new_notes, gives_up, outcome })
    }

    /// The contact that a doubtful row means because somebody has said so before: the only one with its name that is declared
    /// distinct from all others that it may mean.
    fn distinct_from(
        &self,
        doubt: Doubt,
        candidates: &BTreeSet<i64>,
        mapped: &MappedRow,
    ) -> Option<&Arc<WholeContact>> {
        let name = mapped.name_key()?;
        let first = self.holders.distinct_from(*candidates.first()?)?;
        let known = first.iter().chain(candidates).filter_map(|id| self.contacts.get(id));
        let mut found: Vec<&Arc<WholeContact>> = known
            .filter(|whole| whole.contact.deleted_at.is_none() && name_key(whole) == name)
            .filter(|whole| self.is_distinct_from_others(whole.contact.id, candidates))
            // Of two keys that mean two contacts, neither gives way because of its name.
            .filter(|whole| {
                doubt != Doubt::Keys || !self.holders.exclusive(mapped).contains(&whole.contact.id)
            })
            .collect();
        found.dedup_by_key(|whole| whole.contact.id);
        match found.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    fn is_distinct_from_others(&self, id: i64, candidates: &BTreeSet<i64>) -> bool {
        let Some(distinct) = self.holders.distinct_from(id) else {
            return false;
        };
        let mut others = candidates.iter().filter(|other| **other != id).peekable();
        others.peek().is_some() && others.all(|other| distinct.contains(other))
    }

    /// What the keys of a row find.
    fn found_for(&self, list: &Mapped, mapped: &MappedRow) -> Option<Found<'_>> {
        let row = &mapped.row;
        let found = self.keys.iter().map(|key| self.found_by(*key, mapped));
        let found: Vec<BTreeSet<i64>> = found.filter(|found| !found.is_empty()).collect();
        let Some(first) = found.first() else {
            return self.doubt_of_new(mapped);
        };
        if first.len() > 1 {
            return Some(Found::Doubtful(Doubt::Several, first.clone()));
        }
        let by_email = self.holders.by_email(mapped);
        let holder = by_email.map(|(id, _)| id);
        let all: BTreeSet<i64> = found.iter().flatten().copied().chain(holder).collect();
        let is_other = |found: &BTreeSet<i64>| found.is_disjoint(first);
        if found.iter().any(is_other) || holder.is_some_and(|holder| !first.contains(&holder)) {
            return Some(Found::Doubtful(Doubt::Keys, all));
        }
        let whole = first.first().and_then(|id| self.contacts.get(id))?;
        let is_former = by_email.is_some_and(|(id, is_former)| id == whole.contact.id && is_former);
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

    /// The contact of this book from which this program wrote the row, if it is still in the book.
    fn written_from(&self, list: &Mapped, mapped: &MappedRow) -> Option<&Arc<WholeContact>> {
        let whole = self.contacts.get(&list.own_number(mapped)?)?;
        (whole.contact.deleted_at.is_none() && whole.contact.merged_into.is_none()).then_some(whole)
    }

    /// Such a row is no doubt, whatever was changed in it, unless it has an e-mail or an id of another contact.
    fn meant_by_own(
        &self,
        list: &Mapped,
        whole: &Arc<WholeContact>,
        mapped: &MappedRow,
        noted: &Noted,
    ) -> Meant {
        let own = whole.contact.id;
        let mut candidates = self.holders.exclusive(mapped);
        candidates.insert(own);
        if candidates.len() > 1 {
            return Meant::Doubtful { doubt: Doubt::Keys, candidates: candidates.into_iter().collect() };
        }
        let new_notes = noted.new_notes(own, &mapped.row);
        let outcome = list.outcome(&list.values(whole), mapped);
        Meant::Contact { whole: Arc::clone(whole), new_notes, gives_up: Vec::new(), outcome }
    }

    /// The contacts with the row's value of a key.
    fn found_by(&self, key: MatchKey, row: &MappedRow) -> BTreeSet<i64> {
        match key {
            MatchKey::Email => self.holders.by_email(row).map(|(id, _)| id).into_iter().collect(),
            MatchKey::ExternalId => self.holders.by_external_ids(row),
            MatchKey::Phone => self.holders.by_number(row),
            MatchKey::NamePhone => {
                let Some(name) = row.name_key() else { return BTreeSet::new() };
                let mut found = self.holders.by_number(row);
                found.retain(|id| self.contacts.get(id).is_some_and(|whole| name_key(whole) == name));
                found
            }
        }
    }

    /// A row that no key finds may still be a known person, or have an e-mail or an id that is taken.
    fn doubt_of_new(&self, mapped: &MappedRow) -> Option<Found<'_>> {
        let holders = self.holders.exclusive(mapped);
        if !holders.is_empty() {
            return Some(Found::Doubtful(Doubt::Keys, holders));
        }
        let near = self.near(mapped);
        if near.is_empty() { None } else { Some(Found::Doubtful(Doubt::Number, near)) }
    }

    /// The contacts with a number of the row and nearly its name.
    fn near(&self, mapped: &MappedRow) -> BTreeSet<i64> {
        let mut near = self.holders.by_own_number(mapped);
        near.retain(|id| self.contacts.get(id).is_some_and(|whole| is_nearly_named(whole, &mapped.row)));
        near
    }
}

/// The external ids of a row as identities of its contact.
pub fn identities_of_ids(row: &ListRow) -> impl Iterator<Item = String> {
    row.external_ids().map(|(target, id)| format!("id\n{}\n{id}", target.form_name()))
}

impl Mapped {
    /// The number of the contact from which this program wrote the row, if it did so in this book.
    pub(super) fn own_number(&self, mapped: &MappedRow) -> Option<i64> {
        let own = mapped.row.own.as_ref()?;
        (self.book.as_ref() == Some(&own.book)).then_some(own.contact)
    }

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
    let holders = Holders::load(conn, list, &[mapped])?;
    for target in holders.taken(mapped, own) {
        mapped.give_up(&target);
    }
    Ok(())
}

/// The contact with a row's e-mail or id that is only in the trash because the import that created it was undone: a new contact of
/// the row is this one.
pub fn withdrawn(conn: &mut AnyConnection, list: &Mapped, mapped: &MappedRow) -> AppResult<Option<i64>> {
    let holders = Holders::load(conn, list, &[mapped])?.exclusive(mapped);
    let ids: Vec<i64> = holders.into_iter().collect();
    let wholes = WholeContact::load(conn, &ids)?;
    Ok(wholes.iter().find(|whole| list.was_withdrawn(whole)).map(|whole| whole.contact.id))
}
