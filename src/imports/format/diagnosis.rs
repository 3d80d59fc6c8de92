//! The diagnosis of a file that is not the strict one: what it is, which reading it needs, and whether that is certain.

use serde::{Deserialize, Serialize};

use super::line::{self, IN_ORDER};
use super::{Encoding, Kind, Phones, Reader, Reading, Separator, Tally, Verdict, guess, sniff};

/// Lines examined for a common separator.
const LINES: usize = 50;
/// The number of first lines in which the column names are looked for; lines above them are a title.
const TITLES: usize = 5;
/// Lines, cells per line and characters per cell that are shown.
const SHOWN_LINES: usize = 5;
const SHOWN_CELLS: usize = 12;
const SHOWN_CHARACTERS: usize = 60;

/// The beginning of a file.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    pub bytes: &'a [u8],
    /// Set if this is the whole file.
    pub is_whole: bool,
}

/// A line that is not UTF-8.
#[derive(Debug, Clone, Copy)]
pub struct Culprit<'a> {
    pub line: &'a [u8],
    /// Set if an earlier line has UTF-8 characters beyond ASCII.
    pub among_utf8: bool,
}

/// A position in a file, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub line: u64,
    pub byte: u64,
}

/// The faults of a file as a whole, without any of its content.
///
/// Serialized into the database: fields may be added, never renamed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Diagnosis {
    /// The kind of file, if it is not a list.
    pub kind: Option<Kind>,
    /// The reading that the file needs.
    pub reading: Reading,
    /// Set if no other reading is possible, so that this one is offered.
    pub is_certain: bool,
    /// The first byte that is not UTF-8.
    pub not_utf8: Option<Place>,
    /// Set if some lines are UTF-8 and others are not.
    pub is_mixed: bool,
    /// The first separator, if it is not a comma.
    pub separator_at: Option<Place>,
    /// The line of the column names, if they are in another order.
    pub header_line: Option<u64>,
    /// The number of fields of every line, if it is not eight.
    pub fields: Option<u64>,
    pub phones: Phones,
}

impl Diagnosis {
    /// Examines the beginning of a file, and a later line that was not UTF-8. `zeros` is set if phone numbers are French.
    pub fn of(head: Head<'_>, culprit: Option<Culprit<'_>>, zeros: bool) -> Self {
        if let Some(kind) = Kind::of_bytes(head.bytes) {
            return kind.into();
        }
        let mut diagnosis = Self::default();
        let known = diagnosis.find_encoding(head, culprit);
        let encoding = known.unwrap_or_default();
        let bytes = whole_lines(head, encoding);
        let (text, _) = encoding.decode(bytes.strip_prefix(encoding.mark()).unwrap_or(bytes));
        if let Some(kind) = Kind::of_text(&text) {
            return kind.into();
        }
        let lines: Vec<&str> = text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
        let agree = diagnosis.find_columns(&lines);
        diagnosis.reading.encoding = encoding;
        diagnosis.find_separator(&lines);
        let (tally, _) = read(bytes, diagnosis.reading);
        diagnosis.see_phones(&tally.phones, zeros);
        diagnosis.is_certain = known.is_some()
            && agree
            && !diagnosis.reading.is_strict()
            && read(bytes, diagnosis.reading).1 > 0;
        diagnosis
    }

    /// Returns the diagnosis from what all lines of a file, read as `base`, have in common.
    fn of_lines(base: Reading, tally: &Tally, zeros: bool) -> Self {
        let mut diagnosis =
            Self { reading: base, fields: tally.fields().filter(|fields| *fields != 8), ..Self::default() };
        diagnosis.see_phones(&tally.phones, zeros);
        diagnosis.is_certain = diagnosis.reading != base;
        diagnosis
    }

    /// Returns the diagnosis of a file that was read to its end, or `None` if the file as a whole has no fault. `head` is
    /// its beginning, if lines were rejected.
    pub fn of_read(base: Reading, tally: &Tally, head: Option<Head<'_>>, zeros: bool) -> Option<Self> {
        let begun = head
            .filter(|_| base.is_strict())
            .map(|head| Self::of(head, None, zeros))
            .filter(Self::is_about_the_whole);
        // The phone numbers of the whole file give a better result than those of its beginning.
        let diagnosis = begun.unwrap_or_else(|| Self::of_lines(base, tally, zeros));
        (!diagnosis.is_empty(base)).then_some(diagnosis)
    }

