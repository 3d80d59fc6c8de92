//! Contacts, notes, organizations and sources through the API.

use carnet::db::schema::audit_entries;
use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::contacts::add;
use crate::support::external_ids::add_source;
use crate::support::keys::{Program, program};

both_backends!(
    a_contact_is_added_read_changed_and_deleted,
    the_rules_are_those_of_the_form,
    a_change_needs_the_current_version,
    no_update_is_lost_between_two_programs,
    the_list_goes_on_where_it_ended,
    notes_are_added_and_read,
    organizations_are_read,
    a_synchronization_finds_contacts_by_their_id,
    bodies_that_are_no_contacts_are_refused,
    the_history_names_the_key,
    a_request_that_is_sent_twice_is_done_once,
);

async fn new_contact(own: &Program, body: &Value) -> Value {
    let made = own.send(Method::POST, "/api/v1/contacts", body, None).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()
}

fn path(contact: &Value) -> String {
    format!("/api/v1/contacts/{}", contact["id"])
}

async fn a_contact_is_added_read_changed_and_deleted(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let body = json!({
        "first_name": "Hélène", "last_name": "Lefèvre", "email": "h.lefevre@mairie.example",
        "phone_work": "01 42 68 53 00", "city": "Lyon", "transfer": true, "civility": "Mme",
        "topics": ["eau", "gaz"], "languages": ["allemand"],
    });
    let made = new_contact(&own, &body).await;
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(made[name], *value, "{name}");
    }
    assert_eq!((&made["expert"], &made["copy"]), (&json!(true), &json!(true)), "as in the page's form");
    assert_eq!(made["version"], 1);
    let shown = own.get(&path(&made)).await;
    assert_eq!(shown.json(), made);
    let tag = shown.header("etag").to_owned();
    let again = own.raw(Method::GET, &path(&made)).header("if-none-match", &tag);
    assert_eq!(crate::support::keys::read(again).await.status, 304);

    let patch = json!({"city": "Paris", "service": null, "transfer": false});
    let changed = own.send(Method::PATCH, &path(&made), &patch, Some(&tag)).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let contact = changed.json();
    assert_eq!((&contact["city"], &contact["transfer"]), (&json!("Paris"), &json!(false)));
    assert_eq!((&contact["phone_work"], &contact["topics"]), (&made["phone_work"], &made["topics"]));
    assert_eq!(contact["version"], 2);

    let tag = changed.header("etag").to_owned();
    let whole = json!({"first_name": "Hélène", "last_name": "Martin", "topics": []});
    let replaced = own.send(Method::PUT, &path(&made), &whole, Some(&tag)).await;
    let contact = replaced.json();
    assert_eq!((&contact["last_name"], &contact["city"]), (&json!("Martin"), &json!("")));
    assert_eq!((&contact["email"], &contact["topics"]), (&json!(""), &json!([])));
    assert_eq!(contact["languages"], json!(["allemand"]), "a list that is not there stays");

    // What was read can be sent back: nothing changes.
    let tag = replaced.header("etag").to_owned();
    let same = own.send(Method::PUT, &path(&made), &contact, Some(&tag)).await;
    assert_eq!((same.status, same.json()), (200, contact.clone()));

    let gone = own.send(Method::DELETE, &path(&made), &json!({}), Some(&tag)).await;
    assert_eq!(gone.status, 204, "{gone:?}");
    assert_eq!(own.get(&path(&made)).await.problem(), "not-found");
    assert_eq!(alice.get("/contacts/trash").await.select("tbody th").len(), 1);
}

