//! A form about something that a colleague has deleted meanwhile: what was typed comes back.

use carnet::app::serve::routes;
use reqwest::Method;

use crate::support::{Client, Page, TestApp};

const TYPED: &str = "Rappeler le notaire à 18 h";

async fn add(client: &Client, name: &str) -> String {
    let form = client.get("/contacts/new").await;
    let email = format!("{}@b.fr", name.to_lowercase());
    let typed = [("first_name", Some("Anne")), ("last_name", Some(name)), ("email", Some(email.as_str()))];
    let added = client.submit(&form, "main form", &typed).await;
    assert_eq!(added.status, 303, "{}", added.body);
    added.location()
}

async fn delete(client: &Client, path: &str) {
    let ask = client.get(&format!("{path}/delete")).await;
    assert_eq!(client.submit(&ask, "main form", &[]).await.status, 303);
}

async fn erase(client: &Client, path: &str) {
    let ask = client.get(&format!("{path}/erase")).await;
    let erased = client.submit(&ask, "main form", &[("confirm", Some("on"))]).await;
    assert_eq!(erased.status, 303);
}

/// Merges the second contact into the first.
async fn merge(client: &Client, kept: &str, gone: &str) {
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let form = client.get(&format!("/duplicates/{}/{}/merge", id(kept), id(gone))).await;
    let merged =
        client.submit(&form, "main form", &[("keep", Some("low")), ("field_last_name", Some("low"))]).await;
    assert_eq!(merged.location(), kept);
}

fn typed_back(page: &Page) -> Vec<String> {
    page.select("[aria-labelledby=typed] textarea")
}

both_backends!(
    no_form_loses_what_was_typed_when_its_record_is_deleted,
    a_note_for_a_contact_that_was_deleted_is_given_back,
    absence_and_topics_for_a_contact_that_was_deleted_are_given_back,
    after_a_merge_a_note_goes_to_the_remaining_contact,
    a_note_that_was_deleted_meanwhile_can_be_added_again,
    after_a_merge_absence_and_topics_go_to_the_remaining_contact,
    after_a_merge_an_edited_contact_is_compared_with_the_remaining_one,
    a_contact_that_was_erased_gives_the_whole_form_back,
    an_organization_that_was_deleted_can_be_added_again,
);

async fn no_form_loses_what_was_typed_when_its_record_is_deleted(app: TestApp) {
    let charlie = app.administrator().await;
    let token = charlie.get("/contacts").await.csrf();
    let mut gone = 0;
    for route in routes().table() {
        if route.method != Method::POST.as_str() || !route.pattern.contains("{id}") {
            continue;
        }
        let path = ["id", "field", "note"]
            .iter()
            .fold(route.pattern.to_owned(), |path, name| path.replace(&format!("{{{name}}}"), "999999"));
        let fields = [
            ("csrf", token.as_str()),
            ("note", TYPED),
            ("name", TYPED),
            ("label", TYPED),
            ("url", TYPED),
            ("first_name", TYPED),
            ("username", "zoe"),
            ("role", "agent"),
            ("direction", "up"),
            ("reading", "x"),
            ("confirm", "on"),
            ("version", "1"),
            ("absent_from", "2126-01-01"),
            ("absent_until", "2126-01-02"),
            ("topics", TYPED),
            ("password", "un mot bien secret"),
            ("kind", "text"),
            ("last_name", "x"),
        ];
        let answer = charlie.raw(Method::POST, &path).form(&fields).send().await.unwrap();
        let answer = Page::read(answer).await;
        // After a second click on a delete button nothing is left to delete, and the answer leads to the list.
        let is_button = answer.status == 303;
        assert!(is_button || answer.body.contains(TYPED), "{path}: {} {}", answer.status, answer.body);
        assert!(!answer.body.contains("bien secret"), "{path}");
        gone += usize::from(!is_button);
    }
    assert!(gone > 20, "{gone}");
}

