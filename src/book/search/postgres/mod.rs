//! The search index on PostgreSQL: a GIN index over our own words (`array_to_tsvector`, without PostgreSQL's dictionaries). The
//! planner cannot know whether a word is common, and a wrong guess costs seconds among a million contacts, so the cost is
//! bounded by construction: a sample of any contacts tells common queries from rare ones. A walk of a bounded distance in the list's
//! order fills a page of a common one; gathering all hits of a rare one by the index and sorting them is cheap.

mod count;

use diesel::PgConnection;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};

pub use count::{count, counts};

use super::few::{Match, STATUS_BOUND, SmallResult};
use super::plan::{KeyRange, RankTier};
use super::{CountBounds, Gathered, Search};
use crate::book::document::Document;
use crate::book::filter::{Cursor, Direction};
use crate::db::{Statement, Value, in_time};
use crate::domain::{Query, Term};
use crate::error::AppResult;

/// Contacts in the list's order that are walked before a word is taken to be rare.
const WALK: i64 = 5_000;

#[derive(QueryableByName)]
struct CountedRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// A contact that a walk has found; without number if it has found nobody.
#[derive(QueryableByName)]
struct WalkedRow {
    #[diesel(sql_type = Nullable<BigInt>)]
    number: Option<i64>,
    #[diesel(sql_type = Bool)]
    is_long: bool,
}

/// The next contacts of a section beyond a cursor.
pub fn find(
    conn: &mut PgConnection,
    search: &Search<'_>,
    section: &RankTier,
    from: Option<&Cursor>,
    limit: i64,
) -> AppResult<Vec<i64>> {
    let mut ids = Vec::new();
    let mut stretches: Vec<&KeyRange> = section.stretches.iter().collect();
    if search.direction == Direction::Backward {
        stretches.reverse();
    }
    let expression = section_expression(search.query, section);
    let all_match = section.is_told_by_place && section.with.is_empty() && section.without.is_empty();
    for stretch in stretches {
        let left = limit - i64::try_from(ids.len()).unwrap_or(limit);
        if left <= 0 {
            break;
        }
        in_time()?;
        let run = RangeQuery { search, expression: &expression, stretch, from, limit: left };
        let (mut found, is_long) = run.walk(conn)?;
        // Where everybody matches, the walk has met everybody.
        if is_long && !all_match {
            found = run.gather(conn)?;
        }
        ids.append(&mut found);
    }
    Ok(ids)
}

/// The query for one range of the list.
struct RangeQuery<'a> {
    search: &'a Search<'a>,
    expression: &'a str,
    stretch: &'a KeyRange,
    from: Option<&'a Cursor>,
    limit: i64,
}

