//! The changes feed of a book that is copied, or comes from an earlier version.

use std::time::Instant;

use carnet::audit;
use carnet::config::DatabaseUrl;
use carnet::db::Db;
use carnet::db::schema::imports;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use tempfile::TempDir;

use crate::changes::{delete, edit, lines};
use crate::support::book::{Book, in_use};
use crate::support::contacts::{add, contact};
use crate::support::dump::open;
use crate::support::erasure::{erase, finished};
use crate::support::feed::{is_right, read_on};
use crate::support::measured::print;
use crate::support::merges::merge;
use crate::support::undo::undo;
use crate::support::{Backend, TestApp, carnet, code, database, text};

both_backends!(the_history_of_an_earlier_version_is_in_the_feed,);

/// Takes the feed out of the database, as it was before it.
const BEFORE: [&str; 2] = [
    include_str!("../../migrations/sqlite/0024_changes/down.sql"),
    include_str!("../../migrations/postgres/0024_changes/down.sql"),
];

async fn the_history_of_an_earlier_version_is_in_the_feed(app: TestApp) {
    let alice = app.coordinator().await;
    let older = BEFORE[usize::from(!app.database_url.starts_with("sqlite"))];
    open(&app.database_url)
        .batch_execute(&format!("{older} DELETE FROM __diesel_schema_migrations WHERE version = '0024';"))
        .unwrap();
    alice.import("un", lines(0..9_000, "Lyon"), false).await;
    let path =
        add(&alice, &[("first_name", "Zoé"), ("last_name", "Zola"), ("email", "zola@mairie.example")]).await;
    alice.import("deux", lines(4_000..12_000, "Brest"), false).await;
    let (low, high) =
        (contact(&alice, "p1@mairie.example").await, contact(&alice, "p2@mairie.example").await);
    merge(&alice, &low, &high, &[]).await;
    delete(&alice, &path).await;
    finished(&alice, &erase(&alice, &path).await.location()).await;
    undo(&alice, "deux").await;
    let url = DatabaseUrl::parse(&app.database_url).unwrap();
    let begun = Instant::now();
    let db = tokio::task::spawn_blocking(move || Db::open(&url).unwrap()).await.unwrap();
    print(&format!("taken over in {:?}", begun.elapsed()));
    let items = is_right(&db).await;
    assert!(items.len() > 9_000 + 8_000 + 8_000, "{}", items.len());
    let first: Vec<Option<i64>> = items[..9_000].iter().map(|item| item.import).collect();
    assert!(first.iter().all(|import| *import == Some(1)), "in the order of time");
    // The older node goes on.
    let mut after = items.last().map(|item| item.cursor.clone());
    edit(&alice, &low, "Nice").await;
    alice.import("trois", lines(20_000..20_010, "Nice"), false).await;
    assert_eq!(read_on(&db, &mut after, 3).await.len(), 11);
    is_right(&db).await;
    let imports: i64 = db.read(|conn| Ok(imports::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(imports, 3);
}

/// Copies a book into an empty database.
async fn copied(from: &Book, backend: Backend) -> Option<(Db, TempDir)> {
    let (url, folder) = database(backend)?;
    let mut command = carnet(&["copy", "--from", &from.url, "--to", &url]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(code(&output), 0, "{}", text(&output));
    Some((Db::open(&DatabaseUrl::parse(&url).unwrap()).unwrap(), folder))
}

/// Adds an entry about a contact that changes nothing.
async fn note(db: &Db) {
    db.write(|conn| {
        let entry = audit::Entry::new(audit::Kind::NoteAdded, None);
        audit::record(conn, &[entry.contact(1)])
    })
    .await
    .unwrap();
}

#[actix_web::test]
async fn cursors_are_valid_in_a_copy() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(book) = in_use(backend).await else { return };
        // Nothing has been read yet: on PostgreSQL, everything waits for its number.
        for to in [Backend::Sqlite, Backend::Postgres] {
            let Some((copy, _folder)) = copied(&book, to).await else { continue };
            is_right(&copy).await;
        }
        let db = Db::open(&DatabaseUrl::parse(&book.url).unwrap()).unwrap();
        let items = is_right(&db).await;
        note(&db).await;
        for to in [Backend::Sqlite, Backend::Postgres] {
            let Some((copy, _folder)) = copied(&book, to).await else { continue };
            let mut after = Some(items[items.len() - 11].cursor.clone());
            assert_eq!(read_on(&copy, &mut after, 3).await[..10], items[items.len() - 10..]);
            note(&copy).await;
            assert_eq!(read_on(&copy, &mut after, 3).await.len(), 1, "its feed goes on");
            assert_eq!(is_right(&copy).await[..items.len()], items);
        }
        drop(db);
    }
}
