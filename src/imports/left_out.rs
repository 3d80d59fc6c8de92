//! What an import of cards, or of this program's own table, does not take over.

use diesel::prelude::*;

use super::import::Import;
use super::mapping::{Mapping, Target};
use super::own_table;
use super::sources::{SourceKind, Table};
use crate::db::schema::import_mappings;
use crate::db::{AnyConnection, Json};
use crate::error::AppResult;
use crate::i18n::Locale;

/// The heading of the column with the dropped properties of cards.
const DROPPED: &str = "dropped";
const PHOTO: &str = "PHOTO";

/// Names with the number of their values.
pub struct LeftOut {
    pub names: Vec<(String, u64)>,
    pub is_of_cards: bool,
    /// `true` if the dropped properties can become a note.
    pub can_be_kept: bool,
    /// `true` if they do.
    pub are_kept: bool,
}

impl LeftOut {
    /// Returns `None` for other lists, whose columns somebody chose, and where everything is taken over.
    pub fn of(conn: &mut AnyConnection, import: &Import) -> AppResult<Option<Self>> {
        if import.list.is_none() {
            return Ok(None);
        }
        let known: Option<(Json<Table>, Json<Option<Mapping>>)> = import_mappings::table
            .find(import.id)
            .select((import_mappings::source, import_mappings::mapping))
            .first(conn)
            .optional()?;
        let Some((Json(table), Json(Some(mapping)))) = known else {
            return Ok(None);
        };
        let is_of_cards = table.kind == SourceKind::Vcard;
        let mut names =
            if is_of_cards { table.dropped.clone() } else { own_table::left_out(&table, &mapping) };
        if table.photos > 0 {
            names.push((PHOTO.to_owned(), table.photos));
        }
        let are_kept = mapping.column_of(&Target::Dropped).is_some();
        let can_be_kept = is_of_cards && table.columns.iter().any(|column| column.heading == DROPPED);
        let is_asked = is_of_cards || mapping.exact;
        Ok((is_asked && !names.is_empty()).then_some(Self { names, is_of_cards, can_be_kept, are_kept }))
    }

    /// `X-SKYPE (12), PHOTO (3)`
    pub fn list(&self, locale: Locale) -> String {
        let count = |count: u64| locale.number(i64::try_from(count).unwrap_or(i64::MAX));
        let named = self.names.iter().map(|(name, number)| format!("{name} ({})", count(*number)));
        named.collect::<Vec<_>>().join(", ")
    }
}

/// The columns of cards have the names of their fields. The dropped properties become a note on request only.
pub fn mapping_of_cards(table: &Table, keep_dropped: bool) -> Mapping {
    let targets = table.columns.iter().map(|column| {
        let target = Target::parse(&column.heading);
        target.filter(|target| keep_dropped || *target != Target::Dropped)
    });
    Mapping {
        headings: table.headings(),
        columns: targets.map(|target| super::mapping::Choice { target, ..Default::default() }).collect(),
        exact: table.is_own,
        create_organizations: true,
        heading_row: table.heading_row,
        ..Mapping::default()
    }
}
