//! Sources and external ids: the ids that contacts have in other systems. [`super::write`] changes those of contacts.
//!
//! An id belongs to one contact at most per source. A merge can give a contact a second id of a source, so that both still mean
//! it. The ids of a contact in the trash stay its own.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::write;
use crate::db::schema::{contact_external_ids, contacts, sources};
use crate::db::{AnyConnection, in_json_list, lock_rows, on_backend};
use crate::domain::{Change, Drawn, EXTERNAL_ID, Headcount, asked_numbers, fold};
use crate::error::{AppError, AppResult};

/// The most sources: as many as a contact's form and a table can show.
pub const MOST: i64 = 50;

/// A system in which contacts have ids.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sources)]
pub struct Source {
    pub id: i64,
    pub name: String,
}

/// An id of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ExternalId {
    pub id: i64,
    pub contact: i64,
    pub source: Source,
    pub value: String,
}

/// All sources, by name.
pub fn sources(conn: &mut AnyConnection) -> AppResult<Vec<Source>> {
    Ok(sources::table.order((sources::name_key, sources::id)).select(Source::as_select()).load(conn)?)
}

/// The number of ids of each source that has some.
pub fn counts(conn: &mut AnyConnection) -> AppResult<BTreeMap<i64, i64>> {
    let rows: Vec<(i64, i64)> = contact_external_ids::table
        .group_by(contact_external_ids::source_id)
        .select((contact_external_ids::source_id, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// # Errors
/// [`AppError::NotFound`] if there is no such source.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Source> {
    Ok(sources::table.find(id).select(Source::as_select()).first(conn)?)
}

/// The result of [`add`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    Yes,
    /// There are [`MOST`] sources already.
    TooMany,
}

/// # Errors
/// `Taken(SourceName)` if another source has the name.
pub fn add(conn: &mut AnyConnection, name: &str, account: i64) -> AppResult<Added> {
    let count: i64 = sources::table.count().get_result(conn)?;
    if count >= MOST {
        return Ok(Added::TooMany);
    }
    diesel::insert_into(sources::table)
        .values((
            sources::name.eq(name),
            sources::name_key.eq(fold(name)),
            sources::created_at.eq(clock::now()),
        ))
        .execute(conn)?;
    audit::record(conn, &[Entry::new(Kind::SourceAdded, Some(account)).subject(name)])?;
    Ok(Added::Yes)
}

/// The result of [`rename`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renamed {
    Yes,
    /// Nothing saved: somebody has renamed the source since the form was shown.
    Stale,
}

/// Renames a source. The history keeps the name that a source had when an id was changed.
///
/// # Errors
/// `Taken(SourceName)` if another source has the name, [`AppError::NotFound`] if there is no such source.
pub fn rename(
    conn: &mut AnyConnection,
    id: i64,
    name: &str,
    drawn: &Drawn,
    account: i64,
) -> AppResult<Renamed> {
    let row = sources::table.find(id);
    let stored: Vec<Source> = lock_rows!(conn, row, Source::as_select(), for_no_key_update);
    let stored = stored.into_iter().next().ok_or(AppError::NotFound)?;
    if stored.name == name {
        return Ok(Renamed::Yes);
    }
    if !drawn.is(&[&stored.name]) {
        return Ok(Renamed::Stale);
    }
    diesel::update(row).set((sources::name.eq(name), sources::name_key.eq(fold(name)))).execute(conn)?;
    let change = Change { field: "name".to_owned(), old: stored.name.clone(), new: name.to_owned() };
    let entry = Entry::new(Kind::SourceEdited, Some(account)).subject(stored.name);
    audit::record(conn, &[entry.changes(vec![change])])?;
    Ok(Renamed::Yes)
}

/// The result of [`delete`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deleted {
    /// Deleted, with its name.
    Yes(String),
    /// Nothing deleted: other contacts have an id of the source than were confirmed.
    Changed,
}

/// Deletes a source with all ids of it, which the history of their contacts keeps.
///
/// # Errors
/// [`AppError::NotFound`] if there is no such source.
pub fn delete(conn: &mut AnyConnection, id: i64, expected: &Headcount, account: i64) -> AppResult<Deleted> {
    // Locked before the contacts, as a save of ids does: nobody adds an id of the source any more.
    let row = sources::table.find(id);
    let stored: Vec<Source> = lock_rows!(conn, row, Source::as_select());
    let source = stored.into_iter().next().ok_or(AppError::NotFound)?;
    if !write::drop_external_ids(conn, &source, expected, account)? {
        return Ok(Deleted::Changed);
    }
    diesel::delete(row).execute(conn)?;
    let entry = Entry::new(Kind::SourceDeleted, Some(account)).subject(&source.name);
    audit::record(conn, &[entry])?;
    Ok(Deleted::Yes(source.name))
}

