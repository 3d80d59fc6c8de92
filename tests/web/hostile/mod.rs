//! Awkward texts in every field, list, search and address: stored unchanged or refused with what was typed, never a fault of the
//! server, never executed. `CARNET_TEST_STRINGS=all` tries every text everywhere; otherwise each form and each address tries a
//! share of them.

mod strings;

use std::collections::HashSet;

use carnet::db::schema::contacts;
use carnet::domain::{unguarded, visible};
use diesel::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use self::strings::strings;
use crate::support::external_ids::add_source;
use crate::support::measured::print;
use crate::support::{Client, PASSWORD, Page, TestApp};

/// Elements that our pages never contain: they would come from a user's text.
const FOREIGN: &str = "script, iframe, object, embed, svg:not(.qr, .share), style, base, img:not([src^='/static/']), \
                       [onload], [onerror], [onfocus], meta[http-equiv=refresh], a[href^='javascript'], a[href^='data:'], \
                       a[href^='//'], form[action^='//']";

/// Fields of a contact that take any text, with their lengths.
const FREE: [(&str, usize); 6] =
    [("first_name", 50), ("last_name", 50), ("title", 100), ("service", 50), ("address", 100), ("city", 100)];

/// One text of this many is tried, unless all are.
const SHARE: usize = 6;

/// The texts that are tried at the `turn`-th place.
fn share(turn: usize) -> Vec<String> {
    let all = strings();
    if std::env::var_os("CARNET_TEST_STRINGS").is_some() {
        return all;
    }
    let own = all.into_iter().enumerate();
    own.filter(|(index, _)| index % SHARE == turn % SHARE).map(|(_, text)| text).collect()
}

/// Addresses with places for a text, written as `~`.
const ADDRESSES: [&str; 12] = [
    "/contacts?q=~",
    "/contacts?service=~&city=~&organization=~&import=~&topic=~&sort=~",
    "/contacts?status=~&after=~&before=~&from=~",
    "/contacts/choices?by=city&find=~&from=~",
    "/contacts/bulk?q=~&do=~",
    "/imports?name=~&state=~&since=~&until=~&before=~",
    "/organizations?q=~&from=~",
    "/audit?account=~&kind=~&contact=~&since=~&before=~",
    "/login?next=~",
    "/contacts/~",
    "/organizations/~/edit",
    "/static/~/~",
];

/// The stored form of a line of text; `None` if it cannot be stored. Invisible characters are removed.
fn kept(typed: &str, max: usize) -> Option<String> {
    let text: String = visible(typed).trim().nfc().collect();
    let is_line = |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    (text.chars().count() <= max && text.chars().all(is_line)).then_some(text)
}

fn is_ours(page: &Page, what: &str) {
    assert!(page.status < 500, "{what}: {}", page.status);
    let foreign = page.select(FOREIGN);
    assert!(foreign.is_empty(), "{what}: {foreign:?} in {}", page.body);
}

/// The values of a form's fields.
fn values(page: &Page, selector: &str) -> Vec<(String, String)> {
    page.form(selector).fields
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(field, _)| field == name);
    found.map_or("", |(_, value)| value.as_str())
}

/// The text as a form sends and a page shows it: one kind of line break, and none in a field of one line.
fn in_a_field(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\n', '\r'], "")
}

both_backends!(
    awkward_texts_in_a_contact_are_stored_unchanged_or_come_back_with_the_error,
    awkward_texts_in_searches_and_addresses_are_plain_text,
    awkward_texts_in_a_list_are_stored_unchanged_or_rejected,
    awkward_texts_in_every_other_form_cause_no_server_error,
);

async fn awkward_texts_in_a_contact_are_stored_unchanged_or_come_back_with_the_error(app: TestApp) {
    let alice = app.coordinator().await;
    let strings = strings();
    assert!(strings.len() >= 300, "{}", strings.len());
    print(&format!("hostile texts: {} through every field of the contact's form", strings.len()));
    for text in &strings {
        let form = alice.get("/contacts/new").await;
        let mut typed: Vec<(&str, Option<&str>)> =
            FREE.iter().map(|(name, _)| (*name, Some(text.as_str()))).collect();
        typed.extend([("civility", Some("Mme")), ("copy", None)]);
        let answer = alice.submit(&form, "main form", &typed).await;
        is_ours(&answer, text);
        let is_kept = FREE.iter().all(|(_, max)| kept(text, *max).is_some_and(|kept| !kept.is_empty()));
        if !is_kept {
            assert_eq!(answer.status, 422, "{text:?}");
            let fields = values(&answer, "main form");
            for (name, _) in FREE {
                let back = value(&fields, name);
                // A page cannot hold a NUL, a parser normalizes line breaks, and invisible characters are removed.
                let text = in_a_field(&visible(text)).replace('\0', "\u{fffd}");
                assert_eq!(in_a_field(back).replace('\0', "\u{fffd}"), text, "{name} comes back");
            }
            continue;
        }
        assert_eq!(answer.status, 303, "{text:?}: {:?}", answer.select(".errors"));
        let saved = alice.follow(&answer).await;
        is_ours(&saved, text);
        let path = answer.location();
        let path = path.split(['?', '#']).next().unwrap();
        let edit = alice.get(&format!("{path}/edit")).await;
        is_ours(&edit, text);
        let fields = values(&edit, "main form");
        for (name, max) in FREE {
            assert_eq!(value(&fields, name), kept(text, max).unwrap(), "{name} is as it was typed");
        }
    }
}

