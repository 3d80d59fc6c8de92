//! The search index on SQLite. FTS5 returns its hits lazily in rowid order, and its rowid is the contact's *order label*, its
//! position in the list as a number. So `MATCH … ORDER BY rowid LIMIT 50` stops after fifty hits: no sort, no scan of all hits
//! (0.04 ms for a common word among a million contacts, where sorting by name took 250 ms).

mod count;
mod pieces;
mod question;
mod walk;
mod words;

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::{SqliteConnection, sql_query};

pub use count::{count, counts};
pub use question::{MatchExpr, had_by_nobody};
pub use walk::{Walk, certain, gather};

use super::IndexChunk;
use super::order::{self, Place};
use crate::book::document::Document;
use crate::db::{Statement, Value};
use crate::error::AppResult;

diesel::table! {
    /// The columns of `contacts` that only SQLite has, and others that are read together with them.
    #[sql_name = "contacts"]
    labelled (id) {
        id -> BigInt,
        sort_key -> Text,
        order_label -> Nullable<BigInt>,
        expert -> Bool,
        copy -> Bool,
        transfer -> Bool,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    contact_search (rowid) {
        rowid -> BigInt,
        words -> Text,
    }
}

#[derive(QueryableByName)]
struct CountedRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Gives labels to stored contacts, and removes their old words. Other contacts may be moved for it, see [`Labels::moved`]:
/// their words must be written again too.
pub fn place(conn: &mut SqliteConnection, documents: &[Document]) -> AppResult<Labels> {
    let mut labels = labels_of(conn, documents)?;
    let mut standing: Vec<&Document> =
        documents.iter().filter(|document| labels.contains_key(&document.id)).collect();
    loop {
        let asked = standing.len();
        let mut still = Vec::with_capacity(asked);
        for document in standing {
            let label = labels[&document.id];
            if order::stands(conn, label, &document.sort_key, document.id)? {
                still.push(document);
            } else {
                forget(conn, document.id, label)?;
                labels.remove(&document.id);
            }
        }
        standing = still;
        // A removed label can show that a neighbour's label is wrong too, so the rest is checked again.
        if standing.len() == asked {
            break;
        }
    }
    for document in &standing {
        forget_words(conn, labels[&document.id])?;
    }
    let mut places: Vec<Place<'_>> = documents
        .iter()
        .filter(|document| !labels.contains_key(&document.id))
        .map(|document| (document.sort_key.as_str(), document.id))
        .collect();
    places.sort_unstable();
    let found = order::place(conn, &places)?;
    for (&(_, id), &label) in places.iter().zip(&found.labels) {
        order::set(conn, id, label)?;
        labels.insert(id, label);
    }
    let moved = found.moved.iter().map(|(id, _)| *id).filter(|id| !labels.contains_key(id)).collect();
    labels.extend(found.moved);
    Ok(Labels { labels, moved })
}

/// The present labels of contacts.
pub struct Labels {
    /// By contact id.
    labels: HashMap<i64, i64>,
    /// The ids of contacts that were moved to make room.
    pub moved: Vec<i64>,
}

impl Labels {
    /// Writes the words of these contacts, which have none in the index.
    pub fn write_words<'a>(
        &self,
        conn: &mut SqliteConnection,
        documents: impl Iterator<Item = &'a Document>,
    ) -> AppResult<()> {
        let rows = documents
            .filter_map(|document| Some((*self.labels.get(&document.id)?, document.tokens.as_str())))
            .collect();
        write_words(conn, rows)
    }
}

/// Writes words at labels that have none.
pub fn write_words(conn: &mut SqliteConnection, mut rows: Vec<(i64, &str)>) -> AppResult<()> {
    // In rising order, which FTS5 collects in memory; each row out of order makes it write a segment (an import wrote 3 600
    // lines per second unsorted, and 5 800 sorted).
    rows.sort_unstable_by_key(|(label, _)| *label);
    for (label, tokens) in rows {
        diesel::insert_into(contact_search::table)
            .values((contact_search::rowid.eq(label), contact_search::words.eq(words::kept_words(tokens))))
            .execute(conn)?;
    }
    Ok(())
}

