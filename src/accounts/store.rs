//! The queries on accounts.

use chrono::NaiveDateTime;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use zeroize::Zeroizing;

use super::keys;
use super::profile::Profile;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::list;
use crate::db::schema::accounts;
use crate::db::sessions::{self, Presence, SignedIn};
use crate::db::{AnyConnection, from_text_column, settings};
use crate::domain::{self, Role, TICKED, Username, fold};
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;
use crate::web::Account;

from_text_column!(Role);

/// An account for the administrator's pages.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct User {
    pub id: i64,
    /// The name with which it signs in.
    pub username: String,
    #[diesel(embed)]
    pub profile: Profile,
    pub role: Role,
    pub created_at: NaiveDateTime,
    pub disabled_at: Option<NaiveDateTime>,
    /// The time of the last sign-in; `None` if there was none since Carnet stores it.
    pub signed_in_at: Option<NaiveDateTime>,
    /// The time since when it has a second factor.
    #[diesel(column_name = totp_since)]
    pub second_factor_since: Option<NaiveDateTime>,
    /// The company provider's issuer for an account that signs in there; `None` for an account with its own password.
    pub issuer: Option<String>,
}

impl User {
    /// The name that pages show.
    pub fn name(&self) -> &str {
        self.profile.name(&self.username)
    }
}

/// The data for signing in.
pub struct Credentials {
    pub id: i64,
    pub password_hash: String,
    /// The key of the second factor, if it is on.
    pub totp_key: Option<Zeroizing<String>>,
}

/// The account of a session or a key, with the stored setting for the accounts that must have a second factor.
///
/// # Errors
/// An unknown role, or an unknown setting for the second factor.
pub fn account(found: SignedIn, second_factor_for: Option<&str>) -> AppResult<Account> {
    let required = settings::read_second_factor_for(second_factor_for)?;
    let role = parse_role(&found.role)?;
    let has_second_factor = found.totp_since.is_some();
    let is_of_company = found.issuer.is_some();
    Ok(Account {
        id: found.id,
        role,
        locale: found.locale.as_deref().and_then(Locale::parse),
        username: found.username,
        display_name: found.display_name,
        has_second_factor,
        must_set_up: required.includes(role) && !has_second_factor && !is_of_company,
        is_of_company,
        rows_per_page: usize::try_from(found.rows_per_page).unwrap_or(list::PAGE),
    })
}

/// The key of the account with this name. After a newer version has made two names alike, it is that of the account with exactly
/// this spelling.
pub fn key_of(conn: &mut AnyConnection, username: &Username) -> AppResult<String> {
    let spelled: Option<String> = accounts::table
        .filter(accounts::username.eq(username.as_str()))
        .select(accounts::username_key)
        .first(conn)
        .optional()?;
    Ok(spelled.unwrap_or_else(|| username.key()))
}

/// The credentials of the enabled account with this name, unless it is an account of the company.
pub fn credentials(conn: &mut AnyConnection, username_key: &str) -> AppResult<Option<Credentials>> {
    let row: Option<(i64, String, Option<String>)> = accounts::table
        .filter(accounts::username_key.eq(username_key))
        .filter(accounts::disabled_at.is_null())
        .filter(accounts::issuer.is_null())
        .select((accounts::id, accounts::password_hash, accounts::totp_key))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, password_hash, totp_key)| Credentials {
        id,
        password_hash,
        totp_key: totp_key.map(Zeroizing::new),
    }))
}

/// The password hash of an account.
///
/// # Errors
/// [`AppError::NotFound`], also for an account of the company, which has no password in Carnet.
pub fn password_hash(conn: &mut AnyConnection, id: i64) -> AppResult<String> {
    Ok(accounts::table
        .find(id)
        .filter(accounts::issuer.is_null())
        .select(accounts::password_hash)
        .first(conn)?)
}

/// Returns `true` if there is no account.
pub fn is_empty(conn: &mut AnyConnection) -> AppResult<bool> {
    Ok(!diesel::select(diesel::dsl::exists(accounts::table.select(accounts::id))).get_result::<bool>(conn)?)
}

