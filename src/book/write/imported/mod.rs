//! Writes an import to contacts, one batch at a time. The databases differ entirely in how new contacts are written, so each has
//! its own file.

mod known;
mod postgres;
mod sqlite;
mod whole;

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

pub use known::{holders_of_emails, known_keys, with_emails};
pub(super) use sqlite::{next_id, write_words};
pub use whole::{WholeChange, add_imported_note, add_imported_notes, overwrite_wholes};

use super::{Columns, ContactWrite, Creator, apply, counted};
use crate::audit::Kind;
use crate::book::counts::Deltas;
use crate::book::search::vocabulary;
use crate::book::{civility, document};
use crate::db::schema::contacts;
use crate::db::{AnyConnection, SqlColumn, settings, sql_column};
use crate::domain::{Change, Country, Email, Field, Phone, Recipient, sort_key};
use crate::error::AppResult;

/// An existing contact, with the columns that an import needs.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct ExistingContact {
    pub id: i64,
    #[diesel(select_expression = sql_column::<Text>(civility::COLUMN))]
    #[diesel(select_expression_type = SqlColumn<Text>)]
    civility: String,
    first_name: String,
    last_name: String,
    pub email: Option<String>,
    pub email_key: Option<String>,
    service: String,
    phone_work: String,
    address: String,
    city: String,
    /// The last import that contained the contact.
    pub import_id: Option<i64>,
    pub version: i64,
    pub deleted_at: Option<NaiveDateTime>,
    /// The key of the former e-mail that found the contact, if one did. The contact keeps its own e-mail.
    #[diesel(select_expression = sql_column::<Nullable<Text>>("NULL"))]
    #[diesel(select_expression_type = SqlColumn<Nullable<Text>>)]
    found_by: Option<String>,
}

impl ExistingContact {
    /// The key of the e-mail that found the contact.
    pub fn key(&self) -> Option<&str> {
        self.found_by.as_deref().or(self.email_key.as_deref())
    }

    /// Returns `true` if the contact was found by its own e-mail.
    pub fn is_found_by_its_own(&self) -> bool {
        self.found_by.is_none()
    }

    /// Like [`crate::book::contact::ContactSummary::name`].
    pub fn name(&self) -> String {
        match format!("{} {}", self.first_name, self.last_name).trim() {
            "" => self.email.clone().unwrap_or_default(),
            name => name.to_owned(),
        }
    }

    /// Like [`crate::book::contact::ContactSummary::directory_name`].
    pub fn directory_name(&self) -> String {
        match (self.last_name.as_str(), self.first_name.as_str()) {
            ("", _) | (_, "") => self.name(),
            (last, first) => format!("{last}, {first}"),
        }
    }

    /// The eight fields in the file's order, each with its value now and its value after the import. If a former e-mail found the
    /// contact, its e-mail does not change.
    pub fn beside<'a>(&'a self, recipient: &'a Recipient) -> impl Iterator<Item = (Field, &'a str, &'a str)> {
        let values = [
            &*self.civility,
            &self.first_name,
            &self.last_name,
            self.email.as_deref().unwrap_or_default(),
            &self.service,
            &self.phone_work,
            &self.address,
            &self.city,
        ];
        std::iter::zip(values, recipient.values()).map(|(old, (field, new))| match field {
            Field::Email if !self.is_found_by_its_own() => (field, old, old),
            Field::Civility => (field, old, self.civility_after(recipient)),
            _ if is_same(field, old, new) => (field, old, old),
            _ => (field, old, new),
        })
    }

    /// The civility after the import: an empty field means `M.`, except for a contact that has none.
    fn civility_after(&self, recipient: &Recipient) -> &'static str {
        match recipient.civility {
            None if self.civility.is_empty() => "",
            given => given.unwrap_or_default().as_str(),
        }
    }

    /// Returns `true` if the recipient changes none of the eight fields. Characters of a phone number that the file cannot
    /// contain make no difference.
    pub fn has_fields_of(&self, recipient: &Recipient) -> bool {
        self.beside(recipient).all(|(_, old, new)| old == new)
    }

    /// The recipient's changes to the contact, in the form's order.
    pub fn changes_to(&self, recipient: &Recipient) -> Vec<Change> {
        let mut changes: Vec<(Field, Change)> = self
            .beside(recipient)
            .filter(|(_, old, new)| old != new)
            .map(|(field, old, new)| {
                let change =
                    Change { field: field.form_name().to_owned(), old: old.to_owned(), new: new.to_owned() };
                (field, change)
            })
            .collect();
        changes.sort_by_key(|(field, _)| *field);
        changes.into_iter().map(|(_, change)| change).collect()
    }
}