impl RangeQuery<'_> {
    /// The matches among the next contacts of the list, and `true` if they are fewer than are wanted though the range has more contacts
    /// than are walked. PostgreSQL stops at the last one that is wanted: 0.2 ms for `m` among 100 000 contacts, where it took 15 ms to
    /// count the walked contacts in each query. It counts them only when it needs the number.
    fn walk(&self, conn: &mut PgConnection) -> AppResult<(Vec<i64>, bool)> {
        let (place, order) = (self.place(), order(self.search.direction));
        let sql = format!(
            "WITH found AS MATERIALIZED ( \
                SELECT id, sort_key FROM ( \
                    SELECT id, sort_key, tokens FROM contacts WHERE {place} ORDER BY {order} LIMIT {WALK} \
                ) AS walked WHERE tokens @@ ?::tsquery ORDER BY {order} LIMIT ? \
             ) SELECT found.id AS number, place.is_long FROM ( \
                SELECT (SELECT count(*) FROM found) < ? AND {WALK} = ( \
                    SELECT count(*) FROM (SELECT FROM contacts WHERE {place} LIMIT {WALK}) AS all_of_it \
                ) AS is_long \
             ) AS place LEFT JOIN found ON TRUE ORDER BY {order}"
        );
        let limit = Value::Number(self.limit);
        let mut values = self.values_of_place();
        values.extend([Value::Text(self.expression), limit.clone(), limit]);
        values.extend(self.values_of_place());
        let rows: Vec<WalkedRow> = Statement::new(&sql, values).load(conn)?;
        let is_long = rows.first().is_some_and(|row| row.is_long);
        Ok((rows.into_iter().filter_map(|row| row.number).collect(), is_long))
    }

    fn gather(&self, conn: &mut PgConnection) -> AppResult<Vec<i64>> {
        let sql = format!(
            "WITH hits AS MATERIALIZED ( \
                SELECT id, sort_key FROM contacts WHERE tokens @@ ?::tsquery AND {} \
             ) SELECT id AS number FROM hits ORDER BY {} LIMIT ?",
            self.place(),
            order(self.search.direction),
        );
        let mut values = vec![Value::Text(self.expression)];
        values.extend(self.values_of_place());
        values.push(Value::Number(self.limit));
        run(conn, &sql, values)
    }

    /// The SQL condition for the contacts of the book (or of some imports) in the range, beyond the cursor, with a `?` for each of
    /// [`RangeQuery::values_of_place`].
    fn place(&self) -> String {
        let import = if self.search.imports.is_empty() { "" } else { " AND import_id = ANY(?)" };
        let beyond = match (self.from, self.search.direction) {
            (None, _) => "",
            (Some(_), Direction::Forward) => " AND (sort_key, id) > (?, ?)",
            (Some(_), Direction::Backward) => " AND (sort_key, id) < (?, ?)",
        };
        format!("deleted_at IS NULL{import}{beyond} AND sort_key >= ? AND sort_key < ?")
    }

    fn values_of_place(&self) -> Vec<Value<'_>> {
        let mut values = Vec::new();
        if !self.search.imports.is_empty() {
            values.push(Value::Numbers(self.search.imports));
        }
        if let Some(from) = self.from {
            values.extend([Value::Text(&from.sort_key), Value::Number(from.id)]);
        }
        values.extend([Value::Text(&self.stretch.from), Value::Text(&self.stretch.to)]);
        values
    }
}

fn run(conn: &mut PgConnection, sql: &str, values: Vec<Value<'_>>) -> AppResult<Vec<i64>> {
    let rows: Vec<CountedRow> = Statement::new(sql, values).load(conn)?;
    Ok(rows.into_iter().map(|row| row.number).collect())
}

fn order(direction: Direction) -> &'static str {
    match direction {
        Direction::Forward => "sort_key, id",
        Direction::Backward => "sort_key DESC, id DESC",
    }
}

/// The most results that are gathered; the index gathers them all before the first is returned.
pub const FEW: i64 = 5_000;

/// All matching contacts, if they are few. A sample of any contacts first recognizes most queries with many results.
pub fn gather(conn: &mut PgConnection, search: &Search<'_>) -> AppResult<Gathered> {
    let (query, imports) = (search.query, search.imports);
    if search.is_counted {
        if let Some(counts) = count::counts_of_many(conn, query, imports, CountBounds::OF_LIST)? {
            return Ok(Gathered::More(Some(counts)));
        }
    } else if count::is_many(conn, query, imports)? {
        return Ok(Gathered::More(None));
    }
    // Materialized, or the planner may walk the whole book to find the first rows.
    let sql = format!(
        "WITH hits AS MATERIALIZED ( \
            SELECT id, sort_key, last_name, first_name, service, organization_id, expert, copy, transfer FROM contacts \
            WHERE tokens @@ ?::tsquery AND deleted_at IS NULL{} \
         ) SELECT * FROM hits LIMIT ?",
        of_imports(imports)
    );
    let expression = expression(query);
    let mut values = vec![Value::Text(&expression)];
    values.extend(value_of_imports(imports));
    values.push(Value::Number(FEW + 1));
    let found: Vec<Match> = Statement::new(&sql, values).load(conn)?;
    let is_all = found.len() as i64 <= FEW;
    let few = SmallResult(found);
    if is_all {
        return Ok(Gathered::All(few));
    }
    let mut counts = few.counts();
    counts.with_status = counts.with_status.map(|count| count.filter(|count| *count > STATUS_BOUND));
    Ok(Gathered::More(Some(counts)))
}

