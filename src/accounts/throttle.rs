//! Failed sign-ins slow the next one down, per account and per network, counted in the database so that it
//! holds on every node and over restarts. Nobody is locked out: the wait is at most a minute.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::clock;
use crate::db::schema::sign_in_throttles as throttles;
use crate::db::{AnyConnection, on_backend};
use crate::error::AppResult;

/// Failures that cost nothing: people mistype.
const FREE_FOR_ACCOUNT: i64 = 5;
/// A whole office may share a network.
const FREE_FOR_NETWORK: i64 = 30;
const LONGEST_WAIT: TimeDelta = TimeDelta::seconds(60);
/// After this long without a failure the count starts again.
const MEMORY: TimeDelta = TimeDelta::hours(1);

/// Whom a failed sign-in counts for.
#[derive(Debug, Clone)]
pub struct Buckets {
    account: String,
    network: String,
}

impl Buckets {
    /// `username_key` may be that of no account: it is counted all the same, or the difference would tell.
    pub fn new(username_key: &str, network: &str) -> Self {
        Self {
            account: format!(
                "account:{}",
                username_key.chars().take(100).collect::<String>()
            ),
            network: format!("network:{network}"),
        }
    }

    fn all(&self) -> [(&str, i64); 2] {
        [
            (&self.account, FREE_FOR_ACCOUNT),
            (&self.network, FREE_FOR_NETWORK),
        ]
    }
}

/// How long to wait before the next try, when it is not to be now.
///
/// # Errors
/// Those of the database.
pub fn wait(conn: &mut AnyConnection, buckets: &Buckets) -> AppResult<Option<TimeDelta>> {
    let until: Option<NaiveDateTime> = throttles::table
        .filter(throttles::bucket.eq_any(buckets.all().map(|(bucket, _)| bucket)))
        .select(diesel::dsl::max(throttles::blocked_until))
        .first(conn)?;
    Ok(until
        .map(|until| until - clock::now())
        .filter(|wait| *wait > TimeDelta::zero()))
}

/// Counts a failure; from the first that is not free, each doubles the wait.
///
/// # Errors
/// Those of the database.
pub fn count_failure(conn: &mut AnyConnection, buckets: &Buckets) -> AppResult<()> {
    let now = clock::now();
    for (bucket, free) in buckets.all() {
        diesel::delete(
            throttles::table
                .find(bucket)
                .filter(throttles::last_failure_at.lt(now - MEMORY)),
        )
        .execute(conn)?;
        let failures: i64 = on_backend!(conn, |conn| diesel::insert_into(throttles::table)
            .values((
                throttles::bucket.eq(bucket),
                throttles::failures.eq(1),
                throttles::blocked_until.eq(now),
                throttles::last_failure_at.eq(now),
            ))
            .on_conflict(throttles::bucket)
            .do_update()
            .set((
                throttles::failures.eq(throttles::failures + 1),
                throttles::last_failure_at.eq(now),
            ))
            .returning(throttles::failures)
            .get_result(conn))?;
        if failures > free {
            let doublings = u32::try_from(failures - free - 1)
                .unwrap_or(u32::MAX)
                .min(6);
            let wait = LONGEST_WAIT.min(TimeDelta::seconds(1 << doublings));
            diesel::update(throttles::table.find(bucket))
                .set(throttles::blocked_until.eq(now + wait))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// A success clears the account's count, not the network's: one's own account must not hide guesses at others.
///
/// # Errors
/// Those of the database.
pub fn clear(conn: &mut AnyConnection, buckets: &Buckets) -> AppResult<()> {
    diesel::delete(throttles::table.find(&buckets.account)).execute(conn)?;
    Ok(())
}

/// Forgets what is old.
///
/// # Errors
/// Those of the database.
pub fn sweep(conn: &mut AnyConnection) -> AppResult<()> {
    diesel::delete(throttles::table.filter(throttles::last_failure_at.lt(clock::now() - MEMORY)))
        .execute(conn)?;
    Ok(())
}
