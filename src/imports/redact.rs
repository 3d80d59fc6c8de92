//! Taking people out of the imported files. Their lines are overwritten by spaces, so that every other line stays where
//! it is; a blank line is an empty one to whoever reads the file again.
//!
//! Every file that was ever kept is looked at, one that was refused whole too, and every word of a line: an e-mail in the
//! wrong column, in quotes or in `Name <address>` is found as well. So this reads bytes, and not [`super::format`].

use std::collections::HashSet;
use std::io::{BufRead, BufReader};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use sha2::{Digest as _, Sha256};

use super::check::{READ_BUFFER, Stop};
use super::files::{self, CHUNK, StoredFile};
use super::findings::{self, int};
use super::format::{Encoding, ReadError};
use super::import::State;
use crate::db::AnyConnection;
use crate::db::schema::{import_files, imports};
use crate::domain::Email;
use crate::error::{AppError, AppResult};
use crate::jobs::Work;
use crate::web::csrf::hex;

/// Lines that are blanked in one transaction at most.
const BATCH: usize = 2_000;
/// Bytes of the longest e-mail: a longer word is none.
const LONGEST: usize = 255 * 4;

/// SHA-256 of the e-mail without case, in hexadecimal: stands for it where it is not to be kept.
pub fn email_hash(email: &Email) -> String {
    hex(&Sha256::digest(email.key().as_bytes()))
}

/// The e-mails of the people who go, by [`email_hash`].
pub struct EmailHashes(HashSet<String>);

impl FromIterator<String> for EmailHashes {
    fn from_iter<I: IntoIterator<Item = String>>(hashes: I) -> Self {
        Self(hashes.into_iter().collect())
    }
}

impl EmailHashes {
    fn hold(&self, email: &Email) -> bool {
        self.0.contains(&email_hash(email))
    }
}

/// What a transaction did.
#[derive(Debug, Clone, Copy)]
pub struct Blanked {
    pub lines: i64,
    /// Files that are through with it: each is counted once, with its last line.
    pub files: i64,
}

/// Blanks the lines with one of these e-mails in the files received by `until`, and what was
/// noted of these lines; `count` notes what was done in the same transaction. The file of an import that goes on, or
/// that someone has to decide about, is left alone: returns whether none of those holds such a line.
///
/// Done again it finds nothing: work that was broken off is taken up by doing it again.
///
/// # Errors
/// [`AppError::NotFound`] when another worker goes on with it, and those of the database.
pub fn blank_lines(
    work: &Work,
    emails: &EmailHashes,
    until: NaiveDateTime,
    count: impl Fn(&mut AnyConnection, Blanked) -> AppResult<()>,
) -> AppResult<bool> {
    if emails.0.is_empty() {
        return Ok(true);
    }
    let mut all = true;
    for received in work.db.read_blocking(|conn| received(conn, until))? {
        if received.imports.is_empty() {
            all = false;
        } else if received.is_at_rest {
            blank_file(work, &received, emails, &count)?;
        } else {
            all &= !holds_any(work, received.file, emails)?;
        }
    }
    Ok(all)
}

struct Received {
    file: i64,
    /// None while the file is being received; several when it was read in several ways.
    imports: Vec<i64>,
    /// Whether all of them are.
    is_at_rest: bool,
}

fn received(conn: &mut AnyConnection, until: NaiveDateTime) -> AppResult<Vec<Received>> {
    let rows: Vec<(i64, Option<(i64, String)>)> = import_files::table
        .left_join(imports::table)
        .filter(import_files::created_at.le(until))
        .order((import_files::id, imports::id.nullable()))
        .select((import_files::id, (imports::id, imports::state).nullable()))
        .load(conn)?;
    let at_rest = State::AT_REST.map(State::as_str);
    let mut files: Vec<Received> = Vec::new();
    for (file, import) in rows {
        if files.last().is_none_or(|last| last.file != file) {
            files.push(Received {
                file,
                imports: Vec::new(),
                is_at_rest: true,
            });
        }
        if let (Some(last), Some((import, state))) = (files.last_mut(), import) {
            last.imports.push(import);
            last.is_at_rest &= at_rest.contains(&state.as_str());
        }
    }
    Ok(files)
}

