//! The doubtful rows of an import: places in the stored rows, and the ids of the contacts that they may mean.

use diesel::prelude::*;

use super::Doubt;
use crate::base::clock;
use crate::db::schema::import_held;
use crate::db::{AnyConnection, on_backend};
use crate::domain::Fault;
use crate::error::AppResult;
use crate::imports::findings::{self, NewFinding};
use crate::imports::list_kind::{FoundFault, Line, Verdict};
use crate::imports::preview::lines::LinePlace;

/// Rows per statement: SQLite accepts 32 766 values.
const TOGETHER: usize = 2_000;

/// A doubtful row.
pub struct NewHeld {
    pub place: LinePlace,
    pub doubt: Doubt,
    /// Contacts by id.
    pub candidates: Vec<i64>,
}

/// Lets rows wait for a person's decision.
pub fn store(conn: &mut AnyConnection, import: i64, held: &[NewHeld]) -> AppResult<()> {
    let now = clock::now();
    let mut rows = Vec::with_capacity(held.len());
    for held in held {
        rows.push((
            import_held::import_id.eq(import),
            import_held::line.eq(held.place.number),
            import_held::doubt.eq(held.doubt.as_str()),
            import_held::candidates.eq(serde_json::to_string(&held.candidates)?),
            import_held::line_start.eq(held.place.start),
            import_held::line_length.eq(held.place.length),
            import_held::created_at.eq(now),
        ));
    }
    for part in rows.chunks(TOGETHER) {
        on_backend!(conn, |conn| diesel::insert_into(import_held::table).values(part).execute(conn))?;
    }
    Ok(())
}

/// Rejects rows, because the mapping says so.
pub fn reject(conn: &mut AnyConnection, import: i64, held: &[NewHeld]) -> AppResult<()> {
    let mut found = Vec::with_capacity(held.len());
    for held in held {
        let line: Line<()> = Line::at(held.place, Verdict::Empty);
        let fault = FoundFault { column: None, value: String::new(), fault: Fault::Doubtful };
        found.extend(NewFinding::of_rejected(import, &line, &[fault])?);
    }
    findings::insert(conn, &found)
}
