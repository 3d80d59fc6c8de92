//! Finds the lines of a file that name certain people, in bounded memory whatever the length of the lines.

use std::collections::BTreeSet;
use std::io::BufRead;

use super::check::Stop;
use super::format::{Encoding, MAX_LINE, ReadError};
use super::marks::{Marks, Seen};
use crate::error::{AppError, AppResult};

/// Bytes of a line that are examined together: enough for any valid line.
const PIECE: usize = MAX_LINE;

/// A line without its end, as positions in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From 1, as [`super::format::Line::number`].
    pub line: i64,
    pub start: usize,
    pub end: usize,
    /// The bytes that overwrite the line: one for even positions of the file, one for odd ones.
    pub space: [u8; 2],
}

/// Calls `found` with each line that names one of these people, and with the lines of these numbers.
pub fn scan(
    mut source: impl BufRead,
    marks: &Marks,
    numbers: &BTreeSet<i64>,
    mut found: impl FnMut(Span) -> AppResult<()>,
) -> AppResult<()> {
    let failed = |error| AppError::from(Stop::from(ReadError::Io(error)));
    let (encoding, mark) = Encoding::wide_or_utf8(source.fill_buf().map_err(failed)?);
    source.consume(mark);
    let mut line = Looking::at(mark, encoding, (marks, numbers));
    loop {
        let bytes = source.fill_buf().map_err(failed)?;
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        for byte in bytes {
            if let Some(span) = line.see(*byte) {
                found(span)?;
            }
        }
        source.consume(length);
    }
    line.end().map_or(Ok(()), found)
}

/// The line being read.
struct Looking<'a> {
    encoding: Encoding,
    marks: &'a Marks,
    numbers: &'a BTreeSet<i64>,
    number: i64,
    start: usize,
    /// The position of the next byte.
    at: usize,
    /// The first byte of a UTF-16 unit.
    half: Option<u8>,
    /// The bytes of the line that are not examined yet; UTF-16 is converted to UTF-8.
    piece: Vec<u8>,
    /// Set inside a word that is too long to be an identifier.
    is_passing: bool,
    seen: Seen,
    ends_with_return: bool,
}

impl<'a> Looking<'a> {
    fn at(start: usize, encoding: Encoding, (marks, numbers): (&'a Marks, &'a BTreeSet<i64>)) -> Self {
        Self {
            encoding,
            marks,
            numbers,
            number: 1,
            start,
            at: start,
            half: None,
            piece: Vec::new(),
            is_passing: false,
            seen: Seen::default(),
            ends_with_return: false,
        }
    }

    /// Bytes per character, or per half of a surrogate pair.
    fn width(&self) -> usize {
        1 + usize::from(self.encoding.unit().is_some())
    }

    /// Takes the next byte; returns the line that ends with it, if it names one of the people.
    fn see(&mut self, byte: u8) -> Option<Span> {
        let Some(unit) = self.encoding.unit() else {
            return self.see_one(&[byte]);
        };
        let Some(first) = self.half.take() else {
            self.half = Some(byte);
            return None;
        };
        // A surrogate counts as the replacement character, which no identifier contains.
        let c = char::from_u32(unit([first, byte]).into()).unwrap_or(char::REPLACEMENT_CHARACTER);
        let mut utf8 = [0; 4];
        self.see_one(c.encode_utf8(&mut utf8).as_bytes())
    }

    /// Takes a byte, or a UTF-16 character as UTF-8.
    fn see_one(&mut self, bytes: &[u8]) -> Option<Span> {
        if bytes == b"\n" {
            let span = self.end();
            self.at += self.width();
            self.start = self.at;
            self.number += 1;
            self.ends_with_return = false;
            return span;
        }
        self.is_passing &= !is_between_words(bytes);
        if !self.is_passing {
            self.piece.extend_from_slice(bytes);
            if self.piece.len() >= PIECE {
                self.end_piece();
            }
        }
        self.ends_with_return = bytes == b"\r";
        self.at += self.width();
        None
    }

