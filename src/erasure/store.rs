//! The queries of erasing people, and what they leave.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::known_by::{self, KnownBy, hand_on, own_emails};
use super::mentions;
use super::people::{Leaving, Person, hold};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::search;
use crate::book::write::{KEPT, count_trash, trashed, with_merged};
use crate::db::schema::{
    accounts, contact_merges, contacts, erasure_emails, erasure_marks, erasures, notes,
};
use crate::db::{AnyConnection, on_backend};
use crate::domain::Headcount;
use crate::error::{AppError, AppResult};
use crate::imports::{Blanked, Mark, Marks};
use crate::jobs;

/// People who are erased in one transaction: for each word, value and number of theirs the book is asked who else has it.
const BATCH: i64 = 50;
/// Rows of one statement.
const ROWS: usize = 2_000;
/// Kinds of marks, as they are stored.
const NUMBER: &str = "number";
const NAMES: &str = "names";

/// One person or the trash, erased for good or on the way.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = erasures)]
pub struct Erasure {
    pub id: i64,
    /// Who asked for it; none where the time in the trash ran out.
    pub account_id: Option<i64>,
    /// None for the trash.
    pub contact_id: Option<i64>,
    /// Of the trash: whoever was deleted up to then.
    pub trashed_before: Option<NaiveDateTime>,
    pub contacts: i64,
    pub notes: i64,
    /// Entries of the history that lost their values.
    pub history_values: i64,
    pub files: i64,
    pub lines: i64,
    pub created_at: NaiveDateTime,
    pub finished_at: Option<NaiveDateTime>,
}

/// # Errors
/// [`AppError::NotFound`] and those of the database.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Erasure> {
    Ok(erasures::table
        .find(id)
        .select(Erasure::as_select())
        .first(conn)?)
}

/// With the name of who asked for it.
///
/// # Errors
/// [`AppError::NotFound`] and those of the database.
pub fn show(conn: &mut AnyConnection, id: i64) -> AppResult<(Erasure, Option<String>)> {
    Ok(erasures::table
        .left_join(accounts::table)
        .filter(erasures::id.eq(id))
        .select((Erasure::as_select(), accounts::username.nullable()))
        .first(conn)?)
}

/// The latest erasures.
///
/// # Errors
/// Those of the database.
pub fn latest(conn: &mut AnyConnection, limit: i64) -> AppResult<Vec<Erasure>> {
    Ok(erasures::table
        .order(erasures::id.desc())
        .limit(limit)
        .select(Erasure::as_select())
        .load(conn)?)
}

