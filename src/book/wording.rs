//! Labels of fields and the text of their values, for forms, pages, history and exports.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};

use super::{absences, contact_types};
use crate::db::AnyConnection;
use crate::domain::{CUSTOM, CustomKind, EXTERNAL_ID, Field, FieldKind, Role, SecondFactorFor};
use crate::error::AppResult;
use crate::i18n::{
    Catalogue, Locale, control_label, country_name, event_names, fl, role_name, second_factor_for_name,
};

/// Labels and values, including the fields of contact types.
#[derive(Debug, Clone, Default)]
pub struct Wording {
    /// Label and kind of each custom field, by key.
    customs: HashMap<String, (String, CustomKind)>,
    /// The names of the substitutes that are in the book, by id.
    substitutes: HashMap<i64, String>,
}

impl Wording {
    pub fn load(conn: &mut AnyConnection) -> AppResult<Self> {
        Ok(Self { customs: contact_types::labels(conn)?, substitutes: HashMap::new() })
    }

    /// For values with these substitutes, which are stored by id. Without `has_customs`, no value is of a custom field.
    pub fn naming(conn: &mut AnyConnection, substitutes: HashSet<i64>, has_customs: bool) -> AppResult<Self> {
        let named = absences::living(conn, substitutes)?;
        let substitutes = named.into_iter().map(|(id, contact)| (id, contact.name())).collect();
        let all = if has_customs { Self::load(conn)? } else { Self::default() };
        Ok(Self { substitutes, ..all })
    }

    /// The label of `name`, the name of a control or of another value in the history.
    pub fn label(&self, t: &Catalogue, name: &str) -> String {
        match name.strip_prefix(CUSTOM) {
            Some(key) => self.customs.get(key).map_or_else(|| key.to_owned(), |(label, _)| label.clone()),
            None => control_label(t, name),
        }
    }

    /// A stored value as text; a dash if it is empty.
    pub fn value(&self, locale: Locale, name: &str, stored: &str) -> String {
        let t = locale.catalogue();
        let kind = Field::parse(name).map(Field::kind);
        if kind == Some(FieldKind::Flag)
            || matches!(name, "disabled" | "required" | "apply" | "sends" | "restored")
        {
            return yes_or_no(t, stored);
        }
        if stored.is_empty() {
            return "–".to_owned();
        }
        match (kind, name.strip_prefix(CUSTOM)) {
            (Some(FieldKind::Country), _) => country_name(locale, stored),
            (None, Some(key)) => match self.customs.get(key) {
                Some((_, kind)) => custom_value(locale, *kind, stored),
                None => stored.to_owned(),
            },
            (None, None) if name == "default_country" || name == "country" => country_name(locale, stored),
            (None, None) if matches!(name, "absent_from" | "absent_until") => {
                custom_value(locale, CustomKind::Date, stored)
            }
            (None, None) if matches!(name, "topics" | "languages") => {
                custom_value(locale, CustomKind::Tag, stored)
            }
            (None, None) if name.starts_with(EXTERNAL_ID) => custom_value(locale, CustomKind::Tag, stored),
            (None, None) if name == "substitute" => {
                let named = stored.parse().ok().and_then(|id: i64| self.substitutes.get(&id));
                named.cloned().unwrap_or_else(|| fl!(t, "absence-substitute-unnamed"))
            }
            (None, None) if name == "role" => {
                Role::parse(stored).map_or_else(|| stored.to_owned(), |role| role_name(t, &role))
            }
            (None, None) if name == "events" => event_names(t, stored),
            (None, None) if name == "second_factor_for" => SecondFactorFor::parse(stored)
                .map_or_else(|| stored.to_owned(), |whose| second_factor_for_name(t, &whose)),
            _ => stored.to_owned(),
        }
    }
}

fn yes_or_no(t: &Catalogue, stored: &str) -> String {
    if stored.is_empty() { fl!(t, "no") } else { fl!(t, "yes") }
}

/// The value of a custom field as text.
pub fn custom_value(locale: Locale, kind: CustomKind, stored: &str) -> String {
    match kind {
        CustomKind::CheckBox => yes_or_no(locale.catalogue(), stored),
        CustomKind::Tag => stored.replace('\n', ", "),
        CustomKind::Integer => {
            stored.parse().map_or_else(|_| stored.to_owned(), |number| locale.number(number))
        }
        CustomKind::Number if locale == Locale::Fr => stored.replace('.', ","),
        CustomKind::Date => NaiveDate::parse_from_str(stored, "%Y-%m-%d")
            .map_or_else(|_| stored.to_owned(), |date| locale.date(date)),
        CustomKind::DateTime => NaiveDateTime::parse_from_str(stored, "%Y-%m-%dT%H:%M")
            .map_or_else(|_| stored.to_owned(), |time| locale.clock_time(time)),
        _ => stored.to_owned(),
    }
}
