//! Every route with every role, compared with the table of rights.

use carnet::app::serve::routes;
use carnet::domain::{Right, Role};
use carnet::web::Access;
use reqwest::Method;

use crate::support::{Client, TestApp};

/// The table, written by hand: the product's own `Role::has` must not be tested with itself.
fn may(role: Option<Role>, access: Access) -> bool {
    let (agent, coordinator) = (role == Some(Role::Agent), role == Some(Role::Coordinator));
    let administrator = role == Some(Role::Administrator);
    match access {
        Access::Anyone => true,
        Access::Key(..) => unreachable!("keys open no page"),
        Access::SignedIn
        | Access::BeforeSecondFactor
        | Access::Right(Right::ContactView | Right::OrganizationView | Right::NoteAdd) => {
            agent || coordinator || administrator
        }
        Access::Right(
            Right::ContactAdd
            | Right::ContactEdit
            | Right::ContactDelete
            | Right::ImportAdd
            | Right::ImportView
            | Right::ImportProfileEdit
            | Right::ExportAdd
            | Right::OrganizationAdd
            | Right::OrganizationEdit
            | Right::OrganizationDelete,
        ) => coordinator || administrator,
        Access::Right(
            Right::UserManage | Right::CustomFieldsEdit | Right::SettingsEdit | Right::AuditView,
        ) => administrator,
    }
}

/// The right that each page needs, also written by hand.
fn access_of(method: &str, pattern: &str) -> Access {
    let right = match (method, pattern) {
        (
            _,
            "/login"
            | "/login/code"
            | "/login/company"
            | "/login/company/return"
            | "/login/resume"
            | "/login/second-factor"
            | "/setup",
        ) => return Access::Anyone,
        (_, "/logout" | "/account/second-factor" | "/account/second-factor/key") => {
            return Access::BeforeSecondFactor;
        }
        (_, "/") | ("GET", "/api" | "/api/openapi.json") => return Access::SignedIn,
        ("GET", "/lookup") => Right::ContactView,
        (_, pattern) if pattern.starts_with("/account") => return Access::SignedIn,
        (_, pattern) if pattern.starts_with("/users") => Right::UserManage,
        (_, pattern) if pattern.starts_with("/contact-types") || pattern.starts_with("/sources") => {
            Right::CustomFieldsEdit
        }
        ("GET", "/audit" | "/audit.csv") => Right::AuditView,
        (_, "/settings" | "/waiting/restored") => Right::SettingsEdit,
        (_, pattern) if pattern.starts_with("/webhooks") => Right::SettingsEdit,
        (_, "/contacts/{id}/notes/{note}/edit" | "/contacts/{id}/notes/{note}/delete")
        | ("POST", "/contacts/{id}/notes" | "/contacts/{id}/notes/{note}") => Right::NoteAdd,
        ("GET", "/contacts" | "/contacts/{id}" | "/contacts/{id}/history" | "/contacts/{id}/notes") => {
            Right::ContactView
        }
        (_, pattern) if pattern.starts_with("/contacts/{id}/notes") => Right::NoteAdd,
        ("GET", "/contacts/new") | ("POST", "/contacts") => Right::ContactAdd,
        (
            _,
            "/waiting"
            | "/reports/{id}"
            | "/contacts/{id}/absence"
            | "/contacts/{id}/expertise"
            | "/contacts/{id}/external-ids"
            | "/contacts/{id}/merge"
            | "/contacts/unchecked",
        )
        | ("POST", "/contacts/{id}/checked" | "/contacts/{id}/second-number") => Right::ContactEdit,
        ("POST", "/contacts/{id}/favourite" | "/contacts/{id}/reports")
        | (
            "GET",
            "/contacts/recent"
            | "/contacts/favourites"
            | "/contacts/message"
            | "/contacts.vcf"
            | "/contacts/{id}.vcf",
        )
        | (_, "/contacts/choices") => Right::ContactView,
        (_, pattern) if pattern.starts_with("/contacts/filters") => Right::ContactView,
        (_, pattern) if pattern.starts_with("/contacts/bulk") => Right::ContactEdit,
        ("GET", "/contacts/export" | "/contacts.csv" | "/contacts.xlsx") => Right::ExportAdd,
        ("GET", "/contacts/{id}/edit") | ("POST", "/contacts/{id}" | "/contacts/statuses") => {
            Right::ContactEdit
        }
        ("GET", "/organizations" | "/organizations/{id}") => Right::OrganizationView,
        ("GET", "/organizations/new") | ("POST", "/organizations") => Right::OrganizationAdd,
        ("GET", "/organizations/{id}/edit") | ("POST", "/organizations/{id}") => Right::OrganizationEdit,
        (_, "/organizations/{id}/delete") => Right::OrganizationDelete,
        (
            _,
            "/contacts/{id}/delete"
            | "/contacts/{id}/restore"
            | "/contacts/{id}/erase"
            | "/contacts/trash"
            | "/contacts/trash/empty"
            | "/erasures/{id}",
        ) => Right::ContactDelete,
        (_, pattern) if pattern.starts_with("/duplicates") || pattern.starts_with("/merges") => {
            Right::ContactEdit
        }
        ("GET", "/import-profiles" | "/import-profiles/{id}") | (_, "/reviews" | "/reviews/{id}") => {
            Right::ImportAdd
        }
        (_, pattern) if pattern.starts_with("/import-profiles") => Right::ImportProfileEdit,
        (
            "GET",
            "/imports/new"
            | "/imports/template.csv"
            | "/imports/{id}/columns"
            | "/imports/{id}/lines"
            | "/imports/{id}/undo",
        ) => Right::ImportAdd,
        ("GET", "/contacts/{id}/data" | "/contacts/{id}/data.json" | "/imports/{id}/file") => {
            Right::ExportAdd
        }
        ("GET", pattern) if pattern.starts_with("/imports") => Right::ImportView,
        ("POST", pattern) if pattern.starts_with("/imports") => Right::ImportAdd,
        (method, pattern) => panic!("{method} {pattern} is not in the table of this test"),
    };
    Access::Right(right)
}

