//! Which rows are doubtful, in lists of every kind, and what is remembered about them.

use carnet::base::clock;
use carnet::db::schema::{duplicate_pairs, imports};
use chrono::TimeDelta;
use diesel::prelude::*;

use crate::support::contacts::{add, id};
use crate::support::lists::{check, columns, confirm, imported, imported_carefully, values, waiting_rows};
use crate::support::undo::undo;
use crate::support::{Client, Page, TestApp};

both_backends!(
    the_strict_list_asks_with_its_box_only,
    a_row_of_the_strict_list_is_decided_like_any_other,
    the_strict_list_still_restores,
    a_separate_row_is_not_asked_about_again,
    an_undo_forgets_that_a_row_is_separate,
    a_new_contact_of_an_undone_import_comes_back_by_a_decision,
    a_row_that_empties_most_of_a_contact_is_doubtful,
    rejected_doubtful_rows_are_counted_as_rejected,
    rows_are_listed_and_decided_by_import_and_doubt,
    the_end_of_the_wait_is_announced,
    waiting_rows_are_part_of_a_persons_data,
);

const STRICT: &str = "Mme,Zoé,Lambert,accueil@b.fr,Voirie,,,\nM.,Ali,Benali,neuf@b.fr,,,,\n";
const HANDED_ON: &str = "E-mail;Prénom;Nom;Ville\naccueil@b.fr;Zoé;Lambert;Brest\n";

/// A contact whose mailbox the lists hand on.
async fn paul(alice: &Client) -> String {
    add(
        alice,
        &[("first_name", "Paul"), ("last_name", "Martin"), ("email", "accueil@b.fr"), ("city", "Lyon")],
    )
    .await
}

