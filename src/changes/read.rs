//! Reads the items behind a cursor. The number of statements does not depend on the number of items.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};

use super::cursor::Place;
use super::item::{self, Item, fields_of, kind_of};
use super::{Cursor, number, rows_wait};
use crate::audit::Kind as Entry;
use crate::db::schema::{audit_entries, feed};
use crate::db::{AnyConnection, Db, Json, on_backend, settings};
use crate::domain::{BookId, Change};
use crate::error::{AppError, AppResult};

/// The most items of a batch.
pub const MOST: usize = 100;
/// Rows of the feed that are looked at together.
const ROWS: usize = 50;
/// Entries and created contacts that are looked at together: a run also has entries that are not about contacts.
const LOOKED_AT: usize = 300;
/// How often one call looks for more. After that it returns what it has found, and the place that it has reached.
const LOOKS: usize = 8;

/// Consecutive items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub items: Vec<Item>,
    /// Where the next batch begins: behind the last item, or further, where other entries follow. `None` if nothing has ever
    /// happened.
    pub next: Option<Cursor>,
    /// `true` if there may be more now. It can be so without any item.
    pub has_more: bool,
}

/// The next items behind a cursor (`None`: from the beginning), at most `limit` and [`MOST`]. Everything that was committed before
/// the call is there sooner or later, in this batch or the following ones.
///
/// # Errors
/// Those of [`read`].
pub async fn next(db: &Db, after: Option<Cursor>, limit: usize) -> AppResult<Batch> {
    let from = after.clone();
    let (batch, is_late) = db
        .read(move |conn| {
            let batch = read(conn, from.as_ref(), limit)?;
            let is_late = !batch.has_more && rows_wait(conn)?;
            Ok((batch, is_late))
        })
        .await?;
    if !is_late {
        return Ok(batch);
    }
    db.write_unhurried(number).await?;
    db.read(move |conn| read(conn, after.as_ref(), limit)).await
}

/// As [`next`], without what still awaits its number.
///
/// # Errors
/// [`AppError::UnknownCursor`] for a cursor of another book, or of a place that this book has not reached, as after a restored
/// backup. [`AppError::CursorGone`] for a place whose rows are no longer kept; this version keeps all of them.
pub fn read(conn: &mut AnyConnection, after: Option<&Cursor>, limit: usize) -> AppResult<Batch> {
    let book = settings::book_id(conn)?;
    let mut place = match after {
        None => Place::default(),
        Some(cursor) => known(conn, &book, cursor)?,
    };
    let limit = limit.clamp(1, MOST);
    let mut found = Vec::new();
    let mut has_more = true;
    for _ in 0..LOOKS {
        let look = Look::from(conn, place)?;
        let room = limit - found.len();
        let (reached, is_end) = (look.reached, look.is_end);
        let items = look.items(conn, &book)?;
        if items.len() > room {
            found.extend(items.into_iter().take(room));
            place = found.last().map_or(reached, |last: &Item| last.cursor.place);
            break;
        }
        found.extend(items);
        place = reached;
        has_more = !is_end;
        if is_end || found.len() == limit {
            break;
        }
    }
    let next = (place != Place::default()).then_some(Cursor { book, place });
    Ok(Batch { items: found, next, has_more })
}

/// The place of the last item; `None` if nothing has ever happened. Cheap, for those who wait.
pub fn newest(conn: &mut AnyConnection) -> AppResult<Option<Cursor>> {
    let book = settings::book_id(conn)?;
    let place = newest_place(conn)?;
    Ok((place != Place::default()).then_some(Cursor { book, place }))
}

pub(super) fn newest_place(conn: &mut AnyConnection) -> AppResult<Place> {
    let last: Option<(i64, Option<i64>)> =
        feed::table.order(feed::id.desc()).select((feed::id, feed::last_entry)).first(conn).optional()?;
    Ok(last.map_or_else(Place::default, |(row, last)| Place { row, within: last.unwrap_or(Place::END) }))
}

