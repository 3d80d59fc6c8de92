//! Names that older versions stored otherwise than this one does.

use diesel::prelude::*;

use super::store;
use crate::db::schema::accounts;
use crate::db::{AnyConnection, unless_taken};
use crate::domain::Username;
use crate::error::AppResult;

/// Takes invisible characters out of the names of accounts, and derives their keys again. Returns the accounts whose
/// names stay as they were, since another account has that name: they sign in with the name as it was spelled.
///
/// # Errors
/// Those of the database.
pub fn repair_names(conn: &mut AnyConnection) -> AppResult<Vec<i64>> {
    let all: Vec<(i64, String, String)> = accounts::table
        .order(accounts::id)
        .select((accounts::id, accounts::username, accounts::username_key))
        .load(conn)?;
    let mut kept = Vec::new();
    for (id, name, key) in all {
        let Ok(username) = Username::parse(&name) else {
            continue;
        };
        if username.as_str() == name && username.key() == key {
            continue;
        }
        let is_free = unless_taken(conn, |conn| {
            diesel::update(accounts::table.find(id))
                .set(accounts::username_key.eq(username.key()))
                .execute(conn)?;
            // Tells the history where the name is another.
            store::rename(conn, id, &username, None)
        })?;
        if !is_free {
            kept.push(id);
        }
    }
    Ok(kept)
}
