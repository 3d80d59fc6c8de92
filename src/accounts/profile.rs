//! The display name and the e-mail of an account. An administrator writes them; the company's provider sends those of its accounts
//! at each sign-in.

use diesel::prelude::*;

use super::store::{change, find};
use crate::audit::{self, Entry, Kind};
use crate::db::AnyConnection;
use crate::db::schema::accounts;
use crate::domain::{self, Email, Fault, Text};
use crate::error::AppResult;
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::FormErrors;

/// The most characters of a display name.
pub const LONGEST: usize = 100;

/// The values that name the owner of an account. Each may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct Profile {
    pub display_name: String,
    pub email: String,
}

/// # Errors
/// [`Fault::TooLong`], [`Fault::ControlCharacter`]
pub fn display_name(raw: &str) -> Result<String, Fault> {
    Text::<LONGEST>::parse(raw).map(Text::into_string)
}

/// An e-mail, or an empty text.
///
/// # Errors
/// Those of [`Email::parse`], except [`Fault::Missing`].
pub fn email(raw: &str) -> Result<String, Fault> {
    match Email::parse_typed(raw) {
        Ok(email) => Ok(email.as_str().to_owned()),
        Err(Fault::Missing) => Ok(String::new()),
        Err(fault) => Err(fault),
    }
}

impl Profile {
    /// Reads the fields of a form.
    pub fn read(t: &Catalogue, name: &str, address: &str, errors: &mut FormErrors) -> Option<Self> {
        let display_name = display_name(name)
            .map_err(|fault| errors.add("display_name", at_field(t, &fl!(t, "display-name"), &fault)));
        let email =
            email(address).map_err(|fault| errors.add("email", at_field(t, &fl!(t, "field-email"), &fault)));
        Some(Self { display_name: display_name.ok()?, email: email.ok()? })
    }

    /// The name that pages show, as [`crate::db::account_name()`] reads it.
    pub fn name<'a>(&'a self, username: &'a str) -> &'a str {
        if self.display_name.is_empty() { username } else { &self.display_name }
    }

    /// The changes from this profile to another, for the history.
    pub fn changes(&self, to: &Self) -> Vec<domain::Change> {
        let mut changes = vec![
            change("display_name", &self.display_name, &to.display_name),
            change("email", &self.email, &to.email),
        ];
        changes.retain(|change| change.old != change.new);
        changes
    }
}

/// Sets the profile of an account. `by` is the account that does so; `None` is the company's provider.
///
/// # Errors
/// [`crate::error::AppError::NotFound`]
pub fn set(conn: &mut AnyConnection, id: i64, profile: &Profile, by: Option<i64>) -> AppResult<()> {
    let user = find(conn, id)?;
    let changes = user.profile.changes(profile);
    if changes.is_empty() {
        return Ok(());
    }
    diesel::update(accounts::table.find(id))
        .set((accounts::display_name.eq(&profile.display_name), accounts::email.eq(&profile.email)))
        .execute(conn)?;
    let entry = Entry::new(Kind::AccountEdited, by).subject(user.username).changes(changes);
    audit::record(conn, &[entry])
}
