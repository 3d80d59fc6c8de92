//! The effect of a valid line on the current book.

use std::collections::HashMap;

use super::super::import::Counts;
use crate::base::text_enum;
use crate::book::write::{self, ExistingContact};
use crate::db::{AnyConnection, from_text_column};
use crate::domain::{Email, Field, Recipient};
use crate::error::AppResult;

text_enum! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Effect {
        Created = "created",
        Updated = "updated",
        Unchanged = "unchanged",
        Restored = "restored",
    }
}

from_text_column!(Effect);

impl Effect {
    /// Returns the effect on the contact with the recipient's e-mail.
    pub fn on(contact: Option<&ExistingContact>, recipient: &Recipient) -> Self {
        match contact {
            None => Self::Created,
            Some(contact) if contact.deleted_at.is_some() => Self::Restored,
            Some(contact) if contact.has_fields_of(recipient) => Self::Unchanged,
            Some(_) => Self::Updated,
        }
    }

    /// The count of lines with this effect.
    pub fn count(self, counts: &mut Counts) -> &mut i64 {
        match self {
            Self::Created => &mut counts.created,
            Self::Updated => &mut counts.updated,
            Self::Unchanged => &mut counts.unchanged,
            Self::Restored => &mut counts.restored,
        }
    }
}

/// The planned effect of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedEffect {
    pub effect: Effect,
    /// The contact with the line's e-mail: its id and version.
    pub contact: Option<(i64, i64)>,
}

impl PlannedEffect {
    pub fn of(contact: Option<&ExistingContact>, recipient: &Recipient) -> Self {
        Self {
            effect: Effect::on(contact, recipient),
            contact: contact.map(|contact| (contact.id, contact.version)),
        }
    }
}

/// A field's old and new value; the old one is empty for a new contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldChange<'a> {
    pub field: Field,
    pub old: &'a str,
    pub new: &'a str,
}

/// Returns the fields that a line would change.
pub fn changes<'a>(contact: Option<&'a ExistingContact>, recipient: &'a Recipient) -> Vec<FieldChange<'a>> {
    let all: Vec<(Field, &str, &str)> = match contact {
        Some(contact) => contact.beside(recipient).collect(),
        None => recipient.values().into_iter().map(|(field, new)| (field, "", new)).collect(),
    };
    all.into_iter()
        .map(|(field, old, new)| FieldChange { field, old, new })
        .filter(|change| change.old != change.new)
        .collect()
}

/// Counts the contact's values that a line would overwrite by empty ones.
pub fn emptied(contact: Option<&ExistingContact>, recipient: &Recipient) -> i64 {
    changes(contact, recipient).iter().map(|change| i64::from(change.new.is_empty())).sum()
}

/// The contacts of the book, by the key of their e-mail.
pub struct ByEmail(HashMap<String, ExistingContact>);

impl ByEmail {
    /// Loads the contacts with the e-mails of these recipients, including deleted ones.
    pub fn load<'a>(
        conn: &mut AnyConnection,
        recipients: impl Iterator<Item = &'a Recipient>,
    ) -> AppResult<Self> {
        let keys: Vec<&str> = recipients.map(key).collect();
        let known = write::with_emails(conn, &keys, false)?;
        Ok(Self(known.into_iter().filter_map(|contact| Some((contact.key()?.to_owned(), contact))).collect()))
    }

    pub fn of(&self, recipient: &Recipient) -> Option<&ExistingContact> {
        self.0.get(key(recipient))
    }

    /// Removes the contact with this recipient's e-mail and returns it. No other line of the list needs it, because an e-mail is
    /// in one line only.
    pub fn take(&mut self, recipient: &Recipient) -> Option<ExistingContact> {
        self.0.remove(key(recipient))
    }
}

fn key(recipient: &Recipient) -> &str {
    recipient.email.as_ref().map_or("", Email::key)
}
