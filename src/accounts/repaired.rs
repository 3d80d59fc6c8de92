//! Names that older versions stored otherwise than this one does.

use diesel::prelude::*;

use super::store;
use crate::db::schema::accounts;
use crate::db::{AnyConnection, rekey, unless_taken};
use crate::domain::{Fault, Username, repaired};
use crate::error::AppResult;

/// Takes invisible characters out of the names of accounts, and derives their keys again. Returns the accounts whose
/// names stay as they were, since another account has that name: they sign in with the name as it was spelled.
///
/// # Errors
/// Those of the database.
pub fn repair_names(conn: &mut AnyConnection) -> AppResult<Vec<i64>> {
    let all: Vec<(i64, String)> = accounts::table
        .order(accounts::id)
        .select((accounts::id, accounts::username))
        .load(conn)?;
    let mut kept = Vec::new();
    for (id, name) in all {
        let Ok::<Username, Fault>(username) = Username::parse(&repaired(&name)) else {
            continue;
        };
        if username.as_str() != name
            && !unless_taken(conn, |conn| store::rename(conn, id, &username, None))?
        {
            kept.push(id);
        }
    }
    let key = |name: &str| {
        Username::parse(name).map_or_else(|_| name.to_owned(), |username| username.key())
    };
    kept.extend(rekey!(conn, accounts, username, username_key, key));
    kept.dedup();
    Ok(kept)
}
