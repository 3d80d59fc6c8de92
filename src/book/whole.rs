//! Whole contacts: everything that an import of any list can read and change, for many contacts at once.

use std::collections::{HashMap, HashSet};

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::contact::Contact;
use super::contact_types;
use super::external_ids::{self, ExternalId};
use crate::db::schema::{contact_external_ids, contact_types as types, contacts, organizations};
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::domain::{Details, EXTERNAL_ID, Field};
use crate::error::AppResult;

/// A contact with its values from other tables.
#[derive(Debug, Clone)]
pub struct WholeContact {
    pub contact: Contact,
    /// Everything that can be typed about the contact, as stored.
    pub details: Details,
    pub external_ids: Vec<ExternalId>,
}

impl WholeContact {
    /// Adds their values from other tables to contacts.
    pub fn of(conn: &mut AnyConnection, contacts: Vec<Contact>) -> AppResult<Vec<Self>> {
        if contacts.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = contacts.iter().map(|contact| contact.id).collect();
        let organizations = organization_names(conn, &contacts)?;
        let mut types: HashMap<i64, String> = HashMap::new();
        if contacts.iter().any(|contact| contact.contact_type_id.is_some()) {
            let all: Vec<(i64, String)> = types::table.select((types::id, types::name)).load(conn)?;
            types.extend(all);
        }
        let mut values = contact_types::keyed_values(conn, &ids)?;
        let mut external: HashMap<i64, Vec<ExternalId>> = HashMap::new();
        for id in external_ids::of(conn, &ids)? {
            external.entry(id.contact).or_default().push(id);
        }
        let wholes = contacts.into_iter().map(|contact| {
            let mut details = contact.details();
            if let Some(name) = contact.organization_id.and_then(|id| organizations.get(&id)) {
                details.set(Field::Organization, name.as_str());
            }
            if let Some(name) = contact.contact_type_id.and_then(|id| types.get(&id)) {
                details.set(Field::ContactType, name.as_str());
            }
            for (key, value) in values.remove(&contact.id).unwrap_or_default() {
                details.set_custom(&key, value);
            }
            let external_ids = external.remove(&contact.id).unwrap_or_default();
            Self { contact, details, external_ids }
        });
        Ok(wholes.collect())
    }

    /// A value by its name in the history: that of its control, `topics`, `languages`, or an external id.
    pub fn named(&self, name: &str) -> String {
        match name {
            "topics" => self.contact.topics.clone(),
            "languages" => self.contact.languages.clone(),
            name => match name.strip_prefix(EXTERNAL_ID) {
                Some(source) => {
                    let of_source = self.external_ids.iter().filter(|id| id.source.name == source);
                    of_source.map(|id| id.value.as_str()).collect::<Vec<_>>().join("\n")
                }
                None => self.details.named(name).to_owned(),
            },
        }
    }

    /// Loads contacts, including deleted ones, without a lock.
    pub fn load(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<Self>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let contacts: Vec<Contact> = on_backend!(conn, |conn| contacts::table
            .filter(in_json_list("contacts.id", ids)?)
            .order(contacts::id)
            .select(Contact::as_select())
            .load(conn))?;
        Self::of(conn, contacts)
    }
}

/// The names of the organizations of contacts, by their ids.
pub fn organization_names(conn: &mut AnyConnection, contacts: &[Contact]) -> AppResult<HashMap<i64, String>> {
    let mut ids: Vec<i64> = contacts.iter().filter_map(|contact| contact.organization_id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let names: Vec<(i64, String)> = on_backend!(conn, |conn| organizations::table
        .filter(in_json_list("organizations.id", &ids)?)
        .select((organizations::id, organizations::name))
        .load(conn))?;
    Ok(names.into_iter().collect())
}

/// The contacts that have one of these ids of a source, as pairs of the id and the contact.
pub fn with_external_ids(
    conn: &mut AnyConnection,
    source: i64,
    values: &[&str],
) -> AppResult<Vec<(String, i64)>> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_backend!(conn, |conn| contact_external_ids::table
        .filter(contact_external_ids::source_id.eq(source))
        .filter(in_json_list("contact_external_ids.value", values)?)
        .select((contact_external_ids::value, contact_external_ids::contact_id))
        .load(conn))?)
}

/// The most contacts with one number that [`with_numbers`] returns, whatever their names are: more share a switchboard.
const HOLDERS: i64 = 50;

/// The contacts that have some numbers.
#[derive(Debug, Default)]
pub struct Holders {
    /// Pairs of the E.164 form of a number and a contact.
    pub pairs: Vec<(String, i64)>,
    /// The numbers that more than 50 contacts have in one field. Of those, `pairs` has the asked names only.
    pub shared: HashSet<String>,
}

/// The contacts in the book that have one of these numbers in one of their four fields. `names` are those that count for a number that
/// many share ([`crate::domain::sort_key`]). The statements look in one field each, so that each uses the index of its column.
pub fn with_numbers(conn: &mut AnyConnection, numbers: &[&str], names: &[&str]) -> AppResult<Holders> {
    let mut found = Holders::default();
    if numbers.is_empty() {
        return Ok(found);
    }
    macro_rules! look_in {
        ($($column:ident),*) => {
            $(
                let name = concat!("contacts.", stringify!($column));
                // Most numbers have one holder; the count has its id.
                let counted: Vec<(String, i64, Option<i64>)> = on_backend!(conn, |conn| contacts::table
                    .filter(in_json_list(name, numbers)?)
                    .filter(contacts::deleted_at.is_null())
                    .group_by(contacts::$column)
                    .select((contacts::$column.assume_not_null(), count_star(), min(contacts::id)))
                    .load(conn))?;
                let (mut few, mut many) = (Vec::new(), Vec::new());
                for (number, holders, first) in &counted {
                    match (*holders, first) {
                        (1, Some(id)) => found.pairs.push((number.clone(), *id)),
                        (..=HOLDERS, _) => few.push(number.as_str()),
                        _ => many.push(number.as_str()),
                    }
                }
                if !few.is_empty() {
                    found.pairs.extend(on_backend!(conn, |conn| contacts::table
                        .filter(in_json_list(name, &few)?)
                        .filter(contacts::deleted_at.is_null())
                        .select((contacts::$column.assume_not_null(), contacts::id))
                        .load::<(String, i64)>(conn))?);
                }
                if !many.is_empty() {
                    found.shared.extend(many.iter().map(|number| (*number).to_owned()));
                    found.pairs.extend(on_backend!(conn, |conn| contacts::table
                        .filter(in_json_list(name, &many)?)
                        .filter(in_json_list("contacts.sort_key", names)?)
                        .filter(contacts::deleted_at.is_null())
                        .select((contacts::$column.assume_not_null(), contacts::id))
                        .load::<(String, i64)>(conn))?);
                }
            )*
        };
    }
    look_in!(phone_work_e164, phone_cell_e164, phone_home_e164, phone_other_e164);
    found.pairs.sort_unstable();
    found.pairs.dedup();
    Ok(found)
}
