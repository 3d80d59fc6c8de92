//! Importing a list, from the form to the book.

use carnet::db::{AnyConnection, by_index};
use carnet::error::AppResult;
use diesel::QueryableByName;
use diesel::connection::SimpleConnection as _;
use diesel::query_dsl::RunQueryDsl as _;
use diesel::sql_types::Text;
use reqwest::Method;

use crate::support::TestApp;
use crate::support::preview::counts;

const TWO: &str = "Mme,Hélène,Lefèvre,helene@mairie.example,État civil,0110203040,12 rue Haute,Lyon\n\
    M.,Marc,Beaulieu,marc@regie.example,Contentieux,0033472103031,,Évry\n";

both_backends!(
    a_clean_file_is_imported_at_once,
    the_same_file_again_changes_nothing,
    a_known_email_overwrites_the_eight_fields_and_nothing_else,
    rejected_lines_wait_for_a_decision_and_nothing_is_written,
    a_cancelled_import_leaves_no_trace_and_frees_its_name,
    two_imports_of_one_name_at_once_become_one,
    the_email_of_a_deleted_contact_restores_it,
    unreadable_files_are_refused_on_the_form_with_the_cure,
    every_rejected_line_is_listed_page_by_page,
    hostile_text_in_a_file_is_stored_and_shown_as_it_is,
    a_large_file_is_applied_in_batches_and_counts_right,
    the_plan_of_an_imports_look_ups_ends_with_them,
);

