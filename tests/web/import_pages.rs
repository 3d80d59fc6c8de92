//! The pages of an import: its name, the preview's box, refused files, reasons for rejections, and what an import has changed.

use carnet::db::schema::imports;
use carnet::domain::Role;
use carnet::imports::drop_old_files;
use chrono::TimeDelta;
use diesel::prelude::*;
use fantoccini::Locator;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::support::erasure::{erase, finished};
use crate::support::preview::{LIST, book, counts};
use crate::support::undo::undo;
use crate::support::{Client, Driver, PASSWORD, Page, TestApp, left_out};

const LINE: &str = "M.,A,B,a@b.fr,,,,\n";

/// Sends a file under a file name, with these fields.
async fn send(client: &Client, fields: &[(&str, &str)], file: &str, bytes: impl Into<Vec<u8>>) -> Page {
    let page = client.get("/imports/new").await;
    let form = Form::new().text("csrf", page.csrf());
    let form =
        fields.iter().fold(form, |form, (name, value)| form.text((*name).to_owned(), (*value).to_owned()));
    let part = Part::bytes(bytes.into()).file_name(file.to_owned());
    let request = client.raw(Method::POST, "/imports").multipart(form.part("file", part));
    Page::read(request.send().await.unwrap()).await
}

/// The name of the import to which an answer leads.
async fn name_of(app: &TestApp, answer: &Page) -> String {
    assert_eq!(answer.status, 303, "{}", answer.body);
    let id: i64 = answer.location().rsplit_once('/').unwrap().1.parse().unwrap();
    app.db.read(move |conn| Ok(imports::table.find(id).select(imports::name).first(conn)?)).await.unwrap()
}

both_backends!(
    the_files_name_names_the_import,
    two_files_of_one_name_at_once_become_two_imports,
    the_name_can_change_until_something_is_written,
    the_preview_is_ticked_at_first_and_the_last_choice_is_kept,
    a_refused_file_takes_no_name_and_is_behind_a_link,
    every_unreadable_file_has_the_same_page,
    rejected_lines_are_grouped_by_reason,
    counts_that_are_zero_are_not_shown,
    rejected_lines_come_back_with_their_reasons,
    rejected_lines_of_every_length_have_their_reason_in_its_column,
    old_and_new_values_stay_when_the_file_and_the_import_are_gone,
    the_file_comes_first_in_a_browser,
);

async fn the_files_name_names_the_import(app: TestApp) {
    let alice = app.coordinator().await;
    for (file, name) in [
        ("Liste des élus 2026.csv", "Liste-des-élus-2026"),
        ("Liste des élus 2026.csv", "Liste-des-élus-2026-2"),
        ("LISTE DES ELUS 2026.CSV", "LISTE-DES-ELUS-2026-3"),
        ("../../etc/passwd", "passwd"),
        ("C:\\listes\\juin.xlsx", "juin"),
        ("\u{202E}vsc.juillet\u{200B}.csv", "vsc.juillet"),
        (".csv", "import"),
        ("   ", "import-2"),
        ("<b>&amp;\"'.csv", "<b>&amp;\"'"),
    ] {
        let answer = send(&alice, &[("name", " ")], file, LINE).await;
        assert_eq!(name_of(&app, &answer).await, name, "{file:?}");
        let shown = alice.follow(&answer).await.body;
        assert!(
            !shown.contains("listes\\") && !shown.contains("etc/"),
            "the folders are not shown: {file:?}"
        );
    }
    let long = format!("{}.csv", "é".repeat(200));
    for ending in ["é", "-2"] {
        let name = name_of(&app, &send(&alice, &[], &long, LINE).await).await;
        assert!(name.chars().count() == 50 && name.ends_with(ending), "{name}");
    }
    let list = alice.get("/imports").await;
    assert!(
        !list.body.contains("<b>&amp;\"") && list.select("tbody th a").contains(&"<b>&amp;\"'".to_owned())
    );
    // A name of one's own is taken as it is, or refused.
    let own = send(&alice, &[("name", "juin")], "liste.csv", LINE).await;
    assert_eq!(own.status, 422);
    assert_eq!(own.errors(), ["Un import porte déjà ce nom\u{A0}: choisissez-en un autre"]);
    let nothing = alice.get("/imports/new").await;
    let nothing = alice.submit(&nothing, "main form", &[]).await;
    assert_eq!(nothing.errors(), ["Choisissez le fichier à importer"], "a name is not asked for");
}

