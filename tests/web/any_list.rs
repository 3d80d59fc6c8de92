//! Lists of any kind: their columns are mapped, checked, imported and undone.

use carnet::book::search;
use carnet::db::AnyConnection;
use diesel::{RunQueryDsl as _, sql_query};
use rust_xlsxwriter::Workbook;

use crate::support::contacts::add;
use crate::support::external_ids::add_source;
use crate::support::lists::{check, columns, confirm, imported, values};
use crate::support::undo::undo;
use crate::support::{Client, Page, TestApp};

both_backends!(
    a_colleagues_list_is_mapped_checked_imported_and_undone,
    a_workbook_and_its_sheets,
    cards_need_no_mapping,
    dropped_properties_are_counted_and_kept_on_request,
    two_columns_for_one_field_are_refused_at_the_column,
    a_row_may_fill_in_or_leave_what_the_contact_has,
    an_unknown_organization_is_rejected_or_created,
    a_mailbox_that_was_handed_on_is_doubtful,
    a_file_that_nothing_reads_says_why,
    a_strict_list_can_be_read_by_its_columns,
    rejected_rows_come_back_as_a_table_with_their_reasons,
    the_row_of_the_headings_can_be_corrected,
    a_deleted_source_asks_for_the_columns_again,
    a_switchboard_of_many_is_no_doubt,
    a_new_contact_has_the_words_of_a_save,
);

/// A list as a colleague keeps it: own headings, capitals, spaces in numbers, a lost zero, somebody without an e-mail.
const COLLEAGUE: &str = "Civilité;NOM;Prénom;Fonction;Service;Mail;Tél. fixe;Mobile;Adresse;CP;Ville;Note\n\
Madame;DUPONT;Hélène;Juriste;Contentieux;helene.dupont@b.fr;01 10 20 30 40;612345678;1 rue Haute;1000;BOURG-EN-BRESSE;Appeler le matin\n\
Monsieur;MARTIN;Paul;Chef de projet;Voirie;paul.martin@b.fr;01.10.20.30.41;;2 rue Haute;69001;LYON;\n\
Mme;LE GOFF;Anne;Accueil;Mairie;;01 10 20 30 42;;3 rue Haute;29200;BREST;\n";

/// The page of the contact that a search finds.
async fn contact(client: &Client, name: &str) -> Page {
    let list = client.get(&format!("/contacts?q={name}")).await;
    let links = list.attributes("tbody th a", "href");
    assert_eq!(links.len(), 1, "{name}: {}", list.body);
    client.get(&links[0]).await
}

async fn a_colleagues_list_is_mapped_checked_imported_and_undone(app: TestApp) {
    let alice = app.coordinator().await;
    let page = columns(&alice, "collegue", COLLEAGUE).await;
    let chosen: Vec<String> = (1..=12)
        .map(|n| page.attributes(&format!("#column_{n} option[selected]"), "value").concat())
        .collect();
    assert_eq!(
        chosen,
        [
            "civility",
            "last_name",
            "first_name",
            "title",
            "service",
            "email",
            "phone_work",
            "phone_cell",
            "address",
            "postal_code",
            "city",
            "note"
        ]
    );
    let said = page.select("table.mapping .hint").join("\n");
    assert!(said.contains("Madame → Mme"), "{said}");
    assert!(said.contains("DUPONT → Dupont"), "{said}");
    assert!(said.contains("612345678 → 0612345678"), "{said}");
    assert!(page.one(".lead").contains("1 personne sans e-mail"), "{}", page.one(".lead"));

    let zeros = [("postal_zeros", Some("on"))];
    let checked = check(&alice, &page, &zeros).await;
    assert!(checked.one(".verdict").contains("à ajouter"), "{}", checked.body);
    assert_eq!(alice.get("/contacts").await.select("tbody tr").len(), 0, "nothing is written yet");
    let done = confirm(&alice, &checked).await;
    assert!(done.one(".verdict").contains("3 ajoutés"), "{}", done.one(".verdict"));
    let fields =
        ["civility", "first_name", "last_name", "title", "phone_work", "phone_cell", "postal_code", "city"];
    assert_eq!(
        values(&alice, "helene.dupont", &fields).await,
        ["Mme", "Hélène", "Dupont", "Juriste", "01 10 20 30 40", "0612345678", "01000", "Bourg-en-Bresse"]
    );
    assert!(contact(&alice, "helene.dupont").await.body.contains("Appeler le matin"));
    // Without an e-mail, somebody is Expert alone.
    assert_eq!(values(&alice, "goff", &["expert", "copy", "email"]).await, ["on", "", ""]);

    let again = imported(&alice, "collegue-2", COLLEAGUE, &zeros).await;
    assert!(again.one(".verdict").contains("3 inchangés"), "{}", again.one(".verdict"));
    undo(&alice, "collegue-2").await;
    let undone = undo(&alice, "collegue").await;
    assert!(undone.body.contains("corbeille"), "{}", undone.body);
    assert_eq!(alice.get("/contacts").await.select("tbody th a").len(), 0);
    // The corrected list brings the withdrawn contacts back.
    let back = imported(&alice, "collegue-3", COLLEAGUE, &zeros).await;
    assert!(back.one(".verdict").contains("restaur"), "{}", back.one(".verdict"));
}

