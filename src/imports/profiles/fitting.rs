//! The profile that fits a list.

use super::store::{self, Profile};
use crate::db::AnyConnection;
use crate::error::{AppError, AppResult};
use crate::imports::import::Import;
use crate::imports::mapped::{self, Mapped};
use crate::imports::mapping::{HeadingDifference, Mapping};
use crate::imports::sources::{SourceKind, Table};

/// The mapping of a profile for a list with the same headings.
pub fn mapping_for(profile: &Profile, table: &Table) -> Option<Mapping> {
    let mapping = profile.mapping.reorder(&table.headings())?;
    Some(Mapping { heading_row: table.heading_row, ..mapping })
}

/// Chooses the profile by which a list is read, notes its use, and returns its id with the mapping for the list. Of several that
/// fit, it is the one used last. An import of the command line is read by the profile that it asked for, and by no other one.
/// Cards have no headings of their own.
pub fn use_fitting(
    conn: &mut AnyConnection,
    import: &Import,
    table: &Table,
) -> AppResult<Option<(i64, Mapping)>> {
    if table.kind == SourceKind::Vcard {
        return Ok(None);
    }
    let may_read = |profile: &Profile| match import.profile_id {
        Some(wanted) => wanted == profile.id,
        None => import.created_by.is_some(),
    };
    for profile in store::by_last_use(conn)?.into_iter().filter(may_read) {
        let Some(mapping) = mapping_for(&profile, table) else { continue };
        if list_of(conn, mapping.clone())?.is_some() {
            store::note_use(conn, profile.id)?;
            return Ok(Some((profile.id, mapping)));
        }
    }
    Ok(None)
}

/// The list with a mapping; `None` if the mapping names a contact type, a field or a source that was deleted since.
pub fn list_of(conn: &mut AnyConnection, mapping: Mapping) -> AppResult<Option<Mapped>> {
    match mapped::of_mapping(conn, mapping) {
        Ok(list) => Ok(list.ok()),
        Err(AppError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A profile whose headings a list nearly has.
pub struct Near {
    pub name: String,
    pub difference: HeadingDifference,
}

/// The profile that shares most headings with a list, if it shares at least half of its own.
pub fn nearest(conn: &mut AnyConnection, table: &Table) -> AppResult<Option<Near>> {
    let headings = table.headings();
    let near = store::by_last_use(conn)?.into_iter().filter_map(|profile| {
        let difference = profile.mapping.compare(&headings);
        let shares_half = difference.missing.len() * 2 <= profile.mapping.headings.len();
        shares_half.then_some(Near { name: profile.settings.name, difference })
    });
    Ok(near.min_by_key(|near| near.difference.missing.len() + near.difference.added.len()))
}
