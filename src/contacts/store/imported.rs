//! What an import does to contacts, a batch at a time.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::clock;
use crate::contacts::{Contact, Statuses};
use crate::db::schema::contacts;
use crate::db::{AnyConnection, on_backend, settings};
use crate::domain::{Country, Email, Phone, Recipient, sort_key};
use crate::error::AppResult;
use crate::history::{self, Entry, Kind};

/// The contacts with these e-mails, deleted ones too; `lock` holds them for the rest of the transaction.
///
/// # Errors
/// Those of the database.
pub fn with_emails(conn: &mut AnyConnection, keys: &[&str], lock: bool) -> AppResult<Vec<Contact>> {
    // A SQLite transaction that writes is alone already.
    if let (AnyConnection::Postgres(conn), true) = (&mut *conn, lock) {
        return Ok(contacts::table
            .filter(contacts::email_key.eq_any(keys))
            .order(contacts::id)
            .select(Contact::as_select())
            .for_update()
            .load(conn)?);
    }
    Ok(contacts::table
        .filter(contacts::email_key.eq_any(keys))
        .select(Contact::as_select())
        .load(conn)?)
}

/// The eight fields and what follows from them, as columns.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = contacts, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Fields<'a> {
    civility: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    email: Option<&'a str>,
    email_key: Option<&'a str>,
    service: &'a str,
    phone_work: &'a str,
    phone_work_e164: Option<String>,
    address: &'a str,
    city: &'a str,
    sort_key: String,
}

impl<'a> Fields<'a> {
    fn new(recipient: &'a Recipient, default: Country) -> Self {
        Self {
            civility: recipient.civility.as_str(),
            first_name: &recipient.first_name,
            last_name: &recipient.last_name,
            email: recipient.email.as_ref().map(Email::as_str),
            email_key: recipient.email.as_ref().map(Email::key),
            service: &recipient.service,
            phone_work: &recipient.phone,
            phone_work_e164: Phone::e164(&recipient.phone, default),
            address: &recipient.address,
            city: &recipient.city,
            sort_key: sort_key(&recipient.last_name, &recipient.first_name),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = contacts, treat_none_as_default_value = false)]
struct Imported<'a> {
    #[diesel(embed)]
    fields: Fields<'a>,
    expert: bool,
    copy: bool,
    transfer: bool,
    import_id: i64,
    created_import_id: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    updated_by: Option<i64>,
    version: i64,
}

/// Creates contacts, Expert and Copie; returns the ids by e-mail key. One that exists by now is left out. The caller
/// indexes them.
///
/// # Errors
/// Those of the database.
pub fn insert_imported(
    conn: &mut AnyConnection,
    recipients: &[&Recipient],
    import: i64,
    account: Option<i64>,
) -> AppResult<HashMap<String, i64>> {
    let now = clock::now();
    let default = settings::default_country(conn)?;
    let rows: Vec<Imported<'_>> = recipients
        .iter()
        .map(|recipient| Imported {
            fields: Fields::new(recipient, default),
            expert: Statuses::IMPORTED.expert,
            copy: Statuses::IMPORTED.copy,
            transfer: Statuses::IMPORTED.transfer,
            import_id: import,
            created_import_id: import,
            created_at: now,
            updated_at: now,
            updated_by: account,
            version: 1,
        })
        .collect();
    let mut created = HashMap::with_capacity(rows.len());
    // Twenty values a row: SQLite takes 32 766 in one statement.
    for part in rows.chunks(1_000) {
        let ids: Vec<(Option<String>, i64)> =
            on_backend!(conn, |conn| diesel::insert_into(contacts::table)
                .values(part)
                .on_conflict_do_nothing()
                .returning((contacts::email_key, contacts::id))
                .get_results(conn))?;
        created.extend(ids.into_iter().filter_map(|(key, id)| Some((key?, id))));
    }
    Ok(created)
}

/// Overwrites the eight fields of contacts, which the transaction holds, and nothing else; deleted ones are back. The
/// caller indexes them.
///
/// # Errors
/// Those of the database.
pub fn overwrite(
    conn: &mut AnyConnection,
    overwritten: &[(&Contact, &Recipient)],
    import: i64,
    account: Option<i64>,
) -> AppResult<()> {
    let default = settings::default_country(conn)?;
    let now = clock::now();
    let mut entries = Vec::with_capacity(overwritten.len());
    for (contact, recipient) in overwritten {
        diesel::update(contacts::table.find(contact.id))
            .set((
                Fields::new(recipient, default),
                contacts::import_id.eq(import),
                contacts::deleted_at.eq(None::<NaiveDateTime>),
                contacts::version.eq(contacts::version + 1),
                contacts::updated_at.eq(now),
                contacts::updated_by.eq(account),
            ))
            .execute(conn)?;
        let kind = match contact.deleted_at {
            Some(_) => Kind::ContactRestored,
            None => Kind::ContactEdited,
        };
        let mut after = contact.details();
        after.overwrite(recipient);
        entries.push(
            Entry::new(kind, account)
                .contact(contact.id)
                .import(Some(import))
                .version(contact.version + 1)
                .changes(contact.details().changes_to(&after)),
        );
    }
    history::record(conn, &entries)
}

/// Notes the import as the last that held these contacts, which it leaves as they are.
///
/// # Errors
/// Those of the database.
pub fn mark_imported(conn: &mut AnyConnection, ids: &[i64], import: i64) -> AppResult<()> {
    diesel::update(contacts::table.filter(contacts::id.eq_any(ids)))
        .set(contacts::import_id.eq(import))
        .execute(conn)?;
    Ok(())
}
