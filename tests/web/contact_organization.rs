//! The organization in the contact's form: suggested, searched, and created without leaving the form.

use carnet::db::schema::organizations;
use diesel::prelude::*;

use crate::support::{Client, Page, TestApp};

async fn names(app: &TestApp) -> Vec<String> {
    let all = organizations::table.order(organizations::id).select(organizations::name);
    app.db.read(move |conn| Ok(all.load(conn)?)).await.unwrap()
}

const TYPED: [(&str, Option<&str>); 5] = [
    ("civility", Some("Mme")),
    ("first_name", Some("Zoé")),
    ("last_name", Some("Petit")),
    ("social_x", Some("zoe")),
    ("transfer", Some("on")),
];

/// Presses a button of the form, with these fields typed and this organization.
async fn press(client: &Client, form: &Page, step: &str, organization: &str) -> Page {
    let mut fields = TYPED.to_vec();
    fields.extend([("organization", Some(organization)), ("step", Some(step))]);
    client.submit(form, "main form", &fields).await
}

fn is_all_there(page: &Page) {
    let fields = page.form("main form").fields;
    for (name, value) in TYPED {
        let found = fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!(found, value, "{name}");
    }
}

both_backends!(
    a_new_organization_is_created_and_nothing_typed_is_lost,
    two_clicks_create_one_organization,
    a_name_that_somebody_took_meanwhile_is_that_organization,
    a_name_that_cannot_be_one_is_reported_at_the_field,
    nobody_creates_one_without_the_right,
    organizations_and_services_of_the_book_are_suggested,
);

async fn a_new_organization_is_created_and_nothing_typed_is_lost(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    assert!(form.select("button[value=create_organization]").is_empty(), "nothing to create yet");
    // Saving with an unknown name tells of it, and offers to create it.
    let mut fields = TYPED.to_vec();
    fields.extend([("email", Some("zoe@b.fr")), ("organization", Some(" Régie \"des\" eaux "))]);
    let told = alice.submit(&form, "main form", &fields).await;
    assert_eq!(told.status, 422);
    assert!(told.errors()[0].starts_with("Cette organisation n’est pas encore dans le carnet"));
    assert_eq!(
        told.select("button[value=create_organization]"),
        ["Créer l’organisation «\u{A0}Régie \"des\" eaux\u{A0}»"]
    );
    is_all_there(&told);
    let created = alice.submit(&told, "main form", &[("step", Some("create_organization"))]).await;
    assert_eq!(created.status, 200, "{}", created.body);
    assert!(created.one("[role=status]").contains("est créée"), "{}", created.one("[role=status]"));
    is_all_there(&created);
    assert_eq!(names(&app).await, ["Régie \"des\" eaux"]);
    let saved = alice.submit(&created, "main form", &[]).await;
    assert_eq!(alice.follow(&saved).await.select(".lead a"), ["Régie \"des\" eaux"]);
    let history = app.administrator().await.get("/audit").await;
    assert!(history.body.contains("Régie"), "its creation is in the log");
}

async fn two_clicks_create_one_organization(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    let (one, other) = tokio::join!(
        press(&alice, &form, "create_organization", "Mairie"),
        press(&alice, &form, "create_organization", "Mairie")
    );
    for page in [one, other] {
        assert_eq!(page.status, 200, "{}", page.body);
        is_all_there(&page);
        assert_eq!(page.attributes("#organization", "value"), ["Mairie"]);
    }
    assert_eq!(names(&app).await, ["Mairie"]);
}

async fn a_name_that_somebody_took_meanwhile_is_that_organization(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    let asked = press(&alice, &form, "find_organization", "regie des eaux").await;
    assert_eq!(asked.select("button[value=create_organization]").len(), 1);
    let new = alice.get("/organizations/new").await;
    let added = alice.submit(&new, "main form", &[("name", Some("Régie des eaux"))]).await;
    assert_eq!(alice.follow(&added).await.one("h1"), "Régie des eaux");
    let page = alice.submit(&asked, "main form", &[("step", Some("create_organization"))]).await;
    assert_eq!(page.attributes("#organization", "value"), ["Régie des eaux"], "in its own spelling");
    assert!(page.one("[role=status]").contains("est dans le carnet"));
    is_all_there(&page);
    assert_eq!(names(&app).await, ["Régie des eaux"]);
}

async fn a_name_that_cannot_be_one_is_reported_at_the_field(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    let long = "x".repeat(101);
    for wrong in ["", "…", long.as_str()] {
        let page = press(&alice, &form, "create_organization", wrong).await;
        assert_eq!(page.status, 422, "{wrong}");
        assert_eq!(page.attributes(".error-summary a", "href"), ["#organization"], "{wrong}");
        is_all_there(&page);
    }
    assert!(names(&app).await.is_empty());
}

async fn nobody_creates_one_without_the_right(app: TestApp) {
    let bob = app.agent().await;
    let page = bob.get("/contacts").await;
    let fields = [("step", "create_organization"), ("organization", "Mairie"), ("last_name", "Petit")];
    assert_eq!(bob.post(&page, "/contacts", &fields).await.status, 403);
    assert!(names(&app).await.is_empty());
}

async fn organizations_and_services_of_the_book_are_suggested(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,A,B,a@b.fr,Voirie,,,\nM.,C,D,c@d.fr,Eau,,,\nM.,E,F,e@f.fr,Eau,,,\n", false).await;
    for name in ["Régie", "École"] {
        let new = alice.get("/organizations/new").await;
        alice.submit(&new, "main form", &[("name", Some(name))]).await;
    }
    let form = alice.get("/contacts/new").await;
    assert_eq!(form.attributes("#organization", "list"), ["organizations"]);
    assert_eq!(form.attributes("#organizations option", "value"), ["École", "Régie"]);
    assert_eq!(form.attributes("#service", "list"), ["services"]);
    assert_eq!(form.attributes("#services option", "value"), ["Eau", "Voirie"]);
    // Of many organizations, those of the contacts changed last.
    app.db
        .write(|conn| {
            let now = carnet::base::clock::now();
            for index in 0..250 {
                diesel::insert_into(organizations::table)
                    .values((
                        organizations::name.eq(format!("Autre {index}")),
                        organizations::name_key.eq(format!("autre {index}")),
                        (
                            organizations::website.eq(""),
                            organizations::phone.eq(""),
                            organizations::industry.eq(""),
                        ),
                        (
                            organizations::address.eq(""),
                            organizations::postal_code.eq(""),
                            organizations::city.eq(""),
                        ),
                        (organizations::country.eq(""), organizations::notes.eq("")),
                        organizations::created_at.eq(now),
                        organizations::updated_at.eq(now),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let fields = [("first_name", Some("Zoé")), ("last_name", Some("Z")), ("organization", Some("Régie"))];
    assert_eq!(alice.submit(&form, "main form", &fields).await.status, 303);
    let form = alice.get("/contacts/new").await;
    assert_eq!(form.attributes("#organizations option", "value"), ["Régie"]);
}
