//! The queries on undos and their progress.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::rules::{Others, Outcome};
use crate::audit::store::Happened;
use crate::audit::{self, Entry};
use crate::base::clock;
use crate::book::contact::Contact;
use crate::db::schema::{accounts, contacts, import_kept, import_undos, imports};
use crate::db::{AnyConnection, account_name, on_backend};
use crate::domain::{Email, Headcount};
use crate::error::AppResult;
use crate::imports::import::{Import, State};
use crate::imports::journal::{self, Touch};
use crate::imports::store as import_store;
use crate::jobs;

/// The undo of an import, running or ended.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = import_undos)]
pub struct Undo {
    pub import_id: i64,
    pub account_id: Option<i64>,
    /// Contacts of the import processed so far.
    pub done: i64,
    pub withdrawn: i64,
    pub reverted: i64,
    pub kept: i64,
    /// Erased, or already in the trash with nothing to undo.
    pub untouched: i64,
    pub created_at: NaiveDateTime,
    pub finished_at: Option<NaiveDateTime>,
}

impl Undo {
    /// Contacts that the import had left unchanged.
    pub fn released(&self) -> i64 {
        self.done - self.withdrawn - self.reverted - self.kept - self.untouched
    }
}

pub fn find(conn: &mut AnyConnection, import: i64) -> AppResult<Option<Undo>> {
    Ok(import_undos::table.find(import).select(Undo::as_select()).first(conn).optional()?)
}

/// Returns an undo with the name of the account that started it.
pub fn show(conn: &mut AnyConnection, import: i64) -> AppResult<Option<(Undo, Option<String>)>> {
    Ok(import_undos::table
        .left_join(accounts::table)
        .filter(import_undos::import_id.eq(import))
        .select((Undo::as_select(), account_name().nullable()))
        .first(conn)
        .optional()?)
}

/// Returns `true` if the import has a journal or nothing to undo; imports of earlier versions have no journal.
pub fn can_be_undone(conn: &mut AnyConnection, import: &Import) -> AppResult<bool> {
    Ok(import.state == State::Done && (import.counts.importable() == 0 || journal::exists(conn, import.id)?))
}

/// The outcome of a request to undo an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    Yes,
    /// An undo exists already, or nothing can be undone.
    No,
    /// The import has other contacts than those confirmed; nothing was done.
    Changed,
}

/// Files an undo, for the confirmed contacts if there was a confirmation.
///
/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown import.
pub fn begin(
    conn: &mut AnyConnection,
    import: i64,
    expected: Option<&Headcount>,
    account: i64,
) -> AppResult<Begun> {
    let import = import_store::find(conn, import)?;
    if !can_be_undone(conn, &import)? || find(conn, import.id)?.is_some() {
        return Ok(Begun::No);
    }
    if let Some(expected) = expected
        && !own(conn, import.id)?.is_same(expected)
    {
        return Ok(Begun::Changed);
    }
    let row = (
        import_undos::import_id.eq(import.id),
        import_undos::account_id.eq(account),
        import_undos::created_at.eq(clock::now()),
    );
    let begun = on_backend!(conn, |conn| diesel::insert_into(import_undos::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    if begun == 0 {
        return Ok(Begun::No);
    }
    let entry = Entry::new(audit::Kind::ImportUndoStarted, Some(account))
        .import(Some(import.id))
        .subject(import.name);
    audit::record(conn, &[entry])?;
    jobs::enqueue(conn, jobs::Kind::ImportUndo, import.id)?;
    Ok(Begun::Yes)
}

/// Counts of the contacts in the book that no later import contains.
pub struct Own {
    pub all: i64,
    /// Contacts that the import created.
    pub created: i64,
    /// Contacts created by another import that is undone since.
    pub left_over: i64,
}

/// Returns the contacts in the book that no later import contains.
pub fn own(conn: &mut AnyConnection, import: i64) -> AppResult<Headcount> {
    let ids = contacts::table
        .filter(contacts::import_id.eq(import))
        .filter(contacts::deleted_at.is_null())
        .select(contacts::id)
        .limit(Headcount::MOST + 1);
    Ok(Headcount::of(ids.load(conn)?))
}

pub fn count_own(conn: &mut AnyConnection, import: i64) -> AppResult<Own> {
    let own =
        || contacts::table.filter(contacts::import_id.eq(import)).filter(contacts::deleted_at.is_null());
    let undone = imports::table.filter(imports::undone_at.is_not_null()).select(imports::id.nullable());
    Ok(Own {
        all: own().count().get_result(conn)?,
        created: own().filter(contacts::created_import_id.eq(import)).count().get_result(conn)?,
        left_over: own().filter(contacts::created_import_id.eq_any(undone)).count().get_result(conn)?,
    })
}

/// The result of a batch.
#[derive(Debug, Default)]
pub struct Undone {
    looked_at: i64,
    withdrawn: i64,
    reverted: i64,
    kept: i64,
    pub untouched: i64,
}

impl Undone {
    pub fn of(looked_at: usize) -> Self {
        Self { looked_at: looked_at as i64, ..Self::default() }
    }

    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Gone => self.untouched += 1,
            Outcome::Withdrawn => self.withdrawn += 1,
            Outcome::Reverted => self.reverted += 1,
            Outcome::Held(_) | Outcome::Kept => self.kept += 1,
            Outcome::Released => {}
        }
    }
}

