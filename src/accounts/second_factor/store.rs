//! The queries on second factors.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use zeroize::Zeroizing;

use super::PendingSecondFactor;
use super::totp::{self, Key};
use super::wrong_codes::{Counts, Limit, WrongCodes};
use crate::accounts::code;
use crate::accounts::throttle::{self, AskedTry, Buckets};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::schema::{accounts, recovery_codes};
use crate::db::{AnyConnection, on_backend, sessions};
use crate::error::AppResult;

/// The number of recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;

/// Turns the factor on with its key and the time step of the typed code, and ends the account's sessions except `keep`. Returns
/// `true` if the factor was off.
pub fn turn_on(
    conn: &mut AnyConnection,
    id: i64,
    key: &Key,
    step: i64,
    codes: &[String],
    keep: i64,
) -> AppResult<bool> {
    let off = accounts::table.find(id).filter(accounts::totp_key.is_null());
    let username: Option<String> = diesel::update(off)
        .set((
            accounts::totp_key.eq(key.base32().as_str()),
            accounts::totp_step.eq(step),
            accounts::totp_since.eq(clock::now()),
        ))
        .returning(accounts::username)
        .get_result(conn)
        .optional()?;
    let Some(username) = username else {
        return Ok(false);
    };
    replace_codes(conn, id, codes)?;
    Counts::clear(conn, id)?;
    sessions::end_all(conn, id, Some(keep))?;
    let entry = Entry::new(Kind::SecondFactorOn, Some(id)).subject(username);
    audit::record(conn, &[entry])?;
    Ok(true)
}

/// The result of checking a typed code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    Yes {
        /// The number of remaining recovery codes, if a recovery code was typed.
        codes_left: Option<i64>,
        /// The wrong codes since the last sign-in.
        wrong: Option<WrongCodes>,
    },
    No,
    /// Too many codes were wrong, so codes of the app are not checked.
    TooMany(Limit),
    /// The person must sign in again, because the password, the factor or the account has changed.
    Ended,
}

/// Checks the code in the second step of a sign-in. A right code resets the counts of failures.
pub fn pass(
    conn: &mut AnyConnection,
    half_way: &PendingSecondFactor,
    typed: &str,
    (buckets, asked): (&Buckets, AskedTry),
) -> AppResult<Passed> {
    let credentials: Option<(String, Option<String>)> = accounts::table
        .find(half_way.account)
        .filter(accounts::disabled_at.is_null())
        .select((accounts::password_hash, accounts::totp_key))
        .first(conn)
        .optional()?;
    let opened_with = credentials
        .filter(|(_, key)| key.is_some())
        .map(|(hash, key)| sessions::fingerprint(&hash, key.as_deref()));
    if opened_with.as_ref() != Some(&half_way.opened_with) {
        return Ok(Passed::Ended);
    }
    let passed = spend(conn, half_way.account, typed)?;
    if matches!(passed, Passed::Yes { .. }) {
        Counts::of(conn, half_way.account)?.tell(conn, half_way.account)?;
        throttle::forgive(conn, buckets, asked)?;
    }
    Ok(passed)
}

/// Checks a code of the app or a recovery code, and uses it up. Of several concurrent uses of a code, only one succeeds. A wrong
/// code is counted, and recorded in the history.
pub fn spend(conn: &mut AnyConnection, id: i64, typed: &str) -> AppResult<Passed> {
    let plain: Zeroizing<String> =
        typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().into();
    let counts = Counts::held(conn, id)?;
    let (is_right, codes_left) = if totp::is_code(&plain) {
        if let Some(limit) = counts.limit() {
            return Ok(Passed::TooMany(limit));
        }
        (spend_step(conn, id, &plain)?, None)
    } else {
        let codes_left = spend_recovery_code(conn, id, &plain)?;
        (codes_left.is_some(), codes_left)
    };
    if is_right {
        let wrong = counts.told();
        return Ok(Passed::Yes { codes_left, wrong });
    }
    // Beyond the limit only recovery codes are checked, and they cannot be guessed.
    if counts.limit().is_none() {
        counts.add(conn, id)?;
        record(conn, Kind::SecondFactorFailed, id, Some(id))?;
    }
    Ok(Passed::No)
}