/// Decides about the first row that waits.
async fn decide(alice: &Client, decision: &str) -> Page {
    let page = alice.get(&waiting_rows(alice).await[0]).await;
    let answer = alice.submit(&page, "form[action^='/reviews/']", &[("decision", Some(decision))]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer
}

async fn pairs(app: &TestApp) -> Vec<(i64, i64, bool)> {
    let pairs = app.db.read(|conn| {
        Ok(duplicate_pairs::table
            .order((duplicate_pairs::low_id, duplicate_pairs::high_id))
            .select((
                duplicate_pairs::low_id,
                duplicate_pairs::high_id,
                duplicate_pairs::dismissed_at.is_not_null(),
            ))
            .load(conn)?)
    });
    pairs.await.unwrap()
}

async fn the_strict_list_asks_with_its_box_only(app: TestApp) {
    let alice = app.coordinator().await;
    paul(&alice).await;
    let luc = [
        ("first_name", "Luc"),
        ("last_name", "Durand"),
        ("email", "luc@b.fr"),
        ("phone_work", "01 10 20 30 40"),
    ];
    add(&alice, &luc).await;
    let list = format!("{STRICT}M.,Luc,Durant,l.durand@b.fr,,0110203040,,\n");
    let done = imported_carefully(&alice, "un", &list).await;
    assert!(done.one(".tally").contains("2 douteuses"), "{}", done.one(".tally"));
    assert!(done.one(".tally").contains("3 lignes"), "{}", done.one(".tally"));
    assert_eq!(values(&alice, "accueil", &["last_name", "city"]).await, ["Martin", "Lyon"]);
    assert_eq!(values(&alice, "benali", &["email", "civility"]).await, ["neuf@b.fr", "M."]);
    assert_eq!(alice.get("/contacts?q=durant").await.select("tbody th a").len(), 0);
    let reviews = alice.get("/reviews").await;
    assert_eq!(reviews.select("main h2").len(), 2, "{}", reviews.body);
    undo(&alice, "un").await;
    assert_eq!(waiting_rows(&alice).await.len(), 0);
    alice.import("deux", list, false).await;
    assert_eq!(waiting_rows(&alice).await.len(), 0);
    assert_eq!(values(&alice, "accueil", &["last_name", "city"]).await, ["Lambert", ""]);
    assert_eq!(values(&alice, "durant", &["email"]).await, ["l.durand@b.fr"]);
}

async fn a_row_of_the_strict_list_is_decided_like_any_other(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/imports/new").await;
    assert_eq!(form.select("input[name=on_ambiguous][checked]").len(), 0);
    paul(&alice).await;
    imported_carefully(&alice, "un", STRICT).await;
    let row = alice.get(&waiting_rows(&alice).await[0]).await;
    let table = row.one("table.review");
    assert!(
        ["Zoé", "Lambert", "Voirie", "Paul", "Lyon"].iter().all(|value| table.contains(value)),
        "{table}"
    );
    let contact = row.attributes("table.review thead a", "href").concat();
    decide(&alice, &format!("update:{}", id(&contact))).await;
    assert_eq!(
        values(&alice, "accueil", &["civility", "first_name", "last_name", "service", "city"]).await,
        ["Mme", "Zoé", "Lambert", "Voirie", ""],
        "the eight fields of the file, empty ones too"
    );
    let again = imported_carefully(&alice, "deux", STRICT).await;
    assert!(again.one(".tally").contains("2 inchangés"), "{}", again.one(".tally"));
    undo(&alice, "deux").await;
    undo(&alice, "un").await;
    assert_eq!(values(&alice, "accueil", &["last_name", "service", "city"]).await, ["Martin", "", "Lyon"]);
}

async fn the_strict_list_still_restores(app: TestApp) {
    let alice = app.coordinator().await;
    let path = paul(&alice).await;
    let ask = alice.get(&format!("{path}/delete")).await;
    assert_eq!(alice.submit(&ask, "main form", &[]).await.status, 303);
    let done = imported_carefully(&alice, "un", "M.,Paul,Martin,accueil@b.fr,Voirie,,,Lyon\n").await;
    assert!(done.one(".tally").contains("1 restauré"), "{}", done.one(".tally"));
    assert_eq!(values(&alice, "accueil", &["service"]).await, ["Voirie"]);
}

async fn a_separate_row_is_not_asked_about_again(app: TestApp) {
    let alice = app.coordinator().await;
    let low = id(&paul(&alice).await);
    imported(&alice, "un", HANDED_ON, &[]).await;
    decide(&alice, "separate").await;
    let [(first, high, true)] = pairs(&app).await[..] else { panic!("{:?}", pairs(&app).await) };
    assert_eq!(first, low);
    assert_eq!(values(&alice, "lambert", &["email", "city"]).await, ["", "Brest"]);
    let declared = alice.get("/duplicates/dismissed").await;
    assert_eq!(declared.select(".pair").len(), 1, "{}", declared.body);
    let list = "E-mail;Prénom;Nom;Ville\naccueil@b.fr;Zoé;Lambert;Nantes\n";
    imported(&alice, "deux", list, &[]).await;
    assert_eq!(waiting_rows(&alice).await.len(), 0);
    assert_eq!(values(&alice, "lambert", &["email", "city"]).await, ["", "Nantes"]);
    imported_carefully(&alice, "trois", STRICT).await;
    assert_eq!(waiting_rows(&alice).await.len(), 0);
    assert_eq!(values(&alice, "lambert", &["email", "service"]).await, ["", "Voirie"]);
    assert_eq!(values(&alice, "martin", &["email", "city"]).await, ["accueil@b.fr", "Lyon"]);
    // Somebody else behind the same address is another question.
    imported(&alice, "quatre", list.replace("Zoé;Lambert", "Éva;Noël"), &[]).await;
    assert_eq!(waiting_rows(&alice).await.len(), 1);
    decide(&alice, "skip").await;
    // An erasure leaves nothing of the pair.
    let ask = alice.get(&format!("/contacts/{high}/delete")).await;
    alice.submit(&ask, "main form", &[]).await;
    let ask = alice.get(&format!("/contacts/{high}/erase")).await;
    let answer = alice.submit(&ask, "main form", &[("confirm", Some("on"))]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(pairs(&app).await, []);
}

async fn an_undo_forgets_that_a_row_is_separate(app: TestApp) {
    let alice = app.coordinator().await;
    paul(&alice).await;
    imported(&alice, "un", HANDED_ON, &[]).await;
    decide(&alice, "separate").await;
    undo(&alice, "un").await;
    assert_eq!(pairs(&app).await, []);
    assert_eq!(alice.get("/contacts?q=lambert").await.select("tbody th a").len(), 0);
    imported(&alice, "deux", HANDED_ON, &[]).await;
    assert_eq!(waiting_rows(&alice).await.len(), 1);
}

async fn a_new_contact_of_an_undone_import_comes_back_by_a_decision(app: TestApp) {
    let alice = app.coordinator().await;
    let luc = [
        ("first_name", "Luc"),
        ("last_name", "Durand"),
        ("email", "luc@b.fr"),
        ("phone_work", "01 10 20 30 40"),
    ];
    add(&alice, &luc).await;
    let list = "E-mail;Prénom;Nom;Téléphone\nl.durant@b.fr;Luc;Durant;0110203040\n";
    imported(&alice, "un", list, &[]).await;
    decide(&alice, "separate").await;
    assert_eq!(values(&alice, "durant", &["email"]).await, ["l.durant@b.fr"]);
    undo(&alice, "un").await;
    imported(&alice, "deux", list, &[]).await;
    decide(&alice, "separate").await;
    assert_eq!(values(&alice, "durant", &["email"]).await, ["l.durant@b.fr"]);
    let page = alice.get("/imports/2").await;
    assert!(page.one(".tally").contains("1 restauré"), "{}", page.one(".tally"));
    imported(&alice, "trois", list, &[]).await;
    assert_eq!(waiting_rows(&alice).await.len(), 0);
}

async fn a_row_that_empties_most_of_a_contact_is_doubtful(app: TestApp) {
    let alice = app.coordinator().await;
    let full = [
        ("first_name", "Paul"),
        ("last_name", "Martin"),
        ("email", "paul@b.fr"),
        ("service", "Voirie"),
        ("city", "Lyon"),
        ("title", "Chef"),
        ("phone_work", "01 10 20 30 40"),
    ];
    add(&alice, &full).await;
    let clear = [("blank", Some("clear"))];
    let heading = "E-mail;Prénom;Nom;Service;Ville;Fonction;Téléphone\n";
    // Three of six values are no more than half.
    imported(&alice, "un", format!("{heading}paul@b.fr;Paul;Martin;;;;0110203040\n"), &clear).await;
    assert_eq!(values(&alice, "paul", &["service", "city", "title"]).await, ["", "", ""]);
    undo(&alice, "un").await;
    let most = format!("{heading}paul@b.fr;Paul;Martin;;;;\n");
    imported(&alice, "deux", most, &clear).await;
    assert_eq!(values(&alice, "paul", &["service", "city", "title"]).await, ["Voirie", "Lyon", "Chef"]);
    let row = alice.get(&waiting_rows(&alice).await[0]).await;
    assert!(row.body.contains("viderait la plupart"), "{}", row.body);
    assert!(row.one("table.review").contains("Voirie"), "{}", row.one("table.review"));
    let contact = row.attributes("table.review thead a", "href").concat();
    decide(&alice, &format!("update:{}", id(&contact))).await;
    assert_eq!(values(&alice, "paul", &["service", "city", "title"]).await, ["", "", ""]);
    undo(&alice, "deux").await;
    // The strict list empties always; with its box it asks too.
    imported_carefully(&alice, "trois", "M.,Paul,Martin,paul@b.fr,,,,\n").await;
    assert_eq!(waiting_rows(&alice).await.len(), 1);
    assert_eq!(values(&alice, "paul", &["service", "city"]).await, ["Voirie", "Lyon"]);
}

async fn rejected_doubtful_rows_are_counted_as_rejected(app: TestApp) {
    let alice = app.coordinator().await;
    paul(&alice).await;
    let list = format!("{HANDED_ON}neuf@b.fr;Ali;Benali;\nsans-arobase;A;B;\n");
    let page = columns(&alice, "un", list).await;
    let checked = check(&alice, &page, &[("on_ambiguous", Some("reject"))]).await;
    let tally = checked.one(".tally");
    assert!(tally.contains("2 refusés") && !tally.contains("douteuse"), "{tally}");
    let doubtful = alice.get("/imports/1?show=held").await;
    assert!(doubtful.one("table.sheets").contains("Lambert"), "{}", doubtful.body);
    let done = confirm(&alice, &checked).await;
    let tally = done.one(".tally");
    assert!(tally.contains("2 refusés") && tally.contains("4 lignes"), "{tally}");
    assert!(tally.contains("1 ajouté"), "{tally}");
    // With nothing else to refuse, its list is that of the doubtful rows.
    let page = columns(&alice, "deux", HANDED_ON).await;
    let checked = check(&alice, &page, &[("on_ambiguous", Some("reject"))]).await;
    assert!(checked.one(".tally").contains("1 refusé"), "{}", checked.one(".tally"));
    assert!(checked.one("table.sheets").contains("Lambert"), "{}", checked.body);
}

async fn rows_are_listed_and_decided_by_import_and_doubt(app: TestApp) {
    let alice = app.coordinator().await;
    let mut list = "E-mail;Prénom;Nom;Téléphone\n".to_owned();
    for n in 0..7 {
        let email = format!("boite{n}@b.fr");
        add(&alice, &[("first_name", "Paul"), ("last_name", "Martin"), ("email", &email)]).await;
        list = format!("{list}{email};Zoé;Lambert{n};\n");
    }
    let luc = [
        ("first_name", "Luc"),
        ("last_name", "Durand"),
        ("email", "luc@b.fr"),
        ("phone_work", "01 10 20 30 40"),
    ];
    add(&alice, &luc).await;
    list.push_str("l.durant@b.fr;Luc;Durant;0110203040\n");
    imported(&alice, "un", list, &[]).await;
    let all = alice.get("/reviews").await;
    let groups = all.select("main section h2");
    assert_eq!(groups.len(), 2, "{}", all.body);
    assert!(groups[0].contains("7\u{a0}lignes") && groups[1].contains("1\u{a0}ligne"), "{groups:?}");
    assert_eq!(waiting_rows(&alice).await.len(), 6, "the first five of seven, and one");
    let one = alice.get(&all.attributes("a[href^='/reviews?group=']", "href")[0]).await;
    assert_eq!(one.select("main li").len(), 7, "{}", one.body);
    assert!(one.one("main section").contains("Zoé Lambert6"), "{}", one.body);
    let update = all.attributes("button[value^='update:']", "value").remove(0);
    let answer = alice.submit(&all, "form[action^='/reviews/']", &[("decision", Some(&update))]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(alice.get("/contacts?q=lambert").await.select("tbody th a").len(), 7);
    assert_eq!(alice.get("/contacts?q=martin").await.select("tbody th a").len(), 0);
    assert_eq!(waiting_rows(&alice).await.len(), 1, "another doubt is another decision");
}

async fn the_end_of_the_wait_is_announced(app: TestApp) {
    let alice = app.coordinator().await;
    paul(&alice).await;
    imported(&alice, "un", HANDED_ON, &[]).await;
    let ended = async |days: i64| {
        let at = clock::now() - TimeDelta::days(days);
        app.db
            .write(move |conn| {
                Ok(diesel::update(imports::table).set(imports::finished_at.eq(at)).execute(conn)?)
            })
            .await
            .unwrap();
    };
    assert!(!alice.get("/waiting").await.body.contains("si personne ne décide"));
    ended(82).await;
    assert!(!alice.get("/waiting").await.body.contains("si personne ne décide"));
    ended(84).await;
    let page = alice.get("/waiting").await;
    assert!(page.body.contains("1 ligne sera ignorée"), "{}", page.body);
    assert_eq!(alice.get("/reviews").await.select("main .tag.amber").len(), 1);
    ended(91).await;
    app.db.write(carnet::imports::expire_reviews).await.unwrap();
    assert_eq!(waiting_rows(&alice).await.len(), 0);
    let done = alice.get("/imports/1").await;
    assert!(!done.one(".tally").contains("douteuse"), "{}", done.one(".tally"));
    assert_eq!(values(&alice, "accueil", &["last_name"]).await, ["Martin"]);
}

async fn waiting_rows_are_part_of_a_persons_data(app: TestApp) {
    let alice = app.coordinator().await;
    let paul = paul(&alice).await;
    let shared = ("phone_work", "01 10 20 30 40");
    let personal = ("email_personal", "zoe@maison.example");
    let zoe = add(&alice, &[("first_name", "Zoé"), ("last_name", "Roux"), personal, shared]).await;
    let luc = add(&alice, &[("first_name", "Luc"), ("last_name", "Durand"), shared]).await;
    let list = "E-mail;Prénom;Nom;Autre e-mail;Téléphone\n\
        accueil@b.fr;Éva;Lambert;zoe@maison.example;\nluc@b.fr;Lucc;Durand;;0110203040\n";
    imported(&alice, "un", list, &[]).await;
    assert_eq!(waiting_rows(&alice).await.len(), 2);
    let rows = async |path: &str| -> Vec<String> {
        let file = alice.get(&format!("{path}/data.json")).await.body;
        let file: serde_json::Value = serde_json::from_str(&file).unwrap();
        let rows = file["waiting_rows"].as_array().unwrap().iter();
        rows.map(|row| row["details"]["last_name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(rows(&paul).await, ["Lambert"], "it may mean him");
    assert_eq!(rows(&zoe).await, ["Lambert"], "it has her e-mail");
    assert_eq!(rows(&luc).await, ["Durand"], "it may mean him");
    let page = alice.get(&format!("{zoe}/data")).await;
    assert!(page.body.contains("1 ligne de liste en attente"), "{}", page.body);
    for path in waiting_rows(&alice).await {
        let row = alice.get(&path).await;
        alice.submit(&row, "form[action^='/reviews/']", &[("decision", Some("skip"))]).await;
    }
    assert_eq!(rows(&zoe).await, [""; 0]);
}
