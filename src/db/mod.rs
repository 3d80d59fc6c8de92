//! The database. [`Db::read`] and [`Db::write`] are the only ways to use it, and they never block an async thread.
//!
//! SQLite has one writer at a time, so writes queue here, in order of arrival, before they take a connection;
//! `BEGIN IMMEDIATE` then waits only for other processes. On PostgreSQL writes run concurrently, so a rule that must hold
//! between two of them is a constraint or a conditional `UPDATE`, never a value that was read before.

mod account_names;
mod blocking;
mod by_index;
mod connection;
mod found_session;
pub mod home;
pub mod in_json_list;
mod large_indexes;
mod leftovers;
mod locks;
mod migrate;
pub mod nodes;
mod open_sessions;
mod rekey;
mod rewriting;
mod savepoint;
pub mod schema;
pub(crate) mod sessions;
pub mod settings;
mod sql_column;
mod statement;
mod stored;
mod time_limit;
pub mod waiting;

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub(crate) use account_names::account_name_in;
pub use account_names::{account_name, account_name_of};
pub use blocking::{HELD, run_blocking};
pub use by_index::by_index;
pub use connection::{AnyConnection, ConnectionManager};
pub use in_json_list::in_json_list;
pub use leftovers::overwrite_leftovers;
pub(crate) use locks::lock_rows;
pub use migrate::{applied as applied_migrations, without_blocking};
pub(crate) use rekey::rekey;
pub use rewriting::rewrite_once;
pub use savepoint::{attempt, unless_taken};
pub use sql_column::{SqlColumn, sql_column};
pub use statement::{Statement, Value};
pub use stored::Json;
pub(crate) use stored::from_text_column;
pub use time_limit::in_time;

use crate::base::stop::Stop;
use crate::config::DatabaseUrl;
use crate::error::{AppError, AppResult};
use crate::metrics::{Counted, METRICS};
use time_limit::{Hurry, Limited};

/// Runs one body on the open connection, whichever database it is. It is for the few statements that diesel's
/// `MultiConnection` cannot express, and for statements with many columns on frequent pages, because `MultiConnection` builds
/// their SQL each time.
macro_rules! on_backend {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::db::AnyConnection::Postgres($c) => $body,
            $crate::db::AnyConnection::Sqlite($c) => $body,
        }
    };
}
pub(crate) use on_backend;

/// How long a request waits for a free connection before the answer is 503. Writing requests also wait this long, once it is
/// their turn.
const CONNECTION_WAIT: Duration = Duration::from_secs(3);
/// How long a request waits for its turn to write. Other transactions take milliseconds, a batch of an import some hundred.
const WRITER_WAIT: Duration = Duration::from_secs(10);
/// The number of requests that may wait for their turn to write. It is less than the number of requests handled at once, so
/// that pages can be read while nothing can be written.
const WRITERS_WAITING: usize = 48;
/// More than one account's limit of concurrent requests ([`crate::web::concurrency_limit`]), so that slow ones leave some to others.
const POOL_SIZE: u32 = 12;
/// The number of concurrent transactions on PostgreSQL; the other connections are for reading.
const WRITERS: usize = 8;
/// Milliseconds after a request had to queue for which more are expected.
const AWAITED: u64 = 3_000;

