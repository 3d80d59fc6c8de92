//! How long a page's read may take: one that asks for too much fails alone, and gives its connection back to others.
//!
//! PostgreSQL ends a statement by itself. SQLite cannot be interrupted through diesel, so what may take long is asked in pieces,
//! with a look at the clock between them; so is what asks much one after the other, on both.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::error::{AppError, AppResult};

/// Far more than any page takes in a book of a million contacts.
pub const PAGE: Duration = Duration::from_secs(2);

/// How long work on a connection may take.
#[derive(Debug, Clone, Copy)]
pub enum Hurry {
    /// [`PAGE`]
    Page,
    /// As long as it takes: a transaction.
    Write,
    /// As long as it takes.
    None,
}

thread_local! {
    /// When the read of this thread is over its time.
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// The time of this thread's read, until it is dropped.
pub struct Limited(());

impl Limited {
    pub fn begin() -> Self {
        UNTIL.set(Some(Instant::now() + PAGE));
        Self(())
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        UNTIL.set(None);
    }
}

/// Whether this thread's read may go on.
///
/// # Errors
/// [`AppError::OverTime`]
pub fn in_time() -> AppResult<()> {
    match UNTIL.get() {
        Some(until) if Instant::now() >= until => Err(AppError::OverTime),
        _ => Ok(()),
    }
}
