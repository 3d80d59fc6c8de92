//! Lists of any kind, turned once into rows of texts.
//!
//! A list is a CSV file, a workbook (XLSX, XLS, ODS) or a file of contact cards. [`recognise`] tells its kind
//! from its content, never from its name, and [`convert`] writes its *rows file* ([`rows_file`]). All later
//! steps read only that file.
//!
//! The files come from strangers, and a failed allocation would end the whole process. So no reader reserves
//! memory on the word of a file: a row, an element of XML, a card and a cell have a limit while they are read, and
//! what a workbook keeps in memory is limited by [`MAX_SHARED`] (the shared texts of an XLSX file) or by
//! [`MAX_PACKED`] (an XLS file, which is read whole). A list of 100 000 rows and 12 columns took 4 MB as CSV and
//! 19 MB as XLSX; files made to take the most took 105 MB (XLSX) and 100 MB (XLS).

mod cards;
mod csv;
mod fault;
mod heading;
mod rows;
pub mod rows_file;
mod text;
mod workbook;

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};

use serde::{Deserialize, Serialize};

pub use fault::{ConvertError, SourceFault};

use super::format::{Encoding, Kind, Separator};
use rows::Rows;

/// The most columns of a list.
pub const MAX_COLUMNS: usize = 1_000;
/// The most characters of a cell.
pub const MAX_CELL: usize = 100_000;
/// The most bytes of a row of any list, and of a card without its photo.
pub const MAX_RECORD: usize = 1024 * 1024;
/// The most bytes of a workbook's file.
pub const MAX_PACKED: u64 = 32 * 1024 * 1024;
/// The most bytes that are unpacked from a workbook, and the most bytes of its rows file.
pub const MAX_UNPACKED: u64 = 400 * 1024 * 1024;
/// The most filled cells of a workbook.
pub const MAX_CELLS: u64 = 20_000_000;
/// The most bytes of the texts that the cells of an XLSX file share.
pub const MAX_SHARED: u64 = 100 * 1024 * 1024;

/// The number of first bytes of a file that [`recognise`] is to be given, if the file has so many.
pub const HEAD: usize = 64 * 1024;

/// The kind of a list.
///
/// Serialized into the database: variants may be added, never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Text with separators.
    Csv,
    /// A workbook of Excel since 2007.
    Xlsx,
    /// A workbook of Excel before 2007.
    Xls,
    /// A workbook of LibreOffice.
    Ods,
    /// Contact cards.
    Vcard,
}

/// What a conversion saw of a list.
///
/// Serialized into the database: fields may be added, never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub kind: SourceKind,
    /// The names of a workbook's sheets, in its order; empty for other kinds.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// The place of the converted sheet in `sheets`, from 0.
    #[serde(default)]
    pub sheet: usize,
    /// The lines of the rows file.
    pub rows: u64,
    /// One per column of the widest row from the headings on.
    pub columns: Vec<ColumnSeen>,
    /// The row of the headings, from 1; `None` if the first row is data.
    pub heading_row: Option<u64>,
    /// Set for text.
    #[serde(default)]
    pub encoding: Option<Encoding>,
    /// Set for CSV.
    #[serde(default)]
    pub separator: Option<Separator>,
    /// The photos that were left out of cards.
    #[serde(default)]
    pub photos: u64,
    /// The names of card properties that no column has, and how often each occurs; at most 54 names, sorted,
    /// and `…` for all further ones.
    #[serde(default)]
    pub dropped: Vec<(String, u64)>,
    /// `true` for cards that this program wrote.
    #[serde(default)]
    pub is_own: bool,
}

impl Table {
    /// The headings in the order of the columns; empty texts for columns without one.
    pub fn headings(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.heading.clone()).collect()
    }
}

/// A column of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnSeen {
    /// Empty without a heading; at most 100 characters.
    pub heading: String,
    /// The first three different values below the heading, each of at most 100 characters.
    pub samples: Vec<String>,
    /// The number of filled cells below the heading.
    pub filled: u64,
}

