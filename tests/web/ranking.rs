//! The order of search results, the marked words, and the suggestions for a search without results.

use std::fmt::Write as _;

use carnet::db::schema::book_words;
use carnet::domain::{fold, sort_key};
use diesel::prelude::*;

use crate::support::erasure::{erase, finished};
use crate::support::{Client, TestApp};

/// The names on all pages of a search, forwards; the same pages backwards must give the same names.
async fn pages(client: &Client, path: &str, names: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut page = client.get(path).await;
    loop {
        assert_eq!(page.status, 200);
        all.extend(page.select(names));
        let Some(next) = page.way("next") else {
            break;
        };
        page = client.get(&next).await;
    }
    let mut back = page.select(names);
    while let Some(previous) = page.way("previous") {
        page = client.get(&previous).await;
        let mut earlier = page.select(names);
        earlier.append(&mut back);
        back = earlier;
    }
    assert_eq!(back, all, "{path}");
    all
}

const LAST: [&str; 6] = ["Martin", "Martinet", "Dupont", "Saint-Martin", "Zola", "Mar"];
const FIRST: [&str; 5] = ["Paul", "Martine", "Anne-Martin", "Zoé", "Marc"];
const SERVICE: [&str; 4] = ["Voirie", "Martinique", "Paie", "Eau Martin"];
const CITY: [&str; 3] = ["Lyon", "Martigues", "Brest"];

/// 0 for the whole last name, then its beginning, other names, service, the rest; `None` if the contact does not match.
fn tier(asked: &str, [last, first, service, city]: [&str; 4], email: &str) -> Option<usize> {
    let begins = |text: &str| {
        let text = fold(text);
        text.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(asked))
    };
    let last_key = fold(last).replace('-', " ");
    if last_key == asked {
        Some(0)
    } else if last_key.starts_with(asked) {
        Some(1)
    } else if begins(last) || begins(first) {
        Some(2)
    } else if fold(service).starts_with(asked) {
        Some(3)
    } else if begins(service) || begins(city) || begins(email) {
        Some(4)
    } else {
        None
    }
}

both_backends!(
    results_are_ordered_as_by_a_plain_sort_on_every_page,
    searched_words_are_marked,
    a_search_without_results_gives_suggestions,
    a_long_word_also_finds_the_same_word_with_digits_behind_it,
    saints_are_found_in_full_and_in_short,
    long_words_are_found_by_each_of_their_letters,
    the_words_of_an_erased_person_are_removed_unless_another_contact_has_them,
);

async fn results_are_ordered_as_by_a_plain_sort_on_every_page(app: TestApp) {
    let alice = app.coordinator().await;
    let mut file = String::new();
    let mut people = Vec::new();
    // More results than are gathered and sorted at once.
    for n in 0..1_300_usize {
        // 7, 11 and 13 have no factor in common with the lengths, so all combinations appear.
        let who = [LAST[n * 7 % 6], FIRST[n * 11 % 5], SERVICE[n * 13 % 4], CITY[n % 3]];
        let [last, first, service, city] = who;
        let email = format!("p{n}@b.fr");
        writeln!(file, "M.,{first},{last} {n:03},{email},{service},,,{city}").unwrap();
        people.push((who, email, n));
    }
    alice.import("tous", file, false).await;
    // Statuses: every third contact is not Expert.
    let mut experts = Vec::new();
    for (_, _, n) in &people {
        experts.push(n % 3 != 0);
    }
    app.db
        .write(|conn| {
            use carnet::db::schema::contacts;
            diesel::update(
                contacts::table
                    .filter(contacts::email.eq_any((0..1_300).step_by(3).map(|n| format!("p{n}@b.fr")))),
            )
            .set(contacts::expert.eq(false))
            .execute(conn)?;
            let ids: Vec<i64> = contacts::table.select(contacts::id).load(conn)?;
            carnet::book::write::reindex(conn, &ids)
        })
        .await
        .unwrap();
    let bob = app.agent().await;
    for asked in ["mar", "martin", "martine", "martin 0", "zola", "lyon", "paul", "p7", "p77", "voirie"] {
        let word = asked.split(' ').next().unwrap();
        let number = asked.split(' ').nth(1);
        let mut expected: Vec<(usize, bool, String, String)> = people
            .iter()
            .filter_map(|(who, email, n)| {
                let last = format!("{} {n:03}", who[0]);
                let tier = tier(word, [&last, who[1], who[2], who[3]], email)?;
                number
                    .is_none_or(|number| format!("{n:03}").starts_with(number))
                    .then(|| (tier, !experts[*n], sort_key(&last, who[1]), format!("{last}, {}", who[1])))
            })
            .collect();
        let query: String = url::form_urlencoded::byte_serialize(asked.as_bytes()).collect();
        let path = format!("/contacts?q={query}");
        expected.sort_by(|a, b| (a.0, &a.2).cmp(&(b.0, &b.2)));
        let names: Vec<&String> = expected.iter().map(|row| &row.3).collect();
        assert_eq!(pages(&alice, &path, "tbody th a").await.iter().collect::<Vec<_>>(), names, "{asked}");
        // For agents, experts come first in each section.
        expected.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
        let names: Vec<String> = expected
            .iter()
            .map(|row| {
                let (last, first) = row.3.split_once(", ").unwrap();
                format!("{first} {last}")
            })
            .collect();
        assert_eq!(pages(&bob, &path, ".person h2 a").await, names, "{asked}");
    }
}

