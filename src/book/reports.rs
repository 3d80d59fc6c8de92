//! Reports: mistakes on a contact's page, which anybody who can see the contact tells the coordinators, and their answers.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::contact::Contact;
use super::write::{lock, lock_one};
use crate::audit::{self, Entry, Kind};
use crate::base::{clock, text_enum};
use crate::db::schema::{accounts, contacts, reports};
use crate::db::waiting::{Number, Things};
use crate::db::{AnyConnection, account_name, account_name_in, on_backend};
use crate::domain::Right;
use crate::error::{AppError, AppResult};

/// The most characters of a report, and of an answer.
pub const LONGEST: usize = 1_000;
/// How many days an answered report stays.
pub const KEPT_DAYS: i64 = 90;

/// The open reports in the menu. Those on contacts in the trash count: the contact may be there because of the report.
pub const WAITING: Number = Number {
    of: Things::Reports,
    right: Right::ContactEdit,
    rows: "SELECT 1 FROM reports WHERE answered_at IS NULL ORDER BY id",
    ago: TimeDelta::zero(),
};

text_enum! {
    /// What a coordinator found.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Outcome {
        Fixed = "fixed",
        /// The contact was right.
        Unfounded = "unfounded",
    }
}

#[derive(Debug, Clone)]
pub struct Report {
    pub id: i64,
    pub contact: i64,
    pub author: String,
    pub text: String,
    pub created_at: NaiveDateTime,
    /// `None` while it is open.
    pub answer: Option<Answer>,
}

#[derive(Debug, Clone)]
pub struct Answer {
    pub outcome: Outcome,
    /// May be empty.
    pub text: String,
    pub by: String,
    pub at: NaiveDateTime,
}

type AnswerColumns = (Option<String>, String, Option<String>, Option<NaiveDateTime>);
type ReportColumns = (i64, i64, String, String, NaiveDateTime, AnswerColumns);

fn report((id, contact, author, text, created_at, answer): ReportColumns) -> Report {
    let (outcome, answer, by, at) = answer;
    let outcome = outcome.as_deref().and_then(Outcome::parse);
    let answer =
        outcome.zip(at).map(|(outcome, at)| Answer { outcome, text: answer, by: by.unwrap_or_default(), at });
    Report { id, contact, author, text, created_at, answer }
}

/// The reports to read.
#[derive(Debug, Clone, Copy)]
enum Which {
    One(i64),
    /// On a contact, the latest first.
    Of(i64),
    /// Without an answer, after an id, the oldest first.
    Open {
        after: i64,
    },
}

fn load(conn: &mut AnyConnection, which: Which, limit: i64) -> AppResult<Vec<Report>> {
    let answering = diesel::alias!(accounts as answering);
    let by = answering.field(accounts::id).nullable().eq(reports::answered_by);
    let rows: Vec<ReportColumns> = on_backend!(conn, |conn| {
        let query = reports::table
            .inner_join(accounts::table)
            .left_join(answering.on(by))
            .limit(limit)
            .select((
                reports::id,
                reports::contact_id,
                account_name(),
                reports::text,
                reports::created_at,
                (
                    reports::outcome,
                    reports::answer,
                    account_name_in!(answering).nullable(),
                    reports::answered_at,
                ),
            ))
            .into_boxed();
        match which {
            Which::One(id) => query.filter(reports::id.eq(id)),
            Which::Of(contact) => query.filter(reports::contact_id.eq(contact)).order(reports::id.desc()),
            Which::Open { after } => query
                .filter(reports::answered_at.is_null())
                .filter(reports::id.gt(after))
                .order(reports::id.asc()),
        }
        .load(conn)?
    });
    Ok(rows.into_iter().map(report).collect())
}

/// # Errors
/// [`AppError::NotFound`]
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Report> {
    load(conn, Which::One(id), 1)?.pop().ok_or(AppError::NotFound)
}

/// The latest reports on a contact.
pub fn of_contact(conn: &mut AnyConnection, contact: i64, limit: i64) -> AppResult<Vec<Report>> {
    load(conn, Which::Of(contact), limit)
}

/// The open reports with an id above `after`, the oldest first, each with its contact, which may be in the trash.
pub fn open(conn: &mut AnyConnection, after: i64, limit: i64) -> AppResult<Vec<(Report, Contact)>> {
    let reports = load(conn, Which::Open { after }, limit)?;
    let ids: Vec<i64> = reports.iter().map(|report| report.contact).collect();
    let found: Vec<Contact> =
        contacts::table.filter(contacts::id.eq_any(ids)).select(Contact::as_select()).load(conn)?;
    let of = |report: &Report| found.iter().find(|contact| contact.id == report.contact).cloned();
    Ok(reports.into_iter().filter_map(|report| of(&report).map(|contact| (report, contact))).collect())
}

