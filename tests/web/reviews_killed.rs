//! The program is killed while it decides about many doubtful rows, and started again: no row is decided twice, and none is lost.

use std::time::Duration;

use carnet::db::schema::{contacts, duplicate_pairs, import_held, imports};
use diesel::prelude::*;
use reqwest::Method;

use crate::support::book::signed_in;
use crate::support::lists::{imported, waiting_rows};
use crate::support::process::{Served, add_coordinator};
use crate::support::{Backend, database, dump};

/// Rows that wait.
const ROWS: i64 = 150;
/// The moments of the kills after the request, in milliseconds.
const KILLS: [u64; 6] = [30, 60, 90, 150, 200, 300];

#[test]
fn a_program_that_is_killed_between_decisions_on_sqlite() {
    killed(Backend::Sqlite);
}

#[test]
fn a_program_that_is_killed_between_decisions_on_postgres() {
    killed(Backend::Postgres);
}

fn killed(backend: Backend) {
    let Some((url, _folder)) = database(backend) else { return };
    actix_web::rt::System::new().block_on(decided(&url));
    let conn = &mut dump::open(&url);
    let (held, created, restored): (i64, i64, i64) = imports::table
        .filter(imports::name.eq("juin"))
        .select((imports::held, imports::created, imports::restored))
        .first(conn)
        .unwrap();
    assert_eq!((held, created, restored), (0, ROWS, 0));
    assert_eq!(contacts::table.count().get_result::<i64>(conn).unwrap(), 2 * ROWS);
    let decisions: Vec<(Option<String>, Option<i64>)> =
        import_held::table.select((import_held::decision, import_held::contact_id)).load(conn).unwrap();
    let mut made: Vec<Option<i64>> = decisions.iter().map(|(_, contact)| *contact).collect();
    made.sort_unstable();
    made.dedup();
    assert_eq!(made.len(), decisions.len(), "each row has a contact of its own");
    assert!(decisions.iter().all(|(decision, _)| decision.as_deref() == Some("separate")));
    let declared = duplicate_pairs::table.filter(duplicate_pairs::dismissed_at.is_not_null());
    assert_eq!(declared.count().get_result::<i64>(conn).unwrap(), ROWS);
}

/// Kills the program several times while it decides, and lets it end at last.
async fn decided(url: &str) {
    let mut served = start(url).await;
    add_coordinator("alice", url);
    let alice = signed_in(&served).await;
    let known: String = (0..ROWS).map(|n| format!("M.,Paul{n},Martin{n},boite{n}@b.fr,,,,\n")).collect();
    alice.import("mai", known, false).await;
    let mut list = "E-mail;Prénom;Nom\n".to_owned();
    for n in 0..ROWS {
        list = format!("{list}boite{n}@b.fr;Zoé;Lambert\n");
    }
    imported(&alice, "juin", list, &[]).await;
    let mut left = vec![ROWS];
    for pause in KILLS {
        let alice = signed_in(&served).await;
        let Some(first) = waiting_rows(&alice).await.into_iter().next() else { break };
        let form = [
            ("csrf", alice.get(&first).await.csrf()),
            ("decision", "separate".to_owned()),
            ("all", "on".to_owned()),
        ];
        actix_web::rt::spawn(alice.raw(Method::POST, &first).form(&form).send());
        tokio::time::sleep(Duration::from_millis(pause)).await;
        drop(served);
        left.push(waiting(url).await);
        served = start(url).await;
    }
    assert!(left.windows(2).any(|two| 0 < two[1] && two[1] < two[0]), "no kill hit the decisions: {left:?}");
    let alice = signed_in(&served).await;
    while let Some(first) = waiting_rows(&alice).await.into_iter().next() {
        let page = alice.get(&first).await;
        alice.post(&page, &first, &[("decision", "separate"), ("all", "on")]).await;
    }
}

async fn start(url: &str) -> Served {
    let url = url.to_owned();
    tokio::task::spawn_blocking(move || Served::on(&url, "127.0.0.1:0")).await.unwrap()
}

async fn waiting(url: &str) -> i64 {
    let url = url.to_owned();
    let count = move || {
        let waiting = import_held::table.filter(import_held::decision.is_null());
        waiting.count().get_result(&mut dump::open(&url)).unwrap()
    };
    tokio::task::spawn_blocking(count).await.unwrap()
}
