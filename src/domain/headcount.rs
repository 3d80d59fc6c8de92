use std::collections::HashSet;
use std::fmt;

use sha2::{Digest as _, Sha256};

/// The number and identity of the contacts that a confirmation is about. The confirmation's form contains it, so that the answer
/// applies to exactly the same contacts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headcount {
    /// The number of contacts, at most [`Headcount::MOST`] + 1.
    count: i64,
    /// The sum of the first halves of the hashes of their ids, which is the same in any order.
    digest: u128,
    /// The ids, if there are at most [`Headcount::FEW`].
    ids: Vec<i64>,
}

impl Headcount {
    /// The largest number of contacts that can be compared. Of a larger set, only its being larger is known.
    pub const MOST: i64 = 100_000;
    /// The largest number of contacts for which a difference names each: the number on a page of the list. Their ids take 1 kB of
    /// a form.
    const FEW: usize = 200;

    /// `ids` are the ids of all contacts, or the first [`Headcount::MOST`] + 1.
    pub fn of(mut ids: Vec<i64>) -> Self {
        let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        if Self::is_more(&ids) {
            return Self { count: Self::MOST + 1, ..Self::default() };
        }
        let digest = ids.iter().fold(0, |sum: u128, id| sum.wrapping_add(hash(*id)));
        if ids.len() > Self::FEW {
            ids.clear();
        }
        ids.sort_unstable();
        Self { count, digest, ids }
    }

    /// Returns `true` if these ids are more than can be compared, so that no more need to be collected.
    pub fn is_more(ids: &[i64]) -> bool {
        i64::try_from(ids.len()).is_ok_and(|count| count > Self::MOST)
    }

    pub fn count(&self) -> i64 {
        self.count
    }

    pub fn is_more_than_most(&self) -> bool {
        self.count > Self::MOST
    }

    pub fn is_same(&self, other: &Self) -> bool {
        (self.count, self.digest) == (other.count, other.digest)
    }

    /// The ids that only `now` has, and those that only `self` has. Both are empty if the ids of either side are unknown.
    pub fn difference(&self, now: &Self) -> (Vec<i64>, Vec<i64>) {
        let are_known = |who: &Self| who.ids.len() == usize::try_from(who.count).unwrap_or(0);
        if !are_known(self) || !are_known(now) {
            return (Vec::new(), Vec::new());
        }
        let beyond = |all: &[i64], others: &[i64]| {
            let others: HashSet<&i64> = others.iter().collect();
            let ids = all.iter().filter(|id| !others.contains(id));
            ids.copied().collect()
        };
        (beyond(&now.ids, &self.ids), beyond(&self.ids, &now.ids))
    }

    /// Parses the written form; `None` if it is damaged.
    pub fn parse(text: &str) -> Option<Self> {
        let (count, rest) = text.split_once('-')?;
        let (digest, ids) = rest.split_once(':')?;
        let ids = ids.split(',').filter(|id| !id.is_empty());
        Some(Self {
            count: count.parse().ok()?,
            digest: u128::from_str_radix(digest, 16).ok()?,
            ids: ids.take(Self::FEW).map(|id| id.parse().ok()).collect::<Option<_>>()?,
        })
    }
}

impl fmt::Display for Headcount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:x}:", self.count, self.digest)?;
        for (place, id) in self.ids.iter().enumerate() {
            write!(f, "{}{id}", if place == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

/// The difference between the confirmed contacts and those of now, for the page that asks again.
pub struct ChangedContacts {
    /// The sentence about the difference.
    pub message: String,
    /// The names of the added and of the removed contacts, if there are few enough to compare them.
    pub came: Vec<String>,
    pub left: Vec<String>,
    pub has_more: bool,
}

fn hash(id: i64) -> u128 {
    let hash: [u8; 32] = Sha256::digest(id.to_le_bytes()).into();
    let half = hash.first_chunk().copied().unwrap_or_default();
    u128::from_le_bytes(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ids: impl IntoIterator<Item = i64>) -> Headcount {
        Headcount::of(ids.into_iter().collect())
    }

    #[test]
    fn order_and_writing_do_not_change_it() {
        let all = of([3, 1, 2]);
        assert!(all.is_same(&of([2, 3, 1])));
        assert_eq!(Headcount::parse(&all.to_string()), Some(all));
        let many = of(1..=100_000);
        assert!(many.is_same(&of((1..=100_000).rev())));
        assert_eq!(Headcount::parse(&many.to_string()), Some(many.clone()));
        assert!(many.to_string().len() < 60);
        assert_eq!(Headcount::parse(&of([]).to_string()), Some(of([])));
    }

    /// One version writes it into forms and rows, and another version reads it.
    #[test]
    fn the_written_form_never_changes() {
        assert_eq!(of([1, 2]).to_string(), "2-13b00678d22f5c38eb0406c749230e54:1,2");
    }

    #[test]
    fn other_contacts_are_different() {
        for (left, right) in [
            (of([1, 2, 3]), of([1, 2, 3, 4])),
            (of([1, 2, 3]), of([1, 2, 4])),
            (of([1, 2, 3]), of([])),
            (of(1..=300), of(2..=301)),
            (of(1..=100_000), of(1..=100_001)),
        ] {
            assert!(!left.is_same(&right), "{left} {right}");
        }
        assert!(of(1..=100_001).is_same(&of(2..=100_002)), "more than it tells apart");
    }

    #[test]
    fn a_difference_names_added_and_removed_contacts() {
        assert_eq!(of([1, 2, 3]).difference(&of([2, 3, 5, 4])), (vec![4, 5], vec![1]));
        assert_eq!(of(1..=201).difference(&of(1..=202)), (vec![], vec![]), "too many to be named");
        assert_eq!(of(1..=200).difference(&of(1..=201)), (vec![], vec![]));
    }

    #[test]
    fn a_damaged_text_is_not_parsed() {
        for damaged in ["", "3", "3-", "3-zz:", "-", "x-1:", "3-1", "3-1:a", "3-1:1,a"] {
            assert_eq!(Headcount::parse(damaged), None, "{damaged}");
        }
    }
}