async fn searched_words_are_marked(app: TestApp) {
    let alice = app.coordinator().await;
    alice
        .import("un", "Mme,Hélène,Lefèvre,h.lefevre@mairie.example,État civil,0110203040,,Lyon\n", false)
        .await;
    let bob = app.agent().await;
    assert_eq!(bob.get("/contacts?q=lefe+lyon").await.select(".person mark"), ["Lefèvre", "Lyon", "lefevre"]);
    assert_eq!(
        bob.get("/contacts?q=3040").await.select(".person mark"),
        ["01\u{A0}10\u{A0}20\u{A0}30\u{A0}40"]
    );
    assert!(bob.get("/contacts?status=expert").await.select("mark").is_empty());
    assert_eq!(alice.get("/contacts?q=civil").await.select("tbody mark"), ["civil"]);
}

async fn a_search_without_results_gives_suggestions(app: TestApp) {
    let alice = app.coordinator().await;
    let file = "M.,Paul,Dupont,p@b.fr,Voirie,,,Lyon\nMme,Hélène,Lefèvre,h@b.fr,Paie,,,Brest\n\
        M.,Marc,Beaulieu,m@b.fr,Eau,,,Lyon\nM.,Christophe,Martin,c@b.fr,Contentieux,,,Paris\n";
    alice.import("un", file, false).await;
    for (typed, meant) in [
        ("dupon", ""),
        ("dupond", "Dupont"),
        ("lefaivre", "Lefèvre"),
        ("beaulieux", "Beaulieu"),
        ("martni", "Martin"),
        ("lefaivre brest", "Lefèvre Brest"),
        ("lefaivre elene", "Lefèvre Hélène"),
        ("lefaivre dupond", "Dupont"),
        ("dupont brest", "Brest"),
        ("cristophe", "Christophe"),
    ] {
        let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        let page = alice.get(&format!("/contacts?q={query}")).await;
        let offered = page.select(".suggestions a");
        if typed == "dupon" {
            assert!(offered.is_empty(), "it is a beginning: {offered:?}");
            continue;
        }
        assert_eq!(offered.first().map(String::as_str), Some(meant), "{typed}: {offered:?}");
        let link = page.attributes(".suggestions a", "href").remove(0);
        assert!(!alice.get(&link).await.select("tbody th").is_empty(), "{typed}");
    }
    // A filter is kept by the suggestion, and names that it excludes are not suggested.
    let page = alice.get("/contacts?q=dupond&city=lyon").await;
    assert_eq!(page.attributes(".suggestions a", "href"), ["/contacts?q=Dupont&city=lyon"]);
    assert!(alice.get("/contacts?q=dupond&city=brest").await.select(".suggestions").is_empty());
    for typed in ["xyzzy", "%22AND%22", "%00", "*", "-"] {
        assert_eq!(alice.get(&format!("/contacts?q={typed}")).await.status, 200);
    }
}

