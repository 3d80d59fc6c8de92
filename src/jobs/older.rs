//! Detects servers of an older generation on this database. While there is one, values that it would misread must not be written.
//!
//! Each node has a row with its generation ([`crate::db::nodes`]). Versions before the first generation have no row, but each of
//! them looks for jobs every two seconds while it is idle. Therefore this module queues an offer: a job that only those versions
//! claim. An older server claims the offer within seconds, or it is busy with another job, whose claim has a different form of
//! name.

use chrono::TimeDelta;
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
    let offered = take_offer(conn)?;
    let untouched = offered.is_some_and(|(attempts, created_at)| {
        let age = clock::now() - created_at;
        attempts == 0 && (PATIENCE..super::FURTHEST_AHEAD).contains(&age)
    });
    if untouched && !is_older_node_alive(conn)? && !is_claimed_by_older(conn)? {
        return Ok(Older::Gone);
    }
    offer(conn)?;
    Ok(Older::Perhaps)
}

/// Removes the offer. Returns the number of times it was claimed, and when it was queued; `None` if there was no offer.
fn take_offer(conn: &mut AnyConnection) -> AppResult<Option<(i64, chrono::NaiveDateTime)>> {
    let offer = jobs::table.filter(jobs::kind.eq(OFFER.0.as_str())).filter(jobs::subject_id.eq(OFFER.1));
    Ok(diesel::delete(offer).returning((jobs::attempts, jobs::created_at)).get_result(conn).optional()?)
}

fn offer(conn: &mut AnyConnection) -> AppResult<()> {
    let now = clock::now();
    on_backend!(conn, |conn| diesel::insert_into(jobs::table)
        .values((
            jobs::kind.eq(OFFER.0.as_str()),
            jobs::subject_id.eq(OFFER.1),
            jobs::run_after.eq(now),
            jobs::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(())
}

fn is_older_node_alive(conn: &mut AnyConnection) -> AppResult<bool> {
    let alive = nodes::alive(conn)?;
    Ok(alive.iter().any(|node| node.generation < nodes::GENERATION))
}

/// Returns `true` if a version without generations is running a job: its claims have no prefix.
fn is_claimed_by_older(conn: &mut AnyConnection) -> AppResult<bool> {
    let now = clock::now();
    let claimed = jobs::table
        .filter(jobs::claimed_by.not_like(format!("{CLAIM_PREFIX}%")))
        .filter(jobs::heartbeat_at.gt(now - CLAIM))
        .filter(jobs::heartbeat_at.lt(now + CLAIM));
    Ok(diesel::select(diesel::dsl::exists(claimed)).get_result(conn)?)
}
