//! Nodes are killed one after the other, and their PostgreSQL is restarted, while people save and an import runs.

use std::cell::Cell;
use std::time::Duration;

use carnet::db::schema::{contacts, imports};
use carnet::db::{AnyConnection, without_blocking};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use crate::support::book::{NAME, look, second_list, until};
use crate::support::dump;
use crate::support::measured::{print, times};
use crate::support::process::{Served, add_coordinator};
use crate::support::savers::{Nodes, Told, all_are_there_once, save};
use crate::support::waiting::seen;
use crate::support::{Backend, Client, PASSWORD, database, left_out, postgres};

const NODES: usize = 3;
const PEOPLE: usize = 4;

#[test]
fn nodes_that_are_killed_one_after_the_other_lose_nothing_that_was_acknowledged() {
    let kills = times("CARNET_TEST_NODE_KILLS", 6);
    // SQLite has one node, which is killed each time.
    for (backend, count) in [(Backend::Sqlite, 1), (Backend::Postgres, NODES)] {
        let Some((url, _folder)) = database(backend) else {
            continue;
        };
        let told = under_load(&url, count, async |nodes| {
            for kill in 0..kills {
                // Another moment each time.
                tokio::time::sleep(Duration::from_millis(300 + 170 * (kill as u64 % 5))).await;
                nodes.kill(kill % count, Duration::from_millis(500)).await;
            }
        });
        print(&format!(
            "kills, {backend:?}: {kills} among {count} nodes under an import of 9 001 lines; {} saves acknowledged and found \
             again, {} sent again",
            told.acknowledged.len(),
            told.sent_again
        ));
    }
}

#[test]
fn a_postgresql_that_is_restarted_without_warning_loses_nothing_that_was_acknowledged() {
    let restarts = times("CARNET_TEST_RESTARTS", 3);
    let Some(mut cluster) = postgres::Cluster::start() else {
        return left_out("PostgreSQL");
    };
    let url = cluster.url();
    let told = under_load(&url, 2, async |_| {
        for restart in 0..restarts {
            // Another moment each time.
            tokio::time::sleep(Duration::from_millis(700 + 210 * (restart as u64 % 5))).await;
            cluster.stop();
            cluster.resume();
        }
    });
    print(&format!(
        "restarts, PostgreSQL: {restarts} times stopped at once and started, under two nodes and an import of 9 001 lines; {} \
         saves acknowledged and found again, {} sent again",
        told.acknowledged.len(),
        told.sent_again
    ));
}

/// A column of the version before, which this one does not use: the migration that removes it comes once that version is gone.
const KEPT_BEFORE: &str = "ALTER TABLE contacts ADD COLUMN pager TEXT NOT NULL DEFAULT ''";
/// What a newer version does to the tables: at first it only adds, and removes nothing that this version uses.
const EXPAND: &str = "ALTER TABLE contacts ADD COLUMN pronunciation TEXT NOT NULL DEFAULT ''; \
    ALTER TABLE contacts ADD COLUMN preferred_phone BIGINT; \
    ALTER TABLE accounts ADD COLUMN theme TEXT NOT NULL DEFAULT 'light'; \
    ALTER TABLE imports ADD COLUMN priority BIGINT NOT NULL DEFAULT 0; \
    ALTER TABLE sessions ADD COLUMN device TEXT; \
    CREATE TABLE reminders (id BIGINT PRIMARY KEY, contact_id BIGINT REFERENCES contacts (id)); \
    CREATE INDEX contacts_by_preferred_phone ON contacts (preferred_phone); \
    INSERT INTO __diesel_schema_migrations (version) VALUES ('9998')";
const CONTRACT: &str = "ALTER TABLE contacts DROP COLUMN pager; \
    INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";

/// Changes the tables as a newer version does when it starts.
#[expect(clippy::disallowed_methods, reason = "migrations have transactions of their own")]
fn migrate(url: &str, migration: &str) {
    match &mut dump::open(url) {
        AnyConnection::Sqlite(conn) => conn.immediate_transaction(|conn| conn.batch_execute(migration)),
        AnyConnection::Postgres(conn) => {
            without_blocking(conn, |conn| conn.transaction(|conn| conn.batch_execute(migration)))
        }
    }
    .unwrap();
}

