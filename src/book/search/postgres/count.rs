//! The number of contacts that match.

use diesel::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::{CountedRow, WALK, any, any_of, expression, of_imports, value_of_imports};
use crate::book::search::{CountBounds, HitCounts};
use crate::db::{Statement, Value};
use crate::domain::{Facet, Query, Status, Term};
use crate::error::AppResult;

/// The most contacts of a facet that are each compared with the rest of a query. For a common beginning the index would gather all
/// hits (67 ms for `m` with a status that no contact has, among a million).
const COMPARED: i64 = WALK;
/// An expression as a value that the planner does not look into: otherwise it plans the statement anew for each query, which took
/// 1.3 ms of 3.7, and walks the book where it expects many hits.
const ASKED: &str = "(SELECT ?::tsquery)";
/// Contacts of a sample, which shows whether a query has many results.
const SAMPLED: i64 = WALK / 10;
/// Hits among a sample from which on the query is taken to have many results.
const MANY: i64 = 3;
/// Results, as the sample estimates them, from which on they are not counted if only the index could count them. It gathers all hits
/// of all words before the first result: 90 ms for a service and a city among a million contacts, where a page of them takes 4.
const UNCOUNTED: i64 = 5_000;

#[derive(QueryableByName)]
struct Counts {
    #[diesel(sql_type = Nullable<BigInt>)]
    total: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    expert: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    copy: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    transfer: Option<i64>,
}

impl From<Counts> for HitCounts {
    fn from(Counts { total, expert, copy, transfer }: Counts) -> Self {
        Self { total, with_status: [expert, copy, transfer] }
    }
}

/// The number of contacts that match, counted up to `bound`. `known` is the query by [`crate::book::search::plan::with_known_words`].
pub fn count(
    conn: &mut PgConnection,
    query: &Query,
    known: &Query,
    imports: &[i64],
    bound: i64,
) -> AppResult<i64> {
    let asked = expression(known);
    let facet = query.terms.iter().rev().find(|term| matches!(term, Term::AnyOf(_))).map(any_of);
    let mut sql = Sql::new(imports);
    sql.push("SELECT (");
    match &facet {
        Some(facet) => sql.push_count_with(&asked, facet, bound),
        None => sql.push_count(&asked, "contacts", bound),
    };
    let counted: CountedRow = sql.push(") AS number").statement().get_result(conn)?;
    Ok(counted.number.min(bound))
}

/// Returns `true` if a sample of any contacts shows that the query has many results.
pub fn is_many(conn: &mut PgConnection, query: &Query, imports: &[i64]) -> AppResult<bool> {
    let (asked, sample) = (expression(query), any(SAMPLED));
    let mut sql = Sql::new(imports);
    let sampled = sql.push("SELECT (").push_count(&asked, &sample, MANY).push(") AS number");
    let sampled: CountedRow = sampled.statement().get_result(conn)?;
    Ok(sampled.number == MANY)
}

/// The number of contacts that match, and of those with each status.
pub fn counts(
    conn: &mut PgConnection,
    query: &Query,
    imports: &[i64],
    bounds: CountBounds,
) -> AppResult<HitCounts> {
    let asked = Asked::new(query);
    let counts: Counts = asked.counting(imports, bounds).statement().get_result(conn)?;
    Ok(counts.into())
}

/// As [`counts`], if [`is_many`].
pub fn counts_of_many(
    conn: &mut PgConnection,
    query: &Query,
    imports: &[i64],
    bounds: CountBounds,
) -> AppResult<Option<HitCounts>> {
    let asked = Asked::new(query);
    let mut sql = asked.counting(imports, bounds);
    sql.push(&format!(" WHERE (SELECT n FROM sampled) >= {MANY}"));
    let counts: Option<Counts> = sql.statement().get_result(conn).optional()?;
    Ok(counts.map(Into::into))
}

