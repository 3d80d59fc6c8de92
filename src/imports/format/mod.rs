//! The strict file, from bytes to verdicts. The pages, the command line and the tests all use this reader.

mod diagnosis;
mod guess;
mod kind;
mod line;
mod phones;
mod reading;
mod sniff;

use std::borrow::Cow;
use std::io::BufRead;

use serde::{Deserialize, Serialize};

pub use diagnosis::{Culprit, Diagnosis, Excerpt, Head, Place, excerpt};
pub(in crate::imports) use guess::single_byte;
pub use kind::Kind;
pub use line::{Finding, MAX_LINE, write};
pub use phones::Phones;
pub use reading::{Encoding, Reading, Separator};
pub use sniff::is_strict;

use super::sources::SourceFault;
use crate::domain::{Fault, Field, Recipient, visible};

/// The reason why a file is refused as a whole.
///
/// Serialized into the database: variants may be added, never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No line, or only empty ones.
    Empty,
    /// An Excel or LibreOffice document.
    Spreadsheet,
    /// UTF-16, for example "Unicode text" from Excel.
    Utf16,
    /// Another encoding; the position of the first byte that is not UTF-8, both from 1.
    NotUtf8 { line: u64, byte: u64 },
    /// Separated by `;` or tabs.
    Separator { tab: bool, line: u64 },
    /// The eight column names in another order.
    HeaderOrder { line: u64 },
    /// A list of another kind that nothing can read.
    List(SourceFault),
}

/// The reason why reading stopped.
#[derive(Debug)]
pub enum ReadError {
    Refused(Refusal),
    Io(std::io::Error),
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// A line of the file, with its verdict.
#[derive(Debug)]
pub struct Line {
    /// From 1.
    pub number: u64,
    /// The position of its first byte in the file, from 0; a byte order mark belongs to no line.
    pub start: u64,
    /// In bytes, with the line end.
    pub length: u64,
    pub verdict: Verdict,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid(Box<Recipient>),
    /// Every fault of the line, in the order of the fields.
    Rejected(Vec<Finding>),
    /// The column names, or a line above them.
    Header,
    Empty,
}

/// What the lines have in common, counted during reading.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Lines excluding empty ones and the column names.
    pub lines: u64,
    /// Lines with as many fields as the first.
    alike: u64,
    /// Fields of the first line.
    fields: u64,
    pub phones: Phones,
}

impl Tally {
    fn see(&mut self, fields: Result<&[&str; 8], &usize>) {
        let count = match fields {
            Ok(fields) => {
                self.phones.see(&line::unquote(fields[5]));
                8
            }
            Err(count) => *count as u64,
        };
        if self.lines == 0 {
            self.fields = count;
        }
        self.lines += 1;
        self.alike += u64::from(count == self.fields);
    }

    /// Returns the number of fields of every line, if it is the same for all.
    pub fn fields(&self) -> Option<u64> {
        (self.lines > 0 && self.alike == self.lines).then_some(self.fields)
    }
}

/// Reads a file line by line in bounded memory.
pub struct Reader<R> {
    source: R,
    reading: Reading,
    buffer: Vec<u8>,
    number: u64,
    offset: u64,
    seen_content: bool,
    seen_utf8: bool,
    /// Set behind column names with a ninth one for reasons.
    has_reason: bool,
    tally: Tally,
}

impl<R: BufRead> Reader<R> {
    /// Reads the strict file. Examines the beginning, as much as one buffer of `source` holds, and refuses another kind of file.
    ///
    /// # Errors
    /// [`ReadError::Refused`] for another kind of file, [`ReadError::Io`] if reading fails.
    pub fn new(source: R) -> Result<Self, ReadError> {
        Self::reading(source, Reading::default())
    }

