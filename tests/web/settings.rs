//! The default country, and the job that reads all numbers again after it changes.

use carnet::db::schema::{contacts, jobs, phone_readings};
use carnet::db::settings;
use carnet::domain::{Role, SecondFactorFor};
use diesel::prelude::*;

use crate::support::process::{carnet, text};
use crate::support::second_factor;
use crate::support::waiting::wait_until;
use crate::support::{Client, Page, TestApp, code};

async fn add_contact(client: &Client, last_name: &str, fields: &[(&str, &str)]) -> String {
    let form = client.get("/contacts/new").await;
    let mut typed = vec![("first_name", Some("Zoé")), ("last_name", Some(last_name)), ("copy", None)];
    typed.extend(fields.iter().map(|(name, value)| (*name, Some(*value))));
    let saved = client.submit(&form, "main form", &typed).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    saved.location()
}

async fn change_country(client: &Client, code: &str) -> Page {
    let page = client.get("/settings").await;
    let saved = client.submit(&page, "main form", &[("default_country", Some(code))]).await;
    client.follow(&saved).await
}

/// The page once the last job has finished.
async fn finished(client: &Client) -> Page {
    client.at_rest("/settings").await
}

async fn found(client: &Client, q: &str) -> Vec<String> {
    let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    client.get(&format!("/contacts?q={q}")).await.select("tbody th a")
}

async fn versions(app: &TestApp) -> Vec<(i64, i64, chrono::NaiveDateTime)> {
    app.db
        .read(|conn| {
            let columns = (contacts::id, contacts::version, contacts::updated_at);
            Ok(contacts::table.order(contacts::id).select(columns).load(conn)?)
        })
        .await
        .unwrap()
}

/// The E.164 number that is stored beside the typed one.
async fn e164(app: &TestApp, path: &str) -> Option<String> {
    let id: i64 = path.rsplit_once('/').unwrap().1.parse().unwrap();
    app.db
        .read(move |conn| Ok(contacts::table.find(id).select(contacts::phone_cell_e164).first(conn)?))
        .await
        .unwrap()
}

/// The counts of the last job, and the number of jobs that are left.
async fn counts(app: &TestApp) -> (i64, i64, i64) {
    app.db
        .read(|conn| {
            let (read, changed) = phone_readings::table
                .order(phone_readings::id.desc())
                .select((phone_readings::read_again, phone_readings::changed))
                .first(conn)?;
            Ok((read, changed, jobs::table.count().get_result(conn)?))
        })
        .await
        .unwrap()
}

both_backends!(
    numbers_without_a_country_are_read_again_when_it_changes,
    the_same_country_again_changes_nothing,
    saving_one_setting_keeps_the_changes_of_others_to_another,
    an_unknown_country_is_refused,
    countries_are_chosen_by_their_names_as_the_reader_sorts_them,
    a_killed_reading_continues_where_it_stopped,
    a_newer_change_ends_the_reading_of_the_one_before,
    a_rule_that_asks_people_for_a_second_factor_is_asked_first_with_their_number,
    what_is_configured_at_the_start_is_shown,
    the_age_of_the_last_backup_is_shown_where_it_is_known,
);

