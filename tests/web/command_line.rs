//! `carnet import`, as a person or cron runs it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Output};
use std::time::Duration;

use carnet::config::DatabaseUrl;
use carnet::db::Db;
use carnet::db::schema::{contacts, import_journal, import_undos, imports, jobs};
use chrono::TimeDelta;
use diesel::prelude::*;

use crate::support::preview::confirm;
use crate::support::waiting::wait_until_every;
use crate::support::{
    Backend, CARNET, Lists, Page, TestApp, carnet, code, database, installed, left_out, spawn, stderr,
    stdout, text,
};

const LIST: &str = "Mme,Hélène,Lefèvre,helene@mairie.example,État civil,0110203040,,Lyon\n\
    M.,Marc,Beaulieu,marc@regie.example,Contentieux,,,Évry\n";
const WITH_A_WRONG_LINE: &str = "M.,A,B,a@b.fr,,,,\nDr,,,,,,,\n";

fn rows(page: &Page) -> usize {
    page.select("tbody tr").len()
}

both_backends!(
    the_command_imports_into_the_same_book,
    the_same_file_is_imported_once_unless_it_is_asked_for,
    a_file_that_waits_for_a_decision_is_reported_and_left_alone,
    a_file_whose_import_is_being_undone_is_reported_and_left_alone,
    a_file_that_is_being_imported_is_followed_to_its_end,
    ctrl_c_leaves_the_import_to_the_server,
    a_preview_shows_old_and_new_and_writes_nothing,
    a_preview_prints_what_it_counts,
    a_preview_that_is_confirmed_is_followed_to_its_end,
    ctrl_c_does_not_cancel_a_confirmed_preview,
);

async fn the_command_imports_into_the_same_book(app: TestApp) {
    let alice = app.coordinator().await;
    let lists = Lists::of(&app);
    let stopped = lists.import(WITH_A_WRONG_LINE, "nuit", &[]).await;
    assert_eq!(code(&stopped), 1, "{}", text(&stopped));
    assert!(stderr(&stopped).contains("Ligne 2, Civilité"), "{}", text(&stopped));
    assert!(
        stderr(&stopped).contains("Rien n’a été écrit\u{A0}: 1 ligne est refusée."),
        "{}",
        text(&stopped)
    );
    assert_eq!(rows(&alice.get("/contacts").await), 0);

    let done = lists.import(WITH_A_WRONG_LINE, "nuit", &["--on-error", "import-valid"]).await;
    assert_eq!(code(&done), 0, "{}", text(&done));
    assert!(stdout(&done).ends_with("terminé. 2 lignes\u{A0}: 1 ajouté, 1 refusé.\n"), "{}", text(&done));
    assert!(stderr(&done).contains("Ligne 2, Civilité"), "rejected lines are told: {}", text(&done));
    assert_eq!(rows(&alice.get("/contacts?import=nuit").await), 1);

    let taken = lists.import(LIST, "Nuit", &[]).await;
    assert_eq!(code(&taken), 2);
    assert!(stderr(&taken).contains("déjà ce nom"), "{}", text(&taken));
    assert_eq!(stdout(&taken), "");
}

async fn the_same_file_is_imported_once_unless_it_is_asked_for(app: TestApp) {
    let alice = app.coordinator().await;
    let lists = Lists::of(&app);
    alice.import("juin", LIST, false).await;
    for name in ["juin", "juillet"] {
        let known = lists.import(LIST, name, &[]).await;
        assert_eq!(code(&known), 0, "{}", text(&known));
        assert!(stdout(&known).starts_with("Ce fichier a déjà été importé le "), "{}", text(&known));
        assert!(stdout(&known).contains("sous le nom «\u{A0}juin\u{A0}»"), "{}", text(&known));
    }
    assert_eq!(rows(&alice.get("/imports").await), 1);
    let path = alice.get("/contacts?q=marc").await.attributes("tbody th a", "href").remove(0);
    let edit = alice.get(&format!("{path}/edit")).await;
    alice.submit(&edit, "main form", &[("city", Some("Lyon"))]).await;
    let again = lists.import(LIST, "juillet", &["--again"]).await;
    assert_eq!(code(&again), 0, "{}", text(&again));
    assert!(stdout(&again).contains("1 mis à jour, 1 inchangé."), "{}", text(&again));
    let taken = lists.import(LIST, "juin", &["--again"]).await;
    assert_eq!(code(&taken), 2, "{}", text(&taken));
}

