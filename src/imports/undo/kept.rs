//! The contacts kept by an undo, as they are now.

use std::collections::BTreeMap;
use std::collections::HashMap;

use diesel::prelude::*;

use super::rules::is_status;
use crate::audit;
use crate::audit::store::Happened;
use crate::book::contact::Contact;
use crate::book::notes;
use crate::db::AnyConnection;
use crate::db::schema::{contacts, import_kept, imports};
use crate::domain::Field;
use crate::error::AppResult;

/// A contact that was kept when an import was undone.
pub struct KeptContact {
    pub contact: Contact,
    /// The later import that contains it, id and name; `None` if that import was undone too.
    pub held_by: Option<(i64, String)>,
    pub differences: Vec<Difference>,
    pub has_notes: bool,
}

/// A field whose value differs from the one before the import, or from the imported one if the import created the contact.
pub struct Difference {
    /// The name of the field's control.
    pub field: String,
    pub imported: String,
    /// `None` if the import created the contact.
    pub before: Option<String>,
    pub today: String,
}

/// Returns the contacts that the undo of an import kept, after an id (0 for the first page).
pub fn kept(conn: &mut AnyConnection, import: i64, after: i64, limit: i64) -> AppResult<Vec<KeptContact>> {
    let rows: Vec<(Contact, Option<i64>)> = import_kept::table
        .inner_join(contacts::table)
        .filter(import_kept::import_id.eq(import))
        .filter(import_kept::contact_id.gt(after))
        .order(import_kept::contact_id)
        .limit(limit)
        .select((Contact::as_select(), import_kept::held_by))
        .load(conn)?;
    let ids: Vec<i64> = rows.iter().map(|(contact, _)| contact.id).collect();
    let mut entries = audit::store::of_contacts(conn, &ids)?;
    let notes = notes::latest(conn, &ids)?;
    let holders: HashMap<i64, String> = imports::table
        .filter(imports::id.eq_any(rows.iter().filter_map(|(_, held_by)| *held_by)))
        .filter(imports::undone_at.is_null())
        .select((imports::id, imports::name))
        .load(conn)?
        .into_iter()
        .collect();
    Ok(rows
        .into_iter()
        .map(|(contact, held_by)| {
            let entries = entries.remove(&contact.id).unwrap_or_default();
            KeptContact {
                differences: differences(import, &contact, entries),
                has_notes: notes.contains_key(&contact.id),
                held_by: held_by.and_then(|id| Some((id, holders.get(&id)?.clone()))),
                contact,
            }
        })
        .collect())
}

/// Returns the differing fields; `entries` has the latest entry first.
fn differences(import: i64, contact: &Contact, mut entries: Vec<Happened>) -> Vec<Difference> {
    let is_created = contact.created_import_id == Some(import);
    let own = entries.iter().position(|entry| entry.is_of_import(import)).filter(|_| !is_created);
    let is_restored = own.is_some_and(|own| entries[own].kind == Some(audit::Kind::ContactRestored));
    let later = entries.drain(..own.unwrap_or(entries.len())).rev();
    let later: Vec<Happened> = later.collect();
    let mut fields: BTreeMap<(usize, String), Difference> = BTreeMap::new();
    let place = |field: &str| {
        let number = Field::parse(field).map_or(Field::ALL.len(), |field| field as usize);
        (number, field.to_owned())
    };
    for change in entries.into_iter().next().into_iter().flat_map(|own| own.changes) {
        let difference = Difference {
            today: change.new.clone(),
            imported: change.new,
            before: Some(change.old),
            field: change.field,
        };
        fields.insert(place(&difference.field), difference);
    }
    for change in later.into_iter().flat_map(|entry| entry.changes) {
        let place = place(&change.field);
        if is_status(&change.field) && !fields.contains_key(&place) {
            continue;
        }
        if let Some(known) = fields.get_mut(&place) {
            known.today = change.new;
        } else if is_created || is_restored {
            let difference = Difference {
                before: (!is_created).then(|| change.old.clone()),
                imported: change.old,
                today: change.new,
                field: change.field,
            };
            fields.insert(place, difference);
        }
    }
    fields
        .into_values()
        .filter(|difference| {
            let former = difference.before.as_ref().unwrap_or(&difference.imported);
            *former != difference.today
        })
        .collect()
}
