use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Deref;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::visible::{is_invisible, visible};
use super::{Fault, fold};

/// One line of text of at most `MAX` characters: NFC, trimmed, without invisible or control characters. May be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Parses a text.
    ///
    /// # Errors
    /// [`Fault::TooLong`], [`Fault::ControlCharacter`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        clean(raw, MAX).map(|text| Self(text.into_owned()))
    }

    /// Like [`Text::parse`], but refuses an empty text.
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

/// A text in NFC, without invisible characters and without white space around it. Every value is tidied before it is checked, and
/// a stored value of an older version is repaired with it.
pub fn tidy(raw: &str) -> Cow<'_, str> {
    match visible(raw) {
        Cow::Borrowed(text) => match text.trim() {
            trimmed if is_nfc(trimmed) => trimmed.into(),
            trimmed => trimmed.nfc().collect(),
        },
        Cow::Owned(text) => text.trim().nfc().collect(),
    }
}

/// A stored value of an older version as this version would store it. It is unchanged if it has no invisible characters.
pub fn repaired(stored: &str) -> Cow<'_, str> {
    if matches!(visible(stored), Cow::Borrowed(_)) {
        return stored.into();
    }
    if stored.contains('\n') {
        return clean_lines(stored, usize::MAX).map_or(stored.into(), Cow::Owned);
    }
    tidy(stored)
}

/// Like [`repaired`], for several values, one per line. Values that become equal are kept once.
pub fn repaired_list(stored: &str) -> String {
    if matches!(visible(stored), Cow::Borrowed(_)) {
        return stored.to_owned();
    }
    let mut known = HashSet::new();
    let values = stored.lines().map(tidy);
    let values: Vec<_> = values.filter(|value| !value.is_empty() && known.insert(fold(value))).collect();
    values.join("\n")
}

/// The first `max` characters of the tidied text, without control characters: what a search, a filter or a short display uses of
/// it. No text is refused.
pub fn tidy_prefix(typed: &str, max: usize) -> String {
    let text = tidy(typed);
    text.chars().filter(|c| !c.is_control()).take(max).collect()
}

/// The tidied text, if it has at most `max` characters.
///
/// # Errors
/// [`Fault::TooLong`], [`Fault::ControlCharacter`]
pub(super) fn clean(raw: &str, max: usize) -> Result<Cow<'_, str>, Fault> {
    let text = tidy(raw);
    if text.chars().any(is_control) {
        return Err(Fault::ControlCharacter);
    }
    let length = text.chars().count();
    if length > max {
        return Err(Fault::TooLong { length, max });
    }
    Ok(text)
}

/// Parses a value. If it is refused only because of a remaining invisible joiner, the fault names that character, because people
/// cannot see it.
pub(super) fn naming_invisible<T>(raw: &str, parse: impl Fn(&str) -> Result<T, Fault>) -> Result<T, Fault> {
    parse(raw).map_err(|fault| {
        let Some(character) = visible(raw).chars().find(|c| is_invisible(*c)) else {
            return fault;
        };
        let plain: String = raw.chars().filter(|c| !is_invisible(*c)).collect();
        match parse(&plain) {
            Ok(_) => Fault::Invisible { character },
            Err(_) => fault,
        }
    })
}

/// Several lines in NFC, with line ends as `\n`, without invisible characters and without white space around the whole text; at
/// most `max` characters.
///
/// # Errors
/// [`Fault::TooLong`], [`Fault::ControlCharacter`]
pub fn clean_lines(raw: &str, max: usize) -> Result<String, Fault> {
    let text: String = visible(raw).replace("\r\n", "\n").replace('\r', "\n").nfc().collect();
    // At the beginning, only whole empty lines are removed: an indented first line stays indented.
    let begin = text
        .char_indices()
        .take_while(|(_, c)| c.is_whitespace())
        .filter(|(_, c)| *c == '\n')
        .last()
        .map_or(0, |(at, _)| at + 1);
    let text = text[begin..].trim_end();
    if text.chars().any(|c| c != '\n' && c != '\t' && is_control(c)) {
        return Err(Fault::ControlCharacter);
    }
    let length = text.chars().count();
    if length > max {
        return Err(Fault::TooLong { length, max });
    }
    Ok(text.to_owned())
}

