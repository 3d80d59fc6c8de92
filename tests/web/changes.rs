//! The changes feed: what happened to contacts, in order and complete.

use std::time::{Duration, Instant};

use carnet::base::random::random_bytes;
use carnet::changes::{self, Cursor, Item, Kind, Newcomers};
use carnet::config::DatabaseUrl;
use carnet::db::schema::{contacts, feed};
use carnet::db::{Db, settings};
use carnet::domain::BookId;
use carnet::error::AppError;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use crate::support::chance::Chance;
use crate::support::contacts::{add, contact, id};
use crate::support::erasure::{erase, finished};
use crate::support::external_ids::{add_source, set_ids};
use crate::support::feed::{contacts_now, is_right, is_whole, read_all, read_on, replay};
use crate::support::lists::imported;
use crate::support::measured::print;
use crate::support::merges::{merge, two};
use crate::support::undo::{import_path, settled};
use crate::support::waiting::no_job_is_left;
use crate::support::{Backend, Client, TestApp, with_app};

both_backends!(
    items_name_what_happened_and_who_did_it,
    a_merge_and_its_undo_are_told_of_both_contacts,
    what_a_list_adds_to_its_new_contacts_comes_behind_their_creation,
    an_erased_person_is_a_bare_number,
    any_history_leads_to_the_book,
    cursors_of_other_places_are_refused,
    whoever_waits_learns_of_the_writes_of_another_node,
);

fn line(index: usize, city: &str) -> String {
    format!("Mme,Zoé{index},N{index:05},p{index}@mairie.example,Voirie,,,{city}\n")
}

pub fn lines(range: std::ops::Range<usize>, city: &str) -> String {
    range.map(|index| line(index, city)).collect()
}

/// Sends a form of a contact's page.
async fn submitted(client: &Client, path: &str, selector: &str, typed: &[(&str, Option<&str>)]) {
    let form = client.get(path).await;
    let answer = client.submit(&form, selector, typed).await;
    assert_eq!(answer.status, 303, "{path}: {:?}", answer.errors());
}

pub async fn edit(client: &Client, path: &str, city: &str) {
    submitted(client, &format!("{path}/edit"), "main form", &[("city", Some(city))]).await;
}

pub async fn delete(client: &Client, path: &str) {
    submitted(client, &format!("{path}/delete"), "main form", &[]).await;
}

async fn restore(client: &Client, path: &str) {
    let page = client.get("/contacts/trash").await;
    assert_eq!(client.post(&page, &format!("{path}/restore"), &[]).await.status, 303);
}

/// Kind, version and fields of the items about a contact.
fn told(items: &[Item], path: &str) -> Vec<(Kind, Option<i64>, String)> {
    let own = items.iter().filter(|item| item.contact == id(path));
    own.map(|item| (item.kind, item.version, item.fields.join(" "))).collect()
}

