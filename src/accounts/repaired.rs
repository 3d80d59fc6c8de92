//! Repairs names that older versions stored in another way.

use diesel::prelude::*;

use super::store;
use crate::db::schema::accounts;
use crate::db::{AnyConnection, unless_taken};
use crate::domain::Username;
use crate::error::AppResult;

/// Removes invisible characters from the names of accounts, and recomputes their keys. Returns the accounts whose names stay
/// unchanged because another account has the name: they sign in with the name in its old spelling.
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
            // Adds a history entry if the name changes.
            store::rename(conn, id, &username, None)
        })?;
        if !is_free {
            kept.push(id);
        }
    }
    Ok(kept)
}