async fn the_rules_are_those_of_the_form(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    add(&alice, &[("first_name", "A"), ("last_name", "B"), ("email", "a@b.fr")]).await;
    for (body, pointers) in [
        (json!({}), vec!["/first_name", "/last_name"]),
        (json!({"first_name": "A", "last_name": "B", "email": "pas un mail"}), vec!["/email"]),
        (json!({"first_name": "A", "last_name": "B", "transfer": true}), vec!["/email"]),
        (json!({"first_name": "A", "last_name": "B", "organization": "Inconnue"}), vec!["/organization"]),
        (json!({"first_name": "A", "last_name": "B", "contact_type": "Inconnu"}), vec!["/contact_type"]),
        (json!({"first_name": "x".repeat(51), "last_name": "B"}), vec!["/first_name"]),
        (json!({"first_name": "A", "last_name": "B", "phone_work": "abc"}), vec!["/phone_work"]),
        (json!({"first_name": "A", "last_name": "B", "prénom": "C"}), vec!["/prénom"]),
        (json!({"first_name": "A", "last_name": "B", "custom_x": "C"}), vec!["/custom_x"]),
        (json!({"first_name": ["A"], "last_name": "B"}), vec!["/first_name"]),
        (json!({"first_name": "A", "last_name": "B", "expert": "on"}), vec!["/expert"]),
        (json!({"first_name": "A", "last_name": "B", "topics": "eau"}), vec!["/topics"]),
        (json!({"first_name": "A", "last_name": "B", "topics": ["a,b"]}), vec!["/topics"]),
        (
            json!({"first_name": "A", "last_name": "B", "external_ids": [{"source": "RH"}]}),
            vec!["/external_ids"],
        ),
        (
            json!({"first_name": "A", "last_name": "B", "external_ids": [{"source": "RH", "id": "7"}]}),
            vec!["/external_ids"],
        ),
    ] {
        let refused = own.send(Method::POST, "/api/v1/contacts", &body, None).await;
        assert_eq!((refused.status, &*refused.problem()), (422, "invalid"), "{body}: {refused:?}");
        assert_eq!(refused.pointers(), pointers, "{body}");
    }
    let taken = json!({"first_name": "C", "last_name": "D", "email": "A@b.fr"});
    let refused = own.send(Method::POST, "/api/v1/contacts", &taken, None).await;
    assert_eq!((refused.status, &*refused.problem()), (409, "email-taken"));
    assert_eq!(refused.pointers(), ["/email"]);
    assert_eq!(own.get("/api/v1/contacts").await.json()["items"].as_array().unwrap().len(), 1);
    let english = own.raw(Method::POST, "/api/v1/contacts").header("accept-language", "en");
    let english = english.header("content-type", "application/json").body("{}");
    let problem = crate::support::keys::read(english).await.json();
    assert_eq!(problem["title"], "Values refused");
}

async fn a_change_needs_the_current_version(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let made = new_contact(&own, &json!({"first_name": "A", "last_name": "B"})).await;
    let old = own.get(&path(&made)).await.header("etag").to_owned();
    let patch = json!({"city": "Lyon"});
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let refused = own.send(method, &path(&made), &patch, None).await;
        assert_eq!((refused.status, &*refused.problem()), (428, "version-missing"));
    }
    // A change of topics has no new version of the contact, but another tag.
    let form = alice.get(&format!("/contacts/{}/expertise", made["id"])).await;
    assert_eq!(alice.submit(&form, "main form", &[("topics", Some("eau"))]).await.status, 303);
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let refused = own.send(method, &path(&made), &patch, Some(&old)).await;
        assert_eq!((refused.status, &*refused.problem()), (412, "changed-meanwhile"));
    }
    let forced = own.send(Method::PATCH, &path(&made), &patch, Some("*")).await;
    assert_eq!(forced.status, 200);
    for id in ["999999", "0", "-1", "x", "99999999999999999999"] {
        let refused = own.send(Method::PATCH, &format!("/api/v1/contacts/{id}"), &patch, Some("*")).await;
        assert_eq!((refused.status, &*refused.problem()), (404, "not-found"), "{id}");
    }
}

