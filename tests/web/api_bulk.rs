//! Many contacts in one request, by their ids in another system.

use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::contacts::add;
use crate::support::external_ids::add_source;
use crate::support::keys::{Answer, Program, program, read};

both_backends!(
    each_contact_has_its_own_outcome,
    a_refused_contact_leaves_nothing_and_stops_no_other,
    a_list_that_is_wrong_as_a_whole_writes_nothing,
    a_dry_run_says_what_would_change,
    contacts_of_one_request_see_each_other,
    a_request_that_is_sent_twice_is_done_once,
    two_requests_at_once_lose_nothing,
    a_hundred_contacts_are_written_at_once,
);

const PATH: &str = "/api/v1/sources/RH/contacts";

fn person(id: &str, more: Value) -> Value {
    let mut contact = json!({"first_name": "Anne", "last_name": id});
    contact.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"id": id, "contact": contact})
}

async fn post(own: &Program, items: Value) -> Answer {
    own.send(Method::POST, PATH, &json!({"items": items}), None).await
}

fn outcomes(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["outcome"].as_str().unwrap().to_owned()).collect()
}

fn pointers(item: &Value) -> Vec<&str> {
    let errors = item["problem"]["errors"].as_array().unwrap();
    errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect()
}

async fn names(own: &Program) -> Vec<String> {
    let list = own.get("/api/v1/contacts?limit=100").await.json();
    let items = list["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["last_name"].as_str().unwrap().to_owned()).collect()
}

async fn begin(app: &TestApp) -> Program {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_source(&charlie, "RH").await;
    add_source(&charlie, "CRM").await;
    program(app, &alice, "write").await
}

async fn each_contact_has_its_own_outcome(app: TestApp) {
    let own = begin(&app).await;
    let first = post(&own, json!([person("1", json!({"city": "Lyon"})), person("2", json!({}))])).await;
    assert_eq!(outcomes(&first), ["created", "created"]);
    assert_eq!(first.json()["counts"], json!({"created": 2, "changed": 0, "unchanged": 0, "refused": 0}));
    let made = first.json()["items"][0].clone();
    assert_eq!((&made["id"], &made["version"]), (&json!("1"), &json!(1)));
    let shown = own.get(&format!("{PATH}/1")).await.json();
    assert_eq!(
        (&shown["id"], &shown["city"], &shown["url"]),
        (&made["contact"], &json!("Lyon"), &made["url"])
    );
    assert_eq!(shown["external_ids"], json!([{"source": "RH", "id": "1"}]));
    let second = json!([
        person("3", json!({"topics": ["eau"], "external_ids": [{"source": "CRM", "id": "c3"}]})),
        {"id": "1", "contact": {"city": "Paris"}},
        {"id": "2", "contact": {"first_name": "Anne"}},
        {"id": "1b", "contact": {"city": "Paris"}},
    ]);
    let second = post(&own, second).await;
    assert_eq!(outcomes(&second), ["created", "changed", "unchanged", "refused"]);
    let items = second.json()["items"].clone();
    assert_eq!((&items[1]["contact"], &items[1]["version"]), (&made["contact"], &json!(2)));
    assert_eq!(items[2]["version"], 1);
    assert_eq!(pointers(&items[3]), ["/items/3/contact/first_name", "/items/3/contact/last_name"]);
    assert_eq!(items[3]["problem"]["status"], 422);
    let third = own.get("/api/v1/sources/CRM/contacts/c3").await.json();
    assert_eq!(third["topics"], json!(["eau"]));
    assert_eq!(third["external_ids"], json!([{"source": "CRM", "id": "c3"}, {"source": "RH", "id": "3"}]));
    assert_eq!(app.coordinator().await.counted("topic=eau").await, "1 contact");
    let found = own.get("/api/v1/contacts?q=c3").await.json();
    assert_eq!((&found["items"][0]["id"], &found["next"]), (&third["id"], &Value::Null), "the id finds it");
    let history = app.coordinator().await.get(&format!("/contacts/{}/history", third["id"])).await.body;
    assert!(history.contains("eau") && history.contains("c3"), "{history}");
    // The history names the key, and has no entry for what did not change.
    let charlie = app.administrator().await;
    let history = charlie.get(&format!("/contacts/{}/history", made["contact"])).await.body;
    assert!(history.contains("alice (Standard)") && history.contains("Paris"), "{history}");
    assert_eq!(outcomes(&post(&own, json!([])).await), [""; 0]);
}

async fn a_refused_contact_leaves_nothing_and_stops_no_other(app: TestApp) {
    let own = begin(&app).await;
    let alice = app.coordinator().await;
    add(&alice, &[("first_name", "A"), ("last_name", "B"), ("email", "a@b.fr")]).await;
    let trashed = post(&own, json!([person("gone", json!({}))])).await.json()["items"][0]["contact"].clone();
    let path = format!("/api/v1/contacts/{trashed}");
    assert_eq!(own.send(Method::DELETE, &path, &json!({}), Some("*")).await.status, 204);
    let sent = json!([
        person("ok", json!({})),
        person("mail", json!({"email": "A@B.fr", "city": "Nulle part"})),
        person("odd", json!({"prénom": "x", "topics": ["a,b"]})),
        person("gone", json!({})),
        person("id", json!({"external_ids": [{"source": "RH", "id": "ok"}]})),
        person("org", json!({"organization": "Inconnue"})),
        person("last", json!({"email": "last@b.fr"})),
    ]);
    let answer = post(&own, sent).await;
    let refused = "refused";
    assert_eq!(outcomes(&answer), ["created", refused, refused, refused, refused, refused, "created"]);
    let items = answer.json()["items"].clone();
    let kinds: Vec<&str> = (1..6)
        .map(|at| items[at]["problem"]["type"].as_str().unwrap().strip_prefix("/api#").unwrap())
        .collect();
    assert_eq!(kinds, ["email-taken", "invalid", "in-trash", "taken", "invalid"]);
    assert_eq!(pointers(&items[1]), ["/items/1/contact/email"]);
    let mut odd = pointers(&items[2]);
    odd.sort_unstable();
    assert_eq!(odd, ["/items/2/contact/prénom", "/items/2/contact/topics"]);
    assert_eq!(pointers(&items[4]), ["/items/4/contact/external_ids"]);
    assert_eq!(pointers(&items[5]), ["/items/5/contact/organization"]);
    assert_eq!(names(&own).await, ["B", "last", "ok"]);
    let cities = alice.get("/contacts?city=Nulle+part").await;
    assert!(cities.select("tbody tr").is_empty(), "a refused contact is not counted, found or listed");
    // Values that were written and indexed before the refusal are gone again.
    let half = json!([
        {"id": "ok", "contact": {"city": "Ailleurs", "topics": ["eau"], "external_ids": [{"source": "RH", "id": "last"}]}},
        {"id": "last", "contact": {"city": "Lyon"}},
    ]);
    assert_eq!(outcomes(&post(&own, half).await), [refused, "changed"]);
    let kept = own.get(&format!("{PATH}/ok")).await.json();
    assert_eq!((&kept["city"], &kept["topics"], &kept["version"]), (&json!(""), &json!([]), &json!(1)));
    for query in ["q=ailleurs", "city=Ailleurs", "topic=eau"] {
        let found = own.get(&format!("/api/v1/contacts?{query}")).await.json();
        assert_eq!(found["items"], json!([]), "{query}");
    }
    assert_eq!(alice.counted("city=Lyon").await, "1 contact");
    let history = alice.get(&format!("/contacts/{}/history", kept["id"])).await.body;
    assert!(!history.contains("Ailleurs"), "{history}");
    let alone = own.send(Method::PUT, &format!("{PATH}/gone"), &json!({"city": "Lyon"}), None).await;
    assert_eq!((alone.status, &*alone.problem()), (404, "in-trash"));
}

async fn a_list_that_is_wrong_as_a_whole_writes_nothing(app: TestApp) {
    let own = begin(&app).await;
    let many: Vec<Value> = (0..101).map(|n| person(&n.to_string(), json!({}))).collect();
    for (body, expected) in [
        (json!({"items": many}), vec!["/items"]),
        (json!({}), vec!["/items"]),
        (json!({"items": {}}), vec!["/items"]),
        (json!({"items": [], "more": 1}), vec!["/more"]),
        (json!({"items": [person("1", json!({})), person(" 1 ", json!({}))]}), vec!["/items/1/id"]),
        (
            json!({"items": [person("1", json!({})), {"contact": {}}, 7, {"id": "2"}]}),
            vec!["/items/1/id", "/items/2", "/items/3/contact"],
        ),
        (
            json!({"items": [person("", json!({})), person("a\u{0}b", json!({}))]}),
            vec!["/items/0/id", "/items/1/id"],
        ),
        (
            json!({"items": [{"id": 1, "contact": {}}, {"id": "1", "contact": {}, "x": 1}]}),
            vec!["/items/0/id", "/items/1"],
        ),
        (json!({"items": [person(&"x".repeat(256), json!({}))]}), vec!["/items/0/id"]),
    ] {
        let refused = own.send(Method::POST, PATH, &body, None).await;
        assert_eq!((refused.status, &*refused.problem()), (422, "invalid"), "{refused:?}");
        assert_eq!(refused.pointers(), expected);
    }
    assert_eq!(names(&own).await, [""; 0]);
    let unknown = own.send(Method::POST, "/api/v1/sources/X/contacts", &json!({"items": []}), None).await;
    assert_eq!(unknown.problem(), "unknown-source");
}

async fn a_dry_run_says_what_would_change(app: TestApp) {
    let own = begin(&app).await;
    post(&own, json!([person("1", json!({"city": "Lyon"})), person("2", json!({}))])).await;
    let sent = json!({"items": [
        {"id": "1", "contact": {"city": "Paris"}},
        person("2", json!({})),
        person("3", json!({})),
        {"id": "4", "contact": {"email": "x"}},
    ]});
    let foreseen = own.send(Method::POST, &format!("{PATH}?dry_run=1"), &sent, None).await;
    assert_eq!(outcomes(&foreseen), ["changed", "unchanged", "created", "refused"]);
    let items = foreseen.json()["items"].clone();
    assert_eq!(items[0]["changes"], json!([{"field": "city", "old": "Lyon", "new": "Paris"}]));
    assert!(items[0]["contact"].is_i64() && items[2].get("contact").is_none());
    for path in [PATH.to_owned(), format!("{PATH}/1")] {
        let body = if path == PATH { &sent } else { &json!({"city": "Nice"}) };
        let method = if path == PATH { Method::POST } else { Method::PUT };
        let unclear = own.send(method, &format!("{path}?dry_run=true"), body, None).await;
        assert_eq!((unclear.status, unclear.pointers()), (422, vec!["/dry_run".to_owned()]), "{path}");
    }
    assert_eq!(names(&own).await, ["1", "2"]);
    assert_eq!(own.get(&format!("{PATH}/1")).await.json()["city"], "Lyon");
}

async fn contacts_of_one_request_see_each_other(app: TestApp) {
    let own = begin(&app).await;
    let sent = json!([
        person("1", json!({"email": "a@b.fr", "external_ids": [{"source": "RH", "id": "2"}]})),
        // The contact above has this id.
        {"id": "2", "contact": {"city": "Lyon"}},
        person("3", json!({"email": "a@b.fr"})),
        {"id": "1", "contact": {}},
    ]);
    let repeated = post(&own, sent.clone()).await;
    assert_eq!(repeated.pointers(), ["/items/3/id"]);
    let mut sent = sent.as_array().unwrap().clone();
    sent.pop();
    let answer = post(&own, sent.into()).await;
    assert_eq!(outcomes(&answer), ["created", "changed", "refused"]);
    let items = answer.json()["items"].clone();
    assert_eq!(items[0]["contact"], items[1]["contact"]);
    assert_eq!((&items[0]["version"], &items[1]["version"]), (&json!(2), &json!(2)));
    // Of new contacts with one e-mail, the first gets it.
    let twins = ["5", "6"].map(|id| person(id, json!({"email": "c@d.fr"})));
    let both = json!([twins[0], twins[1], person("7", json!({}))]);
    assert_eq!(outcomes(&post(&own, both).await), ["created", "refused", "created"]);
    // An e-mail that one contact gives up is free for the next.
    let swapped = json!([{"id": "1", "contact": {"email": null, "copy": false}}, person("3", json!({"email": "a@b.fr"}))]);
    assert_eq!(outcomes(&post(&own, swapped).await), ["changed", "created"]);
}

async fn a_request_that_is_sent_twice_is_done_once(app: TestApp) {
    let own = begin(&app).await;
    let send = async |items: Value| {
        let request = own.raw(Method::POST, PATH).header("content-type", "application/json");
        read(request.header("idempotency-key", "night").body(json!({"items": items}).to_string())).await
    };
    let items = json!([person("1", json!({})), person("2", json!({"email": "a@b.fr"}))]);
    let alice = app.coordinator().await;
    let other = add(&alice, &[("first_name", "A"), ("last_name", "B"), ("email", "a@b.fr")]).await;
    let first = send(items.clone()).await;
    assert_eq!(outcomes(&first), ["created", "refused"]);
    // Somebody changes the contact: the second request does not change it back.
    let moved = json!([{"id": "1", "contact": {"last_name": "Z"}}]);
    assert_eq!(outcomes(&post(&own, moved).await), ["changed"]);
    let again = send(items.clone()).await;
    assert_eq!(outcomes(&again), ["created", "refused"]);
    assert_eq!(again.json()["items"][0]["contact"], first.json()["items"][0]["contact"]);
    assert_eq!(names(&own).await, ["B", "Z"]);
    // What was refused was not done.
    let path = format!("/api/v1/contacts/{}", other.rsplit('/').next().unwrap());
    assert_eq!(own.send(Method::DELETE, &path, &json!({}), Some("*")).await.status, 204);
    assert_eq!(outcomes(&send(items.clone()).await), ["created", "changed"], "the contact was restored");
    assert_eq!(own.get(&format!("{PATH}/2")).await.json()["email"], "a@b.fr", "it has its id");
    let reused = send(json!([person("9", json!({}))])).await;
    assert_eq!((reused.status, &*reused.problem()), (422, "other-body"));
}

async fn two_requests_at_once_lose_nothing(app: TestApp) {
    let own = begin(&app).await;
    let ids: Vec<String> = (10..40).map(|n| n.to_string()).collect();
    let list = |reversed: bool, city: &str| {
        let mut items: Vec<Value> = ids.iter().map(|id| person(id, json!({"city": city}))).collect();
        if reversed {
            items.reverse();
        }
        Value::from(items)
    };
    let (one, two) = tokio::join!(post(&own, list(false, "Lyon")), post(&own, list(true, "Lyon")));
    let mut both = [outcomes(&one), outcomes(&two)];
    both.sort_unstable();
    assert_eq!(
        both,
        [vec!["created"; 30], vec!["unchanged"; 30]],
        "new contacts have no lock that orders them"
    );
    for _ in 0..3 {
        let (one, two) = tokio::join!(post(&own, list(false, "Paris")), post(&own, list(true, "Nice")));
        let done = [one, two].iter().filter(|answer| answer.status == 200).count();
        assert_eq!(done, 2, "contacts that exist are locked in one order");
        let cities: Vec<Value> = own.get("/api/v1/contacts?limit=100").await.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["city"].clone())
            .collect();
        assert_eq!(cities.len(), 30);
        assert!(cities.iter().all(|city| *city == cities[0]), "{cities:?}");
    }
}

async fn a_hundred_contacts_are_written_at_once(app: TestApp) {
    let own = begin(&app).await;
    let list = |city: &str| -> Value {
        let person = |n: usize| {
            person(
                &format!("n{n:03}"),
                json!({"email": format!("n{n}@b.fr"), "city": city, "phone_work": format!("01426853{n:02}"), "service": "Voirie"}),
            )
        };
        (0..100).map(person).collect::<Vec<_>>().into()
    };
    for (city, expected) in [("Lyon", "created"), ("Lyon", "unchanged"), ("Paris", "changed")] {
        let begun = Instant::now();
        let answer = post(&own, list(city)).await;
        println!("{expected}: {:?}", begun.elapsed());
        assert_eq!(outcomes(&answer), [expected; 100]);
    }
    assert_eq!(own.get("/api/v1/lookup?number=0142685342").await.json()["contacts"][0]["name"], "Anne n042");
}
