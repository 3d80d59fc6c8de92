//! CSV files: texts between separators, by RFC 4180 as programs really write it.
//!
//! Records end with LF, CRLF or CR. A field that begins with a quote ends with the next single quote, and two
//! quotes inside are one. Characters behind the closing quote belong to the field; a quote inside another
//! field is a character like any other. An empty line is an empty record, which the library `csv` would leave
//! out, as it would accept a quote that never closes. NUL is kept as a character: the check of a field
//! refuses it.

use std::fs::File;
use std::io::{self, Write};

use super::fault::{ConvertError, SourceFault};
use super::rows::Rows;
use super::text::{Text, find_encoding};
use super::{Facts, MAX_RECORD};
use crate::imports::format::Separator;

/// Records by which the separator is found.
const SAMPLE: usize = 100;
/// Bytes of text among which these records are.
const SAMPLE_BYTES: usize = 256 * 1024;

pub(super) fn read<W: Write, P: FnMut(u64) -> io::Result<()>>(
    file: &File,
    rows: &mut Rows<'_, W, P>,
) -> Result<Facts, ConvertError> {
    let (encoding, mark) = find_encoding(file, rows)?;
    let mut beginning = String::new();
    let mut text = Text::new(file, encoding, mark)?;
    let mut is_whole = false;
    while beginning.len() < SAMPLE_BYTES && !is_whole {
        match text.next_piece()? {
            Some(piece) => beginning.push_str(piece),
            None => is_whole = true,
        }
    }
    let (separator, skipped) = match directive(&beginning) {
        Some((separator, length)) => (separator, length),
        None => (find_separator(&beginning, is_whole), 0),
    };
    if skipped > 0 {
        // The directive counts as the first row, without content.
        rows.skip_to(2)?;
    }
    let mut records = Records::new(separator);
    records.read(&beginning[skipped..], &mut |token| put(rows, token))?;
    while let Some(piece) = text.next_piece()? {
        records.read(piece, &mut |token| put(rows, token))?;
    }
    records.finish(&mut |token| put(rows, token))?;
    Ok(Facts { encoding: Some(encoding), separator: Some(separator), ..Facts::default() })
}

fn put<W: Write, P: FnMut(u64) -> io::Result<()>>(
    rows: &mut Rows<'_, W, P>,
    token: Token<'_>,
) -> Result<(), ConvertError> {
    match token {
        Token::Field(column, text) => rows.set(column, text),
        Token::End => rows.end(),
        Token::TooLong => Err(SourceFault::RecordTooLong { row: rows.number(), max: MAX_RECORD }.into()),
        Token::Open => Err(SourceFault::QuoteNeverCloses { row: rows.number() }.into()),
    }
}

/// Returns the separator of a first line `sep=;`, which is for Excel only, and the length of that line.
fn directive(text: &str) -> Option<(Separator, usize)> {
    let line = text.split(['\r', '\n']).next()?;
    let sign =
        line.get(..4).filter(|begin| begin.eq_ignore_ascii_case("sep=")).and_then(|_| line.get(4..))?;
    let separator = Separator::ALL.into_iter().find(|separator| sign == separator.sign().to_string())?;
    let rest = &text[line.len()..];
    let end = if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
    Some((separator, line.len() + end))
}

/// Returns the separator with which most records have the same number of fields, and many; a comma if no
/// separator occurs.
fn find_separator(text: &str, is_whole: bool) -> Separator {
    let mut best = (0, Separator::Comma);
    for separator in Separator::ALL {
        let counts = field_counts(text, separator, is_whole);
        let widths = counts.iter().filter(|count| **count > 1);
        let score =
            widths.map(|width| counts.iter().filter(|count| *count == width).count() * (width - 1)).max();
        if score.unwrap_or(0) > best.0 {
            best = (score.unwrap_or(0), separator);
        }
    }
    best.1
}

/// Returns the numbers of fields of the first records that are not empty.
fn field_counts(text: &str, separator: Separator, is_whole: bool) -> Vec<usize> {
    let mut counts = Vec::new();
    let mut width = 0;
    let mut records = Records::new(separator);
    let mut see = |token: Token<'_>| {
        match token {
            Token::Field(column, _) => width = column + 1,
            Token::End if counts.len() == SAMPLE => return Err(()),
            Token::End => {
                counts.extend((width > 0).then_some(width));
                width = 0;
            }
            Token::TooLong | Token::Open => return Err(()),
        }
        Ok(())
    };
    // An error only says that no further record is needed or possible.
    if records.read(text, &mut see).is_ok() && is_whole {
        let _ = records.finish(&mut see);
    }
    counts
}

