//! Detects servers of an older generation on this database. While there is one, values that it would misread must not be written.
//!
//! Each node has a row with its generation ([`crate::db::nodes`]). Versions before the first generation have no row, but each of
//! them looks for jobs every two seconds while it is idle. Therefore this module queues an offer: a job that only those versions
//! claim. An older server claims the offer within seconds, or it is busy with another job, whose claim has a different form of
//! name.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{CLAIM, CLAIM_PREFIX, Kind};
use crate::base::clock;
use crate::db::schema::jobs;
use crate::db::{AnyConnection, nodes, on_backend};
use crate::error::AppResult;

/// The kind and subject of the offer. All older versions know the kind. They index the contacts of the contact type with this id,
/// which has no contacts, and remove the job. This version never claims a job with a negative subject.
const OFFER: (Kind, i64) = (Kind::ContactType, -1);
/// How long the offer must remain unclaimed. An older server looks for jobs every two seconds; it needs longer if writers queue,
/// or to notice that its claim of another job has been taken away.
pub const PATIENCE: TimeDelta = TimeDelta::seconds(12);

/// The result of a look for servers of an older generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Older {
    /// No older server is alive.
    Gone,
    /// An older server is alive, or the answer is not known yet. Ask again after [`PATIENCE`].
    Perhaps,
}

/// Looks for servers of an older generation. The first call queues the offer, and therefore never returns [`Older::Gone`].
pub fn look(conn: &mut AnyConnection) -> AppResult<Older> {
    let age = match take_offer(conn)? {
        Some((0, created_at)) => Some(clock::now() - created_at),
        Some(_) | None => None,
    };
    if age.is_some_and(|age| (PATIENCE..super::FURTHEST_AHEAD).contains(&age))
        && !is_older_node_alive(conn)?
        && !is_claimed_by_older(conn)?
    {
        return Ok(Older::Gone);
    }
    // An offer that is not old enough keeps its age: otherwise two jobs that look in turn would both wait for ever.
    let age = age.filter(|age| (TimeDelta::zero()..PATIENCE).contains(age)).unwrap_or_default();
    offer(conn, clock::now() - age)?;
    Ok(Older::Perhaps)
}

/// Removes the offer. Returns the number of times it was claimed, and when it was queued; `None` if there was no offer.
fn take_offer(conn: &mut AnyConnection) -> AppResult<Option<(i64, chrono::NaiveDateTime)>> {
    let offer = jobs::table.filter(jobs::kind.eq(OFFER.0.as_str())).filter(jobs::subject_id.eq(OFFER.1));
    Ok(diesel::delete(offer).returning((jobs::attempts, jobs::created_at)).get_result(conn).optional()?)
}

fn offer(conn: &mut AnyConnection, since: NaiveDateTime) -> AppResult<()> {
    on_backend!(conn, |conn| diesel::insert_into(jobs::table)
        .values((
            jobs::kind.eq(OFFER.0.as_str()),
            jobs::subject_id.eq(OFFER.1),
            jobs::run_after.eq(since),
            jobs::created_at.eq(since),
        ))
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(())
}

/// Returns `true` if a server with the row of an older generation is alive.
pub fn is_older_node_alive(conn: &mut AnyConnection) -> AppResult<bool> {
    let alive = nodes::alive(conn)?;
    Ok(alive.iter().any(|node| node.generation < nodes::GENERATION))
}

/// Returns `true` if an older version is running a job, in a server or a command: the names of its claims have an older
/// generation, or none.
fn is_claimed_by_older(conn: &mut AnyConnection) -> AppResult<bool> {
    let now = clock::now();
    let claims: Vec<String> = jobs::table
        .filter(jobs::claimed_by.is_not_null())
        .filter(jobs::heartbeat_at.gt(now - CLAIM))
        .filter(jobs::heartbeat_at.lt(now + CLAIM))
        .select(jobs::claimed_by.assume_not_null())
        .load(conn)?;
    Ok(claims.iter().any(|name| generation_of(name).is_none_or(|generation| generation < nodes::GENERATION)))
}

/// The generation in the name of a claim; see [`super::worker`].
fn generation_of(claim: &str) -> Option<i64> {
    let (generation, _) = claim.strip_prefix(CLAIM_PREFIX)?.split_once('-')?;
    generation.parse().ok()
}
