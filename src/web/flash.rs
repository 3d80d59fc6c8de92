//! The message about the last action, stored in the session from a POST until the next page.

use actix_session::Session;

use crate::db::sessions::FLASH;

/// Its presence marks the message as a warning.
const WARNS: &str = "flash_warns";

/// The message for the page.
pub struct Flash {
    pub text: String,
    pub is_warning: bool,
}

pub fn set(session: &Session, message: String) {
    // Serializing a string does not fail. If the message is lost, nothing else is.
    let _ = session.insert(FLASH, message);
    session.remove(WARNS);
}

/// Like [`set`], for a warning.
pub fn warn(session: &Session, message: String) {
    set(session, message);
    let _ = session.insert(WARNS, true);
}

pub fn take(session: &Session) -> Option<Flash> {
    // Checked first, because `remove` marks the session as changed, and each page view would be a write.
    if !session.contains_key(FLASH) {
        return None;
    }
    let is_warning = session.remove(WARNS).is_some();
    let text = session.remove_as::<String>(FLASH)?.ok()?;
    Some(Flash { text, is_warning })
}
