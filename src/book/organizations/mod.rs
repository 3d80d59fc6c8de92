//! The queries on organizations.

mod imported;
mod organization;

pub use imported::{create_imported, ids_by_key, names_by_key, withdraw_next};
pub use organization::{Details, Organization, contacts_url};

use std::collections::HashMap;

use diesel::dsl::{Like, Or};
use diesel::prelude::*;

use crate::audit::{self, Entry, Kind};
use crate::base::{clock, paging};
use crate::book::counts::{self, Key};
use crate::book::write;
use crate::db::schema::{accounts, number_blocks, organizations};
use crate::db::{AnyConnection, account_name, lock_rows};
use crate::domain::{Headcount, beginnings, folded_words, repaired, tidy_prefix};
use crate::error::{AppError, AppResult};
use crate::jobs;

/// Organizations per page of the list.
pub const PAGE: usize = 50;
/// Characters of a name that are looked up.
const NAME: usize = 200;
/// The most words of a search that are used.
const MAX_WORDS: usize = 12;

/// The key that equal names share: `Saint-Étienne Métropole` and `saint etienne metropole`.
pub fn name_key(name: &str) -> String {
    folded_words(name).join(" ")
}

/// The organization with this name, compared without case and accents: its id and its name as stored.
pub fn named(conn: &mut AnyConnection, name: &str) -> AppResult<Option<(i64, String)>> {
    // PostgreSQL refuses NUL in a text.
    let name = &*tidy_prefix(name, NAME);
    Ok(organizations::table
        .filter(organizations::name_key.eq(name_key(name)).or(organizations::name.eq(name)))
        // The exact spelling first, as a newer version may give two names the same key.
        .order(organizations::name.eq(name).desc())
        .select((organizations::id, organizations::name))
        .first(conn)
        .optional()?)
}

/// Two organizations with the same name.
pub struct SameName {
    pub later: (i64, String),
    pub earlier: (i64, String),
}

/// The organizations that kept an older spelling in a repair, because another one has the corrected name.
pub fn same_names(conn: &mut AnyConnection) -> AppResult<Vec<SameName>> {
    let earlier = diesel::alias!(organizations as earlier);
    let on = earlier.field(organizations::id).nullable().eq(organizations::same_name_as);
    let pairs: Vec<((i64, String), (i64, String))> = organizations::table
        .inner_join(earlier.on(on))
        .order(organizations::id)
        .select((
            (organizations::id, organizations::name),
            earlier.fields((organizations::id, organizations::name)),
        ))
        .load(conn)?;
    Ok(pairs
        .into_iter()
        // One of them may have been renamed since.
        .filter(|((_, later), (_, earlier))| name_key(&repaired(later)) == name_key(&repaired(earlier)))
        .map(|(later, earlier)| SameName { later, earlier })
        .collect())
}

/// Names of organizations that [`page`] finds for this text.
pub fn near(conn: &mut AnyConnection, typed: &str, limit: i64) -> AppResult<Vec<String>> {
    let rows = rows(conn, typed, &Position::Start, limit)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// A page of the list.
pub struct Page {
    /// Each organization with the number of its contacts.
    pub rows: Vec<(OrganizationRow, i64)>,
    /// The number of organizations on all pages.
    pub total: i64,
    pub previous: Option<Position>,
    pub next: Option<Position>,
}

/// The columns of an organization that the list shows.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = organizations)]
pub struct OrganizationRow {
    pub id: i64,
    pub name: String,
    pub industry: String,
    pub city: String,
    name_key: String,
}

/// A position in the list, by name keys, which are unique.
pub type Position = paging::Position<String>;

/// A page of the organizations for which every word of `typed` begins a word of the name, sorted by name.
pub fn page(conn: &mut AnyConnection, typed: &str, position: &Position) -> AppResult<Page> {
    let mut rows = rows(conn, typed, position, paging::limit(PAGE))?;
    let (first, last) = paging::window(&mut rows, PAGE, position, |row| row.name_key.clone());
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let keys: Vec<Key> = ids.iter().copied().map(Key::organization).collect();
    let counts: HashMap<i64, i64> = match counts::of(conn, &keys)? {
        Some(counts) => ids.into_iter().zip(counts).collect(),
        None => write::count_members_of_each(conn, &ids)?,
    };
    Ok(Page {
        rows: rows
            .into_iter()
            .map(|row| {
                let count = counts.get(&row.id).copied().unwrap_or_default();
                (row, count)
            })
            .collect(),
        total: total(conn, typed)?,
        previous: first.map(Position::Before),
        next: last.map(Position::After),
    })
}

/// The next organizations, nearest to the position first. All names are compared: there are thousands of organizations, not
/// millions.
fn rows(
    conn: &mut AnyConnection,
    typed: &str,
    position: &Position,
    limit: i64,
) -> AppResult<Vec<OrganizationRow>> {
    let Some(words) = search_words(typed) else {
        return Ok(Vec::new());
    };
    let mut query = organizations::table.select(OrganizationRow::as_select()).limit(limit).into_boxed();
    for word in words {
        query = query.filter(has_word(&word));
    }
    query = match position {
        Position::Start => query.order(organizations::name_key.asc()),
        Position::After(key) => {
            query.filter(organizations::name_key.gt(key)).order(organizations::name_key.asc())
        }
        Position::Before(key) => {
            query.filter(organizations::name_key.lt(key)).order(organizations::name_key.desc())
        }
    };
    Ok(query.load(conn)?)
}

fn total(conn: &mut AnyConnection, typed: &str) -> AppResult<i64> {
    let Some(words) = search_words(typed) else {
        return Ok(0);
    };
    let mut query = organizations::table.count().into_boxed();
    for word in words {
        query = query.filter(has_word(&word));
    }
    Ok(query.get_result(conn)?)
}

/// The words to find. `None` if the text has characters but no word.
fn search_words(typed: &str) -> Option<Vec<String>> {
    let mut words = folded_words(typed);
    words.truncate(MAX_WORDS);
    (!words.is_empty() || typed.trim().is_empty()).then_some(words)
}

type HasWord = Or<Like<organizations::name_key, String>, Like<organizations::name_key, String>>;

/// Words have letters and digits only, so none of their characters is special in LIKE.
fn has_word(word: &str) -> HasWord {
    organizations::name_key.like(format!("{word}%")).or(organizations::name_key.like(format!("% {word}%")))
}

/// # Errors
/// [`AppError::NotFound`] if there is no such organization.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Organization> {
    Ok(organizations::table.find(id).select(Organization::as_select()).first(conn)?)
}

