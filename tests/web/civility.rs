//! Contacts without civility: in the form, on pages, in files, in merges, and beside a program of the version before.

use std::time::{Duration, Instant};

use carnet::config::DatabaseUrl;
use carnet::db::schema::contacts;
use carnet::db::{AnyConnection, Db};
use chrono::Days;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use crate::support::contacts::{add, contact, id};
use crate::support::dump::{lines, open};
use crate::support::merges::{merge, value};
use crate::support::undo::undo;
use crate::support::{Backend, Client, TestApp, database};

const NAMES: [(&str, &str); 2] = [("first_name", "Claude"), ("last_name", "Martin")];

/// Adds Claude Martin with nothing but the name, and returns the path.
async fn claude(alice: &Client) -> String {
    add(alice, &[NAMES[0], NAMES[1], ("email", "claude@b.fr"), ("service", "Voirie")]).await
}

/// The two columns of the civility of the contact at a path.
async fn stored(app: &TestApp, path: &str) -> (String, bool) {
    let id = id(path);
    let columns = (contacts::civility, contacts::no_civility);
    app.db.read(move |conn| Ok(contacts::table.find(id).select(columns).first(conn)?)).await.unwrap()
}

async fn version(app: &TestApp, path: &str) -> i64 {
    let id = id(path);
    app.db
        .read(move |conn| Ok(contacts::table.find(id).select(contacts::version).first(conn)?))
        .await
        .unwrap()
}

/// What the form has chosen; empty for none.
async fn chosen(alice: &Client, path: &str) -> String {
    let edit = alice.get(&format!("{path}/edit")).await;
    edit.attributes("#civility option[selected]", "value")
        .pop()
        .unwrap_or_else(|| edit.select("#civility option[selected]").pop().unwrap_or_default())
}

both_backends!(
    the_form_asks_nothing_and_pages_say_nothing,
    a_civility_is_given_and_taken_away_by_the_form,
    an_empty_cell_changes_no_contact_without_civility,
    the_undo_of_an_import_takes_a_civility_away_again,
    the_strict_export_of_a_contact_without_civility_changes_nothing,
    cards_tables_and_personal_data_have_none,
    a_merge_takes_the_civility_of_the_other_and_its_undo_takes_it_away,
    texts_about_a_contact_without_civility_are_neutral,
    a_program_of_the_version_before_reads_and_writes_beside,
);

async fn the_form_asks_nothing_and_pages_say_nothing(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/new").await;
    assert_eq!(form.attributes("#civility option:first-child", "value"), [""]);
    assert!(form.select("#civility option[selected]").is_empty());
    let path = claude(&alice).await;
    let page = alice.get(&path).await;
    assert_eq!(page.one("h1"), "Claude Martin");
    assert!(!page.select(".facts dt").contains(&"Civilité".to_owned()));
    let list = alice.get("/contacts?q=claude").await;
    assert_eq!(list.select("tbody th a"), ["Martin, Claude"]);
    assert!(!list.one("tbody th").contains("M."), "{}", list.one("tbody th"));
    let message = alice.get(&format!("/contacts/message?contact={}", id(&path))).await;
    assert_eq!(message.status, 200);
    assert!(!message.body.contains("M. Claude"), "{}", message.body);
    assert_eq!(chosen(&alice, &path).await, "");
    assert_eq!(stored(&app, &path).await, ("M.".to_owned(), true));
}

async fn a_civility_is_given_and_taken_away_by_the_form(app: TestApp) {
    let alice = app.coordinator().await;
    let path = claude(&alice).await;
    let edit = alice.get(&format!("{path}/edit")).await;
    assert_eq!(alice.submit(&edit, "main form", &[]).await.status, 303);
    assert_eq!(version(&app, &path).await, 1, "nothing has changed");
    for (civility, shown) in [("M.", "M."), ("", ""), ("Mme", "Mme"), ("", "")] {
        let edit = alice.get(&format!("{path}/edit")).await;
        let saved = alice.submit(&edit, "main form", &[("civility", Some(civility))]).await;
        assert_eq!(saved.status, 303, "{}", saved.body);
        assert_eq!(chosen(&alice, &path).await, shown);
    }
    assert_eq!(version(&app, &path).await, 5, "each was a change");
    let history = alice.get(&format!("{path}/history")).await;
    assert_eq!(history.select(".history li:first-child del"), ["Mme"]);
    assert_eq!(history.select(".history li:first-child ins"), ["–"]);
    let wrong =
        alice.submit(&alice.get("/contacts/new").await, "main form", &[("civility", Some("Dr"))]).await;
    assert!(wrong.errors().iter().any(|error| error.starts_with("Civilité")), "{:?}", wrong.errors());
}

