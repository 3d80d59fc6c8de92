//! Writes the rows of any list to contacts, with every field.

use diesel::prelude::*;

use super::By;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::contact_types;
use crate::book::counts::Deltas;
use crate::book::search;
use crate::book::whole::WholeContact;
use crate::book::write::{Columns, ContactWrite, IdChanges, Submission, apply, counted};
use crate::db::schema::{contacts, notes};
use crate::db::{AnyConnection, settings};
use crate::domain::{Change, Country};
use crate::error::AppResult;

/// The new values of a contact.
#[derive(Debug, Clone)]
pub struct WholeValues {
    pub submission: Submission,
    /// One per line.
    pub topics: String,
    /// One per line.
    pub languages: String,
    /// The ids that the contact gets, by their sources.
    pub external_ids: Vec<(i64, String)>,
    /// Set if the contact comes out of the trash.
    pub is_restored: bool,
}

impl WholeValues {
    fn columns(&self, by: By, default: Country) -> Columns {
        Columns {
            topics: Some(self.topics.clone()),
            languages: Some(self.languages.clone()),
            import_id: Some(Some(by.import)),
            deleted_at: self.is_restored.then_some(None),
            ..Columns::of(&self.submission, default)
        }
    }

    fn ids(&self) -> IdChanges {
        IdChanges { removed: Vec::new(), added: self.external_ids.clone() }
    }
}

/// Creates contacts and indexes them. Returns their ids in the order of the values.
///
/// # Errors
/// `Taken(ContactEmail)`, `Taken(ExternalId)` if another contact has one of the values by now.
pub fn create_wholes(conn: &mut AnyConnection, new: &[WholeValues], by: By) -> AppResult<Vec<i64>> {
    let default = settings::default_country(conn)?;
    let now = clock::now();
    let mut deltas = Deltas::default();
    let mut ids = Vec::with_capacity(new.len());
    let all: Vec<Columns> = new.iter().map(|values| values.columns(by, default)).collect();
    for (values, columns) in new.iter().zip(&all) {
        let id: i64 = diesel::insert_into(contacts::table)
            .values((
                columns,
                contacts::created_import_id.eq(by.import),
                contacts::created_at.eq(now),
                contacts::updated_at.eq(now),
                contacts::updated_by.eq(by.account),
            ))
            .returning(contacts::id)
            .get_result(conn)?;
        contact_types::set_values(conn, id, &values.submission.values)?;
        values.ids().store(conn, id)?;
        deltas.add(&counted::created(columns));
        ids.push(id);
    }
    search::index(conn, &ids)?;
    deltas.store(conn)?;
    Ok(ids)
}

/// A change of an existing contact that the transaction has locked.
pub struct WholeChange<'a> {
    pub known: &'a WholeContact,
    pub values: WholeValues,
    pub changes: Vec<Change>,
}

/// Overwrites contacts, or takes them out of the trash.
///
/// # Errors
/// As [`create_wholes`].
pub fn overwrite_wholes(conn: &mut AnyConnection, changes: Vec<WholeChange<'_>>, by: By) -> AppResult<()> {
    let default = settings::default_country(conn)?;
    let writes: Vec<ContactWrite> = changes
        .into_iter()
        .map(|WholeChange { known, values, changes }| {
            let columns = values.columns(by, default);
            let kind = if values.is_restored { Kind::ContactRestored } else { Kind::ContactEdited };
            ContactWrite::new(&known.contact, columns, kind, changes)
                .values(values.submission.values.clone())
                .external_ids(values.ids())
                .import(by.import)
        })
        .collect();
    apply(conn, &writes, by.account)
}

/// Adds a note of the account that imports, unless the contact has one with the same text. Returns `true` if it was added.
pub fn add_imported_note(conn: &mut AnyConnection, contact: i64, text: &str, by: By) -> AppResult<bool> {
    let Some(account) = by.account else {
        return Ok(false);
    };
    let same = notes::table.filter(notes::contact_id.eq(contact)).filter(notes::text.eq(text));
    if diesel::select(diesel::dsl::exists(same)).get_result(conn)? {
        return Ok(false);
    }
    diesel::insert_into(notes::table)
        .values((
            notes::contact_id.eq(contact),
            notes::account_id.eq(account),
            notes::text.eq(text),
            notes::created_at.eq(clock::now()),
            notes::import_id.eq(by.import),
        ))
        .execute(conn)?;
    audit::record(conn, &[Entry::new(Kind::NoteAdded, Some(account)).contact(contact)])?;
    Ok(true)
}
