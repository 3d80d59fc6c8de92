//! Lists that cannot be read, damaged ones and those made to do harm: each is refused with a sentence of its own, and nothing of it
//! is written.

use std::io::{Cursor, Write as _};
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::lists::{check, confirm, values};
use crate::support::{Client, TestApp};

both_backends!(
    a_list_that_cannot_be_read_says_why,
    a_photo_of_ten_megabytes_is_left_out,
    a_cell_that_cannot_be_stored_rejects_its_row,
    a_card_of_an_organization_comes_with_those_of_people,
);

const CARD: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Roux;Léa;;;\r\nFN:Léa Roux\r\nEMAIL:roux@b.fr\r\n";

/// Makes an XLSX workbook with the rows of a sheet.
fn workbook(rows: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let links =
        "<Relationships><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"s.xml\"/></Relationships>";
    for (name, content) in [
        ("[Content_Types].xml", String::new()),
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"A\" r:id=\"a\"/></sheets></workbook>".to_owned(),
        ),
        ("xl/_rels/workbook.xml.rels", links.to_owned()),
        ("xl/s.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Makes an ODS workbook with a cell that says how often it is repeated.
fn repeated(row: &str, cell: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let content = format!(
        "<office:spreadsheet><table:table table:name=\"A\"><table:table-row {row}><table:table-cell {cell} \
         office:value-type=\"string\"><text:p>a</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>"
    );
    for (name, content) in
        [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)]
    {
        zip.start_file(name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored))
            .unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/lists").join(name)).unwrap()
}

/// Lists with words of the sentence that says what is wrong.
fn lists() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let cell = "<c><v>1</v></c>";
    let mut damaged = fixture("office-team.xlsx");
    damaged.truncate(damaged.len() / 2);
    let mut torn = fixture("office-team.xls");
    torn.truncate(700);
    vec![
        ("protected.ods", fixture("refused/protected.ods"), "protégé par un mot de passe"),
        ("protected.xls", fixture("refused/protected.xls"), "protégé par un mot de passe"),
        ("damaged.xlsx", damaged, "endommagé"),
        ("damaged.xls", torn, "endommagé"),
        ("columns.xlsx", workbook(&format!("<row>{}</row>", cell.repeat(16_384))), "La ligne 1 a plus de"),
        (
            "columns.csv",
            format!("Nom;E-mail\na{};x\n", ";".repeat(16_384)).into_bytes(),
            "La ligne 2 a plus de",
        ),
        ("far.xlsx", workbook("<row r=\"90000000\"><c><v>1</v></c></row>"), "cellules remplies"),
        ("rows.ods", repeated("table:number-rows-repeated=\"900000000\"", ""), "cellules remplies"),
        ("columns.ods", repeated("", "table:number-columns-repeated=\"900000000\""), "La ligne 1 a plus de"),
        (
            "cell.csv",
            format!("Nom;E-mail\n{};a@b.fr\n", "x".repeat(100_001)).into_bytes(),
            "Ligne 2, colonne 1",
        ),
        ("quote.csv", b"Nom;E-mail\n\"Roux;roux@b.fr\n".to_vec(), "ouvert à la ligne 2 n’est jamais fermé"),
        (
            "quote-long.csv",
            format!("Nom;E-mail\n\"{}", "a;b\n".repeat(400_000)).into_bytes(),
            "n’est jamais fermé",
        ),
        (
            "record.csv",
            format!("Nom;E-mail\n{}\n", format!("{};", "x".repeat(90_000)).repeat(12)).into_bytes(),
            "beaucoup trop longue",
        ),
        (
            "encoding.csv",
            b"Nom;E-mail\nH\xE9l\xE8ne;a@b.fr\nH\xC3\xA9l\xC3\xA8ne;b@b.fr\n".to_vec(),
            "encodage est inconnu",
        ),
        ("open.vcf", format!("{CARD}END:VCARD\r\n{CARD}").into_bytes(), "2 n’a pas de fin"),
        ("folding.vcf", format!("{CARD}NOTE:{}", " a\r\n".repeat(300_000)).into_bytes(), "1 n’a pas de fin"),
        (
            "photo.vcf",
            format!("{CARD}PHOTO;ENCODING=b:{}", "\r\n AAAA".repeat(300_000)).into_bytes(),
            "n’a pas de fin",
        ),
        (
            "long.vcf",
            format!("{CARD}NOTE:{}\r\nEND:VCARD\r\n", "a".repeat(1_100_000)).into_bytes(),
            "beaucoup trop longue",
        ),
        ("empty.xlsx", workbook(""), "vide"),
    ]
}

