use email_address::{EmailAddress, Options};

use super::Fault;
use super::text::clean;

/// A valid e-mail address of at most 255 characters: what identifies a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    address: String,
    key: String,
}

impl Email {
    const MAX: usize = 255;

    /// # Errors
    /// [`Fault::Missing`], [`Fault::TooLong`], [`Fault::ControlCharacter`], [`Fault::NotAnEmail`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        let address = clean(raw, Self::MAX)?;
        if address.is_empty() {
            return Err(Fault::Missing);
        }
        if !is_address(&address) {
            return Err(Fault::NotAnEmail);
        }
        Ok(Self {
            key: address.to_lowercase(),
            address: address.into_owned(),
        })
    }

    /// As typed by a person: spaces that came along with a pasted address are dropped.
    ///
    /// # Errors
    /// Those of [`Email::parse`].
    pub fn parse_typed(raw: &str) -> Result<Self, Fault> {
        let compact: String = raw.chars().filter(|c| !c.is_whitespace()).collect();
        Self::parse(&compact)
    }

    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The address without case: two recipients with the same key are the same.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Beyond the grammar: a point in the domain, and none of the quoting and listing signs that mail programs
/// and the strict file read as something else.
fn is_address(text: &str) -> bool {
    let options = Options::default()
        .with_required_tld()
        .without_domain_literal()
        .without_display_text();
    !text.contains(['"', ',', ';', '<', '>', '(', ')', '\\'])
        && !text.contains(char::is_whitespace)
        && EmailAddress::parse_with_options(text, options).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_without_case_and_kept_as_typed() {
        let email = Email::parse(" Hélène.Lefèvre@Mairie.example ").unwrap();
        assert_eq!(email.as_str(), "Hélène.Lefèvre@Mairie.example");
        assert_eq!(email.key(), "hélène.lefèvre@mairie.example");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "a",
            "a@",
            "@b.fr",
            "a@b",
            "a b@c.fr",
            "a@b@c.fr",
            "a@b..fr",
            "\"a\"@b.fr",
            "a,b@c.fr",
            "A <a@b.fr>",
            "a@[127.0.0.1]",
            "a@.fr",
            "a@b.fr.",
            "a@-b.fr",
        ] {
            assert_eq!(Email::parse(text), Err(Fault::NotAnEmail), "{text}");
        }
        assert_eq!(Email::parse("  "), Err(Fault::Missing));
    }
}
