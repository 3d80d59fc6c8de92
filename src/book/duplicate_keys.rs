//! Keys of contacts for the search for duplicates: only contacts with a common key are compared.

use std::hash::Hasher as _;

use siphasher::sip::SipHasher13;

use super::likeness::Person;

/// A 62-bit hash, the same in every version and on every machine, because an interrupted search stores a key as its progress.
/// (The standard library's hasher and its `Hash` may change with each release.) The two lowest bits are the kind of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Phone,
    Email,
    /// A name at a place.
    Name,
}

/// Greater than all keys.
pub const END: i64 = 1 << 62;
/// Letters at the beginning and at the end of a name of which a single typing error leaves one of both unchanged.
const ENDS: usize = 2;
/// The most keys that a usual contact has, for the estimate of memory.
pub const KEYS: i64 = 12;

impl Key {
    /// A collision brings two contacts together once in 10^6 books of a million contacts; it costs one comparison, no more.
    fn new(kind: KeyKind, parts: &[&[u8]]) -> Self {
        let mut hasher = SipHasher13::new();
        for part in parts {
            hasher.write(&(part.len() as u64).to_le_bytes());
            hasher.write(part);
        }
        let hash = (hasher.finish() >> 2) & !3;
        // Below 2^62.
        Self(hash.cast_signed() | kind as i64)
    }

    pub fn phone(e164: &str) -> Self {
        Self::new(KeyKind::Phone, &[e164.as_bytes()])
    }

    pub fn kind(self) -> KeyKind {
        match self.0 & 3 {
            0 => KeyKind::Phone,
            1 => KeyKind::Email,
            _ => KeyKind::Name,
        }
    }
}

/// The keys of a contact, without repetition. Similar names have a key in common: the same words; or the same last name and
/// the same first letter of the first name; or the same first name and the same beginning or end of the last name.
pub fn of(person: &Person) -> Vec<Key> {
    let mut keys: Vec<Key> = person.phones.iter().map(|phone| Key::phone(phone)).collect();
    keys.extend(person.emails.iter().map(|email| Key::new(KeyKind::Email, &[email.as_bytes()])));
    if person.is_named() {
        let text = |letters: &[char]| letters.iter().collect::<String>();
        let (first, last) = (text(&person.first), text(&person.last));
        let initial = text(&person.first[..1]);
        let beginning = text(&person.last[..person.last.len().min(ENDS)]);
        let end = text(&person.last[person.last.len().saturating_sub(ENDS)..]);
        let names: [[&str; 2]; 4] =
            [[&person.words, ""], [&last, &initial], [&first, &beginning], [&first, &end]];
        for (kind, place) in person.places() {
            for (how, [one, other]) in (0_u8..).zip(names) {
                let sort = [how, kind as u8];
                let parts = [&sort[..], place.as_bytes(), one.as_bytes(), other.as_bytes()];
                keys.push(Key::new(KeyKind::Name, &parts));
            }
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_same_in_every_version() {
        // Computed with an independent implementation of SipHash-1-3.
        assert_eq!(Key::phone("+33110203040").0, 4_486_780_990_797_011_276);
        let name = Key::new(KeyKind::Name, &[&[1, 0], b"7", b"martin", b"j"]);
        assert_eq!(name.0, 757_399_171_481_622_182);
        assert_eq!(name.kind(), KeyKind::Name);
    }

    #[test]
    fn parts_of_a_key_do_not_run_together() {
        let keys = [
            Key::new(KeyKind::Email, &[b"ab", b"c"]),
            Key::new(KeyKind::Email, &[b"a", b"bc"]),
            Key::new(KeyKind::Phone, &[b"ab", b"c"]),
        ];
        assert!(keys[0] != keys[1] && keys[0] != keys[2]);
    }
}
