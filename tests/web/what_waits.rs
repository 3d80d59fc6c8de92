//! The numbers of the menu, and the page "À traiter".

use carnet::base::clock;
use carnet::db::AnyConnection;
use carnet::db::schema::{contacts, duplicate_pairs, imports};
use chrono::TimeDelta;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::support::contacts::add;
use crate::support::dump::open;
use crate::support::duplicates::search;
use crate::support::merges::{merge, two};
use crate::support::statements::{statements, watch};
use crate::support::{Backend, Client, Page, TestApp, with_app};

/// The numbers in the menu: everything, imports and duplicates.
fn menu(page: &Page) -> [String; 3] {
    ["/waiting", "/imports", "/duplicates"].map(|path| {
        let count = page.select(&format!("nav a[href='{path}'] .count"));
        count.into_iter().next().unwrap_or_default()
    })
}

/// The menu of any page, then the numbers of the page "À traiter": imports, duplicates, contacts to check and reports.
async fn numbers(client: &Client) -> ([String; 3], Vec<String>) {
    let page = client.get("/organizations").await;
    (menu(&page), client.get("/waiting").await.select(".waiting > li h2 .count"))
}

async fn shown(client: &Client) -> String {
    let (menu, page) = numbers(client).await;
    format!("{} = {}", menu[0], page.join(" + "))
}

