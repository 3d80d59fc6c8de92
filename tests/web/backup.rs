//! `carnet backup`: while a server imports, onto a full disk, and onto files that must not be replaced.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use carnet::db::schema::{contacts, settings};

use crate::support::book::{NAME, Phase, in_use, look, second_list, signed_in, until};
use crate::support::dump::{self, hold_together};
use crate::support::process::{CARNET, Served, carnet, ended_within, on_small_disk, signal, text};
use crate::support::{Backend, TestApp, code, left_out, stderr, stdout};

fn url_of(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// Runs `carnet backup` while the test goes on.
async fn backup(url: &str, file: &Path) -> std::process::Output {
    let mut command = carnet(&["backup", file.to_str().unwrap(), "--database-url", url]);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn emails(url: &str) -> Vec<String> {
    contacts::table
        .filter(contacts::email.is_not_null())
        .select(contacts::email.assume_not_null())
        .load(&mut dump::open(url))
        .unwrap()
}

#[actix_web::test]
async fn a_backup_during_an_import_has_what_was_acknowledged_and_finishes_the_import() {
    let book = in_use(Backend::Sqlite).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copie.db");
    let served = Served::on(&book.url, "127.0.0.1:0");
    let alice = signed_in(&served).await;
    let form = alice.get("/contacts/new").await;
    let typed = [
        ("first_name", Some("Ada")),
        ("last_name", Some("Juste-Avant")),
        ("email", Some("ada@mairie.example")),
    ];
    assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303);
    let request = alice.upload_request(NAME, second_list(), &[("on_error", "import_valid")]).await;
    // Not awaited, because the answer waits for the import.
    actix_web::rt::spawn(request.send());
    until(&book.url, |look| look.phase == Some(Phase::Apply)).await;
    let acknowledged = emails(&book.url);

    let output = backup(&book.url, &file).await;
    assert_eq!(code(&output), 0, "{}", text(&output));
    assert_eq!(text(&output), "", "cron sends no mail for what went well");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "for its owner alone");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    // The original finishes the import, and so does the copy, independently.
    until(&book.url, |look| look.phase.is_none()).await;
    drop(served);
    let copy = url_of(&file);
    let then = look(&copy);
    assert_eq!(then.phase, Some(Phase::Apply), "it was made in the middle");
    let held = emails(&copy);
    assert!(acknowledged.iter().all(|email| held.contains(email)));
    // The copy is marked as one, which its history would tell.
    let marked = diesel::update(settings::table.find("home").filter(settings::value.eq("copy")));
    assert_eq!(marked.set(settings::value.eq("sqlite")).execute(&mut dump::open(&copy)).unwrap(), 1);
    let served = Served::on(&copy, "127.0.0.1:0");
    let alice = signed_in(&served).await;
    assert_eq!(alice.get("/contacts?q=juste-avant").await.select("tbody tr").len(), 1);
    until(&copy, |look| look.phase.is_none() && look.claim.is_none()).await;
    drop(served);
    hold_together(&copy);
    assert!(dump::dump(&copy) == dump::dump(&book.url), "both ended alike");
}

#[actix_web::test]
async fn a_backup_replaces_the_last_one_but_never_a_database_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("carnet.db");
    let (url, file) = (url_of(&path), folder.path().join("nuit.db"));
    let app = TestApp::start(url.clone(), tempfile::tempdir().unwrap(), &[]).await;
    let alice = app.coordinator().await;
    for count in 1..=2 {
        alice.import(&format!("i{count}"), format!("M.,P,N,p{count}@b.fr,,,,\n"), false).await;
        let output = backup(&url, &file).await;
        assert_eq!(code(&output), 0, "{}", text(&output));
        assert_eq!(emails(&url_of(&file)).len(), count);
        // Opening the backup has left a log beside it, which would belong to another file.
        let output = backup(&url, &file).await;
        if folder.path().join("nuit.db-wal").exists() {
            assert_eq!(code(&output), 2, "{}", text(&output));
        }
        let mut copy = dump::open(&url_of(&file));
        copy.batch_execute("PRAGMA journal_mode = DELETE").unwrap();
    }
    for taken in [&path, &folder.path().join(".").join("carnet.db")] {
        let output = backup(&url, taken).await;
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("en service"), "{}", text(&output));
    }
    let nowhere = backup(&url, Path::new("/nowhere/at/all.db")).await;
    assert_eq!(code(&nowhere), 2);
    assert!(stderr(&nowhere).contains("/nowhere/at/all.db"));
    let into_a_folder = backup(&url, folder.path()).await;
    assert_eq!(code(&into_a_folder), 2, "{}", text(&into_a_folder));
    let mistyped = backup(&url_of(&folder.path().join("autre.db")), &file).await;
    assert_eq!(code(&mistyped), 2, "{}", text(&mistyped));
    assert!(!folder.path().join("autre.db").exists());
    assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 2);
}

#[actix_web::test]
async fn a_full_disk_is_reported_and_nothing_is_left_of_the_backup() {
    let book = in_use(Backend::Sqlite).await.unwrap();
    let disk = tempfile::tempdir().unwrap();
    let file = disk.path().join("copie.db");
    if on_small_disk(disk.path(), 1, "").is_none() {
        return left_out("a name space with a disk of its own");
    }
    let script = format!(
        "mount -t tmpfs -o size=1m carnet '{0}' && {{ '{CARNET}' backup '{1}' --database-url '{2}'; code=$?; \
         ls -A '{0}'; exit $code; }}",
        disk.path().display(),
        file.display(),
        book.url
    );
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", &script]);
    let output = command.env("LANG", "fr_FR.UTF-8").output().unwrap();
    assert_eq!(code(&output), 3, "{}", text(&output));
    assert!(stderr(&output).contains("est plein"), "{}", text(&output));
    assert_eq!(stdout(&output), "", "nothing is left");
}

#[actix_web::test]
async fn on_postgresql_the_command_names_the_tool() {
    let output = backup("postgres://carnet:secret@127.0.0.1:1/carnet", Path::new("copie.db")).await;
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("pg_dump --format=custom --file=copie.db"));
    assert!(!text(&output).contains("secret"));
    assert!(!Path::new("copie.db").exists());
}

#[actix_web::test]
async fn a_backup_that_is_told_to_end_keeps_the_last_one() {
    let book = in_use(Backend::Sqlite).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copie.db");
    std::fs::write(&file, "the last one").unwrap();
    // A writer with an exclusive lock: the command waits.
    let mut writer = dump::open(&book.url);
    writer.batch_execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA user_version").unwrap();
    let mut process =
        carnet(&["backup", file.to_str().unwrap(), "--database-url", &book.url]).spawn().unwrap();
    // Time to begin, and to wait for the writer, which cannot be seen from outside.
    tokio::time::sleep(Duration::from_millis(700)).await;
    signal(process.id(), "TERM");
    let status = ended_within(&mut process, Duration::from_secs(10));
    drop(writer);
    assert_eq!(status.code(), Some(130));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "the last one");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
