//! What a change of a contact type does to the contacts that there are: said before it is done.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::{ContactType, CustomField, NewField};
use crate::db::AnyConnection;
use crate::db::schema::{contact_values, contacts};
use crate::domain::Headcount;
use crate::error::AppResult;
use crate::i18n::{Catalogue, fl};

/// How many contacts a change touches, by what it does to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// Their fields of this type are hidden, or come back.
    pub hidden: i64,
    pub shown: i64,
    /// Have nothing in a field that is now required: asked for when they are next edited.
    pub without: i64,
    /// Keep a choice that the list no longer offers.
    pub former: i64,
    /// The contacts of the type, and those with something in the field.
    who: Headcount,
}

impl Effects {
    pub fn is_none(&self) -> bool {
        [self.hidden, self.shown, self.without, self.former] == [0; 4]
    }

    /// What the form that confirms them repeats: the counts, and whose they are.
    pub fn stamp(&self) -> String {
        format!(
            "{}.{}.{}.{}.{}",
            self.hidden, self.shown, self.without, self.former, self.who
        )
    }

    pub fn sentences(&self, t: &Catalogue) -> Vec<String> {
        [
            (self.hidden, fl!(t, "effect-hidden", count = self.hidden)),
            (self.shown, fl!(t, "effect-shown", count = self.shown)),
            (self.without, fl!(t, "effect-without", count = self.without)),
            (self.former, fl!(t, "effect-former", count = self.former)),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(_, sentence)| sentence)
        .collect()
    }
}

/// Switching a type off or on.
///
/// # Errors
/// Those of the database.
pub fn of_type(
    conn: &mut AnyConnection,
    stored: &ContactType,
    will_be_off: bool,
) -> AppResult<Effects> {
    let mut effects = Effects {
        who: who(conn, stored.id, None)?,
        ..Effects::default()
    };
    match (stored.is_off, will_be_off) {
        (false, true) => effects.hidden = contacts_of(conn, stored.id)?,
        (true, false) => effects.shown = contacts_of(conn, stored.id)?,
        _ => {}
    }
    Ok(effects)
}

/// Adding or changing a field.
///
/// # Errors
/// Those of the database.
pub fn of_field(
    conn: &mut AnyConnection,
    contact_type: i64,
    stored: Option<&CustomField>,
    new: &NewField,
) -> AppResult<Effects> {
    let mut effects = Effects {
        who: who(conn, contact_type, stored)?,
        ..Effects::default()
    };
    let filled = match stored {
        Some(field) => filled(conn, field.id)?,
        None => 0,
    };
    let was_required = stored.is_some_and(|field| field.required && !field.is_off);
    if new.required && !new.is_off && !was_required {
        effects.without = contacts_of(conn, contact_type)?
            - match stored {
                Some(field) => filled_of_type(conn, field)?,
                None => 0,
            };
    }
    if let Some(field) = stored {
        match (field.is_off, new.is_off) {
            (false, true) => effects.hidden = filled,
            (true, false) => effects.shown = filled,
            _ => {}
        }
        effects.former = with_other_choices(conn, field, new)?;
    }
    Ok(effects)
}

fn who(
    conn: &mut AnyConnection,
    contact_type: i64,
    field: Option<&CustomField>,
) -> AppResult<Headcount> {
    let of_type = contacts::table
        .filter(contacts::contact_type_id.eq(contact_type))
        .select(contacts::id)
        .limit(Headcount::MOST + 1);
    let mut ids: Vec<i64> = of_type.load(conn)?;
    if let Some(field) = field {
        let filled: Vec<i64> = contact_values::table
            .filter(contact_values::field_id.eq(field.id))
            .select(contact_values::contact_id)
            .limit(Headcount::MOST + 1)
            .load(conn)?;
        ids.extend(filled);
    }
    Ok(Headcount::of(ids))
}

/// Contacts of this type, those in the trash included.
///
/// # Errors
/// Those of the database.
pub fn contacts_of(conn: &mut AnyConnection, contact_type: i64) -> AppResult<i64> {
    Ok(contacts::table
        .filter(contacts::contact_type_id.eq(contact_type))
        .select(count_star())
        .first(conn)?)
}

/// Contacts, of whichever type, with something in this field.
///
/// # Errors
/// Those of the database.
pub fn filled(conn: &mut AnyConnection, field: i64) -> AppResult<i64> {
    Ok(contact_values::table
        .filter(contact_values::field_id.eq(field))
        .select(count_star())
        .first(conn)?)
}

fn filled_of_type(conn: &mut AnyConnection, field: &CustomField) -> AppResult<i64> {
    Ok(contact_values::table
        .inner_join(contacts::table)
        .filter(contact_values::field_id.eq(field.id))
        .filter(contacts::contact_type_id.eq(field.type_id))
        .select(count_star())
        .first(conn)?)
}

fn with_other_choices(
    conn: &mut AnyConnection,
    field: &CustomField,
    new: &NewField,
) -> AppResult<i64> {
    let gone: Vec<&String> = field
        .choices
        .iter()
        .filter(|choice| !new.choices.contains(choice))
        .collect();
    if gone.is_empty() {
        return Ok(0);
    }
    Ok(contact_values::table
        .filter(contact_values::field_id.eq(field.id))
        .filter(contact_values::value.eq_any(gone))
        .select(count_star())
        .first(conn)?)
}