/// The time of the oldest open report.
pub fn oldest(conn: &mut AnyConnection) -> AppResult<Option<NaiveDateTime>> {
    Ok(reports::table
        .filter(reports::answered_at.is_null())
        .order(reports::id.asc())
        .select(reports::created_at)
        .first(conn)
        .optional()?)
}

/// Adds a report. A second request with the same form key and the same text adds nothing.
///
/// # Errors
/// [`AppError::NotFound`] if the contact does not exist or is deleted, `Taken(ReportForm)` if the same form is being saved at the
/// same moment.
pub fn add(
    conn: &mut AnyConnection,
    contact: i64,
    text: &str,
    form_key: Option<&str>,
    account: i64,
) -> AppResult<()> {
    // Locked, so that the contact is not merged into another at this moment, which would leave the report behind.
    lock_one(conn, contact)?;
    let before: Option<String> =
        reports::table.filter(reports::form_key.eq(form_key)).select(reports::text).first(conn).optional()?;
    let form_key = match before {
        None => form_key,
        Some(before) if before == text => return Ok(()),
        // A browser may keep the key when its user goes back and types another report.
        Some(_) => None,
    };
    diesel::insert_into(reports::table)
        .values((
            reports::contact_id.eq(contact),
            reports::account_id.eq(account),
            reports::text.eq(text),
            reports::form_key.eq(form_key),
            reports::created_at.eq(clock::now()),
        ))
        .execute(conn)?;
    audit::record(conn, &[Entry::new(Kind::ReportAdded, Some(account)).contact(contact)])
}

/// Answers a report. Returns `false` if somebody else, or with another answer, has answered it; nothing is written then. The same
/// answer by the same account is a second click.
///
/// # Errors
/// [`AppError::NotFound`]
pub fn answer(
    conn: &mut AnyConnection,
    id: i64,
    (outcome, text): (Outcome, &str),
    account: i64,
) -> AppResult<bool> {
    let contact: i64 = reports::table.find(id).select(reports::contact_id).first(conn)?;
    // Before the report, as an erasure and a merge lock them.
    lock(conn, &[contact])?;
    let open = reports::table.find(id).filter(reports::answered_at.is_null());
    let contact: Option<i64> = diesel::update(open)
        .set((
            reports::outcome.eq(outcome.as_str()),
            reports::answer.eq(text),
            reports::answered_by.eq(account),
            reports::answered_at.eq(clock::now()),
        ))
        .returning(reports::contact_id)
        .get_result(conn)
        .optional()?;
    let Some(contact) = contact else {
        let (stored, answer, by): (Option<String>, String, Option<i64>) = reports::table
            .find(id)
            .select((reports::outcome, reports::answer, reports::answered_by))
            .first(conn)?;
        return Ok(stored.as_deref() == Some(outcome.as_str()) && answer == text && by == Some(account));
    };
    let kind = match outcome {
        Outcome::Fixed => Kind::ReportFixed,
        Outcome::Unfounded => Kind::ReportUnfounded,
    };
    audit::record(conn, &[Entry::new(kind, Some(account)).contact(contact)])?;
    Ok(true)
}

/// Moves a contact's reports, or only some of them, to another contact; returns the moved ids.
pub fn hand_over(conn: &mut AnyConnection, from: i64, to: i64, only: Option<&[i64]>) -> AppResult<Vec<i64>> {
    let mut own = reports::table.filter(reports::contact_id.eq(from)).select(reports::id).into_boxed();
    if let Some(only) = only {
        own = own.filter(reports::id.eq_any(only));
    }
    let ids: Vec<i64> = own.load(conn)?;
    if !ids.is_empty() {
        diesel::update(reports::table.filter(reports::id.eq_any(&ids)))
            .set(reports::contact_id.eq(to))
            .execute(conn)?;
    }
    Ok(ids)
}

/// Deletes the reports that were answered more than [`KEPT_DAYS`] ago.
pub fn sweep(conn: &mut AnyConnection) -> AppResult<()> {
    let before = clock::now() - TimeDelta::days(KEPT_DAYS);
    diesel::delete(reports::table.filter(reports::answered_at.lt(before))).execute(conn)?;
    Ok(())
}