async fn a_file_that_waits_for_a_decision_is_reported_and_left_alone(app: TestApp) {
    let alice = app.coordinator().await;
    let lists = Lists::of(&app);
    alice.import("juin", WITH_A_WRONG_LINE, false).await;
    let waiting = lists.import(WITH_A_WRONG_LINE, "nuit", &["--on-error", "import-valid"]).await;
    assert_eq!(code(&waiting), 1, "{}", text(&waiting));
    assert!(stderr(&waiting).contains("attend une décision sur sa page, /imports/1"), "{}", text(&waiting));
    let list = alice.get("/imports").await;
    assert_eq!(list.select("tbody tr td:nth-of-type(1)"), ["En attente de décision"]);
}

async fn a_file_whose_import_is_being_undone_is_reported_and_left_alone(app: TestApp) {
    let alice = app.coordinator().await;
    let lists = Lists::of(&app);
    alice.import("juin", LIST, false).await;
    // Without a job, so that the undo stays unfinished.
    app.db
        .write(|conn| {
            let row =
                (import_undos::import_id.eq(1), import_undos::created_at.eq(carnet::base::clock::now()));
            diesel::insert_into(import_undos::table).values(row).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    for more in [&[][..], &["--preview"]] {
        let undoing = lists.import(LIST, "nuit", more).await;
        assert_eq!(code(&undoing), 1, "{}", text(&undoing));
        assert_eq!(stdout(&undoing), "");
        assert!(
            stderr(&undoing).contains("«\u{A0}juin\u{A0}» de ce fichier est en cours d’annulation"),
            "{}",
            text(&undoing)
        );
    }
    assert_eq!(rows(&alice.get("/imports").await), 1);
}

async fn a_file_that_is_being_imported_is_followed_to_its_end(app: TestApp) {
    let lists = Lists::of(&app);
    app.coordinator().await.import("juin", LIST, false).await;
    put_back(&app.db, TimeDelta::seconds(4)).await;
    let followed = lists.import(LIST, "nuit", &[]).await;
    assert_eq!(code(&followed), 0, "{}", text(&followed));
    assert!(
        stdout(&followed).contains("déjà en cours d’import sous le nom «\u{A0}juin\u{A0}»"),
        "{}",
        text(&followed)
    );
    assert!(stdout(&followed).contains("juin – Vérification\u{A0}: 0 ligne sur 2\n"), "{}", text(&followed));
    assert!(stdout(&followed).ends_with("2 lignes\u{A0}: 2 inchangés.\n"), "{}", text(&followed));
}

async fn ctrl_c_leaves_the_import_to_the_server(app: TestApp) {
    let lists = Lists::of(&app);
    app.coordinator().await.import("juin", LIST, false).await;
    put_back(&app.db, TimeDelta::hours(1)).await;
    let process = spawn(&mut lists.command(&lists.file(LIST), "nuit", &[]));
    // Time to begin following the other import, which cannot be seen from outside.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let output = interrupt(process).await;
    assert_eq!(code(&output), 130, "{}", text(&output));
    assert!(
        stderr(&output).contains("sur le serveur s’il tourne, sinon à son prochain démarrage"),
        "{}",
        text(&output)
    );
    assert!(stderr(&output).contains("/imports/1"), "{}", text(&output));
}

async fn a_preview_shows_old_and_new_and_writes_nothing(app: TestApp) {
    let alice = app.coordinator().await;
    let lists = Lists::of(&app);
    alice.import("juin", LIST, false).await;
    alice.import("parti", "M.,Paul,Parti,paul@b.fr,,,,\n", false).await;
    let path = alice.get("/contacts?q=parti").await.attributes("tbody th a", "href").remove(0);
    let ask = alice.get(&format!("{path}/delete")).await;
    alice.submit(&ask, "main form", &[]).await;
    let next = "Mme,Hélène,Lefèvre,helene@mairie.example,Voirie,,,Lyon\nM.,Marc,Beaulieu,marc@regie.example,Contentieux,,,Évry\n\
        M.,Zoé,Neuf,zoe@b.fr,Eau,,,\nM.,Zoé,Neuve,ZOE@b.fr,Eau,,,\nM.,Paul,Parti,paul@b.fr,,,,\n";
    let preview = lists.import(next, "juillet", &["--preview"]).await;
    assert_eq!(code(&preview), 0, "{}", text(&preview));
    let told = stdout(&preview);
    let told = told.split_once("\nLigne 1").unwrap().1;
    assert_eq!(
        told,
        concat!(
            ", à mettre à jour\u{A0}: Hélène Lefèvre <helene@mairie.example>\n",
            "    Service\u{A0}: État civil → Voirie\n    Téléphone\u{A0}: 0110203040 → –\n",
            "Ligne 4, à ajouter\u{A0}: M., Zoé, Neuve, ZOE@b.fr, Eau\n",
            "Ligne 5, à restaurer depuis la corbeille\u{A0}: Paul Parti <paul@b.fr>\n",
            "Aperçu, rien n’a été écrit. 5 lignes\u{A0}: 1 à ajouter, 1 à mettre à jour, 1 à restaurer depuis la corbeille, 1 inchangé, 1 en double dans le fichier.\n",
        )
    );
    assert_eq!(rows(&alice.get("/contacts?q=neuve").await), 0);
    assert_eq!(rows(&alice.get("/contacts?q=voirie").await), 0);
    let wrong =
        lists.import(WITH_A_WRONG_LINE, "juillet", &["--preview", "--on-error", "import-valid"]).await;
    assert_eq!(code(&wrong), 1, "{}", text(&wrong));
    assert!(stderr(&wrong).contains("Ligne 2, Civilité"), "{}", text(&wrong));
    let done = lists.import(next, "juillet", &[]).await;
    assert_eq!(code(&done), 0, "the name is free: {}", text(&done));
    let known = lists.import(next, "août", &["--preview"]).await;
    assert_eq!(code(&known), 0, "{}", text(&known));
    assert!(
        stdout(&known).contains("déjà été importé")
            && stdout(&known).contains("4 inchangés, 1 en double dans le fichier."),
        "{}",
        text(&known)
    );
}

async fn a_preview_prints_what_it_counts(app: TestApp) {
    let alice = app.coordinator().await;
    let unread = Unread::start(&app, &Lists::of(&app)).await;
    alice.import("autre", "M.,P4999,N,p4999@b.fr,,,,\n", false).await;
    let (told, output) = unread.read().await;
    assert_eq!(code(&output), 0, "{}", text(&output));
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 5_000, "the first was read before");
    assert_eq!(lines[4_998], "Ligne 5\u{202F}000, à ajouter\u{A0}: M., P4999, N, p4999@b.fr");
    assert!(lines[4_999].ends_with("5\u{202F}000 lignes\u{A0}: 5\u{202F}000 à ajouter."), "{}", lines[4_999]);
}

async fn a_preview_that_is_confirmed_is_followed_to_its_end(app: TestApp) {
    let alice = app.coordinator().await;
    let unread = Unread::start(&app, &Lists::of(&app)).await;
    confirm(&alice, &alice.get("/imports/1").await).await;
    let (told, output) = unread.read().await;
    assert_eq!(code(&output), 0, "{}", text(&output));
    assert!(!told.contains("rien n’a été écrit"), "{told}");
    assert!(
        told.ends_with(
            "Import «\u{A0}grand\u{A0}» terminé. 5\u{202F}000 lignes\u{A0}: 5\u{202F}000 ajoutés.\n"
        ),
        "{told}"
    );
}

async fn ctrl_c_does_not_cancel_a_confirmed_preview(app: TestApp) {
    let alice = app.coordinator().await;
    let lists = Lists::of(&app);
    let unread = Unread::start(&app, &lists).await;
    let given_up = interrupt(unread.process).await;
    assert_eq!(code(&given_up), 130, "{}", text(&given_up));
    assert!(stderr(&given_up).contains("L’aperçu est abandonné"), "{}", text(&given_up));
    let unread = Unread::start(&app, &lists).await;
    confirm(&alice, &alice.get("/imports/2").await).await;
    let output = interrupt(unread.process).await;
    assert!(!stderr(&output).contains("abandonné"), "{}", text(&output));
    // The server may finish before the command looks.
    if code(&output) != 0 {
        assert_eq!(code(&output), 130, "{}", text(&output));
        assert!(stderr(&output).contains("/imports/2"), "{}", text(&output));
    }
}

/// A preview of 5 000 new contacts whose output is not read beyond its first line: the command waits for the reader, as the
/// list is longer than a pipe's buffer, and then for a decision.
struct Unread {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Unread {
    async fn start(app: &TestApp, lists: &Lists) -> Self {
        let many: String = (0..5_000).map(|index| format!("M.,P{index},N,p{index}@b.fr,,,,\n")).collect();
        let file = lists.file(&many);
        let mut process = spawn(&mut lists.command(&file, "grand", &["--preview"]));
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let output = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            while !line.starts_with("Ligne 1,") {
                line.clear();
                assert_ne!(output.read_line(&mut line).unwrap(), 0, "it prints a list");
            }
            output
        });
        let output = output.await.unwrap();
        let state: String = app
            .db
            .read(|conn| Ok(imports::table.order(imports::id.desc()).select(imports::state).first(conn)?))
            .await
            .unwrap();
        assert_eq!(state, "deciding");
        Self { process, output }
    }

    /// The rest of the output, and the exit status.
    async fn read(mut self) -> (String, Output) {
        tokio::task::spawn_blocking(move || {
            let mut told = String::new();
            self.output.read_to_string(&mut told).unwrap();
            (told, self.process.wait_with_output().unwrap())
        })
        .await
        .unwrap()
    }
}