async fn two_files_of_one_name_at_once_become_two_imports(app: TestApp) {
    let alice = app.coordinator().await;
    let send = || send(&alice, &[], "juin.csv", LINE);
    let (a, b, c) = tokio::join!(send(), send(), send());
    let mut names = Vec::new();
    for answer in [a, b, c] {
        names.push(name_of(&app, &answer).await);
    }
    names.sort();
    assert_eq!(names, ["juin", "juin-2", "juin-3"]);
}

async fn the_name_can_change_until_something_is_written(app: TestApp) {
    let alice = app.coordinator().await;
    send(&alice, &[], "pris.csv", LINE).await;
    let answer = send(&alice, &[("preview", "on")], "juin.csv", "M.,C,D,c@d.fr,,,,\n").await;
    let page = alice.follow(&answer).await;
    let confirm = "form[action$=confirm]";
    assert_eq!(page.attributes("#name", "value"), ["juin"]);
    for (name, error) in [
        ("PRIS", "porte déjà ce nom"),
        ("deux mots", "ne peut pas contenir d’espace"),
        ("", "Saisissez un nom"),
    ] {
        let wrong = alice.submit(&page, confirm, &[("name", Some(name))]).await;
        assert_eq!(wrong.status, 422, "{name}");
        assert!(wrong.errors()[0].contains(error), "{:?}", wrong.errors());
        assert_eq!(wrong.attributes("#name", "value").concat(), name, "what was typed stays");
        assert_eq!(wrong.one(".verdict h2"), "Rien n’a encore été écrit.");
    }
    assert_eq!(alice.submit(&page, confirm, &[("name", Some("juillet"))]).await.status, 303);
    let done = alice.at_rest(&answer.location()).await;
    assert_eq!(done.one("h1"), "juillet\u{A0}: import terminé");
    assert_eq!(alice.get("/contacts?import=juillet").await.select("tbody th a"), ["D, C"]);
    // The second of two clicks changes nothing, and a program that sends no name keeps it.
    assert_eq!(alice.submit(&page, confirm, &[("name", Some("août"))]).await.status, 303);
    assert_eq!(alice.submit(&page, confirm, &[("name", Some("x y"))]).await.status, 303);
    assert_eq!(alice.get(&answer.location()).await.one("h1"), "juillet\u{A0}: import terminé");
    let answer = send(&alice, &[("preview", "on")], "août.csv", "M.,E,F,e@f.fr,,,,\n").await;
    let page = alice.follow(&answer).await;
    assert_eq!(alice.submit(&page, confirm, &[("name", None)]).await.status, 303);
    assert_eq!(alice.at_rest(&answer.location()).await.one("h1"), "août\u{A0}: import terminé");
}

async fn the_preview_is_ticked_at_first_and_the_last_choice_is_kept(app: TestApp) {
    let alice = app.coordinator().await;
    let is_ticked = async |client: &Client| {
        let form = client.get("/imports/new").await.form("main form");
        form.fields.contains(&("preview".to_owned(), "on".to_owned()))
    };
    assert!(is_ticked(&alice).await);
    // Another program sends no box: it gets no preview, and chooses nothing for the account.
    let answer = send(&alice, &[], "programme.csv", LINE).await;
    assert_eq!(alice.at_rest(&answer.location()).await.one("h1"), "programme\u{A0}: import terminé");
    assert!(is_ticked(&alice).await);

    let answer = send(&alice, &[("asked", "preview")], "sans.csv", "M.,C,D,c@d.fr,,,,\n").await;
    assert_eq!(alice.at_rest(&answer.location()).await.one("h1"), "sans\u{A0}: import terminé");
    assert!(!is_ticked(&alice).await, "the last choice");
    app.add_account("zoé", Role::Coordinator).await;
    let zoe = app.stranger();
    zoe.sign_in("zoé", PASSWORD).await;
    assert!(is_ticked(&zoe).await, "another account's choice is another");
    let answer =
        send(&alice, &[("asked", "preview"), ("preview", "on")], "avec.csv", "M.,E,F,e@f.fr,,,,\n").await;
    let page = alice.follow(&answer).await;
    assert_eq!(page.one(".verdict h2"), "Rien n’a encore été écrit.");
    assert!(is_ticked(&alice).await);
}

