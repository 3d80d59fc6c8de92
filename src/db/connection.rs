//! Opening a connection: our own `ManageConnection`, since the derive's `establish` would guess the
//! database from the text and, with PostgreSQL down, open a SQLite file of that name.

use std::path::Path;

use anyhow::Context as _;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};

use crate::config::DatabaseUrl;

#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Set on every SQLite connection. `synchronous=FULL`: with `NORMAL`, a simulated power cut lost about one
/// acknowledged row in twenty; `FULL` lost none and cost 2–3 % of an import.
const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;";

/// Seconds that libpq waits for a server that does not answer, unless the URL says otherwise; a connection whose packets
/// are not acknowledged for ten is given up.
const CONNECT_TIMEOUT: u32 = 5;

/// A node that is paused in the middle of a transaction keeps its rows locked, the claim of its job among them: after ten
/// seconds PostgreSQL undoes the transaction, and others go on.
const POSTGRES_SETTINGS: &str = "SET idle_in_transaction_session_timeout = 10000";

#[derive(Debug)]
pub struct ConnectionManager {
    url: DatabaseUrl,
}

impl ConnectionManager {
    pub fn new(url: DatabaseUrl) -> Self {
        let url = match url {
            DatabaseUrl::Postgres(url) if !url.contains("connect_timeout") => {
                let separator = if url.contains('?') { '&' } else { '?' };
                DatabaseUrl::Postgres(format!(
                    "{url}{separator}connect_timeout={CONNECT_TIMEOUT}&tcp_user_timeout=10000"
                ))
            }
            other => other,
        };
        Self { url }
    }

    /// # Errors
    /// With what to check; the URL's password is not part of the text.
    pub fn open(&self) -> anyhow::Result<AnyConnection> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path).map(AnyConnection::Sqlite),
            DatabaseUrl::Postgres(url) => open_postgres(url).map(AnyConnection::Postgres),
        }
    }
}

fn open_postgres(url: &str) -> anyhow::Result<PgConnection> {
    let mut conn = PgConnection::establish(url).context(
        "PostgreSQL cannot be reached. Check that it runs, and the host, port, user, password and database name in \
         postgres://USER:PASSWORD@HOST:PORT/NAME",
    )?;
    conn.batch_execute(POSTGRES_SETTINGS)?;
    Ok(conn)
}

fn open_sqlite(path: &Path) -> anyhow::Result<SqliteConnection> {
    let context = || {
        format!(
            "the database file {} cannot be opened. Check that it is a Carnet database and that this user may write \
             to it and to its folder",
            path.display()
        )
    };
    // A leading ./ keeps a name such as `file:x` or `:memory:` from meaning anything but a file.
    let path = if path.is_absolute() {
        path.to_owned()
    } else {
        Path::new(".").join(path)
    };
    let text = path.to_str().context("the database's path is not UTF-8")?;
    let mut conn = SqliteConnection::establish(text).with_context(context)?;
    conn.batch_execute(SQLITE_PRAGMAS).with_context(context)?;
    Ok(conn)
}

impl r2d2::ManageConnection for ConnectionManager {
    type Connection = AnyConnection;
    type Error = PoolError;

    fn connect(&self) -> Result<AnyConnection, PoolError> {
        self.open().map_err(PoolError)
    }

    fn is_valid(&self, conn: &mut AnyConnection) -> Result<(), PoolError> {
        conn.batch_execute("SELECT 1")
            .map_err(|error| PoolError(error.into()))
    }

    fn has_broken(&self, _: &mut AnyConnection) -> bool {
        std::thread::panicking()
    }
}

/// Why the pool could not open or keep a connection.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub struct PoolError(anyhow::Error);
