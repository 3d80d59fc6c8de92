//! The coordinators' list: how much of it is in sight, and that nothing ticked on it is lost.

use carnet::db::schema::book_counts;
use carnet::domain::Role;
use diesel::prelude::*;
use fantoccini::Locator;
use serde_json::json;

use crate::support::{Client, Driver, Page, Person, TestApp, left_out};

fn people(count: usize) -> String {
    (0..count)
        .map(|n| format!("Mme,Anne-Sophie,Beaulieu{n:03},beaulieu{n:03}@mairie.example,Ressources humaines,0416375880,,Lyon\n"))
        .collect()
}

fn names(page: &Page) -> Vec<String> {
    page.select("tbody th a")
}

/// The names of the contacts with a status.
async fn with(client: &Client, status: &str) -> Vec<String> {
    names(&client.get(&format!("/contacts?status={status}")).await)
}

both_backends!(
    many_contacts_are_in_sight,
    ticks_survive_every_way_to_another_page,
    a_hostile_way_leads_home,
    a_column_is_ticked_and_cleared_and_that_is_undone,
    chosen_contacts_go_to_one_page_for_an_action,
    chosen_contacts_are_a_list_of_their_own,
    a_button_that_leads_nowhere_says_so_beside_what_was_saved,
    letters_lead_to_their_contacts_with_the_position,
    the_number_of_rows_is_remembered,
    a_page_of_the_list_is_small,
);

/// The rows that lie wholly between the table's head and the bar.
async fn rows_in_sight(alice: &Person, width: u32, height: u32) -> usize {
    let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
    alice.chromium("Emulation.setDeviceMetricsOverride", size).await;
    alice.open("/contacts").await;
    let (_, end, _, _) = {
        let bar = alice.browser.find(Locator::Css(".bar")).await.unwrap();
        let (x, y, width, height) = bar.rectangle().await.unwrap();
        (x, y, width, height)
    };
    let mut seen = 0;
    for row in alice.browser.find_all(Locator::Css("#rows tbody tr")).await.unwrap() {
        let (_, y, _, row_height) = row.rectangle().await.unwrap();
        if y + row_height > end.min(f64::from(height)) {
            break;
        }
        seen += 1;
    }
    seen
}

async fn many_contacts_are_in_sight(app: TestApp) {
    let Some(driver) = Driver::start() else {
        return left_out("Chromium and chromedriver");
    };
    let coordinator = app.coordinator().await;
    coordinator.import("un", people(120), false).await;
    for name in ["Fuites et coupures", "Parlent allemand", "Experts de l’annuaire"] {
        let form = coordinator.get("/contacts/filters/new?status=expert&import=un").await;
        let named = [("name", Some(name)), ("shared", Some("on"))];
        assert_eq!(coordinator.submit(&form, "main form", &named).await.status, 303);
    }
    app.add_account("carla", Role::Coordinator).await;
    let alice = driver.person(&app).await;
    alice.sign_in("carla").await;
    for (width, height, fewest) in [(1280, 800, 15), (1920, 1080, 20), (390, 844, 7)] {
        let seen = rows_in_sight(&alice, width, height).await;
        assert!(seen >= fewest, "{seen} rows at {width}×{height}");
        alice.picture(&format!("list-{width}")).await;
        // The second page has the links to the first and the previous page too.
        alice.follow("[data-to='next']").await;
        let bar = alice.browser.find(Locator::Css(".bar")).await.unwrap().rectangle().await.unwrap();
        assert!(width < 1280 || bar.3 < 60.0, "the bar is one line: {bar:?}");
    }
    alice.browser.close().await.unwrap();
}