async fn items_name_what_happened_and_who_did_it(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let path =
        add(&alice, &[("first_name", "Zoé"), ("last_name", "Zola"), ("email", "zola@mairie.example")]).await;
    edit(&alice, &path, "Lyon").await;
    submitted(&alice, &path, "#notes form", &[("note", Some("Note"))]).await;
    let day = carnet::base::clock::today().to_string();
    let absence = [("absent_from", Some(day.as_str())), ("absent_until", Some(day.as_str()))];
    submitted(&alice, &format!("{path}/absence"), "main form", &absence).await;
    let topics = [("topics", Some("Paie")), ("languages", Some("Breton"))];
    submitted(&alice, &format!("{path}/expertise"), "main form", &topics).await;
    add_source(&charlie, "CRM").await;
    set_ids(&alice, &path, &[("CRM", "12")]).await;
    submitted(&charlie, &path, "form[action$=checked]", &[]).await;
    submitted(&alice, &path, "#reports form", &[("report", Some("Faux"))]).await;
    delete(&alice, &path).await;
    restore(&alice, &path).await;
    alice.import("un", "Mme,Zoé,Zola,zola@mairie.example,,,,Brest\n", false).await;
    let items = is_right(&app.db).await;
    let expected = [
        (Kind::Created, Some(1), ""),
        (Kind::Changed, Some(2), "city"),
        (Kind::Changed, None, "notes"),
        (Kind::Changed, None, "absence"),
        (Kind::Changed, None, "topics languages"),
        (Kind::Changed, None, "external_ids"),
        (Kind::Changed, None, "checked"),
        (Kind::Deleted, Some(3), ""),
        (Kind::Restored, Some(4), ""),
    ];
    let expected = expected.map(|(kind, version, fields)| (kind, version, fields.to_owned()));
    let told = told(&items, &path);
    assert_eq!(told[..expected.len()], expected);
    let by_import = items.last().unwrap();
    assert_eq!((by_import.kind, by_import.version, by_import.import), (Kind::Changed, Some(5), Some(1)));
    assert!(by_import.fields.contains(&"city".to_owned()), "{by_import:?}");
    let authors: Vec<Option<i64>> = items.iter().map(|item| item.account).collect();
    assert_eq!(authors.iter().filter(|author| **author == authors[6]).count(), 1, "{authors:?}");
    assert!(authors.iter().all(Option::is_some), "{authors:?}");
    let mut times: Vec<_> = items.iter().map(|item| item.at).collect();
    assert!(times.is_sorted());
    times.dedup();
    assert!(times.len() > 5);

    alice.import("deux", lines(0..3, "Lyon"), false).await;
    let page = alice.get(&import_path(&alice, "deux").await).await;
    assert_eq!(page.status, 200);
    let items = read_all(&app.db, 2).await;
    let created: Vec<&Item> = items[items.len() - 3..].iter().collect();
    let of_import = |item: &&Item| (item.kind, item.version, item.import, item.account);
    assert!(created.iter().all(|item| of_import(item) == (Kind::Created, Some(1), Some(2), authors[0])));
    let stored = app.db.read(|conn| {
        Ok(contacts::table.order(contacts::id.desc()).select(contacts::created_at).first(conn)?)
    });
    assert_eq!(created[2].at, stored.await.unwrap());
}

async fn a_merge_and_its_undo_are_told_of_both_contacts(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    merge(&alice, &low, &high, &[("field_city", Some("high"))]).await;
    let page = alice.get(&low).await;
    assert_eq!(alice.submit(&page, "form[action^='/merges']", &[]).await.status, 303);
    // The other way round.
    merge(&alice, &low, &high, &[("keep", Some("high"))]).await;
    let page = alice.get(&high).await;
    assert_eq!(alice.submit(&page, "form[action^='/merges']", &[]).await.status, 303);
    let items = is_right(&app.db).await;
    let kinds = |path| told(&items, path).into_iter().map(|(kind, ..)| kind).collect::<Vec<Kind>>();
    let (kept, gone) = (kinds(&low), kinds(&high));
    assert_eq!(kept, [Kind::Created, Kind::Merged, Kind::Changed, Kind::Deleted, Kind::Restored]);
    assert_eq!(gone, [Kind::Created, Kind::Deleted, Kind::Restored, Kind::Merged, Kind::Changed]);
}

async fn what_a_list_adds_to_its_new_contacts_comes_behind_their_creation(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", lines(0..5, "Lyon"), false).await;
    let row = |index| {
        let (number, note) = (index * 2, if index % 3 == 0 { "Une note" } else { "" });
        format!("N{number:05};Zoé;p{number}@mairie.example;{note}\n")
    };
    let rows: String = (0..300).map(row).collect();
    imported(&alice, "deux", format!("Nom;Prénom;Mail;Remarque\n{rows}"), &[]).await;
    let items = is_right(&app.db).await;
    let notes = items.iter().filter(|item| item.fields == ["notes"]).count();
    assert_eq!(notes, 100);
    assert_eq!(items, read_all(&app.db, 7).await);
}

async fn an_erased_person_is_a_bare_number(app: TestApp) {
    let alice = app.coordinator().await;
    let path =
        add(&alice, &[("first_name", "Zoé"), ("last_name", "Zola"), ("email", "zola@mairie.example")]).await;
    edit(&alice, &path, "Lyon").await;
    delete(&alice, &path).await;
    let mut after = None;
    read_on(&app.db, &mut after, 10).await;
    finished(&alice, &erase(&alice, &path).await.location()).await;
    let late = read_on(&app.db, &mut after, 10).await;
    assert_eq!(told(&late, &path), [(Kind::Erased, None, String::new())]);
    let items = is_right(&app.db).await;
    assert_eq!(items.len(), 4);
    assert!(items.iter().all(|item| item.fields.is_empty()), "{items:?}");
}

