//! What people know about and speak.

use super::{Columns, ContactExtras, ContactWrite, Revision, Saved, apply, lock_one};
use crate::audit::Kind;
use crate::db::AnyConnection;
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
/// [`crate::error::AppError::NotFound`], also for a deleted contact.
pub fn set_expertise(
    conn: &mut AnyConnection,
    id: i64,
    new: &Expertise,
    drawn: &Drawn,
    account: i64,
) -> AppResult<Saved> {
    let known = lock_one(conn, id)?;
    let old = ContactExtras::of(&known);
    let new = ContactExtras { topics: new.topics.clone(), languages: new.languages.clone(), ..old.clone() };
    let changes = old.changes_to(&new);
    if changes.is_empty() {
        return Ok(Saved::Yes);
    }
    if !drawn.is(&[&old.topics, &old.languages]) {
        return Ok(Saved::Stale);
    }
    let columns = Columns { topics: Some(new.topics), languages: Some(new.languages), ..Columns::default() };
    let write = ContactWrite::new(&known, columns, Kind::ExpertiseEdited, changes);
    apply(conn, &[write.revision(Revision::Same)], Some(account))?;
    Ok(Saved::Yes)
}
