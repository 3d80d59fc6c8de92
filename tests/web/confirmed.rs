//! Confirmations that name a number of contacts: an answer for other contacts than these changes nothing.

use carnet::db::AnyConnection;
use carnet::db::schema::{accounts, bulk_changes, contacts, jobs};
use diesel::prelude::*;

use crate::support::contact_types::add_type;
use crate::support::{Client, Page, TestApp};

async fn add(client: &Client, name: &str, fields: &[(&str, &str)]) -> String {
    let form = client.get("/contacts/new").await;
    let email = format!("{}@b.fr", name.to_lowercase());
    let mut typed = vec![
        ("first_name", Some("Anne")),
        ("last_name", Some(name)),
        ("email", Some(email.as_str())),
        ("service", Some("Voirie")),
    ];
    typed.extend(fields.iter().map(|(name, value)| (*name, Some(*value))));
    let added = client.submit(&form, "main form", &typed).await;
    assert_eq!(added.status, 303, "{}", added.body);
    added.location()
}

async fn delete(client: &Client, path: &str) {
    let ask = client.get(&format!("{path}/delete")).await;
    assert_eq!(client.submit(&ask, "main form", &[]).await.status, 303);
}

async fn restore(client: &Client, path: &str) {
    let page = client.get(path).await;
    let restored = client.submit(&page, "form[action$=restore]", &[]).await;
    assert_eq!(restored.status, 303);
}

/// The page's sentence about what has changed, and the names of added and removed contacts.
fn told(page: &Page) -> (String, Vec<String>) {
    assert_eq!(page.status, 422, "{}", page.body);
    let errors = page.errors();
    assert_eq!(errors.len(), 1);
    assert_eq!(page.one("#changed .field-error"), errors[0]);
    (errors[0].clone(), page.select("#changed li"))
}

async fn with_status(client: &Client) -> usize {
    client.get("/contacts?status=transfer").await.select("tbody tr").len()
}

both_backends!(
    a_bulk_change_confirmed_for_three_does_not_change_four,
    the_same_number_of_other_contacts_is_not_the_same,
    changes_among_many_contacts_are_found_without_their_names,
    a_bulk_change_of_an_earlier_version_is_carried_out,
    a_confirmation_without_contacts_is_asked_again,
    the_trash_is_not_emptied_of_others_than_were_confirmed,
    an_organization_with_other_contacts_than_were_confirmed_is_not_deleted,
    an_import_with_other_contacts_than_were_confirmed_is_not_undone,
    the_effects_of_a_type_are_confirmed_as_they_were_shown,
);

async fn a_bulk_change_confirmed_for_three_does_not_change_four(app: TestApp) {
    let alice = app.coordinator().await;
    for name in ["Un", "Deux", "Trois"] {
        add(&alice, name, &[]).await;
    }
    let ask = alice.get("/contacts/bulk?service=voirie&do=statuses&transfer=on").await;
    assert!(ask.one(".lead").starts_with("3 contacts"));
    add(&alice, "Quatre", &[]).await;
    let again = alice.submit(&ask, "main form", &[]).await;
    let (words, who) = told(&again);
    assert!(
        words.starts_with("La confirmation portait sur 3 contacts\u{202F}; maintenant\u{A0}: 4 contacts"),
        "{words}"
    );
    assert_eq!(who, ["Anne Quatre"]);
    assert!(again.one(".lead").starts_with("4 contacts"));
    assert_eq!(with_status(&alice).await, 0, "nothing is changed");
    // The page of the change says the same, and leads to the confirmation.
    let id = alice.get("/contacts/bulk?service=voirie").await.attributes("#latest ~ ul a", "href").remove(0);
    let page = alice.get(&id).await;
    assert_eq!(page.one("h1"), "Rien n’a été changé");
    assert_eq!(page.select("#changed li"), ["Anne Quatre"]);
    assert!(page.select("form[action$=undo]").is_empty());
    let question = page.attributes("main .button.main", "href").remove(0);
    assert!(alice.get(&question).await.one(".lead").starts_with("4 contacts"));
    // Confirmed again, it is done.
    let done = alice.submit(&again, "main form", &[]).await;
    alice.at_rest(&done.location()).await;
    assert_eq!(with_status(&alice).await, 4);
}

