use std::io::{Cursor, Write as _};

use calamine::{Reader as _, Xls, Xlsx};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::write::SimpleFileOptions;

use super::super::tests::{Grid, grid, read, read_as};
use crate::imports::format::Kind;

use super::*;

pub(super) const XLSX: &[u8] = include_bytes!("../../../../tests/files/lists/openpyxl.xlsx");
pub(super) const XLS: &[u8] = include_bytes!("../../../../tests/files/lists/xlwt.xls");
pub(super) const ODS: &[u8] = include_bytes!("../../../../tests/files/lists/odfpy.ods");

/// Makes an archive.
pub(super) fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let is_packed = *name != "mimetype";
        let method =
            if is_packed { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(super) const LINK: &str = r#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
pub(super) const LINKS: &str = r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="/xl/t.xml"/><Relationship Id="r3" Type="x/styles" Target="y.xml"/></Relationships>"#;
pub(super) const BOOK: &str = r#"<workbook><sheets><sheet name="A" r:id="r1"/></sheets></workbook>"#;

/// Makes an XLSX file of a sheet's XML and the XML of its shared texts.
pub(super) fn xlsx(sheet: &str, texts: &str) -> Vec<u8> {
    archive(&[
        ("[Content_Types].xml", ""),
        ("_rels/.rels", LINK),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", LINKS),
        ("xl/s.xml", &format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>")),
        ("xl/t.xml", texts),
    ])
}

pub(super) fn ods(tables: &str) -> Vec<u8> {
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &format!("<office:spreadsheet>{tables}</office:spreadsheet>")),
    ])
}

pub(super) fn rows(bytes: &[u8]) -> Grid {
    read(bytes).unwrap().1
}

pub(super) fn fault(bytes: &[u8]) -> SourceFault {
    read(bytes).unwrap_err()
}

#[test]
fn workbooks_of_all_kinds_have_the_same_rows() {
    let headings =
        ["Civilité", "Prénom", "Nom", "E-mail", "Téléphone", "Né le", "Rappel", "Adhérent", "Note"];
    let expected = grid(&[
        &["Liste des contacts"],
        &[],
        &headings,
        &[
            "Mme",
            "Hélène",
            "Lefèvre",
            "helene.lefevre@mairie.example",
            "110203040",
            "1980-06-30",
            "2026-06-30T09:41",
            "oui",
            "12.5",
        ],
        &["M.", "François", "Noël", "francois.noel@regie.example", "33472103031", "", "", "non"],
        &[],
        &[
            "M.",
            "Marc",
            "Beaulieu",
            "marc.beaulieu@regie.example",
            "04 72 10 30 31",
            "1980-06-30",
            "2026-06-30T09:41",
            "",
            "a\nb",
        ],
    ]);
    for (bytes, kind) in [(XLSX, SourceKind::Xlsx), (XLS, SourceKind::Xls), (ODS, SourceKind::Ods)] {
        let (table, rows) = read(bytes).unwrap();
        assert_eq!(rows, expected, "{kind:?}");
        assert_eq!((table.kind, table.sheet, table.heading_row), (kind, 1, Some(3)));
        assert_eq!(table.sheets, ["Vide", "Contacts", "Autre"]);
        let chosen = |sheet| read_as(kind, bytes, Some(sheet));
        assert_eq!(chosen(2).unwrap().1, grid(&[&["autre@ex.fr"]]));
        assert_eq!(chosen(0), Err(SourceFault::Empty));
        assert_eq!(chosen(3), Err(SourceFault::NoSuchSheet));
    }
}

#[test]
fn values_are_those_of_the_library() {
    let mut book = calamine::open_workbook_from_rs::<Xlsx<_>, _>(Cursor::new(XLSX)).unwrap();
    same(&book.worksheet_range("Contacts").unwrap(), &rows(XLSX));
    let mut book = calamine::open_workbook_from_rs::<Xls<_>, _>(Cursor::new(XLS)).unwrap();
    same(&book.worksheet_range("Contacts").unwrap(), &rows(XLS));
}

