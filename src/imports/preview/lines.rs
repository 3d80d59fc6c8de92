//! The planned effect of each valid line, stored until the decision: the queries on `import_lines`.

use diesel::prelude::*;

use super::super::import::State;
use super::super::store::in_state;
use super::effect::{Effect, PlannedEffect};
use super::list::{Position, Show};
use crate::base::clock;
use crate::db::AnyConnection;
use crate::db::schema::{import_lines, imports};
use crate::error::AppResult;
use crate::jobs::{self, JobContext};

/// Rows deleted per transaction: on SQLite nobody else can write during it.
const FORGOTTEN_TOGETHER: i64 = 5_000;

/// A line to be inserted.
#[derive(Insertable)]
#[diesel(table_name = import_lines, treat_none_as_default_value = false)]
pub struct NewLine {
    import_id: i64,
    line: i64,
    effect: &'static str,
    contact_id: Option<i64>,
    contact_version: Option<i64>,
    line_start: i64,
    line_length: i64,
    emptied: i64,
    moved: bool,
}

impl NewLine {
    pub fn new(import: i64, at: LinePlace, foretold: PlannedEffect, emptied: i64) -> Self {
        Self {
            import_id: import,
            line: at.number,
            effect: foretold.effect.as_str(),
            contact_id: foretold.contact.map(|(id, _)| id),
            contact_version: foretold.contact.map(|(_, version)| version),
            line_start: at.start,
            line_length: at.length,
            emptied,
            moved: false,
        }
    }

    /// Returns `true` if the line has exactly this effect.
    pub fn does(&self, foretold: PlannedEffect) -> bool {
        self.effect == foretold.effect.as_str()
            && self.contact_id.zip(self.contact_version) == foretold.contact
    }
}

/// The position of a line in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinePlace {
    /// From 1.
    pub number: i64,
    /// Its first byte, from 0.
    pub start: i64,
    /// In bytes, with its line end.
    pub length: i64,
}

/// A line as shown.
#[derive(Debug, Clone, Copy)]
pub struct ShownLine {
    pub at: LinePlace,
    pub foretold: PlannedEffect,
}

/// Stores the state of the history at the start of the forecast.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is no longer being checked.
pub fn begin(conn: &mut AnyConnection, import: i64, entry: i64) -> AppResult<()> {
    let begun =
        (imports::checked_entry.eq(entry), imports::checked_at.eq(clock::now()), imports::emptied.eq(0));
    jobs::advance(conn, diesel::update(in_state(import, State::Checking)).set(begun))
}

pub fn insert(conn: &mut AnyConnection, lines: &[NewLine]) -> AppResult<()> {
    match conn {
        // One short statement, prepared once: parsing a long one takes longer than inserting its rows.
        AnyConnection::Sqlite(conn) => {
            for line in lines {
                diesel::insert_into(import_lines::table).values(line).execute(conn)?;
            }
        }
        // PostgreSQL accepts 65 535 values per statement; a line has nine.
        AnyConnection::Postgres(conn) => {
            for part in lines.chunks(2_000) {
                diesel::insert_into(import_lines::table).values(part).execute(conn)?;
            }
        }
    }
    Ok(())
}

/// Records which of the lines from `first` to `last` now have another effect than shown, with the new effect.
pub fn note_moved(
    conn: &mut AnyConnection,
    import: i64,
    (first, last): (i64, i64),
    moved: &[NewLine],
) -> AppResult<()> {
    diesel::update(
        import_lines::table
            .filter(import_lines::import_id.eq(import))
            .filter(import_lines::line.between(first, last))
            .filter(import_lines::moved),
    )
    .set(import_lines::moved.eq(false))
    .execute(conn)?;
    for line in moved {
        diesel::update(import_lines::table.find((import, line.line)))
            .set((
                import_lines::effect.eq(line.effect),
                import_lines::contact_id.eq(line.contact_id),
                import_lines::contact_version.eq(line.contact_version),
                import_lines::emptied.eq(line.emptied),
                import_lines::moved.eq(true),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Counts the lines whose effect differs from the one shown at the decision.
pub fn count_moved(conn: &mut AnyConnection, import: i64) -> AppResult<i64> {
    Ok(import_lines::table
        .filter(import_lines::import_id.eq(import))
        .filter(import_lines::moved)
        .count()
        .get_result(conn)?)
}

/// Counts the lines with an effect.
pub fn count_effect(conn: &mut AnyConnection, import: i64, effect: Effect) -> AppResult<i64> {
    Ok(import_lines::table
        .filter(import_lines::import_id.eq(import))
        .filter(import_lines::effect.eq(effect.as_str()))
        .count()
        .get_result(conn)?)
}

/// Counts the lines that would overwrite values of contacts by empty ones.
pub fn count_emptied(conn: &mut AnyConnection, import: i64) -> AppResult<i64> {
    let writing = [Effect::Updated.as_str(), Effect::Restored.as_str()];
    Ok(import_lines::table
        .filter(import_lines::import_id.eq(import))
        .filter(import_lines::emptied.gt(0))
        .filter(import_lines::effect.eq_any(writing))
        .count()
        .get_result(conn)?)
}

type LineRow = (i64, Effect, Option<i64>, Option<i64>, i64, i64);

/// Returns the next lines of a list from a position, the nearest first.
pub fn page(
    conn: &mut AnyConnection,
    import: i64,
    show: Show,
    position: Position,
    limit: i64,
) -> AppResult<Vec<ShownLine>> {
    let mut query = import_lines::table
        .filter(import_lines::import_id.eq(import))
        .select((
            import_lines::line,
            import_lines::effect,
            import_lines::contact_id,
            import_lines::contact_version,
            import_lines::line_start,
            import_lines::line_length,
        ))
        .limit(limit)
        .into_boxed();
    query = match show {
        Show::Effect(effect) => query.filter(import_lines::effect.eq(effect.as_str())),
        Show::Moved => query.filter(import_lines::moved),
        Show::Emptied => query.filter(import_lines::emptied.gt(0)),
        Show::All => query,
        // These lines are stored as findings.
        Show::Rejected | Show::Superseded => return Ok(Vec::new()),
    };
    query = match position {
        Position::Start => query.order(import_lines::line.asc()),
        Position::After(line) => query.filter(import_lines::line.gt(line)).order(import_lines::line.asc()),
        Position::Before(line) => query.filter(import_lines::line.lt(line)).order(import_lines::line.desc()),
    };
    Ok(query.load::<LineRow>(conn)?.into_iter().map(shown).collect())
}

fn shown((number, effect, contact, version, start, length): LineRow) -> ShownLine {
    ShownLine {
        at: LinePlace { number, start, length },
        foretold: PlannedEffect { effect, contact: contact.zip(version) },
    }
}

/// Deletes what was stored for a decision that is over, in several transactions; an interrupted run is simply repeated.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if another worker has continued the import.
pub fn forget(work: &JobContext, import: i64) -> AppResult<()> {
    let of_import = import_lines::table.filter(import_lines::import_id.eq(import));
    work.walk((), |conn, ()| {
        let last: Option<i64> = of_import
            .order(import_lines::line)
            .select(import_lines::line)
            .offset(FORGOTTEN_TOGETHER - 1)
            .first(conn)
            .optional()?;
        let up_to = import_lines::line.le(last.unwrap_or(i64::MAX));
        diesel::delete(of_import.filter(up_to)).execute(conn)?;
        Ok(last.map(drop))
    })
}