/// Does something at random to one of these contacts, if it can be done now.
async fn something(alice: &Client, chance: &mut Chance, people: &mut Vec<String>, step: usize) {
    let mut one = || usize::try_from(chance.next()).unwrap_or_default() % people.len();
    let (path, other) = (people[one()].clone(), people[one()].clone());
    let page = alice.get(&path).await;
    let (is_there, is_trashed) = (page.status == 200, !page.select("#trashed").is_empty());
    match chance.next() % 13 {
        0 | 1 => {
            people.push(add(alice, &[("first_name", "Zoé"), ("last_name", &format!("Neuf {step}"))]).await);
        }
        2 if is_trashed => {
            let page = alice.get("/contacts/trash").await;
            alice.post(&page, &format!("{path}/restore"), &[]).await;
        }
        3 if is_trashed => {
            finished(alice, &erase(alice, &path).await.location()).await;
        }
        _ if !is_there || is_trashed => {}
        4 => delete(alice, &path).await,
        5 => submitted(alice, &path, "#notes form", &[("note", Some("Note"))]).await,
        6 => {
            let topics = format!("Sujet {step}");
            let typed = [("topics", Some(topics.as_str()))];
            submitted(alice, &format!("{path}/expertise"), "main form", &typed).await;
        }
        7 | 8 => {
            let (low, high) = if id(&path) < id(&other) { (&path, &other) } else { (&other, &path) };
            let page = alice.get(&format!("/duplicates/{}/{}/merge", id(low), id(high))).await;
            if page.status == 200 && !page.select("main form [name=keep]").is_empty() {
                alice.submit(&page, "main form", &[]).await;
            }
        }
        9 if !page.select("form[action^='/merges']").is_empty() => {
            alice.submit(&page, "form[action^='/merges']", &[]).await;
        }
        10 => {
            // Changes some, restores some, creates some.
            let first = usize::try_from(chance.next() % 12).unwrap_or_default();
            let list = lines(first..first + 6, &format!("Ville {step}"));
            alice.import(&format!("liste-{step}"), list, false).await;
        }
        11 => {
            let page = alice.get("/imports").await;
            if let Some(last) = page.attributes("tbody th a", "href").first() {
                let ask = alice.get(&format!("{last}/undo")).await;
                if ask.status == 200 && !ask.select("main form").is_empty() {
                    alice.submit(&ask, "main form", &[]).await;
                    settled(alice, last).await;
                }
            }
        }
        _ => edit(alice, &path, &format!("Ville {step}")).await,
    }
}

async fn any_history_leads_to_the_book(app: TestApp) {
    let alice = app.coordinator().await;
    let seed = u64::from_le_bytes(random_bytes());
    print(&format!("seed {seed}"));
    let mut chance = Chance(seed);
    alice.import("début", lines(0..8, "Lyon"), false).await;
    let mut people = Vec::new();
    for index in 0..8 {
        people.push(contact(&alice, &format!("p{index}@mairie.example")).await);
    }
    let (mut after, mut items) = (None, Vec::new());
    for step in 0..90 {
        something(&alice, &mut chance, &mut people, step).await;
        if chance.one_in(4) {
            let limit = 1 + usize::try_from(chance.next() % 7).unwrap_or_default();
            items.extend(read_on(&app.db, &mut after, limit).await);
        }
    }
    no_job_is_left(&app).await;
    items.extend(read_on(&app.db, &mut after, 3).await);
    let kinds = |kind| items.iter().filter(|item| item.kind == kind).count();
    print(&format!(
        "{} items, {} merges, {} erasures",
        items.len(),
        kinds(Kind::Merged),
        kinds(Kind::Erased)
    ));
    is_whole(&app.db, &items).await;
    assert_eq!(replay(&items), contacts_now(&app.db).await, "seed {seed}");
    let places = |items: &[Item]| items.iter().map(|item| item.cursor.to_string()).collect::<Vec<_>>();
    assert_eq!(places(&items), places(&is_right(&app.db).await), "the order never changes: seed {seed}");
}

