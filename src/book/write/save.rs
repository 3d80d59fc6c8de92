//! What people do to contacts, one at a time.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{deleted_with, profile, reindex};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::{contact_types, search};
use crate::db::schema::contacts;
use crate::db::{AnyConnection, settings};
use crate::domain::{Country, Details, Email, Field, Phone, sort_key};
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

/// All that a form writes, as columns.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = contacts, treat_none_as_null = true, treat_none_as_default_value = false)]
#[expect(clippy::struct_excessive_bools, reason = "columns")]
pub(super) struct Row<'a> {
    civility: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    title: &'a str,
    organization_id: Option<i64>,
    service: &'a str,
    expert: bool,
    copy: bool,
    transfer: bool,
    email: Option<&'a str>,
    email_key: Option<String>,
    email_personal: &'a str,
    email_other: &'a str,
    phone_work: &'a str,
    phone_work_e164: Option<String>,
    sms_work: bool,
    phone_cell: &'a str,
    phone_cell_e164: Option<String>,
    sms_cell: bool,
    phone_home: &'a str,
    phone_home_e164: Option<String>,
    sms_home: bool,
    phone_other: &'a str,
    phone_other_e164: Option<String>,
    sms_other: bool,
    address: &'a str,
    postal_code: &'a str,
    city: &'a str,
    state: &'a str,
    country: &'a str,
    external_url: &'a str,
    social_x: &'a str,
    social_facebook: &'a str,
    social_line: &'a str,
    social_whatsapp: &'a str,
    social_instagram: &'a str,
    survey_opt_out: bool,
    contact_type_id: Option<i64>,
    sort_key: String,
}

impl<'a> Row<'a> {
    pub(super) fn new(submission: &'a Submission, default: Country) -> Self {
        let details = &submission.details;
        let text = |field| details.get(field);
        let on = |field| details.is_on(field);
        let e164 = |field| Phone::e164(details.get(field), default);
        let email = Email::stored(text(Field::Email));
        Self {
            civility: text(Field::Civility),
            first_name: text(Field::FirstName),
            last_name: text(Field::LastName),
            title: text(Field::Title),
            organization_id: submission.organization_id,
            service: text(Field::Service),
            expert: on(Field::Expert),
            copy: on(Field::Copy),
            transfer: on(Field::Transfer),
            email: email.is_some().then(|| text(Field::Email)),
            email_key: email.map(|email| email.key().to_owned()),
            email_personal: text(Field::EmailPersonal),
            email_other: text(Field::EmailOther),
            phone_work: text(Field::PhoneWork),
            phone_work_e164: e164(Field::PhoneWork),
            sms_work: on(Field::SmsWork),
            phone_cell: text(Field::PhoneCell),
            phone_cell_e164: e164(Field::PhoneCell),
            sms_cell: on(Field::SmsCell),
            phone_home: text(Field::PhoneHome),
            phone_home_e164: e164(Field::PhoneHome),
            sms_home: on(Field::SmsHome),
            phone_other: text(Field::PhoneOther),
            phone_other_e164: e164(Field::PhoneOther),
            sms_other: on(Field::SmsOther),
            address: text(Field::Address),
            postal_code: text(Field::PostalCode),
            city: text(Field::City),
            state: text(Field::State),
            country: text(Field::Country),
            external_url: text(Field::ExternalUrl),
            social_x: text(Field::SocialX),
            social_facebook: text(Field::SocialFacebook),
            social_line: text(Field::SocialLine),
            social_whatsapp: text(Field::SocialWhatsapp),
            social_instagram: text(Field::SocialInstagram),
            survey_opt_out: on(Field::SurveyOptOut),
            contact_type_id: submission.contact_type_id,
            sort_key: sort_key(text(Field::LastName), text(Field::FirstName)),
        }
    }
}

/// Writes what a repair makes of a contact, which the transaction holds; the key of its e-mail stays where that is taken.
pub(super) fn write_repaired(
    conn: &mut AnyConnection,
    id: i64,
    submission: &Submission,
    key: Option<&str>,
) -> AppResult<()> {
    let default = settings::default_country(conn)?;
    let mut row = Row::new(submission, default);
    row.email_key = key.map(str::to_owned);
    diesel::update(contacts::table.find(id))
        .set((row, contacts::version.eq(contacts::version + 1)))
        .execute(conn)?;
    contact_types::set_values(conn, id, &submission.values)
}

/// What became of a contact that was typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    New(i64),
    /// A deleted contact had this e-mail: it is back, with what was typed on top of what it had.
    Restored(i64),
}

