use super::{Fault, Text, fold};

/// The name of an import: 1 to 50 characters without white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportName(String);

impl ImportName {
    const MAX: usize = 50;

    /// Parses a name.
    ///
    /// # Errors
    /// [`Fault::Missing`], [`Fault::WhiteSpace`], [`Fault::TooLong`], [`Fault::ControlCharacter`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        let name = Text::<{ Self::MAX }>::parse_required(raw)?;
        if name.contains(char::is_whitespace) {
            return Err(Fault::WhiteSpace);
        }
        Ok(Self(name.into_string()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The comparison key: names that differ only in case or accents would be confused.
    pub fn key(&self) -> String {
        fold(&self.0)
    }
}
