//! Text files: their encoding, and their text in pieces.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write};
use std::str;

use encoding_rs::{Decoder, DecoderResult};

use super::fault::{ConvertError, SourceFault};
use super::head;
use super::rows::Rows;
use crate::imports::format::{Encoding, single_byte};

/// Bytes of a piece of text.
const PIECE: usize = 64 * 1024;
/// Bytes between two calls of the progress function while the encoding is looked for.
const STRIDE: usize = 1024 * 1024;
/// Bytes of the lines by which a legacy encoding is guessed.
const EVIDENCE: usize = 1024 * 1024;

/// Finds the encoding of a file, and the length of its byte order mark. It is UTF-16 by its first bytes,
/// UTF-8 if the whole file is, and otherwise the legacy encoding that the lines beyond ASCII fit.
pub(super) fn find_encoding<W: Write, P: FnMut(u64) -> io::Result<()>>(
    file: &File,
    rows: &mut Rows<'_, W, P>,
) -> Result<(Encoding, usize), ConvertError> {
    let (encoding, mark) = Encoding::wide_or_utf8(&head(file, PIECE)?);
    if encoding != Encoding::Utf8 || is_utf8(file, rows)? {
        return Ok((encoding, mark));
    }
    let evidence = legacy_lines(file, rows)?;
    match single_byte(evidence.iter().map(Vec::as_slice)) {
        Some(encoding) => Ok((encoding, 0)),
        None => Err(SourceFault::Encoding.into()),
    }
}

fn is_utf8<W: Write, P: FnMut(u64) -> io::Result<()>>(
    mut file: &File,
    rows: &mut Rows<'_, W, P>,
) -> Result<bool, ConvertError> {
    let mut buffer = vec![0; STRIDE];
    let mut kept = 0;
    loop {
        let read = file.read(&mut buffer[kept..])?;
        let bytes = &buffer[..kept + read];
        let incomplete = match str::from_utf8(bytes) {
            Ok(_) => 0,
            Err(error) if error.error_len().is_none() => bytes.len() - error.valid_up_to(),
            Err(_) => return Ok(false),
        };
        if read == 0 {
            return Ok(incomplete == 0);
        }
        let end = bytes.len();
        buffer.copy_within(end - incomplete..end, 0);
        kept = incomplete;
        rows.report()?;
    }
}

/// Returns the first lines that are not ASCII. Lines that are UTF-8 among others that are not are a fault:
/// they have another encoding.
fn legacy_lines<W: Write, P: FnMut(u64) -> io::Result<()>>(
    mut file: &File,
    rows: &mut Rows<'_, W, P>,
) -> Result<Vec<Vec<u8>>, ConvertError> {
    file.seek(SeekFrom::Start(0))?;
    let mut source = BufReader::with_capacity(PIECE, file);
    let (mut lines, mut size, mut passed) = (Vec::new(), 0, 0);
    loop {
        let mut line = Vec::new();
        // Files with the line ends of an old Mac are cut anywhere, which is good enough for a guess.
        let length = (&mut source).take(PIECE as u64).read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(lines);
        }
        passed += length;
        if passed > STRIDE {
            passed = 0;
            rows.report()?;
        }
        if line.is_ascii() {
            continue;
        }
        if length < PIECE && str::from_utf8(&line).is_ok() {
            return Err(SourceFault::Encoding.into());
        }
        if size < EVIDENCE {
            size += length;
            lines.push(line);
        }
    }
}

/// The text of a file, piece by piece.
pub(super) struct Text<'a> {
    file: &'a File,
    decoder: Decoder,
    bytes: Vec<u8>,
    /// The place of the first byte in `bytes` that is not decoded.
    next: usize,
    end: usize,
    is_last: bool,
    is_done: bool,
    piece: String,
}

impl<'a> Text<'a> {
    /// Reads the text behind a byte order mark of `mark` bytes.
    pub(super) fn new(mut file: &'a File, encoding: Encoding, mark: usize) -> io::Result<Self> {
        file.seek(SeekFrom::Start(mark as u64))?;
        Ok(Self {
            file,
            decoder: encoding.decoder(),
            bytes: vec![0; PIECE],
            next: 0,
            end: 0,
            is_last: false,
            is_done: false,
            piece: String::with_capacity(4 * PIECE),
        })
    }

    /// Returns the next piece, or `None` at the end.
    ///
    /// # Errors
    /// [`SourceFault::Encoding`]
    pub(super) fn next_piece(&mut self) -> Result<Option<&str>, ConvertError> {
        self.piece.clear();
        while self.piece.is_empty() && !self.is_done {
            if self.next == self.end {
                self.end = self.file.read(&mut self.bytes)?;
                self.next = 0;
                self.is_last = self.end == 0;
            }
            let bytes = &self.bytes[self.next..self.end];
            let (result, read) =
                self.decoder.decode_to_string_without_replacement(bytes, &mut self.piece, self.is_last);
            self.next += read;
            match result {
                DecoderResult::InputEmpty => self.is_done = self.is_last,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => return Err(SourceFault::Encoding.into()),
            }
        }
        Ok((!self.piece.is_empty()).then_some(&self.piece))
    }
}
