//! Keys of programs: how they are made, what they allow, and how they end.

use carnet::app::serve::api_routes;
use carnet::db::schema::{access_keys, audit_entries};
use carnet::domain::{KeyScope, Right, Role};
use carnet::web::Access;
use diesel::prelude::*;
use reqwest::Method;

use crate::support::keys::{Program, program, read, send_key};
use crate::support::waiting::seen;
use crate::support::{PASSWORD, Page, TestApp};

both_backends!(
    a_key_is_shown_once_and_stored_as_a_hash,
    a_wrong_form_makes_no_key_and_keeps_what_was_typed,
    a_key_ends_by_a_click_and_with_its_account,
    a_key_ends_with_its_last_day,
    a_key_works_from_its_networks_only,
    every_route_asks_for_its_scope_and_right,
    a_session_opens_no_api_and_a_key_no_page,
    a_changed_role_changes_what_a_key_may_do,
    wrong_keys_are_refused_in_every_form,
    a_request_from_another_site_is_refused,
    uses_are_counted_and_shown,
    a_key_stops_without_a_needed_second_factor_or_sign_in,
);

async fn a_key_is_shown_once_and_stored_as_a_hash(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let made = send_key(&alice, &[("right", Some("read"))]).await;
    let key = made.one("#key");
    assert!(key.starts_with("carnet_") && key.len() == 55, "{key}");
    assert!(!alice.get("/account/keys").await.body.contains(&key));
    assert_eq!(alice.get("/account/keys").await.select("tbody th bdi"), ["Standard"]);
    let needle = key.clone();
    let stored: Vec<(String, String)> = app
        .db
        .read(|conn| {
            Ok(access_keys::table.select((access_keys::key_hash, access_keys::beginning)).load(conn)?)
        })
        .await
        .unwrap();
    assert!(stored.iter().all(|(hash, beginning)| *hash != needle && needle.starts_with(beginning)));
    let audit = charlie.get("/audit").await.body;
    assert!(audit.contains("Clé d’accès créée") && audit.contains("Standard"), "{audit}");
    assert!(!audit.contains(&key));
    assert_eq!(Program::new(&app, &key).get("/api/v1/contacts").await.status, 200);
    assert_eq!(charlie.get("/users/keys").await.select("tbody th .sub bdi"), ["alice"]);
    assert_eq!(alice.get("/users/keys").await.status, 403);
}

async fn a_wrong_form_makes_no_key_and_keeps_what_was_typed(app: TestApp) {
    let (bob, alice) = (app.agent().await, app.coordinator().await);
    for (changes, field) in [
        (vec![("label", Some(""))], "label"),
        (vec![("label", Some("x".repeat(51).leak() as &str))], "label"),
        (vec![("right", Some("write"))], "right"),
        (vec![("right", Some("everything"))], "right"),
        (vec![("until", Some("2020-01-01"))], "until"),
        (vec![("until", Some("2999-01-01"))], "until"),
        (vec![("until", Some("hier"))], "until"),
        (vec![("networks", Some("partout"))], "networks"),
        (vec![("password", Some("faux"))], "password"),
        (vec![("password", None)], "password"),
    ] {
        let refused = send_key(&bob, &changes).await;
        assert_eq!(refused.status, 422, "{changes:?}");
        assert_eq!(refused.links(".error-summary a"), [format!("#{field}")], "{changes:?}");
        assert!(refused.select("#key").is_empty());
        if field != "label" {
            assert_eq!(refused.attributes("#label", "value"), ["Standard"], "{changes:?}");
        }
    }
    assert!(bob.get("/account/keys").await.select("tbody tr").is_empty());
    let choices = bob.get("/account/keys").await.attributes("input[name=right]", "value");
    assert_eq!(choices, ["lookup", "read"], "an agent gives no key the right to write");
    for _ in 0..20 {
        assert_eq!(send_key(&alice, &[]).await.status, 200);
    }
    assert_eq!(send_key(&alice, &[]).await.status, 422, "twenty keys are enough");
}

