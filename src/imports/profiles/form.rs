//! The form of a profile.

use serde::Deserialize;

use super::store::{LONGEST, MOST, Settings};
use crate::domain::{Difference, Drawn, Fault, TICKED, Text};
use crate::i18n::{Catalogue, at_field, control_label, fl};
use crate::web::FormErrors;

/// The fields as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    pub name: String,
    /// Per cent.
    pub bound_changed: String,
    /// Per cent.
    pub bound_emptied: String,
    /// `on` if ticked.
    pub apply: String,
    /// The values that the form was shown with.
    pub was: String,
}

impl ProfileForm {
    pub fn of(settings: &Settings) -> Self {
        let [name, bound_changed, bound_emptied, apply] = settings.values().map(|(_, value)| value);
        let was = Drawn::write(&[&name, &bound_changed, &bound_emptied, &apply]);
        Self { name, bound_changed, bound_emptied, apply, was }
    }

    pub fn applies(&self) -> bool {
        self.apply == TICKED
    }

    /// # Errors
    /// All faults, each at its control.
    pub fn read(&self, t: &Catalogue) -> Result<Settings, FormErrors> {
        let mut errors = FormErrors::default();
        let name = match Text::<LONGEST>::parse_required(&self.name) {
            Ok(name) => name.into_string(),
            Err(fault) => {
                errors.add("name", name_message(t, &fl!(t, "field-name"), &fault));
                String::new()
            }
        };
        let mut percent = |control: &str, typed: &str| {
            let read = typed.trim().parse().ok().filter(|percent| (0..=100).contains(percent));
            read.unwrap_or_else(|| {
                let field = control_label(t, control);
                errors.add(control, fl!(t, "profile-bound-wrong", field = field));
                0
            })
        };
        let bound_changed = percent("bound_changed", &self.bound_changed);
        let bound_emptied = percent("bound_emptied", &self.bound_emptied);
        let settings = Settings { name, bound_changed, bound_emptied, apply: self.applies() };
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }

    /// Takes over what another person saved meanwhile in the fields that this form does not change, and returns the differences of
    /// the others.
    pub fn rebase(&mut self, t: &Catalogue, stored: &Settings) -> Vec<Difference> {
        let theirs = Self::of(stored);
        let stored = [&theirs.name, &theirs.bound_changed, &theirs.bound_emptied, &theirs.apply];
        Drawn::read(&self.was).rebase(
            &mut [&mut self.name, &mut self.bound_changed, &mut self.bound_emptied, &mut self.apply],
            &stored.map(String::as_str),
        );
        let differences = [
            ("name", &theirs.name, &self.name),
            ("bound_changed", &theirs.bound_changed, &self.bound_changed),
            ("bound_emptied", &theirs.bound_emptied, &self.bound_emptied),
            ("apply", &theirs.apply, &self.apply),
        ]
        .into_iter()
        .filter(|(_, theirs, yours)| theirs != yours)
        .map(|(control, theirs, yours)| Difference {
            label: control_label(t, control),
            theirs: shown(t, control, theirs),
            yours: shown(t, control, yours),
        })
        .collect();
        self.was = theirs.was;
        differences
    }
}

/// A value as the page of a conflict shows it.
fn shown(t: &Catalogue, control: &str, value: &str) -> String {
    match (control, value) {
        ("apply", "") => fl!(t, "no"),
        ("apply", _) => fl!(t, "yes"),
        (_, value) => value.trim().to_owned(),
    }
}

fn name_message(t: &Catalogue, label: &str, fault: &Fault) -> String {
    match fault {
        Fault::Missing => fl!(t, "profile-name-missing"),
        fault => at_field(t, label, fault),
    }
}

/// Reads the control `profile_name` of another form; `None` if it is empty.
///
/// # Errors
/// The fault of the name.
pub fn read_name(t: &Catalogue, typed: &str) -> Result<Option<String>, FormErrors> {
    match Text::<LONGEST>::parse(typed) {
        Ok(name) => Ok(Some(name.into_string()).filter(|name| !name.is_empty())),
        Err(fault) => {
            let message = name_message(t, &fl!(t, "columns-profile-name"), &fault);
            Err(FormErrors::one("profile_name", message))
        }
    }
}

/// The error at a control whose name another profile has.
pub fn taken(t: &Catalogue, control: &str) -> FormErrors {
    FormErrors::one(control, fl!(t, "profile-name-taken"))
}

/// Says that no profile can be added.
pub fn too_many(t: &Catalogue) -> String {
    fl!(t, "profiles-too-many", max = MOST)
}
