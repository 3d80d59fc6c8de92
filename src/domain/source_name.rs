use std::ops::Deref;

use super::{Fault, Text};

/// The name of a source of external ids: 1 to 50 letters, digits and hyphens, so that it can be a part of a URL and of a
/// control's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceName(String);

impl SourceName {
    pub const MAX: usize = 50;

    /// # Errors
    /// [`Fault::Missing`], [`Fault::NotASourceName`], [`Fault::TooLong`], [`Fault::ControlCharacter`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        let name = Text::<{ Self::MAX }>::parse_required(raw)?;
        let is_sign = |c: char| c.is_alphanumeric() || c == '-';
        if !name.chars().all(is_sign) || !name.contains(char::is_alphanumeric) {
            return Err(Fault::NotASourceName);
        }
        Ok(Self(name.into_string()))
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl Deref for SourceName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_letters_digits_and_hyphens() {
        for name in ["RH", "sap-rh-2", "Référentiel", "CRM2", "7"] {
            assert_eq!(&*SourceName::parse(&format!(" {name} ")).unwrap(), name);
        }
        for name in ["SAP RH", "a_b", "a/b", "<b>", "🙂", "-", "--", "a:b"] {
            assert_eq!(SourceName::parse(name), Err(Fault::NotASourceName), "{name}");
        }
        assert_eq!(SourceName::parse(" "), Err(Fault::Missing));
        assert_eq!(SourceName::parse("a\0b"), Err(Fault::ControlCharacter));
        assert_eq!(SourceName::parse(&"é".repeat(51)), Err(Fault::TooLong { length: 51, max: 50 }));
    }
}
