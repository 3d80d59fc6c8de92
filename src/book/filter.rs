//! The list's filter, sort order and position, all of them in the URL.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;

use crate::base::text_enum;
use crate::domain::{Status, fold, tidy_prefix};

/// The list's query string as received. A name may appear more than once, as a form sends several ticked boxes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct ListQuery(Vec<(String, String)>);

text_enum! {
    /// What the list can be filtered by, apart from words and statuses; the values are names.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum By {
        Organization = "organization",
        Service = "service",
        City = "city",
        Topic = "topic",
        Language = "language",
        Import = "import",
    }
}

text_enum! {
    /// The list's sort orders; contacts with equal values are sorted by name.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Sort {
        Name = "name",
        Service = "service",
        City = "city",
        /// Most recently changed first.
        Updated = "updated",
    }
}

/// The conditions of the list: a contact must pass all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The text in the search field.
    pub q: String,
    /// In the order of [`Status::ALL`], each once.
    pub statuses: Vec<Status>,
    /// Contacts chosen one by one, at most [`MOST_CHOSEN`]. They exclude all other conditions.
    pub chosen: Vec<i64>,
    /// The values of each [`By`], of which any passes; empty if there is no such filter.
    values: [Vec<String>; By::ALL.len()],
    /// `None` is the list's own order: by name, or best match first.
    pub sort: Option<Sort>,
}

/// A position in the list that stays right while contacts are added and removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub id: i64,
    pub sort_key: String,
    /// The section of a search result, see [`super::search::Found`].
    pub section: u8,
    /// The value that is sorted before the name, if there is one; see [`super::sort`].
    pub value: Option<String>,
    /// The number of contacts up to this position, if it is known: from the first page, from a letter, and onward from there.
    pub passed: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Backward,
}

/// The most values of a filter.
pub const MOST_VALUES: usize = 20;
/// The most contacts that can be chosen one by one.
pub const MOST_CHOSEN: usize = 200;
/// Characters of a filter's value that are read; no name is longer.
const LONGEST: usize = 200;
/// Characters of a cursor's key that are read.
const LONGEST_KEY: usize = 500;
/// Separates the two keys of a cursor.
const BETWEEN: char = '\u{2}';

impl By {
    const IN_URL: [Self; 6] =
        [Self::Import, Self::Organization, Self::Service, Self::City, Self::Topic, Self::Language];
}

impl From<Vec<(String, String)>> for ListQuery {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }
}

impl ListQuery {
    /// The filter, the cursor and the direction; unknown and damaged values are left out.
    pub fn read(self) -> (Filter, Option<Cursor>, Direction) {
        let (place, direction) = match (self.place("after"), self.place("before")) {
            (Some(after), _) => (Some(after), Direction::Forward),
            (None, Some(before)) => (Some(before), Direction::Backward),
            (None, None) => (self.letter(), Direction::Forward),
        };
        let passed = self.all("at").find_map(|at| at.parse().ok()).filter(|at| *at >= 0);
        let place = place.map(|place| Cursor { passed, ..place });
        let sort = self.all("sort").find_map(Sort::parse);
        let mut chosen: Vec<i64> =
            self.all("contact").filter_map(|id| id.parse().ok()).take(MOST_CHOSEN).collect();
        if !chosen.is_empty() {
            chosen.sort_unstable();
            chosen.dedup();
            return (Filter { chosen, sort, ..Filter::default() }, place, direction);
        }
        let statuses: Vec<Status> = self.all("status").filter_map(Status::parse).collect();
        let filter = Filter {
            q: self.text("q"),
            statuses: Status::ALL.into_iter().filter(|status| statuses.contains(status)).collect(),
            values: By::ALL.map(|by| self.texts(by)),
            sort,
            chosen,
        };
        (filter, place, direction)
    }

