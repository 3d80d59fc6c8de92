use serde::Deserialize;

use crate::domain::Country;
use crate::i18n::{Catalogue, fl};
use crate::web::FormErrors;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    /// The two letters of a country.
    pub default_country: String,
}

impl SettingsForm {
    /// # Errors
    /// It is no country.
    pub fn read(&self, t: &Catalogue) -> Result<Country, FormErrors> {
        Country::parse(&self.default_country)
            .map_err(|_| FormErrors::one("default_country", fl!(t, "settings-country-unknown")))
    }
}
