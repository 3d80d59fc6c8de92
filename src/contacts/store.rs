//! The queries on contacts. Every function that stores also keeps the search index right, in the same transaction.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Contact, Statuses, search};
use crate::clock;
use crate::db::schema::{accounts, contacts, imports};
use crate::db::{AnyConnection, Constraint, on_backend};
use crate::domain::{Email, Recipient, Status, sort_key};
use crate::error::{AppError, AppResult};

/// A contact's page.
pub struct Shown {
    pub contact: Contact,
    /// The name of the last import that held it.
    pub import: Option<String>,
    /// Who changed it last, when it was a person.
    pub updated_by: Option<String>,
}

/// # Errors
/// [`AppError::NotFound`], also for a deleted contact, and those of the database.
pub fn show(conn: &mut AnyConnection, id: i64) -> AppResult<Shown> {
    let (contact, import, updated_by) = contacts::table
        .left_join(imports::table)
        .left_join(accounts::table.on(contacts::updated_by.eq(accounts::id.nullable())))
        .filter(contacts::id.eq(id))
        .filter(contacts::deleted_at.is_null())
        .select((
            Contact::as_select(),
            imports::name.nullable(),
            accounts::username.nullable(),
        ))
        .first(conn)?;
    Ok(Shown {
        contact,
        import,
        updated_by,
    })
}

/// # Errors
/// [`AppError::NotFound`], also for a deleted contact, and those of the database.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Contact> {
    Ok(contacts::table
        .find(id)
        .filter(contacts::deleted_at.is_null())
        .select(Contact::as_select())
        .first(conn)?)
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
    address: &'a str,
    city: &'a str,
    sort_key: String,
}

impl<'a> From<&'a Recipient> for Fields<'a> {
    fn from(recipient: &'a Recipient) -> Self {
        Self {
            civility: recipient.civility.as_str(),
            first_name: &recipient.first_name,
            last_name: &recipient.last_name,
            email: recipient.email.as_ref().map(Email::as_str),
            email_key: recipient.email.as_ref().map(Email::key),
            service: &recipient.service,
            phone_work: &recipient.phone,
            address: &recipient.address,
            city: &recipient.city,
            sort_key: sort_key(&recipient.last_name, &recipient.first_name),
        }
    }
}

/// What became of a contact that was typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    New(i64),
    /// A deleted contact had this e-mail: it is back, with what was typed.
    Restored(i64),
}

/// # Errors
/// `Taken(ContactEmail)` and those of the database.
pub fn create(
    conn: &mut AnyConnection,
    recipient: &Recipient,
    statuses: Statuses,
    account: i64,
) -> AppResult<Created> {
    if let Some(email) = &recipient.email
        && let Some(id) = deleted_with(conn, email)?
    {
        let changed = diesel::update(
            contacts::table
                .find(id)
                .filter(contacts::deleted_at.is_not_null()),
        )
        .set((
            Fields::from(recipient),
            contacts::expert.eq(statuses.expert),
            contacts::copy.eq(statuses.copy),
            contacts::transfer.eq(statuses.transfer),
            contacts::deleted_at.eq(None::<NaiveDateTime>),
            contacts::version.eq(contacts::version + 1),
            contacts::updated_at.eq(clock::now()),
            contacts::updated_by.eq(account),
        ))
        .execute(conn)?;
        if changed == 0 {
            return Err(AppError::Taken(Constraint::ContactEmail));
        }
        reindex(conn, &[id])?;
        return Ok(Created::Restored(id));
    }
    let now = clock::now();
    let id = diesel::insert_into(contacts::table)
        .values((
            Fields::from(recipient),
            contacts::expert.eq(statuses.expert),
            contacts::copy.eq(statuses.copy),
            contacts::transfer.eq(statuses.transfer),
            contacts::created_at.eq(now),
            contacts::updated_at.eq(now),
            contacts::updated_by.eq(account),
        ))
        .returning(contacts::id)
        .get_result(conn)?;
    reindex(conn, &[id])?;
    Ok(Created::New(id))
}

fn deleted_with(conn: &mut AnyConnection, email: &Email) -> AppResult<Option<i64>> {
    Ok(contacts::table
        .filter(contacts::email_key.eq(email.key()))
        .filter(contacts::deleted_at.is_not_null())
        .select(contacts::id)
        .first(conn)
        .optional()?)
}

/// Whether a save was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Yes,
    /// Someone else saved a newer version meanwhile: nothing was written.
    Stale,
}