static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds since [`BEGINNING`], at least 1.
fn now() -> u64 {
    u64::try_from(BEGINNING.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
}

/// Measures how long work waits for a connection.
#[derive(Debug)]
struct Measured;

impl r2d2::HandleEvent for Measured {
    fn handle_checkout(&self, event: r2d2::event::CheckoutEvent) {
        let waited = event.duration().as_secs_f64();
        METRICS.connection_wait.observe(waited);
    }

    fn handle_timeout(&self, _: r2d2::event::TimeoutEvent) {
        METRICS.connection_timeouts.inc();
    }
}

/// A handle to the database. All clones share one pool.
#[derive(Clone)]
pub struct Db {
    pool: r2d2::Pool<ConnectionManager>,
    /// The queue of writers: one permit on SQLite, [`WRITERS`] on PostgreSQL.
    writers: Arc<Semaphore>,
    /// The places in that queue for requests, which wait for a limited time.
    waiting: Arc<Semaphore>,
    /// The last time at which a request had to queue, in milliseconds since [`BEGINNING`].
    awaited_at: Arc<AtomicU64>,
    /// The folder of the SQLite database.
    folder: Option<Arc<Path>>,
    stop: Stop,
}

impl Db {
    /// Connects once, brings the schema up to date and opens the pool.
    ///
    /// # Errors
    /// The database cannot be reached or opened, or a migration fails. The text says what to check.
    pub fn open(url: &DatabaseUrl) -> anyhow::Result<Self> {
        let manager = ConnectionManager::new(url.clone());
        migrate::run(&mut manager.open()?)?;
        let (writers, folder) = match url {
            DatabaseUrl::Sqlite(path) => (1, Some(path.parent().unwrap_or(Path::new(".")).into())),
            DatabaseUrl::Postgres(_) => (WRITERS, None),
        };
        let pool = r2d2::Pool::builder()
            .max_size(POOL_SIZE)
            .min_idle(Some(1))
            .connection_timeout(CONNECTION_WAIT)
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .event_handler(Box::new(Measured))
            .build_unchecked(manager);
        Ok(Self {
            pool,
            writers: Arc::new(Semaphore::new(writers)),
            waiting: Arc::new(Semaphore::new(WRITERS_WAITING)),
            awaited_at: Arc::default(),
            folder,
            stop: Stop::default(),
        })
    }

    /// The same database, for long work on its own thread: after `stop` is requested, every new read or write fails.
    pub fn until(&self, stop: &Stop) -> Self {
        Self { stop: stop.clone(), ..self.clone() }
    }

    /// Runs a page's `query` on a connection, outside the async threads.
    ///
    /// # Errors
    /// Those of `query`, [`AppError::OverTime`] if it takes longer than a page's limit, and [`AppError::Unavailable`] if no
    /// connection is available.
    pub async fn read<T, F>(&self, query: F) -> AppResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> AppResult<T> + Send + 'static,
    {
        let db = self.clone();
        run_blocking(move || db.with_connection(Hurry::Page, query)).await
    }

    /// Like [`Db::read`] without the time limit, for files and commands.
    ///
    /// # Errors
    /// Those of [`Db::read`], except [`AppError::OverTime`].
    pub async fn read_unhurried<T, F>(&self, query: F) -> AppResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> AppResult<T> + Send + 'static,
    {
        let db = self.clone();
        run_blocking(move || db.with_connection(Hurry::None, query)).await
    }

    /// Runs `change` in one transaction, outside the async threads: either all of it is committed, or nothing.
    ///
    /// # Errors
    /// Those of `change` (the transaction is rolled back) and of the commit, [`AppError::Unavailable`], and
    /// [`AppError::Overloaded`] if too many requests want to write.
    pub async fn write<T, F>(&self, change: F) -> AppResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> AppResult<T> + Send + 'static,
    {
        if self.writers.available_permits() == 0 {
            self.awaited_at.store(now(), Ordering::Relaxed);
        }
        self.write_unhurried(change).await
    }

    /// Like [`Db::write`], for the background and for sessions: these changes do not make long work write smaller batches. The upload
    /// of a list writes to its session just when the import begins.
    ///
    /// # Errors
    /// Those of [`Db::write`].
    pub async fn write_unhurried<T, F>(&self, change: F) -> AppResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> AppResult<T> + Send + 'static,
    {
        let place = self.turn_to_write().await?;
        let db = self.clone();
        run_blocking(move || {
            // Released when the work ends, even if the client no longer waits for the answer.
            let _place = place;
            db.with_connection(Hurry::Write, |conn| transact(conn, change))
        })
        .await
    }

    async fn turn_to_write(&self) -> AppResult<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.writers).try_acquire_owned() {
            return Ok(place);
        }
        let Ok(_waiting) = self.waiting.try_acquire() else {
            return Err(AppError::Overloaded);
        };
        let _queued = Counted::on(&METRICS.writers_queued);
        tokio::time::timeout(WRITER_WAIT, Arc::clone(&self.writers).acquire_owned())
            .await
            .map_err(|_| AppError::Overloaded)?
            .map_err(|closed| AppError::Unavailable(closed.into()))
    }

    /// The numbers of used and of idle connections.
    pub fn connections(&self) -> (i64, i64) {
        let state = self.pool.state();
        let (all, idle) = (i64::from(state.connections), i64::from(state.idle_connections));
        (all - idle, idle)
    }

    /// Returns `true` if a write would not have to queue now.
    pub fn has_idle_writer(&self) -> bool {
        self.writers.available_permits() > 0
    }

    /// Returns `true` if a request had to queue for writing within the last three seconds; long work then writes
    /// smaller batches.
    pub fn is_awaited(&self) -> bool {
        let awaited_at = self.awaited_at.load(Ordering::Relaxed);
        awaited_at > 0 && now() - awaited_at < AWAITED
    }

    /// Like [`Db::read_unhurried`], for work that already has its own thread.
    ///
    /// # Errors
    /// Those of `query`, and [`AppError::Unavailable`] if no connection is available, or after the stop of [`Db::until`].
    pub fn read_blocking<T>(&self, query: impl FnOnce(&mut AnyConnection) -> AppResult<T>) -> AppResult<T> {
        self.go_on()?;
        self.with_connection(Hurry::None, query)
    }

    /// Like [`Db::write`], for work that already has its own thread. It queues with all other writers, without a time limit.
    ///
    /// # Errors
    /// Those of `change` and of the commit, and [`AppError::Unavailable`] if no connection is available, or after the stop of
    /// [`Db::until`].
    pub fn write_blocking<T>(&self, change: impl FnOnce(&mut AnyConnection) -> AppResult<T>) -> AppResult<T> {
        let _place = {
            let _queued = Counted::on(&METRICS.writers_queued);
            tokio::runtime::Handle::current()
                .block_on(self.writers.acquire())
                .map_err(|closed| AppError::Unavailable(closed.into()))?
        };
        self.go_on()?;
        self.with_connection(Hurry::Write, |conn| transact(conn, change))
    }

    fn go_on(&self) -> AppResult<()> {
        if self.stop.is_asked() {
            return Err(AppError::Unavailable(anyhow::anyhow!("the process is stopping")));
        }
        Ok(())
    }

    fn with_connection<T>(
        &self,
        hurry: Hurry,
        work: impl FnOnce(&mut AnyConnection) -> AppResult<T>,
    ) -> AppResult<T> {
        let mut pooled = self.pool.get().map_err(|error| AppError::Unavailable(error.into()))?;
        let _limited = matches!(hurry, Hurry::Page).then(Limited::begin);
        let is_set = match hurry {
            Hurry::Page => pooled.limit_statements(Some(time_limit::PAGE)),
            Hurry::None => pooled.limit_statements(None),
            // The transaction itself sets the limit.
            Hurry::Write => Ok(()),
        };
        let done = match is_set {
            Ok(()) => work(&mut pooled.conn),
            Err(error) => Err(error.into()),
        };
        done.map_err(|error| match error {
            // When the log or the shared memory cannot grow, SQLite only reports a failed read or write. Writing a test file
            // shows whether the disk is full.
            AppError::Internal(cause)
                if self.folder.as_deref().is_some_and(|folder| {
                    cause.to_string().contains("disk I/O error") && is_full(folder)
                }) =>
            {
                AppError::StorageFull(cause)
            }
            // PostgreSQL reports a lost connection in its own language, so a test query shows whether the connection works.
            AppError::Internal(cause) if pooled.answers().is_err() => AppError::Unavailable(cause),
            // PostgreSQL also reports an ended statement in its own language, so the clock decides.
            AppError::Internal(_) if in_time().is_err() => AppError::OverTime,
            other => other,
        })
    }

    /// Checks that a connection answers, and that the database has at least this version's schema. A newer schema is fine,
    /// because migrations only add what older versions do not need.
    ///
    /// # Errors
    /// [`AppError::Unavailable`]
    pub async fn is_ready(&self) -> AppResult<()> {
        self.read(migrate::is_complete).await
    }
}

