//! The one function that changes contacts that exist.
//!
//! It owns what belongs to every change: the version, the date and author of the last change, the entry of the history, and the
//! search index. New contacts have their own ways in: [`super::create`] for a form, [`super::insert_imported`] for a batch of lines.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::columns::Columns;
use super::imported::ExistingContact;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::contact::Contact;
use crate::book::{contact_types, search};
use crate::db::schema::contacts;
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::domain::Change;
use crate::error::AppResult;

/// A contact that the transaction has locked, as far as a write needs to know it.
#[derive(Debug, Clone, Copy)]
pub struct Locked {
    pub id: i64,
    pub version: i64,
    pub is_deleted: bool,
}

impl From<&Contact> for Locked {
    fn from(contact: &Contact) -> Self {
        Self { id: contact.id, version: contact.version, is_deleted: contact.deleted_at.is_some() }
    }
}

impl From<&ExistingContact> for Locked {
    fn from(known: &ExistingContact) -> Self {
        Self { id: known.id, version: known.version, is_deleted: known.deleted_at.is_some() }
    }
}

/// What a write does to the version and to the date and author of the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Revision {
    /// A new version, and changed now: open forms of the contact are outdated.
    New,
    /// A new version, changed when it was: a repair, which is nobody's change.
    Undated,
    /// The same version, and changed now: something that the contact's form does not hold.
    Same,
    /// Neither: something derived, or something about the contact that is no change of it.
    None,
}

/// One change of one contact.
#[derive(Debug, Clone)]
pub struct ContactWrite {
    contact: Locked,
    columns: Columns,
    values: Vec<(i64, String)>,
    revision: Revision,
    history: Option<(Kind, Vec<Change>)>,
    import: Option<i64>,
}

impl ContactWrite {
    /// A new version, with an entry of the history.
    pub fn new(contact: impl Into<Locked>, columns: Columns, kind: Kind, changes: Vec<Change>) -> Self {
        Self {
            contact: contact.into(),
            columns,
            values: Vec::new(),
            revision: Revision::New,
            history: Some((kind, changes)),
            import: None,
        }
    }

    /// Values that follow from others, or that only the program uses: no version, no date and no entry.
    pub fn derived(contact: impl Into<Locked>, columns: Columns) -> Self {
        Self {
            contact: contact.into(),
            columns,
            values: Vec::new(),
            revision: Revision::None,
            history: None,
            import: None,
        }
    }

    /// The fields of the contact's type that are set, by their ids, with their values.
    pub fn values(self, values: Vec<(i64, String)>) -> Self {
        Self { values, ..self }
    }

    pub fn revision(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }

    /// The import that the entry of the history names.
    pub fn import(self, import: i64) -> Self {
        Self { import: Some(import), ..self }
    }

    /// Whether the history does not tell of it.
    pub(super) fn is_derived(&self) -> bool {
        self.history.is_none()
    }

    fn is_new_version(&self) -> bool {
        matches!(self.revision, Revision::New | Revision::Undated)
    }

    /// In the trash the last change is the deletion: it tells who deleted the contact.
    fn is_dated(&self) -> bool {
        let stays_in_trash = self.contact.is_deleted && self.columns.deleted_at.is_none();
        matches!(self.revision, Revision::New | Revision::Same) && !stays_in_trash
    }

    fn leaves_book(&self) -> bool {
        matches!(self.columns.deleted_at, Some(Some(_)))
    }

    fn is_in_book_afterwards(&self) -> bool {
        match self.columns.deleted_at {
            Some(deleted_at) => deleted_at.is_none(),
            None => !self.contact.is_deleted,
        }
    }

    fn entry(&self, author: Option<i64>) -> Option<Entry> {
        let (kind, changes) = self.history.clone()?;
        let entry = Entry::new(kind, author).contact(self.contact.id).import(self.import).changes(changes);
        Some(if self.is_new_version() { entry.version(self.contact.version + 1) } else { entry })
    }
}

/// Changes contacts that the transaction has locked; those that get the same values share a statement. `author` is none for the
/// program itself and its command line.
///
/// # Errors
/// `Taken(ContactEmail)`
pub fn apply(conn: &mut AnyConnection, writes: &[ContactWrite], author: Option<i64>) -> AppResult<()> {
    let now = clock::now();
    for (first, ids) in grouped(writes) {
        let columns = first.columns.clone();
        let is_empty = columns == Columns::default() && first.revision == Revision::None;
        if !is_empty {
            update(conn, &ids, (columns, first.is_new_version()), first.is_dated().then_some((now, author)))?;
        }
    }
    for write in writes {
        if !write.values.is_empty() {
            contact_types::set_values(conn, write.contact.id, &write.values)?;
        }
    }
    let entries: Vec<Entry> = writes.iter().filter_map(|write| write.entry(author)).collect();
    audit::record(conn, &entries)?;
    let gone: Vec<i64> =
        writes.iter().filter(|write| write.leaves_book()).map(|write| write.contact.id).collect();
    search::remove(conn, &gone)?;
    let indexed: Vec<i64> = writes
        .iter()
        .filter(|write| write.is_in_book_afterwards())
        .filter(|write| write.columns.affect_search() || !write.values.is_empty())
        .map(|write| write.contact.id)
        .collect();
    search::index(conn, &indexed)
}

/// The writes that set the same columns in the same way, each with the ids of all of them, in the order of the first.
fn grouped(writes: &[ContactWrite]) -> Vec<(&ContactWrite, Vec<i64>)> {
    let mut groups: Vec<(&ContactWrite, Vec<i64>)> = Vec::new();
    let mut known: HashMap<(&Columns, Revision, bool), usize> = HashMap::new();
    for write in writes {
        let key = (&write.columns, write.revision, write.is_dated());
        let group = *known.entry(key).or_insert_with(|| {
            groups.push((write, Vec::new()));
            groups.len() - 1
        });
        groups[group].1.push(write.contact.id);
    }
    groups
}

fn update(
    conn: &mut AnyConnection,
    ids: &[i64],
    (columns, is_new_version): (Columns, bool),
    dated: Option<(NaiveDateTime, Option<i64>)>,
) -> AppResult<()> {
    let set = (
        columns,
        is_new_version.then(|| contacts::version.eq(contacts::version + 1)),
        dated.map(|(now, author)| (contacts::updated_at.eq(now), contacts::updated_by.eq(author))),
    );
    on_backend!(conn, |conn| {
        match ids {
            [id] => diesel::update(contacts::table.find(*id)).set(set).execute(conn)?,
            ids => diesel::update(contacts::table.filter(in_json_list("id", ids)?)).set(set).execute(conn)?,
        }
    });
    Ok(())
}

/// Notes an import as the last one that held these contacts, which it leaves as they are.
pub fn mark_imported(conn: &mut AnyConnection, ids: &[i64], import: i64) -> AppResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let columns = Columns { import_id: Some(Some(import)), ..Columns::default() };
    update(conn, ids, (columns, false), None)
}