/// The SQL condition for some imports; none for contacts of any import.
fn of_imports(imports: &[i64]) -> &'static str {
    if imports.is_empty() { "" } else { " AND import_id = ANY(?)" }
}

/// The value of [`of_imports`].
fn value_of_imports(imports: &[i64]) -> Option<Value<'_>> {
    (!imports.is_empty()).then_some(Value::Numbers(imports))
}

/// The contacts of the book that have rare words, at most so many, in no order. Nothing is estimated first: a word that many contacts
/// have is found among the first contacts that are read.
pub fn some_with(conn: &mut PgConnection, query: &Query, limit: i64) -> AppResult<Vec<i64>> {
    let sql = "WITH hits AS MATERIALIZED ( \
            SELECT id FROM contacts WHERE tokens @@ ?::tsquery AND deleted_at IS NULL LIMIT ? \
         ) SELECT id AS number FROM hits";
    let expression = expression(query);
    run(conn, sql, vec![Value::Text(&expression), Value::Number(limit)])
}

/// SQL for this many contacts of the book, any of them.
fn any(count: i64) -> String {
    format!("(SELECT * FROM contacts WHERE deleted_at IS NULL LIMIT {count}) AS walked")
}

/// Contacts that are looked at together for unknown words.
const LOOKED_AT: i64 = 2_000;

#[derive(QueryableByName)]
struct LookedAt {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Bool)]
    has_unknown: bool,
}

/// See [`super::with_unknown_words`]. Only the mark of names may begin a word; the others begin filters and the ends of numbers.
pub fn with_unknown_words(conn: &mut PgConnection, after: i64) -> AppResult<(Vec<i64>, Option<i64>)> {
    let sql = "WITH next AS MATERIALIZED ( \
            SELECT id, tokens FROM contacts WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ? \
         ) SELECT id, EXISTS ( \
            SELECT FROM unnest(tokens) AS token (word, positions, weights) \
            WHERE word ~ '^\\uE006{0,1}[^0-9\\uE001-\\uE008]{3,}' AND CASE \
                WHEN word ~ '[0-9]' THEN NOT tokens @@ ('''' || substring(word FROM '^[^0-9]+') || '''')::tsquery \
                ELSE EXISTS ( \
                    SELECT FROM unnest(ARRAY[word, ltrim(word, U&'\\E006')]) AS known (word) \
                    WHERE NOT EXISTS (SELECT FROM book_words WHERE book_words.word = known.word) \
                ) END \
         ) AS has_unknown FROM next ORDER BY id";
    let next: Vec<LookedAt> =
        Statement::new(sql, [Value::Number(after), Value::Number(LOOKED_AT)]).load(conn)?;
    let unknown = next.iter().filter(|contact| contact.has_unknown).map(|contact| contact.id);
    Ok((unknown.collect(), next.last().map(|contact| contact.id)))
}

pub fn settle(conn: &mut PgConnection) -> AppResult<()> {
    Ok(conn.batch_execute("SELECT gin_clean_pending_list('contacts_tokens'); ANALYZE contacts")?)
}

/// The query in the language of tsquery. Words hold only letters, digits and our marks, so quoting them is enough.
fn expression(query: &Query) -> String {
    let terms: Vec<String> = query.terms.iter().map(any_of).collect();
    terms.join(" & ")
}

fn section_expression(query: &Query, section: &RankTier) -> String {
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
    let tokens: Vec<&str> = documents.iter().map(|document| document.tokens.as_str()).collect();
    Statement::new(
        "UPDATE contacts SET tokens = array_to_tsvector(string_to_array(given.tokens, ' ')) \
         FROM unnest(?, ?) AS given (id, tokens) WHERE contacts.id = given.id",
        [Value::Numbers(&ids), Value::Texts(tokens)],
    )
    .execute(conn)?;
    Ok(())
}
