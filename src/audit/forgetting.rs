//! Removal of personal data from the history when people are erased: the only changes that the database allows.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::Kind;
use crate::db::AnyConnection;
use crate::db::schema::audit_entries;
use crate::error::{AppError, AppResult};

/// The longest time between a transaction's own timestamp and its entry.
const MOMENT: TimeDelta = TimeDelta::minutes(1);

/// Removes the changed values from all entries about these contacts; returns the number of entries.
pub fn forget_values(conn: &mut AnyConnection, contacts: &[i64]) -> AppResult<i64> {
    let forgotten = diesel::update(
        audit_entries::table
            .filter(audit_entries::contact_id.eq_any(contacts))
            .filter(audit_entries::changes.is_not_null()),
    )
    .set(audit_entries::changes.eq(None::<String>))
    .execute(conn)?;
    i64::try_from(forgotten).map_err(|error| AppError::Internal(error.into()))
}

/// Removes the values from the entries about merges into a contact between two times: the first merge, and its undoing, whose
/// entry comes a moment later. All merges in between were undone before.
pub fn forget_merges(
    conn: &mut AnyConnection,
    contact: i64,
    (since, until): (NaiveDateTime, NaiveDateTime),
) -> AppResult<i64> {
    let merges = [Kind::ContactMerged, Kind::MergeUndone].map(Kind::as_str);
    let forgotten = diesel::update(
        audit_entries::table
            .filter(audit_entries::contact_id.eq(contact))
            .filter(audit_entries::kind.eq_any(merges))
            .filter(audit_entries::at.between(since, until + MOMENT))
            .filter(audit_entries::changes.is_not_null()),
    )
    .set(audit_entries::changes.eq(None::<String>))
    .execute(conn)?;
    i64::try_from(forgotten).map_err(|error| AppError::Internal(error.into()))
}

/// Removes the names of filters that match `is_about`.
pub fn forget_filters(
    conn: &mut AnyConnection,
    is_about: impl Fn(&mut AnyConnection, &str) -> AppResult<bool>,
) -> AppResult<()> {
    let filters = [Kind::FilterSaved, Kind::FilterEdited, Kind::FilterDeleted].map(Kind::as_str);
    let told = audit_entries::table
        .filter(audit_entries::kind.eq_any(filters))
        .filter(audit_entries::subject.ne(""));
    let names: Vec<String> = told.clone().select(audit_entries::subject).distinct().load(conn)?;
    for name in names {
        if is_about(conn, &name)? {
            diesel::update(told.clone().filter(audit_entries::subject.eq(&name)))
                .set(audit_entries::subject.eq(""))
                .execute(conn)?;
        }
    }
    Ok(())
}
