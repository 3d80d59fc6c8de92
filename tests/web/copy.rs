//! `carnet copy`: from SQLite to PostgreSQL and back, with everything that a book can hold.

use std::collections::BTreeSet;
use std::process::Output;

use carnet::app::data_transfer::schema;
use carnet::app::data_transfer::schema::{DERIVED, LEFT_OUT, TABLES};
use carnet::db::AnyConnection;
use carnet::db::schema::{contacts, import_undos, jobs};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use tempfile::TempDir;

use crate::support::book::{Book, in_use, signed_in};
use crate::support::dump::{columns, count_again, hold_together, lines, open, tables};
use crate::support::process::Served;
use crate::support::waiting::wait_until;
use crate::support::{Backend, TestApp, carnet, code, database, left_out, stderr, stdout, text};

/// Rows that the pages did not make: every table has some, times with and without fractions, texts in all scripts, references to
/// later contacts, ids of deleted rows.
const EVERYTHING: &str = "
    UPDATE contacts SET title = 'Archiviste', city = 'Çà et là', topics = 'État civil\nPaie', languages = 'Español',
        substitute_id = 2900, absent_from = '2026-01-02', absent_until = '2099-12-31', sms_work = 1,
        external_url = 'https://exemple.fr/?a=b&c', checked_at = '2026-01-02 03:04:05', checked_by = 1,
        email_personal = 'p@exemple.fr', former_emails = 'vieux@b.fr', phone_cell = '06 12 34 56 78',
        phone_cell_e164 = '+33612345678', country = 'FR', survey_opt_out = 1, form_key = 'clé' WHERE id = 100;
    UPDATE contacts SET merged_into = 2800 WHERE id IN (SELECT MIN(id) FROM contacts WHERE deleted_at IS NOT NULL);
    INSERT INTO organizations (id, name, name_key, website, phone, industry, address, postal_code, city, country, notes,
        created_at, updated_at) VALUES (7, 'Mairie', 'mairie', '', '', '', '', '', '', '', '😀', '2026-01-02 03:04:05.678',
        '2026-01-02 03:04:05.000001');
    INSERT INTO access_keys (account_id, label, scope, key_hash, beginning, networks, last_day, created_at)
        VALUES (1, 'Téléphonie', 'lookup', 'empreinte', 'carnet_012345', '10.0.0.0/8', '2099-12-31', '2026-01-02 03:04:05');
    INSERT INTO webhooks (id, url, events, secret, state, cursor, created_at, due_at) VALUES (2, 'https://outil.example.org/é',
        'created erased', 'whsec_AAAA', 'off', '', '2026-01-02 03:04:05', '2026-01-02 03:04:05.6');
    INSERT INTO number_blocks (prefix, organization_id) VALUES ('+3314268', 7);
    INSERT INTO contact_types (id, name, name_key, position, created_at) VALUES (3, 'Agent', 'agent', 1, '2026-01-02 03:04:05');
    INSERT INTO contact_type_fields (id, type_id, key, label, label_key, kind, position)
        VALUES (4, 3, 'badge', 'Badge', 'badge', 'identifier', 1);
    UPDATE contacts SET organization_id = 7, contact_type_id = 3 WHERE id IN (100, 101);
    INSERT INTO contact_values VALUES (100, 4, 'A-17'), (101, 4, 'Ω \"''\\');
    INSERT INTO sources (id, name, name_key, created_at) VALUES (5, 'Référentiel', 'referentiel', '2026-01-02 03:04:05');
    INSERT INTO contact_external_ids (id, source_id, contact_id, value) VALUES (8, 5, 100, 'ZK-99 “é”'), (9, 5, 101, '🙂');
    INSERT INTO notes (contact_id, account_id, text, created_at) VALUES (100, 1, 'Deux\nlignes, “مرحبا”', '2026-01-02 03:04:05.6');
    INSERT INTO reports (contact_id, account_id, text, form_key, created_at, outcome, answer, answered_by, answered_at)
        VALUES (100, 1, 'Faux\nnuméro', 'clé', '2026-01-02 03:04:05.6', 'fixed', 'Merci', 1, '2026-01-02 03:04:05.7'),
        (100, 1, 'Ouvert', NULL, '2026-01-02 03:04:05.6', NULL, '', NULL, NULL);
    INSERT INTO contact_aliases VALUES ('vieux@b.fr', 'Vieux@b.fr', 100, 1);
    INSERT INTO contact_merges (kept_id, gone_id, taken, created_at) VALUES (100, 102, '{}', '2026-01-02 03:04:05');
    INSERT INTO duplicate_runs (total, created_at, finished_at) VALUES (3, '2026-01-02 03:04:05', '2026-01-02 03:04:06');
    INSERT INTO duplicate_pairs (low_id, high_id, reasons, certainty, run, found_at) VALUES (103, 104, 'phone', 90, 1,
        '2026-01-02 03:04:05');
    INSERT INTO shared_phones VALUES ('+33110203040', 6, 1);
    INSERT INTO import_files (id, created_at) VALUES (40, '2026-01-02 03:04:05');
    INSERT INTO import_chunks VALUES (40, 0, x'00ff0a27', x'78019c00ff');
    INSERT INTO import_profiles (id, name, name_key, mapping, bound_changed, apply, created_at, used_at, updated_at, updated_by)
        VALUES (6, 'Été “RH”', 'ete “rh”', '{\"headings\":[\"Nom\"]}', 20, 1, '2026-01-02 03:04:05', NULL, '2026-01-02 03:04:05.6', 1);
    INSERT INTO imports (id, name, name_key, file_id, file_name, file_size, file_sha256, on_error, state, created_at, undone_at,
        profile_id) VALUES (50, 'vieux', 'vieux', 40, 'a.csv', 4, 'ab', 'ask', 'done', '2026-01-02 03:04:05',
        '2026-01-02 03:04:05', 6);
    INSERT INTO import_mappings VALUES (50, '{}', NULL);
    INSERT INTO import_corrections VALUES (50, 1, '[\"é\",\"\\u0000\"]');
    INSERT INTO import_held (id, import_id, line, doubt, candidates, line_start, line_length, created_at)
        VALUES (60, 50, 3, 'name', '[100]', 0, 4, '2026-01-02 03:04:05');
    INSERT INTO import_findings VALUES (50, 1, 0, 'rejected', NULL, 'é\t', '\"x\"', 0, 4);
    INSERT INTO import_lines (import_id, line, effect, line_start, line_length, moved) VALUES (50, 2, 'created', 0, 4, 1);
    INSERT INTO import_undos (import_id, created_at, finished_at) VALUES (50, '2026-01-02 03:04:05', '2026-01-02 03:04:05');
    INSERT INTO import_kept VALUES (50, 105, NULL, NULL);
    INSERT INTO accounts (id, username, username_key, role, password_hash, totp_key, totp_step, totp_since, created_at)
        VALUES (70, 'Dora', 'dora', 'agent', 'x', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 59000000, '2026-01-02 03:04:05',
        '2026-01-02 03:04:05');
    INSERT INTO recovery_codes VALUES (70, 'ab12');
    INSERT INTO drafts (account_id, body, created_at) VALUES (1, 'a=b', '2026-01-02 03:04:05');
    INSERT INTO erasures (id, created_at, finished_at) VALUES (1, '2026-01-02 03:04:05', '2026-01-02 03:04:05');
    INSERT INTO erasure_emails VALUES (1, 'abc');
    INSERT INTO erasure_marks VALUES (1, 'number', 'abc');
    INSERT INTO recent_contacts VALUES (1, 106, '2026-01-02 03:04:05') ON CONFLICT DO NOTHING;
    INSERT INTO favourite_contacts VALUES (1, 106, '2026-01-02 03:04:05');
    INSERT INTO saved_filters (account_id, name, name_key, query, created_at) VALUES (1, 'À moi', 'a moi', 'q=x',
        '2026-01-02 03:04:05');
    INSERT INTO bulk_changes (id, action, query, state, created_at) VALUES (1, '{}', '', 'done', '2026-01-02 03:04:05');
    INSERT INTO bulk_items VALUES (1, 107, '{}', 2);
    INSERT INTO phone_readings (id, country, created_at) VALUES (9, 'FR', '2026-01-02 03:04:05');
    INSERT INTO repairs (id, stage, created_at, finished_at) VALUES (1, 'done', '2026-01-02 03:04:05', '2026-01-02 03:04:05');
    INSERT INTO feed_waiting (first_entry, last_entry) VALUES (1, 1);
    INSERT INTO book_count_deltas (kind, value_key, delta) VALUES ('city', 'ca et la', 1);
    INSERT INTO jobs (kind, subject_id, run_after, created_at) VALUES ('phone_reading', 9, '2026-01-02 03:04:05',
        '2026-01-02 03:04:05');
    UPDATE sqlite_sequence SET seq = 9000 WHERE name = 'contacts';";