async fn a_key_ends_by_a_click_and_with_its_account(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let own = program(&app, &alice, "read").await;
    let ended = program(&app, &alice, "read").await;
    let end = alice.get("/account/keys").await.attributes("tbody td a", "href");
    let ask = alice.get(&end[1]).await;
    let done = alice.submit(&ask, "main form", &[]).await;
    assert!(alice.follow(&done).await.flash().contains("terminée"));
    assert_eq!(own.get("/api/v1/contacts").await.problem(), "key-ended");
    assert_eq!(ended.get("/api/v1/contacts").await.status, 200);
    // Nobody ends the keys of others by their number.
    let bob = app.agent().await;
    for path in &end {
        assert_eq!(bob.get(path).await.status, 404, "{path}");
    }
    app.add_account("zoe", Role::Coordinator).await;
    let zoe = app.stranger();
    zoe.sign_in("zoe", PASSWORD).await;
    let of_zoe = program(&app, &zoe, "read").await;
    let page = charlie.get("/users").await;
    let edit = page.links("tbody a").into_iter().find(|link| link.ends_with(&id_of(&page, "zoe"))).unwrap();
    let form = charlie.get(&edit).await;
    let asked = charlie.submit(&form, "main form", &[("disabled", Some("on"))]).await;
    assert_eq!(charlie.submit(&asked, "main form", &[]).await.status, 303);
    assert_eq!(of_zoe.get("/api/v1/contacts").await.problem(), "key-ended");
    let form = charlie.get(&edit).await;
    assert_eq!(charlie.submit(&form, "main form", &[("disabled", None)]).await.status, 303);
    assert_eq!(of_zoe.get("/api/v1/contacts").await.problem(), "key-ended", "for good");
}

/// The end of the path of a user's form.
fn id_of(page: &Page, name: &str) -> String {
    let names = page.select("tbody th bdi");
    let at = names.iter().position(|known| known == name).unwrap();
    page.links("tbody a")[at].clone()
}

