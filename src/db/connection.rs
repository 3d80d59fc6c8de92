//! Opens connections, with our own `ManageConnection`. The `establish` that diesel derives would guess the kind of database from
//! the text and, with PostgreSQL down, open a SQLite file of that name.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};

use crate::config::{DEFAULT_FOLDER, DatabaseUrl};

#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Milliseconds for which SQLite waits for another process.
pub const BUSY_TIMEOUT: i64 = 5_000;

/// Set on every SQLite connection. `synchronous=FULL`: with `NORMAL`, a simulated power cut lost about one
/// acknowledged row in twenty; `FULL` lost none and made an import 2–3 % slower. The log grows to 16 MB before a checkpoint:
/// with the default of 4 MB the same pages are written again and again, and with more than 16 MB the save that triggers the
/// checkpoint takes long. `secure_delete` overwrites deleted and edited values, because a person who is erased later may have
/// been edited or deleted long before.
const SQLITE_PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000; \
     PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;";

/// Seconds for which libpq waits for a server that does not answer, unless the URL sets another value. A connection whose
/// packets are not acknowledged for ten seconds is closed.
const CONNECT_TIMEOUT: u32 = 5;

/// A node that is paused within a transaction keeps its rows locked, including its job's claim. After ten seconds PostgreSQL
/// rolls the transaction back, and other nodes continue. `jit` is off because statements here are short: compiling one takes
/// longer than it can save. Every search reads all entries that are not yet merged into the index: 1 ms for 256 KiB of them,
/// 70 ms for the default of 4 MiB.
const POSTGRES_SETTINGS: &str = "SET idle_in_transaction_session_timeout = 10000; SET jit = off; \
     SET gin_pending_list_limit = 256";

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

    /// Opens a connection.
    ///
    /// # Errors
    /// The database cannot be opened. The text says what to check, and does not contain the URL's password.
    pub fn open(&self) -> anyhow::Result<AnyConnection> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path).map(AnyConnection::Sqlite),
            DatabaseUrl::Postgres(url) => open_postgres(url).map(AnyConnection::Postgres),
        }
    }
}

fn open_postgres(url: &str) -> anyhow::Result<PgConnection> {
    let mut conn = PgConnection::establish(url)
        .map_err(|error| anyhow::anyhow!(without_secrets(url, error.to_string())))
        .context(
            "PostgreSQL cannot be reached. Check that it runs, and the host, port, user, password and database name in \
             postgres://USER:PASSWORD@HOST:PORT/NAME",
        )?;
    conn.batch_execute(POSTGRES_SETTINGS)?;
    Ok(conn)
}

/// Returns libpq's message, unless the message repeats a part of the password. This happens with a URL that libpq parses in an
/// unexpected way: in `postgres://carnet:a/b@host/`, the port is `a`.
fn without_secrets(url: &str, message: String) -> String {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest);
    let user = authority.rsplit_once('@').map_or("", |(credentials, _)| credentials);
    let secret = user.split_once(':').map_or("", |(_, secret)| secret);
    let parameter = url.split_once("password=").map_or("", |(_, rest)| rest);
    let signs = ['/', '@', ':', '?', '#', '&', '='];
    let mut pieces =
        secret.split(signs).chain(parameter.split('&').take(1)).filter(|piece| !piece.is_empty());
    if pieces.any(|piece| message.contains(piece)) {
        "the URL is not valid as written; in a password, write characters such as @ : / ? # as %40 %3A %2F %3F %23"
            .to_owned()
    } else {
        message
    }
}

