//! Migrations, embedded in the program: one set a database, with the same numbers and names.

use std::collections::HashSet;

use anyhow::anyhow;
use diesel::backend::Backend;
use diesel::connection::SimpleConnection as _;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::AnyConnection;
use crate::error::{AppError, AppResult};

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

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> VarChar,
    }
}

/// Whether all of this version's migrations were run; more may have been.
///
/// # Errors
/// [`AppError::Unavailable`] where one is missing, and those of the database.
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
    let all: Vec<Box<dyn Migration<B>>> = migrations
        .migrations()
        .map_err(|error| AppError::Internal(anyhow!(error)))?;
    Ok(all
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect())
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