/// The expressions of a query and its statuses.
struct Asked {
    query: String,
    /// For each status: the column, the status, and the query with the status.
    statuses: [(&'static str, String, String); 3],
}

impl Asked {
    fn new(query: &Query) -> Self {
        let asked = expression(query);
        let statuses = Status::ALL.map(|status| {
            let with = any_of(&Term::AnyOf(vec![Facet::Status(status).token()]));
            let both = if asked.is_empty() { with.clone() } else { format!("{asked} & {with}") };
            (status.as_str(), with, both)
        });
        Self { query: asked, statuses }
    }

    /// The statement of [`counts`]. A sample of any contacts shows what to do. If it has a tenth of the results that are counted, a
    /// fifth of the sample for a list, the others are found soon among any contacts. If there are fewer, but still more than
    /// [`UNCOUNTED`] in the book, they are not counted. Otherwise the index gathers the results. Only the parts that are needed
    /// run: PostgreSQL runs a subquery when its value is first asked for.
    fn counting<'a>(&'a self, imports: &'a [i64], bounds: CountBounds) -> Sql<'a> {
        let CountBounds { total, with_status } = bounds;
        let likely = total / 10;
        let mut sql = Sql::new(imports);
        sql.push(&format!(
            "WITH sampled AS MATERIALIZED ( \
                SELECT n, n * reltuples > {UNCOUNTED} * {SAMPLED}::real AS is_uncounted \
                FROM pg_class, LATERAL ("
        ));
        sql.push_count(&self.query, &any(SAMPLED), likely);
        sql.push(
            ") AS sample (n) WHERE pg_class.oid = 'contacts'::regclass \
            ), walked AS MATERIALIZED (SELECT expert, copy, transfer FROM ",
        );
        sql.push(&any(WALK)).push(" WHERE ").push_matching(&self.query);
        sql.push(&format!(
            " AND {likely} = (SELECT n FROM sampled) LIMIT {total} \
            ), gathered AS (SELECT expert, copy, transfer FROM contacts WHERE "
        ));
        sql.push_matching(&self.query).push(&format!(
            " AND NOT (SELECT is_uncounted FROM sampled) LIMIT {total} \
            ), found AS ( \
                SELECT * FROM walked WHERE (SELECT count(*) FROM walked) = {total} \
                UNION ALL SELECT * FROM gathered WHERE (SELECT count(*) FROM walked) < {total} \
            ), counted AS ( \
                SELECT count(*) AS total, count(*) FILTER (WHERE expert) AS expert, count(*) FILTER (WHERE copy) AS copy, \
                    count(*) FILTER (WHERE transfer) AS transfer, \
                    NOT (SELECT is_uncounted FROM sampled) OR count(*) = {total} AS is_known FROM found \
            ) SELECT CASE WHEN is_known THEN total END AS total"
        ));
        for (column, with, both) in &self.statuses {
            sql.push(&format!(
                ", CASE WHEN NOT is_known THEN NULL WHEN total < {total} OR {column} >= {with_status} THEN {column} ELSE ("
            ));
            sql.push_count_with(both, with, with_status).push(&format!(") END AS {column}"));
        }
        sql.push(" FROM counted");
        sql
    }
}

/// SQL about contacts of the book, or of some imports, with a `?` for each value.
struct Sql<'a> {
    imports: &'a [i64],
    text: String,
    values: Vec<Value<'a>>,
}

impl<'a> Sql<'a> {
    fn new(imports: &'a [i64]) -> Self {
        Self { imports, text: String::new(), values: Vec::new() }
    }

    fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// The condition that a contact matches an expression; all do if it is empty.
    fn push_matching(&mut self, asked: &'a str) -> &mut Self {
        self.push("deleted_at IS NULL");
        if !asked.is_empty() {
            self.push(&format!(" AND tokens @@ {ASKED}"));
            self.values.push(Value::Text(asked));
        }
        self.values.extend(value_of_imports(self.imports));
        self.push(of_imports(self.imports))
    }

    /// The number of contacts among `from` that match, up to `bound`.
    fn push_count(&mut self, asked: &'a str, from: &str, bound: i64) -> &mut Self {
        self.push(&format!("SELECT count(*) FROM (SELECT FROM {from} WHERE ")).push_matching(asked);
        self.push(&format!(" LIMIT {bound}) AS hits"))
    }

    /// The number of contacts that match, up to `bound` or exact. `facet` is a part of what is asked.
    fn push_count_with(&mut self, asked: &'a str, facet: &'a str, bound: i64) -> &mut Self {
        self.push(&format!(
            "SELECT CASE WHEN count(*) < {COMPARED} THEN count(*) FILTER (WHERE tokens @@ {ASKED}) ELSE ("
        ));
        self.values.push(Value::Text(asked));
        self.push_count(asked, "contacts", bound).push(") END FROM (SELECT tokens FROM contacts WHERE ");
        self.push_matching(facet).push(&format!(" LIMIT {COMPARED}) AS those_with"))
    }

    fn statement(&self) -> Statement<'_> {
        Statement::new(&self.text, self.values.clone())
    }
}
