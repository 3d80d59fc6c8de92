//! The place in the list of pairs from which a merge or a decision was sent, so that the list comes back where it was.

use super::pairs::PairCursor;

/// A page of the list, and the pair that follows the decided one.
#[derive(Debug, Default)]
pub struct Place {
    beyond: Option<PairCursor>,
    next: Option<(i64, i64)>,
}

impl Place {
    /// The place that a form of the list has sent; `None` for another form.
    pub fn of(sent: &[(String, String)]) -> Option<Self> {
        let get = |name: &str| sent.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        (get("from") == Some("list")).then(|| Self {
            beyond: get("beyond").and_then(PairCursor::parse),
            next: get("next").and_then(pair),
        })
    }

    /// The address of the list.
    pub fn path(&self) -> String {
        match self.beyond {
            Some(beyond) => format!("/duplicates?beyond={beyond}"),
            None => "/duplicates".to_owned(),
        }
    }

    /// The address of the list after a merge, of which it then tells at the place of the merged pair.
    pub fn after(&self, merge: Option<i64>) -> String {
        let Some(merge) = merge else {
            return self.path();
        };
        let path = self.path();
        let sign = if self.beyond.is_some() { '&' } else { '?' };
        let next = self.next.map_or_else(String::new, |(low, high)| format!("&next={low}-{high}"));
        format!("{path}{sign}merged={merge}{next}#merged")
    }
}

/// Reads the ids of a pair: `12-34`.
pub fn pair(text: &str) -> Option<(i64, i64)> {
    let (low, high) = text.split_once('-')?;
    Some((low.parse().ok()?, high.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_list_comes_back_at_its_page_and_before_the_next_pair() {
        assert!(Place::of(&sent(&[("keep", "low")])).is_none(), "the form of the merge itself");
        let place = Place::of(&sent(&[("from", "list"), ("beyond", ""), ("next", "3-9")])).unwrap();
        assert_eq!(place.after(Some(7)), "/duplicates?merged=7&next=3-9#merged");
        let place = Place::of(&sent(&[("from", "list"), ("beyond", "95-3-9"), ("next", "//evil")])).unwrap();
        assert_eq!(place.after(Some(7)), "/duplicates?beyond=95-3-9&merged=7#merged");
        assert_eq!(place.after(None), "/duplicates?beyond=95-3-9");
    }
}
