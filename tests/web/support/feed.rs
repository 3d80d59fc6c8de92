//! The changes feed, read to its end and replayed.

use std::collections::{BTreeMap, HashMap};

use carnet::audit::Kind as Entry;
use carnet::changes::{self, Cursor, Item, Kind};
use carnet::db::schema::{audit_entries, contacts, import_journal};
use carnet::db::{AnyConnection, Db};
use diesel::prelude::*;

/// Reads on from a cursor to the end, so many items at a time. The cursor is then behind what was read.
pub async fn read_on(db: &Db, after: &mut Option<Cursor>, limit: usize) -> Vec<Item> {
    let mut items = Vec::new();
    loop {
        let batch = changes::next(db, after.clone(), limit).await.unwrap();
        assert!(batch.items.len() <= limit, "{} of {limit}", batch.items.len());
        items.extend(batch.items);
        // As a program keeps it: as text.
        *after = batch.next.map(|next| Cursor::parse(&next.to_string()).unwrap());
        if !batch.has_more {
            return items;
        }
    }
}

/// Everything from the beginning.
pub async fn read_all(db: &Db, limit: usize) -> Vec<Item> {
    read_on(db, &mut None, limit).await
}

/// What the items say about a contact in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    pub version: i64,
    pub is_in_book: bool,
}

/// Applies the items one after the other: each contact begins with its creation, its versions follow each other, and nothing
/// follows its erasure. Returns the contacts that are left.
pub fn replay(items: &[Item]) -> BTreeMap<i64, Replayed> {
    let mut known: HashMap<i64, Option<Replayed>> = HashMap::new();
    for item in items {
        let before = known.get(&item.contact).copied();
        let after = match (before, item.kind) {
            (None, Kind::Created) => {
                assert_eq!(item.version, Some(1), "{item:?}");
                Some(Replayed { version: 1, is_in_book: true })
            }
            (Some(Some(_)), Kind::Erased) => {
                assert_eq!((item.version, item.fields.len()), (None, 0), "{item:?}");
                None
            }
            (Some(Some(state)), kind) => {
                let version = item.version.unwrap_or(state.version);
                assert!(item.version.is_none() || version == state.version + 1, "after {state:?}: {item:?}");
                let is_in_book = match kind {
                    Kind::Deleted => false,
                    Kind::Restored => true,
                    Kind::Changed | Kind::Merged => state.is_in_book,
                    Kind::Created | Kind::Erased => panic!("after {state:?}: {item:?}"),
                };
                let moves = matches!(kind, Kind::Deleted | Kind::Restored);
                assert_eq!(moves, is_in_book != state.is_in_book, "after {state:?}: {item:?}");
                Some(Replayed { version, is_in_book })
            }
            (before, _) => panic!("after {before:?}: {item:?}"),
        };
        known.insert(item.contact, after);
    }
    known.into_iter().filter_map(|(id, state)| Some((id, state?))).collect()
}

/// The contacts as they are.
pub async fn contacts_now(db: &Db) -> BTreeMap<i64, Replayed> {
    let rows: Vec<(i64, i64, bool)> = db
        .read_unhurried(|conn| {
            let columns = (contacts::id, contacts::version, contacts::deleted_at.is_null());
            Ok(contacts::table.select(columns).load(conn)?)
        })
        .await
        .unwrap();
    let state = |(id, version, is_in_book)| (id, Replayed { version, is_in_book });
    rows.into_iter().map(state).collect()
}

/// What is in the feed and in the history, without the order: contact, and version or the kind of the entry.
pub async fn is_whole(db: &Db, items: &[Item]) {
    let mut told: Vec<(i64, Option<i64>)> = items.iter().map(|item| (item.contact, item.version)).collect();
    let mut stored = db.read_unhurried(stored).await.unwrap();
    told.sort_unstable();
    stored.sort_unstable();
    assert_eq!(told.len(), stored.len(), "the number of items and of entries");
    assert_eq!(told, stored);
    let mut cursors: Vec<String> = items.iter().map(|item| item.cursor.to_string()).collect();
    cursors.sort_unstable();
    cursors.dedup();
    assert_eq!(cursors.len(), items.len(), "each item has a cursor of its own");
}

fn stored(conn: &mut AnyConnection) -> carnet::error::AppResult<Vec<(i64, Option<i64>)>> {
    let others = [
        Entry::ContactDataExported,
        Entry::DuplicateDismissed,
        Entry::DuplicateReopened,
        Entry::ReportAdded,
        Entry::ReportFixed,
        Entry::ReportUnfounded,
    ];
    let mut all: Vec<(i64, Option<i64>)> = audit_entries::table
        .filter(audit_entries::contact_id.is_not_null())
        .filter(audit_entries::kind.ne_all(others.map(Entry::as_str)))
        .select((audit_entries::contact_id.assume_not_null(), audit_entries::version))
        .load(conn)?;
    let journal: Vec<String> = import_journal::table.select(import_journal::touched).load(conn)?;
    for touched in journal {
        let touched: serde_json::Value = serde_json::from_str(&touched)?;
        for run in touched["created"].as_array().into_iter().flatten() {
            let ids = run[0].as_i64().unwrap()..=run[1].as_i64().unwrap();
            all.extend(ids.map(|id| (id, Some(1))));
        }
    }
    Ok(all)
}

/// The feed in one piece is the same as in pieces, complete, and leads to the book as it is.
pub async fn is_right(db: &Db) -> Vec<Item> {
    let items = read_all(db, 100).await;
    is_whole(db, &items).await;
    assert_eq!(replay(&items), contacts_now(db).await);
    items
}
