//! The log of changes: what is recorded, how it is searched and exported, and that it never changes.

use carnet::audit;
use carnet::audit::{Entry, Kind};
use carnet::db::AnyConnection;
use carnet::db::schema::audit_entries;
use carnet::domain::{Change, Field};
use diesel::prelude::*;

use crate::support::{Client, PASSWORD, Page, TestApp};
use carnet::book::write;

/// The actions with their subject, and their authors: `Utilisateur ajouté · alice` by `Carnet`.
fn told(page: &Page) -> Vec<(String, String)> {
    let what = page.select(".history > li > p:first-child");
    let by = page.select(".history > li > p.muted bdi");
    assert_eq!(what.len(), by.len());
    what.into_iter().zip(by).collect()
}

fn whats(page: &Page) -> Vec<String> {
    page.select(".history strong")
}

/// The rows of a French file, each as a list of its cells.
fn rows(file: &str) -> Vec<Vec<String>> {
    let text = file.strip_prefix('\u{FEFF}').unwrap();
    text.split_terminator("\r\n")
        .map(|line| {
            let line = line.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
            line.split("\";\"").map(|cell| cell.replace("\"\"", "\"")).collect()
        })
        .collect()
}

async fn account(app: &TestApp, name: &'static str) -> i64 {
    use carnet::db::schema::accounts;
    app.db
        .read(move |conn| {
            Ok(accounts::table.filter(accounts::username.eq(name)).select(accounts::id).first(conn)?)
        })
        .await
        .unwrap()
}

async fn record(app: &TestApp, entries: Vec<Entry>) {
    app.db.write(move |conn| audit::record(conn, &entries)).await.unwrap();
}

async fn add_contact(client: &Client, last_name: &str, email: &str) -> String {
    let form = client.get("/contacts/new").await;
    let typed = [("first_name", Some("Zoé")), ("last_name", Some(last_name)), ("email", Some(email))];
    let saved = client.submit(&form, "main form", &typed).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    saved.location()
}

fn id_of(path: &str) -> i64 {
    path.rsplit_once('/').unwrap().1.parse().unwrap()
}

fn execute(conn: &mut AnyConnection, sql: &str) -> QueryResult<usize> {
    match conn {
        AnyConnection::Postgres(conn) => diesel::sql_query(sql).execute(conn),
        AnyConnection::Sqlite(conn) => diesel::sql_query(sql).execute(conn),
    }
}

both_backends!(
    everything_that_people_do_is_in_the_log,
    the_log_is_filtered_by_each_condition_and_by_all,
    a_wrong_day_is_reported_at_its_field_and_nothing_is_lost,
    the_log_has_pages,
    the_log_is_a_table_that_a_spreadsheet_opens_and_does_not_run,
    the_exported_table_has_every_entry_of_a_long_log_once,
    the_log_never_changes_except_for_values_of_erased_people,
    failed_actions_are_not_in_the_log,
    a_contact_that_no_longer_exists_is_shown_as_erased,
    hostile_text_is_shown_in_the_log_as_text,
    only_administrators_have_links_to_the_log,
    the_store_records_what_it_does,
);

