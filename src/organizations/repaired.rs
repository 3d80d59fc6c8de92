//! What older versions stored otherwise than this one does.

use diesel::prelude::*;

use crate::audit::{self, Entry, Kind};
use crate::book::organizations::{Details, Organization, name_key};
use crate::db::schema::organizations;
use crate::db::{AnyConnection, unless_taken};
use crate::domain::repaired;
use crate::error::AppResult;
use crate::jobs;

/// Takes invisible characters out of all organizations, which are thousands at most, and derives the keys of their names
/// again. Where another organization has that name, the old one stays, and [`crate::book::organizations::same_names`] returns both. A new name is
/// in the history by Carnet, and its contacts are indexed by the job of a renamed organization.
///
/// # Errors
/// Those of the database.
pub fn repair(conn: &mut AnyConnection) -> AppResult<()> {
    let all: Vec<(Organization, String)> = organizations::table
        .order(organizations::id)
        .select((Organization::as_select(), organizations::name_key))
        .load(conn)?;
    for (organization, key) in all {
        let old = &organization.details;
        let new = old.repaired();
        if new == *old && name_key(&old.name) == key {
            continue;
        }
        let has_name = !name_key(&new.name).is_empty();
        if has_name && unless_taken(conn, |conn| write(conn, &organization, &new, None))? {
            continue;
        }
        let name = old.name.clone();
        let today = name_key(&new.name);
        write(conn, &organization, &Details { name, ..new }, Some(&key))?;
        mark_same_name(conn, organization.id, &today)?;
    }
    Ok(())
}

/// Notes the organization that has a name, by its key, as the one with the same name as another.
fn mark_same_name(conn: &mut AnyConnection, id: i64, key: &str) -> AppResult<()> {
    let other: Option<i64> = organizations::table
        .filter(organizations::name_key.eq(key))
        .select(organizations::id)
        .first(conn)
        .optional()?;
    diesel::update(organizations::table.find(id))
        .set(organizations::same_name_as.eq(other))
        .execute(conn)?;
    Ok(())
}

/// Writes what differs; a key alone gives no version.
fn write(
    conn: &mut AnyConnection,
    organization: &Organization,
    new: &Details,
    key: Option<&str>,
) -> AppResult<()> {
    let Organization {
        id,
        details: old,
        version,
        ..
    } = organization;
    let key = key.map_or_else(|| name_key(&new.name), str::to_owned);
    let changes = old.changes_to(new);
    let version = version + i64::from(!changes.is_empty());
    diesel::update(organizations::table.find(id))
        .set((
            new,
            organizations::name_key.eq(key),
            organizations::version.eq(version),
        ))
        .execute(conn)?;
    if changes.is_empty() {
        return Ok(());
    }
    if new.name != old.name {
        jobs::enqueue_anew(conn, jobs::Kind::Organization, *id)?;
    }
    let entry = Entry::new(Kind::OrganizationEdited, None).subject(&new.name);
    audit::record(conn, &[entry.changes(changes)])
}

impl Details {
    fn repaired(&self) -> Self {
        let value = |stored: &str| repaired(stored).into_owned();
        Self {
            name: value(&self.name),
            website: value(&self.website),
            phone: value(&self.phone),
            industry: value(&self.industry),
            address: value(&self.address),
            postal_code: value(&self.postal_code),
            city: value(&self.city),
            country: value(&self.country),
            notes: value(&self.notes),
        }
    }
}
