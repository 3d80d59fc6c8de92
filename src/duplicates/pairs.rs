//! The found pairs, and the decisions about them.

use std::collections::HashMap;
use std::fmt;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::book::contact::Contact;
use crate::book::distinct;
use crate::book::likeness::Reasons;
use crate::db::schema::{accounts, contacts, duplicate_pairs, shared_phones};
use crate::db::waiting::{Number, Things};
use crate::db::{AnyConnection, SqlColumn, account_name, sql_column};
use crate::domain::Right;
use crate::error::AppResult;

/// Pairs are counted up to this number.
pub const COUNT_BOUND: i64 = 1_000;

/// The open pairs in the menu. Pairs with a contact in the trash stay until the next search, so the number looks at the most
/// certain 300 only: it reads no more rows after a large import has been undone. Its conditions are values, not joins, for
/// which PostgreSQL might read all contacts.
pub const WAITING: Number = Number {
    of: Things::Duplicates,
    right: Right::ContactEdit,
    rows: "SELECT 1 FROM (SELECT low_id, high_id FROM duplicate_pairs WHERE dismissed_at IS NULL \
           ORDER BY certainty DESC, low_id DESC, high_id DESC LIMIT 300) AS pairs \
           WHERE (SELECT c.deleted_at IS NULL FROM contacts AS c WHERE c.id = low_id) \
           AND (SELECT c.deleted_at IS NULL FROM contacts AS c WHERE c.id = high_id)",
    ago: TimeDelta::zero(),
};

/// Two contacts of the book that may be one person.
pub struct Pair {
    pub low: Contact,
    pub high: Contact,
    pub reasons: Reasons,
    pub certainty: i64,
    /// The time and the account of the decision that they are distinct.
    pub dismissed: Option<(NaiveDateTime, Option<String>)>,
}

impl Pair {
    pub fn cursor(&self) -> PairCursor {
        PairCursor { certainty: self.certainty, low: self.low.id, high: self.high.id }
    }
}

/// The cursor of a list of pairs; it stays valid while pairs come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairCursor {
    certainty: i64,
    low: i64,
    high: i64,
}

impl PairCursor {
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('-').map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self { certainty: next()?, low: next()?, high: next()? })
    }
}

impl fmt::Display for PairCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.certainty, self.low, self.high)
    }
}

/// The pairs to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Open,
    /// Declared distinct.
    Dismissed,
    /// Open pairs with this contact.
    Of(i64),
}

type PairColumns = (i64, i64, String, i64, Option<NaiveDateTime>, Option<String>);

/// Returns the pairs after a cursor, or the first ones for `None`, most certain first; only pairs with both contacts in the book.
pub fn page(
    conn: &mut AnyConnection,
    which: Which,
    beyond: Option<PairCursor>,
    limit: i64,
) -> AppResult<Vec<Pair>> {
    let mut query = duplicate_pairs::table
        .left_join(accounts::table.on(duplicate_pairs::dismissed_by.eq(accounts::id.nullable())))
        .filter(are_in_book())
        .order((
            duplicate_pairs::certainty.desc(),
            duplicate_pairs::low_id.desc(),
            duplicate_pairs::high_id.desc(),
        ))
        .limit(limit)
        .select((
            duplicate_pairs::low_id,
            duplicate_pairs::high_id,
            duplicate_pairs::reasons,
            duplicate_pairs::certainty,
            duplicate_pairs::dismissed_at,
            account_name().nullable(),
        ))
        .into_boxed();
    query = match which {
        Which::Open => query.filter(duplicate_pairs::dismissed_at.is_null()),
        Which::Dismissed => query.filter(duplicate_pairs::dismissed_at.is_not_null()),
        Which::Of(contact) => query
            .filter(duplicate_pairs::dismissed_at.is_null())
            .filter(duplicate_pairs::low_id.eq(contact).or(duplicate_pairs::high_id.eq(contact))),
    };
    if let Some(PairCursor { certainty, low, high }) = beyond {
        let further = duplicate_pairs::low_id
            .lt(low)
            .or(duplicate_pairs::low_id.eq(low).and(duplicate_pairs::high_id.lt(high)));
        query = query
            .filter(duplicate_pairs::certainty.le(certainty))
            .filter(duplicate_pairs::certainty.lt(certainty).or(further));
    }
    let rows: Vec<PairColumns> = query.load(conn)?;
    // Most contacts are in no pair, and the query for no contacts took a third of the time of their page.
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = rows.iter().flat_map(|row| [row.0, row.1]).collect();
    let contacts: HashMap<i64, Contact> = contacts::table
        .filter(contacts::id.eq_any(ids))
        .select(Contact::as_select())
        .load::<Contact>(conn)?
        .into_iter()
        .map(|contact| (contact.id, contact))
        .collect();
    Ok(rows
        .into_iter()
        .filter_map(|(low, high, reasons, certainty, dismissed_at, by)| {
            Some(Pair {
                low: contacts.get(&low)?.clone(),
                high: contacts.get(&high)?.clone(),
                reasons: Reasons::parse(&reasons),
                certainty,
                dismissed: dismissed_at.map(|at| (at, by)),
            })
        })
        .collect())
}