async fn copy(from: &str, to: &str) -> Output {
    let mut command = carnet(&["copy", "--from", from, "--to", to]);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn sqlite_in(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("autre.db").display())
}

async fn everything() -> Book {
    let book = in_use(Backend::Sqlite).await.unwrap();
    let conn = &mut open(&book.url);
    conn.batch_execute(EVERYTHING).unwrap();
    count_again(conn);
    book
}

/// The lines that the command prints, without those of the search index, which is rebuilt, and of the feed, which gets what waits.
fn told(output: &Output) -> Vec<String> {
    let told = stdout(output);
    let lines = told.lines().filter(|line| line.contains('\t'));
    lines.filter(|line| !line.starts_with("book_") && !line.starts_with("feed")).map(str::to_owned).collect()
}

/// Checks that the copy works: the same password, search, a save, a new contact, unfinished jobs, an undo.
async fn works(url: &str) {
    let served = Served::on(url, "127.0.0.1:0");
    let alice = signed_in(&served).await;
    let found = alice.get("/contacts?q=archiviste").await;
    assert_eq!(found.select("tbody tr").len(), 1, "{}", found.body);
    assert_eq!(alice.get("/contacts?q=A-17").await.select("tbody tr").len(), 1);
    assert_eq!(alice.get("/contacts?q=zk-99").await.attributes("tbody th a", "href"), ["/contacts/100"]);
    let form = alice.get("/contacts/100/edit").await;
    let typed = [("title", Some("Cheffe"))];
    assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303);
    let form = alice.get("/contacts/new").await;
    let typed = [("first_name", Some("Ada")), ("last_name", Some("Neuve")), ("copy", None)];
    let saved = alice.submit(&form, "main form", &typed).await;
    assert_eq!(saved.location(), "/contacts/9001", "no id is given twice");
    let ask = alice.get("/imports/1/undo").await;
    let answer = alice.submit(&ask, "main form", &[]).await;
    assert_eq!(answer.status, 303);
    wait_until("the import is undone and no job is left", async || {
        let conn = &mut open(url);
        let undone: i64 = import_undos::table
            .filter(import_undos::import_id.eq(1))
            .filter(import_undos::finished_at.is_not_null())
            .count()
            .get_result(conn)
            .unwrap();
        let jobs: i64 = jobs::table.count().get_result(conn).unwrap();
        (undone, jobs) == (1, 0)
    })
    .await;
    drop(served);
    hold_together(url);
}

