//! Failed sign-ins delay the next one. They are counted in the database, so that the counts hold on every node and over
//! restarts.
//!
//! Each try has a count of its own: for an account in a browser that it has used before (`known_browser.rs`); else for the
//! account in all other browsers together, or for the typed name where no account has it. A return from the company's
//! sign-in names no account before it is looked at: it counts for the sign-in that was begun. Tries in other browsers also
//! count for their network.
//!
//! A flood of wrong sign-ins makes its network wait all the time. So that it delays no other account, a try does not wait
//! for its network while the failures of its own count are free, once a minute. Names that no account has are treated
//! alike, since a difference would tell which names exist.

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

/// Failures that cost nothing, and the longest wait.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    free: i64,
    longest: TimeDelta,
}

/// People mistype.
const OWN: Bounds = Bounds {
    free: 5,
    longest: TimeDelta::seconds(60),
};
/// A whole office may share a network. The wait is short, since behind a proxy everybody is one network.
const NETWORK: Bounds = Bounds {
    free: 30,
    longest: TimeDelta::seconds(3),
};
/// After this long without a failure the count starts again.
const MEMORY: TimeDelta = TimeDelta::hours(1);
/// Between the last try that was wrong, or did not wait for its network, and one that does not wait for it.
const BETWEEN_PASSES: TimeDelta = TimeDelta::minutes(1);
/// The same between any two returns to a network. Each makes Carnet ask the provider, and beginning a sign-in costs nothing,
/// so that the count of one's own alone would not bound how often the provider is asked.
const BETWEEN_RETURNS: TimeDelta = TimeDelta::seconds(1);
/// Rows that stay when there are more. A flood of made-up names adds one for each name.
const ROWS: i64 = 100_000;
/// After how many new rows of this process the table is looked at, beside the regular sweeps.
const ROWS_UNSEEN: u64 = 10_000;
/// The last failure of a count that has none.
const NEVER: NaiveDateTime = DateTime::UNIX_EPOCH.naive_utc();

static NEW_ROWS: AtomicU64 = AtomicU64::new(0);

/// What a failed try counts for.
#[derive(Debug, Clone)]
pub struct Buckets {
    own: String,
    bounds: Bounds,
    network: Option<Network>,
}

#[derive(Debug, Clone)]
struct Network {
    bucket: String,
    /// The least time since the network's last try, for one that does not wait for it.
    pace: TimeDelta,
}

impl Buckets {
    /// Of an account in a browser that it has used.
    pub fn known(browser: &str, account: i64) -> Self {
        Self::alone(format!("browser:{browser}:{account}"), OWN)
    }

    /// Of a person who is signed in and is asked for the password again.
    pub fn signed_in(account: i64) -> Self {
        Self::alone(format!("signed-in:{account}"), OWN)
    }

    fn alone(own: String, bounds: Bounds) -> Self {
        Self {
            own,
            bounds,
            network: None,
        }
    }

    /// Of an account in any other browser.
    pub fn strange(account: i64, network: &str) -> Self {
        Self::in_network(format!("id:{account}"), network)
    }

    /// Of a name that no account has. People type passwords there by mistake: only a keyed hash of it is stored.
    pub fn unknown(key: &Key, typed: &str, network: &str) -> Self {
        let hash = digest(&[key.signing(), b"sign-in name", typed.as_bytes()]);
        Self::in_network(format!("name:{hash}"), network)
    }

    fn in_network(own: String, network: &str) -> Self {
        let network = Network {
            bucket: format!("network:{network}"),
            pace: TimeDelta::zero(),
        };
        Self {
            own,
            bounds: OWN,
            network: Some(network),
        }
    }

    /// Of a return from the company's sign-in, by the state that it was begun with.
    pub fn returned(state: &str, network: &str) -> Self {
        let network = Network {
            bucket: format!("company:{network}"),
            pace: BETWEEN_RETURNS,
        };
        Self {
            own: format!("company:state:{}", digest(&[state.as_bytes()])),
            bounds: NETWORK,
            network: Some(network),
        }
    }

    /// The same in a browser that has signed in before.
    pub fn returned_to(browser: &str) -> Self {
        Self::alone(format!("company:browser:{browser}"), NETWORK)
    }

