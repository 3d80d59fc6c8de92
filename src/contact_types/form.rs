//! The forms of a contact type and of its fields: turn raw text into values to store or into errors.

use serde::Deserialize;

use crate::book::contact_types::{ContactType, CustomField, NewField};
use crate::book::wording::Wording;
use crate::domain::{CustomKind, Difference, Drawn, EachOnce, Fault, Text, folded_words, is_far_longer};
use crate::i18n::{Catalogue, Locale, at_field, fl};
use crate::web::FormErrors;

/// Characters of a refused choice that its error message repeats.
const SHOWN: usize = 60;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TypeForm {
    pub name: String,
    /// A check box: `on`, or absent.
    pub off: String,
    /// The confirmed effects on contacts; see [`crate::book::contact_types::writing::Asked`].
    pub confirmed: String,
    /// The values that the form was shown with.
    pub was: String,
}

impl TypeForm {
    pub fn of(contact_type: &ContactType) -> Self {
        let drawn = contact_type.drawn();
        Self {
            name: drawn[0].to_owned(),
            off: drawn[1].to_owned(),
            was: Drawn::write(&drawn),
            ..Self::default()
        }
    }

    pub fn is_off(&self) -> bool {
        !self.off.is_empty()
    }

    /// Rebases the form on what was saved meanwhile; see [`Drawn::rebase`].
    pub fn rebase(&mut self, contact_type: &ContactType) {
        let drawn = contact_type.drawn();
        Drawn::read(&self.was).rebase(&mut [&mut self.name, &mut self.off], &drawn);
        self.was = Drawn::write(&drawn);
    }

    /// The differences from what was saved meanwhile.
    pub fn differences(&self, locale: Locale, theirs: &ContactType) -> Vec<Difference> {
        let yours = [self.name.trim(), &self.off];
        differences(locale, &["name", "disabled"], &theirs.drawn(), &yours)
    }

    /// # Errors
    /// The fault of the name.
    pub fn read(&self, t: &Catalogue) -> Result<String, FormErrors> {
        match Text::<100>::parse_required(&self.name) {
            // The folded name, which is compared, must not be empty.
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
    /// One per line.
    pub choices: String,
    /// The button that shows what the chosen kind asks for: not empty if it was pressed.
    pub step: String,
    /// Check boxes: `on`, or absent.
    pub required: String,
    pub off: String,
    /// The confirmed effects on contacts; see [`crate::book::contact_types::writing::Asked`].
    pub confirmed: String,
    /// The values that the form was shown with.
    pub was: String,
}

impl FieldForm {
    pub fn blank() -> Self {
        Self { kind: CustomKind::Text.as_str().to_owned(), ..Self::default() }
    }

    pub fn of(field: &CustomField) -> Self {
        let drawn = field.drawn();
        let [label, choices, required, off] = drawn.each_ref().map(String::as_str);
        Self {
            label: label.to_owned(),
            kind: field.kind.as_str().to_owned(),
            choices: choices.to_owned(),
            required: required.to_owned(),
            off: off.to_owned(),
            step: String::new(),
            confirmed: String::new(),
            was: Drawn::write(&[label, choices, required, off]),
        }
    }

    /// Rebases the form on what was saved meanwhile; see [`Drawn::rebase`].
    pub fn rebase(&mut self, field: &CustomField) {
        let theirs = Self::of(field);
        let mut typed = [&mut self.label, &mut self.choices, &mut self.required, &mut self.off];
        let stored = [theirs.label.as_str(), &theirs.choices, &theirs.required, &theirs.off];
        Drawn::read(&self.was).rebase(&mut typed, &stored);
        self.was = theirs.was;
    }

    /// The differences from what was saved meanwhile.
    pub fn differences(&self, locale: Locale, theirs: &CustomField) -> Vec<Difference> {
        let theirs = Self::of(theirs);
        differences(
            locale,
            &["label", "choices", "required", "disabled"],
            &[&theirs.label, &theirs.choices, &theirs.required, &theirs.off],
            &[self.label.trim(), self.choices.replace("\r\n", "\n").trim(), &self.required, &self.off],
        )
    }

    /// Reads the form. `stored` is the field that is edited, whose kind does not change.
    ///
    /// # Errors
    /// All faults, in the order of the form.
    pub fn read(&self, t: &Catalogue, stored: Option<&CustomField>) -> Result<NewField, FormErrors> {
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
        let choices = if kind == Some(CustomKind::List) { self.choices(t, &mut errors) } else { Vec::new() };
        match kind {
            Some(kind) if errors.is_empty() => Ok(NewField {
                label,
                kind,
                choices,
                required: !self.required.is_empty(),
                is_off: !self.off.is_empty(),
            }),
            _ => Err(errors),
        }
    }

    fn choices(&self, t: &Catalogue, errors: &mut FormErrors) -> Vec<String> {
        let max = CustomKind::MAX_CHOICES;
        let too_many = || fl!(t, "custom-field-choices-too-many", max = max);
        if is_far_longer(self.choices.lines(), max) {
            errors.add("choices", too_many());
            return Vec::new();
        }
        let mut choices = EachOnce::default();
        for line in self.choices.lines() {
            match Text::<{ CustomKind::MAX_CHOICE }>::parse(line) {
                Ok(choice) => choices.add(choice.into_string()),
                Err(fault) => {
                    let shown: String = line.trim().chars().take(SHOWN).collect();
                    errors.add("choices", at_field(t, &shown, &fault));
                    return Vec::new();
                }
            }
        }
        let choices = choices.into_texts();
        if choices.is_empty() {
            errors.add("choices", fl!(t, "custom-field-choices-missing"));
        }
        if choices.len() > max {
            errors.add("choices", too_many());
        }
        choices
    }
}

fn differences(locale: Locale, names: &[&str], theirs: &[&str], yours: &[&str]) -> Vec<Difference> {
    let wording = Wording::default();
    names
        .iter()
        .zip(theirs.iter().zip(yours))
        .filter(|(_, (theirs, yours))| theirs != yours)
        .map(|(name, (theirs, yours))| Difference {
            label: wording.label(locale.catalogue(), name),
            theirs: wording.value(locale, name, theirs),
            yours: wording.value(locale, name, yours),
        })
        .collect()
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
