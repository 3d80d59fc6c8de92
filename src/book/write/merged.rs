//! Writes a merge, or its undo, to the contacts.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Columns, ContactWrite, Revision, Submission, apply, lock, profile};
use crate::audit::Kind;
use crate::base::clock;
use crate::book::contact::Contact;
use crate::db::schema::contacts;
use crate::db::{AnyConnection, settings};
use crate::domain::{Change, Email, Field, TICKED};
use crate::error::{AppError, AppResult};

/// The values of a contact that its form does not contain: expertise and absence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactExtras {
    pub topics: String,
    pub languages: String,
    pub absence: Absence,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub substitute: Option<i64>,
}

impl Absence {
    /// Returns `true` unless the absence lasts today or begins later.
    pub fn is_over(&self) -> bool {
        self.until.is_none_or(|until| until < clock::today())
    }
}

impl ContactExtras {
    pub fn of(contact: &Contact) -> Self {
        Self {
            topics: contact.topics.clone(),
            languages: contact.languages.clone(),
            absence: Absence {
                from: contact.absent_from,
                until: contact.absent_until,
                substitute: contact.substitute_id,
            },
        }
    }

    /// The values, by their names in the history.
    fn values(&self) -> [(&'static str, String); 5] {
        let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let substitute = self.absence.substitute;
        [
            ("topics", self.topics.clone()),
            ("languages", self.languages.clone()),
            ("absent_from", day(self.absence.from)),
            ("absent_until", day(self.absence.until)),
            ("substitute", substitute.map_or_else(String::new, |id| id.to_string())),
        ]
    }

    pub fn changes_to(&self, new: &Self) -> Vec<Change> {
        std::iter::zip(self.values(), new.values())
            .filter(|((_, old), (_, new))| old != new)
            .map(|((field, old), (_, new))| Change { field: field.to_owned(), old, new })
            .collect()
    }
}

/// The values that a contact gives up when it is merged into another.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GivenUp {
    pub email: Option<String>,
    pub copy: bool,
    pub transfer: bool,
}

impl GivenUp {
    pub fn by(contact: &Contact) -> Self {
        Self { email: contact.email.clone(), copy: contact.copy, transfer: contact.transfer }
    }

