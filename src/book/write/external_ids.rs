//! The external ids of contacts.
//!
//! A node of an older version, which does not know them, merges two contacts without the ids of the merged one: they stay with
//! it in the trash, and come back with the undo. A save by such a node indexes a contact without its ids; therefore the migration
//! files a job that indexes these contacts again ([`reindex_with_external_ids`]), once no older node is alive. A repair of the
//! whole book would do the same for millions of contacts, of which few have an id by then.

use diesel::prelude::*;

use super::{
    Columns, ContactWrite, INDEXED_TOGETHER, Locked, Revision, Saved, apply, lock_one, lock_present,
};
use crate::audit::Kind;
use crate::book::external_ids::{self, ExternalId, Source};
use crate::book::search;
use crate::db::schema::{contact_external_ids, contacts};
use crate::db::{AnyConnection, lock_rows};
use crate::domain::{Drawn, Headcount};
use crate::error::AppResult;

/// Contacts per call of [`apply()`].
const BATCH: usize = 500;

/// The ids that a write removes, by their rows, and those that it adds, by their sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdChanges {
    pub removed: Vec<i64>,
    pub added: Vec<(i64, String)>,
}

impl IdChanges {
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }

    /// # Errors
    /// `Taken(ExternalId)` if another contact has an added id.
    pub(super) fn store(&self, conn: &mut AnyConnection, contact: i64) -> AppResult<()> {
        if !self.removed.is_empty() {
            let rows = contact_external_ids::table
                .filter(contact_external_ids::contact_id.eq(contact))
                .filter(contact_external_ids::id.eq_any(&self.removed));
            diesel::delete(rows).execute(conn)?;
        }
        for (source, value) in &self.added {
            diesel::insert_into(contact_external_ids::table)
                .values((
                    contact_external_ids::source_id.eq(source),
                    contact_external_ids::contact_id.eq(contact),
                    contact_external_ids::value.eq(value),
                ))
                .execute(conn)?;
        }
        Ok(())
    }
}

/// Stores the ids of a contact in these sources, which were drawn in a form as `drawn`. Writes nothing if they are stored already,
/// or if another person has changed ids of the contact since ([`Saved::Stale`]). The ids in other sources stay.
///
/// # Errors
/// `Taken(ExternalId)` if another contact has one of the ids, [`crate::error::AppError::Gone`] if a source was deleted,
/// [`crate::error::AppError::NotFound`] for a contact that is not in the book.
pub fn set_external_ids(
    conn: &mut AnyConnection,
    id: i64,
    new: &[(Source, Vec<String>)],
    drawn: &Drawn,
    account: i64,
) -> AppResult<Saved> {
    let sources: Vec<i64> = new.iter().map(|(source, _)| source.id).collect();
    external_ids::hold(conn, &sources)?;
    let known = lock_one(conn, id)?;
    let old = external_ids::of(conn, &[id])?;
    let (mut ids, mut after) = (IdChanges::default(), old.clone());
    for (source, values) in new {
        let is_left = |known: &ExternalId| known.source.id != source.id || values.contains(&known.value);
        ids.removed.extend(after.iter().filter(|known| !is_left(known)).map(|known| known.id));
        after.retain(is_left);
        for value in values {
            let is_known = |known: &ExternalId| known.source.id == source.id && known.value == *value;
            if !after.iter().any(is_known) {
                ids.added.push((source.id, value.clone()));
                after.push(ExternalId { id: 0, contact: id, source: source.clone(), value: value.clone() });
            }
        }
    }
    if ids.is_empty() {
        return Ok(Saved::Yes);
    }
    let stored = external_ids::drawn(&old);
    if !drawn.is(&stored.iter().map(String::as_str).collect::<Vec<_>>()) {
        return Ok(Saved::Stale);
    }
    let changes = external_ids::changes(&old, &after);
    let write = ContactWrite::new(&known, Columns::default(), Kind::ExternalIdsEdited, changes);
    apply(conn, &[write.external_ids(ids).revision(Revision::Same)], Some(account))?;
    Ok(Saved::Yes)
}

/// Removes all ids of a source that the transaction has locked. Returns `false`, and removes nothing, if other contacts have one
/// than `expected`.
pub fn drop_external_ids(
    conn: &mut AnyConnection,
    source: &Source,
    expected: &Headcount,
    account: i64,
) -> AppResult<bool> {
    let of_source = || contact_external_ids::table.filter(contact_external_ids::source_id.eq(source.id));
    let holders = contacts::table
        .filter(contacts::id.eq_any(of_source().select(contact_external_ids::contact_id)))
        .order(contacts::id);
    let columns = (contacts::id, contacts::version, contacts::deleted_at.is_not_null());
    let held: Vec<(i64, i64, bool)> = lock_rows!(conn, holders, columns);
    // Counted after the lock: a merge may have moved ids to another contact before.
    if !external_ids::holders(conn, source.id)?.0.is_same(expected) {
        return Ok(false);
    }
    for part in held.chunks(BATCH) {
        let ids: Vec<i64> = part.iter().map(|(id, ..)| *id).collect();
        let mut known = external_ids::of(conn, &ids)?;
        known.retain(|known| known.source.id == source.id);
        let writes = part.iter().map(|(id, version, is_deleted)| {
            let contact = Locked { id: *id, version: *version, is_deleted: *is_deleted };
            let own: Vec<ExternalId> = known.iter().filter(|known| known.contact == *id).cloned().collect();
            let changes = external_ids::changes(&own, &[]);
            let removed = own.iter().map(|own| own.id).collect();
            ContactWrite::new(contact, Columns::default(), Kind::ExternalIdsEdited, changes)
                .external_ids(IdChanges { removed, added: Vec::new() })
                .revision(Revision::Same)
        });
        apply(conn, &writes.collect::<Vec<_>>(), Some(account))?;
    }
    Ok(true)
}

/// Moves a contact's ids, or only those of some rows, to another contact, for a merge or its undo. The write of the merge indexes
/// both. Returns the moved rows, each with its source.
pub fn hand_over_external_ids(
    conn: &mut AnyConnection,
    from: i64,
    to: i64,
    only: Option<&[i64]>,
) -> AppResult<Vec<(i64, i64)>> {
    let mut own: Vec<(i64, i64)> = contact_external_ids::table
        .filter(contact_external_ids::contact_id.eq(from))
        .order(contact_external_ids::id)
        .select((contact_external_ids::id, contact_external_ids::source_id))
        .load(conn)?;
    own.retain(|(row, _)| only.is_none_or(|only| only.contains(row)));
    if !own.is_empty() {
        let rows = own.iter().map(|(row, _)| *row);
        diesel::update(contact_external_ids::table.filter(contact_external_ids::id.eq_any(rows)))
            .set(contact_external_ids::contact_id.eq(to))
            .execute(conn)?;
    }
    Ok(own)
}

/// Locks and indexes the next contacts with external ids after an id. Returns the last id, or `None` if there were no more.
pub fn reindex_with_external_ids(conn: &mut AnyConnection, after: i64) -> AppResult<Option<i64>> {
    let ids: Vec<i64> = contact_external_ids::table
        .filter(contact_external_ids::contact_id.gt(after))
        .order(contact_external_ids::contact_id)
        .limit(INDEXED_TOGETHER)
        .select(contact_external_ids::contact_id)
        .distinct()
        .load(conn)?;
    let held: Vec<i64> = lock_present(conn, &ids)?.into_keys().collect();
    search::index(conn, &held)?;
    Ok(ids.last().copied())
}
