//! The queries that erase people, and the records of an erasure.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::known_by::{self, KnownBy, hand_on, own_emails};
use super::mentions::{self, Mentioned};
use super::people::{ErasedPerson, Leaving, hold, known};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::search;
use crate::book::write::{self, KEPT, count_trash, trashed, with_merged};
use crate::db::schema::{accounts, contact_merges, contacts, erasure_emails, erasure_marks, erasures, notes};
use crate::db::{AnyConnection, account_name, lock_rows, on_backend};
use crate::domain::Headcount;
use crate::error::AppResult;
use crate::imports::{Blanked, Mark, Marks};
use crate::jobs;

/// People erased per transaction. For each of their words, values and numbers, a query looks for another contact that has it.
const BATCH: i64 = 50;
/// Rows per statement.
const ROWS: usize = 2_000;
/// The kinds of marks, as stored.
const NUMBER: &str = "number";
const NAMES: &str = "names";

/// An erasure of one person or of the trash, finished or in progress.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = erasures)]
pub struct Erasure {
    pub id: i64,
    /// The account that asked for it; `None` if the time in the trash ran out.
    pub account_id: Option<i64>,
    /// `None` for the trash.
    pub contact_id: Option<i64>,
    /// For an erasure of the trash: contacts deleted up to this time are included.
    pub trashed_before: Option<NaiveDateTime>,
    pub contacts: i64,
    pub notes: i64,
    /// History entries whose values were removed.
    pub history_values: i64,
    pub files: i64,
    pub lines: i64,
    pub created_at: NaiveDateTime,
    pub finished_at: Option<NaiveDateTime>,
}

/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown erasure.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Erasure> {
    Ok(erasures::table.find(id).select(Erasure::as_select()).first(conn)?)
}

/// Returns an erasure with the name of the account that asked for it.
///
/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown erasure.
pub fn show(conn: &mut AnyConnection, id: i64) -> AppResult<(Erasure, Option<String>)> {
    Ok(erasures::table
        .left_join(accounts::table)
        .filter(erasures::id.eq(id))
        .select((Erasure::as_select(), account_name().nullable()))
        .first(conn)?)
}

/// Returns at most `limit` erasures, latest first.
pub fn latest(conn: &mut AnyConnection, limit: i64) -> AppResult<Vec<Erasure>> {
    Ok(erasures::table.order(erasures::id.desc()).limit(limit).select(Erasure::as_select()).load(conn)?)
}

/// Erases one person from the book and files the job for the imported files; returns the id of the erasure. For a person who
/// is already erased, returns the existing erasure.
///
/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown contact.
pub fn erase_one(conn: &mut AnyConnection, contact: i64, account: i64) -> AppResult<i64> {
    // Contacts merged into this one are the same person.
    let leaving = hold(conn, |conn| with_merged(conn, &[contact]))?;
    if leaving.people.is_empty() {
        return Ok(erasures::table
            .filter(erasures::contact_id.eq(contact))
            .order(erasures::id.desc())
            .select(erasures::id)
            .first(conn)?);
    }
    let id = diesel::insert_into(erasures::table)
        .values((
            erasures::account_id.eq(account),
            erasures::contact_id.eq(contact),
            erasures::created_at.eq(clock::now()),
        ))
        .returning(erasures::id)
        .get_result(conn)?;
    erase(conn, id, Some(account), &leaving)?;
    jobs::enqueue(conn, jobs::Kind::WholeErasure, id)?;
    Ok(id)
}

/// The outcome of a request to empty the trash.
pub enum Emptied {
    /// The erasure is filed, by this request or by the other request of a double click.
    Filed(i64),
    /// The trash is empty.
    Empty,
    /// The trash has other contacts than those confirmed; nothing was done.
    Changed,
}

/// Files the erasure of all contacts that were in the trash by a given time. A repeated request returns the same erasure.
pub fn empty_trash(
    conn: &mut AnyConnection,
    before: NaiveDateTime,
    expected: &Headcount,
    account: i64,
) -> AppResult<Emptied> {
    one_at_a_time(conn, account)?;
    let begun: Option<i64> = erasures::table
        .filter(erasures::account_id.eq(account))
        .filter(erasures::trashed_before.eq(before))
        .select(erasures::id)
        .first(conn)
        .optional()?;
    if let Some(begun) = begun {
        return Ok(Emptied::Filed(begun));
    }
    match count_trash(conn, None, before)? {
        0 => Ok(Emptied::Empty),
        _ if !trashed(conn, before)?.is_same(expected) => Ok(Emptied::Changed),
        count => file_trash(conn, before, Some(account), count).map(Emptied::Filed),
    }
}

