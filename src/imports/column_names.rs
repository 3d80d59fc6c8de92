//! The names of a list's columns.

use diesel::prelude::*;

use super::import::Import;
use super::sources::Table;
use crate::db::schema::import_mappings;
use crate::db::{AnyConnection, Json};
use crate::domain::Field;
use crate::error::AppResult;
use crate::i18n::{Catalogue, column_name, fl};

/// The heading of a column, from 1, or its number if it has none; `None` is the line as a whole.
pub fn heading_of(t: &Catalogue, headings: &[String], column: Option<i64>) -> String {
    let Some(column) = column.filter(|column| *column > 0) else {
        return fl!(t, "whole-line");
    };
    let place = usize::try_from(column - 1).ok();
    let heading = place.and_then(|place| headings.get(place)).filter(|heading| !heading.trim().is_empty());
    heading.cloned().unwrap_or_else(|| fl!(t, "wrong-column", number = column))
}

/// The names of the columns of an import's list.
pub enum ColumnNames {
    Strict,
    /// The headings of a list of another kind.
    Headings(Vec<String>),
}

impl ColumnNames {
    pub fn of(conn: &mut AnyConnection, import: &Import) -> AppResult<Self> {
        if import.list.is_none() {
            return Ok(Self::Strict);
        }
        let known: Option<Json<Table>> =
            import_mappings::table.find(import.id).select(import_mappings::source).first(conn).optional()?;
        let headings = known.map_or_else(Vec::new, |Json(table)| {
            table.columns.into_iter().map(|column| column.heading).collect()
        });
        Ok(Self::Headings(headings))
    }

    /// The name of a column, from 1; `None` is the line as a whole. A column without a heading has its number.
    pub fn name(&self, t: &Catalogue, column: Option<i64>) -> String {
        let Some(column) = column.filter(|column| *column > 0) else {
            return fl!(t, "whole-line");
        };
        match self {
            Self::Strict => {
                let field = Field::from_column(column);
                field.map_or_else(|| fl!(t, "wrong-column", number = column), |field| column_name(t, field))
            }
            Self::Headings(headings) => heading_of(t, headings, Some(column)),
        }
    }

    /// The number of columns.
    pub fn count(&self) -> usize {
        match self {
            Self::Strict => Field::IN_FILE.len(),
            Self::Headings(headings) => headings.len(),
        }
    }

    /// The names of all columns of a list of another kind than the strict one.
    pub fn all(&self, t: &Catalogue) -> Vec<String> {
        match self {
            Self::Strict => Field::IN_FILE.map(|field| column_name(t, field)).to_vec(),
            Self::Headings(headings) => (1..).take(headings.len()).map(|n| self.name(t, Some(n))).collect(),
        }
    }
}
