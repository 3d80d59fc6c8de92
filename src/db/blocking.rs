//! Work on a thread that may wait, for a request that must not.

use std::any::Any;
use std::panic::resume_unwind;
use std::sync::Arc;

use tracing::Span;

use crate::error::{AppError, AppResult};

tokio::task_local! {
    /// What a request holds until its work is over, also where nobody waits for its answer any more.
    pub static HELD: Arc<dyn Any + Send + Sync>;
}

pub async fn run_blocking<T, F>(work: F) -> AppResult<T>
where
    T: Send + 'static,
    F: FnOnce() -> AppResult<T> + Send + 'static,
{
    // What is logged there is this request's too.
    let span = Span::current();
    let held = HELD.try_with(Arc::clone).ok();
    let work = move || {
        let _held = held;
        span.in_scope(work)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(join) => match join.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(cancelled) => Err(AppError::Unavailable(cancelled.into())),
        },
    }
}