async fn a_key_ends_with_its_last_day(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "read").await;
    assert_eq!(own.get("/api/v1/contacts").await.status, 200);
    app.db
        .write(|conn| {
            let before = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
            diesel::update(access_keys::table).set(access_keys::last_day.eq(before)).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(own.get("/api/v1/contacts").await.problem(), "key-ended");
    assert_eq!(own.get("/api/v1/contacts").await.problem(), "key-ended");
    let refusals: i64 = app
        .db
        .read(|conn| {
            Ok(audit_entries::table.filter(audit_entries::kind.eq("key.refused")).count().get_result(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(refusals, 1, "the history has a refusal once a day");
}

async fn a_key_works_from_its_networks_only(app: TestApp) {
    let alice = app.coordinator().await;
    for (networks, status) in [("10.0.0.0/8", 403), ("10.0.0.0/8\n127.0.0.1", 200)] {
        let made = send_key(&alice, &[("right", Some("read")), ("networks", Some(networks))]).await;
        let own = Program::new(&app, &made.one("#key"));
        assert_eq!(own.get("/api/v1/contacts").await.status, status, "{networks}");
        if status == 403 {
            assert_eq!(own.get("/api/v1/contacts").await.problem(), "wrong-network");
        }
    }
}

/// The scope and the right of each route, written by hand.
fn access_of(method: &str, pattern: &str) -> (KeyScope, Right) {
    match (method, pattern) {
        ("GET", "/api/v1/lookup" | "/api/v1/openapi.json") => (KeyScope::Lookup, Right::ContactView),
        ("GET", "/api/v1/organizations" | "/api/v1/organizations/{id}") => {
            (KeyScope::Read, Right::OrganizationView)
        }
        ("GET", "/api/v1/imports" | "/api/v1/imports/{id}") => (KeyScope::Read, Right::ImportView),
        ("GET", _) => (KeyScope::Read, Right::ContactView),
        ("POST", "/api/v1/imports") => (KeyScope::Write, Right::ImportAdd),
        ("POST", "/api/v1/organizations") => (KeyScope::Write, Right::OrganizationAdd),
        ("PUT" | "PATCH", "/api/v1/organizations/{id}") => (KeyScope::Write, Right::OrganizationEdit),
        ("DELETE", "/api/v1/organizations/{id}") => (KeyScope::Write, Right::OrganizationDelete),
        ("POST", "/api/v1/contacts") => (KeyScope::Write, Right::ContactAdd),
        ("DELETE", "/api/v1/contacts/{id}") => (KeyScope::Write, Right::ContactDelete),
        ("POST", "/api/v1/contacts/{id}/notes") => (KeyScope::Write, Right::NoteAdd),
        ("PUT" | "PATCH", "/api/v1/contacts/{id}")
        | ("POST", "/api/v1/sources/{source}/contacts")
        | ("PUT", "/api/v1/sources/{source}/contacts/{external_id}") => (KeyScope::Write, Right::ContactEdit),
        (method, pattern) => panic!("{method} {pattern} is not in the table of this test"),
    }
}

async fn every_route_asks_for_its_scope_and_right(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let mut programs = vec![(None, Role::Agent, Program::new(&app, ""))];
    for scope in [KeyScope::Lookup, KeyScope::Read, KeyScope::Write] {
        programs.push((Some(scope), Role::Coordinator, program(&app, &alice, scope.as_str()).await));
        if scope != KeyScope::Write {
            programs.push((Some(scope), Role::Agent, program(&app, &bob, scope.as_str()).await));
        }
    }
    let routes = api_routes();
    assert!(routes.table().len() > 10);
    for route in routes.table() {
        let (needed, right) = access_of(route.method.as_str(), route.pattern);
        assert_eq!(route.access, Access::Key(needed, right), "{} {}", route.method, route.pattern);
        let path =
            route.pattern.replace("{id}", "999999").replace("{source}", "RH").replace("{external_id}", "7");
        for (scope, role, own) in &programs {
            let method = Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
            let answer = read(own.raw(method, &path)).await;
            let context = format!("{} {path} with {scope:?} of {role:?}: {answer:?}", route.method);
            match scope {
                None => {
                    assert_eq!((answer.status, &*answer.problem()), (401, "no-key"), "{context}");
                    let ways: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
                    assert_eq!(ways.len(), 2, "{context}");
                }
                Some(scope) if *scope < needed => {
                    assert_eq!((answer.status, &*answer.problem()), (403, "key-scope"), "{context}");
                }
                Some(_) if !role.has(right) => {
                    assert_eq!((answer.status, &*answer.problem()), (403, "missing-right"), "{context}");
                }
                Some(_) => {
                    assert!(matches!(answer.status, 200 | 400 | 404 | 415 | 422 | 428), "{context}");
                }
            }
            assert!(answer.headers.get("set-cookie").is_none(), "{context}");
        }
    }
}

async fn a_session_opens_no_api_and_a_key_no_page(app: TestApp) {
    let alice = app.coordinator().await;
    let answer = read(alice.raw(Method::GET, "/api/v1/contacts")).await;
    assert_eq!((answer.status, &*answer.problem()), (401, "no-key"));
    let own = program(&app, &alice, "write").await;
    for path in ["/contacts", "/account", "/account/keys"] {
        let answer = own.get(path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert!(answer.header("location").starts_with("/login"), "{path}");
    }
    assert_eq!(own.get("/api/v1").await.problem(), "not-found");
    assert_eq!(own.get("/api/v1/nothing").await.problem(), "not-found");
    let answer = read(own.raw(Method::POST, "/api/v1/lookup")).await;
    assert_eq!((answer.status, &*answer.problem()), (405, "method-not-allowed"));
    assert_eq!(answer.header("allow"), "GET, HEAD");
}

async fn a_changed_role_changes_what_a_key_may_do(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    let body = serde_json::json!({"first_name": "Anne", "last_name": "Martin"});
    assert_eq!(own.send(Method::POST, "/api/v1/contacts", &body, None).await.status, 201);
    app.db
        .write(|conn| {
            use carnet::db::schema::accounts;
            diesel::update(accounts::table.filter(accounts::username.eq("alice")))
                .set(accounts::role.eq("agent"))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let refused = own.send(Method::POST, "/api/v1/contacts", &body, None).await;
    assert_eq!((refused.status, &*refused.problem()), (403, "missing-right"));
    assert_eq!(refused.json()["right"], "externalContacts:contact:add");
    assert_eq!(own.get("/api/v1/contacts").await.status, 200);
}

async fn wrong_keys_are_refused_in_every_form(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "read").await;
    let basic = |user: &str, password: &str| {
        Program::new(&app, "").raw(Method::GET, "/api/v1/contacts").basic_auth(user, Some(password))
    };
    assert_eq!(read(basic("standard", &own.key)).await.status, 200);
    assert_eq!(read(basic("", &own.key)).await.status, 200);
    let nobody = Program::new(&app, "");
    let with = |value: &str| nobody.raw(Method::GET, "/api/v1/contacts").header("authorization", value);
    for wrong in [
        format!("Bearer {}0", own.key),
        format!("Bearer {}", own.key.replace("carnet_", "karnet_")),
        format!("Bearer carnet_{}", "0".repeat(48)),
        "Bearer".to_owned(),
        "Digest username=\"alice\"".to_owned(),
        "Basic !!!".to_owned(),
    ] {
        let answer = read(with(&wrong)).await;
        assert_eq!((answer.status, &*answer.problem()), (401, "wrong-key"), "{wrong}");
        assert!(!answer.body.contains("carnet_"), "{answer:?}");
    }
    let twice = with(&format!("Bearer {}", own.key)).header("authorization", format!("Bearer {}", own.key));
    assert_eq!(read(twice).await.status, 401);
    // A flood of wrong keys delays no good one.
    let flood: Vec<_> = (0..100).map(|_| read(with(&format!("Bearer carnet_{}", "1".repeat(48))))).collect();
    let (good, flood) = tokio::join!(own.get("/api/v1/contacts"), futures_util::future::join_all(flood));
    assert_eq!(good.status, 200);
    assert!(flood.iter().all(|answer| matches!(answer.status, 401 | 429 | 503)));
}

async fn a_request_from_another_site_is_refused(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "write").await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "http://evil.example")] {
        let request = own.raw(Method::POST, "/api/v1/contacts").header(name, value);
        let answer = read(request.header("content-type", "application/json").body("{}")).await;
        assert_eq!((answer.status, &*answer.problem()), (403, "other-site"), "{name}");
        assert!(answer.headers.get("access-control-allow-origin").is_none());
    }
}

async fn uses_are_counted_and_shown(app: TestApp) {
    let alice = app.coordinator().await;
    let own = program(&app, &alice, "read").await;
    for _ in 0..3 {
        assert_eq!(own.get("/api/v1/contacts").await.status, 200);
    }
    // The counts are stored every ten seconds.
    let is_counted = |page: &Page| page.select("tbody td").iter().any(|cell| cell.contains("3 requêtes"));
    let page = seen(&alice, "/account/keys", is_counted).await;
    assert!(page.select("tbody td").iter().any(|cell| cell.contains("127.0.0.1")), "{}", page.body);
}

async fn a_key_stops_without_a_needed_second_factor_or_sign_in(app: TestApp) {
    use carnet::db::schema::accounts;

    let alice = app.coordinator().await;
    let own = program(&app, &alice, "read").await;
    let change = async |issuer: Option<&'static str>, days: i64, second_factor_for: &'static str| {
        let signed_in_at = carnet::base::clock::now() - chrono::TimeDelta::days(days);
        app.db
            .write(move |conn| {
                diesel::update(accounts::table.filter(accounts::username.eq("alice")))
                    .set((
                        accounts::issuer.eq(issuer),
                        accounts::subject.eq(issuer),
                        accounts::signed_in_at.eq(signed_in_at),
                    ))
                    .execute(conn)?;
                carnet::db::settings::set(conn, "second_factor_for", second_factor_for)
            })
            .await
            .unwrap();
    };
    change(None, 400, "nobody").await;
    assert_eq!(own.get("/api/v1/contacts").await.status, 200, "an own password needs no sign-in");
    change(Some("https://company.example"), 29, "everybody").await;
    assert_eq!(own.get("/api/v1/contacts").await.status, 200, "the company asks for the second factor");
    change(Some("https://company.example"), 31, "nobody").await;
    assert_eq!(own.get("/api/v1/contacts").await.problem(), "key-ended");
    change(None, 0, "coordinators").await;
    let refused = own.get("/api/v1/contacts").await;
    assert_eq!((refused.status, &*refused.problem()), (403, "second-factor"));
}

#[test]
fn the_description_has_every_route_and_no_other() {
    let routes = api_routes();
    let mut known: Vec<(String, &str)> =
        routes.table().iter().map(|route| (route.method.to_string(), route.pattern)).collect();
    let mut described: Vec<(String, &str)> = carnet::api::OPERATIONS
        .iter()
        .map(|operation| (operation.method.to_owned(), operation.path))
        .collect();
    known.sort();
    described.sort();
    assert_eq!(known, described);
}
