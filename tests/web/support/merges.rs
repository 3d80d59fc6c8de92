//! Two contacts, and merging them.

use super::contacts::id;
use super::{Client, Page};

pub const ONE: &str = "Mme,Hélène,Lefèvre,abc55@mairie.example,Voirie,0110203040,1 rue Haute,Lyon\n";
pub const TWO: &str = "Mme,Helene,Lefevre,zoe77@mairie.example,Eau,0110203040,,Paris\n";

/// Imports [`ONE`] and [`TWO`], and returns the paths of the two contacts.
pub async fn two(alice: &Client) -> (String, String) {
    alice.import("un", ONE, false).await;
    alice.import("deux", TWO, false).await;
    let find = async |email: &str| {
        let page = alice.get(&format!("/contacts?q={email}")).await;
        page.attributes("tbody th a", "href").remove(0)
    };
    (find("abc55@mairie.example").await, find("zoe77@mairie.example").await)
}

/// The page that asks which values two contacts keep.
pub async fn ask(alice: &Client, low: &str, high: &str) -> Page {
    let page = alice.get(&format!("/duplicates/{}/{}/merge", id(low), id(high))).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page
}

/// Merges two contacts with these choices; returns the page afterwards.
pub async fn merge(alice: &Client, low: &str, high: &str, choices: &[(&str, Option<&str>)]) -> Page {
    let page = ask(alice, low, high).await;
    let answer = alice.submit(&page, "main form", choices).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    alice.follow(&answer).await
}

/// The values of the contact's form.
pub async fn values(alice: &Client, path: &str) -> Vec<(String, String)> {
    let page = alice.get(&format!("{path}/edit")).await;
    let mut fields = page.form("main form").fields;
    fields.retain(|(name, value)| {
        !value.is_empty() && !matches!(name.as_str(), "csrf" | "version" | "form_key")
    });
    fields
}

/// The value of one field of the contact's form.
pub async fn value(alice: &Client, path: &str, name: &str) -> String {
    let fields = values(alice, path).await;
    fields.into_iter().find(|(known, _)| known == name).map_or_else(String::new, |(_, value)| value)
}

/// The paths of the contacts that a search finds.
pub async fn found(alice: &Client, question: &str) -> Vec<String> {
    let page = alice.get(&format!("/contacts?q={question}")).await;
    page.attributes("tbody th a", "href")
}