/// Makes the only import start again, after a while.
async fn put_back(db: &Db, after: TimeDelta) {
    db.write(move |conn| {
        diesel::delete(import_journal::table).execute(conn)?;
        diesel::update(imports::table)
            .set((
                imports::state.eq("checking"),
                imports::finished_at.eq(None::<chrono::NaiveDateTime>),
                imports::cursor_line.eq(0),
            ))
            .execute(conn)?;
        carnet::jobs::enqueue(conn, carnet::jobs::Kind::Import, 1)?;
        diesel::update(jobs::table)
            .set(jobs::run_after.eq(carnet::base::clock::now() + after))
            .execute(conn)?;
        Ok(())
    })
    .await
    .unwrap();
}

async fn interrupt(process: Child) -> Output {
    let id = process.id().to_string();
    let told = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(told.success());
    tokio::task::spawn_blocking(move || process.wait_with_output().unwrap()).await.unwrap()
}

async fn it_works_without_a_server_and_puts_its_work_down(url: String) {
    let migrated = carnet(&["migrate", "--database-url", &url]).output().unwrap();
    assert!(migrated.status.success());
    let lists = Lists::at(&url);
    let many: String = (0..30_000).map(|index| format!("M.,P{index},N,p{index}@b.fr,,,,\n")).collect();
    let db = Db::open(&DatabaseUrl::parse(&url).unwrap()).unwrap();
    let claims = async || -> Vec<Option<String>> {
        db.read(|conn| Ok(jobs::table.select(jobs::claimed_by).load(conn)?)).await.unwrap()
    };
    let process = spawn(&mut lists.command(&lists.file(&many), "grand", &[]));
    let claimed = async || matches!(claims().await.as_slice(), [Some(_)]);
    wait_until_every(Duration::from_millis(20), "the command has claimed the import", claimed).await;
    let output = interrupt(process).await;
    assert_eq!(code(&output), 130, "{}", text(&output));
    assert_eq!(claims().await, [None], "another can take it up at once");
    let resumed = lists.import(&many, "autre", &[]).await;
    assert_eq!(code(&resumed), 0, "{}", text(&resumed));
    let told = stdout(&resumed);
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        lines[1].starts_with("grand – ")
            && [" ligne", " lignes"]
                .iter()
                .any(|lines_told| lines[1].contains(&format!("{lines_told} sur 30\u{202F}000"))),
        "{told}"
    );
    assert!(told.ends_with("30\u{202F}000 lignes\u{A0}: 30\u{202F}000 ajoutés.\n"), "{told}");
    let count: i64 = db.read(|conn| Ok(contacts::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(count, 30_000, "no line twice, none lost");
}

mod it_works_without_a_server {
    use super::*;

    fn run(backend: Backend) {
        let Some((url, _folder)) = database(backend) else {
            return;
        };
        actix_web::rt::System::new().block_on(it_works_without_a_server_and_puts_its_work_down(url));
    }

    #[test]
    fn sqlite() {
        run(Backend::Sqlite);
    }

    #[test]
    fn postgres() {
        run(Backend::Postgres);
    }
}

#[test]
fn a_terminal_shows_a_progress_bar_and_clears_it() {
    if installed("script").is_none() {
        return left_out("a terminal (script)");
    }
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/carnet.db", folder.path().display());
    carnet(&["migrate", "--database-url", &url]).output().unwrap();
    let lists = Lists::at(&url);
    let file = lists.file(LIST);
    let command = format!("'{CARNET}' import '{}' --name juin --database-url '{url}'", file.display());
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .env("LANG", "en_GB.UTF-8")
        .env("TERM", "xterm")
        .env_remove("LC_ALL")
        .output()
        .unwrap();
    let told = stdout(&output);
    assert_eq!(code(&output), 0, "{told}");
    assert!(told.contains("Checking ") && told.contains("0 of 2 lines"), "{told:?}");
    assert!(told.contains("\u{1b}[2K"), "the bar is taken away: {told:?}");
    assert!(!told.contains("juin – Checking"), "no lines beside the bar: {told:?}");
    assert!(told.ends_with("Import “juin” done. 2 lines: 2 added.\r\n"), "{told:?}");
}
