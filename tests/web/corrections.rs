//! Rejected lines that are fixed in the page, before and after the decision.

use carnet::db::schema::{import_corrections, import_files, nodes};
use carnet::imports::drop_old_files;
use chrono::TimeDelta;
use diesel::prelude::*;

use crate::support::contacts::contact;
use crate::support::corrections::{fix, lines_of, mapped, open, value};
use crate::support::erasure::{blank, erase, file, finished};
use crate::support::lists::{confirm, values};
use crate::support::preview::{counts, recorded};
use crate::support::undo::undo;
use crate::support::{Client, TestApp};

both_backends!(
    before_the_decision_the_whole_list_is_checked_again,
    after_the_import_the_right_lines_are_imported_at_once,
    a_line_of_nine_fields_has_nine_cells_and_no_cell_holds_a_comma,
    a_later_line_with_the_same_email_counts,
    rows_of_any_list_are_fixed_before_the_decision,
    rows_of_any_list_are_fixed_after_the_import,
    of_two_coordinators_one_fixes_a_line_and_nothing_typed_is_lost,
    an_import_that_ended_meanwhile_says_so,
    a_form_with_other_cells_does_nothing,
    the_first_fifty_lines_can_be_fixed,
    an_erasure_blanks_corrections,
    corrections_go_with_the_file,
    other_choices_for_the_list_forget_the_corrections,
    an_older_server_beside_this_one_lets_nothing_be_stored,
);

const LIST: &str = "M.,Anne,Zola,anne@b.fr,,,,Lyon\n\
    M.,Marc,Petit,marc@,,,,Lyon\n\
    Dr,Zoé,Roux,zoe@b.fr,,01 10,,Lyon\n";

async fn text(client: &Client, path: &str) -> String {
    client.get(path).await.body
}

async fn names(client: &Client) -> Vec<String> {
    client.get("/contacts").await.select("tbody th a")
}

async fn stored(app: &TestApp) -> i64 {
    app.db.read(|conn| Ok(import_corrections::table.count().get_result(conn)?)).await.unwrap()
}

async fn before_the_decision_the_whole_list_is_checked_again(app: TestApp) {
    let alice = app.coordinator().await;
    let import = alice.import("juin", LIST, false).await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0, 2, 0]);
    assert!(import.body.contains("Corriger ici (2)"), "{}", import.body);
    let page = open(&alice, &import).await;
    assert_eq!(page.select("legend"), ["Ligne 2", "Ligne 3"]);
    assert_eq!(page.select("fieldset:first-of-type label")[3], "E-mail");
    assert_eq!(value(&page, "cell_2_4"), "marc@");
    assert!(page.errors().is_empty(), "nobody has done anything wrong yet");
    assert_eq!(page.select("[aria-invalid]").len(), page.select("div.field-error").len());
    // One line is right, the other has another fault: what was typed comes back, from the database.
    let typed = [("cell_2_4", "marc@b.fr"), ("cell_3_1", "Mme"), ("cell_3_6", "zéro")];
    let left = fix(&alice, &page, &typed).await;
    assert_eq!(left.status, 422);
    assert_eq!(left.select("legend"), ["Ligne 3"]);
    assert_eq!(left.errors().len(), 1, "{:?}", left.errors());
    assert!(left.errors()[0].starts_with("Ligne 3 – Téléphone"), "{:?}", left.errors());
    assert_eq!(left.attributes(".error-summary a", "href"), ["#cell_3_6"]);
    assert!(left.one("[role=status]").contains("1 ligne"), "{}", left.body);
    assert_eq!(value(&left, "cell_3_6"), "zéro");
    assert_eq!(value(&alice.get("/imports/1/lines").await, "cell_3_6"), "zéro");
    let rejected = text(&alice, "/imports/1/rejected.csv").await;
    assert_eq!(rejected, "Mme,Zoé,Roux,zoe@b.fr,,zéro,,Lyon\r\n");
    let reasons = text(&alice, "/imports/1/rejected.csv?reasons=1").await;
    assert!(reasons.contains("Mme,Zoé,Roux,zoe@b.fr,,zéro,,Lyon,"), "{reasons}");
    assert!(text(&alice, "/imports/1/report.csv").await.contains("zéro"));
    assert!(names(&alice).await.is_empty(), "nothing is written before the decision");
    // All are right: the preview asks, although nobody wanted one.
    let done = fix(&alice, &left, &[("cell_3_6", "0110203040")]).await;
    assert_eq!((done.status, done.location().as_str()), (303, "/imports/1"));
    let preview = alice.at_rest("/imports/1").await;
    assert!(preview.flash().contains("Plus aucune ligne n’est refusée"), "{}", preview.flash());
    assert_eq!(counts(&preview), [3, 0, 0, 0, 0, 0, 0]);
    assert!(names(&alice).await.is_empty());
    assert!(preview.body.contains("2 lignes refusées ont été corrigées"), "{}", preview.body);
    let created = alice.get("/imports/1?show=created").await;
    assert!(created.body.contains("marc@b.fr"), "the preview reads the corrected lines");
    let import = confirm(&alice, &preview).await;
    assert_eq!(counts(&import), [3, 0, 0, 0, 0, 0, 0]);
    assert_eq!(names(&alice).await, ["Petit, Marc", "Roux, Zoé", "Zola, Anne"]);
    assert_eq!(values(&alice, "roux", &["phone_work", "civility"]).await, ["0110203040", "Mme"]);
    assert_eq!(recorded(&app, "import.lines_fixed").await, 2);
    undo(&alice, "juin").await;
    assert!(names(&alice).await.is_empty());
}