async fn a_refused_file_takes_no_name_and_is_behind_a_link(app: TestApp) {
    let alice = app.coordinator().await;
    for name in ["juin", "juillet"] {
        let refused = alice.import(name, "Nom;E-mail\n\"Roux;roux@b.fr\n", false).await;
        assert_eq!(refused.one("h1"), "Ce fichier ne peut pas être importé");
    }
    let list = alice.get("/imports").await;
    assert!(list.select("tbody tr").is_empty(), "{}", list.body);
    assert_eq!(list.one(".chips a"), "2 fichiers refusés");
    let refused = alice.get(&list.attributes(".chips a", "href")[0]).await;
    assert_eq!(refused.select("tbody th a"), ["juillet", "juin"]);
    assert_eq!(refused.select("tbody td .tag"), ["Refusé", "Refusé"]);

    for name in ["juin", "juillet"] {
        let page = alice.import(name, LINE, false).await;
        assert_eq!(page.one("h1"), format!("{name}\u{A0}: import terminé"), "the name is free");
    }
    assert_eq!(alice.get("/imports").await.select("tbody th a"), ["juillet", "juin"]);
}

async fn every_unreadable_file_has_the_same_page(app: TestApp) {
    let alice = app.coordinator().await;
    let empty = send(&alice, &[("name", "juin"), ("on_error", "import_valid")], "vide.csv", "").await;
    assert_eq!(empty.status, 422);
    assert_eq!(empty.one("h1"), "Ce fichier ne peut pas être importé");
    assert_eq!(
        empty.errors(),
        ["Le fichier est vide. Choisissez un fichier qui contient au moins une ligne."]
    );
    assert!(empty.one("main > .lead").starts_with("vide.csv "), "{}", empty.one("main > .lead"));
    // Another file can be chosen there; what was typed stays.
    let form = empty.form("form[action='/imports']");
    assert!(form.fields.contains(&("name".to_owned(), "juin".to_owned())), "{:?}", form.fields);
    assert!(form.fields.contains(&("on_error".to_owned(), "import_valid".to_owned())), "{:?}", form.fields);

    let late = alice.import("tard", "\n\n \n", false).await;
    assert_eq!(late.one("h1"), empty.one("h1"));
    assert_eq!(late.one("#file-is + p"), empty.one("#file-is + p"));
    assert!(late.errors().is_empty());
    assert!(!late.select("form[action='/imports'] #file").is_empty());
    assert_eq!(late.select("ol.steps li[aria-current]"), ["Fichier"]);
}