/// Overwrites the contact if it is still at `version`.
///
/// # Errors
/// `Taken(ContactEmail)`, [`AppError::NotFound`] and those of the database.
pub fn update(
    conn: &mut AnyConnection,
    id: i64,
    version: i64,
    recipient: &Recipient,
    statuses: Statuses,
    account: i64,
) -> AppResult<Saved> {
    let changed = diesel::update(
        contacts::table
            .find(id)
            .filter(contacts::version.eq(version))
            .filter(contacts::deleted_at.is_null()),
    )
    .set((
        Fields::from(recipient),
        contacts::expert.eq(statuses.expert),
        contacts::copy.eq(statuses.copy),
        contacts::transfer.eq(statuses.transfer),
        contacts::version.eq(contacts::version + 1),
        contacts::updated_at.eq(clock::now()),
        contacts::updated_by.eq(account),
    ))
    .execute(conn)?;
    if changed == 0 {
        find(conn, id)?;
        return Ok(Saved::Stale);
    }
    reindex(conn, &[id])?;
    Ok(Saved::Yes)
}

/// Moves the contact to the trash; doing it twice is doing it once.
///
/// # Errors
/// [`AppError::NotFound`] for an unknown contact, and those of the database.
pub fn delete(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<()> {
    let now = clock::now();
    search::remove(conn, id)?;
    diesel::update(
        contacts::table
            .find(id)
            .filter(contacts::deleted_at.is_null()),
    )
    .set((
        contacts::deleted_at.eq(now),
        contacts::version.eq(contacts::version + 1),
        contacts::updated_at.eq(now),
        contacts::updated_by.eq(account),
    ))
    .execute(conn)?;
    Ok(())
}

/// Switches what is not already so; tells how many contacts changed. Only the statuses named are written:
/// what someone else switched meanwhile stays.
///
/// # Errors
/// Those of the database.
pub fn switch(
    conn: &mut AnyConnection,
    mut switches: Vec<(i64, Status, bool)>,
    account: i64,
) -> AppResult<usize> {
    // Rows are locked in one order, so that two saves cannot wait for each other.
    switches.sort_by_key(|(contact, status, _)| (*contact, status.as_str()));
    let mut changed = Vec::new();
    for (contact, status, on) in switches {
        let now = clock::now();
        let row = contacts::table
            .find(contact)
            .filter(contacts::deleted_at.is_null());
        let common = (
            contacts::version.eq(contacts::version + 1),
            contacts::updated_at.eq(now),
            contacts::updated_by.eq(account),
        );
        // A contact without e-mail can be an expert only.
        let count = match status {
            Status::Expert => diesel::update(row.filter(contacts::expert.ne(on)))
                .set((contacts::expert.eq(on), common))
                .execute(conn)?,
            Status::Copy => diesel::update(
                row.filter(contacts::copy.ne(on))
                    .filter(contacts::email_key.is_not_null()),
            )
            .set((contacts::copy.eq(on), common))
            .execute(conn)?,
            Status::Transfer => diesel::update(
                row.filter(contacts::transfer.ne(on))
                    .filter(contacts::email_key.is_not_null()),
            )
            .set((contacts::transfer.eq(on), common))
            .execute(conn)?,
        };
        if count == 1 && changed.last() != Some(&contact) {
            changed.push(contact);
        }
    }
    reindex(conn, &changed)?;
    Ok(changed.len())
}

/// Brings the search index up to what these contacts are now.
///
/// # Errors
/// Those of the database.
pub fn reindex(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<()> {
    let contacts: Vec<Contact> = contacts::table
        .filter(contacts::id.eq_any(ids))
        .select(Contact::as_select())
        .load(conn)?;
    search::index(conn, &contacts)
}

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

#[derive(Insertable)]
#[diesel(table_name = contacts, treat_none_as_default_value = false)]
struct Imported<'a> {
    #[diesel(embed)]
    fields: Fields<'a>,
    expert: bool,
    copy: bool,
    transfer: bool,
    import_id: i64,
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
    let rows: Vec<Imported<'_>> = recipients
        .iter()
        .map(|recipient| Imported {
            fields: Fields::from(*recipient),
            expert: Statuses::IMPORTED.expert,
            copy: Statuses::IMPORTED.copy,
            transfer: Statuses::IMPORTED.transfer,
            import_id: import,
            created_at: now,
            updated_at: now,
            updated_by: account,
            version: 1,
        })
        .collect();
    let mut created = HashMap::with_capacity(rows.len());
    // Eighteen values a row: SQLite takes 32 766 in one statement.
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

/// Overwrites the eight fields and nothing else; a deleted contact is back. The caller indexes it.
///
/// # Errors
/// Those of the database.
pub fn overwrite(
    conn: &mut AnyConnection,
    id: i64,
    recipient: &Recipient,
    import: i64,
    account: Option<i64>,
) -> AppResult<()> {
    diesel::update(contacts::table.find(id))
        .set((
            Fields::from(recipient),
            contacts::import_id.eq(import),
            contacts::deleted_at.eq(None::<NaiveDateTime>),
            contacts::version.eq(contacts::version + 1),
            contacts::updated_at.eq(clock::now()),
            contacts::updated_by.eq(account),
        ))
        .execute(conn)?;
    Ok(())
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