async fn age(app: &TestApp, last_name: &'static str, days: i64) {
    app.db
        .write(move |conn| {
            diesel::update(contacts::table.filter(contacts::last_name.eq(last_name)))
                .set(contacts::created_at.eq(clock::now() - TimeDelta::days(days)))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

both_backends!(
    an_import_waits_until_it_is_decided,
    a_pair_waits_until_it_is_dismissed_or_merged,
    a_contact_waits_until_it_is_verified,
    a_report_waits_until_it_is_answered,
    numbers_end_at_99,
    agents_have_no_numbers,
    the_oldest_of_each_kind_is_dated,
    an_error_page_has_the_numbers_too,
);

async fn an_import_waits_until_it_is_decided(app: TestApp) {
    let alice = app.coordinator().await;
    assert_eq!(shown(&alice).await, " = ", "nothing waits");
    assert!(alice.get("/waiting").await.one("main .empty").starts_with("Rien n’attend"));
    let list = "M.,Anne,Zola,anne@regie.example,,,,\nDr,A,B,,,,,\n";
    let first = alice.import("un", list, false).await;
    assert_eq!(shown(&alice).await, "1 = 1 + 0 + 0 + 0");
    alice.preview("deux", "M.,Paul,Perdu,paul@regie.example,,,,\n").await;
    assert_eq!(shown(&alice).await, "2 = 2 + 0 + 0 + 0");
    let page = alice.get("/waiting").await;
    assert_eq!(menu(&page), ["2", "2", ""]);
    assert_eq!(page.select(".waiting > li li"), ["un", "deux"], "the oldest comes first");
    alice.submit(&first, "form[action$=cancel]", &[]).await;
    assert_eq!(shown(&alice).await, "1 = 1 + 0 + 0 + 0");
    let page = alice.get(&page.attributes(".waiting > li li a", "href")[1]).await;
    let answer = alice.submit(&page, "form[action$=confirm]", &[]).await;
    alice.at_rest(&answer.location()).await;
    assert_eq!(shown(&alice).await, " = ");
}

async fn a_pair_waits_until_it_is_dismissed_or_merged(app: TestApp) {
    let alice = app.coordinator().await;
    let (low, high) = two(&alice).await;
    assert_eq!(shown(&alice).await, " = ", "not searched yet");
    let found = search(&alice).await;
    assert_eq!(menu(&alice.get("/organizations").await), ["1", "", "1"]);
    alice.submit(&found, "form[action$=dismiss]", &[]).await;
    assert_eq!(shown(&alice).await, " = ");
    let dismissed = alice.get("/duplicates/dismissed").await;
    alice.submit(&dismissed, "form[action$=reopen]", &[]).await;
    assert_eq!(shown(&alice).await, "1 = 0 + 1 + 0 + 0");
    let ask = alice.get(&format!("{high}/delete")).await;
    alice.submit(&ask, "main form", &[]).await;
    assert_eq!(shown(&alice).await, " = ", "one of them is in the trash");
    let page = alice.get(&high).await;
    alice.submit(&page, "form[action$=restore]", &[]).await;
    assert_eq!(shown(&alice).await, "1 = 0 + 1 + 0 + 0");
    let page = merge(&alice, &low, &high, &[("keep", Some("low"))]).await;
    assert_eq!(shown(&alice).await, " = ");
    alice.submit(&page, "form[action^='/merges']", &[]).await;
    let listed = alice.get("/duplicates").await.select("form[action$=dismiss]").len();
    assert_eq!(menu(&alice.get("/organizations").await)[2], listed.to_string().replace('0', ""));
}

async fn a_contact_waits_until_it_is_verified(app: TestApp) {
    let alice = app.coordinator().await;
    for name in ["Zola", "Perdu", "Neuf"] {
        add(&alice, &[("first_name", "Anne"), ("last_name", name)]).await;
    }
    assert_eq!(shown(&alice).await, " = ");
    age(&app, "Zola", 366).await;
    age(&app, "Perdu", 364).await;
    assert_eq!(shown(&alice).await, "1 = 0 + 0 + 1 + 0");
    age(&app, "Perdu", 500).await;
    assert_eq!(shown(&alice).await, "2 = 0 + 0 + 2 + 0");
    let list = alice.get("/contacts/unchecked").await;
    alice.submit(&list, "form[action$=checked]", &[]).await;
    assert_eq!(shown(&alice).await, "1 = 0 + 0 + 1 + 0");
    let left = alice.get("/contacts/unchecked").await.attributes("tbody th a", "href").remove(0);
    let ask = alice.get(&format!("{left}/delete")).await;
    alice.submit(&ask, "main form", &[]).await;
    assert_eq!(shown(&alice).await, " = ", "it is in the trash");
}

async fn a_report_waits_until_it_is_answered(app: TestApp) {
    let (alice, charlie, bob) = (app.coordinator().await, app.administrator().await, app.agent().await);
    let path = add(&alice, &[("first_name", "Anne"), ("last_name", "Zola")]).await;
    for text in ["Un", "Deux"] {
        let page = bob.get(&path).await;
        bob.submit(&page, "#reports form", &[("report", Some(text))]).await;
    }
    for client in [&alice, &charlie] {
        assert_eq!(shown(client).await, "2 = 0 + 0 + 0 + 2");
    }
    let page = alice.get("/waiting").await;
    alice.submit(&page, "article.report form", &[("outcome", Some("unfounded"))]).await;
    for client in [&alice, &charlie] {
        assert_eq!(shown(client).await, "1 = 0 + 0 + 0 + 1");
    }
}

async fn numbers_end_at_99(app: TestApp) {
    let alice = app.coordinator().await;
    let lines = |count: usize| -> String {
        (0..count).map(|index| format!("M.,Paul,Zola,paul{index}@regie.example,,,,\n")).collect()
    };
    alice.import("un", lines(99), false).await;
    age(&app, "Zola", 400).await;
    assert_eq!(shown(&alice).await, "99 = 0 + 0 + 99 + 0");
    alice.import("deux", lines(150), false).await;
    age(&app, "Zola", 400).await;
    assert_eq!(shown(&alice).await, "99+ = 0 + 0 + 99+ + 0");
    // Pairs whose contacts are in the trash are passed over.
    app.db
        .write(|conn| {
            let ids: Vec<i64> = contacts::table.order(contacts::id).select(contacts::id).load(conn)?;
            let pairs: Vec<_> = ids
                .windows(2)
                .map(|pair| {
                    (
                        duplicate_pairs::low_id.eq(pair[0]),
                        duplicate_pairs::high_id.eq(pair[1]),
                        duplicate_pairs::reasons.eq("phone"),
                        duplicate_pairs::certainty.eq(pair[0] % 50),
                        duplicate_pairs::run.eq(1_i64),
                        duplicate_pairs::found_at.eq(clock::now()),
                    )
                })
                .collect();
            match conn {
                AnyConnection::Sqlite(conn) => {
                    diesel::insert_into(duplicate_pairs::table).values(pairs).execute(conn)?
                }
                AnyConnection::Postgres(conn) => {
                    diesel::insert_into(duplicate_pairs::table).values(pairs).execute(conn)?
                }
            };
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(shown(&alice).await, "99+ = 0 + 99+ + 99+ + 0");
    app.db
        .write(|conn| {
            let some = contacts::table.filter(contacts::email.like("paul1%"));
            let gone: Vec<i64> = some.select(contacts::id).load(conn)?;
            assert_eq!(gone.len(), 61);
            diesel::update(contacts::table.filter(contacts::id.eq_any(gone)))
                .set(contacts::deleted_at.eq(clock::now()))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(menu(&alice.get("/organizations").await)[2], "86");
}

async fn agents_have_no_numbers(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let path = add(&alice, &[("first_name", "Anne"), ("last_name", "Zola")]).await;
    alice.import("un", "M.,Paul,Perdu,paul@regie.example,,,,\nDr,A,B,,,,,\n", false).await;
    age(&app, "Zola", 400).await;
    let page = bob.get(&path).await;
    bob.submit(&page, "#reports form", &[("report", Some("Faux"))]).await;
    assert_eq!(shown(&alice).await, "3 = 1 + 0 + 1 + 1");
    for path in ["/contacts", "/organizations", &path] {
        let page = bob.get(path).await;
        assert!(page.select("nav .count").is_empty(), "{}", page.body);
        assert!(page.select("a[href='/waiting']").is_empty());
    }
    assert_eq!(bob.get("/waiting").await.status, 403);
}

async fn the_oldest_of_each_kind_is_dated(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let (low, _) = two(&alice).await;
    search(&alice).await;
    alice.import("trois", "M.,Paul,Perdu,paul@regie.example,,,,\nDr,A,B,,,,,\n", false).await;
    let page = bob.get(&low).await;
    bob.submit(&page, "#reports form", &[("report", Some("Faux"))]).await;
    app.db
        .write(|conn| {
            let days = |days| clock::now() - TimeDelta::days(days);
            diesel::update(imports::table.filter(imports::name.eq("trois")))
                .set(imports::created_at.eq(days(1)))
                .execute(conn)?;
            diesel::update(duplicate_pairs::table)
                .set(duplicate_pairs::found_at.eq(days(12)))
                .execute(conn)?;
            diesel::update(contacts::table.filter(contacts::last_name.eq("Lefevre")))
                .set(contacts::checked_at.eq(days(370)))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let page = alice.get("/waiting").await;
    let ages: Vec<String> = page.select(".waiting > li > p");
    let ages: Vec<&str> = ages.iter().map(|age| age.rsplit_once("depuis ").unwrap().1).collect();
    assert_eq!(ages, ["hier", "12\u{A0}jours", "5\u{A0}jours", "aujourd’hui"]);
    // Another search leaves the day on which the pair was found.
    search(&alice).await;
    assert!(alice.get("/waiting").await.select(".waiting > li > p")[1].ends_with("12\u{A0}jours"));
}

async fn an_error_page_has_the_numbers_too(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,Paul,Perdu,paul@regie.example,,,,\nDr,A,B,,,,,\n", false).await;
    assert_eq!(menu(&alice.get("/contacts/999999").await), ["1", "1", ""]);
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

fn explain(conn: &mut AnyConnection, sql: &str) -> Vec<String> {
    let sql = sql.split(" -- binds").next().unwrap();
    match conn {
        AnyConnection::Sqlite(conn) => {
            let plan: Vec<Plan> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).unwrap();
            plan.into_iter().map(|line| line.detail).collect()
        }
        AnyConnection::Postgres(conn) => {
            // Small tables would be read whole, which is right, and says nothing about the indexes.
            conn.batch_execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan").unwrap();
            conn.batch_execute(&format!("PREPARE asked AS {sql}")).unwrap();
            let binds = vec!["NULL"; sql.matches('$').count()].join(", ");
            let asked = format!("EXPLAIN EXECUTE asked ({binds})");
            let plan: Vec<Line> = diesel::sql_query(asked).load(conn).unwrap();
            plan.into_iter().map(|line| line.line.trim().to_owned()).collect()
        }
    }
}

fn the_numbers_come_with_the_session_and_from_indexes(backend: Backend) {
    watch();
    with_app(backend, async |app| {
        let (alice, bob) = (app.coordinator().await, app.agent().await);
        for path in ["/organizations", "/account"] {
            // Once before, so that nothing is to be written or prepared.
            let _ = (alice.get(path).await, bob.get(path).await);
            let (coordinators, agents) =
                (statements(&app, &alice, path).await, statements(&app, &bob, path).await);
            assert_eq!(coordinators.len(), agents.len(), "{coordinators:#?} {agents:#?}");
            let counting: Vec<&String> =
                coordinators.iter().filter(|sql| sql.contains("duplicate_pairs")).collect();
            assert_eq!(counting.len(), 1, "{coordinators:#?}");
            assert!(counting[0].contains("key_hash"), "{counting:?}");
        }
        let sql = statements(&app, &alice, "/account").await;
        let sql = sql.into_iter().find(|sql| sql.contains("duplicate_pairs")).unwrap();
        let url = app.database_url.clone();
        let plan = tokio::task::spawn_blocking(move || explain(&mut open(&url), &sql)).await.unwrap();
        let told = plan.join("\n");
        // PostgreSQL chooses among the indexes of empty tables by chance.
        let pairs = if backend == Backend::Sqlite { "duplicate_pairs_open" } else { "duplicate_pairs_" };
        for index in ["imports_state", pairs, "contacts_unchecked", "reports_open", "webhooks_state"] {
            assert!(told.contains(index), "no {index} in\n{told}");
        }
        for line in plan.iter().filter(|line| line.starts_with("SCAN ") || line.contains("Seq Scan")) {
            let is_counting = ["waiting", "pairs"].iter().any(|name| line.ends_with(name));
            assert!(line.contains("USING") || is_counting, "{line} in\n{told}");
        }
    });
}

#[test]
fn the_numbers_come_with_the_session_and_from_indexes_on_sqlite() {
    the_numbers_come_with_the_session_and_from_indexes(Backend::Sqlite);
}

#[test]
fn the_numbers_come_with_the_session_and_from_indexes_on_postgresql() {
    the_numbers_come_with_the_session_and_from_indexes(Backend::Postgres);
}
