//! The queries on doubtful rows.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::base::clock;
use crate::book::whole::WholeContact;
use crate::book::wording::Wording;
use crate::db::schema::{import_held, import_undos, imports};
use crate::db::{AnyConnection, Json};
use crate::error::AppResult;
use crate::imports::corrections::StoredLines;
use crate::imports::import::Import;
use crate::imports::mapped::{self, Doubt, Mapped, MappedRow};
use crate::imports::preview::lines::LinePlace;
use crate::imports::store;

/// How long a row waits; then it counts as skipped.
const KEPT: TimeDelta = TimeDelta::days(90);
/// Rows that one transaction lets count as skipped.
const SKIPPED_TOGETHER: i64 = 1_000;
/// The stored decision of a row that has waited for too long, or that an erasure has blanked.
pub const SKIPPED: &str = "skip";

/// A doubtful row as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = import_held)]
pub struct Held {
    pub id: i64,
    pub import_id: i64,
    pub line: i64,
    pub doubt: Doubt,
    /// Contacts by id.
    #[diesel(deserialize_as = Json<Vec<i64>>)]
    pub candidates: Vec<i64>,
    line_start: i64,
    line_length: i64,
    pub decision: Option<String>,
    pub created_at: NaiveDateTime,
}

impl Held {
    pub fn place(&self) -> LinePlace {
        LinePlace { number: self.line, start: self.line_start, length: self.line_length }
    }
}

/// A row of the list of rows that wait.
pub struct Waiting {
    pub id: i64,
    pub import: String,
    pub import_id: i64,
    pub line: i64,
    pub doubt: Doubt,
    pub created_at: NaiveDateTime,
}

/// The rows that wait, after an id.
pub fn waiting(conn: &mut AnyConnection, after: i64, limit: i64) -> AppResult<Vec<Waiting>> {
    let rows: Vec<(Held, String)> = import_held::table
        .inner_join(imports::table)
        .filter(import_held::decision.is_null())
        .filter(import_held::id.gt(after))
        .order(import_held::id)
        .limit(limit)
        .select((Held::as_select(), imports::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(held, import)| Waiting {
            id: held.id,
            import,
            import_id: held.import_id,
            line: held.line,
            doubt: held.doubt,
            created_at: held.created_at,
        })
        .collect())
}

pub fn oldest(conn: &mut AnyConnection) -> AppResult<Option<NaiveDateTime>> {
    let oldest = import_held::table.filter(import_held::decision.is_null()).order(import_held::id);
    Ok(oldest.select(import_held::created_at).first(conn).optional()?)
}

/// The next waiting row of an import after an id; after the last one, the first.
pub fn next_of(conn: &mut AnyConnection, import: i64, after: i64) -> AppResult<Option<i64>> {
    let next = |after: i64| {
        import_held::table
            .filter(import_held::import_id.eq(import))
            .filter(import_held::decision.is_null())
            .filter(import_held::id.gt(after))
            .order(import_held::id)
            .select(import_held::id)
    };
    Ok(match next(after).first(conn).optional()? {
        Some(id) => Some(id),
        None => next(0).first(conn).optional()?,
    })
}

/// The next row that waits in the same import and with the same doubt as the row `like`, after an id.
pub fn next_alike(conn: &mut AnyConnection, like: i64, after: i64) -> AppResult<Option<i64>> {
    let held = find(conn, like)?;
    Ok(alike(&held)
        .filter(import_held::id.gt(after))
        .order(import_held::id)
        .select(import_held::id)
        .first(conn)
        .optional()?)
}

type Multi = <AnyConnection as diesel::Connection>::Backend;

fn alike(held: &Held) -> import_held::BoxedQuery<'static, Multi> {
    import_held::table
        .filter(import_held::import_id.eq(held.import_id))
        .filter(import_held::doubt.eq(held.doubt.as_str()))
        .filter(import_held::decision.is_null())
        .into_boxed()
}

/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown row.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Held> {
    Ok(import_held::table.find(id).select(Held::as_select()).first(conn)?)
}

/// Reads a doubtful row with its list. The row is `None` if an erasure has blanked it.
pub fn read(
    conn: &mut AnyConnection,
    import: &Import,
    held: &Held,
) -> AppResult<(Mapped, Option<MappedRow>)> {
    let list = mapped::load_what_is_left(conn, import.id)?;
    let row = StoredLines::of(conn, import)?.row(conn, &list, held.place())?;
    Ok((list, row.map(|row| MappedRow { place: held.place(), ..row })))
}

