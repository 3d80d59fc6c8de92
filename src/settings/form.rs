use serde::Deserialize;

use crate::domain::{Country, SecondFactorFor};
use crate::i18n::{Catalogue, fl};
use crate::web::FormErrors;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    /// The two letters of a country.
    pub default_country: Option<String>,
    /// A stored value of [`SecondFactorFor`].
    pub second_factor_for: Option<String>,
    /// Not empty if the question before a stricter rule was answered.
    pub confirmed: String,
    /// The value that the form was drawn from.
    pub was: String,
}

/// The values that the form sets. Each setting has a form of its own, so that saving one does not overwrite the other.
pub struct Choices {
    pub default_country: Option<Country>,
    pub second_factor_for: Option<SecondFactorFor>,
}

impl SettingsForm {
    fn country(&self) -> Option<Country> {
        Country::parse(self.default_country.as_deref()?).ok()
    }

    fn second_factor_for(&self) -> Option<SecondFactorFor> {
        SecondFactorFor::parse(self.second_factor_for.as_deref()?)
    }

    /// Reads the form.
    ///
    /// # Errors
    /// Messages about values that are not choices.
    pub fn read(&self, t: &Catalogue) -> Result<Choices, FormErrors> {
        let mut errors = FormErrors::default();
        let choices =
            Choices { default_country: self.country(), second_factor_for: self.second_factor_for() };
        // The form has one of the two values, unless nothing was chosen.
        let is_about_country = self.default_country.is_some() || self.second_factor_for.is_none();
        if is_about_country && choices.default_country.is_none() {
            errors.add("default_country", fl!(t, "settings-country-unknown"));
        }
        if self.second_factor_for.is_some() && choices.second_factor_for.is_none() {
            errors.add("second_factor_for", fl!(t, "settings-second-factor-unknown"));
        }
        if errors.is_empty() { Ok(choices) } else { Err(errors) }
    }
}
