//! The rows of new contacts with all columns of a form. Each database writes them by the same list of columns.

use std::sync::LazyLock;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamp};
use diesel::sqlite::Sqlite;

use super::{Columns, Creator, imported};
use crate::base::clock;
use crate::book::search::order;
use crate::db::{AnyConnection, Statement, Value};
use crate::error::AppResult;

/// Reads a column's value; `None` if it is not set, or set to nothing.
pub(super) type ValueOf<T> = fn(&Columns) -> Option<T>;
pub(super) type TextOf = fn(&Columns) -> Option<&str>;

/// Columns by name, each with its value in [`Columns`].
pub(super) type Named<T> = [(&'static str, ValueOf<T>)];
type Texts = [(&'static str, TextOf)];

macro_rules! texts {
    ($($column:ident),* $(,)?) => {
        &[$((stringify!($column), |columns| columns.$column.as_deref())),*]
    };
}

macro_rules! nullable_texts {
    ($($column:ident),* $(,)?) => {
        &[$((stringify!($column), |columns| columns.$column.as_ref()?.as_deref())),*]
    };
}

macro_rules! flags {
    ($($column:ident),* $(,)?) => {
        &[$((stringify!($column), |columns| columns.$column)),*]
    };
}

macro_rules! ids {
    ($($column:ident),* $(,)?) => {
        &[$((stringify!($column), |columns| columns.$column.flatten())),*]
    };
}

const TEXTS: &Texts = texts![
    civility,
    first_name,
    last_name,
    title,
    service,
    email_personal,
    email_other,
    phone_work,
    phone_cell,
    phone_home,
    phone_other,
    address,
    postal_code,
    city,
    state,
    country,
    external_url,
    social_x,
    social_facebook,
    social_line,
    social_whatsapp,
    social_instagram,
    topics,
    languages,
    sort_key,
];
const NULLABLE_TEXTS: &Texts = nullable_texts![
    email,
    email_key,
    phone_work_e164,
    phone_cell_e164,
    phone_home_e164,
    phone_other_e164,
    form_key
];
pub(super) const FLAGS: &Named<bool> =
    flags![no_civility, expert, copy, transfer, sms_work, sms_cell, sms_home, sms_other, survey_opt_out];
pub(super) const IDS: &Named<i64> = ids![organization_id, contact_type_id, import_id];

pub(super) fn texts() -> impl Iterator<Item = &'static (&'static str, TextOf)> {
    TEXTS.iter().chain(NULLABLE_TEXTS)
}

/// The names of the columns, in the order texts, flags, ids.
static NAMES: LazyLock<String> = LazyLock::new(|| {
    let flags = FLAGS.iter().map(|(name, _)| *name);
    let names = texts().map(|(name, _)| *name).chain(flags).chain(IDS.iter().map(|(name, _)| *name));
    names.collect::<Vec<_>>().join(", ")
});

/// Creates contacts with all their columns, given by their search words. Returns their ids in the same order.
///
/// # Errors
/// `Taken(ContactEmail)` if another contact has one of the e-mails by now.
pub fn insert(conn: &mut AnyConnection, new: &[(&Columns, &str)], by: Creator) -> AppResult<Vec<i64>> {
    match conn {
        AnyConnection::Postgres(conn) => insert_postgres(conn, new, by),
        AnyConnection::Sqlite(_) => insert_sqlite(conn, new, by),
    }
}

/// A row on SQLite. Every column of every row is bound, so that all rows use the same prepared statement.
struct SqliteRow<'a> {
    texts: Vec<Option<&'a str>>,
    flags: Vec<Option<bool>>,
    ids: Vec<Option<i64>>,
    id: i64,
    label: i64,
    by: Creator,
    now: NaiveDateTime,
}

impl<'a> SqliteRow<'a> {
    fn new(columns: &'a Columns, (id, label): (i64, i64), by: Creator, now: NaiveDateTime) -> Self {
        Self {
            texts: texts().map(|(_, value)| value(columns)).collect(),
            flags: FLAGS.iter().map(|(_, value)| value(columns)).collect(),
            ids: IDS.iter().map(|(_, value)| value(columns)).collect(),
            id,
            label,
            by,
            now,
        }
    }
}

impl QueryId for SqliteRow<'_> {
    type QueryId = SqliteRow<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Conn> RunQueryDsl<Conn> for SqliteRow<'_> {}

impl QueryFragment<Sqlite> for SqliteRow<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("INSERT INTO contacts (");
        out.push_sql(&NAMES);
        out.push_sql(", id, order_label, created_import_id, created_at, updated_at, updated_by) VALUES (");
        for text in &self.texts {
            out.push_bind_param::<Nullable<Text>, _>(text)?;
            out.push_sql(", ");
        }
        for flag in &self.flags {
            out.push_bind_param::<Nullable<Bool>, _>(flag)?;
            out.push_sql(", ");
        }
        for id in &self.ids {
            out.push_bind_param::<Nullable<BigInt>, _>(id)?;
            out.push_sql(", ");
        }
        for id in [&self.id, &self.label] {
            out.push_bind_param::<BigInt, _>(id)?;
            out.push_sql(", ");
        }
        out.push_bind_param::<Nullable<BigInt>, _>(&self.by.import)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamp, _>(&self.now)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamp, _>(&self.now)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<BigInt>, _>(&self.by.account)?;
        out.push_sql(")");
        Ok(())
    }
}