    fn end(&mut self) -> Option<Span> {
        self.look_at_piece();
        self.piece.clear();
        self.is_passing = false;
        let is_wanted = std::mem::take(&mut self.seen).is_wanted(self.marks);
        let end = self.at - self.width() * usize::from(self.ends_with_return);
        let is_asked = self.numbers.contains(&self.number) && self.start < end;
        (is_wanted || is_asked).then_some(Span {
            line: self.number,
            start: self.start,
            end,
            space: match self.encoding {
                Encoding::Utf16Le => [b' ', 0],
                Encoding::Utf16Be => [0, b' '],
                _ => [b' '; 2],
            },
        })
    }

    /// Examines the pending bytes of a long line, excluding an unfinished word.
    fn end_piece(&mut self) {
        let between = |byte: &u8| is_between_words(std::slice::from_ref(byte));
        // A word that fills the piece may have its sign before it, left from the last cut.
        let Some(last) = self.piece.iter().rposition(between).filter(|last| *last > 0) else {
            self.piece.clear();
            self.is_passing = true;
            return;
        };
        let word = self.piece.split_off(last);
        self.look_at_piece();
        self.piece = word;
    }

    fn look_at_piece(&mut self) {
        // A list in a legacy encoding was read with one of these.
        let encodings: &[Encoding] = if std::str::from_utf8(&self.piece).is_ok() {
            &[Encoding::Utf8]
        } else {
            &[Encoding::Utf8, Encoding::Windows1252, Encoding::MacRoman]
        };
        for encoding in encodings {
            let (text, _) = encoding.decode(&self.piece);
            self.seen.look_at(&text, self.marks);
            if text.contains('\\') {
                // The rows of a list are stored as JSON: a line break in a cell would run into the word behind it.
                self.seen.look_at(&without_escapes(&text), self.marks);
            }
        }
    }
}

/// Returns a text with a space in place of each escape of JSON. The escapes of rows stand for quotes, backslashes and control
/// characters, none of which is part of an identifier.
fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        plain.push(' ');
        if rest.next() == Some('u') {
            rest.by_ref().take(4).for_each(drop);
        }
    }
    plain
}

