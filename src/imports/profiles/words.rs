//! The sentences about lists that a profile does not read, or lets wait.

use diesel::prelude::*;

use super::bounds::Used;
use super::store::{self, Profile};
use crate::db::schema::import_mappings;
use crate::db::{AnyConnection, Json};
use crate::error::AppResult;
use crate::i18n::{Catalogue, fl};
use crate::imports::columns;
use crate::imports::import::{Import, State};
use crate::imports::sources::Table;

/// Says why a profile does not read a list.
pub fn unfit(t: &Catalogue, profile: &Profile, table: &Table) -> String {
    let name = profile.settings.name.as_str();
    if profile.mapping.reorder(&table.headings()).is_some() {
        return fl!(t, "profile-outdated", name = name);
    }
    let difference = profile.mapping.compare(&table.headings());
    let difference = columns::heading_difference(t, &difference);
    fl!(t, "command-other-headings", name = name, difference = difference)
}

fn table_of(conn: &mut AnyConnection, import: &Import) -> AppResult<Option<Table>> {
    let row = import_mappings::table.find(import.id).select(import_mappings::source);
    let known: Option<Json<Table>> = row.first(conn).optional()?;
    Ok(known.map(|Json(table)| table))
}

/// Why an import that a profile was to read waits, one sentence each; none for the strict list, and if only rejected lines let it
/// wait.
pub fn stops(conn: &mut AnyConnection, t: &Catalogue, import: &Import) -> AppResult<Vec<String>> {
    let Some(table) = table_of(conn, import)? else {
        return Ok(Vec::new());
    };
    let Some(profile) = import.profile_id else {
        return Ok(vec![fl!(t, "command-profile-gone")]);
    };
    if import.state == State::Mapping {
        return Ok(vec![unfit(t, &store::find(conn, profile)?, &table)]);
    }
    let passed = Used::of(conn, import)?.map(|used| used.passed).unwrap_or_default();
    Ok(passed.iter().map(|passed| passed.words(t)).collect())
}
