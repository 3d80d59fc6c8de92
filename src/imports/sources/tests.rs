use std::io::Write as _;

use proptest::prelude::*;

use super::*;

pub(super) type Grid = Vec<Vec<String>>;

/// Recognizes and converts a file.
pub(super) fn read(bytes: &[u8]) -> Result<(Table, Grid), SourceFault> {
    let kind = recognise(&bytes[..bytes.len().min(HEAD)])?;
    read_as(kind, bytes, None)
}

pub(super) fn read_as(
    kind: SourceKind,
    bytes: &[u8],
    sheet: Option<usize>,
) -> Result<(Table, Grid), SourceFault> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let mut out = Vec::new();
    match convert(kind, &file, sheet, &mut out, &mut |_| Ok(())) {
        Ok(table) => {
            let rows: Grid = out.split_inclusive(|byte| *byte == b'\n').map(row).collect();
            assert_eq!(table.rows, rows.len() as u64);
            assert_eq!(table.columns.len(), columns(&rows, table.heading_row));
            Ok((table, rows))
        }
        Err(ConvertError::Refused(fault)) => Err(fault),
        Err(ConvertError::Io(error)) => panic!("{error}"),
    }
}

/// The width of the rows from the headings on.
fn columns(rows: &Grid, heading_row: Option<u64>) -> usize {
    let above = heading_row.map_or(0, |row| usize::try_from(row).unwrap() - 1);
    rows[above..].iter().map(Vec::len).max().unwrap_or(0)
}

fn row(line: &[u8]) -> Vec<String> {
    rows_file::read_row(line).unwrap()
}

