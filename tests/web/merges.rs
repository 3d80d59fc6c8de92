//! Merging two contacts, and undoing it.

use carnet::db::schema::{contact_aliases, contact_merges};
use diesel::prelude::*;

use crate::support::TestApp;
use crate::support::contacts::add;
use crate::support::merges::{ONE, ask, found, merge, two, value, values};
use crate::support::preview::counts;

both_backends!(
    two_contacts_are_merged_with_the_chosen_values_and_all_others,
    a_name_is_proposed_as_it_is_written_with_its_accents,
    undoing_a_merge_restores_both_contacts,
    later_changes_are_kept_and_reported_by_the_undo_of_a_merge,
    a_list_with_the_old_email_updates_the_remaining_contact,
    the_undo_of_an_import_keeps_a_contact_that_others_were_merged_into,
    the_slower_of_two_merges_is_told_and_loses_nothing,
    clicks_at_the_same_moment_make_one_merge,
    a_chain_of_merges_is_undone_from_its_end,
    an_email_that_another_contact_has_now_is_reported,
    merges_into_one_contact_are_undone_the_latest_first,
    the_history_of_a_merged_contact_is_hidden_with_the_remaining_one,
);

async fn two_contacts_are_merged_with_the_chosen_values_and_all_others(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    let page = alice.get(&high).await;
    alice.submit(&page, "#notes form", &[("note", Some("De l’autre fiche"))]).await;
    alice.post(&page, &format!("{high}/favourite"), &[("favourite", "on")]).await;
    let edit = alice.get(&format!("{high}/edit")).await;
    assert_eq!(alice.submit(&edit, "main form", &[("transfer", Some("on"))]).await.status, 303);
    assert_eq!(value(&alice, &low, "transfer").await, "");

    let form = ask(&alice, &low, &high).await;
    assert_eq!(form.attributes("input[name=keep][checked]", "value"), ["low"], "the older");
    assert_eq!(
        form.attributes("input[name=field_address][checked]", "value"),
        ["low"],
        "where something stands"
    );
    assert_eq!(form.attributes("input[name=field_email][checked]", "value"), ["low"]);
    assert!(form.attributes("input[name=field_phone_work]", "value").is_empty(), "the same needs no choice");
    let page = merge(
        &alice,
        &low,
        &high,
        &[
            ("field_service", Some("low")),
            ("field_city", Some("high")),
            ("field_first_name", Some("low")),
            ("field_last_name", Some("low")),
        ],
    )
    .await;
    assert_eq!(page.flash(), "Les deux contacts n’en font plus qu’un.");
    assert_eq!(page.one("h1"), "Hélène Lefèvre");
    assert_eq!(value(&alice, &low, "service").await, "Voirie");
    assert_eq!(value(&alice, &low, "city").await, "Paris");
    assert_eq!(value(&alice, &low, "address").await, "1 rue Haute");
    assert_eq!(value(&alice, &low, "transfer").await, "on", "the statuses of both");
    assert_eq!(page.select(".note .lines"), ["De l’autre fiche"]);
    assert!(page.select("h2#former-title").len() == 1);
    assert_eq!(page.select("button.star[value=off]").len(), 1, "a favourite of the other's is one of this");
    // Both e-mails find the remaining contact.
    assert_eq!(found(&alice, "zoe77@mairie.example").await, std::slice::from_ref(&low));
    assert_eq!(found(&alice, "abc55@mairie.example").await, std::slice::from_ref(&low));
    // The other one is in the trash and cannot be restored there.
    let trash = alice.get("/contacts/trash").await;
    assert_eq!(trash.select("tbody td:last-child"), ["Fusionné – Helene Lefevre"]);
    let forced = alice.post(&trash, &format!("{high}/restore"), &[]).await;
    assert_eq!(forced.status, 404);
    let gone = alice.get(&high).await;
    assert!(gone.one("#trashed + p").starts_with("Fusionné le"));
    let told = alice.get(&format!("{low}/history")).await;
    assert_eq!(told.select(".history strong")[0], "Fusionné avec un doublon");
    let other = told.attributes("#former-title ~ div a", "href").remove(0);
    let bob = app.agent().await;
    assert_eq!(
        bob.get(&other).await.select(".history strong")[0],
        "Fusionné dans un autre contact",
        "readable with the right to see the remaining contact"
    );
    assert!(bob.get(&low).await.select("form[action^='/merges']").is_empty());
}

async fn a_name_is_proposed_as_it_is_written_with_its_accents(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    let page = ask(&alice, &low, &high).await;
    let proposed = page.form("main form").fields;
    for name in ["first_name", "last_name"] {
        assert!(proposed.contains(&(format!("field_{name}"), "low".to_owned())), "{name}: {proposed:?}");
    }
}

