//! A GIN index over our own words (`array_to_tsvector`: PostgreSQL's dictionaries have no say). The planner cannot
//! know whether a word is common, and a wrong guess costs seconds at a million contacts, so the cost is bounded by
//! construction: walk the list's order for a bounded stretch, which fills a page of a common word; else the word is
//! rare, and gathering all its hits by the index and sorting them is cheap.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel::{PgConnection, sql_query};

use super::plan::{Section, Stretch};
use super::{Counts, Search};
use crate::contacts::filter::{Cursor, Direction};
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

/// The next contacts of a section beyond a place.
pub fn find(
    conn: &mut PgConnection,
    search: &Search<'_>,
    section: &Section,
    from: Option<&Cursor>,
    limit: i64,
) -> AppResult<Vec<i64>> {
    let mut ids = Vec::new();
    let mut stretches: Vec<&Stretch> = section.stretches.iter().collect();
    if search.direction == Direction::Backward {
        stretches.reverse();
    }
    let expression = section_expression(search.query, section);
    for stretch in stretches {
        let left = limit - i64::try_from(ids.len()).unwrap_or(limit);
        if left <= 0 {
            break;
        }
        let run = Run {
            search,
            expression: &expression,
            stretch,
            from,
            limit: left,
        };
        let (mut walked, is_all) = run.walk(conn)?;
        if !is_all && i64::try_from(walked.len()).is_ok_and(|found| found < left) {
            walked = run.gather(conn)?;
        }
        ids.append(&mut walked);
    }
    Ok(ids)
}

/// What is asked of a stretch of the list.
struct Run<'a> {
    search: &'a Search<'a>,
    expression: &'a str,
    stretch: &'a Stretch,
    from: Option<&'a Cursor>,
    limit: i64,
}

impl Run<'_> {
    /// Those among the next contacts of the list, and whether these are all of the stretch.
    fn walk(&self, conn: &mut PgConnection) -> AppResult<(Vec<i64>, bool)> {
        let sql = format!(
            "WITH walked AS MATERIALIZED ( \
                SELECT id, sort_key, tokens @@ $1::tsquery AS hits FROM contacts WHERE {} ORDER BY {} LIMIT {WALK} \
             ), found AS (SELECT id FROM walked WHERE hits ORDER BY {} LIMIT $7) \
             SELECT id AS number FROM found UNION ALL SELECT -count(*) FROM walked",
            self.place(),
            order(self.search.direction),
            order(self.search.direction),
        );
        let mut numbers = self.run(conn, &sql)?;
        let walked = numbers.pop().unwrap_or_default();
        Ok((numbers, -walked < WALK))
    }

    fn gather(&self, conn: &mut PgConnection) -> AppResult<Vec<i64>> {
        let sql = format!(
            "WITH hits AS MATERIALIZED ( \
                SELECT id, sort_key FROM contacts WHERE tokens @@ $1::tsquery AND {} \
             ) SELECT id AS number FROM hits ORDER BY {} LIMIT $7",
            self.place(),
            order(self.search.direction),
        );
        self.run(conn, &sql)
    }

    /// The contacts of the book (or of one import) in the stretch, beyond the cursor.
    fn place(&self) -> String {
        let import = match self.search.import {
            None => "$2::bigint IS NULL",
            Some(_) => "import_id = $2",
        };
        let beyond = match (self.from, self.search.direction) {
            (None, _) => "($3::text IS NULL OR $4::bigint IS NULL)",
            (Some(_), Direction::Forward) => "(sort_key, id) > ($3, $4)",
            (Some(_), Direction::Backward) => "(sort_key, id) < ($3, $4)",
        };
        format!("deleted_at IS NULL AND {import} AND {beyond} AND sort_key >= $5 AND sort_key < $6")
    }

    fn run(&self, conn: &mut PgConnection, sql: &str) -> AppResult<Vec<i64>> {
        let rows: Vec<Number> = sql_query(sql)
            .bind::<Text, _>(self.expression)
            .bind::<Nullable<BigInt>, _>(self.search.import)
            .bind::<Nullable<Text>, _>(self.from.map(|cursor| cursor.sort_key.as_str()))
            .bind::<Nullable<BigInt>, _>(self.from.map(|cursor| cursor.id))
            .bind::<Text, _>(&self.stretch.from)
            .bind::<Text, _>(&self.stretch.to)
            .bind::<BigInt, _>(self.limit)
            .load(conn)?;
        Ok(rows.into_iter().map(|row| row.number).collect())
    }
}