    /// The same for the second factor. It has counts of its own: only the password leads there, so that guesses at
    /// passwords delay no code, and a right password forgives no wrong code.
    pub fn of_second_factor(self) -> Self {
        Self {
            own: format!("second-factor:{}", self.own),
            ..self
        }
    }
}

fn digest(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    hex(&digest.finalize())
}

/// Whether a try may be made.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// How long not.
    pub wait: Option<TimeDelta>,
    /// It is made although its network waits.
    pub past_network: bool,
}

/// Asks for a try. It is counted as a failure before it is made, so that many at once cannot slip by together; [`forgive`]
/// takes that back. Each failure that is not free doubles the wait.
///
/// # Errors
/// Those of the database.
pub fn ask(conn: &mut AnyConnection, buckets: &Buckets) -> AppResult<Asked> {
    let now = clock::now();
    let own = Count::add(conn, &buckets.own, buckets.bounds, now)?;
    let mut asked = Asked {
        wait: own.wait(),
        past_network: false,
    };
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
        // A try that does not wait for its network does not make others wait for it either.
        let blocked_until = if asked.past_network {
            network.blocked_until
        } else {
            network.next_wait()
        };
        network.keep(conn, blocked_until)?;
    }
    if own.is_new() && NEW_ROWS.fetch_add(1, Ordering::Relaxed) % ROWS_UNSEEN == ROWS_UNSEEN - 1 {
        sweep(conn)?;
    }
    Ok(asked)
}

/// The count of one bucket, with the present try.
struct Count<'a> {
    bucket: &'a str,
    bounds: Bounds,
    now: NaiveDateTime,
    failures: i64,
    blocked_until: NaiveDateTime,
    last_failure_at: NaiveDateTime,
}

impl<'a> Count<'a> {
    /// Holds the row for the rest of the transaction: of several that ask at once, each sees those before it.
    fn add(
        conn: &mut AnyConnection,
        bucket: &'a str,
        bounds: Bounds,
        now: NaiveDateTime,
    ) -> AppResult<Self> {
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
                .returning((
                    throttles::failures,
                    throttles::blocked_until,
                    throttles::last_failure_at,
                ))
                .get_result(conn))?;
        let mut count = Self {
            bucket,
            bounds,
            now,
            failures,
            blocked_until,
            last_failure_at,
        };
        if count.since_last() > MEMORY {
            count.failures = 1;
        }
        Ok(count)
    }

    fn is_new(&self) -> bool {
        self.last_failure_at == NEVER
    }

    /// Also where the clock of another node, or this one's before it was set back, lies ahead.
    fn since_last(&self) -> TimeDelta {
        (self.now - self.last_failure_at).abs()
    }

    /// How long the try has to wait. While failures are free there is no wait, whatever another node's clock says; and a
    /// wait that is longer than any was set before the clock was set back.
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

    /// Until when the next try waits, if this one fails.
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

    /// A try that is not made does not count.
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

/// The try was right: the count of its own begins anew, and the network's goes back to what it was. One's own account must
/// not hide guesses at others.
///
/// # Errors
/// Those of the database.
pub fn forgive(conn: &mut AnyConnection, buckets: &Buckets, asked: Asked) -> AppResult<()> {
    let own = throttles::table.find(&buckets.own);
    if asked.past_network {
        // The row stays: it says when the next try may pass its network.
        diesel::update(own)
            .set(throttles::failures.eq(0))
            .execute(conn)?;
    } else {
        diesel::delete(own).execute(conn)?;
    }
    match &buckets.network {
        Some(network) => take_back(conn, &network.bucket),
        None => Ok(()),
    }
}

/// Forgets what is old, and of too many rows those with the fewest failures. A flood of names loses its own rows, not the
/// counts of the names that were guessed at.
///
/// # Errors
/// Those of the database.
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
        .order((
            least.field(throttles::failures),
            least.field(throttles::last_failure_at),
        ))
        .limit(rows - ROWS);
    on_backend!(conn, |conn| diesel::delete(
        throttles::table.filter(throttles::bucket.eq_any(least))
    )
    .execute(conn))?;
    Ok(())
}