pub(super) fn grid(rows: &[&[&str]]) -> Grid {
    rows.iter().map(|cells| cells.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

/// The heading row of a CSV text.
fn heading_row(text: &str) -> Option<u64> {
    read(text.as_bytes()).unwrap().0.heading_row
}

#[test]
fn kinds_are_recognized_by_content() {
    for (head, expected) in [
        (&b""[..], Err(SourceFault::Empty)),
        (b"a", Ok(SourceKind::Csv)),
        (b"a\rb\r", Ok(SourceKind::Csv)),
        (b"\xFF\xFEa\0;\0b\0", Ok(SourceKind::Csv)),
        (b"\xEF\xBB\xBFbegin:vcard\r\n", Ok(SourceKind::Vcard)),
        (b"\xFF\xFEB\0E\0G\0I\0N\0:\0V\0C\0A\0R\0D\0", Ok(SourceKind::Vcard)),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Ok(SourceKind::Xls)),
        (b"PK\x03\x04........[Content_Types].xml", Ok(SourceKind::Xlsx)),
        (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", Ok(SourceKind::Ods)),
        (
            b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text",
            Err(SourceFault::Unknown(Kind::Document)),
        ),
        (b"PK\x03\x04 word/document.xml [Content_Types].xml", Err(SourceFault::Unknown(Kind::Document))),
        (b"PK\x03\x04 list.csv", Err(SourceFault::Unknown(Kind::Archive))),
        (b"%PDF-1.7", Err(SourceFault::Unknown(Kind::Pdf))),
        (b"<!DOCTYPE html>", Err(SourceFault::Unknown(Kind::Html))),
        (b"{\"a\": 1}", Err(SourceFault::Unknown(Kind::Json))),
        (b"BEGIN:VCALENDAR", Err(SourceFault::Unknown(Kind::Calendar))),
        (b"\x00\x01\x02\x03", Err(SourceFault::Unknown(Kind::Binary))),
    ] {
        assert_eq!(recognise(head), expected, "{head:?}");
    }
}

#[test]
fn faults_are_stored_in_words() {
    let fault = SourceFault::CellTooLong { row: 2, column: 3, max: 4 };
    let stored = serde_json::to_string(&fault).unwrap();
    assert_eq!(stored, r#"{"cell_too_long":{"row":2,"column":3,"max":4}}"#);
    assert_eq!(serde_json::from_str::<SourceFault>(&stored).unwrap(), fault);
    assert_eq!(
        serde_json::to_string(&SourceFault::Unknown(Kind::OldMac)).unwrap(),
        r#"{"unknown":"old_mac"}"#
    );
    assert_eq!(serde_json::to_string(&SourceKind::Vcard).unwrap(), r#""vcard""#);
    let (table, _) = read(b"Nom;E-mail\nA;a@ex.fr\n").unwrap();
    assert_eq!(serde_json::from_str::<Table>(&serde_json::to_string(&table).unwrap()).unwrap(), table);
}

#[test]
fn the_headings_are_the_first_row_that_looks_like_them() {
    for (text, expected) in [
        ("Nom;E-mail\nA;a@ex.fr\n", Some(1)),
        // A title above, with or without empty rows.
        ("Liste;;;\n\nNom;Prénom;E-mail;Tél\nA;B;a@ex.fr;01\nC;D;c@ex.fr;02\n", Some(3)),
        ("Liste\nJuin 2026\nNom;Prénom;E-mail;Tél\nA;B;a@ex.fr;01\n", Some(3)),
        // Data from the first row on.
        ("A;a@ex.fr\nB;b@ex.fr\n", None),
        ("Dupont;Jean\nMartin;Anne\n", None),
        ("Dupont;0612345678\nMartin;0612345679\n", None),
        // Words only, of which one is a heading; and an unknown word above numbers.
        ("Nom;Machin\nDupont;Jean\n", Some(1)),
        ("Bidule;Machin\nDupont;01 02 03 04 05\nMartin;01 02 03 04 06\n", Some(1)),
        // One row.
        ("Nom;E-mail\n", Some(1)),
        ("A;a@ex.fr\n", None),
        // The same word in most columns.
        ("x;x;x;x\n1;2;3;4\n", None),
    ] {
        assert_eq!(heading_row(text), expected, "{text}");
    }
}

#[test]
fn columns_are_counted_below_the_headings() {
    let long = "é".repeat(150);
    let text = format!("Liste\n\nNom;E-mail;Vide\nA;a@ex.fr\nA;b@ex.fr; \nB;{long}\nC;\nD\n;;;e@ex.fr\n");
    let (table, _) = read(text.as_bytes()).unwrap();
    assert_eq!(table.heading_row, Some(3));
    let column = |heading: &str, samples: &[&str], filled| ColumnSeen {
        heading: heading.to_owned(),
        samples: samples.iter().map(|sample| (*sample).to_owned()).collect(),
        filled,
    };
    assert_eq!(
        table.columns,
        [
            column("Nom", &["A", "B", "C"], 5),
            column("E-mail", &["a@ex.fr", "b@ex.fr", &"é".repeat(100)], 3),
            column("Vide", &[], 0),
            column("", &["e@ex.fr"], 1),
        ]
    );
}

#[test]
fn headings_are_found_in_lists_longer_than_the_top() {
    let people: Vec<String> = (0..3_000).map(|number| format!("N{number};n{number}@ex.fr\n")).collect();
    let people = people.concat();
    let mut file = tempfile::tempfile().unwrap();
    write!(file, "Nom;E-mail\n{people}").unwrap();
    let mut reports = Vec::new();
    let mut progress = |rows| {
        reports.push(rows);
        Ok(())
    };
    let table = convert(SourceKind::Csv, &file, None, &mut io::sink(), &mut progress).unwrap();
    assert_eq!((table.rows, table.heading_row, table.columns[1].filled), (3_001, Some(1), 3_000));
    assert!(reports.ends_with(&[1_000, 2_000, 3_000]), "{reports:?}");
    let mut stop = |rows| if rows == 2_000 { Err(io::Error::other("stop")) } else { Ok(()) };
    let stopped = convert(SourceKind::Csv, &file, None, &mut io::sink(), &mut stop);
    assert!(matches!(stopped, Err(ConvertError::Io(error)) if error.to_string() == "stop"));
}

#[test]
fn rows_have_limits() {
    let cell = "é".repeat(MAX_CELL);
    assert!(read(format!("a;{cell}\n").as_bytes()).is_ok());
    assert_eq!(
        read(format!("a;b\nc;{cell}é\n").as_bytes()),
        Err(SourceFault::CellTooLong { row: 2, column: 2, max: MAX_CELL })
    );
    let separators = ";".repeat(MAX_COLUMNS - 1);
    assert_eq!(read(format!("{separators}x\n").as_bytes()).unwrap().0.columns.len(), MAX_COLUMNS);
    // Empty cells beyond the limit are no columns.
    assert!(read(format!("a{separators};;;\n").as_bytes()).is_ok());
    assert_eq!(
        read(format!("a\n{separators};x\n").as_bytes()),
        Err(SourceFault::TooManyColumns { row: 2, max: MAX_COLUMNS })
    );
    let long = format!("a;b\n{}\n", "abcdefghi;".repeat(MAX_RECORD / 10 + 1));
    assert!(matches!(read(long.as_bytes()), Err(SourceFault::TooManyColumns { row: 2, .. })));
    let long = format!("a;b\n{}\n", format!("{};", "x".repeat(90_000)).repeat(12));
    assert_eq!(read(long.as_bytes()), Err(SourceFault::RecordTooLong { row: 2, max: MAX_RECORD }));
    assert_eq!(read(b"\n \n;;\n").unwrap().1, grid(&[&[], &[" "]]));
    assert_eq!(read(b"\n\n;;\n"), Err(SourceFault::Empty));
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = recognise(&bytes);
        for kind in [SourceKind::Csv, SourceKind::Xlsx, SourceKind::Xls, SourceKind::Ods, SourceKind::Vcard] {
            let _ = read_as(kind, &bytes, None);
        }
    }
}
