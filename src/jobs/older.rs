//! Whether a server of an older generation uses this database: then values that it would misread must wait.
//!
//! Nodes have rows that tell their generation ([`crate::db::nodes`]). Versions before the first generation have none, but
//! each of them looks for jobs every two seconds while it has nothing to do. So a job is offered that only they take: an
//! older server takes the offer within seconds, or it holds another job meanwhile, and its claims look different.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::{CLAIM, CLAIM_PREFIX, Kind};
use crate::base::clock;
use crate::db::schema::jobs;
use crate::db::{AnyConnection, nodes, on_backend};
use crate::error::AppResult;

/// A kind that all older versions know. They index the contacts of the contact type with this number, which has none, and
/// remove the job. This version never claims a job with a negative number.
const OFFER: (Kind, i64) = (Kind::ContactType, -1);
/// How long the offer must lie there untouched. An older server looks for jobs every two seconds; it needs longer where
/// writers queue, or to notice that its claim of another job has become free.
pub const PATIENCE: TimeDelta = TimeDelta::seconds(12);

/// Whether servers of an older generation may be alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Older {
    /// None is.
    Gone,
    /// One is, or it is not known yet. Ask again after [`PATIENCE`].
    Perhaps,
}

/// Looks for servers of an older generation. The first call makes an offer, so it never returns [`Older::Gone`].
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

/// Removes the offer; returns how often it was claimed, and when it was made.
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

/// Whether a version without generations works on a job: its claims have no prefix.
fn is_claimed_by_older(conn: &mut AnyConnection) -> AppResult<bool> {
    let now = clock::now();
    let claimed = jobs::table
        .filter(jobs::claimed_by.not_like(format!("{CLAIM_PREFIX}%")))
        .filter(jobs::heartbeat_at.gt(now - CLAIM))
        .filter(jobs::heartbeat_at.lt(now + CLAIM));
    Ok(diesel::select(diesel::dsl::exists(claimed)).get_result(conn)?)
}
