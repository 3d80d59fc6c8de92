//! Delays sign-ins after failed ones. The counts of failures are in the database, so that they apply on every node and after
//! restarts.
//!
//! Each try has a count of its own: for an account in a browser that it has used before (`known_browser.rs`), for the account in
//! all other browsers together, or for a typed name that no account has. A return from the company's sign-in names no account
//! before it is checked, so it counts for the sign-in that was begun. Tries in unknown browsers also count for their network.
//!
//! A flood of wrong sign-ins makes its network wait all the time. So that it does not delay other accounts, a try whose own count
//! is still free passes its network without waiting, once per minute. Unknown names are treated in the same way, because a
//! difference would reveal which names exist.

use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::cookie::Key;
use chrono::{DateTime, NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::base::clock;
use crate::base::random::hex;
use crate::db::schema::sign_in_throttles as throttles;
use crate::db::{AnyConnection, on_backend};
use crate::error::AppResult;

/// The number of failures without a wait, and the longest wait.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    free: i64,
    longest: TimeDelta,
}

/// People mistype, so a few failures are free.
const OWN: Bounds = Bounds { free: 5, longest: TimeDelta::seconds(60) };
/// A whole office can share a network. The wait is short, because behind a proxy everybody is in one network.
const NETWORK: Bounds = Bounds { free: 30, longest: TimeDelta::seconds(3) };
/// The time without a failure after which the count starts again.
const MEMORY: TimeDelta = TimeDelta::hours(1);
/// The shortest time between a try that passes its network without waiting and the last try of the same count that was wrong or
/// also passed.
const BETWEEN_PASSES: TimeDelta = TimeDelta::minutes(1);
/// The time between two returns to a network without waiting. Each return makes Carnet contact the provider, and beginning a
/// sign-in is free, so the return's own count alone would not limit these requests.
const BETWEEN_RETURNS: TimeDelta = TimeDelta::seconds(1);
/// The largest number of rows. A flood of invented names adds one row per name.
const ROWS: i64 = 100_000;
/// The number of new rows of this process after which the table is cleaned up, in addition to the regular sweeps.
const ROWS_UNSEEN: u64 = 10_000;
/// The time of the last failure for a new count.
const NEVER: NaiveDateTime = DateTime::UNIX_EPOCH.naive_utc();

static NEW_ROWS: AtomicU64 = AtomicU64::new(0);

/// The counts for which a failed try counts.
#[derive(Debug, Clone)]
pub struct Buckets {
    own: String,
    bounds: Bounds,
    network: Option<Network>,
}

#[derive(Debug, Clone)]
struct Network {
    bucket: String,
    /// The shortest time since the network's last try for a try that passes the network without waiting.
    pace: TimeDelta,
}

impl Buckets {
    /// The counts for an account in a browser that it has used.
    pub fn known(browser: &str, account: i64) -> Self {
        Self::alone(format!("browser:{browser}:{account}"), OWN)
    }

    /// The counts for a signed-in person who is asked for the password again.
    pub fn signed_in(account: i64) -> Self {
        Self::alone(format!("signed-in:{account}"), OWN)
    }

    fn alone(own: String, bounds: Bounds) -> Self {
        Self { own, bounds, network: None }
    }

    /// The counts for an account in any other browser.
    pub fn strange(account: i64, network: &str) -> Self {
        Self::in_network(format!("id:{account}"), network)
    }

    /// The counts for a name that no account has. People type passwords there by mistake, so only a keyed hash is stored.
    pub fn unknown(key: &Key, typed: &str, network: &str) -> Self {
        let hash = digest(&[key.signing(), b"sign-in name", typed.as_bytes()]);
        Self::in_network(format!("name:{hash}"), network)
    }

    fn in_network(own: String, network: &str) -> Self {
        let network = Network { bucket: format!("network:{network}"), pace: TimeDelta::zero() };
        Self { own, bounds: OWN, network: Some(network) }
    }

