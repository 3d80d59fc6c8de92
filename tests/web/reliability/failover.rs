//! A primary and a synchronous standby: the primary is killed, the standby is promoted, and the nodes find it.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::support::measured::{print, times};
use crate::support::process::add_coordinator;
use crate::support::savers::{Nodes, all_are_there_once, save};
use crate::support::waiting::wait_until_within;
use crate::support::{Client, PASSWORD, left_out, postgres};

const NODES: usize = 2;
const PEOPLE: usize = 4;
/// How long the nodes may take to find the new primary.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long people save before and after.
const A_WHILE: Duration = Duration::from_secs(3);

#[test]
fn nodes_find_the_promoted_standby_by_themselves_and_nothing_acknowledged_is_lost() {
    let failovers = times("CARNET_TEST_FAILOVERS", 1);
    let (mut saved, mut again, mut slowest) = (0, 0, Duration::ZERO);
    for _ in 0..failovers {
        let Some(primary) = postgres::Cluster::start() else {
            return left_out("PostgreSQL");
        };
        let (told, took) = actix_web::rt::System::new().block_on(fail_over(primary));
        saved += told.acknowledged.len();
        again += told.sent_again;
        slowest = slowest.max(took);
    }
    print(&format!(
        "failover: {failovers} primaries killed under {NODES} nodes; {saved} saves acknowledged and found again on the \
         standby, {again} sent again; ready again within {:.1} s of the kill, with \
         a second before the promotion",
        slowest.as_secs_f64()
    ));
}

async fn fail_over(mut primary: postgres::Cluster) -> (crate::support::savers::Told, Duration) {
    let standby = primary.synchronous_standby();
    let url = postgres::url_of_either(&primary, &standby);
    let nodes = Nodes::start(&url, NODES);
    add_coordinator("alice", &url);
    let alice = Client::new(nodes.addresses[0]);
    alice.sign_in("alice", PASSWORD).await;
    let (stop, took) = (Cell::new(false), Cell::new(Duration::ZERO));
    let (told, ()) = tokio::join!(save(&alice, &nodes.addresses, PEOPLE, &stop), async {
        tokio::time::sleep(A_WHILE).await;
        primary.kill();
        let killed = Instant::now();
        // Time in which the nodes find no primary at all.
        tokio::time::sleep(Duration::from_secs(1)).await;
        standby.promote();
        let is_ready = async || alice.get("/readyz").await.status == 200;
        wait_until_within(PATIENCE, "the nodes find the new primary", is_ready).await;
        took.set(killed.elapsed());
        tokio::time::sleep(A_WHILE).await;
        stop.set(true);
    });
    assert_eq!(alice.get("/contacts").await.status, 200, "the session lives on");
    all_are_there_once(&url, &told);
    (told, took.get())
}
