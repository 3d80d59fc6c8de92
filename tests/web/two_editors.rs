//! Two people edit the same contact: each sees what the other did, and nothing is lost.

use crate::support::{Client, Page, TestApp};

const PERSON: &str = "M.,Anne,Zola,anne@mairie.example,Voirie,0110203040,,Lyon\n";

async fn person(alice: &Client) -> String {
    alice.import("un", PERSON, false).await;
    alice.get("/contacts").await.attributes("tbody th a", "href").remove(0)
}

/// A field's row of the conflict: before, theirs, ours, what is kept.
fn row(page: &Page, label: &str) -> Vec<String> {
    let labels = page.select("#conflict tbody th");
    let at = labels.iter().position(|known| known == label).unwrap();
    page.select(&format!("#conflict tbody tr:nth-child({}) td", at + 1))
}

both_backends!(
    the_second_sees_both_versions_and_chooses,
    keeping_your_own_value_is_the_other_choice,
    a_third_save_in_between_is_reported_again,
    the_choice_also_applies_to_the_organization,
    a_choice_outlives_a_search_in_the_form_and_a_third_editor,
    an_import_counts_as_another_editor,
    many_who_save_at_once_all_keep_theirs,
);

async fn the_second_sees_both_versions_and_chooses(app: TestApp) {
    let alice = app.coordinator().await;
    let path = person(&alice).await;
    let edit = alice.get(&format!("{path}/edit")).await;
    let first = alice
        .submit(
            &edit,
            "main form",
            &[("service", Some("Urbanisme")), ("city", Some("Paris")), ("transfer", Some("on"))],
        )
        .await;
    assert_eq!(first.status, 303);
    let second =
        alice.submit(&edit, "main form", &[("service", Some("Archives")), ("title", Some("Juriste"))]).await;
    assert_eq!(second.status, 422);
    assert!(second.errors()[0].contains("Rien n’est perdu"));
    assert_eq!(row(&second, "Service")[..3], ["Voirie", "Urbanisme", "Archives"]);
    assert_eq!(
        row(&second, "Ville"),
        ["Lyon", "Paris", "Lyon", "l’autre version, reprise dans le formulaire"]
    );
    assert_eq!(row(&second, "Transfert")[..3], ["non", "oui", "non"]);
    assert_eq!(row(&second, "Fonction"), ["–", "–", "Juriste", "la vôtre"]);
    assert_eq!(second.attributes("#service", "value"), ["Archives"], "what was typed is there");
    assert_eq!(second.attributes("#city", "value"), ["Paris"], "and what only they changed is taken over");
    assert_eq!(second.attributes("#transfer[checked]", "id"), ["transfer"]);
    assert!(!alice.get(&path).await.body.contains("Archives"), "nothing is written yet");

    let chosen = alice.submit(&second, "main form", &[("keep_service", Some("theirs"))]).await;
    let page = alice.follow(&chosen).await;
    let facts = page.data();
    assert!(facts.contains("Urbanisme") && facts.contains("Paris"), "{facts}");
    assert_eq!(page.one("h1 ~ .lead"), "Juriste · Urbanisme");
    assert_eq!(page.select("h1 ~ .tags .status"), ["Expert", "Copie", "Transfert"]);
}

async fn keeping_your_own_value_is_the_other_choice(app: TestApp) {
    let alice = app.coordinator().await;
    let path = person(&alice).await;
    let edit = alice.get(&format!("{path}/edit")).await;
    alice.submit(&edit, "main form", &[("service", Some("Urbanisme"))]).await;
    let second = alice.submit(&edit, "main form", &[("service", Some("Archives"))]).await;
    let chosen = alice.submit(&second, "main form", &[]).await;
    assert!(alice.follow(&chosen).await.data().contains("Archives"));
}

async fn a_third_save_in_between_is_reported_again(app: TestApp) {
    let alice = app.coordinator().await;
    let path = person(&alice).await;
    let edit = alice.get(&format!("{path}/edit")).await;
    alice.submit(&edit, "main form", &[("service", Some("Urbanisme"))]).await;
    let second = alice.submit(&edit, "main form", &[("service", Some("Archives"))]).await;
    let other = alice.get(&format!("{path}/edit")).await;
    alice.submit(&other, "main form", &[("service", Some("Eau")), ("city", Some("Dijon"))]).await;
    let again = alice.submit(&second, "main form", &[("keep_service", Some("theirs"))]).await;
    assert_eq!(again.status, 422);
    assert_eq!(
        row(&again, "Service")[..3],
        ["Urbanisme", "Eau", "Urbanisme"],
        "theirs was chosen, and is newer now"
    );
    assert_eq!(again.attributes("#service", "value"), ["Eau"]);
    assert_eq!(again.attributes("#city", "value"), ["Dijon"]);
}

