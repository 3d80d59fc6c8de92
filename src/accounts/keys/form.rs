//! The form of a new key.

use chrono::{Months, NaiveDate};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::store::NewKey;
use crate::base::clock;
use crate::domain::{Fault, KeyScope, Networks, Role, Text, parse_date};
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::FormErrors;

/// The most characters of a label.
const LABEL: usize = 50;
/// How far in the future a key's last day can be.
const LONGEST: Months = Months::new(60);
/// The last day that is proposed.
const USUAL: Months = Months::new(12);

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct KeyForm {
    pub label: String,
    /// A [`KeyScope`].
    pub right: String,
    /// The last day.
    pub until: String,
    pub networks: String,
    pub password: Zeroizing<String>,
    pub code: Zeroizing<String>,
}

impl KeyForm {
    pub fn blank() -> Self {
        let until = clock::today().checked_add_months(USUAL).unwrap_or(NaiveDate::MAX);
        let right = KeyScope::Lookup.as_str().to_owned();
        Self { right, until: until.to_string(), ..Self::default() }
    }

    /// Reads the form of an account with this role.
    ///
    /// # Errors
    /// All faults.
    pub fn read(&self, t: &Catalogue, role: Role) -> Result<NewKey, FormErrors> {
        let mut errors = FormErrors::default();
        let label = match Text::<LABEL>::parse_required(&self.label) {
            Ok(label) => label.into_string(),
            Err(fault) => {
                errors.add(
                    "label",
                    match fault {
                        Fault::Missing => fl!(t, "key-label-missing"),
                        fault => at_field(t, &fl!(t, "key-label"), &fault),
                    },
                );
                String::new()
            }
        };
        let scope = KeyScope::parse(&self.right).filter(|scope| scope.is_for(role));
        if scope.is_none() {
            errors.add("right", fl!(t, "key-right-missing"));
        }
        let today = clock::today();
        let latest = today.checked_add_months(LONGEST).unwrap_or(NaiveDate::MAX);
        let last_day = parse_date(&self.until).ok().filter(|day| (today..=latest).contains(day));
        if last_day.is_none() {
            errors.add("until", fl!(t, "key-until-wrong"));
        }
        let networks = Networks::parse(&self.networks)
            .map_err(|fault| errors.add("networks", at_field(t, &fl!(t, "key-networks"), &fault)));
        match (scope, last_day, networks) {
            (Some(scope), Some(last_day), Ok(networks)) if errors.is_empty() => {
                Ok(NewKey { label, scope, networks, last_day })
            }
            _ => Err(errors),
        }
    }
}