async fn everything_that_people_do_is_in_the_log(app: TestApp) {
    let alice = app.coordinator().await;
    let charlie = app.administrator().await;
    let path = add_contact(&alice, "Martin", "zoe@mairie.example").await;
    let edit = alice.get(&format!("{path}/edit")).await;
    alice.submit(&edit, "main form", &[("city", Some("Lyon"))]).await;
    let list = alice.get("/contacts").await;
    alice
        .submit(&list, "main form[method=post]", &[("transfer", Some(path.rsplit_once('/').unwrap().1))])
        .await;
    let page = alice.get(&path).await;
    alice.post(&page, &format!("{path}/notes"), &[("note", "À rappeler")]).await;
    let note = alice.get(&path).await.attributes(".note a[href$=edit]", "href").remove(0);
    let note = note.strip_suffix("/edit").unwrap();
    let form = alice.get(&format!("{note}/edit")).await;
    alice.submit(&form, "main form", &[("note", Some("Rappelée"))]).await;
    alice.post(&page, &format!("{note}/delete"), &[]).await;
    alice.post(&page, &format!("{path}/delete"), &[]).await;
    alice.import("juin2026", "Mme,Zoé,Martin,zoe@mairie.example,Voirie,,,\n", false).await;
    let new = charlie.get("/users/new").await;
    charlie
        .submit(
            &new,
            "main form",
            &[("username", Some("dora")), ("role", Some("agent")), ("password", Some(PASSWORD))],
        )
        .await;
    let dora = format!("/users/{}", account(&app, "dora").await);
    let user = charlie.get(&dora).await;
    charlie
        .submit_and_confirm(&user, "main form", &[("role", Some("coordinator")), ("disabled", Some("on"))])
        .await;
    charlie.submit(&user, "main form", &[("role", Some("coordinator")), ("disabled", Some("on"))]).await;
    charlie.post(&user, &format!("{dora}/password"), &[("password", PASSWORD)]).await;
    let own = charlie.get("/account").await;
    charlie.post(&own, "/account/password", &[("current_password", PASSWORD), ("password", PASSWORD)]).await;
    let settings = charlie.get("/settings").await;
    charlie.submit(&settings, "main form", &[("default_country", Some("BE"))]).await;
    charlie.get("/audit.csv").await;

    let page = charlie.get("/audit").await;
    let expected = [
        ("Journal d’activité exporté", "charlie"),
        ("Numéros relus · relus\u{A0}: 0\u{202F}; changés\u{A0}: 0", "charlie"),
        ("Paramètres modifiés", "charlie"),
        ("Mot de passe défini ou changé · charlie", "charlie"),
        ("Mot de passe défini ou changé · dora", "charlie"),
        ("Utilisateur modifié · dora", "charlie"),
        ("Utilisateur ajouté · dora", "charlie"),
        ("Import terminé · import juin2026", "alice"),
        ("Contact restauré · Zoé Martin · import juin2026", "alice"),
        ("Import commencé · import juin2026", "alice"),
        ("Contact mis à la corbeille · Zoé Martin", "alice"),
        ("Note supprimée · Zoé Martin", "alice"),
        ("Note modifiée · Zoé Martin", "alice"),
        ("Note ajoutée · Zoé Martin", "alice"),
        ("Contact modifié · Zoé Martin", "alice"),
        ("Contact modifié · Zoé Martin", "alice"),
        ("Contact ajouté · Zoé Martin", "alice"),
        ("Utilisateur ajouté · charlie", "Carnet"),
        ("Utilisateur ajouté · alice", "Carnet"),
    ]
    .map(|(what, by)| (what.to_owned(), by.to_owned()));
    assert_eq!(told(&page), expected);
    let changes = page.select(".changes > div");
    for change in [
        "Pays par défautFrance devient→ Belgique",
        "RôleAgent devient→ Coordinateur",
        "Désactivénon devient→ oui",
        "Rôle– devient→ Agent",
        "Ville– devient→ Lyon",
        "Transfertnon devient→ oui",
    ] {
        assert!(changes.iter().any(|told| told == change), "{change}: {changes:?}");
    }
    assert!(!page.body.contains("rappeler"), "what a note says is its author's");
    let links = page.attributes(".history a", "href");
    assert!(links.contains(&path) && links.contains(&"/imports/1".to_owned()), "{links:?}");
}

