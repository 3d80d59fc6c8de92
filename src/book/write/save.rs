//! What people do to contacts, one at a time.

use diesel::prelude::*;

use super::{Columns, ContactWrite, apply, deleted_with, lock, profile, reindex};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::contact_types;
use crate::db::schema::contacts;
use crate::db::{AnyConnection, settings};
use crate::domain::{Details, Email, Field};
use crate::error::{AppError, AppResult, Constraint};

/// A contact as the form gives it: valid, and what it points to looked up.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    pub details: Details,
    /// Whose name stands in the details.
    pub organization_id: Option<i64>,
    /// Whose name stands in the details.
    pub contact_type_id: Option<i64>,
    /// The fields that this type has, with what is now to stand in them.
    pub values: Vec<(i64, String)>,
    /// Of the form of a new contact: sent twice, it makes one.
    pub form_key: Option<String>,
}

/// What became of a contact that was typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    New(i64),
    /// A deleted contact had this e-mail: it is back, with what was typed on top of what it had.
    Restored(i64),
}

/// # Errors
/// `Taken(ContactEmail)`, `Taken(ContactForm)` when the same form is just being saved.
pub fn create(conn: &mut AnyConnection, submission: &Submission, account: i64) -> AppResult<Created> {
    // Looked up once: a second look could already see what the same form made meanwhile, and take it for something else.
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
            // Someone restored it since the look-up.
            Saved::Stale | Saved::Deleted => Err(AppError::Taken(Constraint::ContactEmail)),
        };
    }
    let now = clock::now();
    let default = settings::default_country(conn)?;
    let id: i64 = diesel::insert_into(contacts::table)
        .values((
            Columns { form_key: Some(form_key.map(str::to_owned)), ..Columns::of(submission, default) },
            contacts::created_at.eq(now),
            contacts::updated_at.eq(now),
            contacts::updated_by.eq(account),
        ))
        .returning(contacts::id)
        .get_result(conn)?;
    contact_types::set_values(conn, id, &submission.values)?;
    audit::record(conn, &[Entry::new(Kind::ContactAdded, Some(account)).contact(id).version(1)])?;
    reindex(conn, &[id])?;
    Ok(Created::New(id))
}

/// The contact that this form made when it was sent before, with the same in it. A browser may also keep the key when
/// somebody goes back and types the next person: that is another contact.
pub fn made_by(conn: &mut AnyConnection, submission: &Submission) -> AppResult<Option<i64>> {
    let made = with_key(conn, submission.form_key.as_deref())?;
    Ok(match made {
        Some(id) if holds(conn, id, submission)? => made,
        _ => None,
    })
}

/// Whether the contact is as this form made it.
fn holds(conn: &mut AnyConnection, id: i64, submission: &Submission) -> AppResult<bool> {
    let known = profile(conn, id)?;
    let mut expected = submission.details.clone();
    if known.contact.version > 1 {
        // Restored: what it had before is there too.
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

/// Whether a save was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Yes,
    /// Someone else saved a newer version meanwhile: nothing was written.
    Stale,
    /// Someone deleted it meanwhile: nothing was written.
    Deleted,
}

/// Overwrites the contact if it is still at `version`; `restore` takes it out of the trash, where it then must be. A save
/// that changes nothing writes nothing.
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
        // It comes back by undoing the merge only.
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

/// Moves the contact to the trash; doing it twice is doing it once. Returns whether it was not there already.
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

/// Takes the contact out of the trash as it was; doing it twice is doing it once. A merged contact comes back only when the merge
/// is undone.
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
