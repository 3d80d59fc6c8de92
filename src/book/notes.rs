//! Notes on a contact: everybody who can see the contact may write one, and only its author edits or deletes it.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;

use super::write::lock_one;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::schema::{accounts, contacts, notes};
use crate::db::{AnyConnection, account_name};
use crate::domain::Drawn;
use crate::error::{AppError, AppResult};

/// The most characters of a note.
pub const LONGEST: usize = 32_000;

/// A note on a contact: plain text without markup.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = notes)]
pub struct Note {
    pub id: i64,
    #[diesel(column_name = contact_id)]
    pub contact: i64,
    #[diesel(column_name = account_id)]
    pub account: i64,
    #[diesel(select_expression = account_name(), select_expression_type = account_name)]
    pub author: String,
    pub text: String,
    pub created_at: NaiveDateTime,
    pub edited_at: Option<NaiveDateTime>,
}

/// Characters of a note that a contact's page shows: a page with five long notes would have about 160 kB.
const EXCERPT: usize = 1_500;

impl Note {
    /// Identifies the version of the text in the note's form, as the text itself may be long.
    pub fn stamp(&self) -> String {
        self.edited_at.map_or_else(String::new, |at| at.and_utc().timestamp_micros().to_string())
    }

    /// The beginning of the text, and `true` if there is more.
    pub fn excerpt(&self) -> (&str, bool) {
        match self.text.char_indices().nth(EXCERPT) {
            Some((end, _)) => (&self.text[..end], true),
            None => (&self.text, false),
        }
    }
}

/// The notes on a contact with an id below `before` (`None`: all), the latest first.
pub fn page(conn: &mut AnyConnection, contact: i64, before: Option<i64>, limit: i64) -> AppResult<Vec<Note>> {
    Ok(notes::table
        .inner_join(accounts::table)
        .filter(notes::contact_id.eq(contact))
        .filter(notes::id.lt(before.unwrap_or(i64::MAX)))
        .order(notes::id.desc())
        .limit(limit)
        .select(Note::as_select())
        .load(conn)?)
}

/// The time of the last note on each of these contacts; contacts without notes are left out.
pub fn latest(conn: &mut AnyConnection, contacts: &[i64]) -> AppResult<HashMap<i64, NaiveDateTime>> {
    let rows: Vec<(i64, Option<NaiveDateTime>)> = notes::table
        .filter(notes::contact_id.eq_any(contacts))
        .group_by(notes::contact_id)
        .select((notes::contact_id, max(notes::created_at)))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(contact, at)| Some((contact, at?))).collect())
}

/// A note of this account on a contact that is not deleted.
///
/// # Errors
/// [`AppError::NotFound`] if there is no such note, [`AppError::NotYours`] if another account wrote it.
pub fn own(conn: &mut AnyConnection, contact: i64, id: i64, account: i64) -> AppResult<Note> {
    let note: Note = notes::table
        .inner_join(accounts::table)
        .inner_join(contacts::table)
        .filter(notes::id.eq(id))
        .filter(notes::contact_id.eq(contact))
        .filter(contacts::deleted_at.is_null())
        .select(Note::as_select())
        .first(conn)?;
    if note.account == account { Ok(note) } else { Err(AppError::NotYours) }
}

/// Adds a note. A second request with the same form key and the same text adds nothing.
///
/// # Errors
/// [`AppError::NotFound`] if the contact does not exist or is deleted, `Taken(NoteForm)` if the same form is being saved at the
/// same moment.
pub fn add(
    conn: &mut AnyConnection,
    contact: i64,
    text: &str,
    form_key: Option<&str>,
    account: i64,
) -> AppResult<()> {
    // Locked, so that the contact is not merged into another at this moment, which would leave the note behind.
    lock_one(conn, contact)?;
    let before: Option<String> =
        notes::table.filter(notes::form_key.eq(form_key)).select(notes::text).first(conn).optional()?;
    let form_key = match before {
        None => form_key,
        Some(before) if before == text => return Ok(()),
        // A browser may keep the key when its user goes back and types another note.
        Some(_) => None,
    };
    diesel::insert_into(notes::table)
        .values((
            notes::contact_id.eq(contact),
            notes::account_id.eq(account),
            notes::text.eq(text),
            notes::form_key.eq(form_key),
            notes::created_at.eq(clock::now()),
        ))
        .execute(conn)?;
    tell(conn, Kind::NoteAdded, contact, account)
}

/// Deletes the notes that an import added to these contacts, unless their author has changed them since.
pub fn withdraw_imported(conn: &mut AnyConnection, import: i64, contacts: &[i64]) -> AppResult<()> {
    let added = notes::table
        .filter(notes::import_id.eq(import))
        .filter(notes::contact_id.eq_any(contacts))
        .filter(notes::edited_at.is_null());
    diesel::delete(added).execute(conn)?;
    Ok(())
}

/// Changes the text of a note. Returns `false` if its author changed it elsewhere since the form was shown; nothing is written
/// then.
///
/// # Errors
/// See [`own`].
pub fn edit(
    conn: &mut AnyConnection,
    contact: i64,
    id: i64,
    text: &str,
    drawn: &Drawn,
    account: i64,
) -> AppResult<bool> {
    let stored = own(conn, contact, id, account)?;
    if stored.text == text {
        return Ok(true);
    }
    if !drawn.is(&[&stored.stamp()]) {
        return Ok(false);
    }
    let as_it_was = notes::table.find(id).filter(notes::text.eq(&stored.text));
    let written = diesel::update(as_it_was)
        .set((notes::text.eq(text), notes::edited_at.eq(clock::now())))
        .execute(conn)?;
    if written == 0 {
        return Ok(false);
    }
    tell(conn, Kind::NoteEdited, contact, account)?;
    Ok(true)
}

/// # Errors
/// See [`own`]. [`AppError::NotFound`] also for a note that went with its erased contact meanwhile: nothing about a contact is
/// recorded after its erasure.
pub fn delete(conn: &mut AnyConnection, contact: i64, id: i64, account: i64) -> AppResult<()> {
    own(conn, contact, id, account)?;
    if diesel::delete(notes::table.find(id)).execute(conn)? == 0 {
        return Err(AppError::NotFound);
    }
    tell(conn, Kind::NoteDeleted, contact, account)
}

fn tell(conn: &mut AnyConnection, kind: Kind, contact: i64, account: i64) -> AppResult<()> {
    audit::record(conn, &[Entry::new(kind, Some(account)).contact(contact)])
}
