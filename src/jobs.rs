//! What takes long runs here, on whichever node claims it first.
//!
//! A job is a row that lives while there is work. It is claimed by a conditional `UPDATE` whose row count is looked
//! at, so two workers cannot both win; its claim is renewed while it works, and a claim that has gone stale (the node
//! was killed) can be taken over. A job keeps its own progress in the same transactions as its work.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use diesel::prelude::*;
use tokio::sync::Notify;

use crate::clock;
use crate::db::schema::jobs;
use crate::db::{AnyConnection, Db, sessions};
use crate::error::{AppError, AppResult};
use crate::web::csrf::random_hex;
use crate::{accounts, contact_types, contacts, imports, organizations, settings};

/// How long a claim holds without being renewed.
const CLAIM: TimeDelta = TimeDelta::seconds(15);
const RENEWAL: Duration = Duration::from_secs(5);
/// How often another node's jobs are looked for; those of this node wake the worker at once.
const POLL: Duration = Duration::from_secs(2);
const SWEEP: Duration = Duration::from_secs(600);
/// Between tries of a job that failed, as when the database is away.
const RETRY: TimeDelta = TimeDelta::seconds(3);

/// Wakes this process's worker.
#[derive(Clone, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    pub fn ring(&self) {
        self.0.notify_one();
    }
}

/// The kinds of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Checks and applies an import; the subject is the import.
    Import,
    /// Indexes the contacts of a contact type anew; the subject is the type.
    ContactType,
    /// Makes the contacts of an organization found by its name as it is now; the subject is the organization.
    Organization,
    /// Reads phone numbers again after the default country changed; the subject is the reading.
    PhoneReading,
    /// Erases people for good, from the imported files too; the subject is the erasure.
    Erasure,
}

/// How a job left off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// It waits for something else. It is taken up again after this long, or when it is woken.
    Waiting(TimeDelta),
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Import,
        Self::ContactType,
        Self::Organization,
        Self::PhoneReading,
        Self::Erasure,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::ContactType => "contact_type",
            Self::PhoneReading => "phone_reading",
            Self::Organization => "organization",
            Self::Erasure => "erasure",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Goes on with the job from wherever it stands, on a thread of its own.
    fn run(self, work: &Work, subject: i64) -> AppResult<Ended> {
        match self {
            Self::Import => imports::run_job(work, subject)?,
            Self::ContactType => contact_types::run_job(work, subject)?,
            Self::PhoneReading => settings::run_job(work, subject)?,
            Self::Organization => organizations::run_job(work, subject)?,
            Self::Erasure => return contacts::erasure::run_job(work, subject),
        }
        Ok(Ended::Done)
    }
}

/// Files a job, unless the same is already there.
///
/// # Errors
/// Those of the database.
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
///
/// # Errors
/// Those of the database.
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
///
/// # Errors
/// Those of the database.
pub fn remove(conn: &mut AnyConnection, kind: Kind, subject: i64) -> AppResult<()> {
    diesel::delete(
        jobs::table
            .filter(jobs::kind.eq(kind.as_str()))
            .filter(jobs::subject_id.eq(subject)),
    )
    .execute(conn)?;
    Ok(())
}

/// Has the jobs of a kind that wait taken up at the next look.
///
/// # Errors
/// Those of the database.
pub fn wake(conn: &mut AnyConnection, kind: Kind) -> AppResult<()> {
    diesel::update(jobs::table.filter(jobs::kind.eq(kind.as_str())))
        .set(jobs::run_after.eq(clock::now()))
        .execute(conn)?;
    Ok(())
}

/// A job that a worker holds.
#[derive(Debug, Clone)]
pub struct Claim {
    id: i64,
    worker: String,
}

