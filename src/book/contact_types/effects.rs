//! The effects of a change of a contact type on existing contacts, shown before the change is made.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::{ContactType, CustomField, NewField};
use crate::db::AnyConnection;
use crate::db::schema::{contact_values, contacts};
use crate::domain::Headcount;
use crate::error::AppResult;
use crate::i18n::{Catalogue, fl};

/// The number of contacts for each effect of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// Contacts whose fields of this type become hidden or visible.
    pub hidden: i64,
    pub shown: i64,
    /// Contacts without a value in a field that becomes required; they must fill it when they are next edited.
    pub without: i64,
    /// Contacts that keep a choice that the list no longer offers.
    pub former: i64,
    /// The contacts of the type, and those with a value in the field.
    who: Headcount,
}

impl Effects {
    pub fn is_none(&self) -> bool {
        [self.hidden, self.shown, self.without, self.former] == [0; 4]
    }

    /// Counts and contacts as text, which the confirmation sends back.
    pub fn stamp(&self) -> String {
        format!("{}.{}.{}.{}.{}", self.hidden, self.shown, self.without, self.former, self.who)
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

/// The effects of switching a type off or on.
pub fn of_type(conn: &mut AnyConnection, stored: &ContactType, will_be_off: bool) -> AppResult<Effects> {
    let mut effects = Effects { who: who(conn, stored.id, None)?, ..Effects::default() };
    match (stored.is_off, will_be_off) {
        (false, true) => effects.hidden = contacts_of(conn, stored.id)?,
        (true, false) => effects.shown = contacts_of(conn, stored.id)?,
        _ => {}
    }
    Ok(effects)
}

/// The effects of adding or changing a field.
pub fn of_field(
    conn: &mut AnyConnection,
    contact_type: i64,
    stored: Option<&CustomField>,
    new: &NewField,
) -> AppResult<Effects> {
    let mut effects = Effects { who: who(conn, contact_type, stored)?, ..Effects::default() };
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

fn who(conn: &mut AnyConnection, contact_type: i64, field: Option<&CustomField>) -> AppResult<Headcount> {
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

/// The number of contacts of this type, including those in the trash.
pub fn contacts_of(conn: &mut AnyConnection, contact_type: i64) -> AppResult<i64> {
    Ok(contacts::table.filter(contacts::contact_type_id.eq(contact_type)).select(count_star()).first(conn)?)
}

/// The number of contacts of any type with a value in this field.
pub fn filled(conn: &mut AnyConnection, field: i64) -> AppResult<i64> {
    Ok(contact_values::table.filter(contact_values::field_id.eq(field)).select(count_star()).first(conn)?)
}

fn filled_of_type(conn: &mut AnyConnection, field: &CustomField) -> AppResult<i64> {
    Ok(contact_values::table
        .inner_join(contacts::table)
        .filter(contact_values::field_id.eq(field.id))
        .filter(contacts::contact_type_id.eq(field.type_id))
        .select(count_star())
        .first(conn)?)
}

fn with_other_choices(conn: &mut AnyConnection, field: &CustomField, new: &NewField) -> AppResult<i64> {
    let gone: Vec<&String> = field.choices.iter().filter(|choice| !new.choices.contains(choice)).collect();
    if gone.is_empty() {
        return Ok(0);
    }
    Ok(contact_values::table
        .filter(contact_values::field_id.eq(field.id))
        .filter(contact_values::value.eq_any(gone))
        .select(count_star())
        .first(conn)?)
}
