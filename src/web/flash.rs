//! The word about what was just done, kept in the session from the POST to the page that follows it.

use actix_session::Session;

use crate::db::sessions::FLASH;

/// There, where the word is a warning.
const WARNS: &str = "flash_warns";

/// The word, as the page shows it.
pub struct Flash {
    pub text: String,
    pub is_warning: bool,
}

pub fn set(session: &Session, message: String) {
    // Serializing a string does not fail; a lost word loses nothing else.
    let _ = session.insert(FLASH, message);
    session.remove(WARNS);
}

/// As [`set`], of what should worry its reader.
pub fn warn(session: &Session, message: String) {
    set(session, message);
    let _ = session.insert(WARNS, true);
}

pub fn take(session: &Session) -> Option<Flash> {
    // Looked up first: `remove` marks the session changed, and each page view would be a write.
    if !session.contains_key(FLASH) {
        return None;
    }
    let is_warning = session.remove(WARNS).is_some();
    let text = session.remove_as::<String>(FLASH)?.ok()?;
    Some(Flash { text, is_warning })
}
