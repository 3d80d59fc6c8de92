//! Filters of the list: statuses, values to choose from, saved filters.

use carnet::db::schema::saved_filters;
use diesel::prelude::*;

use crate::support::{Client, Page, TestApp};

const PEOPLE: &str = "M.,A,Un,a@b.fr,État civil,,,Lyon\nM.,B,Deux,b@b.fr,Voirie,,,Lyon\n\
    M.,C,Trois,c@b.fr,etat civil,,,Évry\n";

fn names(page: &Page) -> Vec<String> {
    page.select("tbody th a")
}

async fn give_transfer(client: &Client, q: &str) {
    let page = client.get(&format!("/contacts?q={q}")).await;
    let id = page.attributes("input[name=expert]", "value").remove(0);
    let shown = page.attributes("input[name=shown]", "value").remove(0);
    let first = shown.split(' ').next().unwrap();
    let fields = [("shown", first), ("expert", &*id), ("copy", &*id), ("transfer", &*id)];
    let answer = client.post(&page, "/contacts/statuses", &fields).await;
    assert_eq!(answer.status, 303);
}

/// Saves the list's filter with the page's own form.
async fn save(client: &Client, url: &str, fields: &[(&str, Option<&str>)]) -> Page {
    let list = client.get(url).await;
    let way = "[href^='/contacts/filters/new'], [value^='/contacts/filters/new']";
    let new = ["href", "value"].into_iter().find_map(|name| list.attributes(way, name).pop()).unwrap();
    let form = client.get(&new).await;
    client.submit(&form, "main form", fields).await
}

both_backends!(
    any_of_several_statuses_passes_and_each_shows_its_number,
    the_statuses_of_many_contacts_are_shown_up_to_their_bounds,
    a_value_is_chosen_without_knowing_how_it_is_spelled,
    several_imports_are_one_list_in_its_order,
    many_values_go_page_by_page,
    a_filter_under_a_name_is_ones_own_or_everybodys,
    a_saved_filter_is_renamed_and_deleted_by_its_owner,
    a_double_click_saves_one_filter,
    a_filter_for_a_person_is_deleted_when_the_person_is_erased,
);

async fn any_of_several_statuses_passes_and_each_shows_its_number(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", PEOPLE, false).await;
    give_transfer(&alice, "trois").await;
    let page = alice.get("/contacts").await;
    let chips = "nav.chips button[value*='status=']";
    assert_eq!(page.select(chips), ["Expert 3", "Copie 3", "Transfert 1"]);
    let transfer = alice.get(&page.attributes(chips, "value")[2]).await;
    assert_eq!(names(&transfer), ["Trois, C"]);
    let both = alice.get(&transfer.attributes("nav.chips button[value*='status=expert']", "value")[0]).await;
    assert_eq!(names(&both), ["Deux, B", "Trois, C", "Un, A"]);
    assert_eq!(both.one(".list-head .lead"), "3 contacts");
    assert_eq!(both.attributes("form.list > input[name=status]", "value"), ["expert", "transfer"]);
    // Each one is removed by itself.
    assert_eq!(
        both.attributes("nav.chips button[aria-current]", "value"),
        ["/contacts?status=transfer", "/contacts?status=expert"]
    );
    let nobody = alice.get("/contacts?status=transfer&q=deux").await;
    assert_eq!(nobody.select("tbody tr").len(), 0);
    assert_eq!(
        app.agent().await.get("/contacts?status=expert&status=transfer").await.select(".person").len(),
        3
    );
}

