//! The list in each of its orders, page by page, compared with a plain sort.

use carnet::db::schema::contacts;
use carnet::domain::fold;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::support::{Client, Page, TestApp};

#[derive(Debug, Clone)]
struct SortedRow {
    id: i64,
    service: String,
    city: String,
    sort_key: String,
    updated_at: NaiveDateTime,
}

async fn rows(app: &TestApp) -> Vec<SortedRow> {
    rows_of(app, "%").await
}

/// The contacts whose e-mail matches a pattern.
async fn rows_of(app: &TestApp, pattern: &'static str) -> Vec<SortedRow> {
    app.db
        .read(move |conn| {
            let rows: Vec<(i64, String, String, String, NaiveDateTime)> = contacts::table
                .filter(contacts::deleted_at.is_null())
                .filter(contacts::email.like(pattern))
                .select((
                    contacts::id,
                    contacts::service,
                    contacts::city,
                    contacts::sort_key,
                    contacts::updated_at,
                ))
                .load(conn)?;
            let rows = rows.into_iter();
            Ok(rows
                .map(|(id, service, city, sort_key, updated_at)| SortedRow {
                    id,
                    service,
                    city,
                    sort_key,
                    updated_at,
                })
                .collect())
        })
        .await
        .unwrap()
}

/// The ids in this order, by a plain sort.
fn sorted(mut rows: Vec<SortedRow>, sort: &str) -> Vec<i64> {
    match sort {
        "updated" => rows.sort_by_key(|row| std::cmp::Reverse((row.updated_at, row.id))),
        sort => rows.sort_by_key(|row| {
            let value = match sort {
                "service" => fold(&row.service),
                "city" => fold(&row.city),
                _ => String::new(),
            };
            (value.is_empty(), value, row.sort_key.clone(), row.id)
        }),
    }
    rows.into_iter().map(|row| row.id).collect()
}

fn ids(page: &Page) -> Vec<i64> {
    let links = page.attributes("tbody th a", "href").into_iter();
    links.map(|link| link.rsplit('/').next().unwrap().parse().unwrap()).collect()
}

/// The ids from the first page to the last and back; both ways must give the same.
async fn walked(client: &Client, url: &str) -> Vec<i64> {
    let (mut there, mut page) = (Vec::new(), client.get(url).await);
    loop {
        there.push(ids(&page));
        match page.way("next") {
            Some(next) => page = client.get(&next).await,
            None => break,
        }
    }
    let mut back = vec![ids(&page)];
    while let Some(previous) = page.way("previous") {
        page = client.get(&previous).await;
        back.push(ids(&page));
    }
    back.reverse();
    assert_eq!(there.concat(), back.concat(), "{url}, there and back");
    there.concat()
}

/// Contacts whose services and cities have several spellings or are empty; some share a name.
fn people(count: usize) -> String {
    const SERVICES: [&str; 6] = ["Voirie", "État civil", "etat CIVIL", "", "Eau", "Zoo"];
    const CITIES: [&str; 7] = ["Lyon", "Évry", "", "evry", "L’Haÿ-les-Roses", "Paris", "Ars"];
    (0..count)
        .map(|n| {
            let (service, city) = (SERVICES[n * 7 % 6], CITIES[n * 5 % 7]);
            format!("M.,P{},N{},p{n}@b.fr,{service},,,{city}\n", n % 3, n * 7919 % 600)
        })
        .collect()
}

/// Changes some of them, at different times.
async fn change_some(client: &Client) {
    for q in ["p3@b.fr", "p17@b.fr", "p40@b.fr"] {
        let page = client.get(&format!("/contacts?q={q}")).await;
        let path = page.attributes("tbody th a", "href").remove(0);
        let form = client.get(&format!("{path}/edit")).await;
        let answer = client.submit(&form, "main form", &[("title", Some("Juriste"))]).await;
        assert_eq!(answer.status, 303);
    }
}

both_backends!(
    few_contacts_are_listed_in_each_order_as_by_a_plain_sort,
    many_contacts_are_listed_in_each_order_as_by_a_plain_sort,
    many_contacts_of_a_filter_are_listed_in_each_order_as_by_a_plain_sort,
    contacts_far_apart_are_listed_in_each_order_as_by_a_plain_sort,
    the_next_page_stays_right_while_contacts_come_and_go,
    the_heading_of_a_column_sorts_by_it_and_says_so,
);