/// Returns `true` if the file's value is the same as the stored one. The strict file has phone numbers as digits only.
fn is_same(field: Field, old: &str, new: &str) -> bool {
    old == new || field == Field::PhoneWork && Phone::in_file(old).as_deref() == Some(new)
}

/// The values that are derived from a recipient. They can be computed before the transaction that writes the contact.
#[derive(Debug, Clone)]
pub struct Derived {
    sort_key: String,
    phone_e164: Option<String>,
    /// The index words of a new contact; see [`crate::domain::Findable::tokens`].
    tokens: String,
}

impl Derived {
    pub(super) fn sort_key(&self) -> &str {
        &self.sort_key
    }

    pub fn of(recipient: &Recipient, default: Country) -> Self {
        let phone_e164 = Phone::e164(&recipient.phone, default);
        Self {
            sort_key: sort_key(&recipient.last_name, &recipient.first_name),
            tokens: document::of_new(recipient, phone_e164.as_deref(), default),
            phone_e164,
        }
    }
}

/// A contact to be created.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    pub recipient: &'a Recipient,
    pub derived: &'a Derived,
}

impl<'a> New<'a> {
    fn email_key(&self) -> &'a str {
        self.recipient.email.as_ref().map_or("", Email::key)
    }
}

/// The import that writes, and its author.
#[derive(Debug, Clone, Copy)]
pub struct By {
    pub import: i64,
    pub account: Option<i64>,
}

impl From<By> for Creator {
    fn from(by: By) -> Self {
        Self { import: Some(by.import), account: by.account }
    }
}

/// Creates contacts with the statuses Expert and Copie, and indexes them. Returns their ids by e-mail key. A contact that exists
/// by now is left out.
pub fn insert_imported(
    conn: &mut AnyConnection,
    new: Vec<New<'_>>,
    by: By,
) -> AppResult<HashMap<String, i64>> {
    if new.is_empty() {
        return Ok(HashMap::new());
    }
    let created = match conn {
        AnyConnection::Postgres(conn) => postgres::insert(conn, new.clone(), by)?,
        AnyConnection::Sqlite(_) => sqlite::insert(conn, new.clone(), by)?,
    };
    // After the contacts, as every writer does: two writers could wait for each other.
    vocabulary::learn(conn, new.iter().map(|new| new.derived.tokens.as_str()))?;
    let mut deltas = Deltas::default();
    for new in new.iter().filter(|new| created.contains_key(new.email_key())) {
        deltas.add(&counted::imported(new, by.import));
    }
    deltas.store(conn)?;
    Ok(created)
}

/// The columns of the fields that the recipient changes, and those that are derived from them.
fn changed(known: &ExistingContact, recipient: &Recipient, default: Country) -> Columns {
    let mut columns = Columns::default();
    for (field, old, new) in known.beside(recipient) {
        if old == new {
            continue;
        }
        let text = Some(new.to_owned());
        match field {
            Field::Civility => {
                let (civility, no_civility) = civility::stored(new);
                (columns.civility, columns.no_civility) = (Some(civility.to_owned()), Some(no_civility));
            }
            Field::FirstName => columns.first_name = text,
            Field::LastName => columns.last_name = text,
            Field::Email => columns.email = Some(text),
            Field::Service => columns.service = text,
            Field::PhoneWork => {
                (columns.phone_work, columns.phone_work_e164) = (text, Some(Phone::e164(new, default)));
            }
            Field::Address => columns.address = text,
            Field::City => columns.city = text,
            // The file has no others.
            _ => {}
        }
    }
    if columns.first_name.is_some() || columns.last_name.is_some() {
        columns.sort_key = Some(sort_key(&recipient.last_name, &recipient.first_name));
    }
    columns
}

/// Overwrites the eight fields, and no others, of contacts that the transaction has locked, and indexes the contacts. Deleted
/// contacts are restored.
pub fn overwrite(
    conn: &mut AnyConnection,
    overwritten: &[(&ExistingContact, &Recipient)],
    by: By,
) -> AppResult<()> {
    let default = settings::default_country(conn)?;
    let writes: Vec<ContactWrite> = overwritten
        .iter()
        .map(|(known, recipient)| {
            let columns = Columns {
                import_id: Some(Some(by.import)),
                deleted_at: known.deleted_at.map(|_| None),
                ..changed(known, recipient, default)
            };
            let kind = match known.deleted_at {
                Some(_) => Kind::ContactRestored,
                None => Kind::ContactEdited,
            };
            let changes = known.changes_to(recipient);
            ContactWrite::new(*known, columns, kind, changes).import(by.import)
        })
        .collect();
    apply(conn, &writes, by.account)
}
