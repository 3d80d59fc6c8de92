use unicode_normalization::UnicodeNormalization as _;

use super::fold::one_apostrophe;
use super::{Fault, Text};

/// The name of an account: 1 to 50 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    pub const MAX: usize = 50;

    /// Parses a name.
    ///
    /// # Errors
    /// [`Fault::Missing`], [`Fault::TooLong`], [`Fault::ControlCharacter`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        Text::<{ Self::MAX }>::parse_required(raw).map(|text| Self(text.into_string()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The comparison key: lower case, with one form for look-alike forms of a letter (NFKC) and of the apostrophe.
    pub fn key(&self) -> String {
        // Before NFKC, which turns the acute accent into a space and a mark.
        let letters = self.0.chars().map(one_apostrophe).nfkc();
        letters.flat_map(char::to_lowercase).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_equal() {
        let key = |name| Username::parse(name).unwrap().key();
        for name in ["D'Arc", "d’arc", "dʼarc", "d´arc", "D\u{AD}'Arc\u{200B}", "ｄ＇arc"] {
            assert_eq!(key(name), "d'arc", "{name}");
        }
        assert_eq!(Username::parse("\u{200B}"), Err(Fault::Missing));
    }
}
