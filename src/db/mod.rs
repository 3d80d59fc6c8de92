//! The database: [`Db::read`] and [`Db::write`] are the only ways to it, and they never block an async thread.
//!
//! SQLite has one writer at a time, so writes queue here, first come first served, before they take a connection;
//! `BEGIN IMMEDIATE` then waits only for other processes. On PostgreSQL writes run side by side: whatever must hold
//! between two of them is a constraint or a conditional `UPDATE`, never a value read before.

mod among;
mod blocking;
mod connection;
mod leftovers;
mod migrate;
pub mod nodes;
mod rekey;
mod rewriting;
pub mod schema;
pub(crate) mod sessions;
pub mod settings;
mod time_limit;

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use among::among;
pub use blocking::HELD;
use blocking::run_blocking;
pub use connection::{AnyConnection, ConnectionManager};
pub use leftovers::overwrite_leftovers;
pub use migrate::{applied as applied_migrations, without_blocking};
pub(crate) use rekey::rekey;
pub use rekey::unless_taken;
pub use rewriting::rewrite_once;
pub use time_limit::in_time;
use time_limit::{Hurry, Limited};

use crate::base::stop::Stop;
use crate::config::DatabaseUrl;
use crate::error::{AppError, AppResult};
use crate::metrics::{Counted, METRICS};

/// Runs one body against whichever connection is open: for the few statements that diesel's `MultiConnection` cannot
/// express, and for those of many columns on pages that are asked for all day, which it puts into words each time.
macro_rules! on_backend {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::db::AnyConnection::Postgres($c) => $body,
            $crate::db::AnyConnection::Sqlite($c) => $body,
        }
    };
}
pub(crate) use on_backend;

/// Loads a selection of the rows of a query and locks them for the rest of the transaction. SQLite's transactions that write run alone: nothing is
/// locked there.
macro_rules! lock_rows {
    ($conn:expr, $rows:expr, $selection:expr) => {
        match $conn {
            $crate::db::AnyConnection::Sqlite(conn) => $rows.select($selection).load(conn)?,
            $crate::db::AnyConnection::Postgres(conn) => {
                $rows.select($selection).for_update().load(conn)?
            }
        }
    };
}
pub(crate) use lock_rows;

/// How long a request waits for a free connection before it is answered 503. So do those that wait for it to write, once it is
/// their turn.
const CONNECTION_WAIT: Duration = Duration::from_secs(3);
/// How long a request waits for its turn to write: others' transactions take milliseconds, a batch of an import some hundred.
const WRITER_WAIT: Duration = Duration::from_secs(10);
/// Requests that wait for their turn; fewer than are worked on at once, so that pages are read while nothing can be written.
const WRITERS_WAITING: usize = 48;
/// More than one account's requests that are worked on at once ([`crate::web::overload`]): those that take long leave others some.
const POOL_SIZE: u32 = 12;
/// Transactions that run side by side on PostgreSQL; the other connections are for reading.
const WRITERS: usize = 8;
/// For how long after somebody had to queue others are expected, in milliseconds.
const AWAITED: u64 = 3_000;

