//! The text of a key.

use sha2::{Digest as _, Sha256};

use crate::base::random::{hex, random_hex};

/// The beginning of every key, by which people and scanners of leaked secrets recognise one.
const PREFIX: &str = "carnet_";
/// Hexadecimal digits behind the prefix: 192 random bits.
const DIGITS: usize = 48;
/// The digits that pages show.
const SHOWN: usize = 6;

/// A new key.
pub fn fresh() -> String {
    format!("{PREFIX}{}", random_hex::<{ DIGITS / 2 }>())
}

/// The part of a key that pages show, to tell keys apart.
pub fn beginning(key: &str) -> String {
    key.chars().take(PREFIX.len() + SHOWN).collect()
}

/// The hash under which a key is stored; `None` if the text is not a key. It needs no salt: nobody can guess 192 bits.
pub fn hash(text: &str) -> Option<String> {
    let digits = text.strip_prefix(PREFIX)?;
    let is_key =
        digits.len() == DIGITS && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_key.then(|| hex(&Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_key_has_a_hash() {
        let key = fresh();
        assert_eq!(key.len(), 55);
        assert_ne!(key, fresh());
        assert_eq!(beginning(&key).len(), 13);
        assert!(key.starts_with(&beginning(&key)));
        assert!(hash(&key).is_some());
        for other in ["", "carnet_", &key[1..], &key[..54], &format!("{key}0"), &key.to_uppercase()] {
            assert_eq!(hash(other), None, "{other}");
        }
    }
}
