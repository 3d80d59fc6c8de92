//! The preview of an import: shown before anything is written, and compared again when the book changes meanwhile.

use reqwest::Method;

use crate::support::TestApp;
use crate::support::contacts::contact;
use crate::support::preview::{LIST, book, confirm, counts, kept, path, recorded};
use crate::support::waiting::wait_until;

/// Waits until the worker has deleted the rows that no decision needs any more.
async fn all_forgotten(app: &TestApp) {
    wait_until("no row is kept", async || kept(app).await == 0).await;
}

both_backends!(
    a_clean_file_stops_and_shows_each_change_before_anything_is_written,
    a_cancelled_preview_writes_nothing_and_frees_its_name,
    hostile_values_are_shown_as_they_are,
    lists_are_paged_in_the_order_of_the_file,
    a_page_of_fifty_changed_contacts_is_small,
    an_agent_neither_sees_nor_decides,
    rejected_lines_come_first_and_the_rest_is_one_click_away,
);

async fn a_clean_file_stops_and_shows_each_change_before_anything_is_written(app: TestApp) {
    let alice = book(&app).await;
    let page = alice.preview("juin", LIST).await;
    assert_eq!(page.one("h1"), "juin\u{A0}: à vérifier");
    assert_eq!(counts(&page), [1, 1, 1, 1, 1, 0, 1]);
    assert_eq!(page.one("form[action$=confirm] button"), "Importer les 4 lignes valides");
    assert_eq!(page.one("form[action$=cancel] button"), "Abandonner");
    assert!(alice.get("/contacts?q=neuve").await.select("tbody tr").is_empty());
    assert!(alice.get("/contacts?q=martin").await.select("tbody tr").is_empty());

    // Updated contacts come first, and lost values are named in words.
    assert_eq!(page.one("#list"), "Contacts à mettre à jour");
    assert_eq!(page.attributes(".diff th a", "href"), [contact(&alice, "lefevre").await]);
    assert_eq!(page.one(".diff th a"), "Lefèvre, Hélène");
    let cells = page.select(".diff tbody tr + tr > *");
    assert_eq!(
        cells,
        [
            "Nom",
            "Lefèvre",
            "Martin",
            "Téléphone",
            "0110203040",
            "sera effacé",
            "Adresse",
            "12 rue Haute",
            "sera effacé",
        ]
    );
    assert_eq!(page.select(".diff del"), ["Lefèvre", "0110203040", "12 rue Haute"]);
    assert_eq!(page.select(".diff ins"), ["Martin", "sera effacé", "sera effacé"]);
    assert!(page.one("#decide ~ p strong").starts_with("2 valeurs du carnet seront effacées"));
    let emptied = alice.get(&page.attributes("#decide ~ p a", "href")[0]).await;
    assert_eq!(emptied.select(".diff th a"), ["Lefèvre, Hélène"]);

    let path = path(&page);
    let restored = alice.get(&format!("{path}?show=restored")).await;
    assert_eq!(restored.one("#list"), "Contacts à restaurer depuis la corbeille");
    assert!(restored.one("#list + p").contains("reviendront de la corbeille"));
    assert_eq!(restored.select(".diff tbody tr + tr > *"), ["Service", "Voirie", "Eau"]);
    let created = alice.get(&format!("{path}?show=created")).await;
    assert_eq!(created.one("tbody tr"), "Neuve, Neuf ligne 6 neuf@regie.example Paie 0110203041 Brest");
    let unchanged = alice.get(&format!("{path}?show=unchanged")).await;
    assert_eq!(unchanged.one("tbody tr"), "Même, Zoé ligne 4 zoe@regie.example");
    let superseded = alice.get(&format!("{path}?show=superseded")).await;
    assert!(superseded.one("tbody tr").starts_with("5 "), "{}", superseded.body);
    assert_eq!(page.attributes(".tally a", "href").len(), 5, "an empty list has no link");
    assert_eq!(kept(&app).await, 4);

    let done = confirm(&alice, &page).await;
    assert_eq!(done.one("h1"), "juin\u{A0}: import terminé");
    assert_eq!(counts(&done)[..3], [1, 1, 1]);
    assert!(!done.body.contains("annonçait"), "it became what was shown");
    assert_eq!(alice.get("/contacts?import=juin").await.select("tbody tr").len(), 4);
    assert_eq!(kept(&app).await, 0);
    assert_eq!(recorded(&app, "import.confirmed").await, 1);
}

async fn a_cancelled_preview_writes_nothing_and_frees_its_name(app: TestApp) {
    let alice = book(&app).await;
    let page = alice.preview("juin", LIST).await;
    let cancel = "form[action$=cancel]";
    let (once, twice) = tokio::join!(alice.submit(&page, cancel, &[]), alice.submit(&page, cancel, &[]));
    assert_eq!([once.status, twice.status], [303, 303]);
    let after = alice.follow(&twice).await;
    assert_eq!(after.one("h1"), "juin\u{A0}: import abandonné");
    assert!(after.flash().starts_with("Import abandonné"), "a double click is told the same");
    assert_eq!(recorded(&app, "import.cancelled").await, 1);
    assert!(alice.get("/contacts?q=neuve").await.select("tbody tr").is_empty());
    let late = alice.submit(&page, "form[action$=confirm]", &[]).await;
    assert_eq!(alice.follow(&late).await.one("h1"), "juin\u{A0}: import abandonné");
    all_forgotten(&app).await;
    let again = alice.preview("juin", LIST).await;
    assert_eq!(again.one("h1"), "juin\u{A0}: à vérifier");
}

