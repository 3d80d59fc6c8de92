//! What older versions stored otherwise than this one does.

use std::collections::HashMap;

use diesel::prelude::*;

use super::store::name_key;
use super::{Details, Organization};
use crate::db::schema::organizations;
use crate::db::{AnyConnection, rekey, unless_taken};
use crate::domain::repaired;
use crate::error::AppResult;
use crate::history::{self, Entry, Kind};
use crate::jobs;

/// Takes invisible characters out of all organizations, which are thousands at most, and derives the keys of their names
/// again. Where another organization has that name, the old one stays, and [`super::store::same_names`] returns both. A new name is
/// in the history by Carnet, and its contacts are indexed by the job of a renamed organization.
///
/// # Errors
/// Those of the database.
pub fn repair(conn: &mut AnyConnection) -> AppResult<()> {
    let all: Vec<Organization> = organizations::table
        .order(organizations::id)
        .select(Organization::as_select())
        .load(conn)?;
    for Organization {
        id,
        details,
        version,
        ..
    } in all
    {
        let new = details.repaired();
        let changes = details.changes_to(&new);
        if changes.is_empty() {
            continue;
        }
        let write = |conn: &mut AnyConnection, new: &Details| {
            unless_taken(conn, |conn| {
                diesel::update(organizations::table.find(id))
                    .set((
                        new,
                        organizations::name_key.eq(name_key(&new.name)),
                        organizations::version.eq(version + 1),
                    ))
                    .execute(conn)?;
                if new.name != details.name {
                    jobs::enqueue_anew(conn, jobs::Kind::Organization, id)?;
                }
                let entry = Entry::new(Kind::OrganizationEdited, None).subject(&new.name);
                history::record(conn, &[entry.changes(details.changes_to(new))])
            })
        };
        if name_key(&new.name).is_empty() || !write(conn, &new)? {
            let name = details.name.clone();
            let new = Details { name, ..new };
            // Only the name was to be another: then nothing is.
            if new != details {
                write(conn, &new)?;
            }
        }
    }
    rekey!(conn, organizations, name, name_key, name_key);
    mark_same_names(conn)
}

/// Marks the organizations whose names another has in today's spelling.
fn mark_same_names(conn: &mut AnyConnection) -> AppResult<()> {
    let all: Vec<(i64, String, String)> = organizations::table
        .select((
            organizations::id,
            organizations::name,
            organizations::name_key,
        ))
        .load(conn)?;
    let by_key: HashMap<&str, i64> = all.iter().map(|(id, _, key)| (key.as_str(), *id)).collect();
    for (id, name, key) in &all {
        let today = name_key(&repaired(name));
        let other = by_key.get(today.as_str()).filter(|_| today != *key);
        if let Some(other) = other {
            diesel::update(organizations::table.find(id))
                .set(organizations::same_name_as.eq(other))
                .execute(conn)?;
        }
    }
    Ok(())
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
