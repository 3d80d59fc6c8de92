//! What people know about and speak.

use diesel::prelude::*;

use super::{Beside, Saved, hold_one, reindex};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::domain::Drawn;
use crate::error::AppResult;

/// As stored: one a line.
pub struct Expertise {
    pub topics: String,
    pub languages: String,
}

/// What is so already is not written again.
///
/// # Errors
/// [`crate::error::AppError::NotFound`], also for a deleted contact, and those of the database.
pub fn set_expertise(
    conn: &mut AnyConnection,
    id: i64,
    new: &Expertise,
    drawn: &Drawn,
    account: i64,
) -> AppResult<Saved> {
    let known = hold_one(conn, id)?;
    let old = Beside::of(&known);
    let new = Beside {
        topics: new.topics.clone(),
        languages: new.languages.clone(),
        ..old.clone()
    };
    let changes = old.changes_to(&new);
    if changes.is_empty() {
        return Ok(Saved::Yes);
    }
    if !drawn.is(&[&old.topics, &old.languages]) {
        return Ok(Saved::Stale);
    }
    diesel::update(contacts::table.find(id))
        .set((
            contacts::topics.eq(&new.topics),
            contacts::languages.eq(&new.languages),
            contacts::updated_at.eq(clock::now()),
            contacts::updated_by.eq(account),
        ))
        .execute(conn)?;
    let entry = Entry::new(Kind::ExpertiseEdited, Some(account));
    audit::record(conn, &[entry.contact(id).changes(changes)])?;
    reindex(conn, &[id])?;
    Ok(Saved::Yes)
}
