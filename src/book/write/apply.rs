//! The only function that changes existing contacts.
//!
//! It maintains what belongs to every change: the version, the date and author of the last change, the history entry, the
//! search index, and the numbers of contacts ([`crate::book::counts`]). New contacts are written by [`super::create`] (a form)
//! and [`super::insert_imported`] (a batch of lines), and [`super::erase`] deletes them.

use std::collections::{BTreeSet, HashMap};

use super::changed_rows::{update, update_all};
use super::columns::Columns;
use super::counted;
use super::external_ids::IdChanges;
use super::imported::ExistingContact;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::contact::Contact;
use crate::book::counts::{Counted, Deltas};
use crate::book::{contact_types, search};
use crate::db::AnyConnection;
use crate::domain::Change;
use crate::error::AppResult;

/// A contact that the transaction has locked, with the values that a write needs.
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

/// The effect of a write on the version, and on the date and author of the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Revision {
    /// A new version, changed now: open forms of the contact become outdated.
    New,
    /// A new version with the earlier date and author: a repair, which is not a change by a person.
    Undated,
    /// The same version, changed now: the change of a value that the contact's form does not contain.
    Same,
    /// The same version, date and author: a derived value, or one that is not counted as a change of the contact.
    None,
}

/// One change of one contact.
#[derive(Debug, Clone)]
pub struct ContactWrite {
    contact: Locked,
    pub(super) columns: Columns,
    values: Vec<(i64, String)>,
    external_ids: IdChanges,
    revision: Revision,
    history: Option<(Kind, Vec<Change>)>,
    import: Option<i64>,
}

impl ContactWrite {
    /// A write with a new version and a history entry.
    pub fn new(contact: impl Into<Locked>, columns: Columns, kind: Kind, changes: Vec<Change>) -> Self {
        Self {
            contact: contact.into(),
            columns,
            values: Vec::new(),
            external_ids: IdChanges::default(),
            revision: Revision::New,
            history: Some((kind, changes)),
            import: None,
        }
    }

    /// A write of values that are derived from others, or that only the program uses: without version, date and history entry.
    pub fn derived(contact: impl Into<Locked>, columns: Columns) -> Self {
        Self {
            contact: contact.into(),
            columns,
            values: Vec::new(),
            external_ids: IdChanges::default(),
            revision: Revision::None,
            history: None,
            import: None,
        }
    }

    /// Sets fields of the contact's type, by their ids.
    pub fn values(self, values: Vec<(i64, String)>) -> Self {
        Self { values, ..self }
    }

    /// Removes and adds external ids.
    pub fn external_ids(self, external_ids: IdChanges) -> Self {
        Self { external_ids, ..self }
    }

    pub fn revision(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }

    /// Sets the import that the history entry names.
    pub fn import(self, import: i64) -> Self {
        Self { import: Some(import), ..self }
    }

    /// Returns `true` if the write has no history entry.
    pub(super) fn is_derived(&self) -> bool {
        self.history.is_none()
    }

    pub(super) fn is_new_version(&self) -> bool {
        matches!(self.revision, Revision::New | Revision::Undated)
    }

    /// Returns `true` if the write sets the date and author of the last change. In the trash, the last change is the deletion,
    /// whose date and author remain.
    pub(super) fn is_dated(&self) -> bool {
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

/// Changes contacts that the transaction has locked. Contacts that get the same values share a statement. `author` is `None` for
/// the program itself and its command line.
///
/// # Errors
/// `Taken(ContactEmail)`, `Taken(ExternalId)`
pub fn apply(conn: &mut AnyConnection, writes: &[ContactWrite], author: Option<i64>) -> AppResult<()> {
    let now = clock::now();
    let groups = grouped(writes);
    let counted = groups.iter().filter(|(first, _)| counted::is_affected_by(&first.columns));
    let counted: BTreeSet<i64> = counted.flat_map(|(_, ids)| ids.iter().copied()).collect();
    let before = counted::now(conn, &counted.into_iter().collect::<Vec<_>>())?;
    update_all(conn, &groups, (now, author))?;
    for write in writes {
        if !write.values.is_empty() {
            contact_types::set_values(conn, write.contact.id, &write.values)?;
        }
        write.external_ids.store(conn, write.contact.id)?;
    }
    let entries: Vec<Entry> = writes.iter().filter_map(|write| write.entry(author)).collect();
    audit::record(conn, &entries)?;
    let gone: Vec<i64> =
        writes.iter().filter(|write| write.leaves_book()).map(|write| write.contact.id).collect();
    search::remove(conn, &gone)?;
    let indexed: Vec<i64> = writes
        .iter()
        .filter(|write| write.is_in_book_afterwards())
        .filter(|write| {
            write.columns.affect_search() || !write.values.is_empty() || !write.external_ids.is_empty()
        })
        .map(|write| write.contact.id)
        .collect();
    search::index(conn, &indexed)?;
    deltas(&before, &groups).store(conn)
}

/// The changes of the numbers by these groups of writes. Other contacts than those in `before` keep theirs.
fn deltas<'a>(before: &'a HashMap<i64, Counted<'a>>, groups: &[(&'a ContactWrite, Vec<i64>)]) -> Deltas<'a> {
    let mut after: HashMap<i64, Counted<'a>> = before.clone();
    for (first, ids) in groups {
        for id in ids {
            if let Some(contact) = after.get_mut(id) {
                counted::write(contact, &first.columns);
            }
        }
    }
    let mut deltas = Deltas::default();
    for (id, after) in &after {
        deltas.change(&before[id], after);
    }
    deltas
}

/// Groups the writes that set the same columns in the same way: the first write of each group, with the ids of all its contacts.
/// The groups have the order of their first writes.
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

/// A contact that an import contains and does not change.
#[derive(Debug, Clone, Copy)]
pub struct Marked {
    pub id: i64,
    pub is_deleted: bool,
    /// The last import that contained it.
    pub import_id: Option<i64>,
}

impl From<&Contact> for Marked {
    fn from(contact: &Contact) -> Self {
        Self { id: contact.id, is_deleted: contact.deleted_at.is_some(), import_id: contact.import_id }
    }
}

impl From<&ExistingContact> for Marked {
    fn from(known: &ExistingContact) -> Self {
        Self { id: known.id, is_deleted: known.deleted_at.is_some(), import_id: known.import_id }
    }
}

/// Records an import as the last one that contained these contacts, which otherwise remain as they are. Each is named once.
pub fn mark_imported(conn: &mut AnyConnection, contacts: &[Marked], import: i64) -> AppResult<()> {
    if contacts.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = contacts.iter().map(|contact| contact.id).collect();
    let columns = Columns { import_id: Some(Some(import)), ..Columns::default() };
    update(conn, &ids, (columns, false), None)?;
    counted::marked(contacts, import).store(conn)
}
