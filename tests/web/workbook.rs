//! Exports of contacts as Excel workbooks, read back and compared with the CSV table.

use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use carnet::db::schema::{audit_entries, contacts};
use carnet::domain::unguarded;
use carnet::i18n::Locale;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use reqwest::Method;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap};

use crate::support::book::{in_use, signed_in};
use crate::support::contact_types::add_type;
use crate::support::contacts::{add, id};
use crate::support::process::{CARNET, Served, on_small_disk};
use crate::support::{Backend, Client, TestApp, carnet, code, left_out, stderr, stdout, text};

const EVERY_KIND: [(&str, &str, &str, bool); 11] = [
    ("Raison sociale", "text", "", false),
    ("Remarques", "text_area", "", false),
    ("SIRET", "identifier", "", false),
    ("Étiquettes", "tag", "", false),
    ("Effectif", "integer", "", false),
    ("Taux", "number", "", false),
    ("Depuis", "date", "", false),
    ("Rendez-vous", "date_time", "", false),
    ("Agréé", "check_box", "", false),
    ("Niveau", "list", "Or\nArgent\n=1+1", false),
    ("Fiche", "url", "", false),
];

/// A download with its headers.
async fn download(client: &Client, path: &str) -> (HeaderMap, Vec<u8>) {
    let request = client.raw(Method::GET, path).header(ACCEPT_ENCODING, "gzip");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    (answer.headers().clone(), answer.bytes().await.unwrap().to_vec())
}

/// The cells of the only sheet, none of which is a formula.
fn cells(bytes: &[u8]) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    assert_eq!(workbook.sheet_names(), ["Contacts"]);
    assert!(workbook.worksheet_formula("Contacts").unwrap().is_empty());
    workbook.worksheet_range("Contacts").unwrap().rows().map(<[Data]>::to_vec).collect()
}

/// The cells of the CSV table without the apostrophes that protect them.
fn csv_cells(body: &str) -> Vec<Vec<String>> {
    let body = body.strip_prefix('\u{FEFF}').unwrap();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(body.as_bytes());
    reader
        .records()
        .map(|record| record.unwrap().iter().map(|cell| unguarded(cell).into_owned()).collect())
        .collect()
}

/// The moment of a cell, to the second.
fn moment(days: f64) -> NaiveDateTime {
    let zero = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap().and_hms_opt(0, 0, 0).unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "seconds of a date")]
    let seconds = (days * 86_400.0).round() as i64;
    zero + TimeDelta::seconds(seconds)
}