    /// Returns `true` if the file has other faults than phone numbers.
    fn is_about_the_whole(&self) -> bool {
        let lists = Reading { phones: false, zeros: false, ..self.reading };
        self.kind.is_some() || self.not_utf8.is_some() || self.fields.is_some() || !lists.is_strict()
    }

    /// Returns `true` if there is nothing to report about a file that was read as `base`.
    fn is_empty(&self, base: Reading) -> bool {
        let has_place = self.not_utf8.or(self.separator_at).is_some() || self.fields.is_some();
        self.kind.is_none() && self.reading == base && !has_place && self.phones.cut == 0
    }

    fn see_phones(&mut self, phones: &Phones, zeros: bool) {
        self.phones = *phones;
        self.reading.phones |= phones.are_separated();
        self.reading.zeros |= zeros && phones.lost_zeros();
    }

    /// Returns the encoding, if it is certain, and records what is not UTF-8.
    fn find_encoding(&mut self, head: Head<'_>, culprit: Option<Culprit<'_>>) -> Option<Encoding> {
        if let Some(encoding) = sniff::utf16(head.bytes) {
            self.not_utf8 = Some(Place { line: 1, byte: 1 });
            return Some(encoding);
        }
        let bytes = whole_lines(head, Encoding::Utf8);
        let lines = || bytes.split(|&byte| byte == b'\n');
        let Err(error) = std::str::from_utf8(bytes) else {
            let Some(culprit) = culprit else {
                return Some(Encoding::Utf8);
            };
            self.is_mixed = culprit.among_utf8;
            let found = guess::single_byte(std::iter::once(culprit.line));
            return found.filter(|_| !self.is_mixed);
        };
        let before = &bytes[..error.valid_up_to()];
        let start = before.iter().rposition(|&byte| byte == b'\n');
        let number = before.split(|&byte| byte == b'\n').count() - 1;
        self.not_utf8 = Some(Place {
            line: number as u64 + 1,
            byte: (before.len() - start.map_or(0, |start| start + 1)) as u64 + 1,
        });
        let is_utf8 = |line: &[u8]| !line.is_ascii() && std::str::from_utf8(line).is_ok();
        self.is_mixed = lines().any(is_utf8) || culprit.is_some_and(|culprit| culprit.among_utf8);
        guess::single_byte(lines()).filter(|_| !self.is_mixed)
    }

    /// Finds the separator and the order of the columns; returns `true` if nearly all lines have eight fields.
    fn find_columns(&mut self, lines: &[&str]) -> bool {
        let is_directive = |line: &str| {
            let line = line.trim_start_matches('\u{FEFF}').to_ascii_lowercase();
            line.len() == 5 && line.starts_with("sep=")
        };
        let skip = usize::from(lines.first().is_some_and(|line| is_directive(line)));
        let header = lines.iter().enumerate().skip(skip).take(TITLES).find_map(|(index, line)| {
            Separator::ALL
                .into_iter()
                .find_map(|separator| Some((index, separator, line::header(line, separator)?)))
        });
        let has_reason = header.is_some_and(|(_, _, header)| header.has_reason);
        let skip = header.map_or(skip, |(index, _, header)| {
            if header.columns != IN_ORDER {
                self.reading.columns = Some(header.columns);
                self.header_line = Some(index as u64 + 1);
            }
            // Empty lines above the column names are not a title.
            if lines[..index].iter().all(|line| line::is_empty(line)) { 0 } else { index }
        });
        self.reading.skip = skip as u64;
        let content: Vec<&str> =
            lines.iter().skip(skip).copied().filter(|line| !line::is_empty(line)).take(LINES).collect();
        let share = |separator: Separator, fields: usize| {
            let has = |line: &&&str| {
                let found = line.split(separator.sign()).count();
                found == fields || has_reason && fields == 8 && found == 9
            };
            content.iter().filter(has).count()
        };
        let nearly_all = |count: usize| count > 0 && count * 10 >= content.len() * 9;
        let chosen = header.map(|(_, separator, _)| separator);
        let of_eight = Separator::ALL.into_iter().find(|separator| nearly_all(share(*separator, 8)));
        if let Some(separator) = chosen.or(of_eight) {
            self.reading.separator = separator;
            return nearly_all(share(separator, 8));
        }
        for separator in Separator::ALL {
            let fields =
                content.get(1).or(content.first()).map_or(0, |line| line.split(separator.sign()).count());
            if fields > 3 && share(separator, fields) == content.len() {
                self.reading.separator = separator;
                self.fields = Some(fields as u64);
                break;
            }
        }
        false
    }

