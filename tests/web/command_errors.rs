//! Errors of `carnet check` and `carnet import` when files, databases or options are wrong.

use std::time::Duration;

use crate::support::{Lists, carnet, code, left_out, postgres, spawn, stderr, stdout, text};

const LIST: &str = "Mme,Hélène,Lefèvre,helene@mairie.example,État civil,0110203040,,Lyon\n\
    M.,Marc,Beaulieu,marc@regie.example,Contentieux,,,Évry\n";

#[test]
fn a_mistyped_database_is_reported_and_never_created() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("carnte.db");
    let lists = Lists::at(&format!("sqlite://{}", path.display()));
    let file = lists.file(LIST);
    let output = lists.command(&file, "juin", &[]).output().unwrap();
    assert_eq!(code(&output), 2, "{}", text(&output));
    assert!(
        stderr(&output).contains("carnte.db") && stderr(&output).contains("carnet migrate"),
        "{}",
        text(&output)
    );
    assert!(!path.exists());
    let mut default = carnet(&["import", file.to_str().unwrap(), "--name", "juin"]);
    let output = default.current_dir(folder.path()).env_remove("CARNET_DATABASE_URL").output().unwrap();
    assert_eq!(code(&output), 2, "{}", text(&output));
    assert!(!folder.path().join("data").exists(), "nor its folder");
}

#[test]
fn an_unreachable_database_is_reported_without_its_password() {
    for url in [
        "postgres://carnet:secret@127.0.0.1:1/carnet",
        "postgres://carnet:se/cret@127.0.0.1:1/carnet",
        "postgres://carnet:sec%ret@127.0.0.1:1/carnet",
    ] {
        let lists = Lists::at(url);
        let output = lists.command(&lists.file(LIST), "juin", &[]).output().unwrap();
        assert_eq!(code(&output), 3, "{}", text(&output));
        assert_eq!(stdout(&output), "");
        assert!(stderr(&output).contains("ne répond pas ou ne peut pas être ouverte"), "{}", text(&output));
        for secret in ["secret", "\"se\"", "cret", "sec%"] {
            assert!(!stderr(&output).contains(secret), "{}", text(&output));
        }
    }
}

#[test]
fn a_postgresql_that_goes_away_for_a_moment_stops_nothing() {
    let Some(mut cluster) = postgres::Cluster::start() else {
        return left_out("PostgreSQL");
    };
    let url = cluster.url();
    let lists = Lists::at(&url);
    carnet(&["migrate", "--database-url", &url]).output().unwrap();
    let process = spawn(&mut lists.command(&lists.file(LIST), "juin", &[]));
    // At any moment of the import.
    std::thread::sleep(Duration::from_secs(1));
    cluster.stop();
    // The moment for which it is away.
    std::thread::sleep(Duration::from_secs(3));
    cluster.resume();
    let output = process.wait_with_output().unwrap();
    assert_eq!(code(&output), 0, "{}", text(&output));
    assert!(stdout(&output).ends_with("2 lignes\u{A0}: 2 ajoutés.\n"), "{}", text(&output));
}

#[test]
fn a_file_that_cannot_be_imported_is_refused_before_anything_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/carnet.db", folder.path().display());
    carnet(&["migrate", "--database-url", &url]).output().unwrap();
    let lists = Lists::at(&url);
    for (file, name, told) in [
        (lists.file("PK\u{3}\u{4}"), "juin", "C’est un classeur"),
        (lists.file(LIST), "deux mots", "ne peut pas contenir d’espace"),
        (folder.path().to_owned(), "juin", "ne peut pas être lu"),
        (folder.path().join("absent.csv"), "juin", "absent.csv n’existe pas"),
    ] {
        let file = if told.contains("classeur") { lists.file("PK\u{3}\u{4}") } else { file };
        let output = lists.command(&file, name, &[]).output().unwrap();
        assert_eq!(code(&output), 2, "{}", text(&output));
        assert_eq!(stdout(&output), "");
        assert!(stderr(&output).contains(told), "{}", text(&output));
        lists.file(LIST);
    }
    let conn = rusqlite::Connection::open(folder.path().join("carnet.db")).unwrap();
    let kept: i64 = conn.query_row("SELECT count(*) FROM imports", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 0);
}

#[test]
fn check_reports_each_fault_and_exits_with_a_status_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("liste.csv");
    let check = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        carnet(&["check", file.to_str().unwrap()]).output().unwrap()
    };
    let clean = check(b"M.,A,B,a@b.fr,,,,\nM.,A,B,A@B.fr,,,,\n");
    assert_eq!(code(&clean), 0);
    assert_eq!(stdout(&clean), "2 lignes\u{A0}: 1 valide, 0 refusée, 1 en double, 0 ignorée.\n");
    let wrong = check(b"\nDr,A,B,nope,,,,\n");
    assert_eq!(code(&wrong), 1);
    assert_eq!(stdout(&wrong).lines().count(), 3, "{}", text(&wrong));
    assert!(stdout(&wrong).contains("Ligne 2, E-mail"));
    let refused = check(b"PK\x03\x04");
    assert_eq!(code(&refused), 2);
    assert!(stdout(&refused).contains("--profile"), "{}", text(&refused));
    let missing = carnet(&["check", "/no/such/file"]).output().unwrap();
    assert_eq!(code(&missing), 2);
    assert!(stderr(&missing).contains("/no/such/file n’existe pas"));
}
