//! The key of one filled-in form. A form that is sent twice, by a double click or a reload, creates one object only.

use crate::base::random::random_hex;

/// A key for a new form.
pub fn fresh() -> String {
    random_hex::<16>()
}

/// The key of a sent form, if it is well-formed.
pub fn read(text: &str) -> Option<String> {
    let is_ours = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_ours.then(|| text.to_owned())
}
