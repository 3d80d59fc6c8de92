//! Background jobs: long work, which runs on the node that claims it first.
//!
//! A job is a row that exists while there is work. A worker claims it with a conditional `UPDATE` and checks the number of
//! changed rows, so that two workers cannot both win. The claim is renewed while the job runs. An expired claim (its node was
//! killed) can be taken over. A job stores its progress in the same transactions as its work.
//!
//! A failed job is retried after increasing pauses; until then, [`JobFailures`] has the cause for the job's page. When the
//! process is asked to stop, [`JobContext`] refuses new transactions.

mod failures;
pub mod older;
mod progress;
mod worker;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use diesel::prelude::*;
use tokio::sync::Notify;

pub use failures::{Cause, JobFailures};
pub use progress::{advance, finish};
pub use worker::{work, work_on};

use crate::base::stop::Stop;
use crate::base::{clock, text_enum};
use crate::db::schema::jobs;
use crate::db::{AnyConnection, Db, lock_rows};
use crate::error::{AppError, AppResult};

/// How long a claim is valid without a renewal: the delay before another node continues the job of a killed node. The clocks of
/// the nodes may differ by half of it.
const CLAIM: TimeDelta = TimeDelta::seconds(6);
/// The longest time ahead for which a job is ever scheduled: no pause is longer.
const FURTHEST_AHEAD: TimeDelta = TimeDelta::hours(2);

/// The beginning of the names of claims in all versions that have generations; see [`older`].
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
        /// Turns a list of any kind into rows, checks and applies it; the subject is the import.
        ListImport = "list_import",
        /// Undoes an import; the subject is the import.
        ImportUndo = "import_undo",
        /// Indexes the contacts of a contact type again; the subject is the type.
        ContactType = "contact_type",
        /// Indexes the contacts of an organization with its current name; the subject is the organization.
        Organization = "organization",
        /// Reads phone numbers again after the default country changed; the subject is the reading.
        PhoneReading = "phone_reading",
        /// Erases people, also from the imported files; the subject is the erasure. Older versions queue this kind, and would
        /// leave traces behind if they ran it.
        Erasure = "erasure",
        /// The same work as [`Kind::Erasure`], queued by this version.
        WholeErasure = "whole_erasure",
        /// Makes or undoes a bulk change; the subject is the bulk change.
        BulkChange = "bulk_change",
        /// Searches for duplicates; the subject is the search.
        DuplicateSearch = "duplicate_search",
        /// Merges the pieces of the search index. There is only one job of this kind.
        SearchCompaction = "search_compaction",
        /// Recomputes stored values of older versions; the subject is the repair.
        Repair = "repair",
        /// Counts the contacts by their values again. There is only one job of this kind.
        Recount = "recount",
        /// Indexes the contacts with external ids again, once no older node is alive. There is only one job of this kind.
        ExternalIds = "external_ids",
        /// Completes the words of the book, once no older node is alive. There is only one job of this kind.
        BookWords = "book_words",
    }
}

/// The outcome of one run of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// The job waits for something else. It is due again after this time, or when it is woken.
    Waiting(TimeDelta),
}

impl From<()> for Ended {
    fn from((): ()) -> Self {
        Self::Done
    }
}

/// Continues a job of one kind from its stored progress; the second argument is the job's subject. A handler runs on its own
/// thread.
type Handler = Arc<dyn Fn(&JobContext, i64) -> AppResult<Ended> + Send + Sync>;
/// A function that removes rows whose time is over, or queues work that nobody asks for. It runs every ten minutes.
pub type Sweep = fn(&mut AnyConnection) -> AppResult<()>;

/// The work of the worker: a handler for each kind of job, and the sweeps. The application registers both.
#[derive(Clone, Default)]
pub struct Handlers {
    jobs: HashMap<Kind, Handler>,
    /// Each sweep has the name of what it removes, and its own transaction, so that a failed sweep does not stop the others.
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

    /// Runs the jobs that are due, on this thread and without claims: for a database that no worker knows yet.
    ///
    /// # Errors
    /// Those of the first job that fails.
    pub fn run_due(&self, work: &JobContext) -> AppResult<()> {
        let due: Vec<(String, i64)> = work.db.read_blocking(|conn| {
            let due = jobs::table.filter(jobs::subject_id.ge(0)).filter(jobs::run_after.le(clock::now()));
            Ok(due.order(jobs::id).select((jobs::kind, jobs::subject_id)).load(conn)?)
        })?;
        for (kind, subject) in due {
            let handled = Kind::parse(&kind).and_then(|kind| Some((kind, self.jobs.get(&kind)?)));
            if let Some((kind, handler)) = handled
                && handler(work, subject)? == Ended::Done
            {
                work.write(|conn| remove(conn, kind, subject))?;
            }
        }
        Ok(())
    }

    pub fn sweep(mut self, what: &'static str, sweep: Sweep) -> Self {
        self.sweeps.push((what, sweep));
        self
    }
}