/// A part of the records of a text.
enum Token<'a> {
    /// A field and its column, from 0.
    Field(usize, &'a str),
    /// The end of a record. An empty record has no field.
    End,
    /// The record is longer than [`MAX_RECORD`].
    TooLong,
    /// The text ends, or the record becomes too long, inside quotes.
    Open,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a record.
    Record,
    /// At the beginning of another field.
    Field,
    Plain,
    Quoted,
    /// Behind a quote inside quotes, which closes them or is the first of two.
    Quote,
}

/// Splits a text, given in pieces, into records.
struct Records {
    separator: u8,
    state: State,
    field: String,
    column: usize,
    /// The bytes of the record so far.
    length: usize,
    /// Set behind a CR, which an LF may follow.
    is_after_return: bool,
}

impl Records {
    fn new(separator: Separator) -> Self {
        Self {
            // All separators are ASCII.
            separator: u8::try_from(separator.sign()).unwrap_or(b','),
            state: State::Record,
            field: String::new(),
            column: 0,
            length: 0,
            is_after_return: false,
        }
    }

    /// Reads a piece of the text, and gives its tokens to `take`, whose error ends the reading.
    fn read<E>(&mut self, text: &str, take: &mut impl FnMut(Token<'_>) -> Result<(), E>) -> Result<(), E> {
        let mut rest = text;
        while !rest.is_empty() {
            let plain = rest.bytes().position(|byte| self.is_special(byte)).unwrap_or(rest.len());
            let (before, from) = rest.split_at(plain);
            self.add(before, take)?;
            // Special characters are ASCII, so the next byte is a whole character.
            if let Some(&byte) = from.as_bytes().first() {
                self.special(byte, take)?;
                rest = &from[1..];
            } else {
                rest = from;
            }
        }
        Ok(())
    }

    /// Ends the text.
    fn finish<E>(&mut self, take: &mut impl FnMut(Token<'_>) -> Result<(), E>) -> Result<(), E> {
        match self.state {
            State::Record => Ok(()),
            State::Quoted => take(Token::Open),
            State::Field | State::Plain | State::Quote => self.end_record(take),
        }
    }

    fn is_special(&self, byte: u8) -> bool {
        byte == b'"'
            || self.state != State::Quoted && (byte == self.separator || matches!(byte, b'\r' | b'\n'))
    }

    /// Adds characters to the field.
    fn add<E>(&mut self, text: &str, take: &mut impl FnMut(Token<'_>) -> Result<(), E>) -> Result<(), E> {
        if text.is_empty() {
            return Ok(());
        }
        self.is_after_return = false;
        self.length += text.len();
        if self.length > MAX_RECORD {
            return take(if self.state == State::Quoted { Token::Open } else { Token::TooLong });
        }
        if self.state != State::Quoted {
            self.state = State::Plain;
        }
        self.field.push_str(text);
        Ok(())
    }

    fn special<E>(&mut self, byte: u8, take: &mut impl FnMut(Token<'_>) -> Result<(), E>) -> Result<(), E> {
        let is_after_return = std::mem::take(&mut self.is_after_return);
        match (byte, self.state) {
            (b'"', State::Record | State::Field) => self.state = State::Quoted,
            (b'"', State::Quoted) => self.state = State::Quote,
            (b'"', State::Quote) => {
                self.state = State::Quoted;
                self.add("\"", take)?;
            }
            (b'"', State::Plain) => self.add("\"", take)?,
            (b'\n', State::Record) if is_after_return => {}
            (b'\n' | b'\r', State::Record) => {
                self.is_after_return = byte == b'\r';
                take(Token::End)?;
            }
            (b'\n' | b'\r', _) => {
                self.end_record(take)?;
                self.is_after_return = byte == b'\r';
            }
            _ => {
                self.end_field(take)?;
                self.state = State::Field;
                self.length += 1;
                if self.length > MAX_RECORD {
                    return take(Token::TooLong);
                }
            }
        }
        Ok(())
    }

    fn end_field<E>(&mut self, take: &mut impl FnMut(Token<'_>) -> Result<(), E>) -> Result<(), E> {
        take(Token::Field(self.column, &self.field))?;
        self.field.clear();
        self.column += 1;
        Ok(())
    }

    fn end_record<E>(&mut self, take: &mut impl FnMut(Token<'_>) -> Result<(), E>) -> Result<(), E> {
        self.end_field(take)?;
        (self.column, self.length, self.state) = (0, 0, State::Record);
        take(Token::End)
    }
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