fn order(direction: Direction) -> &'static str {
    match direction {
        Direction::Forward => "sort_key, id",
        Direction::Backward => "sort_key DESC, id DESC",
    }
}

/// How many match.
pub fn count(
    conn: &mut PgConnection,
    query: &Query,
    import: Option<i64>,
    bound: i64,
) -> AppResult<i64> {
    Ok(counts_in(conn, query, import, bound, "contacts")?.total)
}

/// How many match, and how many of them have each status, as far as that comes of the same look: each counted no further
/// than `bound`. A question without terms is met by everybody. Of a common word `bound` are soon found among any contacts,
/// while the index would gather all that it has.
pub(super) fn counts(
    conn: &mut PgConnection,
    query: &Query,
    import: Option<i64>,
    bound: i64,
) -> AppResult<Counts> {
    let any = format!("(SELECT * FROM contacts WHERE deleted_at IS NULL LIMIT {WALK}) AS walked");
    let from = if query.is_empty() { "contacts" } else { &any };
    let mut counts = counts_in(conn, query, import, bound, from)?;
    if counts.total < bound && !query.is_empty() {
        counts = counts_in(conn, query, import, bound, "contacts")?;
    }
    Ok(counts)
}

fn counts_in(
    conn: &mut PgConnection,
    query: &Query,
    import: Option<i64>,
    bound: i64,
    from: &str,
) -> AppResult<Counts> {
    let asked = if query.is_empty() {
        "$1::text IS NOT NULL"
    } else {
        "tokens @@ $1::tsquery"
    };
    Ok(sql_query(format!(
        "SELECT count(*) AS total, count(*) FILTER (WHERE expert) AS expert, count(*) FILTER (WHERE copy) AS copy, \
            count(*) FILTER (WHERE transfer) AS transfer \
         FROM (SELECT expert, copy, transfer FROM {from} WHERE deleted_at IS NULL AND {asked} \
            AND ($2::bigint IS NULL OR import_id = $2) LIMIT $3) AS counted"
    ))
    .bind::<Text, _>(expression(query))
    .bind::<Nullable<BigInt>, _>(import)
    .bind::<BigInt, _>(bound)
    .get_result(conn)?)
}

pub fn settle(conn: &mut PgConnection) -> AppResult<()> {
    Ok(conn.batch_execute("SELECT gin_clean_pending_list('contacts_tokens'); ANALYZE contacts")?)
}

/// The question in tsquery's language. Words hold only letters, digits and our marks, so quoting them is enough.
fn expression(query: &Query) -> String {
    let terms: Vec<String> = query.terms.iter().map(any_of).collect();
    terms.join(" & ")
}

fn section_expression(query: &Query, section: &Section) -> String {
    let mut whole = expression(query);
    for term in &section.with {
        whole = format!("{whole} & {}", any_of(term));
    }
    for term in &section.without {
        whole = format!("{whole} & !{}", any_of(term));
    }
    whole
}

fn any_of(term: &Term) -> String {
    let (words, end) = match term {
        Term::AnyOf(words) => (words, ""),
        Term::BeginsWithAnyOf(words) => (words, ":*"),
    };
    let words: Vec<String> = words.iter().map(|word| format!("'{word}'{end}")).collect();
    format!("({})", words.join(" | "))
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
