//! The words as SQLite's index stores them.
//!
//! Of a French phone number, which hardly two contacts share, the index holds the first six digits and, as one character, the
//! last four. A search for more digits gives candidates, which are then compared with the contacts.

use crate::domain::{MIN_LAST_DIGITS, Token};

/// Digits of a French number, and how many of its first digits the index holds.
pub const NUMBER: usize = 10;
pub const BEGINNING: usize = 6;
/// First private-use characters of two ranges: one for the last four digits, one for sixteen bits of a facet.
const LAST_DIGITS: u32 = 0xF_0000;
const BITS: u32 = 0x10_0000;

/// The character for the end of a number, given its digits in reverse order; `None` if there are fewer than
/// [`MIN_LAST_DIGITS`].
pub fn sign(end: &str) -> Option<char> {
    let number: u32 = end.get(..MIN_LAST_DIGITS)?.parse().ok()?;
    char::from_u32(LAST_DIGITS + number)
}

/// A facet's word, packed: sixteen hexadecimal digits become four characters.
pub fn packed(mark: char, value: &str) -> String {
    let bits: Option<String> = (value.len() == 16)
        .then(|| {
            let parts = (0..16).step_by(4).map(|at| value.get(at..at + 4));
            parts.map(|part| char::from_u32(BITS + u32::from_str_radix(part?, 16).ok()?)).collect()
        })
        .flatten();
    format!("{mark}{}", bits.as_deref().unwrap_or(value))
}

/// Returns `true` if a word can be the beginning of a French number.
pub fn is_french(word: &str) -> bool {
    word.starts_with('0') && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words of a contact as the index holds them.
pub fn kept_words(tokens: &str) -> String {
    // Digits are a phone number if their end is a word too.
    let is_number = |word: &str| {
        word.len() == NUMBER
            && is_french(word)
            && tokens.split(' ').any(|token| {
                matches!(Token::read(token), Token::LastDigits(end) if end.bytes().eq(word.bytes().rev()))
            })
    };
    let mut words = String::with_capacity(tokens.len());
    for token in tokens.split(' ') {
        if !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
        match Token::read(token) {
            Token::Word(word) if is_number(word) => words.push_str(&word[..BEGINNING]),
            Token::Word(word) => words.push_str(word),
            Token::Name(_) => words.push_str(token),
            Token::LastDigits(end) => words.extend(sign(end)),
            Token::Facet(mark, value) => words.push_str(&packed(mark, value)),
        }
    }
    words
}
