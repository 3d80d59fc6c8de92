//! Writes the rows of any list to contacts, with every field.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{By, Creator, postgres, sqlite};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::counts::Deltas;
use crate::book::document::NewContact;
use crate::book::search::vocabulary;
use crate::book::whole::WholeContact;
use crate::book::write::{Columns, ContactWrite, IdChanges, Submission, apply, counted};
use crate::book::{contact_types, external_ids};
use crate::db::schema::notes;
use crate::db::{AnyConnection, on_backend, settings};
use crate::domain::{Change, Country};
use crate::error::AppResult;

/// The new values of a contact.
#[derive(Debug, Clone, Default)]
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
    fn columns(&self, default: Country) -> Columns {
        Columns {
            topics: Some(self.topics.clone()),
            languages: Some(self.languages.clone()),
            deleted_at: self.is_restored.then_some(None),
            ..Columns::of(&self.submission, default)
        }
    }

    fn ids(&self) -> IdChanges {
        IdChanges { removed: Vec::new(), added: self.external_ids.clone() }
    }
}

/// A contact to be created, with what is derived from its values. That can be computed before the transaction.
#[derive(Debug, Clone)]
pub struct NewWhole {
    values: WholeValues,
    columns: Columns,
    /// See [`crate::domain::Findable::tokens`].
    tokens: String,
    default: Country,
}

impl NewWhole {
    /// `searchable` are the fields of contact types whose values find a contact.
    pub fn of(values: WholeValues, searchable: &HashSet<i64>, default: Country) -> Self {
        let columns = values.columns(default);
        let submission = &values.submission;
        let own = submission.values.iter().filter(|(field, _)| searchable.contains(field));
        let own = own.map(|(_, value)| value.clone());
        let ids = values.external_ids.iter().flat_map(|(_, id)| external_ids::findable(id));
        let found_by = NewContact {
            details: &submission.details,
            topics: &values.topics,
            languages: &values.languages,
            organization: submission.organization_id,
            e164: [
                &columns.phone_work_e164,
                &columns.phone_cell_e164,
                &columns.phone_home_e164,
                &columns.phone_other_e164,
            ]
            .map(|e164| e164.as_ref()?.as_deref()),
            values: own.chain(ids).collect(),
            default,
        };
        Self { tokens: found_by.tokens(), columns, values, default }
    }

    /// Its words in the search index.
    #[cfg(test)]
    pub(in crate::book::write) fn tokens(&self) -> &str {
        &self.tokens
    }

    /// The contact of a form with this key.
    #[must_use]
    pub fn of_form(mut self, key: Option<String>) -> Self {
        self.columns.form_key = Some(key);
        self
    }

    /// Returns `true` if the derived values are still right for an organization and a default country.
    pub fn is_of(&self, organization: Option<i64>, default: Country) -> bool {
        self.values.submission.organization_id == organization && self.default == default
    }
}

/// Creates contacts and indexes them. Returns their ids in the order of the values.
///
/// # Errors
/// `Taken(ContactEmail)`, `Taken(ExternalId)` if another contact has one of the values by now; `Taken(ContactForm)` if the same form
/// is being saved at the same moment.
pub fn create_wholes(conn: &mut AnyConnection, mut new: Vec<NewWhole>, by: Creator) -> AppResult<Vec<i64>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    for new in &mut new {
        new.columns.import_id = Some(by.import);
    }
    vocabulary::learn(conn, new.iter().map(|new| new.tokens.as_str()))?;
    let rows: Vec<(&Columns, &str)> = new.iter().map(|new| (&new.columns, new.tokens.as_str())).collect();
    let ids = match conn {
        AnyConnection::Postgres(conn) => postgres::insert_wholes(conn, &rows, by)?,
        AnyConnection::Sqlite(_) => sqlite::insert_wholes(conn, &rows, by)?,
    };
    let mut deltas = Deltas::default();
    let (mut values, mut external) = (Vec::new(), Vec::new());
    for (id, new) in ids.iter().zip(&new) {
        let own = new.values.submission.values.iter().filter(|(_, value)| !value.is_empty());
        values.extend(own.map(|(field, value)| (*id, *field, value.as_str())));
        external.extend(new.values.external_ids.iter().map(|(source, value)| (*id, *source, value.as_str())));
        deltas.add(&counted::created(&new.columns));
    }
    contact_types::add_values(conn, &values)?;
    external_ids::add_ids(conn, &external)?;
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
