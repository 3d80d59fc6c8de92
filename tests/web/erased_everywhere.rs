//! A person is entered wherever one can appear, edited, deleted and erased; then no table and no file has a word of theirs.

use std::collections::BTreeSet;

use carnet::book::counts;
use carnet::config::DatabaseUrl;
use carnet::db::{AnyConnection, rewrite_once};
use carnet::domain::Role;
use carnet::error::AppResult;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::support::contact_types::add_type;
use crate::support::contacts::add;
use crate::support::contacts::contact;
use crate::support::duplicates::search;
use crate::support::erasure::{blank, erase, file, finished, pieces};
use crate::support::external_ids::{add_source, set_ids};
use crate::support::lists::imported;
use crate::support::merges::merge;
use crate::support::{Backend, Client, PASSWORD, TestApp, with_app};

/// Words that only this person has, in lower case: present and former names, values and parts of e-mails.
const WORDS: [&str; 31] = [
    "brimborion",
    "xylander",
    "gwendoluck",
    "wilhelmock",
    "zythologue",
    "vexillographie",
    "kvasolavie",
    "jabberwock",
    "0142998877",
    "142998877",
    "01 42 99 88 77",
    "142998866",
    "01 42 99 88 66",
    "142998855",
    "01 42 99 88 55",
    "06 12 34 56 99",
    "0612345699",
    "+33612345699",
    "snarkologue",
    "philatelomane",
    "volapuk",
    "qz7788",
    "etiquettezz",
    "perso.wyx",
    "autre.wyx",
    "wyxgram",
    "intranet.wyx",
    "postalzz",
    "etatzz",
    "qzid-7799",
    "xyid-8800",
];

/// Text columns that hold no personal data, by the reason.
const NEVER: [(&str, &[&str]); 13] = [
    (
        "words and numbers of the program",
        &[
            "settings.key",
            "settings.value",
            "webhooks.state",
            "webhooks.claim",
            "webhooks.cursor",
            "webhooks.trouble",
            "accounts.role",
            "accounts.locale",
            "jobs.kind",
            "jobs.claimed_by",
            "nodes.id",
            "nodes.version",
            "imports.on_error",
            "imports.state",
            "imports.refusal",
            "imports.reading",
            "imports.diagnosis",
            "imports.foreseen",
            "imports.list",
            "import_held.doubt",
            "import_held.candidates",
            "import_held.decision",
            "import_lines.effect",
            "import_journal.touched",
            "import_findings.kind",
            "import_findings.fault",
            "contacts.civility",
            "contacts.country",
            "contacts.form_key",
            "notes.form_key",
            "reports.form_key",
            "reports.outcome",
            "book_values.kind",
            "book_counts.kind",
            "book_count_deltas.kind",
            "duplicate_pairs.reasons",
            "bulk_changes.state",
            "bulk_changes.expected",
            "bulk_changes.found",
            "repairs.stage",
            "repairs.cursor_kind",
            "audit_entries.kind",
            "phone_readings.country",
            "erasure_marks.kind",
        ],
    ),
    (
        "secrets and hashes",
        &[
            "accounts.password_hash",
            "accounts.code_hash",
            "accounts.totp_key",
            "recovery_codes.code_hash",
            "sessions.key_hash",
            "done_requests.request",
            "done_requests.body",
            "access_keys.key_hash",
            "webhooks.secret",
            "imports.file_sha256",
            "erasure_emails.email_hash",
            "erasure_marks.hash",
        ],
    ),
    (
        "of accounts, which are no contacts",
        &[
            "accounts.username",
            "accounts.username_key",
            "accounts.display_name",
            "accounts.email",
            "accounts.issuer",
            "accounts.subject",
            "sign_in_throttles.bucket",
            "access_keys.label",
            "access_keys.scope",
            "access_keys.beginning",
            "access_keys.networks",
            "access_keys.address",
            "audit_entries.key_label",
        ],
    ),
    ("names that somebody gave to an import", &["imports.name", "imports.name_key", "imports.file_name"]),
    (
        "of organizations",
        &[
            "organizations.name",
            "organizations.name_key",
            "organizations.website",
            "organizations.phone",
            "organizations.number_blocks",
            "number_blocks.prefix",
            "organizations.industry",
            "organizations.address",
            "organizations.postal_code",
            "organizations.city",
            "organizations.country",
            "organizations.notes",
        ],
    ),
    (
        "of contact types",
        &[
            "contact_types.name",
            "contact_types.name_key",
            "contact_type_fields.key",
            "contact_type_fields.label",
            "contact_type_fields.label_key",
            "contact_type_fields.kind",
            "contact_type_fields.choices",
        ],
    ),
    (
        "headings of lists and the choices for their columns, never values",
        &[
            "import_mappings.source",
            "import_mappings.mapping",
            "import_profiles.name",
            "import_profiles.name_key",
            "import_profiles.mapping",
        ],
    ),
    (
        "names and addresses of other systems",
        &["sources.name", "sources.name_key", "webhooks.url", "webhooks.events"],
    ),
    ("filled on one of the databases only", &["book_counts.value_key", "book_count_deltas.value_key"]),
    ("it goes with the word beside it", &["book_words.sound"]),
    ("pieces are packed while no older server runs", &["import_chunks.bytes"]),
    ("numbers of many contacts", &["shared_phones.e164"]),
    ("where a repair stands that goes on", &["repairs.cursor_word"]),
];

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Every column of every table that can hold text, from the catalogue.
fn columns(conn: &mut AnyConnection) -> AppResult<Vec<(String, String)>> {
    let columns: Vec<Column> = match conn {
        AnyConnection::Sqlite(conn) => diesel::sql_query(
            "SELECT m.name AS owner, c.name AS name FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name NOT LIKE 'contact\\_search%' ESCAPE '\\' \
             AND upper(c.type) NOT IN ('INTEGER', 'BIGINT', 'BOOLEAN', 'TIMESTAMP', 'DATE')",
        )
        .load(conn)?,
        AnyConnection::Postgres(conn) => diesel::sql_query(
            "SELECT table_name::text AS owner, column_name::text AS name FROM information_schema.columns \
             WHERE table_schema = current_schema() AND data_type NOT IN ('bigint', 'integer', 'boolean', \
             'timestamp without time zone', 'timestamp with time zone', 'date')",
        )
        .load(conn)?,
    };
    Ok(columns
        .into_iter()
        .map(|column| (column.owner, column.name))
        .filter(|(owner, _)| !owner.starts_with("__diesel"))
        .collect())
}

