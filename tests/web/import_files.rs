//! The files of imports: downloaded again, and deleted after a time.

use carnet::config::Cli;
use carnet::db::schema::{import_chunks, import_findings, imports};
use carnet::imports::drop_old_files;
use chrono::TimeDelta;
use clap::Parser as _;
use diesel::prelude::*;
use reqwest::Method;
use reqwest::multipart::{Form, Part};

use crate::support::waiting::wait_until;
use crate::support::{Client, Page, TestApp};

/// More than two pieces, with bytes that no text editor would preserve.
fn long_file() -> Vec<u8> {
    let mut file = b"\xEF\xBB\xBFM.,A,B,a@b.fr,,,,\r\n\r\nDr,Refus\xC3\xA9,,refuse@b.fr,,,,\n".to_vec();
    while file.len() < 2_300_000 {
        file.extend_from_slice(b"                                                            \r\n");
    }
    file
}

async fn upload(client: &Client, name: &str, file_name: &str, bytes: Vec<u8>) {
    let page = client.get("/imports/new").await;
    let part = Part::bytes(bytes).file_name(file_name.to_owned());
    let form = Form::new()
        .text("csrf", page.csrf())
        .text("name", name.to_owned())
        .text("on_error", "import_valid")
        .part("file", part);
    let answer = client.raw(Method::POST, "/imports").multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    client.at_rest("/imports/1").await;
}

async fn drop_files(app: &TestApp, keep: TimeDelta) {
    let db = app.db.clone();
    tokio::task::spawn_blocking(move || drop_old_files(&db, keep).unwrap()).await.unwrap();
}

async fn pieces(app: &TestApp) -> i64 {
    app.db.read(|conn| Ok(import_chunks::table.count().get_result(conn)?)).await.unwrap()
}

async fn downloads(app: &TestApp) -> usize {
    let charlie = app.administrator().await;
    let log = charlie.get("/audit?kind=import.file_downloaded").await;
    log.select(".history strong").len()
}

both_backends!(
    the_file_comes_back_byte_for_byte_and_that_is_in_the_history,
    a_refused_file_comes_back_as_bytes,
    files_go_when_their_time_is_over_and_the_page_stays,
    an_interrupted_deletion_of_files_continues,
    people_are_erased_beside_dropped_files,
    the_download_of_rejected_lines_breaks_off_if_the_file_is_deleted,
    rejected_lines_as_long_as_the_file_download_whole,
);

async fn the_file_comes_back_byte_for_byte_and_that_is_in_the_history(app: TestApp) {
    let alice = app.coordinator().await;
    let file = long_file();
    upload(&alice, "juin", "Été \"2026\" \u{202E}liste.csv", file.clone()).await;
    let link = alice.get("/imports/1").await.attributes("a[href='/imports/1/file']", "href").remove(0);
    let answer = alice.request(Method::HEAD, &link).await;
    assert_eq!((answer.status, downloads(&app).await), (200, 0), "HEAD takes nothing out");
    let answer = alice.raw(Method::GET, &link).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=\"") && name.is_ascii(), "{name}");
    assert!(name.ends_with("liste.csv") && name.contains("''%C3%89t%C3%A9%20%22"), "{name}");
    assert!(!name.contains("%E2%80%AE"), "a direction mark is taken out: {name}");
    assert!(answer.bytes().await.unwrap() == file, "byte for byte");
    let charlie = app.administrator().await;
    let log = charlie.get("/audit?kind=import.file_downloaded").await;
    assert_eq!(log.select(".history strong"), ["Fichier d’un import téléchargé"]);
    assert_eq!(log.select(".history p.muted bdi"), ["alice"]);
    assert_eq!(log.attributes(".history a", "href"), ["/imports/1"]);

    let bob = app.agent().await;
    assert_eq!(bob.get(&link).await.status, 403);
    assert_eq!(alice.get("/imports/99/file").await.status, 404);
}

async fn a_refused_file_comes_back_as_bytes(app: TestApp) {
    let alice = app.coordinator().await;
    let latin = b"M.,Ren\xE9,A,a@b.fr,,,,\n".to_vec();
    upload(&alice, "juin", "liste.csv", latin.clone()).await;
    let answer = alice.raw(Method::GET, "/imports/1/file").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    assert_eq!(answer.bytes().await.unwrap(), latin);
}

