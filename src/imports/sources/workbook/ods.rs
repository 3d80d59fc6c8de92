//! ODS: all sheets are in one stream, and a row or cell says how often it is repeated.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write};

use quick_xml::events::{BytesStart, Event};

use super::super::fault::{ConvertError, SourceFault};
use super::super::rows::Rows;
use super::super::{Facts, MAX_CELLS, MAX_COLUMNS, MAX_RECORD};
use super::archive::{Archive, Part};
use super::number::{self, Format};
use super::xml::{CellText, attribute};
use super::{FALSE, TRUE};

/// The most sheets, and the most characters of their names.
const MAX_SHEETS: usize = 10_000;
const MAX_NAME: usize = 500;

pub(super) fn read<W: Write, P: FnMut(u64) -> io::Result<()>>(
    file: &File,
    chosen: Option<usize>,
    rows: &mut Rows<'_, W, P>,
) -> Result<Facts, ConvertError> {
    let mut archive = Archive::open(file)?;
    if is_encrypted(&mut archive)? {
        return Err(SourceFault::Encrypted.into());
    }
    let mut facts = read_sheets(&mut archive, chosen, false, rows)?;
    if chosen.is_none() && rows.are_empty() {
        facts = read_sheets(&mut archive, chosen, true, rows)?;
    }
    if chosen.is_some_and(|chosen| chosen >= facts.sheets.len()) {
        return Err(SourceFault::NoSuchSheet.into());
    }
    Ok(facts)
}

/// Reads the chosen sheet, or the first one with content, with or without hidden ones.
fn read_sheets<W: Write, P: FnMut(u64) -> io::Result<()>>(
    archive: &mut Archive,
    chosen: Option<usize>,
    with_hidden: bool,
    rows: &mut Rows<'_, W, P>,
) -> Result<Facts, ConvertError> {
    let Some(mut part) = archive.part("content.xml")? else {
        return Err(SourceFault::Damaged.into());
    };
    let mut facts = Facts { sheet: chosen.unwrap_or(0), ..Facts::default() };
    let mut hidden = HiddenStyles::default();
    loop {
        match part.next()? {
            Event::Start(element) if element.name().as_ref() == "table:table" => {
                if facts.sheets.len() == MAX_SHEETS {
                    return Err(SourceFault::Damaged.into());
                }
                let name = attribute(&element, "table:name").unwrap_or_default();
                let name = name.chars().take(MAX_NAME).collect();
                let place = facts.sheets.len();
                facts.sheets.push(name);
                let is_wanted = match chosen {
                    Some(chosen) => chosen == place,
                    None => rows.are_empty() && (with_hidden || !hidden.has(&element)),
                };
                if is_wanted {
                    rows.restart();
                    facts.sheet = place;
                }
                read_sheet(&mut part, is_wanted, rows)?;
            }
            Event::Start(element) => hidden.see(&element),
            Event::Eof => return Ok(facts),
            _ => {}
        }
    }
}

/// The styles of sheets that are not shown.
#[derive(Default)]
struct HiddenStyles {
    /// The name of the style that is being read.
    current: String,
    names: HashSet<String>,
}

impl HiddenStyles {
    fn see(&mut self, element: &BytesStart<'_>) {
        match element.name().as_ref() {
            "style:style" => {
                let name = attribute(element, "style:name").unwrap_or_default();
                self.current = name.chars().take(MAX_NAME).collect();
            }
            "style:table-properties"
                if self.names.len() < MAX_SHEETS
                    && attribute(element, "table:display").is_some_and(|display| display == "false") =>
            {
                self.names.insert(self.current.clone());
            }
            _ => {}
        }
    }

    fn has(&self, table: &BytesStart<'_>) -> bool {
        attribute(table, "table:style-name").is_some_and(|name| self.names.contains(&*name))
    }
}

fn is_encrypted(archive: &mut Archive) -> Result<bool, ConvertError> {
    let Some(mut part) = archive.part("META-INF/manifest.xml")? else {
        return Ok(false);
    };
    loop {
        match part.next()? {
            Event::Start(element) if element.local_name().as_ref() == "encryption-data" => return Ok(true),
            Event::Eof => return Ok(false),
            _ => {}
        }
    }
}

/// Reads a sheet up to its end, and puts its cells into the rows if it is wanted. A table inside a cell is
/// passed over.
fn read_sheet<W: Write, P: FnMut(u64) -> io::Result<()>>(
    part: &mut Part<'_>,
    is_wanted: bool,
    rows: &mut Rows<'_, W, P>,
) -> Result<(), ConvertError> {
    let mut row = Row::default();
    let mut cell = Cell::default();
    let mut inner_tables = 0_u64;
    loop {
        match part.next()? {
            Event::Start(element) if element.name().as_ref() == "table:table" => inner_tables += 1,
            Event::End(element) if element.name().as_ref() == "table:table" => {
                if inner_tables == 0 {
                    return Ok(());
                }
                inner_tables -= 1;
            }
            Event::Eof => return Err(SourceFault::Damaged.into()),
            _ if inner_tables > 0 || !is_wanted => {}
            Event::Start(element) => match element.name().as_ref() {
                "table:table-row" => row.begin(repeats(&element, "table:number-rows-repeated")),
                "table:table-cell" => cell.begin(&element, false),
                "table:covered-table-cell" => cell.begin(&element, true),
                name => cell.enter(name, &element),
            },
            Event::End(element) => match element.name().as_ref() {
                "table:table-row" => row.end(rows)?,
                "table:table-cell" | "table:covered-table-cell" => {
                    row.add(&cell.shown(), cell.repeats, rows.number())?;
                    cell.end();
                }
                name => cell.leave(name),
            },
            event => cell.add(&event),
        }
    }
}