#[test]
fn older_nodes_keep_serving_while_a_newer_version_changes_the_tables() {
    for (backend, count) in [(Backend::Sqlite, 1), (Backend::Postgres, 2)] {
        let Some((url, _folder)) = database(backend) else {
            continue;
        };
        drop(Served::on(&url, "127.0.0.1:0"));
        dump::open(&url).batch_execute(KEPT_BEFORE).unwrap();
        let told = under_load(&url, count, async |nodes| {
            for migration in [EXPAND, CONTRACT] {
                // People save for a while before each change.
                tokio::time::sleep(Duration::from_millis(700)).await;
                let url = url.clone();
                let migrated = tokio::task::spawn_blocking(move || migrate(&url, migration));
                migrated.await.unwrap();
                for address in &nodes.addresses {
                    let ready = Client::new(*address).get("/readyz").await;
                    assert_eq!(ready.status, 200);
                }
            }
        });
        assert!(!told.acknowledged.is_empty());
        assert_eq!((told.sent_again, told.cut_off), (0, 0), "nobody noticed");
        // Nor does a node that starts only now.
        let late = Served::on(&url, "127.0.0.1:0");
        actix_web::rt::System::new().block_on(async {
            let alice = Client::new(late.address);
            alice.sign_in("alice", PASSWORD).await;
            assert_eq!(alice.get("/contacts").await.status, 200);
        });
        print(&format!(
            "tables changed, {backend:?}: {count} older nodes under an import of 9 001 lines; {} saves acknowledged and found \
             again, none sent again",
            told.acknowledged.len()
        ));
    }
}

/// The saves made while `trouble` happens to the nodes or to their environment, and while an import runs. Checks that the import
/// ends, and that sessions survive.
fn under_load(url: &str, count: usize, trouble: impl AsyncFnOnce(&Nodes)) -> Told {
    actix_web::rt::System::new().block_on(async {
        let nodes = Nodes::start(url, count);
        add_coordinator("alice", url);
        let alice = Client::new(nodes.addresses[0]);
        alice.sign_in("alice", PASSWORD).await;
        let elsewhere = alice.at(nodes.addresses[1 % count]);
        assert_eq!(elsewhere.get("/contacts").await.status, 200);
        let request = alice
            .at(nodes.addresses[2 % count])
            .upload_request(NAME, second_list(), &[("on_error", "import_valid")])
            .await;
        assert_eq!(request.send().await.unwrap().status(), 303);
        let stop = Cell::new(false);
        let (told, ()) = tokio::join!(save(&alice, &nodes.addresses, PEOPLE, &stop), async {
            trouble(&nodes).await;
            until(url, |look| look.phase.is_none()).await;
            stop.set(true);
        });
        for address in &nodes.addresses {
            // A database that was away a moment ago may be reported once more.
            let page = seen(&alice.at(*address), "/contacts", |page| page.status != 503).await;
            assert_eq!(page.status, 200, "the session lives on");
        }
        all_are_there_once(url, &told);
        the_import_is_whole(url);
        told
    })
}

/// Checks that the import's page counts every line of the list once.
fn the_import_is_whole(url: &str) {
    assert!(look(url).phase.is_none());
    let conn = &mut dump::open(url);
    let counted: (i64, i64, i64, i64) = imports::table
        .filter(imports::name.eq(NAME))
        .filter(imports::state.eq("done"))
        .select((imports::created, imports::superseded, imports::rejected, imports::skipped))
        .first(conn)
        .unwrap();
    assert_eq!(counted, (8_730, 90, 90, 91));
    let held: i64 =
        contacts::table.filter(contacts::import_id.is_not_null()).count().get_result(conn).unwrap();
    assert_eq!(held, 8_730);
    dump::hold_together(url);
}
