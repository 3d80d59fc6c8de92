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
    rows: "SELECT 1 FROM imports WHERE state = 'deciding' OR state = 'checking' AND awaits_columns AND rows_size > 0 ORDER BY id",
    ago: TimeDelta::zero(),
};

/// An import that waits for a decision.
#[derive(Queryable)]
pub struct Undecided {
    pub id: i64,
    pub name: String,
    pub created_at: NaiveDateTime,
}

/// The condition that an import waits for a person: for a decision, or for the columns of its list.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn to_decide() -> _ {
    let deciding: &'static str = State::Deciding.as_str();
    let checking: &'static str = State::Checking.as_str();
    imports::state
        .eq(deciding)
        .or(imports::state.eq(checking).and(imports::awaits_columns).and(imports::rows_size.is_not_null()))
}

/// The imports that wait for a decision, the oldest first.
pub fn undecided(conn: &mut AnyConnection, limit: i64) -> AppResult<Vec<Undecided>> {
    Ok(imports::table
        .filter(to_decide())
        .order(imports::id.asc())
        .limit(limit)
        .select((imports::id, imports::name, imports::created_at))
        .load(conn)?)
}
