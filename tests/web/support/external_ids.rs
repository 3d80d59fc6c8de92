//! Sources, and the external ids of contacts.

use super::{Client, Page};

/// Adds a source, and returns the path of its form.
pub async fn add_source(charlie: &Client, name: &str) -> String {
    let page = charlie.get("/sources").await;
    let added = charlie.submit(&page, "main form", &[("name", Some(name))]).await;
    assert_eq!(added.status, 303, "{name}: {:?}", added.errors());
    let page = charlie.follow(&added).await;
    let at = page.select("tbody th a").iter().position(|known| known == name).unwrap();
    page.attributes("tbody th a", "href").remove(at)
}

/// Sends the form of a contact's ids with these, each with its source; returns the answer.
pub async fn send_ids(alice: &Client, path: &str, ids: &[(&str, &str)]) -> Page {
    let form = alice.get(&format!("{path}/external-ids")).await;
    resend_ids(alice, &form, ids).await
}

/// Sends a form that was opened before.
pub async fn resend_ids(alice: &Client, form: &Page, ids: &[(&str, &str)]) -> Page {
    let ids: Vec<(String, &str)> =
        ids.iter().map(|(source, id)| (format!("external_id_{source}"), *id)).collect();
    let ids: Vec<(&str, Option<&str>)> = ids.iter().map(|(name, id)| (name.as_str(), Some(*id))).collect();
    alice.submit(form, "main form", &ids).await
}

/// Saves ids of a contact.
pub async fn set_ids(alice: &Client, path: &str, ids: &[(&str, &str)]) {
    let saved = send_ids(alice, path, ids).await;
    assert_eq!(saved.status, 303, "{ids:?}: {:?}", saved.errors());
}

/// The ids on a contact's page, each with its label.
pub async fn ids(client: &Client, path: &str) -> Vec<String> {
    let page = client.get(path).await;
    let facts = page.select(".facts dt").into_iter().zip(page.select(".facts dd"));
    let ids = facts.filter(|(label, _)| label.starts_with("Identifiant dans "));
    ids.map(|(label, value)| format!("{label} {value}")).collect()
}
