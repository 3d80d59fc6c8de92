//! Adding, changing, ordering and deleting contact types and their fields.

use diesel::prelude::*;

use super::effects::{self, Effects, contacts_of, filled};
use super::{ContactType, CustomField, NewField};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::schema::{contact_type_fields, contact_types};
use crate::db::{AnyConnection, lock_rows};
use crate::domain::{Change, Drawn, fold, folded_words};
use crate::error::{AppError, AppResult};
use crate::jobs;

/// The most characters of a key, without the number that makes it unique.
const KEY: usize = 40;

/// # Errors
/// `Taken(ContactTypeName)` if another type has the name.
pub fn add_type(conn: &mut AnyConnection, name: &str, account: i64) -> AppResult<i64> {
    let last: Option<i64> =
        contact_types::table.select(diesel::dsl::max(contact_types::position)).first(conn)?;
    let id = diesel::insert_into(contact_types::table)
        .values((
            contact_types::name.eq(name),
            contact_types::name_key.eq(fold(name)),
            contact_types::position.eq(last.unwrap_or_default() + 1),
            contact_types::created_at.eq(clock::now()),
        ))
        .returning(contact_types::id)
        .get_result(conn)?;
    let entry = Entry::new(Kind::TypeAdded, Some(account)).subject(name);
    audit::record(conn, &[entry])?;
    Ok(id)
}

/// The result of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    Yes,
    /// Nothing saved: the type or field was changed since the form was shown.
    Stale,
    /// Nothing saved: the change has these effects on contacts, which must be confirmed first.
    Ask(Effects),
}

/// What the form of a type or field sends beside the values.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The values that the form was shown with.
    pub drawn: Drawn,
    /// The confirmed effects, see [`Effects::stamp`].
    pub confirmed: String,
}

/// # Errors
/// `Taken(ContactTypeName)` if another type has the name, [`AppError::NotFound`] if there is no such type.
pub fn edit_type(
    conn: &mut AnyConnection,
    id: i64,
    (name, off): (&str, bool),
    asked: &Asked,
    account: i64,
) -> AppResult<Edited> {
    hold_type(conn, id)?;
    let stored = super::find(conn, id)?;
    let changes: Vec<Change> =
        [change("name", &stored.name, name), change("disabled", flag(stored.is_off), flag(off))]
            .into_iter()
            .flatten()
            .collect();
    if changes.is_empty() {
        return Ok(Edited::Yes);
    }
    if !asked.drawn.is(&stored.drawn()) {
        return Ok(Edited::Stale);
    }
    let effects = effects::of_type(conn, &stored, off)?;
    if !effects.is_none() && asked.confirmed != effects.stamp() {
        return Ok(Edited::Ask(effects));
    }
    diesel::update(contact_types::table.find(id))
        .set((
            contact_types::name.eq(name),
            contact_types::name_key.eq(fold(name)),
            contact_types::disabled_at.eq(off.then(clock::now)),
        ))
        .execute(conn)?;
    if stored.is_off != off {
        jobs::enqueue_anew(conn, jobs::Kind::ContactType, id)?;
    }
    let entry = Entry::new(Kind::TypeEdited, Some(account));
    audit::record(conn, &[entry.subject(&stored.name).changes(changes)])?;
    Ok(Edited::Yes)
}

/// Locks the type and its fields against other changes until the transaction ends. On SQLite the writer is alone already.
fn hold_type(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let row = contact_types::table.find(id);
    let _: Vec<i64> = lock_rows!(conn, row, contact_types::id, for_no_key_update);
    Ok(())
}

fn change(field: &str, old: &str, new: &str) -> Option<Change> {
    (old != new).then(|| Change { field: field.to_owned(), old: old.to_owned(), new: new.to_owned() })
}

fn flag(on: bool) -> &'static str {
    if on { "on" } else { "" }
}

/// The result of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    Yes,
    /// Nothing deleted: this many contacts would lose a value or their type.
    InUse(i64),
}

/// The number of contacts that would lose their type or a value if the type were deleted.
pub fn in_use(conn: &mut AnyConnection, contact_type: i64) -> AppResult<i64> {
    let mut in_use = contacts_of(conn, contact_type)?;
    for field in super::fields(conn, contact_type)? {
        in_use = in_use.max(filled(conn, field.id)?);
    }
    Ok(in_use)
}