async fn after_the_import_the_right_lines_are_imported_at_once(app: TestApp) {
    let alice = app.coordinator().await;
    let import = alice.import("juin", LIST, true).await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0, 2, 0]);
    let page = open(&alice, &import).await;
    let typed = [("cell_2_4", "marc@b.fr"), ("cell_3_6", "0110203040")];
    let left = fix(&alice, &page, &typed).await;
    assert_eq!(left.status, 422, "{}", left.body);
    assert_eq!(left.select("legend"), ["Ligne 3"]);
    assert!(left.one("[role=status]").contains("1 ligne corrigée a été traitée"), "{}", left.body);
    assert_eq!(names(&alice).await, ["Petit, Marc", "Zola, Anne"]);
    assert_eq!(counts(&alice.get("/imports/1").await), [2, 0, 0, 0, 0, 1, 0]);
    let report = text(&alice, "/imports/1/report.csv").await;
    assert!(report.contains("\"3\"") && !report.contains("\"2\""), "{report}");
    assert!(!report.contains("01 10"), "the fault that is gone is not reported: {report}");
    // A line whose fields are all empty is skipped; the same form sent twice does nothing more.
    let cells: Vec<String> = (1..=8).map(|cell| format!("cell_3_{cell}")).collect();
    let empty: Vec<(&str, &str)> = cells.iter().map(|cell| (cell.as_str(), "")).collect();
    for _ in 0..2 {
        let done = fix(&alice, &left, &empty).await;
        assert_eq!(done.location(), "/imports/1", "{}", done.body);
    }
    let again = fix(&alice, &page, &[("cell_2_4", "marc@b.fr")]).await;
    assert_eq!(again.status, 409, "line 3 had other cells: {}", again.body);
    let import = alice.get("/imports/1").await;
    assert_eq!(counts(&import), [2, 0, 0, 0, 0, 0, 1]);
    assert_eq!(names(&alice).await.len(), 2);
    assert!(import.select("a[href$='/lines']").is_empty());
    assert_eq!(alice.get("/imports/1/lines").await.location(), "/imports/1");
    let by_import = alice.get("/contacts?import=juin").await.select("tbody th a");
    assert_eq!(by_import, ["Petit, Marc", "Zola, Anne"], "the lines are a part of the import");
    undo(&alice, "juin").await;
    assert!(names(&alice).await.is_empty(), "the undo takes them back");
}

