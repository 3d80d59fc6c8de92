//! How fast programs may ask.

use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::HttpRequest;
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio::sync::Semaphore;

use crate::error::{ApiRefusal, AppError, AppResult};
use crate::web::concurrency_limit;

/// How long a wrong key waits for its answer.
const WRONG: Duration = Duration::from_millis(500);
/// How many wrong keys wait at the same time. A flood of them is answered at once, with 429.
const WRONG_WAITING: usize = 64;

/// The limits of this process.
pub struct Pace {
    /// `None` without a limit.
    keys: Option<RateLimiter<i64, HashMapStateStore<i64>, DefaultClock>>,
    wrong: Semaphore,
}

impl Pace {
    /// `per_second` is the number of requests per key; 0 for no limit.
    pub fn new(per_second: u32) -> Self {
        let quota = NonZeroU32::new(per_second).map(Quota::per_second);
        Self { keys: quota.map(RateLimiter::hashmap), wrong: Semaphore::new(WRONG_WAITING) }
    }

    /// Takes one request of a key.
    ///
    /// # Errors
    /// [`ApiRefusal::TooFast`]
    pub fn take(&self, key: i64) -> AppResult<()> {
        let Some(keys) = &self.keys else {
            return Ok(());
        };
        keys.check_key(&key).map_err(|early| {
            let wait = early.wait_time_from(DefaultClock::default().now());
            AppError::Api(ApiRefusal::TooFast { seconds: wait.as_secs() + 1 })
        })
    }

    /// Delays the answer to a wrong key. Nobody can guess a key, so this only slows down programs that go on trying; others wait for
    /// nothing.
    ///
    /// # Errors
    /// Always: [`ApiRefusal::WrongKey`], or [`ApiRefusal::TooFast`] if too many wait.
    pub async fn refuse_wrong<T>(&self, request: &HttpRequest) -> AppResult<T> {
        let Ok(_waiting) = self.wrong.try_acquire() else {
            return Err(AppError::Api(ApiRefusal::TooFast { seconds: 1 }));
        };
        let wait = async {
            tokio::time::sleep(WRONG).await;
            Ok(())
        };
        concurrency_limit::without_place(request, wait).await?;
        Err(AppError::Api(ApiRefusal::WrongKey))
    }
}