/// Deletes a type that no contact has, and whose fields have no values.
///
/// # Errors
/// [`AppError::NotFound`] if there is no such type.
pub fn delete_type(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<Deleted> {
    let stored = super::find(conn, id)?;
    let in_use = in_use(conn, id)?;
    if in_use > 0 {
        return Ok(Deleted::InUse(in_use));
    }
    diesel::delete(contact_type_fields::table.filter(contact_type_fields::type_id.eq(id))).execute(conn)?;
    diesel::delete(contact_types::table.find(id)).execute(conn)?;
    let entry = Entry::new(Kind::TypeDeleted, Some(account)).subject(stored.name);
    audit::record(conn, &[entry])?;
    Ok(Deleted::Yes)
}

/// One position up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Up,
    Down,
}

/// The ids in their new order, with their new positions.
fn reordered(mut ids: Vec<i64>, id: i64, step: Step) -> AppResult<Vec<(i64, i64)>> {
    let at = ids.iter().position(|known| *known == id).ok_or(AppError::NotFound)?;
    let to = match step {
        Step::Up => at.saturating_sub(1),
        Step::Down => (at + 1).min(ids.len() - 1),
    };
    ids.swap(at, to);
    Ok(ids.into_iter().zip(1..).collect())
}

/// # Errors
/// [`AppError::NotFound`] if there is no such type.
pub fn move_type(conn: &mut AnyConnection, id: i64, step: Step) -> AppResult<()> {
    let ids = super::all(conn)?.iter().map(|known| known.id).collect();
    for (id, position) in reordered(ids, id, step)? {
        diesel::update(contact_types::table.find(id))
            .set(contact_types::position.eq(position))
            .execute(conn)?;
    }
    Ok(())
}

/// # Errors
/// [`AppError::NotFound`] if the type has no such field.
pub fn move_field(conn: &mut AnyConnection, of: i64, id: i64, step: Step) -> AppResult<()> {
    let fields = super::fields(conn, of)?;
    let ids = fields.iter().map(|known| known.id).collect();
    for (id, position) in reordered(ids, id, step)? {
        diesel::update(contact_type_fields::table.find(id))
            .set(contact_type_fields::position.eq(position))
            .execute(conn)?;
    }
    Ok(())
}

/// # Errors
/// `Taken(FieldLabel)` if another field of the type has the label, `Taken(FieldKey)` if another field got the same key at the
/// same moment.
pub fn add_field(
    conn: &mut AnyConnection,
    contact_type: &ContactType,
    new: &NewField,
    asked: &Asked,
    account: i64,
) -> AppResult<Edited> {
    let effects = effects::of_field(conn, contact_type.id, None, new)?;
    if !effects.is_none() && asked.confirmed != effects.stamp() {
        return Ok(Edited::Ask(effects));
    }
    let last: Option<i64> = contact_type_fields::table
        .filter(contact_type_fields::type_id.eq(contact_type.id))
        .select(diesel::dsl::max(contact_type_fields::position))
        .first(conn)?;
    diesel::insert_into(contact_type_fields::table)
        .values((
            contact_type_fields::type_id.eq(contact_type.id),
            contact_type_fields::key.eq(free_key(conn, &new.label)?),
            contact_type_fields::label.eq(&new.label),
            contact_type_fields::label_key.eq(fold(&new.label)),
            contact_type_fields::kind.eq(new.kind.as_str()),
            contact_type_fields::choices.eq(new.choices.join("\n")),
            contact_type_fields::required.eq(new.required),
            contact_type_fields::position.eq(last.unwrap_or_default() + 1),
            contact_type_fields::disabled_at.eq(new.is_off.then(clock::now)),
        ))
        .execute(conn)?;
    tell(conn, contact_type, None, new, account)?;
    Ok(Edited::Yes)
}