async fn the_log_is_filtered_by_each_condition_and_by_all(app: TestApp) {
    let alice = app.coordinator().await;
    let charlie = app.administrator().await;
    let martin = add_contact(&alice, "Martin", "zoe@mairie.example").await;
    let other = add_contact(&charlie, "Autre", "autre@mairie.example").await;
    let edit = alice.get(&format!("{martin}/edit")).await;
    alice.submit(&edit, "main form", &[("city", Some("Lyon"))]).await;
    let (by, id) = (account(&app, "alice").await, id_of(&martin));

    let count = async |query: &str| whats(&charlie.get(&format!("/audit{query}")).await).len();
    assert_eq!(count("").await, 5);
    assert_eq!(count(&format!("?account={by}")).await, 2);
    assert_eq!(count("?account=carnet").await, 2);
    assert_eq!(count("?kind=contact.added").await, 2);
    assert_eq!(count(&format!("?contact={id}")).await, 2);
    assert_eq!(count(&format!("?contact={id}&kind=contact.added&account={by}")).await, 1);
    assert_eq!(count(&format!("?contact={}&account={by}", id_of(&other))).await, 0);
    let now = carnet::base::clock::local(carnet::base::clock::now());
    let (today, french) = (now.format("%Y-%m-%d"), now.format("%d/%m/%Y"));
    assert_eq!(count(&format!("?since={today}&until={french}")).await, 5, "both days are included");
    assert_eq!(count("?until=2001-12-31").await, 0);
    assert_eq!(count("?since=31/12/2199").await, 0);
    assert_eq!(count("?account=&contact=&kind=&since=&until=").await, 5, "an untouched form narrows nothing");

    let path = format!("/audit?account={by}&contact={id}&kind=contact.edited&since={today}");
    let page = charlie.get(&path).await;
    assert_eq!(page.attributes("option[selected]", "value"), [by.to_string(), "contact.edited".to_owned()]);
    assert_eq!(page.attributes("#since", "value"), [today.to_string()]);
    assert_eq!(page.attributes("form input[name=contact]", "value"), [id.to_string()]);
    assert!(page.one(".chip").contains("Zoé Martin"));
    let without = page.attributes(".chip", "href").remove(0);
    assert_eq!(without, format!("/audit?account={by}&kind=contact.edited&since={today}"));
    let none = charlie.get("/audit?kind=trash.emptied").await;
    assert!(none.one(".empty").contains("Rien dans le journal"));
    assert_eq!(none.attributes(".empty a", "href"), ["/audit"]);
}

async fn a_wrong_day_is_reported_at_its_field_and_nothing_is_lost(app: TestApp) {
    let charlie = app.administrator().await;
    let page = charlie.get("/audit?kind=account.added&since=31%2F02%2F2026&until=2026-06-30").await;
    assert_eq!(page.status, 422);
    assert_eq!(page.errors().len(), 1);
    assert!(page.one("#since-error").contains("30/06/2026"));
    assert_eq!(page.attributes("#since", "value"), ["31/02/2026"]);
    assert_eq!(page.attributes("#since", "type"), ["text"], "a control for days would not show it");
    assert_eq!(page.attributes("#until", "value"), ["2026-06-30"]);
    assert_eq!(page.attributes("#until", "type"), ["date"]);
    assert_eq!(page.attributes("option[selected]", "value"), ["account.added"]);
    let page = charlie.get("/audit?since=2026-07-01&until=2026-06-30").await;
    assert!(page.one("#until-error").contains("avant le début"));
    let export = charlie.get("/audit.csv?since=hier").await;
    assert_eq!(export.location(), "/audit?since=hier");
    assert_eq!(charlie.get("/audit?before=x&account=y&contact=z&kind=k").await.status, 200);
}

async fn the_log_has_pages(app: TestApp) {
    let charlie = app.administrator().await;
    let by = account(&app, "charlie").await;
    record(
        &app,
        (0..120)
            .map(|index| Entry::new(Kind::OrganizationEdited, Some(by)).subject(format!("N{index}")))
            .collect(),
    )
    .await;
    let mut path = format!("/audit?account={by}&kind=organization.edited");
    let mut seen = Vec::new();
    for (length, previous) in [(50, false), (50, true), (20, true)] {
        let page = charlie.get(&path).await;
        let names = page.select(".history > li > p:first-child bdi");
        assert_eq!(names.len(), length);
        seen.extend(names);
        let first = format!("/audit?account={by}&kind=organization.edited");
        assert_eq!(page.attributes(".paging a", "href").contains(&first), previous);
        if let Some(next) = page.attributes("a[rel=next]", "href").pop() {
            path = next;
        }
    }
    let expected: Vec<String> = (0..120).rev().map(|index| format!("N{index}")).collect();
    assert_eq!(seen, expected);
    let beyond = charlie.get("/audit?before=1").await;
    assert_eq!(beyond.attributes(".empty a", "href"), ["/audit"]);
}