async fn no_update_is_lost_between_two_programs(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let made = new_contact(&own, &json!({"first_name": "A", "last_name": "B", "postal_code": "0"})).await;
    let path = path(&made);
    // Each adds one to a number, as a careless counter would, until it has done so fifty times. A key may make fifty requests per
    // second, so each waits before the next.
    let pause = async || tokio::time::sleep(std::time::Duration::from_millis(90)).await;
    let count = async || {
        let mut done = 0;
        while done < 50 {
            pause().await;
            let seen = own.get(&path).await;
            if seen.status != 200 {
                continue;
            }
            let number: i64 = seen.json()["postal_code"].as_str().unwrap().parse().unwrap();
            let next = json!({"postal_code": (number + 1).to_string()});
            let tag = seen.header("etag").to_owned();
            match own.send(Method::PATCH, &path, &next, Some(&tag)).await.status {
                200 => done += 1,
                412 | 429 | 503 => {}
                other => panic!("{other}"),
            }
        }
    };
    tokio::join!(count(), count());
    pause().await;
    assert_eq!(own.get(&path).await.json()["postal_code"], "100");
}

async fn the_list_goes_on_where_it_ended(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "read").await;
    let people: String = (0..25)
        .map(|n| format!("M.,A,B{n:02},b{n}@b.fr,,,,{}\n", if n % 2 == 0 { "Lyon" } else { "" }))
        .collect();
    alice.import("un", people, false).await;
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("limit", "10")
            .append_pair("cursor", &cursor)
            .finish();
        let part = own.get(&format!("/api/v1/contacts?{query}")).await.json();
        names.extend(
            part["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["last_name"].as_str().unwrap().to_owned()),
        );
        match part["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(names, (0..25).map(|n| format!("B{n:02}")).collect::<Vec<_>>());
    let lyon = own.get("/api/v1/contacts?city=Lyon&limit=100").await.json();
    assert_eq!(lyon["items"].as_array().unwrap().len(), 13);
    assert_eq!(lyon["items"][0]["import"]["name"], "un");
    let found = own.get("/api/v1/contacts?q=b07").await.json();
    assert_eq!(found["items"][0]["last_name"], "B07");
    assert_eq!(own.get("/api/v1/contacts?cursor=nonsense").await.problem(), "unknown-cursor");
}

async fn notes_are_added_and_read(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let made = new_contact(&own, &json!({"first_name": "A", "last_name": "B"})).await;
    let notes = format!("{}/notes", path(&made));
    for n in 0..3 {
        let added = own.send(Method::POST, &notes, &json!({"note": format!("Appel {n}")}), None).await;
        assert_eq!((added.status, &added.json()["note"]), (201, &json!(format!("Appel {n}"))));
    }
    let part = own.get(&format!("{notes}?limit=2")).await.json();
    assert_eq!(part["items"][0]["note"], "Appel 2");
    assert_eq!(part["items"][0]["author"], "alice");
    let next = part["next"].as_str().unwrap();
    let rest = own.get(&format!("{notes}?limit=2&cursor={next}")).await.json();
    assert_eq!((rest["items"][0]["note"].clone(), rest["next"].clone()), (json!("Appel 0"), Value::Null));
    for body in [json!({}), json!({"note": ""}), json!({"note": 1}), json!({"note": "x", "y": 1})] {
        let refused = own.send(Method::POST, &notes, &body, None).await;
        assert_eq!((refused.status, refused.pointers()), (422, vec!["/note".to_owned()]), "{body}");
    }
    let nobody = own.send(Method::POST, "/api/v1/contacts/999999/notes", &json!({"note": "x"}), None).await;
    assert_eq!(nobody.problem(), "not-found");
}

async fn organizations_are_read(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/organizations/new").await;
    let fields = [("name", Some("Mairie de Lyon")), ("phone", Some("04 72 10 30 30"))];
    assert_eq!(alice.submit(&form, "main form", &fields).await.status, 303);
    let own = program(&app, &alice, "read").await;
    let list = own.get("/api/v1/organizations?q=mairie").await.json();
    assert_eq!(list["items"][0]["name"], "Mairie de Lyon");
    let one = own.get(&format!("/api/v1/organizations/{}", list["items"][0]["id"])).await;
    assert_eq!(one.json()["phone"], "04 72 10 30 30");
    assert!(!one.header("etag").is_empty());
    assert_eq!(own.get("/api/v1/organizations/999999").await.problem(), "not-found");
    for cursor in ["%00", "a%00b"] {
        let refused = own.get(&format!("/api/v1/organizations?cursor={cursor}&q=a%00")).await;
        assert_eq!(refused.problem(), "unknown-cursor", "{cursor}");
    }
}

async fn a_synchronization_finds_contacts_by_their_id(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_source(&charlie, "RH").await;
    let own = program(&app, &alice, "write").await;
    let path = "/api/v1/sources/RH/contacts/0042";
    let body = json!({"first_name": "Anne", "last_name": "Martin", "city": "Lyon"});
    assert_eq!(own.get("/api/v1/sources").await.json()["items"], json!([{"name": "RH"}]));
    let foreseen = own.send(Method::PUT, &format!("{path}?dry_run=1"), &body, None).await;
    assert_eq!(foreseen.json()["effect"], "created");
    assert_eq!(own.get(path).await.problem(), "not-found", "nothing was written");
    let made = own.send(Method::PUT, path, &body, None).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.json()["external_ids"], json!([{"source": "RH", "id": "0042"}]));
    let again = own.send(Method::PUT, path, &body, None).await;
    assert_eq!((again.status, &again.json()["version"]), (200, &made.json()["version"]));
    let moved = json!({"city": "Paris"});
    let foreseen = own.send(Method::PUT, &format!("{path}?dry_run=1"), &moved, None).await.json();
    assert_eq!(foreseen["changes"], json!([{"field": "city", "old": "Lyon", "new": "Paris"}]));
    let flag = json!({"survey_opt_out": true});
    let foreseen = own.send(Method::PUT, &format!("{path}?dry_run=1"), &flag, None).await.json();
    assert_eq!(foreseen["changes"], json!([{"field": "survey_opt_out", "old": false, "new": true}]));
    let expert = json!({"topics": ["eau"], "external_ids": []});
    let foreseen = own.send(Method::PUT, &format!("{path}?dry_run=1"), &expert, None).await.json();
    assert_eq!(foreseen["changes"], json!([{"field": "topics", "old": "", "new": "eau"}]));
    let kept = own.send(Method::PUT, path, &expert, None).await.json();
    assert_eq!(kept["external_ids"], json!([{"source": "RH", "id": "0042"}]), "the id of the request stays");
    let changed = own.send(Method::PUT, path, &moved, None).await.json();
    assert_eq!((&changed["city"], &changed["first_name"]), (&json!("Paris"), &json!("Anne")));
    assert_eq!(own.get(path).await.json(), changed);
    let unknown = own.send(Method::PUT, "/api/v1/sources/CRM/contacts/1", &body, None).await;
    assert_eq!(unknown.problem(), "unknown-source");
    for odd in ["%00", "a%00b", "%0A", "%2F", "%20", "%C3%A9", "%F0%9F%98%80"] {
        let odd = format!("/api/v1/sources/RH/contacts/{odd}");
        assert_eq!(own.get(&odd).await.problem(), "not-found", "{odd}");
        let sent = own.send(Method::PUT, &format!("{odd}?dry_run=1"), &body, None).await;
        assert!(matches!(sent.status, 200 | 404 | 422), "{odd}: {sent:?}");
    }
    // Two at once make one contact.
    let other = "/api/v1/sources/RH/contacts/77";
    let (one, two) =
        tokio::join!(own.send(Method::PUT, other, &body, None), own.send(Method::PUT, other, &body, None));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert!(matches!(statuses, [200, 201] | [201, 409]), "{one:?} {two:?}");
    assert_eq!(own.get("/api/v1/contacts").await.json()["items"].as_array().unwrap().len(), 2);
}