/// The interval at which [`wait_for`] asks if the job has finished.
const LOOK: Duration = Duration::from_millis(25);

/// Waits until `has_finished` returns `true`, for at most `patience`, so that most jobs are finished when their page is first
/// shown. Returns `true` if the job has finished.
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

/// Queues a job, unless a job of the same kind and subject is already queued.
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

/// Queues a job that must see the changes of this transaction. If the job is already running, it begins again.
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

/// Removes a job, if it still exists.
pub fn remove(conn: &mut AnyConnection, kind: Kind, subject: i64) -> AppResult<()> {
    diesel::delete(jobs::table.filter(jobs::kind.eq(kind.as_str())).filter(jobs::subject_id.eq(subject)))
        .execute(conn)?;
    Ok(())
}

/// Waits until no transaction writes for a job, and locks the job's row until the end of the transaction. Does nothing if the job
/// does not exist.
pub fn hold(conn: &mut AnyConnection, kind: Kind, subject: i64) -> AppResult<()> {
    let job = jobs::table.filter(jobs::kind.eq(kind.as_str())).filter(jobs::subject_id.eq(subject));
    let _: Vec<i64> = lock_rows!(conn, job, jobs::id);
    Ok(())
}

/// Makes all jobs of a kind due, so that a worker takes them at its next look.
pub fn wake(conn: &mut AnyConnection, kind: Kind) -> AppResult<()> {
    diesel::update(jobs::table.filter(jobs::kind.eq(kind.as_str())))
        .set(jobs::run_after.eq(clock::now()))
        .execute(conn)?;
    Ok(())
}

/// Returns `true` if a job is due and has no claim.
pub fn is_any_due(conn: &mut AnyConnection) -> AppResult<bool> {
    let due = jobs::table
        .filter(jobs::subject_id.ge(0))
        .filter(jobs::claimed_by.is_null())
        .filter(jobs::run_after.le(clock::now()));
    Ok(diesel::select(diesel::dsl::exists(due)).get_result(conn)?)
}

/// The number of jobs on all nodes.
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

/// A worker's claim of a job.
#[derive(Debug, Clone)]
struct Claim {
    id: i64,
    /// The name of this claim, which is stored in the job's row.
    name: String,
    job: (Kind, i64),
}

impl Claim {
    /// Renews the claim.
    ///
    /// # Errors
    /// [`AppError::Overtaken`] if the claim is lost.
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

/// A job's access to the database.
pub struct JobContext {
    /// Refuses new transactions after the process is asked to stop.
    pub db: Db,
    /// `None` if no other worker can claim the job: in a demonstration or a benchmark.
    held: Option<Held>,
}

struct Held {
    claim: Claim,
    troubles: JobFailures,
    /// The number of committed transactions.
    writes: AtomicU32,
}

impl JobContext {
    /// A context for work that no other worker can claim.
    pub fn unclaimed(db: &Db) -> Self {
        Self { db: db.clone(), held: None }
    }

    fn claimed(db: &Db, claim: Claim, troubles: &JobFailures, stop: &Stop) -> Self {
        Self {
            db: db.until(stop),
            held: Some(Held { claim, troubles: troubles.clone(), writes: AtomicU32::new(0) }),
        }
    }

    /// Like [`Db::write_blocking`], if this worker still has the job. The claim is renewed in the same transaction: a worker that
    /// was paused for longer than its claim, and whose job another worker has claimed, writes nothing more.
    ///
    /// # Errors
    /// [`AppError::Overtaken`] if the claim is lost.
    pub fn write<T>(&self, change: impl FnOnce(&mut AnyConnection) -> AppResult<T>) -> AppResult<T> {
        let Some(held) = &self.held else {
            return self.db.write_blocking(change);
        };
        let value = self.db.write_blocking(|conn| {
            let begun = Instant::now();
            held.claim.hold(conn)?;
            let value = change(conn)?;
            // Other workers see a renewal only after the commit. After a long transaction, the first renewal would look half
            // expired. The change may have ended the job: then there is no claim to renew.
            if begun.elapsed() > worker::RENEWAL {
                held.claim.renew(conn)?;
            }
            Ok(value)
        })?;
        // The first write may be so small that it fits on a full disk. The second one is a sign that the job continues.
        if held.writes.fetch_add(1, Ordering::Relaxed) == 1 {
            held.troubles.hide(held.claim.job);
        }
        Ok(value)
    }

    /// Like [`JobContext::write`], for durable progress, which is not repeated after a restart. The job's earlier failures are
    /// forgotten.
    pub fn write_step<T>(&self, change: impl FnOnce(&mut AnyConnection) -> AppResult<T>) -> AppResult<T> {
        let value = self.write(change)?;
        if let Some(held) = &self.held {
            held.troubles.clear(held.claim.job);
        }
        Ok(value)
    }
}