fn open(work: &Work, file: i64) -> BufReader<StoredFile> {
    BufReader::with_capacity(READ_BUFFER, StoredFile::open(&work.db, file))
}

fn holds_any(work: &Work, file: i64, emails: &EmailHashes) -> AppResult<bool> {
    let mut any = false;
    scan(open(work, file), emails, |_| {
        any = true;
        Ok(())
    })?;
    Ok(any)
}

fn blank_file(
    work: &Work,
    received: &Received,
    emails: &EmailHashes,
    count: impl Fn(&mut AnyConnection, Blanked) -> AppResult<()>,
) -> AppResult<()> {
    let file = received.file;
    let write = |spans: &[Span], files: i64| {
        work.write(|conn| {
            let lines = blank(conn, file, spans)?;
            let numbers: Vec<i64> = spans.iter().map(|span| span.line).collect();
            for import in &received.imports {
                findings::forget_values(conn, *import, &numbers)?;
            }
            count(conn, Blanked { lines, files })
        })
    };
    let mut spans: Vec<Span> = Vec::new();
    scan(open(work, file), emails, |span| {
        let is_far = |first: &Span| first.start / CHUNK != span.start / CHUNK;
        if spans.len() == BATCH || spans.first().is_some_and(is_far) {
            write(&spans, 0)?;
            spans.clear();
        }
        spans.push(span);
        Ok(())
    })?;
    if spans.is_empty() {
        return Ok(());
    }
    write(&spans, 1)
}

/// Overwrites these lines, in the order of the file, by spaces; returns how many were not blank already.
fn blank(conn: &mut AnyConnection, file: i64, spans: &[Span]) -> AppResult<i64> {
    let mut lines = 0;
    let mut held: Option<(usize, Vec<u8>)> = None;
    for span in spans {
        let mut changed = false;
        for seq in span.start / CHUNK..=(span.end - 1) / CHUNK {
            let mut piece = match held.take() {
                Some((known, piece)) if known == seq => piece,
                other => {
                    put_back(conn, file, other)?;
                    files::held_piece(conn, file, int(seq as u64))?
                }
            };
            let begin = seq * CHUNK;
            let from = span.start.saturating_sub(begin);
            let to = (span.end - begin).min(piece.len());
            for (at, byte) in (begin + from..).zip(piece.get_mut(from..to).unwrap_or_default()) {
                let space = span.space[at % 2];
                changed |= *byte != space;
                *byte = space;
            }
            held = Some((seq, piece));
        }
        lines += i64::from(changed);
    }
    put_back(conn, file, held)?;
    Ok(lines)
}

fn put_back(conn: &mut AnyConnection, file: i64, piece: Option<(usize, Vec<u8>)>) -> AppResult<()> {
    match piece {
        Some((seq, bytes)) => files::overwrite_piece(conn, file, int(seq as u64), &bytes),
        None => Ok(()),
    }
}

/// A line without its end, as places in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    /// From 1, as [`super::format::Line::number`].
    line: i64,
    start: usize,
    end: usize,
    /// What overwrites it: the byte at even places of the file, and at odd ones.
    space: [u8; 2],
}

/// Finds the lines that hold one of these e-mails, in bounded memory whatever the lines are.
fn scan(
    mut source: impl BufRead,
    emails: &EmailHashes,
    mut found: impl FnMut(Span) -> AppResult<()>,
) -> AppResult<()> {
    let failed = |error| AppError::from(Stop::from(ReadError::Io(error)));
    let (encoding, mark) = Encoding::wide_or_utf8(source.fill_buf().map_err(failed)?);
    source.consume(mark);
    let mut line = Looking::at(mark, encoding);
    loop {
        let bytes = source.fill_buf().map_err(failed)?;
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        for byte in bytes {
            if let Some(span) = line.see(*byte, emails) {
                found(span)?;
            }
        }
        source.consume(length);
    }
    line.end(emails).map_or(Ok(()), found)
}