async fn numbers_without_a_country_are_read_again_when_it_changes(app: TestApp) {
    let charlie = app.administrator().await;
    let belgian = add_contact(
        &charlie,
        "Belge",
        &[("phone_work", "02 555 12 12"), ("phone_cell", "02 555 12 12 poste 7")],
    )
    .await;
    let french = add_contact(
        &charlie,
        "Française",
        &[("phone_cell", "+33 1 10 20 30 40"), ("phone_home", "0033 1 10 20 30 41")],
    )
    .await;
    let deleted = add_contact(&charlie, "Partie", &[("phone_cell", "02 555 12 13")]).await;
    let ask = charlie.get(&format!("{deleted}/delete")).await;
    charlie.submit(&ask, "main form", &[]).await;
    assert!(charlie.get(&belgian).await.body.contains("numéro non reconnu"));
    assert!(found(&charlie, "+32 2 555 12 12").await.is_empty());
    let before = versions(&app).await;

    let page = charlie.get("/settings").await;
    assert_eq!(page.attributes("#default_country option[selected]", "value"), ["FR"]);
    assert!(page.select("progress, #reading").is_empty(), "nothing was read again yet");
    let page = change_country(&charlie, "BE").await;
    assert_eq!(page.flash(), "Paramètres enregistrés.");
    let page = finished(&charlie).await;
    assert_eq!(page.attributes("#default_country option[selected]", "value"), ["BE"]);
    assert_eq!(page.one("#reading"), "Relecture des numéros\u{A0}: Belgique");
    assert!(
        page.one("section[aria-labelledby=reading] p")
            .starts_with("Numéros relus\u{A0}: 3\u{202F}; changés\u{A0}: 3."),
        "{}",
        page.body
    );

    assert_eq!(e164(&app, &belgian).await.as_deref(), Some("+3225551212"));
    assert_eq!(e164(&app, &french).await.as_deref(), Some("+33110203040"));
    assert_eq!(e164(&app, &deleted).await.as_deref(), Some("+3225551213"));
    assert_eq!(found(&charlie, "+32 2 555 12 12").await, ["Belge, Zoé"]);
    assert_eq!(found(&charlie, "02 555 12 12").await, ["Belge, Zoé"]);
    assert_eq!(found(&charlie, "01 10 20 30 40").await, ["Française, Zoé"]);
    assert!(found(&charlie, "+32 2 555 12 13").await.is_empty(), "what is deleted is not found");
    assert_eq!(versions(&app).await, before, "what was typed is as it was");
    assert_eq!(counts(&app).await, (3, 3, 0));
    let page = charlie.get(&belgian).await;
    assert!(page.attributes("a.phone", "href").contains(&"tel:+3225551212".to_owned()));
    let log = charlie.get("/audit?kind=phones.read_again").await;
    assert!(log.one(".history li p:first-child").contains("relus\u{A0}: 3\u{202F}; changés\u{A0}: 3"));
    let log = charlie.get("/audit?kind=settings.edited").await;
    assert_eq!(log.one(".changes > div"), "Pays par défautFrance devient→ Belgique");

    let added = add_contact(&charlie, "Nouvelle", &[("phone_cell", "02 555 12 14")]).await;
    assert_eq!(e164(&app, &added).await.as_deref(), Some("+3225551214"));
    charlie.import("liste", "M.,A,B,a@b.fr,,025551215,,\n", false).await;
    assert_eq!(found(&charlie, "+32 2 555 12 15").await, ["B, A"]);
    change_country(&charlie, "FR").await;
    finished(&charlie).await;
    assert_eq!(e164(&app, &belgian).await, None);
    assert!(found(&charlie, "+32 2 555 12 12").await.is_empty());
    assert_eq!(found(&charlie, "02 555 12 12").await, ["Belge, Zoé"]);
}

async fn the_same_country_again_changes_nothing(app: TestApp) {
    let charlie = app.administrator().await;
    let page = charlie.get("/settings").await;
    let twice = [("default_country", Some("BE"))];
    let (first, second) =
        tokio::join!(charlie.submit(&page, "main form", &twice), charlie.submit(&page, "main form", &twice));
    assert_eq!((first.status, second.status), (303, 303));
    finished(&charlie).await;
    assert_eq!(charlie.get("/audit?kind=settings.edited").await.select(".history > li").len(), 1);
    let readings: i64 =
        app.db.read(|conn| Ok(phone_readings::table.count().get_result(conn)?)).await.unwrap();
    assert_eq!(readings, 1);
}

async fn saving_one_setting_keeps_the_changes_of_others_to_another(app: TestApp) {
    let charlie = app.administrator().await;
    second_factor::set_up(&charlie).await;
    let page = charlie.get("/settings").await;
    assert_eq!(
        charlie
            .submit(&page, "#second-factor", &[("second_factor_for", Some("administrators"))])
            .await
            .status,
        303
    );
    assert_eq!(charlie.submit(&page, "main form", &[("default_country", Some("BE"))]).await.status, 303);
    let required = app.db.read(settings::second_factor_for).await.unwrap();
    assert_eq!(required, SecondFactorFor::Administrators);
}

async fn an_unknown_country_is_refused(app: TestApp) {
    let charlie = app.administrator().await;
    let page = charlie.get("/settings").await;
    for code in ["XX", "", "France", "<b>"] {
        let refused = charlie.submit(&page, "main form", &[("default_country", Some(code))]).await;
        assert_eq!(refused.status, 422, "{code}");
        assert_eq!(refused.errors(), ["Choisissez un pays dans la liste"]);
        assert_eq!(refused.attributes("#default_country option[selected]", "value"), ["FR"]);
    }
    assert!(charlie.get("/audit?kind=settings.edited").await.select(".history").is_empty());
}

async fn countries_are_chosen_by_their_names_as_the_reader_sorts_them(app: TestApp) {
    let charlie = app.administrator().await;
    let names = charlie.get("/settings").await.select("#default_country option");
    assert_eq!(names.len(), 249);
    let place = |name: &str| names.iter().position(|known| known == name).unwrap();
    assert!(place("Égypte") < place("Espagne") && place("Espagne") < place("États-Unis"));
}

