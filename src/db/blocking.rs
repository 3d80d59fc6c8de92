//! Runs blocking work for a request on another thread.

use std::any::Any;
use std::panic::resume_unwind;
use std::sync::Arc;

use tracing::Span;

use crate::error::{AppError, AppResult};

tokio::task_local! {
    /// A value that a request holds until its work ends, even if the client no longer waits for the answer.
    pub static HELD: Arc<dyn Any + Send + Sync>;
}

pub async fn run_blocking<T, F>(work: F) -> AppResult<T>
where
    T: Send + 'static,
    F: FnOnce() -> AppResult<T> + Send + 'static,
{
    // Log lines of the work belong to the request's span.
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
