//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

use carnet::base::clock;
use carnet::db::Db;
use carnet::db::schema::jobs;
use carnet::jobs::older;
use diesel::prelude::*;

use super::{Client, Page, TestApp};

/// The longest wait, while other tests run too.
const PATIENCE: Duration = Duration::from_secs(90);
/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks again and again until the condition that `what` describes holds.
pub async fn wait_until(what: &str, is_so: impl AsyncFnMut() -> bool) {
    look_every(PAUSE, PATIENCE, what, is_so).await;
}

/// As [`wait_until`], for a condition that must hold within a time of its own.
pub async fn wait_until_within(limit: Duration, what: &str, is_so: impl AsyncFnMut() -> bool) {
    look_every(PAUSE, limit, what, is_so).await;
}

/// As [`wait_until`], with a pause short enough for a condition that does not hold for long.
pub async fn wait_until_every(pause: Duration, what: &str, is_so: impl AsyncFnMut() -> bool) {
    look_every(pause, PATIENCE, what, is_so).await;
}

/// Looks again and again until there is a result, in a test without a runtime.
pub fn wait_for_blocking<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        in_time(begun, PATIENCE, what);
        std::thread::sleep(PAUSE);
    }
}

/// The page at a path, loaded again until `is_so` holds.
pub async fn seen(client: &Client, path: &str, is_so: impl Fn(&Page) -> bool) -> Page {
    let begun = Instant::now();
    loop {
        let page = client.get(path).await;
        if is_so(&page) {
            return page;
        }
        in_time(begun, PATIENCE, &format!("{path}, which is {}: {}", page.status, page.body));
        tokio::time::sleep(PAUSE).await;
    }
}

/// Waits until every job of the book has ended.
pub async fn no_job_is_left(app: &TestApp) {
    wait_until("no job is left", async || {
        let left = app.db.read(|conn| Ok(jobs::table.count().get_result::<i64>(conn)?));
        left.await.unwrap() == 0
    })
    .await;
}

/// Makes time pass for jobs that wait for older nodes: their offer to those is old enough, and they look at once.
pub async fn let_time_pass(db: &Db) {
    db.write(|conn| {
        let offer = jobs::table.filter(jobs::subject_id.lt(0));
        diesel::update(offer).set(jobs::created_at.eq(clock::now() - older::PATIENCE)).execute(conn)?;
        let waiting =
            jobs::table.filter(jobs::kind.eq_any(["repair", "recount", "external_ids", "book_words"]));
        diesel::update(waiting.filter(jobs::claimed_by.is_null()))
            .set(jobs::run_after.eq(clock::now()))
            .execute(conn)?;
        Ok(())
    })
    .await
    .unwrap();
}

async fn look_every(pause: Duration, limit: Duration, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        in_time(begun, limit, what);
        tokio::time::sleep(pause).await;
    }
}

fn in_time(begun: Instant, limit: Duration, what: &str) {
    assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
}
