//! Writes rows of cells as an Excel workbook.
//!
//! The library keeps one row in memory, and the rows before it in a temporary file per sheet. These files have no name, so that
//! nothing is left of them when they are closed or the process is killed.

use std::any::Any;
use std::error::Error as _;
use std::io::{self, ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use rust_xlsxwriter::{Format, IgnoreError, XlsxError};

use super::full::{Cell, Column, ColumnKind, Value};
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, fl};

/// The rows that a sheet can have, with its heading.
pub const MOST_ROWS: u32 = 1_048_576;
/// The longest text of a cell, in UTF-16 code units.
const LONGEST: usize = 32_767;
/// The smallest and the largest width of a column, in characters.
const NARROW: u16 = 8;
const WIDE: u16 = 50;
/// Room for the button of the filter beside a heading.
const BUTTON: u16 = 3;
/// The size of a sheet in the packed file from which the file needs ZIP64, which some programs cannot read.
const LARGE: u64 = 0xFFFF_FFFF;

/// A workbook in progress. A sheet has the heading in its first row; when it is full, another one follows.
pub struct Workbook {
    book: rust_xlsxwriter::Workbook,
    columns: Vec<Column>,
    /// The characters of the longest line of each column, up to the largest width.
    widths: Vec<u16>,
    formats: Formats,
    most_rows: u32,
    /// The name of the first sheet. The others have their number behind it.
    name: String,
    /// The end of a text that was too long.
    cut: String,
    sheets: usize,
    /// The number of rows in the current sheet.
    rows: u32,
    /// A bound of the bytes in the current sheet, and in the largest one.
    bytes: u64,
    most_bytes: u64,
}

struct Formats {
    heading: Format,
    text: Format,
    day: Format,
    time: Format,
    integer: Format,
    number: Format,
}

impl Formats {
    /// These formats have numbers instead of a pattern. The spreadsheet shows them as usual in its own language.
    fn new() -> Self {
        let text = Format::new().set_num_format_index(49);
        Self {
            heading: text.clone().set_bold(),
            text,
            day: Format::new().set_num_format_index(14),
            time: Format::new().set_num_format_index(22),
            integer: Format::new().set_num_format_index(3),
            number: Format::new(),
        }
    }

    fn of(&self, kind: ColumnKind) -> &Format {
        match kind {
            ColumnKind::Text => &self.text,
            ColumnKind::Day => &self.day,
            ColumnKind::Time => &self.time,
            ColumnKind::Integer => &self.integer,
            ColumnKind::Number => &self.number,
        }
    }
}

impl Workbook {
    /// `most_rows` is [`MOST_ROWS`], or less in tests.
    pub fn new(columns: Vec<Column>, locale: Locale, most_rows: u32) -> AppResult<Self> {
        let t = locale.catalogue();
        let mut workbook = Self {
            book: rust_xlsxwriter::Workbook::new(),
            widths: columns.iter().map(|column| characters(&column.heading) + BUTTON).collect(),
            columns,
            formats: Formats::new(),
            most_rows,
            name: fl!(t, "export-sheet"),
            cut: fl!(t, "export-cut"),
            sheets: 0,
            rows: 0,
            bytes: 0,
            most_bytes: 0,
        };
        contained(|| workbook.begin_sheet())?;
        Ok(workbook)
    }

    pub fn push(&mut self, cells: Vec<Cell>) -> AppResult<()> {
        contained(|| {
            if self.rows >= self.most_rows {
                self.end_sheet()?;
                self.begin_sheet()?;
            }
            self.write_row(cells)
        })
    }

    /// Writes the complete workbook.
    pub fn finish(mut self, out: impl Write + Send) -> AppResult<()> {
        contained(|| {
            self.end_sheet()?;
            self.book.use_zip_large_file(self.most_bytes > LARGE);
            self.book.save_to_writer(out)
        })
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let name = match self.sheets {
            1 => self.name.clone(),
            number => format!("{} {number}", self.name),
        };
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (column, at) in self.columns.iter().zip(0..) {
            sheet.set_column_format(at, self.formats.of(column.kind))?;
            sheet.write_string_with_format(0, at, &column.heading, &self.formats.heading)?;
        }
        self.rows = 1;
        self.bytes = 0;
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(self.sheets - 1)?;
        for (width, at) in self.widths.iter().zip(0..) {
            sheet.set_column_width(at, (*width).clamp(NARROW, WIDE))?;
        }
        let (last_row, last_column) = (self.rows - 1, last_index(self.columns.len()));
        sheet.autofilter(0, 0, last_row, last_column)?;
        // Without this, each phone number is marked as a possible mistake.
        sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
        self.most_bytes = self.most_bytes.max(self.bytes);
        Ok(())
    }