async fn cursors_of_other_places_are_refused(app: TestApp) {
    let empty = changes::next(&app.db, None, 10).await.unwrap();
    assert_eq!((empty.items.len(), empty.has_more), (0, false));
    let alice = app.coordinator().await;
    alice.import("un", lines(0..20, "Lyon"), false).await;
    alice.import("deux", lines(0..20, "Brest"), false).await;
    let items = is_right(&app.db).await;
    assert_eq!(items.len(), 40);
    for (read, item) in items.iter().enumerate() {
        let batch = changes::next(&app.db, Some(item.cursor.clone()), 100).await.unwrap();
        assert_eq!(batch.items, items[read + 1..], "behind each item is the rest");
    }
    let newest = app.db.read(changes::newest).await.unwrap().unwrap();
    let rest = changes::next(&app.db, Some(newest.clone()), 10).await.unwrap();
    assert_eq!((rest.items.len(), rest.has_more), (0, false));

    let own = app.db.write(settings::book_id).await.unwrap();
    let other = BookId::of([7; 8]);
    let text = newest.to_string();
    let (row, within) = text.split_once('.').unwrap().1.split_once('.').unwrap();
    let (row, within): (i64, i64) = (row.parse().unwrap(), within.parse().unwrap());
    for strange in [
        format!("{}.{row}.{within}", other.as_str()),
        format!("{}.{}.{within}", own.as_str(), row + 1),
        format!("{}.{row}.{}", own.as_str(), within + 1),
        format!("{}.{}.{}", own.as_str(), i64::MAX, i64::MAX),
    ] {
        let cursor = Cursor::parse(&strange).unwrap();
        let refused = changes::next(&app.db, Some(cursor), 10).await;
        assert!(matches!(refused, Err(AppError::UnknownCursor)), "{strange}: {refused:?}");
    }
    // Within the book, any place is one.
    for within in [0, 1, i64::MAX] {
        let cursor = Cursor::parse(&format!("{}.1.{within}", own.as_str())).unwrap();
        let read = changes::next(&app.db, Some(cursor), 10).await;
        assert!(matches!(read, Ok(_) | Err(AppError::UnknownCursor)), "{read:?}");
    }
    // No version removes rows; one that does so says it.
    app.db.write(|conn| Ok(conn.batch_execute("DELETE FROM feed WHERE id = 1")?)).await.unwrap();
    let first = Cursor::parse(&format!("{}.1.1", own.as_str())).unwrap();
    let refused = changes::next(&app.db, Some(first), 10).await;
    assert!(matches!(refused, Err(AppError::CursorGone)), "{refused:?}");
}

async fn whoever_waits_learns_of_the_writes_of_another_node(app: TestApp) {
    let alice = app.coordinator().await;
    // A node of its own, beside the server that Alice uses.
    let db = Db::open(&DatabaseUrl::parse(&app.database_url).unwrap()).unwrap();
    let newcomers = Newcomers::new(db.clone());
    let mut after = None;
    read_on(&db, &mut after, 10).await;
    assert!(!newcomers.arrive(after.as_ref(), Duration::from_millis(1_500)).await, "nothing happens");
    assert_eq!(newcomers.count(), 0);
    for round in 0..2 {
        let waiting = (0..20).map(|_| newcomers.arrive(after.as_ref(), Duration::from_secs(20)));
        let waiting = futures_util::future::join_all(waiting);
        let adding = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            assert_eq!(newcomers.count(), 20);
            add(&alice, &[("first_name", "Zoé"), ("last_name", &format!("Zola {round}"))]).await;
            Instant::now()
        };
        let (arrived, added) = tokio::join!(waiting, adding);
        assert!(arrived.iter().all(|arrived| *arrived));
        assert!(added.elapsed() < Duration::from_secs(5), "{:?}", added.elapsed());
        assert_eq!(read_on(&db, &mut after, 10).await.len(), 1);
        // The task ends in the second round.
        tokio::time::sleep(Duration::from_millis(1_200 * round)).await;
    }
    assert!(newcomers.arrive(None, Duration::from_secs(5)).await, "something has happened");
}

#[test]
fn an_import_has_a_row_for_each_batch() {
    with_app(Backend::Sqlite, async |app| {
        let alice = app.coordinator().await;
        alice.import("un", lines(0..2_000, "Lyon"), false).await;
        alice.import("deux", lines(0..2_000, "Brest"), false).await;
        let rows: i64 = app.db.read(|conn| Ok(feed::table.count().get_result(conn)?)).await.unwrap();
        assert!(rows < 40, "a row for each run and for each batch, not for each contact: {rows}");
        is_right(&app.db).await;
    });
}
