//! Repair of organizations that older versions stored differently.

use diesel::prelude::*;

use crate::audit::{self, Entry, Kind};
use crate::book::organizations::{Details, Organization, name_key};
use crate::db::schema::organizations;
use crate::db::{AnyConnection, unless_taken};
use crate::domain::repaired;
use crate::error::AppResult;
use crate::jobs;

/// Removes invisible characters from all organizations, of which there are at most thousands, and computes the keys of their
/// names again. If another organization has the new name, the old name stays, and
/// [`crate::book::organizations::same_names`] returns both. A new name is in the history as a change by Carnet, and its contacts
/// are indexed by the job of a renamed organization.
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

/// Marks an organization as having the same name as the one with this key.
fn mark_same_name(conn: &mut AnyConnection, id: i64, key: &str) -> AppResult<()> {
    let other: Option<i64> = organizations::table
        .filter(organizations::name_key.eq(key))
        .select(organizations::id)
        .first(conn)
        .optional()?;
    diesel::update(organizations::table.find(id)).set(organizations::same_name_as.eq(other)).execute(conn)?;
    Ok(())
}

/// Writes the changed values; a new key alone makes no new version.
fn write(
    conn: &mut AnyConnection,
    organization: &Organization,
    new: &Details,
    key: Option<&str>,
) -> AppResult<()> {
    let Organization { id, details: old, version, .. } = organization;
    let key = key.map_or_else(|| name_key(&new.name), str::to_owned);
    let changes = old.changes_to(new);
    let version = version + i64::from(!changes.is_empty());
    diesel::update(organizations::table.find(id))
        .set((new, organizations::name_key.eq(key), organizations::version.eq(version)))
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
            number_blocks: self.number_blocks.clone(),
        }
    }
}
