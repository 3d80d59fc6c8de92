//! New contacts with every field, from forms, programs and imports of any list.

use std::collections::HashSet;

use super::{Columns, IdChanges, Submission, counted, rows};
use crate::book::counts::Deltas;
use crate::book::document::NewContact;
use crate::book::search::vocabulary;
use crate::book::{contact_types, external_ids};
use crate::db::AnyConnection;
use crate::domain::Country;
use crate::error::AppResult;

/// The origin of new contacts: an import, an account, or both.
#[derive(Debug, Clone, Copy)]
pub struct Creator {
    pub import: Option<i64>,
    pub account: Option<i64>,
}

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
    pub(super) fn columns(&self, default: Country) -> Columns {
        Columns {
            topics: Some(self.topics.clone()),
            languages: Some(self.languages.clone()),
            deleted_at: self.is_restored.then_some(None),
            ..Columns::of(&self.submission, default)
        }
    }

    pub(super) fn ids(&self) -> IdChanges {
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
    pub(super) fn tokens(&self) -> &str {
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

/// Creates contacts and indexes them; their entries in the history are the caller's. Returns their ids in the order of the values.
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
    let new_rows: Vec<(&Columns, &str)> = new.iter().map(|new| (&new.columns, new.tokens.as_str())).collect();
    let ids = rows::insert(conn, &new_rows, by)?;
    // After the contacts, as every writer does: two writers could wait for each other.
    vocabulary::learn(conn, new.iter().map(|new| new.tokens.as_str()))?;
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
