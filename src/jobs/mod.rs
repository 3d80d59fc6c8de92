//! What takes long runs here, on whichever node claims it first.
//!
//! A job is a row that lives while there is work. It is claimed by a conditional `UPDATE` whose row count is looked
//! at, so two workers cannot both win; its claim is renewed while it works, and a claim that has gone stale (the node
//! was killed) can be taken over. A job keeps its own progress in the same transactions as its work.
//!
//! A job that fails is tried again, after longer and longer pauses; meanwhile [`JobFailures`] tells its page why it stands
//! still. When the process is to end, [`JobContext`] refuses to begin anything more.

pub mod older;
mod troubles;
mod worker;

use crate::base::text_enum;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use diesel::prelude::*;
use tokio::sync::Notify;

use crate::base::clock;
use crate::base::stop::Stop;
use crate::db::schema::jobs;
use crate::db::{AnyConnection, Db, lock_rows};
use crate::error::{AppError, AppResult};

pub use troubles::{Cause, JobFailures};
pub use worker::{work, work_on};

/// How long a claim holds without being renewed: what a killed node's job waits until another goes on with it. The nodes'
/// clocks may differ by the half of it.
const CLAIM: TimeDelta = TimeDelta::seconds(6);
/// No job is to go on later than this from when that was said: none pauses for longer.
const FURTHEST_AHEAD: TimeDelta = TimeDelta::hours(2);

/// What the names of claims begin with since there are generations; see [`older`].
const CLAIM_PREFIX: &str = "g";

/// Wakes this process's worker.
#[derive(Clone, Default)]
pub struct JobSignal(Arc<Notify>);

impl JobSignal {
    pub fn ring(&self) {
        self.0.notify_one();
    }
}

text_enum! {
    /// The kinds of jobs.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Kind {
        /// Checks and applies an import; the subject is the import.
        Import = "import",
        /// Undoes an import; the subject is the import.
        ImportUndo = "import_undo",
        /// Indexes the contacts of a contact type anew; the subject is the type.
        ContactType = "contact_type",
        /// Makes the contacts of an organization found by its name as it is now; the subject is the organization.
        Organization = "organization",
        /// Reads phone numbers again after the default country changed; the subject is the reading.
        PhoneReading = "phone_reading",
        /// Erases people for good, from the imported files too; the subject is the erasure. Older versions file it, and would leave
        /// something behind if they worked it off.
        Erasure = "erasure",
        /// The same, filed by this version.
        WholeErasure = "whole_erasure",
        /// Changes all contacts of a filter, or undoes that; the subject is the change.
        BulkChange = "bulk_change",
        /// Looks for contacts that may be one person; the subject is the search.
        DuplicateSearch = "duplicate_search",
        /// Writes the search index's pieces together; there is one.
        SearchCompaction = "search_compaction",
        /// Derives stored values of older versions again; the subject is the repair.
        Repair = "repair",
    }
}

/// How a job left off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// It waits for something else. It is taken up again after this long, or when it is woken.
    Waiting(TimeDelta),
}

impl From<()> for Ended {
    fn from((): ()) -> Self {
        Self::Done
    }
}

/// Continues a job of one kind from its stored progress; the second argument is the subject. It runs on a thread of its own.
type Handler = Arc<dyn Fn(&JobContext, i64) -> AppResult<Ended> + Send + Sync>;
/// Removes rows whose time is over.
pub type Sweep = fn(&mut AnyConnection) -> AppResult<()>;

/// What the worker does: a handler per kind of job, and the sweeps. The application registers both.
#[derive(Clone, Default)]
pub struct Handlers {
    jobs: HashMap<Kind, Handler>,
    /// Each with the name of what it removes. Each has a transaction of its own, so that one that fails stops no other.
    sweeps: Vec<(&'static str, Sweep)>,
}

impl Handlers {
    pub fn on<E: Into<Ended> + 'static>(
        mut self,
        kind: Kind,
        handler: fn(&JobContext, i64) -> AppResult<E>,
    ) -> Self {
        let handler: Handler = Arc::new(move |work, subject| handler(work, subject).map(Into::into));
        self.jobs.insert(kind, handler);
        self
    }

