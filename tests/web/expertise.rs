//! Expertise, that is topics and languages, and verification: who confirmed a contact's data, and when.

use carnet::db::schema::{book_counts, contacts};
use chrono::TimeDelta;
use diesel::prelude::*;

use crate::support::{Client, TestApp};

async fn path(alice: &Client, email: &str) -> String {
    let page = alice.get(&format!("/contacts?q={email}")).await;
    page.attributes("tbody th a", "href").remove(0)
}

/// Makes a contact this number of days old.
async fn age(app: &TestApp, email: &'static str, days: i64) {
    app.db
        .write(move |conn| {
            let at = carnet::base::clock::now() - TimeDelta::days(days);
            diesel::update(contacts::table.filter(contacts::email.eq(email)))
                .set((contacts::created_at.eq(at), contacts::checked_at.eq(None::<chrono::NaiveDateTime>)))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

both_backends!(
    topics_and_languages_are_stored_once_and_lead_to_others_with_the_same,
    the_front_page_shows_the_most_frequent_topics_first,
    contacts_are_found_by_topic_at_once,
    too_many_or_too_long_topics_are_reported_with_everything_typed,
    a_double_click_verifies_a_contact_once,
    contacts_not_verified_for_a_year_are_listed_with_the_oldest_first,
);

async fn topics_and_languages_are_stored_once_and_lead_to_others_with_the_same(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", "Mme,Inès,Zola,ines@b.fr,Voirie,,,\n", false).await;
    let ines = path(&alice, "ines@").await;
    let form = alice.get(&format!("{ines}/expertise")).await;
    let typed = [
        ("topics", Some("Livret & famille\r\nnaturalisation, NATURALISATION ,,<b>eau")),
        ("languages", Some("Arabe,anglais")),
    ];
    for _ in 0..2 {
        let saved = alice.submit(&form, "main form", &typed).await;
        assert_eq!(alice.follow(&saved).await.flash(), "Spécialités et langues enregistrées.");
    }
    let page = alice.get(&ines).await;
    assert_eq!(
        page.select(".facts .chip"),
        ["Livret & famille", "naturalisation", "<b>eau", "Arabe", "anglais"]
    );
    let links = page.attributes(".facts .chip", "href");
    assert_eq!(links[0], "/contacts?topic=Livret+%26+famille");
    assert_eq!(links[3], "/contacts?language=Arabe");
    let told = page.select(".history > li");
    assert_eq!(
        told.iter().filter(|entry| entry.contains("Spécialités ou langues modifiées")).count(),
        1,
        "{told:?}"
    );
    assert!(bob.get("/contacts?q=ines").await.one(".person .topics").contains("naturalisation, <b>eau"));
    let form = alice.get(&format!("{ines}/expertise")).await;
    assert_eq!(form.form("main form").fields[1].1, "Livret & famille\nnaturalisation\n<b>eau");
}

async fn contacts_are_found_by_topic_at_once(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", "Mme,Inès,Zola,ines@b.fr,Voirie,,,\nM.,Luc,Zola,luc@b.fr,Voirie,,,\n", false).await;
    let ines = path(&alice, "ines@").await;
    let form = alice.get(&format!("{ines}/expertise")).await;
    alice
        .submit(&form, "main form", &[("topics", Some("Naturalisation")), ("languages", Some("Arabe"))])
        .await;
    for list in [
        "/contacts?topic=naturalisation",
        "/contacts?language=arabe",
        "/contacts?topic=Naturalisation&language=ARABE",
    ] {
        assert_eq!(bob.get(list).await.select(".person h2"), ["Inès Zola"], "{list}");
    }
    assert!(bob.get("/contacts?topic=voirie").await.select(".person").is_empty());
}

async fn the_front_page_shows_the_most_frequent_topics_first(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let list: String = (0..16).map(|index| format!("M.,P,N{index:02},n{index}@b.fr,,,,\n")).collect();
    alice.import("un", list, false).await;
    let people = alice.get("/contacts").await.attributes("tbody th a", "href");
    for (index, person) in people.iter().enumerate() {
        // Each has a topic of their own, more frequent ones are later in the alphabet, and two are equally frequent.
        let mut topics = format!("sujet {index:02}");
        for (topic, count) in [("voirie", 9), ("écoles", 5), ("eau", 5)] {
            if index < count {
                topics = format!("{topics}\n{topic}");
            }
        }
        let id = person.trim_start_matches("/contacts/").split('?').next().unwrap();
        let form = alice.get(&format!("/contacts/{id}/expertise")).await;
        assert_eq!(alice.submit(&form, "main form", &[("topics", Some(&topics))]).await.status, 303);
    }
    let shown = async || bob.get("/contacts").await.select(".topics li");
    let topics = shown().await;
    assert_eq!(topics[..4], ["voirie 9", "eau 5", "écoles 5", "sujet 00 1"]);
    assert_eq!((topics.len(), topics[12].as_str()), (13, "Toutes les spécialités…"));

    let stale = (book_counts::kind.eq("stale"), book_counts::value_key.eq(""), book_counts::n.eq(0));
    app.db
        .write(move |conn| Ok(diesel::insert_into(book_counts::table).values(stale).execute(conn)?))
        .await
        .unwrap();
    assert_eq!(
        shown().await[..3],
        ["eau 5", "écoles 5", "sujet 00 1"],
        "by alphabet while the numbers may be wrong"
    );
}

async fn too_many_or_too_long_topics_are_reported_with_everything_typed(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "Mme,Inès,Zola,ines@b.fr,Voirie,,,\n", false).await;
    let ines = path(&alice, "ines@").await;
    let form = alice.get(&format!("{ines}/expertise")).await;
    let eleven: Vec<String> = (0..11).map(|index| format!("sujet {index}")).collect();
    let (topics, long) = (eleven.join("\n"), "é".repeat(51));
    let answer =
        alice.submit(&form, "main form", &[("topics", Some(&topics)), ("languages", Some(&long))]).await;
    assert_eq!(answer.status, 422);
    let errors = answer.errors();
    assert_eq!(errors[0], "Spécialités\u{A0}: gardez-en 10 au plus");
    assert!(errors[1].starts_with("Langues\u{A0}: ") && errors[1].contains("51"), "{errors:?}");
    let fields = answer.form("main form").fields;
    assert_eq!((fields[1].1.as_str(), fields[2].1.as_str()), (topics.as_str(), long.as_str()));
}

async fn a_double_click_verifies_a_contact_once(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", "Mme,Inès,Zola,ines@b.fr,Voirie,,,\n", false).await;
    let ines = path(&alice, "ines@").await;
    let page = alice.get(&ines).await;
    assert!(page.body.contains("Jamais vérifié"));
    for _ in 0..2 {
        let done = alice.submit(&page, "form[action$=checked]", &[]).await;
        assert_eq!(alice.follow(&done).await.flash(), "Inès Zola\u{A0}: informations confirmées.");
    }
    let page = alice.get(&ines).await;
    let today = carnet::i18n::Locale::Fr.date(carnet::base::clock::today());
    assert!(page.body.contains(&format!("Vérifié le {today} par alice")), "{}", page.body);
    let told = page.select(".history > li");
    assert_eq!(told.iter().filter(|entry| entry.contains("Contact vérifié")).count(), 1, "{told:?}");
    let page = bob.get(&ines).await;
    assert!(page.body.contains("par alice") && page.select("form[action$=checked]").is_empty());
    assert_eq!(alice.post(&alice.get(&ines).await, "/contacts/999999/checked", &[]).await.status, 404);
}

async fn contacts_not_verified_for_a_year_are_listed_with_the_oldest_first(app: TestApp) {
    let alice = app.coordinator().await;
    let list: String = (0..52).map(|index| format!("M.,P,N{index:02},n{index}@b.fr,Voirie,,,\n")).collect();
    alice.import("un", format!("{list}M.,P,Vieux,vieux@b.fr,,,,\nM.,P,Jeune,jeune@b.fr,,,,\n"), false).await;
    let page = alice.get("/contacts/unchecked").await;
    assert!(page.one(".empty").starts_with("Tous les contacts"));
    age(&app, "vieux@b.fr", 900).await;
    age(&app, "jeune@b.fr", 364).await;
    for index in 0..52 {
        let email: &'static str = format!("n{index}@b.fr").leak();
        age(&app, email, 800 - index).await;
    }
    let first = alice.get("/contacts/unchecked").await;
    let names = first.select("tbody th a");
    assert_eq!(
        (names.len(), names[0].as_str(), names[1].as_str(), names[49].as_str()),
        (50, "Vieux, P", "N00, P", "N48, P")
    );
    assert!(first.body.len() < 60_000, "{}", first.body.len());
    let next = first.attributes("a[rel=next]", "href").remove(0);
    let second = alice.get(&next).await;
    assert_eq!(second.select("tbody th a"), ["N49, P", "N50, P", "N51, P"]);

    let done = alice.submit(&second, "tbody form", &[]).await;
    assert_eq!(done.location(), next, "on with the list");
    assert_eq!(alice.follow(&done).await.select("tbody th a"), ["N50, P", "N51, P"]);
    assert!(
        alice
            .get("/contacts")
            .await
            .attributes(".menu a", "href")
            .contains(&"/contacts/unchecked".to_owned())
    );
    for damaged in ["x", "1-", "99999999999999999999-1"] {
        let page = alice.get(&format!("/contacts/unchecked?beyond={damaged}")).await;
        assert_eq!(page.select("tbody th a")[0], "Vieux, P", "{damaged}");
    }
    assert!(
        alice
            .get("/contacts/unchecked?beyond=4102444800000000-1")
            .await
            .one(".empty")
            .starts_with("Fin de la liste.")
    );
}