/// Returns `true` for control characters, and for the two separators that some programs read as a line break.
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
        assert_eq!(Text::<2>::parse("abc"), Err(Fault::TooLong { length: 3, max: 2 }));
    }

    #[test]
    fn a_line_break_inside_is_refused_and_around_is_trimmed() {
        assert_eq!(&*Text::<9>::parse(" a\n").unwrap(), "a");
        assert_eq!(Text::<9>::parse("a\nb"), Err(Fault::ControlCharacter));
        assert_eq!(Text::<9>::parse("a\0b"), Err(Fault::ControlCharacter));
    }

    #[test]
    fn invisible_characters_are_removed_first() {
        assert_eq!(&*Text::<6>::parse(" \u{FEFF} Mar\u{AD}tin\u{200B} ").unwrap(), "Martin");
        // Characters that an invisible character separates.
        assert_eq!(&*Text::<1>::parse("e\u{34F}\u{301}").unwrap(), "é");
        assert_eq!(clean_lines("\u{FEFF}\u{200B}\na\u{AD}b", 9).unwrap(), "ab");
        assert_eq!(Text::<9>::parse_required("\u{200B}"), Err(Fault::Missing));
    }

    #[test]
    fn stored_values_are_repaired_as_they_would_be_stored_now() {
        assert_eq!(repaired("Mar\u{AD}tin "), "Martin");
        assert_eq!(repaired("  a\n\u{FEFF}b"), "  a\nb");
        // Nothing else is changed.
        assert_eq!(repaired(" a "), " a ");
        assert_eq!(repaired_list("eau\n\u{200B}Eau\n\u{AD}\ngaz"), "eau\ngaz");
        assert_eq!(repaired_list("eau\nEau"), "eau\nEau");
    }

    #[test]
    fn a_joiner_that_makes_a_value_invalid_is_named() {
        let only_plain = |text: &str| match text {
            "\u{645}\u{62A}" => Ok(()),
            _ => Err(Fault::NotAChoice),
        };
        assert_eq!(
            naming_invisible("\u{645}\u{200C}\u{62A}", only_plain),
            Err(Fault::Invisible { character: '\u{200C}' })
        );
        assert_eq!(naming_invisible("\u{645}\u{62A}", only_plain), Ok(()));
        assert_eq!(naming_invisible("a", only_plain), Err(Fault::NotAChoice));
    }

    #[test]
    fn several_lines_keep_their_breaks_and_no_other_invisible_characters() {
        assert_eq!(clean_lines(" \r\n  a\r\n\tb\rc \n", 9).unwrap(), "  a\n\tb\nc");
        assert_eq!(clean_lines("a\0b", 9), Err(Fault::ControlCharacter));
        assert_eq!(clean_lines(" \n ", 9).unwrap(), "");
        assert_eq!(clean_lines("ab\nc", 3), Err(Fault::TooLong { length: 4, max: 3 }));
    }

    proptest! {
        #[test]
        fn lines_are_accepted_again_unchanged(raw in "[ \\n\\r\\ta-cé\u{301}\u{2028}\u{200B}\u{200D}\u{915}]{0,30}") {
            if let Ok(text) = clean_lines(&raw, 50) {
                prop_assert_eq!(clean_lines(&text, 50), Ok(text.clone()));
            }
        }

        #[test]
        fn what_is_accepted_is_accepted_again_unchanged(raw in "(.|[e\u{301}\u{AD}\u{34F}\u{200D}\u{94D}\u{915}\u{1F525}]){0,60}") {
            if let Ok(text) = Text::<50>::parse(&raw) {
                prop_assert_eq!(Text::<50>::parse(&text), Ok(text.clone()));
            }
        }
    }
}
