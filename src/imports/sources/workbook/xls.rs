//! XLS: the stream of records of Excel 95 to 2003. Cells may be in any order, so their places are sorted
//! before they are read.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Write};

use super::super::fault::{ConvertError, SourceFault};
use super::super::rows::Rows;
use super::super::{Facts, Kind, MAX_PACKED};
use super::biff::{Pieces, Record, Texts, record_at};
use super::compound::{Compound, f64_at, u16_at, u32_at};
use super::number::{self, Format};
use super::parts::SharedTexts;
use super::{FALSE, Sheet, TRUE, read_chosen};

const MAX_SHEETS: usize = 10_000;
/// The beginning of a part of the stream, and its end.
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;

pub(super) fn read<W: Write, P: FnMut(u64) -> io::Result<()>>(
    file: &File,
    sheet: Option<usize>,
    rows: &mut Rows<'_, W, P>,
) -> Result<Facts, ConvertError> {
    let mut bytes = Vec::new();
    file.take(MAX_PACKED).read_to_end(&mut bytes)?;
    let stream = book_stream(&bytes)?;
    drop(bytes);
    rows.report()?;
    let mut book = Book::read(&stream)?;
    read_chosen(std::mem::take(&mut book.sheets), sheet, rows, |place, rows| book.read_sheet(*place, rows))
}

/// Returns the stream of a workbook's records.
fn book_stream(bytes: &[u8]) -> Result<Vec<u8>, SourceFault> {
    let files = Compound::open(bytes)?;
    if files.has("EncryptedPackage") {
        return Err(SourceFault::Encrypted);
    }
    for name in ["Workbook", "Book"] {
        if let Some(stream) = files.stream(name)? {
            return Ok(stream);
        }
    }
    let is_document = ["WordDocument", "PowerPoint Document", "__properties_version1.0"];
    if is_document.into_iter().any(|name| files.has(name)) {
        return Err(SourceFault::Unknown(Kind::Document));
    }
    Err(SourceFault::Damaged)
}

/// What the records before the sheets say.
struct Book<'a> {
    stream: &'a [u8],
    texts: Texts,
    is_1904: bool,
    formats: Vec<Format>,
    shared: SharedTexts,
    /// The places of sheets are positions in the stream.
    sheets: Vec<Sheet<usize>>,
}

impl<'a> Book<'a> {
    fn read(stream: &'a [u8]) -> Result<Self, SourceFault> {
        let mut book = Self {
            stream,
            texts: Texts::Biff8,
            is_1904: false,
            formats: Vec::new(),
            shared: SharedTexts::default(),
            sheets: Vec::new(),
        };
        let (mut own_formats, mut styles) = (HashMap::new(), Vec::new());
        let mut at = 0;
        while let Some(record) = record_at(stream, at) {
            at = record.end;
            let data = &stream[record.begin..record.end];
            match record.kind {
                BEGIN if u16_at(data, 0)? < 0x0600 => book.texts = Texts::of_code_page(1252),
                // A password.
                0x002F => return Err(SourceFault::Encrypted),
                0x0042 if matches!(book.texts, Texts::Biff5(_)) => {
                    book.texts = Texts::of_code_page(u16_at(data, 0)?);
                }
                0x0022 => book.is_1904 = u16_at(data, 0)? == 1,
                0x041E => {
                    let mut pieces = Pieces::new(stream, record, 2);
                    let code = book.texts.read(&mut pieces, matches!(book.texts, Texts::Biff8))?;
                    own_formats.insert(u16_at(data, 0)?, Format::of_code(&code));
                }
                0x00E0 => styles.push(u16_at(data, 2)?),
                0x0085 if book.sheets.len() < MAX_SHEETS => book.sheets.extend(book.sheet(record)?),
                0x00FC => book.read_shared(record)?,
                END => break,
                _ => {}
            }
        }
        let format = |id: u16| own_formats.get(&id).copied().unwrap_or_else(|| Format::built_in(id.into()));
        book.formats = styles.into_iter().map(format).collect();
        Ok(book)
    }

    /// Returns the sheet of a record, or `None` for a chart or a macro.
    fn sheet(&self, record: Record) -> Result<Option<Sheet<usize>>, SourceFault> {
        let data = &self.stream[record.begin..record.end];
        let place = u32_at(data, 0)? as usize;
        let [visibility, kind] = u16_at(data, 4)?.to_le_bytes();
        if kind != 0 {
            return Ok(None);
        }
        let name = self.texts.read(&mut Pieces::new(self.stream, record, 6), false)?;
        Ok(Some(Sheet { name, is_hidden: visibility & 3 != 0, place }))
    }

    fn read_shared(&mut self, record: Record) -> Result<(), SourceFault> {
        // What the record says of the number of texts is not needed.
        let mut pieces = Pieces::new(self.stream, record, 8);
        while !pieces.are_read() {
            self.shared.push(&pieces.shared_text()?)?;
        }
        Ok(())
    }

    fn read_sheet<W: Write, P: FnMut(u64) -> io::Result<()>>(
        &self,
        place: usize,
        rows: &mut Rows<'_, W, P>,
    ) -> Result<(), ConvertError> {
        let mut cells = self.cells(place)?;
        cells.sort_by_key(|cell| (cell.row, cell.column));
        let mut row = None;
        for cell in cells {
            if row != Some(cell.row) {
                if row.is_some() {
                    rows.end()?;
                }
                row = Some(cell.row);
                rows.skip_to(u64::from(cell.row) + 1)?;
            }
            rows.set(cell.column.into(), &self.text(cell)?)?;
        }
        if row.is_some() {
            rows.end()?;
        }
        Ok(())
    }

