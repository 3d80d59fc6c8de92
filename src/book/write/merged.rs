//! What making two contacts one does to each of them, and what undoing that does.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::save::Row;
use super::{Submission, profile, reindex};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::contact::Contact;
use crate::book::{contact_types, search};
use crate::db::schema::contacts;
use crate::db::{AnyConnection, settings};
use crate::domain::{Change, Email, Field, TICKED};
use crate::error::{AppError, AppResult};

/// What stands with a contact beside what its form holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
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
    /// Where there is none, too.
    pub fn is_over(&self) -> bool {
        self.until.is_none_or(|until| until < clock::today())
    }
}

impl Beside {
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

    /// By the names that the history gives them.
    fn values(&self) -> [(&'static str, String); 5] {
        let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let substitute = self.absence.substitute;
        [
            ("topics", self.topics.clone()),
            ("languages", self.languages.clone()),
            ("absent_from", day(self.absence.from)),
            ("absent_until", day(self.absence.until)),
            (
                "substitute",
                substitute.map_or_else(String::new, |id| id.to_string()),
            ),
        ]
    }

    pub fn changes_to(&self, new: &Self) -> Vec<Change> {
        std::iter::zip(self.values(), new.values())
            .filter(|((_, old), (_, new))| old != new)
            .map(|((field, old), (_, new))| Change {
                field: field.to_owned(),
                old,
                new,
            })
            .collect()
    }
}

/// What a contact gives up when it becomes a part of another.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GivenUp {
    pub email: Option<String>,
    pub copy: bool,
    pub transfer: bool,
}

impl GivenUp {
    pub fn by(contact: &Contact) -> Self {
        Self {
            email: contact.email.clone(),
            copy: contact.copy,
            transfer: contact.transfer,
        }
    }

    /// As fields that are not empty.
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

/// Moves a contact, which the transaction holds, to the trash as a part of another: its e-mail is free for that one.
///
/// # Errors
/// Those of the database.
pub fn put_away(
    conn: &mut AnyConnection,
    gone: &Contact,
    into: i64,
    account: i64,
) -> AppResult<()> {
    let now = clock::now();
    diesel::update(contacts::table.find(gone.id))
        .set((
            contacts::email.eq(None::<String>),
            contacts::email_key.eq(None::<String>),
            contacts::copy.eq(false),
            contacts::transfer.eq(false),
            contacts::merged_into.eq(into),
            contacts::deleted_at.eq(now),
            contacts::version.eq(contacts::version + 1),
            contacts::updated_at.eq(now),
            contacts::updated_by.eq(account),
        ))
        .execute(conn)?;
    search::remove(conn, &[gone.id])?;
    let changes = GivenUp::by(gone).values().into_iter();
    let entry = Entry::new(Kind::ContactMergedAway, Some(account))
        .contact(gone.id)
        .version(gone.version + 1)
        .changes(
            changes
                .map(|(field, old)| Change {
                    field: field.form_name().to_owned(),
                    old,
                    new: String::new(),
                })
                .collect(),
        );
    audit::record(conn, &[entry])
}

/// Takes such a contact, which the transaction holds, out of the trash, with what it gave up.
///
/// # Errors
/// `Taken(ContactEmail)` when another contact has its e-mail by now, and those of the database.
pub fn bring_back(
    conn: &mut AnyConnection,
    gone: &Contact,
    own: &GivenUp,
    account: i64,
) -> AppResult<()> {
    let email = own.email.as_deref().and_then(Email::stored);
    diesel::update(contacts::table.find(gone.id))
        .set((
            contacts::email.eq(email.as_ref().map(Email::as_str)),
            contacts::email_key.eq(email.as_ref().map(Email::key)),
            contacts::copy.eq(own.copy && email.is_some()),
            contacts::transfer.eq(own.transfer && email.is_some()),
            contacts::merged_into.eq(None::<i64>),
            contacts::deleted_at.eq(None::<NaiveDateTime>),
            contacts::version.eq(contacts::version + 1),
            contacts::updated_at.eq(clock::now()),
            contacts::updated_by.eq(account),
        ))
        .execute(conn)?;
    reindex(conn, &[gone.id])?;
    let changes = own.values().into_iter();
    let entry = Entry::new(Kind::MergeUndone, Some(account))
        .contact(gone.id)
        .version(gone.version + 1)
        .changes(
            changes
                .map(|(field, new)| Change {
                    field: field.form_name().to_owned(),
                    old: String::new(),
                    new,
                })
                .collect(),
        );
    audit::record(conn, &[entry])
}

/// What the one that stays becomes.
pub struct Rewriting<'a> {
    /// As it is held; perhaps in the trash.
    pub contact: &'a Contact,
    pub submission: &'a Submission,
    pub beside: &'a Beside,
    pub kind: Kind,
    pub changes: Vec<Change>,
}