async fn the_same_number_of_other_contacts_is_not_the_same(app: TestApp) {
    let alice = app.coordinator().await;
    let mut paths = Vec::new();
    for name in ["Un", "Deux", "Trois"] {
        paths.push(add(&alice, name, &[]).await);
    }
    let ask = alice.get("/contacts/bulk?service=voirie&do=delete").await;
    add(&alice, "Quatre", &[]).await;
    delete(&alice, &paths[0]).await;
    let again = alice.submit(&ask, "main form", &[]).await;
    let (words, who) = told(&again);
    assert!(words.contains("3 contacts, et ce ne sont plus les mêmes"), "{words}");
    assert_eq!(who, ["Anne Quatre", "Anne Un"]);
    assert_eq!(again.select("#changed p").len(), 3);
    assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 3, "nobody went to the trash");
    // A contact that was added and removed again makes no difference.
    let path = add(&alice, "Cinq", &[]).await;
    delete(&alice, &path).await;
    let done = alice.submit(&again, "main form", &[]).await;
    alice.at_rest(&done.location()).await;
    assert!(alice.get("/contacts").await.select("tbody tr").is_empty());
}

async fn changes_among_many_contacts_are_found_without_their_names(app: TestApp) {
    let alice = app.coordinator().await;
    let list: String = (0..1_200).map(|n| format!("M.,P,N{n:04},n{n}@b.fr,Voirie,,,\n")).collect();
    alice.import("un", list, false).await;
    let ask = alice.get("/contacts/bulk?service=voirie&do=statuses&transfer=on").await;
    assert!(ask.one(".lead").starts_with("1\u{202F}200 contacts"), "{}", ask.one(".lead"));
    add(&alice, "Milieu", &[]).await;
    let again = alice.submit(&ask, "main form", &[]).await;
    let (words, who) = told(&again);
    assert!(words.contains("1\u{202F}201 contacts"), "{words}");
    assert!(who.is_empty());
    let done = alice.submit(&again, "main form", &[]).await;
    let page = alice.at_rest(&done.location()).await;
    assert_eq!(page.one(".counts div:first-child dd"), "1\u{202F}201");
}

async fn a_bulk_change_of_an_earlier_version_is_carried_out(app: TestApp) {
    let alice = app.coordinator().await;
    add(&alice, "Un", &[]).await;
    let id = app
        .db
        .write(|conn: &mut AnyConnection| {
            let account: i64 = accounts::table.select(accounts::id).first(conn)?;
            let now = carnet::base::clock::now();
            let id: i64 = diesel::insert_into(bulk_changes::table)
                .values((
                    bulk_changes::action
                        .eq(r#"["0123",{"statuses":{"expert":null,"copy":null,"transfer":true}}]"#),
                    bulk_changes::query.eq("service=voirie"),
                    bulk_changes::account_id.eq(account),
                    bulk_changes::state.eq("gathering"),
                    bulk_changes::created_at.eq(now),
                ))
                .returning(bulk_changes::id)
                .get_result(conn)?;
            diesel::insert_into(jobs::table)
                .values((
                    jobs::kind.eq("bulk_change"),
                    jobs::subject_id.eq(id),
                    jobs::run_after.eq(now),
                    jobs::created_at.eq(now),
                ))
                .execute(conn)?;
            Ok(id)
        })
        .await
        .unwrap();
    alice.at_rest(&format!("/contacts/bulk/{id}")).await;
    assert_eq!(with_status(&alice).await, 1);
}

async fn a_confirmation_without_contacts_is_asked_again(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Un", &[]).await;
    for expected in [None, Some("3-zz:")] {
        let ask = alice.get("/contacts/bulk?service=voirie&do=delete").await;
        let asked = alice.submit(&ask, "main form", &[("expected", expected)]).await;
        assert_eq!(asked.status, 200);
        assert_eq!(asked.one("h1"), "Confirmer la modification");
    }
    assert!(alice.get(&path).await.select("#trashed").is_empty());
}

async fn the_trash_is_not_emptied_of_others_than_were_confirmed(app: TestApp) {
    let alice = app.coordinator().await;
    let mut paths = Vec::new();
    for name in ["Un", "Deux", "Trois"] {
        let path = add(&alice, name, &[]).await;
        delete(&alice, &path).await;
        paths.push(path);
    }
    let ask = alice.get("/contacts/trash/empty").await;
    restore(&alice, &paths[1]).await;
    let again = alice.submit(&ask, "main form", &[]).await;
    let (words, who) = told(&again);
    assert!(words.contains("3 contacts\u{202F}; maintenant\u{A0}: 2 contacts"), "{words}");
    assert_eq!(who, ["Anne Deux"]);
    assert_eq!(alice.get(&paths[0]).await.status, 200, "nobody is erased");
    let erased = alice.submit(&again, "main form", &[]).await;
    assert_eq!(erased.status, 303);
    assert_eq!(alice.get(&paths[0]).await.status, 404);
    assert_eq!(alice.get(&paths[1]).await.status, 200);
}

async fn an_organization_with_other_contacts_than_were_confirmed_is_not_deleted(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/organizations/new").await;
    let path = alice.submit(&form, "main form", &[("name", Some("Régie"))]).await.location();
    alice.submit(&form, "main form", &[("name", Some("Mairie"))]).await;
    add(&alice, "Un", &[("organization", "Régie")]).await;
    let ask = alice.get(&format!("{path}/delete")).await;
    assert!(ask.body.contains("1 contact"));
    let second = add(&alice, "Deux", &[("organization", "Régie")]).await;
    for step in ["leave", "move"] {
        let fields = [("step", Some(step)), ("organization", Some("Mairie"))];
        let again = alice.submit(&ask, "main form", &fields).await;
        let (words, who) = told(&again);
        assert!(words.contains("1 contact\u{202F}; maintenant\u{A0}: 2 contacts"), "{words}");
        assert_eq!(who, ["Anne Deux"]);
        assert!(alice.get(&second).await.body.contains("Régie"));
        assert_eq!(again.attributes("#organization", "value"), ["Mairie"], "what was typed stays");
    }
    let again =
        alice.submit(&ask, "main form", &[("step", Some("move")), ("organization", Some("Mairie"))]).await;
    let moved = alice.submit(&again, "main form", &[("step", Some("move"))]).await;
    assert_eq!(moved.location(), "/organizations");
    assert!(alice.get(&second).await.body.contains("Mairie"));
}

async fn an_import_with_other_contacts_than_were_confirmed_is_not_undone(app: TestApp) {
    let alice = app.coordinator().await;
    let page = alice.import("un", "M.,A,Un,un@b.fr,,,,\nM.,A,Deux,deux@b.fr,,,,\n", false).await;
    let path = page.attributes("main a[href$=undo]", "href").remove(0);
    let ask = alice.get(&path).await;
    alice.import("deux", "M.,A,Deux,deux@b.fr,Voirie,,,\n", false).await;
    let again = alice.submit(&ask, "main form", &[]).await;
    let (words, who) = told(&again);
    assert!(words.contains("2 contacts\u{202F}; maintenant\u{A0}: 1 contact"), "{words}");
    assert_eq!(who, ["A Deux"]);
    assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 2);
    let undone = alice.submit(&again, "main form", &[]).await;
    assert_eq!(undone.location(), path.trim_end_matches("/undo"));
    alice.at_rest(&undone.location()).await;
    assert_eq!(alice.get("/contacts").await.select("tbody th a"), ["Deux, A"]);
    // Sent again after going back: it is undone already.
    assert_eq!(alice.submit(&again, "main form", &[]).await.status, 303);
}

