//! Finds phone numbers, or parts of them, in a search query. Numbering plans cannot tell where a number ends here, because people
//! also search for a part of a number.

use super::canonical_digits;
use super::lexemes::{extension, is_list_word, tones};
use super::signs::{is_dash, is_separator, visible, without_label};

/// The smallest number of digits after which another number can follow.
const WHOLE: usize = 9;
/// More digits than this are two French numbers with only a space between them.
const LONGEST: usize = 17;
/// The number of digits of a French number.
const FRENCH: usize = 10;

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Text(String),
    /// A number, as its canonical digits.
    Number(String),
}

/// Splits a query into pieces. A number has at least `min` digits.
pub fn asked(typed: &str, min: usize) -> Vec<Asked> {
    let typed = visible(typed);
    let mut rest = typed.trim();
    let mut all = Vec::new();
    let mut is_listed = false;
    while !rest.is_empty() {
        let mut number = without_label(rest);
        let mut length = number_length(number);
        if count_digits(&number[..length]) < min {
            number = rest;
            length = number_length(rest);
        }
        if length > 0 {
            let (text, behind) = number.split_at(length);
            let is_whole = count_digits(text) >= WHOLE;
            add_numbers(&mut all, text, is_listed, min);
            let tail = Some(behind).filter(|_| is_whole).and_then(tail_length);
            (rest, is_listed) = after_sign(behind[tail.unwrap_or(0)..].trim_start());
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            all.push(Asked::Text(rest[..end].to_owned()));
            rest = rest[end..].trim_start();
            is_listed = false;
        }
    }
    all
}

/// The length of the number, or of the numbers with only separators between them, at the beginning of a text.
fn number_length(text: &str) -> usize {
    let mut length = 0;
    let mut at = 0;
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim_end();
        let end = word.find(|c| !is_sign(c)).unwrap_or(word.len());
        let has_digit = word[..end].contains(|c: char| c.is_ascii_digit());
        if length > 0 && word.contains('+') {
            break;
        }
        if end < word.len() {
            let is_number = has_digit && count_digits(&text[..at + end]) >= WHOLE;
            let behind = &text[at + end..];
            if is_number && (tail_length(behind).is_some() || behind.starts_with([',', ';', '|', '&'])) {
                length = at + end;
            }
            // `30 40, …`
            if has_digit && matches!(&word[end..], "," | ";") {
                length = at + end;
            }
            break;
        }
        if has_digit {
            length = at + end;
        }
        at += part.len();
    }
    length
}

fn is_sign(c: char) -> bool {
    c.is_ascii_digit() || c == '+' || is_separator(c)
}

/// The length of an extension or of tones after a number; neither is searched for.
fn tail_length(text: &str) -> Option<usize> {
    let (length, _) =
        tones(text).filter(|(_, tones)| count_digits(tones) < WHOLE).or_else(|| extension(text))?;
    Some(length)
}

/// Skips a sign or word before another number. Returns the rest of the text, and whether something was skipped.
fn after_sign(text: &str) -> (&str, bool) {
    if let Some(rest) = text.strip_prefix([',', ';', '|', '&']) {
        return (rest.trim_start(), true);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let is_sign = is_list_word(word) || !word.is_empty() && word.chars().all(is_separator);
    if is_sign && number_length(rest) > 0 { (rest, true) } else { (text, false) }
}

fn add_numbers(all: &mut Vec<Asked>, text: &str, is_listed: bool, min: usize) {
    let text = text.trim_start_matches(is_separator);
    for (index, part) in parts(text).into_iter().enumerate() {
        let digits = canonical_digits(part);
        let ended = match all.last() {
            Some(Asked::Number(before)) if is_listed || index > 0 => with_ending(before, &digits),
            _ => None,
        };
        all.push(match ended {
            Some(other) => Asked::Number(other),
            None if count_digits(part) < min => Asked::Text(part.to_owned()),
            None => Asked::Number(digits),
        });
    }
}

/// Completes an ending with the number before it: `…83` for `83` after `…82`.
fn with_ending(before: &str, ending: &str) -> Option<String> {
    let is_ending = before.len() >= WHOLE && ending.len() <= 2;
    is_ending.then(|| format!("{}{ending}", &before[..before.len() - ending.len()]))
}

/// Splits a text of digits and separators into numbers: at a slash or dash that is not part of a number, and at spaces if there
/// are too many digits for one number.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for (at, sign) in text.char_indices() {
        let part = &text[begin..at];
        let is_between = sign == '/' || is_dash(sign);
        let ends_french = sign.is_whitespace()
            && count_digits(text) > LONGEST
            && part.starts_with('0')
            && count_digits(part) == FRENCH;
        if ends_french || is_between && count_digits(part) >= WHOLE && !part.contains(sign) {
            parts.push(part);
            begin = at + sign.len_utf8();
        }
    }
    parts.push(&text[begin..]);
    parts.retain(|part| count_digits(part) > 0);
    parts
}

fn count_digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}
