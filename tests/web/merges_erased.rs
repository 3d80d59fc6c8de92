//! Erasing people, of which some were merged: an erased one is nowhere any more, and a remaining one keeps all of its own data.

use carnet::db::schema::{book_words, contact_aliases, contact_merges, contacts, favourite_contacts, notes};
use diesel::prelude::*;

use crate::support::contacts::add;
use crate::support::contacts::contact;
use crate::support::duplicates::search;
use crate::support::erasure::{blank, erase, file, finished};
use crate::support::merges::{ONE, TWO, ask, found, merge, two, value};
use crate::support::preview::counts;
use crate::support::{Client, TestApp};

/// Empties the trash, and waits for the end.
async fn empty_trash(alice: &Client) {
    let ask = alice.get("/contacts/trash/empty").await;
    let answer = alice.submit(&ask, "main form", &[("confirm", Some("on"))]).await;
    finished(alice, &answer.location()).await;
}

async fn erase_to_the_end(alice: &Client, path: &str) {
    finished(alice, &erase(alice, path).await.location()).await;
}

/// The stored list after its one line was blanked.
fn blank_line(list: &str) -> String {
    format!("{}\n", blank(list.trim_end()))
}

both_backends!(
    erasing_a_contact_erases_the_data_of_both_merged_ones,
    emptying_the_trash_takes_nothing_from_the_remaining_contact,
    after_an_undone_merge_each_contact_has_its_own_emails,
    the_emails_of_a_merged_contact_are_erased_with_the_remaining_one,
    no_word_of_a_former_name_remains_in_the_book,
    a_contact_merged_and_erased_at_the_same_moment_is_either_erased_or_kept,
);

async fn erasing_a_contact_erases_the_data_of_both_merged_ones(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    for path in [&low, &high] {
        let page = alice.get(path).await;
        assert_eq!(alice.submit(&page, "#notes form", &[("note", Some("À rappeler"))]).await.status, 303);
        assert_eq!(alice.post(&page, &format!("{path}/favourite"), &[("favourite", "on")]).await.status, 303);
    }
    search(&alice).await;
    merge(&alice, &low, &high, &[]).await;
    let data = alice.get(&format!("{low}/data.json")).await.body;
    assert!(data.contains("\"former_emails\": [\n      \"zoe77@mairie.example\""), "{data}");
    assert!(data.contains("\"merged\""));
    let held = async || -> [i64; 5] {
        app.db
            .read(|conn| {
                Ok([
                    contacts::table.count().get_result(conn)?,
                    contact_merges::table.count().get_result(conn)?,
                    contact_aliases::table.count().get_result(conn)?,
                    notes::table.count().get_result(conn)?,
                    favourite_contacts::table.count().get_result(conn)?,
                ])
            })
            .await
            .unwrap()
    };
    assert_eq!(held().await, [2, 1, 1, 2, 2]);
    erase_to_the_end(&alice, &low).await;
    assert_eq!(held().await, [0; 5]);
    assert_eq!(file(&app, "un").await, blank_line(ONE));
    assert_eq!(file(&app, "deux").await, blank_line(TWO), "the other e-mail's line too");
    assert_eq!(search(&alice).await.one(".lead"), "Aucun doublon possible");
}

async fn emptying_the_trash_takes_nothing_from_the_remaining_contact(app: TestApp) {
    let alice = app.coordinator().await;
    let (a, b) = two(&alice).await;
    let c = add(&alice, &[("first_name", "Hélène"), ("last_name", "Lefèvre"), ("email", "c@mairie.example")])
        .await;
    merge(&alice, &a, &b, &[("keep", Some("high"))]).await;
    merge(&alice, &b, &c, &[("keep", Some("high"))]).await;
    let form = alice.get("/contacts/filters/new?q=abc55%40mairie.example").await;
    assert_eq!(alice.submit(&form, "main form", &[("name", Some("Elle"))]).await.status, 303);
    let filters = async || alice.get("/contacts/filters").await.select(".choices > li > a");
    empty_trash(&alice).await;
    assert_eq!(alice.get(&b).await.status, 404);
    assert_eq!(file(&app, "un").await, ONE);
    assert_eq!(file(&app, "deux").await, TWO);
    assert_eq!(filters().await, ["Elle"]);
    for email in ["abc55@mairie.example", "zoe77@mairie.example"] {
        assert_eq!(found(&alice, email).await, std::slice::from_ref(&c), "{email}");
    }
    erase_to_the_end(&alice, &c).await;
    assert!(filters().await.is_empty());
    assert_eq!(file(&app, "un").await, blank_line(ONE));
    assert_eq!(file(&app, "deux").await, blank_line(TWO));
}

