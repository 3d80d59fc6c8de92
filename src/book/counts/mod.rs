//! Exact numbers of contacts: in the book, with each status, with each first letter of the list's order, and with each value that
//! the list can be filtered by. They are kept with the writes, so that reading one costs the same in a book of any size.
//!
//! A writer of contacts sums up the changes of its transaction in [`Deltas`]. SQLite has one writer, which adds them to
//! `book_counts`. PostgreSQL's writers append them to `book_count_deltas`, so that none waits for another at the row of a
//! frequent value; a number is the sum of both tables, and [`fold()`] empties the second one from time to time. The list of values
//! (`book_values`) follows: a value comes with its first contact, and goes with its last.
//!
//! The numbers are not shown while they are stale: a book of an older version, or an older node beside this one, which does not
//! write deltas. [`recount`] corrects them.

mod deltas;
mod fold;
pub mod recount;
mod stored;

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

pub use deltas::{Counted, Deltas};
pub use fold::{fold, fold_all, keep_folded};
pub use stored::forget;

use crate::base::text_enum;
use crate::db::{AnyConnection, Statement, Value, on_backend};
use crate::domain::{Facet, Status};
use crate::error::AppResult;

/// A number of contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Exact(i64),
    /// Counted up to this number; there are more.
    MoreThan(i64),
}

impl Count {
    /// The number of a count that stopped at `bound` + 1.
    pub fn bounded(counted: i64, bound: i64) -> Self {
        if counted > bound { Self::MoreThan(bound) } else { Self::Exact(counted) }
    }

    pub fn is_zero(self) -> bool {
        self == Self::Exact(0)
    }
}

text_enum! {
    /// What contacts are counted by.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Kind {
        /// All contacts in the book.
        Book = "book",
        Status = "status",
        /// The first character of the list's order; none for a contact without a last name.
        Letter = "letter",
        Service = "service",
        City = "city",
        Topic = "topic",
        Language = "language",
        Organization = "organization",
        Import = "import",
    }
}

impl Kind {
    /// Returns `true` if `book_values` has the values of this kind.
    pub(super) fn is_listed(self) -> bool {
        matches!(self, Self::Service | Self::City | Self::Topic | Self::Language)
    }
}

/// Something that contacts are counted by, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub kind: Kind,
    pub value: String,
}

impl Key {
    pub fn book() -> Self {
        Self { kind: Kind::Book, value: String::new() }
    }

    pub fn status(status: Status) -> Self {
        Self { kind: Kind::Status, value: status.as_str().to_owned() }
    }

    pub fn organization(id: i64) -> Self {
        Self { kind: Kind::Organization, value: id.to_string() }
    }

    pub fn import(id: i64) -> Self {
        Self { kind: Kind::Import, value: id.to_string() }
    }

    /// The contacts with a filter's value.
    pub fn of(facet: &Facet) -> Self {
        let (kind, value) = match facet {
            Facet::Status(status) => return Self::status(*status),
            Facet::Organization(id) => return Self::organization(*id),
            Facet::Service(value) => (Kind::Service, value),
            Facet::City(value) => (Kind::City, value),
            Facet::Topic(value) => (Kind::Topic, value),
            Facet::Language(value) => (Kind::Language, value),
        };
        Self { kind, value: key_of(value) }
    }
}

/// The key of a value, as `book_values` and the search index compare it.
fn key_of(value: &str) -> String {
    crate::domain::fold(value.trim())
}

/// The kind of the row that exists while the numbers may be wrong.
const STALE: &str = "stale";

#[derive(QueryableByName)]
struct StoredCount {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    value_key: String,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The numbers of contacts with these keys, in their order, all by one statement; `None` while the numbers are stale.
pub fn of(conn: &mut AnyConnection, keys: &[Key]) -> AppResult<Option<Vec<i64>>> {
    let sums = |wanted: &str| {
        format!(
            "WITH wanted (kind, value_key) AS (SELECT DISTINCT {wanted}) \
             SELECT kind, value_key, CAST(SUM(n) AS BIGINT) AS n FROM ( \
                SELECT kind, value_key, n FROM wanted JOIN book_counts USING (kind, value_key) \
                UNION ALL SELECT kind, value_key, delta FROM wanted JOIN book_count_deltas USING (kind, value_key) \
             ) AS counts GROUP BY kind, value_key"
        )
    };
    let kinds: Vec<&str> = keys.iter().map(|key| key.kind.as_str()).chain([STALE]).collect();
    let values: Vec<&str> = keys.iter().map(|key| key.value.as_str()).chain([""]).collect();
    let rows: Vec<StoredCount> = match conn {
        AnyConnection::Sqlite(conn) => {
            let pairs: Vec<(&str, &str)> = kinds.into_iter().zip(values).collect();
            let (pairs, wanted) =
                (serde_json::to_string(&pairs)?, "value ->> 0, value ->> 1 FROM json_each(?)");
            Statement::new(&sums(wanted), [Value::Text(&pairs)]).load(conn)?
        }
        AnyConnection::Postgres(conn) => {
            Statement::new(&sums("* FROM unnest(?, ?)"), [Value::Texts(kinds), Value::Texts(values)])
                .load(conn)?
        }
    };
    if rows.iter().any(|row| row.kind == STALE) {
        return Ok(None);
    }
    let known: HashMap<(&str, &str), i64> =
        rows.iter().map(|row| ((row.kind.as_str(), row.value_key.as_str()), row.n)).collect();
    let count = |key: &Key| known.get(&(key.kind.as_str(), key.value.as_str())).copied().unwrap_or_default();
    Ok(Some(keys.iter().map(count).collect()))
}

/// The numbers of the whole book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BookCounts {
    pub total: i64,
    /// In the order of [`Status::ALL`].
    pub with_status: [i64; 3],
    /// The first characters in the list's order, each with the number of its contacts. The first one is empty if there are
    /// contacts without a last name.
    pub letters: Vec<(String, i64)>,
}