async fn a_note_for_a_contact_that_was_deleted_is_given_back(app: TestApp) {
    let alice = app.coordinator().await;
    let bob = app.agent().await;
    let path = add(&alice, "Zola").await;
    let (page, own) = (bob.get(&path).await, alice.get(&path).await);
    delete(&alice, &path).await;
    let answer = bob.submit(&page, "#notes form", &[("note", Some(TYPED))]).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.one("h1"), "Ce contact est dans la corbeille", "agents do not see the trash");
    assert!(!answer.body.contains(&format!("href=\"{path}\"")));
    assert_eq!(typed_back(&answer), [TYPED]);
    let refused = alice.submit(&own, "#notes form", &[("note", Some(TYPED))]).await;
    assert_eq!(refused.status, 404);
    assert_eq!(refused.one("h1"), "Anne Zola est dans la corbeille");
    assert_eq!(refused.attributes(".actions a.main", "href"), std::slice::from_ref(&path));
    assert_eq!(answer.select("[aria-labelledby=typed] label"), ["Note"]);
    erase(&alice, &path).await;
    let answer = bob.submit(&page, "#notes form", &[("note", Some(TYPED))]).await;
    assert_eq!(answer.status, 404);
    assert_eq!(typed_back(&answer), [TYPED]);
}

async fn absence_and_topics_for_a_contact_that_was_deleted_are_given_back(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Zola").await;
    let absence = alice.get(&format!("{path}/absence")).await;
    let topics = alice.get(&format!("{path}/expertise")).await;
    delete(&alice, &path).await;
    let days = [
        ("absent_from", Some("2126-01-05")),
        ("absent_until", Some("2126-01-09")),
        ("substitute", Some("Zorn")),
    ];
    let answer = alice.submit(&absence, "main form", &days).await;
    assert_eq!(answer.status, 404);
    assert_eq!(typed_back(&answer), ["2126-01-05", "2126-01-09", "Zorn"]);
    let answer = alice.submit(&topics, "main form", &[("topics", Some("eau\ngaz"))]).await;
    assert_eq!(answer.status, 404);
    assert_eq!(typed_back(&answer), ["eau gaz"]);
}

async fn after_a_merge_a_note_goes_to_the_remaining_contact(app: TestApp) {
    let alice = app.coordinator().await;
    let bob = app.agent().await;
    let (kept, gone) = (add(&alice, "Zola").await, add(&alice, "Zolla").await);
    let page = bob.get(&gone).await;
    bob.submit(&page, "#notes form", &[("note", Some("Première"))]).await;
    let written = bob.get(&gone).await;
    let edit =
        written.attributes("article.note a", "href").into_iter().find(|link| link.ends_with("edit")).unwrap();
    let edit = bob.get(&edit).await;
    let page = bob.get(&gone).await;
    merge(&alice, &kept, &gone).await;
    let answer = bob.submit(&page, "#notes form", &[("note", Some(TYPED))]).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.one("h1"), "Anne Zola");
    assert!(answer.errors()[0].contains("fusionné avec Anne Zola"), "{:?}", answer.errors());
    assert_eq!(answer.one("#note"), TYPED);
    let saved = bob.submit(&answer, "#notes form", &[]).await;
    assert_eq!(saved.location(), format!("{kept}#notes"));
    // A note that moved with the merge is edited at its new contact.
    let answer = bob.submit(&edit, "main form", &[("note", Some("Première, corrigée"))]).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.one("#note"), "Première, corrigée");
    assert_eq!(bob.submit(&answer, "main form", &[]).await.location(), format!("{kept}#notes"));
    let notes = bob.get(&kept).await.select("article.note .lines");
    assert_eq!(notes, [TYPED, "Première, corrigée"]);
}

async fn a_note_that_was_deleted_meanwhile_can_be_added_again(app: TestApp) {
    let bob = app.agent().await;
    let path = add(&app.coordinator().await, "Zola").await;
    let page = bob.get(&path).await;
    bob.submit(&page, "#notes form", &[("note", Some("Première"))]).await;
    let links = bob.get(&path).await.attributes("article.note a", "href");
    let edit = bob.get(&links[0]).await;
    let ask = bob.get(&links[1]).await;
    bob.submit(&ask, "main form", &[]).await;
    let answer = bob.submit(&edit, "main form", &[("note", Some(TYPED))]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.errors()[0].contains("nouvelle note"));
    assert_eq!(bob.submit(&answer, "#notes form", &[]).await.status, 303);
    assert_eq!(bob.get(&path).await.select("article.note .lines"), [TYPED]);
}