impl Claim {
    /// Renews the claim inside a transaction of the job's work: a worker that was paused past its claim, and whose job
    /// another has taken up, writes nothing more.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the claim is lost, and those of the database.
    pub fn hold(&self, conn: &mut AnyConnection) -> AppResult<()> {
        let held = diesel::update(
            jobs::table
                .find(self.id)
                .filter(jobs::claimed_by.eq(&self.worker)),
        )
        .set(jobs::heartbeat_at.eq(clock::now()))
        .execute(conn)?;
        if held == 1 {
            Ok(())
        } else {
            Err(AppError::NotFound)
        }
    }
}

/// The database, as the job may use it.
pub struct Work {
    pub db: Db,
    /// None where nobody else can take the job up: a demonstration, a benchmark.
    claim: Option<Claim>,
}

impl Work {
    /// Work that nobody else can take up.
    pub fn unclaimed(db: &Db) -> Self {
        Self {
            db: db.clone(),
            claim: None,
        }
    }

    /// As [`Db::write_blocking`], if the job is still this worker's.
    ///
    /// # Errors
    /// As there, and [`AppError::NotFound`].
    pub fn write<T>(
        &self,
        change: impl FnOnce(&mut AnyConnection) -> AppResult<T>,
    ) -> AppResult<T> {
        self.db.write_blocking(|conn| {
            if let Some(claim) = &self.claim {
                claim.hold(conn)?;
            }
            change(conn)
        })
    }
}

/// A job that was won, and what it is about.
struct Claimed {
    kind: Kind,
    claim: Claim,
    subject: i64,
}

