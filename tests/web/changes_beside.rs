//! The changes feed beside writers: nothing is missed, nothing comes twice.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use carnet::audit::{self, Kind as Entry};
use carnet::book::write::{Columns, ContactWrite, apply, lock};
use carnet::changes::{self, Item};
use carnet::config::DatabaseUrl;
use carnet::db::schema::{import_journal, imports};
use carnet::db::{AnyConnection, Db};
use carnet::error::{AppError, AppResult};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use crate::support::chance::Chance;
use crate::support::contacts::{add, id};
use crate::support::dump::open;
use crate::support::feed::{contacts_now, is_right, is_whole, read_all, read_on, replay};
use crate::support::measured::{print, times};
use crate::support::process::{Served, add_coordinator};
use crate::support::waiting::wait_until_every;
use crate::support::{Backend, Client, PASSWORD, TestApp, database};

const WRITERS: u64 = 8;
const CONTACTS: i64 = 40;

both_backends!(
    many_writers_beside_a_reader,
    an_import_beside_a_reader,
    a_writer_that_commits_late_is_not_passed_over,
);

fn lines(range: std::ops::Range<usize>, city: &str) -> String {
    let line = |index| format!("Mme,Zoé{index},N{index:05},p{index}@mairie.example,Voirie,,,{city}\n");
    range.map(line).collect()
}

fn node(app: &TestApp) -> Db {
    Db::open(&DatabaseUrl::parse(&app.database_url).unwrap()).unwrap()
}

/// Waits within the transaction, so that others get in between.
fn linger(conn: &mut AnyConnection, milliseconds: u64) -> AppResult<()> {
    if let AnyConnection::Postgres(conn) = conn {
        conn.batch_execute(&format!("SELECT pg_sleep({milliseconds} / 1000.0)"))?;
    }
    Ok(())
}

/// Changes some contacts in one transaction, in several statements.
fn change(conn: &mut AnyConnection, chance: &mut Chance) -> AppResult<usize> {
    let count = 1 + chance.next() % 4;
    let ids: Vec<i64> = (0..count).map(|_| 1 + chance.next().cast_signed().rem_euclid(CONTACTS)).collect();
    if chance.one_in(3) {
        // An entry that is not about a contact has an id in between.
        audit::record(conn, &[audit::Entry::new(Entry::HistoryExported, None)])?;
    }
    let contacts = lock(conn, &ids)?;
    linger(conn, chance.next() % 6)?;
    let columns = Columns { title: Some(format!("T{}", chance.next())), ..Columns::default() };
    let writes: Vec<ContactWrite> = contacts
        .iter()
        .map(|contact| ContactWrite::new(contact, columns.clone(), Entry::ContactEdited, Vec::new()))
        .collect();
    if chance.one_in(2) {
        apply(conn, &writes, None)?;
    } else {
        for write in &writes {
            apply(conn, std::slice::from_ref(write), None)?;
            linger(conn, chance.next() % 3)?;
        }
    }
    linger(conn, chance.next() % 6)?;
    // Ids of entries are lost.
    if chance.one_in(10) { Err(AppError::Overtaken) } else { Ok(writes.len()) }
}

/// A writer, counted among those that are left until it ends, also by a failure.
struct Writing(Arc<AtomicUsize>);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn many_writers_beside_a_reader(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", lines(0..40, "Lyon"), false).await;
    let left = Arc::new(AtomicUsize::new(usize::try_from(WRITERS).unwrap()));
    let wanted = times("CARNET_TEST_CHANGES", 2_400);
    let done = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            // Each is a node.
            let (db, left, done) = (node(&app), Arc::clone(&left), Arc::clone(&done));
            tokio::spawn(async move {
                let _writing = Writing(left);
                let mut round = 0;
                while done.load(Ordering::Relaxed) < wanted {
                    round += 1;
                    let mut chance = Chance(writer << 32 | round);
                    match db.write(move |conn| change(conn, &mut chance)).await {
                        Ok(changed) => done.fetch_add(changed, Ordering::Relaxed),
                        // On a busy machine SQLite may make a writer wait too long.
                        Err(AppError::Overtaken | AppError::Unavailable(_)) => 0,
                        Err(error) => panic!("{error:?}"),
                    };
                }
            })
        })
        .collect();
    let reader = async |seed| {
        let (db, mut chance) = (node(&app), Chance(seed));
        let (mut after, mut items, mut reads) = (None, Vec::new(), 0);
        loop {
            let are_done = left.load(Ordering::Relaxed) == 0;
            let limit = 1 + usize::try_from(chance.next() % 7).unwrap();
            let batch = changes::next(&db, after.clone(), limit).await.unwrap();
            after = batch.next;
            items.extend(batch.items);
            reads += 1;
            if are_done && !batch.has_more {
                return (items, reads);
            }
        }
    };
    // Two at once: both give rows their numbers.
    let ((items, reads), (others, _)) = tokio::join!(reader(1), reader(2));
    for writer in writers {
        writer.await.unwrap();
    }
    print(&format!("{} items in {reads} reads", items.len()));
    assert!(items.len() >= wanted);
    assert_eq!(items, others, "all readers see one order");
    is_whole(&app.db, &items).await;
    assert_eq!(replay(&items), contacts_now(&app.db).await);
    assert_eq!(items, read_all(&app.db, 100).await);
}