/// Compares the cells that are texts.
fn same(range: &calamine::Range<calamine::Data>, rows: &Grid) {
    let mut texts = 0;
    for (row, column, value) in range.used_cells() {
        if let (calamine::Data::String(text), Some(cell)) =
            (value, rows.get(row).and_then(|row| row.get(column)))
        {
            assert_eq!(text, cell);
            texts += 1;
        }
    }
    assert!(texts > 20);
}

#[test]
fn a_workbook_of_excel_is_read_as_it_looks() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let time = Format::new().set_num_format("hh:mm");
    sheet.write_string(0, 0, "Nom").unwrap();
    sheet.write_string(0, 1, "<a>&\u{1}_x0041_").unwrap();
    sheet.write_number(1, 0, 33_612_345_678.0).unwrap();
    sheet.write_number(1, 1, 0.1 + 0.2).unwrap();
    let day = ExcelDateTime::parse_from_str("2026-06-30").unwrap();
    sheet.write_with_format(1, 2, &day, &date).unwrap();
    sheet.write_with_format(1, 3, ExcelDateTime::parse_from_str("09:41").unwrap(), &time).unwrap();
    sheet.write_formula(1, 4, Formula::new("=A2+1").set_result("33612345679")).unwrap();
    sheet.write_formula(1, 5, Formula::new("=A1&A1").set_result("NomNom")).unwrap();
    sheet.write_formula(1, 6, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    sheet.write_boolean(1, 7, true).unwrap();
    sheet.merge_range(3, 0, 3, 3, "fusion", &Format::new()).unwrap();
    let found = rows(&book.save_to_buffer().unwrap());
    assert_eq!(found[0], ["Nom", "<a>&\u{1}_x0041_"]);
    assert_eq!(found[1], ["33612345678", "0.3", "2026-06-30", "09:41", "33612345679", "NomNom", "", "oui"]);
    assert_eq!(found[2..], grid(&[&[], &["fusion"]]));
}

#[test]
fn cells_of_xlsx_have_several_forms() {
    let texts = "<sst><si><t>a&amp;</t><rPh><t>x</t></rPh></si><si><r><t>b</t></r><r><t xml:space=\"preserve\"> c&#233;</t></r></si><si/></sst>";
    let sheet = r#"<row r="2"><c r="B2" t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>9</v></c><c><v>3.3612345678E10</v></c></row>
        <row><c t="inlineStr"><is><t>d_x000D_</t></is></c><c t="str"><f>A1</f><v>e</v></c><c t="d"><v>2026-06-30T00:00:00</v></c><c t="e"><v>#N/A</v></c><c t="b"><v>0</v></c><c/></row>"#;
    assert_eq!(
        rows(&xlsx(sheet, texts)),
        grid(&[&[], &["", "a&", "b cé", "", "", "33612345678"], &["d\r", "e", "2026-06-30", "", "non"]])
    );
    // The calendar that begins in 1904, with prefixes for all names.
    let book = r#"<x:workbook><x:workbookPr date1904="1"/><x:sheets><x:sheet name="A" r:id="r1"/></x:sheets></x:workbook>"#;
    let styles = r#"<styleSheet><cellStyleXfs><xf numFmtId="1"/></cellStyleXfs><numFmts><numFmt numFmtId="164" formatCode="d/m/yy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"#;
    let sheet = r#"<x:worksheet><x:sheetData><x:row><x:c s="1"><x:v>44741</x:v></x:c></x:row></x:sheetData></x:worksheet>"#;
    let bytes = archive(&[
        ("_rels/.rels", LINK),
        ("XL\\Workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", LINKS),
        ("xl/s.xml", sheet),
        ("xl/y.xml", styles),
    ]);
    assert_eq!(rows(&bytes), grid(&[&["2026-06-30"]]));
}

