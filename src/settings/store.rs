//! The queries on settings, and on the readings of phone numbers after a change of the default country.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::form::Choices;
use crate::audit::{self, Entry};
use crate::base::clock;
use crate::db::schema::{accounts, contacts, phone_readings};
use crate::db::{AnyConnection, settings};
use crate::domain::{Change, Country, Drawn, Role, SecondFactorFor};
use crate::error::AppResult;
use crate::jobs;

/// A run that reads phone numbers without a country again.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = phone_readings)]
pub struct Reading {
    pub id: i64,
    pub account_id: Option<i64>,
    pub country: String,
    /// The last contact that was read.
    pub cursor_id: i64,
    /// The number of phone numbers read.
    pub read_again: i64,
    /// The number of phone numbers that changed.
    pub changed: i64,
    pub finished_at: Option<NaiveDateTime>,
}

/// The result of saving a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    Yes,
    /// The choice was saved, and phone numbers must be read again.
    ReadingPhones,
    /// Another person chose another value since the form was drawn, so nothing was saved.
    Stale,
    /// This many accounts would have to set up a second factor, which must be confirmed first.
    Ask(i64),
}

/// Saves the chosen setting. It stays as it is if somebody changed it since the form was drawn, or if accounts would need a second
/// factor and the question about them is not confirmed.
pub fn change(
    conn: &mut AnyConnection,
    choices: &Choices,
    (drawn, is_confirmed): (&Drawn, bool),
    account: i64,
) -> AppResult<Changed> {
    if let Some(whose) = choices.second_factor_for {
        return change_second_factor_for(conn, whose, (drawn, is_confirmed), account);
    }
    match choices.default_country {
        Some(country) => change_country(conn, country, drawn, account),
        None => Ok(Changed::Yes),
    }
}

fn change_second_factor_for(
    conn: &mut AnyConnection,
    whose: SecondFactorFor,
    (drawn, is_confirmed): (&Drawn, bool),
    account: i64,
) -> AppResult<Changed> {
    settings::hold(conn)?;
    let former = settings::second_factor_for(conn)?;
    if former == whose {
        return Ok(Changed::Yes);
    }
    if !drawn.is(&[former.as_str()]) {
        return Ok(Changed::Stale);
    }
    let concerned = without_second_factor(conn, whose)?;
    if concerned > 0 && !is_confirmed {
        return Ok(Changed::Ask(concerned));
    }
    settings::set(conn, settings::SECOND_FACTOR_FOR, whose.as_str())?;
    record(conn, settings::SECOND_FACTOR_FOR, former.as_str(), whose.as_str(), account)?;
    Ok(Changed::Yes)
}

/// The number of accounts that would have to set up a second factor.
fn without_second_factor(conn: &mut AnyConnection, whose: SecondFactorFor) -> AppResult<i64> {
    let roles: Vec<&str> =
        Role::ALL.iter().filter(|role| whose.includes(**role)).map(|role| role.as_str()).collect();
    Ok(accounts::table
        .filter(accounts::role.eq_any(roles))
        .filter(accounts::totp_since.is_null())
        // The company's provider asks for the factor of its accounts.
        .filter(accounts::issuer.is_null())
        .filter(accounts::disabled_at.is_null())
        .count()
        .get_result(conn)?)
}

/// Sets the default country and starts the reading for it.
fn change_country(
    conn: &mut AnyConnection,
    country: Country,
    drawn: &Drawn,
    account: i64,
) -> AppResult<Changed> {
    settings::hold(conn)?;
    let former = settings::default_country(conn)?;
    if former == country {
        return Ok(Changed::Yes);
    }
    if !drawn.is(&[former.code()]) {
        return Ok(Changed::Stale);
    }
    settings::set_default_country(conn, country)?;
    record(conn, "default_country", former.code(), country.code(), account)?;
    let reading: i64 = diesel::insert_into(phone_readings::table)
        .values((
            phone_readings::account_id.eq(account),
            phone_readings::country.eq(country.code()),
            phone_readings::created_at.eq(clock::now()),
        ))
        .returning(phone_readings::id)
        .get_result(conn)?;
    jobs::enqueue(conn, jobs::Kind::PhoneReading, reading)?;
    Ok(Changed::ReadingPhones)
}

fn record(conn: &mut AnyConnection, field: &str, old: &str, new: &str, account: i64) -> AppResult<()> {
    let change = Change { field: field.to_owned(), old: old.to_owned(), new: new.to_owned() };
    let entry = Entry::new(audit::Kind::SettingsEdited, Some(account)).changes(vec![change]);
    audit::record(conn, &[entry])
}

/// The reading of the latest change. Earlier ones are obsolete, finished or not.
pub fn last_reading(conn: &mut AnyConnection) -> AppResult<Option<Reading>> {
    Ok(phone_readings::table
        .order(phone_readings::id.desc())
        .select(Reading::as_select())
        .first(conn)
        .optional()?)
}

/// The number of contacts that a reading has passed, and the number of all contacts.
pub fn progress(conn: &mut AnyConnection, reading: &Reading) -> AppResult<(i64, i64)> {
    let all = contacts::table.count();
    let done = all.filter(contacts::id.le(reading.cursor_id)).get_result(conn)?;
    Ok((done, all.get_result(conn)?))
}

/// Adds a batch's counts and moves the cursor, if the cursor is still where the batch began.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if it is not.
pub fn advance(
    conn: &mut AnyConnection,
    reading: &Reading,
    to: i64,
    numbers: i64,
    changed: i64,
) -> AppResult<()> {
    let here = phone_readings::table.find(reading.id).filter(phone_readings::cursor_id.eq(reading.cursor_id));
    let counted = (
        phone_readings::cursor_id.eq(to),
        phone_readings::read_again.eq(phone_readings::read_again + numbers),
        phone_readings::changed.eq(phone_readings::changed + changed),
    );
    jobs::advance(conn, diesel::update(here).set(counted))
}

/// Finishes a reading, and records it in the history.
pub fn finish(conn: &mut AnyConnection, reading: &Reading) -> AppResult<()> {
    let going_on = phone_readings::table.find(reading.id).filter(phone_readings::finished_at.is_null());
    let finished = diesel::update(going_on).set(phone_readings::finished_at.eq(clock::now()));
    jobs::finish(conn, (jobs::Kind::PhoneReading, reading.id), finished)?;
    let entry = Entry::new(audit::Kind::PhonesReadAgain, reading.account_id)
        .subject(format!("{}/{}", reading.read_again, reading.changed));
    audit::record(conn, &[entry])
}
