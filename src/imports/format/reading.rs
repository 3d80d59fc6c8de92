//! The reading of a file that is not the strict one, as chosen by a person.

use std::borrow::Cow;

use encoding_rs::{Decoder, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

use super::{phones, sniff};

/// The default is the reading of the strict file.
///
/// Serialized into the database: fields may be added, never renamed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    pub encoding: Encoding,
    pub separator: Separator,
    /// Lines above the list: a title, `sep=;`.
    pub skip: u64,
    /// The column of each of the eight fields, from 0; `None` for the strict order.
    pub columns: Option<[usize; 8]>,
    /// Removes spaces and signs from phone numbers.
    pub phones: bool,
    /// Restores the leading zero of French phone numbers that a spreadsheet removed.
    pub zeros: bool,
}

impl Reading {
    pub fn is_strict(&self) -> bool {
        *self == Self::default()
    }

    /// Returns a phone number in the form of the strict file if that is certain, otherwise unchanged.
    pub(super) fn phone<'a>(&self, raw: &'a str) -> Cow<'a, str> {
        if !self.phones && !self.zeros {
            return raw.into();
        }
        phones::mend(raw, self.phones, self.zeros).map_or(raw.into(), Cow::Owned)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    #[default]
    Utf8,
    Windows1252,
    MacRoman,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    /// The name of the encoding in HTTP.
    pub fn charset(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::MacRoman => "macintosh",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }

    /// Returns a decoder for the middle of a file, part by part.
    pub(in crate::imports) fn decoder(self) -> Decoder {
        match self {
            Self::Utf8 => UTF_8,
            Self::Windows1252 => WINDOWS_1252,
            Self::MacRoman => MACINTOSH,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
        }
        .new_decoder_without_bom_handling()
    }

    /// Returns UTF-16 for a file that begins with it, otherwise UTF-8, and the length of the byte order mark:
    /// enough to find lines.
    pub(in crate::imports) fn wide_or_utf8(head: &[u8]) -> (Self, usize) {
        let encoding = sniff::utf16(head).unwrap_or_default();
        let mark = encoding.mark();
        (encoding, if head.starts_with(mark) { mark.len() } else { 0 })
    }

    /// Returns the function that combines two bytes into a UTF-16 unit; `None` for other encodings.
    pub(in crate::imports) fn unit(self) -> Option<fn([u8; 2]) -> u16> {
        match self {
            Self::Utf16Le => Some(u16::from_le_bytes),
            Self::Utf16Be => Some(u16::from_be_bytes),
            _ => None,
        }
    }

    /// The byte order mark, which belongs to no line.
    pub(super) fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => b"\xEF\xBB\xBF",
            Self::Utf16Le => b"\xFF\xFE",
            Self::Utf16Be => b"\xFE\xFF",
            Self::Windows1252 | Self::MacRoman => b"",
        }
    }

    /// Returns the end of a line within its next bytes, after `before` earlier bytes with the last one `last`.
    pub(super) fn line_end(self, bytes: &[u8], before: u64, last: u8) -> Option<usize> {
        let Some(unit) = self.unit() else {
            return bytes.iter().position(|&byte| byte == b'\n').map(|at| at + 1);
        };
        let mut previous = last;
        for (index, &byte) in bytes.iter().enumerate() {
            let is_second = (before + index as u64) % 2 == 1;
            if is_second && unit([previous, byte]) == u16::from(b'\n') {
                return Some(index + 1);
            }
            previous = byte;
        }
        None
    }

    /// Returns the bytes of a text. What a single-byte encoding does not have becomes a question mark.
    pub(in crate::imports) fn encode(self, text: &str) -> Vec<u8> {
        let single = match self {
            Self::Utf8 => return text.as_bytes().to_vec(),
            Self::Utf16Le => return text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => return text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Windows1252 => WINDOWS_1252,
            Self::MacRoman => MACINTOSH,
        };
        let mut bytes = Vec::with_capacity(text.len());
        for c in text.chars() {
            let mut utf8 = [0; 4];
            match single.encode(c.encode_utf8(&mut utf8)) {
                (encoded, _, false) => bytes.extend_from_slice(&encoded),
                _ => bytes.push(b'?'),
            }
        }
        bytes
    }

    /// Returns the text of a line, and `true` if all of it is in this encoding. The reader of lists does not use this for
    /// UTF-8, because it looks for the first wrong byte.
    pub(in crate::imports) fn decode(self, bytes: &[u8]) -> (String, bool) {
        let decoder = match self {
            Self::Utf8 => {
                let text = String::from_utf8_lossy(bytes).into_owned();
                return (text, std::str::from_utf8(bytes).is_ok());
            }
            Self::Windows1252 => WINDOWS_1252,
            Self::MacRoman => MACINTOSH,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
        };
        let (text, wrong) = decoder.decode_without_bom_handling(bytes);
        // Both single-byte encodings have a character for every byte, so they would read UTF-8 accents as other letters.
        let is_utf8 = self.unit().is_none() && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok();
        (text.into_owned(), !wrong && !is_utf8)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    #[default]
    Comma,
    Semicolon,
    Tab,
    Pipe,
}

impl Separator {
    pub(in crate::imports) const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Pipe];

    pub fn sign(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
            Self::Pipe => '|',
        }
    }
}