async fn a_workbook_and_its_sheets(app: TestApp) {
    let alice = app.coordinator().await;
    let mut book = Workbook::new();
    let first = book.add_worksheet();
    first.set_name("Juin").unwrap();
    for (column, text) in ["Nom", "Prénom", "E-mail", "Téléphone"].into_iter().enumerate() {
        first.write_string(0, u16::try_from(column).unwrap(), text).unwrap();
    }
    for (column, text) in ["Durand", "Léa", "lea.durand@b.fr"].into_iter().enumerate() {
        first.write_string(1, u16::try_from(column).unwrap(), text).unwrap();
    }
    first.write_number(1, 3, 110_203_040).unwrap();
    let second = book.add_worksheet();
    second.set_name("Juillet").unwrap();
    second.write_string(0, 0, "Nom").unwrap();
    second.write_string(0, 1, "E-mail").unwrap();
    second.write_string(1, 0, "Petit").unwrap();
    second.write_string(1, 1, "petit@b.fr").unwrap();
    let bytes = book.save_to_buffer().unwrap();

    imported(&alice, "juin", bytes.clone(), &[]).await;
    assert_eq!(values(&alice, "durand", &["first_name", "phone_work"]).await, ["Léa", "0110203040"]);

    let page = columns(&alice, "juillet", bytes).await;
    let answer =
        alice.submit(&page, "form.mapping", &[("sheet", Some("1")), ("read_sheet", Some("1"))]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = alice.get(&answer.location()).await;
    let checked = check(&alice, &page, &[]).await;
    confirm(&alice, &checked).await;
    assert_eq!(values(&alice, "petit", &["email"]).await, ["petit@b.fr"]);
}

async fn cards_need_no_mapping(app: TestApp) {
    let alice = app.coordinator().await;
    let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Moreau;Julie;;Mme;\r\nFN:Julie Moreau\r\nORG:Mairie de Lyon;Voirie\r\n\
        TITLE:Juriste\r\nEMAIL;TYPE=WORK:julie.moreau@b.fr\r\nTEL;TYPE=CELL:06 12 34 56 78\r\nEND:VCARD\r\n";
    let checked = alice.import("cartes", cards, false).await;
    assert!(checked.one(".verdict").contains("à ajouter"), "{}", checked.body);
    confirm(&alice, &checked).await;
    assert_eq!(
        values(&alice, "moreau", &["first_name", "title", "phone_cell", "organization"]).await,
        ["Julie", "Juriste", "06 12 34 56 78", "Mairie de Lyon"]
    );
}

async fn dropped_properties_are_counted_and_kept_on_request(app: TestApp) {
    let alice = app.coordinator().await;
    let card = |name: &str, more: &str| {
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:{name};Julie;;Dr;\r\nEMAIL:{name}@b.fr\r\nNOTE:Le matin\r\n{more}END:VCARD\r\n"
        )
    };
    let photo = format!("PHOTO;ENCODING=b;TYPE=JPEG:{}\r\n {}\r\n", "A".repeat(70), "B".repeat(70));
    let moreau = format!("X-SKYPE:julie.m\r\nBDAY:1980-04-12\r\n{photo}");
    let many: String = (0..2_000).map(|n| format!("X-MANY-{n}:{}\r\n", "v".repeat(100))).collect();
    let cards = card("Moreau", &moreau) + &card("Petit", &many) + &card("Roux", &photo);
    let checked = alice.import("cartes", cards.clone(), false).await;
    let said = checked.one(".left-out");
    for part in ["Propriétés non reprises", "BDAY (1)", "N;PREFIX (3)", "PHOTO (2)", "X-SKYPE (1)"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(checked.one(".verdict").contains("3 à ajouter"), "{}", checked.one(".verdict"));
    confirm(&alice, &checked).await;
    let page = contact(&alice, "moreau").await;
    assert!(page.body.contains("Le matin") && !page.body.contains("julie.m<"), "a note on request only");

    let checked = alice.import("cartes-2", cards, false).await;
    assert!(checked.one(".verdict").contains("3 inchangés"), "{}", checked.one(".verdict"));
    let keep = "form[action$='/columns']";
    let answer = alice.submit(&checked, keep, &[("keep_dropped", Some("1"))]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let kept = alice.at_rest(&answer.location()).await;
    assert!(kept.one(".verdict").contains("3 à mettre à jour"), "{}", kept.one(".verdict"));
    assert!(kept.one(".left-out").contains("gardées dans une note"), "{}", kept.one(".left-out"));
    confirm(&alice, &kept).await;
    let page = contact(&alice, "moreau").await;
    assert!(
        page.body.contains("X-SKYPE: julie.m") && page.body.contains("BDAY: 1980-04-12"),
        "{}",
        page.body
    );
    assert_eq!(page.body.matches("Le matin").count(), 1, "the same note is not added twice");
    let petit = contact(&alice, "petit").await;
    let petit = alice.get(&petit.attributes("#notes a[href*='/notes?']", "href")[0]).await;
    assert!(
        petit.body.contains("X-MANY-50: ") && !petit.body.contains("X-MANY-1999: "),
        "the note is bounded"
    );
}

async fn two_columns_for_one_field_are_refused_at_the_column(app: TestApp) {
    let alice = app.coordinator().await;
    let page = columns(&alice, "collegue", COLLEAGUE).await;
    let answer = alice.submit(&page, "form.mapping", &[("column_4", Some("service"))]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.errors().concat().contains("Fonction"), "{:?}", answer.errors());
    assert_eq!(
        answer.attributes("#column_4 option[selected]", "value"),
        ["service"],
        "what was chosen is there"
    );
    let nothing: Vec<(String, Option<&str>)> = (1..=12).map(|n| (format!("column_{n}"), Some(""))).collect();
    let nothing: Vec<(&str, Option<&str>)> =
        nothing.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let answer = alice.submit(&page, "form.mapping", &nothing).await;
    assert_eq!(answer.status, 422);
    assert!(answer.errors().concat().contains("Aucune colonne"), "{:?}", answer.errors());
}

async fn a_row_may_fill_in_or_leave_what_the_contact_has(app: TestApp) {
    let alice = app.coordinator().await;
    let known =
        [("first_name", "Paul"), ("last_name", "Martin"), ("email", "paul.martin@b.fr"), ("city", "Brest")];
    add(&alice, &known).await;
    let list = "E-mail;Prénom;Nom;Ville;Service;Fonction\npaul.martin@b.fr;Paul;Martin;Lyon;Voirie;\n";
    let page = columns(&alice, "un", list).await;
    let checked = check(&alice, &page, &[("policy_4", Some("fill"))]).await;
    let shown = checked.select("table.diff tr").join("\n");
    assert!(shown.contains("Voirie") && !shown.contains("Lyon"), "{shown}");
    confirm(&alice, &checked).await;
    assert_eq!(values(&alice, "martin", &["city", "service"]).await, ["Brest", "Voirie"]);
    imported(&alice, "deux", list, &[("policy_4", Some("replace"))]).await;
    assert_eq!(values(&alice, "martin", &["city"]).await, ["Lyon"]);
    undo(&alice, "deux").await;
    assert_eq!(values(&alice, "martin", &["city", "service"]).await, ["Brest", "Voirie"]);
    let blank = "E-mail;Ville\npaul.martin@b.fr;\n";
    let kept = columns(&alice, "trois", blank).await;
    let checked = check(&alice, &kept, &[]).await;
    assert!(checked.one(".verdict").contains("1 inchangé"), "{}", checked.body);
    let page = alice.get(&checked.attributes("a[href$='/columns']", "href").concat()).await;
    let checked = check(&alice, &page, &[("blank", Some("clear"))]).await;
    confirm(&alice, &checked).await;
    assert_eq!(values(&alice, "martin", &["city"]).await, [""]);
}

async fn an_unknown_organization_is_rejected_or_created(app: TestApp) {
    let alice = app.coordinator().await;
    let list = "Nom;E-mail;Société\nRoux;roux@b.fr;Régie des eaux\n";
    let page = columns(&alice, "un", list).await;
    let checked = check(&alice, &page, &[]).await;
    assert!(checked.body.contains("cette organisation n’est pas dans le carnet"), "{}", checked.body);
    imported(&alice, "deux", list, &[("create_organizations", Some("on"))]).await;
    assert_eq!(values(&alice, "roux", &["organization"]).await, ["Régie des eaux"]);
    undo(&alice, "deux").await;
    assert_eq!(alice.get("/organizations").await.select("tbody th a").len(), 0, "it goes with its import");
}

async fn a_mailbox_that_was_handed_on_is_doubtful(app: TestApp) {
    let alice = app.coordinator().await;
    add(&alice, &[("first_name", "Paul"), ("last_name", "Martin"), ("email", "accueil@b.fr")]).await;
    let list = "E-mail;Prénom;Nom\naccueil@b.fr;Zoé;Lambert\nneuf@b.fr;Ali;Benali\n";
    let page = columns(&alice, "un", list).await;
    let checked = check(&alice, &page, &[]).await;
    assert!(checked.one(".verdict").contains("douteuse"), "{}", checked.body);
    confirm(&alice, &checked).await;
    assert_eq!(
        values(&alice, "accueil", &["last_name"]).await,
        ["Martin"],
        "nobody is overwritten in silence"
    );
    assert_eq!(values(&alice, "benali", &["email"]).await, ["neuf@b.fr"]);
}

async fn a_file_that_nothing_reads_says_why(app: TestApp) {
    let alice = app.coordinator().await;
    let pdf = alice.upload("un", b"%PDF-1.7\nxxxx".to_vec(), false).await;
    assert_eq!(pdf.status, 422);
    assert!(pdf.errors().concat().contains("PDF"), "{:?}", pdf.errors());
    let open = alice.import("deux", "Nom;E-mail\n\"Dupont;dupont@b.fr\n", false).await;
    assert!(open.body.contains("n’est jamais fermé"), "{}", open.body);
    assert_eq!(alice.get("/contacts").await.select("tbody th a").len(), 0);
}

async fn a_strict_list_can_be_read_by_its_columns(app: TestApp) {
    let alice = app.coordinator().await;
    let list = "Mme,Anne,Roux,anne.roux@b.fr,Voirie,01 10 20 30 40,,Lyon\nM.,Paul,Petit,petit@b.fr,,,,\n";
    let page = alice.preview("un", list).await;
    let answer = alice.submit(&page, "form[action$='/columns']", &[("read_as_list", Some("1"))]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(answer.location().ends_with("/columns"), "{}", answer.location());
    let columns = alice.get(&answer.location()).await;
    let checked = check(&alice, &columns, &[("column_8", Some("city"))]).await;
    confirm(&alice, &checked).await;
    assert_eq!(values(&alice, "roux", &["phone_work", "city"]).await, ["01 10 20 30 40", "Lyon"]);
}

async fn rejected_rows_come_back_as_a_table_with_their_reasons(app: TestApp) {
    let alice = app.coordinator().await;
    let list = "Nom;E-mail;Pays\nRoux;roux@b.fr;Fance\nPetit;petit@b.fr;France\n";
    let page = columns(&alice, "un", list).await;
    let checked = check(&alice, &page, &[]).await;
    assert!(checked.body.contains("Pays"), "the column has the name of the list: {}", checked.body);
    let rejected = alice.get("/imports/1/rejected.csv?reasons=1").await.body;
    assert!(rejected.contains("\"Nom\";\"E-mail\";\"Pays\""), "{rejected}");
    assert!(rejected.contains("\"Roux\";\"roux@b.fr\";\"Fance\";\"Pays – "), "{rejected}");
    assert!(!rejected.contains("Petit"), "{rejected}");
}

async fn the_row_of_the_headings_can_be_corrected(app: TestApp) {
    let alice = app.coordinator().await;
    let list = "Nom;Service\nRoux;Voirie\nPetit;Mairie\n";
    let page = columns(&alice, "un", list).await;
    let again = [("heading_row", Some("2")), ("read_sheet", Some("1"))];
    let answer = alice.submit(&page, "form.mapping", &again).await;
    let page = alice.get(&answer.location()).await;
    assert_eq!(page.select("table.mapping tbody th").join(","), "Roux,Voirie");
    let none = [("heading_row", Some("")), ("read_sheet", Some("1"))];
    let answer = alice.submit(&page, "form.mapping", &none).await;
    let page = alice.get(&answer.location()).await;
    let checked =
        check(&alice, &page, &[("column_1", Some("last_name")), ("column_2", Some("service"))]).await;
    assert!(checked.one(".verdict").contains('3'), "the headings are a row now: {}", checked.one(".verdict"));
}

async fn a_deleted_source_asks_for_the_columns_again(app: TestApp) {
    let (alice, root) = (app.coordinator().await, app.administrator().await);
    add_source(&root, "RH").await;
    let list = "Nom;Matricule\nRoux;77\n";
    let page = columns(&alice, "un", list).await;
    let checked = check(&alice, &page, &[("column_2", Some("external_id"))]).await;
    assert!(checked.one(".verdict").contains("à ajouter"), "{}", checked.body);
    let ask = root.get("/sources/1/delete").await;
    root.submit(&ask, "main form", &[]).await;
    let answer = alice.get("/imports/1").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = alice.get(&answer.location()).await;
    assert!(page.flash().contains("n’existent plus"), "{}", page.flash());
    let checked = check(&alice, &page, &[("column_2", Some(""))]).await;
    confirm(&alice, &checked).await;
    assert_eq!(values(&alice, "roux", &["last_name"]).await, ["Roux"]);
}

async fn a_switchboard_of_many_is_no_doubt(app: TestApp) {
    let alice = app.coordinator().await;
    let people = |first: usize, count: usize| {
        let row = |n: usize| format!("Agnan{n};Martin;01 10 20 30 40\n");
        format!("Prénom;Nom;Téléphone\n{}", (first..first + count).map(row).collect::<String>())
    };
    imported(&alice, "un", people(0, 80), &[]).await;
    // Eighty people nearly have the name and have the number, which is too many to mean anything; the same name still does.
    let again = columns(&alice, "deux", people(40, 60)).await;
    let checked = check(&alice, &again, &[]).await;
    let verdict = checked.one(".verdict");
    assert!(verdict.contains("40 inchangés") && verdict.contains("20 à ajouter"), "{verdict}");
}

/// The words of a new contact are computed from its row, and those of a save from what is stored.
async fn a_new_contact_has_the_words_of_a_save(app: TestApp) {
    let list = "Nom;Prénom;E-mail;E-mail personnel;Fonction;Organisation;Service;Téléphone;Mobile;Ville;Spécialités;Langues\n\
        D'Arc;Anne-Marie;anne.darc@b.fr;anne@maison.fr;Juriste;Mairie de Lyon;État civil;\
        01 10 20 30 40 poste 4512 / 01 10 20 30 41;+32 475 12 34 56;L'Haÿ-les-Roses;eau, voirie;français, anglais\n";
    let alice = app.coordinator().await;
    imported(&alice, "mots", list, &[("create_organizations", Some("on"))]).await;
    for query in ["darc", "mairie", "juriste", "maison.fr", "0475123456", "hay", "voirie", "anglais"] {
        contact(&alice, query).await;
    }
    if app.database_url.starts_with("sqlite") {
        return;
    }
    let tokens = async || {
        let read = |conn: &mut AnyConnection| {
            let tokens: Vec<Tokens> =
                sql_query("SELECT id, tokens::text AS tokens FROM contacts").load(conn)?;
            Ok(tokens.into_iter().map(|row| (row.id, row.tokens)).collect::<Vec<_>>())
        };
        app.db.read(read).await.unwrap()
    };
    let before = tokens().await;
    let id = before[0].0;
    app.db.write(move |conn| search::index(conn, &[id])).await.unwrap();
    assert_eq!(before, tokens().await);
}

#[derive(diesel::QueryableByName)]
struct Tokens {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    id: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    tokens: String,
}
