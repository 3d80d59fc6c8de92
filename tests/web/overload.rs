//! More requests than can be worked on at once: some are answered, the others are told to come back soon, and then all are
//! answered again.

use std::net::SocketAddr;
use std::sync::mpsc;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};

use crate::support::process::{Served, add_coordinator};
use crate::support::raw::{Raw, Signed, exchange, status};
use crate::support::{Backend, PASSWORD, database};

/// Far more requests than the server works on, or lets wait to write.
const FLOOD: usize = 200;
/// Enough accounts that the limit for one account does not matter.
const ACCOUNTS: usize = 10;

/// Signed-in accounts; the first one takes no part in floods.
fn people(served: &Served, url: &str, count: usize) -> Vec<Signed> {
    let sign_in = |number| {
        let name = format!("person{number}");
        add_coordinator(&name, url);
        Signed::sign_in(served.address, &name, PASSWORD)
    };
    (0..count).map(sign_in).collect()
}

/// Sends the same request of each of these people in turn over many connections at once; returns the number of requests, and the
/// answers as they come.
fn flood(people: &[Signed], request: impl Fn(&Signed) -> String) -> (usize, mpsc::Receiver<String>) {
    let (sender, answers) = mpsc::channel();
    for at in 0..FLOOD {
        let person = &people[at % people.len()];
        let (sender, address, request) = (sender.clone(), person.address, request(person));
        std::thread::spawn(move || sender.send(exchange(address, &request)));
    }
    (FLOOD, answers)
}

fn count(answers: &[String], wanted: &[u16]) -> usize {
    let of_it = |answer: &&String| status(answer).is_some_and(|status| wanted.contains(&status));
    answers.iter().filter(of_it).count()
}

fn is_page(answer: &str, title: &str) -> bool {
    let head = answer.to_ascii_lowercase();
    answer.contains(&format!("<h1><bdi>{title}</bdi></h1>"))
        && head.contains("retry-after: 5")
        && head.contains("x-request-id: ")
        && head.contains("content-security-policy: ")
}

fn is_busy_page(answer: &str) -> bool {
    is_page(answer, "Carnet est très sollicité")
}

fn is_at_once_page(answer: &str) -> bool {
    is_page(answer, "Trop de demandes à la fois")
}

fn language(person: &Signed) -> String {
    person.post("/account/language", "locale=fr")
}

fn list(person: &Signed) -> String {
    format!("{}Connection: close\r\n\r\n", person.head("GET", "/contacts"))
}

fn health(address: SocketAddr) -> Option<u16> {
    let health = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    status(&exchange(address, health))
}

#[test]
fn while_nothing_can_be_written_a_bounded_number_of_writers_waits_and_pages_are_read() {
    let Some((url, folder)) = database(Backend::Sqlite) else {
        return;
    };
    let served = Served::on(&url, "127.0.0.1:0");
    let people = people(&served, &url, ACCOUNTS + 1);
    let [reader, writers @ ..] = &people[..] else {
        return;
    };
    let write = language(&writers[0]);
    assert_eq!(status(&exchange(served.address, &write)), Some(303));
    let book = rusqlite::Connection::open(folder.path().join("carnet.db")).unwrap();
    book.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (flood, coming) = flood(writers, language);
    // Requests that find no room in the queue are answered while the others wait.
    let mut answers: Vec<String> = coming.iter().take(flood / 2).collect();
    for answer in &answers {
        assert!(is_busy_page(answer) || is_at_once_page(answer), "{answer}");
    }
    assert!(answers.iter().any(|answer| is_busy_page(answer)));
    for path in ["/contacts", "/healthz", "/readyz"] {
        assert_eq!(status(&reader.get(path)), Some(200), "{path}");
    }
    book.execute_batch("ROLLBACK").unwrap();
    answers.extend(coming);
    let (saved, refused) = (count(&answers, &[303]), count(&answers, &[429, 503]));
    assert_eq!(saved + refused, flood);
    assert!(saved > 0, "those that waited are served");
    assert!(refused >= flood / 2);
    for _ in 0..100 {
        assert_eq!(status(&exchange(served.address, &write)), Some(303));
    }
}

