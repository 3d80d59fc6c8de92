//! What the thread that reads a list computes for the thread that writes it.

use std::collections::{HashMap, HashSet};

use super::{Mapped, MappedRow};
use crate::book::write::{self, By, NewWhole, WholeValues};
use crate::book::{contact_types, organizations};
use crate::db::{AnyConnection, settings};
use crate::domain::{Country, Field};
use crate::error::AppResult;
use crate::imports::mapping::Target;

/// The new contacts of rows that seemed new to the book when they were read, by the numbers of their lines.
#[derive(Default)]
pub struct Ahead(HashMap<i64, NewWhole>);

impl Ahead {
    /// A row seems new if nobody in the book has its e-mail. Rows without an e-mail are left to the writing thread.
    pub fn of(conn: &mut AnyConnection, list: &Mapped, rows: &[MappedRow]) -> AppResult<Self> {
        for row in rows {
            row.numbers();
        }
        let keys: Vec<&str> = rows.iter().filter_map(MappedRow::email_key).collect();
        let known = write::known_keys(conn, &keys)?;
        let is_new = |row: &&MappedRow| row.email_key().is_some_and(|key| !known.contains(key));
        let new: Vec<&MappedRow> = rows.iter().filter(is_new).collect();
        if new.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let organizations = Organizations::known(conn, new.iter().filter_map(|row| organization(row)))?;
        let drafts = Drafts::load(conn)?;
        let new = new.into_iter().map(|row| {
            let values = list.whole_values(None, list.after(None, row), &organizations);
            (row.place.number, drafts.draft(values))
        });
        Ok(Self(new.collect()))
    }

    pub fn append(&mut self, next: Self) {
        self.0.extend(next.0);
    }

    pub fn take(&mut self, row: &MappedRow) -> Option<NewWhole> {
        self.0.remove(&row.place.number)
    }
}

/// What new contacts are derived with.
pub struct Drafts {
    searchable: HashSet<i64>,
    default: Country,
}

impl Drafts {
    pub fn load(conn: &mut AnyConnection) -> AppResult<Self> {
        Ok(Self {
            searchable: contact_types::searchable_fields(conn)?,
            default: settings::default_country(conn)?,
        })
    }

    pub fn draft(&self, values: WholeValues) -> NewWhole {
        NewWhole::of(values, &self.searchable, self.default)
    }

    /// Returns `true` if a contact that was drafted before is still right, given the row's organization.
    pub fn fits(&self, new: &NewWhole, organization: Option<i64>) -> bool {
        new.is_of(organization, self.default)
    }
}

/// The name of a row's organization.
pub fn organization(row: &MappedRow) -> Option<&str> {
    Some(row.row.value(&Target::Field(Field::Organization))).filter(|name| !name.is_empty())
}

/// Organizations by the key of their name.
pub struct Organizations(HashMap<String, i64>);

impl Organizations {
    /// Looks organizations up, and creates those that are missing. One that was deleted since the check comes back: its name is in
    /// the list.
    pub fn of<'n>(conn: &mut AnyConnection, names: impl Iterator<Item = &'n str>, by: By) -> AppResult<Self> {
        let names = by_key(names);
        let Self(mut known) = Self::with_keys(conn, &names)?;
        let mut missing: Vec<(&String, &&str)> =
            names.iter().filter(|(key, _)| !known.contains_key(*key)).collect();
        missing.sort_unstable();
        for (key, name) in missing {
            let id = organizations::create_imported(conn, name, by.import, by.account)?;
            known.insert(key.clone(), id);
        }
        Ok(Self(known))
    }

    /// Looks organizations up.
    fn known<'n>(conn: &mut AnyConnection, names: impl Iterator<Item = &'n str>) -> AppResult<Self> {
        Self::with_keys(conn, &by_key(names))
    }

    fn with_keys(conn: &mut AnyConnection, names: &HashMap<String, &str>) -> AppResult<Self> {
        let keys: Vec<&str> = names.keys().map(String::as_str).collect();
        Ok(Self(organizations::ids_by_key(conn, &keys)?))
    }

    pub fn id(&self, name: &str) -> Option<i64> {
        self.0.get(&organizations::name_key(name)).copied()
    }

    pub fn of_row(&self, row: &MappedRow) -> Option<i64> {
        self.id(organization(row)?)
    }
}

fn by_key<'n>(names: impl Iterator<Item = &'n str>) -> HashMap<String, &'n str> {
    let names: HashSet<&str> = names.filter(|name| !name.is_empty()).collect();
    let mut by_key: HashMap<String, &str> = HashMap::new();
    for name in names {
        let first = by_key.entry(organizations::name_key(name)).or_insert(name);
        // Of several spellings, the same one in each run.
        *first = (*first).min(name);
    }
    by_key
}