fn repeats(element: &BytesStart<'_>, name: &str) -> u64 {
    attribute(element, name).and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// The filled cells of a row, which may be repeated.
#[derive(Default)]
struct Row {
    repeats: u64,
    /// The columns that are passed, with empty ones.
    width: u64,
    bytes: usize,
    filled: Vec<(usize, String)>,
}

impl Row {
    fn begin(&mut self, repeats: u64) {
        self.filled.clear();
        (self.repeats, self.width, self.bytes) = (repeats, 0, 0);
    }

    fn add(&mut self, text: &str, repeats: u64, row: u64) -> Result<(), ConvertError> {
        let begin = self.width;
        self.width = self.width.saturating_add(repeats);
        if text.is_empty() {
            return Ok(());
        }
        if self.width > MAX_COLUMNS as u64 {
            return Err(SourceFault::TooManyColumns { row, max: MAX_COLUMNS }.into());
        }
        for column in begin..self.width {
            self.bytes += text.len();
            if self.bytes > MAX_RECORD {
                return Err(SourceFault::RecordTooLong { row, max: MAX_RECORD }.into());
            }
            // A column below the limit.
            self.filled.push((usize::try_from(column).unwrap_or(MAX_COLUMNS), text.to_owned()));
        }
        Ok(())
    }

    /// Ends the row as often as it is repeated.
    fn end<W: Write, P: FnMut(u64) -> io::Result<()>>(
        &mut self,
        rows: &mut Rows<'_, W, P>,
    ) -> Result<(), ConvertError> {
        let next = rows.number().saturating_add(self.repeats);
        if self.filled.is_empty() {
            return rows.skip_to(next);
        }
        if next > MAX_CELLS {
            return Err(SourceFault::TooManyCells { max: MAX_CELLS }.into());
        }
        for _ in 0..self.repeats {
            for (column, text) in &self.filled {
                rows.set(*column, text)?;
            }
            rows.end()?;
        }
        Ok(())
    }
}

/// The cell that is being read.
#[derive(Default)]
struct Cell {
    repeats: u64,
    /// The value of an attribute; without it, the paragraphs are the value.
    value: Option<String>,
    paragraphs: CellText,
    has_paragraph: bool,
    /// Set inside a paragraph.
    is_text: bool,
    /// The comments and drawings around the current place, whose texts are not the cell's.
    asides: u64,
    is_ignored: bool,
}

impl Cell {
    /// Begins a cell. The ones that a merged cell covers keep an old value, which nobody sees.
    fn begin(&mut self, element: &BytesStart<'_>, is_covered: bool) {
        self.end();
        self.repeats = repeats(element, "table:number-columns-repeated");
        let is_error = attribute(element, "calcext:value-type").is_some_and(|kind| kind == "error");
        self.is_ignored = is_covered || is_error;
        self.value = value(element);
    }

    fn end(&mut self) {
        self.paragraphs.clear();
        (self.value, self.has_paragraph, self.is_text, self.asides, self.is_ignored) =
            (None, false, false, 0, true);
    }

    fn enter(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            _ if is_aside(name) => self.asides += 1,
            _ if self.asides > 0 => {}
            "text:p" => {
                if std::mem::replace(&mut self.has_paragraph, true) {
                    self.paragraphs.push("\n");
                }
                self.is_text = true;
            }
            "text:s" => {
                let count = repeats(element, "text:c").min(MAX_RECORD as u64);
                // The limit fits every platform.
                self.paragraphs.push(&" ".repeat(usize::try_from(count).unwrap_or(1)));
            }
            "text:tab" => self.paragraphs.push("\t"),
            "text:line-break" => self.paragraphs.push("\n"),
            _ => {}
        }
    }

    fn leave(&mut self, name: &str) {
        if is_aside(name) {
            self.asides = self.asides.saturating_sub(1);
        } else if name == "text:p" && self.asides == 0 {
            self.is_text = false;
        }
    }

    fn add(&mut self, event: &Event<'_>) {
        if self.is_text && self.asides == 0 && !self.is_ignored {
            self.paragraphs.push_event(event);
        }
    }

    fn shown(&self) -> Cow<'_, str> {
        match &self.value {
            _ if self.is_ignored => "".into(),
            Some(value) => value.into(),
            None => self.paragraphs.as_str().into(),
        }
    }
}

fn is_aside(name: &str) -> bool {
    name == "office:annotation" || name.starts_with("draw:")
}

/// Returns the value of a cell that its attributes have: a number, a date, a time, a truth, or a text.
fn value(element: &BytesStart<'_>) -> Option<String> {
    let value = match &*attribute(element, "office:value-type")? {
        "float" | "currency" | "percentage" => {
            let value = attribute(element, "office:value")?;
            value
                .parse()
                .map_or_else(|_| value.into_owned(), |value| number::text(value, Format::Number, false))
        }
        "date" => number::iso(&attribute(element, "office:date-value")?).into_owned(),
        "time" => number::iso(&attribute(element, "office:time-value")?).into_owned(),
        "boolean" => {
            let is_true = attribute(element, "office:boolean-value")? == "true";
            if is_true { TRUE } else { FALSE }.to_owned()
        }
        _ => attribute(element, "office:string-value")?.into_owned(),
    };
    Some(value)
}
