//! The forms of the account pages.

use serde::Deserialize;
use zeroize::Zeroizing;

use super::profile::Profile;
use crate::domain::{Fault, NewPassword, Role, Username};
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::{FormErrors, Interrupted};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct SetupForm {
    pub code: String,
    pub username: String,
    pub password: Zeroizing<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct SignInForm {
    pub username: String,
    pub password: Zeroizing<String>,
    pub next: String,
    #[serde(flatten)]
    pub interrupted: Interrupted,
}

/// The second step of a sign-in.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct SecondFactorForm {
    /// A code of the app, or a recovery code.
    pub code: Zeroizing<String>,
    pub next: String,
    #[serde(flatten)]
    pub interrupted: Interrupted,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct SetUpForm {
    pub current_password: Zeroizing<String>,
    #[serde(flatten)]
    pub interrupted: Interrupted,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct FirstCodeForm {
    pub code: Zeroizing<String>,
    #[serde(flatten)]
    pub interrupted: Interrupted,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct BothFactorsForm {
    pub current_password: Zeroizing<String>,
    pub code: Zeroizing<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct UserForm {
    pub username: String,
    /// Both are absent from the form of an older node.
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub role: String,
    pub password: Zeroizing<String>,
    /// A check box: `on`, or absent.
    pub disabled: String,
    /// Not empty if the question before disabling was answered.
    pub confirmed: String,
    /// The values that the form was drawn from, so that a save changes only what its author changed.
    pub was: String,
}

impl UserForm {
    /// The display name and the e-mail; fields that are absent count as empty.
    pub fn profile(&self, t: &Catalogue, errors: &mut FormErrors) -> Option<Profile> {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        Profile::read(t, &text(&self.display_name), &text(&self.email), errors)
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct PasswordForm {
    pub current_password: Zeroizing<String>,
    /// The code of the second factor, if the account has one.
    pub code: Zeroizing<String>,
    pub password: Zeroizing<String>,
}

/// The form that ends one of the account's own sessions, or all except the current one.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct EndSessionsForm {
    pub password_again: Zeroizing<String>,
    pub session: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct CodeForm {
    pub username: String,
    pub code: Zeroizing<String>,
    pub password: Zeroizing<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct LanguageForm {
    pub locale: String,
}

pub fn username(t: &Catalogue, raw: &str, errors: &mut FormErrors) -> Option<Username> {
    match Username::parse(raw) {
        Ok(username) => Some(username),
        Err(Fault::Missing) => {
            errors.add("username", fl!(t, "username-missing"));
            None
        }
        Err(fault) => {
            errors.add("username", at_field(t, &fl!(t, "username"), &fault));
            None
        }
    }
}

/// `names` are names of which the password must not consist.
pub fn new_password(
    t: &Catalogue,
    raw: &str,
    names: &[&str],
    errors: &mut FormErrors,
) -> Option<NewPassword> {
    match NewPassword::parse(raw, names) {
        Ok(password) => Some(password),
        Err(Fault::Missing) => {
            errors.add("password", fl!(t, "new-password-missing"));
            None
        }
        Err(fault) => {
            errors.add("password", at_field(t, &fl!(t, "password"), &fault));
            None
        }
    }
}

pub fn role(t: &Catalogue, raw: &str, errors: &mut FormErrors) -> Option<Role> {
    let role = Role::parse(raw);
    if role.is_none() {
        errors.add("role", fl!(t, "role-missing"));
    }
    role
}