async fn a_killed_reading_continues_where_it_stopped(app: TestApp) {
    let charlie = app.administrator().await;
    let lines: String = (0..1_200)
        .map(|index| format!("M.,A,N{index},n{index}@b.fr,,02555{:04},,\n", 1000 + index))
        .collect();
    charlie.import("liste", lines, false).await;
    change_country(&charlie, "BE").await;
    finished(&charlie).await;
    assert_eq!(counts(&app).await, (1_200, 1_200, 0));
    // The state when the process is killed after the first batch: the rest of the book is unread.
    app.db
        .write(|conn| {
            let middle: i64 =
                contacts::table.order(contacts::id).offset(499).select(contacts::id).first(conn)?;
            diesel::update(contacts::table.filter(contacts::id.gt(middle)))
                .set(contacts::phone_work_e164.eq(None::<String>))
                .execute(conn)?;
            diesel::update(phone_readings::table)
                .set((
                    phone_readings::cursor_id.eq(middle),
                    phone_readings::read_again.eq(500),
                    phone_readings::changed.eq(500),
                    phone_readings::finished_at.eq(None::<chrono::NaiveDateTime>),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let page = charlie.get("/settings").await;
    assert_eq!(page.one("label[for=progress]"), "Contacts relus\u{A0}: 500 sur 1\u{202F}200");
    assert_eq!(
        (page.attributes("progress", "value"), page.attributes("progress", "max")),
        (vec!["500".to_owned()], vec!["1200".to_owned()])
    );
    app.db
        .write(|conn| {
            let reading = phone_readings::table.select(phone_readings::id).first(conn)?;
            carnet::jobs::enqueue(conn, carnet::jobs::Kind::PhoneReading, reading)
        })
        .await
        .unwrap();
    finished(&charlie).await;
    assert_eq!(counts(&app).await, (1_200, 1_200, 0));
    let unread: i64 = app
        .db
        .read(|conn| {
            Ok(contacts::table.filter(contacts::phone_work_e164.is_null()).count().get_result(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(unread, 0);
}

async fn a_newer_change_ends_the_reading_of_the_one_before(app: TestApp) {
    let charlie = app.administrator().await;
    let path = add_contact(&charlie, "Belge", &[("phone_cell", "02 555 12 12")]).await;
    let older: i64 = app
        .db
        .write(|conn| {
            use carnet::base::clock;
            // Stored without its job, as if it waited behind another one.
            Ok(diesel::insert_into(phone_readings::table)
                .values((phone_readings::country.eq("US"), phone_readings::created_at.eq(clock::now())))
                .returning(phone_readings::id)
                .get_result(conn)?)
        })
        .await
        .unwrap();
    change_country(&charlie, "BE").await;
    finished(&charlie).await;
    app.db
        .write(move |conn| carnet::jobs::enqueue(conn, carnet::jobs::Kind::PhoneReading, older))
        .await
        .unwrap();
    wait_until("no job is left", async || counts(&app).await.2 == 0).await;
    assert_eq!(counts(&app).await, (1, 1, 0));
    let (cursor, finished_at): (i64, Option<chrono::NaiveDateTime>) = app
        .db
        .read(move |conn| {
            Ok(phone_readings::table
                .find(older)
                .select((phone_readings::cursor_id, phone_readings::finished_at))
                .first(conn)?)
        })
        .await
        .unwrap();
    assert_eq!((cursor, finished_at), (0, None), "it read nobody");
    assert_eq!(e164(&app, &path).await.as_deref(), Some("+3225551212"));
    assert_eq!(charlie.get("/audit?kind=phones.read_again").await.select(".history > li").len(), 1);
}

async fn a_rule_that_asks_people_for_a_second_factor_is_asked_first_with_their_number(app: TestApp) {
    let charlie = app.administrator().await;
    second_factor::set_up(&charlie).await;
    for (name, role) in [("alice", Role::Coordinator), ("bob", Role::Agent), ("dora", Role::Agent)] {
        app.add_account(name, role).await;
    }
    let page = charlie.get("/settings").await;
    let set =
        async |whose| charlie.submit(&page, "#second-factor", &[("second_factor_for", Some(whose))]).await;
    let asked = set("everybody").await;
    assert_eq!(asked.status, 200);
    assert_eq!(asked.select(".points li"), ["3 utilisateurs ne l’ont pas encore configurée."]);
    let stored = async || app.db.read(settings::second_factor_for).await.unwrap();
    assert_eq!(stored().await, SecondFactorFor::Nobody, "nothing is saved yet");
    let asked = set("coordinators").await;
    assert_eq!(asked.select(".points li"), ["Un utilisateur ne l’a pas encore configurée."]);
    assert_eq!(charlie.submit(&asked, "main form", &[]).await.status, 303);
    assert_eq!(stored().await, SecondFactorFor::Coordinators);
    // The question is about a value that another person has changed meanwhile.
    let stale = set("everybody").await;
    assert_eq!(stale.status, 422);
    // Nobody has to do anything now.
    let page = charlie.get("/settings").await;
    let loose = [("second_factor_for", Some("administrators"))];
    assert_eq!(charlie.submit(&page, "#second-factor", &loose).await.status, 303);
}

/// What the page says about the installation, by its label.
fn installed(page: &Page, label: &str) -> String {
    let labels = page.select(".installation dt");
    let at = labels.iter().position(|known| known == label);
    page.select(".installation dd").remove(at.unwrap_or_else(|| panic!("no {label} in {labels:?}")))
}

async fn what_is_configured_at_the_start_is_shown(app: TestApp) {
    let charlie = app.administrator().await;
    let page = charlie.get("/settings").await;
    for (label, option) in [
        ("Compte de l’entreprise", "--oidc-issuer"),
        ("Métriques", "--metrics-listen"),
        ("Copies de secours", "--emergency-copy"),
    ] {
        assert_eq!(installed(&page, label), format!("Désactivé {option}"));
    }
    assert!(!page.body.contains("Dernière copie de secours"));

    // Another node of the same book, which has all of them.
    let (copies, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "zéphyr-secret").unwrap();
    let node = TestApp::start(
        app.database_url.clone(),
        folder,
        &[
            "--metrics-listen",
            "127.0.0.1:0",
            "--emergency-copy",
            copies.path().to_str().unwrap(),
            "--keep-emergency-copies",
            "3",
            "--public-url",
            "http://127.0.0.1",
            "--oidc-issuer",
            "http://127.0.0.1:9",
            "--oidc-client-id",
            "carnet",
            "--oidc-client-secret-file",
            secret.to_str().unwrap(),
            "--oidc-agents",
            "phones",
        ],
    )
    .await;
    let there = charlie.at(node.address);
    wait_until("the copy of today is written", async || {
        installed(&there.get("/settings").await, "Dernière copie de secours").contains("moins d’une heure")
    })
    .await;
    let page = there.get("/settings").await;
    let company = installed(&page, "Compte de l’entreprise");
    assert!(company.contains("Activé") && company.contains("http://127.0.0.1:9"), "{company}");
    assert!(company.contains("groups"), "{company}");
    assert!(installed(&page, "Métriques").contains("/metrics"));
    let shown = installed(&page, "Copies de secours");
    assert!(shown.contains("les 3 dernières") && shown.contains(copies.path().to_str().unwrap()), "{shown}");
    assert!(!page.body.contains("zéphyr-secret"));

    // A copy that was written three days ago, as if none had been written since.
    let written = std::fs::read_dir(copies.path()).unwrap().next().unwrap().unwrap().path();
    let earlier = std::time::SystemTime::now() - std::time::Duration::from_secs(3 * 86_400 + 60);
    std::fs::File::open(written).unwrap().set_modified(earlier).unwrap();
    let late = installed(&there.get("/settings").await, "Dernière copie de secours");
    assert!(late.contains("il y a 3 jours") && late.ends_with("en retard"), "{late}");
    std::fs::remove_dir_all(copies.path()).unwrap();
    let unknown = installed(&there.get("/settings").await, "Dernière copie de secours");
    assert_eq!(unknown, "Le dossier ne peut pas être lu");
}

async fn the_age_of_the_last_backup_is_shown_where_it_is_known(app: TestApp) {
    let charlie = app.administrator().await;
    let shown = async || installed(&charlie.get("/settings").await, "Dernière sauvegarde");
    if !app.database_url.starts_with("sqlite") {
        assert!(shown().await.contains("PostgreSQL"), "{}", shown().await);
        return;
    }
    assert!(shown().await.contains("Aucune sauvegarde connue"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copie.db");
    let backup = || {
        let url = app.database_url.clone();
        let mut command = carnet(&["backup", file.to_str().unwrap(), "--database-url", &url]);
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    let output = backup().await.unwrap();
    assert_eq!(code(&output), 0, "{}", text(&output));
    assert!(shown().await.contains("il y a moins d’une heure"), "{}", shown().await);
    let earlier = carnet::base::clock::now() - chrono::TimeDelta::hours(5);
    app.db.write(move |conn| settings::set_last_backup(conn, earlier)).await.unwrap();
    assert!(shown().await.contains("il y a 5 heures"), "{}", shown().await);
    // A backup that fails changes nothing.
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert_eq!(code(&backup().await.unwrap()), 2);
    assert!(shown().await.contains("il y a 5 heures"), "{}", shown().await);
}