    /// Whether jobs of this kind have a handler.
    pub fn handle(&self, kind: Kind) -> bool {
        self.jobs.contains_key(&kind)
    }

    pub fn sweep(mut self, what: &'static str, sweep: Sweep) -> Self {
        self.sweeps.push((what, sweep));
        self
    }
}

/// How often a waiting answer looks whether the job has finished.
const LOOK: Duration = Duration::from_millis(25);

/// Waits until `has_finished`, for at most `patience`, so that most jobs are finished when their page is first shown. Returns whether
/// it has finished.
///
/// # Errors
/// Those of `has_finished`.
pub async fn wait_for(
    patience: Duration,
    has_finished: impl AsyncFn() -> AppResult<bool>,
) -> AppResult<bool> {
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        if has_finished().await? {
            return Ok(true);
        }
        if tokio::time::Instant::now() >= deadline {
            return Ok(false);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Files a job, unless the same is already there.
pub fn enqueue(conn: &mut AnyConnection, kind: Kind, subject: i64) -> AppResult<()> {
    let now = clock::now();
    crate::db::on_backend!(conn, |conn| diesel::insert_into(jobs::table)
        .values((
            jobs::kind.eq(kind.as_str()),
            jobs::subject_id.eq(subject),
            jobs::run_after.eq(now),
            jobs::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(())
}

/// Files a job that has to see what this transaction changes: one that runs already begins again.
pub fn enqueue_anew(conn: &mut AnyConnection, kind: Kind, subject: i64) -> AppResult<()> {
    let now = clock::now();
    crate::db::on_backend!(conn, |conn| diesel::insert_into(jobs::table)
        .values((
            jobs::kind.eq(kind.as_str()),
            jobs::subject_id.eq(subject),
            jobs::run_after.eq(now),
            jobs::created_at.eq(now),
        ))
        .on_conflict((jobs::kind, jobs::subject_id))
        .do_update()
        .set((jobs::claimed_by.eq(None::<String>), jobs::run_after.eq(now)))
        .execute(conn))?;
    Ok(())
}

/// Takes a job away, if it is still there.
pub fn remove(conn: &mut AnyConnection, kind: Kind, subject: i64) -> AppResult<()> {
    diesel::delete(jobs::table.filter(jobs::kind.eq(kind.as_str())).filter(jobs::subject_id.eq(subject)))
        .execute(conn)?;
    Ok(())
}

/// Waits until nobody writes for a job, if there is one, and holds it to the end of the transaction.
pub fn hold(conn: &mut AnyConnection, kind: Kind, subject: i64) -> AppResult<()> {
    let job = jobs::table.filter(jobs::kind.eq(kind.as_str())).filter(jobs::subject_id.eq(subject));
    let _: Vec<i64> = lock_rows!(conn, job, jobs::id);
    Ok(())
}

/// Has the jobs of a kind that wait taken up at the next look.
pub fn wake(conn: &mut AnyConnection, kind: Kind) -> AppResult<()> {
    diesel::update(jobs::table.filter(jobs::kind.eq(kind.as_str())))
        .set(jobs::run_after.eq(clock::now()))
        .execute(conn)?;
    Ok(())
}

/// Whether a job waits for a worker.
pub fn is_any_due(conn: &mut AnyConnection) -> AppResult<bool> {
    let due = jobs::table
        .filter(jobs::subject_id.ge(0))
        .filter(jobs::claimed_by.is_null())
        .filter(jobs::run_after.le(clock::now()));
    Ok(diesel::select(diesel::dsl::exists(due)).get_result(conn)?)
}

/// Of a conditional update that moves a job's work on, whether it did: `rows` is the number of rows that it changed.
///
/// # Errors
/// [`AppError::Overtaken`] when it changed none: the work is somewhere else by now.
pub fn moved_on(rows: usize) -> AppResult<()> {
    match rows {
        1 => Ok(()),
        _ => Err(AppError::Overtaken),
    }
}

/// The jobs of all nodes.
pub struct Count {
    pub waiting: i64,
    pub running: i64,
}

pub fn count(conn: &mut AnyConnection) -> AppResult<Count> {
    let fresh = jobs::heartbeat_at.ge(clock::now() - CLAIM);
    let jobs = jobs::table.filter(jobs::subject_id.ge(0));
    let all: i64 = jobs.count().get_result(conn)?;
    let running = jobs.filter(jobs::claimed_by.is_not_null());
    let running: i64 = running.filter(fresh).count().get_result(conn)?;
    Ok(Count { waiting: all - running, running })
}

/// A job that a worker holds.
#[derive(Debug, Clone)]
struct Claim {
    id: i64,
    /// Of this claim, in the job's row.
    name: String,
    job: (Kind, i64),
}

impl Claim {
    /// Renews the claim.
    ///
    /// # Errors
    /// [`AppError::Overtaken`].
    fn hold(&self, conn: &mut AnyConnection) -> AppResult<()> {
        if self.renew(conn)? { Ok(()) } else { Err(AppError::Overtaken) }
    }

    fn renew(&self, conn: &mut AnyConnection) -> AppResult<bool> {
        let held = diesel::update(jobs::table.find(self.id).filter(jobs::claimed_by.eq(&self.name)))
            .set(jobs::heartbeat_at.eq(clock::now()))
            .execute(conn)?;
        Ok(held == 1)
    }
}

/// The database, as a job may use it.
pub struct JobContext {
    /// Refuses to begin anything once the process is to end.
    pub db: Db,
    /// None where nobody else can take the job up: a demonstration, a benchmark.
    held: Option<Held>,
}

struct Held {
    claim: Claim,
    troubles: JobFailures,
    /// Transactions that were committed.
    writes: AtomicU32,
}

impl JobContext {
    /// Work that nobody else can take up.
    pub fn unclaimed(db: &Db) -> Self {
        Self { db: db.clone(), held: None }
    }

    fn claimed(db: &Db, claim: Claim, troubles: &JobFailures, stop: &Stop) -> Self {
        Self {
            db: db.until(stop),
            held: Some(Held { claim, troubles: troubles.clone(), writes: AtomicU32::new(0) }),
        }
    }

    /// As [`Db::write_blocking`], if the job is still this worker's: its claim is renewed in the same transaction, so that
    /// a worker that was paused past its claim, and whose job another has taken up, writes nothing more.
    ///
    /// # Errors
    /// As there, and [`AppError::Overtaken`].
    pub fn write<T>(&self, change: impl FnOnce(&mut AnyConnection) -> AppResult<T>) -> AppResult<T> {
        let Some(held) = &self.held else {
            return self.db.write_blocking(change);
        };
        let value = self.db.write_blocking(|conn| {
            let begun = Instant::now();
            held.claim.hold(conn)?;
            let value = change(conn)?;
            // Others see a renewal when it is committed: after a long transaction this one would look half over. The
            // change may have ended the job: then there is none to renew.
            if begun.elapsed() > worker::RENEWAL {
                held.claim.renew(conn)?;
            }
            Ok(value)
        })?;
        // A first write may be so small that it fits on a full disk; with the second the job seems to go on.
        if held.writes.fetch_add(1, Ordering::Relaxed) == 1 {
            held.troubles.hide(held.claim.job);
        }
        Ok(value)
    }

    /// As [`JobContext::write`], for a change behind which the job does not fall back when it is begun again: what it failed at
    /// before is over.
    pub fn write_step<T>(&self, change: impl FnOnce(&mut AnyConnection) -> AppResult<T>) -> AppResult<T> {
        let value = self.write(change)?;
        if let Some(held) = &self.held {
            held.troubles.clear(held.claim.job);
        }
        Ok(value)
    }
}
