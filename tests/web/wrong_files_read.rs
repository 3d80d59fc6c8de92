//! Files that are not strict, from the form to the book: the page's explanation, and the import with the offered reading.

use carnet::db::schema::{import_chunks, import_files, imports};
use carnet::imports::drop_old_files;
use chrono::TimeDelta;
use diesel::prelude::*;

use crate::support::contacts::contact;
use crate::support::erasure::{erase, finished, pieces};
use crate::support::lists::{check, columns, confirm, imported};
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

/// A strict list that is not UTF-8 far down, where only its check finds it.
fn latin_far_down() -> Vec<u8> {
    let lines = (0..3_000).map(|index| format!("M.,Paul,Zola,paul{index}@regie.example,,,,\n"));
    let mut bytes = lines.collect::<String>().into_bytes();
    bytes.extend_from_slice(b"M.,Ren\xE9,Zola,rene@regie.example,,,,\n");
    bytes
}

both_backends!(
    a_list_in_another_form_goes_to_its_columns,
    a_file_that_shows_its_encoding_far_down_is_read_with_it_from_its_page,
    phones_with_spaces_are_corrected_while_the_import_waits,
    lost_zeros_are_restored_by_a_new_import,
    faults_without_a_cure_are_explained_without_a_button,
    the_server_offers_and_the_field_only_chooses,
    a_file_that_is_being_deleted_cannot_be_read_again,
    a_file_stays_while_one_of_its_imports_needs_it,
    a_reading_after_another_decision_is_refused_with_the_reason,
    a_refused_import_whose_name_was_taken_asks_for_another,
    a_person_is_erased_from_a_file_with_every_reading,
);

async fn a_file_that_shows_its_encoding_far_down_is_read_with_it_from_its_page(app: TestApp) {
    let alice = app.coordinator().await;
    let refused = alice.import("loin", latin_far_down(), false).await;
    assert_eq!(refused.one("h1"), "Ce fichier ne peut pas être importé tel quel");
    assert_eq!(
        refused.one("#file-is + p"),
        "C’est une liste en Windows-1252, pas en UTF-8 (ligne 3\u{202F}001, octet 7)."
    );
    let preview = read_so(&alice, &refused).await;
    let confirmed = alice.submit(&preview, "form[action$=confirm]", &[]).await;
    alice.at_rest(&confirmed.location()).await;
    assert_eq!(alice.get("/contacts?q=rene").await.select("tbody th a"), ["Zola, René"]);
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
    alice.at_rest(&confirmed.location()).await;
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
    let done = alice.at_rest(&confirmed.location()).await;
    assert!(done.select("#file-is").is_empty());
    assert_eq!(
        alice.get("/contacts?q=helene").await.select("tbody td:nth-child(5) a"),
        ["01\u{A0}10\u{A0}20\u{A0}30\u{A0}40"]
    );
}

async fn the_server_offers_and_the_field_only_chooses(app: TestApp) {
    let alice = app.coordinator().await;
    let refused = alice.import("juin", latin_far_down(), false).await;
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
    let refused = alice.import("juin", latin_far_down(), false).await;
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
    let refused = alice.import("juin", latin_far_down(), false).await;
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

async fn a_list_in_another_form_goes_to_its_columns(app: TestApp) {
    let alice = app.coordinator().await;
    for name in [
        "phones-spaces-semicolons-1252.csv",
        "names-first.csv",
        "utf-16-le.csv",
        "nine-columns.csv",
        "semicolons-nine-columns.csv",
        "workbook.xlsx",
        "old-mac-returns.csv",
    ] {
        let answer = alice.upload(&format!("essai-{name}"), file(name), false).await;
        assert_eq!(answer.status, 303, "{name}: {}", answer.body);
        let page = alice.get(&answer.location()).await;
        let is_there = !page.select("table.mapping").is_empty() || page.one("h1").contains("ne peut pas");
        assert!(is_there, "{name}: {}", page.body);
    }
    let page = columns(&alice, "juin", file("phones-spaces-semicolons-1252.csv")).await;
    let checked = check(&alice, &page, &[]).await;
    confirm(&alice, &checked).await;
    let book = alice.get("/contacts").await;
    assert_eq!(book.select("tbody th a"), ["Beaulieu, Marc", "Lefèvre, Hélène", "Noël, François"]);
}

async fn faults_without_a_cure_are_explained_without_a_button(app: TestApp) {
    let alice = app.coordinator().await;
    for (name, sentence) in [
        ("document.docx", "document de traitement de texte"),
        ("empty.csv", "Le fichier est vide"),
        ("page.csv", "C’est une page web (HTML)"),
        ("list.json", "JSON"),
        ("list.pdf", "C’est un PDF"),
        ("picture.png", "C’est une image"),
        ("list.csv.gz", "archive"),
    ] {
        let refused = alice.upload("juin", file(name), false).await;
        assert_eq!(refused.status, 422, "{name}");
        assert!(refused.errors()[0].contains(sentence), "{name}: {:?}", refused.errors());
        assert!(refused.select(READ_SO).is_empty(), "{name}");
    }
    assert!(!alice.get("/imports").await.body.contains("juin"), "nothing is kept that cannot be read");
    for name in ["dos-850.csv", "mixed-encodings.csv"] {
        let page = alice.import(&format!("essai-{name}"), file(name), false).await;
        assert!(page.one("h1").contains("ne peut pas être importé"), "{name}: {}", page.body);
        assert!(page.one("#file-is + p").contains("UTF-8"), "{name}: {}", page.one("#file-is + p"));
    }
    let page = alice.import("essai", file("phones-shortened.csv"), false).await;
    assert!(page.one("#file-is + p").contains("dont des chiffres sont perdus"), "{}", page.body);
    assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 0);
}

async fn a_person_is_erased_from_a_file_with_every_reading(app: TestApp) {
    let alice = app.coordinator().await;
    imported(&alice, "large", file("utf-16-le.csv"), &[]).await;
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
    let pieces = app.db.read(|conn| Ok(pieces(conn))).await.unwrap();
    assert_eq!(pieces.len(), 2, "the rows of large, and the file that juin and juin-2 share");
    for (_, piece) in &pieces {
        let text = std::str::from_utf8(piece).unwrap();
        assert!(!text.contains("helene") && !text.contains("Hélène"), "{text}");
        assert!(text.contains("francois.noel@regie.example"), "{text}");
        assert!(text.lines().any(|line| line.len() > 20 && line.trim().is_empty()), "{text}");
    }
}
