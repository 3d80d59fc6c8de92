//! Changed rows of existing contacts. A list changes thousands of contacts in the same few columns, each to other values: these
//! share a prepared statement. Parsed and planned for each contact, the updates of 100 000 changed lines took most of 50 s on
//! PostgreSQL.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::rows::{FLAGS, IDS, texts};
use super::{Columns, ContactWrite};
use crate::db::schema::contacts;
use crate::db::{AnyConnection, Statement, Value, in_json_list, on_backend};
use crate::error::AppResult;

/// From so many different changes of the same columns on, they share a statement, which the connection keeps. Fewer ones could
/// make it keep a statement for each combination of columns.
const ALIKE: usize = 20;

/// The changes that one statement can write with different values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    /// The names of the columns.
    columns: Vec<&'static str>,
    is_new_version: bool,
    is_dated: bool,
}

impl Shape {
    fn of(write: &ContactWrite) -> Self {
        Self {
            columns: write.columns.names(),
            is_new_version: write.is_new_version(),
            is_dated: write.is_dated(),
        }
    }

    fn changes_something(&self) -> bool {
        !self.columns.is_empty() || self.is_new_version || self.is_dated
    }

    /// Two contacts may exchange their e-mails one after the other, and not in one statement.
    fn can_be_shared(&self) -> bool {
        let is_known = |name: &&'static str| {
            texts().any(|(known, _)| known == name)
                || FLAGS.iter().any(|(known, _)| known == name)
                || IDS.iter().any(|(known, _)| known == name)
        };
        self.columns.iter().all(|name| is_known(name) && *name != "email_key")
    }

    fn has(&self, name: &str) -> bool {
        self.columns.contains(&name)
    }

    /// The columns in the order in which [`values_of`] and [`lists_of`] give their values.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let texts = texts().map(|(name, _)| *name);
        let flags = FLAGS.iter().map(|(name, _)| *name);
        let ids = IDS.iter().map(|(name, _)| *name);
        texts.chain(flags).chain(ids).filter(|name| self.has(name))
    }
}

/// Writes groups of contacts: each has the same values, and its writes have the same effect on version and date.
pub(super) fn update_all(
    conn: &mut AnyConnection,
    groups: &[(&ContactWrite, Vec<i64>)],
    (now, author): (NaiveDateTime, Option<i64>),
) -> AppResult<()> {
    let mut shapes: BTreeMap<Shape, Vec<&(&ContactWrite, Vec<i64>)>> = BTreeMap::new();
    for group in groups {
        shapes.entry(Shape::of(group.0)).or_default().push(group);
    }
    for (shape, groups) in shapes.iter().filter(|(shape, _)| shape.changes_something()) {
        if groups.len() < ALIKE || !shape.can_be_shared() {
            for (write, ids) in groups {
                let dated = shape.is_dated.then_some((now, author));
                update(conn, ids, (write.columns.clone(), shape.is_new_version), dated)?;
            }
            continue;
        }
        let rows = groups.iter().flat_map(|(write, ids)| ids.iter().map(|id| (*id, &write.columns)));
        let rows: Vec<(i64, &Columns)> = rows.collect();
        match conn {
            AnyConnection::Sqlite(conn) => update_each(conn, shape, &rows, (now, author))?,
            AnyConnection::Postgres(conn) => update_at_once(conn, shape, &rows, (now, author))?,
        }
    }
    Ok(())
}

/// Writes the same values to all these contacts.
pub(super) fn update(
    conn: &mut AnyConnection,
    ids: &[i64],
    (columns, is_new_version): (Columns, bool),
    dated: Option<(NaiveDateTime, Option<i64>)>,
) -> AppResult<()> {
    let set = (
        columns,
        is_new_version.then(|| contacts::version.eq(contacts::version + 1)),
        dated.map(|(now, author)| (contacts::updated_at.eq(now), contacts::updated_by.eq(author))),
    );
    on_backend!(conn, |conn| {
        match ids {
            [id] => diesel::update(contacts::table.find(*id)).set(set).execute(conn)?,
            ids => diesel::update(contacts::table.filter(in_json_list("id", ids)?)).set(set).execute(conn)?,
        }
    });
    Ok(())
}

/// The assignments of a statement: of the columns, each by `value`, and of the version and the date.
fn assignments(shape: &Shape, value: impl Fn(&str) -> String) -> String {
    let columns = shape.names().map(|name| format!("{name} = {}", value(name)));
    let version = shape.is_new_version.then(|| "version = contacts.version + 1".to_owned());
    let dated = shape.is_dated.then(|| "updated_at = ?, updated_by = ?".to_owned());
    columns.chain(version).chain(dated).collect::<Vec<String>>().join(", ")
}

fn dated(shape: &Shape, (now, author): (NaiveDateTime, Option<i64>)) -> Vec<Value<'static>> {
    if shape.is_dated { vec![Value::Time(now), Value::NumberOrNull(author)] } else { Vec::new() }
}

fn update_each(
    conn: &mut SqliteConnection,
    shape: &Shape,
    rows: &[(i64, &Columns)],
    by: (NaiveDateTime, Option<i64>),
) -> AppResult<()> {
    let sql = format!("UPDATE contacts SET {} WHERE id = ?", assignments(shape, |_| "?".to_owned()));
    for (id, columns) in rows {
        let mut values = Vec::with_capacity(shape.columns.len() + 3);
        values.extend(
            texts().filter(|(name, _)| shape.has(name)).map(|(_, value)| Value::TextOrNull(value(columns))),
        );
        let flags = FLAGS.iter().filter(|(name, _)| shape.has(name));
        values.extend(flags.map(|(_, value)| Value::NumberOrNull(value(columns).map(i64::from))));
        let ids = IDS.iter().filter(|(name, _)| shape.has(name));
        values.extend(ids.map(|(_, value)| Value::NumberOrNull(value(columns))));
        values.extend(dated(shape, by));
        values.push(Value::Number(*id));
        Statement::new(&sql, values).execute(conn)?;
    }
    Ok(())
}

fn update_at_once(
    conn: &mut PgConnection,
    shape: &Shape,
    rows: &[(i64, &Columns)],
    by: (NaiveDateTime, Option<i64>),
) -> AppResult<()> {
    let names: Vec<&str> = ["id"].into_iter().chain(shape.names()).collect();
    let sql = format!(
        "UPDATE contacts SET {} FROM unnest({}) AS given ({}) WHERE contacts.id = given.id",
        assignments(shape, |name| format!("given.{name}")),
        vec!["?"; names.len()].join(", "),
        names.join(", ")
    );
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    let columns = || rows.iter().map(|(_, columns)| *columns);
    let mut values = dated(shape, by);
    values.push(Value::Numbers(&ids));
    let texts = texts().filter(|(name, _)| shape.has(name));
    values.extend(texts.map(|(_, value)| Value::TextsOrNull(columns().map(value).collect())));
    let flags = FLAGS.iter().filter(|(name, _)| shape.has(name));
    values.extend(flags.map(|(_, value)| Value::FlagsOrNull(columns().map(value).collect())));
    let numbers = IDS.iter().filter(|(name, _)| shape.has(name));
    values.extend(numbers.map(|(_, value)| Value::NumbersOrNull(columns().map(value).collect())));
    Statement::new(&sql, values).execute(conn)?;
    Ok(())
}