/// Adds an account. `by` is the account that adds it; in this module, `None` stands for the program's setup and its command line.
///
/// # Errors
/// `Taken(AccountName)`
pub fn insert(
    conn: &mut AnyConnection,
    username: &Username,
    role: Role,
    profile: &Profile,
    password_hash: &str,
    by: Option<i64>,
) -> AppResult<i64> {
    let id = diesel::insert_into(accounts::table)
        .values((
            accounts::username.eq(username.as_str()),
            accounts::username_key.eq(username.key()),
            accounts::role.eq(role.as_str()),
            accounts::password_hash.eq(password_hash),
            accounts::created_at.eq(clock::now()),
            accounts::display_name.eq(&profile.display_name),
            accounts::email.eq(&profile.email),
        ))
        .returning(accounts::id)
        .get_result(conn)?;
    let mut changes = vec![change("role", "", role.as_str())];
    changes.extend(Profile::default().changes(profile));
    let entry = Entry::new(Kind::AccountAdded, by).subject(username.as_str()).changes(changes);
    audit::record(conn, &[entry])?;
    Ok(id)
}

pub(super) fn change(field: &str, old: &str, new: &str) -> domain::Change {
    domain::Change { field: field.to_owned(), old: old.to_owned(), new: new.to_owned() }
}

/// All accounts, by the name that pages show. They are the team of a contact centre, not its customers, so they fit on a page.
pub fn all(conn: &mut AnyConnection) -> AppResult<Vec<User>> {
    let mut all: Vec<User> = accounts::table.order(accounts::id).select(User::as_select()).load(conn)?;
    all.sort_by_cached_key(|user| fold(user.name()));
    Ok(all)
}

/// Finds an account.
///
/// # Errors
/// [`AppError::NotFound`]
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<User> {
    Ok(accounts::table.find(id).select(User::as_select()).first(conn)?)
}

/// The id of the account with this name, including disabled accounts.
///
/// # Errors
/// [`AppError::NotFound`]
pub fn id_of(conn: &mut AnyConnection, username: &Username) -> AppResult<i64> {
    let key = key_of(conn, username)?;
    Ok(accounts::table.filter(accounts::username_key.eq(key)).select(accounts::id).first(conn)?)
}

/// The result of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Made,
    /// The change would leave no administrator, so it was not made.
    LastAdministrator,
}

/// Locks the accounts, so that nobody else changes one until the transaction ends.
pub(super) fn lock(conn: &mut AnyConnection) -> AppResult<()> {
    // On SQLite there is one writer at a time.
    if let AnyConnection::Postgres(conn) = conn {
        conn.batch_execute("LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE")?;
    }
    Ok(())
}

/// Returns `true` if the account is the last administrator and would no longer be one.
pub(super) fn leaves_no_administrator(
    conn: &mut AnyConnection,
    user: &User,
    role: Role,
    disabled: bool,
) -> AppResult<bool> {
    let is_one = user.role == Role::Administrator && user.disabled_at.is_none();
    if !is_one || role == Role::Administrator && !disabled {
        return Ok(false);
    }
    let others = accounts::table
        .filter(accounts::id.ne(user.id))
        .filter(accounts::role.eq(Role::Administrator.as_str()))
        .filter(accounts::disabled_at.is_null());
    Ok(!diesel::select(diesel::dsl::exists(others.select(accounts::id))).get_result::<bool>(conn)?)
}

/// Sets the role and the disabled flag, if given. Disabling an account ends its sessions and keys.
///
/// # Errors
/// [`AppError::NotFound`]
pub fn update(
    conn: &mut AnyConnection,
    id: i64,
    role: Option<Role>,
    disabled: Option<bool>,
    by: Option<i64>,
) -> AppResult<Change> {
    // Without the lock, two administrators who demote each other at the same time would each see the other as an administrator.
    lock(conn)?;
    let current = find(conn, id)?;
    let was_disabled = current.disabled_at.is_some();
    let (role, disabled) = (role.unwrap_or(current.role), disabled.unwrap_or(was_disabled));
    if leaves_no_administrator(conn, &current, role, disabled)? {
        return Ok(Change::LastAdministrator);
    }
    let word = |disabled: bool| if disabled { TICKED } else { "" };
    let mut changes = vec![
        change("role", current.role.as_str(), role.as_str()),
        change("disabled", word(was_disabled), word(disabled)),
    ];
    changes.retain(|change| change.old != change.new);
    if changes.is_empty() {
        return Ok(Change::Made);
    }
    let disabled_at = disabled.then(|| current.disabled_at.unwrap_or_else(clock::now));
    diesel::update(accounts::table.find(id))
        .set((accounts::role.eq(role.as_str()), accounts::disabled_at.eq(disabled_at)))
        .execute(conn)?;
    if disabled {
        sessions::end_all(conn, id, None)?;
        keys::store::end_all(conn, id, by)?;
        // If the account is enabled again, an earlier code must not open it.
        diesel::update(accounts::table.find(id))
            .set((accounts::code_hash.eq(None::<String>), accounts::code_until.eq(None::<NaiveDateTime>)))
            .execute(conn)?;
    }
    let entry = Entry::new(Kind::AccountEdited, by).subject(current.username).changes(changes);
    audit::record(conn, &[entry])?;
    Ok(Change::Made)
}