async fn an_empty_cell_changes_no_contact_without_civility(app: TestApp) {
    let alice = app.coordinator().await;
    let path = claude(&alice).await;
    let list = ",Claude,Martin,claude@b.fr,Voirie,,,\n,Zoé,Neuf,zoe@b.fr,,,,\n";
    alice.import("un", list, false).await;
    assert_eq!(version(&app, &path).await, 1, "nothing has changed");
    assert_eq!(chosen(&alice, &path).await, "");
    let zoe = contact(&alice, "zoe@b.fr").await;
    assert_eq!(chosen(&alice, &zoe).await, "M.", "as ever for a new contact");
    // Another field changes, and the civility does not come with it.
    alice.import("deux", ",Claude,Martin,claude@b.fr,Eau,,,\n", false).await;
    assert_eq!(chosen(&alice, &path).await, "");
    assert_eq!(value(&alice, &path, "service").await, "Eau");
    // An empty cell overwrites a civility, as the file overwrites all eight fields.
    alice.import("trois", "Mlle,Zoé,Neuf,zoe@b.fr,,,,\n", false).await;
    assert_eq!(chosen(&alice, &zoe).await, "Mlle");
    alice.import("quatre", ",Zoé,Neuf,zoe@b.fr,,,,\n", false).await;
    assert_eq!(chosen(&alice, &zoe).await, "M.");
}

async fn the_undo_of_an_import_takes_a_civility_away_again(app: TestApp) {
    let alice = app.coordinator().await;
    let path = claude(&alice).await;
    alice.import("un", "Mme,Claude,Martin,claude@b.fr,Voirie,,,\n", false).await;
    assert_eq!(chosen(&alice, &path).await, "Mme");
    undo(&alice, "un").await;
    assert_eq!(chosen(&alice, &path).await, "");
    assert_eq!(stored(&app, &path).await, ("M.".to_owned(), true));
}

async fn the_strict_export_of_a_contact_without_civility_changes_nothing(app: TestApp) {
    let alice = app.coordinator().await;
    let path = claude(&alice).await;
    alice.import("un", "Mme,Anne,Zola,anne@b.fr,,,,\n", false).await;
    let anne = contact(&alice, "anne@b.fr").await;
    let file = alice.get("/contacts.csv?format=strict").await.body;
    assert_eq!(file, ",Claude,Martin,claude@b.fr,Voirie,,,\nMme,Anne,Zola,anne@b.fr,,,,\n");
    let before = (version(&app, &path).await, version(&app, &anne).await);
    let page = alice.import("retour", file, false).await;
    assert_eq!(page.status, 200);
    assert_eq!((version(&app, &path).await, version(&app, &anne).await), before);
    assert_eq!(chosen(&alice, &path).await, "");
}

async fn cards_tables_and_personal_data_have_none(app: TestApp) {
    let alice = app.coordinator().await;
    let path = claude(&alice).await;
    let card = alice.get(&format!("{path}.vcf")).await.body;
    assert!(card.contains("\r\nN:Martin;Claude;;;\r\n"), "{card}");
    let table = alice.get("/contacts.csv").await.body;
    let row = table.lines().nth(1).unwrap();
    assert!(row.contains(";\"\";\"Claude\";\"Martin\";"), "{row}");
    let data = alice.get(&format!("{path}/data.json")).await.body;
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["contact"]["details"]["first_name"], "Claude");
    assert!(data["contact"]["details"].get("civility").is_none(), "{data}");
}

async fn a_merge_takes_the_civility_of_the_other_and_its_undo_takes_it_away(app: TestApp) {
    let alice = app.coordinator().await;
    let kept = claude(&alice).await;
    let gone = add(&alice, &[NAMES[0], NAMES[1], ("civility", "Mme")]).await;
    let page = merge(&alice, &kept, &gone, &[]).await;
    assert_eq!(chosen(&alice, &kept).await, "Mme");
    let undone = alice.submit(&page, "form[action$=undo]", &[]).await;
    assert_eq!(undone.status, 303, "{}", undone.body);
    assert_eq!(chosen(&alice, &kept).await, "");
    assert_eq!(chosen(&alice, &gone).await, "Mme");
}

async fn texts_about_a_contact_without_civility_are_neutral(app: TestApp) {
    let alice = app.coordinator().await;
    let path = claude(&alice).await;
    let today = carnet::base::clock::today();
    let until = today.checked_add_days(Days::new(3)).unwrap().to_string();
    let form = alice.get(&format!("{path}/absence")).await;
    let from = today.to_string();
    let typed = [("absent_from", Some(from.as_str())), ("absent_until", Some(until.as_str()))];
    assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303);
    let words = alice.get(&path).await.one(".absent");
    assert!(words.starts_with("Absence jusqu’au "), "{words}");
}

