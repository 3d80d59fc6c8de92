//! People who save contacts one after the other, at any node that answers, and remember what was acknowledged.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use futures_util::future::join_all;
use reqwest::Method;

use super::process::Served;
use super::{Client, Page, dump};

/// Pause before a form without an answer is sent again.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest wait for an answer.
const ANSWER: Duration = Duration::from_secs(20);

/// Processes that serve one book, each at its own address, which it has again after a restart.
pub struct Nodes {
    url: String,
    processes: RefCell<Vec<Option<Served>>>,
    pub addresses: Vec<SocketAddr>,
}

impl Nodes {
    pub fn start(url: &str, count: usize) -> Self {
        let nodes: Vec<Served> = (0..count).map(|_| Served::on(url, "127.0.0.1:0")).collect();
        Self {
            url: url.to_owned(),
            addresses: nodes.iter().map(|node| node.address).collect(),
            processes: RefCell::new(nodes.into_iter().map(Some).collect()),
        }
    }

    /// Kills a node, and starts it again after a while.
    pub async fn kill(&self, node: usize, while_away: Duration) {
        self.processes.borrow_mut()[node] = None;
        tokio::time::sleep(while_away).await;
        let (url, listen) = (self.url.clone(), self.addresses[node].to_string());
        let served = tokio::task::spawn_blocking(move || Served::on(&url, &listen)).await;
        self.processes.borrow_mut()[node] = Some(served.unwrap());
    }
}

/// The results of the forms that were sent.
#[derive(Debug, Default)]
pub struct Told {
    /// The last names that were acknowledged, each with the time.
    pub acknowledged: Vec<(String, SystemTime)>,
    /// Forms that got no answer, or an error; each was sent again unchanged.
    pub sent_again: usize,
    /// Requests on an open connection without a whole answer.
    pub cut_off: usize,
}

impl Told {
    /// The saves acknowledged before a moment.
    pub fn before(&self, moment: SystemTime) -> Self {
        let earlier = self.acknowledged.iter().filter(|(_, at)| *at < moment);
        Self { acknowledged: earlier.cloned().collect(), ..Self::default() }
    }
}

/// Why there is no answer.
enum Missing {
    /// The program did not take the request, or reported a fault.
    NotTaken,
    /// The program took the request, and went away.
    CutOff,
}

/// Saves contacts at these addresses, several people at once, until `stop` is set.
pub async fn save(alice: &Client, addresses: &[SocketAddr], people: usize, stop: &Cell<bool>) -> Told {
    save_counted(alice, addresses, people, stop, &Cell::new(0)).await
}

/// As [`save`], with a running count of the acknowledged saves.
pub async fn save_counted(
    alice: &Client,
    addresses: &[SocketAddr],
    people: usize,
    stop: &Cell<bool>,
    count: &Cell<usize>,
) -> Told {
    let told = RefCell::new(Told::default());
    let people = (0..people).map(|person| one(alice, addresses, person, (stop, &told), count));
    join_all(people).await;
    told.into_inner()
}

async fn one(
    alice: &Client,
    addresses: &[SocketAddr],
    person: usize,
    (stop, told): (&Cell<bool>, &RefCell<Told>),
    count: &Cell<usize>,
) {
    let mut turn = person;
    for number in 0.. {
        if stop.get() {
            return;
        }
        let name = format!("Sauvé {person}-{number}");
        let Some(mut fields) = form(alice, addresses, &mut turn, (stop, told)).await else {
            return;
        };
        fields.retain(|(field, _)| !["first_name", "last_name", "copy"].contains(&field.as_str()));
        fields.push(("first_name".to_owned(), "Zoé".to_owned()));
        fields.push(("last_name".to_owned(), name.clone()));
        loop {
            turn += 1;
            let node = alice.at(addresses[turn % addresses.len()]);
            match send(&node, &fields).await {
                Ok(()) => break,
                Err(missing) => note(told, &missing),
            }
            if stop.get() {
                return;
            }
            told.borrow_mut().sent_again += 1;
            tokio::time::sleep(PAUSE).await;
        }
        let saved = (name, SystemTime::now());
        told.borrow_mut().acknowledged.push(saved);
        count.set(count.get() + 1);
    }
}

fn note(told: &RefCell<Told>, missing: &Missing) {
    if matches!(missing, Missing::CutOff) {
        told.borrow_mut().cut_off += 1;
    }
}

/// The form for a new contact, from any node that answers.
async fn form(
    alice: &Client,
    addresses: &[SocketAddr],
    turn: &mut usize,
    (stop, told): (&Cell<bool>, &RefCell<Told>),
) -> Option<Vec<(String, String)>> {
    while !stop.get() {
        *turn += 1;
        let node = alice.at(addresses[*turn % addresses.len()]);
        match answer(node.raw(Method::GET, "/contacts/new")).await {
            Ok(page) if page.status == 200 => return Some(page.form("main form").fields),
            Ok(page) => assert!(page.status >= 500, "{}: {}", page.status, page.body),
            Err(missing) => note(told, &missing),
        }
        tokio::time::sleep(PAUSE).await;
    }
    None
}

async fn send(node: &Client, fields: &[(String, String)]) -> Result<(), Missing> {
    let page = answer(node.raw(Method::POST, "/contacts").form(fields)).await?;
    match page.status {
        303 => {
            let saved = page.location();
            assert!(saved.starts_with("/contacts"), "{saved}");
            Ok(())
        }
        500.. => Err(Missing::NotTaken),
        other => panic!("{other}: {}", page.body),
    }
}

/// The whole answer to a request, if there is one.
async fn answer(request: reqwest::RequestBuilder) -> Result<Page, Missing> {
    let missing = |error: reqwest::Error| {
        // "Canceled": nothing of the request was sent yet.
        let is_unsent = error.is_connect() || format!("{error:?}").contains("Canceled");
        if is_unsent || error.is_timeout() { Missing::NotTaken } else { Missing::CutOff }
    };
    let response = request.timeout(ANSWER).send().await.map_err(missing)?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().await.map_err(missing)?;
    Ok(Page { status, headers, body })
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Text)]
    last_name: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Checks that everything acknowledged is in the book, exactly once.
pub fn all_are_there_once(url: &str, told: &Told) {
    let conn = &mut dump::open(url);
    let held: Vec<Held> = sql_query(
        "SELECT last_name, count(*) AS count FROM contacts WHERE last_name LIKE 'Sauvé %' GROUP BY last_name",
    )
    .load(conn)
    .unwrap();
    let held: HashMap<&str, i64> = held.iter().map(|held| (held.last_name.as_str(), held.count)).collect();
    let lost: Vec<&String> = told
        .acknowledged
        .iter()
        .map(|(name, _)| name)
        .filter(|name| !held.contains_key(name.as_str()))
        .collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let twice: Vec<_> = held.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "saved twice: {twice:?}");
    assert!(!told.acknowledged.is_empty(), "nothing was saved at all");
}
