//! Codes that serve once: for the first administrator, for a new account, for whoever forgot a password or lost a phone.
//!
//! Sixty-four random bits cannot be guessed over a network in the days that a code lives; only its hash is stored.

use sha2::{Digest as _, Sha256};

use crate::base::random::{hex, random_hex};

/// A code as it is read out and typed: `1a2b-3c4d-5e6f-7a8b`.
pub fn fresh() -> String {
    grouped(&random_hex::<8>())
}

/// One that lives until it is used, so that whoever has its hash may try for years: 112 random bits.
pub fn fresh_for_recovery() -> String {
    grouped(&random_hex::<14>())
}

fn grouped(digits: &str) -> String {
    let groups: Vec<&str> = (0..digits.len() / 4)
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
