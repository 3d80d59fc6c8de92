//! Organizations through the API.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::contacts::add;
use crate::support::keys::{Program, program, read};
use crate::support::{Client, TestApp};

both_backends!(
    an_organization_is_added_changed_and_deleted,
    the_rules_are_those_of_the_form,
    a_change_needs_the_current_version,
    no_update_is_lost_between_two_programs,
    its_contacts_stay_move_or_are_left,
);

const PATH: &str = "/api/v1/organizations";

async fn new(own: &Program, body: Value) -> (String, Value) {
    let made = own.send(Method::POST, PATH, &body, None).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made_json = made.json();
    let path = format!("{PATH}/{}", made_json["id"]);
    let shown = own.get(&path).await;
    assert_eq!(shown.json(), made_json);
    assert_eq!(shown.header("etag"), made.header("etag"));
    (path, made_json)
}

async fn an_organization_is_added_changed_and_deleted(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let own = program(&app, &alice, "write").await;
    let body = json!({
        "name": "Mairie de Lyon", "website": "https://lyon.example", "phone": "04 72 10 30 30", "industry": "Collectivité",
        "address": "1 place de la Comédie", "postal_code": "69001", "city": "Lyon", "country": "FR", "notes": "Deux\nlignes",
        "number_blocks": ["+334721030", "+33472103"],
    });
    let (path, made) = new(&own, body.clone()).await;
    for (name, value) in body.as_object().unwrap() {
        let mut made = made[name].clone();
        if let Some(list) = made.as_array_mut() {
            list.sort_by_key(|block| std::cmp::Reverse(block.to_string()));
        }
        let mut value = value.clone();
        if let Some(list) = value.as_array_mut() {
            list.sort_by_key(|block| std::cmp::Reverse(block.to_string()));
        }
        assert_eq!(made, value, "{name}");
    }
    let found = own.get("/api/v1/lookup?number=0472103099").await.json();
    assert_eq!(found["organization"]["name"], "Mairie de Lyon");

    let tag = own.get(&path).await.header("etag").to_owned();
    let wanted = json!({"city": "Villeurbanne", "website": null, "number_blocks": ["0472103"]});
    let changed = own.send(Method::PATCH, &path, &wanted, Some(&tag)).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let organization = changed.json();
    assert_eq!((&organization["city"], &organization["website"]), (&json!("Villeurbanne"), &json!("")));
    assert_eq!((&organization["industry"], &organization["version"]), (&made["industry"], &json!(2)));
    assert_eq!(organization["number_blocks"], json!(["+33472103"]));

    let tag = changed.header("etag").to_owned();
    let replaced = own.send(Method::PUT, &path, &json!({"name": "Ville de Lyon"}), Some(&tag)).await;
    let organization = replaced.json();
    assert_eq!((&organization["name"], &organization["city"]), (&json!("Ville de Lyon"), &json!("")));
    assert_eq!(organization["number_blocks"], json!([]));
    assert_eq!(own.get("/api/v1/lookup?number=0472103099").await.json()["organization"], Value::Null);

    // What was read can be sent back: nothing changes.
    let tag = replaced.header("etag").to_owned();
    let same = own.send(Method::PUT, &path, &organization, Some(&tag)).await;
    assert_eq!((same.status, same.json()), (200, organization));
    let gone = own.send(Method::DELETE, &path, &json!({}), Some(&tag)).await;
    assert_eq!(gone.status, 204, "{gone:?}");
    assert_eq!(own.get(&path).await.problem(), "not-found");
    let audit = charlie.get("/audit").await;
    let by = audit.select(".history li").into_iter().filter(|row| row.contains("alice (Standard)")).count();
    assert!(by >= 4, "{}", audit.body);

    let once = async |body: &Value| {
        let request = own.raw(Method::POST, PATH).header("content-type", "application/json");
        read(request.header("idempotency-key", "one").body(body.to_string())).await
    };
    let body = json!({"name": "Gaz"});
    let (first, again) = (once(&body).await, once(&body).await);
    assert_eq!((first.status, first.json()), (201, again.json()));
}

