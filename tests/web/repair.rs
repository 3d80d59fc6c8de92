//! The repair of a book that an older version stored.

use std::time::Duration;

use carnet::base::clock;
use carnet::db::schema::{audit_entries, contacts, duplicate_runs, nodes, organizations, repairs};
use carnet::db::{AnyConnection, Db};
use carnet::error::AppResult;
use carnet::jobs::{Kind, enqueue};
use diesel::prelude::*;

use crate::support::TestApp;
use crate::support::contacts::{add, id};
use crate::support::waiting::{let_time_pass, seen, wait_until};

/// Files the repair, as the migration does for a book that is not new.
fn file(conn: &mut AnyConnection) -> AppResult<()> {
    diesel::insert_into(repairs::table)
        .values((repairs::id.eq(1), repairs::stage.eq("waiting"), repairs::created_at.eq(clock::now())))
        .execute(conn)?;
    enqueue(conn, Kind::Repair, 1)
}

async fn stage(db: &Db) -> String {
    db.read(|conn| Ok(repairs::table.find(1).select(repairs::stage).first(conn)?)).await.unwrap()
}

async fn until_done(db: &Db) {
    wait_until("the repair is done", async || {
        let is_done = stage(db).await == "done";
        if !is_done {
            let_time_pass(db).await;
        }
        is_done
    })
    .await;
}

both_backends!(
    a_wrong_number_is_read_again_and_found,
    values_that_would_become_equal_are_kept_and_shown,
    an_invisible_character_is_removed_with_an_entry_by_carnet,
    the_repair_waits_while_an_older_node_is_alive,
    a_second_repair_changes_nothing,
);

async fn a_wrong_number_is_read_again_and_found(app: TestApp) {
    let alice = app.coordinator().await;
    let path =
        add(&alice, &[("first_name", "Jean"), ("last_name", "Roux"), ("phone_work", "0800 123 456")]).await;
    let other =
        add(&alice, &[("first_name", "Jeanne"), ("last_name", "Petit"), ("phone_work", "0033800123456")])
            .await;
    let contact = id(&path);
    app.db
        .write(move |conn| {
            diesel::update(contacts::table.find(contact))
                .set(contacts::phone_work_e164.eq("+262800123456"))
                .execute(conn)?;
            carnet::book::write::reindex(conn, &[contact])?;
            file(conn)
        })
        .await
        .unwrap();
    let before = version_and_date(&app.db, contact).await;
    until_done(&app.db).await;
    let page = alice.get(&path).await;
    assert_eq!(page.attributes(".facts a[href^='tel:']", "href"), ["tel:+33800123456"]);
    assert_eq!(
        version_and_date(&app.db, contact).await,
        before,
        "a number that is read again is no new version"
    );
    let found = alice.get("/contacts?q=0800123456").await;
    assert_eq!(found.select("tbody th a").len(), 2, "{}", found.body);
    // The repair can reveal new duplicates, so they are searched for.
    seen(&alice, "/duplicates", |page| page.body.contains(&other)).await;
}