async fn the_statuses_of_many_contacts_are_shown_up_to_their_bounds(app: TestApp) {
    let alice = app.coordinator().await;
    // A few of them at the beginning of the list, more of them far down.
    let people = |names: &str, count: usize, city: &str| -> String {
        (0..count).map(|n| format!("M.,A,{names}{n:04},{names}{n}@b.fr,,,,{city}\n")).collect()
    };
    alice.import("many", people("Martin", 1_050, "Lyon"), false).await;
    alice.import("few", people("Zola", 90, "Brest"), false).await;
    for (q, count) in [("martin0000", 1), ("zola", 50), ("zola005", 10)] {
        let page = alice.get(&format!("/contacts?q={q}")).await;
        let ids = page.attributes("input[name=expert]", "value");
        assert_eq!(ids.len(), count, "{q}");
        let shown = page.attributes("input[name=shown]", "value");
        let fields = shown.iter().map(|shown| ("shown", &**shown));
        // No longer Expert or Copie.
        let fields: Vec<_> = fields.chain(ids.iter().map(|id| ("transfer", &**id))).collect();
        assert_eq!(alice.post(&page, "/contacts/statuses", &fields).await.status, 303);
    }
    for (url, total, statuses) in [
        ("/contacts", "1\u{202f}140 contacts", ["Expert 1\u{202f}079", "Copie 1\u{202f}079", "Transfert 61"]),
        ("/contacts?q=m", "Plus de 1\u{202f}000 contacts", ["Expert 100+", "Copie 100+", "Transfert 1"]),
        ("/contacts?q=lyon", "Plus de 1\u{202f}000 contacts", ["Expert 100+", "Copie 100+", "Transfert 1"]),
        ("/contacts?q=z", "90 contacts", ["Expert 30", "Copie 30", "Transfert 60"]),
        ("/contacts?import=few", "90 contacts", ["Expert 30", "Copie 30", "Transfert 60"]),
        ("/contacts?import=many", "1\u{202f}050 contacts", ["Expert 100+", "Copie 100+", "Transfert 1"]),
        ("/contacts?import=many&q=zola", "Aucun contact", ["Expert 0", "Copie 0", "Transfert 0"]),
        (
            "/contacts?status=transfer&status=copy&import=few",
            "90 contacts",
            ["Expert 30", "Copie ✕", "Transfert ✕"],
        ),
        (
            "/contacts?status=transfer",
            "61 contacts",
            ["Expert 1\u{202f}079", "Copie 1\u{202f}079", "Transfert ✕"],
        ),
        ("/contacts?status=transfer&q=z", "60 contacts", ["Expert 30", "Copie 30", "Transfert ✕"]),
        ("/contacts?status=transfer&import=few", "60 contacts", ["Expert 30", "Copie 30", "Transfert ✕"]),
    ] {
        let page = alice.get(url).await;
        assert_eq!(page.one(".list-head .lead"), total, "{url}");
        let chips = page.select("nav.chips button[value*='status='], nav.chips button[aria-current]");
        for (chip, expected) in chips.iter().zip(statuses) {
            assert!(chip.ends_with(expected), "{url}: {chip}, not {expected}");
        }
    }
}

async fn a_value_is_chosen_without_knowing_how_it_is_spelled(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", PEOPLE, false).await;
    let page = alice.get("/contacts?q=b.fr").await;
    let city = page.attributes("button[value*='by=city']", "value").remove(0);
    let choices = alice.get(&city).await;
    assert_eq!(choices.select(".choices li"), ["Évry 1", "Lyon 2"]);
    assert_eq!(choices.attributes(".choices input", "value"), ["Évry", "Lyon"]);
    let lyon = "/contacts?q=b.fr&city=Lyon".to_owned();
    assert_eq!(names(&alice.get(&lyon).await), ["Deux, B", "Un, A"]);
    // The counts are those of the contacts that pass the other filters.
    let service = alice.get(&lyon).await.attributes("button[value*='by=service']", "value").remove(0);
    assert_eq!(alice.get(&service).await.select(".choices li"), ["État civil 1", "Voirie 1"]);
    let found = alice.get(&format!("{city}&find=EV")).await;
    assert_eq!(found.select(".choices li"), ["Évry 1"]);
    assert!(alice.get(&format!("{city}&find=x")).await.one(".empty").contains("Aucune valeur"));
    let imports = page.attributes("button[value*='by=import']", "value").remove(0);
    assert_eq!(alice.get(&imports).await.select(".choices li"), ["un 3"]);

    let bob = app.agent().await;
    assert!(bob.get("/contacts").await.select("a[href*='by=import']").is_empty());
    assert_eq!(bob.get(&imports).await.status, 404, "agents have nothing to do with imports");
    for wrong in ["/contacts/choices", "/contacts/choices?by=no"] {
        assert_eq!(alice.get(wrong).await.status, 404, "{wrong}");
    }
    assert_eq!(alice.get("/contacts/choices?by=city&find=%00%25&from=%00").await.status, 200);
}