/// Makes an account's second click wait for its first. On SQLite, the transaction that writes has no concurrent writer.
pub fn one_at_a_time(conn: &mut AnyConnection, account: i64) -> AppResult<()> {
    let row = accounts::table.find(account);
    let _: Vec<i64> = lock_rows!(conn, row, accounts::id, for_no_key_update);
    Ok(())
}

/// Files the erasure of contacts whose time in the trash is over, excluding those of an erasure in progress.
pub fn sweep_trash(conn: &mut AnyConnection) -> AppResult<()> {
    let before = clock::now() - KEPT;
    let filed: Option<NaiveDateTime> = erasures::table
        .filter(erasures::finished_at.is_null())
        .select(diesel::dsl::max(erasures::trashed_before))
        .first(conn)?;
    match count_trash(conn, filed, before)? {
        0 => Ok(()),
        count => file_trash(conn, before, None, count).map(drop),
    }
}

fn file_trash(
    conn: &mut AnyConnection,
    before: NaiveDateTime,
    account: Option<i64>,
    count: i64,
) -> AppResult<i64> {
    let id = diesel::insert_into(erasures::table)
        .values((
            erasures::account_id.eq(account),
            erasures::trashed_before.eq(before),
            erasures::created_at.eq(clock::now()),
        ))
        .returning(erasures::id)
        .get_result(conn)?;
    let entry = Entry::new(Kind::TrashEmptied, account);
    audit::record(conn, &[entry.subject(count.to_string())])?;
    jobs::enqueue(conn, jobs::Kind::WholeErasure, id)?;
    Ok(id)
}

/// Erases the next batch of an erasure of the trash; returns `true` if there may be more.
pub fn erase_next(conn: &mut AnyConnection, erasure: &Erasure) -> AppResult<bool> {
    let Some(before) = erasure.trashed_before else {
        return Ok(false);
    };
    let leaving = hold(conn, |conn| {
        Ok(contacts::table
            .filter(contacts::deleted_at.le(before))
            .order((contacts::deleted_at, contacts::id))
            .limit(BATCH)
            .select(contacts::id)
            .load(conn)?)
    })?;
    erase(conn, erasure.id, erasure.account_id, &leaving)?;
    Ok(!leaving.people.is_empty())
}