/// Renames an account. Its earlier history entries also show the new name.
///
/// # Errors
/// [`AppError::NotFound`], `Taken(AccountName)`
pub fn rename(conn: &mut AnyConnection, id: i64, username: &Username, by: Option<i64>) -> AppResult<()> {
    lock(conn)?;
    let old = find(conn, id)?.username;
    if old == username.as_str() {
        return Ok(());
    }
    diesel::update(accounts::table.find(id))
        .set((accounts::username.eq(username.as_str()), accounts::username_key.eq(username.key())))
        .execute(conn)?;
    let entry = Entry::new(Kind::AccountEdited, by).subject(username.as_str()).changes(vec![change(
        "username",
        &old,
        username.as_str(),
    )]);
    audit::record(conn, &[entry])
}

/// Sets a new password and ends the account's sessions except `keep`.
///
/// # Errors
/// [`AppError::NotFound`], also for an account of the company.
pub fn set_password(
    conn: &mut AnyConnection,
    id: i64,
    password_hash: &str,
    keep: Option<i64>,
    by: Option<i64>,
) -> AppResult<()> {
    let own = accounts::table.find(id).filter(accounts::issuer.is_null());
    let username: String = diesel::update(own)
        .set((
            accounts::password_hash.eq(password_hash),
            // An earlier code must not open the account.
            accounts::code_hash.eq(None::<String>),
            accounts::code_until.eq(None::<NaiveDateTime>),
        ))
        .returning(accounts::username)
        .get_result(conn)?;
    sessions::end_all(conn, id, keep)?;
    let entry = Entry::new(Kind::PasswordSet, by).subject(username);
    audit::record(conn, &[entry])
}

/// Replaces the hash of an unchanged password. Does nothing if the password has been changed in the meantime.
pub fn renew_hash(conn: &mut AnyConnection, id: i64, old: &str, new: &str) -> AppResult<()> {
    let same = accounts::table.find(id).filter(accounts::password_hash.eq(old));
    diesel::update(same).set(accounts::password_hash.eq(new)).execute(conn)?;
    Ok(())
}

/// Ends the sessions of an account, or of all accounts if `id` is `None`, except the session `but`. Returns those that were open.
///
/// # Errors
/// [`AppError::NotFound`]
pub fn end_sessions(conn: &mut AnyConnection, id: Option<i64>, but: i64, by: i64) -> AppResult<Presence> {
    let mut entry = Entry::new(Kind::SessionsEnded, Some(by));
    let ended = match id {
        Some(id) => {
            entry = entry.subject(find(conn, id)?.username);
            let open = sessions::present(conn, Some(id), but)?;
            sessions::end_all(conn, id, Some(but))?;
            open
        }
        None => sessions::end_everybodys(conn, but)?,
    };
    audit::record(conn, &[entry])?;
    Ok(ended)
}

/// Sets the account's language; `None` is the browser's language.
pub fn set_locale(conn: &mut AnyConnection, id: i64, locale: Option<Locale>) -> AppResult<()> {
    diesel::update(accounts::table.find(id))
        .set(accounts::locale.eq(locale.map(Locale::as_str)))
        .execute(conn)?;
    Ok(())
}

/// Sets the contacts on a page of the account's list, one of [`list::SIZES`].
pub fn set_rows_per_page(conn: &mut AnyConnection, id: i64, rows: usize) -> AppResult<()> {
    diesel::update(accounts::table.find(id)).set(accounts::rows_per_page.eq(rows as i64)).execute(conn)?;
    Ok(())
}

fn parse_role(text: &str) -> AppResult<Role> {
    Role::parse(text).ok_or_else(|| AppError::Internal(anyhow::anyhow!("an account has an unknown role")))
}
