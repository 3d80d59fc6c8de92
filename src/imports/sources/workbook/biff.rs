//! The records of an XLS file (BIFF), and the texts in them.
//!
//! A record has at most 8 224 bytes; a longer one goes on in `CONTINUE` records. BIFF8 (Excel 97) has texts
//! in UTF-16, whose high bytes are left out if all are zero; BIFF5 (Excel 95, and several exports of today)
//! has texts in a code page.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use super::super::fault::SourceFault;
use super::compound::{u16_at, u32_at};

pub(super) const CONTINUE: u16 = 0x003C;

/// A record: its type, and where its data begins and ends in the stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub kind: u16,
    pub begin: usize,
    pub end: usize,
}

/// Returns the record at a place of the stream, or `None` at its end. A last record that is cut off is left
/// out.
pub(super) fn record_at(stream: &[u8], at: usize) -> Option<Record> {
    let kind = u16_at(stream, at).ok()?;
    let length = usize::from(u16_at(stream, at + 2).ok()?);
    let begin = at + 4;
    (begin + length <= stream.len()).then_some(Record { kind, begin, end: begin + length })
}

/// How texts are written in the stream.
#[derive(Debug, Clone, Copy)]
pub(super) enum Texts {
    Biff8,
    Biff5(&'static Encoding),
}

impl Texts {
    /// Returns how a stream of BIFF5 writes texts in a code page.
    pub(super) fn of_code_page(page: u16) -> Self {
        let label = format!("windows-{page}");
        Self::Biff5(match page {
            10_000 | 32_768 => MACINTOSH,
            _ => Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252),
        })
    }

    /// Reads a text whose length, before it, has one byte or two.
    pub(super) fn read(self, pieces: &mut Pieces<'_>, has_long_length: bool) -> Result<String, SourceFault> {
        let length = usize::from(if has_long_length { pieces.u16()? } else { u16::from(pieces.u8()?) });
        match self {
            Self::Biff8 => {
                let is_wide = pieces.u8()? & 1 != 0;
                pieces.characters(length, is_wide)
            }
            Self::Biff5(encoding) => {
                let bytes = pieces.rest();
                let bytes = &bytes[..bytes.len().min(length)];
                Ok(encoding.decode_without_bom_handling(bytes).0.into_owned())
            }
        }
    }
}

/// The data of a record and of the records that continue it, read from the first byte to the last.
pub(super) struct Pieces<'a> {
    stream: &'a [u8],
    current: Record,
    at: usize,
}

impl<'a> Pieces<'a> {
    /// Reads from byte `skipped` of the record that begins at a place of the stream.
    pub(super) fn new(stream: &'a [u8], record: Record, skipped: usize) -> Self {
        Self { stream, current: record, at: (record.begin + skipped).min(record.end) }
    }

    /// Returns `true` at the end of the last piece.
    pub(super) fn are_read(&mut self) -> bool {
        self.at == self.current.end && !self.advance()
    }

    /// Moves to the next piece that has content.
    fn advance(&mut self) -> bool {
        while let Some(next) = record_at(self.stream, self.current.end).filter(|next| next.kind == CONTINUE) {
            (self.current, self.at) = (next, next.begin);
            if next.begin < next.end {
                return true;
            }
        }
        false
    }

    fn rest(&self) -> &'a [u8] {
        &self.stream[self.at..self.current.end]
    }

    fn u8(&mut self) -> Result<u8, SourceFault> {
        if self.are_read() {
            return Err(SourceFault::Damaged);
        }
        self.at += 1;
        Ok(self.stream[self.at - 1])
    }

    fn u16(&mut self) -> Result<u16, SourceFault> {
        Ok(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    /// Reads a text of the table of shared texts, without its formats and its pronunciation.
    pub(super) fn shared_text(&mut self) -> Result<String, SourceFault> {
        let length = usize::from(self.u16()?);
        let flags = self.u8()?;
        let runs = if flags & 8 != 0 { usize::from(self.u16()?) } else { 0 };
        let extra = if flags & 4 != 0 { [self.u8()?, self.u8()?, self.u8()?, self.u8()?] } else { [0; 4] };
        let text = self.characters(length, flags & 1 != 0)?;
        self.skip(4 * runs + u32_at(&extra, 0)? as usize)?;
        Ok(text)
    }

    /// Reads UTF-16 units. Where they go on in the next record, a byte says again whether they have high
    /// bytes.
    fn characters(&mut self, length: usize, is_wide: bool) -> Result<String, SourceFault> {
        let (mut units, mut is_wide) = (Vec::new(), is_wide);
        while units.len() < length {
            if self.at == self.current.end {
                is_wide = self.u8()? & 1 != 0;
            }
            let (rest, left) = (self.rest(), length - units.len());
            if is_wide {
                let pairs = rest.chunks_exact(2).take(left);
                self.at += 2 * pairs.len();
                units.extend(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
                if self.current.end - self.at == 1 {
                    // Half a unit belongs to no text.
                    self.at += usize::from(units.len() < length);
                }
            } else {
                let bytes = &rest[..rest.len().min(left)];
                self.at += bytes.len();
                units.extend(bytes.iter().copied().map(u16::from));
            }
        }
        Ok(String::from_utf16_lossy(&units))
    }

    fn skip(&mut self, length: usize) -> Result<(), SourceFault> {
        let mut left = length;
        while left > 0 {
            if self.are_read() {
                return Err(SourceFault::Damaged);
            }
            let step = left.min(self.current.end - self.at);
            self.at += step;
            left -= step;
        }
        Ok(())
    }
}
