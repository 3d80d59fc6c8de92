//! Workbooks: XLSX and ODS are archives of XML files, XLS is a file system of binary records.
//!
//! The readers are our own, because the library `calamine` reserves memory on the word of the file: it
//! unpacks whole sheets, and gives every cell its own copy of a shared text. Here a sheet is read as a
//! stream, and an entry that is not needed is never opened: no macro, no picture, no link to another file.

mod archive;
mod biff;
mod compound;
mod number;
mod ods;
mod parts;
mod xls;
mod xlsx;
mod xml;

use std::fs::File;
use std::io::{self, Write};

use super::fault::{ConvertError, SourceFault};
use super::rows::Rows;
use super::{Facts, MAX_PACKED, SourceKind};

/// The most sheets that are tried for content, if none is chosen.
const MAX_TRIED: usize = 100;

/// The cell of a ticked box, in the language of the lists.
const TRUE: &str = "oui";
const FALSE: &str = "non";

/// Reads one sheet; see [`super::convert`].
pub(super) fn read<W: Write, P: FnMut(u64) -> io::Result<()>>(
    kind: SourceKind,
    file: &File,
    sheet: Option<usize>,
    rows: &mut Rows<'_, W, P>,
) -> Result<Facts, ConvertError> {
    if file.metadata()?.len() > MAX_PACKED {
        return Err(SourceFault::TooLargePacked { max: MAX_PACKED }.into());
    }
    rows.limit();
    match kind {
        SourceKind::Ods => ods::read(file, sheet, rows),
        SourceKind::Xls => xls::read(file, sheet, rows),
        _ => xlsx::read(file, sheet, rows),
    }
}

/// A sheet of a workbook.
struct Sheet<T> {
    name: String,
    is_hidden: bool,
    /// Where its cells are.
    place: T,
}

/// Reads the chosen sheet with `read`, or without a choice one after the other until one has content, visible
/// ones first.
fn read_chosen<T, W: Write, P: FnMut(u64) -> io::Result<()>>(
    sheets: Vec<Sheet<T>>,
    chosen: Option<usize>,
    rows: &mut Rows<'_, W, P>,
    mut read: impl FnMut(&T, &mut Rows<'_, W, P>) -> Result<(), ConvertError>,
) -> Result<Facts, ConvertError> {
    let mut order: Vec<usize> = match chosen {
        Some(sheet) if sheet < sheets.len() => vec![sheet],
        Some(_) => return Err(SourceFault::NoSuchSheet.into()),
        None => (0..sheets.len()).collect(),
    };
    order.sort_by_key(|&sheet| sheets[sheet].is_hidden);
    let mut last = 0;
    for sheet in order.into_iter().take(MAX_TRIED) {
        last = sheet;
        rows.restart();
        read(&sheets[sheet].place, rows)?;
        if !rows.are_empty() {
            break;
        }
    }
    Ok(Facts {
        sheets: sheets.into_iter().map(|sheet| sheet.name).collect(),
        sheet: last,
        ..Facts::default()
    })
}

/// The column of a reference such as `AB12`, from 0; `None` if it has no letters or too many.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let mut column = 0;
    for (index, letter) in letters.enumerate() {
        if index == 4 {
            return None;
        }
        column = column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1;
    }
    column.checked_sub(1)
}

/// The row of a reference such as `AB12`, from 1.
fn row_of(reference: &str) -> Option<u64> {
    let digits = reference.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    digits.parse().ok().filter(|row| *row > 0)
}

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
