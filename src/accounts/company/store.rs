//! The queries on accounts of the company.

use diesel::prelude::*;

use super::provider::Identity;
use crate::accounts::profile::{self, Profile};
use crate::accounts::store::{self, Change};
use crate::db::schema::accounts;
use crate::db::{AnyConnection, sessions};
use crate::domain::{Role, Username, tidy_prefix};
use crate::error::AppResult;

/// The result of a sign-in after the provider has identified the person.
pub enum Outcome {
    SignedIn {
        account: i64,
        password_hash: String,
    },
    /// The claim gives no role; with the account, if there is one.
    NoRole(Option<i64>),
    Disabled(i64),
    /// The role of the claim would leave no administrator.
    LastAdministrator(i64),
    /// The provider sends no name that an account can have.
    NoName,
}

/// Finds or adds the account of `identity`, sets the role that its claim now gives, and decides whether it may sign in. If an
/// existing account may not, its sessions end. `password_hash` is that of a password that nobody knows.
///
/// # Errors
/// `Taken(AccountName)` if another account has the name.
pub fn sign_in(conn: &mut AnyConnection, identity: &Identity, password_hash: &str) -> AppResult<Outcome> {
    let Some(found) = find(conn, identity)? else {
        return add(conn, identity, password_hash);
    };
    if found.disabled {
        return Ok(Outcome::Disabled(found.id));
    }
    let Some(role) = identity.role else {
        // The account loses an administrator's role, unless it is the last administrator.
        store::update(conn, found.id, Some(Role::Agent), None, None)?;
        sessions::end_all(conn, found.id, None)?;
        return Ok(Outcome::NoRole(Some(found.id)));
    };
    if role.as_str() != found.role {
        // From here on, nobody else can change accounts. The account may have been disabled since it was read.
        store::lock(conn)?;
        let disabled = store::find(conn, found.id)?.disabled_at.is_some();
        if disabled {
            return Ok(Outcome::Disabled(found.id));
        }
        if store::update(conn, found.id, Some(role), None, None)? == Change::LastAdministrator {
            sessions::end_all(conn, found.id, None)?;
            return Ok(Outcome::LastAdministrator(found.id));
        }
    }
    let stored = store::find(conn, found.id)?.profile;
    profile::set(conn, found.id, &named(identity, stored), None)?;
    Ok(Outcome::SignedIn { account: found.id, password_hash: found.password_hash })
}

#[derive(Queryable)]
struct FoundAccount {
    id: i64,
    role: String,
    password_hash: String,
    disabled: bool,
}

fn find(conn: &mut AnyConnection, identity: &Identity) -> AppResult<Option<FoundAccount>> {
    Ok(accounts::table
        .filter(accounts::issuer.eq(&identity.issuer))
        .filter(accounts::subject.eq(&identity.subject))
        .select((accounts::id, accounts::role, accounts::password_hash, accounts::disabled_at.is_not_null()))
        .first(conn)
        .optional()?)
}

fn add(conn: &mut AnyConnection, identity: &Identity, password_hash: &str) -> AppResult<Outcome> {
    let Some(role) = identity.role else {
        return Ok(Outcome::NoRole(None));
    };
    let Some(username) = username(identity) else {
        return Ok(Outcome::NoName);
    };
    let account =
        store::insert(conn, &username, role, &named(identity, Profile::default()), password_hash, None)?;
    diesel::update(accounts::table.find(account))
        .set((accounts::issuer.eq(&identity.issuer), accounts::subject.eq(&identity.subject)))
        .execute(conn)?;
    Ok(Outcome::SignedIn { account, password_hash: password_hash.to_owned() })
}

/// The profile with the values that the provider sends. A value that it does not send, or that an account cannot have, stays as
/// `stored`; a name that is too long is cut.
fn named(identity: &Identity, stored: Profile) -> Profile {
    let name = identity.name.as_deref().map(|name| tidy_prefix(name, profile::LONGEST));
    let email = identity.email.as_deref().and_then(|email| profile::email(email).ok());
    let value = |sent: Option<String>, stored| sent.filter(|sent| !sent.is_empty()).unwrap_or(stored);
    Profile { display_name: value(name, stored.display_name), email: value(email, stored.email) }
}

/// The first name that an account can have, or else the beginning of the first name.
fn username(identity: &Identity) -> Option<Username> {
    let names = || identity.names.iter();
    names().find_map(|name| Username::parse(name).ok()).or_else(|| {
        let beginning: String = names().next()?.chars().take(Username::MAX).collect();
        Username::parse(&beginning).ok()
    })
}
