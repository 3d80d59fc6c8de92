//! Imports through the API.

use carnet::db::schema::audit_entries;
use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::keys::{Answer, Program, program, read};
use crate::support::lists::{check, columns, confirm};
use crate::support::{Client, TestApp};

both_backends!(
    a_strict_file_is_imported_at_once,
    a_profile_reads_a_list,
    an_import_that_must_ask_says_so,
    what_the_page_refuses_is_refused,
    only_a_body_that_no_form_can_send_is_a_file,
    imports_are_listed,
    a_file_that_is_sent_twice_is_imported_once,
);

const PATH: &str = "/api/v1/imports";
const STRICT: &str = "M.,Ada,Zola,ada@b.fr,,,,Lyon\nMme,Bob,Yak,bob@b.fr,,,,Paris\n";

async fn send(own: &Program, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    let request = own.raw(Method::POST, &format!("{PATH}{query}")).header("content-type", "text/csv");
    read(request.body(file.into())).await
}

/// The import of an answer, once nothing runs any more.
async fn at_rest(own: &Program, answer: &Answer) -> Value {
    assert!(matches!(answer.status, 201 | 202), "{answer:?}");
    let path = answer.header("location").to_owned();
    assert_eq!(path, format!("{PATH}/{}", answer.json()["id"]));
    for _ in 0..100 {
        let import = own.get(&path).await.json();
        let is_waiting = import["waits_for"] != Value::Null;
        if is_waiting || matches!(import["state"].as_str(), Some("done" | "refused" | "cancelled")) {
            return import;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{answer:?} does not end")
}

async fn keep_profile(client: &Client, name: &str) {
    let page = columns(client, "modele", "Courriel;Nom;Prénom;Ville\nada@b.fr;Zola;Ada;Lyon\n").await;
    let checked = check(client, &page, &[("profile_name", Some(name))]).await;
    confirm(client, &checked).await;
}

async fn let_profile_apply(client: &Client) {
    let path = client.get("/import-profiles").await.attributes("tbody th a", "href").remove(0);
    let page = client.get(&path).await;
    assert_eq!(client.submit(&page, "main form.card", &[("apply", Some("on"))]).await.status, 303);
}

async fn a_strict_file_is_imported_at_once(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let answer = send(&own, "?file_name=nuit.csv", STRICT).await;
    let import = at_rest(&own, &answer).await;
    assert_eq!((&import["state"], &import["waits_for"]), (&json!("done"), &Value::Null), "{import}");
    assert_eq!((&import["name"], &import["file"]["name"]), (&json!("nuit"), &json!("nuit.csv")));
    assert_eq!(import["file"]["size"], STRICT.len());
    assert_eq!((&import["counts"]["created"], &import["lines"]), (&json!(2), &json!(2)));
    assert_eq!((&import["reasons"], &import["refusal"]), (&json!([]), &Value::Null));
    let page = import["url"].as_str().unwrap().split_once(&app.address.to_string()).unwrap().1;
    assert!(alice.get(page).await.select("#done").len() == 1);
    let again = at_rest(&own, &send(&own, "?file_name=nuit.csv", STRICT).await).await;
    assert_eq!((&again["name"], &again["counts"]["unchanged"]), (&json!("nuit-2"), &json!(2)));
    let labels: Vec<Option<String>> = app
        .db
        .read(|conn| {
            Ok(audit_entries::table
                .filter(audit_entries::kind.eq("import.started"))
                .select(audit_entries::key_label)
                .load(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(labels, [Some("Standard".to_owned()), Some("Standard".to_owned())]);
}

async fn a_profile_reads_a_list(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    keep_profile(&alice, "RH mensuel").await;
    let list = "nom;courriel;ville;prénom\nZola;ada@b.fr;Brest;Ada\nYak;bob@b.fr;Paris;Bob\n";
    let query = "?profile=rh%20MENSUEL&name=juillet";
    let import = at_rest(&own, &send(&own, query, list).await).await;
    assert_eq!((&import["state"], &import["waits_for"]), (&json!("deciding"), &json!("decision")));
    assert_eq!(import["profile"], "RH mensuel");
    assert_eq!(import["reasons"].as_array().unwrap().len(), 1, "{import}");
    assert_eq!((&import["counts"]["updated"], &import["counts"]["created"]), (&json!(1), &json!(1)));
    let page = alice.get(&format!("/imports/{}", import["id"])).await;
    confirm(&alice, &page).await;
    let done = own.get(&format!("{PATH}/{}", import["id"])).await.json();
    assert_eq!((&done["state"], &done["counts"]), (&json!("done"), &import["counts"]));

    let_profile_apply(&alice).await;
    let next = list.replace("Brest", "Nice");
    let import = at_rest(&own, &send(&own, "?profile=RH%20mensuel&name=aout", next).await).await;
    assert_eq!((&import["state"], &import["counts"]["updated"]), (&json!("done"), &json!(1)), "{import}");
    // The strict file is a list too, whose headings the profile does not have.
    let import = at_rest(&own, &send(&own, "?profile=RH%20mensuel&name=strict", STRICT).await).await;
    assert_eq!((&import["state"], &import["waits_for"]), (&json!("mapping"), &json!("columns")), "{import}");
    assert!(import["reasons"][0].as_str().unwrap().contains("RH mensuel"), "{import}");
    assert!(import["url"].as_str().unwrap().ends_with("/columns"));
}

async fn an_import_that_must_ask_says_so(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let faulty = format!("{STRICT}M.,A,B,pas un mail,,,,\n");
    let import = at_rest(&own, &send(&own, "?name=un", faulty.clone()).await).await;
    assert_eq!((&import["state"], &import["waits_for"]), (&json!("deciding"), &json!("decision")));
    assert_eq!(import["counts"]["rejected"], 1);
    assert!(import["reasons"][0].as_str().unwrap().starts_with("Une ligne est rejetée"), "{import}");
    assert_eq!(own.get("/api/v1/contacts").await.json()["items"], json!([]));
    let import = at_rest(&own, &send(&own, "?name=deux&on_error=import_valid", faulty).await).await;
    assert_eq!((&import["state"], &import["counts"]["created"]), (&json!("done"), &json!(2)));
    let import = at_rest(&own, &send(&own, "?name=trois&preview=on", STRICT).await).await;
    assert_eq!((&import["waits_for"], &import["counts"]["unchanged"]), (&json!("decision"), &json!(2)));
    let list = "Courriel;Nom\nada@b.fr;Zola\n";
    let import = at_rest(&own, &send(&own, "?name=quatre", list).await).await;
    assert_eq!((&import["waits_for"], &import["profile"]), (&json!("columns"), &Value::Null));
    assert!(import["reasons"][0].as_str().unwrap().contains("colonnes"), "{import}");
}

async fn what_the_page_refuses_is_refused(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    at_rest(&own, &send(&own, "?name=pris", STRICT).await).await;
    let long = format!("?name={}", "x".repeat(51));
    let card = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada Zola\r\nEMAIL:ada@b.fr\r\nEND:VCARD\r\n";
    keep_profile(&alice, "RH").await;
    for (query, file, pointer) in [
        ("?name=vide", Vec::new(), "/file"),
        ("?name=image", b"\x89PNG\r\n\x1a\n\0\0\0\0".to_vec(), "/file"),
        ("?name=pris", STRICT.into(), "/name"),
        ("?name=deux%20mots", STRICT.into(), "/name"),
        (&*long, STRICT.into(), "/name"),
        ("?profile=Inconnu", STRICT.into(), "/profile"),
        ("?profile=RH", card.into(), "/profile"),
    ] {
        let refused = send(&own, query, file).await;
        assert_eq!((refused.status, &*refused.problem()), (422, "invalid"), "{query}: {refused:?}");
        assert_eq!(refused.pointers(), [pointer], "{query}");
    }
    for (query, pointer) in
        [("?preview=1", "/preview"), ("?on_error=valid", "/on_error"), ("?on_ambiguous=yes", "/on_ambiguous")]
    {
        let refused = send(&own, query, STRICT).await;
        assert_eq!((refused.status, refused.pointers()), (422, vec![pointer.to_owned()]), "{query}");
    }
    let names: Vec<Value> = own.get(PATH).await.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|import| import["name"].clone())
        .collect();
    assert_eq!(names, ["modele", "pris"], "nothing is kept of a refused file");
    let large =
        own.raw(Method::POST, PATH).header("content-type", "text/csv").body(vec![b'a'; 101 * 1024 * 1024]);
    let large = read(large).await;
    assert_eq!((large.status, &*large.problem()), (413, "too-large"));
    let reader = program(&app, &alice, "read").await;
    assert_eq!(send(&reader, "", STRICT).await.problem(), "key-scope");
    let bob = app.agent().await;
    let agent = program(&app, &bob, "read").await;
    assert_eq!(agent.get(PATH).await.problem(), "missing-right");
}

async fn only_a_body_that_no_form_can_send_is_a_file(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    for kind in [
        "",
        "text/plain",
        "TEXT/PLAIN; charset=utf-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let mut request = own.raw(Method::POST, PATH).body(STRICT);
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let refused = read(request).await;
        assert_eq!((refused.status, &*refused.problem()), (415, "not-a-file"), "{kind}");
    }
    let packed =
        own.raw(Method::POST, PATH).header("content-type", "text/csv").header("content-encoding", "gzip");
    assert_eq!(read(packed.body(STRICT)).await.problem(), "not-a-file");
    for (name, value) in [("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site")] {
        let other = own.raw(Method::POST, PATH).header("content-type", "text/csv").header(name, value);
        assert_eq!(read(other.body(STRICT)).await.problem(), "other-site");
    }
    for kind in ["text/csv; charset=utf-8", "application/octet-stream", "text/vcard"] {
        let request = own.raw(Method::POST, PATH).header("content-type", kind).body(STRICT);
        assert!(matches!(read(request).await.status, 201 | 202), "{kind}");
    }
}

async fn imports_are_listed(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    for name in ["un", "deux", "trois"] {
        at_rest(&own, &send(&own, &format!("?name={name}"), STRICT).await).await;
    }
    let part = own.get(&format!("{PATH}?limit=2")).await.json();
    let names = |part: &Value| -> Vec<Value> {
        part["items"].as_array().unwrap().iter().map(|import| import["name"].clone()).collect()
    };
    assert_eq!(names(&part), ["trois", "deux"]);
    let next = part["next"].as_str().unwrap();
    let rest = own.get(&format!("{PATH}?limit=2&cursor={next}")).await.json();
    assert_eq!((names(&rest), &rest["next"]), (vec![json!("un")], &Value::Null));
    assert_eq!(own.get(&format!("{PATH}?cursor=x")).await.problem(), "unknown-cursor");
    assert_eq!(own.get(&format!("{PATH}/999999")).await.problem(), "not-found");
}

async fn a_file_that_is_sent_twice_is_imported_once(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let send = async |query: &str| {
        let request = own.raw(Method::POST, &format!("{PATH}{query}")).header("content-type", "text/csv");
        read(request.header("idempotency-key", "night").body(STRICT)).await
    };
    let (first, again) = (send("?name=nuit").await, send("?name=nuit").await);
    assert_eq!(at_rest(&own, &first).await, at_rest(&own, &again).await);
    assert_eq!(own.get(PATH).await.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(send("?name=jour").await.problem(), "other-body");
}
