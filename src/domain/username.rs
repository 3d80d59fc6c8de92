use unicode_normalization::UnicodeNormalization as _;

use super::{Fault, Text};

/// The name of an account: 1 to 50 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    pub const MAX: usize = 50;

    /// # Errors
    /// [`Fault::Missing`], [`Fault::TooLong`], [`Fault::ControlCharacter`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        Text::<{ Self::MAX }>::parse_required(raw).map(|text| Self(text.into_string()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without case, and with look-alike forms of a letter made one (NFKC).
    pub fn key(&self) -> String {
        self.0.nfkc().flat_map(char::to_lowercase).collect()
    }
}