/// A key for the label: `N° SIRET` → `n_siret`, or `n_siret_2` if that is taken.
fn free_key(conn: &mut AnyConnection, label: &str) -> AppResult<String> {
    let key: String = folded_words(label)
        .join("_")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(KEY)
        .collect();
    // A label without any Latin letter.
    let key = if key.is_empty() { "field".to_owned() } else { key };
    let taken: Vec<String> = contact_type_fields::table
        .filter(contact_type_fields::key.like(format!("{key}%")))
        .select(contact_type_fields::key)
        .load(conn)?;
    if !taken.contains(&key) {
        return Ok(key);
    }
    // One candidate more than there are taken keys: one of them is free.
    let free = (2..taken.len() + 3)
        .map(|number| format!("{key}_{number}"))
        .find(|candidate| !taken.contains(candidate));
    Ok(free.unwrap_or(key))
}

/// Changes everything except the field's kind and key.
///
/// # Errors
/// `Taken(FieldLabel)` if another field of the type has the label, [`AppError::NotFound`] if the type has no such field.
pub fn edit_field(
    conn: &mut AnyConnection,
    contact_type: &ContactType,
    id: i64,
    new: &NewField,
    asked: &Asked,
    account: i64,
) -> AppResult<Edited> {
    hold_type(conn, contact_type.id)?;
    let fields = super::fields(conn, contact_type.id)?;
    let stored = fields.into_iter().find(|field| field.id == id);
    let stored = &stored.ok_or(AppError::NotFound)?;
    if changes(Some(stored), new).is_empty() {
        return Ok(Edited::Yes);
    }
    if !asked.drawn.is(&stored.drawn().each_ref().map(String::as_str)) {
        return Ok(Edited::Stale);
    }
    let effects = effects::of_field(conn, contact_type.id, Some(stored), new)?;
    if !effects.is_none() && asked.confirmed != effects.stamp() {
        return Ok(Edited::Ask(effects));
    }
    diesel::update(contact_type_fields::table.find(stored.id))
        .set((
            contact_type_fields::label.eq(&new.label),
            contact_type_fields::label_key.eq(fold(&new.label)),
            contact_type_fields::choices.eq(new.choices.join("\n")),
            contact_type_fields::required.eq(new.required),
            contact_type_fields::disabled_at.eq(new.is_off.then(clock::now)),
        ))
        .execute(conn)?;
    if stored.kind.is_searchable() && stored.is_off != new.is_off {
        jobs::enqueue_anew(conn, jobs::Kind::ContactType, contact_type.id)?;
    }
    tell(conn, contact_type, Some(stored), new, account)?;
    Ok(Edited::Yes)
}

fn changes(stored: Option<&CustomField>, new: &NewField) -> Vec<Change> {
    let old_choices = stored.map_or_else(String::new, |field| field.choices.join(", "));
    [
        change("label", stored.map_or("", |field| &field.label), &new.label),
        change("kind", stored.map_or("", |field| field.kind.as_str()), new.kind.as_str()),
        change("choices", &old_choices, &new.choices.join(", ")),
        change("required", flag(stored.is_some_and(|field| field.required)), flag(new.required)),
        change("disabled", flag(stored.is_some_and(|field| field.is_off)), flag(new.is_off)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn tell(
    conn: &mut AnyConnection,
    contact_type: &ContactType,
    stored: Option<&CustomField>,
    new: &NewField,
    account: i64,
) -> AppResult<()> {
    let changes = changes(stored, new);
    if changes.is_empty() {
        return Ok(());
    }
    let label = stored.map_or(&new.label, |field| &field.label);
    let entry = Entry::new(Kind::TypeEdited, Some(account))
        .subject(format!("{} › {label}", contact_type.name))
        .changes(changes);
    audit::record(conn, &[entry])
}

/// Deletes a field without values.
pub fn delete_field(
    conn: &mut AnyConnection,
    contact_type: &ContactType,
    field: &CustomField,
    account: i64,
) -> AppResult<Deleted> {
    let in_use = filled(conn, field.id)?;
    if in_use > 0 {
        return Ok(Deleted::InUse(in_use));
    }
    diesel::delete(contact_type_fields::table.find(field.id)).execute(conn)?;
    let entry = Entry::new(Kind::TypeEdited, Some(account))
        .subject(format!("{} › {}", contact_type.name, field.label))
        .changes(change("label", &field.label, "").into_iter().collect());
    audit::record(conn, &[entry])?;
    Ok(Deleted::Yes)
}
