//! Faults of the environment: no database, a full disk, a file over the limit.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;

use crate::support::book::{NAME, Phase, second_list, until};
use crate::support::process::{Served, on_small_disk};
use crate::support::waiting::{seen, wait_until_within};
use crate::support::{Client, PASSWORD, Page, TestApp, left_out, postgres};

#[test]
fn a_database_that_is_away_is_a_503_page_and_comes_back_by_itself() {
    let Some(mut cluster) = postgres::Cluster::start() else {
        return left_out("PostgreSQL");
    };
    actix_web::rt::System::new().block_on(async {
        let app = TestApp::start(cluster.url(), tempfile::tempdir().unwrap(), &[]).await;
        let alice = app.coordinator().await;
        let form = alice.get("/contacts/new").await;
        cluster.stop();
        for path in ["/contacts", "/readyz", "/login"] {
            let answer = alice.get(path).await;
            assert_eq!(answer.status, 503, "{path}");
            assert!(!answer.header("retry-after").is_empty());
            assert_eq!(answer.one("h1"), "Carnet est momentanément indisponible");
            assert!(!answer.body.contains("127.0.0.1"), "the cause is not shown");
        }
        let typed = [("first_name", Some("A")), ("last_name", Some("B")), ("copy", None)];
        assert_eq!(alice.submit(&form, "main form", &typed).await.status, 503);
        assert_eq!(alice.get("/healthz").await.status, 200);
        cluster.resume();
        wait_until_within(Duration::from_secs(60), "sending again is enough, still signed in", async || {
            alice.submit(&form, "main form", &typed).await.status == 303
        })
        .await;
        assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 1);
    });
}

#[test]
fn a_file_over_the_limit_is_a_413_page_that_says_the_limit() {
    actix_web::rt::System::new().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("carnet.db").display());
        let app = TestApp::start(url, folder, &["--max-upload-mib", "1"]).await;
        let alice = app.coordinator().await;
        let line = "M.,A,B,a@b.fr,,,,\n";
        let answer = alice.upload("juin", line.repeat(2 * 1024 * 1024 / line.len()), false).await;
        assert_eq!(answer.status, 413);
        assert!(answer.one("main p:first-of-type").contains("1\u{A0}Mio"), "{}", answer.body);
        assert_eq!(answer.attributes("main .button.main", "href"), ["/imports/new"]);
        assert_eq!(alice.get("/imports").await.select("tbody tr").len(), 0);
        let fits = alice.upload("juin", line.repeat(1024 * 1024 / line.len()), false).await;
        assert_eq!(fits.status, 303);
    });
}

/// A server on a disk of some megabytes, its administrator, and the folder of its database as this process sees it. `None` if the
/// system does not allow such a disk.
async fn on_small(megabytes: u32) -> Option<(Served, Client, PathBuf, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let arguments =
        format!("serve --listen 127.0.0.1:0 --database-url sqlite://{}/carnet.db", folder.path().display());
    let mut served = Served::start(on_small_disk(folder.path(), megabytes, &arguments)?);
    let line = served.printed.next().unwrap().unwrap();
    let code = line.rsplit_once(' ').unwrap().1;
    let admin = Client::new(served.address);
    let page = admin.get("/setup").await;
    let fields = [("code", Some(code)), ("username", Some("root")), ("password", Some(PASSWORD))];
    assert_eq!(admin.submit(&page, "main form", &fields).await.status, 303);
    let seen = PathBuf::from(format!("/proc/{}/root{}", served.id(), folder.path().display()));
    Some((served, admin, seen, folder))
}

#[test]
fn a_full_disk_is_reported_and_nothing_is_lost() {
    actix_web::rt::System::new().block_on(async {
        let Some((_served, admin, ..)) = on_small(2).await else {
            return left_out("a small disk (unshare)");
        };
        let first = admin.upload("petit", "M.,A,B,a@b.fr,,,,\n", false).await;
        assert_eq!(first.status, 303);
        let file: String = (0..200_000).map(|index| format!("M.,P{index},N,p{index}@b.fr,,,,\n")).collect();
        let answer = admin.upload("grand", file, false).await;
        assert_eq!(answer.status, 507, "{}", answer.body);
        assert_eq!(answer.one("h1"), "Le disque du serveur est plein");
        let book = admin.get("/contacts").await;
        assert_eq!(book.status, 200, "reading goes on");
        assert_eq!(book.select("tbody tr").len(), 1, "and nothing was written by halves");
        assert!(!admin.get("/imports").await.body.contains("grand"));
    });
}

fn has_trouble(page: &Page) -> bool {
    !page.select("#trouble").is_empty()
}

fn is_done(page: &Page) -> bool {
    page.one("h1").ends_with("import terminé")
}

/// The number of contacts that [`second_list`] makes in an empty book.
const MADE: &str = "8\u{202F}730 contacts";

