//! Contact types with their fields.

use super::Client;

/// Adds a type with fields: label, kind, choices, required.
pub async fn add_type(charlie: &Client, name: &str, fields: &[(&str, &str, &str, bool)]) -> String {
    let form = charlie.get("/contact-types/new").await;
    let added = charlie.submit(&form, "main form", &[("name", Some(name))]).await;
    let path = added.location();
    for (label, kind, choices, required) in fields {
        let form = charlie.get(&format!("{path}/fields/new")).await;
        let typed = [
            ("label", Some(*label)),
            ("kind", Some(*kind)),
            ("choices", Some(*choices)),
            ("required", required.then_some("on")),
        ];
        let saved = charlie.submit(&form, "main form", &typed).await;
        assert_eq!(saved.status, 303, "{label}: {:?}", saved.errors());
    }
    path
}
