//! The worker: claims a job, renews the claim while the job runs, and releases the job.

use std::time::Duration;

use chrono::TimeDelta;
use diesel::prelude::*;

use super::{
    CLAIM, CLAIM_PREFIX, Cause, Claim, Ended, FURTHEST_AHEAD, Handlers, JobContext, JobFailures, JobSignal,
    Kind,
};
use crate::base::clock;
use crate::base::random::random_hex;
use crate::base::stop::Stop;
use crate::db::schema::jobs;
use crate::db::{AnyConnection, Db, nodes};
use crate::error::{AppError, AppResult};
use crate::metrics::METRICS;

/// The interval between two renewals of a claim. A claim lasts for three, so that a late or failed renewal does no harm.
pub(super) const RENEWAL: Duration = Duration::from_secs(2);
/// How often the worker looks for jobs, such as those of another node. A new job of this node wakes the worker at once.
const POLL: Duration = Duration::from_secs(2);
const SWEEP: Duration = Duration::from_secs(600);
/// The number of attempts to release a job, [`POLL`] apart. After that, its claim has expired.
const RELEASES: u32 = 3;

/// Runs the jobs of this process: the database, the handler of each kind, the failures so far, and the signal to stop.
struct Worker {
    db: Db,
    handlers: Handlers,
    troubles: JobFailures,
    stop: Stop,
}

/// Runs jobs until the process is asked to stop. The running job then stops between two transactions, and any worker can claim it
/// next.
pub async fn work(db: Db, handlers: Handlers, (bell, troubles): (JobSignal, JobFailures), stop: Stop) {
    let worker = Worker { db, handlers, troubles, stop };
    let mut next_sweep = tokio::time::Instant::now();
    while !worker.stop.is_asked() {
        if tokio::time::Instant::now() >= next_sweep {
            next_sweep = tokio::time::Instant::now() + SWEEP;
            worker.sweep().await;
        }
        if !worker.run_next(None).await {
            tokio::select! {
                () = bell.0.notified() => {}
                () = worker.pause(POLL) => {}
            }
        }
    }
}

/// Runs one job while no server is alive on the same database. Returns when the process is asked to stop.
///
/// A server lets its writers take turns with the job, which two processes cannot do. Therefore the job is left to a server if one
/// is alive, and this process takes it over when the last server has ended.
pub async fn work_on(
    db: Db,
    handlers: Handlers,
    troubles: JobFailures,
    stop: Stop,
    (kind, subject): (Kind, i64),
) {
    let worker = Worker { db, handlers, troubles, stop };
    while !worker.stop.is_asked() {
        let is_served = worker.db.read(nodes::alive).await;
        // If the database does not answer, `run_next` logs the error.
        let is_served = is_served.is_ok_and(|alive| !alive.is_empty());
        if is_served || !worker.run_next(Some((kind, subject))).await {
            worker.pause(Duration::from_millis(500)).await;
        }
    }
}

impl Worker {
    async fn sweep(&self) {
        for (what, sweep) in self.handlers.sweeps.clone() {
            if let Err(error) = self.db.write_unhurried(sweep).await {
                tracing::warn!(what, %error, "outdated rows could not be removed");
            }
        }
    }

    /// Waits for this time, or until the process is asked to stop.
    async fn pause(&self, time: Duration) {
        let _ = tokio::time::timeout(time, self.stop.asked()).await;
    }

    /// Runs a job that is free. Returns `false` if there was none. `only` restricts the choice to one job.
    async fn run_next(&self, only: Option<(Kind, i64)>) -> bool {
        let known: Vec<Kind> = self.handlers.jobs.keys().copied().collect();
        match self.db.write_unhurried(move |conn| claim(conn, &known, only)).await {
            Ok(Some(claim)) => {
                self.run(claim).await;
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(%error, "no job could be claimed");
                self.pause(POLL).await;
                false
            }
        }
    }

    async fn run(&self, claim: Claim) {
        let begun = clock::now();
        let result = tokio::select! {
            result = self.work_through(claim.clone()) => result,
            // The claim was taken away, or another worker has the job. The handler may still run, but writes nothing more.
            () = self.keep_claim(&claim) => {
                tracing::info!(job = claim.id, "the job has ended, or another worker has it");
                self.troubles.clear(claim.job);
                return;
            }
        };
        let pause = match result {
            Ok(ended) => {
                self.troubles.clear(claim.job);
                match ended {
                    Ended::Done => None,
                    Ended::Waiting(pause) => Some(pause),
                }
            }
            Err(_) if self.stop.is_asked() => {
                tracing::info!(job = claim.id, "a job stops here; the next start continues it");
                Some(TimeDelta::zero())
            }
            Err(error) => Some(self.note(&claim, &error)),
        };
        for _ in 0..RELEASES {
            let own = claim.clone();
            let released = self.db.write_unhurried(move |conn| release(conn, &own, begun, pause));
            let Err(error) = released.await else { return };
            tracing::warn!(job = claim.id, %error, "a job could not be released");
            self.pause(POLL).await;
        }
    }

