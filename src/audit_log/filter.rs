//! The filter of the log and the position in it, both from the URL.

use serde::Deserialize;

use crate::audit::store::Wanted;
use crate::audit::{Author, Kind};
use crate::i18n::Catalogue;
use crate::web::FormErrors;
use crate::web::period::{read_period, typed_day};

/// The query string of the log's pages.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LogQuery {
    account: String,
    contact: String,
    kind: String,
    since: String,
    until: String,
    before: String,
}

/// The conditions of the log's filter; an entry must meet all. Values from the page's own links and lists are used unchanged, or
/// left out if damaged. People type the days, so these can be invalid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub author: Option<Author>,
    pub contact: Option<i64>,
    pub kind: Option<Kind>,
    /// `2026-06-30` for a valid day, or else the typed text.
    pub since: String,
    pub until: String,
}

/// The name of [`Author::Carnet`] in URLs.
pub const CARNET: &str = "carnet";

impl LogQuery {
    /// The filter, and the entry before which the page begins.
    pub fn read(self) -> (Filter, Option<i64>) {
        let filter = Filter {
            author: match self.account.as_str() {
                CARNET => Some(Author::Carnet),
                id => id.parse().ok().map(Author::Account),
            },
            contact: self.contact.parse().ok(),
            kind: Kind::parse(&self.kind),
            since: typed_day(&self.since),
            until: typed_day(&self.until),
        };
        (filter, self.before.parse().ok())
    }
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The filter for the database.
    ///
    /// # Errors
    /// Messages about the days.
    pub fn read(&self, t: &Catalogue) -> Result<Wanted, FormErrors> {
        let (since, until) = read_period(t, &self.since, &self.until)?;
        Ok(Wanted {
            author: self.author,
            contact: self.contact,
            kind: self.kind,
            since,
            until,
            ..Wanted::default()
        })
    }

    pub fn url(&self) -> String {
        self.at("/audit", None)
    }

    pub fn url_before(&self, entry: &i64) -> String {
        self.at("/audit", Some(*entry))
    }

    pub fn export_url(&self) -> String {
        self.at("/audit.csv", None)
    }

    pub fn without_contact(&self) -> Self {
        Self { contact: None, ..self.clone() }
    }

    /// Returns `true` if this author is selected in the list of authors.
    pub fn is_by(&self, author: Author) -> bool {
        self.author == Some(author)
    }

    fn at(&self, path: &str, before: Option<i64>) -> String {
        let author = match self.author {
            None => String::new(),
            Some(Author::Carnet) => CARNET.to_owned(),
            Some(Author::Account(id)) => id.to_string(),
        };
        let number = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("account", author),
            ("contact", number(self.contact)),
            ("kind", self.kind.map_or("", Kind::as_str).to_owned()),
            ("since", self.since.clone()),
            ("until", self.until.clone()),
            ("before", number(before)),
        ] {
            if !value.is_empty() {
                query.append_pair(name, &value);
            }
        }
        match query.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Locale;

    fn read(query: &str) -> (Filter, Option<i64>) {
        serde_urlencoded::from_str::<LogQuery>(query).unwrap().read()
    }

    #[test]
    fn a_filter_survives_its_url() {
        let filter = Filter {
            author: Some(Author::Account(3)),
            contact: Some(12),
            kind: Some(Kind::ContactEdited),
            since: "30 juin & plus".into(),
            until: "2026-06-30".into(),
        };
        let url = filter.url_before(&7);
        assert_eq!(read(url.split_once('?').unwrap().1), (filter, Some(7)));
        let carnet = read("account=carnet&until=30/06/2026").0;
        assert_eq!(carnet.url(), "/audit?account=carnet&until=2026-06-30");
    }

    #[test]
    fn damaged_values_are_left_out() {
        let (filter, before) = read("account=x&contact=&kind=x&before=y");
        assert!(filter.is_empty() && before.is_none());
    }

    #[test]
    fn the_last_day_is_included_completely() {
        let t = Locale::Fr.catalogue();
        let wanted = read("since=2026-06-30&until=30/06/2026").0.read(t).unwrap();
        let day = wanted.until.unwrap() - wanted.since.unwrap();
        assert!((23..=25).contains(&day.num_hours()));
        let errors = read("since=2026-07-01&until=2026-06-30").0.read(t);
        assert!(errors.unwrap_err().at("until").is_some());
        let errors = read("since=31/06/2026").0.read(t).unwrap_err();
        assert!(errors.at("since").unwrap().contains("30/06/2026"));
    }
}
