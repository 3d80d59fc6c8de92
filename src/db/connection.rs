//! Opening a connection: our own `ManageConnection`, since the derive's `establish` would guess the
//! database from the text and, with PostgreSQL down, open a SQLite file of that name.

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

/// Milliseconds that SQLite waits for another process.
pub const BUSY_TIMEOUT: i64 = 5_000;

/// Set on every SQLite connection. `synchronous=FULL`: with `NORMAL`, a simulated power cut lost about one
/// acknowledged row in twenty; `FULL` lost none and cost 2–3 % of an import. The log grows to 16 MB before it is written
/// back, since the usual 4 MB write the same pages again and again; with more, whoever happens to save when it is full
/// waits for long. What is deleted is overwritten (`secure_delete`), that of an edit too: whoever is erased later may have been
/// edited or deleted long before.
const SQLITE_PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000; \
     PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;";

/// Seconds that libpq waits for a server that does not answer, unless the URL says otherwise; a connection whose packets
/// are not acknowledged for ten is given up.
const CONNECT_TIMEOUT: u32 = 5;

/// A node that is paused in the middle of a transaction keeps its rows locked, the claim of its job among them: after ten
/// seconds PostgreSQL undoes the transaction, and others go on. Statements here are short: translating one to machine code
/// takes longer than it can save. Every search reads all entries of the index that are not merged into it yet: 256 KiB of them
/// are a millisecond, the usual 4 MiB are 70.
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
    let mut conn = PgConnection::establish(url)
        .map_err(|error| anyhow::anyhow!(without_secrets(url, error.to_string())))
        .context(
            "PostgreSQL cannot be reached. Check that it runs, and the host, port, user, password and database name in \
             postgres://USER:PASSWORD@HOST:PORT/NAME",
        )?;
    conn.batch_execute(POSTGRES_SETTINGS)?;
    Ok(conn)
}

/// What libpq says, unless it repeats a part of the password, as it does with a URL that it reads otherwise than it was
/// meant: `postgres://carnet:a/b@host/` has the port `a`.
fn without_secrets(url: &str, message: String) -> String {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest);
    let user = authority
        .rsplit_once('@')
        .map_or("", |(credentials, _)| credentials);
    let secret = user.split_once(':').map_or("", |(_, secret)| secret);
    let parameter = url.split_once("password=").map_or("", |(_, rest)| rest);
    let signs = ['/', '@', ':', '?', '#', '&', '='];
    let mut pieces = secret
        .split(signs)
        .chain(parameter.split('&').take(1))
        .filter(|piece| !piece.is_empty());
    if pieces.any(|piece| message.contains(piece)) {
        "the URL cannot be used as it is written; signs such as @ : / ? # in a password stand there as %40 %3A %2F %3F %23"
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
    // A leading ./ keeps a name such as `file:x` or `:memory:` from meaning anything but a file.
    let path = if path.is_absolute() {
        path.to_owned()
    } else {
        Path::new(".").join(path)
    };
    keep_private(&path);
    let text = path.to_str().context("the database's path is not UTF-8")?;
    let mut conn = SqliteConnection::establish(text).with_context(context)?;
    let settings = format!("PRAGMA busy_timeout = {BUSY_TIMEOUT}; {SQLITE_PRAGMAS}");
    conn.batch_execute(&settings).with_context(context)?;
    Ok(conn)
}

/// Creates a folder that is not there yet, for its owner alone: it will hold personal data.
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes a file that is not there yet, for its owner alone; SQLite gives the files beside it the same mode. Where that is not
/// possible, SQLite says why.
#[cfg(unix)]
fn keep_private(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    let _ = options.write(true).create_new(true).mode(0o600).open(path);
}

#[cfg(not(unix))]
fn keep_private(_: &Path) {}

/// For how long a connection that answered is taken to be alive: asking each time is a question to PostgreSQL more for each
/// turn of a request.
const ALIVE: Duration = Duration::from_secs(1);

/// A connection of the pool.
pub struct Pooled {
    pub conn: AnyConnection,
    answered_at: Option<Instant>,
    /// How long PostgreSQL lets a statement take, where not without end.
    limit: Option<Duration>,
}

impl Pooled {
    /// Has PostgreSQL end statements that take longer. A question to it only where the last user of the connection wanted it
    /// otherwise, which few do.
    pub fn limit_statements(
        &mut self,
        limit: Option<Duration>,
    ) -> Result<(), diesel::result::Error> {
        if self.limit != limit && matches!(self.conn, AnyConnection::Postgres(_)) {
            let milliseconds = limit.unwrap_or_default().as_millis();
            let set = format!("SET statement_timeout = {milliseconds}");
            self.conn.batch_execute(&set)?;
            self.limit = limit;
        }
        Ok(())
    }

    /// Whether it answers.
    pub fn answers(&mut self) -> Result<(), diesel::result::Error> {
        // Asked again by whoever takes it next, if it does not.
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
        Ok(Pooled {
            conn,
            answered_at,
            limit: None,
        })
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

/// Why the pool could not open or keep a connection.
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
            (
                "postgres://carnet:p@ss@db/carnet",
                "could not translate host name \"ss@db\" to address",
            ),
            (
                "postgres://carnet:p%zz@db/carnet",
                "invalid percent-encoded token: \"p%zz\"",
            ),
            (
                "postgres://db/carnet?password=p%zz&x=1",
                "invalid percent-encoded token: \"p%zz\"",
            ),
        ] {
            let told = without_secrets(url, message.to_owned());
            assert!(told.contains("%40"), "{told}");
        }
        let refused = "connection to server at \"127.0.0.1\", port 1 failed: Connection refused";
        let url = "postgres://carnet:secret@127.0.0.1:1/carnet";
        assert_eq!(without_secrets(url, refused.to_owned()), refused);
    }
}
