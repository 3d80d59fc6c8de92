//! Codes that serve once: for the first administrator, for a new account, for whoever forgot a password.
//!
//! Sixty-four random bits cannot be guessed over a network in the days that a code lives; only its hash is stored.

use sha2::{Digest as _, Sha256};

use crate::web::csrf::{hex, random_hex};

/// A code as it is read out and typed: `1a2b-3c4d-5e6f-7a8b`.
pub fn fresh() -> String {
    let digits = random_hex::<8>();
    let groups: Vec<&str> = (0..4)
        .map(|group| &digits[group * 4..group * 4 + 4])
        .collect();
    groups.join("-")
}

/// Spaces, dashes and case of a typed code do not count.
pub fn hash(code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    hex(&Sha256::digest(plain.as_bytes()))
}
