//! The trash: the list, restoring, emptying.

use carnet::base::clock;
use carnet::db::schema::{audit_entries, contacts, erasures};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::support::contacts::contact;
use crate::support::erasure::finished;
use crate::support::{Client, TestApp};

/// Moves a contact to the trash by its page; returns its path.
async fn delete(client: &Client, email: &str) -> String {
    let path = contact(client, email).await;
    let ask = client.get(&format!("{path}/delete")).await;
    let answer = client.submit(&ask, "main form", &[]).await;
    assert_eq!(answer.location(), path);
    path
}

/// Moves the contact with this e-mail to the trash as if it had been deleted at this time.
async fn set_deleted(app: &TestApp, email: &str, at: NaiveDateTime) {
    let email = email.to_owned();
    app.db
        .write(move |conn| {
            let changed = diesel::update(contacts::table.filter(contacts::email_key.eq(email)))
                .set(contacts::deleted_at.eq(at))
                .execute(conn)?;
            assert_eq!(changed, 1);
            Ok(())
        })
        .await
        .unwrap();
}

async fn emails(app: &TestApp) -> Vec<String> {
    app.db
        .read(|conn| {
            Ok(contacts::table
                .order(contacts::email_key)
                .select(contacts::email_key.assume_not_null())
                .load(conn)?)
        })
        .await
        .unwrap()
}

const THREE: &str = "M.,A,Un,a@b.fr,,,,\nM.,B,Deux,b@b.fr,,,,\nM.,C,Trois,c@b.fr,,,,\n";

both_backends!(
    a_deleted_contact_is_in_the_trash_and_comes_back,
    the_trash_has_pages,
    emptying_the_trash_asks_once_and_erases_what_was_shown,
    a_large_trash_is_emptied_in_batches,
    after_thirty_days_a_contact_is_erased_by_itself,
);

async fn a_deleted_contact_is_in_the_trash_and_comes_back(app: TestApp) {
    let alice = app.coordinator().await;
    let empty = alice.get("/contacts/trash").await;
    assert_eq!(empty.one(".lead"), "La corbeille est vide.");
    assert!(empty.select("main a[href$=empty]").is_empty());
    alice.import("un", THREE, false).await;
    let path = delete(&alice, "a@b.fr").await;
    assert!(
        alice.get("/contacts").await.attributes(".menu a", "href").contains(&"/contacts/trash".to_owned())
    );

    let trash = alice.get("/contacts/trash").await;
    assert_eq!(trash.one(".lead"), "1 contact dans la corbeille");
    assert_eq!(trash.one("tbody th"), "Un, A");
    assert_eq!(trash.attributes("tbody th a", "href"), [&*path]);
    let cells = trash.select("tbody td");
    assert_eq!([&*cells[0], &*cells[2], &*cells[3]], ["a@b.fr", "alice", "30 jours"]);

    let back = alice.submit(&trash, "tbody form", &[]).await;
    let page = alice.follow(&back).await;
    assert_eq!(back.location(), path);
    assert_eq!(page.flash(), "A Un est de retour dans le carnet.");
    assert!(page.select("#trashed").is_empty());
    let twice = alice.submit(&trash, "tbody form", &[]).await;
    assert_eq!(alice.follow(&twice).await.flash(), "A Un est de retour dans le carnet.");
    assert_eq!(
        alice.get(&format!("{path}/history")).await.select(".history strong"),
        ["Contact restauré", "Contact mis à la corbeille"]
    );
    assert_eq!(alice.get("/contacts?q=a@b.fr").await.select("tbody th").len(), 1, "it is found again");
}

async fn the_trash_has_pages(app: TestApp) {
    let alice = app.coordinator().await;
    let people: String = (0..60).map(|index| format!("M.,P,N{index:02},n{index:02}@b.fr,,,,\n")).collect();
    alice.import("un", people, false).await;
    let now = clock::now();
    for index in 0..60 {
        // Pairs deleted at the same moment: the cursor also needs the id.
        set_deleted(&app, &format!("n{index:02}@b.fr"), now - TimeDelta::hours(12 + 10 * (index / 2))).await;
    }
    let first = alice.get("/contacts/trash").await;
    assert_eq!(first.one(".lead"), "60 contacts dans la corbeille");
    assert_eq!(first.select("tbody th").len(), 50);
    assert_eq!(first.select("tbody th")[..3], ["N01, P", "N00, P", "N03, P"]);
    let next = first.attributes("a[rel=next]", "href").remove(0);
    // A cursor is a position: contacts that disappear meanwhile move nothing.
    set_deleted(&app, "n00@b.fr", now - TimeDelta::days(40)).await;
    let second = alice.get(&next).await;
    assert_eq!(second.select("tbody th")[..2], ["N51, P", "N50, P"]);
    assert_eq!(second.select("tbody th").len(), 11);
    assert!(second.select("a[rel=next]").is_empty());
    let left: Vec<String> = second.select("tbody td").into_iter().skip(3).step_by(5).collect();
    assert_eq!(left[0], "20 jours", "deleted 10 days and 22 hours ago");
    assert_eq!(left[10], "bientôt supprimé");
    assert_eq!(alice.get("/contacts/trash?beyond=1-1").await.select(".empty a").len(), 1);
    assert_eq!(alice.get("/contacts/trash?beyond=nowhere").await.select("tbody th").len(), 50);
}