/// Adds the result of a batch, which began at `from`.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the undo is no longer at `from`.
pub fn advance(conn: &mut AnyConnection, import: i64, from: i64, undone: &Undone) -> AppResult<()> {
    let here = import_undos::table.find(import).filter(import_undos::done.eq(from));
    let counted = (
        import_undos::done.eq(from + undone.looked_at),
        import_undos::withdrawn.eq(import_undos::withdrawn + undone.withdrawn),
        import_undos::reverted.eq(import_undos::reverted + undone.reverted),
        import_undos::kept.eq(import_undos::kept + undone.kept),
        import_undos::untouched.eq(import_undos::untouched + undone.untouched),
    );
    jobs::advance(conn, diesel::update(here).set(counted))
}

/// Marks the import as undone, which makes its name free.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the undo has already ended.
pub fn finish(conn: &mut AnyConnection, undo: &Undo) -> AppResult<()> {
    let now = clock::now();
    let going_on = import_undos::table.find(undo.import_id).filter(import_undos::finished_at.is_null());
    jobs::advance(conn, diesel::update(going_on).set(import_undos::finished_at.eq(now)))?;
    let name: String = diesel::update(imports::table.find(undo.import_id))
        .set(imports::undone_at.eq(now))
        .returning(imports::name)
        .get_result(conn)?;
    let entry =
        Entry::new(audit::Kind::ImportUndone, undo.account_id).import(Some(undo.import_id)).subject(name);
    audit::record(conn, &[entry])
}

/// Loads the facts about other imports for the locked contacts of a batch.
pub fn others(
    conn: &mut AnyConnection,
    batch: &[Touch],
    held: &[Contact],
    entries: &HashMap<i64, Vec<Happened>>,
) -> AppResult<Others> {
    let undone: Vec<(i64, bool)> = import_undos::table
        .select((import_undos::import_id, import_undos::finished_at.is_not_null()))
        .load(conn)?;
    let ids = held.iter().map(|contact| contact.id);
    let left: Vec<(i64, i64, Option<i64>)> = import_kept::table
        .filter(import_kept::contact_id.eq_any(ids))
        .select((import_kept::import_id, import_kept::contact_id, import_kept::previous_import_id))
        .load(conn)?;
    let mut holders: Vec<i64> = held.iter().filter_map(|contact| contact.import_id).collect();
    holders.extend(batch.iter().filter_map(|touch| touch.previous));
    holders.extend(left.iter().filter_map(|(_, _, previous)| *previous));
    holders.sort_unstable();
    holders.dedup();
    let since: Vec<(i64, Option<NaiveDateTime>)> = imports::table
        .filter(imports::id.eq_any(holders))
        .select((imports::id, imports::applying_since))
        .load(conn)?;
    Ok(Others {
        taken: taken(conn, entries)?,
        undone: undone.into_iter().collect(),
        left: left.into_iter().map(|(import, contact, previous)| ((import, contact), previous)).collect(),
        since: since.into_iter().filter_map(|(id, since)| Some((id, since?))).collect::<HashMap<_, _>>(),
    })
}

/// The keys of the e-mails that contacts had before an import, as far as contacts have them now.
fn taken(conn: &mut AnyConnection, entries: &HashMap<i64, Vec<Happened>>) -> AppResult<HashMap<String, i64>> {
    let of_imports = entries.values().flatten().filter(|entry| entry.import.is_some());
    let emails = of_imports.flat_map(|entry| &entry.changes).filter(|change| change.field == "email");
    let keys: Vec<String> =
        emails.filter_map(|change| Some(Email::stored(&change.old)?.key().to_owned())).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let taken: Vec<(Option<String>, i64)> = contacts::table
        .filter(contacts::email_key.eq_any(keys))
        .select((contacts::email_key, contacts::id))
        .load(conn)?;
    Ok(taken.into_iter().filter_map(|(key, id)| Some((key?, id))).collect())
}

/// A contact that an undo left as it is, at least in part.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = import_kept, treat_none_as_default_value = false)]
pub struct Kept {
    import_id: i64,
    contact_id: i64,
    held_by: Option<i64>,
    previous_import_id: Option<i64>,
}

impl Kept {
    pub fn of(import: i64, touch: &Touch, outcome: Outcome) -> Self {
        Self {
            import_id: import,
            contact_id: touch.contact,
            held_by: match outcome {
                Outcome::Held(later) => Some(later),
                _ => None,
            },
            previous_import_id: touch.previous,
        }
    }
}

pub fn keep(conn: &mut AnyConnection, kept: &[Kept]) -> AppResult<()> {
    if kept.is_empty() {
        return Ok(());
    }
    on_backend!(conn, |conn| diesel::insert_into(import_kept::table).values(kept).execute(conn))?;
    Ok(())
}