async fn ticks_survive_every_way_to_another_page(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(60), false).await;
    let list = alice.get("/contacts").await;
    let ways: Vec<(String, String)> = ["next", "sort=city", "status=expert", "by=service"]
        .into_iter()
        .map(|way| {
            let found = list.attributes("form.list button[name=go]", "value");
            let found = match way {
                "next" => list.way("next"),
                _ => found.into_iter().find(|url| url.contains(way)),
            };
            ("go".to_owned(), found.unwrap())
        })
        .chain([("search".to_owned(), "1".to_owned())])
        .collect();
    for (row, (name, value)) in ways.into_iter().enumerate() {
        let list = alice.get("/contacts").await;
        let id = list.attributes("input[name=transfer]", "value").remove(row);
        let mut fields = list.form("form.list").fields;
        fields.retain(|(name, _)| name != "q");
        fields.extend([
            ("transfer".to_owned(), id),
            (name.clone(), value.clone()),
            ("q".to_owned(), "lyon".to_owned()),
        ]);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        let saved = alice.post(&list, "/contacts/statuses", &fields).await;
        let expected = if name == "search" { "/contacts?q=lyon" } else { value.as_str() };
        assert_eq!(saved.location(), expected);
        assert_eq!(alice.follow(&saved).await.flash(), "Statuts enregistrés\u{A0}: 1 contact modifié.");
        assert_eq!(with(&alice, "transfer").await.len(), row + 1);
    }
    // Nothing was ticked: nothing is said.
    let list = alice.get("/contacts").await;
    let left = alice.submit(&list, "form.list", &[("go", Some("/contacts?q=lyon"))]).await;
    assert!(alice.follow(&left).await.select(".flash").is_empty());
}

async fn a_hostile_way_leads_home(app: TestApp) {
    let alice = app.coordinator().await;
    let list = alice.get("/contacts").await;
    for go in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        assert_eq!(alice.post(&list, "/contacts/statuses", &[("go", go)]).await.location(), "/", "{go}");
    }
}

async fn a_column_is_ticked_and_cleared_and_that_is_undone(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(3), false).await;
    crate::support::contacts::add(
        &alice,
        &[("last_name", "Absalon"), ("first_name", "Zoé"), ("expert", "on")],
    )
    .await;
    let list = alice.get("/contacts").await;
    let all = alice.submit(&list, "form.list", &[("tick", Some("transfer:all"))]).await;
    let list = alice.follow(&all).await;
    assert_eq!(with(&alice, "transfer").await.len(), 3);
    let said = list.one(".flash p");
    assert!(said.contains("3 contacts modifiés"), "{said}");
    assert!(said.contains("Un contact sans e-mail ne peut pas être Transfert"), "{said}");

    let undone = alice.submit(&list, ".flash form", &[]).await;
    assert_eq!(undone.location(), "/contacts");
    assert_eq!(alice.follow(&undone).await.flash(), "Statuts enregistrés\u{A0}: 3 contacts modifiés.");
    assert!(with(&alice, "transfer").await.is_empty());

    let list = alice.get("/contacts").await;
    let none = alice.submit(&list, "form.list", &[("tick", Some("copy:none"))]).await;
    let list = alice.follow(&none).await;
    assert!(with(&alice, "copy").await.is_empty());
    assert_eq!(with(&alice, "expert").await.len(), 4, "the other columns stay");
    alice.submit(&list, ".flash form", &[]).await;
    assert_eq!(with(&alice, "copy").await.len(), 3);
}