/// The line that is being read.
struct Looking {
    encoding: Encoding,
    number: i64,
    start: usize,
    /// The next byte.
    at: usize,
    /// The first half of a character of UTF-16.
    half: Option<u8>,
    /// The word that is being read, cut where it is too long for an e-mail.
    word: Vec<u8>,
    is_wanted: bool,
    ends_with_return: bool,
}

impl Looking {
    fn at(start: usize, encoding: Encoding) -> Self {
        Self {
            encoding,
            number: 1,
            start,
            at: start,
            half: None,
            word: Vec::new(),
            is_wanted: false,
            ends_with_return: false,
        }
    }

    /// Bytes of a character, or of half a pair.
    fn width(&self) -> usize {
        1 + usize::from(self.encoding.unit().is_some())
    }

    /// Takes the next byte; returns the line that it ends, if that is wanted.
    fn see(&mut self, byte: u8, emails: &EmailHashes) -> Option<Span> {
        let Some(unit) = self.encoding.unit() else {
            return self.see_one(&[byte], emails);
        };
        let Some(first) = self.half.take() else {
            self.half = Some(byte);
            return None;
        };
        // Half of a pair stands for a character that no e-mail holds.
        let c = char::from_u32(unit([first, byte]).into()).unwrap_or(char::REPLACEMENT_CHARACTER);
        let mut utf8 = [0; 4];
        self.see_one(c.encode_utf8(&mut utf8).as_bytes(), emails)
    }

    /// Takes a byte, or a character of UTF-16 as UTF-8.
    fn see_one(&mut self, bytes: &[u8], emails: &EmailHashes) -> Option<Span> {
        if bytes == b"\n" {
            let span = self.end(emails);
            self.at += self.width();
            self.start = self.at;
            self.number += 1;
            self.is_wanted = false;
            self.ends_with_return = false;
            return span;
        }
        if bytes.len() == 1 && is_between_words(bytes[0]) {
            self.end_word(emails);
        } else if self.word.len() <= LONGEST {
            self.word.extend_from_slice(bytes);
        }
        self.ends_with_return = bytes == b"\r";
        self.at += self.width();
        None
    }

    fn end(&mut self, emails: &EmailHashes) -> Option<Span> {
        self.end_word(emails);
        self.is_wanted.then_some(Span {
            line: self.number,
            start: self.start,
            end: self.at - self.width() * usize::from(self.ends_with_return),
            space: match self.encoding {
                Encoding::Utf16Le => [b' ', 0],
                Encoding::Utf16Be => [0, b' '],
                _ => [b' '; 2],
            },
        })
    }

    fn end_word(&mut self, emails: &EmailHashes) {
        self.is_wanted |= holds_one_of(&self.word, emails);
        self.word.clear();
    }
}

/// What no e-mail holds.
fn is_between_words(byte: u8) -> bool {
    byte <= b' ' || b"\",;:<>()[]\\\x7F".contains(&byte)
}

fn holds_one_of(word: &[u8], emails: &EmailHashes) -> bool {
    if !word.contains(&b'@') || word.len() > LONGEST {
        return false;
    }
    // An e-mail with accents in a file that was not UTF-8 was read by one of these.
    let encodings: &[Encoding] = if std::str::from_utf8(word).is_ok() {
        &[Encoding::Utf8]
    } else {
        &[Encoding::Utf8, Encoding::Windows1252, Encoding::MacRoman]
    };
    encodings.iter().any(|encoding| {
        let (text, _) = encoding.decode(word);
        text.split(|c: char| c.is_whitespace() || c == '\u{FEFF}')
            .any(|text| is_one_of(text, emails))
    })
}