fn labels_of(conn: &mut SqliteConnection, documents: &[Document]) -> AppResult<HashMap<i64, i64>> {
    let ids = documents.iter().map(|document| document.id);
    Ok(labelled::table
        .filter(labelled::id.eq_any(ids))
        .filter(labelled::order_label.is_not_null())
        .select((labelled::id, labelled::order_label.assume_not_null()))
        .load::<(i64, i64)>(conn)?
        .into_iter()
        .collect())
}

pub fn remove(conn: &mut SqliteConnection, ids: &[i64]) -> AppResult<()> {
    let placed = labelled::table.filter(labelled::id.eq_any(ids)).filter(labelled::order_label.is_not_null());
    let labels: Vec<i64> = placed.select(labelled::order_label.assume_not_null()).load(conn)?;
    diesel::delete(contact_search::table.filter(contact_search::rowid.eq_any(labels))).execute(conn)?;
    diesel::update(labelled::table.filter(labelled::id.eq_any(ids)))
        .set(labelled::order_label.eq(None::<i64>))
        .execute(conn)?;
    Ok(())
}

/// Removes the words and the label; no search finds the contact until it has a label again.
pub(super) fn forget(conn: &mut SqliteConnection, id: i64, label: i64) -> AppResult<()> {
    forget_words(conn, label)?;
    diesel::update(labelled::table.find(id)).set(labelled::order_label.eq(None::<i64>)).execute(conn)?;
    Ok(())
}

fn forget_words(conn: &mut SqliteConnection, label: i64) -> AppResult<()> {
    diesel::delete(contact_search::table.find(label)).execute(conn)?;
    Ok(())
}

/// How many segments of about the same size FTS5 collects before it merges them, a part with each transaction (`automerge`); the
/// number that it merges at once, whatever that takes (`crisismerge`); and the percentage of removed words from which on it merges a
/// segment (`deletemerge`, never for 0).
#[derive(Debug, Clone, Copy)]
pub enum Merging {
    Usual,
    /// While an import writes, and its end starts a compaction. A search then looks into more segments.
    Late,
}

/// The setting is stored in the index, for all connections.
pub fn set_merging(conn: &mut SqliteConnection, merging: Merging) -> AppResult<()> {
    let values = match merging {
        Merging::Usual => [4, 16, 10],
        Merging::Late => [32, 128, 0],
    };
    let sql = "INSERT INTO contact_search (contact_search, rank) VALUES (?, ?)";
    for (option, value) in ["automerge", "crisismerge", "deletemerge"].into_iter().zip(values) {
        Statement::new(sql, [Value::Text(option), Value::Number(value)]).execute(conn)?;
    }
    Ok(())
}

/// Pages of the index that are written in one transaction.
const COMPACTED: i64 = 500;

/// Uses FTS5's `merge` command: a negative number starts with all segments, a positive one continues, and less than two changes
/// mean that nothing is left to merge.
pub fn compact(conn: &mut SqliteConnection, stretch: IndexChunk) -> AppResult<bool> {
    let pages = match stretch {
        IndexChunk::First => -COMPACTED,
        IndexChunk::Next => COMPACTED,
    };
    let changes = |conn: &mut SqliteConnection| -> AppResult<i64> {
        let row: CountedRow = sql_query("SELECT total_changes() AS number").get_result(conn)?;
        Ok(row.number)
    };
    let before = changes(conn)?;
    sql_query("INSERT INTO contact_search (contact_search, rank) VALUES ('merge', ?)")
        .bind::<BigInt, _>(pages)
        .execute(conn)?;
    Ok(changes(conn)? - before >= 2)
}