async fn undoing_a_merge_restores_both_contacts(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    let before = (values(&alice, &low).await, values(&alice, &high).await);
    let page = alice.get(&high).await;
    alice.submit(&page, "#notes form", &[("note", Some("De l’autre fiche"))]).await;
    let page = merge(
        &alice,
        &low,
        &high,
        &[("keep", Some("high")), ("field_email", Some("low")), ("field_city", Some("low"))],
    )
    .await;
    assert_eq!(value(&alice, &high, "email").await, "abc55@mairie.example");
    assert_eq!(
        found(&alice, "zoe77@mairie.example").await,
        std::slice::from_ref(&high),
        "its own former e-mail"
    );
    let (first, second) = tokio::join!(
        alice.submit(&page, "form[action^='/merges']", &[]),
        alice.submit(&page, "form[action^='/merges']", &[])
    );
    assert_eq!([first.status, second.status], [303, 303], "a double click undoes it once");
    let page = alice.follow(&first).await;
    assert_eq!(
        page.flash(),
        "La fusion est annulée\u{A0}: les deux contacts sont de nouveau dans le carnet."
    );
    assert_eq!((values(&alice, &low).await, values(&alice, &high).await), before);
    assert_eq!(alice.get(&high).await.select(".note .lines"), ["De l’autre fiche"]);
    assert_eq!(found(&alice, "zoe77@mairie.example").await, std::slice::from_ref(&high));
    assert_eq!(found(&alice, "abc55@mairie.example").await, std::slice::from_ref(&low));
    for path in [&low, &high] {
        let told = alice.get(&format!("{path}/history")).await.select(".history strong");
        assert_eq!(told.iter().filter(|what| *what == "Fusion annulée").count(), 1, "{told:?}");
    }
    let (aliases, taken): (i64, Vec<String>) = app
        .db
        .read(|conn| {
            Ok((
                contact_aliases::table.count().get_result(conn)?,
                contact_merges::table.select(contact_merges::taken).load(conn)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!((aliases, taken), (0, vec![String::new()]), "nothing of it is kept");
}

async fn later_changes_are_kept_and_reported_by_the_undo_of_a_merge(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    merge(&alice, &low, &high, &[("field_city", Some("high")), ("field_service", Some("high"))]).await;
    let edit = alice.get(&format!("{low}/edit")).await;
    alice.submit(&edit, "main form", &[("city", Some("Brest"))]).await;
    let page = alice.get(&low).await;
    let answer = alice.submit(&page, "form[action^='/merges']", &[]).await;
    let page = alice.follow(&answer).await;
    assert_eq!(
        page.flash(),
        "La fusion est annulée. Ce qui a été modifié depuis reste dans l’autre fiche\u{A0}: Ville."
    );
    assert_eq!(value(&alice, &low, "city").await, "Brest");
    assert_eq!(value(&alice, &low, "service").await, "Voirie");
    assert_eq!(value(&alice, &high, "city").await, "Paris");
}

async fn a_list_with_the_old_email_updates_the_remaining_contact(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    merge(&alice, &low, &high, &[]).await;
    let old = "Mme,Hélène,Lefèvre,ZOE77@mairie.example,Urbanisme,0110203040,,Paris\n";
    let page = alice.import("trois", old, false).await;
    assert_eq!(counts(&page)[..3], [0, 1, 0]);
    assert_eq!(value(&alice, &low, "service").await, "Urbanisme");
    assert_eq!(value(&alice, &low, "email").await, "abc55@mairie.example", "its own e-mail stays");
    let again = alice.import("quatre", old, false).await;
    assert_eq!(counts(&again)[..3], [0, 0, 1], "the same again changes nothing");
    let preview = alice.preview("cinq", old.replace("Urbanisme", "Eau")).await;
    let rows = preview.select(".diff tbody tr");
    assert_eq!(rows[1..], ["ServiceUrbanismeEau"], "{rows:?}");
    // Lines with both e-mails in one file are the same contact: the last line counts, each time.
    let both = format!("{old}Mme,Hélène,Lefèvre,abc55@mairie.example,Eau,0110203040,,Paris\n");
    let page = alice.import("six", both.clone(), false).await;
    assert_eq!(counts(&page)[..5], [0, 1, 0, 0, 1]);
    assert_eq!(value(&alice, &low, "service").await, "Eau");
    let page = alice.import("sept", both, false).await;
    assert_eq!(counts(&page)[..5], [0, 0, 1, 0, 1]);
    // What the imports wrote stays when the merge is undone.
    let page = alice.get(&low).await;
    alice.submit(&page, "form[action^='/merges']", &[]).await;
    assert_eq!(value(&alice, &low, "service").await, "Eau");
    assert_eq!(value(&alice, &high, "email").await, "zoe77@mairie.example");
    let page = alice.import("huit", old, false).await;
    assert_eq!(counts(&page)[..3], [0, 1, 0]);
    assert_eq!(value(&alice, &high, "service").await, "Urbanisme");
}

async fn the_undo_of_an_import_keeps_a_contact_that_others_were_merged_into(app: TestApp) {
    let alice = app.coordinator().await;
    let kept = alice.import("un", ONE, false).await;
    let import = kept.attributes("a[href$=undo]", "href").remove(0);
    let low = found(&alice, "abc55@mairie.example").await.remove(0);
    let high =
        add(&alice, &[("first_name", "Hélène"), ("last_name", "Lefèvre"), ("phone_work", "0110203040")])
            .await;
    merge(&alice, &low, &high, &[]).await;
    let form = alice.get(&import).await;
    let answer = alice.submit(&form, "main form", &[]).await;
    alice.at_rest(&answer.location()).await;
    assert!(alice.get(&low).await.select("#trashed").is_empty(), "the one that was typed in is in it");
}

async fn the_slower_of_two_merges_is_told_and_loses_nothing(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    let form = ask(&alice, &low, &high).await;
    let edit = alice.get(&format!("{high}/edit")).await;
    alice.submit(&edit, "main form", &[("city", Some("Brest"))]).await;
    let stale =
        alice.submit(&form, "main form", &[("field_service", Some("low")), ("keep", Some("high"))]).await;
    assert_eq!(stale.status, 422);
    assert_eq!(stale.errors().len(), 1);
    assert_eq!(stale.attributes("input[name=keep][checked]", "value"), ["high"]);
    assert_eq!(stale.attributes("input[name=field_service][checked]", "value"), ["low"]);
    assert_eq!(stale.select("legend .tag"), ["modifié entre-temps"]);
    // The form of the contact that will be merged away, opened before.
    let edit = alice.get(&format!("{low}/edit")).await;
    let merged = alice.submit(&stale, "main form", &[]).await;
    assert_eq!(merged.location(), high);
    let late = alice.submit(&edit, "main form", &[("title", Some("Juriste"))]).await;
    assert_eq!(late.status, 422);
    assert!(late.body.contains("fusionné avec Hélène Lefèvre pendant votre saisie"));
    assert_eq!(late.attributes("#title", "value"), ["Juriste"]);
    let forced = alice.submit(&late, "main form", &[("restore", Some("on"))]).await;
    assert_eq!(forced.status, 422, "it comes back by undoing the merge only");
}

async fn clicks_at_the_same_moment_make_one_merge(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    let third =
        add(&alice, &[("first_name", "Hélène"), ("last_name", "Lefèvre"), ("email", "trois@mairie.example")])
            .await;
    let form = ask(&alice, &low, &high).await;
    let (first, second) =
        tokio::join!(alice.submit(&form, "main form", &[]), alice.submit(&form, "main form", &[]));
    assert_eq!([first.location(), second.location()], [low.clone(), low.clone()]);
    let page = alice.get(&low).await;
    alice.submit(&page, "form[action^='/merges']", &[]).await;

    // The same contact is merged into two others at once: one of the merges is made.
    let one = ask(&alice, &low, &high).await;
    let other = ask(&alice, &high, &third).await;
    let (first, second) = tokio::join!(
        alice.submit(&one, "main form", &[("keep", Some("low"))]),
        alice.submit(&other, "main form", &[("keep", Some("high"))])
    );
    let mut places = [first.location(), second.location()];
    places.sort();
    assert!(places.contains(&"/duplicates".to_owned()), "{places:?}");
    let open: i64 = app
        .db
        .read(|conn| {
            Ok(contact_merges::table.filter(contact_merges::undone_at.is_null()).count().get_result(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(open, 1);
}

async fn a_chain_of_merges_is_undone_from_its_end(app: TestApp) {
    let alice = app.coordinator().await;
    let (a, b) = two(&alice).await;
    let c = add(&alice, &[("first_name", "Hélène"), ("last_name", "Lefèvre"), ("email", "c@mairie.example")])
        .await;
    let page = alice.get(&a).await;
    alice.submit(&page, "#notes form", &[("note", Some("Sur A"))]).await;
    let page = merge(&alice, &a, &b, &[("keep", Some("high"))]).await;
    let first = page.attributes("form[action^='/merges']", "action").remove(0);
    merge(&alice, &b, &c, &[("keep", Some("high"))]).await;
    assert_eq!(found(&alice, "abc55@mairie.example").await, std::slice::from_ref(&c));
    assert_eq!(found(&alice, "zoe77@mairie.example").await, std::slice::from_ref(&c));
    assert_eq!(counts(&alice.import("trois", ONE, false).await)[0], 0, "a list of the first means the last");

    let early = alice.post(&page, &first, &[]).await;
    assert_eq!(early.location(), c);
    assert!(alice.follow(&early).await.flash().contains("annulez d’abord"));
    let page = alice.get(&c).await;
    alice.submit(&page, "form[action^='/merges']", &[]).await;
    assert_eq!(found(&alice, "abc55@mairie.example").await, std::slice::from_ref(&b));
    assert_eq!(alice.get(&b).await.select(".note .lines"), ["Sur A"]);
    let last = alice.post(&page, &first, &[]).await;
    assert_eq!(last.location(), a);
    assert_eq!(alice.get(&a).await.select(".note .lines"), ["Sur A"]);
    assert_eq!(value(&alice, &a, "email").await, "abc55@mairie.example");
}

async fn an_email_that_another_contact_has_now_is_reported(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    merge(&alice, &low, &high, &[]).await;
    add(
        &alice,
        &[
            ("first_name", "Une"),
            ("last_name", "Autre"),
            ("email", "zoe77@mairie.example"),
            ("former", "zoe77@mairie.example"),
        ],
    )
    .await;
    let page = alice.get(&low).await;
    let answer = alice.submit(&page, "form[action^='/merges']", &[]).await;
    assert!(
        alice
            .follow(&answer)
            .await
            .flash()
            .contains("l’adresse e-mail est maintenant celle d’un autre contact")
    );
    assert_eq!(alice.get(&low).await.select("h2#former-title").len(), 1, "nothing was undone");
}

async fn merges_into_one_contact_are_undone_the_latest_first(app: TestApp) {
    let alice = app.coordinator().await;
    let (first, second) = two(&alice).await;
    let kept =
        add(&alice, &[("first_name", "Hélène"), ("last_name", "Lefèvre"), ("email", "c@mairie.example")])
            .await;
    let before = [values(&alice, &kept).await, values(&alice, &first).await, values(&alice, &second).await];
    let chosen = [("keep", Some("high")), ("field_email", Some("low")), ("field_city", Some("low"))];
    let page = merge(&alice, &first, &kept, &chosen).await;
    let early = page.attributes("form[action^='/merges']", "action").remove(0);
    let page = merge(&alice, &second, &kept, &chosen).await;
    assert_eq!(
        (value(&alice, &kept, "email").await, value(&alice, &kept, "city").await),
        ("zoe77@mairie.example".to_owned(), "Paris".to_owned())
    );
    let offered = page.attributes("form[action^='/merges']", "action");
    assert_eq!(offered.len(), 1, "only the latest");
    assert_ne!(offered[0], early);
    assert!(alice.get(&first).await.select("form[action^='/merges']").is_empty());
    assert_eq!(alice.get(&second).await.attributes("form[action^='/merges']", "action"), offered);

    let refused = alice.post(&page, &early, &[]).await;
    assert_eq!(refused.location(), kept);
    assert!(alice.follow(&refused).await.flash().contains("fusionné depuis dans cette fiche"));
    assert_eq!(alice.get(&kept).await.select("h2#former-title ~ div").len(), 2, "nothing was undone");

    for action in [&offered[0], &early] {
        let undone = alice.post(&page, action, &[]).await;
        assert_eq!(
            alice.follow(&undone).await.flash(),
            "La fusion est annulée\u{A0}: les deux contacts sont de nouveau dans le carnet."
        );
    }
    let after = [values(&alice, &kept).await, values(&alice, &first).await, values(&alice, &second).await];
    assert_eq!(after, before);
    let again = alice.post(&page, &early, &[]).await;
    assert_eq!(again.location(), first, "undone is undone");
}

async fn the_history_of_a_merged_contact_is_hidden_with_the_remaining_one(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let (a, b) = two(&alice).await;
    let c = add(&alice, &[("first_name", "Hélène"), ("last_name", "Lefèvre"), ("email", "c@mairie.example")])
        .await;
    merge(&alice, &a, &b, &[("keep", Some("high"))]).await;
    merge(&alice, &b, &c, &[("keep", Some("high"))]).await;
    for part in [&a, &b] {
        assert_eq!(bob.get(&format!("{part}/history")).await.status, 200);
    }
    let ask = alice.get(&format!("{c}/delete")).await;
    alice.submit(&ask, "main form", &[]).await;
    for hidden in [&a, &b, &c] {
        assert_eq!(bob.get(&format!("{hidden}/history")).await.status, 404, "{hidden}");
        assert_eq!(alice.get(&format!("{hidden}/history")).await.status, 200, "{hidden}");
    }
}
