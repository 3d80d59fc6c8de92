//! Files that are not strict, from the form to the book: the page's explanation, and the import with the offered reading.

use carnet::db::schema::{import_chunks, import_files, imports};
use carnet::imports::drop_old_files;
use chrono::TimeDelta;
use diesel::prelude::*;

use crate::support::contacts::contact;
use crate::support::erasure::{erase, finished};
use crate::support::preview::counts;
use crate::support::wrong_files::folder;
use crate::support::{Client, Page, TestApp};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

const READ_SO: &str = "form[action$=reading]";

/// Presses the button, and follows the answer.
async fn read_so(client: &Client, page: &Page) -> Page {
    let answer = client.submit(page, READ_SO, &[]).await;
    client.follow(&answer).await
}

fn path_of(page: &Page, form: &str) -> String {
    let action = page.attributes(&format!("form[action$={form}]"), "action");
    action[0].rsplit_once('/').unwrap().0.to_owned()
}

fn cells(page: &Page) -> Vec<String> {
    page.select("[aria-labelledby=file-is] tbody td")
}

const COLUMNS: [&str; 8] =
    ["Civilité", "Prénom", "Nom", "E-mail", "Service", "Téléphone", "Adresse", "Ville"];

/// The three people of the files, in a strict file.
const STRICT: &str = "Mme,Hélène,Lefèvre,helene.lefevre@mairie.example,État civil,0110203040,12 rue Haute,Lyon\n\
    M.,François,Noël,francois.noel@regie.example,Voirie,0033472103031,3 place de l’Évêché,Besançon\n\
    M.,Marc,Beaulieu,marc.beaulieu@regie.example,Contentieux,0472103032,,L’Haÿ-les-Roses\n";

both_backends!(
    a_spreadsheets_file_is_refused_explained_and_read_by_one_button,
    the_rejected_lines_of_such_a_file_are_unchanged,
    a_file_that_shows_its_encoding_far_down_is_read_with_it_from_its_page,
    columns_in_another_order_are_put_in_order,
    phones_with_spaces_are_corrected_while_the_import_waits,
    lost_zeros_are_restored_by_a_new_import,
    faults_without_a_cure_are_explained_without_a_button,
    the_server_offers_and_the_field_only_chooses,
    a_file_that_is_being_deleted_cannot_be_read_again,
    a_file_stays_while_one_of_its_imports_needs_it,
    a_reading_after_another_decision_is_refused_with_the_reason,
    a_refused_import_whose_name_was_taken_asks_for_another,
    a_person_is_erased_from_a_file_with_every_reading,
    the_words_are_there_in_english_and_hostile_text_is_shown_as_it_is,
);

async fn a_spreadsheets_file_is_refused_explained_and_read_by_one_button(app: TestApp) {
    let alice = app.coordinator().await;
    let refused = alice.upload("juin", file("phones-spaces-semicolons-1252.csv"), false).await;
    assert_eq!(refused.status, 422);
    let sentence = "C’est une liste en Windows-1252, pas en UTF-8 (ligne 1, octet 8), séparée par des points-virgules, \
        pas par des virgules (ligne 1, octet 9), avec des espaces ou d’autres signes dans 2 numéros de téléphone.";
    assert_eq!(refused.errors(), [sentence]);
    assert_eq!(refused.one("#file-is + p"), sentence);
    assert_eq!(refused.attributes("#name", "value"), ["juin"], "what was typed stays");
    assert_eq!(refused.select("[aria-labelledby=file-is] th"), COLUMNS);
    let cells = cells(&refused);
    assert_eq!(
        cells[..8],
        [
            "Mme",
            "Hélène",
            "Lefèvre",
            "helene.lefevre@mairie.example",
            "État civil",
            "0110203040",
            "12 rue Haute",
            "Lyon"
        ]
    );
    assert_eq!(cells.len(), 3 * 8);
    let how = "en Windows-1252, séparé par des points-virgules, téléphones sans espaces ni signes";
    assert_eq!(refused.one(&format!("{READ_SO} button")), "Convertir et continuer");
    assert_eq!(refused.one(".read-so strong"), format!("Conversion\u{A0}: {how}."));
    let cures = refused.select("[aria-labelledby=file-is] li");
    assert!(
        cures[0].starts_with("Excel – Fichier, Enregistrer sous") && cures[1].starts_with("LibreOffice – "),
        "{cures:?}"
    );

    let preview = read_so(&alice, &refused).await;
    let path = path_of(&preview, "confirm");
    assert_eq!(preview.one(".read-as"), format!("Fichier lu ainsi\u{A0}: {how}."));
    assert!(preview.select("#file-is").is_empty(), "nothing is wrong any more");
    assert!(alice.get("/contacts").await.select("tbody tr").is_empty(), "nothing is written before that");
    let confirmed = alice.submit(&preview, "form[action$=confirm]", &[]).await;
    let done = alice.follow(&confirmed).await;
    assert_eq!(done.one("h1"), "juin\u{A0}: import terminé");
    assert_eq!(done.one(".read-as"), format!("Fichier lu ainsi\u{A0}: {how}."));
    assert_eq!(alice.get(&path).await.status, 200);

    let book = alice.get("/contacts").await;
    assert_eq!(book.select("tbody th a"), ["Beaulieu, Marc", "Lefèvre, Hélène", "Noël, François"]);
    assert_eq!(
        book.select("tbody td:nth-child(5) a"),
        [
            "04\u{A0}72\u{A0}10\u{A0}30\u{A0}32",
            "01\u{A0}10\u{A0}20\u{A0}30\u{A0}40",
            "04\u{A0}72\u{A0}10\u{A0}30\u{A0}31"
        ]
    );
    let again = alice.import("strict", STRICT, false).await;
    assert_eq!(again.one("h1"), "strict\u{A0}: import terminé");
    assert_eq!(counts(&again)[2], 3, "the strict file of the same people changes nothing");
    assert!(again.select(".read-as").is_empty(), "the next file is read strictly");
    let next = alice.upload("juillet", file("semicolons.csv"), false).await;
    assert_eq!(next.status, 422, "nothing was remembered");
}

