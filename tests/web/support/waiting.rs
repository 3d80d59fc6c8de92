//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

use super::{Client, Page};

/// The page at a path, loaded again until `is_so` holds.
pub async fn seen(client: &Client, path: &str, is_so: impl Fn(&Page) -> bool) -> Page {
    let begun = Instant::now();
    loop {
        let page = client.get(path).await;
        if is_so(&page) {
            return page;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "{}", page.body);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