async fn rejected_lines_are_grouped_by_reason(app: TestApp) {
    let alice = app.coordinator().await;
    let phones: String = (0..12).map(|index| format!("M.,A,B,p{index}@b.fr,,01 0{index},,\n")).collect();
    let file = format!("{phones}Dr,A,B,x@b.fr,,,,\nM.,A,B,,,,,\nM.,A,B,<i>,,1.2,,\nM.,A,B\n{LINE}");
    let page = alice.import("juin", file, false).await;
    assert_eq!(counts(&page), [1, 0, 0, 0, 0, 16, 0]);
    let rows = page.select("#rejected ~ .card tbody tr");
    assert_eq!(rows.len(), 5, "{rows:?}");
    assert!(rows[0].starts_with("Téléphone "), "{rows:?}");
    assert!(rows[0].contains("0110203040 ou 0033110203040"), "the cure: {rows:?}");
    assert!(rows[0].contains(" 13 "), "the count: {rows:?}");
    let first = page.select("#rejected ~ .card tbody tr:first-child li");
    assert_eq!(first[..3], ["ligne 1 01 00", "ligne 2 01 01", "ligne 3 01 02"]);
    assert!(first[3].starts_with("Voir les 13 lignes – Téléphone"), "{first:?}");
    let columns = page.select("#rejected ~ .card tbody th");
    assert_eq!(
        columns,
        ["Téléphone", "Civilité", "E-mail", "E-mail", "Ligne entière"],
        "by count, then by line"
    );
    assert!(page.body.contains("<bdi>&#60;i&#62;</bdi>"), "a value is text");

    // The whole list of one reason, and of all, page by page.
    let link = page.attributes("#rejected ~ .card tbody a", "href");
    assert_eq!(link.len(), 1, "only a group with more lines has a link");
    let of_one = alice.get(&link[0]).await;
    let lines: Vec<String> = (1..=12).chain([15]).map(|line: i32| line.to_string()).collect();
    assert_eq!(of_one.select("#rejected ~ .card tbody th"), lines);
    assert!(of_one.select("#rejected ~ p a").contains(&"Les regrouper par raison".to_owned()));
    let all = alice.get(&page.attributes("#rejected ~ p a[href*='reason=all']", "href")[0]).await;
    assert_eq!(all.select("#rejected ~ .card tbody tr").len(), 17);
    for damaged in ["?reason=99-0", "?reason=x", "?reason=1-7&after=x"] {
        let path = link[0].split('?').next().unwrap();
        let page = alice.get(&format!("{path}{damaged}")).await;
        assert_eq!(page.select("#rejected ~ .card tbody tr").len(), 5, "{damaged}");
    }

    // More lines of one reason than a page has, between lines of another.
    let many: String =
        (0..130).map(|index| format!("Dr,A,B,p{index}@b.fr,,,,\nM.,A,B,bad{index},,,,\n")).collect();
    let page = alice.import("beaucoup", format!("{many}{LINE}"), false).await;
    let mut next = page.attributes("#rejected ~ .card tbody tr:last-child a", "href").pop();
    let mut seen = Vec::new();
    while let Some(path) = next {
        let page = alice.get(&path).await;
        seen.extend(page.select("#rejected ~ .card tbody th"));
        next = page.attributes("a[rel=next]", "href").pop();
    }
    let expected: Vec<String> = (1..=130).map(|line: i32| (2 * line).to_string()).collect();
    assert_eq!(seen, expected);
}

async fn counts_that_are_zero_are_not_shown(app: TestApp) {
    let alice = book(&app).await;
    let page = alice.import("un", "M.,Nouveau,Venu,n@b.fr,,,,\nDr,,,,,,,\n", false).await;
    assert_eq!(page.select(".tally li"), ["1 à ajouter", "1 refusé", "2 lignes dans le fichier"]);
    assert_eq!(page.attributes(".share rect", "class"), ["created", "rejected"]);
    let all = alice.preview("deux", LIST).await;
    assert_eq!(
        all.select(".tally li"),
        [
            "1 à ajouter",
            "1 à mettre à jour",
            "1 à restaurer depuis la corbeille",
            "1 inchangé",
            "1 en double dans le fichier",
            "1 ligne ignorée (en-tête ou vide)",
            "6 lignes dans le fichier"
        ]
    );
    let widths: Vec<i64> =
        all.attributes(".share rect", "width").iter().map(|width| width.parse().unwrap()).collect();
    assert_eq!(widths.len(), 6);
    assert!(widths.iter().all(|width| (150..180).contains(width)), "equal counts, equal parts: {widths:?}");
    assert!(!all.body.contains(" style="), "the policy forbids inline style");
}

