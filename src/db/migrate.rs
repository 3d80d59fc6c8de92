//! The migrations, embedded in the program: one set per database, with the same numbers and names.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use diesel::backend::Backend;
use diesel::connection::SimpleConnection as _;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Bool;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::{AnyConnection, large_indexes};
use crate::error::{AppError, AppResult};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Arbitrary numbers, the same in every version, so that nodes that start together migrate one after the other. The large indexes
/// have a lock of their own: a node of an older version waits for the first lock within a statement, so with a snapshot, and
/// [`large_indexes::build`] waits until nobody has an older one. With one lock the two would wait for each other.
const MIGRATIONS_LOCK: &str = "7215360023";
const INDEXES_LOCK: &str = "7215360024";
/// How long a migration waits for one table on PostgreSQL. During this wait, every later statement on the table waits behind
/// the migration, so this is a fraction of the time limit of a page, also for a migration of several tables.
const LOCK_WAIT: Duration = Duration::from_millis(250);
/// The pause between two attempts, in which statements that waited behind the migration run.
const PAUSE: Duration = Duration::from_millis(150);
/// If a table is in use for longer than this, as during a backup, the migration fails and the operator must free the table.
const PATIENCE: Duration = Duration::from_secs(120);

/// Brings the database to this version's schema.
///
/// # Errors
/// A migration failed (it is rolled back), or the file is not a database.
pub fn run(conn: &mut AnyConnection) -> anyhow::Result<()> {
    match conn {
        AnyConnection::Sqlite(conn) => conn.run_pending_migrations(SQLITE).map(drop),
        AnyConnection::Postgres(conn) => {
            let migrated = in_turn(conn, MIGRATIONS_LOCK, |conn| {
                without_blocking(conn, |conn| conn.run_pending_migrations(POSTGRES).map(drop))
            });
            migrated.and_then(|()| in_turn(conn, INDEXES_LOCK, |conn| Ok(large_indexes::build(conn)?)))
        }
    }
    .map_err(|error| anyhow!("the database's schema could not be updated: {error}"))
}

/// Does something while this node has a lock. It asks for the lock again and again: within a statement that waits it would have a
/// snapshot.
fn in_turn<T, E: From<diesel::result::Error>>(
    conn: &mut PgConnection,
    lock: &str,
    work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
) -> Result<T, E> {
    #[derive(QueryableByName)]
    struct Turn {
        #[diesel(sql_type = Bool)]
        is_taken: bool,
    }
    let attempt = format!("SELECT pg_try_advisory_lock({lock}) AS is_taken");
    while !sql_query(&attempt).get_result::<Turn>(conn)?.is_taken {
        std::thread::sleep(PAUSE);
    }
    let result = work(conn);
    conn.batch_execute(&format!("SELECT pg_advisory_unlock({lock})"))?;
    result
}

/// Runs a change of PostgreSQL's tables without making pages queue behind it: an attempt stops waiting for a table after
/// [`LOCK_WAIT`] and is repeated, for up to [`PATIENCE`]. `change` is one transaction, or several that it does not repeat.
///
/// # Errors
/// Those of `change`. PostgreSQL's message for a lock timeout depends on its language, so every attempt that failed after
/// [`LOCK_WAIT`] or later counts as a lock timeout.
pub fn without_blocking<E: From<diesel::result::Error>>(
    conn: &mut PgConnection,
    mut change: impl FnMut(&mut PgConnection) -> Result<(), E>,
) -> Result<(), E> {
    let milliseconds = LOCK_WAIT.as_millis();
    let end = Instant::now() + PATIENCE;
    conn.batch_execute(&format!("SET lock_timeout = {milliseconds}"))?;
    let result = loop {
        let begun = Instant::now();
        let result = change(conn);
        if result.is_ok() || begun.elapsed() < LOCK_WAIT || begun > end {
            break result;
        }
        std::thread::sleep(PAUSE);
    };
    conn.batch_execute("RESET lock_timeout")?;
    result
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> VarChar,
    }
}

/// Checks that all of this version's migrations have run; the database may have more.
///
/// # Errors
/// [`AppError::Unavailable`] if a migration is missing.
pub fn is_complete(conn: &mut AnyConnection) -> AppResult<()> {
    let run: HashSet<String> = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .load(conn)
        .map_err(|error| AppError::Unavailable(error.into()))?
        .into_iter()
        .collect();
    let own = match conn {
        AnyConnection::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&SQLITE),
        AnyConnection::Postgres(_) => versions::<diesel::pg::Pg>(&POSTGRES),
    }?;
    match own.into_iter().find(|version| !run.contains(version)) {
        None => Ok(()),
        Some(missing) => Err(AppError::Unavailable(anyhow!(
            "the migration {missing} is missing in the database; restart, or run `carnet migrate`"
        ))),
    }
}

fn versions<B: Backend>(migrations: &EmbeddedMigrations) -> AppResult<Vec<String>> {
    let all: Vec<Box<dyn Migration<B>>> =
        migrations.migrations().map_err(|error| AppError::Internal(anyhow!(error)))?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// The migrations of the database, the latest first; empty for an empty database.
pub fn applied(conn: &mut AnyConnection) -> anyhow::Result<Vec<String>> {
    let applied = super::on_backend!(conn, |conn| conn.applied_migrations());
    let applied = applied.map_err(|error| anyhow!("the database's schema is unknown: {error}"))?;
    Ok(applied.iter().map(ToString::to_string).collect())
}
