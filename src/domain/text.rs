use std::borrow::Cow;
use std::ops::Deref;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::Fault;

/// One line of text of at most `MAX` characters: NFC, trimmed, without control characters. May be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// # Errors
    /// [`Fault::TooLong`], [`Fault::ControlCharacter`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        clean(raw, MAX).map(|text| Self(text.into_owned()))
    }

    /// As [`Text::parse`], and not empty.
    ///
    /// # Errors
    /// Those of `parse`, [`Fault::Missing`]
    pub fn parse_required(raw: &str) -> Result<Self, Fault> {
        let text = Self::parse(raw)?;
        if text.0.is_empty() {
            return Err(Fault::Missing);
        }
        Ok(text)
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// `raw` in NFC and without white space around it, when it has at most `max` characters.
///
/// # Errors
/// [`Fault::TooLong`], [`Fault::ControlCharacter`]
pub(super) fn clean(raw: &str, max: usize) -> Result<Cow<'_, str>, Fault> {
    let trimmed = raw.trim();
    let text = if is_nfc(trimmed) {
        Cow::Borrowed(trimmed)
    } else {
        Cow::Owned(trimmed.nfc().collect())
    };
    if text.chars().any(is_control) {
        return Err(Fault::ControlCharacter);
    }
    let length = text.chars().count();
    if length > max {
        return Err(Fault::TooLong { length, max });
    }
    Ok(text)
}

/// Several lines: NFC, line ends as `\n`, without white space around the whole, at most `max` characters.
///
/// # Errors
/// [`Fault::TooLong`], [`Fault::ControlCharacter`]
pub fn clean_lines(raw: &str, max: usize) -> Result<String, Fault> {
    let text: String = raw
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .nfc()
        .collect();
    // Only whole empty lines go from the beginning: an indented first line stays indented.
    let begin = text
        .char_indices()
        .take_while(|(_, c)| c.is_whitespace())
        .filter(|(_, c)| *c == '\n')
        .last()
        .map_or(0, |(at, _)| at + 1);
    let text = text[begin..].trim_end();
    if text
        .chars()
        .any(|c| c != '\n' && c != '\t' && is_control(c))
    {
        return Err(Fault::ControlCharacter);
    }
    let length = text.chars().count();
    if length > max {
        return Err(Fault::TooLong { length, max });
    }
    Ok(text.to_owned())
}

/// Control characters, and the two separators that some programs take for a line break.
pub(super) fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_are_counted_in_characters_after_nfc() {
        assert_eq!(&*Text::<1>::parse("e\u{301}").unwrap(), "é");
        assert_eq!(
            Text::<2>::parse("abc"),
            Err(Fault::TooLong { length: 3, max: 2 })
        );
    }

    #[test]
    fn a_line_break_inside_is_refused_and_around_is_trimmed() {
        assert_eq!(&*Text::<9>::parse(" a\n").unwrap(), "a");
        assert_eq!(Text::<9>::parse("a\nb"), Err(Fault::ControlCharacter));
        assert_eq!(Text::<9>::parse("a\0b"), Err(Fault::ControlCharacter));
    }

    #[test]
    fn several_lines_keep_their_breaks_and_nothing_else_unseen() {
        assert_eq!(
            clean_lines(" \r\n  a\r\n\tb\rc \n", 9).unwrap(),
            "  a\n\tb\nc"
        );
        assert_eq!(clean_lines("a\0b", 9), Err(Fault::ControlCharacter));
        assert_eq!(clean_lines(" \n ", 9).unwrap(), "");
        assert_eq!(
            clean_lines("ab\nc", 3),
            Err(Fault::TooLong { length: 4, max: 3 })
        );
    }

    proptest! {
        #[test]
        fn lines_are_accepted_again_unchanged(raw in "[ \\n\\r\\ta-cé\u{301}\u{2028}]{0,30}") {
            if let Ok(text) = clean_lines(&raw, 50) {
                prop_assert_eq!(clean_lines(&text, 50), Ok(text.clone()));
            }
        }

        #[test]
        fn what_is_accepted_is_accepted_again_unchanged(raw in ".{0,60}") {
            if let Ok(text) = Text::<50>::parse(&raw) {
                prop_assert_eq!(Text::<50>::parse(&text), Ok(text.clone()));
            }
        }
    }
}
