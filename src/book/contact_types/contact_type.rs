use crate::domain::{CUSTOM, CustomKind, Fault};

/// A kind of contact with fields of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactType {
    pub id: i64,
    /// Unique without case and accents.
    pub name: String,
    /// Not offered any more, its fields hidden; what was typed into them stays.
    pub is_off: bool,
}

impl ContactType {
    /// In the order of the form's `was`.
    pub fn drawn(&self) -> [&str; 2] {
        [&self.name, ticked(self.is_off)]
    }
}

/// As a check box sends it.
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
    /// Of a list.
    pub choices: Vec<String>,
    pub required: bool,
    /// Hidden; what was typed into it stays.
    pub is_off: bool,
}

impl CustomField {
    /// In the order of the form's `was`.
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

    /// Whether this is a choice that the list no longer offers.
    pub fn has_former_choice(&self, value: &str) -> bool {
        !value.is_empty() && !self.choices.iter().any(|choice| choice == value)
    }

    /// What was typed, as it is stored. A list takes the choice that stands already (`current`), also where it is not
    /// offered any more.
    ///
    /// # Errors
    /// Why it is refused.
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

/// A field of a contact type as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewField {
    pub label: String,
    pub kind: CustomKind,
    pub choices: Vec<String>,
    pub required: bool,
    pub is_off: bool,
}