/// # Errors
/// `Taken(ContactEmail)`, `Taken(ContactForm)` when the same form is just being saved, and those of the database.
pub fn create(
    conn: &mut AnyConnection,
    submission: &Submission,
    account: i64,
) -> AppResult<Created> {
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
            values: submission
                .values
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .cloned()
                .collect(),
            form_key: None,
        };
        return match update(conn, id, known.contact.version, &together, account, true)? {
            Saved::Yes => {
                diesel::update(contacts::table.find(id))
                    .set(contacts::form_key.eq(form_key))
                    .execute(conn)?;
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
            Row::new(submission, default),
            contacts::form_key.eq(form_key),
            contacts::created_at.eq(now),
            contacts::updated_at.eq(now),
            contacts::updated_by.eq(account),
        ))
        .returning(contacts::id)
        .get_result(conn)?;
    contact_types::set_values(conn, id, &submission.values)?;
    audit::record(
        conn,
        &[Entry::new(Kind::ContactAdded, Some(account))
            .contact(id)
            .version(1)],
    )?;
    reindex(conn, &[id])?;
    Ok(Created::New(id))
}

/// The contact that this form made when it was sent before, with the same in it. A browser may also keep the key when
/// somebody goes back and types the next person: that is another contact.
///
/// # Errors
/// Those of the database.
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
    Ok(contacts::table
        .filter(contacts::form_key.eq(form_key))
        .select(contacts::id)
        .first(conn)
        .optional()?)
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
/// `Taken(ContactEmail)`, [`AppError::NotFound`] and those of the database.
pub fn update(
    conn: &mut AnyConnection,
    id: i64,
    version: i64,
    submission: &Submission,
    account: i64,
    restore: bool,
) -> AppResult<Saved> {
    lock(conn, id)?;
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
    let default = settings::default_country(conn)?;
    diesel::update(contacts::table.find(id))
        .set((
            Row::new(submission, default),
            contacts::deleted_at.eq(None::<NaiveDateTime>),
            contacts::version.eq(contacts::version + 1),
            contacts::updated_at.eq(clock::now()),
            contacts::updated_by.eq(account),
        ))
        .execute(conn)?;
    contact_types::set_values(conn, id, &submission.values)?;
    let kind = if restore {
        Kind::ContactRestored
    } else {
        Kind::ContactEdited
    };
    audit::record(
        conn,
        &[Entry::new(kind, Some(account))
            .contact(id)
            .version(version + 1)
            .changes(changes)],
    )?;
    reindex(conn, &[id])?;
    Ok(Saved::Yes)
}

/// Holds the contact for the rest of the transaction, so that what is read of it stays true. One that writes on SQLite
/// is alone already.
fn lock(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    if let AnyConnection::Postgres(conn) = conn {
        contacts::table
            .find(id)
            .select(contacts::id)
            .for_update()
            .first::<i64>(conn)?;
    }
    Ok(())
}

/// Moves the contact to the trash; doing it twice is doing it once. Returns whether it was not there already.
///
/// # Errors
/// Those of the database.
pub fn delete(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<bool> {
    let now = clock::now();
    let row = contacts::table.find(id);
    let deleted: Option<i64> = diesel::update(row.filter(contacts::deleted_at.is_null()))
        .set((
            contacts::deleted_at.eq(now),
            contacts::version.eq(contacts::version + 1),
            contacts::updated_at.eq(now),
            contacts::updated_by.eq(account),
        ))
        .returning(contacts::version)
        .get_result(conn)
        .optional()?;
    let Some(version) = deleted else {
        return Ok(false);
    };
    search::remove(conn, &[id])?;
    let entry = Entry::new(Kind::ContactDeleted, Some(account));
    audit::record(conn, &[entry.contact(id).version(version)])?;
    Ok(true)
}

/// Takes the contact out of the trash as it was; doing it twice is doing it once. One that is a part of another comes back
/// by undoing that only.
///
/// # Errors
/// Those of the database.
pub fn restore(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<()> {
    let row = contacts::table.find(id);
    let restored: Option<i64> = diesel::update(
        row.filter(contacts::deleted_at.is_not_null())
            .filter(contacts::merged_into.is_null()),
    )
    .set((
        contacts::deleted_at.eq(None::<NaiveDateTime>),
        contacts::version.eq(contacts::version + 1),
        contacts::updated_at.eq(clock::now()),
        contacts::updated_by.eq(account),
    ))
    .returning(contacts::version)
    .get_result(conn)
    .optional()?;
    let Some(version) = restored else {
        return Ok(());
    };
    reindex(conn, &[id])?;
    let entry = Entry::new(Kind::ContactRestored, Some(account));
    audit::record(conn, &[entry.contact(id).version(version)])
}
