//! What tells one filled-in form from another: sent twice, by a double click or a reload, it makes one thing.

use crate::base::random::random_hex;

/// For a form that is drawn for the first time.
pub fn fresh() -> String {
    random_hex::<16>()
}

/// The key of a form that was sent, if it is one of ours.
pub fn read(text: &str) -> Option<String> {
    let is_ours = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_ours.then(|| text.to_owned())
}
