//! Contacts by the form and by the list.

use super::Client;

/// Adds a contact by the form, and returns its path.
pub async fn add(alice: &Client, fields: &[(&str, &str)]) -> String {
    let form = alice.get("/contacts/new").await;
    let mut fields: Vec<(&str, Option<&str>)> =
        fields.iter().map(|(name, value)| (*name, Some(*value))).collect();
    if !fields.iter().any(|(name, _)| *name == "email") {
        fields.push(("copy", None));
    }
    let answer = alice.submit(&form, "main form", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.location()
}

/// The id in the path of a contact.
pub fn id(path: &str) -> i64 {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

/// The path of the contact that a search for this e-mail finds.
pub async fn contact(client: &Client, email: &str) -> String {
    let page = client.get(&format!("/contacts?q={email}")).await;
    page.attributes("tbody th a", "href").remove(0)
}
