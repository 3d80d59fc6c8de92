//! Single-use codes: for the first administrator, for a new account, for a forgotten password or a lost phone.
//!
//! Their 64 random bits cannot be guessed over a network in the days for which a code is valid. Only a code's hash is stored.

use sha2::{Digest as _, Sha256};

use crate::base::random::{hex, random_hex};

/// A new code as people read and type it: `1a2b-3c4d-5e6f-7a8b`.
pub fn fresh() -> String {
    grouped(&random_hex::<8>())
}

/// A new recovery code. It is valid until it is used, so an attacker with its hash could try for years: it has 112 random bits.
pub fn fresh_for_recovery() -> String {
    grouped(&random_hex::<14>())
}

fn grouped(digits: &str) -> String {
    let groups: Vec<&str> = (0..digits.len() / 4).map(|group| &digits[group * 4..group * 4 + 4]).collect();
    groups.join("-")
}

/// The hash of a typed code. Spaces, dashes and case do not count.
pub fn hash(code: &str) -> String {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    hex(&Sha256::digest(plain.as_bytes()))
}
