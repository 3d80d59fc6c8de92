//! The causes of failed jobs, for the jobs' pages. They are kept in the memory of this process, because a full disk could not
//! store them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::Instant;

use super::Kind;
use crate::base::random::random_hex;
use crate::error::AppError;

/// The pause after the first failure. Each further failure in a row doubles it.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(3);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// After this time without another failure here, another node is assumed to have the job.
const HEARD_OF: Duration = Duration::from_secs(120);
/// The largest number of remembered jobs. A new one replaces the job whose last failure is the oldest.
const REMEMBERED: usize = 100;

/// The cause of a job's failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    StorageFull,
    /// The database does not answer.
    Unavailable,
    Fault {
        /// The reference by which the operator finds the failure in the log.
        reference: String,
    },
}

impl Cause {
    pub fn of(error: &AppError) -> Self {
        match error {
            AppError::StorageFull(_) => Self::StorageFull,
            AppError::Unavailable(_) => Self::Unavailable,
            _ => Self::Fault { reference: random_hex::<4>() },
        }
    }
}

struct Trouble {
    cause: Cause,
    /// The number of failures in a row.
    failures: u32,
    /// `true` if the next attempt has already come further than the first write: the failure is not shown then.
    is_hidden: bool,
    last: Instant,
}

/// The jobs that have failed and have made no durable progress since, by kind and subject. Clones share the same map.
#[derive(Clone, Default)]
pub struct JobFailures(Arc<Mutex<HashMap<(Kind, i64), Trouble>>>);

impl JobFailures {
    /// The cause of the job's last failure, unless the job seems to continue.
    pub fn of(&self, kind: Kind, subject: i64) -> Option<Cause> {
        self.all()
            .get(&(kind, subject))
            .filter(|trouble| !trouble.is_hidden && trouble.last.elapsed() < HEARD_OF)
            .map(|trouble| trouble.cause.clone())
    }

    /// Records a failure. Returns the pause before the next attempt.
    pub(super) fn note(&self, job: (Kind, i64), cause: Cause) -> TimeDelta {
        let mut all = self.all();
        if all.len() >= REMEMBERED && !all.contains_key(&job) {
            let oldest = all.iter().min_by_key(|(_, trouble)| trouble.last);
            if let Some(oldest) = oldest.map(|(job, _)| *job) {
                all.remove(&oldest);
            }
        }
        let failures = all.get(&job).map_or(1, |trouble| trouble.failures + 1);
        let last = Instant::now();
        all.insert(job, Trouble { cause, failures, is_hidden: false, last });
        pause_after(failures)
    }

    /// Hides the failure, because the job seems to continue. If the job fails again, that still counts as one more failure in a
    /// row.
    pub(super) fn hide(&self, job: (Kind, i64)) {
        if let Some(trouble) = self.all().get_mut(&job) {
            trouble.is_hidden = true;
        }
    }

    /// Forgets the failures of a job that has ended, has made durable progress, or is no longer this worker's.
    pub(super) fn clear(&self, job: (Kind, i64)) {
        self.all().remove(&job);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<(Kind, i64), Trouble>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pause_after(failures: u32) -> TimeDelta {
    let doubled = 1_i32.checked_shl(failures - 1).filter(|times| *times > 0);
    doubled
        .and_then(|times| FIRST_PAUSE.checked_mul(times))
        .map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: (Kind, i64) = (Kind::Import, 1);

    fn full() -> Cause {
        Cause::StorageFull
    }

    #[test]
    fn pauses_double_up_to_a_minute_and_begin_again_after_a_success() {
        let troubles = JobFailures::default();
        let pauses: Vec<i64> = (0..70).map(|_| troubles.note(JOB, full()).num_seconds()).collect();
        assert_eq!(pauses[..7], [3, 6, 12, 24, 48, 60, 60]);
        assert_eq!(pauses[69], 60);
        assert_eq!(troubles.of(Kind::Import, 1), Some(full()));
        troubles.hide(JOB);
        assert_eq!(troubles.of(Kind::Import, 1), None);
        assert_eq!(troubles.note(JOB, full()).num_seconds(), 60);
        assert_eq!(troubles.of(Kind::Import, 1), Some(full()));
        troubles.clear(JOB);
        assert_eq!(troubles.of(Kind::Import, 1), None);
        assert_eq!(troubles.note(JOB, full()).num_seconds(), 3);
    }

    #[test]
    fn a_hundred_jobs_are_remembered() {
        let troubles = JobFailures::default();
        for subject in 0..150 {
            troubles.note((Kind::Import, subject), full());
        }
        assert_eq!(troubles.all().len(), REMEMBERED);
        assert_eq!(troubles.of(Kind::Import, 0), None);
        assert_eq!(troubles.of(Kind::Import, 149), Some(full()));
    }
}
