//! The merge of two contacts, and the data stored for its undo.

use std::borrow::Cow;

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::upsert::excluded;
use serde::{Deserialize, Serialize};

use super::both::{Both, Choices, One, Side};
use crate::audit::Kind;
use crate::base::clock;
use crate::book::contact::Contact;
use crate::book::write::{self, ContactExtras, GivenUp, Rewriting};
use crate::book::{external_ids, reports};
use crate::db::schema::{
    accounts, contact_aliases, contact_merges, contacts, favourite_contacts, notes, recent_contacts,
};
use crate::db::{AnyConnection, account_name, on_backend};
use crate::domain::{Change, Email, Field};
use crate::error::AppResult;

/// The data that an undo needs. It contains personal values, and is erased with either contact.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Taken {
    /// The version of the remaining contact after the merge.
    pub version: i64,
    /// The changes to the remaining contact.
    pub changes: Vec<Change>,
    /// The remaining contact's organization and contact type, before and after.
    pub organization: (Option<i64>, Option<i64>),
    pub contact_type: (Option<i64>, Option<i64>),
    pub beside: (ContactExtras, ContactExtras),
    pub gone: GivenUp,
    /// What was moved: notes, favourites and recent contacts by account, contacts whose substitute it was, and former
    /// e-mails that it had from earlier merges.
    pub notes: Vec<i64>,
    /// Reports; empty if an older version merged the contacts.
    #[serde(default)]
    pub reports: Vec<i64>,
    /// External ids by their rows, each with its source; empty if an older version merged the contacts.
    #[serde(default)]
    pub external_ids: Vec<(i64, i64)>,
    pub favourites: Vec<i64>,
    pub recents: Vec<i64>,
    pub substitutes: Vec<i64>,
    pub aliases: Vec<String>,
}

/// A merge.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = contact_merges)]
pub struct Merge {
    pub id: i64,
    pub kept_id: i64,
    pub gone_id: i64,
    pub created_at: NaiveDateTime,
}

/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown merge.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Merge> {
    Ok(contact_merges::table.find(id).select(Merge::as_select()).first(conn)?)
}

/// Returns `true` if a later merge into the same contact is not undone: its values are on top of those of this merge.
pub fn has_open_later(conn: &mut AnyConnection, merge: &Merge) -> AppResult<bool> {
    let open: Option<i64> = contact_merges::table
        .filter(contact_merges::kept_id.eq(merge.kept_id))
        .filter(contact_merges::undone_at.is_null())
        .select(max(contact_merges::id))
        .first(conn)?;
    Ok(open.is_some_and(|last| last > merge.id))
}

/// A contact that was merged into another.
#[derive(Queryable)]
pub struct FormerContact {
    pub merge: i64,
    pub contact: Contact,
    pub at: NaiveDateTime,
    pub by: Option<String>,
}

/// Returns the contacts merged into a contact, latest first.
pub fn former(conn: &mut AnyConnection, kept: i64) -> AppResult<Vec<FormerContact>> {
    Ok(on_backend!(conn, |conn| {
        contact_merges::table
            .inner_join(contacts::table.on(contacts::id.eq(contact_merges::gone_id)))
            .left_join(accounts::table.on(contact_merges::account_id.eq(accounts::id.nullable())))
            .filter(contact_merges::kept_id.eq(kept))
            .filter(contact_merges::undone_at.is_null())
            .order(contact_merges::id.desc())
            .select((
                contact_merges::id,
                Contact::as_select(),
                contact_merges::created_at,
                account_name().nullable(),
            ))
            .load(conn)?
    }))
}

/// Returns the merge of a contact into another.
pub fn away(conn: &mut AnyConnection, gone: i64) -> AppResult<Option<Merge>> {
    Ok(contact_merges::table
        .filter(contact_merges::gone_id.eq(gone))
        .filter(contact_merges::undone_at.is_null())
        .order(contact_merges::id.desc())
        .select(Merge::as_select())
        .first(conn)
        .optional()?)
}

/// A requested merge.
#[derive(Debug, Clone)]
pub struct Asked {
    pub pair: (i64, i64),
    /// The versions of the two contacts that the form showed.
    pub versions: (i64, i64),
    pub kept: Side,
    pub choices: Choices,
}