async fn emptying_the_trash_asks_once_and_erases_what_was_shown(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", THREE, false).await;
    assert_eq!(alice.get("/contacts/trash/empty").await.status, 303, "there is nothing to ask");
    delete(&alice, "a@b.fr").await;
    delete(&alice, "b@b.fr").await;
    let ask = alice.get("/contacts/trash/empty").await;
    assert_eq!(ask.one("h1"), "Supprimer définitivement 2 contacts\u{202F}?");
    let later = delete(&alice, "c@b.fr").await;

    let (first, second) =
        tokio::join!(alice.submit(&ask, "main form", &[]), alice.submit(&ask, "main form", &[]));
    assert_eq!(first.location(), second.location(), "a double click empties it once");
    let page = finished(&alice, &first.location()).await;
    assert_eq!(page.one("h1"), "Vidage de la corbeille");
    assert_eq!(page.select(".counts dd"), ["2", "0", "0", "2"]);
    assert!(page.one(".lead").ends_with("par alice"));
    assert_eq!(emails(&app).await, ["c@b.fr"]);
    assert_eq!(alice.get(&later).await.status, 200, "what was deleted after the question stays");
    let told: Vec<(String, Option<i64>, String, Option<String>)> = app
        .db
        .read(|conn| {
            Ok(audit_entries::table
                .filter(audit_entries::kind.eq_any(["trash.emptied", "contact.erased"]))
                .order(audit_entries::id)
                .select((
                    audit_entries::kind,
                    audit_entries::contact_id,
                    audit_entries::subject,
                    audit_entries::changes,
                ))
                .load(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(told.len(), 3);
    assert_eq!(told[0], ("trash.emptied".into(), None, "2".into(), None));
    assert!(told[1..].iter().all(|(kind, contact, subject, changes)| kind == "contact.erased"
        && contact.is_some()
        && subject.is_empty()
        && changes.is_none()));
    let trash = alice.get("/contacts/trash").await;
    assert_eq!(trash.attributes(".erasures a", "href"), [first.location()]);
    assert_eq!(trash.select(".erasures .tag"), ["terminé"]);
}

async fn a_large_trash_is_emptied_in_batches(app: TestApp) {
    let alice = app.coordinator().await;
    let people: String = (0..450).map(|index| format!("M.,P,N{index},n{index}@b.fr,,,,\n")).collect();
    alice.import("un", people, false).await;
    app.db
        .write(|conn| {
            diesel::update(contacts::table).set(contacts::deleted_at.eq(clock::now())).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let ask = alice.get("/contacts/trash/empty").await;
    let answer = alice.submit(&ask, "main form", &[]).await;
    let page = finished(&alice, &answer.location()).await;
    assert_eq!(page.select(".counts dd"), ["450", "0", "0", "450"]);
    assert!(emails(&app).await.is_empty());
}

async fn after_thirty_days_a_contact_is_erased_by_itself(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", THREE, false).await;
    set_deleted(&app, "a@b.fr", clock::now() - TimeDelta::days(31)).await;
    set_deleted(&app, "b@b.fr", clock::now() - TimeDelta::days(29)).await;
    for _ in 0..2 {
        app.db.write(carnet::erasure::sweep_trash).await.unwrap();
    }
    let filed: Vec<(i64, Option<i64>)> = app
        .db
        .read(|conn| Ok(erasures::table.select((erasures::id, erasures::account_id)).load(conn)?))
        .await
        .unwrap();
    assert_eq!(filed.len(), 1, "filed once while it goes on: {filed:?}");
    assert_eq!(filed[0].1, None);
    let page = finished(&alice, &format!("/erasures/{}", filed[0].0)).await;
    assert!(page.one(".lead").ends_with("après 30 jours dans la corbeille"));
    assert_eq!(emails(&app).await, ["b@b.fr", "c@b.fr"]);
    app.db.write(carnet::erasure::sweep_trash).await.unwrap();
    let count: i64 = app.db.read(|conn| Ok(erasures::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(count, 1, "there is nobody else to erase");
}
