use diesel::prelude::*;

use crate::db::schema::contact_types;
use crate::domain::{CUSTOM, CustomKind, Fault};

/// A contact type: a kind of contact with fields of its own.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = contact_types)]
pub struct ContactType {
    pub id: i64,
    /// Unique without case and accents.
    pub name: String,
    /// No longer offered, and its fields are hidden; their values are kept.
    #[diesel(select_expression = contact_types::disabled_at.is_not_null())]
    pub is_off: bool,
}

impl ContactType {
    /// The values in the order of the form's hidden `was` fields.
    pub fn drawn(&self) -> [&str; 2] {
        [&self.name, ticked(self.is_off)]
    }
}

/// The value that a check box sends.
fn ticked(on: bool) -> &'static str {
    if on { "on" } else { "" }
}

/// A field of a contact type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomField {
    pub id: i64,
    pub type_id: i64,
    /// Unique among the fields of all types, and never changed.
    pub key: String,
    pub label: String,
    pub kind: CustomKind,
    /// The choices of a list; empty for other kinds.
    pub choices: Vec<String>,
    pub required: bool,
    /// Hidden; its values are kept.
    pub is_off: bool,
}

impl CustomField {
    /// The values in the order of the form's hidden `was` fields.
    pub fn drawn(&self) -> [String; 4] {
        [
            self.label.clone(),
            self.choices.join("\n"),
            ticked(self.required).to_owned(),
            ticked(self.is_off).to_owned(),
        ]
    }

    /// The name of the form's control.
    pub fn form_name(&self) -> String {
        format!("{CUSTOM}{}", self.key)
    }

    /// Returns `true` if the value is a choice that the list no longer offers.
    pub fn has_former_choice(&self, value: &str) -> bool {
        !value.is_empty() && !self.choices.iter().any(|choice| choice == value)
    }

    /// The typed text in its stored form. A list also accepts the contact's present choice (`current`), even if it is no longer
    /// offered.
    ///
    /// # Errors
    /// The reason why the text is refused.
    pub fn clean(&self, typed: &str, current: &str) -> Result<String, Fault> {
        if self.kind == CustomKind::List && !current.is_empty() && typed.trim() == current {
            return Ok(current.to_owned());
        }
        let value = self.kind.clean(typed, &self.choices)?;
        if self.required && value.is_empty() {
            return Err(Fault::Missing);
        }
        Ok(value)
    }
}

/// The new values of a field, for adding or changing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewField {
    pub label: String,
    pub kind: CustomKind,
    pub choices: Vec<String>,
    pub required: bool,
    pub is_off: bool,
}