async fn an_import_beside_a_reader(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", lines(0..1_000, "Lyon"), false).await;
    let is_done = Cell::new(false);
    let importing = async {
        // Changes 1 000 contacts, and creates 5 000.
        alice.import("deux", lines(0..6_000, "Brest"), false).await;
        is_done.set(true);
    };
    let reading = async {
        let (mut after, mut items, mut between) = (None, Vec::new(), 0);
        loop {
            let is_last = is_done.get();
            let read = read_on(&app.db, &mut after, 50).await;
            between += usize::from(!read.is_empty());
            items.extend(read);
            if is_last {
                return (items, between);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let ((), (items, between)) = tokio::join!(importing, reading);
    print(&format!("{} items, found at {between} moments", items.len()));
    assert_eq!(items.len(), 7_000);
    is_whole(&app.db, &items).await;
    assert_eq!(replay(&items), contacts_now(&app.db).await);
}

async fn a_writer_that_commits_late_is_not_passed_over(app: TestApp) {
    let alice = app.coordinator().await;
    let slow = id(&add(&alice, &[("first_name", "Zoé"), ("last_name", "Lent")]).await);
    let quick = id(&add(&alice, &[("first_name", "Zoé"), ("last_name", "Vif")]).await);
    let edit = |contact: i64, then: Box<dyn FnOnce() + Send>| {
        move |conn: &mut AnyConnection| {
            let contacts = lock(conn, &[contact])?;
            // A new version alone: a new word would make them wait for each other.
            let write = ContactWrite::new(&contacts[0], Columns::default(), Entry::ContactEdited, Vec::new());
            apply(conn, &[write], None)?;
            then();
            Ok(())
        }
    };
    let mut after = None;
    read_on(&app.db, &mut after, 10).await;
    let (one, two) = (node(&app), node(&app));
    let is_sqlite = app.database_url.starts_with("sqlite");
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (done, are_done) = mpsc::channel();
    let late = one.write(edit(
        slow,
        Box::new(move || {
            begun.send(()).unwrap();
            std::thread::sleep(Duration::from_secs(1));
            if !is_sqlite {
                are_done.recv_timeout(Duration::from_secs(8)).unwrap();
            }
        }),
    ));
    let others = async {
        has_begun.await.unwrap();
        for _ in 0..5 {
            two.write(edit(quick, Box::new(|| {}))).await.unwrap();
        }
        let first = read_on(&two, &mut after, 2).await;
        // On SQLite the writer has not waited for it.
        let _ = done.send(());
        first
    };
    let (written, first) = tokio::join!(late, others);
    written.unwrap();
    let then = read_on(&two, &mut after, 2).await;
    let contacts = |items: &[Item]| items.iter().map(|item| item.contact).collect::<Vec<i64>>();
    if is_sqlite {
        assert_eq!(contacts(&first), [slow, quick, quick, quick, quick, quick], "they waited for each other");
    } else {
        assert_eq!(contacts(&first), [quick; 5], "it is not committed");
        assert_eq!(contacts(&then), [slow], "its entry is the first one");
    }
    is_right(&app.db).await;
}

/// An import whose program is killed at several moments.
async fn killed(backend: Backend) {
    let Some((url, _folder)) = database(backend) else {
        return;
    };
    let mut served = Served::on(&url, "127.0.0.1:0");
    add_coordinator("alice", &url);
    let alice = Client::new(served.address);
    alice.sign_in("alice", PASSWORD).await;
    alice.import("un", lines(0..2_000, "Lyon"), false).await;
    let answer = alice.upload("deux", lines(1_000..31_000, "Brest"), false).await;
    assert_eq!(answer.status, 303);
    let db = Db::open(&DatabaseUrl::parse(&url).unwrap()).unwrap();
    let (mut after, mut items) = (None, Vec::new());
    let look = || -> (i64, i64) {
        let conn = &mut open(&url);
        let done = imports::table.filter(imports::name.eq("deux")).filter(imports::state.eq("done"));
        let done = done.count().get_result(conn).unwrap();
        (import_journal::table.count().get_result(conn).unwrap(), done)
    };
    let mut kills = HashMap::new();
    for kill in 0..3 {
        let before = look().0;
        wait_until_every(Duration::from_millis(3), "a batch is written", async || {
            let (batches, done) = look();
            batches > before || done == 1
        })
        .await;
        tokio::time::sleep(Duration::from_millis(40 * kill)).await;
        drop(served);
        kills.insert(kill, look());
        items.extend(read_on(&db, &mut after, 100).await);
        served = Served::on(&url, "127.0.0.1:0");
    }
    print(&format!("killed with these batches and done: {kills:?}"));
    assert_eq!(kills[&0].1, 0, "the first kill comes in time");
    wait_until_every(Duration::from_millis(100), "the import is done", async || look().1 == 1).await;
    items.extend(read_on(&db, &mut after, 100).await);
    assert_eq!(items.len(), 2_000 + 1_000 + 29_000);
    is_whole(&db, &items).await;
    assert_eq!(replay(&items), contacts_now(&db).await);
}

#[actix_web::test]
async fn kills_during_an_import_leave_no_gap_on_sqlite() {
    killed(Backend::Sqlite).await;
}

#[actix_web::test]
async fn kills_during_an_import_leave_no_gap_on_postgresql() {
    killed(Backend::Postgres).await;
}