/// An organization that nobody else changes until the transaction ends. Contacts can still join it.
///
/// # Errors
/// [`AppError::NotFound`] if there is no such organization.
pub fn lock(conn: &mut AnyConnection, id: i64) -> AppResult<Organization> {
    let row = organizations::table.find(id);
    let held: Vec<Organization> = lock_rows!(conn, row, Organization::as_select(), for_no_key_update);
    held.into_iter().next().ok_or(AppError::NotFound)
}

/// An organization with the name of the account that changed it last.
///
/// # Errors
/// [`AppError::NotFound`] if there is no such organization.
pub fn show(conn: &mut AnyConnection, id: i64) -> AppResult<(Organization, Option<String>)> {
    Ok(organizations::table
        .left_join(accounts::table.on(organizations::updated_by.eq(accounts::id.nullable())))
        .filter(organizations::id.eq(id))
        .select((Organization::as_select(), account_name().nullable()))
        .first(conn)?)
}

/// The organization with the longest block that a number begins with, as its id and name. `e164` is in international form.
pub fn with_number(conn: &mut AnyConnection, e164: &str) -> AppResult<Option<(i64, String)>> {
    let beginnings: Vec<&str> = beginnings(e164).collect();
    Ok(number_blocks::table
        .inner_join(organizations::table)
        .filter(number_blocks::prefix.eq_any(beginnings))
        // Beginnings of one number are in the order of their lengths.
        .order(number_blocks::prefix.desc())
        .select((organizations::id, organizations::name))
        .first(conn)
        .optional()?)
}

/// Stores the blocks of an organization for the look-up.
///
/// # Errors
/// `Taken(NumberBlock)` if another organization has one of them.
fn set_number_blocks(conn: &mut AnyConnection, id: i64, blocks: &str) -> AppResult<()> {
    diesel::delete(number_blocks::table.filter(number_blocks::organization_id.eq(id))).execute(conn)?;
    for block in blocks.lines() {
        diesel::insert_into(number_blocks::table)
            .values((number_blocks::prefix.eq(block), number_blocks::organization_id.eq(id)))
            .execute(conn)?;
    }
    Ok(())
}

/// # Errors
/// `Taken(OrganizationName)` if another organization has the name, `Taken(NumberBlock)` if it has one of the blocks.
pub fn create(conn: &mut AnyConnection, details: &Details, account: i64) -> AppResult<i64> {
    let now = clock::now();
    let id = diesel::insert_into(organizations::table)
        .values((
            details,
            organizations::name_key.eq(name_key(&details.name)),
            organizations::created_at.eq(now),
            organizations::updated_at.eq(now),
            organizations::updated_by.eq(account),
        ))
        .returning(organizations::id)
        .get_result(conn)?;
    set_number_blocks(conn, id, &details.number_blocks)?;
    let entry = Entry::new(Kind::OrganizationAdded, Some(account));
    audit::record(conn, &[entry.subject(&details.name).changes(Details::default().changes_to(details))])?;
    Ok(id)
}

