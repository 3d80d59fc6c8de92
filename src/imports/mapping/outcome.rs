//! The values of a contact after the import of a row.

use std::collections::BTreeMap;

use super::row::Given;
use super::{Blank, ListRow, Mapping, Policy, Target};
use crate::domain::{Change, Details, EXTERNAL_ID, Field};

/// The values of a contact that an import can change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    pub details: Details,
    /// One per line.
    pub topics: String,
    /// One per line.
    pub languages: String,
    /// The ids in the sources of the list, by the target of the source's column.
    pub external_ids: BTreeMap<Target, Vec<String>>,
}

/// The values of a contact after the import of a row; `existing` is `None` for a new contact. A new contact is Expert, and
/// Copie if it has an e-mail, unless the row says otherwise. Notes are not among the values: a row with one adds a note.
///
/// A name is never removed, nor is an external id. Copie and Transfert are removed from a contact without an e-mail.
pub fn after(existing: Option<&Values>, row: &ListRow, mapping: &Mapping) -> Values {
    let mut values = existing.cloned().unwrap_or_else(new_contact);
    for given in &row.given {
        if is_set(given, existing, mapping) {
            values.set(given);
        }
    }
    if !values.details.is_on(Field::Email) {
        values.details.set_on(Field::Copy, false);
        values.details.set_on(Field::Transfer, false);
    }
    values
}

fn new_contact() -> Values {
    let mut values = Values::default();
    values.details.set_on(Field::Expert, true);
    values.details.set_on(Field::Copy, true);
    values
}

/// Returns `true` if the value replaces that of the contact.
fn is_set(given: &Given, existing: Option<&Values>, mapping: &Mapping) -> bool {
    let Some(existing) = existing else { return given.value.is_some() };
    match (given.policy, &given.value) {
        (Policy::Create, _) | (Policy::Fill, None) => false,
        (Policy::Fill, Some(_)) => existing.is_empty_at(&given.target),
        (Policy::Replace, Some(_)) => true,
        (Policy::Replace, None) => mapping.blank == Blank::Clear && !is_name(&given.target),
    }
}

fn is_name(target: &Target) -> bool {
    matches!(target, Target::Field(Field::FirstName | Field::LastName))
}

impl Values {
    pub fn is_empty_at(&self, target: &Target) -> bool {
        match target {
            Target::Field(field) => !self.details.is_on(*field),
            Target::Custom(key) => self.details.custom(key).is_empty(),
            Target::Topics => self.topics.is_empty(),
            Target::Languages => self.languages.is_empty(),
            Target::ExternalId | Target::IdIn(_) => !self.external_ids.contains_key(target),
            Target::FullName
            | Target::Note
            | Target::Dropped
            | Target::BookId
            | Target::ContactId
            | Target::CardId => true,
        }
    }

    fn set(&mut self, given: &Given) {
        let value = given.value.as_deref().unwrap_or_default();
        match &given.target {
            Target::Field(field) => self.set_field(*field, value, given),
            Target::Custom(key) => self.details.set_custom(key, value),
            Target::Topics => value.clone_into(&mut self.topics),
            Target::Languages => value.clone_into(&mut self.languages),
            Target::ExternalId | Target::IdIn(_) => {
                for id in value.lines() {
                    let ids = self.external_ids.entry(given.target.clone()).or_default();
                    if !ids.iter().any(|known| known == id) {
                        ids.push(id.to_owned());
                    }
                }
            }
            Target::FullName
            | Target::Note
            | Target::Dropped
            | Target::BookId
            | Target::ContactId
            | Target::CardId => {}
        }
    }

    /// A second value moves to its own field only if that has no other value.
    fn set_field(&mut self, field: Field, value: &str, given: &Given) {
        let is_free = |to| {
            let stored = self.details.get(to);
            stored.is_empty() || given.moved.as_ref().is_some_and(|moved| moved.second == stored)
        };
        match given.moved.as_ref().filter(|moved| is_free(moved.to)) {
            Some(moved) => {
                self.details.set(field, moved.rest.as_str());
                self.details.set(moved.to, moved.second.as_str());
            }
            None => self.details.set(field, value),
        }
    }
}

/// The changes between two states of a contact, as the history has them: the details in the form's order, then topics,
/// languages, and the external ids under the name of their source, one per line. `source` is that of the mapping.
pub fn changes(before: &Values, after: &Values, source: &str) -> Vec<Change> {
    if before == after {
        return Vec::new();
    }
    let mut changes = before.details.changes_to(&after.details);
    let ids = |values: &Values, target: &Target| {
        values.external_ids.get(target).map_or_else(String::new, |ids| ids.join("\n"))
    };
    let mut others = vec![
        ("topics".to_owned(), before.topics.clone(), after.topics.clone()),
        ("languages".to_owned(), before.languages.clone(), after.languages.clone()),
    ];
    // An id is never removed.
    others.extend(after.external_ids.keys().map(|target| {
        let name = match target {
            Target::ExternalId => format!("{EXTERNAL_ID}{source}"),
            target => target.form_name(),
        };
        (name, ids(before, target), ids(after, target))
    }));
    let others = others.into_iter().filter(|(_, old, new)| old != new);
    changes.extend(others.map(|(field, old, new)| Change { field, old, new }));
    changes
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
