//! The program is told to end, killed, or paused during an import: after a restart, or on another node, the import continues.

use std::time::{Duration, Instant};

use carnet::db::schema::{contacts, imports, jobs};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use crate::support::book::{Look, NAME, Phase, look, second_list, signed_in, until};
use crate::support::dump;
use crate::support::process::{Served, add_coordinator, carnet, ended_within, signal};
use crate::support::{Backend, database};

const ANYWHERE: &str = "127.0.0.1:0";
/// Time to wait before a test checks that nothing has happened.
const A_WHILE: Duration = Duration::from_secs(3);

/// Starts the import of [`second_list`] and waits until this phase has begun.
async fn begin(url: &str, phase: Phase) -> Served {
    let served = Served::on(url, ANYWHERE);
    add_coordinator("alice", url);
    let alice = signed_in(&served).await;
    let request = alice.upload_request(NAME, second_list(), &[("on_error", "import_valid")]).await;
    actix_web::rt::spawn(request.send());
    let begun = until(url, |look| look.phase == Some(phase) && look.claim.is_some());
    begun.await;
    if phase == Phase::Apply {
        // Into a batch, or past one.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    served
}

/// The number of contacts in the book, and the number that the import says it created.
fn made(url: &str) -> (i64, i64) {
    let conn = &mut dump::open(url);
    let held = contacts::table.count().get_result(conn).unwrap();
    let counted = imports::table.filter(imports::name.eq(NAME)).select(imports::created).first(conn);
    (held, counted.unwrap())
}

/// The import has ended, and every line is counted once.
fn ended_well(url: &str) {
    let conn = &mut dump::open(url);
    let (lines, created, updated, unchanged, restored, superseded, rejected, skipped): (
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
    ) = imports::table
        .filter(imports::state.eq("done"))
        .select((
            imports::lines,
            imports::created,
            imports::updated,
            imports::unchanged,
            imports::restored,
            imports::superseded,
            imports::rejected,
            imports::skipped,
        ))
        .first(conn)
        .unwrap();
    assert_eq!(lines, 9_001);
    assert_eq!([updated, unchanged, restored], [0, 0, 0], "on an empty book");
    assert_eq!([superseded, rejected, skipped], [90, 90, 91]);
    assert_eq!(created, lines - superseded - rejected - skipped);
    assert_eq!(made(url), (created, created));
    dump::hold_together(url);
}

fn on_each(test: impl AsyncFn(String)) {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some((url, _folder)) = database(backend) else {
            continue;
        };
        actix_web::rt::System::new().block_on(test(url));
    }
}

/// Returns `true` if any node can claim the job.
fn is_free(url: &str) -> bool {
    let conn = &mut dump::open(url);
    let free: i64 = jobs::table
        .filter(jobs::claimed_by.is_null())
        .filter(jobs::run_after.le(carnet::base::clock::now()))
        .count()
        .get_result(conn)
        .unwrap();
    free == 1
}

/// Starts a server that must continue before a claim could have expired, and finish the import.
async fn goes_on_at_once(url: &str) {
    let before = look(url);
    let started = Instant::now();
    let _served = Served::on(url, ANYWHERE);
    until(url, |now| now.claim.is_some() || now.phase.is_none()).await;
    assert!(started.elapsed() < Duration::from_secs(4), "{before:?}");
    until(url, |now| now.phase.is_none()).await;
    ended_well(url);
}

#[test]
fn a_program_told_to_end_during_an_import_ends_within_seconds_and_continues_after_the_restart() {
    for phase in [Phase::Check, Phase::Apply] {
        on_each(async |url| {
            let mut served = begin(&url, phase).await;
            served.signal("TERM");
            let ended = served.ended_within(Duration::from_secs(5));
            assert_eq!(ended.code(), Some(0));
            assert!(look(&url).phase.is_some(), "in the middle of it");
            assert!(is_free(&url), "given back");
            let (held, counted) = made(&url);
            assert_eq!(held, counted, "no half batch");
            goes_on_at_once(&url).await;
        });
    }
}

#[test]
fn a_command_told_to_end_gives_the_import_back_and_says_so() {
    on_each(async |url| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("juin.csv");
        std::fs::write(&file, second_list()).unwrap();
        let mut command = carnet(&["import", file.to_str().unwrap(), "--name", NAME]);
        command.args(["--on-error", "import-valid", "--database-url", &url]);
        let told = folder.path().join("told");
        command.stderr(std::fs::File::create(&told).unwrap());
        let made = carnet(&["migrate", "--database-url", &url]).output().unwrap();
        assert!(made.status.success());
        let mut process = command.spawn().unwrap();
        until(&url, |now| now.phase == Some(Phase::Apply)).await;
        signal(process.id(), "INT");
        let ended = ended_within(&mut process, Duration::from_secs(5));
        assert_eq!(ended.code(), Some(130));
        let told = std::fs::read_to_string(told).unwrap();
        assert!(told.contains("continue sur le serveur s’il tourne"), "{told}");
        assert!(is_free(&url), "given back");
        goes_on_at_once(&url).await;
    });
}

#[test]
fn a_killed_import_continues_within_ten_seconds() {
    on_each(async |url| {
        let served = begin(&url, Phase::Apply).await;
        drop(served);
        let dead = look(&url);
        let started = Instant::now();
        let _served = Served::on(&url, ANYWHERE);
        let goes_on = |now: &Look| now.claim != dead.claim;
        until(&url, goes_on).await;
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
        until(&url, |now| now.phase.is_none()).await;
        ended_well(&url);
    });
}

/// Pauses a process. On SQLite outside of a transaction, which would keep the file locked for all other processes.
async fn pause(served: &Served, url: &str) {
    for _ in 0..500 {
        served.signal("STOP");
        if url.starts_with("postgres") {
            return;
        }
        let conn = &mut dump::open(url);
        conn.batch_execute("PRAGMA busy_timeout = 0").unwrap();
        if conn.batch_execute("BEGIN IMMEDIATE; ROLLBACK").is_ok() {
            return;
        }
        served.signal("CONT");
        // Time to end the transaction.
        tokio::time::sleep(Duration::from_millis(7)).await;
    }
    panic!("it is always in the middle of a transaction");
}

#[test]
fn a_node_that_was_paused_while_another_took_over_writes_nothing_more() {
    // While it checks, a paused node is nearly always outside of transactions; PostgreSQL rolls back the transaction of a node
    // that is paused while it applies.
    for phase in [Phase::Check, Phase::Apply] {
        on_each(async |url| {
            if url.starts_with("sqlite") && phase == Phase::Apply {
                return;
            }
            let first = begin(&url, phase).await;
            pause(&first, &url).await;
            assert!(look(&url).phase.is_some(), "in the middle of it");
            let _second = Served::on(&url, ANYWHERE);
            until(&url, |now| now.phase.is_none()).await;
            ended_well(&url);
            let before = dump::dump(&url);
            first.signal("CONT");
            tokio::time::sleep(A_WHILE).await;
            assert!(dump::dump(&url) == before, "the paused node wrote");
            ended_well(&url);
            let alice = signed_in(&first).await;
            assert_eq!(alice.get("/contacts").await.status, 200, "it serves on");
        });
    }
}
