//! The organizations that lists name: found by name, created by an import, withdrawn by its undo.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Details, Organization, find, hold, name_key, remove};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::write;
use crate::db::schema::organizations;
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::error::AppResult;

/// The names of all organizations, by their keys. There are thousands of organizations, not millions.
pub fn names_by_key(conn: &mut AnyConnection) -> AppResult<HashMap<String, String>> {
    let rows: Vec<(String, String)> =
        organizations::table.select((organizations::name_key, organizations::name)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The ids of the organizations with these keys.
pub fn ids_by_key(conn: &mut AnyConnection, keys: &[&str]) -> AppResult<HashMap<String, i64>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, i64)> = on_backend!(conn, |conn| organizations::table
        .filter(in_json_list("organizations.name_key", keys)?)
        .select((organizations::name_key, organizations::id))
        .load(conn))?;
    Ok(rows.into_iter().collect())
}

/// Creates an organization that a list names.
///
/// # Errors
/// `Taken(OrganizationName)` if another organization has the name by now.
pub fn create_imported(
    conn: &mut AnyConnection,
    name: &str,
    import: i64,
    account: Option<i64>,
) -> AppResult<i64> {
    let now = clock::now();
    let details = Details { name: name.to_owned(), ..Details::default() };
    let id = diesel::insert_into(organizations::table)
        .values((
            &details,
            organizations::name_key.eq(name_key(name)),
            organizations::created_import_id.eq(import),
            organizations::created_at.eq(now),
            organizations::updated_at.eq(now),
            organizations::updated_by.eq(account),
        ))
        .returning(organizations::id)
        .get_result(conn)?;
    let entry = Entry::new(Kind::OrganizationAdded, account).import(Some(import)).subject(name);
    audit::record(conn, &[entry])?;
    Ok(id)
}

/// Deletes the next organization after an id that an undone import created, if nobody has edited it and no contact in the book
/// belongs to it. Returns its id, deleted or not; `None` after the last one.
pub fn withdraw_next(
    conn: &mut AnyConnection,
    import: i64,
    after: i64,
    account: Option<i64>,
) -> AppResult<Option<i64>> {
    let next: Option<i64> = organizations::table
        .filter(organizations::created_import_id.eq(import))
        .filter(organizations::id.gt(after))
        .order(organizations::id)
        .select(organizations::id)
        .first(conn)
        .optional()?;
    let Some(id) = next else {
        return Ok(None);
    };
    hold(conn, id, None)?;
    let Organization { details, version, .. } = find(conn, id)?;
    if version == 1 && write::count_members(conn, id)?.in_book == 0 {
        write::move_members(conn, (id, &details.name), None, account)?;
        let entry = Entry::new(Kind::OrganizationDeleted, account).import(Some(import));
        remove(conn, id, &details, entry)?;
    }
    Ok(Some(id))
}
