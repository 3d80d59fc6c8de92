//! Pairs of contacts that somebody has declared distinct, on the pages of duplicates or by a decision about a doubtful row. The
//! search for duplicates leaves them alone, and the next list does not ask about them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::schema::duplicate_pairs;
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::error::AppResult;

/// The run of a pair that no search has found.
const NO_RUN: i64 = 0;

/// Declares a known pair distinct, or withdraws that. Returns `false` if there was nothing to change.
pub fn mark(
    conn: &mut AnyConnection,
    (low, high): (i64, i64),
    is_distinct: bool,
    account: Option<i64>,
) -> AppResult<bool> {
    let pair = duplicate_pairs::table.find((low, high));
    let (changed, kind) = if is_distinct {
        let open = pair.filter(duplicate_pairs::dismissed_at.is_null());
        let declared =
            (duplicate_pairs::dismissed_at.eq(clock::now()), duplicate_pairs::dismissed_by.eq(account));
        (diesel::update(open).set(declared).execute(conn)?, Kind::DuplicateDismissed)
    } else {
        let declared = pair.filter(duplicate_pairs::dismissed_at.is_not_null());
        let open = (
            duplicate_pairs::dismissed_at.eq(None::<NaiveDateTime>),
            duplicate_pairs::dismissed_by.eq(None::<i64>),
        );
        (diesel::update(declared).set(open).execute(conn)?, Kind::DuplicateReopened)
    };
    if changed == 0 {
        return Ok(false);
    }
    let entries = [low, high].map(|id| Entry::new(kind, account).contact(id));
    audit::record(conn, &entries)?;
    Ok(true)
}

/// Declares a contact distinct from others, also where no search has found the pair.
pub fn declare(
    conn: &mut AnyConnection,
    contact: i64,
    others: &[i64],
    account: Option<i64>,
) -> AppResult<()> {
    for pair in pairs(contact, others) {
        let new = (
            duplicate_pairs::low_id.eq(pair.0),
            duplicate_pairs::high_id.eq(pair.1),
            duplicate_pairs::reasons.eq(""),
            duplicate_pairs::certainty.eq(0),
            duplicate_pairs::run.eq(NO_RUN),
            duplicate_pairs::found_at.eq(clock::now()),
        );
        on_backend!(conn, |conn| diesel::insert_into(duplicate_pairs::table)
            .values(new)
            .on_conflict_do_nothing()
            .execute(conn))?;
        mark(conn, pair, true, account)?;
    }
    Ok(())
}

/// Withdraws what [`declare`] has declared. A pair that a search has found since is open again.
pub fn withdraw(
    conn: &mut AnyConnection,
    contact: i64,
    others: &[i64],
    account: Option<i64>,
) -> AppResult<()> {
    for pair in pairs(contact, others) {
        mark(conn, pair, false, account)?;
        let unfound = duplicate_pairs::table
            .find(pair)
            .filter(duplicate_pairs::run.eq(NO_RUN))
            .filter(duplicate_pairs::dismissed_at.is_null());
        diesel::delete(unfound).execute(conn)?;
    }
    Ok(())
}

/// The pairs of a contact with others, the lower id first.
fn pairs(contact: i64, others: &[i64]) -> impl Iterator<Item = (i64, i64)> {
    let others = others.iter().filter(move |other| **other != contact);
    others.map(move |other| (contact.min(*other), contact.max(*other)))
}

/// The declared pairs with one of these contacts, the lower id first.
pub fn of(conn: &mut AnyConnection, contacts: &[i64]) -> AppResult<Vec<(i64, i64)>> {
    if contacts.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    // A statement for each column, so that each uses its index.
    for column in ["duplicate_pairs.low_id", "duplicate_pairs.high_id"] {
        let declared: Vec<(i64, i64)> = on_backend!(conn, |conn| duplicate_pairs::table
            .filter(in_json_list(column, contacts)?)
            .filter(duplicate_pairs::dismissed_at.is_not_null())
            .select((duplicate_pairs::low_id, duplicate_pairs::high_id))
            .load(conn))?;
        found.extend(declared);
    }
    Ok(found)
}