/// The result of a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Yes,
    /// Nothing saved: a newer version was saved since the form was shown.
    Stale,
}

/// Saves the organization if it is still at `version`. A save without changes writes nothing.
///
/// # Errors
/// `Taken(OrganizationName)` if another organization has the name, [`AppError::NotFound`] if there is no such organization.
pub fn update(
    conn: &mut AnyConnection,
    id: i64,
    version: i64,
    details: &Details,
    account: i64,
) -> AppResult<Saved> {
    let known = find(conn, id)?;
    let changes = known.details.changes_to(details);
    if changes.is_empty() {
        return Ok(Saved::Yes);
    }
    if known.version != version {
        return Ok(Saved::Stale);
    }
    if known.details.name != details.name {
        // Before the row is locked: the job locks its own row, then contacts, whose saves may wait for the organization's row.
        jobs::enqueue_anew(conn, jobs::Kind::Organization, id)?;
    }
    let at_version = organizations::table.find(id).filter(organizations::version.eq(version));
    let written = diesel::update(at_version)
        .set((
            details,
            organizations::name_key.eq(name_key(&details.name)),
            organizations::version.eq(version + 1),
            organizations::updated_at.eq(clock::now()),
            organizations::updated_by.eq(account),
        ))
        .execute(conn)?;
    if written == 0 {
        // A second click at the same moment is not another editor.
        let same = find(conn, id)?.details == *details;
        return Ok(if same { Saved::Yes } else { Saved::Stale });
    }
    if known.details.number_blocks != details.number_blocks {
        set_number_blocks(conn, id, &details.number_blocks)?;
    }
    let entry = Entry::new(Kind::OrganizationEdited, Some(account));
    audit::record(conn, &[entry.subject(&details.name).changes(changes)])?;
    Ok(Saved::Yes)
}

/// What happens to the contacts of a deleted organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// There must be no contacts.
    Nobody,
    /// They move to this other organization.
    MoveTo(i64),
    /// They are left without organization.
    Leave,
}

/// The result of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deleted {
    Yes {
        name: String,
        moved: usize,
    },
    /// Nothing deleted: the organization has contacts.
    HasContacts,
    /// Nothing deleted: the organization has other contacts than were confirmed.
    Changed,
    /// Nothing deleted: the organization that was to get the contacts no longer exists.
    NowhereToMove,
}

/// # Errors
/// [`AppError::NotFound`] if there is no such organization.
pub fn delete(
    conn: &mut AnyConnection,
    id: i64,
    fate: Disposition,
    expected: &Headcount,
    account: i64,
) -> AppResult<Deleted> {
    let target = match fate {
        Disposition::MoveTo(target) => Some(target),
        Disposition::Nobody | Disposition::Leave => None,
    };
    hold(conn, id, target)?;
    let Organization { details, .. } = find(conn, id)?;
    let target = match target.map(|target| find(conn, target)).transpose() {
        Ok(target) => target,
        Err(AppError::NotFound) => return Ok(Deleted::NowhereToMove),
        Err(error) => return Err(error),
    };
    if fate == Disposition::Nobody && write::count_members(conn, id)?.all() > 0 {
        return Ok(Deleted::HasContacts);
    }
    if fate != Disposition::Nobody && !write::members(conn, id)?.is_same(expected) {
        return Ok(Deleted::Changed);
    }
    let target = target.as_ref().map(|target| (target.id, target.details.name.as_str()));
    let moved = write::move_members(conn, (id, &details.name), target, Some(account))?;
    remove(conn, id, &details, Entry::new(Kind::OrganizationDeleted, Some(account)))?;
    Ok(Deleted::Yes { name: details.name, moved })
}

/// Deletes an organization that nobody belongs to, and records what it held.
fn remove(conn: &mut AnyConnection, id: i64, details: &Details, entry: Entry) -> AppResult<()> {
    diesel::delete(organizations::table.find(id)).execute(conn)?;
    audit::record(conn, &[entry.subject(&details.name).changes(details.changes_to(&Details::default()))])
}

/// Locks both organizations until the transaction ends: no contact can join the one that is deleted, and the other one stays.
/// They are locked in one order, so that two deletions cannot wait for each other. On SQLite the writer is alone already.
pub fn hold(conn: &mut AnyConnection, going: i64, staying: Option<i64>) -> AppResult<()> {
    let mut ids: Vec<i64> = staying.into_iter().chain([going]).collect();
    ids.sort_unstable();
    for id in ids {
        let row = organizations::table.find(id);
        let _: Vec<i64> = if id == going {
            lock_rows!(conn, row, organizations::id)
        } else {
            lock_rows!(conn, row, organizations::id, for_key_share)
        };
    }
    Ok(())
}
