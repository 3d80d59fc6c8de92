//! What is written is read back by another library.

use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};

use super::*;

fn columns(kinds: &[ColumnKind]) -> Vec<Column> {
    let named = kinds.iter().zip('A'..);
    named.map(|(kind, name)| Column { heading: name.to_string(), kind: *kind }).collect()
}

fn written(kinds: &[ColumnKind], most_rows: u32, rows: Vec<Vec<Cell>>) -> Vec<u8> {
    let mut workbook = Workbook::new(columns(kinds), Locale::Fr, most_rows).unwrap();
    for row in rows {
        workbook.push(row).unwrap();
    }
    let mut bytes = Vec::new();
    workbook.finish(&mut bytes).unwrap();
    bytes
}

/// The sheets with their names and cells.
fn read(bytes: &[u8]) -> Vec<(String, Vec<Vec<Data>>)> {
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let sheets = workbook.worksheets();
    sheets.into_iter().map(|(name, range)| (name, range.rows().map(<[Data]>::to_vec).collect())).collect()
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

#[test]
fn any_text_comes_back_as_text() {
    let texts = [
        "0033110203040",
        "+33 1 10 20 30 40",
        "01000",
        "=1+1",
        "=HYPERLINK(\"https://evil.example\")",
        "{=1+1}",
        "+1",
        "-1",
        "@SUM(A1)",
        "'=1",
        "https://evil.example",
        "mailto:a@b.fr",
        "internal:Sheet2!A1",
        "12",
        "1E5",
        "TRUE",
        "2026-06-30",
        " spaces ",
        "\ttab",
        "two\nlines\n",
        "a\rb\r\nc",
        "\0\u{1}\u{b}\u{1f}\u{7f}\u{85}",
        "\u{fffe}\u{ffff}",
        "_x0041_ _x005F_x0041_ _x00é_",
        "<t>&amp;]]></t>\"'",
        "👩‍👩‍👧 🇫🇷",
        "שלום \u{202e}abc\u{202c} مرحبا",
        "e\u{301}",
    ];
    let rows = texts.iter().map(|text| vec![Cell::text(*text)]).collect();
    let bytes = written(&[ColumnKind::Text], MOST_ROWS, rows);
    let sheets = read(&bytes);
    assert_eq!(sheets.len(), 1);
    let back: Vec<&Data> = sheets[0].1.iter().map(|row| &row[0]).collect();
    assert_eq!(back[0], &text("A"));
    for (sent, back) in texts.iter().zip(&back[1..]) {
        assert_eq!(back, &&text(&escaped(sent)), "{sent:?}");
    }
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
    assert!(workbook.worksheet_formula("Contacts").unwrap().is_empty(), "no cell is a formula");
}

#[test]
fn a_text_that_is_too_long_says_that_it_was_cut() {
    let longest = "é".repeat(LONGEST);
    let rows =
        [longest.clone(), "é".repeat(LONGEST + 1), "👍".repeat(LONGEST)].map(|text| vec![Cell::text(text)]);
    let sheets = read(&written(&[ColumnKind::Text], MOST_ROWS, rows.to_vec()));
    let cells: Vec<String> = sheets[0].1.iter().skip(1).map(|row| row[0].to_string()).collect();
    assert_eq!(cells[0], longest);
    for cell in &cells[1..] {
        let units = cell.encode_utf16().count();
        assert!((LONGEST - 1..=LONGEST).contains(&units), "{units}");
        assert!(cell.ends_with("(suite dans le tableau CSV)"));
    }
}

#[test]
fn dates_and_numbers_are_values_that_a_spreadsheet_calculates_with() {
    let day = |text: &str| Cell { text: text.into(), value: text.parse().ok().map(Value::Day) };
    let time = |text: &str| Cell { text: text.into(), value: text.parse().ok().map(Value::Time) };
    let number = |text: &str| Cell { text: text.into(), value: text.parse().ok().map(Value::Number) };
    let kinds = [ColumnKind::Day, ColumnKind::Time, ColumnKind::Integer, ColumnKind::Number];
    let rows = vec![
        vec![day("2026-06-30"), time("2026-06-30T09:41:00"), number("1240"), number("3.5")],
        vec![day("1900-03-01"), time("9999-12-31T23:59:59"), number("-1"), number("0")],
        // Excel has no number for these, or another one.
        vec![day("1900-02-28"), time("1215-06-15T12:00:00"), Cell::text("x"), Cell::text("=1")],
    ];
    let sheets = read(&written(&kinds, MOST_ROWS, rows));
    let rows = &sheets[0].1;
    let dates: Vec<f64> = rows[1..3]
        .iter()
        .flat_map(|row| &row[..2])
        .map(|cell| match cell {
            Data::DateTime(time) => time.as_f64(),
            other => panic!("{other:?} is no date"),
        })
        .collect();
    let expected = [46_203.0, 46_203.403_472, 61.0, 2_958_465.999_988];
    for (date, expected) in dates.iter().zip(expected) {
        assert!((date - expected).abs() < 1e-5, "{date} {expected}");
    }
    assert_eq!(rows[1][2..], [Data::Float(1240.0), Data::Float(3.5)]);
    assert_eq!(rows[2][2..], [Data::Float(-1.0), Data::Float(0.0)]);
    assert_eq!(rows[3], ["1900-02-28", "1215-06-15T12:00:00", "x", "=1"].map(text));
}

#[test]
fn a_full_sheet_is_followed_by_another_one_with_the_heading() {
    for (count, sizes) in [(0, vec![1]), (3, vec![4]), (4, vec![4, 2]), (7, vec![4, 4, 2])] {
        let rows = (0..count).map(|n| vec![Cell::text(format!("{n}"))]).collect();
        let sheets = read(&written(&[ColumnKind::Text], 4, rows));
        let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Contacts", "Contacts 2", "Contacts 3"][..sizes.len()]);
        assert_eq!(sheets.iter().map(|(_, rows)| rows.len()).collect::<Vec<_>>(), sizes);
        assert!(sheets.iter().all(|(_, rows)| rows[0] == [text("A")]));
        let cells: Vec<String> =
            sheets.iter().flat_map(|(_, rows)| &rows[1..]).map(|row| row[0].to_string()).collect();
        assert_eq!(cells, (0..count).map(|n| n.to_string()).collect::<Vec<_>>());
    }
}

/// The text of a file in the workbook.
fn part(bytes: &[u8], name: &str) -> String {
    let at = bytes.windows(name.len()).position(|bytes| bytes == name.as_bytes()).unwrap();
    // The length of an extra field stands before the name in the local header.
    let extra = usize::from(u16::from_le_bytes([bytes[at - 2], bytes[at - 1]]));
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(&bytes[at + name.len() + extra..]).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_heading_stays_in_sight_and_filters_and_nothing_is_a_link_or_a_formula() {
    let long = "x".repeat(200);
    let rows = ["=1+1", "https://evil.example", long.as_str()].map(|text| vec![Cell::text(text); 2]);
    let bytes = written(&[ColumnKind::Text, ColumnKind::Day], MOST_ROWS, rows.to_vec());
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    for expected in [
        "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>",
        "<autoFilter ref=\"A1:B4\"/>",
        "<ignoredError sqref=\"A1:B4\" numberStoredAsText=\"1\"/>",
        "<col min=\"1\" max=\"1\" width=\"50.7109375\"",
        "<t>=1+1</t>",
    ] {
        assert!(sheet.contains(expected), "{expected}: {sheet}");
    }
    for absent in ["hyperlink", "<f>", "<f "] {
        assert!(!sheet.contains(absent), "{absent}: {sheet}");
    }
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains("<b/>"), "{styles}");
    // The formats of text and of a date.
    assert!(styles.contains("numFmtId=\"49\"") && styles.contains("numFmtId=\"14\""), "{styles}");
    let text_style = sheet.split("<c r=\"A2\" s=\"").nth(1).unwrap().split('"').next().unwrap();
    let empty_style = sheet.split("<col min=\"1\"").nth(1).unwrap().split("style=\"").nth(1).unwrap();
    assert!(empty_style.starts_with(&format!("{text_style}\"")), "text typed later is text too");
}

/// A disk with room for this number of bytes.
struct Disk(usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error_at_any_byte() {
    let complete = written(&[ColumnKind::Text], 4, vec![vec![Cell::text("a")]; 9]).len();
    for room in (0..complete).step_by(250) {
        let mut workbook = Workbook::new(columns(&[ColumnKind::Text]), Locale::Fr, 4).unwrap();
        for _ in 0..9 {
            workbook.push(vec![Cell::text("a")]).unwrap();
        }
        let error = workbook.finish(Disk(room)).unwrap_err();
        assert!(matches!(error, AppError::StorageFull(_)), "{room}: {error:?}");
    }
    let panic: XlsxError = XlsxError::IoError(io::Error::from_raw_os_error(28));
    assert!(matches!(failed(panic), AppError::StorageFull(_)));
    let full = || -> io::Result<()> { Err(io::Error::from_raw_os_error(28)) };
    let error = contained(|| -> Result<(), XlsxError> {
        full().expect("Couldn't write to xml file");
        Ok(())
    });
    assert!(matches!(error, Err(AppError::StorageFull(_))), "{error:?}");
}