async fn the_rules_are_those_of_the_form(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    new(&own, json!({"name": "Mairie", "number_blocks": ["04721"]})).await;
    for (body, pointers) in [
        (json!({}), vec!["/name"]),
        (json!({"name": "…"}), vec!["/name"]),
        (json!({"name": "x".repeat(101)}), vec!["/name"]),
        (json!({"name": "A", "website": "ftp://a"}), vec!["/website"]),
        (json!({"name": "A", "country": "XX"}), vec!["/country"]),
        (json!({"name": "A", "number_blocks": ["04722", "04722"]}), vec!["/number_blocks"]),
        (json!({"name": "A", "number_blocks": "04731"}), vec!["/number_blocks"]),
        (json!({"name": "A", "number_blocks": ["04731\n04741"]}), vec!["/number_blocks"]),
        (json!({"name": "A", "version": 7, "draft": 1, "was": "x"}), vec!["/draft", "/was"]),
        (json!({"name": ["A"]}), vec!["/name"]),
    ] {
        let refused = own.send(Method::POST, PATH, &body, None).await;
        assert_eq!((refused.status, &*refused.problem()), (422, "invalid"), "{body}: {refused:?}");
        let mut found = refused.pointers();
        found.sort_unstable();
        assert_eq!(found, pointers, "{body}");
    }
    for (body, pointer) in [
        (json!({"name": "MAIRIE"}), "/name"),
        (json!({"name": "Autre", "number_blocks": ["+334721"]}), "/number_blocks"),
    ] {
        let refused = own.send(Method::POST, PATH, &body, None).await;
        assert_eq!((refused.status, &*refused.problem()), (409, "taken"), "{refused:?}");
        assert_eq!(refused.pointers(), [pointer]);
    }
    assert_eq!(
        own.get(PATH).await.json()["items"].as_array().unwrap().len(),
        1,
        "nothing of a refused one stays"
    );
}

async fn a_change_needs_the_current_version(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let (path, made) = new(&own, json!({"name": "Mairie"})).await;
    let old = own.get(&path).await.header("etag").to_owned();
    let wanted = json!({"name": "Mairie", "city": "Lyon"});
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let refused = own.send(method, &path, &wanted, None).await;
        assert_eq!((refused.status, &*refused.problem()), (428, "version-missing"));
    }
    let form = alice.get(&format!("/organizations/{}/edit", made["id"])).await;
    assert_eq!(alice.submit(&form, "main form", &[("industry", Some("État"))]).await.status, 303);
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let refused = own.send(method, &path, &wanted, Some(&old)).await;
        assert_eq!((refused.status, &*refused.problem()), (412, "changed-meanwhile"));
    }
    let forced = own.send(Method::PATCH, &path, &wanted, Some("*")).await.json();
    assert_eq!((&forced["industry"], &forced["city"]), (&json!("État"), &json!("Lyon")));
    let nobody = format!("{PATH}/999999");
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        assert_eq!(own.send(method, &nobody, &wanted, Some("*")).await.problem(), "not-found");
    }
}

async fn no_update_is_lost_between_two_programs(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let (path, _) = new(&own, json!({"name": "Mairie", "postal_code": "0"})).await;
    let pause = async || tokio::time::sleep(std::time::Duration::from_millis(90)).await;
    let count = async || {
        let mut done = 0;
        while done < 15 {
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
    assert_eq!(own.get(&path).await.json()["postal_code"], "30");
}

async fn its_contacts_stay_move_or_are_left(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let (first, made) = new(&own, json!({"name": "Mairie"})).await;
    let (other, other_made) = new(&own, json!({"name": "Région"})).await;
    add(&alice, &[("first_name", "A"), ("last_name", "B"), ("organization", "Mairie")]).await;
    let delete = async |path: &str, query: &str| {
        own.send(Method::DELETE, &format!("{path}{query}"), &json!({}), Some("*")).await
    };
    let refused = delete(&first, "").await;
    assert_eq!((refused.status, &*refused.problem()), (409, "conflict"));
    for (query, pointer) in [
        ("?contacts=keep".to_owned(), "/contacts"),
        (format!("?contacts=leave&move_to={}", other_made["id"]), "/contacts"),
        (format!("?move_to={}", made["id"]), "/move_to"),
        ("?move_to=999999".to_owned(), "/move_to"),
    ] {
        let refused = delete(&first, &query).await;
        assert_eq!((refused.status, &*refused.problem()), (422, "invalid"), "{query}");
        assert_eq!(refused.pointers(), [pointer], "{query}");
    }
    assert_eq!(organization(&alice).await, "Mairie");
    assert_eq!(delete(&first, &format!("?move_to={}", other_made["id"])).await.status, 204);
    assert_eq!(organization(&alice).await, "Région");
    assert_eq!(delete(&other, "?contacts=leave").await.status, 204);
    assert_eq!(organization(&alice).await, "");
}

/// The organization of the only contact.
async fn organization(client: &Client) -> String {
    let path = client.get("/contacts").await.attributes("tbody th a", "href").remove(0);
    let path = path.split('?').next().unwrap().to_owned();
    client.get(&format!("{path}/edit")).await.attributes("#organization", "value").concat()
}
