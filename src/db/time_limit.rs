//! The time limit of a page's queries: a page that asks for too much fails alone, and returns its connection to others.
//!
//! PostgreSQL ends a slow statement by itself. SQLite cannot be interrupted through diesel, so a slow query is split into pieces,
//! with [`in_time`] between them. Pages with many queries in a row do the same, on both databases.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::error::{AppError, AppResult};

/// Far more than any page takes in a book of a million contacts.
pub const PAGE: Duration = Duration::from_secs(2);

/// The time limit for work on a connection.
#[derive(Debug, Clone, Copy)]
pub enum Hurry {
    /// [`PAGE`]
    Page,
    /// No limit: a transaction.
    Write,
    /// No limit.
    None,
}

thread_local! {
    /// The end of the time for this thread's read.
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Limits this thread's reads until it is dropped.
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

/// Checks that this thread's read is within its time limit.
///
/// # Errors
/// [`AppError::OverTime`] if it is not.
pub fn in_time() -> AppResult<()> {
    match UNTIL.get() {
        Some(until) if Instant::now() >= until => Err(AppError::OverTime),
        _ => Ok(()),
    }
}
