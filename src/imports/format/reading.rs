//! How a file is read that is not the strict one, where somebody chose that.

use std::borrow::Cow;

use encoding_rs::{MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

use super::{phones, sniff};

/// The default is the strict file.
///
/// Serialized into the database: parts may be added, never renamed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    pub encoding: Encoding,
    pub separator: Separator,
    /// Lines above the list: a title, `sep=;`.
    pub skip: u64,
    /// The column of the file, from 0, that holds each of the eight fields; none: they are in order.
    pub columns: Option<[usize; 8]>,
    /// Takes spaces and signs out of phone numbers.
    pub phones: bool,
    /// Gives French phone numbers back the zero that a spreadsheet took.
    pub zeros: bool,
}

impl Reading {
    pub fn is_strict(&self) -> bool {
        *self == Self::default()
    }

    /// A phone number as the strict file has it, where that is certain; else as it stands.
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
    /// Its name in HTTP.
    pub fn charset(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::MacRoman => "macintosh",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }

    /// UTF-16 where a file begins so, else UTF-8, and the length of its mark: enough to find lines.
    pub(in crate::imports) fn wide_or_utf8(head: &[u8]) -> (Self, usize) {
        let encoding = sniff::utf16(head).unwrap_or_default();
        let mark = encoding.mark();
        (
            encoding,
            if head.starts_with(mark) {
                mark.len()
            } else {
                0
            },
        )
    }

    /// How two bytes make a unit of UTF-16; none where a byte stands for itself.
    pub(in crate::imports) fn unit(self) -> Option<fn([u8; 2]) -> u16> {
        match self {
            Self::Utf16Le => Some(u16::from_le_bytes),
            Self::Utf16Be => Some(u16::from_be_bytes),
            _ => None,
        }
    }

    /// Bytes at the beginning that say the encoding and belong to no line.
    pub(super) fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => b"\xEF\xBB\xBF",
            Self::Utf16Le => b"\xFF\xFE",
            Self::Utf16Be => b"\xFE\xFF",
            Self::Windows1252 | Self::MacRoman => b"",
        }
    }

    /// Where the line ends whose next bytes these are, `before` bytes of which were seen, the last of them `last`.
    pub(super) fn line_end(self, bytes: &[u8], before: u64, last: u8) -> Option<usize> {
        let Some(unit) = self.unit() else {
            return bytes
                .iter()
                .position(|&byte| byte == b'\n')
                .map(|at| at + 1);
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

    /// The text of a line, and whether all of it was in this encoding. For others than UTF-8, which is looked at byte
    /// by byte for the first that is wrong.
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
        // These two have a character for every byte: what is UTF-8 with accents would be read as other letters.
        let is_utf8 =
            self.unit().is_none() && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok();
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
    pub(super) const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Pipe];

    pub fn sign(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
            Self::Pipe => '|',
        }
    }
}