async fn rejected_lines_come_back_with_their_reasons(app: TestApp) {
    let alice = app.coordinator().await;
    let file = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville\r\n\
        M.,Zoé,Zola,zoe@b.fr,Voirie,01 02,,Lyon\r\n\
        Dr,Ève,\"Zola\",eve,Voirie,,,Lyon\r\n\
        M.,A,B,a@b.fr,,,,\r\n";
    let page = alice.import("juin", file, true).await;
    let path = page.attributes("a[href$='/undo']", "href").remove(0).replace("/undo", "");
    let link = page.attributes("a[href*='rejected.csv']", "href");
    assert_eq!(link, [format!("{path}/rejected.csv?reasons=1"), format!("{path}/rejected.csv")]);
    let csv = alice.get(&link[0]).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<&str> = csv.body.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "{}", csv.body);
    assert_eq!(lines[0], "\u{FEFF}Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville,Raison");
    assert!(lines[1].starts_with("M.,Zoé,Zola,zoe@b.fr,Voirie,01 02,,Lyon,Téléphone – "), "{}", lines[1]);
    assert!(
        lines[2].starts_with("Dr,Ève,\"Zola\",eve,Voirie,,,Lyon,Civilité – civilité inconnue / E-mail – "),
        "{}",
        lines[2]
    );
    assert!(lines[1..3].iter().all(|line| line.matches(',').count() == 8), "{lines:?}");
    assert_eq!(
        alice.get(&link[1]).await.body,
        "M.,Zoé,Zola,zoe@b.fr,Voirie,01 02,,Lyon\r\nDr,Ève,\"Zola\",eve,Voirie,,,Lyon\r\n",
        "without reasons to the byte"
    );

    // As it is, it is rejected for the same reasons; mended, its ninth column is dropped.
    let again = alice.import("encore", csv.body.clone(), false).await;
    assert_eq!(counts(&again), [0, 0, 0, 0, 0, 2, 1]);
    assert_eq!(alice.get(&format!("{path}/rejected.csv?reasons=1")).await.body, csv.body);
    let mended = csv.body.replace("01 02", "0102030405").replace("Dr,", "Mme,").replace("eve", "eve@b.fr");
    let page = alice.import("corrigé", mended, false).await;
    assert_eq!(counts(&page), [2, 0, 0, 0, 0, 0, 1]);
    let found = alice.get("/contacts?q=lyon").await;
    assert_eq!(found.select("tbody th a"), ["Zola, Ève", "Zola, Zoé"]);
    assert_eq!(alice.get("/contacts?q=raison").await.select("tbody tr").len(), 0);
    let english = alice.raw(Method::GET, &link[0]).header("accept-language", "en").send().await.unwrap();
    assert!(english.text().await.unwrap().contains(",Ville,Reason\r\nM.,Zoé"));
}

async fn rejected_lines_of_every_length_have_their_reason_in_its_column(app: TestApp) {
    let alice = app.coordinator().await;
    let long = format!("M.,{}\r,,,,,,", "é".repeat(300_000));
    let names = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville";
    let file = format!("{names}\nM.,A\n{long}\nM.,A,B,a@b.fr,,,12, rue Haute,Lyon\nDr,,,,,,,");
    let page = alice.import("juin", file, true).await;
    let path = page.attributes("a[href$='rejected.csv']", "href").remove(0);
    let csv = alice.get(&format!("{path}?reasons=1")).await.body;
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines.len(), 6);
    assert!(lines[1].starts_with("M.,A,,,,,,,2 champs au lieu de 8"), "filled up: {}", lines[1]);
    assert!(lines[2].starts_with(&format!("{long},")) && lines[2].len() < long.len() + 200, "whole");
    assert!(lines[3].starts_with("M.,A,B,a@b.fr,,,12, rue Haute,Lyon,9 champs au lieu de 8"), "{}", lines[3]);
    assert!(lines[4].starts_with("Dr,,,,,,,,Civilité – "), "{}", lines[4]);
    assert_eq!(lines[5], "");
    // The line with a field too many is told the number that it has without its reason.
    let again = alice.import("encore", csv.clone(), false).await;
    let told = again.select("#rejected ~ .card tbody tr").join(" ");
    assert!(told.contains("9 champs au lieu de 8"), "{told}");
}

