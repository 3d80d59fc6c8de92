//! The ids of the contacts that have the values of some rows.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Mapped, MappedRow};
use crate::book::{distinct, whole, write};
use crate::db::AnyConnection;
use crate::domain::Field;
use crate::error::AppResult;
use crate::imports::mapping::Target;

pub struct Holders {
    /// The contact of an e-mail's key, and whether it is a former e-mail of it.
    emails: HashMap<String, (i64, bool)>,
    external_ids: HashMap<String, i64>,
    /// Contacts in the book, by the E.164 form of a number.
    numbers: HashMap<String, BTreeSet<i64>>,
    /// Numbers of so many contacts that they say nothing about a person.
    shared: HashSet<String>,
    /// The contacts that somebody has declared distinct from one of these.
    distinct: HashMap<i64, BTreeSet<i64>>,
}

impl Holders {
    pub fn load(conn: &mut AnyConnection, list: &Mapped, rows: &[&MappedRow]) -> AppResult<Self> {
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
        let found = whole::with_numbers(conn, &asked, &names)?;
        let mut numbers: HashMap<String, BTreeSet<i64>> = HashMap::new();
        for (number, contact) in found.pairs {
            numbers.entry(number).or_default().insert(contact);
        }
        let mut holders =
            Self { emails, external_ids, numbers, shared: found.shared, distinct: HashMap::new() };
        for (low, high) in distinct::of(conn, &holders.ids())? {
            holders.distinct.entry(low).or_default().insert(high);
            holders.distinct.entry(high).or_default().insert(low);
        }
        Ok(holders)
    }

    /// All ids, also of the contacts that are distinct from a holder, in rising order.
    pub fn ids(&self) -> Vec<i64> {
        let mut ids: Vec<i64> = self.emails.values().map(|(id, _)| *id).collect();
        ids.extend(self.external_ids.values());
        ids.extend(self.numbers.values().flatten());
        ids.extend(self.distinct.keys());
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The contact with the row's e-mail, and whether it is a former e-mail of it.
    pub fn by_email(&self, row: &MappedRow) -> Option<(i64, bool)> {
        self.emails.get(row.email_key()?).copied()
    }

    pub fn by_external_id(&self, row: &MappedRow) -> Option<i64> {
        self.external_ids.get(row.row.external_id()?).copied()
    }

    /// The contacts with a number of the row.
    pub fn by_number(&self, row: &MappedRow) -> BTreeSet<i64> {
        row.numbers().iter().filter_map(|number| self.numbers.get(number)).flatten().copied().collect()
    }

    /// Like [`Holders::by_number`], without the numbers that many contacts share.
    pub fn by_own_number(&self, row: &MappedRow) -> BTreeSet<i64> {
        let own = row.numbers().iter().filter(|number| !self.shared.contains(*number));
        own.filter_map(|number| self.numbers.get(number)).flatten().copied().collect()
    }

    /// The contacts with the row's e-mail and with its external id, which no other contact can have.
    pub fn exclusive(&self, row: &MappedRow) -> BTreeSet<i64> {
        let by_email = self.by_email(row).map(|(id, _)| id);
        by_email.into_iter().chain(self.by_external_id(row)).collect()
    }

    /// The targets whose value another contact than `own` has.
    pub fn taken(&self, row: &MappedRow, own: Option<i64>) -> Vec<Target> {
        let by_email = self.by_email(row).map(|(id, _)| id);
        [(Target::Field(Field::Email), by_email), (Target::ExternalId, self.by_external_id(row))]
            .into_iter()
            .filter(|(_, holder)| holder.is_some() && *holder != own)
            .map(|(target, _)| target)
            .collect()
    }

    /// The contacts that somebody has declared distinct from this one.
    pub fn distinct_from(&self, id: i64) -> Option<&BTreeSet<i64>> {
        self.distinct.get(&id)
    }
}
