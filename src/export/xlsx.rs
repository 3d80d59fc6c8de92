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
use crate::domain::escaped;
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
            // No cell of a workbook needs a guard; what looks like one is told from it when the table comes back.
            let text = escaped(&text).into_owned();
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
#[path = "xlsx_tests.rs"]
mod tests;
