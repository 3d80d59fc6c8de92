//! Duplicates: contacts that may be one person are found in the whole book, compared, and declared distinct.

use carnet::db::schema::{duplicate_pairs, duplicate_runs, shared_phones};
use diesel::prelude::*;

use crate::support::contacts::add;
use crate::support::duplicates::search;
use crate::support::{Page, TestApp};

/// The names of each pair, and the reasons.
fn pairs(page: &Page) -> Vec<(String, String, String)> {
    let names = page.select(".pair h2 a");
    let why = page.select(".pair .why");
    names
        .chunks(2)
        .zip(why)
        .map(|(names, why)| {
            // Which of two contacts has the lower id differs between the databases.
            let mut names = [&names[0], &names[1]].map(|name| name.replace(" (ne sera pas gardé)", ""));
            names.sort();
            let [one, other] = names;
            // Of a pair declared distinct, who said so follows.
            let why = why.split(" – ").next().unwrap();
            (one, other, why.to_owned())
        })
        .collect()
}

const LIST: &str = "\
    Mme,Hélène,Lefèvre,helene.lefevre@mairie.example,État civil,0110203040,,Lyon\n\
    Mme,Helene,Lefebvre,h.lefebvre@mairie.example,Etat civil,0110203040,,Lyon\n\
    M.,Jean-Pierre,Roux,jp.roux@mairie.example,Voirie,,,Lyon\n\
    M.,Roux,Jean Pierre,roux.jp@mairie.example,Voirie,,,Paris\n\
    M.,J.,Blanc,j.blanc@mairie.example,Eau,,,Nantes\n\
    M.,Jacques,Blanc,jacques.blanc@mairie.example,Eau,,,Brest\n\
    M.,Paul,Zola,paul.zola@mairie.example,Voirie,,,Lille\n\
    M.,Paul,Zola,paul.zola@autre.example,Eau,,,Metz\n\
    M.,Michel,Petit,michel@mairie.example,Eau,,,Nice\n\
    Mme,Michele,Petit,michele@mairie.example,Eau,,,Nice\n";

both_backends!(
    possible_duplicates_are_found_with_the_reasons,
    a_distinct_pair_is_never_offered_again,
    pairs_that_are_not_found_again_are_removed,
    the_number_of_a_switchboard_is_shown_once,
    a_common_name_does_not_make_many_pairs,
    two_clicks_begin_one_search,
    an_interrupted_search_continues_where_it_stopped,
);

async fn possible_duplicates_are_found_with_the_reasons(app: TestApp) {
    let alice = app.coordinator().await;
    let fresh = alice.get("/duplicates").await;
    assert_eq!(fresh.one(".lead"), "Les doublons n’ont pas encore été cherchés");
    alice.import("un", LIST, false).await;
    add(
        &alice,
        &[("first_name", "P."), ("last_name", "Inconnu"), ("email_personal", "PAUL.zola@mairie.example")],
    )
    .await;
    let page = search(&alice).await;
    assert_eq!(page.flash(), "La recherche des doublons est terminée.");
    assert_eq!(page.one(".lead"), "4 doublons possibles");
    let found = pairs(&page);
    let told: Vec<(&str, &str, &str)> =
        found.iter().map(|(a, b, why)| (a.as_str(), b.as_str(), why.as_str())).collect();
    assert_eq!(
        told[0],
        (
            "Helene Lefebvre",
            "Hélène Lefèvre",
            "Presque certain même téléphone, nom presque identique, même service, même ville"
        )
    );
    let others: Vec<(&str, &str)> = told[1..].iter().map(|(a, b, _)| (*a, *b)).collect();
    assert!(others.contains(&("Jean-Pierre Roux", "Roux Jean Pierre")), "{others:?}");
    assert!(others.contains(&("J. Blanc", "Jacques Blanc")), "{others:?}");
    assert!(others.contains(&("P. Inconnu", "Paul Zola")), "{others:?}");
    assert!(told.iter().any(|(.., why)| why.contains("prénom et nom inversés")), "{told:?}");
    let marked = page.select(".pair:first-of-type mark");
    assert!(
        marked.contains(&"Lyon".to_owned()) && marked.iter().any(|mark| mark.starts_with("01")),
        "{marked:?}"
    );
    // The contact's own page also shows the duplicate, and leads to the merge.
    let path = page.attributes(".pair h2 a", "href").remove(0);
    let contact = alice.get(&path).await;
    assert!(contact.one(".card.notice").starts_with("Doublon possible\u{A0}: "));
    let bob = app.agent().await;
    assert!(bob.get(&path).await.select(".card.notice").is_empty(), "an agent could do nothing about it");
}

