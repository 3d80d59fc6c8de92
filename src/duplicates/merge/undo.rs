//! The undo of a merge: the two contacts are separate again. Fields of the remaining contact that somebody has changed since
//! stay, and the result names them.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::both::{One, changed_values};
use super::store::{self as merges, Merge, Taken};
use crate::audit::{self, Kind};
use crate::base::clock;
use crate::book::contact::Contact;
use crate::book::external_ids::{self, ExternalId};
use crate::book::reports;
use crate::book::write::{
    ContactExtras, Rewriting, Submission, hand_over_external_ids, profile, rewrite, stand_in, unmerge,
};
use crate::db::schema::{
    contact_aliases, contact_merges, contact_types, contacts, favourite_contacts, organizations,
    recent_contacts,
};
use crate::db::{AnyConnection, Json};
use crate::domain::{Change, EXTERNAL_ID, Field};
use crate::error::AppResult;

/// The outcome of an undo.
pub enum Undone {
    /// Done. `stayed` are the names of fields that somebody has changed since; they stay.
    Yes { stayed: Vec<String> },
    /// A double click: the undo was done by an earlier request.
    Already,
    /// The remaining contact has been merged into the given one; that merge must be undone first.
    NotYet(i64),
    /// Another contact was merged into the same one later; that merge must be undone first.
    NotLast,
}

