//! The list of imports: its filters, its pages, and the links of each row.

use carnet::db::schema::{accounts, imports};
use carnet::domain::Role;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::support::{Client, Page, TestApp};

const LINE: &str = "M.,A,B,a@b.fr,,,,\n";

fn names(page: &Page) -> Vec<String> {
    page.select("tbody th a")
}

async fn change(app: &TestApp, name: &'static str, state: &'static str) {
    app.db
        .write(move |conn| {
            diesel::update(imports::table.filter(imports::name.eq(name)))
                .set(imports::state.eq(state))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

fn day(day: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 6, day).unwrap().and_hms_opt(12, 0, 0).unwrap()
}

/// Imports named `juin-1` on the first of June to `juin-N` on the Nth, copied from one.
async fn copies(app: &TestApp, alice: &Client, count: u32) {
    alice.import("juin-1", LINE, false).await;
    app.db
        .write(move |conn| {
            diesel::update(imports::table).set(imports::created_at.eq(day(1))).execute(conn)?;
            let (file, size): (i64, i64) =
                imports::table.select((imports::file_id, imports::file_size)).first(conn)?;
            for index in 2..=count {
                let name = format!("juin-{index}");
                diesel::insert_into(imports::table)
                    .values((
                        imports::name_key.eq(carnet::domain::fold(&name)),
                        imports::name.eq(name),
                        imports::file_id.eq(file),
                        imports::file_name.eq("liste.csv"),
                        imports::file_size.eq(size),
                        imports::file_sha256.eq("x"),
                        imports::on_error.eq("ask"),
                        imports::state.eq("done"),
                        imports::created_at.eq(day(1 + (index - 1) % 30)),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

both_backends!(
    filters_combine_and_are_in_the_url,
    the_period_counts_both_of_its_days,
    pages_go_both_ways_and_keep_the_filter,
    imports_that_wait_come_first_on_whole_pages,
    a_row_shows_the_result_and_the_possible_actions,
    an_import_outlives_the_account_that_made_it,
);

async fn filters_combine_and_are_in_the_url(app: TestApp) {
    let alice = app.coordinator().await;
    app.add_account("zoé", Role::Coordinator).await;
    let zoe = app.stranger();
    zoe.sign_in("zoé", crate::support::PASSWORD).await;
    alice.import("Été-2026", LINE, false).await;
    alice.import("rejets", "Dr,A,B,x@b.fr,,,,\n", false).await;
    zoe.import("été_zoé", LINE, false).await;
    zoe.import("100%", "M.,A,B,c@d.fr,,,,\n", false).await;

    let found = async |query: &str| names(&alice.get(&format!("/imports?{query}")).await);
    assert_eq!(found("").await, ["rejets", "100%", "été_zoé", "Été-2026"], "what waits is first");
    assert_eq!(found("name=ETE").await, ["été_zoé", "Été-2026"], "folded, a part of it");
    assert_eq!(found("name=%25").await, ["100%"], "signs of a pattern are signs of a name");
    assert_eq!(found("name=_").await, ["été_zoé"]);
    assert_eq!(found("state=deciding").await, ["rejets"]);
    assert_eq!(found("state=undone").await, Vec::<String>::new());
    assert_eq!(found("account=carnet").await, Vec::<String>::new());

    let page = alice.get("/imports").await;
    assert_eq!(page.one(".head .lead"), "4 imports");
    assert_eq!(page.select("#account option"), ["Tout le monde", "alice", "zoé", "ligne de commande"]);
    let zoes = page.attributes("#account option", "value").remove(2);
    let filtered = alice.get(&format!("/imports?name=ete&account={zoes}&state=done")).await;
    assert_eq!(names(&filtered), ["été_zoé"]);
    assert_eq!(filtered.one(".head .lead"), "1 import");
    assert_eq!(
        filtered.form("main form").fields,
        [("name", "ete"), ("state", "done"), ("account", zoes.as_str()), ("since", ""), ("until", ""),]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        "what was chosen stays"
    );
}

async fn the_period_counts_both_of_its_days(app: TestApp) {
    let alice = app.coordinator().await;
    copies(&app, &alice, 4).await;
    let found = async |query: &str| names(&alice.get(&format!("/imports?{query}")).await);
    assert_eq!(found("since=2026-06-02&until=03%2F06%2F2026").await, ["juin-3", "juin-2"]);
    assert_eq!(found("since=2026-06-04").await, ["juin-4"]);
    assert_eq!(found("until=2026-05-31").await, Vec::<String>::new());
    let wrong = alice.get("/imports?since=hier&until=2026-06-01&name=juin").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.errors()[0].contains("30/06/2026"), "{:?}", wrong.errors());
    assert_eq!(wrong.attributes("#since", "value"), ["hier"], "what was typed stays");
    assert_eq!(wrong.attributes("#name", "value"), ["juin"]);
    assert!(names(&wrong).is_empty());
    assert_eq!(alice.get("/imports?since=2026-06-03&until=2026-06-01").await.status, 422);
}

async fn pages_go_both_ways_and_keep_the_filter(app: TestApp) {
    let alice = app.coordinator().await;
    copies(&app, &alice, 120).await;
    let mut page = alice.get("/imports?name=juin").await;
    assert_eq!(page.one(".head .lead"), "120 imports");
    let mut seen = vec![names(&page)];
    while let Some(next) = page.attributes("a[rel=next]", "href").pop() {
        assert!(next.contains("name=juin"));
        page = alice.get(&next).await;
        seen.push(names(&page));
    }
    let expected: Vec<String> = (1..=120).rev().map(|index| format!("juin-{index}")).collect();
    assert_eq!(seen.concat(), expected);
    // Meanwhile an import is added at the top: the other pages do not move.
    alice.import("juin-encore", LINE, false).await;
    for earlier in seen.iter().rev().skip(1) {
        let back = page.attributes("a[rel=prev]", "href").remove(0);
        page = alice.get(&back).await;
        assert_eq!(&names(&page), earlier);
    }
    let top = alice.get(&page.attributes("a[rel=prev]", "href").remove(0)).await;
    assert_eq!(names(&top)[..2], ["juin-encore", "juin-120"], "the first page is whole");
    assert!(top.select("a[rel=prev]").is_empty());
    let beyond = alice.get("/imports?name=juin&before=1").await;
    assert_eq!(beyond.one(".empty p:first-child"), "Fin de la liste.");
    assert_eq!(beyond.attributes(".empty a", "href"), ["/imports?name=juin"]);
}

async fn imports_that_wait_come_first_on_whole_pages(app: TestApp) {
    let alice = app.coordinator().await;
    copies(&app, &alice, 120).await;
    // More than a page of them waits, in two ways.
    app.db
        .write(|conn| {
            let waiting = imports::table.filter(imports::id.le(60));
            diesel::update(waiting).set(imports::state.eq("deciding")).execute(conn)?;
            diesel::update(imports::table.find(10))
                .set((
                    imports::state.eq("checking"),
                    imports::awaits_columns.eq(true),
                    imports::rows_size.eq(Some(7)),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let named = |ids: Vec<u32>| ids.into_iter().map(|id| format!("juin-{id}")).collect::<Vec<String>>();
    let expected = named((1..=60).rev().chain((61..=120).rev()).collect());
    let mut page = alice.get("/imports").await;
    let mut seen = vec![names(&page)];
    assert!(page.select("tbody tr:not(.waits)").is_empty(), "the first page has nothing else");
    while let Some(next) = page.attributes("a[rel=next]", "href").pop() {
        page = alice.get(&next).await;
        seen.push(names(&page));
    }
    assert_eq!(seen.concat(), expected);
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<usize>>(), [50, 50, 20]);
    for earlier in seen.iter().rev().skip(1) {
        page = alice.get(&page.attributes("a[rel=prev]", "href").remove(0)).await;
        assert_eq!(&names(&page), earlier);
    }
    assert!(page.select("a[rel=prev]").is_empty());

    // The last one of the first page is decided meanwhile: the next page follows its place.
    let next = page.attributes("a[rel=next]", "href").remove(0);
    change(&app, "juin-11", "done").await;
    let second = names(&alice.get(&next).await);
    assert_eq!(second, named((1..=10).rev().chain((81..=120).rev()).collect()));
    // A link without the group, as pages had it before.
    assert_eq!(names(&alice.get("/imports?before=70").await), named((61..=69).rev().chain([11]).collect()));
}

async fn a_row_shows_the_result_and_the_possible_actions(app: TestApp) {
    let alice = app.coordinator().await;
    let nothing = alice.get("/imports").await;
    assert_eq!(nothing.one(".empty p"), "Aucune liste n’a encore été importée.");
    assert!(nothing.select("main form").is_empty(), "there is nothing to narrow");
    alice.import("fait", "M.,A,B,a@b.fr,,,,\nM.,A,C,c@b.fr,,,,\nDr,,,,,,,\n", true).await;
    alice.import("à-décider", "M.,A,D,d@b.fr,,,,\nDr,,,,,,,\n", false).await;
    alice.import("refusé", "Nom;E-mail\n\"Roux;roux@b.fr\n", false).await;
    alice.import("en-cours", LINE, false).await;
    change(&app, "en-cours", "applying").await;
    let page = alice.get("/imports").await;
    assert_eq!(
        page.select("tbody tr td:nth-of-type(2)"),
        ["1 à ajouter, 1 refusé", "1 ligne sur 1", "2 ajoutés, 1 refusé"],
        "a refused file is not listed"
    );
    let links = page.attributes("tbody td:last-child a", "href");
    assert_eq!(links, ["/imports/2", "/imports/4?auto=2", "/contacts?import=fait"]);
    assert_eq!(
        page.select("tbody td:last-child a"),
        ["Décider – à-décider", "Suivre – en-cours", "Voir les contacts – fait"]
    );
    let none = alice.get("/imports?name=absent").await;
    assert_eq!(none.one(".empty strong"), "Aucun import ne correspond à ces filtres.");
    assert_eq!(none.attributes(".empty a", "href"), ["/imports"]);
    assert!(!none.select("main form").is_empty(), "and they can be changed");
}

async fn an_import_outlives_the_account_that_made_it(app: TestApp) {
    let alice = app.coordinator().await;
    let charlie = app.administrator().await;
    alice.import("juin", LINE, false).await;
    app.db
        .write(|conn| {
            diesel::update(accounts::table.filter(accounts::username.eq("alice")))
                .set(accounts::disabled_at.eq(Some(carnet::base::clock::now())))
                .execute(conn)?;
            diesel::update(imports::table)
                .set(
                    imports::decided_by.eq(accounts::table
                        .filter(accounts::username.eq("alice"))
                        .select(accounts::id)
                        .single_value()),
                )
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let list = charlie.get("/imports").await;
    assert_eq!(list.select("tbody td:nth-of-type(4)"), ["alice"]);
    assert!(list.select("#account option").contains(&"alice".to_owned()), "and can be chosen");
    let page = charlie.get("/imports/1").await;
    assert!(
        page.one("main > .lead").ends_with("par alice · Import confirmé par alice."),
        "{}",
        page.one("main > .lead")
    );
    change(&app, "juin", "cancelled").await;
    let page = charlie.get("/imports/1").await;
    assert!(
        page.one("main > .lead").ends_with("Import abandonné par alice."),
        "{}",
        page.one("main > .lead")
    );
}
