use std::borrow::Cow;

use email_address::{EmailAddress, Options};
use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

use super::Fault;
use super::fold::is_apostrophe;
use super::text::{clean, naming_invisible, tidy};

/// A valid e-mail address of at most 255 characters. It identifies a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    address: String,
    key: String,
}

/// The largest number of characters of a host name's label, and of the whole name (RFC 1035, section 2.3.4).
const LABEL: usize = 63;
const HOST: usize = 253;

impl Email {
    const MAX: usize = 255;

    /// Parses an address.
    ///
    /// # Errors
    /// [`Fault::Missing`], [`Fault::TooLong`], [`Fault::ControlCharacter`], [`Fault::Invisible`], [`Fault::NotAnEmail`], and
    /// for the part after the `@`: [`Fault::EmailSign`], [`Fault::EmailNumber`], [`Fault::EmailHost`]
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        naming_invisible(raw, Self::parse_visible)
    }

    fn parse_visible(raw: &str) -> Result<Self, Fault> {
        let address = clean(raw, Self::MAX)?;
        if address.is_empty() {
            return Err(Fault::Missing);
        }
        if address.starts_with(is_apostrophe) && address.contains('@') {
            return Err(Fault::EmailApostrophe);
        }
        if !is_address(&address) {
            return Err(Fault::NotAnEmail);
        }
        let (name, domain) = parts(&address);
        let host = host(domain)?;
        Ok(Self { key: key(name, &host), address: address.into_owned() })
    }

    /// Parses an address that a person typed. Spaces are removed, because they come with pasted addresses.
    ///
    /// # Errors
    /// Those of [`Email::parse`].
    pub fn parse_typed(raw: &str) -> Result<Self, Fault> {
        let compact: String = raw.chars().filter(|c| !c.is_whitespace()).collect();
        Self::parse(&compact)
    }

    /// An address from the book, without checks, because older versions accepted some that would be refused now. Returns `None`
    /// for an empty address.
    pub fn stored(address: &str) -> Option<Self> {
        let address = tidy(address).into_owned();
        let (name, domain) = parts(&address);
        // An invalid host name is compared unchanged.
        let key = key(name, &host(domain).unwrap_or(domain.into()));
        (!address.is_empty()).then_some(Self { address, key })
    }

    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The comparison key: the address in lower case, with a non-ASCII host name as A-labels. Two recipients with the same key
    /// are the same.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The key, and the different key that versions before A-labels made of the same address, if there is one.
    pub fn keys(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let older = Self::older_key(&self.key).map(Cow::Owned);
        [Cow::Borrowed(self.key())].into_iter().chain(older)
    }

    /// The key that versions before A-labels had in place of `key`, if it is different.
    pub fn older_key(key: &str) -> Option<String> {
        let (name, domain) = parts(key);
        if !domain.contains("xn--") {
            return None;
        }
        let (unicode, _) = idna::domain_to_unicode(domain);
        (unicode != domain).then(|| format!("{name}@{unicode}"))
    }

    /// The current key for a stored key of any version.
    pub fn key_today(stored: &str) -> Cow<'_, str> {
        if stored.is_ascii() {
            return stored.into();
        }
        Self::stored(stored).map_or(stored.into(), |email| email.key.into())
    }
}

/// The parts before and after the last `@`.
fn parts(address: &str) -> (&str, &str) {
    address.rsplit_once('@').unwrap_or((address, ""))
}

fn key(name: &str, host: &str) -> String {
    let mut key = name.to_lowercase();
    if !host.is_empty() {
        key.push('@');
        key.push_str(&host.to_lowercase());
    }
    key
}

/// Checks the grammar, and two more rules: the domain has a point, and the address has none of the quotes and list separators
/// that mail programs and the strict file interpret differently.
fn is_address(text: &str) -> bool {
    let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
    !text.contains(['"', ',', ';', '<', '>', '(', ')', '\\'])
        && !text.contains(char::is_whitespace)
        && EmailAddress::parse_with_options(text, options).is_ok()
}

