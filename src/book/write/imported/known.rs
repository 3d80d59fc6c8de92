//! Finds the contacts for a list of e-mails.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::ExistingContact;
use crate::db::schema::{contact_aliases, contacts};
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::domain::Email;
use crate::error::AppResult;

/// The contacts with these e-mails, including deleted contacts, and the contacts that have one of them as a former e-mail. `lock`
/// locks them for the rest of the transaction.
pub fn with_emails(conn: &mut AnyConnection, keys: &[&str], lock: bool) -> AppResult<Vec<ExistingContact>> {
    let all = with_older(keys);
    let all: Vec<&str> = all.iter().map(|key| &**key).collect();
    let keys = &all[..];
    let mut former = with_former(conn, keys)?;
    loop {
        let mut known = with_own_or_ids(conn, keys, &former, lock)?;
        for contact in &mut known {
            contact.email_key = contact.email_key.take().map(|key| Email::key_today(&key).into_owned());
        }
        if lock && matches!(conn, AnyConnection::Postgres(_)) {
            // During the wait for the locks, a contact may have been merged into another: then the other one is the right one.
            let now = with_former(conn, keys)?;
            if now != former {
                former = now;
                continue;
            }
        }
        let asked: HashSet<&str> = keys.iter().copied().collect();
        let has_own = |contact: &ExistingContact| {
            let key = contact.email_key.as_deref();
            key.is_some_and(|key| asked.contains(key))
        };
        let own: HashSet<String> = known
            .iter()
            .filter(|contact| has_own(contact))
            .filter_map(|contact| contact.email_key.clone())
            .collect();
        let meant: HashSet<i64> = former.iter().map(|(_, id)| *id).collect();
        let by_id: HashMap<i64, ExistingContact> = known
            .iter()
            .filter(|contact| meant.contains(&contact.id))
            .map(|contact| (contact.id, contact.clone()))
            .collect();
        known.retain(has_own);
        for (key, contact) in &former {
            // Another contact has this e-mail by now.
            if own.contains(key) {
                continue;
            }
            known.extend(
                by_id
                    .get(contact)
                    .map(|contact| ExistingContact { found_by: Some(key.clone()), ..contact.clone() }),
            );
        }
        return Ok(known);
    }
}

/// The contact that each of these e-mails finds, by its id, and whether by a former e-mail. Deleted contacts are included.
pub fn holders_of_emails(conn: &mut AnyConnection, keys: &[&str]) -> AppResult<HashMap<String, (i64, bool)>> {
    let all = with_older(keys);
    let all: Vec<&str> = all.iter().map(|key| &**key).collect();
    let former = with_former(conn, &all)?;
    let own: Vec<(String, i64)> = on_backend!(conn, |conn| contacts::table
        .filter(in_json_list("contacts.email_key", &all)?)
        .select((contacts::email_key.assume_not_null(), contacts::id))
        .load(conn))?;
    let mut holders: HashMap<String, (i64, bool)> =
        former.into_iter().map(|(key, id)| (key, (id, true))).collect();
    holders.extend(own.into_iter().map(|(key, id)| (Email::key_today(&key).into_owned(), (id, false))));
    Ok(holders)
}

/// These keys, and those that rows have that were not written since keys have A-labels.
fn with_older<'k>(keys: &[&'k str]) -> Vec<Cow<'k, str>> {
    let older = keys.iter().filter_map(|key| Email::older_key(key)).map(Cow::Owned);
    keys.iter().copied().map(Cow::Borrowed).chain(older).collect()
}

/// Those of these keys that are a contact's own e-mail.
pub fn known_keys(conn: &mut AnyConnection, keys: &[&str]) -> AppResult<HashSet<String>> {
    let known: Vec<String> = on_backend!(conn, |conn| contacts::table
        .filter(in_json_list("contacts.email_key", keys)?)
        .select(contacts::email_key.assume_not_null())
        .load(conn))?;
    Ok(known.into_iter().collect())
}

/// The contacts that former e-mails find, as pairs of the former e-mail's key and the contact's id.
fn with_former(conn: &mut AnyConnection, keys: &[&str]) -> AppResult<Vec<(String, i64)>> {
    let columns = (contact_aliases::email_key, contact_aliases::contact_id);
    let rows: Vec<(String, i64)> = match conn {
        AnyConnection::Postgres(conn) => contact_aliases::table
            .filter(contact_aliases::email_key.eq_any(keys))
            .order(contact_aliases::email_key)
            .select(columns)
            .load(conn)?,
        AnyConnection::Sqlite(conn) => contact_aliases::table
            .filter(in_json_list("email_key", keys)?)
            .order(contact_aliases::email_key)
            .select(columns)
            .load(conn)?,
    };
    let today = |(key, id): (String, i64)| (Email::key_today(&key).into_owned(), id);
    Ok(rows.into_iter().map(today).collect())
}

fn with_own_or_ids(
    conn: &mut AnyConnection,
    keys: &[&str],
    former: &[(String, i64)],
    lock: bool,
) -> AppResult<Vec<ExistingContact>> {
    let ids: Vec<i64> = former.iter().map(|(_, id)| *id).collect();
    match conn {
        AnyConnection::Postgres(conn) => {
            let query = contacts::table
                .filter(contacts::email_key.eq_any(keys))
                .or_filter(contacts::id.eq_any(ids))
                .order(contacts::id)
                .select(ExistingContact::as_select());
            if lock { Ok(query.for_update().load(conn)?) } else { Ok(query.load(conn)?) }
        }
        // On SQLite, no other transaction writes at the same time, so that no lock is needed.
        AnyConnection::Sqlite(conn) => {
            let mut known: Vec<ExistingContact> = contacts::table
                .filter(in_json_list("email_key", keys)?)
                .select(ExistingContact::as_select())
                .load(conn)?;
            if !ids.is_empty() {
                let more: Vec<ExistingContact> = contacts::table
                    .filter(contacts::id.eq_any(ids))
                    .select(ExistingContact::as_select())
                    .load(conn)?;
                known.extend(more);
            }
            Ok(known)
        }
    }
}