    /// Reads a file with a given reading. The beginning is examined only for the strict file.
    ///
    /// # Errors
    /// [`ReadError::Refused`] for another kind of file, [`ReadError::Io`] if reading fails.
    pub fn reading(mut source: R, reading: Reading) -> Result<Self, ReadError> {
        let head = source.fill_buf()?;
        if reading.is_strict()
            && let Some(refusal) = sniff::refuse(head)
        {
            return Err(ReadError::Refused(refusal));
        }
        let mark = reading.encoding.mark();
        let skipped = if head.starts_with(mark) { mark.len() } else { 0 };
        source.consume(skipped);
        Ok(Self {
            source,
            reading,
            buffer: Vec::new(),
            number: 0,
            offset: skipped as u64,
            seen_content: false,
            seen_utf8: false,
            has_reason: false,
            tally: Tally::default(),
        })
    }

    /// Returns the next line, or `None` at the end.
    ///
    /// # Errors
    /// [`ReadError::Refused`] for a fault of the whole file that is only found here, [`ReadError::Io`] if reading fails.
    pub fn next_line(&mut self) -> Result<Option<Line>, ReadError> {
        let start = self.offset;
        let length = self.fill()?;
        if length == 0 {
            if !self.seen_content {
                return Err(ReadError::Refused(Refusal::Empty));
            }
            return Ok(None);
        }
        self.number += 1;
        self.offset += length;
        let verdict = self.judge(length)?;
        Ok(Some(Line { number: self.number, start, length, verdict }))
    }

    /// The bytes read so far.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns what the lines so far have in common.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Returns the last line read, to explain why it was unreadable.
    pub fn culprit(&self) -> Culprit<'_> {
        Culprit { line: &self.buffer, among_utf8: self.seen_utf8 }
    }

    /// Reads up to the next line end, and keeps at most [`MAX_LINE`] bytes and a line end; returns the length of the line.
    fn fill(&mut self) -> std::io::Result<u64> {
        self.buffer.clear();
        let mut length = 0;
        let mut last = 0;
        loop {
            let available = self.source.fill_buf()?;
            let Some(&end_of_these) = available.last() else {
                return Ok(length);
            };
            let end = self.reading.encoding.line_end(available, length, last);
            let used = end.unwrap_or(available.len());
            let room = (MAX_LINE + 2).saturating_sub(self.buffer.len());
            self.buffer.extend_from_slice(&available[..used.min(room)]);
            last = end_of_these;
            self.source.consume(used);
            length += used as u64;
            if end.is_some() {
                return Ok(length);
            }
        }
    }

    fn judge(&mut self, length: u64) -> Result<Verdict, ReadError> {
        let is_cut = length > MAX_LINE as u64;
        let (text, is_whole) = if self.reading.encoding == Encoding::Utf8 {
            let text = utf8(&self.buffer, self.number, is_cut)?;
            self.seen_utf8 |= !text.is_ascii();
            (Cow::Borrowed(text), true)
        } else {
            let (text, is_whole) = self.reading.encoding.decode(&self.buffer);
            let text = text.strip_suffix('\n').unwrap_or(&text);
            let text = text.strip_suffix('\r').unwrap_or(text);
            (Cow::Owned(text.to_owned()), is_whole)
        };
        // A byte order mark inside: another file was appended here.
        let begins_file = text.starts_with(line::MARK);
        let text = visible(&text);
        if line::is_empty(&text) && !is_cut {
            return Ok(Verdict::Empty);
        }
        if self.number <= self.reading.skip {
            return Ok(Verdict::Header);
        }
        let is_first = !self.seen_content || begins_file;
        self.seen_content = true;
        if length > MAX_LINE as u64 + 2 {
            let fault =
                if text.contains('\r') { Fault::BareReturn } else { Fault::LineTooLong { max: MAX_LINE } };
            return Ok(Verdict::Rejected(vec![Finding::of_line(&text, fault)]));
        }
        if !is_whole {
            return Ok(Verdict::Rejected(vec![Finding::of_line(&text, Fault::OtherEncoding)]));
        }
        if is_first && let Some(header) = line::header(&text, self.reading.separator) {
            if header.columns == self.reading.columns.unwrap_or(line::IN_ORDER) {
                self.has_reason = header.has_reason;
                return Ok(Verdict::Header);
            }
            return Err(ReadError::Refused(Refusal::HeaderOrder { line: self.number }));
        }
        let fields = line::split(&text, &self.reading, self.has_reason);
        self.tally.see(fields.as_ref());
        let judged = match fields {
            Ok(fields) => line::parse(fields, &self.reading),
            Err(_) if text.contains('\r') => Err(vec![Finding::of_line(&text, Fault::BareReturn)]),
            Err(found) => Err(vec![Finding::of_line(&text, Fault::FieldCount { found })]),
        };
        Ok(match judged {
            Ok(recipient) => Verdict::Valid(Box::new(recipient)),
            Err(findings) => Verdict::Rejected(findings),
        })
    }
}