async fn the_plan_of_an_imports_look_ups_ends_with_them(app: TestApp) {
    let during = if app.database_url.starts_with("postgres") { "off" } else { "on" };
    let kept = app.db.write(|conn| Ok((by_index(conn, scans)?, scans(conn)?))).await.unwrap();
    assert_eq!(kept, (during.to_owned(), "on".to_owned()));
    let broken = |conn: &mut AnyConnection| Ok(conn.batch_execute("SELECT * FROM nowhere")?);
    app.db.write(move |conn| by_index(conn, broken)).await.unwrap_err();
    app.db.read(move |conn| by_index(conn, broken)).await.unwrap_err();
    // All connections of the pool in turn.
    for _ in 0..20 {
        assert_eq!(app.db.read(scans).await.unwrap(), "on");
    }
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

/// `on` if PostgreSQL may plan to read whole tables.
fn scans(conn: &mut AnyConnection) -> AppResult<String> {
    Ok(match conn {
        AnyConnection::Sqlite(_) => "on".to_owned(),
        AnyConnection::Postgres(conn) => {
            let setting = diesel::sql_query("SELECT current_setting('enable_seqscan') AS value");
            setting.get_result::<Setting>(conn)?.value
        }
    })
}

async fn a_clean_file_is_imported_at_once(app: TestApp) {
    let alice = app.coordinator().await;
    let answer = alice.upload("juin2026", TWO, false).await;
    let page = alice.follow(&answer).await;
    assert_eq!(page.one("h1"), "juin2026\u{A0}: import terminé");
    assert_eq!(page.flash(), "Import terminé.");
    assert_eq!(counts(&page), [2, 0, 0, 0, 0, 0, 0]);
    assert!(page.one("main > .lead").starts_with("liste.csv · envoyé le"), "{}", page.one("main > .lead"));
    assert_eq!(page.one("details.technical code").len(), 64);
    assert!(page.one("details.technical").contains("154 octets"), "{}", page.one("details.technical"));

    let book = alice.get(&page.attributes(".verdict .actions a", "href")[0]).await;
    assert_eq!(book.select("tbody th a"), ["Beaulieu, Marc", "Lefèvre, Hélène"]);
    assert_eq!(book.select("tbody td:nth-child(7)"), ["juin2026", "juin2026"]);
    assert_eq!(book.select("input[name=expert][checked]").len(), 2);
    assert_eq!(book.select("input[name=copy][checked]").len(), 2);
    assert_eq!(book.select("input[name=transfer][checked]").len(), 0);
    assert_eq!(
        book.select("tbody td:nth-child(5) a"),
        ["04\u{A0}72\u{A0}10\u{A0}30\u{A0}31", "01\u{A0}10\u{A0}20\u{A0}30\u{A0}40"]
    );
    assert!(alice.get("/imports").await.body.contains("juin2026"));
}

async fn the_same_file_again_changes_nothing(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", TWO, false).await;
    let page = alice.import("deux", TWO, false).await;
    assert_eq!(counts(&page), [0, 0, 2, 0, 0, 0, 0]);
    assert_eq!(
        alice.get("/contacts?import=deux").await.select("tbody tr").len(),
        2,
        "it held them all the same"
    );
    assert_eq!(alice.get("/contacts?import=un").await.select("tbody tr").len(), 0);
}

async fn a_known_email_overwrites_the_eight_fields_and_nothing_else(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", TWO, false).await;
    let list = alice.get("/contacts?q=helene").await;
    let id = list.attributes("input[name=expert]", "value").remove(0);
    alice.post(&list, "/contacts/statuses", &[("shown", &format!("{id}:ec")), ("transfer", &id)]).await;
    let page = alice.import("deux", "mlle,,,HELENE@mairie.example,,,,\n", false).await;
    assert_eq!(counts(&page), [0, 1, 0, 0, 0, 0, 0]);
    let contact = alice.get(&format!("/contacts/{id}")).await;
    assert_eq!(contact.select(".tags .status"), ["Transfert"], "statuses stay");
    assert_eq!(contact.one("h1"), "HELENE@mairie.example");
    let facts = contact.data();
    assert!(!facts.contains("Lyon") && !facts.contains("rue Haute"), "empty fields overwrite too");
    assert!(contact.body.contains("Mlle"));
    assert!(alice.get("/contacts?q=lyon").await.select("tbody tr").is_empty());

    let edit = alice.get(&format!("/contacts/{id}/edit")).await;
    let asked = alice.submit(&edit, "main form", &[]).await;
    assert_eq!(
        asked.errors(),
        ["Saisissez le prénom", "Saisissez le nom de famille"],
        "the form asks for the names"
    );
}

async fn rejected_lines_wait_for_a_decision_and_nothing_is_written(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("avant", "M.,Paul,Ancien,paul@b.fr,,,,\n", false).await;
    let file = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville\r\n\
        M.,Paul,Nouveau,paul@b.fr,,,,\r\n\
        \r\n\
        Dr,A,B,,Voirie,01 02 03 04 05,,\r\n\
        M.,A,B,a@b.fr,Voirie,0102030405,\"12, rue Haute\",Paris\r\n\
        M.,Neuf,Neuf,neuf@b.fr,,,,\r\n\
        M.,Neuf,Bis,NEUF@b.fr,,,,\r\n\
        M.,Sans,Arobase,=1+1,,,,";
    let page = alice.import("juin", file, false).await;
    assert_eq!(page.one("h1"), "juin\u{A0}: à vérifier");
    assert_eq!(counts(&page), [1, 1, 0, 0, 1, 3, 2]);
    assert_eq!(page.one(".notice h2"), "Rien n’a encore été écrit.");
    assert!(alice.get("/contacts?q=neuf").await.select("tbody tr").is_empty());
    assert!(alice.get("/contacts?q=nouveau").await.select("tbody tr").is_empty());

    assert_eq!(page.select("#rejected ~ .card tbody tr").len(), 5, "each has its own reason");
    let all = alice.get(&page.attributes("#rejected ~ p a[href*='reason=all']", "href")[0]).await;
    let rejected = all.select("#rejected ~ .card tbody tr");
    assert_eq!(rejected.len(), 5, "{rejected:?}");
    assert!(
        rejected[0].starts_with("4 Civilité Dr civilité inconnue. Écrivez M., Mme ou Mlle."),
        "{rejected:?}"
    );
    assert!(rejected[1].starts_with("4 E-mail (vide)"), "{rejected:?}");
    assert!(rejected[2].contains("0110203040 ou 0033110203040"), "{rejected:?}");
    assert!(rejected[3].contains("9 champs au lieu de 8. Un champ contient-il une virgule"), "{rejected:?}");
    assert_eq!(page.select("#superseded ~ .card tbody tr").len(), 1);

    let path = page.attributes("form[action$=confirm]", "action").remove(0).replace("/confirm", "");
    let csv = alice.get(&format!("{path}/rejected.csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        csv.header("content-disposition"),
        "attachment; filename=\"juin-rejected.csv\"; filename*=UTF-8''juin-rejected.csv"
    );
    assert_eq!(
        csv.body,
        "Dr,A,B,,Voirie,01 02 03 04 05,,\r\nM.,A,B,a@b.fr,Voirie,0102030405,\"12, rue Haute\",Paris\r\n\
         M.,Sans,Arobase,=1+1,,,,",
        "to the byte"
    );
    let report = alice.get(&format!("{path}/report.csv")).await;
    let rows: Vec<&str> = report.body.trim_end().split("\r\n").collect();
    assert_eq!(rows.len(), 1 + 5 + 1, "{rows:?}");
    assert_eq!(rows[0], "\u{FEFF}\"Ligne\";\"Colonne\";\"Valeur\";\"Raison\";\"Que faire\"");
    assert!(rows[5].contains("\"'=1+1\""), "runs nothing: {}", rows[5]);

    let confirm = "form[action$=confirm]";
    let (once, twice) = tokio::join!(alice.submit(&page, confirm, &[]), alice.submit(&page, confirm, &[]));
    assert_eq!([once.status, twice.status], [303, 303], "a double click decides once");
    let done = alice.get(&path).await;
    assert_eq!(done.one("h1"), "juin\u{A0}: import terminé");
    assert_eq!(counts(&done), [1, 1, 0, 0, 1, 3, 2]);
    assert_eq!(done.select("#rejected ~ .card tbody tr").len(), 5, "they stay on the page");
    assert_eq!(alice.get("/contacts?q=bis").await.select("tbody th a"), ["Bis, Neuf"], "the last line wins");
    assert_eq!(alice.get("/contacts?q=nouveau").await.select("tbody tr").len(), 1);
    let late = alice.submit(&page, "form[action$=cancel]", &[]).await;
    assert!(alice.follow(&late).await.flash().contains("trop tard"));
}

async fn a_cancelled_import_leaves_no_trace_and_frees_its_name(app: TestApp) {
    let alice = app.coordinator().await;
    let file = format!("{TWO}Dr,,,,,,,\n");
    let page = alice.import("juin", file.clone(), false).await;
    let cancelled = alice.submit(&page, "form[action$=cancel]", &[]).await;
    let page = alice.follow(&cancelled).await;
    assert_eq!(page.one("h1"), "juin\u{A0}: import abandonné");
    assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 0);
    let page = alice.import("JUIN", file, true).await;
    assert_eq!(counts(&page), [2, 0, 0, 0, 0, 1, 0], "import_valid asks nothing");
    assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 2);
    let taken = alice.upload("juin", TWO, false).await;
    assert_eq!(taken.status, 422);
    assert_eq!(taken.errors(), ["Un import porte déjà ce nom\u{A0}: choisissez-en un autre"]);
}

