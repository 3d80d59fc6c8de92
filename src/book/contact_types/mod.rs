//! The queries on contact types, their fields and the fields' values.

mod contact_type;
mod effects;
pub(crate) mod writing;

pub use contact_type::{ContactType, CustomField, NewField};
pub use effects::{contacts_of, filled};

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::{contact_type_fields, contact_types, contact_values, contacts};
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::domain::{CustomKind, fold};
use crate::error::AppResult;

/// Rows per statement.
const ROWS: usize = 1_000;

/// All contact types in their order, including those that are switched off.
pub fn all(conn: &mut AnyConnection) -> AppResult<Vec<ContactType>> {
    let types = contact_types::table.order((contact_types::position, contact_types::id));
    Ok(types.select(ContactType::as_select()).load(conn)?)
}

/// # Errors
/// [`crate::error::AppError::NotFound`] if there is no such type.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<ContactType> {
    Ok(contact_types::table.find(id).select(ContactType::as_select()).first(conn)?)
}

pub fn named(conn: &mut AnyConnection, name: &str) -> AppResult<Option<ContactType>> {
    let name = name.trim();
    Ok(contact_types::table
        .filter(contact_types::name_key.eq(fold(name)).or(contact_types::name.eq(name)))
        // The exact spelling first, as a newer version may give two names the same key.
        .order(contact_types::name.eq(name).desc())
        .select(ContactType::as_select())
        .first(conn)
        .optional()?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = contact_type_fields)]
struct FieldRow {
    id: i64,
    type_id: i64,
    key: String,
    label: String,
    kind: String,
    choices: String,
    required: bool,
    disabled_at: Option<NaiveDateTime>,
}

impl From<FieldRow> for CustomField {
    fn from(row: FieldRow) -> Self {
        Self {
            id: row.id,
            type_id: row.type_id,
            key: row.key,
            label: row.label,
            // The database allows no other kind.
            kind: CustomKind::parse(&row.kind).unwrap_or(CustomKind::Text),
            choices: row.choices.lines().map(str::to_owned).collect(),
            required: row.required,
            is_off: row.disabled_at.is_some(),
        }
    }
}

/// The types that are not switched off, in their order.
pub fn types_in_use(conn: &mut AnyConnection) -> AppResult<Vec<ContactType>> {
    let mut types = all(conn)?;
    types.retain(|contact_type| !contact_type.is_off);
    Ok(types)
}

/// The fields of a type in their order, including those that are switched off.
pub fn fields(conn: &mut AnyConnection, contact_type: i64) -> AppResult<Vec<CustomField>> {
    let rows: Vec<FieldRow> = contact_type_fields::table
        .filter(contact_type_fields::type_id.eq(contact_type))
        .order((contact_type_fields::position, contact_type_fields::id))
        .select(FieldRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(CustomField::from).collect())
}

/// The fields in use for contacts of this type; empty if the type is switched off.
pub fn fields_in_use(conn: &mut AnyConnection, contact_type: &ContactType) -> AppResult<Vec<CustomField>> {
    if contact_type.is_off {
        return Ok(Vec::new());
    }
    let mut fields = fields(conn, contact_type.id)?;
    fields.retain(|field| !field.is_off);
    Ok(fields)
}

/// The labels and kinds of all fields, by key, to describe changes of their values.
pub fn labels(conn: &mut AnyConnection) -> AppResult<HashMap<String, (String, CustomKind)>> {
    Ok(contact_type_fields::table
        .select((contact_type_fields::key, contact_type_fields::label, contact_type_fields::kind))
        .load::<(String, String, String)>(conn)?
        .into_iter()
        .filter_map(|(key, label, kind)| Some((key, (label, CustomKind::parse(&kind)?))))
        .collect())
}

