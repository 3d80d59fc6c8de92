//! The statements that a page runs.

use std::sync::{Mutex, PoisonError};

use diesel::connection::{InstrumentationEvent, set_default_instrumentation};

use super::{Client, TestApp};

/// The statements that every connection of this process has run, each with the address of its database: other tests run beside
/// this one.
static RUN: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// Far more than a page and all tests beside it run together.
const MOST: usize = 10_000;

/// The statements on this test's database since the last call.
fn run(app: &TestApp) -> Vec<String> {
    let own = app.database_url.trim_start_matches("sqlite://");
    let mut run = RUN.lock().unwrap_or_else(PoisonError::into_inner);
    let (of_it, others) = std::mem::take(&mut *run).into_iter().partition(|(url, _)| url.contains(own));
    *run = others;
    let of_it: Vec<(String, String)> = of_it;
    of_it.into_iter().map(|(_, sql)| sql).collect()
}

/// Keeps the statements of connections that are opened from now on.
pub fn watch() {
    set_default_instrumentation(|| {
        let mut own = String::new();
        Some(Box::new(move |event: InstrumentationEvent<'_>| match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut own),
            InstrumentationEvent::StartQuery { query, .. } => {
                let mut run = RUN.lock().unwrap_or_else(PoisonError::into_inner);
                // Connections go on telling what they run after the test, too.
                if run.len() > MOST {
                    run.drain(..MOST / 2);
                }
                run.push((own.clone(), query.to_string()));
            }
            _ => {}
        }))
    })
    .unwrap();
}

/// How often a page is asked for, as background work can run beside it.
const TIMES: usize = 5;

/// The statements that a page runs, without those of the background work: the fewest of some requests.
pub async fn statements(app: &TestApp, client: &Client, path: &str) -> Vec<String> {
    let mut fewest = statements_of_one(app, client, path).await;
    for _ in 1..TIMES {
        let again = statements_of_one(app, client, path).await;
        if again.len() < fewest.len() {
            fewest = again;
        }
    }
    fewest
}

async fn statements_of_one(app: &TestApp, client: &Client, path: &str) -> Vec<String> {
    run(app);
    assert_eq!(client.get(path).await.status, 200);
    let of_jobs = |sql: &str| {
        ["jobs", "nodes", "drafts", "throttles", "erasures"].iter().any(|table| sql.contains(table))
    };
    // A connection that was idle for long is first asked if it still stands.
    let is_ping = |sql: &str| sql == "SELECT 1";
    let reads = |sql: &str| sql.starts_with("SELECT") || sql.starts_with("WITH");
    run(app).into_iter().filter(|sql| reads(sql) && !is_ping(sql) && !of_jobs(sql)).collect()
}