async fn bodies_that_are_no_contacts_are_refused(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let send = async |kind: &str, body: String| {
        let request = own.raw(Method::POST, "/api/v1/contacts").header("content-type", kind).body(body);
        let answer = crate::support::keys::read(request).await;
        (answer.status, answer.problem())
    };
    let refused = |status: u16, problem: &str| (status, problem.to_owned());
    let json = "application/json";
    assert_eq!(send("text/plain", "{}".into()).await, refused(415, "not-json"));
    assert_eq!(send("application/x-www-form-urlencoded", "a=b".into()).await, refused(415, "not-json"));
    for body in ["", "{", "[]", "1", "\"a\"", "{\"a\":}", "{\"first_name\": \"\\ud800\"}", "null", "{}{}"] {
        assert_eq!(send(json, body.into()).await, refused(400, "malformed"), "{body}");
    }
    let deep = format!("{{\"topics\": {}{}}}", "[".repeat(500), "]".repeat(500));
    assert_eq!(send(json, deep).await, refused(400, "malformed"));
    assert_eq!(
        send(json, "{\"first_name\": \"A\", \"first_name\": \"B\"}".into()).await,
        refused(422, "invalid")
    );
    let large = format!("{{\"service\": \"{}\"}}", "x".repeat(1_100_000));
    assert_eq!(send(json, large).await, refused(413, "too-large"));
    let hostile = json!({"first_name": "<script>", "last_name": "a\u{0}b"}).to_string();
    assert_eq!(send(json, hostile).await, refused(422, "invalid"));
}

