//! The expertise of contacts: topics and languages.

use super::{Columns, ContactExtras, ContactWrite, Revision, Saved, apply, lock_one};
use crate::audit::Kind;
use crate::db::AnyConnection;
use crate::domain::Drawn;
use crate::error::AppResult;

/// The expertise of a contact as stored: one value per line.
pub struct Expertise {
    pub topics: String,
    pub languages: String,
}

/// Stores the expertise of a contact, which was drawn in a form as `drawn`. Writes nothing if it is the stored expertise already,
/// or if another person has changed that since ([`Saved::Stale`]).
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