fn open_sqlite(path: &Path) -> anyhow::Result<SqliteConnection> {
    let context = || {
        format!(
            "the database file {} cannot be opened. Check that it is a Carnet database and that this user may write \
             to it and to its folder",
            path.display()
        )
    };
    if path.parent() == Some(Path::new(DEFAULT_FOLDER)) {
        make_private_folder(Path::new(DEFAULT_FOLDER)).with_context(context)?;
    }
    // With a leading ./, a name such as `file:x` or `:memory:` is always a file.
    let path = if path.is_absolute() { path.to_owned() } else { Path::new(".").join(path) };
    keep_private(&path);
    let text = path.to_str().context("the database's path is not UTF-8")?;
    let mut conn = SqliteConnection::establish(text).with_context(context)?;
    let settings = format!("PRAGMA busy_timeout = {BUSY_TIMEOUT}; {SQLITE_PRAGMAS}");
    conn.batch_execute(&settings).with_context(context)?;
    Ok(conn)
}

/// Creates a missing folder with access for its owner only, because it will contain personal data.
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates a missing file with access for its owner only; SQLite gives its other files the same mode. Errors are ignored,
/// because SQLite reports them when it opens the file.
#[cfg(unix)]
fn keep_private(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    let _ = options.write(true).create_new(true).mode(0o600).open(path);
}

#[cfg(not(unix))]
fn keep_private(_: &Path) {}

/// The time for which a connection that answered counts as alive. A check before each use would be one more round trip to
/// PostgreSQL.
const ALIVE: Duration = Duration::from_secs(1);

/// A connection of the pool.
pub struct Pooled {
    pub conn: AnyConnection,
    answered_at: Option<Instant>,
    /// PostgreSQL's current limit for a statement of this connection; `None` is no limit.
    limit: Option<Duration>,
}

impl Pooled {
    /// Sets PostgreSQL's time limit for statements. Nothing is sent if the connection has this limit already, which is usual.
    pub fn limit_statements(&mut self, limit: Option<Duration>) -> Result<(), diesel::result::Error> {
        if self.limit != limit && matches!(self.conn, AnyConnection::Postgres(_)) {
            let milliseconds = limit.unwrap_or_default().as_millis();
            let set = format!("SET statement_timeout = {milliseconds}");
            self.conn.batch_execute(&set)?;
            self.limit = limit;
        }
        Ok(())
    }

    /// Checks that the connection answers.
    pub fn answers(&mut self) -> Result<(), diesel::result::Error> {
        // After a failure, the next user of the connection checks it again.
        self.answered_at = None;
        self.conn.batch_execute("SELECT 1")?;
        self.answered_at = Some(Instant::now());
        Ok(())
    }
}

impl r2d2::ManageConnection for ConnectionManager {
    type Connection = Pooled;
    type Error = PoolError;

    fn connect(&self) -> Result<Pooled, PoolError> {
        let conn = self.open().map_err(PoolError)?;
        let answered_at = Some(Instant::now());
        Ok(Pooled { conn, answered_at, limit: None })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), PoolError> {
        if pooled.answered_at.is_some_and(|at| at.elapsed() < ALIVE) {
            return Ok(());
        }
        pooled.answers().map_err(|error| PoolError(error.into()))
    }

    fn has_broken(&self, _: &mut Pooled) -> bool {
        std::thread::panicking()
    }
}

/// The reason why the pool could not open or keep a connection.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub struct PoolError(anyhow::Error);

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn what_libpq_repeats_of_a_password_is_not_told() {
        for (url, message) in [
            (
                "postgres://carnet:se/cret@db/carnet",
                "invalid integer value \"se\" for connection option \"port\"",
            ),
            ("postgres://carnet:p@ss@db/carnet", "could not translate host name \"ss@db\" to address"),
            ("postgres://carnet:p%zz@db/carnet", "invalid percent-encoded token: \"p%zz\""),
            ("postgres://db/carnet?password=p%zz&x=1", "invalid percent-encoded token: \"p%zz\""),
        ] {
            let told = without_secrets(url, message.to_owned());
            assert!(told.contains("%40"), "{told}");
        }
        let refused = "connection to server at \"127.0.0.1\", port 1 failed: Connection refused";
        let url = "postgres://carnet:secret@127.0.0.1:1/carnet";
        assert_eq!(without_secrets(url, refused.to_owned()), refused);
    }
}