/// The texts by which the CSV table may write a cell.
fn in_words(cell: &Data) -> Vec<String> {
    match cell {
        Data::Empty => vec![String::new()],
        Data::String(text) => vec![text.clone()],
        Data::Float(number) => {
            let text = number.to_string();
            let mut words = vec![text.replace('.', ",")];
            words.extend(text.parse().map(|whole| Locale::Fr.number(whole)));
            words
        }
        Data::DateTime(time) => {
            let time = moment(time.as_f64());
            vec![
                time.format("%Y-%m-%d").to_string(),
                time.format("%Y-%m-%d %H:%M:%S").to_string(),
                Locale::Fr.date(time.date()),
                Locale::Fr.clock_time(time),
            ]
        }
        other => panic!("{other:?}"),
    }
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

async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn export(url: &str, arguments: &[&str]) -> Command {
    let mut command = carnet(&["export", "--format", "xlsx", "--database-url", url]);
    command.args(arguments);
    command
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

both_backends!(
    every_cell_is_that_of_the_csv_table,
    the_workbook_of_a_filter_is_offered_sent_whole_and_recorded,
    more_contacts_than_the_limit_are_refused_with_a_way_to_continue,
    a_client_that_leaves_blocks_no_other,
    the_command_writes_the_workbook,
);

async fn every_cell_is_that_of_the_csv_table(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_type(&charlie, "Prestataire", &EVERY_KIND).await;
    let first = add(
        &alice,
        &[
            ("first_name", "=cmd|'/C calc'!A0"),
            ("last_name", "👩‍👩‍👧 \u{5e9}\u{5dc}\u{5d5}\u{5dd}"),
            ("email", "a@b.fr"),
            ("phone_work", "+33 1 10 20 30 40"),
            ("phone_home", "0110203041"),
            ("service", "@SUM(1+1)"),
            ("address", "-2 rue \"Haute\"; <b>&amp;"),
            ("postal_code", "01000"),
            ("city", "'=1"),
            ("title", "_x0041_ https://evil.example"),
        ],
    )
    .await;
    let second =
        add(&alice, &[("first_name", "Zoé"), ("last_name", "Martin"), ("email", "b@b.fr"), ("city", "12")])
            .await;
    let edit = alice.get(&format!("{second}/edit")).await;
    let shown = alice.submit(&edit, "main form", &[("contact_type", Some("Prestataire"))]).await;
    let filled = [
        ("custom_raison_sociale", Some("+1+1")),
        ("custom_remarques", Some("un\r\n=deux\r\n\r\ntrois")),
        ("custom_siret", Some("000732829320")),
        ("custom_etiquettes", Some("chaudière, gaz")),
        ("custom_effectif", Some("1240")),
        ("custom_taux", Some("3,50")),
        ("custom_depuis", Some("2026-06-30")),
        ("custom_rendez_vous", Some("2026-06-30T09:41")),
        ("custom_agree", Some("on")),
        ("custom_niveau", Some("=1+1")),
        ("custom_fiche", Some("https://a.fr/x")),
    ];
    let saved = alice.submit(&shown, "main form", &filled).await;
    assert_eq!(saved.status, 303, "{:?}", saved.errors());
    // Values that no form takes.
    let (first, second) = (id(&first), id(&second));
    app.db
        .write(move |conn| {
            let day = |day| NaiveDate::from_ymd_opt(2026, 12, day);
            diesel::update(contacts::table.find(first))
                .set((
                    contacts::absent_from.eq(day(1)),
                    contacts::absent_until.eq(day(24)),
                    contacts::substitute_id.eq(second),
                    contacts::social_line.eq("a\u{1}b\u{b}\u{1f}c\u{ffff}\tend "),
                ))
                .execute(conn)?;
            diesel::update(contacts::table.find(second))
                .set(contacts::topics.eq(format!("eau\ngaz\n{}", "é".repeat(40_000))))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();

    let table = csv_cells(&alice.get("/contacts.csv").await.body);
    let workbook = cells(&download(&alice, "/contacts.xlsx").await.1);
    assert_eq!((table.len(), workbook.len()), (3, 3));
    let (mut dates, mut numbers, mut cut) = (0, 0, 0);
    for (line, row) in table.iter().zip(&workbook) {
        assert_eq!(line.len(), row.len());
        for ((words, cell), heading) in line.iter().zip(row).zip(&table[0]) {
            match cell {
                Data::DateTime(_) => dates += 1,
                Data::Float(_) => numbers += 1,
                _ => {}
            }
            if words.chars().count() > 32_767 {
                let Data::String(text) = cell else { panic!("{heading}: {cell:?}") };
                let kept = text.strip_suffix(" […] (suite dans le tableau CSV)").unwrap();
                assert!(words.starts_with(kept) && kept.chars().count() > 32_000);
                cut += 1;
            } else {
                // What looks like a guard has one more apostrophe, as the reader of lists takes one away.
                let is_same = in_words(cell).iter().any(|cell| unguarded(cell) == words.as_str());
                assert!(is_same, "{heading}: {cell:?} is not {words:?}");
            }
        }
    }
    // Two days of absence, the type's two dates, and of each contact when it was created and changed.
    assert_eq!((dates, numbers, cut), (8, 2, 1));
}

async fn the_workbook_of_a_filter_is_offered_sent_whole_and_recorded(app: TestApp) {
    let alice = app.coordinator().await;
    let lines: String =
        (0..1_300).map(|n| format!("M.,P,N{n:04},n{n}@b.fr,{},,,\n", ["Voirie", "Eau"][n % 2])).collect();
    alice.import("un", lines, false).await;
    let page = alice.get("/contacts/export?service=voirie").await;
    assert_eq!(page.one("#excel"), "Excel (.xlsx)");
    let path = page.attributes("[aria-labelledby=excel] a.button", "href").remove(0);
    assert_eq!(path, "/contacts.xlsx?service=voirie");
    let (headers, bytes) = download(&alice, &path).await;
    assert_eq!(headers["content-type"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    assert!(headers["content-disposition"].to_str().unwrap().contains("filename=\"contacts.xlsx\""));
    assert_eq!(headers["content-length"], bytes.len().to_string(), "it is not compressed again");
    let rows = cells(&bytes);
    assert_eq!(rows.len(), 651, "more than a batch, and a heading");
    let table = csv_cells(&alice.get("/contacts.csv?service=voirie").await.body);
    for (line, row) in table.iter().zip(&rows) {
        assert!(in_words(&row[3]).contains(&line[3]), "in the same order");
    }
    assert_eq!(told(&app, "contacts.exported").await, ["xlsx", "full"]);
    let nobody = cells(&download(&alice, "/contacts.xlsx?service=nobody").await.1);
    assert_eq!(nobody.len(), 1, "the heading alone");
    alice.request(Method::HEAD, "/contacts.xlsx").await;
    assert_eq!(told(&app, "contacts.exported").await.len(), 3, "asking for the heads takes nothing out");
    let log = app.administrator().await.get("/audit?kind=contacts.exported").await;
    assert!(log.body.contains("fichier Excel"), "{}", log.body);
    assert_eq!(alice.get("/contacts.csv?format=xlsx").await.status, 400);
    assert_eq!(app.agent().await.get("/contacts.xlsx").await.status, 403);
    assert_eq!(app.stranger().get("/contacts.xlsx").await.status, 303);
}

async fn more_contacts_than_the_limit_are_refused_with_a_way_to_continue(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,A,B,a@b.fr,Voirie,,,\n", false).await;
    // The number of contacts, as it is kept beside them. On PostgreSQL the one of the import is added.
    let many = "INSERT INTO book_counts (kind, value_key, n) VALUES ('book', '', 100001)
                ON CONFLICT (kind, value_key) DO UPDATE SET n = 100001";
    app.db.write(move |conn| Ok(conn.batch_execute(many)?)).await.unwrap();
    let refused = alice.get("/contacts.xlsx").await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.one("#refused"), "Trop de contacts pour un fichier Excel");
    let words = refused.one("[aria-labelledby=refused] p:first-of-type");
    for part in ["100\u{202F}000 contacts au plus", "avec un filtre", "(CSV)", "carnet export --format xlsx"]
    {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!(refused.attributes("[aria-labelledby=refused] a", "href"), ["/contacts"]);
    assert_eq!(refused.attributes("[aria-labelledby=full] a", "href"), ["/contacts.csv?format=full"]);
    assert!(told(&app, "contacts.exported").await.is_empty(), "nothing was exported");
    let page = alice.get("/contacts/export").await;
    assert!(page.select("a[href^='/contacts.xlsx']").is_empty(), "what leads nowhere is not drawn");
    assert!(page.one("[aria-labelledby=excel] .notice").contains("100\u{202F}000"));
    assert_eq!(cells(&download(&alice, "/contacts.xlsx?service=voirie").await.1).len(), 2);
}

async fn a_client_that_leaves_blocks_no_other(app: TestApp) {
    let alice = app.coordinator().await;
    let lines: String = (0..1_500).map(|n| format!("M.,P,N{n:04},n{n}@b.fr,Voirie,,,\n")).collect();
    alice.import("un", lines, false).await;
    for _ in 0..4 {
        let request = alice.raw(Method::GET, "/contacts.xlsx").timeout(Duration::from_millis(50));
        assert!(request.send().await.is_err(), "it left");
    }
    let rows = cells(&download(&alice, "/contacts.xlsx").await.1);
    assert_eq!(rows.len(), 1_501);
}

async fn the_command_writes_the_workbook(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", "M.,A,B,a@b.fr,Voirie,0110203040,,\n", false).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("carnet.xlsx");
    let written = run(export(&app.database_url, &[path.to_str().unwrap()])).await;
    assert_eq!((code(&written), text(&written).as_str()), (0, ""));
    let rows = cells(&std::fs::read(&path).unwrap());
    assert_eq!(rows.len(), 2);
    assert!(rows[1].contains(&Data::String("0110203040".to_owned())), "{:?}", rows[1]);
    let printed = run(export(&app.database_url, &[])).await;
    assert_eq!(code(&printed), 0, "{}", stderr(&printed));
    assert_eq!(cells(&printed.stdout), rows);
    let nowhere = run(export(&app.database_url, &["/nowhere/at/all.xlsx"])).await;
    assert_eq!(code(&nowhere), 2);
    assert!(stderr(&nowhere).contains("/nowhere/at/all.xlsx"), "{}", text(&nowhere));
    assert_eq!(files(folder.path()), ["carnet.xlsx"], "nothing is left beside the file");
    assert_eq!(told(&app, "contacts.exported").await, ["xlsx"; 3]);
}

#[actix_web::test]
async fn a_killed_export_leaves_no_temporary_file() {
    let book = in_use(Backend::Sqlite).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for pause in [30, 100, 300, 1_000] {
        let mut command = export(&book.url, &[]);
        command.env("TMPDIR", folder.path()).stdout(Stdio::null());
        let mut process = command.spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(pause)).await;
        process.kill().unwrap();
        process.wait().unwrap();
        assert_eq!(files(folder.path()), [""; 0], "after {pause} ms");
    }
}

#[actix_web::test]
async fn a_full_disk_is_reported_by_the_command_and_nothing_is_left_of_the_workbook() {
    let book = in_use(Backend::Sqlite).await.unwrap();
    let disk = tempfile::tempdir().unwrap();
    if on_small_disk(disk.path(), 1, "").is_none() {
        return left_out("a name space with a disk of its own");
    }
    let file = disk.path().join("carnet.xlsx");
    // The disk of the file is full, or that of the temporary files.
    for (size, temporary) in [("16k", std::env::temp_dir()), ("256k", disk.path().to_owned())] {
        let script = format!(
            "mount -t tmpfs -o size={size} carnet '{0}' && {{ '{CARNET}' export --format xlsx '{1}' \
             --database-url '{2}'; code=$?; ls -A '{0}'; exit $code; }}",
            disk.path().display(),
            file.display(),
            book.url
        );
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", &script]);
        let output = command.env("LANG", "fr_FR.UTF-8").env("TMPDIR", temporary).output().unwrap();
        assert_eq!(code(&output), 3, "{}", text(&output));
        assert!(stderr(&output).contains("est plein"), "{}", text(&output));
        assert!(!stderr(&output).contains("panicked"), "{}", text(&output));
        assert_eq!(stdout(&output), "", "nothing is left");
    }
}

#[actix_web::test]
async fn a_full_disk_is_a_page_that_says_so() {
    let book = in_use(Backend::Sqlite).await.unwrap();
    let disk = tempfile::tempdir().unwrap();
    let arguments = format!("serve --listen 127.0.0.1:0 --database-url {}", book.url);
    let Some(mut command) = on_small_disk(disk.path(), 1, &arguments) else {
        return left_out("a name space with a disk of its own");
    };
    command.env("TMPDIR", disk.path()).env("LANG", "fr_FR.UTF-8");
    let served = Served::start(command);
    let alice = signed_in(&served).await;
    let page = alice.get("/contacts.xlsx").await;
    assert_eq!(page.status, 507, "{}", page.body);
    assert_eq!(page.one("h1"), "Le disque du serveur est plein");
    assert_eq!(cells(&download(&alice, "/contacts.xlsx?service=cabinet").await.1).len(), 11);
}
