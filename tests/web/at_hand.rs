//! Recent contacts and favourites of an account.

use carnet::db::schema::recent_contacts;
use chrono::TimeDelta;
use diesel::prelude::*;

use crate::support::waiting::{seen, wait_until};
use crate::support::{Client, Page, TestApp};

fn people(count: usize) -> String {
    (0..count).map(|index| format!("M.,P,N{index:02},n{index}@b.fr,Voirie,01102030{index:02},,\n")).collect()
}

async fn paths(alice: &Client) -> Vec<String> {
    let mut paths = Vec::new();
    let mut next = Some("/contacts".to_owned());
    while let Some(path) = next {
        let page = alice.get(&path).await;
        paths.extend(page.attributes("tbody th a", "href"));
        next = page.way("next");
    }
    paths
}

/// The page of recent contacts, once it has `count` of them: they are stored in the background.
async fn recent(client: &Client, count: usize) -> Page {
    seen(client, "/contacts/recent", |page| page.select(".person").len() == count).await
}

both_backends!(
    recent_contacts_are_listed_with_the_latest_first,
    a_visit_is_stored_once_per_minute,
    a_contact_is_a_favourite_until_its_star_is_removed,
    fifty_favourites_are_enough,
);

async fn recent_contacts_are_listed_with_the_latest_first(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    assert!(bob.get("/contacts/recent").await.one(".empty").contains("que vous ouvrez"));
    alice.import("un", people(22), false).await;
    let paths = paths(&alice).await;
    for (count, path) in paths.iter().enumerate().take(3) {
        assert_eq!(bob.get(path).await.status, 200);
        recent(&bob, count + 1).await;
    }
    assert_eq!(recent(&bob, 3).await.select(".person h2"), ["P N02", "P N01", "P N00"]);
    let front = bob.get("/contacts").await;
    assert_eq!(front.select("section[aria-labelledby=recent] li a:first-child"), ["P N02", "P N01", "P N00"]);
    assert_eq!(front.attributes("section[aria-labelledby=recent] .phone", "href")[0], "tel:+33110203002");
    assert!(
        bob.get("/contacts?q=n01").await.select(".at-hand").is_empty(),
        "only while nothing is asked for"
    );
    assert!(alice.get("/contacts/recent").await.select(".person").is_empty(), "to each their own");

    for path in &paths[3..] {
        bob.get(path).await;
    }
    recent(&bob, 20).await;
    let page = seen(&bob, "/contacts/recent", |page| page.select(".person h2")[0] == "P N21").await;
    let last = page.select(".person h2");
    assert!(!last.contains(&"P N00".to_owned()), "twenty are kept: {last:?}");
    let kept: i64 = app.db.read(|conn| Ok(recent_contacts::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(kept, 20);

    let form = alice.get(&format!("{}/delete", paths[21])).await;
    alice.submit(&form, "main form", &[]).await;
    assert_eq!(recent(&bob, 19).await.status, 200, "the trash is nobody's to call");
}

async fn a_visit_is_stored_once_per_minute(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", people(1), false).await;
    let path = paths(&alice).await.remove(0);
    bob.get(&path).await;
    recent(&bob, 1).await;
    let seen_at = || {
        app.db.read(|conn| {
            Ok(recent_contacts::table
                .select(recent_contacts::seen_at)
                .first::<chrono::NaiveDateTime>(conn)?)
        })
    };
    let first = seen_at().await.unwrap();
    for _ in 0..3 {
        bob.get(&path).await;
    }
    // Time in which another visit would be stored.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(seen_at().await.unwrap(), first);
    let before = first - TimeDelta::seconds(61);
    app.db
        .write(move |conn| {
            diesel::update(recent_contacts::table).set(recent_contacts::seen_at.eq(before)).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    bob.get(&path).await;
    wait_until("the visit is stored again after a minute", async || seen_at().await.unwrap() > first).await;
}

async fn a_contact_is_a_favourite_until_its_star_is_removed(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", people(3), false).await;
    let paths = paths(&alice).await;
    let page = bob.get(&paths[1]).await;
    assert_eq!(page.one(".star"), "☆ Ajouter aux favoris");
    for _ in 0..2 {
        let kept = bob.post(&page, &format!("{}/favourite", paths[1]), &[("favourite", "on")]).await;
        assert_eq!(bob.follow(&kept).await.flash(), "P N01 est dans vos favoris.");
    }
    assert_eq!(bob.get(&paths[1]).await.one(".star"), "★ Retirer des favoris");

    let list = bob.get("/contacts?q=p+n").await;
    assert_eq!(list.select(".star")[0], "☆Ajouter aux favoris – P N00");
    assert_eq!(list.attributes(".star", "form"), ["star", "star", "star"]);
    let star = list.attributes(".star", "formaction");
    let value = list.attributes(".star", "value");
    let id = paths[0].rsplit_once('/').unwrap().1;
    assert_eq!(
        (star[0].as_str(), value[0].as_str()),
        (format!("{}/favourite", paths[0]).as_str(), format!("{id}-on").as_str())
    );
    let back = list.attributes("#star [name=back]", "value").remove(0);
    let kept = bob.post(&list, &star[0], &[("favourite", &value[0]), ("back", &back)]).await;
    assert_eq!(kept.location(), format!("/contacts?q=p+n#person-{id}"), "back where one was");
    assert_eq!(bob.get("/contacts/favourites").await.select(".person h2"), ["P N00", "P N01"]);
    assert_eq!(
        bob.get("/contacts").await.select("section[aria-labelledby=favourites] li a:first-child"),
        ["P N00", "P N01"]
    );
    assert!(alice.get("/contacts/favourites").await.one(".empty").contains("étoile"));

    for back in ["//evil.example", "https://evil.example", "/contacts\r\nx: y", "/imports"] {
        let kept = bob.post(&list, &star[0], &[("favourite", "on"), ("back", back)]).await;
        assert_eq!(kept.location(), paths[0], "{back}");
    }
    for _ in 0..2 {
        let gone = bob.post(&list, &star[0], &[("favourite", "off"), ("back", "/contacts/favourites")]).await;
        assert_eq!(bob.follow(&gone).await.flash(), "P N00 n’est plus dans vos favoris.");
    }
    assert_eq!(bob.get("/contacts/favourites").await.select(".person h2"), ["P N01"]);
    assert_eq!(bob.post(&list, "/contacts/999999/favourite", &[("favourite", "on")]).await.status, 404);
}

async fn fifty_favourites_are_enough(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", people(51), false).await;
    let paths = paths(&alice).await;
    let page = bob.get("/contacts").await;
    for path in &paths {
        bob.post(&page, &format!("{path}/favourite"), &[("favourite", "on")]).await;
    }
    let full = bob.get("/contacts/favourites").await;
    assert!(full.flash().starts_with("Vous avez déjà 50 favoris"));
    assert_eq!(full.select(".person").len(), 50);
    // A favourite in the trash does not count.
    let ask = alice.get(&format!("{}/delete", paths[0])).await;
    alice.submit(&ask, "main form", &[]).await;
    bob.post(&page, &format!("{}/favourite", paths[50]), &[("favourite", "on")]).await;
    let full = bob.get("/contacts/favourites").await;
    assert_eq!(full.select(".person").len(), 50);
    assert_eq!(full.select(".person h2")[49], "P N50");
}
