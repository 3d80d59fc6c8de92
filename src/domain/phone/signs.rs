//! The characters and words around a phone number, shared by the form, the import and the search.

use std::borrow::Cow;

use crate::domain::fold;

/// Words before a number that only announce it.
const LABELS: [&str; 4] = ["tel", "telephone", "phone", "numero"];
/// Short words that announce a number if a certain sign follows: `n°`, `no.`.
const SHORT_LABELS: [&str; 2] = ["n", "no"];

/// Returns `true` for a character between the digits of one number. The apostrophe is included because Excel marks text with it.
pub fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || is_dash(c)
        || matches!(c, '.' | '·' | '•' | '_' | '~' | '/' | '(' | ')' | '[' | ']' | '\'' | '’')
}

pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}')
}

/// Returns `true` for an invisible character: soft hyphens, zero-width characters, direction marks (phones put them around a
/// copied number), byte order marks.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
    )
}

/// The text without invisible characters.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(is_invisible) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|&c| !is_invisible(c)).collect())
}

/// Returns `true` if a word announces a number. `behind` is the text after it.
pub(super) fn is_label(word: &str, behind: &str) -> bool {
    let folded = fold(word);
    LABELS.contains(&folded.as_str())
        || SHORT_LABELS.contains(&folded.as_str()) && behind.starts_with(['°', 'º', '.'])
}

/// A text without its label: `01 10…` for `tél. 01 10…`, `+33…` for `tel:+33…`.
pub fn without_label(text: &str) -> &str {
    let word = text.find(|c: char| !c.is_alphabetic()).map_or(text, |end| &text[..end]);
    if word.is_empty() || !is_label(word, &text[word.len()..]) {
        return text;
    }
    text[word.len()..].trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '°' | 'º'))
}

/// The digits of a text that is a single number, after its `+` if it has one; `None` if it has any other character.
/// The zero of `+33 (0)1…`, which is not dialled from abroad, is left out.
pub fn bare(text: &str) -> Option<String> {
    let visible = visible(text);
    let text = without_label(visible.trim());
    let begin = text.trim_start_matches(is_separator);
    let text = if begin.starts_with('+') || begin.starts_with("00") {
        text.replacen("(0)", "", 1)
    } else {
        text.to_owned()
    };
    let mut bare = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' => bare.push(c),
            '+' if bare.is_empty() => bare.push(c),
            c if is_separator(c) => {}
            _ => return None,
        }
    }
    Some(bare)
}