/// Uses up a recovery code. Returns the number of remaining codes, or `None` if the text was not a recovery code.
fn spend_recovery_code(conn: &mut AnyConnection, id: i64, plain: &str) -> AppResult<Option<i64>> {
    let of_code = recovery_codes::table.find((id, code::hash(plain)));
    if diesel::delete(of_code).execute(conn)? == 0 {
        return Ok(None);
    }
    record(conn, Kind::RecoveryCodeUsed, id, Some(id))?;
    codes_left(conn, id).map(Some)
}

fn spend_step(conn: &mut AnyConnection, id: i64, code: &str) -> AppResult<bool> {
    let stored: Option<String> = accounts::table.find(id).select(accounts::totp_key).first(conn)?;
    let Some(stored) = stored else {
        return Ok(false);
    };
    let Some(step) = Key::parse(&stored)?.step_of(code) else {
        return Ok(false);
    };
    let is_new = accounts::totp_step
        .is_null()
        .or(accounts::totp_step.lt(step))
        // A step in the future was used before the clock was set back.
        .or(accounts::totp_step.gt(totp::furthest_step()));
    let unused = accounts::table.find(id).filter(accounts::totp_key.eq(stored)).filter(is_new);
    Ok(diesel::update(unused).set(accounts::totp_step.eq(step)).execute(conn)? == 1)
}

/// The number of recovery codes that the account has left.
pub fn codes_left(conn: &mut AnyConnection, id: i64) -> AppResult<i64> {
    Ok(recovery_codes::table.filter(recovery_codes::account_id.eq(id)).count().get_result(conn)?)
}

/// Replaces the recovery codes.
pub fn renew_codes(conn: &mut AnyConnection, id: i64, codes: &[String]) -> AppResult<()> {
    replace_codes(conn, id, codes)?;
    record(conn, Kind::RecoveryCodesMade, id, Some(id))
}

fn replace_codes(conn: &mut AnyConnection, id: i64, codes: &[String]) -> AppResult<()> {
    delete_codes(conn, id)?;
    let rows: Vec<_> = codes
        .iter()
        .map(|shown| (recovery_codes::account_id.eq(id), recovery_codes::code_hash.eq(code::hash(shown))))
        .collect();
    on_backend!(conn, |conn| diesel::insert_into(recovery_codes::table).values(rows).execute(conn))?;
    Ok(())
}

fn delete_codes(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(id))).execute(conn)?;
    Ok(())
}

/// Turns the factor off for its owner, and ends the account's sessions except `keep`.
pub fn turn_off(conn: &mut AnyConnection, id: i64, keep: i64) -> AppResult<()> {
    if take_off(conn, id, Some(keep))? {
        record(conn, Kind::SecondFactorOff, id, Some(id))?;
    }
    Ok(())
}

/// Removes the factor for an administrator, or for the command line if `by` is `None`. Returns `true` if there was one.
///
/// # Errors
/// [`crate::error::AppError::NotFound`]
pub fn remove(conn: &mut AnyConnection, id: i64, by: Option<i64>) -> AppResult<bool> {
    crate::accounts::store::find(conn, id)?;
    let was_on = take_off(conn, id, None)?;
    if was_on {
        record(conn, Kind::SecondFactorRemoved, id, by)?;
    }
    Ok(was_on)
}

/// Removes the factor and the recovery codes, and ends the sessions except `keep`. Returns `true` if the factor was on.
fn take_off(conn: &mut AnyConnection, id: i64, keep: Option<i64>) -> AppResult<bool> {
    let on = accounts::table.find(id).filter(accounts::totp_key.is_not_null());
    let was_on = diesel::update(on)
        .set((
            accounts::totp_key.eq(None::<String>),
            accounts::totp_step.eq(None::<i64>),
            accounts::totp_since.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?
        == 1;
    if was_on {
        delete_codes(conn, id)?;
        Counts::clear(conn, id)?;
        sessions::end_all(conn, id, keep)?;
    }
    Ok(was_on)
}

fn record(conn: &mut AnyConnection, kind: Kind, id: i64, by: Option<i64>) -> AppResult<()> {
    let username: String = accounts::table.find(id).select(accounts::username).first(conn)?;
    audit::record(conn, &[Entry::new(kind, by).subject(username)])
}
