//! What the contact form suggests while somebody types. The form accepts any other value too.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::db::{AnyConnection, Statement, Value, on_backend};
use crate::domain::fold;
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

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Text)]
    organization: String,
    #[diesel(sql_type = Text)]
    service: String,
    /// Of a contact that was changed last; otherwise of the list of organizations.
    #[diesel(sql_type = Bool)]
    is_latest: bool,
}

impl Suggestions {
    /// All organizations, if they are few; otherwise those of the contacts changed last. The services are those of the contacts
    /// changed last.
    pub fn load(conn: &mut AnyConnection) -> AppResult<Self> {
        let sql = "SELECT name AS organization, '' AS service, FALSE AS is_latest FROM ( \
                SELECT name FROM organizations ORDER BY name_key, id LIMIT ? \
            ) AS few UNION ALL \
            SELECT COALESCE(name, '') AS organization, service, TRUE AS is_latest FROM ( \
                SELECT organizations.name, contacts.service FROM contacts \
                LEFT JOIN organizations ON organizations.id = contacts.organization_id \
                WHERE contacts.deleted_at IS NULL ORDER BY contacts.updated_at DESC, contacts.id DESC LIMIT ? \
            ) AS latest";
        let values = [Value::Number(MOST as i64 + 1), Value::Number(LATEST)];
        let known: Vec<Known> = on_backend!(conn, |conn| Statement::new(sql, values).load(conn))?;
        let (latest, few): (Vec<Known>, Vec<Known>) = known.into_iter().partition(|known| known.is_latest);
        let organizations = if few.len() > MOST { &latest } else { &few };
        Ok(Self {
            organizations: in_order(organizations.iter().map(|known| &known.organization)),
            services: in_order(latest.iter().map(|known| &known.service)),
        })
    }
}

/// The first of these values in the order of the alphabet, each once.
fn in_order<'a>(values: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut values: Vec<String> = values.filter(|value| !value.is_empty()).cloned().collect();
    values.sort_unstable();
    values.dedup();
    values.sort_by_cached_key(|value| fold(value));
    values.truncate(MOST);
    values
}
