//! Changed rows of existing contacts. A list changes thousands of contacts in the same few columns, each to other values: these
//! share a prepared statement, where diesel would have each update parsed and planned anew.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::rows::{FLAGS, IDS, TextOf, ValueOf, texts};
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
}

/// The columns of a shape, each with the function that reads its value.
struct Readers {
    texts: Vec<&'static (&'static str, TextOf)>,
    flags: Vec<&'static (&'static str, ValueOf<bool>)>,
    ids: Vec<&'static (&'static str, ValueOf<i64>)>,
}

impl Readers {
    /// `None` if contacts cannot share a statement for these columns. E-mails are unique, so their order matters.
    fn of(columns: &[&'static str]) -> Option<Self> {
        let readers = Self {
            texts: texts().filter(|(name, _)| columns.contains(name) && *name != "email_key").collect(),
            flags: FLAGS.iter().filter(|(name, _)| columns.contains(name)).collect(),
            ids: IDS.iter().filter(|(name, _)| columns.contains(name)).collect(),
        };
        (readers.names().count() == columns.len()).then_some(readers)
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        let texts = self.texts.iter().map(|(name, _)| *name);
        let flags = self.flags.iter().map(|(name, _)| *name);
        texts.chain(flags).chain(self.ids.iter().map(|(name, _)| *name))
    }

    /// A value for each name.
    fn values<'a>(&self, columns: &'a Columns) -> impl Iterator<Item = Value<'a>> {
        let texts = self.texts.iter().map(|(_, text)| Value::TextOrNull(text(columns)));
        let flags = self.flags.iter().map(|(_, flag)| Value::NumberOrNull(flag(columns).map(i64::from)));
        texts.chain(flags).chain(self.ids.iter().map(|(_, id)| Value::NumberOrNull(id(columns))))
    }

    /// A list for each name, with a value for each row.
    fn lists<'a>(&self, rows: &[(i64, &'a Columns)]) -> impl Iterator<Item = Value<'a>> {
        let columns = || rows.iter().map(|(_, columns)| *columns);
        let texts = self.texts.iter().map(move |(_, text)| Value::TextsOrNull(columns().map(text).collect()));
        let flags = self.flags.iter().map(move |(_, flag)| Value::FlagsOrNull(columns().map(flag).collect()));
        let ids = self.ids.iter().map(move |(_, id)| Value::NumbersOrNull(columns().map(id).collect()));
        texts.chain(flags).chain(ids)
    }
}

/// Writes groups of contacts: each has the same values, and its writes have the same effect on version and date.
pub(super) fn update_all(
    conn: &mut AnyConnection,
    groups: &[(&ContactWrite, Vec<i64>)],
    (now, author): (NaiveDateTime, Option<i64>),
) -> AppResult<()> {
    let shapes: Vec<Shape> = groups.iter().map(|(write, _)| Shape::of(write)).collect();
    let shared = shared(&shapes);
    // In their order: a contact may take the e-mail that another one gives up.
    for ((write, ids), shape) in groups.iter().zip(&shapes) {
        if shape.changes_something() && !shared.contains_key(shape) {
            let dated = shape.is_dated.then_some((now, author));
            update(conn, ids, (write.columns.clone(), shape.is_new_version), dated)?;
        }
    }
    for (shape, readers) in shared {
        let alike = groups.iter().zip(&shapes).filter(|(_, of)| *of == shape);
        let rows = alike.flat_map(|((write, ids), _)| ids.iter().map(|id| (*id, &write.columns)));
        let rows: Vec<(i64, &Columns)> = rows.collect();
        match conn {
            AnyConnection::Sqlite(conn) => update_each(conn, (shape, &readers), &rows, (now, author))?,
            AnyConnection::Postgres(conn) => update_at_once(conn, (shape, &readers), &rows, (now, author))?,
        }
    }
    Ok(())
}

/// The shapes whose contacts share a statement.
fn shared(shapes: &[Shape]) -> BTreeMap<&Shape, Readers> {
    let mut numbers: BTreeMap<&Shape, usize> = BTreeMap::new();
    for shape in shapes.iter().filter(|shape| shape.changes_something()) {
        *numbers.entry(shape).or_default() += 1;
    }
    let often = numbers.into_iter().filter(|(_, number)| *number >= ALIKE);
    often.filter_map(|(shape, _)| Some((shape, Readers::of(&shape.columns)?))).collect()
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
fn assignments((shape, readers): (&Shape, &Readers), value: impl Fn(&str) -> String) -> String {
    let columns = readers.names().map(|name| format!("{name} = {}", value(name)));
    let version = shape.is_new_version.then(|| "version = contacts.version + 1".to_owned());
    let dated = shape.is_dated.then(|| "updated_at = ?, updated_by = ?".to_owned());
    columns.chain(version).chain(dated).collect::<Vec<String>>().join(", ")
}

fn dated(shape: &Shape, (now, author): (NaiveDateTime, Option<i64>)) -> Vec<Value<'static>> {
    if shape.is_dated { vec![Value::Time(now), Value::NumberOrNull(author)] } else { Vec::new() }
}

fn update_each(
    conn: &mut SqliteConnection,
    (shape, readers): (&Shape, &Readers),
    rows: &[(i64, &Columns)],
    by: (NaiveDateTime, Option<i64>),
) -> AppResult<()> {
    let assignments = assignments((shape, readers), |_| "?".to_owned());
    let sql = format!("UPDATE contacts SET {assignments} WHERE id = ?");
    for (id, columns) in rows {
        let values = readers.values(columns).chain(dated(shape, by)).chain([Value::Number(*id)]);
        Statement::new(&sql, values.collect::<Vec<_>>()).execute(conn)?;
    }
    Ok(())
}

fn update_at_once(
    conn: &mut PgConnection,
    (shape, readers): (&Shape, &Readers),
    rows: &[(i64, &Columns)],
    by: (NaiveDateTime, Option<i64>),
) -> AppResult<()> {
    let names: Vec<&str> = ["id"].into_iter().chain(readers.names()).collect();
    let sql = format!(
        "UPDATE contacts SET {} FROM unnest({}) AS given ({}) WHERE contacts.id = given.id",
        assignments((shape, readers), |name| format!("given.{name}")),
        vec!["?"; names.len()].join(", "),
        names.join(", ")
    );
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    let values = dated(shape, by).into_iter().chain([Value::Numbers(&ids)]).chain(readers.lists(rows));
    Statement::new(&sql, values.collect::<Vec<_>>()).execute(conn)?;
    Ok(())
}
