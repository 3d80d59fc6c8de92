//! The message about the last action, stored in the session from a POST until the next page.

use actix_session::Session;
use askama::Template;
use askama::filters::HtmlSafe;
use serde::{Deserialize, Serialize};

use crate::db::sessions::FLASH;

/// Its presence marks the message as a warning.
const WARNS: &str = "flash_warns";
/// The undo that the message offers.
const UNDO: &str = "flash_undo";
/// The path and the text of a link behind the message.
const LINK: &str = "flash_link";

/// The message for the page.
pub struct Flash {
    pub text: FlashText,
    pub is_warning: bool,
    /// What takes the action back, if the page offers that.
    pub undo: Option<Undo>,
}

/// A form with the hidden fields `undo` and `back`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undo {
    /// The path that it is sent to.
    pub action: String,
    pub value: String,
    /// The address of the page to come back to.
    pub back: String,
}

/// The text of a message, with a link behind it if it has one. It is escaped already.
#[derive(Template)]
#[template(
    source = r#"{{ text }}{% if let Some((path, label)) = link %} <a href="{{ path }}">{{ label }}</a>{% endif %}"#,
    ext = "html"
)]
pub struct FlashText {
    text: String,
    link: Option<(String, String)>,
}

impl HtmlSafe for FlashText {}

pub fn set(session: &Session, message: String) {
    // Serializing a string does not fail. If the message is lost, nothing else is.
    let _ = session.insert(FLASH, message);
    session.remove(WARNS);
    session.remove(UNDO);
    session.remove(LINK);
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

/// Adds a link to a page of ours to the message.
pub fn link_to(session: &Session, path: &str, label: String) {
    let _ = session.insert(LINK, (path, label));
}

pub fn take(session: &Session) -> Option<Flash> {
    // Checked first, because `remove` marks the session as changed, and each page view would be a write.
    if !session.contains_key(FLASH) {
        return None;
    }
    let is_warning = session.remove(WARNS).is_some();
    let undo = session.remove_as::<Undo>(UNDO).and_then(Result::ok);
    let link = session.remove_as::<(String, String)>(LINK).and_then(Result::ok);
    let text = session.remove_as::<String>(FLASH)?.ok()?;
    Some(Flash { text: FlashText { text, link }, is_warning, undo })
}