/// # Errors
/// `Taken(ContactEmail)` and those of the database.
pub fn rewrite(conn: &mut AnyConnection, rewriting: Rewriting<'_>, account: i64) -> AppResult<()> {
    let Rewriting {
        contact,
        submission,
        beside,
        ..
    } = rewriting;
    let default = settings::default_country(conn)?;
    // In the trash the last change is the deletion: that is where it is told who deleted the contact.
    let last_change = contact.deleted_at.is_none().then(|| {
        (
            contacts::updated_at.eq(clock::now()),
            contacts::updated_by.eq(account),
        )
    });
    diesel::update(contacts::table.find(contact.id))
        .set((
            Row::new(submission, default),
            contacts::topics.eq(&beside.topics),
            contacts::languages.eq(&beside.languages),
            contacts::absent_from.eq(beside.absence.from),
            contacts::absent_until.eq(beside.absence.until),
            contacts::substitute_id.eq(beside.absence.substitute),
            contacts::version.eq(contacts::version + 1),
            last_change,
        ))
        .execute(conn)?;
    contact_types::set_values(conn, contact.id, &submission.values)?;
    let entry = Entry::new(rewriting.kind, Some(account))
        .contact(contact.id)
        .version(contact.version + 1)
        .changes(rewriting.changes);
    audit::record(conn, &[entry])?;
    if contact.deleted_at.is_none() {
        reindex(conn, &[contact.id])?;
    }
    Ok(())
}

/// Lets one contact stand in where another did; returns for whom. Those who are to keep theirs are left out.
///
/// # Errors
/// Those of the database.
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
    let held: Vec<i64> = super::hold(conn, &ids)?
        .into_iter()
        .filter(|contact| contact.substitute_id == Some(from))
        .map(|contact| contact.id)
        .collect();
    diesel::update(contacts::table.filter(contacts::id.eq_any(&held)))
        .set(contacts::substitute_id.eq(to))
        .execute(conn)?;
    let entries: Vec<Entry> = held
        .iter()
        .map(|id| {
            Entry::new(Kind::AbsenceEdited, Some(account))
                .contact(*id)
                .changes(vec![Change {
                    field: "substitute".to_owned(),
                    old: from.to_string(),
                    new: to.to_string(),
                }])
        })
        .collect();
    audit::record(conn, &entries)?;
    Ok(held)
}

/// These contacts with all that became a part of them.
///
/// # Errors
/// Those of the database.
pub fn with_merged(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<i64>> {
    let mut all = ids.to_vec();
    let mut next = ids.to_vec();
    while !next.is_empty() {
        next = contacts::table
            .filter(contacts::merged_into.eq_any(&next))
            .select(contacts::id)
            .load(conn)?;
        next.retain(|id| !all.contains(id));
        all.extend(&next);
    }
    Ok(all)
}

/// The contact in the book that a form about `id` is about now: itself, or the one that it was merged into.
///
/// # Errors
/// [`AppError::InTrash`], [`AppError::NotFound`] for one that is erased, and those of the database.
pub fn present(conn: &mut AnyConnection, id: i64) -> AppResult<Contact> {
    let whole = wholes(conn, &[id])?.remove(&id).unwrap_or(id);
    let contact = profile(conn, whole)?.contact;
    match contact.deleted_at {
        None => Ok(contact),
        Some(_) => Err(AppError::InTrash),
    }
}

/// What each of these contacts is a part of in the end; one that is no part of another is left out.
///
/// # Errors
/// Those of the database.
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
        into.extend(
            rows.into_iter()
                .filter_map(|(id, whole)| Some((id, whole?))),
        );
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