async fn after_a_merge_absence_and_topics_go_to_the_remaining_contact(app: TestApp) {
    let alice = app.coordinator().await;
    let (kept, gone) = (add(&alice, "Zola").await, add(&alice, "Zolla").await);
    let topics = alice.get(&format!("{kept}/expertise")).await;
    alice.submit(&topics, "main form", &[("topics", Some("Eau"))]).await;
    let absence = alice.get(&format!("{gone}/absence")).await;
    let topics = alice.get(&format!("{gone}/expertise")).await;
    merge(&alice, &kept, &gone).await;
    let days = [("absent_from", Some("2126-01-05")), ("absent_until", Some("2126-01-09"))];
    let answer = alice.submit(&absence, "main form", &days).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.attributes("#absent_until", "value"), ["2126-01-09"]);
    assert_eq!(alice.submit(&answer, "main form", &[]).await.location(), kept);
    let answer = alice.submit(&topics, "main form", &[("topics", Some("eau, gaz"))]).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.one("#topics"), "Eau gaz");
    assert_eq!(alice.submit(&answer, "main form", &[]).await.location(), kept);
    let page = alice.get(&kept).await;
    assert!(page.body.contains("gaz") && page.body.contains("2126"));
}

async fn after_a_merge_an_edited_contact_is_compared_with_the_remaining_one(app: TestApp) {
    let alice = app.coordinator().await;
    let (kept, gone) = (add(&alice, "Zola").await, add(&alice, "Zolla").await);
    let edit = alice.get(&format!("{gone}/edit")).await;
    merge(&alice, &kept, &gone).await;
    let late = alice.submit(&edit, "main form", &[("title", Some("Juriste"))]).await;
    assert_eq!(late.status, 422);
    assert_eq!(late.attributes("main form", "action"), [kept.as_str()]);
    assert!(late.errors()[0].contains("fusionné avec Anne Zola"));
    assert_eq!(late.attributes("#title", "value"), ["Juriste"]);
    assert_eq!(late.attributes("#last_name", "value"), ["Zola"], "what was not changed is theirs");
    let saved = alice.submit(&late, "main form", &[]).await;
    assert_eq!(saved.location(), kept);
    let page = alice.get(&kept).await;
    assert_eq!(page.one("h1"), "Anne Zola");
    assert_eq!(page.one("h1 ~ .lead"), "Juriste");
    // Then merged into a third contact, which goes to the trash.
    let edit = alice.get(&format!("{kept}/edit")).await;
    let third = add(&alice, "Zorn").await;
    let ids = [&kept, &third].map(|path| path.rsplit('/').next().unwrap().to_owned());
    let form = alice.get(&format!("/duplicates/{}/{}/merge", ids[0], ids[1])).await;
    alice.submit(&form, "main form", &[("keep", Some("high"))]).await;
    delete(&alice, &third).await;
    let late = alice.submit(&edit, "main form", &[("title", Some("Avocate"))]).await;
    assert_eq!(late.status, 422);
    assert_eq!(late.attributes("#title", "value"), ["Avocate"]);
}

async fn a_contact_that_was_erased_gives_the_whole_form_back(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, "Zola").await;
    let edit = alice.get(&format!("{path}/edit")).await;
    erase(&alice, &path).await;
    let answer = alice
        .submit(&edit, "main form", &[("title", Some("Juriste")), ("phone_cell", Some("06 12 34 56 78"))])
        .await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.one("h1"), "Rien n’a été enregistré");
    let typed = typed_back(&answer);
    assert!(
        ["Zola", "Juriste", "06 12 34 56 78", "zola@b.fr"]
            .iter()
            .all(|value| typed.contains(&(*value).to_owned())),
        "{typed:?}"
    );
}

async fn an_organization_that_was_deleted_can_be_added_again(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/organizations/new").await;
    let path = alice.submit(&form, "main form", &[("name", Some("Régie"))]).await.location();
    let edit = alice.get(&format!("{path}/edit")).await;
    let ask = alice.get(&format!("{path}/delete")).await;
    alice.submit(&ask, "main form", &[("step", Some("delete"))]).await;
    let answer = alice.submit(&edit, "main form", &[("notes", Some(TYPED))]).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.one("#notes"), TYPED);
    let added = alice.submit(&answer, "main form", &[]).await;
    assert!(alice.follow(&added).await.body.contains(TYPED));
}
