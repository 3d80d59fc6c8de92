//! What older versions stored otherwise than this one does.

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
/// again. Returns the names that stay as they were, since another organization has that name; a new name is in the history
/// by Carnet, and its contacts are indexed by the job of a renamed organization.
///
/// # Errors
/// Those of the database.
pub fn repair(conn: &mut AnyConnection) -> AppResult<Vec<String>> {
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
    let mut kept = rekey!(conn, organizations, name, name_key, name_key);
    let names: Vec<String> = organizations::table
        .select(organizations::name)
        .load(conn)?;
    kept.extend(names.into_iter().filter(|name| repaired(name) != *name));
    kept.sort_unstable();
    kept.dedup();
    Ok(kept)
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