/// Removes these people from everything except the imported files, and stores hashes of their identifiers for the files.
fn erase(
    conn: &mut AnyConnection,
    erasure: i64,
    account: Option<i64>,
    Leaving { people, stays }: &Leaving,
) -> AppResult<()> {
    let ids: Vec<i64> = people.iter().map(ErasedPerson::id).collect();
    let past = audit::store::of_contacts(conn, &ids)?;
    let (theirs, handed_on): (Vec<&ErasedPerson>, Vec<&ErasedPerson>) =
        people.iter().partition(|person| !stays.contains_key(&person.id()));
    for person in handed_on {
        hand_on(conn, &own_emails(person, &past), stays[&person.id()])?;
    }
    let known = KnownBy::of(conn, &theirs, &past)?;
    let words = known_by::words(conn, &ids, &past)?;
    let values = known_by::values(conn, &ids, &past)?;
    let notes = diesel::delete(notes::table.filter(notes::contact_id.eq_any(&ids))).execute(conn)?;
    let history_values = audit::forgetting::forget_values(conn, &ids)? + forget_undone_merges(conn, &ids)?;
    let erased = write::erase(conn, &ids)?;
    let forgotten = search::forget_words(conn, &words)?;
    search::forget_values(conn, &values)?;
    let marks = known.marks(conn, &[])?;
    keep_marks(conn, erasure, &marks)?;
    let names: BTreeSet<String> = known.name_words().intersection(&forgotten).cloned().collect();
    let mentioned = Mentioned { marks: marks.into_iter().collect(), names, ids: known.id_words(&forgotten) };
    mentions::forget(conn, &mentioned)?;
    let entries: Vec<Entry> =
        ids.iter().map(|id| Entry::new(Kind::ContactErased, account).contact(*id)).collect();
    audit::record(conn, &entries)?;
    diesel::update(erasures::table.find(erasure))
        .set((
            erasures::contacts.eq(erasures::contacts + erased as i64),
            erasures::notes.eq(erasures::notes + notes as i64),
            erasures::history_values.eq(erasures::history_values + history_values),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes the values that an undone merge had written to the history of the remaining contact; returns the number of entries.
fn forget_undone_merges(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<i64> {
    let merges: Vec<(i64, NaiveDateTime, Option<NaiveDateTime>)> = contact_merges::table
        .filter(contact_merges::gone_id.eq_any(ids))
        .filter(contact_merges::kept_id.ne_all(ids))
        .filter(contact_merges::undone_at.is_not_null())
        .select((contact_merges::kept_id, contact_merges::created_at, contact_merges::undone_at))
        .load(conn)?;
    let mut entries = 0;
    for (kept, merged_at, undone_at) in merges {
        let times = (merged_at, undone_at.unwrap_or(merged_at));
        entries += audit::forgetting::forget_merges(conn, kept, times)?;
    }
    Ok(entries)
}

/// Returns the contacts that are one person with this one, and the marks of the lines that an erasure of it would remove from
/// imported files.
pub fn marks_of(conn: &mut AnyConnection, contact: i64) -> AppResult<(Vec<i64>, Marks)> {
    let ids = with_merged(conn, &[contact])?;
    let people = known(conn, &ids)?;
    let past = audit::store::of_contacts(conn, &ids)?;
    let known = KnownBy::of(conn, &people.iter().collect::<Vec<_>>(), &past)?;
    let marks = known.marks(conn, &ids)?;
    Ok((ids, marks.into_iter().collect()))
}

fn keep_marks(conn: &mut AnyConnection, erasure: i64, marks: &[Mark]) -> AppResult<()> {
    let (mut emails, mut others) = (BTreeSet::new(), BTreeSet::new());
    for mark in marks {
        match mark {
            Mark::Email(hash) => {
                emails.insert(hash.as_str());
            }
            Mark::Number(hash) => {
                others.insert((NUMBER, hash.clone()));
            }
            Mark::Names { first, last } => {
                others.insert((NAMES, format!("{first} {last}")));
            }
        }
    }
    let emails: Vec<_> = emails
        .into_iter()
        .map(|hash| (erasure_emails::erasure_id.eq(erasure), erasure_emails::email_hash.eq(hash)))
        .collect();
    let others: Vec<_> = others
        .into_iter()
        .map(|(kind, hash)| {
            (
                erasure_marks::erasure_id.eq(erasure),
                erasure_marks::kind.eq(kind),
                erasure_marks::hash.eq(hash),
            )
        })
        .collect();
    for part in emails.chunks(ROWS) {
        on_backend!(conn, |conn| diesel::insert_into(erasure_emails::table)
            .values(part)
            .on_conflict_do_nothing()
            .execute(conn))?;
    }
    for part in others.chunks(ROWS) {
        on_backend!(conn, |conn| diesel::insert_into(erasure_marks::table)
            .values(part)
            .on_conflict_do_nothing()
            .execute(conn))?;
    }
    Ok(())
}

/// Returns the marks of the lines that are still to be removed from imported files.
pub fn marks(conn: &mut AnyConnection, erasure: i64) -> AppResult<Marks> {
    let emails: Vec<String> = erasure_emails::table
        .filter(erasure_emails::erasure_id.eq(erasure))
        .select(erasure_emails::email_hash)
        .load(conn)?;
    let others: Vec<(String, String)> = erasure_marks::table
        .filter(erasure_marks::erasure_id.eq(erasure))
        .select((erasure_marks::kind, erasure_marks::hash))
        .load(conn)?;
    let others = others.into_iter().map(|(_, hash)| match hash.split_once(' ') {
        Some((first, last)) => Mark::Names { first: first.to_owned(), last: last.to_owned() },
        None => Mark::Number(hash),
    });
    Ok(emails.into_iter().map(Mark::Email).chain(others).collect())
}

pub fn add_blanked(conn: &mut AnyConnection, erasure: i64, blanked: Blanked) -> AppResult<()> {
    diesel::update(erasures::table.find(erasure))
        .set((
            erasures::lines.eq(erasures::lines + blanked.lines),
            erasures::files.eq(erasures::files + blanked.files),
        ))
        .execute(conn)?;
    Ok(())
}

/// Marks the erasure as finished, and deletes the hashes that could identify the people.
pub fn finish(conn: &mut AnyConnection, erasure: i64) -> AppResult<()> {
    diesel::delete(erasure_emails::table.filter(erasure_emails::erasure_id.eq(erasure))).execute(conn)?;
    diesel::delete(erasure_marks::table.filter(erasure_marks::erasure_id.eq(erasure))).execute(conn)?;
    diesel::update(erasures::table.find(erasure))
        .set(erasures::finished_at.eq(clock::now()))
        .execute(conn)?;
    Ok(())
}