/// Works off jobs until the process ends; other work is taken up again by whoever claims it.
pub async fn work(db: Db, bell: Bell) {
    let worker = random_hex::<8>();
    let mut next_sweep = tokio::time::Instant::now();
    loop {
        if tokio::time::Instant::now() >= next_sweep {
            next_sweep = tokio::time::Instant::now() + SWEEP;
            if let Err(error) = db.write(sweep).await {
                tracing::warn!(%error, "old rows could not be swept");
            }
        }
        let name = worker.clone();
        match db.write(move |conn| claim(conn, &name, None)).await {
            Ok(Some(job)) => run(&db, job).await,
            Ok(None) => {
                let _ = tokio::time::timeout(POLL, bell.0.notified()).await;
            }
            Err(error) => {
                tracing::warn!(%error, "no job could be claimed");
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

fn sweep(conn: &mut AnyConnection) -> AppResult<()> {
    sessions::sweep(conn)?;
    accounts::sweep_throttles(conn)?;
    contacts::drafts::sweep(conn)?;
    contacts::erasure::sweep_trash(conn)?;
    imports::sweep_files(conn)
}

/// A name that no other worker has.
pub fn worker_name() -> String {
    random_hex::<8>()
}

/// Puts down what a worker has claimed: another can take it up at once, and this one writes nothing more for it.
///
/// # Errors
/// Those of the database.
pub fn release(conn: &mut AnyConnection, worker: &str) -> AppResult<()> {
    diesel::update(jobs::table.filter(jobs::claimed_by.eq(worker)))
        .set(jobs::claimed_by.eq(None::<String>))
        .execute(conn)?;
    Ok(())
}

/// Works off one job, unless a server on the same database does.
pub async fn work_on(db: Db, worker: String, kind: Kind, subject: i64) {
    // A server's own queue lets its writers take turns with the job, which two processes cannot: it goes first.
    tokio::time::sleep(POLL + Duration::from_millis(500)).await;
    loop {
        let name = worker.clone();
        match db
            .write(move |conn| claim(conn, &name, Some((kind, subject))))
            .await
        {
            Ok(Some(job)) => run(&db, job).await,
            Ok(None) => tokio::time::sleep(Duration::from_millis(500)).await,
            Err(error) => {
                tracing::warn!(%error, "no job could be claimed");
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

fn claim(
    conn: &mut AnyConnection,
    worker: &str,
    only: Option<(Kind, i64)>,
) -> AppResult<Option<Claimed>> {
    let now = clock::now();
    let is_free = jobs::claimed_by
        .is_null()
        .or(jobs::heartbeat_at.lt(now - CLAIM));
    let mut free = jobs::table.into_boxed();
    if let Some((kind, subject)) = only {
        free = free
            .filter(jobs::kind.eq(kind.as_str()))
            .filter(jobs::subject_id.eq(subject));
    }
    // Kinds of a newer version are left to the nodes that know them.
    let candidates: Vec<(i64, String, i64)> = free
        .filter(jobs::kind.eq_any(Kind::ALL.map(Kind::as_str)))
        .filter(jobs::run_after.le(now))
        .filter(is_free)
        .order(jobs::id)
        .select((jobs::id, jobs::kind, jobs::subject_id))
        .limit(5)
        .load(conn)?;
    for (id, kind, subject) in candidates {
        let Some(kind) = Kind::parse(&kind) else {
            continue;
        };
        let won = diesel::update(jobs::table.find(id).filter(is_free))
            .set((
                jobs::claimed_by.eq(worker),
                jobs::heartbeat_at.eq(now),
                jobs::attempts.eq(jobs::attempts + 1),
            ))
            .execute(conn)?;
        if won == 1 {
            let claim = Claim {
                id,
                worker: worker.to_owned(),
            };
            return Ok(Some(Claimed {
                kind,
                claim,
                subject,
            }));
        }
    }
    Ok(None)
}

/// Runs one job with its claim kept fresh beside it.
async fn run(db: &Db, job: Claimed) {
    let Claim { id, worker } = job.claim.clone();
    let begun = clock::now();
    let result = tokio::select! {
        result = work_through(db, job) => result,
        () = keep_claim(db, &worker, id) => Err(AppError::Unavailable(anyhow::anyhow!("the claim was lost"))),
    };
    let pause = match result {
        Ok(Ended::Done) => None,
        Ok(Ended::Waiting(pause)) => Some(pause),
        Err(error) => {
            tracing::error!(job = id, %error, "a job stopped; it will be taken up again");
            Some(RETRY)
        }
    };
    let released = db
        .write(move |conn| {
            let own = jobs::table.find(id).filter(jobs::claimed_by.eq(&worker));
            let Some(pause) = pause else {
                diesel::delete(own).execute(conn)?;
                return Ok(());
            };
            // One that was woken while it worked goes on at once.
            diesel::update(own.filter(jobs::run_after.le(begun)))
                .set(jobs::run_after.eq(clock::now() + pause))
                .execute(conn)?;
            diesel::update(own)
                .set(jobs::claimed_by.eq(None::<String>))
                .execute(conn)?;
            Ok(())
        })
        .await;
    if let Err(error) = released {
        // The claim goes stale by itself.
        tracing::warn!(job = id, %error, "a job could not be released");
    }
}

async fn work_through(db: &Db, job: Claimed) -> AppResult<Ended> {
    let work = Work {
        db: db.clone(),
        claim: Some(job.claim),
    };
    let result = tokio::task::spawn_blocking(move || job.kind.run(&work, job.subject))
        .await
        .map_err(|error| AppError::Internal(error.into()))?;
    match result {
        // Taken back, or with another worker, since it was begun.
        Err(AppError::NotFound) => Ok(Ended::Done),
        result => result,
    }
}

/// Renews the claim; returns when another worker has it.
async fn keep_claim(db: &Db, worker: &str, id: i64) {
    loop {
        tokio::time::sleep(RENEWAL).await;
        let name = worker.to_owned();
        let renewed = db
            .write(move |conn| {
                Ok(
                    diesel::update(jobs::table.find(id).filter(jobs::claimed_by.eq(name)))
                        .set(jobs::heartbeat_at.eq(clock::now()))
                        .execute(conn)?,
                )
            })
            .await;
        if let Ok(0) = renewed {
            return;
        }
    }
}