/// The ids of all fields, by key.
pub fn ids_by_key(conn: &mut AnyConnection) -> AppResult<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> =
        contact_type_fields::table.select((contact_type_fields::key, contact_type_fields::id)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The custom values of a contact as key and value, including those of former types and of fields that are switched off.
pub fn values(conn: &mut AnyConnection, contact: i64) -> AppResult<Vec<(String, String)>> {
    Ok(contact_values::table
        .inner_join(contact_type_fields::table)
        .filter(contact_values::contact_id.eq(contact))
        .order((contact_type_fields::type_id, contact_type_fields::position))
        .select((contact_type_fields::key, contact_values::value))
        .load(conn)?)
}

/// The custom values of these contacts as in [`values()`], by contact.
pub fn keyed_values(
    conn: &mut AnyConnection,
    contacts: &[i64],
) -> AppResult<HashMap<i64, Vec<(String, String)>>> {
    let rows: Vec<(i64, String, String)> = on_backend!(conn, |conn| contact_values::table
        .inner_join(contact_type_fields::table)
        .filter(in_json_list("contact_values.contact_id", contacts)?)
        .select((contact_values::contact_id, contact_type_fields::key, contact_values::value))
        .load(conn))?;
    let mut values: HashMap<i64, Vec<(String, String)>> = HashMap::new();
    for (contact, key, value) in rows {
        values.entry(contact).or_default().push((key, value));
    }
    Ok(values)
}

/// The custom values of these contacts, by contact and field, including those of former types.
pub fn values_of(
    conn: &mut AnyConnection,
    contacts: &[i64],
) -> AppResult<HashMap<i64, HashMap<i64, String>>> {
    let rows: Vec<(i64, i64, String)> = contact_values::table
        .filter(contact_values::contact_id.eq_any(contacts))
        .select((contact_values::contact_id, contact_values::field_id, contact_values::value))
        .load(conn)?;
    let mut values: HashMap<i64, HashMap<i64, String>> = HashMap::new();
    for (contact, field, value) in rows {
        values.entry(contact).or_default().insert(field, value);
    }
    Ok(values)
}

/// A custom value of a contact.
pub struct Value {
    pub field: i64,
    pub key: String,
    pub value: String,
    /// `true` if the value is a list, with one item per line.
    pub is_list: bool,
}

/// The custom values of these contacts, including those of former types.
pub fn values_to_repair(conn: &mut AnyConnection, contacts: &[i64]) -> AppResult<HashMap<i64, Vec<Value>>> {
    let rows: Vec<(i64, i64, String, String, String)> = contact_values::table
        .inner_join(contact_type_fields::table)
        .filter(contact_values::contact_id.eq_any(contacts))
        .select((
            contact_values::contact_id,
            contact_values::field_id,
            contact_type_fields::key,
            contact_values::value,
            contact_type_fields::kind,
        ))
        .load(conn)?;
    let mut values: HashMap<i64, Vec<Value>> = HashMap::new();
    for (contact, field, key, value, kind) in rows {
        let is_list = kind == CustomKind::Tag.as_str();
        values.entry(contact).or_default().push(Value { field, key, value, is_list });
    }
    Ok(values)
}

/// The identifiers and tags that find these contacts: only values of the contact's present type, and only if neither the type nor
/// the field is switched off.
pub fn searchable_values(conn: &mut AnyConnection, contacts: &[i64]) -> AppResult<HashMap<i64, Vec<String>>> {
    if contacts.is_empty() {
        return Ok(HashMap::new());
    }
    let kinds: Vec<&str> =
        CustomKind::ALL.into_iter().filter(|kind| kind.is_searchable()).map(CustomKind::as_str).collect();
    let rows: Vec<(i64, String)> = contact_values::table
        .inner_join(contact_type_fields::table.inner_join(contact_types::table))
        .inner_join(contacts::table)
        .filter(contact_values::contact_id.eq_any(contacts))
        .filter(contacts::contact_type_id.eq(contact_types::id.nullable()))
        .filter(contact_type_fields::kind.eq_any(kinds))
        .filter(contact_type_fields::disabled_at.is_null())
        .filter(contact_types::disabled_at.is_null())
        .select((contact_values::contact_id, contact_values::value))
        .load(conn)?;
    let mut values: HashMap<i64, Vec<String>> = HashMap::new();
    for (contact, value) in rows {
        values.entry(contact).or_default().push(value);
    }
    Ok(values)
}

/// The fields whose values find a contact of their type, as in [`searchable_values`].
pub fn searchable_fields(conn: &mut AnyConnection) -> AppResult<HashSet<i64>> {
    let kinds: Vec<&str> =
        CustomKind::ALL.into_iter().filter(|kind| kind.is_searchable()).map(CustomKind::as_str).collect();
    let fields: Vec<i64> = contact_type_fields::table
        .inner_join(contact_types::table)
        .filter(contact_type_fields::kind.eq_any(kinds))
        .filter(contact_type_fields::disabled_at.is_null())
        .filter(contact_types::disabled_at.is_null())
        .select(contact_type_fields::id)
        .load(conn)?;
    Ok(fields.into_iter().collect())
}

/// Stores the custom values of new contacts: contact, field and value.
pub fn add_values(conn: &mut AnyConnection, values: &[(i64, i64, &str)]) -> AppResult<()> {
    let row = |(contact, field, value): &(i64, i64, &'_ str)| {
        (
            contact_values::contact_id.eq(*contact),
            contact_values::field_id.eq(*field),
            contact_values::value.eq((*value).to_owned()),
        )
    };
    for part in values.chunks(ROWS) {
        let rows: Vec<_> = part.iter().map(row).collect();
        on_backend!(conn, |conn| diesel::insert_into(contact_values::table).values(rows).execute(conn))?;
    }
    Ok(())
}

/// Stores custom values of a contact; an empty value deletes the stored one. Other fields keep their values.
pub fn set_values(conn: &mut AnyConnection, contact: i64, values: &[(i64, String)]) -> AppResult<()> {
    for (field, value) in values {
        if value.is_empty() {
            diesel::delete(contact_values::table.find((contact, field))).execute(conn)?;
            continue;
        }
        on_backend!(conn, |conn| diesel::insert_into(contact_values::table)
            .values((
                contact_values::contact_id.eq(contact),
                contact_values::field_id.eq(field),
                contact_values::value.eq(value),
            ))
            .on_conflict((contact_values::contact_id, contact_values::field_id))
            .do_update()
            .set(contact_values::value.eq(value))
            .execute(conn))?;
    }
    Ok(())
}
