//! The changes that people make to one contact at a time.

use std::collections::HashSet;
use std::iter;

use diesel::prelude::*;

use super::{
    Columns, ContactExtras, ContactWrite, Creator, NewWhole, WholeValues, apply, create_wholes, deleted_with,
    lock, profile,
};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::contact_types;
use crate::book::external_ids::{self, ExternalId, Source};
use crate::db::schema::contacts;
use crate::db::{AnyConnection, settings};
use crate::domain::{Details, Email, Field};
use crate::error::{AppError, AppResult, Constraint};

/// The valid content of a contact's form, with the organization and the contact type looked up.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    pub details: Details,
    /// The organization whose name is in the details.
    pub organization_id: Option<i64>,
    /// The contact type whose name is in the details.
    pub contact_type_id: Option<i64>,
    /// The fields of this type, by id, with their new values.
    pub values: Vec<(i64, String)>,
    /// The key of a form for a new contact. A form that is sent twice creates one contact.
    pub form_key: Option<String>,
}

/// What a new contact has besides its form.
#[derive(Debug, Clone, Default)]
pub struct NewExtras {
    /// One per line.
    pub topics: String,
    pub languages: String,
    pub external_ids: Vec<(Source, Vec<String>)>,
}

impl NewExtras {
    fn values(&self, submission: &Submission) -> WholeValues {
        let of = |(source, values): &(Source, Vec<String>)| {
            values.iter().map(|value| (source.id, value.clone())).collect::<Vec<_>>()
        };
        WholeValues {
            submission: submission.clone(),
            topics: self.topics.clone(),
            languages: self.languages.clone(),
            external_ids: self.external_ids.iter().flat_map(of).collect(),
            is_restored: false,
        }
    }

    /// The entries of the history, as if each part had been saved by its own form.
    fn entries(&self, contact: i64, account: i64) -> Vec<Entry> {
        let (topics, languages) = (self.topics.clone(), self.languages.clone());
        let expertise = ContactExtras { topics, languages, ..ContactExtras::default() };
        let ids = self.external_ids.iter().flat_map(|(source, values)| {
            let id =
                |value: &String| ExternalId { id: 0, contact, source: source.clone(), value: value.clone() };
            values.iter().map(id).collect::<Vec<_>>()
        });
        let ids: Vec<ExternalId> = ids.collect();
        [
            (Kind::ExpertiseEdited, ContactExtras::default().changes_to(&expertise)),
            (Kind::ExternalIdsEdited, external_ids::changes(&[], &ids)),
        ]
        .into_iter()
        .filter(|(_, changes)| !changes.is_empty())
        .map(|(kind, changes)| Entry::new(kind, Some(account)).contact(contact).changes(changes))
        .collect()
    }
}

/// The result of [`create`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    New(i64),
    /// A deleted contact had this e-mail. It was restored, with the typed values on top of its own.
    Restored(i64),
}

/// Creates a contact, or restores the deleted contact with the same e-mail. A form that was sent before with the same content
/// creates nothing: the result is the contact that it created then.
///
/// # Errors
/// `Taken(ContactEmail)`; `Taken(ContactForm)` if the same form is being saved at the same moment.
pub fn create(conn: &mut AnyConnection, submission: &Submission, account: i64) -> AppResult<Created> {
    create_with(conn, submission, &NewExtras::default(), account)
}

/// Like [`create`], with more than the form has. A restored contact does not get it.
///
/// # Errors
/// Those of [`create`]; `Taken(ExternalId)` if another contact has one of the ids, [`AppError::Gone`] if a source was deleted.
pub fn create_with(
    conn: &mut AnyConnection,
    submission: &Submission,
    extras: &NewExtras,
    account: i64,
) -> AppResult<Created> {
    // Looked up once: a second look-up could already see what the same form created meanwhile, and take that for another contact.
    let before = with_key(conn, submission.form_key.as_deref())?;
    if let Some(id) = before
        && holds(conn, id, submission)?
    {
        return Ok(Created::New(id));
    }
    let form_key = submission.form_key.as_deref().filter(|_| before.is_none());
    let email = Email::stored(submission.details.get(Field::Email));
    if let Some(email) = &email
        && let Some(id) = deleted_with(conn, email)?
    {
        let known = profile(conn, id)?;
        let mut details = known.details();
        details.fill_in(&submission.details);
        let together = Submission {
            details,
            organization_id: submission.organization_id.or(known.contact.organization_id),
            contact_type_id: submission.contact_type_id.or(known.contact.contact_type_id),
            values: submission.values.iter().filter(|(_, value)| !value.is_empty()).cloned().collect(),
            form_key: None,
        };
        return match update(conn, id, known.contact.version, &together, account, true)? {
            Saved::Yes => {
                let columns = Columns { form_key: Some(form_key.map(str::to_owned)), ..Columns::default() };
                apply(conn, &[ContactWrite::derived(&known.contact, columns)], None)?;
                Ok(Created::Restored(id))
            }
            // Another person has restored the contact since the look-up.
            Saved::Stale | Saved::Deleted => Err(AppError::Taken(Constraint::ContactEmail)),
        };
    }
    let created = insert(conn, &[(submission, extras, form_key)], account)?;
    Ok(Created::New(created[0]))
}

