//! A book with a list whose import is previewed.

use carnet::db::schema::{audit_entries, import_lines};
use diesel::prelude::*;

use super::contacts::contact;
use super::{Client, Page, TestApp};

const BOOK: &str = "Mme,Hélène,Lefèvre,helene@mairie.example,État civil,0110203040,12 rue Haute,Lyon\n\
    M.,Marc,Beaulieu,marc@regie.example,Contentieux,0033472103031,,Évry\n\
    M.,Paul,Perdu,paul@regie.example,Voirie,,,Lyon\n\
    M.,Zoé,Même,zoe@regie.example,Voirie,,,Lyon\n";

/// One line of each kind: Hélène changes and loses her phone and address, Paul is in the trash, Zoé stays, Neuf is new.
pub const LIST: &str = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville\n\
    Mme,Hélène,Martin,helene@mairie.example,État civil,,,Lyon\n\
    M.,Paul,Perdu,paul@regie.example,Eau,,,Lyon\n\
    M.,Zoé,Même,zoe@regie.example,Voirie,,,Lyon\n\
    M.,Double,Double,neuf@regie.example,,,,\n\
    Mme,Neuf,Neuve,neuf@regie.example,Paie,0110203041,,Brest\n";

/// Imports Hélène, Marc and Zoé; Paul is in the trash.
pub async fn book(app: &TestApp) -> Client {
    let alice = app.coordinator().await;
    alice.import("avant", BOOK, false).await;
    delete(&alice, "perdu").await;
    alice
}

/// The path of the import whose page waits for a decision.
pub fn path(page: &Page) -> String {
    let action = page.attributes("form[action$=cancel]", "action").remove(0);
    action.replace("/cancel", "")
}

/// Presses "Importer", and waits for the result.
pub async fn confirm(client: &Client, page: &Page) -> Page {
    let answer = client.submit(page, "form[action$=confirm]", &[]).await;
    assert_eq!(answer.status, 303);
    client.at_rest(&answer.location()).await
}

/// The lines of an import's page by outcome: added, updated, unchanged, restored, repeated, rejected, skipped. They add up to the
/// lines of the file, and none of those that are shown is zero.
pub fn counts(page: &Page) -> [i64; 7] {
    let words = [
        &["ajouté", "à ajouter"][..],
        &["mis à jour", "à mettre à jour"],
        &["inchangé"],
        &["restauré", "à restaurer"],
        &["en double"],
        &["refusé"],
        &["ligne"],
    ];
    let mut counts = [0; 7];
    for shown in page.select(".tally li:not(.total)") {
        let (count, outcome) = number_of(&shown);
        let place = words.iter().position(|words| words.iter().any(|word| outcome.starts_with(word)));
        assert!(count > 0, "{shown}");
        counts[place.unwrap_or_else(|| panic!("{shown}"))] = count;
    }
    let (total, _) = number_of(&page.one(".tally .total"));
    assert_eq!(counts.iter().sum::<i64>(), total, "the counts add up to the file's lines");
    counts
}

/// The number at the beginning of a text, and the words behind it.
fn number_of(text: &str) -> (i64, &str) {
    let words = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '\u{202F}');
    let digits: String = text[..text.len() - words.len()].chars().filter(char::is_ascii_digit).collect();
    (digits.parse().unwrap(), words.trim_start())
}

/// Moves the contact that a search finds to the trash.
pub async fn delete(client: &Client, query: &str) {
    let path = contact(client, query).await;
    let ask = client.get(&format!("{path}/delete")).await;
    assert_eq!(client.submit(&ask, "main form", &[]).await.status, 303);
}

/// Changes one field of the contact that a search finds.
pub async fn edit(client: &Client, query: &str, field: &str, value: &str) {
    let path = contact(client, query).await;
    let form = client.get(&format!("{path}/edit")).await;
    let saved = client.submit(&form, "main form", &[(field, Some(value))]).await;
    assert_eq!(saved.status, 303, "{:?}", saved.errors());
}

/// The number of rows that are stored for decisions.
pub async fn kept(app: &TestApp) -> i64 {
    app.db.read(|conn| Ok(import_lines::table.count().get_result(conn)?)).await.unwrap()
}

/// The number of entries of a kind in the history that a person caused.
pub async fn recorded(app: &TestApp, kind: &'static str) -> i64 {
    app.db
        .read(move |conn| {
            let entries = audit_entries::table.filter(audit_entries::kind.eq(kind));
            Ok(entries.filter(audit_entries::account_id.is_not_null()).count().get_result(conn)?)
        })
        .await
        .unwrap()
}