#[test]
fn a_flood_of_pages_is_answered_or_refused_soon_and_health_still_answers() {
    let Some((url, _folder)) = database(Backend::Postgres) else {
        return;
    };
    let served = Served::on(&url, "127.0.0.1:0");
    let people = people(&served, &url, ACCOUNTS);
    let read = list(&people[0]);
    assert_eq!(status(&exchange(served.address, &read)), Some(200));
    let mut book = PgConnection::establish(&url).unwrap();
    book.batch_execute("BEGIN; LOCK TABLE organizations IN ACCESS EXCLUSIVE MODE").unwrap();
    let (flood, coming) = flood(&people, list);
    let mut answers: Vec<String> = coming.iter().take(flood / 2).collect();
    for answer in &answers {
        assert!(is_busy_page(answer) || is_at_once_page(answer), "{answer}");
    }
    assert!(answers.iter().any(|answer| is_busy_page(answer)));
    assert_eq!(health(served.address), Some(200));
    book.batch_execute("ROLLBACK").unwrap();
    answers.extend(coming);
    let (shown, refused) = (count(&answers, &[200]), count(&answers, &[429, 503]));
    assert_eq!(shown + refused, flood);
    assert!(shown > 0, "those that waited are served");
    for _ in 0..100 {
        assert_eq!(status(&exchange(served.address, &read)), Some(200));
    }
}

/// The requests of one account that are worked on at once.
const OF_AN_ACCOUNT: usize = 8;

/// One account's requests beyond its share are refused while the others are still worked on, and no other account is affected;
/// afterwards it is served again. `block` holds up what the requests write, until `release`.
fn one_account_floods(url: &str, block: impl FnOnce(), release: impl FnOnce()) {
    let served = Served::on(url, "127.0.0.1:0");
    let people = people(&served, url, 2);
    let [other, one] = &people[..] else { return };
    block();
    let (flood, coming) = flood(std::slice::from_ref(one), language);
    let beyond = flood - OF_AN_ACCOUNT;
    let mut answers: Vec<String> = coming.iter().take(beyond).collect();
    for answer in &answers {
        assert_eq!(status(answer), Some(429), "nothing else is answered before: {answer}");
        assert!(is_at_once_page(answer), "{answer}");
    }
    assert_eq!(health(served.address), Some(200));
    assert_eq!(status(&other.get("/account")), Some(200));
    assert!(coming.try_recv().is_err(), "the other account did not wait for one of these requests");
    release();
    answers.extend(coming);
    assert_eq!(count(&answers, &[429]), beyond);
    assert_eq!(count(&answers, &[303]), OF_AN_ACCOUNT, "those that had a place are served");
    for _ in 0..20 {
        let answer = exchange(served.address, &language(one));
        assert_eq!(status(&answer), Some(303), "{answer}");
    }
}

#[test]
fn one_account_has_eight_requests_at_once_sqlite() {
    let Some((url, folder)) = database(Backend::Sqlite) else {
        return;
    };
    let path = folder.path().join("carnet.db");
    let book = std::cell::OnceCell::new();
    let block = || {
        let book = book.get_or_init(|| rusqlite::Connection::open(&path).unwrap());
        book.execute_batch("BEGIN IMMEDIATE").unwrap();
    };
    one_account_floods(&url, block, || book.get().unwrap().execute_batch("ROLLBACK").unwrap());
}

#[test]
fn one_account_has_eight_requests_at_once_postgres() {
    let Some((url, _folder)) = database(Backend::Postgres) else {
        return;
    };
    let book = std::cell::RefCell::new(PgConnection::establish(&url).unwrap());
    // Accounts can be read, so everybody stays signed in. Nothing limits how long a write waits.
    let block = || book.borrow_mut().batch_execute("BEGIN; LOCK TABLE accounts IN SHARE MODE").unwrap();
    one_account_floods(&url, block, || book.borrow_mut().batch_execute("ROLLBACK").unwrap());
}

#[test]
fn slow_senders_take_no_place_from_others() {
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
