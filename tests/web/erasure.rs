//! Erasure of people: from the book, the history and the imported files.

use std::cell::RefCell;
use std::iter;

use carnet::base::clock;
use carnet::db::schema::{
    audit_entries, contact_type_fields, contact_types, contact_values, contacts, drafts, erasure_emails,
    erasures, import_chunks, import_files, import_findings, imports, notes,
};
use carnet::db::{AnyConnection, Db};
use carnet::domain::Email;
use carnet::erasure;
use carnet::error::{AppError, AppResult};
use carnet::imports::{Mark, blank_lines};
use carnet::jobs::JobContext;
use diesel::prelude::*;

use crate::support::contacts::contact;
use crate::support::erasure::{blank, erase, file, finished, pieces};
use crate::support::waiting::{no_job_is_left, wait_until};
use crate::support::{Backend, TestApp, with_app};

/// Gives the contact a type with one field, and adds half-filled forms about the contact.
fn fill_other_tables(conn: &mut AnyConnection, contact: i64) -> AppResult<()> {
    let now = clock::now();
    let contact_type: i64 = diesel::insert_into(contact_types::table)
        .values((
            contact_types::name.eq("Fournisseur"),
            contact_types::name_key.eq("fournisseur"),
            contact_types::position.eq(1_i64),
            contact_types::created_at.eq(now),
        ))
        .returning(contact_types::id)
        .get_result(conn)?;
    let field: i64 = diesel::insert_into(contact_type_fields::table)
        .values((
            contact_type_fields::type_id.eq(contact_type),
            contact_type_fields::key.eq("siret"),
            contact_type_fields::label.eq("SIRET"),
            contact_type_fields::label_key.eq("siret"),
            contact_type_fields::kind.eq("identifier"),
            contact_type_fields::position.eq(1_i64),
        ))
        .returning(contact_type_fields::id)
        .get_result(conn)?;
    diesel::insert_into(contact_values::table)
        .values((
            contact_values::contact_id.eq(contact),
            contact_values::field_id.eq(field),
            contact_values::value.eq("123"),
        ))
        .execute(conn)?;
    for (about, body) in [
        (Some(contact), r#"[["city","Lyon"]]"#),
        (None, r#"[["email","Helene @ mairie.example"]]"#),
        (None, r#"[["email","marc@regie.example"]]"#),
    ] {
        diesel::insert_into(drafts::table)
            .values((
                drafts::account_id.eq(1_i64),
                drafts::contact_id.eq(about),
                drafts::body.eq(body),
                drafts::created_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Stores a file in pieces of 1 MiB with a finished import.
fn keep_file(conn: &mut AnyConnection, bytes: &[u8]) -> AppResult<i64> {
    let now = clock::now();
    let file: i64 = diesel::insert_into(import_files::table)
        .values(import_files::created_at.eq(now))
        .returning(import_files::id)
        .get_result(conn)?;
    for (seq, piece) in (0_i64..).zip(bytes.chunks(1024 * 1024)) {
        diesel::insert_into(import_chunks::table)
            .values((
                import_chunks::file_id.eq(file),
                import_chunks::seq.eq(seq),
                import_chunks::bytes.eq(piece),
            ))
            .execute(conn)?;
    }
    diesel::insert_into(imports::table)
        .values((
            imports::name.eq("grand"),
            imports::name_key.eq("grand"),
            imports::file_id.eq(file),
            imports::file_name.eq("grand.csv"),
            imports::file_size.eq(0_i64),
            imports::file_sha256.eq(""),
            imports::on_error.eq("ask"),
            imports::state.eq("done"),
            imports::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(file)
}

fn mark(email: &str) -> Mark {
    Mark::of_email(&Email::parse(email).unwrap())
}

/// Blanks an e-mail's lines for this number of transactions; returns their counts, and the result.
async fn blank_until(db: &Db, email: &'static str, steps: usize) -> (Vec<(i64, i64)>, AppResult<bool>) {
    let work = JobContext::unclaimed(db);
    tokio::task::spawn_blocking(move || {
        let marks = iter::once(mark(email)).collect();
        let counted = RefCell::new(Vec::new());
        let ended = blank_lines(&work, &marks, clock::now(), |_, blanked| {
            if counted.borrow().len() == steps {
                return Err(AppError::Unavailable(anyhow::anyhow!("killed")));
            }
            counted.borrow_mut().push((blanked.lines, blanked.files));
            Ok(())
        });
        (counted.into_inner(), ended)
    })
    .await
    .unwrap()
}

const HELENE: &str = "Mme,Hélène,Lefèvre,helene@mairie.example,État civil,0110203040,12 rue Haute,Lyon";
const MARC: &str = "M.,Marc,Beaulieu,marc@regie.example,Contentieux,0033472103031,,Évry";

both_backends!(
    a_person_who_is_erased_is_nowhere_any_more,
    a_live_contact_is_erased_without_the_trash,
    an_erasure_waits_for_an_unfinished_import,
    a_refused_file_is_also_searched,
    interrupted_blanking_continues_where_it_stopped_and_counts_once,
    an_erasure_that_was_interrupted_before_its_end_is_repeated,
);

async fn a_person_who_is_erased_is_nowhere_any_more(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", format!("{HELENE}\r\n{MARC}\r\n"), false).await;
    let path = contact(&alice, "helene@mairie.example").await;
    let id: i64 = path.rsplit_once('/').unwrap().1.parse().unwrap();
    let edit = alice.get(&format!("{path}/edit")).await;
    let saved = alice.submit(&edit, "main form", &[("email", Some("h.lefevre@mairie.example"))]).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let page = alice.get(&path).await;
    alice.post(&page, &format!("{path}/notes"), &[("note", "A demandé Hélène au 0110203040")]).await;
    // Rejected lines with the new e-mail, and with it in the wrong column; a superseded line with the former e-mail.
    let rejected = [
        "Dr,Hélène,Lefèvre,H.Lefevre@mairie.example,,01 10 20 30 40,,",
        "M.,Hélène,\"h.lefevre@mairie.example\",Lefèvre,,,,,",
    ];
    let other = "Dr,Paul,Zola,paul@regie.example,,,,";
    alice
        .import(
            "deux",
            format!("{MARC}\n{}\n{}\n{other}\n{HELENE}\n{HELENE}", rejected[0], rejected[1]),
            true,
        )
        .await;
    alice.submit(&alice.get(&format!("{path}/delete")).await, "main form", &[]).await;
    app.db.write(move |conn| fill_other_tables(conn, id)).await.unwrap();
    let new = contact(&alice, "helene@mairie.example").await;
    assert_ne!(new, path, "the second import made another contact of the former e-mail");

    let ask = alice.get(&format!("{path}/erase")).await;
    let unticked = alice.submit(&ask, "main form", &[]).await;
    assert_eq!(unticked.status, 422);
    assert_eq!(unticked.errors(), ["Cochez la case pour confirmer la suppression définitive, ou annulez"]);
    assert_eq!(alice.get(&path).await.status, 200, "nothing is erased yet");
    let erased = erase(&alice, &path).await;
    let page = finished(&alice, &erased.location()).await;
    assert_eq!(page.one("h1"), "Contact supprimé définitivement");
    assert_eq!(page.select(".counts dd"), ["1", "1", "1", "5"]);
    assert!(page.body.contains("dans 2 fichiers importés"));
    for word in ["Lefèvre", "Hélène", "lefevre", "helene", "0110203040"] {
        assert!(!page.body.contains(word), "{word}");
    }
    let again = alice.submit(&ask, "main form", &[("confirm", Some("on"))]).await;
    assert_eq!(again.location(), erased.location(), "a second click leads to the same");

    assert_eq!(alice.get(&path).await.status, 404);
    assert_eq!(alice.get(&new).await.status, 200, "the contact that has the former e-mail now stays");
    assert_eq!(file(&app, "un").await, format!("{}\r\n{MARC}\r\n", blank(HELENE)));
    let [first, second, hers] = [rejected[0], rejected[1], HELENE].map(blank);
    assert_eq!(file(&app, "deux").await, format!("{MARC}\n{first}\n{second}\n{other}\n{hers}\n{hers}"));

    let held: [i64; 5] = app
        .db
        .read(move |conn| {
            Ok([
                contacts::table.filter(contacts::id.eq(id)).count().get_result(conn)?,
                notes::table.count().get_result(conn)?,
                contact_values::table.count().get_result(conn)?,
                drafts::table.count().get_result(conn)?,
                erasure_emails::table.count().get_result(conn)?,
            ])
        })
        .await
        .unwrap();
    assert_eq!(held, [0, 0, 0, 1, 0], "of the half-filled forms only the other person's is left");
    let entries: Vec<(String, Option<String>)> = app
        .db
        .read(move |conn| {
            let of_contact = audit_entries::table.filter(audit_entries::contact_id.eq(id));
            Ok(of_contact
                .order(audit_entries::id)
                .select((audit_entries::kind, audit_entries::changes))
                .load(conn)?)
        })
        .await
        .unwrap();
    let told: Vec<&str> = entries.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(told, ["contact.edited", "note.added", "contact.deleted", "contact.erased"]);
    assert!(entries.iter().all(|(_, changes)| changes.is_none()));
    let values: Vec<(i64, String)> = app
        .db
        .read(|conn| {
            Ok(import_findings::table.select((import_findings::line, import_findings::value)).load(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(values.len(), 5);
    assert!(values.iter().all(|(line, value)| value.is_empty() == (*line != 4)), "{values:?}");

    let lines = alice.get(&import_path(&app, "deux", "/rejected.csv").await).await;
    assert_eq!(lines.status, 200);
    assert_eq!(lines.body, format!("{first}\n{second}\n{other}\n"));
    let report = alice.get(&import_path(&app, "deux", "/report.csv").await).await;
    assert_eq!(report.body.lines().count(), 6, "{}", report.body);
    assert!(!report.body.to_lowercase().contains("lefevre"));
}

async fn a_live_contact_is_erased_without_the_trash(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", format!("{HELENE}\n{MARC}\n"), false).await;
    let path = contact(&alice, "helene@mairie.example").await;
    let erased = erase(&alice, &path).await;
    finished(&alice, &erased.location()).await;
    for query in ["lefevre", "helene@mairie.example", "0110203040"] {
        assert!(alice.get(&format!("/contacts?q={query}")).await.select("tbody th").is_empty(), "{query}");
    }
    assert_eq!(alice.get("/contacts").await.select("tbody th a"), ["Beaulieu, Marc"]);
    // A later import makes a new contact, which stays.
    alice.import("deux", HELENE, false).await;
    assert_ne!(contact(&alice, "helene@mairie.example").await, path);
    assert_eq!(file(&app, "deux").await, HELENE);
    assert_eq!(file(&app, "un").await, format!("{}\n{MARC}\n", blank(HELENE)));
}

async fn an_erasure_waits_for_an_unfinished_import(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", HELENE, false).await;
    let waiting = alice.import("attente", format!("{HELENE}\nDr,,,,,,,\n"), false).await;
    alice.import("autre", format!("{MARC}\nDr,,,,,,,\n"), false).await;
    let path = contact(&alice, "helene@mairie.example").await;
    let ask = alice.get(&format!("{path}/erase")).await;
    assert_eq!(ask.select(".notice li"), ["attente", "autre"]);
    let erased = erase(&alice, &path).await;
    let page = alice.follow(&erased).await;
    assert_eq!(page.one(".state"), "en cours");
    assert_eq!(page.select(".notice li"), ["attente", "autre"]);
    assert_eq!(alice.get(&path).await.status, 404, "the book forgets at once");
    assert_eq!(file(&app, "un").await, blank(HELENE));
    assert!(file(&app, "attente").await.starts_with(HELENE), "it is read again when someone decides");

    // The book has changed since the preview, so the page asks again.
    let asked_again = alice.submit(&waiting, "form[action$=confirm]", &[]).await;
    let asked_again = alice.at_rest(&asked_again.location()).await;
    let applied = alice.submit(&asked_again, "form[action$=confirm]", &[]).await;
    assert_eq!(applied.status, 303);
    // The other import has no line about the erased contact, so the erasure does not wait for it.
    let page = finished(&alice, &erased.location()).await;
    assert_eq!(page.select(".counts dd"), ["1", "0", "0", "2"]);
    assert_eq!(file(&app, "attente").await, format!("{}\nDr,,,,,,,\n", blank(HELENE)));
    assert_ne!(contact(&alice, "helene@mairie.example").await, path, "the import made a new contact");
    no_job_is_left(&app).await;
}

async fn a_refused_file_is_also_searched(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", HELENE, false).await;
    // Its check finds far down that it is not UTF-8.
    let mut latin = "M.,Paul,Zola,paul@regie.example,,,,\n".repeat(3_000).into_bytes();
    latin.extend_from_slice(b"M.,Ren\xE9,A,rene@b.fr,,,,\nMme,H,L,helene@mairie.example,,,,\n");
    alice.import("latin", latin.clone(), false).await;
    let path = contact(&alice, "helene@mairie.example").await;
    finished(&alice, &erase(&alice, &path).await.location()).await;
    let (_, piece) = app.db.read(|conn| Ok(pieces(conn).pop())).await.unwrap().unwrap();
    let wanted = latin.len() - "Mme,H,L,helene@mairie.example,,,,\n".len();
    assert_eq!(piece[..wanted], latin[..wanted]);
    assert_eq!(piece[wanted..], *format!("{}\n", blank("Mme,H,L,helene@mairie.example,,,,")).as_bytes());
}

async fn interrupted_blanking_continues_where_it_stopped_and_counts_once(app: TestApp) {
    // Lines of 60 bytes: one of the wanted lines crosses the end of the first piece.
    let line = |email: &str| format!("{:58}\r\n", format!("M.,A,B,{email},,,,"));
    let wanted = [0, 7, 17_476, 17_477, 34_999];
    let file: String =
        (0..35_000).map(|index| line(if wanted.contains(&index) { "a@b.fr" } else { "c@d.fr" })).collect();
    let bytes = file.clone().into_bytes();
    assert!((17_476 * 60..17_477 * 60).contains(&(1024 * 1024)));
    let id = app.db.write(move |conn| keep_file(conn, &bytes)).await.unwrap();

    let (counted, ended) = blank_until(&app.db, "a@b.fr", 1).await;
    assert_eq!(counted, [(3, 0)]);
    assert!(ended.is_err());
    let (counted, ended) = blank_until(&app.db, "a@b.fr", 1).await;
    assert_eq!(counted, [(1, 0)], "what is blank is not counted again");
    assert!(ended.is_err());
    let (counted, ended) = blank_until(&app.db, "a@b.fr", 9).await;
    assert_eq!(counted, [(1, 1)]);
    assert!(ended.unwrap());
    let (counted, ended) = blank_until(&app.db, "a@b.fr", 9).await;
    assert_eq!(counted, [], "nothing is left");
    assert!(ended.unwrap());

    let pieces = app.db.read(|conn| Ok(pieces(conn))).await.unwrap();
    let stored: Vec<u8> =
        pieces.into_iter().filter(|(file, _)| *file == id).flat_map(|(_, piece)| piece).collect();
    let left = file.replace(&line("a@b.fr"), &format!("{:58}\r\n", ""));
    assert!(stored == left.as_bytes(), "every other line is where it was");
}

async fn an_erasure_that_was_interrupted_before_its_end_is_repeated(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", format!("{HELENE}\n{MARC}\n"), false).await;
    let path = contact(&alice, "helene@mairie.example").await;
    let erased = erase(&alice, &path).await.location();
    let before = finished(&alice, &erased).await.select(".counts dd");
    let id: i64 = erased.rsplit_once('/').unwrap().1.parse().unwrap();
    app.db
        .write(move |conn| {
            diesel::update(erasures::table.find(id))
                .set(erasures::finished_at.eq(None::<chrono::NaiveDateTime>))
                .execute(conn)?;
            let Mark::Email(hash) = mark("helene@mairie.example") else { unreachable!() };
            let email = erasure_emails::email_hash.eq(hash);
            diesel::insert_into(erasure_emails::table)
                .values((erasure_emails::erasure_id.eq(id), email))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let work = JobContext::unclaimed(&app.db);
    tokio::task::spawn_blocking(move || erasure::run_job(&work, id)).await.unwrap().unwrap();
    assert_eq!(finished(&alice, &erased).await.select(".counts dd"), before);
    assert_eq!(before, ["1", "0", "0", "1"]);
}

async fn import_path(app: &TestApp, name: &str, rest: &str) -> String {
    let name = name.to_owned();
    let id: i64 = app
        .db
        .read(move |conn| {
            Ok(imports::table.filter(imports::name.eq(name)).select(imports::id).first(conn)?)
        })
        .await
        .unwrap();
    format!("/imports/{id}{rest}")
}

#[test]
fn no_word_of_an_erased_person_stays_in_the_search_index() {
    with_app(Backend::Sqlite, async |app| {
        let alice = app.coordinator().await;
        let others: String =
            (0..300).map(|number| format!("M.,P,N{number},n{number}@b.fr,Voirie,,,Lyon\n")).collect();
        let list = format!("{others}Mme,Gwendoline,Xylander,g@xylander.example,,,,Lyon\n");
        alice.import("un", list, false).await;
        let found = alice.get("/contacts?q=xylander").await;
        let path = found.attributes("tbody th a", "href").remove(0);
        assert!(words_in_index(&app.db, "xylander").await > 0);
        let ask = alice.get(&format!("{path}/erase")).await;
        alice.submit(&ask, "main form", &[("confirm", Some("on"))]).await;
        wait_until("the name is gone from the index", async || {
            words_in_index(&app.db, "xylander").await == 0
        })
        .await;
        for word in ["xylander", "gwendoline"] {
            assert_eq!(words_in_index(&app.db, word).await, 0, "{word}");
        }
        assert_eq!(alice.get("/contacts?q=n299").await.select("tbody tr").len(), 1);
    });
}

/// How often FTS5 has a word, including words of deleted contacts in segments that are not merged yet.
async fn words_in_index(db: &Db, word: &'static str) -> i64 {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        number: i64,
    }
    db.read(move |conn| {
        let AnyConnection::Sqlite(conn) = conn else {
            unreachable!("this test is about SQLite")
        };
        diesel::sql_query(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.index_words USING fts5vocab('main', 'contact_search', 'row')",
        )
        .execute(conn)?;
        let row: Number =
            diesel::sql_query("SELECT count(*) AS number FROM temp.index_words WHERE term = ?")
                .bind::<diesel::sql_types::Text, _>(word)
                .get_result(conn)?;
        Ok(row.number)
    })
    .await
    .unwrap()
}
