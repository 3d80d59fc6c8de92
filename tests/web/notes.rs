//! Notes on a contact.

use crate::support::{Client, TestApp};

async fn person(client: &Client) -> String {
    client.import("un", "M.,A,B,a@b.fr,,,,\n", false).await;
    client.get("/contacts").await.attributes("tbody th a", "href").remove(0)
}

async fn add(client: &Client, path: &str, text: &str) -> crate::support::Page {
    let page = client.get(path).await;
    client.submit(&page, "#notes form", &[("note", Some(text))]).await
}

both_backends!(
    notes_are_shown_newest_first_with_author_and_line_breaks,
    only_its_author_edits_or_deletes_a_note,
    a_note_has_1_to_32_000_characters,
    a_double_click_makes_one_note,
    many_notes_are_paged,
);

async fn notes_are_shown_newest_first_with_author_and_line_breaks(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let path = person(&alice).await;
    let saved = add(&alice, &path, "Première\r\nligne <b>deux</b> & {{ x }}").await;
    assert_eq!(saved.location(), format!("{path}#notes"));
    add(&bob, &path, "Seconde").await;
    let page = bob.get(&path).await;
    let authors = page.select(".note > p:first-child bdi");
    assert_eq!(authors, ["bob", "alice"]);
    assert!(page.body.contains("Première\nligne &#60;b&#62;deux&#60;/b&#62; &#38; {{ x }}"), "{}", page.body);
    assert_eq!(page.select(".note:first-of-type .actions a").len(), 2, "one's own can be edited");
    assert_eq!(page.select(".note .actions").len(), 1, "and nobody else's");
}

async fn only_its_author_edits_or_deletes_a_note(app: TestApp) {
    let (alice, bob, charlie) = (app.coordinator().await, app.agent().await, app.administrator().await);
    let path = person(&alice).await;
    add(&bob, &path, "De Bob").await;
    let own = bob.get(&path).await;
    let links = own.attributes(".note .actions a", "href");
    for other in [&alice, &charlie] {
        for link in &links {
            assert_eq!(other.get(link).await.status, 403, "{link}");
        }
        let page = other.get(&path).await;
        assert!(page.select(".note .actions").is_empty());
        for target in [links[1].clone(), links[0].replace("/edit", "")] {
            let forced = other.post(&page, &target, &[("note", "forcé")]).await;
            assert_eq!(forced.status, 403);
            assert_eq!(forced.one("h1"), "Ce n’est pas votre note");
        }
    }
    let edit = bob.get(&links[0]).await;
    let saved = bob.submit(&edit, "main form", &[("note", Some("Corrigée"))]).await;
    let page = bob.follow(&saved).await;
    assert!(page.one(".note").contains("Corrigée") && page.one(".note").contains("modifiée le"));
    let ask = bob.get(&links[1]).await;
    assert!(ask.body.contains("Corrigée"));
    let deleted = bob.submit(&ask, "main form", &[]).await;
    assert!(bob.follow(&deleted).await.select(".note").is_empty());
    let told: Vec<String> = alice.get(&path).await.select(".history > li strong");
    assert_eq!(told, ["Note supprimée", "Note modifiée", "Note ajoutée"]);
}

async fn a_note_has_1_to_32_000_characters(app: TestApp) {
    let alice = app.coordinator().await;
    let path = person(&alice).await;
    for empty in ["", " \r\n \t"] {
        let refused = add(&alice, &path, empty).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.errors(), ["Saisissez le texte de la note"]);
    }
    let long = "é".repeat(32_001);
    let refused = add(&alice, &path, &long).await;
    assert!(refused.errors()[0].contains("32\u{202F}001"), "{:?}", refused.errors());
    assert_eq!(refused.select("#note")[0].chars().count(), 32_001, "what was typed is there");
    let longest = format!("{}\n{}", "é".repeat(15_999), "€".repeat(16_000));
    assert_eq!(add(&alice, &path, &longest).await.status, 303);
    assert!(alice.get(&path).await.body.len() < 100_000, "the page shows its beginning");
    let whole = alice.get(&format!("{path}/notes")).await;
    assert!(whole.body.contains(&longest));
}

async fn a_double_click_makes_one_note(app: TestApp) {
    let alice = app.coordinator().await;
    let path = person(&alice).await;
    let page = alice.get(&path).await;
    let typed = [("note", Some("Une fois"))];
    let (first, second) =
        tokio::join!(alice.submit(&page, "#notes form", &typed), alice.submit(&page, "#notes form", &typed));
    assert_eq!([first.status, second.status], [303, 303]);
    assert_eq!(alice.get(&path).await.select(".note").len(), 1);
}

async fn many_notes_are_paged(app: TestApp) {
    let alice = app.coordinator().await;
    let path = person(&alice).await;
    for number in 1..=12 {
        add(&alice, &path, &format!("note {number}")).await;
    }
    assert_eq!(alice.get(&path).await.select(".note").len(), 5);
    let all = alice.get(&format!("{path}/notes")).await;
    assert_eq!(all.select(".note").len(), 10);
    let older = alice.get(&all.attributes("a[rel=next]", "href")[0]).await;
    assert_eq!(older.select(".note .lines"), ["note 2", "note 1"]);
}