/// Returns the text of line `number`, without its line end.
fn utf8(bytes: &[u8], number: u64, is_cut: bool) -> Result<&str, ReadError> {
    let bytes = line::without_end(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        // A line shortened to the limit may end inside a character.
        Err(error) if error.error_len().is_none() && is_cut => {
            Ok(std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default())
        }
        Err(error) => {
            Err(ReadError::Refused(Refusal::NotUtf8 { line: number, byte: error.valid_up_to() as u64 + 1 }))
        }
    }
}

/// Returns the recipient of one line that a [`Reader`] with this reading found valid.
pub fn recipient(line: &[u8], reading: Reading) -> Option<Recipient> {
    let mut reader = Reader {
        source: line,
        reading: Reading { skip: 0, ..reading },
        buffer: Vec::new(),
        number: 0,
        offset: 0,
        seen_content: true,
        seen_utf8: false,
        // A valid line has a ninth field only below such a header.
        has_reason: true,
        tally: Tally::default(),
    };
    match reader.next_line().ok()??.verdict {
        Verdict::Valid(recipient) => Some(*recipient),
        _ => None,
    }
}

/// The cells of a line, in the order of the file; `None` for a blank line. `faults` are those of the line: they tell whether its last
/// cell is the reason for which it was rejected before.
pub fn cells(line: &[u8], reading: Reading, faults: &[&Fault]) -> Option<Vec<String>> {
    let (text, _) = reading.encoding.decode(line);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if line::is_empty(text) {
        return None;
    }
    let mut cells: Vec<String> = text.split(reading.separator.sign()).map(str::to_owned).collect();
    let found = match faults {
        [Fault::FieldCount { found }] => *found,
        [Fault::BareReturn | Fault::LineTooLong { .. } | Fault::OtherEncoding] => cells.len(),
        _ => 8,
    };
    cells.truncate(found.max(1));
    Some(cells)
}

/// Judges the cells of a line that somebody corrected, in the order of the file. Empty ones behind the eighth are no fields.
pub fn judge(cells: &[String], reading: &Reading) -> Verdict {
    let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| visible(cell)).collect();
    if cells.iter().all(|cell| line::is_empty(cell)) {
        return Verdict::Empty;
    }
    let filled = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    let mut fields: Vec<&str> = cells.iter().take(filled.max(8)).map(|cell| &**cell).collect();
    fields.resize(filled.max(8), "");
    let found = fields.len();
    let Ok(fields) = <[&str; 8]>::try_from(fields) else {
        return Verdict::Rejected(vec![Finding::of_line(&cells.join(" "), Fault::FieldCount { found })]);
    };
    let fields = line::in_order(fields, reading);
    let (recipient, mut findings) = match line::parse(fields, reading) {
        Ok(recipient) => (Some(recipient), Vec::new()),
        Err(findings) => (None, findings),
    };
    findings.extend(line::separators(fields, reading, &findings));
    findings.sort_by_key(|finding| finding.field.map(Field::column));
    match recipient {
        Some(recipient) if findings.is_empty() => Verdict::Valid(Box::new(recipient)),
        _ => Verdict::Rejected(findings),
    }
}

#[cfg(test)]
mod cells_tests;
#[cfg(test)]
mod tests;