async fn chosen_contacts_go_to_one_page_for_an_action(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(5), false).await;
    let list = alice.get("/contacts").await;
    let ids = list.attributes("input[name=contact]", "value");
    let chosen = |with: &'static str, count: usize| {
        let mut fields: Vec<(&str, &str)> = ids[..count].iter().map(|id| ("contact", id.as_str())).collect();
        fields.push(("with", with));
        fields
    };
    let query: Vec<String> = ids[..2].iter().map(|id| format!("contact={id}")).collect();
    let query = query.join("&");
    for (with, path) in [
        ("bulk", format!("/contacts/bulk?{query}")),
        ("message", format!("/contacts/message?{query}&as=to")),
        ("export", format!("/contacts/export?{query}")),
        ("delete", format!("/contacts/bulk?{query}&do=delete")),
    ] {
        let answer = alice.post(&list, "/contacts/statuses", &chosen(with, 2)).await;
        assert_eq!(answer.location(), path);
        assert_eq!(alice.follow(&answer).await.status, 200, "{path}");
    }
    let none = alice.post(&list, "/contacts/statuses", &chosen("bulk", 0)).await;
    assert!(alice.follow(&none).await.flash().starts_with("Aucun contact choisi"));
    let one = alice.post(&list, "/contacts/statuses", &chosen("merge", 1)).await;
    assert!(
        alice.follow(&one).await.flash().starts_with("Pour fusionner, choisissez au moins deux contacts")
    );
    let two = alice.post(&list, "/contacts/statuses", &chosen("merge", 2)).await;
    assert_eq!(alice.follow(&two).await.status, 200, "{}", two.location());

    let three = alice.post(&list, "/contacts/statuses", &chosen("merge", 3)).await;
    let first = alice.follow(&three).await;
    assert!(first.one("main").contains("Un autre contact choisi suivra."));
    let next = alice.submit(&first, "main form", &[("keep", Some("high"))]).await;
    let second = alice.follow(&next).await;
    assert_eq!(second.select("main form input[name=then]").len(), 0);
    let merged = alice.submit(&second, "main form", &[]).await;
    assert_eq!(alice.follow(&merged).await.flash(), "Les deux contacts n’en font plus qu’un.");
    assert_eq!(names(&alice.get("/contacts").await).len(), 3);
    assert_eq!(alice.submit(&alice.get("/contacts").await, "form.list", &[]).await.status, 303);

    let list = alice.get("/contacts").await;
    let ids = list.attributes("input[name=contact]", "value");
    let query = format!("contact={}&contact={}", ids[0], ids[1]);
    let ask = alice.get(&format!("/contacts/bulk?{query}&do=delete")).await;
    assert!(ask.one(".lead").starts_with("2 contacts"), "{}", ask.one(".lead"));
    assert_eq!(alice.submit(&ask, "main form", &[]).await.status, 303);
    assert_eq!(names(&alice.get("/contacts").await).len(), 1);
}

async fn chosen_contacts_are_a_list_of_their_own(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(5), false).await;
    let ids = alice.get("/contacts").await.attributes("input[name=contact]", "value");
    let url = format!("/contacts?contact={}&contact={}&contact={}&contact=x", ids[3], ids[1], ids[3]);
    let list = alice.get(&url).await;
    assert_eq!(names(&list), ["Beaulieu001, Anne-Sophie", "Beaulieu003, Anne-Sophie"]);
    assert_eq!(list.one(".list-head .lead"), "2 contacts");
    let csv = alice.get(&format!("/contacts.csv?contact={}", ids[3])).await;
    assert!(csv.body.contains("beaulieu003@") && !csv.body.contains("beaulieu001@"));
}

async fn a_page_of_the_list_is_small(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(120), false).await;
    // Values that no contact has, beside one that all have.
    let several = |by: &str, known: &str| {
        let others = ["Écoles", "Aides financières"].map(|value| format!("&{by}={value}"));
        format!("{by}={known}{}", others.concat())
    };
    let filters = [
        String::new(),
        "status=copy".to_owned(),
        "import=un&status=copy".to_owned(),
        "import=un&status=expert&status=copy".to_owned(),
        "q=beaulieu&service=Ressources+humaines".to_owned(),
        "q=b&import=un&status=expert&status=copy&service=Ressources+humaines&city=Lyon".to_owned(),
        several("service", "Ressources humaines"),
        format!("q=beaulieu&{}&city=Lyon", several("service", "Ressources humaines")),
    ];
    let sorts = ["", "&sort=name", "&sort=service", "&sort=city", "&sort=updated"];
    for url in filters.iter().flat_map(|filter| sorts.map(|sort| format!("/contacts?{filter}{sort}"))) {
        let first = alice.get(&url).await;
        let second = alice.get(&first.way("next").unwrap()).await;
        for list in [first, second] {
            assert_eq!(names(&list).len(), 50, "{url}");
            assert!(list.body.len() < 48_000, "{url}: {} bytes", list.body.len());
        }
    }
}