async fn many_values_go_page_by_page(app: TestApp) {
    let alice = app.coordinator().await;
    let people: String = (0..70).map(|n| format!("M.,A,B,p{n}@b.fr,Service {n:02},,,\n")).collect();
    alice.import("un", people, false).await;
    let mut path = "/contacts/choices?by=service".to_owned();
    let mut found = Vec::new();
    for _ in 0..3 {
        let page = alice.get(&path).await;
        found.extend(page.attributes(".choices input", "value"));
        path = page.attributes("a[rel=next]", "href").pop().unwrap_or_default();
    }
    assert_eq!(path, "", "there is no fourth page");
    assert_eq!(found, (0..70).map(|n| format!("Service {n:02}")).collect::<Vec<_>>());
}

async fn a_filter_under_a_name_is_ones_own_or_everybodys(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", PEOPLE, false).await;
    let own = save(&bob, "/contacts?city=lyon&after=1:x", &[("name", Some("Ceux de Lyon"))]).await;
    assert_eq!(own.location(), "/contacts?city=lyon");
    let page = bob.follow(&own).await;
    assert_eq!(page.flash(), "Filtre «\u{A0}Ceux de Lyon\u{A0}» enregistré.");
    assert_eq!(page.select("nav.chips a[aria-current]"), ["Ceux de Lyon"]);
    assert!(page.select("a[href^='/contacts/filters/new']").is_empty(), "it has its name");
    assert!(alice.get("/contacts").await.select("nav.chips button[value='/contacts?city=lyon']").is_empty());

    let shared = save(
        &alice,
        "/contacts?status=expert&sort=city",
        &[("name", Some("Experts <b>")), ("shared", Some("on"))],
    )
    .await;
    assert_eq!(shared.status, 303);
    let list = bob.get("/contacts").await;
    assert_eq!(list.select("nav.chips a[href='/contacts?status=expert&sort=city']"), ["Experts <b>"]);
    // A private filter may have the name of a shared one; a second filter of the same owner may not.
    assert_eq!(save(&bob, "/contacts?q=un", &[("name", Some("experts <B>"))]).await.status, 303);
    let taken = save(&bob, "/contacts?q=deux", &[("name", Some("ceux de LYON"))]).await;
    assert_eq!(taken.status, 422);
    assert!(taken.errors()[0].contains("porte déjà ce nom"));
    assert_eq!(taken.attributes("#name", "value"), ["ceux de LYON"]);
    for wrong in ["", &"x".repeat(51), "a\u{1}b"] {
        assert_eq!(save(&bob, "/contacts?q=deux", &[("name", Some(wrong))]).await.status, 422, "{wrong}");
    }
    // An agent has no box to share a filter, and may not send one.
    let form = bob.get("/contacts/filters/new?q=deux").await;
    assert!(form.select("input[name=shared]").is_empty());
    assert_eq!(
        bob.submit(&form, "main form", &[("name", Some("x")), ("shared", Some("on"))]).await.status,
        403
    );
}

async fn a_saved_filter_is_renamed_and_deleted_by_its_owner(app: TestApp) {
    let (alice, bob, charlie) = (app.coordinator().await, app.agent().await, app.administrator().await);
    alice.import("un", PEOPLE, false).await;
    save(&alice, "/contacts?q=un", &[("name", Some("À moi"))]).await;
    save(&alice, "/contacts?q=deux", &[("name", Some("À tous")), ("shared", Some("on"))]).await;
    let manage = alice.get("/contacts/filters").await;
    assert_eq!(manage.select(".choices > li > a"), ["À tous", "À moi"]);
    let paths = manage.attributes(".choices p a", "href");
    assert_eq!(bob.get(&paths[0]).await.status, 403, "everybody's is for those who keep the book");
    assert_eq!(bob.get(&paths[1]).await.status, 404, "somebody else's is nobody's business");
    assert_eq!(charlie.get(&paths[1]).await.status, 404);

    let edit = charlie.get(&paths[0]).await;
    let saved = charlie.submit(&edit, "main form", &[("name", Some("Pour tous"))]).await;
    assert_eq!(charlie.follow(&saved).await.select(".choices > li > a"), ["Pour tous"]);
    let edit = alice.get(&paths[1]).await;
    assert_eq!(alice.submit(&edit, "main form", &[("name", Some(" "))]).await.status, 422);
    let delete = "form[action$=delete]";
    let (first, second) = tokio::join!(alice.submit(&edit, delete, &[]), alice.submit(&edit, delete, &[]));
    assert_eq!([first.status, second.status], [303, 303]);
    assert_eq!(alice.get("/contacts/filters").await.select(".choices > li > a"), ["Pour tous"]);
    let log = charlie.get("/audit?kind=filter.deleted").await;
    assert_eq!(log.select(".history strong").len(), 1, "of the one that was everybody's");
    assert!(!log.body.contains("À moi"), "what one keeps for oneself is nobody's to read");
}