#[test]
fn cells_of_ods_have_several_forms() {
    let table = r#"<table:table table:name="A"><table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>
        <table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2"/>
        <table:table-cell office:value-type="string" table:number-columns-repeated="2"><office:annotation><text:p>no</text:p></office:annotation><text:p>a<text:s text:c="2"/>b<text:tab/>&amp;</text:p><text:p><text:span>c</text:span></text:p></table:table-cell>
        <table:covered-table-cell office:value-type="string"><text:p>hidden</text:p></table:covered-table-cell>
        <table:table-cell office:value-type="time" office:time-value="PT9H41M00S"><text:p>9:41</text:p></table:table-cell>
        <table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>
        <table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50 %</text:p></table:table-cell>
        </table:table-row></table:table>"#;
    let row: &[&str] = &["", "", "a  b\t&\nc", "a  b\t&\nc", "", "09:41", "", "0.5"];
    assert_eq!(rows(&ods(table)), grid(&[&[], &[], row, row]));
}

/// Makes a compound file of one stream, which has sectors of its own.
fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut content = stream.to_vec();
    content.resize(stream.len().max(4_096).next_multiple_of(512), 0);
    let sectors = u32::try_from(content.len() / 512).unwrap();
    let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    bytes.resize(24, 0);
    bytes.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    bytes.resize(44, 0);
    // One sector of the table, the directory in sector 1, no small sectors.
    for word in [1, 1, 0, 4_096, 0xFFFF_FFFE, 0, 0xFFFF_FFFE, 0, 0_u32] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.resize(512, 0xFF);
    let mut table = vec![0xFFFF_FFFD, 0xFFFF_FFFE];
    table.extend((3..sectors + 2).chain([0xFFFF_FFFE]));
    table.resize(128, 0xFFFF_FFFF_u32);
    bytes.extend(table.into_iter().flat_map(u32::to_le_bytes));
    for (name, kind, begin, length) in [("Root Entry", 5, 0xFFFF_FFFE, 0), (name, 2, 2, content.len())] {
        let begun = bytes.len();
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(begun + 66, 0);
        bytes.push(kind);
        bytes.resize(begun + 116, 0);
        bytes.extend(u32::to_le_bytes(begin));
        bytes.extend(u32::try_from(length).unwrap().to_le_bytes());
        bytes.resize(begun + 128, 0);
    }
    bytes.resize(1_536, 0);
    bytes.extend(content);
    bytes
}

pub(super) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

/// Makes an XLS file with one sheet, of the records before it and of its cells.
pub(super) fn xls(version: u16, globals: &[Vec<u8>], cells: &[Vec<u8>]) -> Vec<u8> {
    let begin = record(0x0809, &[&version.to_le_bytes()[..], &[5, 0]].concat());
    let name: &[u8] = if version < 0x0600 { b"\x01A" } else { b"\x01\0A" };
    let globals = globals.concat();
    let place = begin.len() + globals.len() + 4 + 6 + name.len() + 4;
    let place = u32::try_from(place).unwrap().to_le_bytes();
    let sheet = record(0x0085, &[&place[..], &[0, 0], name].concat());
    let end = record(0x000A, b"");
    let stream = [begin.clone(), globals, sheet, end.clone(), begin, cells.concat(), end].concat();
    compound(if version < 0x0600 { "Book" } else { "Workbook" }, &stream)
}