/// The statements of a program that does not know the new column.
async fn a_program_of_the_version_before_reads_and_writes_beside(app: TestApp) {
    let alice = app.coordinator().await;
    let path = claude(&alice).await;
    let id = id(&path);
    let older = |sql: String| app.db.write(move |conn| Ok(conn.batch_execute(&sql)?));
    // It reads `M.`, which it knows, and saves that with another field.
    assert_eq!(stored(&app, &path).await.0, "M.");
    older(format!(
        "UPDATE contacts SET civility = 'M.', city = 'Lyon', version = version + 1 WHERE id = {id}"
    ))
    .await
    .unwrap();
    assert_eq!(chosen(&alice, &path).await, "", "nobody has said more");
    assert_eq!(value(&alice, &path, "city").await, "Lyon");
    // Somebody chooses there.
    older(format!("UPDATE contacts SET civility = 'Mme', version = version + 1 WHERE id = {id}"))
        .await
        .unwrap();
    assert_eq!(chosen(&alice, &path).await, "Mme");
    let edit = alice.get(&format!("{path}/edit")).await;
    assert_eq!(alice.submit(&edit, "main form", &[("city", Some("Dijon"))]).await.status, 303);
    assert_eq!(stored(&app, &path).await, ("Mme".to_owned(), false));
    // It adds a contact without the column.
    older(
        "INSERT INTO contacts (civility, first_name, last_name, email, email_key, service, phone_work, address, city, expert, \
         copy, transfer, sort_key, created_at, updated_at) VALUES ('M.', 'Luc', 'Zorn', 'luc@b.fr', 'luc@b.fr', '', '', '', \
         '', TRUE, TRUE, FALSE, 'zorn', '2026-01-02 03:04:05', '2026-01-02 03:04:05')"
            .to_owned(),
    )
    .await
    .unwrap();
    assert_eq!(chosen(&alice, &format!("/contacts/{}", id + 1)).await, "M.");
}

/// The book as the version before has it: without the column and without its migration.
fn without_the_column(url: &str) {
    let mut conn = open(url);
    conn.batch_execute(
        "ALTER TABLE contacts DROP COLUMN no_civility; DELETE FROM __diesel_schema_migrations WHERE version = '0014'",
    )
    .unwrap();
}

const PEOPLE: usize = 20_000;

async fn a_large_book_is_upgraded_beside_an_older_node(url: String, folder: tempfile::TempDir) {
    let people: String = (0..PEOPLE)
        .map(|index| {
            format!("{},P{index},N{index},p{index}@b.fr,S{},,,\n", ["M.", "Mme"][index % 2], index % 50)
        })
        .collect();
    {
        let db = Db::open(&DatabaseUrl::parse(&url).unwrap()).unwrap();
        drop(db);
        let output = crate::support::Lists::at(&url).import(&people, "grand", &[]).await;
        assert_eq!(crate::support::code(&output), 0, "{}", crate::support::text(&output));
    }
    without_the_column(&url);
    let sums = "SELECT civility || ' ' || count(*) AS line FROM contacts GROUP BY civility ORDER BY civility";
    // A program of the version before, which had the book open before the upgrade.
    let mut older = open_without_migration(&url);
    let before = lines(&mut older, sums);
    let read = |conn: &mut AnyConnection| -> (i64, String) {
        contacts::table.order(contacts::id).select((contacts::id, contacts::civility)).first(conn).unwrap()
    };
    let (first, _) = read(&mut older);
    let begun = Instant::now();
    drop(Db::open(&DatabaseUrl::parse(&url).unwrap()).unwrap());
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "the table is not written anew: {took:?}");
    assert_eq!(lines(&mut older, sums), before, "it goes on reading");
    older.batch_execute(&format!("UPDATE contacts SET civility = 'Mlle' WHERE id = {first}")).unwrap();
    assert_eq!(read(&mut older), (first, "Mlle".to_owned()));
    let app = TestApp::start(url, folder, &[]).await;
    let alice = app.coordinator().await;
    let path = format!("/contacts/{first}");
    assert_eq!(chosen(&alice, &path).await, "Mlle");
    let edit = alice.get(&format!("{path}/edit")).await;
    assert_eq!(alice.submit(&edit, "main form", &[("civility", Some(""))]).await.status, 303);
    assert_eq!(read(&mut older), (first, "M.".to_owned()), "a value that it knows");
    let without: i64 = app
        .db
        .read(|conn| Ok(contacts::table.filter(contacts::no_civility).count().get_result(conn)?))
        .await
        .unwrap();
    assert_eq!(without, 1);
}

/// A connection that runs no migration.
fn open_without_migration(url: &str) -> AnyConnection {
    match url.strip_prefix("sqlite://") {
        Some(path) => AnyConnection::Sqlite(diesel::SqliteConnection::establish(path).unwrap()),
        None => AnyConnection::Postgres(diesel::PgConnection::establish(url).unwrap()),
    }
}

fn upgrade(backend: Backend) {
    let Some((url, folder)) = database(backend) else {
        return;
    };
    actix_web::rt::System::new().block_on(a_large_book_is_upgraded_beside_an_older_node(url, folder));
}

mod a_large_book_is_upgraded_while_an_older_node_uses_it {
    use super::*;

    #[test]
    fn sqlite() {
        upgrade(Backend::Sqlite);
    }

    #[test]
    fn postgres() {
        upgrade(Backend::Postgres);
    }
}