async fn a_distinct_pair_is_never_offered_again(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", LIST, false).await;
    let page = search(&alice).await;
    let count = pairs(&page).len();
    let (first, second) = tokio::join!(
        alice.submit(&page, "form[action$=dismiss]", &[]),
        alice.submit(&page, "form[action$=dismiss]", &[])
    );
    assert_eq!([first.status, second.status], [303, 303], "a double click says it once");
    let page = alice.follow(&first).await;
    assert_eq!(pairs(&page).len(), count - 1);
    let page = search(&alice).await;
    assert_eq!(pairs(&page).len(), count - 1, "not by another search either");
    let path = alice.get("/duplicates/dismissed").await.attributes(".pair h2 a", "href").remove(0);
    assert!(alice.get(&path).await.select(".card.notice").is_empty());
    let told = alice.get(&format!("{path}/history")).await.select(".history strong");
    assert_eq!(told, ["Déclaré distinct d’un autre contact"]);

    let dismissed = alice.get("/duplicates/dismissed").await;
    assert_eq!(pairs(&dismissed).len(), 1);
    let back = alice.submit(&dismissed, "form[action$=reopen]", &[]).await;
    alice.follow(&back).await;
    assert_eq!(pairs(&alice.get("/duplicates").await).len(), count);
    let page = alice.get("/duplicates").await;
    let unknown = alice.post(&page, "/duplicates/1/999999/dismiss", &[]).await;
    assert_eq!(unknown.status, 404);
}

