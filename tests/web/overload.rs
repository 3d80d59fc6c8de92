//! More requests than can be worked on at once: some are answered, the others told at once to come back, and then all are
//! answered again.

use std::net::SocketAddr;
use std::sync::mpsc;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};

use crate::support::process::{Served, add_coordinator};
use crate::support::raw::{Raw, Signed, exchange, status};
use crate::support::{Backend, PASSWORD, database};

/// Far more than are worked on and wait to write.
const FLOOD: usize = 200;

/// Sends the same request over many connections at once; each answer is told as it comes.
fn flood(address: SocketAddr, request: &str) -> mpsc::Receiver<String> {
    let (sender, answers) = mpsc::channel();
    for _ in 0..FLOOD {
        let (sender, request) = (sender.clone(), request.to_owned());
        std::thread::spawn(move || sender.send(exchange(address, &request)));
    }
    answers
}

fn count(answers: &[String], wanted: u16) -> usize {
    let of_it = |answer: &&String| status(answer) == Some(wanted);
    answers.iter().filter(of_it).count()
}

fn is_busy_page(answer: &str) -> bool {
    let head = answer.to_ascii_lowercase();
    answer.contains("<h1>Carnet est très sollicité</h1>")
        && head.contains("retry-after: 5")
        && head.contains("x-request-id: ")
        && head.contains("content-security-policy: ")
}

#[test]
fn while_nothing_can_be_written_writers_queue_up_to_a_bound_and_pages_are_read() {
    let Some((url, folder)) = database(Backend::Sqlite) else {
        return;
    };
    add_coordinator("alice", &url);
    let served = Served::on(&url, "127.0.0.1:0");
    let alice = Signed::sign_in(served.address, "alice", PASSWORD);
    let write = alice.post("/account/language", "locale=fr");
    assert_eq!(status(&exchange(served.address, &write)), Some(303));
    let book = rusqlite::Connection::open(folder.path().join("carnet.db")).unwrap();
    book.execute_batch("BEGIN IMMEDIATE").unwrap();
    let coming = flood(served.address, &write);
    // Those that find no room in the queue are answered while the others wait.
    let mut answers: Vec<String> = coming.iter().take(FLOOD / 2).collect();
    for answer in &answers {
        assert_eq!(status(answer), Some(503), "{answer}");
        assert!(is_busy_page(answer), "{answer}");
    }
    for path in ["/contacts", "/healthz", "/readyz"] {
        assert_eq!(status(&alice.get(path)), Some(200), "{path}");
    }
    book.execute_batch("ROLLBACK").unwrap();
    answers.extend(coming);
    let (saved, refused) = (count(&answers, 303), count(&answers, 503));
    assert_eq!(saved + refused, FLOOD);
    assert!(saved > 0, "those that waited are served");
    assert!(refused >= FLOOD / 2);
    for _ in 0..100 {
        assert_eq!(status(&exchange(served.address, &write)), Some(303));
    }
}

#[test]
fn a_flood_of_pages_is_answered_or_refused_at_once_and_health_is_told_all_the_same() {
    let Some((url, _folder)) = database(Backend::Postgres) else {
        return;
    };
    add_coordinator("alice", &url);
    let served = Served::on(&url, "127.0.0.1:0");
    let alice = Signed::sign_in(served.address, "alice", PASSWORD);
    let read = format!(
        "{}Connection: close\r\n\r\n",
        alice.head("GET", "/contacts")
    );
    assert_eq!(status(&exchange(served.address, &read)), Some(200));
    let mut book = PgConnection::establish(&url).unwrap();
    book.batch_execute("BEGIN; LOCK TABLE contacts IN ACCESS EXCLUSIVE MODE")
        .unwrap();
    let coming = flood(served.address, &read);
    let mut answers: Vec<String> = coming.iter().take(FLOOD / 2).collect();
    for answer in &answers {
        assert_eq!(status(answer), Some(503), "{answer}");
    }
    assert!(answers.iter().any(|answer| is_busy_page(answer)));
    let health = exchange(
        served.address,
        "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(status(&health), Some(200));
    book.batch_execute("ROLLBACK").unwrap();
    answers.extend(coming);
    let (shown, refused) = (count(&answers, 200), count(&answers, 503));
    assert_eq!(shown + refused, FLOOD);
    assert!(shown > 0, "those that waited are served");
    for _ in 0..100 {
        assert_eq!(status(&exchange(served.address, &read)), Some(200));
    }
}

#[test]
fn whoever_sends_slowly_takes_no_place_from_others() {
    let Some((url, _folder)) = database(Backend::Sqlite) else {
        return;
    };
    add_coordinator("alice", &url);
    let served = Served::on(&url, "127.0.0.1:0");
    let stranger = Signed::stranger(served.address);
    let half = format!("{}\r\ncsrf=", stranger.form_head("/login", 100));
    let slow: Vec<Raw> = (0..FLOOD)
        .map(|_| {
            let mut raw = Raw::open(served.address);
            raw.send(half.as_bytes());
            raw
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(status(&stranger.get("/login")), Some(200));
    }
    drop(slow);
}
