//! The feed of changes through the API: what a program reads, and how it waits.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::contacts::add;
use crate::support::keys::program;

both_backends!(
    a_program_reads_on_from_where_it_was,
    a_poll_waits_for_the_next_change,
    odd_cursors_are_unknown,
    polls_that_wait_keep_nobody_out,
);

async fn a_program_reads_on_from_where_it_was(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let people: String = (0..5).map(|n| format!("M.,A,B{n},b{n}@b.fr,,,,\n")).collect();
    alice.import("un", people, false).await;
    let body = json!({"first_name": "Anne", "last_name": "Martin"});
    let made = own.send(Method::POST, "/api/v1/contacts", &body, None).await.json();
    let path = format!("/api/v1/contacts/{}", made["id"]);
    assert_eq!(own.send(Method::PATCH, &path, &json!({"city": "Lyon"}), Some("*")).await.status, 200);
    assert_eq!(own.send(Method::DELETE, &path, &json!({}), Some("*")).await.status, 204);
    let (mut items, mut after): (Vec<Value>, String) = (Vec::new(), String::new());
    loop {
        let part = own.get(&format!("/api/v1/changes?limit=3&after={after}")).await.json();
        items.extend(part["items"].as_array().unwrap().iter().cloned());
        part["next"].as_str().unwrap_or_default().clone_into(&mut after);
        if part["more"] == false {
            break;
        }
    }
    let kinds: Vec<&str> = items.iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["created", "created", "created", "created", "created", "created", "changed", "deleted"]
    );
    assert_eq!(items[6]["fields"], json!(["city"]));
    assert_eq!((&items[6]["contact"], &items[6]["version"]), (&made["id"], &json!(2)));
    assert!(items[0]["import"].is_i64() && items[5]["import"].is_null());
    let text = Value::from(items).to_string();
    assert!(!text.contains("Lyon") && !text.contains("Martin"), "no values: {text}");
    let rest = own.get(&format!("/api/v1/changes?after={after}")).await.json();
    assert_eq!((&rest["items"], &rest["next"]), (&json!([]), &json!(after)));
}

async fn a_poll_waits_for_the_next_change(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "read").await;
    add(&alice, &[("first_name", "A"), ("last_name", "B")]).await;
    let after = own.get("/api/v1/changes").await.json()["next"].as_str().unwrap().to_owned();
    let begun = Instant::now();
    let late = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        add(&alice, &[("first_name", "C"), ("last_name", "D")]).await
    };
    let path = format!("/api/v1/changes?after={after}&wait=30");
    let (answer, _) = tokio::join!(own.get(&path), late);
    assert_eq!(answer.json()["items"][0]["kind"], "created");
    assert!(begun.elapsed() >= Duration::from_millis(300));
    let next = answer.json()["next"].as_str().unwrap().to_owned();
    let none = own.get(&format!("/api/v1/changes?after={next}&wait=1")).await.json();
    assert_eq!((&none["items"], &none["next"]), (&json!([]), &json!(next)));
}

async fn odd_cursors_are_unknown(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "read").await;
    for after in ["x", "0", "1f0c2a9e-77b1-8c3d.12.345", "..", "%00", "a%27b"] {
        let refused = own.get(&format!("/api/v1/changes?after={after}")).await;
        assert_eq!((refused.status, &*refused.problem()), (410, "unknown-cursor"), "{after}");
    }
    let wrong = own.get("/api/v1/changes?wait=soon").await;
    assert_eq!((wrong.status, &*wrong.problem()), (400, "malformed"));
}

async fn polls_that_wait_keep_nobody_out(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "read").await;
    add(&alice, &[("first_name", "A"), ("last_name", "B")]).await;
    let after = own.get("/api/v1/changes").await.json()["next"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/changes?after={after}&wait=5");
    // More than one account may have at once, and more than there are connections to the database.
    let polls: Vec<_> = (0..40).map(|_| own.get(&path)).collect();
    let others = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let page = alice.get("/contacts").await.status;
        add(&alice, &[("first_name", "C"), ("last_name", "D")]).await;
        page
    };
    let (answers, page) = tokio::join!(futures_util::future::join_all(polls), others);
    assert_eq!(page, 200);
    let got = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(got >= 30, "{got} of 40 polls were answered");
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        assert_eq!(answer.json()["items"][0]["kind"], "created");
    }
}
