//! The lists of `tests/files/lists`, as other programs write them: the fields that are proposed for their columns, and the contacts
//! that come of them. `expected/<list>.txt` beside the lists says both; `CARNET_WRITE_LISTS=1` writes what came instead.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::external_ids::add_source;
use crate::support::lists::{check, confirm};
use crate::support::{Backend, Client, Page, TestApp, with_app};

const ADDRESS_BOOKS: &[&str] = &["google-", "outlook-", "thunderbird-"];
const CUSTOMERS: &[&str] = &["espocrm-", "chatwoot", "genesys", "salesforce", "hubspot", "dolibarr"];
const STAFF: &[&str] = &["hr-", "microsoft-", "active-"];
const COLLEAGUES: &[&str] =
    &["addresses", "annuaire", "excel", "mac-", "numbers-", "pipes", "statuses", "strict-", "unicode-"];
const WORKBOOKS: &[&str] = &["office-", "openpyxl", "odfpy", "xlwt", "hidden"];
const CARDS: &[&str] = &[
    "android",
    "bluetooth",
    "google.",
    "icloud",
    "iphone",
    "khard-",
    "nextcloud",
    "outlook.",
    "thunderbird.",
    "vobject",
];

/// Makes a test of each kind of list; those of a kind follow each other.
macro_rules! tests {
    ($($name:ident: $backend:ident $lists:expr;)+) => {$(
        #[test]
        fn $name() {
            each(Backend::$backend, $lists);
        }
    )+};
}

tests! {
    lists_of_address_books_are_read: Sqlite ADDRESS_BOOKS;
    lists_of_customer_programs_are_read: Sqlite CUSTOMERS;
    lists_of_staff_programs_are_read: Sqlite STAFF;
    lists_of_colleagues_are_read: Sqlite COLLEAGUES;
    workbooks_are_read: Sqlite WORKBOOKS;
    cards_are_read: Sqlite CARDS;
    lists_of_staff_programs_are_read_on_the_other_database: Postgres STAFF;
    cards_are_read_on_the_other_database: Postgres CARDS;
}

#[test]
fn every_list_has_a_test_and_an_expectation() {
    let lists = lists();
    assert!(lists.len() >= 60, "{}", lists.len());
    for list in lists {
        let kinds = [ADDRESS_BOOKS, CUSTOMERS, STAFF, COLLEAGUES, WORKBOOKS, CARDS];
        let count = kinds.iter().filter(|kind| is_of(name(&list), kind)).count();
        assert_eq!(count, 1, "{}", name(&list));
        assert!(fs::exists(expected(&list)).unwrap(), "{}", name(&list));
    }
}

fn is_of(name: &str, kind: &[&str]) -> bool {
    kind.iter().any(|prefix| name.starts_with(prefix))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/lists")
}

/// The paths of all lists, in order.
fn lists() -> Vec<PathBuf> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut lists: Vec<PathBuf> =
        files.filter(|path| path.is_file() && path.extension().is_none_or(|kind| kind != "py")).collect();
    lists.sort();
    lists
}

fn name(list: &Path) -> &str {
    list.file_name().unwrap().to_str().unwrap()
}

fn expected(list: &Path) -> PathBuf {
    folder().join("expected").join(format!("{}.txt", name(list)))
}

/// Reads the lists whose names begin so, each into a book of its own.
fn each(backend: Backend, kind: &[&str]) {
    let mut wrong = Vec::new();
    for list in lists().into_iter().filter(|list| is_of(name(list), kind)) {
        let bytes = fs::read(&list).unwrap();
        let mut found = String::new();
        with_app(backend, async |app| found = outcome(&app, bytes).await);
        if std::env::var_os("CARNET_WRITE_LISTS").is_some() {
            fs::create_dir_all(folder().join("expected")).unwrap();
            fs::write(expected(&list), &found).unwrap();
        }
        let expected = fs::read_to_string(expected(&list)).unwrap_or_default();
        // Without PostgreSQL the test is left out, and nothing is found.
        if !found.is_empty() && found != expected {
            wrong.push(format!("{}:\n{found}\ninstead of\n{expected}", name(&list)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Imports a list as a coordinator does who accepts what is proposed, and returns what was proposed and what came of it.
async fn outcome(app: &TestApp, bytes: Vec<u8>) -> String {
    let (alice, root) = (app.coordinator().await, app.administrator().await);
    add_source(&root, "RH").await;
    let answer = alice.upload("liste", bytes, true).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let mut lines = Vec::new();
    let checked = if answer.location().ends_with("/columns") {
        let page = alice.get(&answer.location()).await;
        lines.extend(proposed(&page));
        check(&alice, &page, &[("create_organizations", Some("on"))]).await
    } else {
        lines.push("nothing to choose".to_owned());
        alice.at_rest(&answer.location()).await
    };
    for row in checked.select("table.findings tbody tr") {
        lines.push(format!("rejected: {row}"));
    }
    if !checked.select("form[action$='/confirm']").is_empty() {
        let done = confirm(&alice, &checked).await;
        lines.push(format!("= {}", done.select("ul.tally li").join(", ")));
    }
    for path in alice.get("/contacts").await.attributes("tbody th a", "href") {
        lines.extend(contact(&alice, path.split('?').next().unwrap()).await);
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The columns for which a field is proposed.
fn proposed(page: &Page) -> Vec<String> {
    let fields = page.form("form.mapping").fields;
    let chosen = |control: &str| {
        fields.iter().find(|(name, _)| name == control).map_or("", |(_, value)| value.as_str())
    };
    let controls = page.attributes("table.mapping tbody th label", "for");
    let rows = page.select("table.mapping tbody th").into_iter().zip(controls);
    rows.filter_map(|(heading, control)| match chosen(&control) {
        "" => None,
        target => Some(format!("{heading} → {target}")),
    })
    .collect()
}

/// All that a contact has, by the form, the facts and the notes of its page.
async fn contact(client: &Client, path: &str) -> Vec<String> {
    let form = client.get(&format!("{path}/edit")).await.form("main form");
    let mut lines = vec!["—".to_owned()];
    let technical = ["csrf", "version", "from", "form_key", "organization_id"];
    for (field, value) in form.fields {
        if !value.is_empty() && !technical.contains(&field.as_str()) {
            lines.push(format!("{field}: {}", value.replace('\n', "⏎")));
        }
    }
    let page = client.get(path).await;
    for (label, value) in page.select(".facts dt").into_iter().zip(page.select(".facts dd")) {
        if ["Spécialités", "Langues"].contains(&label.as_str()) || label.starts_with("Identifiant") {
            lines.push(format!("{label}: {value}"));
        }
    }
    for note in page.select("#notes .note .lines") {
        lines.push(format!("note: {note}"));
    }
    lines
}
