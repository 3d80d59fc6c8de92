//! What the contact form suggests while somebody types. The form accepts any other value too.

use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::schema::{contacts, organizations};
use crate::error::AppResult;

/// The most values per field: a page carries all of them.
const MOST: usize = 200;
/// The number of contacts, those changed last, whose values are suggested.
const LATEST: i64 = 1_000;

/// Values that are in the book, each list in the order of the alphabet.
#[derive(Debug, Default)]
pub struct Suggestions {
    pub organizations: Vec<String>,
    pub services: Vec<String>,
}

impl Suggestions {
    /// All organizations, if they are few; otherwise those of the contacts changed last. The services are those of the contacts
    /// changed last.
    pub fn load(conn: &mut AnyConnection) -> AppResult<Self> {
        let few: Vec<String> = organizations::table
            .order((organizations::name_key, organizations::id))
            .limit(MOST as i64 + 1)
            .select(organizations::name)
            .load(conn)?;
        let latest: Vec<(String, Option<i64>)> = contacts::table
            .filter(contacts::deleted_at.is_null())
            .order((contacts::updated_at.desc(), contacts::id.desc()))
            .limit(LATEST)
            .select((contacts::service, contacts::organization_id))
            .load(conn)?;
        let organizations = if few.len() > MOST {
            let mut ids: Vec<i64> = latest.iter().filter_map(|(_, id)| *id).collect();
            ids.sort_unstable();
            ids.dedup();
            organizations::table
                .filter(organizations::id.eq_any(ids))
                .order((organizations::name_key, organizations::id))
                .limit(MOST as i64)
                .select(organizations::name)
                .load(conn)?
        } else {
            few
        };
        let mut services: Vec<String> =
            latest.into_iter().map(|(service, _)| service).filter(|service| !service.is_empty()).collect();
        services.sort_by_cached_key(|service| crate::domain::fold(service));
        services.dedup();
        services.truncate(MOST);
        Ok(Self { organizations, services })
    }
}
