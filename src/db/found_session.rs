//! The statement that runs at each request of a signed-in account: the session, its account, and the numbers of the menu.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::schema::{accounts, sessions, settings};
use super::sessions::{IDLE, LIFETIME};
use super::settings::SECOND_FACTOR_FOR;
use super::waiting::{Counted, Number};
use super::{AnyConnection, on_backend};
use crate::base::clock;
use crate::error::AppResult;

/// The account of a session, as currently stored. The session of a disabled account has none.
#[derive(Debug, Serialize, Deserialize, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct SignedIn {
    pub id: i64,
    pub username: String,
    pub display_name: String,
    pub role: String,
    pub locale: Option<String>,
    /// The time since when it has a second factor.
    pub totp_since: Option<NaiveDateTime>,
    /// The issuer of the company's provider, for accounts that sign in there.
    pub issuer: Option<String>,
    pub rows_per_page: i64,
}

/// A session with the setting for second factors.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(super) struct FoundSession {
    pub id: i64,
    pub state: String,
    pub last_seen_at: NaiveDateTime,
    #[diesel(embed)]
    pub account: Option<SignedIn>,
    #[diesel(select_expression = settings::value.nullable())]
    pub second_factor_for: Option<String>,
}

/// The session with this hash of its key, unless it has expired, and the menu's numbers as one text.
pub(super) fn find(
    conn: &mut AnyConnection,
    hash: &str,
    numbers: &[Number],
) -> AppResult<Option<(FoundSession, String)>> {
    let now = clock::now();
    let account = accounts::table
        .on(sessions::account_id.eq(accounts::id.nullable()).and(accounts::disabled_at.is_null()));
    let found = sessions::table
        .left_join(account)
        .left_join(settings::table.on(settings::key.eq(SECOND_FACTOR_FOR)))
        .filter(sessions::key_hash.eq(hash))
        .filter(sessions::last_seen_at.gt(now - IDLE))
        .filter(sessions::created_at.gt(now - LIFETIME));
    let counted = Counted::new(numbers);
    on_backend!(conn, |conn| Ok(found.select((FoundSession::as_select(), counted)).first(conn).optional()?))
}
