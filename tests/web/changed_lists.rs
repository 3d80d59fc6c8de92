//! Lists that change many contacts, each to other values: their rows are written together.

use carnet::db::schema::contacts;
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};

use crate::support::dump::hold_together;
use crate::support::lists::{imported, values};
use crate::support::undo::undo;
use crate::support::{Client, TestApp};

both_backends!(
    a_strict_list_changes_what_it_names_and_its_undo_brings_it_back,
    a_list_of_columns_changes_what_it_names_and_its_undo_brings_it_back,
    contacts_of_a_list_may_exchange_their_numbers,
);

const CONTACTS: usize = 100;

async fn exported(client: &Client) -> Vec<String> {
    let file = client.get("/contacts.csv?format=strict").await.body;
    let mut lines: Vec<String> = file.lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}

fn file(line: impl Fn(usize) -> String) -> (String, Vec<String>) {
    let mut lines: Vec<String> = (0..CONTACTS).map(line).collect();
    let file = lines.join("\n") + "\n";
    lines.sort_unstable();
    (file, lines)
}

async fn versions(app: &TestApp) -> Vec<i64> {
    app.db
        .read(|conn| Ok(contacts::table.order(contacts::id).select(contacts::version).load(conn)?))
        .await
        .unwrap()
}

async fn a_strict_list_changes_what_it_names_and_its_undo_brings_it_back(app: TestApp) {
    let alice = app.coordinator().await;
    let (before, lines) =
        file(|n| format!("Mme,Zoé,Roux{n:02},z{n}@b.fr,Voirie,01102030{n:02},{n} rue,Lyon"));
    alice.import("un", before, false).await;
    assert_eq!(exported(&alice).await, lines);
    // Other cities and services; other names; no number; another case of the e-mail; and some that stay.
    let (after, changed) = file(|n| match n {
        0..30 => format!("Mme,Zoé,Roux{n:02},z{n}@b.fr,Service {n},01102030{n:02},{n} rue,Metz {n}"),
        30..60 => format!("M.,Ali,Blanc{n},z{n}@b.fr,Voirie,01102030{n:02},{n} rue,Lyon"),
        60..75 => format!("Mme,Zoé,Roux{n:02},z{n}@b.fr,Voirie,,{n} rue,Lyon"),
        75..96 => format!("Mme,Zoé,Roux{n:02},Z{n}@b.fr,Voirie,01102030{n:02},{n} rue,Lyon"),
        _ => format!("Mme,Zoé,Roux{n:02},z{n}@b.fr,Voirie,01102030{n:02},{n} rue,Lyon"),
    });
    let page = alice.import("deux", after, false).await;
    assert!(page.one(".verdict").contains("96 "), "{}", page.one(".verdict"));
    assert_eq!(exported(&alice).await, changed);
    let versions = versions(&app).await;
    assert_eq!(versions.iter().filter(|version| **version == 2).count(), 96, "{versions:?}");
    for (searched, found) in [("metz", 30), ("blanc", 30), ("roux", 70), ("0110203061", 0), ("0110203076", 1)]
    {
        let list = alice.get(&format!("/contacts?q={searched}&sort=name")).await;
        let shown = list.select("tbody tr").len();
        assert_eq!(shown, found.min(50), "{searched}");
    }
    assert_eq!(alice.get("/contacts?import=deux").await.select("tbody tr").len(), 50);
    let contact = alice.get("/contacts?q=z12@b.fr").await.attributes("tbody th a", "href").remove(0);
    let contact = alice.get(&contact).await;
    assert!(contact.body.contains("Metz 12") && contact.body.contains("alice"), "{}", contact.body);
    undo(&alice, "deux").await;
    assert_eq!(exported(&alice).await, lines);
    hold_together(&app.database_url);
}

async fn a_list_of_columns_changes_what_it_names_and_its_undo_brings_it_back(app: TestApp) {
    let alice = app.coordinator().await;
    let headings = "E-mail;Prénom;Nom;Société;Mobile;Fonction;Ville\n";
    let rows = |row: &dyn Fn(usize) -> String| headings.to_owned() + &file(row).0;
    let before = rows(&|n| format!("z{n}@b.fr;Zoé;Roux{n:02};Régie {};06102030{n:02};Juriste;Lyon", n % 3));
    let options = [("create_organizations", Some("on"))];
    imported(&alice, "un", before, &options).await;
    let fields = ["organization", "phone_cell", "title", "city"];
    let known = values(&alice, "roux07", &fields).await;
    assert_eq!(known, ["Régie 1", "0610203007", "Juriste", "Lyon"]);
    let after = rows(&|n| {
        format!("z{n}@b.fr;Zoé;Roux{n:02};Société {};06112233{n:02};{};Lyon", n % 50, ["Chef", ""][n % 2])
    });
    let options = [("create_organizations", Some("on")), ("blank", Some("clear"))];
    imported(&alice, "deux", after, &options).await;
    assert_eq!(values(&alice, "roux07", &fields).await, ["Société 7", "0611223307", "", "Lyon"]);
    assert_eq!(values(&alice, "roux58", &fields).await, ["Société 8", "0611223358", "Chef", "Lyon"]);
    assert_eq!(alice.get("/contacts?q=0611223358").await.select("tbody tr").len(), 1);
    undo(&alice, "deux").await;
    assert_eq!(values(&alice, "roux07", &fields).await, known);
    hold_together(&app.database_url);
}

/// Each gets the number that the next one had.
async fn contacts_of_a_list_may_exchange_their_numbers(app: TestApp) {
    let alice = app.coordinator().await;
    let list = |shift: usize| {
        let row =
            |n: usize| format!("Mme,Zoé,Roux{:02},z{n}@b.fr,,01102030{:02},,", n, (n + shift) % CONTACTS);
        file(row)
    };
    alice.import("un", list(0).0, false).await;
    let (after, lines) = list(1);
    alice.import("deux", after, false).await;
    assert_eq!(exported(&alice).await, lines);
    hold_together(&app.database_url);
    let changed = app
        .db
        .read(|conn| {
            Ok(contacts::table
                .filter(contacts::phone_work_e164.eq("+33110203000"))
                .select(contacts::email)
                .load::<Option<String>>(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(changed, [Some("z99@b.fr".to_owned())]);
}