#[actix_web::test]
async fn a_book_with_everything_goes_to_postgresql_and_back_and_is_the_same() {
    let Some((postgres, _nothing)) = database(Backend::Postgres) else {
        return;
    };
    let book = everything().await;
    let folder = tempfile::tempdir().unwrap();
    let there = copy(&book.url, &postgres).await;
    assert_eq!(code(&there), 0, "{}", text(&there));
    for table in TABLES {
        let line = stdout(&there);
        let line = line.lines().find(|line| line.starts_with(&format!("{table}\t")));
        assert!(!line.unwrap().contains("\t0\t"), "nothing tried: {line:?}");
    }
    let back = copy(&postgres, &sqlite_in(&folder)).await;
    assert_eq!(code(&back), 0, "{}", text(&back));
    // The first copy knows that it is one: the settings differ.
    let [there, back] = [told(&there), told(&back)].map(|lines| lines[1..].to_vec());
    assert_eq!(there, back);
    for url in [postgres, sqlite_in(&folder)] {
        works(&url).await;
    }
}

#[actix_web::test]
async fn a_sqlite_book_goes_to_another_file_only_if_that_is_empty_and_of_this_version() {
    let book = everything().await;
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_in(&folder);
    assert_eq!(code(&copy(&book.url, &url).await), 0);
    let again = copy(&book.url, &url).await;
    assert_eq!(code(&again), 2, "{}", text(&again));
    assert!(stderr(&again).contains("settings"), "{}", text(&again));
    works(&url).await;

    let old = tempfile::tempdir().unwrap();
    open(&book.url).batch_execute("DELETE FROM __diesel_schema_migrations WHERE version = '0004'").unwrap();
    let refused = copy(&book.url, &sqlite_in(&old)).await;
    assert_eq!(code(&refused), 2, "{}", text(&refused));
    assert!(stderr(&refused).contains("carnet migrate"), "{}", text(&refused));
    let mistyped = copy("sqlite:///nowhere/at/all.db", &sqlite_in(&old)).await;
    assert_eq!(code(&mistyped), 2, "{}", text(&mistyped));
}