#[test]
fn cells_of_xls_have_several_forms() {
    let cell = |row: u8, column: u8, rest: &[u8]| [&[row, 0, column, 0, 0, 0][..], rest].concat();
    let cells = [
        // Rows in any order; hundredths, an integer, and half of a number in four bytes.
        record(0x027E, &cell(1, 0, &(1_250_u32 << 2 | 3).to_le_bytes())),
        record(
            0x00BD,
            &[
                &[0, 0, 1, 0, 0, 0][..],
                &(7_u32 << 2 | 2).to_le_bytes(),
                &[0, 0],
                &0x3FE0_0000_u32.to_le_bytes(),
                &[2, 0],
            ]
            .concat(),
        ),
        record(0x0203, &cell(0, 0, &33_612_345_678.0_f64.to_le_bytes())),
        record(0x0204, &cell(0, 3, b"\x02\0\x01a\0\xE9\0")),
        record(0x0205, &cell(0, 4, &[1, 0])),
        record(0x0205, &cell(0, 5, &[0x2A, 1])),
        record(0x0006, &cell(0, 6, &[0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0])),
        record(0x0207, b"\x03\0\0xyz"),
        record(0x0006, &cell(0, 7, &[1, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0])),
        record(0x0006, &cell(0, 8, &2.5_f64.to_le_bytes().into_iter().chain([0, 0]).collect::<Vec<u8>>())),
        record(0x00FD, &cell(0, 9, &[1, 0, 0, 0])),
        // A chart inside the sheet.
        record(0x0809, &[0, 6, 0x20, 0]),
        record(0x0203, &cell(0, 0, &1.0_f64.to_le_bytes())),
        record(0x000A, b""),
    ];
    // The second text goes on in the next record, where its characters become wide.
    let shared = [
        record(0x00FC, b"\x02\0\0\0\x02\0\0\0\x01\0\x08\x01\0a\0\0\0\0\x04\0\0bc"),
        record(0x003C, b"\x01d\0\xAC\x20"),
    ];
    assert_eq!(
        rows(&xls(0x0600, &shared, &cells)),
        grid(&[&["33612345678", "7", "0.5", "aé", "oui", "", "xyz", "non", "2.5", "bcd€"], &["12.5"]])
    );
    // BIFF5, in the code page of central Europe.
    let cells = [record(0x0204, &cell(0, 0, b"\x02\0\xE6a"))];
    assert_eq!(rows(&xls(0x0500, &[record(0x0042, &[0xE2, 4])], &cells)), grid(&[&["ća"]]));
}

#[test]
fn protected_and_other_files_are_named() {
    let table = "<table:table table:name=\"A\"/>";
    let manifest = "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let protected = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", table),
    ]);
    assert_eq!(fault(&protected), SourceFault::Encrypted);
    assert_eq!(fault(&compound("EncryptedPackage", b"x")), SourceFault::Encrypted);
    assert_eq!(fault(&xls(0x0600, &[record(0x002F, &[1, 0])], &[])), SourceFault::Encrypted);
    assert_eq!(fault(&compound("WordDocument", b"x")), SourceFault::Unknown(Kind::Document));
    assert_eq!(fault(&compound("Other", b"x")), SourceFault::Damaged);
    let binary = archive(&[("[Content_Types].xml", ""), ("xl/workbook.bin", "")]);
    assert_eq!(fault(&binary), SourceFault::Unknown(Kind::Workbook));
    assert_eq!(fault(&archive(&[("[Content_Types].xml", "")])), SourceFault::Damaged);
    assert_eq!(fault(&ods("")), SourceFault::Empty);
}

#[test]
fn references_have_columns_and_rows() {
    for (reference, column, row) in [
        ("A1", Some(0), Some(1)),
        ("xfd1048576", Some(16_383), Some(1_048_576)),
        ("12", None, Some(12)),
        ("A0", Some(0), None),
        ("ZZZZZ1", None, Some(1)),
        ("", None, None),
    ] {
        assert_eq!((column_of(reference), row_of(reference)), (column, row), "{reference}");
    }
}

proptest! {
    #[test]
    fn a_table_comes_back_from_a_workbook(
        cells in proptest::collection::vec(("[ -~é€𝄞\\n\\t_x0-9]{0,9}", 0..40_u32, 0..20_u16), 1..40),
    ) {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let mut expected = std::collections::BTreeMap::new();
        for (text, row, column) in cells.iter().filter(|(text, _, _)| !text.is_empty()) {
            sheet.write_string(*row, *column, text).unwrap();
            expected.insert((*row as usize, usize::from(*column)), text.as_str());
        }
        let bytes = book.save_to_buffer().unwrap();
        match read(&bytes) {
            Ok((_, rows)) => {
                let found = rows.iter().enumerate().flat_map(|(row, cells)| {
                    cells.iter().enumerate().map(move |(column, cell)| ((row, column), cell.as_str()))
                });
                let found: std::collections::BTreeMap<_, _> = found.filter(|(_, text)| !text.is_empty()).collect();
                prop_assert_eq!(found, expected);
            }
            Err(fault) => prop_assert!(fault == SourceFault::Empty && expected.is_empty(), "{:?}", fault),
        }
    }
}