/// The columns that contain one of these words, each with the word.
async fn found(app: &TestApp, words: &'static [&'static str]) -> Vec<(String, &'static str)> {
    app.db
        .read(move |conn| {
            let mut found = Vec::new();
            for (_, piece) in pieces(conn) {
                let text = String::from_utf8_lossy(&piece).to_lowercase();
                let words = words.iter().filter(|word| text.contains(**word));
                found.extend(words.map(|word| ("import_chunks.packed".to_owned(), *word)));
            }
            for (owner, name) in columns(conn)? {
                for word in words {
                    let Number { number } = match conn {
                        AnyConnection::Sqlite(conn) => diesel::sql_query(format!(
                            "SELECT count(*) AS number FROM \"{owner}\" WHERE instr(lower(CAST(\"{name}\" AS TEXT)), ?) > 0"
                        ))
                        .bind::<Text, _>(*word)
                        .get_result(conn)?,
                        AnyConnection::Postgres(conn) => {
                            let text = if name == "bytes" {
                                format!("encode(\"{name}\", 'escape')")
                            } else {
                                format!("\"{name}\"::text")
                            };
                            diesel::sql_query(format!(
                                "SELECT count(*) AS number FROM \"{owner}\" WHERE position($1 in lower({text})) > 0"
                            ))
                            .bind::<Text, _>(*word)
                            .get_result(conn)?
                        }
                    };
                    if number > 0 {
                        found.push((format!("{owner}.{name}"), *word));
                    }
                }
            }
            Ok(found)
        })
        .await
        .unwrap()
}