async fn the_effects_of_a_type_are_confirmed_as_they_were_shown(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let path = add_type(&charlie, "Prestataire", &[("Niveau", "list", "Or\nArgent", false)]).await;
    let of_type = [("contact_type", "Prestataire"), ("shown_type", "Prestataire"), ("custom_niveau", "Or")];
    add(&alice, "Un", &of_type).await;
    let edit = charlie.get(&format!("{path}/edit")).await;
    let asked = charlie.submit(&edit, "main form", &[("off", Some("on"))]).await;
    assert!(asked.one("#effects li").starts_with("1 contact"));
    add(&alice, "Deux", &of_type).await;
    let again = charlie.submit(&asked, "main form", &[]).await;
    assert_eq!(again.status, 422);
    assert!(again.errors()[0].contains("Les effets ne sont plus"), "{:?}", again.errors());
    assert!(again.one("#effects li").starts_with("2 contacts"));
    assert!(charlie.get(&path).await.select(".lead .tag").is_empty(), "it is on");
    assert_eq!(charlie.submit(&again, "main form", &[]).await.status, 303);
    assert_eq!(charlie.get(&path).await.select(".lead .tag"), ["Désactivé"]);
    let edit = charlie.get(&format!("{path}/edit")).await;
    let asked = charlie.submit(&edit, "main form", &[("off", None)]).await;
    assert_eq!(charlie.submit(&asked, "main form", &[]).await.status, 303);
    // A field, with another change after the confirmation was shown.
    let field = charlie.get(&path).await.attributes("tbody th a", "href").remove(0);
    let edit = charlie.get(&field).await;
    let asked = charlie.submit(&edit, "main form", &[("required", Some("on"))]).await;
    assert_eq!(asked.status, 303, "everybody has something there");
    let edit = charlie.get(&field).await;
    let asked = charlie.submit(&edit, "main form", &[("off", Some("on"))]).await;
    assert_eq!(asked.select("#effects li").len(), 1);
    let more = charlie.submit(&asked, "main form", &[("choices", Some("Argent"))]).await;
    assert_eq!(more.status, 422);
    assert_eq!(more.select("#effects li").len(), 2, "what was not shown was not confirmed");
    assert_eq!(charlie.submit(&more, "main form", &[]).await.status, 303);
    let gone: i64 = app
        .db
        .read(|conn| {
            Ok(contacts::table.filter(contacts::deleted_at.is_not_null()).count().get_result(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(gone, 0);
}
