//! What the API refuses before it works: bodies without bounds, misspelt parameters, and values that would lose something.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::external_ids::add_source;
use crate::support::keys::{Program, program};

both_backends!(
    bodies_have_bounds,
    a_name_that_comes_twice_is_refused_at_any_depth,
    a_misspelt_parameter_writes_nothing,
    a_number_is_no_text,
    a_dry_run_foresees_a_taken_address,
    refusals_speak_to_programs,
);

async fn own(app: &TestApp) -> Program {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_source(&charlie, "RH").await;
    program(app, &alice, "write").await
}

async fn names(own: &Program) -> Vec<Value> {
    let list = own.get("/api/v1/contacts").await.json();
    list["items"].as_array().unwrap().iter().map(|item| item["last_name"].clone()).collect()
}

async fn bodies_have_bounds(app: TestApp) {
    let own = own(&app).await;
    let mut many = String::from("{\"first_name\":\"Anne\"");
    for n in 0..60_000 {
        let _ = write!(many, ",\"k{n}\":0");
    }
    many.push('}');
    let items = format!("{{\"items\":[{{\"id\":\"1\",\"contact\":{many}}}]}}");
    for (method, path, body) in [
        (Method::POST, "/api/v1/contacts", &many),
        (Method::POST, "/api/v1/organizations", &many),
        (Method::PUT, "/api/v1/sources/RH/contacts/1", &many),
        (Method::POST, "/api/v1/sources/RH/contacts", &items),
    ] {
        let request = own.raw(method, path).header("content-type", "application/json").body(body.clone());
        let refused = crate::support::keys::read(request).await;
        assert_eq!((refused.status, &*refused.problem()), (400, "malformed"), "{path}");
    }
    let ids: Vec<Value> = (0..51).map(|n| json!({"source": "RH", "id": format!("m{n}")})).collect();
    let contact = json!({"first_name": "Anne", "last_name": "Zola", "external_ids": ids});
    let refused = own.send(Method::POST, "/api/v1/contacts", &contact, None).await;
    assert_eq!((refused.status, refused.pointers()), (422, vec!["/external_ids".to_owned()]));
    // Of many faults some are told.
    let unknown: serde_json::Map<String, Value> = (0..200).map(|n| (format!("k{n}"), json!(0))).collect();
    let refused = own.send(Method::POST, "/api/v1/contacts", &json!(unknown), None).await;
    assert_eq!((refused.status, refused.pointers().len()), (422, 20));
    assert!(names(&own).await.is_empty());
}

async fn a_name_that_comes_twice_is_refused_at_any_depth(app: TestApp) {
    let own = own(&app).await;
    for body in [
        r#"{"items":[{"id":"d1","id":"d2","contact":{"first_name":"A","last_name":"D"}}]}"#,
        r#"{"items":[{"id":"d1","contact":{"first_name":"A","first_name":"B","last_name":"D"}}]}"#,
    ] {
        let request = own.raw(Method::POST, "/api/v1/sources/RH/contacts");
        let request = request.header("content-type", "application/json").body(body);
        assert_eq!(crate::support::keys::read(request).await.problem(), "malformed", "{body}");
    }
    assert!(names(&own).await.is_empty());
}

async fn a_misspelt_parameter_writes_nothing(app: TestApp) {
    let own = own(&app).await;
    let contact = json!({"first_name": "Anne", "last_name": "Zola"});
    let list = json!({"items": [{"id": "1", "contact": contact}]});
    for (method, path, body) in [
        (Method::POST, "/api/v1/sources/RH/contacts?dryrun=1", &list),
        (Method::PUT, "/api/v1/sources/RH/contacts/1?dryRun=1", &contact),
        (Method::POST, "/api/v1/contacts?dry_run=1", &contact),
    ] {
        let refused = own.send(method, path, body, None).await;
        assert_eq!((refused.status, &*refused.problem()), (422, "unknown-parameter"), "{path}");
    }
    assert!(names(&own).await.is_empty());
    assert_eq!(own.get("/api/v1/contacts?statut=expert").await.problem(), "unknown-parameter");
    assert_eq!(own.get("/api/v1/contacts?limit=abc").await.problem(), "malformed");
    assert_eq!(own.get("/api/v1/lookup?number=1&agent=7").await.status, 200, "telephones add their own");
}

async fn a_number_is_no_text(app: TestApp) {
    let own = own(&app).await;
    let contact = json!({"first_name": "Anne", "last_name": "Zola", "phone_work": 142_685_300});
    let refused = own.send(Method::POST, "/api/v1/contacts", &contact, None).await;
    assert_eq!((refused.status, refused.pointers()), (422, vec!["/phone_work".to_owned()]));
}

async fn a_dry_run_foresees_a_taken_address(app: TestApp) {
    let own = own(&app).await;
    let put = async |id: &str, email: &str| {
        let contact = json!({"first_name": "Anne", "last_name": format!("Zola {id}"), "email": email});
        let path = format!("/api/v1/sources/RH/contacts/{id}");
        (path, contact)
    };
    for (id, email) in [("1", "un@b.fr"), ("2", "deux@b.fr")] {
        let (path, contact) = put(id, email).await;
        assert_eq!(own.send(Method::PUT, &path, &contact, None).await.status, 201);
    }
    for id in ["2", "3"] {
        let (path, contact) = put(id, "UN@b.fr").await;
        let foreseen = own.send(Method::PUT, &format!("{path}?dry_run=1"), &contact, None).await;
        let done = own.send(Method::PUT, &path, &contact, None).await;
        assert_eq!((foreseen.status, foreseen.problem()), (done.status, done.problem()), "{id}");
        assert_eq!(foreseen.problem(), "email-taken", "{id}");
    }
    let (path, contact) = put("1", "un@b.fr").await;
    assert_eq!(own.send(Method::PUT, &format!("{path}?dry_run=1"), &contact, None).await.status, 200);
}

async fn refusals_speak_to_programs(app: TestApp) {
    let own = own(&app).await;
    let words = ["formulaire", "boutons", "navigateur", "Cette page"];
    for (method, path, kind) in [
        (Method::GET, "/api/v1/contacts/999999", "not-found"),
        (Method::GET, "/api/v1/nothing", "not-found"),
        (Method::GET, "/api/v1/sources/CRM/contacts/1", "unknown-source"),
        (Method::DELETE, "/api/v1/contacts", "method-not-allowed"),
        (Method::GET, "/api/v1/changes?limit=many", "malformed"),
    ] {
        let refused = crate::support::keys::read(own.raw(method, path)).await;
        assert_eq!(refused.problem(), kind, "{path}");
        assert!(words.iter().all(|word| !refused.body.contains(word)), "{path}: {}", refused.body);
    }
    let large = "x".repeat(2 * 1024 * 1024);
    let request =
        own.raw(Method::POST, "/api/v1/contacts").header("content-type", "application/json").body(large);
    let refused = crate::support::keys::read(request).await;
    assert_eq!(refused.problem(), "too-large");
    assert!(words.iter().all(|word| !refused.body.contains(word)), "{}", refused.body);
}
