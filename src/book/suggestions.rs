//! What the contact form suggests while somebody types. The form accepts any other value too.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::db::schema::{contacts, organizations};
use crate::db::{AnyConnection, Statement, Value, on_backend};
use crate::domain::fold;
use crate::error::AppResult;

/// The most values per field: a page carries all of them.
const MOST: usize = 200;
/// The number of contacts, those changed last, whose values are suggested.
const LATEST: i64 = 1_000;

/// Values that are in the book, each list in the order of the alphabet: all of them, if they are few; otherwise those of the
/// contacts changed last.
#[derive(Debug, Default)]
pub struct Suggestions {
    pub organizations: Vec<String>,
    pub services: Vec<String>,
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    is_service: bool,
    #[diesel(sql_type = Text)]
    value: String,
}

/// The first of all organizations and of all services.
const FIRST: &str = "\
    SELECT FALSE AS is_service, name AS value FROM ( \
        SELECT name FROM organizations ORDER BY name_key, id LIMIT ? \
    ) AS first_organizations UNION ALL \
    SELECT TRUE, value FROM ( \
        SELECT value FROM book_values WHERE kind = 'service' ORDER BY value_key LIMIT ? \
    ) AS first_services";

impl Suggestions {
    pub fn load(conn: &mut AnyConnection) -> AppResult<Self> {
        let limit = Value::Number(MOST as i64 + 1);
        let first = [limit.clone(), limit];
        let known: Vec<Known> = on_backend!(conn, |conn| Statement::new(FIRST, first).load(conn))?;
        let (services, organizations): (Vec<Known>, Vec<Known>) =
            known.into_iter().partition(|known| known.is_service);
        let (mut services, mut organizations) = (values(services), values(organizations));
        if services.len() > MOST || organizations.len() > MOST {
            let latest: Vec<(String, Option<String>)> = contacts::table
                .left_join(organizations::table)
                .filter(contacts::deleted_at.is_null())
                .order((contacts::updated_at.desc(), contacts::id.desc()))
                .limit(LATEST)
                .select((contacts::service, organizations::name.nullable()))
                .load(conn)?;
            let (latest_services, latest_organizations): (Vec<String>, Vec<Option<String>>) =
                latest.into_iter().unzip();
            if services.len() > MOST {
                services = latest_services;
            }
            if organizations.len() > MOST {
                organizations = latest_organizations.into_iter().flatten().collect();
            }
        }
        Ok(Self { organizations: in_order(organizations), services: in_order(services) })
    }
}

fn values(known: Vec<Known>) -> Vec<String> {
    known.into_iter().map(|known| known.value).collect()
}

/// The first of these values in the order of the alphabet, each once.
fn in_order(mut values: Vec<String>) -> Vec<String> {
    values.retain(|value| !value.is_empty());
    values.sort_unstable();
    values.dedup();
    values.sort_by_cached_key(|value| fold(value));
    values.truncate(MOST);
    values
}