/// Milliseconds for which a truncation of the log waits for readers, because nobody can write in the meantime.
const READERS: i64 = 250;

/// Moves SQLite's log into the database file, and empties the log. Returns `false` if a reader prevented this.
pub fn flush(conn: &mut AnyConnection) -> AppResult<bool> {
    #[derive(diesel::QueryableByName)]
    struct Checkpoint {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        busy: i64,
    }
    let AnyConnection::Sqlite(conn) = conn else {
        return Ok(true);
    };
    conn.batch_execute(&format!("PRAGMA busy_timeout = {READERS}"))?;
    let emptied = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn);
    conn.batch_execute(&format!("PRAGMA busy_timeout = {}", connection::BUSY_TIMEOUT))?;
    let Checkpoint { busy } = emptied?;
    Ok(busy == 0)
}

/// Returns `true` if the disk has no room for a few more pages.
fn is_full(folder: &Path) -> bool {
    let written = tempfile::tempfile_in(folder).and_then(|mut file| {
        file.write_all(&[0; 8 * 1024].repeat(8))?;
        file.sync_all()
    });
    written.is_err_and(|error| matches!(error.into(), AppError::StorageFull(_)))
}

fn transact<T>(
    conn: &mut AnyConnection,
    change: impl FnOnce(&mut AnyConnection) -> AppResult<T>,
) -> AppResult<T> {
    conn.batch_execute(match conn {
        AnyConnection::Sqlite(_) => "BEGIN IMMEDIATE",
        AnyConnection::Postgres(_) => "BEGIN; SET LOCAL statement_timeout = 0",
    })?;
    match catch_unwind(AssertUnwindSafe(|| change(conn))) {
        Ok(Ok(value)) => {
            if let Err(error) = conn.batch_execute("COMMIT") {
                roll_back(conn);
                return Err(error.into());
            }
            Ok(value)
        }
        Ok(Err(error)) => {
            roll_back(conn);
            Err(error)
        }
        Err(panic) => {
            roll_back(conn);
            resume_unwind(panic)
        }
    }
}

/// Rolls back, and ignores a failure: either SQLite has already rolled back (full disk), or the connection is lost
/// and the pool's check discards it.
fn roll_back(conn: &mut AnyConnection) {
    let _ = conn.batch_execute("ROLLBACK");
}