/// Checks that the book has been at this place.
fn known(conn: &mut AnyConnection, book: &BookId, cursor: &Cursor) -> AppResult<Place> {
    let Cursor { book: own, place } = cursor;
    if own != book {
        return Err(AppError::UnknownCursor);
    }
    let row: Option<Option<i64>> =
        feed::table.find(place.row).select(feed::last_entry).first(conn).optional()?;
    match row {
        // `None` is a batch of created contacts.
        Some(last) if last.is_none_or(|last| place.within <= last) => Ok(*place),
        Some(_) => Err(AppError::UnknownCursor),
        None => {
            let first: Option<i64> = feed::table.select(min(feed::id)).first(conn)?;
            let is_before = first.is_some_and(|first| place.row < first);
            Err(if is_before { AppError::CursorGone } else { AppError::UnknownCursor })
        }
    }
}

#[derive(QueryableByName)]
struct FeedRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    first_entry: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    last_entry: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    import_id: Option<i64>,
    #[diesel(sql_type = Nullable<Timestamp>)]
    at: Option<NaiveDateTime>,
    #[diesel(sql_type = Nullable<BigInt>)]
    account_id: Option<i64>,
    /// JSON, see `imports::journal`.
    #[diesel(sql_type = Nullable<Text>)]
    created: Option<String>,
}

/// The rows from a place on.
fn rows_from(conn: &mut AnyConnection, row: i64) -> AppResult<Vec<FeedRow>> {
    let created = match conn {
        AnyConnection::Sqlite(_) => "json_extract(touched, '$.created')",
        AnyConnection::Postgres(_) => "(touched::json -> 'created')::text",
    };
    let bind = if matches!(conn, AnyConnection::Sqlite(_)) { "?" } else { "$1" };
    let sql = format!(
        "SELECT feed.id, first_entry, last_entry, feed.import_id, at, account_id, {created} AS created \
         FROM feed LEFT JOIN import_journal \
            ON import_journal.import_id = feed.import_id AND import_journal.line = feed.line \
         WHERE feed.id >= {bind} ORDER BY feed.id LIMIT {ROWS}"
    );
    Ok(on_backend!(conn, |conn| sql_query(sql).bind::<BigInt, _>(row).load(conn))?)
}

/// Something that an item may be made of.
enum Found {
    Entry(i64),
    Created { contact: i64, at: NaiveDateTime, import: Option<i64>, account: Option<i64> },
}

/// The next rows, up to a number of entries and contacts.
struct Look {
    found: Vec<(Place, Found)>,
    reached: Place,
    /// `true` if there are no further rows.
    is_end: bool,
}

impl Look {
    fn from(conn: &mut AnyConnection, place: Place) -> AppResult<Self> {
        let rows = rows_from(conn, place.row)?;
        let mut look = Self { found: Vec::new(), reached: place, is_end: rows.len() < ROWS };
        for row in rows {
            let after = if row.id == place.row { place.within } else { 0 };
            if !look.add(&row, after)? {
                look.is_end = false;
                break;
            }
        }
        Ok(look)
    }

    /// Adds the part of a row behind a place within it. Returns `false` if the row has more.
    fn add(&mut self, row: &FeedRow, after: i64) -> AppResult<bool> {
        let room = LOOKED_AT - self.found.len();
        if room == 0 {
            return Ok(false);
        }
        let start = self.found.len();
        let place = |within| Place { row: row.id, within };
        if let Some((first, last)) = row.first_entry.zip(row.last_entry) {
            let entries = (first.max(after.saturating_add(1))..=last).take(room);
            self.found.extend(entries.map(|entry| (place(entry), Found::Entry(entry))));
            let reached = self.found[start..].last().map_or(last, |(place, _)| place.within);
            self.reached = place(reached.max(after));
            return Ok(reached >= last);
        }
        let created: Vec<(i64, i64)> =
            row.created.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
        let contacts = created.into_iter().flat_map(|(first, last)| first..=last);
        let mut contacts = contacts.filter(|contact| *contact > after).peekable();
        for contact in contacts.by_ref().take(room) {
            let at = row.at.unwrap_or_default();
            let created = Found::Created { contact, at, import: row.import_id, account: row.account_id };
            self.found.push((place(contact), created));
        }
        let is_whole = contacts.peek().is_none();
        let last = self.found[start..].last().map_or(after, |(place, _)| place.within);
        self.reached = place(if is_whole { Place::END } else { last });
        Ok(is_whole)
    }

