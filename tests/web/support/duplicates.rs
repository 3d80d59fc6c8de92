//! The search for duplicates.

use super::{Client, Page};

/// Searches for duplicates, and waits for the result.
pub async fn search(alice: &Client) -> Page {
    let page = alice.get("/duplicates").await;
    let answer = alice.submit(&page, "form[action$=search]", &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    alice.at_rest("/duplicates").await
}