async fn the_log_is_a_table_that_a_spreadsheet_opens_and_does_not_run(app: TestApp) {
    let alice = app.coordinator().await;
    let charlie = app.administrator().await;
    let path = add_contact(&alice, "Martin", "zoe@mairie.example").await;
    let edit = alice.get(&format!("{path}/edit")).await;
    let typed = [("service", Some("=HYPERLINK(\"http://evil\")")), ("city", Some("A; \"B\""))];
    alice.submit(&edit, "main form", &typed).await;
    let id = id_of(&path);
    let answer = charlie.get(&format!("/audit.csv?contact={id}")).await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert!(answer.header("content-disposition").contains("attachment; filename=\"journal.csv\""));
    let rows = rows(&answer.body);
    assert_eq!(
        rows[0],
        ["Date", "Personne", "Action", "Contact", "Import", "Objet", "Champ", "Avant", "Après"]
    );
    let cells: Vec<&[String]> = rows[1..].iter().map(|row| &row[1..]).collect();
    let id = id.to_string();
    assert_eq!(
        cells,
        [
            ["charlie", "Journal d’activité exporté", &id, "", "", "", "", ""],
            ["alice", "Contact modifié", &id, "", "", "Service", "–", "'=HYPERLINK(\"http://evil\")"],
            ["alice", "Contact modifié", &id, "", "", "Ville", "–", "A; \"B\""],
            ["alice", "Contact ajouté", &id, "", "", "", "", ""],
        ]
    );
    let now = carnet::base::clock::local(carnet::base::clock::now()).format("%Y-%m-%d ").to_string();
    assert!(rows[1][0].starts_with(&now) && rows[1][0].len() == 19, "{:?}", rows[1]);

    let english = charlie
        .raw(reqwest::Method::GET, "/audit.csv?kind=contact.added")
        .header("accept-language", "en")
        .send()
        .await
        .unwrap();
    let english = english.text().await.unwrap();
    assert!(english.starts_with("\u{FEFF}\"Date\",\"Person\",\"Action\","), "{english}");
    assert_eq!(english.lines().count(), 2);
}

async fn the_exported_table_has_every_entry_of_a_long_log_once(app: TestApp) {
    let charlie = app.administrator().await;
    record(
        &app,
        (0..1_000)
            .map(|index| Entry::new(Kind::OrganizationEdited, None).subject(format!("N{index}")))
            .collect(),
    )
    .await;
    let answer = charlie.get("/audit.csv?account=carnet&kind=organization.edited").await;
    let subjects: Vec<String> = rows(&answer.body)[1..].iter().map(|row| row[5].clone()).collect();
    let expected: Vec<String> = (0..1_000).rev().map(|index| format!("N{index}")).collect();
    assert_eq!(subjects, expected);
}