    /// The items; entries that are not about a change of a contact give none.
    fn items(self, conn: &mut AnyConnection, book: &BookId) -> AppResult<Vec<Item>> {
        let ids = self.found.iter().filter_map(|(_, found)| match found {
            Found::Entry(id) => Some(*id),
            Found::Created { .. } => None,
        });
        let mut entries = entries(conn, &ids.collect::<Vec<_>>())?;
        let merged_away = undone_merges(conn, &entries)?;
        let items = self.found.into_iter().filter_map(|(place, found)| {
            let cursor = Cursor { book: book.clone(), place };
            match found {
                Found::Created { contact, at, import, account } => Some(Item {
                    cursor,
                    at,
                    kind: item::Kind::Created,
                    contact,
                    version: Some(1),
                    fields: Vec::new(),
                    import,
                    account,
                }),
                Found::Entry(id) => {
                    let entry = entries.remove(&id)?;
                    let kind = Entry::parse(&entry.kind);
                    Some(Item {
                        cursor,
                        at: entry.at,
                        kind: kind_of(kind, merged_away.contains(&id)),
                        contact: entry.contact,
                        version: entry.version,
                        fields: fields_of(kind, entry.changes),
                        import: entry.import,
                        account: entry.account,
                    })
                }
            }
        });
        Ok(items.collect())
    }
}

struct EntryRow {
    at: NaiveDateTime,
    account: Option<i64>,
    kind: String,
    contact: i64,
    import: Option<i64>,
    version: Option<i64>,
    changes: Vec<Change>,
}

/// Those of these entries that are about a change of a contact, by id.
fn entries(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<HashMap<i64, EntryRow>> {
    type EntryColumns =
        (i64, NaiveDateTime, Option<i64>, String, i64, Option<i64>, Option<i64>, Json<Vec<Change>>);
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<EntryColumns> = audit_entries::table
        .filter(audit_entries::id.eq_any(ids))
        .filter(audit_entries::contact_id.is_not_null())
        .filter(audit_entries::kind.ne_all(item::NO_CHANGE.map(Entry::as_str)))
        .select((
            audit_entries::id,
            audit_entries::at,
            audit_entries::account_id,
            audit_entries::kind,
            audit_entries::contact_id.assume_not_null(),
            audit_entries::import_id,
            audit_entries::version,
            audit_entries::changes,
        ))
        .load(conn)?;
    let row = |(id, at, account, kind, contact, import, version, Json(changes)): EntryColumns| {
        (id, EntryRow { at, account, kind, contact, import, version, changes })
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The undone merges among these entries, by id, whose contact was the one in the trash.
fn undone_merges(conn: &mut AnyConnection, entries: &HashMap<i64, EntryRow>) -> AppResult<Vec<i64>> {
    let undone: Vec<(i64, i64)> = entries
        .iter()
        .filter(|(_, entry)| entry.kind == Entry::MergeUndone.as_str())
        .map(|(id, entry)| (*id, entry.contact))
        .collect();
    if undone.is_empty() {
        return Ok(Vec::new());
    }
    let contacts: Vec<i64> = undone.iter().map(|(_, contact)| *contact).collect();
    let moves: Vec<(i64, Option<i64>, String)> = audit_entries::table
        .filter(audit_entries::contact_id.eq_any(&contacts))
        .filter(audit_entries::kind.eq_any(item::IN_AND_OUT.map(Entry::as_str)))
        .order(audit_entries::id)
        .select((audit_entries::id, audit_entries::contact_id, audit_entries::kind))
        .load(conn)?;
    let was_merged_away = |(id, contact): &(i64, i64)| {
        let mut earlier = moves.iter().filter(|(entry, of, _)| *of == Some(*contact) && entry < id);
        earlier.next_back().is_some_and(|(_, _, kind)| kind == Entry::ContactMergedAway.as_str())
    };
    Ok(undone.into_iter().filter(was_merged_away).map(|(id, _)| id).collect())
}