/// Erases one person from the book, and files the rest; returns the erasure. Someone who is erased already is not erased
/// again.
///
/// # Errors
/// [`AppError::NotFound`] for an unknown contact, and those of the database.
pub fn erase_one(conn: &mut AnyConnection, contact: i64, account: i64) -> AppResult<i64> {
    // All that became a part of it is the same person.
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

/// What came of the wish to empty the trash.
pub enum Emptied {
    /// It is filed, now or by the other click of a double one.
    Filed(i64),
    /// Nobody is in it.
    Empty,
    /// Others are in it than it was confirmed for: nothing was done.
    Changed,
}

/// Files the erasure of everybody who was in the trash by a time. The same again is the same erasure.
///
/// # Errors
/// Those of the database.
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

/// Lets an account's second click wait for its first. A transaction that writes on SQLite is alone already.
pub fn one_at_a_time(conn: &mut AnyConnection, account: i64) -> AppResult<()> {
    if let AnyConnection::Postgres(conn) = conn {
        accounts::table
            .find(account)
            .select(accounts::id)
            .for_no_key_update()
            .first::<i64>(conn)?;
    }
    Ok(())
}

/// Files the erasure of those who have been in the trash for its whole time, unless one that goes on has them.
///
/// # Errors
/// Those of the database.
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

/// Erases the next people whom the erasure of a trash is about; returns whether there may be more.
///
/// # Errors
/// Those of the database.
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

/// Takes these people out of everything but the imported files, and keeps hashes of what they are known by for those.
fn erase(
    conn: &mut AnyConnection,
    erasure: i64,
    account: Option<i64>,
    Leaving { people, stays }: &Leaving,
) -> AppResult<()> {
    let ids: Vec<i64> = people.iter().map(Person::id).collect();
    let past = audit::store::of_contacts(conn, &ids)?;
    let (theirs, handed_on): (Vec<&Person>, Vec<&Person>) = people
        .iter()
        .partition(|person| !stays.contains_key(&person.id()));
    for person in handed_on {
        hand_on(conn, &own_emails(person, &past), stays[&person.id()])?;
    }
    let known = KnownBy::of(conn, &theirs, &past)?;
    let words = known_by::words(conn, &ids, &past)?;
    let values = known_by::values(conn, &ids, &past)?;
    search::remove(conn, &ids)?;
    let notes =
        diesel::delete(notes::table.filter(notes::contact_id.eq_any(&ids))).execute(conn)?;
    let history_values =
        audit::forgetting::forget_values(conn, &ids)? + forget_undone_merges(conn, &ids)?;
    // With their half-filled forms and what stands in the fields of their types.
    let erased = diesel::delete(contacts::table.filter(contacts::id.eq_any(&ids))).execute(conn)?;
    let forgotten = search::forget_words(conn, &words)?;
    search::forget_values(conn, &values)?;
    let marks = known.marks(conn)?;
    keep_marks(conn, erasure, &marks)?;
    let names: BTreeSet<String> = known
        .name_words()
        .intersection(&forgotten)
        .cloned()
        .collect();
    mentions::forget(conn, &marks.into_iter().collect(), &names)?;
    let entries: Vec<Entry> = ids
        .iter()
        .map(|id| Entry::new(Kind::ContactErased, account).contact(*id))
        .collect();
    audit::record(conn, &entries)?;
    diesel::update(erasures::table.find(erasure))
        .set((
            erasures::contacts.eq(erasures::contacts + int(erased)?),
            erasures::notes.eq(erasures::notes + int(notes)?),
            erasures::history_values.eq(erasures::history_values + history_values),
        ))
        .execute(conn)?;
    Ok(())
}

/// A merge that was undone told in the history of the one what it took from the other; returns from how many entries.
fn forget_undone_merges(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<i64> {
    let merges: Vec<(i64, NaiveDateTime, Option<NaiveDateTime>)> = contact_merges::table
        .filter(contact_merges::gone_id.eq_any(ids))
        .filter(contact_merges::kept_id.ne_all(ids))
        .filter(contact_merges::undone_at.is_not_null())
        .select((
            contact_merges::kept_id,
            contact_merges::created_at,
            contact_merges::undone_at,
        ))
        .load(conn)?;
    let mut entries = 0;
    for (kept, merged_at, undone_at) in merges {
        let times = (merged_at, undone_at.unwrap_or(merged_at));
        entries += audit::forgetting::forget_merges(conn, kept, times)?;
    }
    Ok(entries)
}

fn int(rows: usize) -> AppResult<i64> {
    i64::try_from(rows).map_err(|error| AppError::Internal(error.into()))
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
        .map(|hash| {
            (
                erasure_emails::erasure_id.eq(erasure),
                erasure_emails::email_hash.eq(hash),
            )
        })
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

/// By what the lines are known that are still to be taken out of the imported files.
///
/// # Errors
/// Those of the database.
pub fn marks(conn: &mut AnyConnection, erasure: i64) -> AppResult<Marks> {
    let emails: Vec<String> = erasure_emails::table
        .filter(erasure_emails::erasure_id.eq(erasure))
        .select(erasure_emails::email_hash)
        .load(conn)?;
    let others: Vec<(String, String)> = erasure_marks::table
        .filter(erasure_marks::erasure_id.eq(erasure))
        .select((erasure_marks::kind, erasure_marks::hash))
        .load(conn)?;
    let others = others
        .into_iter()
        .map(|(_, hash)| match hash.split_once(' ') {
            Some((first, last)) => Mark::Names {
                first: first.to_owned(),
                last: last.to_owned(),
            },
            None => Mark::Number(hash),
        });
    Ok(emails.into_iter().map(Mark::Email).chain(others).collect())
}

/// # Errors
/// Those of the database.
pub fn add_blanked(conn: &mut AnyConnection, erasure: i64, blanked: Blanked) -> AppResult<()> {
    diesel::update(erasures::table.find(erasure))
        .set((
            erasures::lines.eq(erasures::lines + blanked.lines),
            erasures::files.eq(erasures::files + blanked.files),
        ))
        .execute(conn)?;
    Ok(())
}

/// Nothing is left to be done, and nothing by which the people could be known again.
///
/// # Errors
/// Those of the database.
pub fn finish(conn: &mut AnyConnection, erasure: i64) -> AppResult<()> {
    diesel::delete(erasure_emails::table.filter(erasure_emails::erasure_id.eq(erasure)))
        .execute(conn)?;
    diesel::delete(erasure_marks::table.filter(erasure_marks::erasure_id.eq(erasure)))
        .execute(conn)?;
    diesel::update(erasures::table.find(erasure))
        .set(erasures::finished_at.eq(clock::now()))
        .execute(conn)?;
    Ok(())
}
