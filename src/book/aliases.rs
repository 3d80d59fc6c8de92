//! Former e-mails of merged contacts: searches and imports find the remaining contact by them. There are few.

use std::collections::{HashMap, HashSet};

use diesel::dsl::exists;
use diesel::prelude::*;

use super::contact::ContactSummary;
use crate::db::schema::{contact_aliases, contacts};
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::domain::Email;
use crate::error::AppResult;

/// The former e-mails of these contacts, each with the id of its contact.
pub fn former_emails(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<(i64, String)>> {
    Ok(on_backend!(conn, |conn| contact_aliases::table
        .filter(in_json_list("contact_aliases.contact_id", ids)?)
        .order(contact_aliases::email_key)
        .select((contact_aliases::contact_id, contact_aliases::email))
        .load(conn))?)
}

/// The e-mails of contacts that were merged into this one and are erased by now.
pub fn erased_emails(conn: &mut AnyConnection, id: i64) -> AppResult<Vec<String>> {
    let lines: String = contacts::table.find(id).select(contacts::former_emails).first(conn)?;
    Ok(lines.lines().map(str::to_owned).collect())
}

/// The contact that had this e-mail before a merge. `None` if another contact has the e-mail now.
pub fn had_before(conn: &mut AnyConnection, email: &Email) -> AppResult<Option<ContactSummary>> {
    let own = contacts::table.filter(contacts::email_key.eq_any(email.keys()));
    if diesel::select(exists(own.select(contacts::id))).get_result(conn)? {
        return Ok(None);
    }
    Ok(contact_aliases::table
        .inner_join(contacts::table)
        .filter(contact_aliases::email_key.eq_any(email.keys()))
        .filter(contacts::deleted_at.is_null())
        .select(ContactSummary::as_select())
        .first(conn)
        .optional()?)
}

/// For each former e-mail (its key), what identifies the one contact that it finds: the key of the contact's own e-mail, or its
/// id, which no e-mail can be. Former e-mails that another contact has now are left out.
pub fn meant_by_former_emails(conn: &mut AnyConnection) -> AppResult<HashMap<String, String>> {
    let rows: Vec<(String, i64, Option<String>)> = contact_aliases::table
        .inner_join(contacts::table)
        .select((contact_aliases::email_key, contacts::id, contacts::email_key))
        .load(conn)?;
    let mut others: HashSet<String> = HashSet::new();
    for part in rows.chunks(1_000) {
        let taken: Vec<Option<String>> = contacts::table
            .filter(contacts::email_key.eq_any(part.iter().map(|(key, ..)| key)))
            .select(contacts::email_key)
            .load(conn)?;
        others.extend(taken.into_iter().flatten());
    }
    let today = |key: &str| Email::key_today(key).into_owned();
    Ok(rows
        .into_iter()
        .filter(|(key, ..)| !others.contains(key))
        .map(|(key, id, own)| {
            let own = own.as_deref().map(today);
            (today(&key), own.unwrap_or_else(|| id.to_string()))
        })
        .collect())
}