impl Asked {
    pub fn id(&self, side: Side) -> i64 {
        match side {
            Side::Low => self.pair.0,
            Side::High => self.pair.1,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merged {
    Yes,
    /// A double click: the merge was done by an earlier request.
    Already,
    /// Somebody has changed one of the contacts since the form was shown: nothing was written.
    Stale,
}

/// Merges the two contacts, unless an earlier request has done so or one of them has changed since the form was shown; see
/// [`Merged`].
///
/// # Errors
/// [`crate::error::AppError::NotFound`] if one of them is no longer in the book.
pub fn merge(conn: &mut AnyConnection, asked: &Asked, account: i64) -> AppResult<Merged> {
    let (kept_id, gone_id) = (asked.id(asked.kept), asked.id(asked.kept.other()));
    hold(conn, kept_id, gone_id)?;
    if let Some(merge) = away(conn, gone_id)?
        && merge.kept_id == kept_id
    {
        return Ok(Merged::Already);
    }
    let both = Both::load(conn, asked.pair)?;
    if (both.low.contact().version, both.high.contact().version) != asked.versions {
        return Ok(Merged::Stale);
    }
    let submission = both.submission(conn, &asked.choices, asked.kept)?;
    let beside = both.beside(asked.kept);
    let (kept, gone) = (both.of(asked.kept), both.of(asked.kept.other()));
    let before = ContactExtras::of(kept.contact());
    let mut changes = kept.details.changes_to(&submission.details);
    let id: i64 = diesel::insert_into(contact_merges::table)
        .values((
            contact_merges::kept_id.eq(kept_id),
            contact_merges::gone_id.eq(gone_id),
            contact_merges::taken.eq(""),
            contact_merges::account_id.eq(account),
            contact_merges::created_at.eq(clock::now()),
        ))
        .returning(contact_merges::id)
        .get_result(conn)?;
    let ids = |conn: &mut AnyConnection| -> AppResult<_> {
        Ok((external_ids::of(conn, &[kept_id])?, external_ids::of(conn, &[gone_id])?))
    };
    let ids_before = ids(conn)?;
    let external_ids = write::hand_over_external_ids(conn, gone_id, kept_id, None)?;
    let ids_after = ids(conn)?;
    let ids_of_gone = external_ids::changes(&ids_before.1, &ids_after.1);
    write::merge_into(conn, gone.contact(), kept_id, ids_of_gone, account)?;
    let taken = Taken {
        external_ids,
        aliases: move_aliases(conn, gone_id, kept_id, None)?,
        notes: move_notes(conn, gone_id, kept_id, None)?,
        reports: reports::hand_over(conn, gone_id, kept_id, None)?,
        favourites: copy_favourites(conn, gone_id, kept_id)?,
        recents: copy_recents(conn, gone_id, kept_id)?,
        substitutes: write::stand_in(conn, (gone_id, kept_id), None, account)?,
        organization: (kept.contact().organization_id, submission.organization_id),
        contact_type: (kept.contact().contact_type_id, submission.contact_type_id),
        version: kept.contact().version + 1,
        gone: GivenUp::by(gone.contact()),
        changes: changes.clone(),
        beside: (before.clone(), beside.clone()),
    };
    add_aliases(conn, id, kept_id, [kept, gone], submission.details.get(Field::Email))?;
    changes.extend(before.changes_to(&beside));
    changes.extend(external_ids::changes(&ids_before.0, &ids_after.0));
    let rewriting = Rewriting {
        contact: kept.contact(),
        submission: &submission,
        beside: &beside,
        kind: Kind::ContactMerged,
        changes,
    };
    write::rewrite(conn, rewriting, account)?;
    diesel::update(contact_merges::table.find(id))
        .set(contact_merges::taken.eq(serde_json::to_string(&taken)?))
        .execute(conn)?;
    Ok(Merged::Yes)
}

/// Locks both contacts, and the contacts whose substitute they are. All locks of contacts are taken in the order of ids.
pub fn hold(conn: &mut AnyConnection, kept: i64, gone: i64) -> AppResult<()> {
    let mut ids: Vec<i64> = contacts::table
        .filter(contacts::substitute_id.eq_any([kept, gone]))
        .select(contacts::id)
        .load(conn)?;
    ids.extend([kept, gone]);
    write::lock(conn, &ids)?;
    Ok(())
}

/// Stores the e-mails that the merged contact does not keep as former e-mails.
fn add_aliases(
    conn: &mut AnyConnection,
    merge: i64,
    kept: i64,
    both: [&One; 2],
    email: &str,
) -> AppResult<()> {
    let own = Email::stored(email);
    for one in both {
        let contact = one.contact();
        let (Some(email), Some(key)) = (&contact.email, &contact.email_key) else {
            continue;
        };
        let key = Email::key_today(key);
        if own.as_ref().is_some_and(|own| own.key() == key) {
            continue;
        }
        on_backend!(conn, |conn| diesel::insert_into(contact_aliases::table)
            .values((
                contact_aliases::email_key.eq(&*key),
                contact_aliases::email.eq(email),
                contact_aliases::contact_id.eq(kept),
                contact_aliases::merge_id.eq(merge),
            ))
            .on_conflict(contact_aliases::email_key)
            .do_update()
            .set((
                contact_aliases::email.eq(excluded(contact_aliases::email)),
                contact_aliases::contact_id.eq(excluded(contact_aliases::contact_id)),
                contact_aliases::merge_id.eq(excluded(contact_aliases::merge_id)),
            ))
            .execute(conn))?;
    }
    Ok(())
}

/// Moves a contact's former e-mails, or only some of them, to another contact; returns the moved keys.
pub fn move_aliases(
    conn: &mut AnyConnection,
    from: i64,
    to: i64,
    only: Option<&[String]>,
) -> AppResult<Vec<String>> {
    let mut own = contact_aliases::table
        .filter(contact_aliases::contact_id.eq(from))
        .select(contact_aliases::email_key)
        .into_boxed();
    if let Some(only) = only {
        // As stored at the time of the merge, and in today's spelling with A-labels.
        let today = only.iter().map(|key| Email::key_today(key));
        let both: Vec<Cow<'_, str>> = only.iter().map(Into::into).chain(today).collect();
        own = own.filter(contact_aliases::email_key.eq_any(both));
    }
    let keys: Vec<String> = own.load(conn)?;
    diesel::update(contact_aliases::table.filter(contact_aliases::email_key.eq_any(&keys)))
        .set(contact_aliases::contact_id.eq(to))
        .execute(conn)?;
    Ok(keys)
}

/// Moves a contact's notes, or only some of them, to another contact; returns the moved ids.
pub fn move_notes(conn: &mut AnyConnection, from: i64, to: i64, only: Option<&[i64]>) -> AppResult<Vec<i64>> {
    let mut own = notes::table.filter(notes::contact_id.eq(from)).select(notes::id).into_boxed();
    if let Some(only) = only {
        own = own.filter(notes::id.eq_any(only));
    }
    let ids: Vec<i64> = own.load(conn)?;
    diesel::update(notes::table.filter(notes::id.eq_any(&ids)))
        .set(notes::contact_id.eq(to))
        .execute(conn)?;
    Ok(ids)
}

/// Makes the remaining contact a favourite of the accounts that have the other as one; returns the accounts for
/// which this is new.
fn copy_favourites(conn: &mut AnyConnection, from: i64, to: i64) -> AppResult<Vec<i64>> {
    let rows: Vec<(i64, NaiveDateTime)> = favourite_contacts::table
        .filter(favourite_contacts::contact_id.eq(from))
        .select((favourite_contacts::account_id, favourite_contacts::created_at))
        .load(conn)?;
    let mut new = Vec::new();
    for (account, at) in rows {
        let row = (
            favourite_contacts::account_id.eq(account),
            favourite_contacts::contact_id.eq(to),
            favourite_contacts::created_at.eq(at),
        );
        let added = on_backend!(conn, |conn| diesel::insert_into(favourite_contacts::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn))?;
        if added == 1 {
            new.push(account);
        }
    }
    Ok(new)
}

/// Copies the entries of recently opened contacts in the same way.
fn copy_recents(conn: &mut AnyConnection, from: i64, to: i64) -> AppResult<Vec<i64>> {
    let rows: Vec<(i64, NaiveDateTime)> = recent_contacts::table
        .filter(recent_contacts::contact_id.eq(from))
        .select((recent_contacts::account_id, recent_contacts::seen_at))
        .load(conn)?;
    let mut new = Vec::new();
    for (account, at) in rows {
        let row = (
            recent_contacts::account_id.eq(account),
            recent_contacts::contact_id.eq(to),
            recent_contacts::seen_at.eq(at),
        );
        let added = on_backend!(conn, |conn| diesel::insert_into(recent_contacts::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn))?;
        if added == 1 {
            new.push(account);
        }
    }
    Ok(new)
}
