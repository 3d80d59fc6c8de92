//! The message about the last action, stored in the session from a POST until the next page.

use actix_session::Session;
use serde::{Deserialize, Serialize};

use crate::db::sessions::FLASH;

/// Its presence marks the message as a warning.
const WARNS: &str = "flash_warns";
/// The undo that the message offers.
const UNDO: &str = "flash_undo";

/// The message for the page.
pub struct Flash {
    pub text: String,
    pub is_warning: bool,
    /// What takes the action back, if the page offers that.
    pub undo: Option<Undo>,
}

/// A form with one hidden field `undo`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undo {
    /// The path that it is sent to.
    pub action: String,
    pub value: String,
}

pub fn set(session: &Session, message: String) {
    // Serializing a string does not fail. If the message is lost, nothing else is.
    let _ = session.insert(FLASH, message);
    session.remove(WARNS);
    session.remove(UNDO);
}

/// Like [`set`], for a warning.
pub fn warn(session: &Session, message: String) {
    set(session, message);
    let _ = session.insert(WARNS, true);
}

/// Adds a button to the message that takes the action back.
pub fn offer_undo(session: &Session, undo: &Undo) {
    let _ = session.insert(UNDO, undo);
}

pub fn take(session: &Session) -> Option<Flash> {
    // Checked first, because `remove` marks the session as changed, and each page view would be a write.
    if !session.contains_key(FLASH) {
        return None;
    }
    let is_warning = session.remove(WARNS).is_some();
    let undo = session.remove_as::<Undo>(UNDO);
    let text = session.remove_as::<String>(FLASH)?.ok()?;
    let undo = undo.and_then(Result::ok);
    Some(Flash { text, is_warning, undo })
}