async fn files_go_when_their_time_is_over_and_the_page_stays(app: TestApp) {
    let alice = app.coordinator().await;
    upload(&alice, "juin", "liste.csv", long_file()).await;
    alice.import("attend", "M.,C,D,c@d.fr,,,,\nDr,,,secret@d.fr,,,,\n", false).await;
    drop_files(&app, TimeDelta::days(1)).await;
    assert_eq!(pieces(&app).await, 4, "nothing is a day old");
    app.db
        .write(|conn| {
            let old = carnet::base::clock::now() - TimeDelta::days(2);
            diesel::update(imports::table)
                .set((
                    imports::created_at.eq(old),
                    imports::finished_at.eq(diesel::dsl::case_when(
                        imports::name.eq("juin"),
                        Some(old).into_sql::<diesel::sql_types::Nullable<diesel::sql_types::Timestamp>>(),
                    )),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let before = alice.get("/imports/1").await;
    drop_files(&app, TimeDelta::days(1)).await;
    assert_eq!(pieces(&app).await, 1, "what waits for a decision is kept");

    let page = alice.get("/imports/1").await;
    assert_eq!(page.select(".tally li"), before.select(".tally li"));
    assert_eq!(page.select("#rejected ~ .card tbody th"), before.select("#rejected ~ .card tbody th"));
    assert!(page.body.contains("Le fichier d’origine a été supprimé le"), "{}", page.body);
    assert!(page.select("a[href$='/file'], a[href*='/rejected.csv']").is_empty());
    assert!(!page.body.contains("refuse@b.fr") && page.body.contains("(supprimée avec le fichier)"));
    for path in ["/imports/1/file", "/imports/1/rejected.csv"] {
        let gone = alice.get(path).await;
        assert_eq!(gone.status, 410, "{path}");
        assert_eq!(gone.one("h1"), "Fichier supprimé");
        assert_eq!(gone.attributes("main a.button", "href"), ["/imports/1"]);
    }
    assert_eq!(downloads(&app).await, 0, "nothing was taken out");
    let report = alice.get("/imports/1/report.csv").await;
    assert_eq!(report.status, 200);
    assert!(report.body.contains("\"3\";\"Civilité\";\"\";\"civilité inconnue\""), "{}", report.body);
    let values: Vec<String> = app
        .db
        .read(|conn| {
            Ok(import_findings::table
                .filter(import_findings::import_id.eq(1))
                .select(import_findings::value)
                .load(conn)?)
        })
        .await
        .unwrap();
    assert!(values.iter().all(String::is_empty), "{values:?}");
    assert!(alice.get("/imports/2").await.body.contains("/imports/2/rejected.csv"));
}

async fn an_interrupted_deletion_of_files_continues(app: TestApp) {
    let alice = app.coordinator().await;
    upload(&alice, "juin", "liste.csv", long_file()).await;
    app.db
        .write(|conn| {
            use carnet::db::schema::import_files;
            diesel::update(import_files::table)
                .set(import_files::dropped_at.eq(carnet::base::clock::now()))
                .execute(conn)?;
            diesel::delete(import_chunks::table.filter(import_chunks::seq.eq(2))).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    drop_files(&app, TimeDelta::days(90)).await;
    assert_eq!(pieces(&app).await, 0);
}

async fn people_are_erased_beside_dropped_files(app: TestApp) {
    let alice = app.coordinator().await;
    upload(&alice, "juin", "liste.csv", long_file()).await;
    alice.import("juillet", "M.,A,B,a@b.fr,,,,Lyon\n", false).await;
    app.db
        .write(|conn| {
            let old = carnet::base::clock::now() - TimeDelta::days(2);
            diesel::update(imports::table.find(1)).set(imports::finished_at.eq(old)).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    drop_files(&app, TimeDelta::days(1)).await;
    let contact = alice.get("/contacts?q=lyon").await.attributes("tbody th a", "href").remove(0);
    let ask = alice.get(&format!("{contact}/erase")).await;
    let answer = alice.submit(&ask, "main form", &[("confirm", Some("on"))]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    wait_until("the address is gone from the other file", async || {
        let file = alice.raw(Method::GET, "/imports/2/file").send().await.unwrap().bytes().await.unwrap();
        !file.windows(6).any(|part| part == b"a@b.fr")
    })
    .await;
}

async fn the_download_of_rejected_lines_breaks_off_if_the_file_is_deleted(app: TestApp) {
    let alice = app.coordinator().await;
    let mut file = long_file();
    file.extend_from_slice(b"Dr,,,late@b.fr,,,,\n");
    upload(&alice, "juin", "liste.csv", file).await;
    app.db
        .write(|conn| {
            diesel::delete(import_chunks::table.filter(import_chunks::seq.eq(2))).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    // The answer may break off before its head has come.
    if let Ok(answer) = alice.raw(Method::GET, "/imports/1/rejected.csv").send().await {
        assert!(
            answer.status() != 200 || answer.bytes().await.is_err(),
            "half of a list must not look whole"
        );
    }
}

/// With it, the file is the strict one, whatever is in its lines.
const HEADER: &str = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville\n";

async fn rejected_lines_as_long_as_the_file_download_whole(app: TestApp) {
    let alice = app.coordinator().await;
    let long = format!("M.,{},,,,,,\n", "x".repeat(1_500_000));
    let file = format!("{HEADER}{long}M.,A,B,a@b.fr,,,,\n{long}Dr,,,,,,,\n");
    upload(&alice, "juin", "liste.csv", file.into_bytes()).await;
    let csv: Page = alice.get("/imports/1/rejected.csv").await;
    assert!(csv.body == format!("{long}{long}Dr,,,,,,,\n"), "{} bytes", csv.body.len());
}

#[test]
fn invalid_numbers_of_days_are_refused() {
    for days in ["-1", "1.5", "x", "36501"] {
        let option = format!("--keep-import-files={days}");
        assert!(Cli::try_parse_from(["carnet", "serve", &option]).is_err(), "{days}");
    }
    for days in ["0", "90", "36500"] {
        assert!(Cli::try_parse_from(["carnet", "serve", "--keep-import-files", days]).is_ok());
    }
}
