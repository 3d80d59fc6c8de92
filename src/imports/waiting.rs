//! The imports that wait for a decision.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::import::State;
use crate::db::AnyConnection;
use crate::db::schema::imports;
use crate::db::waiting::{Number, Things};
use crate::domain::Right;
use crate::error::AppResult;

/// Their number in the menu.
pub const WAITING: Number = Number {
    of: Things::Imports,
    right: Right::ImportAdd,
    rows: "SELECT 1 FROM imports WHERE state = 'deciding' ORDER BY id",
    ago: TimeDelta::zero(),
};

/// An import that waits for a decision.
#[derive(Queryable)]
pub struct Undecided {
    pub id: i64,
    pub name: String,
    pub created_at: NaiveDateTime,
}

/// The imports that wait for a decision, the oldest first.
pub fn undecided(conn: &mut AnyConnection, limit: i64) -> AppResult<Vec<Undecided>> {
    Ok(imports::table
        .filter(imports::state.eq(State::Deciding.as_str()))
        .order(imports::id.asc())
        .limit(limit)
        .select((imports::id, imports::name, imports::created_at))
        .load(conn)?)
}
