//! Data beside the fields of two merged contacts: topics, absences, fields of types, text messages.

use chrono::Days;

use crate::support::contact_types::add_type;
use crate::support::contacts::{add, id};
use crate::support::merges::{merge, value, values};
use crate::support::{Client, TestApp};

const NAMED: [(&str, &str); 2] = [("first_name", "Hélène"), ("last_name", "Lefèvre")];

async fn send(alice: &Client, path: &str, fields: &[(&str, Option<&str>)]) {
    let form = alice.get(path).await;
    let saved = alice.submit(&form, "main form", fields).await;
    assert_eq!(saved.status, 303, "{path}: {:?}", saved.errors());
}

async fn know(alice: &Client, path: &str, topics: &str, languages: &str) {
    let fields = [("topics", Some(topics)), ("languages", Some(languages))];
    send(alice, &format!("{path}/expertise"), &fields).await;
}

/// Sets an absence; first and last day are given in days from today.
async fn away(alice: &Client, path: &str, (from, until): (i64, i64), substitute: Option<&str>) {
    let day = |days: i64| {
        let today = carnet::base::clock::today() - Days::new(30);
        (today + Days::new(u64::try_from(days + 30).unwrap())).to_string()
    };
    let (from, until) = (day(from), day(until));
    let fields = [
        ("absent_from", Some(from.as_str())),
        ("absent_until", Some(until.as_str())),
        ("substitute", substitute),
    ];
    send(alice, &format!("{path}/absence"), &fields).await;
}

/// The topics and languages, the absence and the substitute that the page shows.
async fn beside(alice: &Client, path: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    let page = alice.get(path).await;
    (page.select(".facts .chip"), page.select(".absent"), page.attributes(".absent a[href^='/']", "href"))
}

both_backends!(
    data_beside_the_fields_moves_with_a_merge_and_back,
    an_absence_that_is_over_gives_way_to_one_that_is_not,
    an_absence_that_was_changed_since_is_kept_and_reported,
);

async fn data_beside_the_fields_moves_with_a_merge_and_back(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_type(&charlie, "Prestataire", &[("Code", "text", "", false)]).await;
    let low = add(&alice, &NAMED).await;
    let high = add(
        &alice,
        &[
            NAMED[0],
            NAMED[1],
            ("phone_cell", "0611223344"),
            ("sms_cell", "on"),
            ("email", "lefevre0611@b.fr"),
        ],
    )
    .await;
    let marc = add(&alice, &[("first_name", "Marc"), ("last_name", "Roux")]).await;
    let edit = alice.get(&format!("{high}/edit")).await;
    let shown = alice
        .submit(&edit, "main form", &[("contact_type", Some("Prestataire")), ("step", Some("show_type"))])
        .await;
    assert_eq!(alice.submit(&shown, "main form", &[("custom_code", Some("zz42"))]).await.status, 303);
    know(&alice, &low, "eau\nvoirie", "arabe").await;
    know(&alice, &high, "Voirie\nécoles", "anglais").await;
    away(&alice, &high, (0, 3), Some("Marc Roux")).await;
    away(&alice, &marc, (0, 3), Some("lefevre0611@b.fr")).await;
    let before = [
        (values(&alice, &low).await, beside(&alice, &low).await),
        (values(&alice, &high).await, beside(&alice, &high).await),
        (values(&alice, &marc).await, beside(&alice, &marc).await),
    ];

    let page = merge(&alice, &low, &high, &[("keep", Some("low"))]).await;
    assert_eq!(page.select(".facts .chip"), ["eau", "voirie", "écoles", "arabe", "anglais"]);
    assert_eq!(
        page.attributes(".absent a[href^='/']", "href"),
        [marc.as_str()],
        "the absence of the one that has one"
    );
    assert_eq!(alice.get(&marc).await.attributes(".absent a[href^='/']", "href"), [low.as_str()]);
    assert_eq!(value(&alice, &low, "sms_cell").await, "on");
    assert_eq!(value(&alice, &low, "custom_code").await, "zz42");

    let page = alice.get(&low).await;
    let undone = alice.submit(&page, "form[action^='/merges']", &[]).await;
    assert_eq!(
        alice.follow(&undone).await.flash(),
        "La fusion est annulée\u{A0}: les deux contacts sont de nouveau dans le carnet."
    );
    let after = [
        (values(&alice, &low).await, beside(&alice, &low).await),
        (values(&alice, &high).await, beside(&alice, &high).await),
        (values(&alice, &marc).await, beside(&alice, &marc).await),
    ];
    assert_eq!(after, before);
}

async fn an_absence_that_is_over_gives_way_to_one_that_is_not(app: TestApp) {
    let alice = app.coordinator().await;
    for (own, other, stays) in
        [((-9, -2), (0, 3), (0, 3)), ((0, 2), (0, 9), (0, 2)), ((1, 2), (-9, -2), (1, 2))]
    {
        let low = add(&alice, &NAMED).await;
        let high = add(&alice, &NAMED).await;
        away(&alice, &low, own, None).await;
        away(&alice, &high, other, None).await;
        merge(&alice, &low, &high, &[("keep", Some("low"))]).await;
        let told = beside(&alice, &low).await.1;
        away(&alice, &low, stays, None).await;
        assert_eq!(told, beside(&alice, &low).await.1, "{own:?} {other:?}");
    }
}

async fn an_absence_that_was_changed_since_is_kept_and_reported(app: TestApp) {
    let alice = app.coordinator().await;
    let low = add(&alice, &NAMED).await;
    let high = add(&alice, &NAMED).await;
    let marc = add(&alice, &[("first_name", "Marc"), ("last_name", "Roux")]).await;
    away(&alice, &low, (-9, -2), Some("Marc Roux")).await;
    away(&alice, &high, (0, 3), None).await;
    know(&alice, &high, "eau", "").await;
    merge(&alice, &low, &high, &[("keep", Some("low"))]).await;
    away(&alice, &low, (0, 5), None).await;
    let now = beside(&alice, &low).await.1;
    let page = alice.get(&low).await;
    let undone = alice.submit(&page, "form[action^='/merges']", &[]).await;
    let flash = alice.follow(&undone).await.flash();
    assert!(
        flash.starts_with(
            "La fusion est annulée. Ce qui a été modifié depuis reste dans l’autre fiche\u{A0}: "
        ),
        "{flash}"
    );
    assert!(flash.contains("Remplacement") && !flash.contains("Spécialités"), "{flash}");
    assert_eq!(beside(&alice, &low).await, (Vec::new(), now, Vec::new()));

    // A substitute who was erased meanwhile does not come back, and does not prevent the undo.
    away(&alice, &low, (-9, -2), Some("Marc Roux")).await;
    merge(&alice, &low, &high, &[("keep", Some("low"))]).await;
    let sure = alice.get(&format!("{marc}/erase")).await;
    assert_eq!(alice.submit(&sure, "main form", &[("confirm", Some("on"))]).await.status, 303);
    let page = alice.get(&low).await;
    let undone = alice.submit(&page, "form[action^='/merges']", &[]).await;
    assert_eq!(undone.location(), format!("/contacts/{}", id(&high)));
}
