//! Statuses of several contacts at once.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::reindex;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::contact::Contact;
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::domain::{Change, Status, TICKED};
use crate::error::AppResult;

/// Switches what is not already so; tells how many contacts changed. Only the statuses named are written:
/// what someone else switched meanwhile stays.
///
/// # Errors
/// Those of the database.
pub fn switch(
    conn: &mut AnyConnection,
    switches: &[(i64, Status, bool)],
    account: i64,
) -> AppResult<usize> {
    // Rows are locked in one order, so that two saves cannot wait for each other.
    let mut by_contact: BTreeMap<i64, Vec<(Status, bool)>> = BTreeMap::new();
    for &(contact, status, on) in switches {
        by_contact.entry(contact).or_default().push((status, on));
    }
    let ids: Vec<i64> = by_contact.keys().copied().collect();
    let known = locked(conn, &ids)?;
    let mut entries = Vec::new();
    for (id, wanted) in by_contact {
        let Some(contact) = known.get(&id) else {
            continue;
        };
        let mut statuses = contact.statuses();
        let mut changes = Vec::new();
        for (status, on) in wanted {
            // A contact without e-mail can be an expert only.
            let allowed = !on || status == Status::Expert || contact.email.is_some();
            if allowed && statuses.get(status) != on {
                statuses.set(status, on);
                let word = |on: bool| if on { TICKED } else { "" }.to_owned();
                changes.push(Change {
                    field: status.field().form_name().to_owned(),
                    old: word(!on),
                    new: word(on),
                });
            }
        }
        if changes.is_empty() {
            continue;
        }
        diesel::update(contacts::table.find(id))
            .set((
                contacts::expert.eq(statuses.expert),
                contacts::copy.eq(statuses.copy),
                contacts::transfer.eq(statuses.transfer),
                contacts::version.eq(contacts::version + 1),
                contacts::updated_at.eq(clock::now()),
                contacts::updated_by.eq(account),
            ))
            .execute(conn)?;
        entries.push(
            Entry::new(Kind::ContactEdited, Some(account))
                .contact(id)
                .version(contact.version + 1)
                .changes(changes),
        );
    }
    audit::record(conn, &entries)?;
    let changed: Vec<i64> = entries.iter().filter_map(|entry| entry.contact).collect();
    reindex(conn, &changed)?;
    Ok(changed.len())
}

/// These contacts, but for deleted ones, held for the rest of the transaction. One that writes on SQLite is alone already.
pub(super) fn locked(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<HashMap<i64, Contact>> {
    let alive = contacts::id.eq_any(ids).and(contacts::deleted_at.is_null());
    let rows: Vec<Contact> = match conn {
        AnyConnection::Sqlite(conn) => contacts::table
            .filter(alive)
            .select(Contact::as_select())
            .load(conn)?,
        AnyConnection::Postgres(conn) => contacts::table
            .filter(alive)
            .order(contacts::id)
            .select(Contact::as_select())
            .for_update()
            .load(conn)?,
    };
    Ok(rows
        .into_iter()
        .map(|contact| (contact.id, contact))
        .collect())
}
