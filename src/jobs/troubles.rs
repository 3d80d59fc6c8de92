//! Why a job stands still, for the page about it. Kept in this process's memory: a full disk could not store it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::Instant;

use super::Kind;
use crate::base::random::random_hex;
use crate::error::AppError;

/// Before the first try after a failure; each failure in a row doubles it.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(3);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// When nothing was heard of a job for this long, another node has it.
const HEARD_OF: Duration = Duration::from_secs(120);
/// Jobs that are remembered; the one heard of least recently makes room.
const REMEMBERED: usize = 100;

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    StorageFull,
    /// The database does not answer.
    Unavailable,
    Fault {
        /// What the operator finds in the log.
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
    /// In a row.
    failures: u32,
    /// Whether it is being tried again, and has come further than its first words.
    is_hidden: bool,
    last: Instant,
}

/// The jobs that failed and have not gone on since, by kind and subject; clones share them.
#[derive(Clone, Default)]
pub struct JobFailures(Arc<Mutex<HashMap<(Kind, i64), Trouble>>>);

impl JobFailures {
    /// Why the job stands still, if it does.
    pub fn of(&self, kind: Kind, subject: i64) -> Option<Cause> {
        self.all()
            .get(&(kind, subject))
            .filter(|trouble| !trouble.is_hidden && trouble.last.elapsed() < HEARD_OF)
            .map(|trouble| trouble.cause.clone())
    }

    /// Notes a failure, and tells how long to wait before the next try.
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

    /// The job seems to go on; should it fail once more, that is one more failure.
    pub(super) fn hide(&self, job: (Kind, i64)) {
        if let Some(trouble) = self.all().get_mut(&job) {
            trouble.is_hidden = true;
        }
    }

    /// The job has ended or goes on.
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