async fn old_and_new_values_stay_when_the_file_and_the_import_are_gone(app: TestApp) {
    let alice = book(&app).await;
    let done = alice.import("juin", LIST, false).await;
    let link = done.attributes(".verdict .actions a[href*=changed]", "href").remove(0);
    assert_eq!(
        done.attributes(".tally .updated a, .tally .restored a", "href"),
        [link.clone(), link.clone()]
    );
    let changed = alice.get(&link).await;
    assert_eq!(changed.select(".diff th[scope=rowgroup] a"), ["Hélène Martin", "Paul Perdu"]);
    let cells = changed.select(".diff tbody tr + tr > *");
    assert_eq!(
        cells,
        [
            "Nom",
            "Lefèvre",
            "Martin",
            "Téléphone professionnel",
            "0110203040",
            "–",
            "Adresse",
            "12 rue Haute",
            "–",
            "Service",
            "Voirie",
            "Eau"
        ]
    );
    let path = link.split('?').next().unwrap().to_owned();
    let db = app.db.clone();
    tokio::task::spawn_blocking(move || drop_old_files(&db, TimeDelta::zero()).unwrap()).await.unwrap();
    let page = alice.get(&path).await;
    assert!(page.body.contains("Le fichier d’origine a été supprimé le"), "{}", page.body);
    let later = alice.get(&page.attributes(".verdict .actions a[href*=changed]", "href")[0]).await;
    assert_eq!(later.select(".diff tbody tr + tr > *"), cells, "from the history");
    undo(&alice, "juin").await;
    let undone = alice.get(&link).await;
    assert_eq!(undone.select(".diff tbody tr + tr > *"), cells, "what it had done, not what its undo did");
    assert!(alice.get(&path).await.select(".diff").is_empty(), "only if asked for");

    // An erased person is in no list.
    let helene = undone.attributes(".diff th[scope=rowgroup] a", "href").remove(0);
    let erasure = erase(&alice, &helene).await.location();
    finished(&alice, &erasure).await;
    let rest = alice.get(&link).await;
    assert!(!rest.body.contains("Lefèvre") && !rest.body.contains("rue Haute"), "{}", rest.body);
    assert!(rest.body.contains("Voirie"));
}

async fn the_file_comes_first_in_a_browser(app: TestApp) {
    let Some(driver) = Driver::start() else {
        return left_out("Chromium and chromedriver");
    };
    app.add_account("alice", Role::Coordinator).await;
    let file = tempfile::Builder::new().prefix("liste").suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), format!("Dr,,,,,,,\n{LINE}")).unwrap();
    let alice = driver.person(&app).await;
    alice.sign_in("alice").await;
    for (width, height) in [(1280, 800), (390, 844)] {
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        alice.chromium("Emulation.setDeviceMetricsOverride", screen).await;
        alice.open("/imports/new").await;
        let place = async |selector: &str| {
            let element = alice.browser.find(Locator::Css(selector)).await.unwrap();
            let (_, y, _, height) = element.rectangle().await.unwrap();
            (y, y + height)
        };
        let (top, _) = place("#file").await;
        assert!(top < 400.0, "the file field is at {top} on a screen of {width}×{height}");
        let (_, bottom) = place("main form .button.main").await;
        assert!(bottom < f64::from(height), "the button ends at {bottom} on a screen of {width}×{height}");
        alice.type_into("#file", file.path().to_str().unwrap()).await;
        alice.follow("main form .button.main").await;
        assert_eq!(alice.text(".verdict h2").await, "Rien n’a encore été écrit.");
        for selector in [".verdict h2", ".tally", "form[action$=confirm] button"] {
            let (_, bottom) = place(selector).await;
            assert!(
                bottom < f64::from(height),
                "{selector} ends at {bottom} on a screen of {width}×{height}"
            );
        }
        alice.follow("form[action$=cancel] button").await;
    }
    alice.browser.close().await.unwrap();
}