async fn a_long_word_also_finds_the_same_word_with_digits_behind_it(app: TestApp) {
    let alice = app.coordinator().await;
    let file = "M.,A,A,a@b.fr,Secrétariat,,,\nM.,B,B,secretariat2@b.fr,,,,\nM.,C,C,c@b.fr,,,,\n";
    alice.import("un", file, false).await;
    for (asked, found) in
        [("secreta", 2), ("secretaria", 2), ("secretariat", 2), ("secretariat2", 1), ("secretariat3", 0)]
    {
        let page = alice.get(&format!("/contacts?q={asked}")).await;
        assert_eq!(page.select("tbody th a").len(), found, "{asked}");
    }
}

async fn saints_are_found_in_full_and_in_short(app: TestApp) {
    let alice = app.coordinator().await;
    let file = "M.,A,Saint-Faurac,a@b.fr,,,,St-Denis\nM.,B,St Maur,b@b.fr,,,,Ste Foy\nM.,Stéphane,Maurin,c@b.fr,,,,\n";
    alice.import("un", file, false).await;
    for (asked, found) in [
        ("st faurac", vec!["Saint-Faurac, A"]),
        ("saint faurac", vec!["Saint-Faurac, A"]),
        ("saint maur", vec!["St Maur, B"]),
        ("st maur", vec!["St Maur, B", "Maurin, Stéphane"]),
        ("saint denis", vec!["Saint-Faurac, A"]),
        ("sainte foy", vec!["St Maur, B"]),
        ("ste foy", vec!["St Maur, B"]),
        ("st", vec!["St Maur, B", "Maurin, Stéphane", "Saint-Faurac, A"]),
    ] {
        let page = alice.get(&format!("/contacts?q={}", asked.replace(' ', "+"))).await;
        assert_eq!(page.select("tbody th a"), found, "{asked}");
    }
    assert_eq!(alice.get("/contacts?q=saint+maur").await.select("tbody mark"), ["St", "Maur", "Ste"]);
}

async fn long_words_are_found_by_each_of_their_letters(app: TestApp) {
    let alice = app.coordinator().await;
    let file =
        "M.,Christophe,Vandenberghe,c@b.fr,Administration,,,Charleville\nM.,A,B,a@b.fr,Administrateurs,,,\n";
    alice.import("un", file, false).await;
    for word in ["christophe", "vandenberghe", "charleville"] {
        for length in 1..=word.len() {
            let page = alice.get(&format!("/contacts?q={}", &word[..length])).await;
            assert_eq!(page.select("tbody tr").len(), 1, "{}", &word[..length]);
        }
        assert!(alice.get(&format!("/contacts?q={word}x")).await.select("tbody tr").is_empty());
    }
    assert_eq!(alice.get("/contacts?q=administrat").await.select("tbody tr").len(), 2);
    assert_eq!(alice.get("/contacts?q=administrati").await.select("tbody tr").len(), 1);
}

async fn the_words_of_an_erased_person_are_removed_unless_another_contact_has_them(app: TestApp) {
    let alice = app.coordinator().await;
    alice
        .import(
            "un",
            "Mme,Gwendoline,Xylander,g@xylander.example,Voirie,,,Lyon\nM.,P,N,n@b.fr,Voirie,,,Lyon\n",
            false,
        )
        .await;
    let words = || app.db.read(|conn| Ok(book_words::table.select(book_words::word).load::<String>(conn)?));
    assert!(words().await.unwrap().iter().any(|word| word == "xylander"));
    let contact = alice.get("/contacts?q=xylander").await.attributes("tbody th a", "href").remove(0);
    let erased = erase(&alice, &contact).await;
    finished(&alice, &erased.location()).await;
    let left = words().await.unwrap();
    assert!(left.iter().any(|word| word == "voirie"));
    assert!(!left.iter().any(|word| word.contains("xylander") || word.contains("gwendoline")), "{left:?}");
}
