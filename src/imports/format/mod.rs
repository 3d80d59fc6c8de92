//! The strict file, from bytes to verdicts: what the page, the command line and the tests all read with.

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
pub use kind::Kind;
pub use line::{Finding, MAX_LINE, write};
pub use phones::Phones;
pub use reading::{Encoding, Reading, Separator};

use crate::domain::{Fault, Recipient, visible};

/// Why a file is refused whole.
///
/// Serialized into the database: variants may be added, never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No line at all, or only empty ones.
    Empty,
    /// An Excel or LibreOffice document.
    Spreadsheet,
    /// UTF-16, as "Unicode text" from Excel.
    Utf16,
    /// Some other encoding; the place of the first byte that UTF-8 does not allow, both from 1.
    NotUtf8 { line: u64, byte: u64 },
    /// Separated by `;` or tabs.
    Separator { tab: bool, line: u64 },
    /// The eight column names, in another order.
    HeaderOrder { line: u64 },
}

/// Why reading stopped.
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

/// A line of the file and what it is.
#[derive(Debug)]
pub struct Line {
    /// From 1.
    pub number: u64,
    /// Its first byte in the file, from 0; a byte order mark belongs to no line.
    pub start: u64,
    /// In bytes, with its line end.
    pub length: u64,
    pub verdict: Verdict,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid(Box<Recipient>),
    /// Every fault of the line, in the order of the fields.
    Rejected(Vec<Finding>),
    /// The column names, or what stands above them.
    Header,
    Empty,
}

/// What the lines have in common, counted on the way.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Lines but empty ones and the column names.
    pub lines: u64,
    /// Of them, those with as many fields as the first.
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

    /// How many fields every line has, when that is one number.
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
    tally: Tally,
}

impl<R: BufRead> Reader<R> {
    /// Reads the strict file. Looks at the beginning (as much as one buffer of `source` holds) and refuses what is no
    /// such file.
    ///
    /// # Errors
    /// [`ReadError`]
    pub fn new(source: R) -> Result<Self, ReadError> {
        Self::reading(source, Reading::default())
    }

    /// Reads a file as somebody chose, or the strict file.
    ///
    /// # Errors
    /// [`ReadError`]
    pub fn reading(mut source: R, reading: Reading) -> Result<Self, ReadError> {
        let head = source.fill_buf()?;
        if reading.is_strict()
            && let Some(refusal) = sniff::refuse(head)
        {
            return Err(ReadError::Refused(refusal));
        }
        let mark = reading.encoding.mark();
        let skipped = if head.starts_with(mark) {
            mark.len()
        } else {
            0
        };
        source.consume(skipped);
        Ok(Self {
            source,
            reading,
            buffer: Vec::new(),
            number: 0,
            offset: skipped as u64,
            seen_content: false,
            seen_utf8: false,
            tally: Tally::default(),
        })
    }

    /// The next line, or none at the end.
    ///
    /// # Errors
    /// [`ReadError`]: also for a whole-file fault that only shows here.
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
        Ok(Some(Line {
            number: self.number,
            start,
            length,
            verdict,
        }))
    }

    /// Bytes read so far.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// What the lines so far have in common.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The last line that was read, for saying what made it unreadable.
    pub fn culprit(&self) -> Culprit<'_> {
        Culprit {
            line: &self.buffer,
            among_utf8: self.seen_utf8,
        }
    }

    /// Reads up to the next line end, keeping no more than [`MAX_LINE`] bytes; tells how many there were.
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
        // Where a file that was put behind another begins.
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
            let fault = if text.contains('\r') {
                Fault::BareReturn
            } else {
                Fault::LineTooLong { max: MAX_LINE }
            };
            return Ok(Verdict::Rejected(vec![Finding::of_line(&text, fault)]));
        }
        if !is_whole {
            return Ok(Verdict::Rejected(vec![Finding::of_line(
                &text,
                Fault::OtherEncoding,
            )]));
        }
        if is_first && let Some(columns) = line::header(&text, self.reading.separator) {
            if columns == self.reading.columns.unwrap_or(line::IN_ORDER) {
                return Ok(Verdict::Header);
            }
            return Err(ReadError::Refused(Refusal::HeaderOrder {
                line: self.number,
            }));
        }
        let fields = line::split(&text, &self.reading);
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

/// The text of line `number`, without its end.
fn utf8(bytes: &[u8], number: u64, is_cut: bool) -> Result<&str, ReadError> {
    let bytes = line::without_end(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        // A line that was cut for its length may be cut inside a character.
        Err(error) if error.error_len().is_none() && is_cut => {
            Ok(std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default())
        }
        Err(error) => Err(ReadError::Refused(Refusal::NotUtf8 {
            line: number,
            byte: error.valid_up_to() as u64 + 1,
        })),
    }
}

/// The recipient in the bytes of one line that a [`Reader`] with this reading found valid.
pub fn recipient(line: &[u8], reading: Reading) -> Option<Recipient> {
    let mut reader = Reader {
        source: line,
        reading: Reading { skip: 0, ..reading },
        buffer: Vec::new(),
        number: 0,
        offset: 0,
        seen_content: true,
        seen_utf8: false,
        tally: Tally::default(),
    };
    match reader.next_line().ok()??.verdict {
        Verdict::Valid(recipient) => Some(*recipient),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