async fn values_that_would_become_equal_are_kept_and_shown(app: TestApp) {
    let alice = app.coordinator().await;
    let first =
        add(&alice, &[("first_name", "Jean"), ("last_name", "Roux"), ("email", "u@xn--mnchen-3ya.de")]).await;
    let later =
        id(&add(&alice, &[("first_name", "Jean"), ("last_name", "Roux"), ("email", "later@b.fr")]).await);
    for name in ["Régie", "Later"] {
        let form = alice.get("/organizations/new").await;
        assert_eq!(alice.submit(&form, "main form", &[("name", Some(name))]).await.status, 303);
    }
    app.db
        .write(move |conn| {
            diesel::update(contacts::table.find(later))
                .set((contacts::email.eq("u@münchen.de"), contacts::email_key.eq("u@münchen.de")))
                .execute(conn)?;
            diesel::update(organizations::table.filter(organizations::name.eq("Later")))
                .set((organizations::name.eq("Ré\u{AD}gie"), organizations::name_key.eq("re gie")))
                .execute(conn)?;
            file(conn)
        })
        .await
        .unwrap();
    until_done(&app.db).await;
    let keys =
        app.db
            .read(|conn| {
                Ok(contacts::table
                    .order(contacts::id)
                    .select((contacts::email, contacts::email_key))
                    .load::<(Option<String>, Option<String>)>(conn)?)
            })
            .await
            .unwrap();
    let row = |email: &str, key: &str| (Some(email.to_owned()), Some(key.to_owned()));
    assert_eq!(
        keys,
        [row("u@xn--mnchen-3ya.de", "u@xn--mnchen-3ya.de"), row("u@münchen.de", "u@münchen.de")]
    );
    seen(&alice, "/duplicates", |page| page.body.contains(&first)).await;
    let list = alice.get("/organizations").await;
    assert_eq!(list.select("section[aria-labelledby=same-names] li"), ["Régie, Ré\u{AD}gie"]);
    // Until one of them is renamed.
    let path = list.attributes("section[aria-labelledby=same-names] a", "href").remove(1);
    let form = alice.get(&format!("{path}/edit")).await;
    assert_eq!(alice.submit(&form, "main form", &[("name", Some("Autre"))]).await.status, 303);
    assert!(alice.get("/organizations").await.select("section[aria-labelledby=same-names]").is_empty());
}

async fn an_invisible_character_is_removed_with_an_entry_by_carnet(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add(&alice, &[("first_name", "Jean"), ("last_name", "Lefevre")]).await;
    let contact = id(&path);
    app.db
        .write(move |conn| {
            diesel::update(contacts::table.find(contact))
                .set(contacts::last_name.eq("Le\u{AD}fevre"))
                .execute(conn)?;
            carnet::book::write::reindex(conn, &[contact])?;
            file(conn)
        })
        .await
        .unwrap();
    until_done(&app.db).await;
    let page = alice.get(&path).await;
    assert_eq!(page.one("h1"), "Jean Lefevre");
    assert!(page.select(".history > li")[0].contains("Carnet"), "{:?}", page.select(".history > li"));
    assert_eq!(alice.get("/contacts?q=lefevre").await.select("tbody th a").len(), 1);
}

async fn the_repair_waits_while_an_older_node_is_alive(app: TestApp) {
    app.db
        .write(|conn| {
            diesel::insert_into(nodes::table)
                .values((
                    nodes::id.eq("older"),
                    nodes::version.eq("0.0.0"),
                    nodes::generation.eq(0),
                    nodes::started_at.eq(clock::now()),
                    nodes::heartbeat_at.eq(clock::now()),
                ))
                .execute(conn)?;
            file(conn)
        })
        .await
        .unwrap();
    for _ in 0..10 {
        let_time_pass(&app.db).await;
        // Time to look, and to do nothing.
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(stage(&app.db).await, "waiting");
    }
    app.db.write(|conn| Ok(diesel::delete(nodes::table.find("older")).execute(conn)?)).await.unwrap();
    until_done(&app.db).await;
}

async fn a_second_repair_changes_nothing(app: TestApp) {
    let alice = app.coordinator().await;
    alice
        .import("juin", "Mme,Hélène,Lefèvre,helene@mairie.example,État civil,0110203040,,Lyon\n", false)
        .await;
    let before: i64 = app.db.read(|conn| Ok(audit_entries::table.count().get_result(conn)?)).await.unwrap();
    app.db.write(file).await.unwrap();
    until_done(&app.db).await;
    let (entries, changed, searches) = app
        .db
        .read(|conn| {
            Ok((
                audit_entries::table.count().get_result::<i64>(conn)?,
                repairs::table.select((repairs::contacts, repairs::changed, repairs::numbers)).first::<(
                    i64,
                    i64,
                    i64,
                )>(
                    conn
                )?,
                duplicate_runs::table.count().get_result::<i64>(conn)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(changed, (1, 0, 0));
    assert_eq!((entries, searches), (before, 0));
}

async fn version_and_date(db: &Db, contact: i64) -> (i64, chrono::NaiveDateTime) {
    db.read(move |conn| {
        Ok(contacts::table.find(contact).select((contacts::version, contacts::updated_at)).first(conn)?)
    })
    .await
    .unwrap()
}