async fn pairs_that_are_not_found_again_are_removed(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", LIST, false).await;
    let page = search(&alice).await;
    let before = pairs(&page).len();
    let path = page.attributes(".pair h2 a", "href").remove(0);
    let edit = alice.get(&format!("{path}/edit")).await;
    let changes = [("last_name", Some("Tout-Autre")), ("phone_work", Some("0199999999"))];
    assert_eq!(alice.submit(&edit, "main form", &changes).await.status, 303);
    let page = search(&alice).await;
    assert_eq!(pairs(&page).len(), before - 1);
    let runs: i64 = app.db.read(|conn| Ok(duplicate_runs::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(runs, 1, "only the last search is kept");
}

async fn the_number_of_a_switchboard_is_shown_once(app: TestApp) {
    let alice = app.coordinator().await;
    let letters = ["Albert", "Bernard", "Charles", "Denis", "Emile", "Fernand", "Gaston"];
    let people: String = letters
        .iter()
        .enumerate()
        .map(|(index, name)| format!("M.,{name},{name}son,n{index}@b.fr,S{index},0110203040,,\n"))
        .collect();
    alice.import("un", people, false).await;
    let page = search(&alice).await;
    assert!(pairs(&page).is_empty(), "{:?}", pairs(&page));
    assert_eq!(page.select("#shared ~ ul li"), ["01\u{A0}10\u{A0}20\u{A0}30\u{A0}40 – 7 contacts"]);
    let link = page.attributes("#shared ~ ul a", "href").remove(0);
    assert_eq!(alice.get(&link).await.select("tbody th").len(), 7);
    // With two less, fewer than six contacts have it: the number is a reason like others.
    for path in alice.get("/contacts").await.attributes("tbody th a", "href").iter().take(2) {
        let ask = alice.get(&format!("{path}/delete")).await;
        alice.submit(&ask, "main form", &[]).await;
    }
    let page = search(&alice).await;
    assert_eq!(page.one(".lead"), "10 doublons possibles");
    let shared: i64 = app.db.read(|conn| Ok(shared_phones::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(shared, 0);
}

async fn a_common_name_does_not_make_many_pairs(app: TestApp) {
    let alice = app.coordinator().await;
    let people: String = (0..40)
        .map(|index| format!("Mme,Marie,Martin,marie{index}@b.fr,Voirie,,,Ville {}\n", index / 2))
        .collect();
    alice.import("un", people, false).await;
    let page = search(&alice).await;
    assert_eq!(page.one(".lead"), "20 doublons possibles", "two of a town, and not forty of a service");
    assert_eq!(pairs(&page).len(), 15);
    let next = page.attributes("a[rel=next]", "href").remove(0);
    let second = alice.get(&next).await;
    assert_eq!(pairs(&second).len(), 5);
    assert!(second.select("a[rel=next]").is_empty());
    assert_eq!(alice.get("/duplicates?beyond=nowhere").await.status, 200);
}

async fn two_clicks_begin_one_search(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", LIST, false).await;
    let page = alice.get("/duplicates").await;
    let (first, second) = tokio::join!(
        alice.submit(&page, "form[action$=search]", &[]),
        alice.submit(&page, "form[action$=search]", &[])
    );
    assert_eq!([first.status, second.status], [303, 303]);
    alice.at_rest("/duplicates").await;
    let rows: i64 = app.db.read(|conn| Ok(duplicate_pairs::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(rows, 3);
}

async fn an_interrupted_search_continues_where_it_stopped(app: TestApp) {
    let alice = app.coordinator().await;
    // Twenty pairs with only a number in common: each pair has one key.
    let people: String = (0..40)
        .map(|index| {
            let name = format!(
                "{}{}",
                ["Zyx", "Mno"][index % 2],
                char::from(b'a' + u8::try_from(index / 2).unwrap())
            );
            format!("M.,P{name},{name}son,n{index}@b.fr,S{index},01102030{:02},,Ville {index}\n", index / 2)
        })
        .collect();
    alice.import("un", people, false).await;
    search(&alice).await;
    let found = async || -> Vec<(i64, i64)> {
        app.db
            .read(|conn| {
                Ok(duplicate_pairs::table
                    .order((duplicate_pairs::low_id, duplicate_pairs::high_id))
                    .select((duplicate_pairs::low_id, duplicate_pairs::high_id))
                    .load(conn)?)
            })
            .await
            .unwrap()
    };
    let all = found().await;
    assert_eq!(all.len(), 20);
    // Another search, killed half-way: it had found the `known` pairs, all others are deleted.
    let go_on = async |known: Vec<(i64, i64)>| {
        app.db
            .write(move |conn| {
                let run: i64 = diesel::insert_into(duplicate_runs::table)
                    .values((
                        duplicate_runs::total.eq(40),
                        duplicate_runs::done.eq(20),
                        duplicate_runs::cursor_id.eq(1_i64 << 61),
                        duplicate_runs::created_at.eq(carnet::base::clock::now()),
                    ))
                    .returning(duplicate_runs::id)
                    .get_result(conn)?;
                let (low, high): (Vec<i64>, Vec<i64>) = known.into_iter().unzip();
                diesel::delete(duplicate_pairs::table.filter(duplicate_pairs::low_id.ne_all(&low)))
                    .execute(conn)?;
                let rows = duplicate_pairs::table.filter(duplicate_pairs::high_id.eq_any(&high));
                diesel::update(rows).set(duplicate_pairs::run.eq(run)).execute(conn)?;
                carnet::jobs::enqueue(conn, carnet::jobs::Kind::DuplicateSearch, run)
            })
            .await
            .unwrap();
        alice.at_rest("/duplicates").await;
        found().await
    };
    let later = go_on(Vec::new()).await;
    assert!(!later.is_empty() && later.len() < all.len(), "{later:?}");
    search(&alice).await;
    let earlier: Vec<(i64, i64)> = all.iter().copied().filter(|pair| !later.contains(pair)).collect();
    assert_eq!(go_on(earlier).await, all, "what it had found stays, and the rest is found");
}