    /// The counts for a return from the company's sign-in, identified by its `state`.
    pub fn returned(state: &str, network: &str) -> Self {
        let network = Network { bucket: format!("company:{network}"), pace: BETWEEN_RETURNS };
        Self {
            own: format!("company:state:{}", digest(&[state.as_bytes()])),
            bounds: NETWORK,
            network: Some(network),
        }
    }

    /// The counts for such a return in a browser that has signed in before.
    pub fn returned_to(browser: &str) -> Self {
        Self::alone(format!("company:browser:{browser}"), NETWORK)
    }

    /// The same counts for the second factor. They are separate, because the second factor comes after the password: guesses at
    /// passwords delay no code, and a right password resets no count of wrong codes.
    pub fn of_second_factor(self) -> Self {
        Self { own: format!("second-factor:{}", self.own), ..self }
    }
}

fn digest(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    hex(&digest.finalize())
}

/// The permission for a try.
#[derive(Debug, Clone, Copy)]
pub struct AskedTry {
    /// How long the try must wait, if it is not permitted.
    pub wait: Option<TimeDelta>,
    /// `true` if the try passes its network although the network must wait.
    pub past_network: bool,
}

/// Asks for permission for a try. The try counts as a failure in advance, so that many concurrent tries cannot pass together;
/// [`forgive`] takes this back. Each failure beyond the free ones doubles the wait.
pub fn ask(conn: &mut AnyConnection, buckets: &Buckets) -> AppResult<AskedTry> {
    let now = clock::now();
    let own = Count::add(conn, &buckets.own, buckets.bounds, now)?;
    let mut asked = AskedTry { wait: own.wait(), past_network: false };
    let mut network = None;
    if let Some(Network { bucket, pace }) = &buckets.network {
        let count = Count::add(conn, bucket, NETWORK, now)?;
        let mut wait = count.wait();
        if wait.is_some() && own.may_pass() {
            asked.past_network = true;
            wait = count.rest_of(*pace);
        }
        asked.wait = asked.wait.max(wait);
        network = Some(count);
    }
    if asked.wait.is_some() {
        own.take_back(conn)?;
        if let Some(network) = network {
            network.take_back(conn)?;
        }
        return Ok(asked);
    }
    own.keep(conn, own.next_wait())?;
    if let Some(network) = network {
        // A try that passes its network does not make others wait for it either.
        let blocked_until = if asked.past_network { network.blocked_until } else { network.next_wait() };
        network.keep(conn, blocked_until)?;
    }
    if own.is_new() && NEW_ROWS.fetch_add(1, Ordering::Relaxed) % ROWS_UNSEEN == ROWS_UNSEEN - 1 {
        sweep(conn)?;
    }
    Ok(asked)
}

/// The count of one bucket, including the current try.
struct Count<'a> {
    bucket: &'a str,
    bounds: Bounds,
    now: NaiveDateTime,
    failures: i64,
    blocked_until: NaiveDateTime,
    last_failure_at: NaiveDateTime,
}

impl<'a> Count<'a> {
    /// Locks the row until the transaction ends, so that each of several concurrent tries sees those before it.
    fn add(conn: &mut AnyConnection, bucket: &'a str, bounds: Bounds, now: NaiveDateTime) -> AppResult<Self> {
        let (failures, blocked_until, last_failure_at) =
            on_backend!(conn, |conn| diesel::insert_into(throttles::table)
                .values((
                    throttles::bucket.eq(bucket),
                    throttles::failures.eq(1),
                    throttles::blocked_until.eq(NEVER),
                    throttles::last_failure_at.eq(NEVER),
                ))
                .on_conflict(throttles::bucket)
                .do_update()
                .set(throttles::failures.eq(throttles::failures + 1))
                .returning((throttles::failures, throttles::blocked_until, throttles::last_failure_at,))
                .get_result(conn))?;
        let mut count = Self { bucket, bounds, now, failures, blocked_until, last_failure_at };
        if count.since_last() > MEMORY {
            count.failures = 1;
        }
        Ok(count)
    }