async fn the_rejected_lines_of_such_a_file_are_unchanged(app: TestApp) {
    let alice = app.coordinator().await;
    let mut bytes = file("windows-1252-semicolons.csv");
    let line = b"Dr;Ren\xE9;Zola;rene@regie.example;Voirie;01 02;;\r\n";
    bytes.extend_from_slice(line);
    let refused = alice.upload("juin", bytes, false).await;
    let preview = read_so(&alice, &refused).await;
    assert_eq!(preview.select("#rejected ~ .card tbody code"), ["Dr", "01 02"]);
    let csv = format!("{}/rejected.csv", path_of(&preview, "confirm"));
    let answer = alice.raw(reqwest::Method::GET, &csv).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=windows-1252");
    assert_eq!(answer.bytes().await.unwrap().as_ref(), line);

    let wide: Vec<u8> = "M.,A,B,\u{10A}\u{A0A}@b,,,,\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bytes = file("utf-16-le.csv");
    bytes.extend_from_slice(&wide);
    let refused = alice.upload("large", bytes, false).await;
    let preview = read_so(&alice, &refused).await;
    let csv = format!("{}/rejected.csv", path_of(&preview, "confirm"));
    let answer = alice.raw(reqwest::Method::GET, &csv).send().await.unwrap();
    assert_eq!(answer.bytes().await.unwrap().as_ref(), wide);
}

async fn a_file_that_shows_its_encoding_far_down_is_read_with_it_from_its_page(app: TestApp) {
    let alice = app.coordinator().await;
    let mut bytes: Vec<u8> = (0..3_000)
        .flat_map(|index| format!("M.,Paul,Zola,paul{index}@regie.example,,,,\n").into_bytes())
        .collect();
    bytes.extend_from_slice(b"M.,Ren\xE9,Zola,rene@regie.example,,,,\n");
    let refused = alice.import("loin", bytes, false).await;
    assert_eq!(refused.one("h1"), "Ce fichier ne peut pas être importé tel quel");
    assert_eq!(
        refused.one("#file-is + p"),
        "C’est une liste en Windows-1252, pas en UTF-8 (ligne 3\u{202F}001, octet 7)."
    );
    let preview = read_so(&alice, &refused).await;
    let confirmed = alice.submit(&preview, "form[action$=confirm]", &[]).await;
    alice.follow(&confirmed).await;
    assert_eq!(alice.get("/contacts?q=rene").await.select("tbody th a"), ["Zola, René"]);
}

