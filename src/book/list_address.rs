//! The address of a list of contacts. A link to a contact carries it as `from`: the contact's page leads back to the very results,
//! and to the contacts beside it there.

use std::fmt::Write as _;

use super::filter::Filter;

/// Characters of the longest address that a link carries.
const LONGEST: usize = 1_000;

/// The address of a list of contacts: one of our own paths, which no browser can read as another host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListAddress(String);

/// The contacts of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one per request")]
pub enum Listed {
    /// Those that pass a filter.
    Filtered(Filter),
    Favourites,
    Recent,
}

impl ListAddress {
    /// `None` for every other page, for other hosts, and for an address that is too long.
    pub fn parse(text: &str) -> Option<Self> {
        let is_ours = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        let address = Self(text.to_owned());
        (is_ours && address.listed().is_some()).then_some(address)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The contacts of the list; `None` if there is no such list.
    pub fn listed(&self) -> Option<Listed> {
        let (path, query) = self.0.split_once('?').unwrap_or((&self.0, ""));
        match path {
            "/contacts" => Some(Listed::Filtered(Filter::parse(query))),
            "/contacts/favourites" => Some(Listed::Favourites),
            "/contacts/recent" => Some(Listed::Recent),
            _ => None,
        }
    }

    /// The address as a value in a query string, with as few escapes as a short link allows.
    fn in_query(&self) -> String {
        let mut escaped = String::with_capacity(self.0.len());
        for byte in self.0.bytes() {
            match byte {
                b'-' | b'.' | b'_' | b'*' | b'/' | b'?' | b'=' => escaped.push(char::from(byte)),
                _ if byte.is_ascii_alphanumeric() => escaped.push(char::from(byte)),
                // Writing to a string does not fail.
                _ => drop(write!(escaped, "%{byte:02X}")),
            }
        }
        escaped
    }
}

/// The address of a contact's page, with the list that the link is in. Anything that is not the address of a list is left out.
pub fn contact_url(contact: &i64, list: &str) -> String {
    with_list(format!("/contacts/{contact}"), list)
}

/// The address of a page below that of a contact, such as `edit`, with the list that led to the contact.
pub fn contact_page_url(contact: &i64, page: &str, list: &str) -> String {
    with_list(format!("/contacts/{contact}/{page}"), list)
}

fn with_list(path: String, list: &str) -> String {
    match ListAddress::parse(list) {
        Some(list) => format!("{path}?from={}", list.in_query()),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_survives_the_link_of_a_contact() {
        for list in [
            "/contacts",
            "/contacts?q=l%E2%80%99ha%C3%BF+%26+%2B+%25&status=expert&sort=city&after=7.3%3Aa%02b",
            "/contacts/favourites",
        ] {
            let url = contact_url(&12, list);
            let (path, query) = url.split_once('?').unwrap();
            assert_eq!(path, "/contacts/12");
            let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap();
            assert_eq!(pairs, [("from".to_owned(), list.to_owned())]);
        }
        assert_eq!(contact_url(&12, "/contacts?q=martin"), "/contacts/12?from=/contacts?q=martin");
    }

    #[test]
    fn only_lists_of_contacts_are_led_back_to() {
        let long = format!("/contacts?q={}", "a".repeat(LONGEST));
        for elsewhere in [
            "",
            "//evil.example",
            "//evil.example/contacts",
            "https://evil.example/contacts",
            "/\\evil.example",
            "javascript:alert(1)",
            "/",
            "/contacts/",
            "/contacts/12",
            "/contacts/12/delete",
            "/contacts.csv",
            "/contacts.xlsx",
            "/contactsx?q=a",
            "/contacts/../logout",
            "/contacts/recent/x",
            "/imports",
            "/contacts?q=a b",
            "/contacts?q=\r\nx",
            "/contacts?q=é",
            long.as_str(),
        ] {
            assert_eq!(ListAddress::parse(elsewhere), None, "{elsewhere:?}");
            assert_eq!(contact_url(&12, elsewhere), "/contacts/12", "{elsewhere:?}");
        }
    }
}