    fn write_row(&mut self, cells: Vec<Cell>) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(self.sheets - 1)?;
        let columns = self.columns.iter().zip(&mut self.widths);
        for ((Cell { text, value }, (column, width)), at) in cells.into_iter().zip(columns).zip(0..) {
            if text.is_empty() {
                continue;
            }
            // The element of a cell, and seven bytes per character at most, as in `_x0001_`.
            self.bytes += 80 + 7 * text.len() as u64;
            *width = (*width).max(widest_line(&text));
            match value.and_then(as_number) {
                Some(number) => sheet.write_number(self.rows, at, number)?,
                None if column.kind == ColumnKind::Text => {
                    sheet.write_string(self.rows, at, shortened(text, &self.cut))?
                }
                None => {
                    let text = shortened(text, &self.cut);
                    sheet.write_string_with_format(self.rows, at, text, &self.formats.text)?
                }
            };
        }
        self.rows += 1;
        Ok(())
    }
}

fn last_index(columns: usize) -> u16 {
    u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX)
}

fn widest_line(text: &str) -> u16 {
    text.lines().map(|line| characters(line) + 1).max().unwrap_or(0)
}

/// The number of characters, counted up to the largest width.
fn characters(line: &str) -> u16 {
    u16::try_from(line.chars().take(usize::from(WIDE)).count()).unwrap_or(WIDE)
}

/// Returns the text, cut to what a cell can have, with `end` if it was longer.
fn shortened(text: String, end: &str) -> String {
    // No text has more code units than bytes.
    if text.len() <= LONGEST || text.encode_utf16().count() <= LONGEST {
        return text;
    }
    let mut room = LONGEST - end.encode_utf16().count();
    let mut short: String = text
        .chars()
        .take_while(|sign| {
            let fits = sign.len_utf16() <= room;
            room = room.saturating_sub(sign.len_utf16());
            fits
        })
        .collect();
    short.push_str(end);
    short
}

/// The number by which a spreadsheet stores a value. `None` for a date that it has no number for.
fn as_number(value: Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(number),
        Value::Day(day) => serial(day.and_time(NaiveTime::MIN)),
        Value::Time(time) => serial(time),
    }
}

/// The days since the 30th of December 1899. Dates before March 1900 have another number in Excel, which knows a 29th of February
/// 1900.
fn serial(time: NaiveDateTime) -> Option<f64> {
    let zero = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    let days = i32::try_from((time.date() - zero).num_days()).ok()?;
    let last = NaiveDate::from_ymd_opt(9999, 12, 31)?;
    let is_known = days > 60 && time.date() <= last;
    is_known.then(|| f64::from(days) + f64::from(time.num_seconds_from_midnight()) / 86_400.0)
}

/// Runs a part of the library. It panics when its temporary file cannot be written; a full disk is an error here.
fn contained<T>(work: impl FnOnce() -> Result<T, XlsxError>) -> AppResult<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(failed),
        Err(panic) if is_full(&*panic) => Err(io::Error::from(ErrorKind::StorageFull).into()),
        Err(panic) => resume_unwind(panic),
    }
}

/// Returns `true` for the payload of a panic that becomes the error of a full disk.
pub fn is_full(panic: &(dyn Any + Send)) -> bool {
    let kinds = [ErrorKind::StorageFull, ErrorKind::QuotaExceeded];
    panic
        .downcast_ref::<String>()
        .is_some_and(|text| kinds.iter().any(|kind| text.contains(&format!("kind: {kind:?}"))))
}

fn failed(error: XlsxError) -> AppError {
    match error {
        XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => error.into(),
        error => match error.source().and_then(|cause| cause.downcast_ref::<io::Error>()) {
            Some(cause) => io::Error::new(cause.kind(), error.to_string()).into(),
            None => AppError::Internal(error.into()),
        },
    }
}

#[cfg(test)]
mod tests {
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
            assert_eq!(back, &&text(sent), "{sent:?}");
        }
        let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
        assert!(workbook.worksheet_formula("Contacts").unwrap().is_empty(), "no cell is a formula");
    }

    #[test]
    fn a_text_that_is_too_long_says_that_it_was_cut() {
        let longest = "é".repeat(LONGEST);
        let rows = [longest.clone(), "é".repeat(LONGEST + 1), "👍".repeat(LONGEST)]
            .map(|text| vec![Cell::text(text)]);
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
        flate2::read::DeflateDecoder::new(&bytes[at + name.len() + extra..])
            .read_to_string(&mut text)
            .unwrap();
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
}
