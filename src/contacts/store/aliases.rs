//! E-mails that went away when two contacts became one: searches and imports still find the one by them. There are few.

use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::schema::contact_aliases;
use crate::error::AppResult;

/// The former e-mails of these contacts, each with its contact.
///
/// # Errors
/// Those of the database.
pub fn former_emails(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<(i64, String)>> {
    Ok(contact_aliases::table
        .filter(contact_aliases::contact_id.eq_any(ids))
        .order(contact_aliases::email_key)
        .select((contact_aliases::contact_id, contact_aliases::email))
        .load(conn)?)
}
