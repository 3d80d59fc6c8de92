//! What a page of the list shows besides its contacts: the filters that it offers, and the account's favourites. One statement for
//! all saves several round trips to the database for each page.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::book::filter::By;
use crate::book::saved_filters::SavedFilter;
use crate::db::{AnyConnection, Statement, Value, on_backend};
use crate::domain::fold;
use crate::error::AppResult;

#[derive(Debug, Default)]
pub struct AroundList {
    /// The filters for which the book has values to choose.
    pub by: Vec<By>,
    /// The shared filters, then the account's own, each by name.
    pub saved: Vec<SavedFilter>,
    /// The ids of the account's favourites, including those in the trash: few enough to read all.
    pub favourites: HashSet<i64>,
}

#[derive(QueryableByName)]
struct Part {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    account_id: Option<i64>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    query: String,
}

const PARTS: &str = "\
    SELECT 'favourite' AS kind, contact_id AS id, account_id, '' AS name, '' AS query \
        FROM favourite_contacts WHERE account_id = ? \
    UNION ALL SELECT 'saved', id, account_id, name, query \
        FROM saved_filters WHERE account_id IS NULL OR account_id = ? \
    UNION ALL SELECT 'by', 0, NULL, 'organization', '' WHERE EXISTS (SELECT 1 FROM organizations) \
    UNION ALL SELECT 'by', 0, NULL, kind, '' \
        FROM (SELECT 'service' AS kind UNION ALL SELECT 'city' UNION ALL SELECT 'topic' UNION ALL SELECT 'language') AS kinds \
        WHERE EXISTS (SELECT 1 FROM book_values WHERE book_values.kind = kinds.kind) \
    UNION ALL SELECT 'by', 0, NULL, 'import', '' \
        WHERE EXISTS (SELECT 1 FROM imports WHERE state = 'done' AND undone_at IS NULL)";

impl AroundList {
    pub fn load(conn: &mut AnyConnection, account: i64) -> AppResult<Self> {
        let values = [Value::Number(account), Value::Number(account)];
        let parts: Vec<Part> = on_backend!(conn, |conn| Statement::new(PARTS, values).load(conn))?;
        let mut all = Self::default();
        for Part { kind, id, account_id, name, query } in parts {
            match kind.as_str() {
                "favourite" => all.favourites.extend([id]),
                "saved" => all.saved.push(SavedFilter { id, account_id, name, query }),
                _ => all.by.extend(By::parse(&name)),
            }
        }
        all.saved.sort_by_cached_key(|filter| (filter.account_id.is_some(), fold(&filter.name), filter.id));
        Ok(all)
    }
}
