//! Lists of any kind, through their pages.

use super::{Client, Page};

/// The page of the columns of a list.
pub async fn columns(client: &Client, name: &str, bytes: impl Into<Vec<u8>>) -> Page {
    let answer = client.upload(name, bytes, false).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let location = answer.location();
    assert!(location.ends_with("/columns"), "{location}");
    client.get(&location).await
}

/// Sends the choices for the columns, and returns the import's page once the list is checked.
pub async fn check(client: &Client, page: &Page, changes: &[(&str, Option<&str>)]) -> Page {
    let answer = client.submit(page, "form.mapping", changes).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    client.at_rest(&answer.location()).await
}

/// Confirms what the page of an import shows.
pub async fn confirm(client: &Client, page: &Page) -> Page {
    let answer = client.submit(page, "form[action$='/confirm']", &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    client.at_rest(&answer.location()).await
}

pub async fn imported(
    client: &Client,
    name: &str,
    bytes: impl Into<Vec<u8>>,
    changes: &[(&str, Option<&str>)],
) -> Page {
    let page = columns(client, name, bytes).await;
    let checked = check(client, &page, changes).await;
    confirm(client, &checked).await
}

/// The values of a contact's form.
pub async fn values(client: &Client, name: &str, fields: &[&str]) -> Vec<String> {
    let list = client.get(&format!("/contacts?q={name}")).await;
    let links = list.attributes("tbody th a", "href");
    assert_eq!(links.len(), 1, "{name}: {}", list.body);
    let path = links[0].split('?').next().unwrap();
    let form = client.get(&format!("{path}/edit")).await.form("main form");
    let value = |field: &&str| {
        let found = form.fields.iter().find(|(name, _)| name == field);
        found.map_or_else(String::new, |(_, value)| value.clone())
    };
    fields.iter().map(value).collect()
}

/// The paths of the doubtful rows that wait, as the page of all groups shows them.
pub async fn waiting_rows(client: &Client) -> Vec<String> {
    client.get("/reviews").await.attributes("main a[href^='/reviews/']", "href")
}

/// Imports a strict list whose doubtful rows wait.
pub async fn imported_carefully(client: &Client, name: &str, list: &str) -> Page {
    let ticked = [("on_ambiguous", "review")];
    let request = client.upload_request(name, list.as_bytes(), &ticked).await;
    let answer = Page::read(request.send().await.unwrap()).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    client.at_rest(&answer.location()).await
}