    /// The values that are not empty, by field.
    fn values(&self) -> Vec<(Field, String)> {
        let on = |on: bool| if on { TICKED } else { "" }.to_owned();
        [
            (Field::Copy, on(self.copy)),
            (Field::Transfer, on(self.transfer)),
            (Field::Email, self.email.clone().unwrap_or_default()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
    }
}

/// Moves a contact that the transaction has locked to the trash, as merged into another. The other contact can then have its
/// e-mail.
/// `ids` are the changes of its external ids.
pub fn merge_into(
    conn: &mut AnyConnection,
    gone: &Contact,
    into: i64,
    ids: Vec<Change>,
    account: i64,
) -> AppResult<()> {
    let columns = Columns {
        email: Some(None),
        email_key: Some(None),
        copy: Some(false),
        transfer: Some(false),
        merged_into: Some(Some(into)),
        deleted_at: Some(Some(clock::now())),
        ..Columns::default()
    };
    let changes = GivenUp::by(gone).values().into_iter();
    let changes =
        changes.map(|(field, old)| Change { field: field.form_name().to_owned(), old, new: String::new() });
    let changes = changes.chain(ids).collect();
    let write = ContactWrite::new(gone, columns, Kind::ContactMergedAway, changes);
    apply(conn, &[write], Some(account))
}

/// Takes a merged contact that the transaction has locked out of the trash, with the values that it gave up. `ids` are the changes
/// of its external ids.
///
/// # Errors
/// `Taken(ContactEmail)` if another contact has the e-mail by now.
pub fn unmerge(
    conn: &mut AnyConnection,
    gone: &Contact,
    own: &GivenUp,
    ids: Vec<Change>,
    account: i64,
) -> AppResult<()> {
    let email = own.email.as_deref().and_then(Email::stored);
    let columns = Columns {
        email: Some(email.as_ref().map(|email| email.as_str().to_owned())),
        email_key: Some(email.as_ref().map(|email| email.key().to_owned())),
        copy: Some(own.copy && email.is_some()),
        transfer: Some(own.transfer && email.is_some()),
        merged_into: Some(None),
        deleted_at: Some(None),
        ..Columns::default()
    };
    let changes = own.values().into_iter();
    let changes =
        changes.map(|(field, new)| Change { field: field.form_name().to_owned(), old: String::new(), new });
    let write = ContactWrite::new(gone, columns, Kind::MergeUndone, changes.chain(ids).collect());
    apply(conn, &[write], Some(account))
}

/// The new values of the remaining contact, for a merge or its undo.
pub struct Rewriting<'a> {
    /// The contact as it was locked. It may be in the trash.
    pub contact: &'a Contact,
    pub submission: &'a Submission,
    pub beside: &'a ContactExtras,
    pub kind: Kind,
    pub changes: Vec<Change>,
}

/// Writes the new values.
///
/// # Errors
/// `Taken(ContactEmail)`.
pub fn rewrite(conn: &mut AnyConnection, rewriting: Rewriting<'_>, account: i64) -> AppResult<()> {
    let Rewriting { contact, submission, beside, kind, changes } = rewriting;
    let columns = Columns {
        topics: Some(beside.topics.clone()),
        languages: Some(beside.languages.clone()),
        absent_from: Some(beside.absence.from),
        absent_until: Some(beside.absence.until),
        substitute_id: Some(beside.absence.substitute),
        ..Columns::of(submission, settings::default_country(conn)?)
    };
    let write = ContactWrite::new(contact, columns, kind, changes);
    apply(conn, &[write.values(submission.values.clone())], Some(account))
}

/// Makes the contact `to` the substitute where `from` is now, for all contacts or only those in `only`. The contact `to` itself
/// is left out. Returns the ids of the changed contacts.
pub fn stand_in(
    conn: &mut AnyConnection,
    (from, to): (i64, i64),
    only: Option<&[i64]>,
    account: i64,
) -> AppResult<Vec<i64>> {
    let mut theirs = contacts::table
        .filter(contacts::substitute_id.eq(from))
        .filter(contacts::id.ne(to))
        .select(contacts::id)
        .order(contacts::id)
        .into_boxed();
    if let Some(only) = only {
        theirs = theirs.filter(contacts::id.eq_any(only));
    }
    let ids: Vec<i64> = theirs.load(conn)?;
    let mut locked = lock(conn, &ids)?;
    locked.retain(|contact| contact.substitute_id == Some(from));
    let change = Change { field: "substitute".to_owned(), old: from.to_string(), new: to.to_string() };
    let columns = Columns { substitute_id: Some(Some(to)), ..Columns::default() };
    let writes: Vec<ContactWrite> = locked
        .iter()
        .map(|contact| {
            let changes = vec![change.clone()];
            ContactWrite::new(contact, columns.clone(), Kind::AbsenceEdited, changes).revision(Revision::None)
        })
        .collect();
    apply(conn, &writes, Some(account))?;
    Ok(locked.iter().map(|contact| contact.id).collect())
}

/// These contacts, and all contacts that were merged into them, directly or through others.
pub fn with_merged(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<i64>> {
    let mut all = ids.to_vec();
    let mut next = ids.to_vec();
    while !next.is_empty() {
        next = contacts::table.filter(contacts::merged_into.eq_any(&next)).select(contacts::id).load(conn)?;
        next.retain(|id| !all.contains(id));
        all.extend(&next);
    }
    Ok(all)
}

/// The contact in the book that a form about `id` is about now: the contact itself, or the one that it was merged into.
///
/// # Errors
/// [`AppError::InTrash`]; [`AppError::NotFound`] for an erased contact.
pub fn present(conn: &mut AnyConnection, id: i64) -> AppResult<Contact> {
    let whole = wholes(conn, &[id])?.remove(&id).unwrap_or(id);
    let contact = profile(conn, whole)?.contact;
    match contact.deleted_at {
        None => Ok(contact),
        Some(_) => Err(AppError::InTrash { contact: contact.id, name: contact.name() }),
    }
}

/// By id, the contact that each of these contacts was finally merged into. A contact that was not merged is left out.
pub fn wholes(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<HashMap<i64, i64>> {
    let mut into: HashMap<i64, i64> = HashMap::new();
    let mut next = ids.to_vec();
    while !next.is_empty() {
        let rows: Vec<(i64, Option<i64>)> = contacts::table
            .filter(contacts::id.eq_any(&next))
            .filter(contacts::merged_into.is_not_null())
            .select((contacts::id, contacts::merged_into))
            .load(conn)?;
        next = rows.iter().filter_map(|(_, whole)| *whole).collect();
        into.extend(rows.into_iter().filter_map(|(id, whole)| Some((id, whole?))));
        next.retain(|id| !into.contains_key(id));
    }
    let last = |id: &i64| {
        let mut whole = *into.get(id)?;
        while let Some(next) = into.get(&whole) {
            whole = *next;
        }
        Some((*id, whole))
    };
    Ok(ids.iter().filter_map(last).collect())
}
