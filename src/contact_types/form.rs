//! The forms of a contact type and of its fields: raw text in, what to store or what is wrong out.

use serde::Deserialize;

use super::CustomField;
use crate::domain::{CustomKind, Fault, Text, fold, folded_words};
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::FormErrors;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TypeForm {
    pub name: String,
    pub off: Option<String>,
    /// What the change does to contacts was shown, and is wanted.
    pub confirmed: Option<String>,
}

impl TypeForm {
    /// # Errors
    /// What is wrong with the name.
    pub fn read(&self, t: &Catalogue) -> Result<String, FormErrors> {
        match Text::<100>::parse_required(&self.name) {
            // What is compared must be something.
            Ok(name) if !folded_words(&name).is_empty() => Ok(name.into_string()),
            Ok(_) | Err(Fault::Missing) => Err(fl!(t, "contact-type-name-missing")),
            Err(fault) => Err(at_field(t, &fl!(t, "field-name"), &fault)),
        }
        .map_err(|message| FormErrors::one("name", message))
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct FieldForm {
    pub label: String,
    pub kind: String,
    /// One a line.
    pub choices: String,
    pub required: Option<String>,
    pub off: Option<String>,
    /// What the change does to contacts was shown, and is wanted.
    pub confirmed: Option<String>,
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

impl FieldForm {
    pub fn blank() -> Self {
        Self {
            kind: CustomKind::Text.as_str().to_owned(),
            ..Self::default()
        }
    }

    pub fn of(field: &CustomField) -> Self {
        let tick = |on: bool| on.then(|| "on".to_owned());
        Self {
            label: field.label.clone(),
            kind: field.kind.as_str().to_owned(),
            choices: field.choices.join("\n"),
            required: tick(field.required),
            off: tick(field.is_off),
            confirmed: None,
        }
    }

    /// `stored` is the field that is edited: its kind stays.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the form.
    pub fn read(
        &self,
        t: &Catalogue,
        stored: Option<&CustomField>,
    ) -> Result<NewField, FormErrors> {
        let mut errors = FormErrors::default();
        let label = match Text::<100>::parse_required(&self.label) {
            Ok(label) if !folded_words(&label).is_empty() => label.into_string(),
            Ok(_) | Err(Fault::Missing) => {
                errors.add("label", fl!(t, "custom-field-label-missing"));
                String::new()
            }
            Err(fault) => {
                errors.add("label", at_field(t, &fl!(t, "custom-field-label"), &fault));
                String::new()
            }
        };
        let kind = match stored {
            Some(field) => Some(field.kind),
            None => CustomKind::parse(&self.kind),
        };
        if kind.is_none() {
            errors.add("kind", fl!(t, "custom-field-kind-missing"));
        }
        let choices = if kind == Some(CustomKind::List) {
            self.choices(t, &mut errors)
        } else {
            Vec::new()
        };
        match kind {
            Some(kind) if errors.is_empty() => Ok(NewField {
                label,
                kind,
                choices,
                required: self.required.is_some(),
                is_off: self.off.is_some(),
            }),
            _ => Err(errors),
        }
    }

    fn choices(&self, t: &Catalogue, errors: &mut FormErrors) -> Vec<String> {
        let mut choices: Vec<String> = Vec::new();
        for line in self.choices.lines() {
            match Text::<{ CustomKind::MAX_CHOICE }>::parse(line) {
                Ok(choice) if choice.is_empty() => {}
                Ok(choice) if choices.iter().any(|known| fold(known) == fold(&choice)) => {}
                Ok(choice) => choices.push(choice.into_string()),
                Err(fault) => {
                    errors.add("choices", at_field(t, line.trim(), &fault));
                    return choices;
                }
            }
        }
        if choices.is_empty() {
            errors.add("choices", fl!(t, "custom-field-choices-missing"));
        }
        if choices.len() > CustomKind::MAX_CHOICES {
            let max = i64::try_from(CustomKind::MAX_CHOICES).unwrap_or(i64::MAX);
            errors.add(
                "choices",
                fl!(t, "custom-field-choices-too-many", max = max),
            );
        }
        choices
    }
}

/// The name of a kind in the reader's language.
pub fn kind_name(t: &Catalogue, kind: CustomKind) -> String {
    match kind {
        CustomKind::Text => fl!(t, "kind-text"),
        CustomKind::TextArea => fl!(t, "kind-text-area"),
        CustomKind::Identifier => fl!(t, "kind-identifier"),
        CustomKind::Tag => fl!(t, "kind-tag"),
        CustomKind::Integer => fl!(t, "kind-integer"),
        CustomKind::Number => fl!(t, "kind-number"),
        CustomKind::Date => fl!(t, "kind-date"),
        CustomKind::DateTime => fl!(t, "kind-date-time"),
        CustomKind::CheckBox => fl!(t, "kind-check-box"),
        CustomKind::List => fl!(t, "kind-list"),
        CustomKind::Url => fl!(t, "kind-url"),
    }
}
