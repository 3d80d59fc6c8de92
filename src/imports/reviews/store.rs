//! The queries on doubtful rows.

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::base::clock;
use crate::book::whole::WholeContact;
use crate::book::wording::Wording;
use crate::db::schema::{import_held, import_undos};
use crate::db::{AnyConnection, Json};
use crate::error::AppResult;
use crate::imports::corrections::StoredLines;
use crate::imports::import::Import;
use crate::imports::mapped::{self, Doubt, Mapped, MappedRow};
use crate::imports::preview::lines::LinePlace;
use crate::imports::store;
use crate::imports::strict::Strict;

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
pub fn next_alike(conn: &mut AnyConnection, like: &Held, after: i64) -> AppResult<Option<i64>> {
    Ok(alike(like)
        .filter(import_held::id.gt(after))
        .order(import_held::id)
        .select(import_held::id)
        .first(conn)
        .optional()?)
}

/// Counts the rows that wait in the same import and with the same doubt as the row `like`, without it.
pub fn count_alike(conn: &mut AnyConnection, like: &Held) -> AppResult<i64> {
    Ok(alike(like).filter(import_held::id.ne(like.id)).count().get_result(conn)?)
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

/// The list of an import, from which its doubtful rows are read.
pub struct ReviewedList {
    pub import: Import,
    /// The strict list has the form of a list of its eight columns.
    pub list: Mapped,
    strict: Option<Strict>,
}

impl ReviewedList {
    /// # Errors
    /// [`crate::error::AppError::Gone`] if the mapping names something that was deleted since.
    pub fn load(conn: &mut AnyConnection, import: i64) -> AppResult<Self> {
        let import = store::find(conn, import)?;
        let strict = import.list.is_none().then_some(Strict { reading: import.reading });
        let list = match &strict {
            Some(_) => mapped::of_recipients(conn)?,
            None => mapped::load_what_is_left(conn, &import)?,
        };
        Ok(Self { import, list, strict })
    }

    /// The stored rows, to read one after the other.
    pub fn lines(&self, conn: &mut AnyConnection) -> AppResult<StoredLines> {
        StoredLines::of(conn, &self.import)
    }

    /// Reads a doubtful row. `None` if an erasure has blanked it.
    pub fn read(
        &self,
        conn: &mut AnyConnection,
        lines: &mut StoredLines,
        held: &Held,
    ) -> AppResult<Option<MappedRow>> {
        let place = held.place();
        let row = match &self.strict {
            Some(strict) => {
                let recipient = lines.row(conn, strict, place)?;
                recipient.map(|recipient| mapped::row_of(&self.list, &recipient, place))
            }
            None => lines.row(conn, &self.list, place)?,
        };
        Ok(row.map(|row| row.at(place)))
    }
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
        let list = ReviewedList::load(conn, held.import_id)?;
        let mut lines = list.lines(conn)?;
        let row = list.read(conn, &mut lines, &held)?;
        let candidates = WholeContact::load(conn, &held.candidates)?;
        let alike = count_alike(conn, &held)?;
        Ok(Self {
            row: row.as_ref().map(|row| list.list.given(row)),
            wording: Wording::load(conn)?,
            candidates,
            alike,
            is_undone: is_undone(conn, list.import.id)?,
            held,
            import: list.import,
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