async fn the_choice_also_applies_to_the_organization(app: TestApp) {
    let alice = app.coordinator().await;
    let path = person(&alice).await;
    for name in ["Alpha", "Beta", "Gamma"] {
        let form = alice.get("/organizations/new").await;
        alice.submit(&form, "main form", &[("name", Some(name))]).await;
    }
    let edit = alice.get(&format!("{path}/edit")).await;
    alice.submit(&edit, "main form", &[("organization", Some("Gamma"))]).await;
    let second =
        alice.submit(&edit, "main form", &[("organization", Some("Beta")), ("title", Some("Juriste"))]).await;
    let chosen = alice.submit(&second, "main form", &[("keep_organization", Some("theirs"))]).await;
    assert!(alice.follow(&chosen).await.one("h1 ~ .lead").contains("Gamma"));
}

async fn a_choice_outlives_a_search_in_the_form_and_a_third_editor(app: TestApp) {
    let alice = app.coordinator().await;
    let path = person(&alice).await;
    let edit = alice.get(&format!("{path}/edit")).await;
    alice.submit(&edit, "main form", &[("city", Some("Paris"))]).await;
    let second = alice.submit(&edit, "main form", &[("city", Some("Dijon"))]).await;
    let searched = alice
        .submit(&second, "main form", &[("keep_city", Some("theirs")), ("step", Some("find_organization"))])
        .await;
    assert_eq!(searched.attributes("#city", "value"), ["Paris"]);
    let third = alice.get(&format!("{path}/edit")).await;
    alice.submit(&third, "main form", &[("service", Some("Eau"))]).await;
    let again = alice
        .submit(&second, "main form", &[("keep_city", Some("theirs")), ("title", Some("Juriste"))])
        .await;
    assert_eq!(again.select("#conflict tbody th"), ["Service", "Fonction"], "the city is settled");
    let saved = alice.submit(&again, "main form", &[]).await;
    let facts = alice.follow(&saved).await.data();
    assert!(facts.contains("Paris") && facts.contains("Eau"), "{facts}");
}

async fn an_import_counts_as_another_editor(app: TestApp) {
    let alice = app.coordinator().await;
    let path = person(&alice).await;
    let edit = alice.get(&format!("{path}/edit")).await;
    alice.import("deux", PERSON.replace("Voirie", "Urbanisme"), false).await;
    let told = alice.submit(&edit, "main form", &[("city", Some("Paris"))]).await;
    assert_eq!(told.status, 422);
    assert_eq!(row(&told, "Service")[..3], ["Voirie", "Urbanisme", "Voirie"]);
    let saved = alice.submit(&told, "main form", &[]).await;
    let facts = alice.follow(&saved).await.data();
    assert!(facts.contains("Urbanisme") && facts.contains("Paris"), "{facts}");
}

async fn many_who_save_at_once_all_keep_theirs(app: TestApp) {
    let alice = app.coordinator().await;
    let path = person(&alice).await;
    let fields =
        ["title", "service", "address", "postal_code", "state", "social_x", "social_line", "phone_home"];
    let edit = alice.get(&format!("{path}/edit")).await;
    let save = async |name: &'static str| {
        let mut answer = alice.submit(&edit, "main form", &[(name, Some("0123"))]).await;
        let mut tries = 1;
        while answer.status == 422 {
            assert!(answer.errors()[0].contains("Rien n’est perdu"), "{}", answer.body);
            answer = alice.submit(&answer, "main form", &[]).await;
            tries += 1;
        }
        assert_eq!(answer.status, 303);
        tries
    };
    let tries = futures_util::future::join_all(fields.map(save)).await;
    assert!(tries.iter().sum::<usize>() > fields.len(), "they did meet: {tries:?}");
    let edit = alice.get(&format!("{path}/edit")).await;
    for name in fields {
        assert_eq!(edit.attributes(&format!("#{name}"), "value"), ["0123"], "{name}");
    }
    let history = alice.get(&format!("{path}/history")).await;
    assert_eq!(history.select(".history > li").len(), fields.len());
}
