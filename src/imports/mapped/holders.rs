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
    /// The contact of an id, by the target of its source's column.
    external_ids: HashMap<(Target, String), i64>,
    /// Contacts in the book, by the E.164 form of a number.
    numbers: HashMap<String, BTreeSet<i64>>,
    /// Numbers of so many contacts that they say nothing about a person.
    shared: HashSet<String>,
    /// The contacts of this book from which this program wrote rows.
    written_from: Vec<i64>,
    /// The contacts that somebody has declared distinct from one of these.
    distinct: HashMap<i64, BTreeSet<i64>>,
}

impl Holders {
    pub fn load(conn: &mut AnyConnection, list: &Mapped, rows: &[&MappedRow]) -> AppResult<Self> {
        let keys: Vec<&str> = rows.iter().filter_map(|row| row.email_key()).collect();
        let emails = write::holders_of_emails(conn, &keys)?;
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
        let asked: Vec<&str> = rows.iter().flat_map(|row| row.numbers()).map(String::as_str).collect();
        let names: Vec<&str> = rows.iter().filter_map(|row| row.name_key()).collect();
        let found = whole::with_numbers(conn, &asked, &names)?;
        let mut numbers: HashMap<String, BTreeSet<i64>> = HashMap::new();
        for (number, contact) in found.pairs {
            numbers.entry(number).or_default().insert(contact);
        }
        let written_from = rows.iter().filter_map(|row| list.own_number(row)).collect();
        let (shared, distinct) = (found.shared, HashMap::new());
        let mut holders = Self { emails, external_ids, numbers, shared, written_from, distinct };
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
        ids.extend(&self.written_from);
        ids.extend(self.distinct.keys());
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The contact with the row's e-mail, and whether it is a former e-mail of it.
    pub fn by_email(&self, row: &MappedRow) -> Option<(i64, bool)> {
        self.emails.get(row.email_key()?).copied()
    }

    /// The contacts with one of the row's external ids.
    pub fn by_external_ids(&self, row: &MappedRow) -> BTreeSet<i64> {
        row.row.external_ids().filter_map(|id| self.by_external_id(id)).collect()
    }

    fn by_external_id(&self, (target, id): (&Target, &str)) -> Option<i64> {
        self.external_ids.get(&(target.clone(), id.to_owned())).copied()
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

    /// The contacts with the row's e-mail and with its external ids, which no other contact can have.
    pub fn exclusive(&self, row: &MappedRow) -> BTreeSet<i64> {
        let by_email = self.by_email(row).map(|(id, _)| id);
        by_email.into_iter().chain(self.by_external_ids(row)).collect()
    }

    /// The targets whose value another contact than `own` has.
    pub fn taken(&self, row: &MappedRow, own: Option<i64>) -> Vec<Target> {
        let email = (Target::Field(Field::Email), self.by_email(row).map(|(id, _)| id));
        let ids = row.row.external_ids().map(|id| (id.0.clone(), self.by_external_id(id)));
        std::iter::once(email)
            .chain(ids)
            .filter(|(_, holder)| holder.is_some() && *holder != own)
            .map(|(target, _)| target)
            .collect()
    }

    /// The contacts that somebody has declared distinct from this one.
    pub fn distinct_from(&self, id: i64) -> Option<&BTreeSet<i64>> {
        self.distinct.get(&id)
    }
}