async fn two_imports_of_one_name_at_once_become_one(app: TestApp) {
    let alice = app.coordinator().await;
    let (first, second) = tokio::join!(alice.upload("juin", TWO, false), alice.upload("juin", TWO, false));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
}

async fn the_email_of_a_deleted_contact_restores_it(app: TestApp) {
    let alice = app.coordinator().await;
    alice.import("un", TWO, false).await;
    let list = alice.get("/contacts?q=helene").await;
    let path = list.attributes("tbody th a", "href").remove(0);
    let ask = alice.get(&format!("{path}/delete")).await;
    alice.submit(&ask, "main form", &[]).await;
    let page = alice.import("deux", TWO, false).await;
    assert_eq!(counts(&page), [0, 0, 1, 1, 0, 0, 0]);
    assert_eq!(alice.get(&path).await.status, 200);
    assert_eq!(alice.get("/contacts?q=helene").await.select("tbody tr").len(), 1);
}

async fn unreadable_files_are_refused_on_the_form_with_the_cure(app: TestApp) {
    let alice = app.coordinator().await;
    let cases: [(&str, Vec<u8>, &str); 3] = [
        ("vide", Vec::new(), "Le fichier est vide"),
        ("image", b"\x89PNG\r\n\x1A\n".to_vec(), "C’est une image"),
        ("nom avec espace", TWO.into(), "ne peut pas contenir d’espace"),
    ];
    for (name, bytes, message) in cases {
        let answer = alice.upload(name, bytes, false).await;
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.errors()[0].contains(message), "{name}: {:?}", answer.errors());
        assert_eq!(answer.attributes("#name", "value"), [name], "what was typed stays");
        assert!(answer.body.contains("Choisissez à nouveau le fichier"), "{name}");
    }
    assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 0);
    let form = alice.get("/imports/new").await;
    let nothing = alice
        .raw(Method::POST, "/imports")
        .multipart(reqwest::multipart::Form::new().text("csrf", form.csrf()).text("name", "juin"))
        .send()
        .await
        .unwrap();
    assert_eq!(nothing.status(), 422);
}

async fn every_rejected_line_is_listed_page_by_page(app: TestApp) {
    let alice = app.coordinator().await;
    let file: String = (0..130).map(|index| format!("M.,A,B,bad{index}@,,,,\n")).collect();
    let page = alice.import("beaucoup", format!("{file}M.,A,B,a@b.fr,,,,\n"), false).await;
    let path = page.attributes("form[action$=confirm]", "action").remove(0).replace("/confirm", "");
    let page = alice.get(&format!("{path}?show=rejected&reason=all")).await;
    let mut lines = page.select("#rejected ~ .card tbody th");
    let mut next = page.attributes("a[rel=next]", "href").pop();
    while let Some(path) = next {
        let page = alice.get(&path).await;
        lines.extend(page.select("#rejected ~ .card tbody th"));
        next = page.attributes("a[rel=next]", "href").pop();
    }
    let expected: Vec<String> = (1..=130).map(|line: i32| line.to_string()).collect();
    assert_eq!(lines, expected);
    let csv = alice.get(&format!("{path}/rejected.csv")).await;
    assert_eq!(csv.body, file);
    assert_eq!(alice.get(&format!("{path}/report.csv")).await.body.matches("\r\n").count(), 131);
}

