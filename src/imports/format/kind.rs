//! Recognizes files that are not a list from their first bytes.

use serde::{Deserialize, Serialize};

use super::line::MARK;

/// Serialized into the database: variants may be added, never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Excel or LibreOffice Calc.
    Workbook,
    /// Word or LibreOffice Writer.
    Document,
    Pdf,
    Image,
    /// gzip, 7z, RAR, bzip2.
    Archive,
    Vcard,
    Calendar,
    Html,
    Xml,
    Json,
    /// Text with the line ends of a Mac before 2001: the whole text is one line.
    OldMac,
    /// Other binary content.
    Binary,
}

const SIGNATURES: [(&[u8], Kind); 16] = [
    (b"\xD0\xCF\x11\xE0", Kind::Workbook),
    (b"%PDF-", Kind::Pdf),
    (b"\x89PNG\r\n", Kind::Image),
    (b"\xFF\xD8\xFF", Kind::Image),
    (b"GIF87a", Kind::Image),
    (b"GIF89a", Kind::Image),
    (b"II*\0", Kind::Image),
    (b"MM\0*", Kind::Image),
    (b"RIFF", Kind::Image),
    (b"\0\0\0\x18ftyp", Kind::Image),
    (b"\0\0\0\x1Cftyp", Kind::Image),
    (b"\x1F\x8B", Kind::Archive),
    (b"7z\xBC\xAF\x27\x1C", Kind::Archive),
    (b"Rar!\x1A\x07", Kind::Archive),
    (b"BZh", Kind::Archive),
    (b"{\\rtf", Kind::Document),
];

/// Beginnings of text files, in lower case; the case is ignored.
const OPENINGS: [(&str, Kind); 7] = [
    ("begin:vcard", Kind::Vcard),
    ("begin:vcalendar", Kind::Calendar),
    ("<!doctype html", Kind::Html),
    ("<html", Kind::Html),
    ("<table", Kind::Html),
    ("<meta", Kind::Html),
    ("<?xml", Kind::Xml),
];

/// Characters of the text that are examined.
const OPENING: usize = 4 * 1024;

impl Kind {
    /// Returns `true` if the file has lines of text to show.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Vcard | Self::Calendar | Self::Html | Self::Xml | Self::Json)
    }

    /// Returns the kind from the first bytes, independent of the text's encoding.
    pub(in crate::imports) fn of_bytes(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"PK\x03\x04") {
            let has = |name: &[u8]| head.windows(name.len()).any(|bytes| bytes == name);
            let is_document = has(b"word/") || has(b"opendocument.text");
            return Some(if is_document { Self::Document } else { Self::Workbook });
        }
        let signed = SIGNATURES.into_iter().find(|(signature, _)| head.starts_with(signature));
        signed.map(|(_, kind)| kind)
    }

    /// Returns the kind from the beginning of the text.
    pub(in crate::imports) fn of_text(text: &str) -> Option<Self> {
        let opening: String =
            text.trim_start_matches(|c: char| c.is_whitespace() || c == MARK).chars().take(OPENING).collect();
        let lower = opening.to_ascii_lowercase();
        if let Some((_, kind)) = OPENINGS.into_iter().find(|(begin, _)| lower.starts_with(begin)) {
            return Some(if kind == Self::Xml && lower.contains("<html") { Self::Html } else { kind });
        }
        if opening.starts_with(['{', '[']) && opening.contains('"') && opening.contains(':') {
            return Some(Self::Json);
        }
        let is_strange = |c: &char| c.is_control() && !"\t\r\n\u{B}\u{C}".contains(*c);
        if opening.chars().filter(is_strange).count() * 20 > opening.chars().count() {
            return Some(Self::Binary);
        }
        let returns = text.trim_end().matches('\r').count();
        (returns > 0 && !text.contains('\n')).then_some(Self::OldMac)
    }
}