async fn nothing_is_kept_of_a_copy_that_differs(backend: Backend) {
    let Some((url, _folder)) = database(backend) else {
        return;
    };
    let book = everything().await;
    assert!(carnet(&["migrate", "--database-url", &url]).status().unwrap().success());
    open(&url)
        .batch_execute(match backend {
            Backend::Sqlite => {
                "CREATE TRIGGER t AFTER INSERT ON contacts WHEN NEW.id = 100
                 BEGIN UPDATE contacts SET city = 'Ailleurs' WHERE id = 100; END"
            }
            Backend::Postgres => {
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN IF NEW.id = 100 THEN NEW.city = 'Ailleurs'; END IF; RETURN NEW; END $$;
                 CREATE TRIGGER t BEFORE INSERT ON contacts FOR EACH ROW EXECUTE FUNCTION f()"
            }
        })
        .unwrap();
    let output = copy(&book.url, &url).await;
    assert_eq!(code(&output), 1, "{}", text(&output));
    let told = stdout(&output);
    let marked: Vec<&str> = told.lines().filter(|line| line.starts_with('≠')).collect();
    assert_eq!(marked.len(), 1, "{told}");
    assert!(marked[0].starts_with("≠ contacts\t"), "{told}");
    let left: i64 = contacts::table.count().get_result(&mut open(&url)).unwrap();
    assert_eq!(left, 0);
}

#[actix_web::test]
async fn a_copy_that_differs_is_discarded_on_sqlite() {
    nothing_is_kept_of_a_copy_that_differs(Backend::Sqlite).await;
}

#[actix_web::test]
async fn a_copy_that_differs_is_discarded_on_postgresql() {
    nothing_is_kept_of_a_copy_that_differs(Backend::Postgres).await;
}

both_backends!(every_table_and_column_of_the_database_is_copied_or_left_out_for_a_reason,);

async fn every_table_and_column_of_the_database_is_copied_or_left_out_for_a_reason(app: TestApp) {
    let conn = &mut open(&app.database_url);
    let sql = tables(conn);
    let there: BTreeSet<String> =
        lines(conn, sql).into_iter().filter(|table| table != "__diesel_schema_migrations").collect();
    let known: BTreeSet<String> = TABLES.into_iter().chain(LEFT_OUT).map(str::to_owned).collect();
    assert_eq!(there, known);
    for table in schema::tables(conn).unwrap() {
        let described: BTreeSet<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        let there: BTreeSet<String> = columns(conn, &table.name)
            .into_iter()
            .filter(|column| !DERIVED.contains(&(&table.name, column)))
            .collect();
        assert_eq!(described, there, "{}", table.name);
    }
}

#[actix_web::test]
async fn both_databases_have_the_same_schema() {
    let (Some((sqlite, _one)), Some((postgres, _two))) =
        (database(Backend::Sqlite), database(Backend::Postgres))
    else {
        return left_out("PostgreSQL");
    };
    let shape_of = |url: &str| {
        assert!(carnet(&["migrate", "--database-url", url]).status().unwrap().success());
        let conn: &mut AnyConnection = &mut open(url);
        schema::tables(conn).unwrap()
    };
    assert_eq!(shape_of(&sqlite), shape_of(&postgres));
}