async fn hostile_text_in_a_file_is_stored_and_shown_as_it_is(app: TestApp) {
    let alice = app.coordinator().await;
    let service = "<script>alert(1)</script>'\"&{{7*7}}";
    let file = format!(
        "M.,Ⅷ\u{202E}abc,😀 ok,a@b.fr,{service},,\u{1F469}\u{200D}\u{1F467},ﷺ\nM.,a\0b,B,c@d.fr,,,,\n"
    );
    let page = alice.import("hostile", file, true).await;
    assert_eq!(counts(&page), [1, 0, 0, 0, 0, 1, 0]);
    assert!(page.one("#rejected ~ .card code").contains("a␀b"));
    let list = alice.get("/contacts").await;
    assert!(!list.body.contains("<script"));
    assert_eq!(list.select("tbody td:nth-child(3)"), [service]);
    let edit = alice.get(&format!("{}/edit", list.attributes("tbody th a", "href")[0])).await;
    let same = alice.submit(&edit, "main form", &[]).await;
    assert_eq!(same.status, 303, "what is stored saves again unchanged");
}

async fn a_large_file_is_applied_in_batches_and_counts_right(app: TestApp) {
    let alice = app.coordinator().await;
    let line =
        |index: usize, service: &str| format!("M.,P{index},N{},p{index}@b.fr,{service},,,Lyon\n", index % 97);
    let file: String = (0..6_000).map(|index| line(index, "Voirie")).collect();
    let page = alice.import("un", file, false).await;
    assert_eq!(counts(&page), [6_000, 0, 0, 0, 0, 0, 0]);
    let mixed: String =
        (3_000..9_000).map(|index| line(index, if index % 2 == 0 { "Voirie" } else { "Eau" })).collect();
    let again = format!("{mixed}{}", line(3_000, "Paie"));
    let page = alice.import("deux", again, false).await;
    assert_eq!(counts(&page), [3_000, 1_501, 1_499, 0, 1, 0, 0]);
    assert_eq!(alice.counted("q=voirie").await, "5\u{202F}999 contacts");
    assert_eq!(alice.counted("service=eau&city=lyon").await, "3\u{202F}000 contacts");
    assert_eq!(alice.counted("import=deux").await, "6\u{202F}000 contacts");
    let first = alice.get("/contacts?q=lyon").await.select("tbody th a");
    let plain = alice.get("/contacts").await.select("tbody th a");
    assert_eq!(first, plain, "search and list agree on the order");
}

both_backends!(a_running_import_shows_its_progress_and_refreshes_only_when_asked,);

async fn a_running_import_shows_its_progress_and_refreshes_only_when_asked(app: TestApp) {
    use carnet::db::schema::imports;
    use diesel::prelude::*;
    let alice = app.coordinator().await;
    let page = alice.import("lent", TWO, false).await;
    assert!(page.select("progress").is_empty(), "only while work goes on");
    let path = page.attributes("a[href$='report.csv']", "href").pop().unwrap_or_else(|| "/imports/1".into());
    let path = path.replace("/report.csv", "");
    let set = |state: &'static str| {
        app.db.write(move |conn| {
            let half = (imports::lines.eq(400), imports::cursor_line.eq(168), imports::cursor_byte.eq(77));
            diesel::update(imports::table).set((imports::state.eq(state), half)).execute(conn)?;
            Ok(())
        })
    };
    set("applying").await.unwrap();
    let page = alice.get(&path).await;
    assert!(
        page.one("title").starts_with("42\u{A0}% – lent\u{A0}: import en cours"),
        "{}",
        page.one("title")
    );
    assert_eq!(page.attributes("progress", "value"), ["168"]);
    assert_eq!(page.attributes("progress", "max"), ["400"]);
    assert!(page.select("meta[http-equiv]").is_empty());
    assert!(page.select("form[action$=cancel]").is_empty(), "too late to cancel");
    let auto = alice.get(&page.attributes("a[href$='auto=2']", "href")[0]).await;
    assert_eq!(auto.attributes("meta[http-equiv=refresh]", "content"), ["2"]);
    assert_eq!(auto.attributes("main .actions a", "href"), [path.as_str()], "and it can be stopped");
    set("done").await.unwrap();
    let done = alice.get(&format!("{path}?auto=2")).await;
    assert!(done.select("meta[http-equiv]").is_empty(), "it stops by itself when done");

    set("checking").await.unwrap();
    let page = alice.get(&path).await;
    assert!(page.one("label[for=progress]").contains("50\u{A0}%"), "{}", page.one("label[for=progress]"));
    let cancelled = alice.submit(&page, "form[action$=cancel]", &[]).await;
    assert!(alice.follow(&cancelled).await.one("h1").contains("abandonné"));
}