async fn awkward_texts_in_searches_and_addresses_are_plain_text(app: TestApp) {
    let carnet = app.administrator().await;
    for (turn, pattern) in ADDRESSES.iter().enumerate() {
        for text in share(turn) {
            let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let path = pattern.replace('~', &text);
            // The client does not send longer ones, and the server does not read them.
            if path.len() > 60_000 {
                continue;
            }
            let answer = carnet.get(&path).await;
            is_ours(&answer, &path);
            if answer.status == 303 {
                let to = answer.location();
                assert!(to.starts_with('/') && !to.starts_with("//"), "{path} leads to {to}");
            }
        }
    }
}

async fn awkward_texts_in_a_list_are_stored_unchanged_or_rejected(app: TestApp) {
    let alice = app.coordinator().await;
    let mut list = csv::Writer::from_writer(Vec::new());
    let mut expected = HashSet::new();
    for (index, text) in strings().iter().enumerate() {
        let email = format!("p{index}@mairie.example");
        list.write_record(["Mme", text, "Nom", &email, text, "0110203040", text, text]).unwrap();
        let kept = kept(text, 50).filter(|kept| !kept.is_empty());
        // A strict file has no quotes, and so no separator in a value.
        if let Some(kept) = kept.filter(|_| !text.contains(['"', ',', '\n', '\r'])) {
            // Apostrophes before a formula are removed, as our own exports add them.
            expected.insert((email, unguarded(&kept).into_owned()));
        }
    }
    let page = alice.import("bizarre", list.into_inner().unwrap(), true).await;
    is_ours(&page, "the import's page");
    let rows: Vec<(Option<String>, String, String, String, String)> = app
        .db
        .read(|conn| {
            Ok(contacts::table
                .select((
                    contacts::email,
                    contacts::first_name,
                    contacts::service,
                    contacts::address,
                    contacts::city,
                ))
                .load(conn)?)
        })
        .await
        .unwrap();
    assert!(rows.len() > 150, "{}", rows.len());
    for (email, first_name, service, address, city) in &rows {
        for other in [service, address, city] {
            assert_eq!(other, first_name, "{email:?}");
        }
    }
    let held: HashSet<(String, String)> =
        rows.into_iter().map(|row| (row.0.unwrap_or_default(), row.1)).collect();
    let missing: Vec<_> = expected.difference(&held).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // An export of the book can be imported again without a change.
    let export = alice.get("/contacts.csv?format=strict").await;
    assert_eq!(export.status, 200, "{}", export.body);
    let again = alice.import("encore", export.body, true).await;
    let told = again.select("main").concat();
    assert!(!told.contains("rejetée"), "{told}");
}

async fn awkward_texts_in_every_other_form_cause_no_server_error(app: TestApp) {
    let carnet = app.administrator().await;
    carnet.import("juin", "Mme,Zoé,Martin,zoe@mairie.example,Voirie,0110203040,,Lyon\n", false).await;
    let person = carnet.get("/contacts").await.attributes("tbody th a", "href").remove(0);
    add_source(&carnet, "CRM").await;
    let list = "Nom;Adresse e-mail\nZola;zola@mairie.example\n";
    let columns = carnet.upload("colonnes", list, false).await.location();
    let page = carnet.get(&columns).await;
    carnet.submit(&page, "form.mapping", &[("profile_name", Some("RH"))]).await;
    let columns = carnet.upload("autres", list.replace("Nom", "Name"), false).await.location();
    let profile = carnet.get("/import-profiles").await.attributes("tbody th a", "href").remove(0);
    let page = carnet.get("/account/second-factor").await;
    carnet.submit(&page, "main form", &[("current_password", Some(PASSWORD))]).await;
    let forms = [
        ("/organizations/new".to_owned(), "main form"),
        ("/contact-types/new".to_owned(), "main form"),
        ("/contacts/filters/new?city=lyon".to_owned(), "main form"),
        ("/users/new".to_owned(), "main form"),
        ("/account".to_owned(), "form[action$=password]"),
        ("/account/second-factor/key".to_owned(), "main form"),
        ("/settings".to_owned(), "main form"),
        ("/imports/new".to_owned(), "main form"),
        (format!("{person}/absence"), "main form"),
        (format!("{person}/expertise"), "main form"),
        (format!("{person}/external-ids"), "main form"),
        ("/sources".to_owned(), "main form"),
        (columns, "form.mapping"),
        (profile, "main form.card"),
        (format!("{person}/edit"), "main form"),
        (person.clone(), "#notes form"),
    ];
    for (turn, (path, selector)) in forms.into_iter().enumerate() {
        let page = carnet.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        for text in &share(turn) {
            let answer = fill(&carnet, &page, selector, text).await;
            is_ours(&answer, &format!("{path} with {text:?}"));
            assert!(
                matches!(answer.status, 303 | 400 | 409 | 413 | 422 | 429),
                "{path} with {text:?}: {}",
                answer.status
            );
        }
    }
    is_ours(&carnet.get("/organizations").await, "the organizations");
    is_ours(&carnet.get("/audit").await, "the journal");
    is_ours(&carnet.get(&person).await, "the person");
}

/// Sends a form with the same text in every field that is typed or chosen.
async fn fill(client: &Client, page: &Page, selector: &str, text: &str) -> Page {
    let form = page.form(selector);
    let all: Vec<(String, Option<&str>)> = form
        .fields
        .iter()
        .filter(|(name, _)| !["csrf", "version", "key", "step", "current_password"].contains(&name.as_str()))
        .map(|(name, _)| (name.clone(), Some(text)))
        .collect();
    let all: Vec<(&str, Option<&str>)> = all.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    client.submit(page, selector, &all).await
}