/// Returns the kind of a list from its beginning, of [`HEAD`] bytes or less if the file is shorter.
///
/// # Errors
/// [`SourceFault::Empty`], [`SourceFault::Unknown`] for a file that is not a list. Other faults are found by
/// [`convert`] only.
pub fn recognise(head: &[u8]) -> Result<SourceKind, SourceFault> {
    if head.is_empty() {
        return Err(SourceFault::Empty);
    }
    if head.starts_with(b"PK\x03\x04") {
        return archive(head);
    }
    match Kind::of_bytes(head) {
        Some(Kind::Workbook) => return Ok(SourceKind::Xls),
        Some(kind) => return Err(SourceFault::Unknown(kind)),
        None => {}
    }
    let (encoding, mark) = Encoding::wide_or_utf8(head);
    match Kind::of_text(&encoding.decode(&head[mark..]).0) {
        Some(Kind::Vcard) => Ok(SourceKind::Vcard),
        None | Some(Kind::OldMac) => Ok(SourceKind::Csv),
        Some(kind) => Err(SourceFault::Unknown(kind)),
    }
}

/// Returns the kind of a zip archive by the names in its beginning.
fn archive(head: &[u8]) -> Result<SourceKind, SourceFault> {
    let has = |name: &[u8]| head.windows(name.len()).any(|bytes| bytes == name);
    if has(b"opendocument.spreadsheet") {
        Ok(SourceKind::Ods)
    } else if has(b"opendocument.") || has(b"word/") || has(b"ppt/") {
        Err(SourceFault::Unknown(Kind::Document))
    } else if has(b"[Content_Types].xml") || has(b"_rels/") || has(b"xl/") {
        Ok(SourceKind::Xlsx)
    } else {
        Err(SourceFault::Unknown(Kind::Archive))
    }
}

/// Writes the rows file of a list, and returns what it saw. The list is read from its beginning, some parts
/// twice.
///
/// `sheet` is a place in [`Table::sheets`], for workbooks only; without it, the first visible sheet with
/// content is converted. `progress` is called with the number of rows so far, at least after every 1 000
/// rows, and several times before the first row; its error ends the conversion. The caller buffers `out`.
///
/// # Errors
/// [`ConvertError::Refused`] for a fault of the list; what was written until then is to be thrown away.
/// [`ConvertError::Io`] if the list cannot be read or the rows cannot be written, or with the error of
/// `progress`.
pub fn convert<W: Write>(
    kind: SourceKind,
    file: &File,
    sheet: Option<usize>,
    out: &mut W,
    progress: &mut impl FnMut(u64) -> io::Result<()>,
) -> Result<Table, ConvertError> {
    let mut source = file;
    source.seek(SeekFrom::Start(0))?;
    let mut rows = Rows::new(out, progress);
    let facts = match kind {
        SourceKind::Csv => csv::read(file, &mut rows)?,
        SourceKind::Vcard => cards::read(file, &mut rows)?,
        SourceKind::Xlsx | SourceKind::Xls | SourceKind::Ods => workbook::read(kind, file, sheet, &mut rows)?,
    };
    let seen = rows.finish()?;
    Ok(Table {
        kind,
        sheets: facts.sheets,
        sheet: facts.sheet,
        rows: seen.rows,
        columns: seen.columns,
        heading_row: seen.heading_row,
        encoding: facts.encoding,
        separator: facts.separator,
        photos: facts.photos,
        dropped: facts.dropped,
        is_own: facts.is_own,
    })
}

/// What a reader knows of its list besides the rows.
#[derive(Debug, Default)]
struct Facts {
    sheets: Vec<String>,
    sheet: usize,
    encoding: Option<Encoding>,
    separator: Option<Separator>,
    photos: u64,
    dropped: Vec<(String, u64)>,
    is_own: bool,
}

/// Returns the first bytes of a file, at most `most`, and leaves the file at its beginning.
fn head(mut file: &File, most: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(most as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(head)
}

#[cfg(test)]
mod tests;
