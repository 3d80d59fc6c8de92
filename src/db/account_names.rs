//! The names of accounts, as pages and files show them.

use diesel::dsl::{auto_type, case_when};
use diesel::prelude::*;

use super::AnyConnection;
use super::schema::accounts;
use crate::error::AppResult;

/// The display name of an account, or the name with which it signs in if it has none. Each query that names an account selects
/// this, so that naming the accounts of many rows needs no query of its own.
#[auto_type]
pub fn account_name() -> _ {
    case_when(accounts::display_name.eq(""), accounts::username).otherwise(accounts::display_name)
}

/// Like [`account_name()`], for an alias of the table.
macro_rules! account_name_in {
    ($alias:expr) => {
        diesel::dsl::case_when(
            $alias.field($crate::db::schema::accounts::display_name).eq(""),
            $alias.field($crate::db::schema::accounts::username),
        )
        .otherwise($alias.field($crate::db::schema::accounts::display_name))
    };
}
pub(crate) use account_name_in;

/// The name of an account, if the account is known.
pub fn account_name_of(conn: &mut AnyConnection, account: Option<i64>) -> AppResult<Option<String>> {
    let Some(account) = account else {
        return Ok(None);
    };
    Ok(accounts::table.find(account).select(account_name()).first(conn).optional()?)
}