async fn after_an_undone_merge_each_contact_has_its_own_emails(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    for changed in [false, true] {
        merge(&alice, &low, &high, &[("keep", Some("low")), ("field_email", Some("high"))]).await;
        assert_eq!(value(&alice, &low, "email").await, "zoe77@mairie.example");
        if changed {
            let edit = alice.get(&format!("{low}/edit")).await;
            assert_eq!(
                alice.submit(&edit, "main form", &[("email", Some("neuf@mairie.example"))]).await.status,
                303
            );
        }
        let page = alice.get(&low).await;
        alice.submit(&page, "form[action^='/merges']", &[]).await;
        assert_eq!(value(&alice, &high, "email").await, "zoe77@mairie.example");
    }
    assert_eq!(value(&alice, &low, "email").await, "neuf@mairie.example");
    erase_to_the_end(&alice, &low).await;
    assert_eq!(file(&app, "un").await, blank_line(ONE), "what it was known by at first");
    assert_eq!(file(&app, "deux").await, TWO, "the other one stays");
}

async fn the_emails_of_a_merged_contact_are_erased_with_the_remaining_one(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    let edit = alice.get(&format!("{high}/edit")).await;
    assert_eq!(alice.submit(&edit, "main form", &[("email", Some("neuf@mairie.example"))]).await.status, 303);
    merge(&alice, &low, &high, &[("keep", Some("low")), ("field_email", Some("low"))]).await;
    // Two steps: the last remaining contact inherits what was handed on to the first.
    empty_trash(&alice).await;
    let last =
        add(&alice, &[("first_name", "Hélène"), ("last_name", "Lefèvre"), ("email", "c@mairie.example")])
            .await;
    merge(&alice, &low, &last, &[("keep", Some("high"))]).await;
    empty_trash(&alice).await;
    let data = alice.get(&format!("{last}/data.json")).await.body;
    for email in ["abc55@mairie.example", "neuf@mairie.example", "zoe77@mairie.example"] {
        assert!(data.contains(&format!("\"{email}\"")), "{data}");
    }
    assert!(found(&alice, "zoe77@mairie.example").await.is_empty());
    let page = alice.import("trois", "Mme,Zoé,Autre,zoe77@mairie.example,,,,\n", false).await;
    assert_eq!(counts(&page)[0], 1, "no list means it by that e-mail");
    assert_eq!(file(&app, "deux").await, TWO);
    erase_to_the_end(&alice, &last).await;
    assert_eq!(file(&app, "un").await, blank_line(ONE));
    assert_eq!(file(&app, "deux").await, blank_line(TWO));
}

async fn no_word_of_a_former_name_remains_in_the_book(app: TestApp) {
    let alice = app.coordinator().await;
    alice
        .import(
            "un",
            "Mme,Gwendoline,Xylander,gx@xylander.example,,,,Lyon\nMme,Gwendoline,Roux,roux@b.fr,,,,Lyon\n",
            false,
        )
        .await;
    let path = contact(&alice, "gx@xylander.example").await;
    let edit = alice.get(&format!("{path}/edit")).await;
    let changes =
        [("last_name", Some("Martin")), ("email", Some("martin@b.fr")), ("title", Some("Zythologue"))];
    assert_eq!(alice.submit(&edit, "main form", &changes).await.status, 303);
    let edit = alice.get(&format!("{path}/edit")).await;
    assert_eq!(alice.submit(&edit, "main form", &[("title", None)]).await.status, 303);
    let known = async |word: &'static str| -> i64 {
        app.db
            .read(move |conn| {
                Ok(book_words::table
                    .filter(book_words::word.like(format!("%{word}%")))
                    .count()
                    .get_result(conn)?)
            })
            .await
            .unwrap()
    };
    for word in ["xylander", "zythologue", "martin"] {
        assert!(known(word).await > 0, "{word}");
    }
    erase_to_the_end(&alice, &path).await;
    for word in ["xylander", "zythologue", "martin"] {
        assert_eq!(known(word).await, 0, "{word}");
    }
    assert!(known("gwendoline").await > 0, "another has it");
}

async fn a_contact_merged_and_erased_at_the_same_moment_is_either_erased_or_kept(app: TestApp) {
    let alice = app.coordinator().await;
    for _ in 0..5 {
        let one = add(&alice, &[("first_name", "Hélène"), ("last_name", "Lefèvre")]).await;
        let other = add(&alice, &[("first_name", "Hélène"), ("last_name", "Lefevre")]).await;
        let form = ask(&alice, &one, &other).await;
        let sure = alice.get(&format!("{one}/erase")).await;
        let (merged, erased) = tokio::join!(
            alice.submit(&form, "main form", &[("keep", Some("low"))]),
            alice.submit(&sure, "main form", &[("confirm", Some("on"))])
        );
        assert_eq!([merged.status, erased.status], [303, 303]);
        assert_eq!(alice.get(&one).await.status, 404);
        let other = alice.get(&other).await;
        assert!(
            other.status == 404 || other.select("#trashed").is_empty(),
            "nothing of who is erased lies in the trash"
        );
    }
}
