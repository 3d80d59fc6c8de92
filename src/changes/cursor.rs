//! A place in the feed, and its text.

use std::fmt;

use crate::domain::BookId;
use crate::error::{AppError, AppResult};

/// A place in the order of the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Place {
    /// The id of a row of `feed`; 0 is before the first one.
    pub row: i64,
    /// An entry's id within a run, or a contact's id within a batch of created ones; [`Place::END`] is behind the whole batch.
    pub within: i64,
}

impl Place {
    pub const END: i64 = i64::MAX;
}

/// A place in the feed of a book, behind one item. For programs it is an opaque text of letters, digits, `-` and `.`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(super) book: BookId,
    pub(super) place: Place,
}

impl Cursor {
    /// Parses the text that [`Cursor`]'s `Display` writes, and no other spelling of it.
    ///
    /// # Errors
    /// [`AppError::UnknownCursor`]
    pub fn parse(text: &str) -> AppResult<Self> {
        let read = || {
            let mut parts = text.splitn(3, '.');
            let book = BookId::parse(parts.next()?)?;
            let (row, within) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let cursor = Self { book, place: Place { row, within } };
            (row > 0 && within >= 0 && cursor.to_string() == text).then_some(cursor)
        };
        read().ok_or(AppError::UnknownCursor)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { row, within } = self.place;
        write!(f, "{}.{row}.{within}", self.book.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn other_texts_are_unknown() {
        let own = "1f0c2a9e-77b1-8c3d.12.345";
        assert_eq!(Cursor::parse(own).unwrap().to_string(), own);
        for text in [
            "",
            ".",
            "..",
            "1f0c2a9e-77b1-8c3d",
            "1f0c2a9e-77b1-8c3d.12",
            "1f0c2a9e-77b1-8c3d.12.345.6",
            "1f0c2a9e-77b1-8c3d.12.345 ",
            " 1f0c2a9e-77b1-8c3d.12.345",
            "1F0C2A9E-77b1-8c3d.12.345",
            "1f0c2a9e-77b1-7c3d.12.345",
            "1f0c2a9e-77b1-8c3d.0.345",
            "1f0c2a9e-77b1-8c3d.-1.345",
            "1f0c2a9e-77b1-8c3d.12.-345",
            "1f0c2a9e-77b1-8c3d.+12.345",
            "1f0c2a9e-77b1-8c3d.012.345",
            "1f0c2a9e-77b1-8c3d.12.9223372036854775808",
            "1f0c2a9e-77b1-8c3d.１２.345",
            "1f0c2a9e-77b1-8c3d.1e3.345",
            "1f0c2a9e-77b1-8c3d\u{200B}.12.345",
            "'; DROP TABLE feed; --",
        ] {
            assert!(matches!(Cursor::parse(text), Err(AppError::UnknownCursor)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_cursor_survives_its_text(bytes: [u8; 8], row in 1..i64::MAX, within in 0..=i64::MAX) {
            let cursor = Cursor { book: BookId::of(bytes), place: Place { row, within } };
            let text = cursor.to_string();
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
            prop_assert_eq!(Cursor::parse(&text).unwrap(), cursor);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}|[0-9a-f.-]{0,40}") {
            if let Ok(cursor) = Cursor::parse(&text) {
                prop_assert_eq!(cursor.to_string(), text);
            }
        }
    }
}