async fn columns_in_another_order_are_put_in_order(app: TestApp) {
    let alice = app.coordinator().await;
    let refused = alice.import("ordre", file("names-first.csv"), false).await;
    let sentence = refused.one("#file-is + p");
    assert_eq!(
        sentence,
        "C’est une liste avec les colonnes dans un autre ordre (ligne 1). \
        Il faut\u{A0}: Civilité, Prénom, Nom, E-mail, Service, Téléphone, Adresse, Ville."
    );
    assert_eq!(refused.select("[aria-labelledby=file-is] th"), COLUMNS);
    let preview = read_so(&alice, &refused).await;
    let confirmed = alice.submit(&preview, "form[action$=confirm]", &[]).await;
    alice.follow(&confirmed).await;
    assert_eq!(alice.get("/contacts?q=helene").await.select("tbody th a"), ["Lefèvre, Hélène"]);
}

async fn phones_with_spaces_are_corrected_while_the_import_waits(app: TestApp) {
    let alice = app.coordinator().await;
    let waiting = alice.import("tel", file("phones-spaces.csv"), false).await;
    assert_eq!(waiting.one("h1"), "tel\u{A0}: à vérifier");
    assert_eq!(
        waiting.one("#file-is + p"),
        "C’est une liste avec des espaces ou d’autres signes dans 3 numéros de téléphone."
    );
    let preview = read_so(&alice, &waiting).await;
    assert!(preview.select("#rejected").is_empty());
    let confirmed = alice.submit(&preview, "form[action$=confirm]", &[]).await;
    alice.follow(&confirmed).await;
    assert_eq!(
        alice.get("/contacts?q=helene").await.select("tbody td:nth-child(5) a"),
        ["01\u{A0}10\u{A0}20\u{A0}30\u{A0}40"]
    );
}

async fn lost_zeros_are_restored_by_a_new_import(app: TestApp) {
    let alice = app.coordinator().await;
    let done = alice.import("juin", file("phones-no-zero.csv"), false).await;
    assert_eq!(done.one("h1"), "juin\u{A0}: import terminé", "the strict reading imports them as they are");
    assert_eq!(
        done.one("#file-is + p"),
        "C’est une liste avec 3 numéros de téléphone qui ont perdu leur zéro."
    );
    let (once, twice) = tokio::join!(alice.submit(&done, READ_SO, &[]), alice.submit(&done, READ_SO, &[]));
    assert_eq!([once.status, twice.status], [303, 303]);
    assert_eq!(once.location(), twice.location(), "a double click makes one import");
    let preview = alice.follow(&once).await;
    assert!(preview.one("h1").starts_with("juin-2\u{A0}:"), "{}", preview.one("h1"));
    let confirmed = alice.submit(&preview, "form[action$=confirm]", &[]).await;
    let done = alice.follow(&confirmed).await;
    assert!(done.select("#file-is").is_empty());
    assert_eq!(
        alice.get("/contacts?q=helene").await.select("tbody td:nth-child(5) a"),
        ["01\u{A0}10\u{A0}20\u{A0}30\u{A0}40"]
    );
}

async fn faults_without_a_cure_are_explained_without_a_button(app: TestApp) {
    let alice = app.coordinator().await;
    for (name, sentence) in [
        ("workbook.xlsx", "C’est un classeur"),
        ("old-workbook.xls", "C’est un classeur"),
        ("document.docx", "document de traitement de texte"),
        ("semicolons-nine-columns.csv", "de 9 colonnes au lieu de huit"),
        ("empty.csv", "Le fichier est vide"),
    ] {
        let refused = alice.upload("juin", file(name), false).await;
        assert_eq!(refused.status, 422, "{name}");
        assert!(refused.errors()[0].contains(sentence), "{name}: {:?}", refused.errors());
        assert!(refused.select(READ_SO).is_empty(), "{name}");
    }
    assert!(!alice.get("/imports").await.body.contains("juin"), "nothing is kept that cannot be read");
    for (name, sentence) in [
        ("cards.vcf", "Ce sont des cartes de visite (vCard, .vcf)"),
        ("page.csv", "C’est une page web (HTML)"),
        ("list.json", "JSON"),
        ("list.pdf", "C’est un PDF"),
        ("picture.png", "C’est une image"),
        ("list.csv.gz", "archive"),
        ("old-mac-returns.csv", "ancien Mac"),
        ("dos-850.csv", "dans un encodage qui n’est pas UTF-8 (ligne 1, octet 8)"),
        ("mixed-encodings.csv", "en UTF-8 par endroits seulement (ligne 2, octet 8)"),
        ("seven-columns.csv", "de 7 colonnes au lieu de huit"),
        ("nine-columns.csv", "de 9 colonnes au lieu de huit"),
        ("phones-shortened.csv", "dont des chiffres sont perdus"),
    ] {
        let page = alice.import(&format!("essai-{name}"), file(name), false).await;
        let said = page.select("#file-is + p").join(" ");
        assert!(said.contains(sentence), "{name}: {said}");
        assert_eq!(page.select("#file-is").len(), 1, "{name}");
        assert!(page.select(READ_SO).is_empty(), "{name}");
    }
    assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 0);
}

