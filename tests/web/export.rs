//! Exports of contacts as files, and their import.

use carnet::db::schema::{audit_entries, contacts};
use diesel::prelude::*;
use std::process::Output;

use crate::support::preview::counts;
use crate::support::{Client, TestApp, carnet, code, stderr, stdout, text};

/// Adds a contact by the form.
async fn add(client: &Client, fields: &[(&str, &str)]) {
    let form = client.get("/contacts/new").await;
    let mut typed: Vec<(&str, Option<&str>)> =
        vec![("first_name", Some("Zoé")), ("last_name", Some("Martin"))];
    typed.extend(fields.iter().map(|(name, value)| (*name, Some(*value))));
    if !fields.iter().any(|(name, _)| *name == "email") {
        typed.push(("copy", None));
    }
    let answer = client.submit(&form, "main form", &typed).await;
    assert_eq!(answer.status, 303, "{:?}", answer.errors());
}

/// Adds contacts with values that a file must escape, and with values that the strict file cannot hold.
async fn awkward(client: &Client) {
    add(
        client,
        &[("email", "a@b.fr"), ("phone_work", "+33 1 10 20 30 40"), ("service", "=1+1"), ("city", "-2")],
    )
    .await;
    add(
        client,
        &[
            ("email", "b@b.fr"),
            ("phone_work", "01.10.20.30.41"),
            ("first_name", "'=cmd"),
            ("address", "@x;y"),
        ],
    )
    .await;
    add(
        client,
        &[
            ("email", "c@b.fr"),
            ("first_name", "\"Zoé\" dite \"Z\""),
            ("last_name", "D'Arc"),
            ("city", "''+a"),
        ],
    )
    .await;
    add(client, &[("email", "d@b.fr"), ("phone_work", "+33 (0)1 10 20 30 42"), ("civility", "Mme")]).await;
    add(client, &[("email", "e@b.fr"), ("phone_work", "3639")]).await;
    // These five are left out.
    add(client, &[("email", "f@b.fr"), ("address", "12, rue Haute")]).await;
    add(client, &[("email", "g@b.fr"), ("last_name", "Un-Nom-De-Plus-De-Vingt-Lettres")]).await;
    add(client, &[("email", "h@b.fr"), ("phone_work", "01 10 20 30 40 poste 12")]).await;
    add(client, &[("email", "i@b.fr"), ("phone_work", "0800 CARNET 12")]).await;
    add(client, &[("phone_work", "0110203043")]).await;
}

/// The stored values of all contacts, without their import.
async fn book(app: &TestApp) -> Vec<(i64, String, String, String, String, i64)> {
    app.db
        .read(|conn| {
            let columns = (
                contacts::id,
                contacts::first_name,
                contacts::phone_work,
                contacts::service,
                contacts::city,
                contacts::version,
            );
            Ok(contacts::table.order(contacts::id).select(columns).load(conn)?)
        })
        .await
        .unwrap()
}

async fn told(app: &TestApp, kind: &'static str) -> Vec<String> {
    app.db
        .read(move |conn| {
            let entries = audit_entries::table.filter(audit_entries::kind.eq(kind));
            Ok(entries.order(audit_entries::id).select(audit_entries::subject).load(conn)?)
        })
        .await
        .unwrap()
}

async fn exported(app: &TestApp, arguments: &[&str]) -> Output {
    let mut command = carnet(&["export", "--database-url", &app.database_url]);
    command.args(arguments);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

both_backends!(
    the_strict_file_is_imported_again_without_a_change,
    nothing_of_the_whole_table_is_run_by_a_spreadsheet,
    a_guarded_cell_has_its_own_value_again_when_imported,
    the_same_number_stays_as_it_was_typed,
    the_file_of_cards_has_all_contacts_of_the_filter,
    the_command_writes_the_whole_book,
    a_long_list_is_exported_completely,
);

async fn the_strict_file_is_imported_again_without_a_change(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,Paul,Un,p@b.fr,Voirie,0033110203049,,Lyon\n", false).await;
    awkward(&alice).await;
    let before = book(&app).await;
    let page = alice.get("/contacts/export").await;
    assert!(page.one(".notice").contains("5 contacts ne tiennent pas"), "{}", page.body);
    let strict = page.attributes("a[href*='format=strict']", "href").remove(0);
    let file = alice.get(&strict).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let mut lines: Vec<&str> = file.body.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 6, "{}", file.body);
    assert_eq!(lines[0], ",\"\"\"Zoé\"\" dite \"\"Z\"\"\",D'Arc,c@b.fr,,,,'''+a");
    assert_eq!(lines[1], ",''=cmd,Martin,b@b.fr,,0110203041,@x;y,");
    assert!(lines.contains(&",Zoé,Martin,a@b.fr,=1+1,0033110203040,,-2"), "{lines:?}");
    assert!(lines.contains(&"Mme,Zoé,Martin,d@b.fr,,0033110203042,,"), "{lines:?}");
    assert_eq!(told(&app, "contacts.exported").await, ["strict"]);
    assert_eq!(told(&app, "contacts.export_left_out").await, ["5"]);

    let page = alice.import("retour", file.body, false).await;
    assert_eq!(counts(&page)[..3], [0, 0, 6], "{}", page.body);
    assert_eq!(book(&app).await, before, "nobody has a new version");
}

