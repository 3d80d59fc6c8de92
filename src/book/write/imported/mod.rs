//! What an import does to contacts, a batch at a time. How new ones are written differs wholly between the databases,
//! so each has its file.

mod known;
mod postgres;
mod sqlite;

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
pub use known::with_emails;

use super::{Columns, ContactWrite, apply};
use crate::audit::Kind;
use crate::book::document;
use crate::book::search::vocabulary;
use crate::db::schema::contacts;
use crate::db::{AnyConnection, settings};
use crate::domain::{Change, Country, Email, Field, Phone, Recipient, sort_key};
use crate::error::AppResult;

/// What an import looks at of a contact that is there.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct ExistingContact {
    pub id: i64,
    civility: String,
    first_name: String,
    last_name: String,
    pub email: Option<String>,
    pub email_key: Option<String>,
    service: String,
    phone_work: String,
    address: String,
    city: String,
    /// The last import that held it.
    pub import_id: Option<i64>,
    pub version: i64,
    pub deleted_at: Option<NaiveDateTime>,
    /// The former e-mail by which it was found, where it became one with another contact; its own stays.
    #[diesel(select_expression = sql::<Nullable<Text>>("NULL"))]
    #[diesel(select_expression_type = SqlLiteral<Nullable<Text>>)]
    found_by: Option<String>,
}

impl ExistingContact {
    /// The key of the e-mail by which it was found.
    pub fn key(&self) -> Option<&str> {
        self.found_by.as_deref().or(self.email_key.as_deref())
    }

    /// Whether it was found by its own e-mail.
    pub fn is_found_by_its_own(&self) -> bool {
        self.found_by.is_none()
    }

    /// As [`crate::book::contact::ContactSummary::name`].
    pub fn name(&self) -> String {
        match format!("{} {}", self.first_name, self.last_name).trim() {
            "" => self.email.clone().unwrap_or_default(),
            name => name.to_owned(),
        }
    }

    /// As [`crate::book::contact::ContactSummary::directory_name`].
    pub fn directory_name(&self) -> String {
        match (self.last_name.as_str(), self.first_name.as_str()) {
            ("", _) | (_, "") => self.name(),
            (last, first) => format!("{last}, {first}"),
        }
    }

    /// The eight fields of the file, in its order, each with what the recipient makes of it. The e-mail stays where it is a
    /// former one that finds the contact.
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
            _ if is_same(field, old, new) => (field, old, old),
            _ => (field, old, new),
        })
    }

    /// Whether the eight fields are the recipient's: to the letter, but for signs in a phone number, which the file cannot
    /// hold.
    pub fn has_fields_of(&self, recipient: &Recipient) -> bool {
        self.beside(recipient).all(|(_, old, new)| old == new)
    }

    /// What the recipient changes, in the form's order.
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

/// Whether what a file has is what stands already: the strict file has a phone number as digits alone.
fn is_same(field: Field, old: &str, new: &str) -> bool {
    old == new || field == Field::PhoneWork && Phone::in_file(old).as_deref() == Some(new)
}

/// What follows from a recipient: it can be worked out before the transaction that writes it.
#[derive(Debug, Clone)]
pub struct Derived {
    sort_key: String,
    phone_e164: Option<String>,
    /// Of a new contact; see [`crate::domain::Findable::tokens`].
    tokens: String,
}

impl Derived {
    pub fn of(recipient: &Recipient, default: Country) -> Self {
        let phone_e164 = Phone::e164(&recipient.phone, default);
        Self {
            sort_key: sort_key(&recipient.last_name, &recipient.first_name),
            tokens: document::of_new(recipient, phone_e164.as_deref(), default),
            phone_e164,
        }
    }
}

/// A contact that is to be created.
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

/// Who writes, and what for.
#[derive(Debug, Clone, Copy)]
pub struct By {
    pub import: i64,
    pub account: Option<i64>,
}

/// Creates contacts, Expert and Copie, and indexes them; returns their ids by e-mail key. One that exists by now is left
/// out.
pub fn insert_imported(
    conn: &mut AnyConnection,
    new: Vec<New<'_>>,
    by: By,
) -> AppResult<HashMap<String, i64>> {
    if new.is_empty() {
        return Ok(HashMap::new());
    }
    let tokens = new.iter().map(|new| new.derived.tokens.as_str());
    vocabulary::learn(conn, tokens)?;
    let values = new.iter().flat_map(|new| {
        let Recipient { service, city, .. } = new.recipient;
        [("service", service.as_ref()), ("city", city.as_ref())]
    });
    vocabulary::learn_values(conn, values)?;
    match conn {
        AnyConnection::Postgres(conn) => postgres::insert(conn, new, by),
        AnyConnection::Sqlite(_) => sqlite::insert(conn, new, by),
    }
}

/// The eight fields and what follows from them.
fn fields(known: &ExistingContact, recipient: &Recipient, default: Country) -> Columns {
    let email = if known.is_found_by_its_own() {
        recipient.email.as_ref().map(Email::as_str)
    } else {
        known.email.as_deref()
    };
    // The same number stays as it was typed.
    let phone = if is_same(Field::PhoneWork, &known.phone_work, &recipient.phone) {
        known.phone_work.as_str()
    } else {
        &recipient.phone
    };
    let text = |text: &str| Some(text.to_owned());
    Columns {
        civility: text(recipient.civility.as_str()),
        first_name: text(&recipient.first_name),
        last_name: text(&recipient.last_name),
        email: Some(email.map(str::to_owned)),
        service: text(&recipient.service),
        phone_work: text(phone),
        phone_work_e164: Some(Phone::e164(phone, default)),
        address: text(&recipient.address),
        city: text(&recipient.city),
        sort_key: Some(sort_key(&recipient.last_name, &recipient.first_name)),
        ..Columns::default()
    }
}

/// Overwrites the eight fields of contacts, which the transaction holds, and nothing else, and indexes them; deleted ones
/// are back.
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
                deleted_at: Some(None),
                ..fields(known, recipient, default)
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