both_backends!(
    every_route_asks_for_its_right,
    a_form_from_elsewhere_is_turned_away,
    what_leads_nowhere_is_not_drawn,
);

async fn every_route_asks_for_its_right(app: TestApp) {
    let clients: Vec<(Option<Role>, Client)> = vec![
        (None, app.stranger()),
        (Some(Role::Agent), app.agent().await),
        (Some(Role::Coordinator), app.coordinator().await),
        (Some(Role::Administrator), app.administrator().await),
    ];
    let routes = routes();
    assert!(routes.table().len() > 30);
    for route in routes.table() {
        let access = access_of(route.method.as_str(), route.pattern);
        assert_eq!(route.access, access, "{} {}", route.method, route.pattern);
        let path = route
            .pattern
            .replace("{id}", "999999")
            .replace("{field}", "999999")
            .replace("{note}", "999999")
            .replace("{low}", "999998")
            .replace("{high}", "999999");
        for (role, client) in &clients {
            let method = Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
            let answer = client.request(method, &path).await;
            let context = format!("{} {path} as {role:?}: {}", route.method, answer.status);
            match (may(*role, access), role) {
                // A POST without a form is refused for that, after the check of the right.
                (true, _) if route.method == Method::POST.as_str() => {
                    assert!(matches!(answer.status, 400 | 403), "{context}");
                    assert!(!answer.body.contains("externalContacts:"), "{context}");
                }
                (true, _) => assert!(matches!(answer.status, 200 | 303 | 404), "{context}"),
                (false, None) => {
                    assert_eq!(answer.status, 303, "{context}");
                    assert!(answer.location().starts_with("/login"), "{context}");
                }
                (false, Some(_)) => {
                    assert_eq!(answer.status, 403, "{context}");
                    let Access::Right(right) = access else { unreachable!() };
                    let who = if Role::Coordinator.has(right) {
                        "Seuls les coordinateurs et les administrateurs peuvent faire cela."
                    } else {
                        "Seuls les administrateurs peuvent faire cela."
                    };
                    assert!(answer.one("main p:first-of-type").starts_with(who), "{context}");
                    assert!(!answer.body.contains(right.as_str()), "{context}");
                }
            }
        }
    }
}

async fn a_form_from_elsewhere_is_turned_away(app: TestApp) {
    let alice = app.coordinator().await;
    let page = alice.get("/contacts/new").await;
    let fields = page.form("main form").fields;
    let post = |name: &'static str, value: String| {
        alice.raw(Method::POST, "/contacts").form(&fields).header(name, value).send()
    };
    for (name, value) in [
        ("sec-fetch-site", "cross-site".to_owned()),
        ("sec-fetch-site", "same-site".to_owned()),
        ("origin", "http://evil.example".to_owned()),
        ("origin", "null".to_owned()),
    ] {
        assert_eq!(post(name, value.clone()).await.unwrap().status(), 403, "{name}: {value}");
    }
    let own = format!("http://{}", app.address);
    assert_eq!(post("origin", own).await.unwrap().status(), 422, "only its empty names are wrong");
    assert_eq!(post("sec-fetch-site", "same-origin".into()).await.unwrap().status(), 422);

    let mut forged = fields.clone();
    forged.retain(|(name, _)| name != "csrf");
    let bare = alice.raw(Method::POST, "/contacts").form(&forged).send().await.unwrap();
    assert_eq!(bare.status(), 403);
    forged.push(("csrf".into(), "0".repeat(32)));
    let forged = alice.raw(Method::POST, "/contacts").form(&forged).send().await.unwrap();
    assert_eq!(forged.status(), 403);
}

async fn what_leads_nowhere_is_not_drawn(app: TestApp) {
    let bob = app.agent().await;
    app.coordinator().await.import("un", "M.,A,B,a@b.fr,,,,\n", false).await;
    let page = bob.get("/contacts?sort=name").await;
    assert_eq!(
        page.attributes(".places .menu a", "href"),
        ["/contacts", "/contacts/recent", "/contacts/favourites", "/organizations"]
    );
    assert_eq!(
        page.attributes("input[type=checkbox]", "name"),
        ["contact"],
        "agents tick people, not statuses"
    );
    let links = page.attributes("main a", "href");
    assert!(
        !links.iter().any(|link| link.contains("new") || link.contains("edit") || link.contains("import")),
        "{links:?}"
    );
    let path = page.attributes(".person h2 a", "href").remove(0);
    let page = bob.get(&path).await;
    let buttons =
        ["✉ Écrire", "Mettre en copie", "Carte (.vcf)", "Envoyer aux coordinateurs", "Ajouter la note"];
    assert_eq!(page.select("main .button"), buttons, "an agent adds nothing but notes and reports");
}