async fn a_line_of_nine_fields_has_nine_cells_and_no_cell_holds_a_comma(app: TestApp) {
    let alice = app.coordinator().await;
    let list = "M.,Anne,Zola,anne@b.fr,,,12 rue Haute, bâtiment B,Lyon\nM.,Marc,Petit,marc@b.fr\n\
        M.,Paul,Un,un@b.fr,,,,\nM.,Paul,Deux,deux@b.fr,,,,\n";
    let import = alice.import("juin", list, false).await;
    let page = open(&alice, &import).await;
    assert_eq!(page.select("fieldset:first-of-type label").len(), 9);
    assert_eq!(page.select("fieldset:last-of-type label").len(), 8);
    assert!(page.one("[id='cell_1_1-error']").contains("9 champs au lieu de 8"), "{}", page.body);
    let typed = [
        ("cell_1_7", "12 rue Haute, bâtiment B"),
        ("cell_1_8", "Lyon"),
        ("cell_1_9", ""),
        ("cell_2_8", "Brest"),
    ];
    let left = fix(&alice, &page, &typed).await;
    assert_eq!(left.status, 422);
    assert_eq!(left.errors().len(), 1, "{:?}", left.errors());
    assert!(
        left.errors()[0].contains("Adresse") && left.errors()[0].contains("\u{A0},\u{A0}»"),
        "{:?}",
        left.errors()
    );
    assert_eq!(left.attributes(".error-summary a", "href"), ["#cell_1_7"]);
    assert_eq!(value(&left, "cell_1_7"), "12 rue Haute, bâtiment B");
    let done = fix(&alice, &left, &[("cell_1_7", "12 rue Haute")]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let preview = alice.get("/imports/1").await;
    confirm(&alice, &preview).await;
    assert_eq!(values(&alice, "zola", &["address", "city"]).await, ["12 rue Haute", "Lyon"]);
    assert_eq!(values(&alice, "petit", &["city"]).await, ["Brest"]);
}

async fn a_later_line_with_the_same_email_counts(app: TestApp) {
    let alice = app.coordinator().await;
    let list = "M.,Premier,A,anne@,,,,\nM.,Second,A,anne@b.fr,,,,\nM.,Dernier,A,b@,,,,\n";
    for (name, import_valid) in [("avant", false), ("apres", true)] {
        let import = alice.import(name, list, import_valid).await;
        let page = open(&alice, &import).await;
        let path = lines_of(&import).replace("/lines", "");
        let done = fix(&alice, &page, &[("cell_1_4", "ANNE@b.fr"), ("cell_3_4", "b@b.fr")]).await;
        assert_eq!(done.location(), path, "{}", done.body);
        let import = alice.at_rest(&path).await;
        let import = if import_valid { import } else { confirm(&alice, &import).await };
        let superseded = counts(&import)[4];
        assert_eq!(superseded, 1, "{name}: {}", import.body);
        assert_eq!(values(&alice, "anne", &["first_name"]).await, ["Second"], "{name}");
        undo(&alice, name).await;
    }
}

async fn rows_of_any_list_are_fixed_before_the_decision(app: TestApp) {
    let (alice, import) = mapped(&app, false).await;
    let page = open(&alice, &import).await;
    assert_eq!(page.select("legend"), ["Ligne 3", "Ligne 4"]);
    let labels = page.select("fieldset:first-of-type label");
    assert_eq!(labels, ["Nom", "E-mail", "Organisation", "Note libre"]);
    assert_eq!(page.select("textarea").len(), 1, "a cell with a line break keeps it");
    assert!(page.one("[id='cell_4_3-error']").contains("Mairie de Lyon"), "the nearest name is offered");
    let left = fix(&alice, &page, &[("cell_3_2", "marc@b.fr"), ("cell_4_3", "Mairie de Lyon")]).await;
    assert_eq!(left.status, 422);
    assert_eq!(left.select("legend"), ["Ligne 3"], "its organization is looked at next");
    assert_eq!(value(&left, "cell_3_4").replace('\r', ""), "une\nnote");
    assert!(text(&alice, "/imports/1/rejected.csv").await.contains("marc@b.fr"));
    let done = fix(&alice, &left, &[("cell_3_3", "mairie de lyon")]).await;
    assert_eq!(done.location(), "/imports/1", "{}", done.body);
    let import = alice.at_rest("/imports/1").await;
    assert_eq!(counts(&import)[..6], [3, 0, 0, 0, 0, 0]);
    confirm(&alice, &import).await;
    assert_eq!(values(&alice, "petit", &["email", "organization"]).await, ["marc@b.fr", "Mairie de Lyon"]);
}

async fn rows_of_any_list_are_fixed_after_the_import(app: TestApp) {
    let (alice, import) = mapped(&app, true).await;
    assert_eq!(names(&alice).await, ["Zola"]);
    // A doubtful row waits, as it would have done in the import.
    crate::support::contacts::add(
        &alice,
        &[("first_name", "Ali"), ("last_name", "Benali"), ("email", "accueil@b.fr")],
    )
    .await;
    let page = open(&alice, &import).await;
    let typed =
        [("cell_3_2", "accueil@b.fr"), ("cell_3_3", "Mairie de Lyon"), ("cell_4_3", "Mairie de Lyon")];
    let done = fix(&alice, &page, &typed).await;
    assert_eq!(done.location(), "/imports/1", "{}", done.body);
    assert_eq!(values(&alice, "roux", &["organization"]).await, ["Mairie de Lyon"]);
    let review = alice.get("/reviews").await.attributes("main a[href^='/reviews/']", "href").remove(0);
    let review = alice.get(&review).await;
    assert!(review.one("table.review").contains("Petit"), "the corrected row is shown: {}", review.body);
    alice.submit(&review, "form[action^='/reviews/']", &[("decision", Some("create"))]).await;
    assert_eq!(values(&alice, "petit", &["organization"]).await, ["Mairie de Lyon"]);
    undo(&alice, "liste").await;
    assert_eq!(names(&alice).await, ["Benali, Ali"]);
}

async fn of_two_coordinators_one_fixes_a_line_and_nothing_typed_is_lost(app: TestApp) {
    let alice = app.coordinator().await;
    let import = alice.import("juin", LIST, true).await;
    let page = open(&alice, &import).await;
    let charlie = app.administrator().await;
    let theirs = charlie.get("/imports/1/lines").await;
    let cell = |email: &'static str| [("cell_2_4", email)];
    let (one, two) = tokio::join!(async { fix(&alice, &page, &cell("un@b.fr")).await }, async {
        fix(&charlie, &theirs, &cell("deux@b.fr")).await
    },);
    assert_eq!((one.status, two.status), (422, 422));
    assert_eq!(names(&alice).await.len(), 2, "one line makes one contact");
    let late = if one.select("#lost").is_empty() { two } else { one };
    assert!(late.one("[aria-labelledby=lost]").contains("Ligne 2"), "{}", late.body);
    let typed = late.one("textarea.typed");
    assert!(typed.contains("un@b.fr") || typed.contains("deux@b.fr"), "{typed}");
    assert_eq!(late.select("legend"), ["Ligne 3"], "the other line can still be fixed");
    let agent = app.agent().await;
    assert_eq!(agent.get("/imports/1/lines").await.status, 403);
}

async fn an_import_that_ended_meanwhile_says_so(app: TestApp) {
    let alice = app.coordinator().await;
    let import = alice.import("abandon", LIST, false).await;
    let page = open(&alice, &import).await;
    alice.submit(&import, "form[action$=cancel]", &[]).await;
    let late = fix(&alice, &page, &[("cell_2_4", "marc@b.fr")]).await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("Cet import a été abandonné"), "{}", late.body);
    assert!(late.select("textarea.typed")[0].contains("marc@b.fr"), "{}", late.body);
    assert_eq!(stored(&app).await, 0);

    let import = alice.import("juin", LIST, true).await;
    let page = open(&alice, &import).await;
    undo(&alice, "juin").await;
    let late = fix(&alice, &page, &[("cell_2_4", "marc@b.fr")]).await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("Cet import a été annulé"), "{}", late.body);
    assert!(names(&alice).await.is_empty());
    assert!(alice.get("/imports/2").await.select("a[href$='/lines']").is_empty());
    assert_eq!(alice.get("/imports/99/lines").await.status, 404);
    let gone = alice.post(&page, "/imports/99/lines", &[("cell_2_4", "marc@b.fr")]).await;
    assert_eq!(gone.status, 404);
    assert!(gone.body.contains("marc@b.fr"), "what was typed is shown");
}