/// Returns `true` if the import is undone, or being undone.
pub fn is_undone(conn: &mut AnyConnection, import: i64) -> AppResult<bool> {
    Ok(diesel::select(exists(import_undos::table.find(import))).get_result(conn)?)
}

/// A doubtful row beside the contacts that it may mean.
pub struct ShownReview {
    pub held: Held,
    pub import: Import,
    /// The values of the row, by their names in the history; `None` if an erasure has blanked the row.
    pub row: Option<Vec<(String, String)>>,
    pub candidates: Vec<WholeContact>,
    /// The other rows that wait with the same doubt.
    pub alike: i64,
    pub is_undone: bool,
    pub wording: Wording,
}

impl ShownReview {
    /// # Errors
    /// [`crate::error::AppError::NotFound`] for an unknown row, [`crate::error::AppError::Gone`] if the mapping names something that was deleted since.
    pub fn load(conn: &mut AnyConnection, id: i64) -> AppResult<Self> {
        let held = find(conn, id)?;
        let import = store::find(conn, held.import_id)?;
        let (list, row) = read(conn, &import, &held)?;
        let candidates = WholeContact::load(conn, &held.candidates)?;
        let alike: i64 = alike(&held).filter(import_held::id.ne(id)).count().get_result(conn)?;
        Ok(Self {
            row: row.as_ref().map(|row| list.given(row)),
            wording: Wording::load(conn)?,
            candidates,
            alike,
            is_undone: is_undone(conn, import.id)?,
            held,
            import,
        })
    }
}

/// The contacts of a row as a page showed them: ids and versions.
pub fn stamp(wholes: &[WholeContact]) -> String {
    let parts = wholes.iter().map(|whole| format!("{}:{}", whole.contact.id, whole.contact.version));
    parts.collect::<Vec<String>>().join(",")
}

/// Records the decision about a row that waits. Returns `false` if it is decided already.
pub fn settle(
    conn: &mut AnyConnection,
    held: &Held,
    decision: &str,
    contact: Option<i64>,
    account: Option<i64>,
) -> AppResult<bool> {
    let waiting = import_held::table.find(held.id).filter(import_held::decision.is_null());
    let settled = diesel::update(waiting)
        .set((
            import_held::decision.eq(decision),
            import_held::contact_id.eq(contact),
            import_held::decided_by.eq(account),
            import_held::decided_at.eq(clock::now()),
        ))
        .execute(conn)?;
    Ok(settled == 1)
}

/// Lets rows that have waited for 90 days count as skipped.
pub fn expire(conn: &mut AnyConnection) -> AppResult<()> {
    let old: Vec<Held> = import_held::table
        .filter(import_held::decision.is_null())
        .filter(import_held::created_at.lt(clock::now() - KEPT))
        .limit(SKIPPED_TOGETHER)
        .select(Held::as_select())
        .load(conn)?;
    skip(conn, &old)
}

/// Lets the rows count as skipped that an erasure has blanked.
pub fn skip_blanked(conn: &mut AnyConnection, import: i64, lines: &[i64]) -> AppResult<()> {
    let blanked: Vec<Held> = import_held::table
        .filter(import_held::import_id.eq(import))
        .filter(import_held::line.eq_any(lines))
        .filter(import_held::decision.is_null())
        .select(Held::as_select())
        .load(conn)?;
    skip(conn, &blanked)
}

/// Lets the next rows of an undone import that wait count as skipped. Returns `false` if there were none.
pub fn skip_next(conn: &mut AnyConnection, import: i64) -> AppResult<bool> {
    let waiting: Vec<Held> = import_held::table
        .filter(import_held::import_id.eq(import))
        .filter(import_held::decision.is_null())
        .limit(SKIPPED_TOGETHER)
        .select(Held::as_select())
        .load(conn)?;
    skip(conn, &waiting)?;
    Ok(!waiting.is_empty())
}

fn skip(conn: &mut AnyConnection, rows: &[Held]) -> AppResult<()> {
    for held in rows {
        if settle(conn, held, SKIPPED, None, None)? {
            diesel::update(imports::table.find(held.import_id))
                .set((imports::held.eq(imports::held - 1), imports::skipped.eq(imports::skipped + 1)))
                .execute(conn)?;
        }
    }
    Ok(())
}
