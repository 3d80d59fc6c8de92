//! Indexes of PostgreSQL that are built while other nodes read and write.
//!
//! A migration is one transaction: among a million contacts these indexes took eight seconds in one, in which nobody could write a
//! contact, nor read the tables that the migration had changed before. Books of that version have them already.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel::{PgConnection, sql_query};

/// Name and definition. A row of a list finds a contact by a number.
const INDEXES: [(&str, &str); 4] = [
    ("contacts_phone_work_e164", "contacts (phone_work_e164) WHERE phone_work_e164 IS NOT NULL"),
    ("contacts_phone_cell_e164", "contacts (phone_cell_e164) WHERE phone_cell_e164 IS NOT NULL"),
    ("contacts_phone_home_e164", "contacts (phone_home_e164) WHERE phone_home_e164 IS NOT NULL"),
    ("contacts_phone_other_e164", "contacts (phone_other_e164) WHERE phone_other_e164 IS NOT NULL"),
];

/// The largest number of contacts among which an index is built at once. Building beside others waits for every transaction of
/// the database, which takes longer.
const FEW: usize = 10_000;

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Builds the indexes that are missing, and again those that an interrupted start left unfinished. Other nodes must not do the same
/// meanwhile.
pub fn build(conn: &mut PgConnection) -> QueryResult<()> {
    for (name, definition) in INDEXES {
        let stored =
            sql_query("SELECT indisvalid AS answer FROM pg_index WHERE indexrelid = to_regclass($1)");
        let stored: Option<Answer> = stored.bind::<Text, _>(name).get_result(conn).optional()?;
        if stored.as_ref().is_some_and(|index| index.answer) {
            continue;
        }
        let beside = if is_large(conn)? { "CONCURRENTLY" } else { "" };
        if stored.is_some() {
            conn.batch_execute(&format!("DROP INDEX {beside} {name}"))?;
        }
        conn.batch_execute(&format!("CREATE INDEX {beside} {name} ON {definition}"))?;
    }
    Ok(())
}

fn is_large(conn: &mut PgConnection) -> QueryResult<bool> {
    let more = sql_query(format!("SELECT EXISTS (SELECT FROM contacts OFFSET {FEW}) AS answer"));
    Ok(more.get_result::<Answer>(conn)?.answer)
}
