//! Migrations, embedded in the program: one set a database, with the same numbers and names.

use anyhow::anyhow;
use diesel::connection::SimpleConnection as _;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::AnyConnection;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any number, the same in every version: nodes that start together migrate one after the other.
const POSTGRES_LOCK: &str = "7215360023";

/// Brings the database to this version's shape.
///
/// # Errors
/// A migration failed (it is rolled back), or the file is not a database.
pub fn run(conn: &mut AnyConnection) -> anyhow::Result<()> {
    match conn {
        AnyConnection::Sqlite(conn) => conn.run_pending_migrations(SQLITE).map(drop),
        AnyConnection::Postgres(conn) => {
            conn.batch_execute(&format!("SELECT pg_advisory_lock({POSTGRES_LOCK})"))?;
            let result = conn.run_pending_migrations(POSTGRES).map(drop);
            conn.batch_execute(&format!("SELECT pg_advisory_unlock({POSTGRES_LOCK})"))?;
            result
        }
    }
    .map_err(|error| anyhow!("the database's shape could not be brought up to date: {error}"))
}

/// The migrations that made the database what it is, the last first; none of an empty one.
///
/// # Errors
/// Those of the database.
pub fn applied(conn: &mut AnyConnection) -> anyhow::Result<Vec<String>> {
    let applied = super::on_backend!(conn, |conn| conn.applied_migrations());
    let applied = applied.map_err(|error| anyhow!("the database's shape is not known: {error}"))?;
    Ok(applied.iter().map(ToString::to_string).collect())
}