impl BookCounts {
    /// The number of contacts in the list before the first one with this letter or a later one.
    pub fn before(&self, letter: &str) -> i64 {
        self.letters.iter().filter(|(known, _)| known.as_str() < letter).map(|(_, count)| count).sum()
    }
}

/// The numbers of the whole book, by one statement; `None` while they are stale.
pub fn of_book(conn: &mut AnyConnection) -> AppResult<Option<BookCounts>> {
    const SUMS: &str = "SELECT kind, value_key, CAST(SUM(n) AS BIGINT) AS n FROM ( \
            SELECT kind, value_key, n FROM book_counts WHERE kind IN ('book', 'status', 'letter', 'stale') \
            UNION ALL \
            SELECT kind, value_key, delta FROM book_count_deltas WHERE kind IN ('book', 'status', 'letter') \
        ) AS counts GROUP BY kind, value_key ORDER BY kind, value_key";
    let rows: Vec<StoredCount> = on_backend!(conn, |conn| Statement::new(SUMS, []).load(conn))?;
    let mut counts = BookCounts::default();
    for StoredCount { kind, value_key, n } in rows {
        match Kind::parse(&kind) {
            Some(Kind::Book) => counts.total = n,
            Some(Kind::Status) => {
                for (count, status) in counts.with_status.iter_mut().zip(Status::ALL) {
                    if status.as_str() == value_key {
                        *count = n;
                    }
                }
            }
            Some(Kind::Letter) if n != 0 => counts.letters.push((value_key, n)),
            Some(_) => {}
            None => return Ok(None),
        }
    }
    Ok(Some(counts))
}

/// The values of a kind that most contacts have, each with their number, and those with equal numbers by alphabet; `None` while
/// the numbers are stale. It is for kinds whose values are in [`Kind::is_listed`].
pub fn most_frequent(
    conn: &mut AnyConnection,
    kind: Kind,
    limit: usize,
) -> AppResult<Option<Vec<(String, i64)>>> {
    #[derive(QueryableByName)]
    struct Frequent {
        #[diesel(sql_type = Text)]
        value: String,
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    if is_stale(conn)? {
        return Ok(None);
    }
    let kind = kind.as_str();
    let sums = format!(
        "SELECT value, CAST(SUM(n) AS BIGINT) AS n FROM book_values JOIN ( \
            SELECT value_key, n FROM book_counts WHERE kind = '{kind}' \
            UNION ALL SELECT value_key, delta FROM book_count_deltas WHERE kind = '{kind}' \
        ) AS counts USING (value_key) WHERE kind = '{kind}' \
        GROUP BY value_key, value HAVING SUM(n) > 0 ORDER BY n DESC, value_key LIMIT {limit}"
    );
    let rows: Vec<Frequent> = on_backend!(conn, |conn| Statement::new(&sums, []).load(conn))?;
    Ok(Some(rows.into_iter().map(|row| (row.value, row.n)).collect()))
}

/// Returns `true` while the numbers may be wrong.
pub fn is_stale(conn: &mut AnyConnection) -> AppResult<bool> {
    use crate::db::schema::book_counts;
    let marker = book_counts::table.filter(book_counts::kind.eq(STALE)).select(book_counts::n);
    Ok(diesel::select(diesel::dsl::exists(marker)).get_result(conn)?)
}

/// The letter of a position in the list's order.
fn letter(sort_key: &str) -> &str {
    match sort_key.chars().next() {
        // The end of an empty last name.
        None | Some('\u{1}') => "",
        Some(first) => &sort_key[..first.len_utf8()],
    }
}
