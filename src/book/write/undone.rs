//! What undoing an import does to contacts, a batch at a time.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::reindex;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::contact::Contact;
use crate::book::search;
use crate::db::schema::contacts;
use crate::db::{AnyConnection, settings};
use crate::domain::{Change, Country, Details, Field, Phone, sort_key};
use crate::error::AppResult;

/// These contacts by id, deleted ones too, held for the rest of the transaction. One that writes on SQLite is alone
/// already.
///
/// # Errors
/// Those of the database.
pub fn hold(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<Contact>> {
    let rows = contacts::table
        .filter(contacts::id.eq_any(ids))
        .order(contacts::id);
    Ok(match conn {
        AnyConnection::Sqlite(conn) => rows.select(Contact::as_select()).load(conn)?,
        AnyConnection::Postgres(conn) => {
            rows.select(Contact::as_select()).for_update().load(conn)?
        }
    })
}

/// What one contact becomes.
pub struct Undoing<'a> {
    /// As it is held.
    pub contact: &'a Contact,
    /// The import that holds it from now on.
    pub import_id: Option<i64>,
    /// Of the eight fields of the file; the e-mail is spelled otherwise at most.
    pub changes: Vec<Change>,
    /// Whether it goes to the trash; it is not there yet.
    pub is_withdrawn: bool,
}

/// The eight fields and what follows from them, but for the e-mail's key, which stays.
#[derive(AsChangeset)]
#[diesel(table_name = contacts, treat_none_as_null = true)]
struct Fields<'a> {
    civility: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    email: Option<&'a str>,
    service: &'a str,
    phone_work: &'a str,
    phone_work_e164: Option<String>,
    address: &'a str,
    city: &'a str,
    sort_key: String,
}

impl<'a> Fields<'a> {
    fn new(details: &'a Details, known: &Contact, default: Country) -> Self {
        let text = |field| details.get(field);
        Self {
            civility: text(Field::Civility),
            first_name: text(Field::FirstName),
            last_name: text(Field::LastName),
            email: Some(text(Field::Email)).filter(|email| !email.is_empty()),
            service: text(Field::Service),
            phone_work: text(Field::PhoneWork),
            phone_work_e164: if text(Field::PhoneWork) == known.phone_work {
                known.phone_work_e164.clone()
            } else {
                Phone::e164(text(Field::PhoneWork), default)
            },
            address: text(Field::Address),
            city: text(Field::City),
            sort_key: sort_key(text(Field::LastName), text(Field::FirstName)),
        }
    }
}

/// Takes back what `import` did to contacts, which the transaction holds; those in the trash stay there. Where only the
/// import that holds a contact becomes another, no version comes of it: nobody's form is outdated by that.
///
/// # Errors
/// Those of the database.
pub fn undo(
    conn: &mut AnyConnection,
    undoings: &[Undoing<'_>],
    import: i64,
    account: Option<i64>,
) -> AppResult<()> {
    let now = clock::now();
    let default = settings::default_country(conn)?;
    let mut entries = Vec::new();
    let (mut withdrawn, mut reverted) = (Vec::new(), Vec::new());
    let mut alike: BTreeMap<(bool, Option<i64>), Vec<i64>> = BTreeMap::new();
    for undoing in undoings {
        let contact = undoing.contact;
        if undoing.is_withdrawn {
            withdrawn.push(contact.id);
        } else if !undoing.changes.is_empty() {
            // The index does not hold deleted contacts.
            if contact.deleted_at.is_none() {
                reverted.push(contact.id);
            }
        } else if undoing.import_id == contact.import_id {
            continue;
        }
        if undoing.changes.is_empty() {
            let group = (undoing.is_withdrawn, undoing.import_id);
            alike.entry(group).or_default().push(contact.id);
        } else {
            revert(conn, undoing, default, account, now)?;
        }
        entries.extend(entry(undoing, import, account));
    }
    for ((is_withdrawn, holder), ids) in alike {
        let rows = contacts::table.filter(contacts::id.eq_any(ids));
        if is_withdrawn {
            diesel::update(rows)
                .set((
                    contacts::import_id.eq(holder),
                    contacts::deleted_at.eq(now),
                    contacts::version.eq(contacts::version + 1),
                    contacts::updated_at.eq(now),
                    contacts::updated_by.eq(account),
                ))
                .execute(conn)?;
        } else {
            diesel::update(rows)
                .set(contacts::import_id.eq(holder))
                .execute(conn)?;
        }
    }
    search::remove(conn, &withdrawn)?;
    reindex(conn, &reverted)?;
    audit::record(conn, &entries)
}

/// Gives a contact its old values back, in the trash and on its way there too.
fn revert(
    conn: &mut AnyConnection,
    undoing: &Undoing<'_>,
    default: Country,
    account: Option<i64>,
    now: NaiveDateTime,
) -> AppResult<()> {
    let mut details = undoing.contact.details();
    for change in &undoing.changes {
        details.set_named(&change.field, change.new.as_str());
    }
    // In the trash the last change is the deletion: that is where it is told who deleted the contact.
    let is_deleted = undoing.contact.deleted_at.is_some();
    let last_change = (!is_deleted).then(|| {
        (
            contacts::deleted_at.eq(undoing.is_withdrawn.then_some(now)),
            contacts::updated_at.eq(now),
            contacts::updated_by.eq(account),
        )
    });
    diesel::update(contacts::table.find(undoing.contact.id))
        .set((
            Fields::new(&details, undoing.contact, default),
            contacts::import_id.eq(undoing.import_id),
            contacts::version.eq(contacts::version + 1),
            last_change,
        ))
        .execute(conn)?;
    Ok(())
}

/// What the contact's history tells of it.
fn entry(undoing: &Undoing<'_>, import: i64, account: Option<i64>) -> Option<Entry> {
    let kind = match (undoing.is_withdrawn, undoing.changes.is_empty()) {
        (true, _) => Kind::ContactWithdrawn,
        (false, false) => Kind::ContactReverted,
        (false, true) => return None,
    };
    Some(
        Entry::new(kind, account)
            .contact(undoing.contact.id)
            .import(Some(import))
            .version(undoing.contact.version + 1)
            .changes(undoing.changes.clone()),
    )
}