async fn a_button_that_leads_nowhere_says_so_beside_what_was_saved(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(3), false).await;
    let list = alice.get("/contacts?q=beaulieu").await;
    let id = list.attributes("input[name=transfer]", "value").remove(0);
    let saved = alice.submit(&list, "form.list", &[("with", Some("export")), ("transfer", Some(&id))]).await;
    assert_eq!(saved.location(), "/contacts?q=beaulieu");
    let said = alice.follow(&saved).await.flash();
    assert!(said.contains("1 contact modifié. Aucun contact choisi"), "{said}");

    let list = alice.get("/contacts?q=beaulieu").await;
    let all = alice.submit(&list, "form.list", &[("tick", Some("expert:none"))]).await;
    let list = alice.follow(&all).await;
    let undone = alice.submit(&list, ".flash form", &[]).await;
    assert_eq!(undone.location(), "/contacts?q=beaulieu", "where the column was ticked");
}

async fn letters_lead_to_their_contacts_with_the_position(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", people(60), false).await;
    alice.import("deux", "M.,Luc,Écrin,luc@b.fr,,,,\nMme,Zoé,Zola,zoe@b.fr,,,,\n", false).await;
    let list = alice.get("/contacts").await;
    assert_eq!(list.select(".letters button"), ["B", "E", "Z"]);
    let urls = list.attributes(".letters button", "value");
    assert_eq!(urls, ["/contacts?letter=b&at=0", "/contacts?letter=e&at=60", "/contacts?letter=z&at=61"]);
    let id = list.attributes("input[name=transfer]", "value").remove(0);
    let saved = alice.submit(&list, "form.list", &[("go", Some(&urls[1])), ("transfer", Some(&id))]).await;
    let from_e = alice.follow(&saved).await;
    assert_eq!(names(&from_e), ["Écrin, Luc", "Zola, Zoé"]);
    assert_eq!(with(&alice, "transfer").await.len(), 1, "a jump saves what was ticked");
    assert!(from_e.one(".unfolds:last-of-type summary").starts_with("61–62 sur 62"), "{}", from_e.body);
    let before = from_e.attributes("[data-to=previous]", "value").remove(0);
    assert_eq!(names(&alice.get(&before).await).last().unwrap(), "Beaulieu059, Anne-Sophie");

    assert!(alice.get("/contacts?q=zola").await.select(".letters").is_empty());
    assert!(alice.get("/contacts?sort=city").await.select(".letters").is_empty());
    let stale = (book_counts::kind.eq("stale"), book_counts::value_key.eq(""), book_counts::n.eq(0));
    app.db
        .write(move |conn| Ok(diesel::insert_into(book_counts::table).values(stale).execute(conn)?))
        .await
        .unwrap();
    assert!(alice.get("/contacts").await.select(".letters").is_empty(), "not while the numbers may be wrong");
}

async fn the_number_of_rows_is_remembered(app: TestApp) {
    let (alice, other) = (app.coordinator().await, app.stranger());
    alice.import("un", people(210), false).await;
    let list = alice.get("/contacts").await;
    assert_eq!(list.attributes("button[name=rows]", "value"), ["50", "100", "200"]);
    let id = list.attributes("input[name=transfer]", "value").remove(0);
    let saved = alice.submit(&list, "form.list", &[("rows", Some("200")), ("transfer", Some(&id))]).await;
    assert_eq!(saved.location(), "/contacts");
    let list = alice.follow(&saved).await;
    assert_eq!(names(&list).len(), 200);
    assert_eq!(list.select("button[name=rows][aria-current]"), ["200"]);
    assert_eq!(list.one(".unfolds:last-of-type summary"), "1–200 sur 210 · page 1/2");
    assert_eq!(with(&alice, "transfer").await.len(), 1, "the choice saves what was ticked");
    let all = alice.submit(&list, "form.list", &[("tick", Some("transfer:all"))]).await;
    assert!(alice.follow(&all).await.flash().contains("199 contacts"));
    let next = list.attributes("[data-to=next]", "value").remove(0);
    assert_eq!(names(&alice.get(&next).await).len(), 10);
    other.sign_in("alice", crate::support::PASSWORD).await;
    assert_eq!(names(&other.get("/contacts").await).len(), 200, "also elsewhere");

    for damaged in ["0", "51", "-1", "1000000", "x", ""] {
        let refused = alice.post(&list, "/contacts/statuses", &[("rows", damaged)]).await;
        assert_eq!(refused.status, 400, "{damaged}");
    }
}