/// Both contacts of a pair are in the book. This is not a join, for which the planner might begin with the contacts.
fn are_in_book() -> SqlColumn<Bool> {
    sql_column(
        "EXISTS (SELECT 1 FROM contacts c WHERE c.id = low_id AND c.deleted_at IS NULL) \
         AND EXISTS (SELECT 1 FROM contacts c WHERE c.id = high_id AND c.deleted_at IS NULL)",
    )
}

/// Returns the time when the oldest open pair was found.
pub fn oldest(conn: &mut AnyConnection) -> AppResult<Option<NaiveDateTime>> {
    Ok(duplicate_pairs::table
        .filter(duplicate_pairs::dismissed_at.is_null())
        .filter(are_in_book())
        .order(duplicate_pairs::found_at)
        .select(duplicate_pairs::found_at)
        .first(conn)
        .optional()?)
}

/// Counts the open pairs, up to [`COUNT_BOUND`] + 1.
pub fn count(conn: &mut AnyConnection) -> AppResult<i64> {
    let some: Vec<i64> = duplicate_pairs::table
        .filter(duplicate_pairs::dismissed_at.is_null())
        .filter(are_in_book())
        .limit(COUNT_BOUND + 1)
        .select(duplicate_pairs::low_id)
        .load(conn)?;
    Ok(some.len() as i64)
}

/// Returns `true` if a pair has been declared distinct.
pub fn has_dismissed(conn: &mut AnyConnection) -> AppResult<bool> {
    let some = duplicate_pairs::table.filter(duplicate_pairs::dismissed_at.is_not_null());
    Ok(diesel::select(exists(some)).get_result(conn)?)
}

/// Returns the phone numbers shared by the most contacts, each with its number of contacts.
pub fn shared(conn: &mut AnyConnection, limit: i64) -> AppResult<Vec<(String, i64)>> {
    Ok(shared_phones::table
        .order((shared_phones::contacts.desc(), shared_phones::e164))
        .limit(limit)
        .select((shared_phones::e164, shared_phones::contacts))
        .load(conn)?)
}

/// Declares two contacts distinct, or withdraws that; a repetition changes nothing. Returns `true` if the pair exists.
pub fn dismiss(
    conn: &mut AnyConnection,
    (low, high): (i64, i64),
    is_dismissed: bool,
    account: i64,
) -> AppResult<bool> {
    if distinct::mark(conn, (low, high), is_dismissed, Some(account))? {
        return Ok(true);
    }
    Ok(diesel::select(exists(duplicate_pairs::table.find((low, high)))).get_result(conn)?)
}