    /// Returns the places of a sheet's cells. Charts inside the sheet have cells of their own, which are
    /// passed over.
    fn cells(&self, place: usize) -> Result<Vec<Cell>, SourceFault> {
        let mut cells = Vec::new();
        let (mut at, mut depth) = (place, 0_u32);
        // The cell of a formula whose result is a text, which is in a later record.
        let mut pending = None;
        while let Some(record) = record_at(self.stream, at) {
            at = record.end;
            match record.kind {
                BEGIN => depth += 1,
                END if depth <= 1 => break,
                END => depth -= 1,
                _ if depth > 1 => {}
                0x0207 => cells.extend(pending.take().map(|cell: Cell| cell.with_text_at(record))),
                0x00BD => self.add_numbers(record, &mut cells)?,
                _ => match self.cell(record)? {
                    Some(cell) if cell.value == Value::TextBehind => pending = Some(cell),
                    cell => cells.extend(cell),
                },
            }
        }
        Ok(cells)
    }

    /// Returns the cell of a record that has exactly one.
    fn cell(&self, record: Record) -> Result<Option<Cell>, SourceFault> {
        let value = match record.kind {
            0x0203 => Value::Number,
            0x027E => Value::Short,
            0x00FD => Value::Shared,
            0x0204 | 0x00D6 => Value::Text,
            0x0205 => Value::Bool,
            0x0006 => self.result(record)?,
            _ => return Ok(None),
        };
        let (row, column) = (u16_at(self.stream, record.begin)?, u16_at(self.stream, record.begin + 2)?);
        Ok(Some(Cell { row, column, value, at: position(record.begin + 4) }))
    }

    /// Returns the kind of a formula's result.
    fn result(&self, record: Record) -> Result<Value, SourceFault> {
        let data = &self.stream[record.begin..record.end];
        if u16_at(data, 12)? != 0xFFFF {
            return Ok(Value::Number);
        }
        Ok(match data[6] {
            0 => Value::TextBehind,
            1 => Value::BoolOfFormula,
            _ => Value::Nothing,
        })
    }

    /// Adds the cells of a record with several numbers of a row.
    fn add_numbers(&self, record: Record, cells: &mut Vec<Cell>) -> Result<(), SourceFault> {
        let (row, first) = (u16_at(self.stream, record.begin)?, u16_at(self.stream, record.begin + 2)?);
        let numbers = (record.begin + 4..(record.end - 2).saturating_sub(5)).step_by(6);
        for (column, at) in (first..=u16::MAX).zip(numbers) {
            cells.push(Cell { row, column, value: Value::Short, at: position(at) });
        }
        Ok(())
    }

    fn text(&self, cell: Cell) -> Result<Cow<'_, str>, SourceFault> {
        let (stream, at) = (self.stream, cell.at as usize);
        Ok(match cell.value {
            Value::Number => self.number(at, f64_at(stream, at + 2)?)?.into(),
            Value::Short => self.number(at, short(u32_at(stream, at + 2)?))?.into(),
            Value::Shared => self.shared.get(u32_at(stream, at + 2)? as usize).unwrap_or_default().into(),
            // The style of the cell is before its text.
            Value::Text => self.text_at(at - 4, 6)?.into(),
            Value::TextBehind => self.text_at(at, 0)?.into(),
            Value::Bool => match u16_at(stream, at + 2)?.to_le_bytes() {
                [value, 0] => truth(value).into(),
                _ => "".into(),
            },
            Value::BoolOfFormula => truth(u16_at(stream, at + 4)?.to_le_bytes()[0]).into(),
            Value::Nothing => "".into(),
        })
    }

    /// Returns a number as the format of the style at `style` shows it.
    fn number(&self, style: usize, value: f64) -> Result<String, SourceFault> {
        let style = usize::from(u16_at(self.stream, style)?);
        let format = self.formats.get(style).copied().unwrap_or_default();
        Ok(number::text(value, format, self.is_1904))
    }

    /// Returns the text in a record whose data begins at `begin`, behind `skipped` bytes.
    fn text_at(&self, begin: usize, skipped: usize) -> Result<String, SourceFault> {
        let record = record_at(self.stream, begin - 4).ok_or(SourceFault::Damaged)?;
        self.texts.read(&mut Pieces::new(self.stream, record, skipped), true)
    }
}

/// A cell, and where its value is in the stream. A list can have millions of cells, so this is small.
#[derive(Debug, Clone, Copy)]
struct Cell {
    row: u16,
    column: u16,
    value: Value,
    /// The position of the cell's style, which most values follow.
    at: u32,
}

impl Cell {
    fn with_text_at(self, record: Record) -> Self {
        Self { at: position(record.begin), ..self }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Number,
    /// A number in four bytes.
    Short,
    Shared,
    Text,
    /// A text in a record of its own, behind its formula.
    TextBehind,
    Bool,
    BoolOfFormula,
    /// An error, or an empty result.
    Nothing,
}

/// A stream is far shorter than 4 GiB.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn truth(value: u8) -> &'static str {
    if value == 0 { FALSE } else { TRUE }
}

/// Returns a number of four bytes: an integer or the higher half of a number, either of them possibly in
/// hundredths.
fn short(bits: u32) -> f64 {
    let value = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 { value } else { value / 100.0 }
}