async fn hostile_values_are_shown_as_they_are(app: TestApp) {
    let alice = app.coordinator().await;
    let bad = "<b>&\"'{{1}}</del>";
    alice.import("un", format!("M.,A,B,a@b.fr,{bad},,,\n"), false).await;
    let page = alice.preview("deux", format!("M.,A,B,A@b.fr,<ins>{bad},,,\nM.,{bad},,c@d.fr,,,,\n")).await;
    assert_eq!(page.select(".diff del"), ["a@b.fr", bad]);
    assert_eq!(page.select(".diff ins"), ["A@b.fr".to_owned(), format!("<ins>{bad}")]);
    assert!(!page.body.contains("<b>"));
    let created = alice.get(&format!("{}?show=created", path(&page))).await;
    assert!(created.one("tbody th").starts_with(bad));
    for damaged in ["?show=x&after=y", "?show=updated&before=-9", "?show=created&after=99999999999999999999"]
    {
        assert_eq!(alice.get(&format!("{}{damaged}", path(&page))).await.status, 200, "{damaged}");
    }
}

async fn lists_are_paged_in_the_order_of_the_file(app: TestApp) {
    let alice = app.coordinator().await;
    let list: String = (0..2_130).map(|index| format!("M.,P{index},N,p{index}@b.fr,,,,\n")).collect();
    let page = alice.preview("long", list).await;
    let number = |row: &String| -> i64 {
        row.split("ligne ")
            .nth(1)
            .unwrap()
            .chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .unwrap()
    };
    let mut lines = Vec::new();
    let mut pages = vec![page];
    loop {
        let page = pages.last().unwrap();
        lines.extend(page.select("tbody th").iter().map(number));
        let Some(next) = page.attributes("a[rel=next]", "href").pop() else { break };
        let next = alice.get(&next).await;
        pages.push(next);
    }
    assert_eq!(lines, (1..=2_130).collect::<Vec<_>>());
    let end = &pages[pages.len() - 1];
    let back = alice.get(&end.attributes("a[rel=prev]", "href")[0]).await;
    assert_eq!(back.select("tbody th"), pages[pages.len() - 2].select("tbody th"));
    let second = alice.get(&pages[2].attributes("a[rel=prev]", "href")[0]).await;
    let first = alice.get(&second.attributes("a[rel=prev]", "href")[0]).await;
    assert_eq!(first.select("tbody th"), pages[0].select("tbody th"));
    assert!(first.attributes("a[rel=prev]", "href").is_empty());
}

async fn a_page_of_fifty_changed_contacts_is_small(app: TestApp) {
    let alice = app.coordinator().await;
    let list = |first: &str, other: &str| -> String {
        let line = |index: usize| {
            format!(
                "{first},Marie-Thé{other},Dupont{index},marie{index}@mairie.example,\
                 État civil {other},01102030{index:02},{index} rue Haute {other},Lyon {other}\n"
            )
        };
        (0..60).map(line).collect()
    };
    alice.import("un", list("Mme", "a"), false).await;
    let page = alice.preview("deux", list("M.", "b")).await;
    assert_eq!(page.select(".diff tbody").len(), 50);
    let answer = alice
        .raw(Method::GET, &path(&page))
        .header("accept-encoding", "gzip, deflate, br, zstd")
        .send()
        .await
        .unwrap();
    assert!(answer.bytes().await.unwrap().len() < 8_000);
    assert!(page.body.len() < 32_000, "{}", page.body.len());
}

async fn an_agent_neither_sees_nor_decides(app: TestApp) {
    let alice = book(&app).await;
    let page = alice.preview("juin", LIST).await;
    let path = path(&page);
    let bob = app.agent().await;
    assert_eq!(bob.get(&path).await.status, 403);
    let own = bob.get("/account").await;
    for action in ["confirm", "cancel"] {
        assert_eq!(bob.post(&own, &format!("{path}/{action}"), &[]).await.status, 403);
    }
    assert_eq!(alice.get(&path).await.one("h1"), "juin\u{A0}: à vérifier");
}

async fn rejected_lines_come_first_and_the_rest_is_one_click_away(app: TestApp) {
    let alice = book(&app).await;
    let page = alice.import("juin", format!("{LIST}Dr,,,,,,,\n"), false).await;
    assert_eq!(page.one("h1"), "juin\u{A0}: à vérifier");
    assert_eq!(page.select("#rejected ~ .card tbody tr").len(), 2);
    assert!(page.select("#list").is_empty());
    let updated = alice.get(&page.attributes(".tally a[href*=updated]", "href")[0]).await;
    assert_eq!(updated.select(".diff th a"), ["Lefèvre, Hélène"]);
    assert!(updated.select("#rejected").is_empty());
    let rejected = alice.get(&updated.attributes(".tally .rejected a", "href")[0]).await;
    assert_eq!(rejected.select("#rejected ~ .card tbody tr").len(), 2);
}
