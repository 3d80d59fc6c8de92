//! What contacts are brought together by, so that only few of them have to be compared: those who have a key in common.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use super::likeness::Person;

/// A hash of 62 bits. Its lowest two tell what kind of key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Phone,
    Email,
    /// A name at a place.
    Name,
}

/// All keys are less.
pub const END: i64 = 1 << 62;
/// Letters at either end of a name, one of which a single slip leaves as it is.
const ENDS: usize = 2;
/// Most keys that a usual contact has; what memory is reckoned by.
pub const KEYS: i64 = 12;

impl Key {
    /// Two people are taken together for nothing once in 10^6 books of a million: they are compared then, no more.
    fn new(kind: Kind, what: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        let hash = (hasher.finish() >> 2) & !3;
        // Below 2^62.
        Self(hash.cast_signed() | kind as i64)
    }

    pub fn phone(e164: &str) -> Self {
        Self::new(Kind::Phone, e164)
    }

    pub fn kind(self) -> Kind {
        match self.0 & 3 {
            0 => Kind::Phone,
            1 => Kind::Email,
            _ => Kind::Name,
        }
    }
}

/// The keys of a contact, each once. Near names have one in common: the same words; the same last name and the first
/// letter of the first; or the same first name and the beginning or the end of the last.
pub fn of(person: &Person) -> Vec<Key> {
    let mut keys: Vec<Key> = person
        .phones
        .iter()
        .map(|phone| Key::phone(phone))
        .collect();
    keys.extend(
        person
            .emails
            .iter()
            .map(|email| Key::new(Kind::Email, email)),
    );
    if person.is_named() {
        let (first, last) = (&person.first, &person.last);
        let beginning = &last[..last.len().min(ENDS)];
        let end = &last[last.len().saturating_sub(ENDS)..];
        for (kind, place) in person.places() {
            let mut add = |how: u8, one: &dyn Fn(&mut DefaultHasher)| {
                let mut hasher = DefaultHasher::new();
                one(&mut hasher);
                keys.push(Key::new(
                    Kind::Name,
                    (how, kind as u8, &place, hasher.finish()),
                ));
            };
            add(0, &|hasher| person.words.hash(hasher));
            add(1, &|hasher| (last, first[0]).hash(hasher));
            add(2, &|hasher| (first, beginning).hash(hasher));
            add(3, &|hasher| (first, end).hash(hasher));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}