    fn is_new(&self) -> bool {
        self.last_failure_at == NEVER
    }

    /// The time since the last failure, also if it is in the future because another node's clock is ahead or this one was set
    /// back.
    fn since_last(&self) -> TimeDelta {
        (self.now - self.last_failure_at).abs()
    }

    /// The remaining wait. Free failures cause no wait, whatever another node's clock says. A wait longer than the
    /// longest was written before the clock was set back, and is ignored.
    fn wait(&self) -> Option<TimeDelta> {
        let wait = self.blocked_until - self.now;
        let is_set = self.failures > self.bounds.free + 1;
        let is_believed = wait > TimeDelta::zero() && wait <= self.bounds.longest + clock::APART;
        (is_set && is_believed).then_some(wait)
    }

    fn may_pass(&self) -> bool {
        self.failures <= self.bounds.free && self.since_last() >= BETWEEN_PASSES
    }

    fn rest_of(&self, pace: TimeDelta) -> Option<TimeDelta> {
        let rest = pace - self.since_last();
        (rest > TimeDelta::zero()).then_some(rest)
    }

    /// The time until which the next try must wait if this one fails.
    fn next_wait(&self) -> NaiveDateTime {
        match u32::try_from(self.failures - self.bounds.free) {
            Ok(beyond @ 1..) => {
                let doubled = TimeDelta::seconds(1 << (beyond - 1).min(6));
                self.now + doubled.min(self.bounds.longest)
            }
            _ => self.now,
        }
    }

    fn keep(&self, conn: &mut AnyConnection, blocked_until: NaiveDateTime) -> AppResult<()> {
        diesel::update(throttles::table.find(self.bucket))
            .set((
                throttles::failures.eq(self.failures),
                throttles::blocked_until.eq(blocked_until),
                throttles::last_failure_at.eq(self.now),
            ))
            .execute(conn)?;
        Ok(())
    }

    /// Removes a try that is not permitted from the count.
    fn take_back(&self, conn: &mut AnyConnection) -> AppResult<()> {
        take_back(conn, self.bucket)
    }
}

fn take_back(conn: &mut AnyConnection, bucket: &str) -> AppResult<()> {
    diesel::update(throttles::table.find(bucket))
        .set(throttles::failures.eq(throttles::failures - 1))
        .execute(conn)?;
    Ok(())
}

/// Records that the try was right: its own count is reset, and the network's count loses the try only, because an attacker's own
/// account must not hide guesses at others.
pub fn forgive(conn: &mut AnyConnection, buckets: &Buckets, asked: AskedTry) -> AppResult<()> {
    let own = throttles::table.find(&buckets.own);
    if asked.past_network {
        // The row stays, because its time decides when the next try may pass its network.
        diesel::update(own).set(throttles::failures.eq(0)).execute(conn)?;
    } else {
        diesel::delete(own).execute(conn)?;
    }
    match &buckets.network {
        Some(network) => take_back(conn, &network.bucket),
        None => Ok(()),
    }
}

/// Deletes old rows, and if there are too many, those with the fewest failures. So a flood of names loses its own rows, not the
/// counts of names that were guessed at.
pub fn sweep(conn: &mut AnyConnection) -> AppResult<()> {
    diesel::delete(throttles::table.filter(throttles::last_failure_at.lt(clock::now() - MEMORY)))
        .execute(conn)?;
    let rows: i64 = throttles::table.count().get_result(conn)?;
    if rows <= ROWS {
        return Ok(());
    }
    let least = diesel::alias!(throttles as least);
    let least = least
        .select(least.field(throttles::bucket))
        .order((least.field(throttles::failures), least.field(throttles::last_failure_at)))
        .limit(rows - ROWS);
    on_backend!(conn, |conn| diesel::delete(throttles::table.filter(throttles::bucket.eq_any(least)))
        .execute(conn))?;
    Ok(())
}