/// Creates contacts without forms, each with what it has besides its fields, in few statements. Returns their ids in the same order.
///
/// # Errors
/// `Taken(ContactEmail)`, also if a contact in the trash has one of the e-mails; `Taken(ExternalId)`, [`AppError::Gone`] as
/// [`create_with`].
pub fn create_all(
    conn: &mut AnyConnection,
    new: &[(&Submission, &NewExtras)],
    account: i64,
) -> AppResult<Vec<i64>> {
    let new: Vec<_> = new.iter().map(|(submission, extras)| (*submission, *extras, None)).collect();
    insert(conn, &new, account)
}

/// Writes new contacts, each with the key of its form.
fn insert(
    conn: &mut AnyConnection,
    new: &[(&Submission, &NewExtras, Option<&str>)],
    account: i64,
) -> AppResult<Vec<i64>> {
    let default = settings::default_country(conn)?;
    let have_values = new.iter().any(|(submission, ..)| !submission.values.is_empty());
    let searchable = if have_values { contact_types::searchable_fields(conn)? } else { HashSet::new() };
    let wholes = new.iter().map(|(submission, extras, form_key)| {
        let whole = NewWhole::of(extras.values(submission), &searchable, default);
        whole.of_form(form_key.map(str::to_owned))
    });
    let creator = Creator { import: None, account: Some(account) };
    let ids = create_wholes(conn, wholes.collect(), creator)?;
    let entries = ids.iter().zip(new).flat_map(|(id, (_, extras, _))| {
        let added = Entry::new(Kind::ContactAdded, Some(account)).contact(*id).version(1);
        iter::once(added).chain(extras.entries(*id, account))
    });
    audit::record(conn, &entries.collect::<Vec<Entry>>())?;
    Ok(ids)
}

/// The contact that this form created when it was sent before with the same content. A browser may also keep the key when a
/// person goes back and types the next contact: that is another contact, and the result is `None`.
pub fn made_by(conn: &mut AnyConnection, submission: &Submission) -> AppResult<Option<i64>> {
    let made = with_key(conn, submission.form_key.as_deref())?;
    Ok(match made {
        Some(id) if holds(conn, id, submission)? => made,
        _ => None,
    })
}

/// Returns `true` if the contact is still as this form made it.
fn holds(conn: &mut AnyConnection, id: i64, submission: &Submission) -> AppResult<bool> {
    let known = profile(conn, id)?;
    let mut expected = submission.details.clone();
    if known.contact.version > 1 {
        // The contact was restored, and also has its earlier values.
        expected = known.details();
        expected.fill_in(&submission.details);
    }
    Ok(known.details() == expected)
}

fn with_key(conn: &mut AnyConnection, form_key: Option<&str>) -> AppResult<Option<i64>> {
    let Some(form_key) = form_key else {
        return Ok(None);
    };
    Ok(contacts::table.filter(contacts::form_key.eq(form_key)).select(contacts::id).first(conn).optional()?)
}

/// The outcome of a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Yes,
    /// Another person has saved a newer version meanwhile; nothing was written.
    Stale,
    /// Another person has deleted the contact meanwhile; nothing was written.
    Deleted,
}

/// Overwrites the contact if it still has this version. `restore` also takes it out of the trash, where it must then be. Without
/// `restore`, a save without changes writes nothing.
///
/// # Errors
/// `Taken(ContactEmail)`, [`AppError::NotFound`].
pub fn update(
    conn: &mut AnyConnection,
    id: i64,
    version: i64,
    submission: &Submission,
    account: i64,
    restore: bool,
) -> AppResult<Saved> {
    lock(conn, &[id])?;
    let known = profile(conn, id)?;
    match (known.contact.deleted_at, restore) {
        (Some(_), false) => return Ok(Saved::Deleted),
        // A merged contact returns only when the merge is undone.
        (Some(_), true) if known.contact.merged_into.is_some() => return Ok(Saved::Deleted),
        (None, true) => return Ok(Saved::Stale),
        _ if known.contact.version != version => return Ok(Saved::Stale),
        _ => {}
    }
    let changes = known.details().changes_to(&submission.details);
    if changes.is_empty() && !restore {
        return Ok(Saved::Yes);
    }
    let mut columns = Columns::of(submission, settings::default_country(conn)?);
    let kind = if restore {
        columns.deleted_at = Some(None);
        Kind::ContactRestored
    } else {
        Kind::ContactEdited
    };
    let write = ContactWrite::new(&known.contact, columns, kind, changes);
    let write = write.values(submission.values.clone());
    apply(conn, &[write], Some(account))?;
    Ok(Saved::Yes)
}

/// Moves the contact to the trash. Returns `false`, and changes nothing, if the contact is not in the book.
pub fn delete(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<bool> {
    let contacts = lock(conn, &[id])?;
    let Some(contact) = contacts.iter().find(|known| known.deleted_at.is_none()) else {
        return Ok(false);
    };
    let columns = Columns { deleted_at: Some(Some(clock::now())), ..Columns::default() };
    let write = ContactWrite::new(contact, columns, Kind::ContactDeleted, Vec::new());
    apply(conn, &[write], Some(account))?;
    Ok(true)
}

/// Takes the contact out of the trash with its earlier values. Changes nothing if the contact is not in the trash. A merged
/// contact returns only when the merge is undone.
pub fn restore(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<()> {
    let contacts = lock(conn, &[id])?;
    let Some(contact) =
        contacts.iter().find(|known| known.deleted_at.is_some() && known.merged_into.is_none())
    else {
        return Ok(());
    };
    let columns = Columns { deleted_at: Some(None), ..Columns::default() };
    let write = ContactWrite::new(contact, columns, Kind::ContactRestored, Vec::new());
    apply(conn, &[write], Some(account))
}
