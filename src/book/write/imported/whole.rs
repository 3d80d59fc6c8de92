//! Writes the rows of any list to existing contacts, with every field.

use diesel::prelude::*;

use super::By;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::whole::WholeContact;
use crate::book::write::{Columns, ContactWrite, Submission, WholeValues, apply};
use crate::db::schema::notes;
use crate::db::{AnyConnection, on_backend, settings};
use crate::domain::{Change, Country};
use crate::error::AppResult;

/// A change of an existing contact that the transaction has locked.
pub struct WholeChange<'a> {
    pub known: &'a WholeContact,
    pub values: WholeValues,
    pub changes: Vec<Change>,
}

/// Overwrites contacts, or takes them out of the trash.
///
/// # Errors
/// As [`super::super::create_wholes`].
pub fn overwrite_wholes(conn: &mut AnyConnection, changes: Vec<WholeChange<'_>>, by: By) -> AppResult<()> {
    let default = settings::default_country(conn)?;
    let writes: Vec<ContactWrite> = changes
        .into_iter()
        .map(|WholeChange { known, values, changes }| {
            let columns = values.columns(default).without_same(&now(known, default));
            let columns = Columns { import_id: Some(Some(by.import)), ..columns };
            let kind = if values.is_restored { Kind::ContactRestored } else { Kind::ContactEdited };
            ContactWrite::new(&known.contact, columns, kind, changes)
                .values(values.submission.values.clone())
                .external_ids(values.ids())
                .import(by.import)
        })
        .collect();
    apply(conn, &writes, by.account)
}

/// The present values of a contact, as far as an import can change them.
fn now(known: &WholeContact, default: Country) -> Columns {
    let contact = &known.contact;
    let submission = Submission {
        details: known.details.clone(),
        organization_id: contact.organization_id,
        contact_type_id: contact.contact_type_id,
        ..Submission::default()
    };
    Columns {
        topics: Some(contact.topics.clone()),
        languages: Some(contact.languages.clone()),
        ..Columns::of(&submission, default)
    }
}

/// Adds a note of the account that imports, unless the contact has one with the same text.
pub fn add_imported_note(conn: &mut AnyConnection, contact: i64, text: &str, by: By) -> AppResult<()> {
    let same = notes::table.filter(notes::contact_id.eq(contact)).filter(notes::text.eq(text));
    if diesel::select(diesel::dsl::exists(same)).get_result(conn)? {
        return Ok(());
    }
    add_imported_notes(conn, &[(contact, text)], by)
}

/// Adds notes of the account that imports to contacts that do not have them. The command line has no account, and adds none.
pub fn add_imported_notes(conn: &mut AnyConnection, notes: &[(i64, &str)], by: By) -> AppResult<()> {
    let Some(account) = by.account else {
        return Ok(());
    };
    let now = clock::now();
    for part in notes.chunks(1_000) {
        let rows = part.iter().map(|(contact, text)| {
            (
                notes::contact_id.eq(*contact),
                notes::account_id.eq(account),
                notes::text.eq((*text).to_owned()),
                notes::created_at.eq(now),
                notes::import_id.eq(by.import),
            )
        });
        let rows: Vec<_> = rows.collect();
        on_backend!(conn, |conn| diesel::insert_into(notes::table).values(rows).execute(conn))?;
    }
    let added = notes.iter().map(|(contact, _)| Entry::new(Kind::NoteAdded, Some(account)).contact(*contact));
    audit::record(conn, &added.collect::<Vec<Entry>>())
}
