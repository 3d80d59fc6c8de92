//! The notes of rows that contacts have already.

use std::collections::HashMap;

use diesel::prelude::*;

use super::MappedRow;
use super::find::Contacts;
use crate::db::schema::notes;
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::error::AppResult;
use crate::imports::mapping::ListRow;

/// The contacts that have the notes of some rows already.
pub struct Noted(HashMap<i64, Vec<String>>);

impl Noted {
    pub fn load(conn: &mut AnyConnection, rows: &[&MappedRow], contacts: &Contacts) -> AppResult<Self> {
        let texts: Vec<&str> = rows.iter().flat_map(|row| row.row.notes()).collect();
        let mut noted: HashMap<i64, Vec<String>> = HashMap::new();
        if !texts.is_empty() && !contacts.is_empty() {
            let ids: Vec<i64> = contacts.keys().copied().collect();
            let found: Vec<(i64, String)> = on_backend!(conn, |conn| notes::table
                .filter(in_json_list("notes.contact_id", &ids)?)
                .filter(in_json_list("notes.text", &texts)?)
                .select((notes::contact_id, notes::text))
                .load(conn))?;
            for (contact, text) in found {
                noted.entry(contact).or_default().push(text);
            }
        }
        Ok(Self(noted))
    }

    /// The notes of the row that the contact does not have.
    pub fn new_notes(&self, contact: i64, row: &ListRow) -> Vec<String> {
        let known = self.0.get(&contact);
        let is_new = |note: &&str| known.is_none_or(|texts| !texts.iter().any(|text| text == note));
        row.notes().filter(is_new).map(str::to_owned).collect()
    }
}