async fn the_server_offers_and_the_field_only_chooses(app: TestApp) {
    let alice = app.coordinator().await;
    let refused = alice.upload("juin", file("semicolons.csv"), false).await;
    let other = r#"{"encoding":"mac_roman","separator":"tab"}"#;
    let answer = alice.submit(&refused, READ_SO, &[("reading", Some(other))]).await;
    let page = alice.follow(&answer).await;
    assert!(page.flash().contains("La conversion proposée a changé"), "{}", page.flash());
    assert_eq!(page.one("h1"), "Ce fichier ne peut pas être importé tel quel");
    let strict = alice.submit(&refused, READ_SO, &[("reading", Some("null"))]).await;
    assert_eq!(alice.follow(&strict).await.one("h1"), "Ce fichier ne peut pas être importé tel quel");
    let (once, twice) =
        tokio::join!(alice.submit(&refused, READ_SO, &[]), alice.submit(&refused, READ_SO, &[]));
    assert_eq!([once.status, twice.status], [303, 303]);
    let late = alice.submit(&refused, READ_SO, &[]).await;
    assert_eq!(late.status, 303, "the second click finds it done");
    assert!(alice.follow(&late).await.select(".flash").is_empty());
}

async fn a_file_that_is_being_deleted_cannot_be_read_again(app: TestApp) {
    let alice = app.coordinator().await;
    let refused = alice.upload("juin", file("semicolons.csv"), false).await;
    let path = path_of(&refused, "reading");
    app.db
        .write(|conn| {
            diesel::update(import_files::table)
                .set(import_files::dropped_at.eq(carnet::base::clock::now()))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let answer = alice.submit(&refused, READ_SO, &[]).await;
    let page = alice.follow(&answer).await;
    assert!(page.flash().contains("La conversion proposée a changé"), "{}", page.flash());
    assert_eq!(page.one("h1"), "Ce fichier ne peut pas être importé");
    assert!(alice.get(&path).await.select(READ_SO).is_empty(), "nothing is offered that cannot be");
}

async fn a_file_stays_while_one_of_its_imports_needs_it(app: TestApp) {
    let alice = app.coordinator().await;
    let done = alice.import("juin", file("phones-no-zero.csv"), true).await;
    let preview = read_so(&alice, &done).await;
    assert_eq!(preview.one("h1"), "juin-2\u{A0}: à vérifier");
    let drop_files = |days: i64| {
        let db = app.db.clone();
        tokio::task::spawn_blocking(move || drop_old_files(&db, TimeDelta::days(days)).unwrap())
    };
    let pieces = || app.db.read(|conn| Ok(import_chunks::table.count().get_result::<i64>(conn)?));
    app.db
        .write(|conn| {
            let old = carnet::base::clock::now() - TimeDelta::days(100);
            diesel::update(imports::table.filter(imports::name.eq("juin")))
                .set(imports::finished_at.eq(old))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    drop_files(90).await.unwrap();
    assert_eq!(pieces().await.unwrap(), 1, "juin-2 waits for a decision");
    assert_eq!(alice.submit(&preview, "form[action$=confirm]", &[]).await.status, 303);
    assert_eq!(alice.at_rest(&path_of(&preview, "confirm")).await.one("h1"), "juin-2\u{A0}: import terminé");
    drop_files(90).await.unwrap();
    assert_eq!(pieces().await.unwrap(), 1, "juin-2 is not old");
    drop_files(0).await.unwrap();
    assert_eq!(pieces().await.unwrap(), 0);
}

async fn a_reading_after_another_decision_is_refused_with_the_reason(app: TestApp) {
    let alice = app.coordinator().await;
    let mut list = file("phones-spaces.csv");
    list.extend_from_slice(b"M.,Paul,Perdu,paul@regie.example,Eau,,,Lyon\n");
    let waiting = alice.import("juin", list, false).await;
    // A colleague has decided, and the import is being applied.
    app.db
        .write(|conn| {
            diesel::update(imports::table).set(imports::state.eq("applying")).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let late = alice.submit(&waiting, READ_SO, &[]).await;
    assert!(alice.follow(&late).await.flash().contains("La conversion proposée a changé"));
}

async fn a_refused_import_whose_name_was_taken_asks_for_another(app: TestApp) {
    let alice = app.coordinator().await;
    let refused = alice.upload("juin", file("semicolons.csv"), false).await;
    let twice = alice.upload("juin", file("semicolons.csv"), false).await;
    assert_eq!(
        refused.attributes(READ_SO, "action"),
        twice.attributes(READ_SO, "action"),
        "the same file is kept once"
    );
    alice.import("JUIN", "M.,A,B,a@b.example,,,,\n", false).await;
    let asked = alice.submit(&refused, READ_SO, &[]).await;
    assert_eq!(asked.status, 422);
    assert_eq!(asked.errors(), ["Un import porte déjà ce nom\u{A0}: choisissez-en un autre"]);
    assert_eq!(asked.attributes("#name", "value"), ["juin"]);
    let spaces = alice.submit(&asked, READ_SO, &[("name", Some("juin 2026"))]).await;
    assert_eq!(spaces.status, 422);
    assert_eq!(spaces.attributes("#name", "value"), ["juin 2026"], "what was typed stays");
    let named = alice.submit(&asked, READ_SO, &[("name", Some("juin-bis"))]).await;
    let preview = alice.follow(&named).await;
    assert!(preview.one("h1").starts_with("juin-bis\u{A0}:"), "{}", preview.one("h1"));
}

async fn a_person_is_erased_from_a_file_with_every_reading(app: TestApp) {
    let alice = app.coordinator().await;
    let refused = alice.upload("large", file("utf-16-le.csv"), false).await;
    let preview = read_so(&alice, &refused).await;
    alice.submit(&preview, "form[action$=confirm]", &[]).await;
    let done = alice.import("juin", file("phones-no-zero.csv"), false).await;
    let waiting = read_so(&alice, &done).await;

    let path = contact(&alice, "helene.lefevre@mairie.example").await;
    let erasure = erase(&alice, &path).await.location();
    assert!(
        !alice.get(&erasure).await.one(".state").starts_with("terminé"),
        "juin-2 still reads the file of juin"
    );
    alice.submit(&waiting, "form[action$=cancel]", &[]).await;
    finished(&alice, &erasure).await;
    let pieces: Vec<Vec<u8>> = app
        .db
        .read(|conn| {
            Ok(import_chunks::table.select(import_chunks::bytes).order(import_chunks::file_id).load(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(pieces.len(), 2, "juin and juin-2 share one");
    let wide = String::from_utf16(
        &pieces[0].chunks(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect::<Vec<_>>(),
    )
    .unwrap();
    for text in [&wide, std::str::from_utf8(&pieces[1]).unwrap()] {
        assert!(!text.contains("helene") && !text.contains("Hélène"), "{text}");
        assert!(text.contains("M.,François,Noël,francois.noel@regie.example,Voirie,"), "{text}");
        assert!(text.lines().nth(1).unwrap().trim().is_empty(), "{text}");
    }
}

async fn the_words_are_there_in_english_and_hostile_text_is_shown_as_it_is(app: TestApp) {
    let alice = app.coordinator().await;
    let file = "Mme;<b>H</b>;\u{202E}abc;a@b.example;=1+1;;;\nM.;A;B;c@d.example;;;;\n";
    let form = alice.get("/imports/new").await;
    let parts = reqwest::multipart::Form::new()
        .text("csrf", form.csrf())
        .text("name", "juin")
        .part("file", reqwest::multipart::Part::bytes(file.as_bytes()).file_name("a.csv"));
    let request =
        alice.raw(reqwest::Method::POST, "/imports").header("accept-language", "en").multipart(parts);
    let page = Page::read(request.send().await.unwrap()).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.errors(), ["This is a list separated by semicolons, not by commas (line 1, byte 4)."]);
    assert_eq!(page.one(".read-so strong"), "Conversion: separated by semicolons.");
    assert_eq!(cells(&page)[1], "<b>H</b>");
    assert!(!page.body.contains("<b>H"));
    assert!(page.body.contains("<bdi>\u{202E}abc</bdi>"));
}
