//! The numbers of the menu: how many imports, duplicates, contacts and reports wait for a person.
//!
//! They cost no statement of their own. The statement that reads the session at each request has an expression for them
//! ([`Counted`]), and the program registers its parts ([`Number`]), because the features are in higher layers. The database
//! computes them only for accounts with the right, each from an index, and counts no further than [`BOUND`].

use std::fmt;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Text, Timestamp};
use serde::{Deserialize, Serialize};

use crate::base::clock;
use crate::domain::{Right, Role};

/// The largest number that is shown; one more is counted, so that a page can say that there are more.
const BOUND: i64 = 99;

/// The things that wait for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Things {
    /// Imports that wait for a decision.
    Imports,
    Duplicates,
    /// Contacts whose last verification is too old.
    Unchecked,
    /// Reported mistakes without an answer.
    Reports,
    /// Doubtful rows of lists.
    Reviews,
    /// Webhooks that Carnet has switched off.
    Webhooks,
    /// The question whether a restored book, or a copy, may be used by the programs of the other one.
    Restored,
}

/// The part of one number in the statement.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    pub of: Things,
    /// The right to do something about them.
    pub right: Right,
    /// A query that returns one row for each of them. An index answers it, and it never reads many rows to return few. A `?` in it
    /// is the time that lies `ago` before now.
    pub rows: &'static str,
    pub ago: TimeDelta,
}

/// A number up to [`BOUND`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count(i64);

impl Count {
    pub fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// The number for a message, which needs it for the plural.
    pub fn number(&self) -> i64 {
        self.0.min(BOUND)
    }

    /// Returns `true` if there are more than [`Count::number`].
    pub fn is_more(&self) -> bool {
        self.0 > BOUND
    }
}

/// `7`, or `99+`.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number(), if self.is_more() { "+" } else { "" })
    }
}

/// The numbers for one account; zero for what it has no right to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub imports: Count,
    pub duplicates: Count,
    pub unchecked: Count,
    pub reports: Count,
    /// Sessions of an older version do not have it.
    #[serde(default)]
    pub reviews: Count,
    #[serde(default)]
    pub webhooks: Count,
    #[serde(default)]
    pub restored: Count,
}

impl Waiting {
    /// The sum.
    pub fn total(&self) -> Count {
        let Self { imports, duplicates, unchecked, reports, reviews, webhooks, restored } = self;
        let all = [imports, duplicates, unchecked, reports, reviews, webhooks, restored];
        Count(all.into_iter().map(|count| count.0).sum())
    }

    /// Reads what [`Counted`] selects.
    pub(super) fn read(numbers: &[Number], selected: &str) -> Self {
        let mut waiting = Self::default();
        for (number, text) in numbers.iter().zip(selected.split(' ')) {
            let count = Count(text.parse().unwrap_or(0));
            match number.of {
                Things::Imports => waiting.imports = count,
                Things::Duplicates => waiting.duplicates = count,
                Things::Unchecked => waiting.unchecked = count,
                Things::Reports => waiting.reports = count,
                Things::Reviews => waiting.reviews = count,
                Things::Webhooks => waiting.webhooks = count,
                Things::Restored => waiting.restored = count,
            }
        }
        waiting
    }
}

/// The numbers as one text, separated by spaces, in a query on `accounts`; empty texts without the right.
#[derive(Debug)]
pub(super) struct Counted {
    parts: Vec<(String, NaiveDateTime)>,
}

impl Counted {
    pub fn new(numbers: &[Number]) -> Self {
        let now = clock::now();
        let parts = numbers.iter().map(|number| {
            let roles = Role::ALL.into_iter().filter(|role| role.has(number.right));
            let roles: Vec<String> = roles.map(|role| format!("'{}'", role.as_str())).collect();
            let sql = format!(
                "COALESCE(CASE WHEN accounts.role IN ({}) THEN CAST((SELECT count(*) FROM ({} LIMIT {}) AS waiting) \
                 AS TEXT) END, '')",
                roles.join(", "),
                number.rows,
                BOUND + 1
            );
            (sql, now - number.ago)
        });
        Self { parts: parts.collect() }
    }
}

impl Expression for Counted {
    type SqlType = Text;
}

impl<GB> ValidGrouping<GB> for Counted {
    type IsAggregate = is_aggregate::Never;
}

impl<QS> AppearsOnTable<QS> for Counted {}

impl<QS> SelectableExpression<QS> for Counted {}

/// The cache of prepared statements uses the SQL text as the key, which is the same for every request.
impl QueryId for Counted {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB> QueryFragment<DB> for Counted
where
    DB: Backend + HasSqlType<Timestamp>,
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(''");
        for (index, (sql, time)) in self.parts.iter().enumerate() {
            out.push_sql(if index == 0 { " || " } else { " || ' ' || " });
            let mut pieces = sql.split('?');
            out.push_sql(pieces.next().unwrap_or_default());
            for piece in pieces {
                out.push_bind_param::<Timestamp, _>(time)?;
                out.push_sql(piece);
            }
        }
        out.push_sql(")");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_up_to_its_bound() {
        assert!(Count(0).is_zero() && !Count(1).is_zero());
        assert_eq!([7, 99, 100, 220].map(|count| Count(count).to_string()), ["7", "99", "99+", "99+"]);
        let waiting = Waiting { imports: Count(60), reports: Count(60), ..Waiting::default() };
        assert_eq!(waiting.total().to_string(), "99+");
    }
}