async fn a_double_click_saves_one_filter(app: TestApp) {
    let alice = app.coordinator().await;
    let form = alice.get("/contacts/filters/new?q=un").await;
    let typed = [("name", Some("Deux clics"))];
    let (first, second) =
        tokio::join!(alice.submit(&form, "main form", &typed), alice.submit(&form, "main form", &typed));
    assert_eq!([first.status, second.status], [303, 303]);
    let count: i64 = app.db.read(|conn| Ok(saved_filters::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(count, 1);
}

async fn a_filter_for_a_person_is_deleted_when_the_person_is_erased(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", PEOPLE, false).await;
    save(&alice, "/contacts?q=A%40B.fr", &[("name", Some("Un"))]).await;
    save(&alice, "/contacts?q=voirie", &[("name", Some("Voirie"))]).await;
    let path = alice.get("/contacts?q=a@b.fr").await.attributes("tbody th a", "href").remove(0);
    let ask = alice.get(&format!("{path}/erase")).await;
    assert_eq!(alice.submit(&ask, "main form", &[("confirm", Some("on"))]).await.status, 303);
    assert_eq!(alice.get("/contacts/filters").await.select(".choices > li > a"), ["Voirie"]);
}

async fn several_imports_are_one_list_in_its_order(app: TestApp) {
    let alice = app.coordinator().await;
    let people = |names: &str, from: usize| -> String {
        (from..from + 60)
            .map(|n| format!("M.,A,N{:03},{names}{n}@b.fr,Voirie,,,Lyon\n", n * 2 % 120 + n / 60))
            .collect()
    };
    alice.import("un", people("un", 0), false).await;
    alice.import("deux", people("deux", 60), false).await;
    alice.import("trois", "M.,A,Zola,zola@b.fr,Voirie,,,Lyon\n", false).await;
    let by_import = alice.get("/contacts").await.attributes("button[value*='by=import']", "value").remove(0);
    let choices = alice.get(&by_import).await;
    assert_eq!(choices.attributes(".choices input[type=checkbox]", "value"), ["trois", "deux", "un"]);
    for (url, total) in [
        ("/contacts?import=un&import=deux", "120 contacts"),
        ("/contacts?import=un&import=nobody", "60 contacts"),
        ("/contacts?import=un&import=deux&q=voirie", "120 contacts"),
        ("/contacts?import=trois&import=deux&q=zola", "1 contact"),
        ("/contacts?import=un&import=deux&status=copy", "120 contacts"),
        ("/contacts?import=un&import=deux&sort=updated", "120 contacts"),
        ("/contacts?import=un&import=deux&sort=city", "120 contacts"),
        ("/contacts?city=Lyon&city=LYON&city=Nantes", "121 contacts"),
    ] {
        let mut page = alice.get(url).await;
        assert_eq!(page.one(".list-head .lead"), total, "{url}");
        let mut all = names(&page);
        while let Some(next) = page.attributes("[data-to=next]", "value").pop() {
            page = alice.get(&next).await;
            all.extend(names(&page));
        }
        let count: usize = total.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(all.len(), count, "{url}");
        if !url.contains("updated") {
            assert!(all.is_sorted(), "{url}: {all:?}");
        }
        while let Some(previous) = page.attributes("[data-to=previous]", "value").pop() {
            page = alice.get(&previous).await;
        }
        assert_eq!(names(&page)[..], all[..all.len().min(50)], "{url}: back at the first page");
    }
    let csv = alice.get("/contacts.csv?import=trois&import=un").await;
    assert_eq!(csv.body.lines().count(), 62, "a heading and both imports");
}