static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds, never 0.
fn now() -> u64 {
    u64::try_from(BEGINNING.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
}

/// Counts how long work waits for a connection.
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

/// A handle to the database; clones share one pool.
#[derive(Clone)]
pub struct Db {
    pool: r2d2::Pool<ConnectionManager>,
    /// The queue of writers: one place on SQLite, [`WRITERS`] on PostgreSQL.
    writers: Arc<Semaphore>,
    /// Places in that queue for those who do not wait for ever.
    waiting: Arc<Semaphore>,
    /// When somebody last had to queue, in milliseconds since [`BEGINNING`].
    awaited_at: Arc<AtomicU64>,
    /// Where SQLite writes.
    folder: Option<Arc<Path>>,
    stop: Stop,
}

impl Db {
    /// Connects once, brings the schema up to date and opens the pool.
    ///
    /// # Errors
    /// The database cannot be reached or opened, or a migration fails; the text says what to check.
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

    /// The same database for long work on a thread of its own: nothing is begun any more once `stop` is asked for.
    pub fn until(&self, stop: &Stop) -> Self {
        Self {
            stop: stop.clone(),
            ..self.clone()
        }
    }

    /// Runs a page's `query` on a connection, outside the async threads.
    ///
    /// # Errors
    /// Those of `query`, [`AppError::OverTime`] when it takes longer than a page's may, and [`AppError::Unavailable`] when there
    /// is no connection to be had.
    pub async fn read<T, F>(&self, query: F) -> AppResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> AppResult<T> + Send + 'static,
    {
        let db = self.clone();
        run_blocking(move || db.with_connection(Hurry::Page, query)).await
    }

    /// As [`Db::read`], for files and commands, which may take their time.
    ///
    /// # Errors
    /// As there, without [`AppError::OverTime`].
    pub async fn read_unhurried<T, F>(&self, query: F) -> AppResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> AppResult<T> + Send + 'static,
    {
        let db = self.clone();
        run_blocking(move || db.with_connection(Hurry::None, query)).await
    }

    /// Runs `change` in one transaction, outside the async threads: all of it is committed, or nothing.
    ///
    /// # Errors
    /// Those of `change` (which undo it), of the commit, [`AppError::Unavailable`], and [`AppError::Overloaded`] when too
    /// many want to write.
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

    /// As [`Db::write`], for what nobody waits for: long work is not asked to write less at once for it.
    ///
    /// # Errors
    /// As there.
    pub async fn write_unhurried<T, F>(&self, change: F) -> AppResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> AppResult<T> + Send + 'static,
    {
        let place = self.turn_to_write().await?;
        let db = self.clone();
        run_blocking(move || {
            // Given back when the work is over, also where nobody waits for its answer any more.
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

    /// Connections that are used, and that are idle.
    pub fn connections(&self) -> (i64, i64) {
        let state = self.pool.state();
        let (all, idle) = (
            i64::from(state.connections),
            i64::from(state.idle_connections),
        );
        (all - idle, idle)
    }

    /// Whether nobody has to queue for writing just now.
    pub fn has_idle_writer(&self) -> bool {
        self.writers.available_permits() > 0
    }

    /// Whether somebody had to queue for writing within the last moments: long work then writes less at once.
    pub fn is_awaited(&self) -> bool {
        let awaited_at = self.awaited_at.load(Ordering::Relaxed);
        awaited_at > 0 && now() - awaited_at < AWAITED
    }

    /// As [`Db::read`], for work that already has a thread of its own.
    ///
    /// # Errors
    /// As there, and [`AppError::Unavailable`] when the process is to end and [`Db::until`] says so.
    pub fn read_blocking<T>(
        &self,
        query: impl FnOnce(&mut AnyConnection) -> AppResult<T>,
    ) -> AppResult<T> {
        self.go_on()?;
        self.with_connection(Hurry::None, query)
    }

    /// As [`Db::write`], for work that already has a thread of its own: it queues with all other writers.
    ///
    /// # Errors
    /// As there, and [`AppError::Unavailable`] when the process is to end and [`Db::until`] says so.
    pub fn write_blocking<T>(
        &self,
        change: impl FnOnce(&mut AnyConnection) -> AppResult<T>,
    ) -> AppResult<T> {
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
            return Err(AppError::Unavailable(anyhow::anyhow!(
                "the process is to end"
            )));
        }
        Ok(())
    }

    fn with_connection<T>(
        &self,
        hurry: Hurry,
        work: impl FnOnce(&mut AnyConnection) -> AppResult<T>,
    ) -> AppResult<T> {
        let mut pooled = self
            .pool
            .get()
            .map_err(|error| AppError::Unavailable(error.into()))?;
        let _limited = matches!(hurry, Hurry::Page).then(Limited::begin);
        let is_set = match hurry {
            Hurry::Page => pooled.limit_statements(Some(time_limit::PAGE)),
            Hurry::None => pooled.limit_statements(None),
            // Its transaction says it.
            Hurry::Write => Ok(()),
        };
        let done = match is_set {
            Ok(()) => work(&mut pooled.conn),
            Err(error) => Err(error.into()),
        };
        done.map_err(|error| match error {
            // SQLite's log and shared memory that cannot grow are but a failed read or write in its words; what a try at
            // writing meets is the sure sign.
            AppError::Internal(cause)
                if self.folder.as_deref().is_some_and(|folder| {
                    cause.to_string().contains("disk I/O error") && is_full(folder)
                }) =>
            {
                AppError::StorageFull(cause)
            }
            // PostgreSQL tells a lost connection by localized text; whether it still answers is the sure sign.
            AppError::Internal(cause) if pooled.answers().is_err() => AppError::Unavailable(cause),
            // It tells that a statement was ended by localized text too.
            AppError::Internal(_) if in_time().is_err() => AppError::OverTime,
            other => other,
        })
    }

    /// Whether a connection answers, to a database that has at least this version's shape: one that a newer node has
    /// brought further still serves this one, as migrations only add what older versions do without.
    ///
    /// # Errors
    /// [`AppError::Unavailable`]
    pub async fn is_ready(&self) -> AppResult<()> {
        self.read(migrate::is_complete).await
    }
}

/// For how long emptying the log waits for those who read: nobody writes meanwhile.
const READERS: i64 = 250;

/// Brings what was written into SQLite's own file, and empties the log beside it; returns whether no reader was in the way.
///
/// # Errors
/// Those of the database.
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
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = {}",
        connection::BUSY_TIMEOUT
    ))?;
    let Checkpoint { busy } = emptied?;
    Ok(busy == 0)
}

/// Whether a few pages more find no room.
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

/// A failed rollback needs no answer: SQLite has already rolled back (full disk), or the connection is gone
/// and the pool's check will throw it away.
fn roll_back(conn: &mut AnyConnection) {
    let _ = conn.batch_execute("ROLLBACK");
}