/// The words found in SQLite's file or in its log; none on PostgreSQL, whose vacuum comes later.
fn in_files(url: &str, words: &[&'static str]) -> Vec<&'static str> {
    let Some(path) = url.strip_prefix("sqlite://") else {
        return Vec::new();
    };
    let mut bytes = std::fs::read(path).unwrap();
    bytes.extend(std::fs::read(format!("{path}-wal")).unwrap_or_default());
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    let words = words.iter().copied();
    words.filter(|word| text.contains(word)).collect()
}

async fn submitted(client: &Client, path: &str, selector: &str, typed: &[(&str, Option<&str>)]) -> String {
    let form = client.get(path).await;
    let answer = client.submit(&form, selector, typed).await;
    assert_eq!(answer.status, 303, "{path}: {:?} {}", answer.errors(), answer.body);
    answer.location()
}

/// Stores the draft of a form that leaves for the organization's form.
async fn draft(client: &Client, path: &str, typed: &[(&str, Option<&str>)]) {
    let mut typed = typed.to_vec();
    typed.extend([("organization", Some("Nouvelle")), ("step", Some("add_organization"))]);
    submitted(client, path, "main form", &typed).await;
}

async fn save_filter(client: &Client, query: &str, name: &str, is_shared: bool) {
    let shared = is_shared.then_some("on");
    submitted(
        client,
        &format!("/contacts/filters/new?{query}"),
        "main form",
        &[("name", Some(name)), ("shared", shared)],
    )
    .await;
}

async fn change_all(client: &Client, query: &str, action: &str) {
    let ask = client.get(&format!("/contacts/bulk?{query}&do={action}")).await;
    let answer = client.submit(&ask, "main form", &[]).await;
    assert_eq!(answer.status, 303, "{}", ask.body);
    client.at_rest(&answer.location()).await;
}

/// Adds the person and another contact; returns the paths of both.
async fn add_both(alice: &Client, charlie: &Client) -> (String, String) {
    add_type(charlie, "Prestataire", &[("Code", "identifier", "", false), ("Mots", "tag", "", false)]).await;
    let beside =
        add(alice, &[("first_name", "Marc"), ("last_name", "Beaulieu"), ("email", "marc@regie.example")])
            .await;
    let fields = [
        ("first_name", "Wilhelmock"),
        ("last_name", "Brimborion"),
        ("email", "brimborion@vieux.example"),
        ("phone_work", "01 42 99 88 77"),
        ("city", "Kvasolavie"),
    ];
    let path = add(alice, &fields).await;
    let edit = format!("{path}/edit");
    let form = alice.get(&edit).await;
    let shown = alice
        .submit(&form, "main form", &[("contact_type", Some("Prestataire")), ("step", Some("show_type"))])
        .await;
    let (code, tag) = ("custom_code", "custom_mots");
    let typed = [
        ("first_name", Some("Gwendoluck")),
        ("last_name", Some("Xylander")),
        ("email", Some("xylander@neuf.example")),
        ("email_personal", Some("perso.wyx@maison.example")),
        ("email_other", Some("autre.wyx@maison.example")),
        ("phone_cell", Some("06 12 34 56 99")),
        ("title", Some("Zythologue")),
        ("service", Some("Vexillographie")),
        ("city", None),
        ("address", Some("7 impasse Jabberwock")),
        ("postal_code", Some("postalzz")),
        ("state", Some("Etatzz")),
        ("phone_home", Some("01 42 99 88 66")),
        ("phone_other", Some("01 42 99 88 55")),
        ("external_url", Some("https://intranet.wyx.example/1")),
        ("social_x", Some("wyxgram1")),
        ("social_facebook", Some("wyxgram2")),
        ("social_line", Some("wyxgram3")),
        ("social_whatsapp", Some("wyxgram4")),
        ("social_instagram", Some("wyxgram5")),
        (code, Some("QZ7788")),
        (tag, Some("etiquettezz")),
    ];
    let saved = alice.submit(&shown, "main form", &typed).await;
    assert_eq!(saved.status, 303, "{:?}", saved.errors());
    add_source(charlie, "CRM").await;
    for id in ["QZID-7799", "XYID-8800"] {
        set_ids(alice, &path, &[("CRM", id)]).await;
    }
    (path, beside)
}

/// Adds notes, a report with its answer, an absence, topics and a star.
async fn fill_beside_the_form(alice: &Client, path: &str, beside: &str) {
    submitted(alice, path, "#notes form", &[("note", Some("Snarkologue, dit Xylander"))]).await;
    submitted(alice, path, "#reports form", &[("report", Some("Xylander est partie"))]).await;
    let answer = [("outcome", Some("fixed")), ("answer", Some("Wilhelmock Brimborion, merci"))];
    submitted(alice, "/waiting", "article.report form", &answer).await;
    let today = carnet::base::clock::today().to_string();
    let absence = [
        ("absent_from", Some(today.as_str())),
        ("absent_until", Some(today.as_str())),
        ("substitute", Some("marc@regie.example")),
    ];
    submitted(alice, &format!("{path}/absence"), "main form", &absence).await;
    let stands_in = [absence[0], absence[1], ("substitute", Some("xylander@neuf.example"))];
    submitted(alice, &format!("{beside}/absence"), "main form", &stands_in).await;
    submitted(
        alice,
        &format!("{path}/expertise"),
        "main form",
        &[("topics", Some("Philatelomane")), ("languages", Some("Volapuk"))],
    )
    .await;
    let page = alice.get(path).await;
    assert_eq!(alice.post(&page, &format!("{path}/favourite"), &[("favourite", "on")]).await.status, 303);
}

/// Imports lists with lines that change the contact, rejected lines with a number or with both names, and a repeated line.
async fn import_lists(alice: &Client) {
    let xylander = "Mme,Gwendoluck,Xylander,xylander@neuf.example,Vexillographie,0142998877,7 impasse Jabberwock,Kvasolavie";
    alice.import("un", format!("{xylander}\nM.,Paul,Zola,paul@regie.example,,,,\n{xylander}\n"), true).await;
    let rejected = "Mme,Gwendoluck,Xylander,,,,,\n\
        M.,Wilhelmock,Brimborion,brimborion@,,,,\n\
        Mme,Brimborion,Gwendoluck,perso.wyx@maison.example,,x,,\n\
        M.,Paul,Zola,paul@regie.example,,01 42 99 88 77,,\n\
        Dr,Paul,Zola,paul@regie.example,,,,\n";
    let deux = alice.import("deux", rejected, true).await;
    // A correction that names the person on a line that does not.
    let page = alice.get(&deux.attributes("a[href$='/lines']", "href").remove(0)).await;
    let fixed = alice.submit(&page, "form#lines", &[("cell_5_7", Some("xylander@neuf.example"))]).await;
    assert_eq!(fixed.status, 422, "{}", fixed.body);
    // Its check finds far down that it is not UTF-8.
    let mut refused = "M.,Paul,Zola,paul@regie.example,,,,\n".repeat(3_000).into_bytes();
    refused.extend_from_slice(b"M.,Ren\xE9,,,,,,\nMme,Gwendoluck,Xylander,xylander@neuf.example,,,,\n");
    let refused = alice.import("refusé", refused, false).await;
    assert!(refused.one("h1").contains("ne peut pas être importé"), "{}", refused.body);
    // A list of another kind: a row that changes nothing, one without an e-mail, and a cell in which a line ends before a name.
    let list = "Nom;Prénom;Mail;Remarque\nXylander;Gwendoluck;xylander@neuf.example;\nXylander;Gwendoluck;;\n\
        Zola;Paul;paul@regie.example;\"Voir\nxylander@neuf.example\"\n";
    let only_known = [("column_4", Some("")), ("mode", Some("update"))];
    imported(alice, "liste", list, &only_known).await;
    // A doubtful row, which waits.
    imported(alice, "douteuse", "Nom;Prénom;Mail\nZag;Zig;xylander@neuf.example\n", &[]).await;
    let preview = alice
        .preview(
            "aperçu",
            format!(
                "{}\nDr,,Xylander,autre.wyx@maison.example,,,,\n",
                xylander.replace("Kvasolavie", "Lyon")
            ),
        )
        .await;
    assert_eq!(alice.submit(&preview, "form[action$=cancel]", &[]).await.status, 303);
}

/// Stores what accounts type to find the person again.
async fn look_for(alice: &Client, path: &str, beside: &str) {
    let by_name: [(&str, Option<&str>); 2] =
        [("first_name", Some("Wilhelmock")), ("last_name", Some("Brimborion"))];
    draft(alice, "/contacts/new", &by_name).await;
    draft(alice, &format!("{beside}/edit"), &[("phone_home", Some("+33 1 42 99 88 77"))]).await;
    draft(alice, &format!("{path}/edit"), &[("city", Some("Kvasolavie"))]).await;
    save_filter(alice, "q=xylander", "Le sien", false).await;
    save_filter(alice, "q=gwendol", "Par le début", false).await;
    save_filter(alice, "q=0142998877", "Ce numéro", true).await;
    save_filter(alice, "q=0612345699", "Numéro 0612345699", true).await;
    save_filter(alice, "q=xyid-8800", "Cet identifiant", true).await;
    save_filter(alice, "city=Lyon", "Ancien QZID-7799", true).await;
    save_filter(alice, "city=Lyon", "Suivi Xylander", true).await;
    save_filter(alice, "city=Lyon", "Lyon", true).await;
    for query in
        ["q=xylander", "q=0142998877", "q=gwendoluck+xylander", "q=perso.wyx%40maison.example", "q=xyid-8800"]
    {
        change_all(alice, query, "statuses&transfer=on").await;
    }
    change_all(alice, "q=xyid-8800", "add_topics&topics=xylander").await;
    change_all(alice, "q=beaulieu", "statuses&transfer=on").await;
}

/// Merges three contacts: one into the person, which is then erased; another into the person; and the person into the third one,
/// which is undone.
async fn merge_with_others(alice: &Client, path: &str, beside: &str) {
    for email in ["gwendoluck@vieux.example", "gwendoluck@ancien.example"] {
        let same = [("first_name", "Gwendoluck"), ("last_name", "Xylander"), ("email", email)];
        let same = add(alice, &same).await;
        search(alice).await;
        merge(alice, path, &same, &[("keep", Some("low"))]).await;
        if email.contains("vieux") {
            let emptied = submitted(alice, "/contacts/trash/empty", "main form", &[]).await;
            finished(alice, &emptied).await;
        }
    }
    let choices =
        [("keep", Some("low")), ("field_last_name", Some("high")), ("field_phone_work", Some("high"))];
    merge(alice, beside, path, &choices).await;
    let page = alice.get(beside).await;
    let undone = alice.submit(&page, "form[action^='/merges']", &[]).await;
    assert_eq!(undone.status, 303);
    alice.get(path).await;
    assert_eq!(alice.get("/contacts/filters").await.select(".choices > li > a").len(), 8);
}

/// Enters the person everywhere; returns the path of their contact.
async fn put_everywhere(app: &TestApp, alice: &Client, charlie: &Client) -> String {
    let (path, beside) = add_both(alice, charlie).await;
    app.db.write(counts::fold).await.unwrap();
    fill_beside_the_form(alice, &path, &beside).await;
    import_lists(alice).await;
    look_for(alice, &path, &beside).await;
    merge_with_others(alice, &path, &beside).await;
    // A message about the person that nobody has read yet.
    app.add_account("dora", Role::Coordinator).await;
    let dora = app.stranger();
    dora.sign_in("dora", PASSWORD).await;
    submitted(&dora, &path, "form[action$=checked]", &[]).await;
    path
}

both_backends!(nothing_of_a_person_who_is_erased_is_left_anywhere, values_that_others_also_have_are_kept,);

async fn nothing_of_a_person_who_is_erased_is_left_anywhere(app: TestApp) {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let path = put_everywhere(&app, &alice, &charlie).await;
    let everywhere: BTreeSet<String> =
        found(&app, &WORDS).await.into_iter().map(|(column, _)| column).collect();
    let all: BTreeSet<String> = app
        .db
        .read(|conn| Ok(columns(conn)?.into_iter().map(|(owner, name)| format!("{owner}.{name}")).collect()))
        .await
        .unwrap();
    let never: BTreeSet<&str> = NEVER.iter().flat_map(|(_, columns)| *columns).copied().collect();
    let unfilled: Vec<&String> =
        all.difference(&everywhere).filter(|column| !never.contains(column.as_str())).collect();

    submitted(&alice, &format!("{path}/delete"), "main form", &[]).await;
    finished(&alice, &erase(&alice, &path).await.location()).await;
    // Shows and so removes the message that waits for the next page.
    alice.get("/contacts").await;
    assert_eq!(found(&app, &WORDS).await, []);
    assert_eq!(in_files(&app.database_url, &WORDS), [""; 0]);

    assert!(unfilled.is_empty(), "the person stood nowhere in {unfilled:?}: put them there, or say why not");
    // Nobody else lost anything.
    assert_eq!(alice.get("/contacts/filters").await.select(".choices > li > a"), ["Lyon"]);
    assert_eq!(alice.get("/contacts").await.select("tbody th a"), ["Beaulieu, Marc", "Zola, Paul"]);
    assert_eq!(alice.get("/contacts?sort=city").await.select("tbody th a").len(), 2);
    assert_eq!(contact(&alice, "paul@regie.example").await, contact(&alice, "zola").await);
}

async fn values_that_others_also_have_are_kept(app: TestApp) {
    let alice = app.coordinator().await;
    let lines = [
        "Mme,Hélène,Lefèvre,helene@mairie.example,Voirie,0110203040,,Lyon",
        "M.,Hervé,Lefèvre,herve@mairie.example,Voirie,0110203040,,Lyon",
        "Mme,Hélène,Martin,martin@mairie.example,Eau,,,Évry",
    ];
    alice.import("un", lines.join("\n"), false).await;
    let rejected = [
        "Mme,Hélène,Lefèvre,,,,,",
        "Mme,Hélène,Lefèvre,autre@mairie.example,,x,,",
        "M.,Hervé,Lefèvre,,,0110203040,,",
    ];
    let names = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville";
    alice.import("deux", format!("{names}\n{}", rejected.join("\n")), true).await;
    for (query, name) in [
        ("q=lefevre", "Famille"),
        ("q=0110203040", "Standard"),
        ("q=h", "Les H"),
        ("q=helene+lefevre", "Elle"),
        ("service=Voirie", "Voirie"),
    ] {
        save_filter(&alice, query, name, false).await;
    }
    let path = contact(&alice, "helene@mairie.example").await;
    finished(&alice, &erase(&alice, &path).await.location()).await;
    assert_eq!(file(&app, "un").await, [&blank(lines[0]), lines[1], lines[2]].join("\n"));
    assert_eq!(
        file(&app, "deux").await,
        [names, &blank(rejected[0]), rejected[1], rejected[2]].join("\n"),
        "a number of two says nothing"
    );
    assert_eq!(
        alice.get("/contacts/filters").await.select(".choices > li > a"),
        ["Famille", "Les H", "Standard", "Voirie"]
    );
    assert_eq!(
        alice.get("/contacts?sort=service").await.select("tbody th a"),
        ["Martin, Hélène", "Lefèvre, Hervé"]
    );
    let choices =
        async |by: &str| alice.get(&format!("/contacts/choices?by={by}")).await.select(".choices li label");
    assert_eq!(choices("service").await.len(), 2);
    let path = contact(&alice, "martin@mairie.example").await;
    finished(&alice, &erase(&alice, &path).await.location()).await;
    assert_eq!(choices("service").await.len(), 1, "nobody is at the water any more");
    assert_eq!(choices("city").await.len(), 1);
}

/// Leaves words in free space of the file, as versions did that did not overwrite deleted data.
fn leave_behind(path: &str) {
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(
        "PRAGMA secure_delete = OFF; CREATE TABLE former (name TEXT);
         INSERT INTO former WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 500)
         SELECT 'xylander' FROM n;
         DROP TABLE former; INSERT INTO settings (key, value) VALUES ('free_space', 'stale');
         PRAGMA wal_checkpoint (TRUNCATE)",
    )
    .unwrap();
}

fn is_to_be_rewritten(path: &str) -> bool {
    let conn = rusqlite::Connection::open(path).unwrap();
    let asked = "SELECT count(*) FROM settings WHERE key = 'free_space'";
    conn.query_row(asked, [], |row| row.get::<_, i64>(0)).unwrap() == 1
}

#[test]
fn a_file_of_an_earlier_version_is_rewritten_once() {
    with_app(Backend::Sqlite, async |app| {
        let alice = app.coordinator().await;
        alice.import("un", "M.,Paul,Zola,paul@regie.example,,,,Lyon\n", false).await;
        let (url, database_url) = (DatabaseUrl::parse(&app.database_url).unwrap(), app.database_url.clone());
        tokio::task::spawn_blocking(move || {
            let path = database_url.strip_prefix("sqlite://").unwrap();
            leave_behind(path);
            assert_eq!(in_files(&database_url, &["xylander"]), ["xylander"]);
            let other = rusqlite::Connection::open(path).unwrap();
            other.execute_batch("BEGIN IMMEDIATE").unwrap();
            rewrite_once(&url).unwrap();
            assert!(is_to_be_rewritten(path), "another process writes: the next start tries again");
            other.execute_batch("ROLLBACK").unwrap();
            let (one, two) = (url.clone(), url.clone());
            let starts = [one, two].map(|url| std::thread::spawn(move || rewrite_once(&url).unwrap()));
            for start in starts {
                start.join().unwrap();
            }
            assert!(!is_to_be_rewritten(path));
            assert_eq!(in_files(&database_url, &["xylander"]), [""; 0]);
            let beside = std::fs::read_dir(std::path::Path::new(path).parent().unwrap()).unwrap();
            let mut names: Vec<String> =
                beside.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            assert_eq!(names, ["carnet.db", "carnet.db-shm", "carnet.db-wal"]);
        })
        .await
        .unwrap();
        assert_eq!(alice.get("/contacts?q=zola").await.select("tbody th a"), ["Zola, Paul"]);
    });
}