    fn find_separator(&mut self, lines: &[&str]) {
        let sign = self.reading.separator.sign();
        let skip = usize::try_from(self.reading.skip).unwrap_or(usize::MAX);
        let first = lines.iter().enumerate().skip(skip).find_map(|(index, line)| {
            let (before, _) = line.split_once(sign)?;
            Some((index, before))
        });
        if self.reading.separator != Separator::Comma
            && let Some((index, before)) = first
        {
            let length = match self.reading.encoding {
                Encoding::Utf8 => before.len(),
                Encoding::Windows1252 | Encoding::MacRoman => before.chars().count(),
                Encoding::Utf16Le | Encoding::Utf16Be => before.encode_utf16().count() * 2,
            };
            self.separator_at = Some(Place { line: index as u64 + 1, byte: length as u64 + 1 });
        }
    }
}

impl From<Kind> for Diagnosis {
    fn from(kind: Kind) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }
}

/// Returns the beginning without an incomplete last line.
fn whole_lines(head: Head<'_>, encoding: Encoding) -> &[u8] {
    if head.is_whole {
        return head.bytes;
    }
    let mut end = 0;
    while let Some(length) = encoding.line_end(&head.bytes[end..], 0, 0) {
        end += length;
    }
    if end == 0 { head.bytes } else { &head.bytes[..end] }
}

/// Returns what the lines have in common, and the number of valid lines.
fn read(bytes: &[u8], reading: Reading) -> (Tally, u64) {
    let Ok(mut reader) = Reader::reading(bytes, reading) else {
        return (Tally::default(), 0);
    };
    let mut valid = 0;
    while let Ok(Some(line)) = reader.next_line() {
        valid += u64::from(matches!(line.verdict, Verdict::Valid(_)));
    }
    (reader.tally(), valid)
}

/// The first lines of a file, as cells.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    pub rows: Vec<Vec<String>>,
    /// Set if the cells are the eight fields in the strict order.
    pub is_in_order: bool,
}

/// Returns the first lines, read as in the diagnosis; empty if the file is not text.
pub fn excerpt(head: Head<'_>, diagnosis: &Diagnosis) -> Excerpt {
    if diagnosis.kind.is_some_and(|kind| !kind.is_text()) {
        return Excerpt::default();
    }
    let reading = diagnosis.reading;
    let bytes = whole_lines(head, reading.encoding);
    let bytes = bytes.strip_prefix(reading.encoding.mark()).unwrap_or(bytes);
    let (text, _) = reading.encoding.decode(bytes);
    let cut = |cell: &str| {
        let cell = line::shown(&line::unquote(cell));
        match cell.char_indices().nth(SHOWN_CHARACTERS) {
            Some((end, _)) => format!("{}…", &cell[..end]),
            None => cell,
        }
    };
    let lines = text
        .split('\n')
        .map(|line| line.trim_end_matches('\r'))
        .skip(usize::try_from(reading.skip).unwrap_or(usize::MAX))
        .filter(|line| !line::is_empty(line));
    if diagnosis.kind.is_some() {
        let rows = lines.take(SHOWN_LINES).map(|line| vec![cut(line)]).collect();
        return Excerpt { rows, is_in_order: false };
    }
    let mut is_in_order = true;
    let mut has_reason = false;
    let mut rows = Vec::new();
    for line in lines {
        if let Some(header) = line::header(line, reading.separator) {
            has_reason = header.has_reason;
            continue;
        }
        if rows.len() == SHOWN_LINES {
            break;
        }
        let row: Vec<String> = if let Ok(mut fields) = line::split(line, &reading, has_reason) {
            let phone = line::unquote(fields[5]).into_owned();
            let phone = reading.phone(&phone);
            fields[5] = &phone;
            fields.iter().map(|cell| cut(cell)).collect()
        } else {
            is_in_order = false;
            let cells = line.split(reading.separator.sign());
            cells.take(SHOWN_CELLS).map(cut).collect()
        };
        rows.push(row);
    }
    Excerpt { is_in_order: is_in_order && !rows.is_empty(), rows }
}
