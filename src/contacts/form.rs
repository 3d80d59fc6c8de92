//! The contact form: turns raw text into a [`Submission`] or into errors.

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use super::form_rules::{Lookups, Rules};
use crate::book::contact_types::CustomField;
use crate::book::write::Submission;
use crate::domain::{CUSTOM, CustomKind, Details, Fault, Field, FieldKind, WebUrl, tidy, visible};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, at_field, field_name, fl};
use crate::web::{FormErrors, form_key};

/// The fields as typed, by the names of their controls.
#[derive(Debug, Clone, Default)]
pub struct Typed(Vec<(String, String)>);

/// The action of a button that does not save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    FindOrganization,
    PickOrganization(String),
    /// Stores the half-filled form as a draft, and goes to the organization's form, which leads back to it.
    AddOrganization,
    /// Adds an organization with the typed name, and shows the form again.
    CreateOrganization,
    ShowTypeFields,
}

impl Typed {
    /// The fields as sent, without the CSRF token and without invisible characters.
    pub fn new(mut pairs: Vec<(String, String)>) -> Self {
        pairs.retain(|(name, _)| name != "csrf");
        for (_, value) in &mut pairs {
            if let Cow::Owned(visible) = visible(value) {
                *value = visible;
            }
        }
        Self(pairs)
    }

    /// The form of a new contact, which is Expert and Copie.
    pub fn blank() -> Self {
        let mut details = Details::default();
        details.set_on(Field::Expert, true);
        details.set_on(Field::Copy, true);
        let mut blank = Self::of(&details);
        blank.set("form_key", form_key::fresh());
        blank
    }

    pub fn of(details: &Details) -> Self {
        Self(details.iter().map(|(name, value)| (name, value.to_owned())).collect())
    }

    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        !self.get(name).trim().is_empty()
    }

    /// Returns `true` if one of these fields is not empty; a folded part of the form is then shown open.
    pub fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }

    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.into()));
    }

    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The version of the contact that the form was shown with.
    ///
    /// # Errors
    /// [`AppError::BadRequest`] if it is not a number.
    pub fn version(&self) -> AppResult<i64> {
        match self.get("version") {
            "" => Ok(0),
            version => version.parse().map_err(|_| AppError::BadRequest("a damaged version")),
        }
    }

    pub fn step(&self) -> Option<Step> {
        if self.has("pick_organization") {
            return Some(Step::PickOrganization(self.get("pick_organization").to_owned()));
        }
        match self.get("step") {
            "find_organization" => Some(Step::FindOrganization),
            "add_organization" => Some(Step::AddOrganization),
            "create_organization" => Some(Step::CreateOrganization),
            "show_type" => Some(Step::ShowTypeFields),
            _ => None,
        }
    }

    /// Returns `true` if a type was chosen whose fields the form did not show, and none of these fields has a value.
    pub fn has_unseen_fields(&self, rules: &Rules) -> bool {
        let shown = self.0.iter().find(|(name, _)| name == "shown_type");
        shown.is_some_and(|(_, shown)| shown != self.get("contact_type"))
            && !rules.fields.is_empty()
            && !rules.fields.iter().any(|field| self.has(&field.form_name()))
    }

    /// Returns `true` if the form had a control of this name, even if it was empty or a box was not ticked.
    fn had(&self, name: &str) -> bool {
        self.0.iter().any(|(known, value)| known == name || (known == "shown_field" && value == name))
    }

    /// Returns `true` if values were typed into fields of the shown type that no longer exist, because an administrator has
    /// switched them off.
    fn has_lost_fields(&self, rules: &Rules) -> bool {
        self.get("shown_type") == self.get("contact_type")
            && self.0.iter().any(|(name, value)| {
                name.starts_with(CUSTOM)
                    && !value.trim().is_empty()
                    && !rules.fields.iter().any(|field| field.form_name() == *name)
            })
    }

    /// Sets the fields that the form did not have to their stored values, which are given by key.
    pub fn add_stored(&mut self, rules: &Rules, stored: &[(String, String)]) {
        for field in &rules.fields {
            let name = field.form_name();
            let value = stored.iter().find(|(key, _)| *key == field.key);
            if let (false, Some((_, value))) = (self.had(&name), value) {
                self.set(&name, value.as_str());
            }
        }
    }

    /// Applies the choices of a conflict: sets the fields for which the user keeps the other person's value to that value.
    pub fn settle(&mut self, theirs: &Details) {
        let (choices, mut typed): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.0).into_iter().partition(|(name, _)| name.starts_with("keep_"));
        let kept: BTreeSet<String> = choices
            .into_iter()
            .filter(|(_, choice)| choice == "theirs")
            .filter_map(|(name, _)| Some(name.strip_prefix("keep_")?.to_owned()))
            .collect();
        typed.retain(|(name, _)| !kept.contains(name));
        typed.extend(kept.into_iter().map(|name| {
            let stands = theirs.named(&name).to_owned();
            (name, stands)
        }));
        self.0 = typed;
    }
}

