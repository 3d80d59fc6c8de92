//! The tokens of a text with phone numbers.

use super::signs::{is_dash, is_separator};
use crate::domain::fold;

/// Folded words that come before an extension.
const EXTENSION_MARKS: [&str; 6] = ["poste", "extension", "ext", "post", "p", "x"];
/// The largest number of digits of an extension; a longer run of digits is a number.
const EXTENSION_DIGITS: usize = 7;
/// Folded words between two numbers.
const LIST_WORDS: [&str; 5] = ["ou", "et", "or", "and", "puis"];
/// The largest number of digits directly after a word that are part of it: `bât12`.
const WORD_DIGITS: usize = 3;
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LexemeKind {
    Digits,
    Plus,
    /// Separators.
    Gap,
    Word,
    Other,
}

#[derive(Debug, Clone, Copy)]
pub struct Lexeme<'a> {
    pub kind: LexemeKind,
    pub text: &'a str,
    pub at: usize,
}

impl Lexeme<'_> {
    pub fn end(&self) -> usize {
        self.at + self.text.len()
    }
}

pub fn lexemes(text: &str) -> Vec<Lexeme<'_>> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let run = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let (kind, length) = if first.is_ascii_digit() {
            (LexemeKind::Digits, run(|c| c.is_ascii_digit()))
        } else if is_separator(first) {
            (LexemeKind::Gap, run(is_separator))
        } else if first.is_alphabetic() {
            (LexemeKind::Word, word_length(rest))
        } else if first == '+' {
            (LexemeKind::Plus, 1)
        } else {
            (LexemeKind::Other, first.len_utf8())
        };
        let text = &rest[..length];
        all.push(Lexeme { kind, text, at });
        at += length;
    }
    all
}

/// The length of a word: letters, with a few digits directly after them.
fn word_length(text: &str) -> usize {
    let letters = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let digits = &text[letters..];
    let digits = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    if digits > WORD_DIGITS || is_mark(&text[..letters]) { letters } else { letters + digits }
}

/// Returns `true` for an extension without a number before it: `poste 12`.
pub fn is_extension_alone(text: &str) -> bool {
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit());
    if !(1..=EXTENSION_DIGITS).contains(&(text.len() - before.len())) {
        return false;
    }
    let before = before.trim_end_matches(is_before_extension);
    let rest = before.trim_end_matches(|c: char| c.is_alphabetic() || c == '#');
    is_mark(&before[rest.len()..]) && !rest.contains(|c: char| c.is_ascii_digit())
}

fn is_mark(word: &str) -> bool {
    word == "#" || EXTENSION_MARKS.contains(&fold(word).as_str())
}

/// Returns `true` for a character between the mark of an extension and its digits.
fn is_before_extension(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | ':' | '=' | '°')
}

/// Returns `true` if the lexeme separates two numbers.
pub fn is_list_sign(lexeme: &Lexeme<'_>) -> bool {
    match lexeme.kind {
        LexemeKind::Gap => lexeme.text.contains(|c| c == '/' || is_dash(c)),
        LexemeKind::Word => is_list_word(lexeme.text),
        LexemeKind::Other => matches!(lexeme.text, "," | ";" | "|" | "&"),
        _ => false,
    }
}

pub fn is_list_word(word: &str) -> bool {
    LIST_WORDS.contains(&fold(word).as_str())
}

/// The extension at the beginning of a text that follows a number, after its length in the text.
pub fn extension(text: &str) -> Option<(usize, String)> {
    let rest = text
        .trim_start_matches(|c: char| c.is_whitespace() || is_dash(c) || matches!(c, ',' | ';' | '(' | '/'));
    let is_bracketed = text[..text.len() - rest.len()].contains('(');
    let mark = if rest.starts_with('#') { 1 } else { rest.find(|c: char| !c.is_alphabetic())? };
    if !is_mark(&rest[..mark]) {
        return None;
    }
    let rest = rest[mark..].trim_start_matches(is_before_extension);
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    if !(1..=EXTENSION_DIGITS).contains(&digits) {
        return None;
    }
    let (digits, after) = rest.split_at(digits);
    let closed = usize::from(is_bracketed && after.starts_with(')'));
    Some((text.len() - after.len() + closed, digits.to_owned()))
}

/// The tones at the beginning of a text that follows a number: pauses and digits that are dialled after the answer, `,,123#`,
/// after their length in the text. Older phones write `p` instead of a comma, or `w` for waiting, for which links have no sign.
pub fn tones(text: &str) -> Option<(usize, String)> {
    let is_pause = |c: char| matches!(c, ',' | 'p' | 'P' | 'w' | 'W');
    let is_tone = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#');
    let length = text.find(|c| !is_pause(c) && !is_tone(c)).unwrap_or(text.len());
    let (tones, after) = text.split_at(length);
    let are_tones =
        tones.starts_with(is_pause) && tones.ends_with(is_tone) && !after.starts_with(char::is_alphanumeric);
    let pause = |c| if is_pause(c) { ',' } else { c };
    are_tones.then(|| (length, tones.chars().map(pause).collect()))
}