/// Locks these sources against deletion until the transaction ends.
///
/// # Errors
/// [`AppError::Gone`] if one of them no longer exists.
pub fn hold(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<()> {
    let rows = sources::table.filter(sources::id.eq_any(ids)).order(sources::id);
    let held: Vec<i64> = lock_rows!(conn, rows, sources::id, for_key_share);
    if held.len() == ids.len() { Ok(()) } else { Err(AppError::Gone) }
}

/// Locks a source until the transaction ends, so that lists of contacts with ids of it are written one after the other: two of them
/// could wait for each other. Single contacts can still get an id.
pub fn hold_for_list(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let row = sources::table.find(id);
    let _: Vec<i64> = lock_rows!(conn, row, sources::id, for_no_key_update);
    Ok(())
}

/// The contacts that have an id of a source, including those in the trash: those to compare, and their number. Of more contacts
/// than can be compared, it is the number of their ids.
pub fn holders(conn: &mut AnyConnection, source: i64) -> AppResult<(Headcount, i64)> {
    let of_source = contact_external_ids::table.filter(contact_external_ids::source_id.eq(source));
    let ids = of_source.select(contact_external_ids::contact_id).distinct().limit(Headcount::MOST + 1);
    let who = Headcount::of(ids.load(conn)?);
    let count = if who.is_more_than_most() { of_source.count().get_result(conn)? } else { who.count() };
    Ok((who, count))
}

/// The ids of these contacts, by source and in the order in which they were added.
pub fn of(conn: &mut AnyConnection, contacts: &[i64]) -> AppResult<Vec<ExternalId>> {
    if contacts.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_backend!(conn, |conn| {
        contact_external_ids::table
            .inner_join(sources::table)
            .filter(in_json_list("contact_external_ids.contact_id", contacts)?)
            .order((sources::name_key, contact_external_ids::id))
            .select((
                contact_external_ids::id,
                contact_external_ids::contact_id,
                Source::as_select(),
                contact_external_ids::value,
            ))
            .load(conn)?
    }))
}

/// The contact that has an id, and whether it is in the trash.
pub fn holder(conn: &mut AnyConnection, source: i64, value: &str) -> AppResult<Option<(i64, bool)>> {
    Ok(contact_external_ids::table
        .inner_join(contacts::table)
        .filter(contact_external_ids::source_id.eq(source))
        .filter(contact_external_ids::value.eq(value))
        .select((contacts::id, contacts::deleted_at.is_not_null()))
        .first(conn)
        .optional()?)
}

/// Stores the ids of new contacts: contact, source and id.
///
/// # Errors
/// `Taken(ExternalId)` if another contact has one of them.
pub fn add_ids(conn: &mut AnyConnection, ids: &[(i64, i64, &str)]) -> AppResult<()> {
    let row = |(contact, source, value): &(i64, i64, &'_ str)| {
        (
            contact_external_ids::source_id.eq(*source),
            contact_external_ids::contact_id.eq(*contact),
            contact_external_ids::value.eq((*value).to_owned()),
        )
    };
    for part in ids.chunks(1_000) {
        let rows: Vec<_> = part.iter().map(row).collect();
        on_backend!(conn, |conn| diesel::insert_into(contact_external_ids::table)
            .values(rows)
            .execute(conn))?;
    }
    Ok(())
}

/// The texts whose words find a contact by an id: the id itself, and the digits as which a search reads it.
pub fn findable(value: &str) -> Vec<String> {
    std::iter::once(value.to_owned()).chain(asked_numbers(value)).collect()
}

/// The ids of a contact by the names that the history uses, one per line where a source has several.
fn named(ids: &[ExternalId]) -> BTreeMap<String, String> {
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    for id in ids {
        let values = named.entry(format!("{EXTERNAL_ID}{}", id.source.name)).or_default();
        if !values.is_empty() {
            values.push('\n');
        }
        values.push_str(&id.value);
    }
    named
}

/// The changes from some ids of a contact to others.
pub fn changes(before: &[ExternalId], after: &[ExternalId]) -> Vec<Change> {
    let (mut old, mut new) = (named(before), named(after));
    let mut fields: Vec<String> = old.keys().chain(new.keys()).cloned().collect();
    fields.sort();
    fields.dedup();
    fields
        .into_iter()
        .map(|field| {
            let (old, new) = (old.remove(&field).unwrap_or_default(), new.remove(&field).unwrap_or_default());
            Change { field, old, new }
        })
        .filter(|change| change.old != change.new)
        .collect()
}

/// The ids as a form contains them to notice another editor: the name of each source with ids, and the ids, one per line.
pub fn drawn(ids: &[ExternalId]) -> Vec<String> {
    named(ids).into_iter().map(|(field, values)| format!("{field}\n{values}")).collect()
}