    fn note(&self, claim: &Claim, error: &AppError) -> TimeDelta {
        let cause = Cause::of(error);
        let reference = match &cause {
            Cause::Fault { reference } => Some(reference.clone()),
            Cause::StorageFull | Cause::Unavailable => None,
        };
        METRICS.job_failures.with_label_values(&[claim.job.0.as_str()]).inc();
        let pause = self.troubles.note(claim.job, cause);
        let seconds = pause.num_seconds();
        tracing::error!(job = claim.id, reference, %error, seconds, "a job failed; it will be tried again");
        pause
    }

    async fn work_through(&self, claim: Claim) -> AppResult<Ended> {
        let (kind, subject) = claim.job;
        let Some(handler) = self.handlers.jobs.get(&kind).cloned() else {
            return Err(AppError::Internal(anyhow::anyhow!("no handler for this kind of job")));
        };
        let work = JobContext::claimed(&self.db, claim, &self.troubles, &self.stop);
        let result = tokio::task::spawn_blocking(move || handler(&work, subject))
            .await
            .map_err(|error| AppError::Internal(error.into()))?;
        match result {
            // If the claim is lost, the release changes no row.
            Err(AppError::Overtaken) => Ok(Ended::Done),
            result => result,
        }
    }

    /// Renews the claim until it is lost, then returns.
    async fn keep_claim(&self, claim: &Claim) {
        loop {
            tokio::time::sleep(RENEWAL).await;
            let own = claim.clone();
            let renewed = self.db.write_unhurried(move |conn| own.hold(conn)).await;
            if let Err(AppError::Overtaken) = renewed {
                return;
            }
        }
    }
}

/// Claims a job that is free and due, of one of the `known` kinds; `only` restricts the choice to one job. Each claim has its own
/// name: a thread that has outlived its claim cannot write when the same process claims the job again.
fn claim(conn: &mut AnyConnection, known: &[Kind], only: Option<(Kind, i64)>) -> AppResult<Option<Claim>> {
    let now = clock::now();
    // A time further ahead than any that is ever written was written before the clock was set back.
    let is_free = jobs::claimed_by
        .is_null()
        .or(jobs::heartbeat_at.lt(now - CLAIM))
        .or(jobs::heartbeat_at.gt(now + CLAIM));
    let is_due = jobs::run_after.le(now).or(jobs::run_after.gt(now + FURTHEST_AHEAD));
    let mut free = jobs::table.into_boxed();
    if let Some((kind, subject)) = only {
        free = free.filter(jobs::kind.eq(kind.as_str())).filter(jobs::subject_id.eq(subject));
    }
    // Jobs of kinds that only a newer version knows are left to the nodes of that version.
    let candidates: Vec<(i64, String, i64)> = free
        .filter(jobs::kind.eq_any(known.iter().map(|kind| kind.as_str())))
        .filter(jobs::subject_id.ge(0))
        .filter(is_due)
        .filter(is_free)
        .order(jobs::id)
        .select((jobs::id, jobs::kind, jobs::subject_id))
        .limit(5)
        .load(conn)?;
    let name = format!("{CLAIM_PREFIX}{}-{}", nodes::GENERATION, random_hex::<8>());
    for (id, kind, subject) in candidates {
        let Some(kind) = Kind::parse(&kind) else {
            continue;
        };
        let won = diesel::update(jobs::table.find(id).filter(is_free))
            .set((
                jobs::claimed_by.eq(&name),
                jobs::heartbeat_at.eq(now),
                jobs::attempts.eq(jobs::attempts + 1),
            ))
            .execute(conn)?;
        if won == 1 {
            let job = (kind, subject);
            return Ok(Some(Claim { id, name, job }));
        }
    }
    Ok(None)
}

/// Releases a job, which is due again after the pause. Without a pause, the job has ended and is removed.
fn release(
    conn: &mut AnyConnection,
    claim: &Claim,
    begun: chrono::NaiveDateTime,
    pause: Option<TimeDelta>,
) -> AppResult<()> {
    let own = jobs::table.find(claim.id).filter(jobs::claimed_by.eq(&claim.name));
    let Some(pause) = pause else {
        diesel::delete(own).execute(conn)?;
        return Ok(());
    };
    // A job that was woken while it ran is due at once.
    diesel::update(own.filter(jobs::run_after.le(begun)))
        .set(jobs::run_after.eq(clock::now() + pause))
        .execute(conn)?;
    diesel::update(own).set(jobs::claimed_by.eq(None::<String>)).execute(conn)?;
    Ok(())
}
