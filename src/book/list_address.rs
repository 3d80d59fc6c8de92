//! The address of a list of contacts. A link to a contact carries it as `from`: the contact's page leads back to the very results,
//! and to the contacts beside it there.

use std::fmt::Write as _;

use super::filter::Filter;

/// Characters of the longest address that a link carries.
const LONGEST: usize = 1_000;
/// Characters of the longest address that each row of a list carries, as it is spelled in the link: 50 of them stay small.
const LONGEST_IN_ROWS: usize = 80;
/// In a link the address of a filtered list begins with its question mark, and these signs stand for those of its query, which a
/// query within a query would have to escape. The query itself escapes all three.
const SPELLED: [(u8, u8); 3] = [(b'&', b'~'), (b'%', b'!'), (b'+', b',')];
const FILTERED: &str = "/contacts";

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
        let address = Self(text.strip_prefix('?').map_or_else(|| text.to_owned(), unspelled));
        (is_ours && address.listed().is_some()).then_some(address)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The contacts of the list; `None` if there is no such list.
    pub fn listed(&self) -> Option<Listed> {
        let (path, query) = self.0.split_once('?').unwrap_or((&self.0, ""));
        match path {
            FILTERED => Some(Listed::Filtered(Filter::parse(query))),
            "/contacts/favourites" => Some(Listed::Favourites),
            "/contacts/recent" => Some(Listed::Recent),
            _ => None,
        }
    }

    /// The address as a value in a query string, with as few escapes as a short link allows.
    fn in_query(&self) -> String {
        let mut spelled = String::with_capacity(self.0.len());
        let filtered = self.0.strip_prefix(FILTERED).filter(|rest| rest.is_empty() || rest.starts_with('?'));
        let (text, escape) = match filtered {
            Some(query) => {
                spelled.push('?');
                (query.trim_start_matches('?'), '!')
            }
            None => (self.0.as_str(), '%'),
        };
        for byte in text.bytes() {
            let sign = SPELLED.into_iter().find(|(sign, _)| filtered.is_some() && *sign == byte);
            if let Some((_, sign)) = sign {
                spelled.push(char::from(sign));
                continue;
            }
            match byte {
                b'-' | b'.' | b'_' | b'*' | b'/' | b'?' | b'=' => spelled.push(char::from(byte)),
                _ if byte.is_ascii_alphanumeric() => spelled.push(char::from(byte)),
                // Writing to a string does not fail.
                _ => drop(write!(spelled, "{escape}{byte:02X}")),
            }
        }
        spelled
    }
}

/// The address of a filtered list whose query is spelled as [`ListAddress::in_query`] does.
fn unspelled(query: &str) -> String {
    let sign =
        |byte| SPELLED.into_iter().find(|(_, spelled)| *spelled == byte).map_or(byte, |(sign, _)| sign);
    let query: String = query.bytes().map(|byte| char::from(sign(byte))).collect();
    if query.is_empty() { FILTERED.to_owned() } else { format!("{FILTERED}?{query}") }
}

/// The links from a list to its contacts. They carry the list's address.
pub struct RowLinks {
    query: String,
}

impl RowLinks {
    /// `otherwise` stands for the address if that is too long for every row.
    pub fn of(list: &str, otherwise: &str) -> Self {
        let from = ListAddress::parse(list).map(|list| list.in_query());
        let from = from.filter(|from| from.len() <= LONGEST_IN_ROWS);
        Self { query: format!("?from={}", from.as_deref().unwrap_or(otherwise)) }
    }

    pub fn to(&self, contact: &i64) -> String {
        format!("/contacts/{contact}{}", self.query)
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
            let [(name, from)] = pairs.as_slice() else { panic!("{pairs:?}") };
            assert_eq!(name, "from");
            assert_eq!(ListAddress::parse(from).unwrap().as_str(), list);
            // As links spelled it before.
            assert_eq!(ListAddress::parse(list).unwrap().as_str(), list);
        }
        assert_eq!(contact_url(&12, "/contacts"), "/contacts/12?from=?");
        let list = "/contacts?q=%C3%A9t%C3%A9+rue&sort=city";
        assert_eq!(contact_url(&12, list), "/contacts/12?from=?q=!C3!A9t!C3!A9,rue~sort=city");
    }

    #[test]
    fn signs_that_spell_others_keep_their_meaning() {
        let address = ListAddress::parse("/contacts?q=a~b!c,d:e&sort=city").unwrap();
        let again = ListAddress::parse(&address.in_query()).unwrap();
        assert_eq!(again.as_str(), "/contacts?q=a%7Eb%21c%2Cd%3Ae&sort=city");
        assert_eq!(again.listed(), address.listed());
    }

    #[test]
    fn rows_carry_short_addresses_only() {
        assert_eq!(
            RowLinks::of("/contacts?q=rue&sort=city", ".").to(&12),
            "/contacts/12?from=?q=rue~sort=city"
        );
        assert_eq!(
            RowLinks::of("/contacts/favourites", ".").to(&12),
            "/contacts/12?from=/contacts/favourites"
        );
        let long = format!("/contacts?q={}", "a".repeat(LONGEST_IN_ROWS));
        assert_eq!(RowLinks::of(&long, ".").to(&12), "/contacts/12?from=.");
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
            ".",
            "?q=a b",
            long.as_str(),
        ] {
            assert_eq!(ListAddress::parse(elsewhere), None, "{elsewhere:?}");
            assert_eq!(contact_url(&12, elsewhere), "/contacts/12", "{elsewhere:?}");
        }
    }
}
