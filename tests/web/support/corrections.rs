//! Rejected lines that are fixed in the page.

use super::lists::{check, columns, confirm};
use super::preview::counts;
use super::{Client, Page, TestApp};

/// The address of the rejected lines of an import.
pub fn lines_of(page: &Page) -> String {
    page.attributes("#rejected ~ .actions a[href$='/lines'], a[href$='/lines']", "href").remove(0)
}

/// The page with the rejected lines of an import.
pub async fn open(client: &Client, import: &Page) -> Page {
    let page = client.get(&lines_of(import)).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page
}

/// Sends the lines with these cells.
pub async fn fix(client: &Client, page: &Page, cells: &[(&str, &str)]) -> Page {
    let cells: Vec<(&str, Option<&str>)> = cells.iter().map(|(name, value)| (*name, Some(*value))).collect();
    client.submit(page, "form#lines", &cells).await
}

/// What a cell of the form has.
pub fn value(page: &Page, cell: &str) -> String {
    let form = page.form("form#lines");
    form.fields.iter().find(|(name, _)| name == cell).unwrap_or_else(|| panic!("{cell}")).1.clone()
}

const ROWS: &str = "Nom;E-mail;Organisation;Note libre\n\
    Zola;anne@b.fr;Mairie de Lyon;\n\
    Petit;marc@;Mairie de Lyo;\"une\nnote\"\n\
    Roux;zoe@b.fr;Mairie de Lyo;\n";

/// A list with two rejected rows, before the decision or, with `on_error`, after the import.
pub async fn mapped(app: &TestApp, on_error: bool) -> (Client, Page) {
    let alice = app.coordinator().await;
    let form = alice.get("/organizations/new").await;
    alice.submit(&form, "main form", &[("name", Some("Mairie de Lyon"))]).await;
    let page = columns(&alice, "liste", ROWS).await;
    let choices =
        [("create_organizations", None), ("column_3", Some("organization")), ("column_4", Some(""))];
    let checked = check(&alice, &page, &choices).await;
    assert_eq!(counts(&checked)[5], 2, "{}", checked.body);
    let import = if on_error { confirm(&alice, &checked).await } else { checked };
    (alice, import)
}
