//! The ids that this program writes into its tables and cards, by which it knows its own contacts again.

use super::tidy;

/// The id of an address book: the first half of a UUID of version 8, `1f0c2a9e-77b1-8c3d`. The hyphens keep it a text in a
/// spreadsheet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BookId(String);

/// A contact's number in the book with an id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OwnId {
    pub book: BookId,
    pub contact: i64,
}

/// The program that wrote a card, which an import reads as exactly as it was written.
pub const CARD_PRODUCT: &str = "-//Carnet//FR";
/// The beginning of the names of a card's properties with a value as it is stored: `X-CARNET-PHONE-WORK`.
pub const CARD_EXACT: &str = "X-CARNET-";

/// The two bits of a UUID's variant (RFC 9562) before the 62 bits of the contact's number.
const VARIANT: u64 = 1 << 63;
const NUMBER: u64 = (1 << 62) - 1;
const PREFIX: &str = "urn:uuid:";

impl BookId {
    /// The id that random bytes give.
    pub fn of(random: [u8; 8]) -> Self {
        let bits = u64::from_be_bytes(random) & !0xF000 | 0x8000;
        let digits = format!("{bits:016x}");
        Self(format!("{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..]))
    }

    /// Returns `None` for a text that is not such an id.
    pub fn parse(text: &str) -> Option<Self> {
        let text = tidy(text).to_ascii_lowercase();
        let mut parts = text.split('-');
        let is_hex = |part: &&str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mut part = |length| parts.next().filter(is_hex).filter(|part| part.len() == length);
        let (_, _, third) = (part(8)?, part(4)?, part(4)?);
        (third.starts_with('8') && parts.next().is_none()).then_some(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl OwnId {
    /// The id in two cells of a table: that of the book, and the contact's number.
    pub fn of_cells(book: &str, contact: &str) -> Option<Self> {
        let contact = tidy(contact).parse().ok().filter(|contact| *contact > 0)?;
        Some(Self { book: BookId::parse(book)?, contact })
    }

    /// The id of a card: a UUID with the book's id and the contact's number.
    pub fn uid(&self) -> String {
        let number = self.contact.unsigned_abs() & NUMBER | VARIANT;
        let digits = format!("{number:016x}");
        format!("{PREFIX}{}-{}-{}", self.book.0, &digits[..4], &digits[4..])
    }

    /// The contact that the id of a card means; `None` for a card of another program. Some programs leave the prefix out.
    pub fn of_uid(uid: &str) -> Option<Self> {
        let text = tidy(uid).to_ascii_lowercase();
        let body = text.strip_prefix(PREFIX).unwrap_or(&text);
        let (book, number) = body.split_at_checked("1f0c2a9e-77b1-8c3d".len())?;
        let (high, low) = number.strip_prefix('-')?.split_once('-')?;
        let is_uuid = high.len() == 4 && low.len() == 12;
        let bits = u64::from_str_radix(&format!("{high}{low}"), 16).ok().filter(|_| is_uuid)?;
        let contact = i64::try_from(bits & NUMBER).ok().filter(|contact| *contact > 0)?;
        (bits & !NUMBER == VARIANT).then_some(())?;
        Some(Self { book: BookId::parse(book)?, contact })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_of_other_programs_are_not_ours() {
        for uid in [
            "",
            "urn:uuid:",
            "urn:uuid:1f0c2a9e-77b1-4c3d-8000-00000000002a",
            "urn:uuid:1f0c2a9e-77b1-8c3d-c000-00000000002a",
            "urn:uuid:1f0c2a9e-77b1-8c3d-8000-000000000000",
            "urn:uuid:1f0c2a9e-77b1-8c3d-8000-00000000002a-1",
            "1F0C2A9E-77B1-8C3D-800-000000000002A",
            "éééééééééééééééééé",
        ] {
            assert_eq!(OwnId::of_uid(uid), None, "{uid}");
        }
        assert_eq!(OwnId::of_cells("1f0c2a9e-77b1-8c3d", "0"), None);
        assert_eq!(OwnId::of_cells("Carnet", "7"), None);
    }

    proptest! {
        #[test]
        fn an_id_comes_back_from_a_card_and_from_a_table(random: [u8; 8], contact in 1..1_i64 << 62) {
            let book = BookId::of(random);
            let id = OwnId { book: book.clone(), contact };
            prop_assert_eq!(OwnId::of_uid(&id.uid()), Some(id.clone()));
            prop_assert_eq!(OwnId::of_uid(&id.uid().trim_start_matches(PREFIX).to_uppercase()), Some(id.clone()));
            prop_assert_eq!(OwnId::of_cells(book.as_str(), &contact.to_string()), Some(id));
        }
    }
}
