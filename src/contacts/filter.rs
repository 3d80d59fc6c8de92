//! What the list is narrowed to, and where in it one is: all of it in the URL.

use std::fmt;

use serde::Deserialize;

use crate::domain::{Facet, Query, Status};
use crate::i18n::{Catalogue, fl};

/// The list's query string, as it came.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    q: String,
    status: String,
    import: String,
    organization: String,
    service: String,
    city: String,
    after: String,
    before: String,
}

/// Filters that combine: a contact must pass all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// What was typed into the search field.
    pub q: String,
    pub status: Option<Status>,
    /// The name of an import.
    pub import: String,
    /// The name of an organization.
    pub organization: String,
    pub service: String,
    pub city: String,
}

/// A place in the list that stays right while contacts come and go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub id: i64,
    pub sort_key: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Backward,
}

/// Characters of a filter that are looked at: more is no name.
const LONGEST: usize = 200;

impl ListQuery {
    /// The filter and the place; an unknown status or a damaged place is left out.
    pub fn read(self) -> (Filter, Option<Cursor>, Direction) {
        let short = |text: String| {
            let visible = text.trim().chars().filter(|c| !c.is_control());
            visible.take(LONGEST).collect::<String>()
        };
        let (place, direction) = match (Cursor::parse(&self.after), Cursor::parse(&self.before)) {
            (Some(after), _) => (Some(after), Direction::Forward),
            (None, Some(before)) => (Some(before), Direction::Backward),
            (None, None) => (None, Direction::Forward),
        };
        let filter = Filter {
            q: short(self.q),
            status: Status::parse(&self.status),
            import: short(self.import),
            organization: short(self.organization),
            service: short(self.service),
            city: short(self.city),
        };
        (filter, place, direction)
    }
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The part that the search index answers; the import has an index of its own. `organization` is the one that is
    /// named.
    pub fn query(&self, organization: Option<i64>) -> Query {
        let mut facets = Vec::new();
        facets.extend(self.status.map(Facet::Status));
        facets.extend(organization.map(Facet::Organization));
        if !self.service.is_empty() {
            facets.push(Facet::Service(self.service.clone()));
        }
        if !self.city.is_empty() {
            facets.push(Facet::City(self.city.clone()));
        }
        Query::new(&self.q, &facets)
    }

    pub fn url(&self) -> String {
        self.url_with(None)
    }

    pub fn url_after(&self, cursor: &Cursor) -> String {
        self.url_with(Some(("after", cursor.to_string())))
    }

    pub fn url_before(&self, cursor: &Cursor) -> String {
        self.url_with(Some(("before", cursor.to_string())))
    }

    fn without_q(&self) -> Self {
        Self {
            q: String::new(),
            ..self.clone()
        }
    }

    pub fn without_status(&self) -> Self {
        self.with_status(None)
    }

    pub fn with_status(&self, status: Option<Status>) -> Self {
        Self {
            status,
            ..self.clone()
        }
    }

    fn without_import(&self) -> Self {
        Self {
            import: String::new(),
            ..self.clone()
        }
    }

    fn without_organization(&self) -> Self {
        Self {
            organization: String::new(),
            ..self.clone()
        }
    }

    fn without_service(&self) -> Self {
        Self {
            service: String::new(),
            ..self.clone()
        }
    }

    fn without_city(&self) -> Self {
        Self {
            city: String::new(),
            ..self.clone()
        }
    }

    /// What narrows the list beside the status: label, value, and the filter without it.
    pub fn active(&self, t: &Catalogue) -> Vec<(String, String, Self)> {
        [
            (fl!(t, "filter-search"), &self.q, self.without_q()),
            (
                fl!(t, "field-organization"),
                &self.organization,
                self.without_organization(),
            ),
            (
                fl!(t, "field-service"),
                &self.service,
                self.without_service(),
            ),
            (fl!(t, "field-city"), &self.city, self.without_city()),
            (fl!(t, "import-column"), &self.import, self.without_import()),
        ]
        .into_iter()
        .filter(|(_, value, _)| !value.is_empty())
        .map(|(label, value, without)| (label, value.clone(), without))
        .collect()
    }

    fn url_with(&self, place: Option<(&str, String)>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let status = self.status.map_or("", Status::as_str);
        for (name, value) in [
            ("q", self.q.as_str()),
            ("status", status),
            ("import", &self.import),
            ("organization", &self.organization),
            ("service", &self.service),
            ("city", &self.city),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some((name, value)) = place {
            query.append_pair(name, &value);
        }
        match query.finish() {
            query if query.is_empty() => "/contacts".to_owned(),
            query => format!("/contacts?{query}"),
        }
    }
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let (id, sort_key) = text.split_once(':')?;
        // PostgreSQL refuses NUL in a text.
        (!sort_key.contains('\0')).then_some(())?;
        Some(Self {
            id: id.parse().ok()?,
            sort_key: sort_key.chars().take(500).collect(),
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.id, self.sort_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_its_url() {
        let filter = Filter {
            q: "l’haÿ & + %".into(),
            status: Some(Status::Transfer),
            import: "juin2026".into(),
            organization: "Régie & Fils".into(),
            service: "État civil".into(),
            city: "L'Haÿ-les-Roses".into(),
        };
        let cursor = Cursor {
            id: 7,
            sort_key: "a:b\u{1}c".into(),
        };
        let url = filter.url_after(&cursor);
        let query: ListQuery = serde_urlencoded::from_str(url.split_once('?').unwrap().1).unwrap();
        assert_eq!(query.read(), (filter, Some(cursor), Direction::Forward));
    }
}