/// Returns `true` for a byte at which a long line can be cut without cutting a UTF-8 character.
fn is_between_words(bytes: &[u8]) -> bool {
    matches!(bytes, [byte] if *byte <= b' ' || b"\",;:<>()[]|\\\x7F".contains(byte))
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;
    use crate::domain::Email;
    use crate::imports::marks::Mark;

    fn of_emails(emails: &[&str]) -> Marks {
        let emails = emails.iter().map(|email| Email::parse(email).unwrap());
        emails.map(|email| Mark::of_email(&email)).collect()
    }

    /// Returns the rest of a file without the lines of these people.
    fn without(emails: &[&str], file: &[u8]) -> String {
        without_all(&of_emails(emails), file)
    }

    fn without_all(marks: &Marks, file: &[u8]) -> String {
        let mut left = file.to_vec();
        // A buffer of seven bytes, so that words and lines cross its end.
        let source = BufReader::with_capacity(7, file);
        scan(source, marks, &BTreeSet::new(), |span| {
            assert_eq!(span.space, [b' '; 2]);
            left[span.start..span.end].fill(b'_');
            Ok(())
        })
        .unwrap();
        String::from_utf8_lossy(&left).into_owned()
    }

    #[test]
    fn whole_lines_are_found_and_line_ends_stay() {
        let file = "M.,A,B,a@b.fr,,,,\r\nM.,C,D,c@d.fr,,,,\r\n\nM.,A,B,A@B.FR,,01,,";
        assert_eq!(
            without(&["a@b.fr"], file.as_bytes()),
            "_________________\r\nM.,C,D,c@d.fr,,,,\r\n\n___________________"
        );
    }

    #[test]
    fn lines_are_found_by_their_number_too() {
        let file = "M.,A,B,a@b.fr\r\nM.,C,D,c@d\n\n";
        let mut found = Vec::new();
        let numbers = BTreeSet::from([2, 3, 4, 9]);
        scan(file.as_bytes(), &Marks::default(), &numbers, |span| {
            found.push((span.line, span.start, span.end));
            Ok(())
        })
        .unwrap();
        assert_eq!(found, [(2, 15, 25)], "an empty line is left alone");
    }

    #[test]
    fn an_email_is_found_anywhere_in_a_line() {
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
    fn an_escape_of_json_does_not_hide_a_word() {
        let email = Mark::of_email(&Email::parse("a@b.fr").unwrap());
        let marks: Marks = [Some(email), Mark::of_names("Anne", "Roux")].into_iter().flatten().collect();
        for cells in [["x\na@b.fr", "y"], ["\0a@b.fr", ""], ["Mme\nRoux\tAnne", "z"]] {
            let line = serde_json::to_string(&cells).unwrap();
            assert!(line.contains('\\'), "{line}");
            let left = without_all(&marks, line.as_bytes());
            assert!(left.bytes().all(|byte| byte == b'_'), "{line}: {left}");
        }
    }

    #[test]
    fn lines_of_other_people_stay() {
        let file = format!(
            "M.,A,B,aa@b.fr,,,,\nM.,A,B,a@b.frr,,,,\nM.,A,B,o'a@b.fr,,,,\nM.,A,B,a@b.fr.ca,,,,\n{}a@b.fr\n",
            "x".repeat(3 * PIECE)
        );
        assert_eq!(without(&["a@b.fr"], file.as_bytes()), file);
    }

    #[test]
    fn a_word_without_end_is_not_kept() {
        let (marks, numbers) = (of_emails(&["a@b.fr"]), BTreeSet::new());
        let mut line = Looking::at(0, Encoding::Utf8, (&marks, &numbers));
        for byte in format!("M.,{},a@b.fr", "x".repeat(100 * PIECE)).bytes() {
            assert_eq!(line.see(byte), None);
            assert!(line.piece.len() < PIECE);
        }
        assert!(line.end().is_some());
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_first_line() {
        assert_eq!(without(&["a@b.fr"], "\u{FEFF}a@b.fr,\nc".as_bytes()), "\u{FEFF}_______\nc");
    }

    #[test]
    fn a_line_of_utf_16_is_blanked_and_nothing_else() {
        let text = "M.,\u{10A}\u{A0A},B,ré@b.fr\r\nM.,C,D,c@d.fr\r\n\r\nM.,A,B,RÉ@B.FR";
        let hashes = of_emails(&["ré@b.fr"]);
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide = |text: &str| -> Vec<u8> {
                let text = format!("\u{FEFF}{text}");
                text.encode_utf16().flat_map(to_bytes).collect()
            };
            let file = wide(text);
            let mut left = file.clone();
            let source = BufReader::with_capacity(7, file.as_slice());
            scan(source, &hashes, &BTreeSet::new(), |span| {
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

    #[test]
    fn numbers_and_names_are_found_in_every_encoding_and_far_into_a_line() {
        let marks: Marks = [Some(Mark::of_number("0110203040")), Mark::of_names("René", "Noël")]
            .into_iter()
            .flatten()
            .collect();
        let far = "x".repeat(3 * PIECE);
        let lines = "y,".repeat(2 * PIECE);
        for line in [
            "M.,Ren\u{e9},No\u{eb}l,,,,,",
            "M.,A,B,a@b.fr,,0110203040,,",
            &format!("M.,Ren\u{e9},{far},,{lines},No\u{eb}l"),
            &format!("{lines},01 10 20 30 40"),
        ] {
            assert!(without_all(&marks, line.as_bytes()).bytes().all(|byte| byte == b'_'));
            let latin: Vec<u8> = line.chars().map(|c| c as u8).collect();
            assert!(without_all(&marks, &latin).bytes().all(|byte| byte == b'_'));
        }
        let other = "M.,Ren\u{e9},No\u{eb}l,a@b.fr,,,,\nM.,Ren\u{e9},Autre,,,,,";
        assert_eq!(without_all(&marks, other.as_bytes()), other);
    }
}