async fn nothing_of_the_whole_table_is_run_by_a_spreadsheet(app: TestApp) {
    let alice = app.coordinator().await;
    awkward(&alice).await;
    let file = alice.get("/contacts.csv?service=%3D1%2B1").await;
    assert!(
        file.body.starts_with("\u{FEFF}\"Numéro\";\"Carnet d’origine\";\"Civilité\";\"Prénom\";\"Nom\""),
        "{}",
        file.body
    );
    let line = file.body.lines().nth(1).unwrap();
    assert_eq!(file.body.lines().count(), 2);
    assert!(line.contains("\"'=1+1\""), "{line}");
    assert!(
        line.contains("\"+33 1 10 20 30 40\"") && line.contains("\"-2\""),
        "numbers stay as they are: {line}"
    );
    assert!(line.contains("\"oui\"") && line.starts_with('"') && line.ends_with('"'), "{line}");
    let all = alice.get("/contacts.csv").await;
    assert_eq!(all.body.lines().count(), 11);
    assert!(all.body.contains("\"''=cmd\"") && all.body.contains("\"'@x;y\""));
    assert_eq!(told(&app, "contacts.exported").await, ["full", "full"]);
    alice.request(reqwest::Method::HEAD, "/contacts.csv").await;
    assert_eq!(told(&app, "contacts.exported").await.len(), 2, "asking for the heads takes nothing out");
    assert_eq!(alice.get("/contacts.csv?format=xml").await.status, 400);
}

async fn a_guarded_cell_has_its_own_value_again_when_imported(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,'=1+1,'Ndrangheta,a@b.fr,\"'-2\",,,''+x\n", false).await;
    let stored = app
        .db
        .read(|conn| {
            let columns = (contacts::first_name, contacts::last_name, contacts::service, contacts::city);
            Ok(contacts::table.select(columns).first::<(String, String, String, String)>(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(stored, ("=1+1".into(), "'Ndrangheta".into(), "-2".into(), "'+x".into()));
}

async fn the_same_number_stays_as_it_was_typed(app: TestApp) {
    let alice = app.coordinator().await;
    add(&alice, &[("email", "a@b.fr"), ("phone_work", "+33 1 10 20 30 40")]).await;
    let page = alice.import("un", "M.,Zoé,Martin,a@b.fr,Voirie,0033110203040,,\n", false).await;
    assert_eq!(counts(&page)[1], 1);
    assert_eq!(book(&app).await[0].2, "+33 1 10 20 30 40");
    let path = alice.get("/contacts?q=voirie").await.attributes("tbody th a", "href").remove(0);
    let history = alice.get(&format!("{path}/history")).await;
    assert!(!history.body.contains("0033110203040"), "no change is told of the phone");
    alice.import("deux", "M.,Zoé,Martin,a@b.fr,Voirie,0033110203041,,\n", false).await;
    assert_eq!(book(&app).await[0].2, "0033110203041");
}

async fn the_file_of_cards_has_all_contacts_of_the_filter(app: TestApp) {
    let alice = app.coordinator().await;
    awkward(&alice).await;
    let file = alice.get("/contacts.csv?format=vcard").await;
    assert_eq!(file.header("content-type"), "text/vcard; charset=utf-8");
    assert_eq!(file.body.matches("BEGIN:VCARD\r\nVERSION:4.0").count(), 10);
    assert_eq!(
        alice.get("/contacts.csv?format=vcard&city=%27%27%2Ba").await.body.matches("BEGIN:VCARD").count(),
        1
    );
}

async fn the_command_writes_the_whole_book(app: TestApp) {
    let alice = app.coordinator().await;
    awkward(&alice).await;
    let file = alice.get("/contacts.csv?format=strict").await.body;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("carnet.csv");
    let strict = exported(&app, &["--format", "strict", path.to_str().unwrap()]).await;
    assert_eq!(code(&strict), 0, "{}", text(&strict));
    assert_eq!(stdout(&strict), "");
    assert!(stderr(&strict).contains("5 contacts ne tiennent pas"), "{}", text(&strict));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), file);
    let full = exported(&app, &[]).await;
    assert_eq!(code(&full), 0, "{}", text(&full));
    assert_eq!(stdout(&full).lines().count(), 11);
    assert!(stdout(&exported(&app, &["--format", "vcard"]).await).starts_with("BEGIN:VCARD"));
    assert_eq!(told(&app, "contacts.exported").await, ["strict", "strict", "full", "vcard"]);
    let nowhere = exported(&app, &["/nowhere/at/all.csv"]).await;
    assert_eq!(code(&nowhere), 2);
    assert!(stderr(&nowhere).contains("/nowhere/at/all.csv"), "{}", text(&nowhere));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the file");
}

async fn a_long_list_is_exported_completely(app: TestApp) {
    let alice = app.coordinator().await;
    let people: String =
        (0..1_300).map(|n| format!("M.,P,N{:04},n{n}@b.fr,Voirie,,,\n", n * 7 % 1_300)).collect();
    alice.import("un", people.clone(), false).await;
    for filter in ["format=strict", "format=strict&q=voirie", "format=strict&import=un&sort=city"] {
        let file = alice.get(&format!("/contacts.csv?{filter}")).await.body;
        let (mut there, mut here): (Vec<&str>, Vec<&str>) =
            (file.lines().collect(), people.lines().collect());
        there.sort_unstable();
        here.sort_unstable();
        assert_eq!(there, here, "{filter}");
    }
}
