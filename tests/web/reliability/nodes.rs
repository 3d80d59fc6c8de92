//! Nodes are killed one after the other, and their PostgreSQL is restarted, under people who save and an import.

use std::cell::Cell;
use std::time::Duration;

use carnet::db::schema::{contacts, imports};
use diesel::prelude::*;

use super::savers::{Nodes, Told, all_are_there_once, save};
use super::{say, times};
use crate::killed::book::{NAME, look, second_list, until};
use crate::killed::dump;
use crate::support::process::add_coordinator;
use crate::support::{Backend, Client, PASSWORD, database, left_out, postgres};

const NODES: usize = 3;
const PEOPLE: usize = 4;

#[test]
fn nodes_that_are_killed_one_after_the_other_lose_nothing_that_was_acknowledged() {
    let kills = times("CARNET_TEST_NODE_KILLS", 6);
    // SQLite has one node: it is killed each time.
    for (backend, count) in [(Backend::Sqlite, 1), (Backend::Postgres, NODES)] {
        let Some((url, _folder)) = database(backend) else {
            continue;
        };
        let told = under_load(&url, count, async |nodes| {
            for kill in 0..kills {
                tokio::time::sleep(Duration::from_millis(300 + 170 * (kill as u64 % 5))).await;
                nodes.kill(kill % count, Duration::from_millis(500)).await;
            }
        });
        say(&format!(
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
            tokio::time::sleep(Duration::from_millis(700 + 210 * (restart as u64 % 5))).await;
            cluster.stop();
            cluster.resume();
        }
    });
    say(&format!(
        "restarts, PostgreSQL: {restarts} times stopped at once and started, under two nodes and an import of 9 001 lines; {} \
         saves acknowledged and found again, {} sent again",
        told.acknowledged.len(),
        told.sent_again
    ));
}

/// What became of the saves while something happens to the nodes, or to what they stand on, and an import runs: it ends,
/// and whoever signed in stays so.
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
            let page = alice.at(*address).get("/contacts").await;
            assert_eq!(page.status, 200, "the session lives on");
        }
        all_are_there_once(url, &told);
        the_import_is_whole(url);
        told
    })
}

/// Every line of the list once, as its page says.
fn the_import_is_whole(url: &str) {
    assert!(look(url).phase.is_none());
    let conn = &mut dump::open(url);
    let counted: (i64, i64, i64, i64) = imports::table
        .filter(imports::name.eq(NAME))
        .filter(imports::state.eq("done"))
        .select((
            imports::created,
            imports::superseded,
            imports::rejected,
            imports::skipped,
        ))
        .first(conn)
        .unwrap();
    assert_eq!(counted, (8_730, 90, 90, 91));
    let held: i64 = contacts::table
        .filter(contacts::import_id.is_not_null())
        .count()
        .get_result(conn)
        .unwrap();
    assert_eq!(held, 8_730);
    dump::hold_together(url);
}