async fn few_contacts_are_listed_in_each_order_as_by_a_plain_sort(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(130), false).await;
    change_some(&alice).await;
    for sort in ["name", "service", "city", "updated"] {
        assert_eq!(
            walked(&alice, &format!("/contacts?sort={sort}")).await,
            sorted(rows(&app).await, sort),
            "{sort}"
        );
        let mut evry = rows(&app).await;
        evry.retain(|row| fold(&row.city) == "evry");
        let url = format!("/contacts?q=n&city=EVRY&sort={sort}");
        assert_eq!(walked(&alice, &url).await, sorted(evry, sort), "{url}");
    }
}

async fn many_contacts_are_listed_in_each_order_as_by_a_plain_sort(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(2_150), false).await;
    change_some(&alice).await;
    for sort in ["service", "city", "updated"] {
        assert_eq!(
            walked(&alice, &format!("/contacts?sort={sort}")).await,
            sorted(rows(&app).await, sort),
            "{sort}"
        );
    }
}

async fn many_contacts_of_a_filter_are_listed_in_each_order_as_by_a_plain_sort(app: TestApp) {
    let alice = app.coordinator().await;
    let every_second = |n: usize| if n.is_multiple_of(2) { "org" } else { "fr" };
    let file: String = people(4_100)
        .lines()
        .enumerate()
        .map(|(n, line)| line.replace("@b.fr", &format!("@b.{}", every_second(n))) + "\n")
        .collect();
    alice.import("un", file, false).await;
    let passing = rows_of(&app, "%@b.org").await;
    for sort in ["service", "city", "updated"] {
        let url = format!("/contacts?q=org&status=expert&sort={sort}");
        let first = alice.get(&url).await;
        let second = alice.get(&first.way("next").unwrap()).await;
        let shown = [ids(&first), ids(&second)].concat();
        assert_eq!(shown, sorted(passing.clone(), sort)[..100], "{url}");
    }
}

async fn contacts_far_apart_are_listed_in_each_order_as_by_a_plain_sort(app: TestApp) {
    let alice = app.coordinator().await;
    let early: String =
        (0..2_050).map(|n| format!("M.,P,N{},o{n}@b.org,Zoo,,,Zurich {}\n", n * 7919 % 600, n % 3)).collect();
    alice.import("un", early, false).await;
    // Many cities sort before theirs, and many changes came after theirs.
    let later: String = (0..2_050).map(|n| format!("M.,P,N,l{n}@b.fr,S{n},,,A{n}\n")).collect();
    alice.import("deux", later, false).await;
    let passing = rows_of(&app, "%@b.org").await;
    for sort in ["service", "city", "updated"] {
        let first = alice.get(&format!("/contacts?q=org&sort={sort}")).await;
        let second = alice.get(&first.way("next").unwrap()).await;
        let shown = [ids(&first), ids(&second)].concat();
        assert_eq!(shown, sorted(passing.clone(), sort)[..100], "{sort}");
    }
}

async fn the_next_page_stays_right_while_contacts_come_and_go(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(130), false).await;
    for sort in ["service", "city", "updated"] {
        let first = alice.get(&format!("/contacts?sort={sort}")).await;
        let expected = sorted(rows(&app).await, sort)[50..100].to_vec();
        for id in [ids(&first)[3], ids(&first)[49]] {
            let ask = alice.get(&format!("/contacts/{id}/delete")).await;
            assert_eq!(alice.submit(&ask, "main form", &[]).await.status, 303);
        }
        let next = alice.get(&first.way("next").unwrap()).await;
        assert_eq!(ids(&next), expected, "{sort}");
    }
}

async fn the_heading_of_a_column_sorts_by_it_and_says_so(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(3), false).await;
    let page = alice.get("/contacts?status=expert").await;
    assert_eq!(
        page.attributes("thead th[aria-sort=ascending] button", "value"),
        ["/contacts?status=expert&sort=name"]
    );
    let by_city = page.attributes("thead th.city button", "value").remove(0);
    let page = alice.get(&by_city).await;
    assert!(page.one("thead th[aria-sort=ascending]").starts_with("Ville"));
    assert_eq!(page.select("thead th[aria-sort=none]").len(), 2);
    assert_eq!(
        page.attributes("form.list > input:is([name=status], [name=sort])", "value"),
        ["expert", "city"],
        "searching keeps the order"
    );
}
