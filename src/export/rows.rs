//! Reads the contacts of a filter in batches, so that the memory needed does not depend on their number.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::book::contact::Contact;
use crate::book::contact_query::Selection;
use crate::book::external_ids::{self, ExternalId};
use crate::book::filter::{Cursor, Direction, Filter};
use crate::book::{contact_types, document, list};
use crate::db::schema::{contacts, imports};
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::error::AppResult;

/// Contacts per batch.
const STRETCH: usize = 500;

/// A contact with its values from other tables.
pub struct ExportedContact {
    pub contact: Contact,
    /// The name of the last import that contained the contact.
    pub import: Option<String>,
    /// The organization's name, or empty.
    pub organization: String,
    /// The values of the contact types' fields, by field id.
    pub values: HashMap<i64, String>,
    pub external_ids: Vec<ExternalId>,
}

/// The values from other tables that an export needs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extras {
    pub organizations: bool,
    pub customs: bool,
    pub external_ids: bool,
}

/// The contacts of a filter, in the order of names.
pub struct Rows {
    selection: Selection,
    extras: Extras,
    place: Option<Cursor>,
    is_ended: bool,
}

impl Rows {
    pub fn new(conn: &mut AnyConnection, filter: &Filter, extras: Extras) -> AppResult<Self> {
        Ok(Self { selection: Selection::of(conn, filter)?, extras, place: None, is_ended: false })
    }

    /// Returns `true` once the last contacts are read.
    pub fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Returns the next contacts; an empty result is the end.
    pub fn next(&mut self, conn: &mut AnyConnection) -> AppResult<Vec<ExportedContact>> {
        let place = self.place.as_ref();
        // One extra contact shows whether more follow.
        let mut ids = self.selection.by_name(conn, place, Direction::Forward, STRETCH as i64 + 1)?;
        let more = ids.len() > STRETCH;
        ids.truncate(STRETCH);
        let rows = whole(conn, &ids)?;
        self.is_ended = !more || rows.is_empty();
        self.place = rows.last().map(|(contact, _)| Cursor {
            id: contact.id,
            sort_key: contact.sort_key.clone(),
            section: 0,
            value: None,
            passed: None,
        });
        let organizations = if self.extras.organizations {
            document::organization_names(conn, rows.iter().map(|(contact, _)| &contact.person))?
        } else {
            HashMap::new()
        };
        let mut values =
            if self.extras.customs { contact_types::values_of(conn, &ids)? } else { HashMap::new() };
        let mut external_ids: HashMap<i64, Vec<ExternalId>> = HashMap::new();
        if self.extras.external_ids {
            for known in external_ids::of(conn, &ids)? {
                external_ids.entry(known.contact).or_default().push(known);
            }
        }
        Ok(rows
            .into_iter()
            .map(|(contact, import)| {
                let organization = contact.organization_id.and_then(|id| organizations.get(&id));
                ExportedContact {
                    organization: organization.cloned().unwrap_or_default(),
                    values: values.remove(&contact.id).unwrap_or_default(),
                    external_ids: external_ids.remove(&contact.id).unwrap_or_default(),
                    import,
                    contact,
                }
            })
            .collect())
    }
}

/// Loads these contacts in this order, each with the name of the last import that contained it.
fn whole(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<(Contact, Option<String>)>> {
    let rows: Vec<(Contact, Option<String>)> = on_backend!(conn, |conn| {
        contacts::table
            .left_join(imports::table)
            .filter(in_json_list("contacts.id", ids)?)
            .select((Contact::as_select(), imports::name.nullable()))
            .load(conn)?
    });
    Ok(list::sorted(ids, rows, |(contact, _)| contact.id))
}
