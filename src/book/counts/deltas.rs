//! The changes of the numbers by one transaction.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::stored::{self, Change};
use super::{Key, Kind, key_of, letter};
use crate::book::contact::Statuses;
use crate::db::AnyConnection;
use crate::domain::Status;
use crate::error::AppResult;

/// What a contact is counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted<'a> {
    pub is_in_book: bool,
    pub statuses: Statuses,
    /// Its position in the list.
    pub sort_key: Cow<'a, str>,
    pub service: Cow<'a, str>,
    pub city: Cow<'a, str>,
    /// One per line, like the languages.
    pub topics: Cow<'a, str>,
    pub languages: Cow<'a, str>,
    pub organization: Option<i64>,
    pub import: Option<i64>,
}

/// What the numbers of a value change by, and which of the texts with a value came first.
#[derive(Debug, Clone, Copy)]
struct Delta {
    n: i64,
    place: usize,
}

/// The changes of the numbers by the contacts that a transaction adds, changes and removes.
#[derive(Debug, Default)]
pub struct Deltas<'a> {
    /// By the texts as typed: a batch has few of them, and folding costs more than comparing.
    by_text: HashMap<(Kind, Cow<'a, str>), Delta>,
}

impl<'a> Deltas<'a> {
    /// A contact comes into the table.
    pub fn add(&mut self, contact: &Counted<'a>) {
        self.each(contact, 1);
    }

    /// A contact leaves the table.
    pub fn remove(&mut self, contact: &Counted<'a>) {
        self.each(contact, -1);
    }

    /// A contact is written.
    pub fn change(&mut self, before: &Counted<'a>, after: &Counted<'a>) {
        if before != after {
            self.each(before, -1);
            self.each(after, 1);
        }
    }

    /// Contacts in the book get another import.
    pub fn move_import(&mut self, from: Option<i64>, to: i64) {
        if let Some(from) = from {
            self.note(Kind::Import, Cow::Owned(from.to_string()), -1);
        }
        self.note(Kind::Import, Cow::Owned(to.to_string()), 1);
    }

    fn each(&mut self, contact: &Counted<'a>, n: i64) {
        if !contact.is_in_book {
            return;
        }
        self.note(Kind::Book, Cow::Borrowed(""), n);
        for status in Status::ALL {
            if contact.statuses.get(status) {
                self.note(Kind::Status, Cow::Borrowed(status.as_str()), n);
            }
        }
        let first = match &contact.sort_key {
            Cow::Borrowed(key) => Cow::Borrowed(letter(key)),
            Cow::Owned(key) => Cow::Owned(letter(key).to_owned()),
        };
        self.note(Kind::Letter, first, n);
        self.note(Kind::Service, contact.service.clone(), n);
        self.note(Kind::City, contact.city.clone(), n);
        for (kind, lines) in [(Kind::Topic, &contact.topics), (Kind::Language, &contact.languages)] {
            for line in lines_of(lines) {
                self.note(kind, Cow::Owned(line.to_owned()), n);
            }
        }
        for (kind, id) in [(Kind::Organization, contact.organization), (Kind::Import, contact.import)] {
            if let Some(id) = id {
                self.note(kind, Cow::Owned(id.to_string()), n);
            }
        }
    }

    fn note(&mut self, kind: Kind, text: Cow<'a, str>, n: i64) {
        let place = self.by_text.len();
        self.by_text.entry((kind, text)).or_insert(Delta { n: 0, place }).n += n;
    }

    /// Counts `contacts` more with a text; see [`super::recount`].
    pub(super) fn count(&mut self, kind: Kind, text: &str, contacts: i64) {
        if kind == Kind::Topic || kind == Kind::Language {
            for line in lines_of(text) {
                self.note(kind, Cow::Owned(line.to_owned()), contacts);
            }
        } else {
            self.note(kind, Cow::Owned(text.to_owned()), contacts);
        }
    }

    /// The changes by stored value, in their order.
    pub(super) fn changes(self) -> BTreeMap<Key, Change> {
        let mut texts: Vec<((Kind, Cow<'a, str>), Delta)> =
            self.by_text.into_iter().filter(|(_, delta)| delta.n != 0).collect();
        texts.sort_unstable_by_key(|(_, delta)| delta.place);
        let mut changes: BTreeMap<Key, Change> = BTreeMap::new();
        for ((kind, text), Delta { n, .. }) in texts {
            let value = if kind.is_listed() { key_of(&text) } else { text.to_string() };
            if kind.is_listed() && value.is_empty() {
                continue;
            }
            let change = changes.entry(Key { kind, value }).or_default();
            change.n += n;
            if n > 0 && change.spelling.is_none() {
                change.spelling = Some(text.into_owned());
            }
        }
        changes.retain(|_, change| change.n != 0);
        changes
    }

    /// Stores the changes, with the transaction that made them.
    pub fn store(self, conn: &mut AnyConnection) -> AppResult<()> {
        stored::add(conn, &self.changes())
    }
}

/// The lines of a text, without those that mean the same as an earlier line.
fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    let mut known: Vec<String> = Vec::new();
    text.lines().filter(move |line| {
        let key = key_of(line);
        let is_new = !known.contains(&key);
        known.push(key);
        is_new
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact<'a>() -> Counted<'a> {
        Counted {
            is_in_book: true,
            statuses: Statuses::IMPORTED,
            sort_key: Cow::Borrowed("élan\u{1}anne"),
            service: Cow::Borrowed("Voirie"),
            city: Cow::Borrowed(""),
            topics: Cow::Borrowed("Eau\neau \nPaie"),
            languages: Cow::Borrowed(""),
            organization: Some(7),
            import: None,
        }
    }

    fn told(deltas: Deltas<'_>) -> Vec<String> {
        let changes = deltas.changes().into_iter();
        let told = changes.map(|(key, change)| format!("{} {} {:+}", key.kind.as_str(), key.value, change.n));
        told.collect()
    }

    #[test]
    fn a_contact_counts_once_for_each_of_its_values() {
        let mut deltas = Deltas::default();
        deltas.add(&contact());
        assert_eq!(
            told(deltas),
            [
                "book  +1",
                "status copy +1",
                "status expert +1",
                "letter é +1",
                "service voirie +1",
                "topic eau +1",
                "topic paie +1",
                "organization 7 +1"
            ]
        );
    }

    #[test]
    fn a_batch_is_summed_up_and_what_cancels_out_is_left_out() {
        let mut deltas = Deltas::default();
        let after = Counted { service: Cow::Borrowed("VOIRIE"), import: Some(3), ..contact() };
        deltas.change(&contact(), &after);
        deltas.move_import(Some(3), 4);
        deltas.move_import(Some(3), 4);
        let trashed = Counted { is_in_book: false, ..contact() };
        deltas.remove(&trashed);
        deltas.change(&trashed, &trashed);
        assert_eq!(told(deltas), ["import 3 -1", "import 4 +2"]);
    }

    #[test]
    fn the_first_spelling_is_kept() {
        let mut deltas = Deltas::default();
        for service in ["Voirie", "voirie", "VOIRIE"] {
            deltas.add(&Counted { service: Cow::Borrowed(service), ..contact() });
        }
        let changes = deltas.changes();
        let change = &changes[&Key { kind: Kind::Service, value: "voirie".into() }];
        assert_eq!((change.n, change.spelling.as_deref()), (3, Some("Voirie")));
    }
}
