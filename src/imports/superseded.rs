//! The superseded lines of a file: of several lines with the same identity, the last one counts.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

/// The lines of a file with their identities, in the order of reading. In the strict list, the identity is the key of the e-mail.
///
/// An identity is represented by twelve bytes of a hash, so that a million lines take 16 MB. Two different ones of such a
/// file are confused once in 10^17 files. The hash has new keys in each run, so no file can be made to be confused.
#[derive(Default)]
pub struct LastLines {
    keys: [RandomState; 2],
    /// For a former e-mail, the e-mail that represents its contact.
    former: HashMap<String, String>,
    seen: Vec<Seen>,
}

/// Sorted by identity, then by line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    identity: u64,
    /// More bits of the hash. A pair with `identity` would take 24 bytes.
    more: u32,
    line: u32,
}

impl LastLines {
    /// Uses the former e-mails of merged contacts: in the same file, a former e-mail and the current one mean the same contact.
    pub fn knowing(former: HashMap<String, String>) -> Self {
        Self { former, ..Self::default() }
    }

    pub fn see(&mut self, identity: &str, line: u64) {
        let identity = self.former.get(identity).map_or(identity, String::as_str);
        let [high, low] = self.keys.each_ref().map(|key| key.hash_one(identity));
        #[expect(clippy::cast_possible_truncation, reason = "a hash is a hash")]
        let low = low as u32;
        // A file has at most 4 GiB, and therefore fewer lines.
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        self.seen.push(Seen { identity: high, more: low, line });
    }

    pub fn superseded(mut self) -> Superseded {
        self.seen.sort_unstable();
        let mut lines: Vec<(u32, u32)> = self
            .seen
            .chunk_by(|a, b| (a.identity, a.more) == (b.identity, b.more))
            .filter_map(|same| {
                let (last, earlier) = same.split_last()?;
                Some(earlier.iter().map(|seen| (seen.line, last.line)))
            })
            .flatten()
            .collect();
        lines.sort_unstable();
        Superseded(lines)
    }
}

/// The superseded lines in the order of the file, each with the line that supersedes it.
#[derive(Default)]
pub struct Superseded(Vec<(u32, u32)>);

impl Superseded {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Returns the line that supersedes this one.
    pub fn by(&self, line: u64) -> Option<u64> {
        let line = u32::try_from(line).ok()?;
        let at = self.0.binary_search_by_key(&line, |(line, _)| *line).ok()?;
        Some(u64::from(self.0[at].1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn the_last_line_with_an_identity_supersedes_all_before() {
        let mut lines = LastLines::default();
        for (line, email) in (1..).zip(["a@b.fr", "c@d.fr", "a@b.fr", "e@f.fr", "a@b.fr"]) {
            lines.see(email, line);
        }
        let superseded = lines.superseded();
        assert_eq!(superseded.len(), 2);
        let by: Vec<_> = (1..=5).map(|line| superseded.by(line)).collect();
        assert_eq!(by, [Some(5), None, Some(5), None, None]);
        assert_eq!(size_of::<Seen>(), 16);
    }
}
