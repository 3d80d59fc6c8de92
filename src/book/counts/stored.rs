//! Stores changes of the numbers, and keeps the list of values that a filter can have.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{Key, fold, is_stale, key_of};
use crate::book::search::vocabulary;
use crate::db::schema::{book_count_deltas, book_counts, book_values};
use crate::db::{AnyConnection, Statement, Value, on_backend};
use crate::error::AppResult;
use crate::jobs;

/// The change of a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    pub n: i64,
    /// A text with the value, if contacts with the value were added.
    pub spelling: Option<String>,
}

/// Adds changes to the numbers, with the transaction that made them.
pub fn add(conn: &mut AnyConnection, changes: &BTreeMap<Key, Change>) -> AppResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let new = changes.iter().filter(|(key, change)| key.kind.is_listed() && change.n > 0);
    let new = new.filter_map(|(key, change)| {
        Some((key.kind.as_str(), key.value.as_str(), change.spelling.as_deref()?))
    });
    vocabulary::learn_keyed_values(conn, new.collect())?;
    match conn {
        AnyConnection::Sqlite(_) => add_at_once(conn, changes),
        AnyConnection::Postgres(conn) => append(conn, changes),
    }
}

fn append(conn: &mut PgConnection, changes: &BTreeMap<Key, Change>) -> AppResult<()> {
    let (mut kinds, mut values, mut deltas) = (Vec::new(), Vec::new(), Vec::new());
    for (key, change) in changes {
        kinds.push(key.kind.as_str());
        values.push(key.value.as_str());
        deltas.push(change.n);
    }
    Statement::new(
        "INSERT INTO book_count_deltas (kind, value_key, delta) SELECT * FROM unnest(?, ?, ?)",
        [Value::Texts(kinds), Value::Texts(values), Value::Numbers(&deltas)],
    )
    .execute(conn)?;
    Ok(())
}

/// On SQLite, where no other transaction writes at the same time.
fn add_at_once(conn: &mut AnyConnection, changes: &BTreeMap<Key, Change>) -> AppResult<()> {
    for (key, change) in changes {
        let (kind, value) = (key.kind.as_str(), key.value.as_str());
        let n: i64 = on_backend!(conn, |conn| diesel::insert_into(book_counts::table)
            .values((
                book_counts::kind.eq(kind),
                book_counts::value_key.eq(value),
                book_counts::n.eq(change.n)
            ))
            .on_conflict((book_counts::kind, book_counts::value_key))
            .do_update()
            .set(book_counts::n.eq(book_counts::n + excluded(book_counts::n)))
            .returning(book_counts::n)
            .get_result(conn))?;
        if n == 0 {
            diesel::delete(book_counts::table.find((kind, value))).execute(conn)?;
            // An older node beside this one may have added contacts with the value, without counting them.
            if key.kind.is_listed() && !is_stale(conn)? {
                diesel::delete(book_values::table.find((kind, value))).execute(conn)?;
            }
        }
    }
    Ok(())
}

/// Removes the numbers of values, each with its kind, that no contact has, so that nothing of an erased contact remains. The
/// caller has locked the values ([`vocabulary::hold_values`]). A number that was wrong is corrected by a recount.
pub fn forget(conn: &mut AnyConnection, values: &BTreeSet<(&'static str, String)>) -> AppResult<()> {
    if values.is_empty() {
        return Ok(());
    }
    fold::hold(conn)?;
    let mut is_wrong = false;
    for (kind, value) in values {
        let key = key_of(value);
        let waiting = book_count_deltas::table
            .filter(book_count_deltas::kind.eq(kind))
            .filter(book_count_deltas::value_key.eq(&key));
        let deltas: Vec<i64> = diesel::delete(waiting).returning(book_count_deltas::delta).load(conn)?;
        let row = book_counts::table.find((kind, &key));
        let counted: Vec<i64> = diesel::delete(row).returning(book_counts::n).load(conn)?;
        is_wrong |= deltas.into_iter().chain(counted).sum::<i64>() != 0;
    }
    if is_wrong {
        // A recount that has already read the wrong number must not correct it any more, so it begins again.
        jobs::enqueue_anew(conn, jobs::Kind::Recount, 0)?;
    }
    Ok(())
}
