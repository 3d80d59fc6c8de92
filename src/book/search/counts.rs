//! The number of contacts that match.

use super::few::{FEW, STATUS_BOUND};
use super::sqlite::{self, MatchExpr};
use super::{Search, find, plan, postgres};
use crate::db::{AnyConnection, in_time};
use crate::domain::Query;
use crate::error::AppResult;

/// The numbers up to which matching contacts are counted.
#[derive(Debug, Clone, Copy)]
pub struct CountBounds {
    pub total: i64,
    /// For the contacts with each status, if the total reaches its bound.
    pub with_status: i64,
}

impl CountBounds {
    pub const OF_LIST: Self = Self { total: FEW + 1, with_status: STATUS_BOUND + 1 };
}

/// The number of contacts that match.
#[derive(Debug, Clone, Copy)]
pub struct HitCounts {
    /// Exact if it is below the bound. `None` if nothing is counted, because there are too many, on PostgreSQL.
    pub total: Option<i64>,
    /// The number of contacts with each status: exact, or at least the bound. `None` if neither is known.
    pub with_status: [Option<i64>; 3],
}

/// The number of contacts that match, counted up to `bound`.
pub fn count(conn: &mut AnyConnection, query: &Query, imports: &[i64], bound: i64) -> AppResult<i64> {
    in_time()?;
    let known = plan::with_known_words(conn, query)?;
    let question = match conn {
        AnyConnection::Postgres(conn) => return postgres::count(conn, query, &known, imports, bound),
        AnyConnection::Sqlite(conn) => MatchExpr::of(conn, query)?,
    };
    match conn {
        AnyConnection::Sqlite(conn) if question.is_exact() => sqlite::count(conn, &question, imports, bound),
        _ => {
            let found = find(conn, &Search::first(query, imports, bound))?.found.len();
            Ok(i64::try_from(found).unwrap_or(bound))
        }
    }
}

/// The number of contacts that match, and of those with each status. `None` if the index alone cannot decide.
pub fn counts(
    conn: &mut AnyConnection,
    query: &Query,
    imports: &[i64],
    bounds: CountBounds,
) -> AppResult<Option<HitCounts>> {
    in_time()?;
    let known = plan::with_known_words(conn, query)?;
    match conn {
        AnyConnection::Postgres(conn) => postgres::counts(conn, &known, imports, bounds).map(Some),
        AnyConnection::Sqlite(conn) => {
            let question = MatchExpr::of(conn, query)?;
            if !question.is_exact() {
                return Ok(None);
            }
            sqlite::counts(conn, query, &question, imports, bounds).map(Some)
        }
    }
}
