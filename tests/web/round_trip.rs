//! What was exported comes back unchanged: the whole table as CSV and XLSX, and cards, of contacts with random values.

use crate::support::TestApp;
use crate::support::contacts::{add, contact, id};
use crate::support::lists::{check, confirm};
use crate::support::random_book::RandomBook;

both_backends!(
    known_values_come_back_unchanged,
    an_exported_book_comes_back_unchanged,
    an_empty_book_becomes_the_exported_one,
    a_changed_row_of_this_book_changes_its_contact,
    an_unknown_column_is_asked_for,
);

async fn known_values_come_back_unchanged(app: TestApp) {
    let alice = app.coordinator().await;
    let people = [
        [
            ("first_name", "Paul"),
            ("last_name", "Martin"),
            ("email", "paul.martin@b.fr"),
            ("phone_cell", "+33612345678"),
        ],
        [("first_name", "Zoé"), ("last_name", "d’Arc"), ("email", ""), ("phone_work", "01 10 20 30 40")],
        [
            ("first_name", "=A1"),
            ("last_name", "O'Neil"),
            ("email", "o'neil@b.fr"),
            ("address", "1, rue « Haute »"),
        ],
    ];
    for (person, more) in
        people.iter().zip([("postal_code", "01000"), ("title", "Juriste"), ("country", "FR")])
    {
        let mut fields = person.to_vec();
        fields.push(more);
        add(&alice, &fields).await;
    }
    for path in ["/contacts.csv", "/contacts.xlsx", "/contacts.vcf?contact=1&contact=2&contact=3"] {
        let exported = alice.raw(reqwest::Method::GET, path).send().await.unwrap();
        assert_eq!(exported.status(), 200, "{path}");
        let bytes = exported.bytes().await.unwrap().to_vec();
        let answer = alice.upload("retour", bytes, false).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
        assert!(!answer.location().ends_with("/columns"), "{path}: nobody is asked for the columns");
        let checked = alice.at_rest(&answer.location()).await;
        let verdict = checked.one(".verdict");
        assert!(
            verdict.contains("3 inchangés"),
            "{path}: {verdict} {}",
            checked.select("table.diff tr").join("\n")
        );
        alice.submit(&checked, "form[action$='/cancel']", &[]).await;
    }
}

/// The ways out of a book, and back.
async fn all_exports(book: &RandomBook) -> Vec<(&'static str, Vec<u8>)> {
    let ids: Vec<String> =
        book.all_paths().await.iter().map(|path| format!("contact={}", id(path))).collect();
    let three = format!("/contacts.vcf?version=3&{}", ids.join("&"));
    vec![
        ("CSV", book.bytes("/contacts.csv").await),
        ("XLSX", book.bytes("/contacts.xlsx").await),
        ("vCard 4", book.bytes("/contacts.csv?format=vcard").await),
        ("vCard 3", book.bytes(&three).await),
    ]
}

async fn an_exported_book_comes_back_unchanged(app: TestApp) {
    let book = RandomBook::of(app).await;
    book.fill(24).await;
    for (format, bytes) in all_exports(&book).await {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let checked = book.checked(bytes).await;
        let verdict = checked.one(".verdict");
        assert!(
            verdict.contains("24 inchangés") && !verdict.contains("rejet"),
            "{format}: {verdict}\n{}\n{}\n{text}",
            checked.select("table.diff tr").join("\n"),
            checked.select("#rejected, .rejected").join("\n"),
        );
        if format == "CSV" {
            // Nor are there values that empty cells would clear.
            let columns = book.alice.get(&checked.attributes("a[href$='/columns']", "href")[0]).await;
            let cleared = check(&book.alice, &columns, &[("blank", Some("clear"))]).await;
            let shown = cleared.select("table.diff tr").join("\n");
            assert!(cleared.one(".verdict").contains("24 inchangés"), "{}\n{shown}", cleared.one(".verdict"));
        }
        book.alice.submit(&checked, "form[action$='/cancel']", &[]).await;
    }
}

/// The table without what differs between two books: the first two columns, and the last four.
fn table(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes).unwrap().trim_start_matches('\u{FEFF}').to_owned();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    rows.map(|row| row[2..row.len() - 4].to_vec()).collect()
}

/// The cards without what differs between two books.
fn cards(bytes: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(bytes).unwrap().replace("\r\n ", "");
    let differs = |line: &&str| line.starts_with("UID:") || line.starts_with("REV:");
    let mut cards: Vec<String> = text
        .split("BEGIN:VCARD")
        .map(|card| card.lines().filter(|line| !differs(line)).collect::<Vec<_>>().join("\n"))
        .collect();
    cards.sort();
    cards
}

async fn an_empty_book_becomes_the_exported_one(app: TestApp) {
    let book = RandomBook::of(app).await;
    book.fill(12).await;
    let exports = all_exports(&book).await;
    let csv = exports[0].1.clone();
    for (format, bytes) in exports {
        let other = book.beside().await;
        let checked = other.checked(bytes.clone()).await;
        let done = confirm(&other.alice, &checked).await;
        assert!(
            done.one(".verdict").contains("12 ajoutés"),
            "{format}: {} {} {}",
            done.one(".verdict"),
            done.select("table tr").join("\n"),
            String::from_utf8_lossy(&bytes)
        );
        let again = all_exports(&other).await;
        match format {
            "vCard 4" => assert_eq!(cards(&again[2].1), cards(&bytes)),
            "vCard 3" => assert_eq!(cards(&again[3].1), cards(&bytes)),
            _ => assert_eq!(table(&again[0].1), table(&csv), "{format}"),
        }
    }
}

