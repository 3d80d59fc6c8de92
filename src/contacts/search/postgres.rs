//! A GIN index over our own words (`array_to_tsvector`: PostgreSQL's dictionaries have no say). The planner cannot
//! know whether a word is common, and a wrong guess costs seconds at a million contacts, so the cost is bounded by
//! construction: walk the list's order for a bounded stretch, which fills a page of a common word; else the word is
//! rare, and gathering all its hits by the index and sorting them is cheap.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel::{PgConnection, sql_query};

use super::Search;
use crate::contacts::filter::Direction;
use crate::contacts::words::Document;
use crate::domain::{Query, Term};
use crate::error::AppResult;

/// How many contacts of the order are walked before a word is held to be rare.
const WALK: i64 = 5_000;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

pub fn find(conn: &mut PgConnection, search: &Search<'_>) -> AppResult<Vec<i64>> {
    let walked = run(conn, search, &walk_sql(search))?;
    if i64::try_from(walked.len()).is_ok_and(|found| found >= search.limit) {
        return Ok(walked);
    }
    run(conn, search, &gather_sql(search))
}

fn walk_sql(search: &Search<'_>) -> String {
    format!(
        "SELECT id AS number FROM ( \
            SELECT id, sort_key, tokens FROM contacts WHERE {} ORDER BY {} LIMIT {WALK} \
         ) AS walked WHERE tokens @@ $1::tsquery ORDER BY {} LIMIT $5",
        place(search),
        order(search.direction),
        order(search.direction),
    )
}

fn gather_sql(search: &Search<'_>) -> String {
    format!(
        "WITH hits AS MATERIALIZED ( \
            SELECT id, sort_key FROM contacts WHERE tokens @@ $1::tsquery AND {} \
         ) SELECT id AS number FROM hits ORDER BY {} LIMIT $5",
        place(search),
        order(search.direction),
    )
}

/// The contacts of the book (or of one import) beyond the cursor.
fn place(search: &Search<'_>) -> String {
    let import = match search.import {
        None => "$2::bigint IS NULL",
        Some(_) => "import_id = $2",
    };
    let compare = match (search.from, search.direction) {
        (None, _) => "($3::text IS NULL OR $4::bigint IS NULL)",
        (Some(_), Direction::Forward) => "(sort_key, id) > ($3, $4)",
        (Some(_), Direction::Backward) => "(sort_key, id) < ($3, $4)",
    };
    format!("deleted_at IS NULL AND {import} AND {compare}")
}

fn order(direction: Direction) -> &'static str {
    match direction {
        Direction::Forward => "sort_key, id",
        Direction::Backward => "sort_key DESC, id DESC",
    }
}

fn run(conn: &mut PgConnection, search: &Search<'_>, sql: &str) -> AppResult<Vec<i64>> {
    let rows: Vec<Number> = sql_query(sql)
        .bind::<Text, _>(expression(search.query))
        .bind::<Nullable<BigInt>, _>(search.import)
        .bind::<Nullable<Text>, _>(search.from.map(|cursor| cursor.sort_key.as_str()))
        .bind::<Nullable<BigInt>, _>(search.from.map(|cursor| cursor.id))
        .bind::<BigInt, _>(search.limit)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| row.number).collect())
}

pub fn count(
    conn: &mut PgConnection,
    query: &Query,
    import: Option<i64>,
    bound: i64,
) -> AppResult<i64> {
    let row: Number = sql_query(
        "SELECT count(*) AS number FROM (SELECT 1 FROM contacts WHERE deleted_at IS NULL \
         AND tokens @@ $1::tsquery AND ($2::bigint IS NULL OR import_id = $2) LIMIT $3) AS counted",
    )
    .bind::<Text, _>(expression(query))
    .bind::<Nullable<BigInt>, _>(import)
    .bind::<BigInt, _>(bound)
    .get_result(conn)?;
    Ok(row.number)
}

/// The question in tsquery's language. Words hold only letters, digits and our marks, so quoting them is enough.
fn expression(query: &Query) -> String {
    let terms: Vec<String> = query
        .terms
        .iter()
        .map(|term| match term {
            Term::Exactly(word) => format!("'{word}'"),
            Term::BeginsWithAnyOf(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("'{word}':*")).collect();
                format!("({})", words.join(" | "))
            }
        })
        .collect();
    terms.join(" & ")
}

pub fn index(conn: &mut PgConnection, documents: &[Document]) -> AppResult<()> {
    let ids: Vec<i64> = documents.iter().map(|document| document.id).collect();
    let tokens: Vec<&str> = documents
        .iter()
        .map(|document| document.tokens.as_str())
        .collect();
    sql_query(
        "UPDATE contacts SET tokens = array_to_tsvector(string_to_array(given.tokens, ' ')) \
         FROM unnest($1, $2) AS given (id, tokens) WHERE contacts.id = given.id",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Text>, _>(tokens)
    .execute(conn)?;
    Ok(())
}
