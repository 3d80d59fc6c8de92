//! Where the book is: tells a copy and a restored backup from the book itself, because programs may still use the other one.
//!
//! A PostgreSQL database is known by its cluster and its number there. A SQLite file is only known as a copy: `carnet backup` and
//! `carnet copy` mark what they write. A file that was copied by other means is not noticed.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Text};

use super::{AnyConnection, schema, settings};
use crate::base::clock;
use crate::error::AppResult;

/// The stored home; its value in a copy.
const HOME: &str = "home";
const NOWHERE: &str = "copy";
/// The time at which the book was first served from another place, until an administrator has seen it.
const RESTORED_AT: &str = "restored_at";

/// Marks a book as a copy, when it is written.
pub fn leave(conn: &mut AnyConnection) -> AppResult<()> {
    settings::set(conn, HOME, NOWHERE)
}

/// The statement that marks the SQLite book that is attached as `copy`.
pub const LEAVE_ATTACHED: &str = "INSERT OR REPLACE INTO copy.settings (key, value) VALUES ('home', 'copy')";

/// Stores where the book is. Returns `true` if it was elsewhere before, and notes the time for the administrators.
pub fn arrive(conn: &mut AnyConnection) -> AppResult<bool> {
    let here = here(conn)?;
    let before = settings::get(conn, HOME)?;
    if before.as_ref() == Some(&here) {
        return Ok(false);
    }
    settings::set(conn, HOME, &here)?;
    let has_moved = before.is_some();
    if has_moved {
        settings::set(conn, RESTORED_AT, &clock::rfc3339(clock::now()))?;
    }
    Ok(has_moved)
}

/// Notes that an administrator has seen it. Returns `true` for the first one.
pub fn seen(conn: &mut AnyConnection) -> AppResult<bool> {
    let removed = diesel::delete(schema::settings::table.find(RESTORED_AT)).execute(conn)?;
    Ok(removed == 1)
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    home: String,
}

#[derive(QueryableByName)]
struct Allowed {
    #[diesel(sql_type = Bool)]
    allowed: bool,
}

fn here(conn: &mut AnyConnection) -> AppResult<String> {
    let AnyConnection::Postgres(conn) = conn else {
        return Ok("sqlite".to_owned());
    };
    // Everybody may ask for the cluster, unless an operator has taken the right away.
    let may_ask: Allowed =
        sql_query("SELECT has_function_privilege('pg_control_system()', 'EXECUTE') AS allowed")
            .get_result(conn)?;
    let cluster =
        if may_ask.allowed { "(SELECT system_identifier FROM pg_control_system()) || ' ' ||" } else { "" };
    let sql = format!(
        "SELECT 'postgres ' || {cluster} oid AS home FROM pg_database WHERE datname = current_database()"
    );
    let found: Found = sql_query(sql).get_result(conn)?;
    Ok(found.home)
}