    /// Returns `true` if only results of the text as it was typed are wanted, and none of a similar one.
    pub fn is_exact(&self) -> bool {
        self.all("exact").any(|value| value == "on")
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    fn text(&self, name: &str) -> String {
        let mut texts = self.all(name).map(|text| tidy_prefix(text, LONGEST));
        texts.find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// The position before the contacts that begin with a letter.
    fn letter(&self) -> Option<Cursor> {
        let letter =
            self.all("letter").map(fold).find(|letter| !letter.is_empty() && letter.chars().count() < 3)?;
        Some(Cursor { id: 0, sort_key: letter, section: 0, value: None, passed: None })
    }

    /// The different values of a filter.
    fn texts(&self, by: By) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for text in self.all(by.as_str()).map(|text| tidy_prefix(text, LONGEST)) {
            if !text.is_empty() && !texts.contains(&text) && texts.len() < MOST_VALUES {
                texts.push(text);
            }
        }
        texts
    }

    fn place(&self, name: &str) -> Option<Cursor> {
        self.all(name).find_map(Cursor::parse)
    }
}

impl Filter {
    /// These contacts and no others; at most [`MOST_CHOSEN`] are shown.
    pub fn of_chosen(chosen: Vec<i64>) -> Self {
        Self { chosen, ..Self::default() }
    }

    /// Reads a query string that [`Filter::query`] wrote.
    pub fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        ListQuery(pairs.collect()).read().0
    }

    /// Returns `true` if all contacts pass.
    pub fn is_empty(&self) -> bool {
        self.q.is_empty()
            && self.statuses.is_empty()
            && self.chosen.is_empty()
            && self.values.iter().all(Vec::is_empty)
    }

    pub fn values(&self, by: By) -> &[String] {
        &self.values[by as usize]
    }

    pub fn has(&self, status: Status) -> bool {
        self.statuses.contains(&status)
    }

    #[must_use]
    pub fn with_q(&self, q: &str) -> Self {
        Self { q: q.to_owned(), ..self.clone() }
    }

    /// All texts that were typed or chosen by name, one per line.
    pub fn typed(&self) -> String {
        let all = std::iter::once(&self.q).chain(self.values.iter().flatten());
        all.map(String::as_str).collect::<Vec<&str>>().join("\n")
    }

    /// The filter with `text` in place of each of these texts.
    #[must_use]
    pub fn replaced(&self, text: &str) -> Self {
        let replaced = |value: &String| if value.is_empty() { String::new() } else { text.to_owned() };
        Self {
            q: replaced(&self.q),
            values: self.values.each_ref().map(|values| values.iter().map(replaced).collect()),
            ..self.clone()
        }
    }

    /// The filter with these values in place of those that it had.
    #[must_use]
    pub fn with(&self, by: By, values: &[&str]) -> Self {
        let mut with = self.clone();
        with.values[by as usize] = values.iter().map(|value| (*value).to_owned()).collect();
        with
    }

    /// The filter without one of its values.
    #[must_use]
    pub fn without(&self, by: By, value: &str) -> Self {
        let mut without = self.clone();
        without.values[by as usize].retain(|known| known != value);
        without
    }

    /// The filter with the status added, or removed if it was there.
    #[must_use]
    pub fn switched(&self, status: Status) -> Self {
        let statuses = Status::ALL.into_iter();
        Self {
            statuses: statuses.filter(|other| self.has(*other) != (*other == status)).collect(),
            ..self.clone()
        }
    }

    #[must_use]
    pub fn sorted(&self, sort: Option<Sort>) -> Self {
        Self { sort, ..self.clone() }
    }

    /// The names and values of the filter, for the URL and for hidden fields.
    pub fn pairs(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut pairs = vec![("q", Cow::from(&self.q))];
        pairs.extend(self.statuses.iter().map(|status| ("status", status.as_str().into())));
        for by in By::IN_URL {
            pairs.extend(self.values(by).iter().map(|value| (by.as_str(), value.into())));
        }
        pairs.extend(self.chosen.iter().map(|id| ("contact", id.to_string().into())));
        pairs.push(("sort", self.sort.map_or("", Sort::as_str).into()));
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }

    /// The canonical query string, without a cursor.
    pub fn query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish()
    }

    pub fn url(&self) -> String {
        self.at("/contacts")
    }

    /// The address of another page with the same filter.
    pub fn at(&self, path: &str) -> String {
        match self.query() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// The address of the list as it was typed, see [`ListQuery::is_exact`].
    pub fn exact_url(&self) -> String {
        format!("{}&exact=on", self.url())
    }

    pub fn url_after(&self, cursor: &Cursor) -> String {
        self.url_beside("after", cursor)
    }

    pub fn url_before(&self, cursor: &Cursor) -> String {
        self.url_beside("before", cursor)
    }

    /// The list from the first contact of a letter; `passed` contacts are before it.
    pub fn url_from_letter(&self, letter: &str, passed: i64) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.pairs())
            .append_pair("letter", letter)
            .append_pair("at", &passed.to_string())
            .finish();
        format!("/contacts?{query}")
    }

    fn url_beside(&self, side: &str, cursor: &Cursor) -> String {
        let passed = cursor.passed.map(|passed| passed.to_string());
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.pairs())
            .append_pair(side, &cursor.to_string())
            .extend_pairs(passed.map(|passed| ("at", passed)))
            .finish();
        format!("/contacts?{query}")
    }
}

impl Cursor {
    /// Parses what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (place, keys) = text.split_once(':')?;
        let (id, section) = place.split_once('.').unwrap_or((place, "0"));
        // PostgreSQL refuses NUL in a text.
        (!keys.contains('\0')).then_some(())?;
        let (value, sort_key) = match keys.split_once(BETWEEN) {
            Some((value, sort_key)) => (Some(value), sort_key),
            None => (None, keys),
        };
        let short = |key: &str| key.chars().take(LONGEST_KEY).collect();
        Some(Self {
            id: id.parse().ok()?,
            sort_key: short(sort_key),
            section: section.parse().ok()?,
            value: value.map(short),
            passed: None,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.section {
            0 => write!(f, "{}:", self.id)?,
            section => write!(f, "{}.{section}:", self.id)?,
        }
        if let Some(value) = &self.value {
            write!(f, "{value}{BETWEEN}")?;
        }
        f.write_str(&self.sort_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_its_url() {
        let mut filter = Filter {
            q: "l’haÿ & + %".into(),
            statuses: vec![Status::Expert, Status::Transfer],
            sort: Some(Sort::City),
            ..Filter::default()
        };
        for (by, value) in [
            (By::Import, "juin2026"),
            (By::Organization, "Régie & Fils"),
            (By::Service, "État civil"),
            (By::City, "L'Haÿ-les-Roses"),
            (By::Topic, "eau; gaz"),
            (By::Language, "fr"),
        ] {
            filter = filter.with(by, &[value, "and another"]);
        }
        let cursor = Cursor {
            id: 7,
            sort_key: "a:b\u{1}c".into(),
            section: 3,
            value: Some("l'hay".into()),
            passed: Some(50),
        };
        let url = filter.url_after(&cursor);
        let query: ListQuery = serde_urlencoded::from_str(url.split_once('?').unwrap().1).unwrap();
        assert_eq!(query.read(), (filter.clone(), Some(cursor), Direction::Forward));
        assert_eq!(Filter::parse(&filter.query()), filter);
    }

    #[test]
    fn a_status_is_switched_on_and_off() {
        let filter = Filter::parse("status=transfer&status=no&status=expert&status=transfer");
        assert_eq!(filter.statuses, [Status::Expert, Status::Transfer]);
        assert_eq!(filter.switched(Status::Expert).query(), "status=transfer");
        assert_eq!(filter.switched(Status::Copy).query(), "status=expert&status=copy&status=transfer");
    }
}