async fn the_log_never_changes_except_for_values_of_erased_people(app: TestApp) {
    app.administrator().await;
    let change = Change { field: "city".into(), old: String::new(), new: "Lyon".into() };
    record(&app, vec![Entry::new(Kind::ContactEdited, None).contact(7).version(2).changes(vec![change])])
        .await;
    for sql in [
        "DELETE FROM audit_entries",
        "DELETE FROM audit_entries WHERE contact_id = 7",
        "UPDATE audit_entries SET subject = 'x'",
        "UPDATE audit_entries SET at = '2001-01-01 00:00:00'",
        "UPDATE audit_entries SET kind = 'contact.added'",
        "UPDATE audit_entries SET account_id = NULL WHERE account_id IS NOT NULL OR contact_id = 7",
        "UPDATE audit_entries SET account_id = 1 WHERE contact_id = 7",
        "UPDATE audit_entries SET contact_id = 8",
        "UPDATE audit_entries SET contact_id = NULL WHERE contact_id = 7",
        "UPDATE audit_entries SET version = NULL WHERE contact_id = 7",
        "UPDATE audit_entries SET changes = '[]' WHERE contact_id = 7",
        "UPDATE audit_entries SET changes = NULL, subject = 'x' WHERE contact_id = 7",
    ] {
        let refused = app.db.write(move |conn| Ok(execute(conn, sql)?)).await;
        assert!(refused.is_err(), "{sql}");
        assert!(format!("{:?}", refused.unwrap_err()).contains("the history is only added to"), "{sql}");
    }
    if app.database_url.starts_with("postgres") {
        let refused = app.db.write(|conn| Ok(execute(conn, "TRUNCATE audit_entries")?)).await;
        assert!(refused.is_err());
    }
    let forgotten = app.db.write(|conn| audit::forgetting::forget_values(conn, &[7])).await.unwrap();
    assert_eq!(forgotten, 1);
    let left: (String, Option<String>) = app
        .db
        .read(|conn| {
            let row = audit_entries::table.filter(audit_entries::contact_id.eq(7));
            Ok(row.select((audit_entries::kind, audit_entries::changes)).first(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(left, ("contact.edited".to_owned(), None));
}

async fn failed_actions_are_not_in_the_log(app: TestApp) {
    let charlie = app.administrator().await;
    app.add_account("alice", carnet::domain::Role::Coordinator).await;
    app.add_account("alice", carnet::domain::Role::Coordinator).await;
    let before = told(&charlie.get("/audit").await).len();
    let new = charlie.get("/users/new").await;
    charlie
        .submit(
            &new,
            "main form",
            &[("username", Some("ALICE")), ("role", Some("agent")), ("password", Some(PASSWORD))],
        )
        .await;
    let own = charlie.get(&format!("/users/{}", account(&app, "charlie").await)).await;
    charlie.submit(&own, "main form", &[("role", Some("agent"))]).await;
    charlie.submit(&own, "main form", &[]).await;
    assert_eq!(told(&charlie.get("/audit").await).len(), before);
}

async fn a_contact_that_no_longer_exists_is_shown_as_erased(app: TestApp) {
    let charlie = app.administrator().await;
    record(&app, vec![Entry::new(Kind::ContactErased, None).contact(12)]).await;
    let page = charlie.get("/audit?contact=12").await;
    assert_eq!(told(&page)[0].0, "Contact supprimé définitivement · contact supprimé définitivement");
    assert!(page.one(".chip").contains("contact supprimé définitivement"));
    assert!(page.attributes(".history a", "href").is_empty());
}

async fn hostile_text_is_shown_in_the_log_as_text(app: TestApp) {
    let charlie = app.administrator().await;
    let path = add_contact(&charlie, "</bdi><script>alert(1)</script>", "x@mairie.example").await;
    let change = Change { field: "<i>field".into(), old: "<b>old".into(), new: "\"><b>new".into() };
    let entry = Entry::new(Kind::OrganizationEdited, None).subject("<u>subject").changes(vec![change]);
    record(&app, vec![entry]).await;
    let page = charlie.get(&format!("/audit?since=%22%3E%3Cb%3E&contact={}", id_of(&path))).await;
    assert_eq!(page.attributes("#since", "value"), ["\"><b>"]);
    let all = charlie.get("/audit").await;
    for page in [page, all] {
        assert!(page.select("main script, main b, main i, main u").is_empty(), "{}", page.body);
    }
}

async fn only_administrators_have_links_to_the_log(app: TestApp) {
    let alice = app.coordinator().await;
    let path = add_contact(&alice, "Martin", "zoe@mairie.example").await;
    let history = format!("{path}/history");
    let links = |page: &Page| page.attributes("a[href^='/audit']", "href");
    assert!(links(&alice.get(&history).await).is_empty());
    assert_eq!(alice.get("/audit.csv").await.status, 403);
    let charlie = app.administrator().await;
    assert_eq!(links(&charlie.get(&history).await), ["/audit", &format!("/audit?contact={}", id_of(&path))]);
    assert_eq!(charlie.get("/audit").await.one(".menu [aria-current]"), "Journal d’activité");
}

async fn the_store_records_what_it_does(app: TestApp) {
    app.administrator().await;
    let by = account(&app, "charlie").await;
    let kinds: Vec<String> = app
        .db
        .write(move |conn| {
            let mut submission = write::Submission::default();
            submission.details.set(Field::Civility, "Mme");
            let write::Created::New(id) = write::create(conn, &submission, by)? else { unreachable!() };
            write::delete(conn, id, by)?;
            write::delete(conn, id, by)?;
            write::restore(conn, id, by)?;
            write::restore(conn, id, by)?;
            let of_contact = audit_entries::table.filter(audit_entries::contact_id.eq(id));
            Ok(of_contact.order(audit_entries::id).select(audit_entries::kind).load(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(kinds, ["contact.added", "contact.deleted", "contact.restored"]);
}
