//! Workbooks that were made to do harm, and damaged ones.

use std::io;

use proptest::prelude::*;

use super::super::fault::{ConvertError, SourceFault};
use super::super::tests::{grid, read, read_as};
use super::super::{MAX_CELL, MAX_COLUMNS, MAX_PACKED, MAX_RECORD, SourceKind, convert};
use super::tests::{BOOK, LINK, LINKS, ODS, XLS, XLSX, archive, fault, ods, record, rows, xls, xlsx};

#[test]
fn what_a_file_says_of_its_size_is_not_believed() {
    // Counts and dimensions far beyond memory.
    let sheet = r#"</sheetData><dimension ref="A1:XFD1048576"/><sheetData><row spans="1:16384"><c t="s"><v>0</v></c></row>"#;
    let texts = r#"<sst count="18446744073709551615" uniqueCount="4294967295"><si><t>a</t></si></sst>"#;
    let sheet = sheet.replacen("</sheetData>", "", 1);
    assert_eq!(rows(&xlsx(&sheet, texts)), grid(&[&["a"]]));
    let texts = texts.replace("4294967295", "1000000000000");
    assert_eq!(rows(&xlsx(&sheet, &texts)), grid(&[&["a"]]));
    let counted = record(0x00FC, b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F\x01\0\0a");
    let cells = [
        record(0x0200, b"\0\0\0\0\xFF\xFF\xFF\xFF\0\0\xFF\xFF\0\0"),
        record(0x00FD, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ];
    assert_eq!(rows(&xls(0x0600, &[counted], &cells)), grid(&[&["a"]]));
    // Repetitions.
    let cell = |attributes: &str| {
        format!(
            r#"<table:table table:name="A"><table:table-row {attributes}<text:p>a</text:p></table:table-cell></table:table-row></table:table>"#
        )
    };
    let rows =
        cell(r#"table:number-rows-repeated="1000000000000"><table:table-cell office:value-type="string">"#);
    assert!(matches!(fault(&ods(&rows)), SourceFault::TooManyCells { .. }));
    let columns =
        cell(r#"><table:table-cell office:value-type="string" table:number-columns-repeated="4000000000">"#);
    assert_eq!(fault(&ods(&columns)), SourceFault::TooManyColumns { row: 1, max: MAX_COLUMNS });
    let far = cell(
        r#"table:number-rows-repeated="18446744073709551615"><table:table-cell/></table:table-row><table:table-row><table:table-cell office:value-type="string">"#,
    );
    assert!(matches!(fault(&ods(&far)), SourceFault::TooManyCells { .. }));
    let spaces = cell(
        r#"><table:table-cell office:value-type="string"><text:p><text:s text:c="4000000000"/></text:p>"#,
    );
    assert!(matches!(
        fault(&ods(&spaces)),
        SourceFault::RecordTooLong { .. } | SourceFault::CellTooLong { .. }
    ));
}

#[test]
fn limits_of_a_workbook_hold_while_it_is_unpacked() {
    let blank = " ".repeat(MAX_RECORD);
    // A text, a tag and a comment without end.
    for sheet in [
        format!("<row><c t=\"str\"><v>{blank}{blank}</v></c></row>"),
        format!("<row><c {blank}{blank}/></row>"),
        format!("<!--{blank}{blank}-->"),
        format!("<![CDATA[{blank}{blank}]]>"),
        format!("<row a=\"{blank}>{blank}\"/>"),
    ] {
        assert_eq!(fault(&xlsx(&sheet, "<sst/>")), SourceFault::Damaged);
    }
    // A text in many small parts.
    let parts = "<r><t>abcdefghij</t></r>".repeat(MAX_CELL / 10 + 1);
    let sheet = "<row><c t=\"s\"><v>0</v></c></row>";
    assert_eq!(
        fault(&xlsx(sheet, &format!("<sst><si>{parts}</si></sst>"))),
        SourceFault::CellTooLong { row: 1, column: 1, max: MAX_CELL }
    );
    // A row in the wrong order, a column far out, elements that never end.
    assert_eq!(
        fault(&xlsx("<row r=\"2\"><c><v>1</v></c></row><row r=\"1\"/>", "<sst/>")),
        SourceFault::Damaged
    );
    assert_eq!(
        fault(&xlsx("<row><c r=\"XFD1\"><v>1</v></c></row>", "<sst/>")),
        SourceFault::TooManyColumns { row: 1, max: MAX_COLUMNS }
    );
    assert!(matches!(
        fault(&xlsx("<row r=\"99999999999\"><c><v>1</v></c></row>", "<sst/>")),
        SourceFault::TooManyCells { .. }
    ));
    assert_eq!(fault(&xlsx(&"<a>".repeat(500_000), "<sst/>")), SourceFault::Empty);
    assert_eq!(fault(&xlsx("<row><c><v>1", "<sst/>")), SourceFault::Damaged);
}

#[test]
fn links_lead_nowhere_outside() {
    for target in ["../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://localhost/"] {
        let links = LINKS.replace("s.xml", target);
        let bytes = archive(&[
            ("_rels/.rels", LINK),
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", &links),
            ("../s.xml", "<worksheet><sheetData/></worksheet>"),
        ]);
        assert_eq!(fault(&bytes), SourceFault::Damaged, "{target}");
    }
}

#[test]
fn what_a_sheet_does_not_need_is_never_opened() {
    let sheet = "<row><c><v>1</v></c></row>";
    let good = format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>");
    let links = format!(
        r#"{}<Relationship Id="r4" Type="x/externalLink" Target="externalLinks/e.xml"/><Relationship Id="r5" Type="x/vbaProject" Target="vbaProject.bin"/></Relationships>"#,
        LINKS.strip_suffix("</Relationships>").unwrap()
    );
    let others =
        ["../x", "/etc/passwd", "xl/vbaProject.bin", "xl/externalLinks/e.xml", "xl/macrosheets/m.xml"];
    let mut entries = vec![
        ("_rels/.rels", LINK),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", &links),
        ("xl/s.xml", &good),
    ];
    entries.extend(others.map(|name| (name, "these bytes are not what was packed")));
    let mut bytes = archive(&entries);
    // Whatever opened one of them would find that its content is damaged.
    for name in others {
        let at = bytes.windows(name.len()).position(|window| window == name.as_bytes()).unwrap();
        bytes[at + name.len()..at + name.len() + 8].fill(0xFF);
    }
    assert_eq!(rows(&bytes), grid(&[&["1"]]));
}

#[test]
fn chains_of_sectors_end() {
    let good = xls(0x0600, &[], &[record(0x0203, &[0; 14])]);
    assert_eq!(rows(&good), grid(&[&["0"]]));
    // Loops: the directory's next sector is itself, the stream's is its first one, and so is that of the lists of the table.
    for (at, sector) in [(512 + 4, 1_u32), (512 + 4 * 9, 2), (68, 3)] {
        let mut bytes = good.clone();
        bytes[at..at + 4].copy_from_slice(&sector.to_le_bytes());
        let read = read_as(SourceKind::Xls, &bytes, None);
        assert!(matches!(read, Err(SourceFault::Damaged) | Ok(_)), "{read:?}");
    }
    assert!(matches!(
        read_as(SourceKind::Xls, &good[..1_600], None),
        Err(SourceFault::Damaged | SourceFault::Empty)
    ));
}

#[test]
fn a_larger_file_is_refused_before_it_is_read() {
    let file = tempfile::tempfile().unwrap();
    file.set_len(MAX_PACKED + 1).unwrap();
    let result = convert(SourceKind::Xlsx, &file, None, &mut io::sink(), &mut |_| Ok(()));
    let expected = SourceFault::TooLargePacked { max: MAX_PACKED };
    assert!(matches!(result, Err(ConvertError::Refused(fault)) if fault == expected));
}

proptest! {
    #[test]
    fn changed_workbooks_make_no_reader_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        is_cut: bool,
    ) {
        for (kind, bytes) in [(SourceKind::Xlsx, XLSX), (SourceKind::Xls, XLS), (SourceKind::Ods, ODS)] {
            let mut bytes = bytes.to_vec();
            for (at, byte) in &changes {
                *at.get_mut(&mut bytes) = *byte;
            }
            if is_cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            let _ = read_as(kind, &bytes, None);
        }
    }

    #[test]
    fn changed_xml_makes_no_reader_panic(
        parts in proptest::collection::vec(prop::sample::select(vec![
            "<row>", "</row>", "<c t=\"s\">", "<c r=\"C\">", "<c t=\"b\">", "</c>", "<v>", "</v>", "0", "1e999", "-", "<is>",
            "<t>", "</t>", "</is>", "&#x110000;", "&x;", "<!--", "-->", "<row r=\"4\"", ">", "\"", "<f>", "_xD800_", "é",
            "<table:table table:name=\"B\">", "</table:table>", "<table:table-row>", "</table:table-row>",
            "<table:table-cell office:value-type=\"string\">", "</table:table-cell>", "<text:p>", "</text:p>",
        ]), 0..40),
    ) {
        let text = parts.concat();
        let _ = read(&xlsx(&text, &format!("<sst><si>{text}</si></sst>")));
        let _ = read(&ods(&format!("<table:table table:name=\"A\">{text}</table:table>")));
    }
}
