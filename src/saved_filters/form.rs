use serde::Deserialize;

use crate::domain::Text;
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::FormErrors;

/// The fields as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FilterForm {
    pub name: String,
    /// The filter, as in the list's URL.
    pub query: String,
    /// A check box for a filter that all accounts share: `on`, or absent.
    pub shared: String,
    /// The values that the form of a saved filter was shown with.
    pub was: String,
}

impl FilterForm {
    pub fn is_shared(&self) -> bool {
        !self.shared.is_empty()
    }

    /// # Errors
    /// The fault of the name.
    pub fn name(&self, t: &Catalogue) -> Result<String, FormErrors> {
        match Text::<50>::parse(&self.name) {
            Ok(name) if name.is_empty() => Err(FormErrors::one("name", fl!(t, "saved-filter-name-missing"))),
            Ok(name) => Ok(name.into_string()),
            Err(fault) => {
                let label = fl!(t, "field-name");
                Err(FormErrors::one("name", at_field(t, &label, &fault)))
            }
        }
    }
}