async fn a_form_with_other_cells_does_nothing(app: TestApp) {
    let alice = app.coordinator().await;
    let import = alice.import("juin", LIST, true).await;
    let page = open(&alice, &import).await;
    let long = "x".repeat(70_000);
    for fields in [
        &[("cell_1_4", "autre@b.fr")][..],
        &[("cell_2_99999999999999999999", "x"), ("cell_-2_4", "x"), ("cell_2_0", "x"), ("cell_2_-1", "x")],
        &[("cell_99_1", "x"), ("cell__", "x"), ("cell_2", "x"), ("cell_9223372036854775807_1", "x")],
        &[("cell_2_4", "m\0@b.fr"), ("cell_2_3", "a\nb")],
        &[("cell_2_4", &long)],
    ] {
        let answer = alice.post(&page, "/imports/1/lines", fields).await;
        assert_eq!(answer.status, 422, "{fields:?}");
        assert_eq!(names(&alice).await, ["Zola, Anne"], "{fields:?}");
    }
    let answer = alice.post(&page, "/imports/1/lines", &[("cell_2_4", &long)]).await;
    assert!(answer.errors()[0].contains("trop longue"), "{:?}", answer.errors());
    assert_eq!(counts(&alice.get("/imports/1").await), [1, 0, 0, 0, 0, 2, 0]);
    let many: Vec<(String, String)> = (0..10_000).map(|n| (format!("cell_2_{n}"), "x".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = alice.post(&page, "/imports/1/lines", &many).await;
    assert_eq!(answer.status, 413, "{}", answer.body);
    assert_eq!(values(&alice, "zola", &["email"]).await, ["anne@b.fr"]);
}

async fn the_first_fifty_lines_can_be_fixed(app: TestApp) {
    let alice = app.coordinator().await;
    let list: String = (1..=53).map(|n| format!("M.,P,N{n},n{n}@,,,,\n")).collect();
    let import = alice.import("juin", list, true).await;
    assert!(import.body.contains("Corriger ici (50)"), "{}", import.body);
    let page = open(&alice, &import).await;
    assert_eq!(page.select("legend").len(), 50);
    assert!(page.body.contains("3 autres lignes refusées"), "{}", page.body);
    let cells: Vec<(String, String)> =
        (1..=49).map(|n| (format!("cell_{n}_4"), format!("n{n}@b.fr"))).collect();
    let cells: Vec<(&str, &str)> =
        cells.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let left = fix(&alice, &page, &cells).await;
    assert_eq!(left.select("legend"), ["Ligne 50"], "fifty lines, and not fifty more");
    let done = fix(&alice, &left, &[("cell_50_4", "n50@b.fr")]).await;
    assert_eq!(done.location(), "/imports/1");
    let import = alice.get("/imports/1").await;
    assert_eq!(counts(&import), [50, 0, 0, 0, 0, 3, 0]);
    assert!(import.select("a[href$='/lines']").is_empty());
    assert_eq!(stored(&app).await, 50);
    let page = alice.get("/imports/1/lines").await;
    assert!(page.body.contains("3 lignes refusées ne peuvent pas"), "{}", page.body);
}

async fn an_erasure_blanks_corrections(app: TestApp) {
    let alice = app.coordinator().await;
    let import = alice.import("juin", LIST, true).await;
    let page = open(&alice, &import).await;
    // Line 2 becomes Marc, and line 3, which stays rejected, names him too.
    let typed = [("cell_2_4", "marc@b.fr"), ("cell_3_4", "marc@b.fr")];
    assert_eq!(fix(&alice, &page, &typed).await.status, 422);
    assert_eq!(stored(&app).await, 2);
    let path = contact(&alice, "marc@b.fr").await;
    finished(&alice, &erase(&alice, &path).await.location()).await;
    assert_eq!(stored(&app).await, 0);
    let lines: Vec<&str> = LIST.lines().collect();
    let left = [lines[0].to_owned(), blank(lines[1]), blank(lines[2]), String::new()].join("\n");
    assert_eq!(file(&app, "juin").await, left, "the lines of the file go too");
    assert_eq!(counts(&alice.get("/imports/1").await), [2, 0, 0, 0, 0, 1, 0]);
    let page = alice.get("/imports/1/lines").await;
    assert!(page.select("legend").is_empty(), "a line that is blank cannot be fixed");
}

async fn corrections_go_with_the_file(app: TestApp) {
    let alice = app.coordinator().await;
    let import = alice.import("juin", LIST, true).await;
    let page = open(&alice, &import).await;
    fix(&alice, &page, &[("cell_2_4", "marc@b.fr"), ("cell_3_4", "zoe@")]).await;
    assert_eq!(stored(&app).await, 2);
    let db = app.db.clone();
    tokio::task::spawn_blocking(move || drop_old_files(&db, TimeDelta::zero()).unwrap()).await.unwrap();
    let dropped: i64 = app
        .db
        .read(|conn| {
            Ok(import_files::table.filter(import_files::dropped_at.is_not_null()).count().get_result(conn)?)
        })
        .await
        .unwrap();
    assert_eq!((dropped, stored(&app).await), (1, 0));
    assert_eq!(alice.get("/imports/1/lines").await.status, 410);
    let late = fix(&alice, &page, &[("cell_3_4", "zoe@b.fr")]).await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("n’est plus conservé"), "{}", late.body);
    assert!(late.select("textarea.typed").concat().contains("zoe@b.fr"));
    assert_eq!(names(&alice).await, ["Petit, Marc", "Zola, Anne"]);
    undo(&alice, "juin").await;
    assert!(names(&alice).await.is_empty(), "the undo needs no file");
}

async fn other_choices_for_the_list_forget_the_corrections(app: TestApp) {
    let alice = app.coordinator().await;
    let import = alice.import("juin", LIST, false).await;
    let page = open(&alice, &import).await;
    fix(&alice, &page, &[("cell_2_4", "marc@b.fr")]).await;
    assert_eq!(stored(&app).await, 1);
    let import = alice.get("/imports/1").await;
    let answer = alice.submit(&import, "form[action$='/columns']", &[("read_as_list", Some("1"))]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(stored(&app).await, 0, "the cells of another kind of list are others");
}

async fn an_older_server_beside_this_one_lets_nothing_be_stored(app: TestApp) {
    let alice = app.coordinator().await;
    let import = alice.import("juin", LIST, false).await;
    let page = open(&alice, &import).await;
    app.db
        .write(|conn| {
            let older = nodes::table.filter(nodes::generation.gt(0));
            diesel::update(older).set(nodes::generation.eq(nodes::generation - 1)).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let answer = fix(&alice, &page, &[("cell_2_4", "marc@b.fr")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.errors()[0].contains("ancienne version"), "{:?}", answer.errors());
    assert_eq!(value(&answer, "cell_2_4"), "marc@b.fr");
    assert_eq!(stored(&app).await, 0);
}
