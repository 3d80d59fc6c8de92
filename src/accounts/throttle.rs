//! Failed sign-ins slow the next one down, counted in the database so that it holds on every node and over restarts.
//!
//! A browser in which the account has signed in before has a count of its own (`known_browser.rs`). All other tries at an
//! account share one, and so do those from one network: guessing from there makes strangers wait, and leaves whoever works
//! with the account alone. The wait is at most a minute for an account or a browser, and three seconds for a network. Returns
//! from the company's sign-in name no account before they are looked at: they count for their network, apart from passwords.

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
const LONGEST_FOR_ACCOUNT: TimeDelta = TimeDelta::seconds(60);
/// Short, for behind a proxy everybody is one network.
const LONGEST_FOR_NETWORK: TimeDelta = TimeDelta::seconds(3);
/// After this long without a failure the count starts again.
const MEMORY: TimeDelta = TimeDelta::hours(1);

/// Whom a failed sign-in counts for.
#[derive(Debug, Clone)]
pub enum Buckets {
    /// One account in one browser that it knows.
    Known(String),
    /// An account and a network.
    Strange { account: String, network: String },
    /// A network alone, where it is another who knows the account.
    Network(String),
}

impl Buckets {
    pub fn known(browser: &str, account: i64) -> Self {
        Self::Known(format!("browser:{browser}:{account}"))
    }

    /// `username_key` may be that of no account: it is counted all the same, or the difference would tell.
    pub fn strange(username_key: &str, network: &str) -> Self {
        Self::Strange {
            account: format!(
                "account:{}",
                username_key.chars().take(100).collect::<String>()
            ),
            network: format!("network:{network}"),
        }
    }

    /// Of returns from the company's sign-in.
    pub fn company(network: &str) -> Self {
        Self::Network(format!("company:{network}"))
    }

    /// Of somebody who is signed in and is asked for the password again.
    pub fn signed_in(account: i64) -> Self {
        Self::Known(format!("signed-in:{account}"))
    }

    /// The same for the second factor. It has counts of its own: only who has the password gets to it, so that guessing at
    /// passwords slows nobody down there, and a right password forgives no wrong code.
    pub fn of_second_factor(self) -> Self {
        match self {
            Self::Known(bucket) => Self::Known(format!("second-factor:{bucket}")),
            Self::Network(bucket) => Self::Network(bucket),
            Self::Strange { account, network } => Self::Strange {
                account: format!("second-factor:{account}"),
                network,
            },
        }
    }

    /// With the failures that are free, and the longest wait.
    fn all(&self) -> Vec<(&str, i64, TimeDelta)> {
        match self {
            Self::Known(bucket) => vec![(bucket, FREE_FOR_ACCOUNT, LONGEST_FOR_ACCOUNT)],
            Self::Network(bucket) => vec![(bucket, FREE_FOR_NETWORK, LONGEST_FOR_NETWORK)],
            Self::Strange { account, network } => vec![
                (account, FREE_FOR_ACCOUNT, LONGEST_FOR_ACCOUNT),
                (network, FREE_FOR_NETWORK, LONGEST_FOR_NETWORK),
            ],
        }
    }
}

/// Asks for a try. It is counted as a failure before it is made, so that many at once cannot slip by together; [`forgive`]
/// takes that back. Each failure that is not free doubles the wait; the answer is how long that is, when the try is not
/// to be made now.
///
/// # Errors
/// Those of the database.
pub fn ask(conn: &mut AnyConnection, buckets: &Buckets) -> AppResult<Option<TimeDelta>> {
    let now = clock::now();
    let mut wait = None;
    let mut counted = Vec::new();
    for (bucket, free, longest) in buckets.all() {
        diesel::delete(
            throttles::table
                .find(bucket)
                .filter(throttles::last_failure_at.lt(now - MEMORY)),
        )
        .execute(conn)?;
        // Holds the row for the rest of the transaction: those who ask at once come one after the other.
        let (failures, blocked_until): (i64, NaiveDateTime) =
            on_backend!(conn, |conn| diesel::insert_into(throttles::table)
                .values((
                    throttles::bucket.eq(bucket),
                    throttles::failures.eq(1),
                    throttles::blocked_until.eq(now),
                    throttles::last_failure_at.eq(now),
                ))
                .on_conflict(throttles::bucket)
                .do_update()
                .set(throttles::failures.eq(throttles::failures + 1))
                .returning((throttles::failures, throttles::blocked_until))
                .get_result(conn))?;
        let beyond = failures - free;
        // While failures are free there is no wait, even where another's clock, or this look at it, lies behind. A wait that
        // is longer than any was set before the clock was set back.
        if beyond > 1 && blocked_until > now && blocked_until <= now + longest + clock::APART {
            wait = wait.max(Some(blocked_until - now));
        }
        counted.push((bucket, beyond, longest));
    }
    for (bucket, beyond, longest) in counted {
        if wait.is_some() {
            // A try that is not made does not count.
            take_back(conn, bucket)?;
            continue;
        }
        let until = match u32::try_from(beyond) {
            Ok(beyond @ 1..) => now + longest.min(TimeDelta::seconds(1 << (beyond - 1).min(6))),
            _ => now,
        };
        diesel::update(throttles::table.find(bucket))
            .set((
                throttles::blocked_until.eq(until),
                throttles::last_failure_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(wait)
}

/// The try was right: the count of the account, or of its browser, is cleared, and the network's goes back to what it was.
/// One's own account must not hide guesses at others.
///
/// # Errors
/// Those of the database.
pub fn forgive(conn: &mut AnyConnection, buckets: &Buckets) -> AppResult<()> {
    match buckets {
        Buckets::Known(bucket) => {
            diesel::delete(throttles::table.find(bucket)).execute(conn)?;
        }
        Buckets::Strange { account, network } => {
            diesel::delete(throttles::table.find(account)).execute(conn)?;
            forgive_network(conn, network)?;
        }
        Buckets::Network(network) => forgive_network(conn, network)?,
    }
    Ok(())
}

fn forgive_network(conn: &mut AnyConnection, network: &str) -> AppResult<()> {
    take_back(conn, network)?;
    diesel::update(throttles::table.find(network))
        .set(throttles::blocked_until.eq(clock::now()))
        .execute(conn)?;
    Ok(())
}

fn take_back(conn: &mut AnyConnection, bucket: &str) -> AppResult<()> {
    diesel::update(throttles::table.find(bucket))
        .set(throttles::failures.eq(throttles::failures - 1))
        .execute(conn)?;
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