/// The rows of a table, changed.
fn edited(bytes: &[u8], edit: impl Fn(&mut Vec<Vec<String>>)) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap().trim_start_matches('\u{FEFF}').to_owned();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    let mut rows: Vec<Vec<String>> = rows.collect();
    edit(&mut rows);
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    for row in &rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

async fn a_changed_row_of_this_book_changes_its_contact(app: TestApp) {
    let book = RandomBook::of(app).await;
    let alice = &book.alice;
    for name in ["Anne", "Paul", "Zoé"] {
        let email = format!("{}@b.example", name.replace('é', "e").to_lowercase());
        let fields = [("first_name", name), ("last_name", "Roux"), ("email", email.as_str())];
        add(alice, &fields).await;
    }
    let exported = book.bytes("/contacts.csv").await;
    let at = |rows: &[Vec<String>], heading: &str| rows[0].iter().position(|known| known == heading).unwrap();
    // Another name and another e-mail are no doubt: the number says who it is.
    let changed = edited(&exported, |rows| {
        let (first, last, email) = (at(rows, "Prénom"), at(rows, "Nom"), at(rows, "E-mail professionnel"));
        "Béatrice".clone_into(&mut rows[1][first]);
        "Wagner".clone_into(&mut rows[1][last]);
        "nouvelle@b.example".clone_into(&mut rows[1][email]);
    });
    let checked = book.checked(changed).await;
    let verdict = checked.one(".verdict");
    assert!(verdict.contains("1 à mettre à jour") && verdict.contains("2 inchangés"), "{verdict}");
    confirm(alice, &checked).await;
    assert_eq!(alice.get("/contacts?q=wagner").await.select("tbody th a").len(), 1);
    assert_eq!(alice.get("/contacts").await.select("tbody th a").len(), 3, "nobody was added");

    // The id of another book says nothing here: the new name of a known e-mail is a doubt.
    let foreign = edited(&exported, |rows| {
        let (number, origin) = (at(rows, "Numéro"), at(rows, "Carnet d’origine"));
        let (first, last) = (at(rows, "Prénom"), at(rows, "Nom"));
        rows.truncate(3);
        "11111111-2222-8333".clone_into(&mut rows[2][origin]);
        "Gérard".clone_into(&mut rows[2][first]);
        "Lambert".clone_into(&mut rows[2][last]);
        rows[2][number] = rows[1][number].clone();
        rows.remove(1);
    });
    let checked = book.checked(foreign).await;
    assert!(checked.one(".verdict").contains("1 douteuse"), "{}", checked.one(".verdict"));
    alice.submit(&checked, "form[action$='/cancel']", &[]).await;

    // Somebody in the trash is matched like a row of any list.
    let paul = contact(alice, "paul@b.example").await;
    let paul = paul.split('?').next().unwrap().to_owned();
    let card = book.bytes(&format!("{paul}.vcf")).await;
    let renamed = String::from_utf8(card.clone()).unwrap().replace("paul@b.example", "autre@b.example");
    let checked = book.checked(renamed.clone().into_bytes()).await;
    assert!(checked.one(".verdict").contains("1 à mettre à jour"), "{}", checked.one(".verdict"));
    alice.submit(&checked, "form[action$='/cancel']", &[]).await;
    let page = alice.get(&format!("{paul}/delete")).await;
    let deleted = alice.submit(&page, "main form", &[]).await;
    assert_eq!(deleted.status, 303);
    let checked = book.checked(renamed.into_bytes()).await;
    assert!(checked.one(".verdict").contains("1 à ajouter"), "{}", checked.one(".verdict"));
}

async fn an_unknown_column_is_asked_for(app: TestApp) {
    let book = RandomBook::of(app).await;
    let fields = [("first_name", "Anne"), ("last_name", "Roux"), ("email", "anne@b.example")];
    add(&book.alice, &fields).await;
    let exported = book.bytes("/contacts.csv").await;
    let longer = edited(&exported, |rows| {
        rows[0].push("Casier".to_owned());
        rows[1].push("12".to_owned());
    });
    let answer = book.alice.upload("plus", longer, false).await;
    assert!(answer.location().ends_with("/columns"), "{}", answer.location());
    let page = book.alice.get(&answer.location()).await;
    let chosen = |n: usize| page.attributes(&format!("#column_{n} option[selected]"), "value").concat();
    assert_eq!(
        (chosen(1).as_str(), chosen(2).as_str(), chosen(3).as_str()),
        ("contact_id", "book_id", "civility")
    );
    let checked = check(&book.alice, &page, &[]).await;
    assert!(checked.one(".verdict").contains("1 inchangé"), "{}", checked.one(".verdict"));
    assert!(checked.one(".left-out").contains("Casier (1)"), "{}", checked.one(".left-out"));
}
