//! The wrong codes of an account: their limits, and the message to its owner.
//!
//! An attacker with the password can guess the code. The waits of `throttle.rs` allow about 1 440 tries per day, and three codes
//! of a million are right at any time ([`super::totp`] accepts one step early and one late): one chance in two within half a
//! year. [`A_DAY`] reduces it to one in 16 000 per day, and [`IN_A_ROW`] to one in 1 100 for any period in which the owner does
//! not sign in; an owner who signs in gets a message. Recovery codes cannot be guessed, so they are accepted beyond both limits.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::base::clock;
use crate::db::schema::accounts;
use crate::db::{AnyConnection, lock_rows};
use crate::error::AppResult;

/// The number of wrong codes in a day after which codes of the app are not checked until the day is over.
pub const A_DAY: i64 = 20;
/// The number of wrong codes without a right one at sign-in after which codes of the app are not checked until a recovery code
/// was typed or an administrator has removed the factor.
pub const IN_A_ROW: i64 = 300;
const DAY: TimeDelta = TimeDelta::hours(24);

/// The time until which codes of the app are not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Until(NaiveDateTime),
    UntilRecovery,
}

impl Limit {
    /// The number of seconds to wait before the next try. If waiting does not help, it is a day, so that programs do not try more
    /// often.
    pub fn seconds(self) -> i64 {
        match self {
            Self::Until(end) => (end - clock::now()).num_seconds().max(0) + 1,
            Self::UntilRecovery => DAY.num_seconds(),
        }
    }
}

/// The wrong codes for the owner's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongCodes {
    pub count: i64,
    pub since: NaiveDateTime,
}

/// The counts of an account.
#[derive(Queryable, Selectable, AsChangeset)]
#[diesel(table_name = accounts, treat_none_as_null = true)]
pub struct Counts {
    /// Since the owner last signed in with a right code.
    #[diesel(column_name = wrong_codes)]
    in_a_row: i64,
    #[diesel(column_name = wrong_codes_since)]
    since: Option<NaiveDateTime>,
    #[diesel(column_name = wrong_codes_of_day)]
    of_day: i64,
    /// The beginning of the day.
    #[diesel(column_name = wrong_codes_day)]
    day: Option<NaiveDateTime>,
}

impl Counts {
    const NONE: Self = Self { in_a_row: 0, since: None, of_day: 0, day: None };

    /// The current counts.
    pub fn of(conn: &mut AnyConnection, id: i64) -> AppResult<Self> {
        let counts = accounts::table.find(id).select(Self::as_select());
        Ok(counts.first::<Self>(conn)?.at(clock::now()))
    }

    /// The current counts, locked until the transaction ends, so that several codes at once are checked one after the other.
    pub fn held(conn: &mut AnyConnection, id: i64) -> AppResult<Self> {
        let row = accounts::table.find(id);
        let _: Vec<i64> = lock_rows!(conn, row, accounts::id, for_no_key_update);
        Self::of(conn, id)
    }

    /// Resets the count of the day if the day is over. A beginning in the future was written before the clock was set back.
    fn at(mut self, now: NaiveDateTime) -> Self {
        let is_over = |began: NaiveDateTime| (now - began).abs() >= DAY;
        if self.day.is_none_or(is_over) {
            self.day = None;
            self.of_day = 0;
        }
        self
    }

    pub fn limit(&self) -> Option<Limit> {
        if self.in_a_row >= IN_A_ROW {
            return Some(Limit::UntilRecovery);
        }
        let began = self.day?;
        (self.of_day >= A_DAY).then_some(Limit::Until(began + DAY))
    }

    pub fn told(&self) -> Option<WrongCodes> {
        let (count, since) = (self.in_a_row, self.since?);
        (count > 0).then_some(WrongCodes { count, since })
    }

    /// Adds one wrong code.
    pub fn add(self, conn: &mut AnyConnection, id: i64) -> AppResult<()> {
        let now = clock::now();
        let more = Self {
            in_a_row: self.in_a_row + 1,
            since: self.since.or(Some(now)),
            of_day: self.of_day + 1,
            day: self.day.or(Some(now)),
        };
        more.store(conn, id)
    }

    /// Resets the count in a row, because the owner has signed in and gets the message. The count of the day stays.
    pub fn tell(self, conn: &mut AnyConnection, id: i64) -> AppResult<()> {
        let told = Self { in_a_row: 0, since: None, ..self };
        told.store(conn, id)
    }

    /// Resets all counts, because the factor was changed or turned off.
    pub fn clear(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
        Self::NONE.store(conn, id)
    }

    fn store(&self, conn: &mut AnyConnection, id: i64) -> AppResult<()> {
        diesel::update(accounts::table.find(id)).set(self).execute(conn)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(in_a_row: i64, of_day: i64, began: NaiveDateTime) -> Counts {
        Counts { in_a_row, since: Some(began), of_day, day: Some(began) }
    }

    #[test]
    fn the_limit_of_a_day_ends_with_the_day_and_the_limit_in_a_row_does_not() {
        let began = clock::now();
        let limit = |in_a_row, of_day, later| {
            let counts = counts(in_a_row, of_day, began);
            counts.at(began + TimeDelta::seconds(later)).limit()
        };
        assert_eq!(limit(19, 19, 10), None);
        assert_eq!(limit(20, 20, 86_399), Some(Limit::Until(began + DAY)));
        assert_eq!(limit(20, 20, 86_400), None);
        assert_eq!(limit(20, 20, -86_400), None, "the clock was set back");
        assert_eq!(limit(299, 3, 0), None);
        assert_eq!(limit(300, 0, 86_400 * 400), Some(Limit::UntilRecovery));
    }

    #[test]
    fn guessing_at_a_code_is_as_unlikely_as_is_written() {
        // Three codes of a million are right at any time.
        let chance = |tries: i64| 1.0 - (1.0_f64 - 3e-6).powi(i32::try_from(tries).unwrap());
        assert!(chance(A_DAY) < 1.0 / 16_000.0);
        assert!(chance(IN_A_ROW) < 1.0 / 1_100.0);
    }
}
