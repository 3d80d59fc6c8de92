//! The word about what was just done, kept in the session from the POST to the page that follows it.

use actix_session::Session;

const KEY: &str = "flash";

pub fn set(session: &Session, message: String) {
    // Serializing a string does not fail; a lost word loses nothing else.
    let _ = session.insert(KEY, message);
}

pub fn take(session: &Session) -> Option<String> {
    // Looked up first: `remove` marks the session changed, and each page view would be a write.
    if !session.contains_key(KEY) {
        return None;
    }
    session.remove_as::<String>(KEY)?.ok()
}
