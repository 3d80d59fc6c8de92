//! Undoing an import.

use super::{Client, Page};

/// The path of the last import with this name.
pub async fn import_path(client: &Client, name: &str) -> String {
    let list = client.get("/imports").await;
    let names = list.select("tbody th a");
    let place = names.iter().position(|found| found == name).unwrap();
    list.attributes("tbody th a", "href").swap_remove(place)
}

/// Undoes the import with this name by its page; returns the page once the undo has finished.
pub async fn undo(client: &Client, name: &str) -> Page {
    let path = import_path(client, name).await;
    let ask = client.get(&format!("{path}/undo")).await;
    let answer = client.submit(&ask, "main form", &[]).await;
    assert_eq!(answer.location(), path);
    settled(client, &path).await
}

/// The page of an import once its undo has finished.
pub async fn settled(client: &Client, path: &str) -> Page {
    client.at_rest(path).await
}