/// Converts a host name to A-labels (RFC 5890). It must have at least two labels of letters, digits and hyphens, and the last
/// label must not be a number.
fn host(domain: &str) -> Result<Cow<'_, str>, Fault> {
    let is_strange = |c: &char| c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.');
    if let Some(sign) = domain.chars().find(is_strange) {
        return Err(Fault::EmailSign { sign });
    }
    let is_a_label = |label: &str| {
        let prefix = label.as_bytes().first_chunk::<4>();
        prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"xn--"))
    };
    let host = if domain.is_ascii() && !domain.split('.').any(is_a_label) {
        domain.into()
    } else {
        Uts46::new()
            .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
            .map_err(|_| Fault::EmailHost)?
    };
    let is_label =
        |label: &str| (1..=LABEL).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
    let last = host.rsplit('.').next().unwrap_or_default();
    if host.len() > HOST || !host.contains('.') || !host.split('.').all(is_label) {
        return Err(Fault::EmailHost);
    }
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::EmailNumber);
    }
    Ok(host)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_compared_without_case_and_kept_as_typed() {
        let email = Email::parse(" Hélène.Lefèvre@Mairie.example ").unwrap();
        assert_eq!(email.as_str(), "Hélène.Lefèvre@Mairie.example");
        assert_eq!(email.key(), "hélène.lefèvre@mairie.example");
    }

    #[test]
    fn texts_that_are_not_addresses_are_refused() {
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
            "a@ex-.fr",
        ] {
            assert_eq!(Email::parse(text), Err(Fault::NotAnEmail), "{text}");
        }
        assert_eq!(Email::parse("  "), Err(Fault::Missing));
    }

    #[test]
    fn the_part_after_the_at_sign_must_be_a_host_name() {
        let sign = |sign| Fault::EmailSign { sign };
        for (text, fault) in [
            ("jean@ex.fr?subject=x", sign('?')),
            ("test@iana/icann.org", sign('/')),
            ("jean@ex_ample.fr", sign('_')),
            ("jean@ex.fr&cc=a", sign('&')),
            ("jean@münchen.de?cc=a", sign('?')),
            ("a@1.2.3.4", Fault::EmailNumber),
            ("a@exemple.2026", Fault::EmailNumber),
            ("'jean@ex.fr", Fault::EmailApostrophe),
            ("’jean@ex.fr", Fault::EmailApostrophe),
            ("a@xn--0.fr", Fault::EmailHost),
        ] {
            assert_eq!(Email::parse(text), Err(fault), "{text}");
        }
        for text in [
            "o'neil@ex.fr",
            "j@3m.com",
            "j@163.com",
            "j@a-b.c--d.fr",
            "j@EX.FR",
            "j@xn--mnchen-3ya.de",
            "j@straße.de",
            "j@例え.テスト",
            "j@пример.рф",
        ] {
            assert!(Email::parse(text).is_ok(), "{text}");
        }
        let long = format!("j@{}.fr", "a".repeat(64));
        assert!(Email::parse(&long).is_err());
    }

    #[test]
    fn a_joiner_that_host_names_cannot_have_is_named_in_the_fault() {
        let (with, without) = ("ali@\u{645}\u{6CC}\u{200C}\u{62E}.ir", "ali@\u{645}\u{6CC}\u{62E}.ir");
        let character = '\u{200C}';
        assert_eq!(Email::parse(with), Err(Fault::Invisible { character }));
        assert!(Email::parse(without).is_ok());
    }

    #[test]
    fn host_names_are_compared_by_their_a_labels() {
        let key = |text| Email::parse(text).unwrap().key().to_owned();
        for text in ["u@münchen.de", "U@MÜNCHEN.DE", "u@mu\u{308}nchen.de", "u@XN--MNCHEN-3YA.de"] {
            assert_eq!(key(text), "u@xn--mnchen-3ya.de", "{text}");
        }
        let email = Email::parse("Élu@München.de\u{200B}").unwrap();
        assert_eq!(email.as_str(), "Élu@München.de");
        let keys: Vec<_> = email.keys().collect();
        assert_eq!(keys, ["élu@xn--mnchen-3ya.de", "élu@münchen.de"]);
        assert_eq!(Email::key_today("élu@münchen.de"), "élu@xn--mnchen-3ya.de");
        assert_eq!(Email::parse("a@b.fr").unwrap().keys().count(), 1);
    }

    #[test]
    fn addresses_that_older_versions_accepted_can_still_be_read() {
        for (text, key) in [
            ("Jean@Ex.fr?subject=x", "jean@ex.fr?subject=x"),
            ("A@1.2.3.4", "a@1.2.3.4"),
            ("'Jean@MÜNCHEN.de", "'jean@xn--mnchen-3ya.de"),
            ("sans arobase", "sans arobase"),
        ] {
            let email = Email::stored(text).unwrap();
            assert_eq!((email.as_str(), email.key()), (text, key));
        }
        assert_eq!(Email::stored(" "), None);
    }

    proptest! {
        #[test]
        fn a_valid_address_is_parsed_the_same_everywhere(text in "[a-zé'’]{1,4}@[a-zA-Zéßü1-3.-]{1,9}\\.[a-zA-Zéü1-3]{1,4}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::stored(email.as_str()).unwrap(), email.clone());
                let again = Email::parse(email.key()).unwrap();
                prop_assert_eq!(again.key(), email.key());
                prop_assert_eq!(Email::key_today(email.key()), email.key());
            }
        }
    }
}
