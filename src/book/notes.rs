//! Notes on a contact: anybody who sees it may write one, and only its author edits or deletes it.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;

use super::write::lock_one;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::AnyConnection;
use crate::db::schema::{accounts, contacts, notes};
use crate::domain::Drawn;
use crate::error::{AppError, AppResult};

/// Characters of a note at most.
pub const LONGEST: usize = 32_000;

/// What someone wrote about a contact: plain lines, nothing in them means anything.
#[derive(Debug, Clone)]
pub struct Note {
    pub id: i64,
    pub contact: i64,
    pub account: i64,
    pub author: String,
    pub text: String,
    pub created_at: NaiveDateTime,
    pub edited_at: Option<NaiveDateTime>,
}

/// Characters of a note that a contact's page shows: a page with five long ones would be some 160 kB.
const EXCERPT: usize = 1_500;

impl Note {
    /// What tells one text of it from the next, in its form: the text itself may be long.
    pub fn stamp(&self) -> String {
        self.edited_at.map_or_else(String::new, |at| {
            at.and_utc().timestamp_micros().to_string()
        })
    }

    /// Its beginning, and whether there is more.
    pub fn excerpt(&self) -> (&str, bool) {
        match self.text.char_indices().nth(EXCERPT) {
            Some((end, _)) => (&self.text[..end], true),
            None => (&self.text, false),
        }
    }
}

type Columns = (
    i64,
    i64,
    i64,
    String,
    String,
    NaiveDateTime,
    Option<NaiveDateTime>,
);

const COLUMNS: (
    notes::id,
    notes::contact_id,
    notes::account_id,
    accounts::username,
    notes::text,
    notes::created_at,
    notes::edited_at,
) = (
    notes::id,
    notes::contact_id,
    notes::account_id,
    accounts::username,
    notes::text,
    notes::created_at,
    notes::edited_at,
);

fn note((id, contact, account, author, text, created_at, edited_at): Columns) -> Note {
    Note {
        id,
        contact,
        account,
        author,
        text,
        created_at,
        edited_at,
    }
}

/// The notes on a contact before an id (none: from the latest), the latest first.
///
/// # Errors
/// Those of the database.
pub fn page(
    conn: &mut AnyConnection,
    contact: i64,
    before: Option<i64>,
    limit: i64,
) -> AppResult<Vec<Note>> {
    let rows: Vec<Columns> = notes::table
        .inner_join(accounts::table)
        .filter(notes::contact_id.eq(contact))
        .filter(notes::id.lt(before.unwrap_or(i64::MAX)))
        .order(notes::id.desc())
        .limit(limit)
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(note).collect())
}

/// When the last note on each of these contacts was written; one without any is left out.
///
/// # Errors
/// Those of the database.
pub fn latest(
    conn: &mut AnyConnection,
    contacts: &[i64],
) -> AppResult<HashMap<i64, NaiveDateTime>> {
    let rows: Vec<(i64, Option<NaiveDateTime>)> = notes::table
        .filter(notes::contact_id.eq_any(contacts))
        .group_by(notes::contact_id)
        .select((notes::contact_id, max(notes::created_at)))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(contact, at)| Some((contact, at?)))
        .collect())
}

/// A note on a contact that is not deleted.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::NotYours`] and those of the database.
pub fn own(conn: &mut AnyConnection, contact: i64, id: i64, account: i64) -> AppResult<Note> {
    let row: Columns = notes::table
        .inner_join(accounts::table)
        .inner_join(contacts::table)
        .filter(notes::id.eq(id))
        .filter(notes::contact_id.eq(contact))
        .filter(contacts::deleted_at.is_null())
        .select(COLUMNS)
        .first(conn)?;
    let note = note(row);
    if note.account == account {
        Ok(note)
    } else {
        Err(AppError::NotYours)
    }
}

/// # Errors
/// [`AppError::NotFound`] for a contact that is not there or deleted, `Taken(NoteForm)` when the same form is just
/// being saved, and those of the database.
pub fn add(
    conn: &mut AnyConnection,
    contact: i64,
    text: &str,
    form_key: Option<&str>,
    account: i64,
) -> AppResult<()> {
    // Held, so that nobody makes it a part of another meanwhile and leaves the note behind.
    lock_one(conn, contact)?;
    let before: Option<String> = notes::table
        .filter(notes::form_key.eq(form_key))
        .select(notes::text)
        .first(conn)
        .optional()?;
    let form_key = match before {
        None => form_key,
        Some(before) if before == text => return Ok(()),
        // A browser may keep the key when somebody goes back and types another note.
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

/// Whether a note was written over, which is not done to one that its author changed elsewhere since the form was drawn.
///
/// # Errors
/// As for [`own`].
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
/// As for [`own`].
pub fn delete(conn: &mut AnyConnection, contact: i64, id: i64, account: i64) -> AppResult<()> {
    own(conn, contact, id, account)?;
    diesel::delete(notes::table.find(id)).execute(conn)?;
    tell(conn, Kind::NoteDeleted, contact, account)
}

fn tell(conn: &mut AnyConnection, kind: Kind, contact: i64, account: i64) -> AppResult<()> {
    audit::record(conn, &[Entry::new(kind, Some(account)).contact(contact)])
}
