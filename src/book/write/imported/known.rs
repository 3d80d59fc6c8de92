//! Who is meant by the e-mails of a list.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::ExistingContact;
use crate::db::schema::{contact_aliases, contacts};
use crate::db::{AnyConnection, in_json_list};
use crate::domain::Email;
use crate::error::AppResult;

/// The contacts with these e-mails, deleted ones too, and those that had one of them before they became one with another;
/// `lock` holds them for the rest of the transaction.
pub fn with_emails(conn: &mut AnyConnection, keys: &[&str], lock: bool) -> AppResult<Vec<ExistingContact>> {
    // Rows that nobody has written since keys have A-labels.
    let older: Vec<String> = keys.iter().filter_map(|key| Email::older_key(key)).collect();
    let all: Vec<&str> = keys.iter().copied().chain(older.iter().map(String::as_str)).collect();
    let keys = &all[..];
    let mut former = with_former(conn, keys)?;
    loop {
        let mut known = with_own_or_ids(conn, keys, &former, lock)?;
        for contact in &mut known {
            contact.email_key = contact.email_key.take().map(|key| Email::key_today(&key).into_owned());
        }
        if lock && matches!(conn, AnyConnection::Postgres(_)) {
            // While this waited, one of them may have become one with another: then that one is meant.
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
        let by_id: HashMap<i64, ExistingContact> =
            known.iter().map(|contact| (contact.id, contact.clone())).collect();
        known.retain(has_own);
        for (key, contact) in &former {
            // Somebody else has that e-mail by now.
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

/// By the key of a former e-mail, the contact that it finds.
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
        // A transaction that writes is alone already.
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