async fn a_list_that_cannot_be_read_says_why(app: TestApp) {
    let alice = app.coordinator().await;
    for (name, bytes, expected) in lists() {
        let answer = alice.upload(&name.replace('.', "-"), bytes, false).await;
        let page = if answer.status == 303 { alice.at_rest(&answer.location()).await } else { answer };
        let said = page.select("main").concat();
        assert!(said.contains(expected), "{name}: {said}");
        assert!(page.select("form[action$='/confirm']").is_empty(), "{name}");
    }
    assert_eq!(alice.get("/contacts").await.select("tbody th a").len(), 0);
    assert_eq!(alice.get("/organizations").await.select("tbody th a").len(), 0);
}

async fn a_photo_of_ten_megabytes_is_left_out(app: TestApp) {
    let alice = app.coordinator().await;
    let photo =
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n ".repeat(140_000);
    let cards = format!(
        "{CARD}PHOTO;ENCODING=b;TYPE=JPEG:{photo}\r\nX-UNKNOWN:x\r\nX-MS-CARDPICTURE:AAAA\r\nEND:VCARD\r\n"
    );
    assert!(cards.len() > 10_000_000);
    let checked = alice.import("photo", cards, false).await;
    confirm(&alice, &checked).await;
    assert_eq!(values(&alice, "roux", &["first_name", "email"]).await, ["Léa", "roux@b.fr"]);
}

async fn a_cell_that_cannot_be_stored_rejects_its_row(app: TestApp) {
    let alice = app.coordinator().await;
    let list = "Nom;E-mail;Copie;Téléphone\nRo\0ux;roux@b.fr;;\nPetit;petit@b.fr;bof;\nNoël;noel@b.fr;x;6,12E+08\nBon;bon@b.fr;x;0110203040\n";
    let answer = alice.upload("un", list, true).await;
    let page = alice.get(&answer.location()).await;
    let checked = check(&alice, &page, &[]).await;
    let found = checked.select("table.findings tbody tr").join("\n");
    for (column, reason, place) in [
        ("Nom", "un caractère de contrôle", "ligne 2"),
        ("Copie", "ce choix n’est pas proposé", "ligne 3 bof"),
        ("Téléphone", "le tableur a abrégé ce numéro", "ligne 4 6,12E+08"),
    ] {
        let said = found.lines().find(|line| line.contains(column)).unwrap_or_default();
        assert!(said.contains(reason) && said.contains(place), "{column}: {found}");
    }
    confirm(&alice, &checked).await;
    assert_eq!(names(&alice).await, ["Bon"]);
}

async fn a_card_of_an_organization_comes_with_those_of_people(app: TestApp) {
    let alice = app.coordinator().await;
    let company = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:;;;;\r\nFN:Régie des eaux\r\nORG:Régie des eaux;\r\nTEL:01 10 20 30 40\r\nEND:VCARD\r\n";
    let group = "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:Tous\r\nEND:VCARD\r\n";
    let checked = alice.import("cartes", format!("{CARD}END:VCARD\r\n{company}{group}"), false).await;
    assert!(checked.one(".verdict").contains("2 à ajouter"), "{}", checked.one(".verdict"));
    confirm(&alice, &checked).await;
    assert_eq!(
        values(&alice, "eaux", &["first_name", "last_name", "organization"]).await,
        ["", "Régie des eaux", "Régie des eaux"]
    );
}

/// The names of all contacts.
async fn names(client: &Client) -> Vec<String> {
    client.get("/contacts").await.select("tbody th a")
}