#[test]
fn a_disk_that_fills_up_while_an_import_is_applied_is_reported_and_the_import_continues() {
    actix_web::rt::System::new().block_on(async {
        let Some((_served, admin, folder, _own)) = on_small(60).await else {
            return left_out("a small disk (unshare)");
        };
        let request = admin.upload_request(NAME, second_list(), &[("on_error", "import_valid")]).await;
        actix_web::rt::spawn(request.send());
        let path = "/imports/1";
        seen(&admin, path, |page| page.status == 200 && page.one("h1").ends_with("import en cours")).await;
        let filler = folder.join("filler");
        let mut file = std::fs::File::create(&filler).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        let told = seen(&admin, path, has_trouble).await;
        assert_eq!(told.one("#trouble"), "L’import est bloqué");
        assert!(told.one(".notice p").starts_with("Le disque du serveur est plein."), "{}", told.body);
        assert!(told.one("label[for=progress]").contains("9\u{202F}001"), "{}", told.body);
        let book = admin.get("/contacts").await;
        assert_eq!(book.status, 200, "pages still read");
        std::fs::remove_file(&filler).unwrap();
        drop(file);
        let done = seen(&admin, path, is_done).await;
        assert!(!has_trouble(&done));
        assert_eq!(admin.counted("").await, MADE);
        assert_eq!(admin.get("/contacts?q=n10004").await.select("tbody tr").len(), 1);
    });
}

#[test]
fn an_import_waits_for_an_unreachable_database_and_then_finishes() {
    let Some(mut cluster) = postgres::Cluster::start() else {
        return left_out("PostgreSQL");
    };
    actix_web::rt::System::new().block_on(async {
        let app = TestApp::start(cluster.url(), tempfile::tempdir().unwrap(), &[]).await;
        let alice = app.coordinator().await;
        let request = alice.upload_request(NAME, second_list(), &[("on_error", "import_valid")]).await;
        actix_web::rt::spawn(request.send());
        until(&app.database_url, |look| look.phase == Some(Phase::Apply)).await;
        cluster.stop();
        // Long enough that the import's next attempt fails too.
        tokio::time::sleep(Duration::from_secs(4)).await;
        assert_eq!(alice.get("/imports/1").await.status, 503);
        cluster.resume();
        let told = seen(&alice, "/imports/1", |page| page.status == 200).await;
        assert!(has_trouble(&told), "{}", told.body);
        assert!(told.one(".notice p").starts_with("La base de données ne répond pas."));
        seen(&alice, "/imports/1", is_done).await;
        assert_eq!(alice.counted("").await, MADE);
    });
}

both_backends!(
    a_failed_import_shows_its_reference_and_is_tried_again,
    an_import_with_a_slow_last_transaction_still_ends,
    a_full_disk_of_the_database_server_is_reported_as_such,
);

async fn a_failed_import_shows_its_reference_and_is_tried_again(app: TestApp) {
    let alice = app.coordinator().await;
    app.refuse_new_contacts(true).await;
    alice.upload("juin", "M.,A,B,a@b.fr,,,,\n", false).await;
    let told = seen(&alice, "/imports/1", has_trouble).await.one(".notice p");
    let (_, reference) = told.rsplit_once(' ').unwrap();
    let digits = reference.chars().filter(char::is_ascii_hexdigit).count();
    assert_eq!(digits, 8, "{told}");
    app.refuse_new_contacts(false).await;
    let done = seen(&alice, "/imports/1", is_done).await;
    assert!(!has_trouble(&done));
    assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 1);
}

async fn an_import_with_a_slow_last_transaction_still_ends(app: TestApp) {
    let alice = app.coordinator().await;
    // As slow as a bad disk: longer than a claim lives without being renewed.
    let slow = if app.database_url.starts_with("sqlite") {
        "CREATE TRIGGER slow AFTER UPDATE ON imports WHEN NEW.state = 'done' BEGIN
             SELECT count(*) FROM contacts a, contacts b, contacts c WHERE a.city || b.city || c.city = ''; END"
    } else {
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2.5); RETURN NEW; END $$;
         CREATE TRIGGER slow AFTER UPDATE ON imports FOR EACH ROW WHEN (NEW.state = 'done') EXECUTE FUNCTION slow()"
    };
    app.db.write(move |conn| Ok(conn.batch_execute(slow)?)).await.unwrap();
    let lines: String = (0..450).map(|n| format!("M.,A,B,p{n}@b.fr,,,,Lyon\n")).collect();
    let begun = std::time::Instant::now();
    let done = alice.import("juin", lines, false).await;
    assert_eq!(done.one("h1"), "juin\u{A0}: import terminé");
    assert!(begun.elapsed().as_secs() >= 2, "it was slow enough to tell");
}

async fn a_full_disk_of_the_database_server_is_reported_as_such(app: TestApp) {
    if app.database_url.starts_with("sqlite") {
        return;
    }
    let alice = app.coordinator().await;
    let fills = "CREATE FUNCTION fills() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING \
        ERRCODE = 'disk_full', MESSAGE = 'could not extend file \"base/5/16397\": No space left on device'; END $$; \
        CREATE TRIGGER fills BEFORE INSERT ON contacts EXECUTE FUNCTION fills()";
    let run = |sql: &'static str| app.db.write(move |conn| Ok(conn.batch_execute(sql)?));
    run(fills).await.unwrap();
    alice.upload("juin", "M.,A,B,a@b.fr,,,,\n", false).await;
    let told = seen(&alice, "/imports/1", has_trouble).await.one(".notice p");
    assert!(told.starts_with("Le disque du serveur est plein."), "{told}");
    run("DROP TRIGGER fills ON contacts").await.unwrap();
    seen(&alice, "/imports/1", is_done).await;
    assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 1);
}