/// Reads the form. `current` has the stored values of a contact that is edited. A new contact without an e-mail is not Copie:
/// that box was ticked when the form was first shown, so it says nothing.
///
/// # Errors
/// All faults, in the order of the form.
pub fn read(
    t: &Catalogue,
    typed: &Typed,
    rules: &Rules,
    current: Option<&Details>,
) -> Result<Submission, FormErrors> {
    let mut errors = FormErrors::default();
    let mut details = Details::default();
    for field in Field::ALL {
        match field.clean(typed.get(field.form_name())) {
            Ok(value) => details.set(field, value),
            // An older version accepted this value: what was not changed is no reason to refuse the rest.
            Err(_) if is_as_stored(field, typed, current) => {
                details.set(field, typed.get(field.form_name()).trim());
            }
            Err(fault) => errors.add(field.form_name(), at_field(t, &field_name(t, field), &fault)),
        }
        let is_missing = typed.get(field.form_name()).trim().is_empty();
        match field {
            Field::FirstName if is_missing => {
                errors.add("first_name", fl!(t, "first-name-missing"));
            }
            Field::LastName if is_missing => errors.add("last_name", fl!(t, "last-name-missing")),
            Field::Organization if !is_missing && errors.at("organization").is_none() => {
                match &rules.organization {
                    Some((_, name)) => details.set(field, name.as_str()),
                    None => errors.add("organization", fl!(t, "organization-unknown")),
                }
            }
            Field::ContactType if !is_missing => match &rules.chosen_type {
                Some(chosen) => details.set(field, chosen.name.as_str()),
                None => errors.add("contact_type", fl!(t, "contact-type-unknown")),
            },
            _ => {}
        }
    }
    if let Some(person) = &rules.former {
        errors.add("email", fl!(t, "email-was-of", name = person.name()));
    }
    if current.is_none() && !typed.has("email") {
        details.set_on(Field::Copy, false);
    }
    let needs_email = details.is_on(Field::Copy) || details.is_on(Field::Transfer);
    if !typed.has("email") && needs_email {
        errors.add("email", fl!(t, "email-needed-for-statuses"));
    }
    let mut values = Vec::with_capacity(rules.fields.len());
    for field in &rules.fields {
        let name = field.form_name();
        let stands = current.map_or("", |current| current.named(&name));
        if !typed.had(&name) && !stands.is_empty() {
            // Switched on again since the form was shown, so the form could not show the stored value.
            details.set_named(&name, stands);
            continue;
        }
        match field.clean(typed.get(&name), stands) {
            Ok(value) => {
                details.set_named(&name, value.as_str());
                values.push((field.id, value));
            }
            Err(Fault::Missing) => {
                let message = fl!(t, "custom-missing", label = field.label.as_str());
                errors.add(name, message);
            }
            Err(fault) => errors.add(name, at_field(t, &field.label, &fault)),
        }
    }
    if typed.has_lost_fields(rules) {
        errors.add("contact_type", fl!(t, "contact-type-fields-gone"));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Submission {
        details,
        organization_id: rules.organization.as_ref().map(|(id, _)| *id),
        contact_type_id: rules.chosen_type.as_ref().map(|chosen| chosen.id),
        values,
        form_key: form_key::read(typed.get("form_key")),
    })
}

fn is_as_stored(field: Field, typed: &Typed, current: Option<&Details>) -> bool {
    let stored = current.map_or("", |current| current.get(field));
    !stored.is_empty() && tidy(stored) == typed.get(field.form_name()).trim()
}

/// The controls that the template uses for the fields of a contact type.
impl CustomField {
    /// The control's type. A browser shows nothing if the control cannot hold the value, so other texts get a plain text field.
    pub fn input_type(&self, value: &str) -> &'static str {
        let fits = value.is_empty() || self.kind.clean(value, &[]).as_deref() == Ok(value);
        match self.kind {
            CustomKind::Date if fits => "date",
            CustomKind::DateTime if fits => "datetime-local",
            CustomKind::Url => url_input_type(value),
            _ => "text",
        }
    }

    pub fn input_mode(&self) -> &'static str {
        match self.kind {
            CustomKind::Integer => "numeric",
            CustomKind::Number => "decimal",
            CustomKind::Url => "url",
            _ => "",
        }
    }
}

/// The control of a contact's field, as the field's kind says.
pub struct FieldControl<'typed> {
    pub name: &'static str,
    pub label: String,
    pub value: &'typed str,
    /// The `type` of the input.
    pub kind: &'static str,
    /// Its `inputmode`; empty for none.
    pub mode: &'static str,
}

impl<'typed> FieldControl<'typed> {
    pub fn new(t: &Catalogue, field: Field, typed: &'typed Typed) -> Self {
        let name = field.form_name();
        let value = typed.get(name);
        let (kind, mode) = match field.kind() {
            FieldKind::Email => ("email", "email"),
            FieldKind::Phone => ("tel", "tel"),
            FieldKind::Url(_) => (url_input_type(value), "url"),
            _ => ("text", ""),
        };
        Self { name, label: field_name(t, field), value, kind, mode }
    }
}

/// As [`CustomField::input_type`], for the address of a page.
fn url_input_type(value: &str) -> &'static str {
    if value.is_empty() || WebUrl::parse(value, usize::MAX).is_ok() { "url" } else { "text" }
}
