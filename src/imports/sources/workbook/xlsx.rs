//! XLSX: a sheet is a stream of cells, in the order of rows.

use std::fs::File;
use std::io::{self, Write};

use quick_xml::events::{BytesStart, Event};

use super::super::fault::{ConvertError, SourceFault};
use super::super::rows::Rows;
use super::super::{Facts, Kind};
use super::archive::{Archive, Part};
use super::number::{self, Format};
use super::parts::{Book, SharedTexts, formats, read_text, unescaped};
use super::xml::{CellText, attribute};
use super::{FALSE, TRUE, column_of, read_chosen, row_of};

pub(super) fn read<W: Write, P: FnMut(u64) -> io::Result<()>>(
    file: &File,
    sheet: Option<usize>,
    rows: &mut Rows<'_, W, P>,
) -> Result<Facts, ConvertError> {
    let mut archive = Archive::open(file)?;
    if archive.has("word/document.xml") || archive.has("ppt/presentation.xml") {
        return Err(SourceFault::Unknown(Kind::Document).into());
    }
    if archive.has("xl/workbook.bin") {
        return Err(SourceFault::Unknown(Kind::Workbook).into());
    }
    let book = Book::open(&mut archive)?;
    let mut cells = Cells { is_1904: book.is_1904, ..Cells::default() };
    if let Some(styles) = book.styles
        && let Some(mut part) = archive.part(&styles)?
    {
        cells.formats = formats(&mut part)?;
    }
    rows.report()?;
    if let Some(strings) = book.strings
        && let Some(mut part) = archive.part(&strings)?
    {
        cells.texts = SharedTexts::read(&mut part)?;
    }
    rows.report()?;
    read_chosen(book.sheets, sheet, rows, |place, rows| match archive.part(place)? {
        Some(mut part) => read_sheet(&mut part, &mut cells, rows),
        None => Err(SourceFault::Damaged.into()),
    })
}

fn read_sheet<W: Write, P: FnMut(u64) -> io::Result<()>>(
    part: &mut Part<'_>,
    cells: &mut Cells,
    rows: &mut Rows<'_, W, P>,
) -> Result<(), ConvertError> {
    let mut column = 0;
    loop {
        match part.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "row" => {
                    column = 0;
                    if let Some(row) = attribute(&element, "r").and_then(|row| row_of(&row)) {
                        rows.skip_to(row)?;
                    }
                }
                "c" => {
                    let place = attribute(&element, "r");
                    column = place.and_then(|place| column_of(&place)).unwrap_or(column);
                    let cell = CellKind::of(&element);
                    cells.read(part, &cell)?;
                    rows.set(column, cells.shown(&cell).as_ref())?;
                    column += 1;
                }
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "row" => rows.end()?,
                "sheetData" => return Ok(()),
                _ => {}
            },
            Event::Eof => return Err(SourceFault::Damaged.into()),
            _ => {}
        }
    }
}

/// What the attributes of a cell say about its value.
struct CellKind {
    value: ValueKind,
    style: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ValueKind {
    Number,
    Shared,
    Text,
    Bool,
    Date,
    Error,
}

impl CellKind {
    fn of(element: &BytesStart<'_>) -> Self {
        let value = match attribute(element, "t").as_deref() {
            Some("s") => ValueKind::Shared,
            Some("str" | "inlineStr") => ValueKind::Text,
            Some("b") => ValueKind::Bool,
            Some("d") => ValueKind::Date,
            Some("e") => ValueKind::Error,
            _ => ValueKind::Number,
        };
        let style = attribute(element, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
        Self { value, style }
    }
}

/// What cells refer to, and the value of the current one.
#[derive(Default)]
struct Cells {
    texts: SharedTexts,
    formats: Vec<Format>,
    is_1904: bool,
    value: CellText,
}

impl Cells {
    /// Reads the value of a cell up to its end. Formulas are passed over: their result is the value.
    fn read(&mut self, part: &mut Part<'_>, kind: &CellKind) -> Result<(), ConvertError> {
        self.value.clear();
        let mut is_value = false;
        loop {
            match part.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "v" => is_value = true,
                    "is" if kind.value == ValueKind::Text => {
                        self.value.clear();
                        read_text(part, "is", &mut self.value)?;
                    }
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "v" => is_value = false,
                    "c" => return Ok(()),
                    _ => {}
                },
                Event::Eof => return Err(SourceFault::Damaged.into()),
                event if is_value => self.value.push_event(&event),
                _ => {}
            }
        }
    }

    /// Returns the text of the value that was read.
    fn shown(&self, kind: &CellKind) -> std::borrow::Cow<'_, str> {
        let value = self.value.as_str();
        match kind.value {
            ValueKind::Shared => {
                value.trim().parse().ok().and_then(|index| self.texts.get(index)).unwrap_or_default().into()
            }
            ValueKind::Text => unescaped(value),
            ValueKind::Bool if value.is_empty() => "".into(),
            ValueKind::Bool => if value.trim() == "0" { FALSE } else { TRUE }.into(),
            ValueKind::Date => number::iso(value.trim()),
            ValueKind::Error => "".into(),
            ValueKind::Number => match value.trim().parse() {
                Ok(number) => {
                    let format = self.formats.get(kind.style).copied().unwrap_or_default();
                    number::text(number, format, self.is_1904).into()
                }
                Err(_) => value.into(),
            },
        }
    }
}