async fn the_history_names_the_key(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let own = program(&app, &alice, "write").await;
    let made = new_contact(&own, &json!({"first_name": "A", "last_name": "B"})).await;
    add(&alice, &[("first_name", "C"), ("last_name", "D")]).await;
    let labels: Vec<Option<String>> = app
        .db
        .read(|conn| {
            Ok(audit_entries::table
                .filter(audit_entries::kind.eq("contact.added"))
                .order(audit_entries::id)
                .select(audit_entries::key_label)
                .load(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(labels, [Some("Standard".to_owned()), None]);
    let history = charlie.get(&format!("/contacts/{}/history", made["id"])).await.body;
    assert!(history.contains("alice (Standard)"), "{history}");
}

async fn a_request_that_is_sent_twice_is_done_once(app: TestApp) {
    let alice = app.coordinator().await;
    let (own, other) = (program(&app, &alice, "write").await, program(&app, &alice, "write").await);
    let body = json!({"first_name": "Anne", "last_name": "Martin"});
    let send = async |own: &Program, path: &str, name: &str, body: &Value| {
        let request = own.raw(Method::POST, path).header("content-type", "application/json");
        crate::support::keys::read(request.header("idempotency-key", name).body(body.to_string())).await
    };
    let path = "/api/v1/contacts";
    let first = send(&own, path, "call-1", &body).await;
    let again = send(&own, path, "call-1", &body).await;
    assert_eq!((first.status, again.status), (201, 201), "{again:?}");
    assert_eq!(first.json(), again.json());
    let reused = send(&own, path, "call-1", &json!({"first_name": "B", "last_name": "C"})).await;
    assert_eq!((reused.status, &*reused.problem()), (422, "other-body"));
    assert_eq!(send(&own, path, "call-2", &body).await.status, 201, "another name is another request");
    assert_eq!(send(&other, path, "call-1", &body).await.status, 201, "another key is another program");
    let longest = "x".repeat(255);
    assert_eq!(send(&own, path, &longest, &body).await.status, 201);
    assert_eq!(send(&own, path, &format!("{longest}x"), &body).await.problem(), "malformed");
    // A refused request was not done.
    assert_eq!(send(&own, path, "call-3", &json!({})).await.status, 422);
    assert_eq!(send(&own, path, "call-3", &body).await.status, 201);
    let (one, two) = tokio::join!(send(&own, path, "call-4", &body), send(&own, path, "call-4", &body));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert!(matches!(statuses, [201, 201 | 409]), "{one:?} {two:?}");
    assert_eq!(own.get(path).await.json()["items"].as_array().unwrap().len(), 6);
    let notes = format!("{path}/{}/notes", first.json()["id"]);
    let note = json!({"note": "Appel"});
    let (one, two) = (send(&own, &notes, "n", &note).await, send(&own, &notes, "n", &note).await);
    assert_eq!((one.status, one.json()), (201, two.json()));
    assert_eq!(own.get(&notes).await.json()["items"].as_array().unwrap().len(), 1);
}
