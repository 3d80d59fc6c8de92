//! The filter and the position in the list of imports, both in the URL.

use std::fmt::{self, Write as _};

use serde::Deserialize;

use super::import::{Import, State};
use super::listing::{ImportPosition, Place, Wanted};
use crate::audit::{Author, CARNET};
use crate::domain::{fold, tidy_prefix};
use crate::i18n::Catalogue;
use crate::web::FormErrors;
use crate::web::period::{read_period, typed_day};

/// The status of an import in the list: its state, or undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    In(State),
    Undone,
}

impl Standing {
    const UNDONE: &'static str = "undone";

    pub fn all() -> impl Iterator<Item = Self> {
        State::ALL.into_iter().map(Self::In).chain(std::iter::once(Self::Undone))
    }

    pub fn of(import: &Import) -> Self {
        match import.undone_at {
            Some(_) => Self::Undone,
            None => Self::In(import.state),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::In(state) => state.as_str(),
            Self::Undone => Self::UNDONE,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            Self::UNDONE => Some(Self::Undone),
            text => State::parse(text).map(Self::In),
        }
    }
}

/// The list's query string, unparsed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    state: String,
    name: String,
    account: String,
    since: String,
    until: String,
    /// The [`Place`] that the page follows: it has imports from before this one.
    before: String,
    after: String,
}

/// The combined filters. Values from the page's own links and lists are taken as they are, and left out if they are damaged.
/// Days are typed, and may be invalid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub standing: Option<Standing>,
    /// A part of the name, as typed.
    pub name: String,
    pub author: Option<Author>,
    /// A day such as `2026-06-30`, otherwise the text as typed.
    pub since: String,
    pub until: String,
}

/// The characters of the name that are used: no import has a longer name.
const LONGEST: usize = 50;

impl ListQuery {
    /// Returns the filter, and the position at which the page begins or ends.
    pub fn read(self) -> (Filter, ImportPosition) {
        let position = match (Place::parse(&self.before), Place::parse(&self.after)) {
            (Some(place), _) => ImportPosition::Following(place),
            (None, Some(place)) => ImportPosition::Preceding(place),
            (None, None) => ImportPosition::First,
        };
        let filter = Filter {
            standing: Standing::parse(&self.state),
            name: tidy_prefix(&self.name, LONGEST),
            author: match self.account.as_str() {
                CARNET => Some(Author::Carnet),
                id => id.parse().ok().map(Author::Account),
            },
            since: typed_day(&self.since),
            until: typed_day(&self.until),
        };
        (filter, position)
    }
}

impl Place {
    /// Before the id of an import that waits.
    const WAITS: char = 'w';

    fn parse(text: &str) -> Option<Self> {
        let (waits, id) = match text.strip_prefix(Self::WAITS) {
            Some(id) => (true, id),
            None => (false, text),
        };
        Some(Self { waits, id: id.parse().ok()? })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.waits {
            f.write_char(Self::WAITS)?;
        }
        self.id.fmt(f)
    }
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the filter in the form of the query.
    ///
    /// # Errors
    /// The faults of the days.
    pub fn read(&self, t: &Catalogue) -> Result<Wanted, FormErrors> {
        let (since, until) = read_period(t, &self.since, &self.until)?;
        Ok(Wanted { standing: self.standing, name: fold(&self.name), author: self.author, since, until })
    }

    /// The URL of the list with only this standing, and the other filters.
    pub fn url_of(&self, state: State) -> String {
        Self { standing: Some(Standing::In(state)), ..self.clone() }.at(None)
    }

    pub fn is_in(&self, standing: &Standing) -> bool {
        self.standing == Some(*standing)
    }

    /// Returns `true` if this account is selected.
    pub fn is_by(&self, account: &i64) -> bool {
        self.author == Some(Author::Account(*account))
    }

    pub fn is_by_command_line(&self) -> bool {
        self.author == Some(Author::Carnet)
    }

    pub fn url(&self) -> String {
        self.at(None)
    }

    pub fn url_following(&self, place: &Place) -> String {
        self.at(Some(("before", *place)))
    }

    pub fn url_preceding(&self, place: &Place) -> String {
        self.at(Some(("after", *place)))
    }

    fn at(&self, place: Option<(&str, Place)>) -> String {
        let author = match self.author {
            None => String::new(),
            Some(Author::Carnet) => CARNET.to_owned(),
            Some(Author::Account(id)) => id.to_string(),
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("state", self.standing.map_or("", Standing::as_str)),
            ("name", &self.name),
            ("account", &author),
            ("since", &self.since),
            ("until", &self.until),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some((name, place)) = place {
            query.append_pair(name, &place.to_string());
        }
        match query.finish() {
            query if query.is_empty() => "/imports".to_owned(),
            query => format!("/imports?{query}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> (Filter, ImportPosition) {
        serde_urlencoded::from_str::<ListQuery>(query).unwrap().read()
    }

    #[test]
    fn a_filter_survives_its_url() {
        let filter = Filter {
            standing: Some(Standing::Undone),
            name: "juin & été".into(),
            author: Some(Author::Account(3)),
            since: "hier".into(),
            until: "2026-06-30".into(),
        };
        for place in [Place { waits: false, id: 7 }, Place { waits: true, id: 7 }] {
            let url = filter.url_following(&place);
            let again = read(url.split_once('?').unwrap().1);
            assert_eq!(again, (filter.clone(), ImportPosition::Following(place)));
            let url = filter.url_preceding(&place);
            assert_eq!(read(url.split_once('?').unwrap().1).1, ImportPosition::Preceding(place));
        }
        assert_eq!(read("account=carnet").0.url(), "/imports?account=carnet");
    }

    #[test]
    fn damaged_parameters_are_left_out() {
        let (filter, place) = read("state=x&account=x&before=y&after=w");
        assert!(filter.is_empty() && place == ImportPosition::First);
    }

    #[test]
    fn every_standing_is_parsed_from_its_text() {
        for standing in Standing::all() {
            assert_eq!(Standing::parse(standing.as_str()), Some(standing));
        }
    }
}
