//! Every page is judged twice: by the Nu HTML checker for its markup, and by axe-core in Chromium for WCAG 2.2 AA.
//!
//! A new page gets a row in one of the tables of `visits.rs`, and both tests check it.

mod book;
mod visits;

use std::time::Duration;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use fantoccini::Locator;
use serde_json::{Value, json};

use crate::support::{Backend, Driver, PASSWORD, Person, TestApp, installed, left_out, person, with_app_and};
use visits::{BEFORE_ANY_LIST, BEFORE_ANYBODY, IN_USE, STRANGER, Sending, Visit, Who};

/// Goes through the three tables while a book is filled, and calls `look` with each visit and its path.
async fn walk(app: &TestApp, mut look: impl AsyncFnMut(Visit, &str)) {
    for visits in [BEFORE_ANYBODY, BEFORE_ANY_LIST] {
        for visit in visits {
            look(*visit, visit.path).await;
        }
    }
    book::fill(app).await;
    let places = book::places(app).await;
    for visit in IN_USE {
        let path = match visit.path.strip_prefix('{').and_then(|path| path.split_once('}')) {
            Some((name, rest)) => {
                let place = places.iter().find(|(known, _)| known == name);
                let (_, place) = place.unwrap_or_else(|| panic!("{name} is not in {places:?}"));
                format!("{place}{rest}")
            }
            None => visit.path.to_owned(),
        };
        look(*visit, &path).await;
    }
}

/// A file of the checkers that `npm ci --prefix tests/tools` installs.
fn tool(file: &str) -> Option<PathBuf> {
    let modules = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/node_modules");
    Some(PathBuf::from(modules).join(file)).filter(|path| path.is_file())
}

/// Runs a test with a provider of company accounts, which is down.
fn with_a_provider<Fut: Future<Output = ()>>(test: impl FnOnce(TestApp) -> Fut) {
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    secret.write_all(b"a secret").unwrap();
    let options = [
        "--public-url=http://127.0.0.1",
        "--oidc-issuer=http://127.0.0.1:1",
        "--oidc-client-id=carnet",
        "--oidc-agents=phones",
        "--oidc-client-secret-file",
        secret.path().to_str().unwrap(),
    ];
    with_app_and(Backend::Sqlite, &options, test);
}

#[test]
fn every_page_is_html_without_an_error() {
    let (Some(java), Some(vnu)) = (installed("java"), tool("vnu-jar/build/dist/vnu.jar")) else {
        return left_out("java and the Nu HTML checker (npm ci --prefix tests/tools)");
    };
    with_a_provider(async |app| {
        let folder = tempfile::tempdir().unwrap();
        let mut visits = Vec::new();
        let mut client = app.stranger();
        let mut who = STRANGER;
        walk(&app, async |visit, path| {
            if visit.who != who {
                who = visit.who;
                client = match who {
                    Some(role) => app.sign_in(role).await,
                    None => app.stranger(),
                };
            }
            let mut page = client.get(path).await;
            if let Some(Sending { form, fields }) = visit.sends {
                let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, Some(*text))).collect();
                page = client.submit(&page, form, &fields).await;
            }
            assert_eq!(page.status, visit.status, "{visit}: {}", page.body);
            if page.status == 303 {
                page = client.follow(&page).await;
            }
            let file = folder.path().join(format!("{}.html", visits.len()));
            std::fs::write(file, page.body).unwrap();
            visits.push(visit);
        })
        .await;

        let checked = Command::new(java)
            .arg("-jar")
            .arg(vnu)
            .args(["--format", "json", "--stdout", "--errors-only", "--skip-non-html"])
            .arg(folder.path())
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&checked.stdout).unwrap();
        let faults: String = report["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| {
                let url = message["url"].as_str().unwrap_or_default();
                let number = url.rsplit('/').next().unwrap().trim_end_matches(".html");
                let visit = number.parse().ok().and_then(|number: usize| visits.get(number));
                let visit = visit.map_or(url.to_owned(), Visit::to_string);
                format!(
                    "{visit}, line {}: {}\n    {}\n",
                    message["lastLine"], message["message"], message["extract"]
                )
            })
            .collect();
        assert!(faults.is_empty(), "the Nu HTML checker finds\n{faults}");
        assert!(checked.status.success(), "{checked:?}");
    });
}

/// Widths in CSS pixels.
const DESKTOP: u16 = 1280;
const PHONE: u16 = 390;
const SCHEMES: [&str; 2] = ["light", "dark"];

#[test]
fn every_page_passes_axe_in_light_and_dark_on_a_desktop() {
    passes_axe_at(DESKTOP);
}

#[test]
fn every_page_passes_axe_in_light_and_dark_on_a_phone() {
    passes_axe_at(PHONE);
}