/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown merge. `Taken(ContactEmail)` if another contact has one of their
/// e-mails by now.
pub fn undo(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<Undone> {
    let merge = merges::find(conn, id)?;
    let Merge { kept_id, gone_id, .. } = merge;
    merges::hold(conn, kept_id, gone_id)?;
    let kept = One::load(conn, kept_id)?;
    if let Some(into) = kept.contact().merged_into {
        return Ok(Undone::NotYet(into));
    }
    let open = contact_merges::table.find(id).filter(contact_merges::undone_at.is_null());
    if diesel::select(exists(open)).get_result(conn)? && merges::has_open_later(conn, &merge)? {
        return Ok(Undone::NotLast);
    }
    let taken: Option<Json<Taken>> = diesel::update(open)
        .set(contact_merges::undone_at.eq(clock::now()))
        .returning(contact_merges::taken)
        .get_result(conn)
        .optional()?;
    let Some(Json(taken)) = taken else {
        return Ok(Undone::Already);
    };
    let gone = profile(conn, gone_id)?.contact;
    // The data for the undo is no longer needed.
    diesel::update(contact_merges::table.find(id)).set(contact_merges::taken.eq("")).execute(conn)?;
    diesel::delete(contact_aliases::table.filter(contact_aliases::merge_id.eq(id))).execute(conn)?;
    merges::move_aliases(conn, kept_id, gone_id, Some(&taken.aliases))?;
    let ids = IdsMoved::back(conn, (kept_id, gone_id), &taken)?;
    let mut stayed = take_back(conn, &kept, &taken, ids.of_kept, account)?;
    give_back(conn, &kept, &gone, &taken, ids.of_gone, account)?;
    stayed.extend(ids.stayed);
    Ok(Undone::Yes { stayed })
}

/// The external ids that an undo moves.
struct IdsMoved {
    /// The changes of both contacts.
    of_kept: Vec<Change>,
    of_gone: Vec<Change>,
    /// The names, in the history, of moved ids that somebody has changed or removed since.
    stayed: Vec<String>,
}

impl IdsMoved {
    /// Moves the ids back, before both contacts are indexed.
    fn back(conn: &mut AnyConnection, (kept, gone): (i64, i64), taken: &Taken) -> AppResult<Self> {
        let ids = |conn: &mut AnyConnection| -> AppResult<_> {
            Ok((external_ids::of(conn, &[kept])?, external_ids::of(conn, &[gone])?))
        };
        let before = ids(conn)?;
        let rows: Vec<i64> = taken.external_ids.iter().map(|(row, _)| *row).collect();
        let moved = hand_over_external_ids(conn, kept, gone, Some(&rows))?;
        let after = ids(conn)?;
        let is_left = |(row, source): &&(i64, i64)| {
            let has_other = |known: &ExternalId| known.source.id == *source;
            !moved.iter().any(|(known, _)| known == row) && after.0.iter().any(has_other)
        };
        let sources = taken.external_ids.iter().filter(is_left).map(|(_, source)| *source);
        let name = |source: i64| after.0.iter().find(|known| known.source.id == source);
        let stayed = sources.filter_map(name).map(|known| format!("{EXTERNAL_ID}{}", known.source.name));
        Ok(Self {
            stayed: stayed.collect(),
            of_kept: external_ids::changes(&before.0, &after.0),
            of_gone: external_ids::changes(&before.1, &after.1),
        })
    }
}

/// Restores the old values of the remaining contact where the merge's values are unchanged; returns the names of
/// the other fields.
fn take_back(
    conn: &mut AnyConnection,
    kept: &One,
    taken: &Taken,
    ids: Vec<Change>,
    account: i64,
) -> AppResult<Vec<String>> {
    let contact = kept.contact();
    let mut details = kept.details.clone();
    let mut stayed = Vec::new();
    let (mut organization_id, mut contact_type_id) = (contact.organization_id, contact.contact_type_id);
    let since = audit::store::edited_since(conn, contact.id, taken.version)?;
    for Change { field, old, new } in &taken.changes {
        let now = kept.details.named(field);
        let is_untouched = match Field::parse(field) {
            _ if since.contains(field) => false,
            Some(Field::Organization) => {
                let is_untouched = organization_id == taken.organization.1
                    && exists_organization(conn, taken.organization.0)?;
                if is_untouched {
                    organization_id = taken.organization.0;
                }
                is_untouched
            }
            Some(Field::ContactType) => {
                let is_untouched =
                    contact_type_id == taken.contact_type.1 && exists_type(conn, taken.contact_type.0)?;
                if is_untouched {
                    contact_type_id = taken.contact_type.0;
                }
                is_untouched
            }
            _ => now == new,
        };
        if is_untouched {
            details.set_named(field, old.as_str());
        } else if now != old {
            stayed.push(field.clone());
        }
    }
    if !details.is_on(Field::Email) {
        details.set_on(Field::Copy, false);
        details.set_on(Field::Transfer, false);
    }
    let now = ContactExtras::of(contact);
    let beside = beside_before(conn, &now, &taken.beside)?;
    let left = taken.beside.0.changes_to(&beside).into_iter();
    stayed.extend(left.map(|change| change.field));
    let mut changes = kept.details.changes_to(&details);
    changes.extend(now.changes_to(&beside));
    changes.extend(ids);
    let submission = Submission {
        organization_id,
        contact_type_id,
        values: changed_values(conn, &kept.details, &details)?,
        form_key: None,
        details,
    };
    let rewriting =
        Rewriting { contact, submission: &submission, beside: &beside, kind: Kind::MergeUndone, changes };
    rewrite(conn, rewriting, account)?;
    Ok(stayed)
}

fn beside_before(
    conn: &mut AnyConnection,
    now: &ContactExtras,
    (before, after): &(ContactExtras, ContactExtras),
) -> AppResult<ContactExtras> {
    let choose =
        |now: &String, before: &String, after: &String| if now == after { before } else { now }.clone();
    let mut absence = if now.absence == after.absence { before.absence.clone() } else { now.absence.clone() };
    if let Some(id) = absence.substitute
        && !diesel::select(exists(contacts::table.find(id))).get_result::<bool>(conn)?
    {
        absence.substitute = None;
    }
    Ok(ContactExtras {
        topics: choose(&now.topics, &before.topics, &after.topics),
        languages: choose(&now.languages, &before.languages, &after.languages),
        absence,
    })
}

/// Gives the merged contact its own data back, as far as the remaining contact still has it.
fn give_back(
    conn: &mut AnyConnection,
    kept: &One,
    gone: &Contact,
    taken: &Taken,
    ids: Vec<Change>,
    account: i64,
) -> AppResult<()> {
    let (kept, gone_id) = (kept.contact().id, gone.id);
    merges::move_notes(conn, kept, gone_id, Some(&taken.notes))?;
    reports::hand_over(conn, kept, gone_id, Some(&taken.reports))?;
    stand_in(conn, (kept, gone_id), Some(&taken.substitutes), account)?;
    diesel::delete(
        favourite_contacts::table
            .filter(favourite_contacts::contact_id.eq(kept))
            .filter(favourite_contacts::account_id.eq_any(&taken.favourites)),
    )
    .execute(conn)?;
    diesel::delete(
        recent_contacts::table
            .filter(recent_contacts::contact_id.eq(kept))
            .filter(recent_contacts::account_id.eq_any(&taken.recents)),
    )
    .execute(conn)?;
    unmerge(conn, gone, &taken.gone, ids, account)
}

fn exists_organization(conn: &mut AnyConnection, id: Option<i64>) -> AppResult<bool> {
    let Some(id) = id else { return Ok(true) };
    let rows = organizations::table.find(id);
    Ok(diesel::select(exists(rows)).get_result(conn)?)
}

fn exists_type(conn: &mut AnyConnection, id: Option<i64>) -> AppResult<bool> {
    let Some(id) = id else { return Ok(true) };
    let rows = contact_types::table.find(id);
    Ok(diesel::select(exists(rows)).get_result(conn)?)
}