/// Creates contacts with these ids and search words, in one statement.
fn insert_at_once(
    conn: &mut PgConnection,
    ids: &[i64],
    new: &[(&Columns, &str)],
    by: Creator,
) -> AppResult<()> {
    let names = &*NAMES;
    let marks = vec!["?"; texts().count() + FLAGS.len() + IDS.len() + 2].join(", ");
    let sql = format!(
        "INSERT INTO contacts ({names}, id, tokens, created_import_id, created_at, updated_at, updated_by) \
         SELECT {names}, id, array_to_tsvector(string_to_array(tokens, ' ')), ?, ?, ?, ? \
         FROM unnest({marks}) AS given ({names}, id, tokens)",
    );
    let columns = || new.iter().map(|(columns, _)| *columns);
    let now = Value::Time(clock::now());
    let mut values = vec![Value::NumberOrNull(by.import), now.clone(), now, Value::NumberOrNull(by.account)];
    values.extend(texts().map(|(_, value)| Value::TextsOrNull(columns().map(value).collect())));
    values.extend(FLAGS.iter().map(|(_, value)| Value::FlagsOrNull(columns().map(value).collect())));
    values.extend(IDS.iter().map(|(_, value)| Value::NumbersOrNull(columns().map(value).collect())));
    values.push(Value::Numbers(ids));
    values.push(Value::TextsOrNull(new.iter().map(|(_, tokens)| Some(*tokens)).collect()));
    Statement::new(&sql, values).execute(conn)?;
    Ok(())
}

fn insert_postgres(conn: &mut PgConnection, new: &[(&Columns, &str)], by: Creator) -> AppResult<Vec<i64>> {
    // Always in the same order, so that two simultaneous imports do not wait for each other.
    let mut order: Vec<usize> = (0..new.len()).collect();
    order.sort_by_key(|at| &new[*at].0.email_key);
    let rows: Vec<(&Columns, &str)> = order.iter().map(|at| new[*at]).collect();
    let created = next_ids(conn, new.len())?;
    insert_at_once(conn, &created, &rows, by)?;
    let mut ids = vec![0; new.len()];
    for (at, id) in order.into_iter().zip(created) {
        ids[at] = id;
    }
    Ok(ids)
}

fn next_ids(conn: &mut PgConnection, count: usize) -> AppResult<Vec<i64>> {
    #[derive(QueryableByName)]
    struct Next {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let sql = "SELECT nextval(pg_get_serial_sequence('contacts', 'id')) AS id FROM generate_series(1, ?)";
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let next: Vec<Next> = Statement::new(sql, [Value::Number(count)]).load(conn)?;
    Ok(next.into_iter().map(|next| next.id).collect())
}

fn insert_sqlite(conn: &mut AnyConnection, new: &[(&Columns, &str)], by: Creator) -> AppResult<Vec<i64>> {
    let AnyConnection::Sqlite(sqlite) = conn else {
        return Ok(Vec::new());
    };
    let sort_key = |at: &usize| new[*at].0.sort_key.as_deref().unwrap_or_default();
    let mut order: Vec<usize> = (0..new.len()).collect();
    order.sort_by_key(sort_key);
    let places: Vec<order::Place<'_>> = order.iter().map(|at| (sort_key(at), order::UNSTORED)).collect();
    let found = order::place(sqlite, &places)?;
    let first = imported::next_id(sqlite)?;
    let now = clock::now();
    let mut ids = vec![0; new.len()];
    for ((&at, &label), id) in order.iter().zip(&found.labels).zip(first..) {
        SqliteRow::new(new[at].0, (id, label), by, now).execute(sqlite)?;
        ids[at] = id;
    }
    let words = order.iter().zip(found.labels).map(|(at, label)| (label, new[*at].1));
    imported::write_words(conn, words.collect(), found.moved)?;
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::write::Submission;
    use crate::domain::Country;

    #[test]
    fn every_column_of_a_form_is_written() {
        let form = Columns {
            topics: Some(String::new()),
            languages: Some(String::new()),
            import_id: Some(None),
            form_key: Some(None),
            ..Columns::of(&Submission::default(), Country::parse("FR").unwrap())
        };
        let columns = format!("{form:?}");
        let columns = columns.trim_start_matches("Columns {").trim_end_matches('}').split(", ");
        let named = columns.filter_map(|column| column.trim().split_once(": "));
        let mut set: Vec<&str> =
            named.filter(|(_, value)| value.starts_with("Some")).map(|(name, _)| name).collect();
        let mut written: Vec<&str> = NAMES.split(", ").collect();
        set.sort_unstable();
        written.sort_unstable();
        assert_eq!(written, set);
    }
}
