//! The emergency copy, and the same pages written by a command.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::connection::SimpleConnection as _;

use crate::support::book::{NAME, in_use, second_list, signed_in, until};
use crate::support::dump::open;
use crate::support::process::{Served, carnet, text};
use crate::support::waiting::{wait_until, wait_until_every};
use crate::support::{Backend, TestApp, code, stdout};

fn serve(url: &str, folder: &Path) -> Served {
    let folder = folder.to_str().unwrap();
    Served::start(carnet(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database-url",
        url,
        "--emergency-copy",
        folder,
    ]))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn today(folder: &Path) -> (PathBuf, String) {
    let name = format!("carnet-{}", carnet::base::clock::today());
    (folder.join(&name), name)
}

async fn written(folder: &Path) -> (PathBuf, String) {
    wait_until("the copy of today is written", async || today(folder).0.exists()).await;
    today(folder)
}

#[actix_web::test]
async fn a_copy_is_written_at_the_start_without_the_trash_and_old_copies_are_deleted() {
    let book = in_use(Backend::Sqlite).await.unwrap();
    open(&book.url)
        .batch_execute(
            "UPDATE contacts SET last_name = '<script>alert(1)</script>', service = '\"><img src=x onerror=alert(2)>',
             city = '=1+1' WHERE id = 200;
             UPDATE contacts SET last_name = 'Corbeille' WHERE deleted_at IS NOT NULL;
             UPDATE contacts SET absent_from = '2026-01-01', absent_until = '2099-01-01', substitute_id = 301 WHERE id = 300",
        )
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    for day in 1..=9 {
        std::fs::create_dir(folder.path().join(format!("carnet-2020-01-0{day}"))).unwrap();
    }
    std::fs::create_dir(folder.path().join("carnet-notes")).unwrap();
    let served = serve(&book.url, folder.path());
    let (place, name) = written(folder.path()).await;
    wait_until("the old copies are deleted", async || names(folder.path()).len() <= 8).await;
    let left = names(folder.path());
    assert_eq!(left[0], "carnet-2020-01-04", "seven stay: {left:?}");
    assert!(left.contains(&"carnet-notes".to_owned()), "nothing else is touched");
    assert_eq!(names(&place), [format!("{name}.csv"), format!("{name}.html")]);
    assert_eq!(place.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    for file in names(&place) {
        let mode = place.join(file).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let html = std::fs::read_to_string(place.join(format!("{name}.html"))).unwrap();
    assert_eq!(html.matches("<article>").count(), 2_975);
    assert!(html.contains("&#60;script&#62;alert(1)") && !html.contains("<script") && !html.contains("<img"));
    assert!(!html.contains("Corbeille"), "the trash is not in it");
    assert!(html.contains("1er\u{A0}janvier 2099") && html.contains("href=\"tel:"));
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"fr\">") && html.ends_with("</html>"));
    for link in html.split("href=\"#").skip(1) {
        let anchor = link.split('"').next().unwrap();
        assert!(html.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
    let csv = std::fs::read_to_string(place.join(format!("{name}.csv"))).unwrap();
    assert_eq!(csv.lines().count(), 2_976);
    assert!(csv.contains("\"'=1+1\""), "nothing of it is run");
    drop(served);

    let by_hand = carnet(&["export", "--format", "html", "--database-url", &book.url]).output();
    let by_hand = stdout(&by_hand.unwrap());
    assert_eq!(by_hand.matches("<article>").count(), 2_975);
}

#[actix_web::test]
async fn a_large_book_has_several_pages_and_an_interrupted_copy_keeps_the_last_good_one() {
    let book = in_use(Backend::Sqlite).await.unwrap();
    let served = Served::on(&book.url, "127.0.0.1:0");
    let alice = signed_in(&served).await;
    alice.upload(NAME, second_list(), true).await;
    until(&book.url, |look| look.import > 0 && look.phase.is_none()).await;
    drop(served);
    let folder = tempfile::tempdir().unwrap();
    let yesterday = folder.path().join("carnet-2026-01-01");
    std::fs::create_dir(&yesterday).unwrap();
    let served = serve(&book.url, folder.path());
    wait_until_every(Duration::from_millis(5), "a copy is begun", async || {
        names(folder.path()).iter().any(|name| name.ends_with(".partial"))
    })
    .await;
    drop(served);
    assert!(!today(folder.path()).0.exists(), "killed in the middle");
    assert!(yesterday.exists());

    let _served = serve(&book.url, folder.path());
    let (place, name) = written(folder.path()).await;
    let files = names(&place);
    assert_eq!(files[1], format!("{name}-002.html"), "{files:?}");
    let read = |file: &str| std::fs::read_to_string(place.join(file)).unwrap();
    let people: usize = files.iter().map(|file| read(file).matches("<article>").count()).sum();
    assert_eq!(people, read(&format!("{name}.csv")).lines().count() - 1);
    assert!(people > 5_000);
    let index = read(&format!("{name}.html"));
    for file in files.iter().filter(|file| file.contains("-00")) {
        assert!(index.contains(&format!("href=\"{file}\"")), "{index}");
        for link in read(file).split("href=\"carnet-").skip(1) {
            let target = format!("carnet-{}", link.split('"').next().unwrap());
            assert!(files.contains(&target), "{target}");
        }
    }
}

both_backends!(the_page_written_by_the_command_has_the_whole_book_even_an_empty_one,);

async fn the_page_written_by_the_command_has_the_whole_book_even_an_empty_one(app: TestApp) {
    for people in [0, 1] {
        let mut command = carnet(&["export", "--format", "html", "--database-url", &app.database_url]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert_eq!(code(&output), 0, "{}", text(&output));
        assert_eq!(stdout(&output).matches("<article>").count(), people);
        assert!(stdout(&output).ends_with("</html>"), "{}", text(&output));
        app.coordinator()
            .await
            .import(&format!("i{people}"), "M.,Paul,Un,p@b.fr,Voirie,0110203049,,Lyon\n", false)
            .await;
    }
}

#[test]
fn a_missing_folder_is_reported_at_the_start() {
    let book = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", book.path().join("carnet.db").display());
    let output = carnet(&["serve", "--database-url", &url, "--emergency-copy", "/nowhere/at/all"]).output();
    let output = output.unwrap();
    assert_eq!(code(&output), 2);
    assert!(text(&output).contains("/nowhere/at/all"), "{}", text(&output));
}
