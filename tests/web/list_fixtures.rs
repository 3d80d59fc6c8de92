//! The lists of `tests/files/lists`, as other programs write them: the fields that are proposed for their columns, and the contacts
//! that come of them. `expected/<list>.txt` beside the lists says both; `CARNET_WRITE_LISTS=1` writes what came instead.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::external_ids::add_source;
use crate::support::lists::{check, confirm};
use crate::support::{Backend, Client, Page, TestApp, with_app};

/// Makes a test of each kind of list, since the lists of a kind follow each other.
macro_rules! kinds {
    ($($name:ident: $prefixes:expr;)+) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                super::each($crate::support::Backend::Sqlite, &$prefixes);
            }
        }
    )+};
}

kinds! {
    lists_of_address_books_are_read: ["google-", "outlook-", "thunderbird-"];
    lists_of_customer_programs_are_read: ["espocrm-", "chatwoot", "genesys", "salesforce", "hubspot", "dolibarr"];
    lists_of_staff_programs_are_read: ["hr-", "microsoft-", "active-"];
    lists_of_colleagues_are_read: ["a", "e", "mac-", "numbers-", "pipes", "statuses", "strict-", "unicode-"];
    workbooks_are_read: ["office-", "openpyxl", "odfpy", "xlwt"];
    cards_are_read: ["bluetooth", "icloud", "iphone", "khard-", "nextcloud", "vobject"];
}

/// Both databases store the same.
mod some_lists_are_read_on_the_other_database {
    #[test]
    fn postgres() {
        super::each(crate::support::Backend::Postgres, &["hr-", "office-formulas", "icloud"]);
    }
}

#[test]
fn every_list_is_expected_and_read() {
    let tests = include_str!("list_fixtures.rs");
    let lists = lists();
    assert!(lists.len() >= 50, "{}", lists.len());
    for list in lists {
        let name = name(&list);
        let prefixes = tests.split('"').skip(1).step_by(2);
        assert!(
            prefixes.filter(|part| !part.is_empty()).any(|prefix| name.starts_with(prefix)),
            "{name} is in no test"
        );
        assert!(fs::exists(expected(&list)).unwrap(), "{name}");
    }
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
fn each(backend: Backend, prefixes: &[&str]) {
    let mut count = 0;
    let mut wrong = Vec::new();
    for list in lists() {
        let name = name(&list);
        let is_wanted = prefixes.iter().any(|prefix| name.starts_with(prefix));
        // Names that begin with a longer prefix of another test belong there.
        if !is_wanted || (prefixes.contains(&"a") && name.starts_with("active-")) {
            continue;
        }
        count += 1;
        let found = &mut String::new();
        let bytes = fs::read(&list).unwrap();
        with_app(backend, async |app| *found = outcome(&app, bytes).await);
        if std::env::var_os("CARNET_WRITE_LISTS").is_some() {
            fs::create_dir_all(folder().join("expected")).unwrap();
            fs::write(expected(&list), &found).unwrap();
        }
        let expected = fs::read_to_string(expected(&list)).unwrap_or_default();
        if *found != expected {
            wrong.push(format!("{name}:\n{found}\ninstead of\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(count > 1);
}

/// Imports a list as a coordinator does who accepts what is proposed, and returns what was proposed and what came of it.
async fn outcome(app: &TestApp, bytes: Vec<u8>) -> String {
    let (alice, root) = (app.coordinator().await, app.administrator().await);
    add_source(&root, "RH").await;
    let answer = alice.upload("liste", bytes, false).await;
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
    let rows = page
        .select("table.mapping tbody th")
        .into_iter()
        .zip(page.attributes("table.mapping tbody th label", "for"));
    let chosen = |control: &str| page.attributes(&format!("#{control} option[selected]"), "value").concat();
    rows.map(|(heading, control)| (heading, chosen(&control)))
        .filter(|(_, target)| !target.is_empty())
        .map(|(heading, target)| format!("{heading} → {target}"))
        .collect()
}

/// All that a contact has, by the form, the facts and the notes of its page.
async fn contact(client: &Client, path: &str) -> Vec<String> {
    let form = client.get(&format!("{path}/edit")).await.form("main form");
    let mut lines = vec!["—".to_owned()];
    let technical = ["csrf", "version", "from", "expert", "copy", "form_key", "organization_id"];
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
    for note in page.select("#notes .note") {
        lines.push(format!("note: {note}"));
    }
    lines
}
