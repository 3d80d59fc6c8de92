//! Finding the lines of a file that hold one of some e-mails: every word of every line, whatever the file is.

use std::io::BufRead;

use super::check::Stop;
use super::format::{Encoding, ReadError};
use super::redact::EmailHashes;
use crate::domain::Email;
use crate::error::{AppError, AppResult};

/// Bytes of the longest e-mail: a longer word is none.
const LONGEST: usize = 255 * 4;

/// A line without its end, as places in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From 1, as [`super::format::Line::number`].
    pub line: i64,
    pub start: usize,
    pub end: usize,
    /// What overwrites it: the byte at even places of the file, and at odd ones.
    pub space: [u8; 2],
}

/// Finds the lines that hold one of these e-mails, in bounded memory whatever the lines are.
pub fn scan(
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
    let holds = |text: &str| Email::stored(text).is_some_and(|email| emails.hold(&email));
    if holds(text) || Email::parse(text).is_ok() {
        return holds(text);
    }
    // Signs that an e-mail may hold stand around it: `'a@b.example'`, `a@b.example|`, `a@b.example.`, `a@b.example?subject=x`
    let parts = text.split(['\'', '|', '=', '/', '?', '&']);
    parts
        .map(|part| part.trim_matches('.'))
        .filter(|part| part.contains('@'))
        .any(holds)
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;
    use crate::imports::redact::email_hash;

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