fn passes_axe_at(width: u16) {
    let Some(axe) = tool("axe-core/axe.min.js") else {
        return left_out("axe-core (npm ci --prefix tests/tools)");
    };
    let Some(driver) = Driver::start() else {
        return left_out("Chromium and chromedriver");
    };
    let axe = std::fs::read_to_string(axe).unwrap();
    with_a_provider(async |app| {
        let inspector = driver.inspector(&app).await;
        let mut faults = Vec::new();
        let mut who = STRANGER;
        walk(&app, async |visit, path| {
            if visit.who != who {
                who = visit.who;
                change_to(&app, &inspector, who).await;
            }
            inspector.open(path).await;
            if let Some(Sending { form, fields }) = visit.sends {
                type_and_send(&inspector, form, fields).await;
            }
            let script =
                "const [{redirectCount, responseStatus}] = performance.getEntriesByType('navigation');
                return [redirectCount, responseStatus];";
            let answer = inspector.browser.execute(script, Vec::new()).await;
            let expected = match visit.status {
                303 => [1, 200],
                status => [0, status],
            };
            assert_eq!(answer.unwrap(), json!(expected), "{visit}");
            // The driver's scripts are not subject to the page's content security policy.
            inspector.browser.execute(&axe, Vec::new()).await.unwrap();
            // What lies half under the bar at the window's edge is a small target until somebody scrolls.
            let uncover =
                "for (const bar of document.querySelectorAll('.bar')) bar.style.position = 'static';";
            inspector.browser.execute(uncover, Vec::new()).await.unwrap();
            for scheme in SCHEMES {
                show_at(&inspector, width, scheme).await;
                for fault in violations(&inspector, scheme).await {
                    faults.push(format!("{visit}, {scheme} at {width}: {fault}"));
                }
            }
        })
        .await;
        inspector.browser.clone().close().await.unwrap();
        assert!(faults.is_empty(), "axe finds\n{}", faults.join("\n"));
    });
}

async fn change_to(app: &TestApp, inspector: &Person, who: Who) {
    inspector.open("/login").await;
    inspector.browser.delete_all_cookies().await.unwrap();
    if let Some(role) = who {
        app.add_account(person(role), role).await;
        inspector.open("/login").await;
        type_and_send(inspector, "main form", &[("username", person(role)), ("password", PASSWORD)]).await;
    }
}

/// Types into a form, including its hidden fields, and presses its main button.
async fn type_and_send(inspector: &Person, form: &str, fields: &[(&str, &str)]) {
    // Some forms are folded.
    let unfold = "for (const folded of document.querySelectorAll('details')) folded.open = true;";
    inspector.browser.execute(unfold, Vec::new()).await.unwrap();
    for (name, text) in fields {
        let script = "const [form, name, text] = arguments;
            const control = document.querySelector(form).elements[name];
            if (control.type === 'checkbox') control.checked = true; else control.value = text;";
        let arguments = vec![json!(form), json!(name), json!(text)];
        inspector.browser.execute(script, arguments).await.unwrap();
    }
    let main = format!("{form} button.main");
    let has_main = inspector.browser.find(Locator::Css(&main)).await.is_ok();
    let button = if has_main { main } else { format!("{form} button") };
    // By script, because some buttons are only for the keyboard.
    let left = inspector.browser.find(Locator::Css("html")).await.unwrap();
    let press = "document.querySelector(arguments[0]).click();";
    inspector.browser.execute(press, vec![json!(button)]).await.unwrap();
    for _ in 0..200 {
        if left.tag_name().await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{button} leads to no other page");
}

/// Sets the width and the colour scheme of the page that is shown.
async fn show_at(inspector: &Person, width: u16, scheme: &str) {
    let screen = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
    inspector.chromium("Emulation.setDeviceMetricsOverride", screen).await;
    // Without animation: the contrast of a colour in transition is meaningless.
    let features = json!({"features": [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]});
    inspector.chromium("Emulation.setEmulatedMedia", features).await;
    let script = "return [innerWidth, matchMedia(`(prefers-color-scheme: ${arguments[0]})`).matches];";
    let shown = inspector.browser.execute(script, vec![json!(scheme)]).await;
    assert_eq!(shown.unwrap(), json!([width, true]));
}

/// The violations that axe finds on the page; for the dark scheme only colours are checked.
async fn violations(inspector: &Person, scheme: &str) -> Vec<String> {
    let rules = match scheme {
        "dark" => json!({"type": "rule", "values": ["color-contrast"]}),
        _ => {
            json!({"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        }
    };
    let script = "const [rules, done] = arguments;
        axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(
            ({passes, violations}) => done({
                looked: passes.length,
                found: violations.flatMap(({id, nodes}) =>
                    nodes.map(({html, failureSummary}) => `${id}: ${html} ${failureSummary}`)),
            }),
            fault => done({looked: 0, found: [String(fault)]}));";
    let mut report = inspector.browser.execute_async(script, vec![rules]).await.unwrap();
    assert_ne!(report["looked"], 0, "axe looked at nothing: {report}");
    serde_json::from_value(report["found"].take()).unwrap()
}