fn is_one_of(text: &str, emails: &EmailHashes) -> bool {
    match Email::parse(text) {
        Ok(email) => emails.hold(&email),
        // Signs that an e-mail may hold stand around it: `'a@b.example'`, `a@b.example|`, `a@b.example.`
        Err(_) => text
            .split(['\'', '|', '=', '/'])
            .filter_map(|part| Email::parse(part.trim_matches('.')).ok())
            .any(|email| emails.hold(&email)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a file without the lines of these people.
    fn without(emails: &[&str], file: &[u8]) -> String {
        let hashes = emails
            .iter()
            .map(|email| email_hash(&Email::parse(email).unwrap()))
            .collect();
        let mut left = file.to_vec();
        // A buffer of seven bytes: words and lines go over its end.
        let source = BufReader::with_capacity(7, file);
        scan(source, &hashes, |span| {
            assert_eq!(span.space, [b' '; 2]);
            left[span.start..span.end].fill(b'_');
            Ok(())
        })
        .unwrap();
        String::from_utf8_lossy(&left).into_owned()
    }

    #[test]
    fn whole_lines_go_and_line_ends_stay() {
        let file = "M.,A,B,a@b.fr,,,,\r\nM.,C,D,c@d.fr,,,,\r\n\nM.,A,B,A@B.FR,,01,,";
        assert_eq!(
            without(&["a@b.fr"], file.as_bytes()),
            "_________________\r\nM.,C,D,c@d.fr,,,,\r\n\n___________________"
        );
    }

    #[test]
    fn an_email_is_found_wherever_it_stands_in_a_line() {
        for line in [
            "a@b.fr",
            "Dr,A,B,\"a@b.fr\",,01 02,,",
            "A <a@b.fr>;C",
            "M.,A,B,mailto:a@b.fr",
            "M.,A,B,'A@b.fr'",
            "M.|A|B|a@b.fr|",
            "M.,A,B,,,,Écrire à a@b.fr.,",
            "M.,A,B,\u{A0}a@b.fr\u{A0},,,,",
        ] {
            let left = without(&["a@b.fr"], line.as_bytes());
            assert!(left.bytes().all(|byte| byte == b'_'), "{line}: {left}");
        }
        let latin = b"M.,Ren\xE9,A,a@b.fr\nM.,Ren\xE9,C,c@d.fr";
        let left = without(&["a@b.fr"], latin);
        assert_eq!(left, "________________\nM.,Ren\u{FFFD},C,c@d.fr");
    }

    #[test]
    fn nobody_else_goes() {
        let file = format!(
            "M.,A,B,aa@b.fr,,,,\nM.,A,B,a@b.frr,,,,\nM.,A,B,o'a@b.fr,,,,\nM.,A,B,a@b.fr.ca,,,,\n{}a@b.fr\n",
            "x".repeat(LONGEST)
        );
        assert_eq!(without(&["a@b.fr"], file.as_bytes()), file);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        assert_eq!(
            without(&["a@b.fr"], "\u{FEFF}a@b.fr,\nc".as_bytes()),
            "\u{FEFF}_______\nc"
        );
    }

    #[test]
    fn a_line_of_utf_16_goes_and_nothing_beside_it() {
        let text = "M.,\u{10A}\u{A0A},B,ré@b.fr\r\nM.,C,D,c@d.fr\r\n\r\nM.,A,B,RÉ@B.FR";
        let hashes = [email_hash(&Email::parse("ré@b.fr").unwrap())]
            .into_iter()
            .collect();
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide = |text: &str| -> Vec<u8> {
                let text = format!("\u{FEFF}{text}");
                text.encode_utf16().flat_map(to_bytes).collect()
            };
            let file = wide(text);
            let mut left = file.clone();
            let source = BufReader::with_capacity(7, file.as_slice());
            scan(source, &hashes, |span| {
                for (at, byte) in (span.start..).zip(&mut left[span.start..span.end]) {
                    *byte = span.space[at % 2];
                }
                Ok(())
            })
            .unwrap();
            let (first, last) = (" ".repeat(15), " ".repeat(14));
            let expected = format!("{first}\r\nM.,C,D,c@d.fr\r\n\r\n{last}");
            assert_eq!(left, wide(&expected));
        }
    }

    #[test]
    fn an_email_with_accents_is_found_in_old_encodings() {
        for accent in [b"\xE9", b"\x8E"] {
            let file = [b"M.,A,B,r", accent.as_slice(), b"@b.fr\nx"].concat();
            assert_eq!(without(&["ré@b.fr"], &file), "______________\nx");
        }
    }
}
