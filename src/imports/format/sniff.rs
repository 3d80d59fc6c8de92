//! Recognizes another kind of file from its beginning.

use super::{Encoding, MAX_LINE, Reading, Refusal, line};

/// Lines that are examined for another separator.
const LINES: usize = 10;

pub(super) fn refuse(head: &[u8]) -> Option<Refusal> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xD0\xCF\x11\xE0") {
        return Some(Refusal::Spreadsheet);
    }
    if utf16(head).is_some() {
        return Some(Refusal::Utf16);
    }
    let mark = Encoding::Utf8.mark();
    other_separator(head.strip_prefix(mark).unwrap_or(head))
}

/// Returns the byte order of UTF-16, recognized by its mark or by a NUL in nearly every other byte.
pub(super) fn utf16(head: &[u8]) -> Option<Encoding> {
    let both = [Encoding::Utf16Le, Encoding::Utf16Be];
    if let Some(marked) = both.into_iter().find(|encoding| head.starts_with(encoding.mark())) {
        return Some(marked);
    }
    let head = &head[..head.len().min(200)];
    let is_often_nul = |odd: usize| {
        let bytes = head.iter().skip(odd).step_by(2);
        bytes.filter(|&&byte| byte == 0).count() * 5 >= head.len() * 2
    };
    both.into_iter()
        .zip([1, 0])
        .find(|(_, odd)| head.len() >= 8 && is_often_nul(*odd))
        .map(|(encoding, _)| encoding)
}

/// Refuses a file whose first lines all have seven or more semicolons (or tabs), unless one has the eight fields
/// of the strict file.
fn other_separator(head: &[u8]) -> Option<Refusal> {
    let mut first = 0;
    let mut lines = Vec::new();
    for (index, line) in head.split(|&byte| byte == b'\n').enumerate() {
        let is_between = |byte: &u8| byte.is_ascii_whitespace() || b",;|\"".contains(byte);
        if line.iter().all(is_between) || line.len() > MAX_LINE {
            continue;
        }
        if lines.is_empty() {
            first = index as u64 + 1;
        }
        lines.push(line);
        if lines.len() == LINES {
            break;
        }
    }
    let count = |line: &[u8], sign: u8| line.split(|&byte| byte == sign).count() - 1;
    if lines.is_empty() || lines.iter().any(|line| count(line, b',') == 7) {
        return None;
    }
    // The last line may be incomplete.
    let whole = if lines.len() > 1 { &lines[..lines.len() - 1] } else { &lines[..] };
    [(b';', false), (b'\t', true)]
        .into_iter()
        .find(|(sign, _)| whole.iter().all(|line| count(line, *sign) >= 7))
        .map(|(_, tab)| Refusal::Separator { tab, line: first })
}

/// Non-empty lines that tell whether a file is the strict one.
const LOOKED_AT: usize = 100;

/// Returns `true` if a file with this beginning is the strict one: it is UTF-8, and its first line has the eight names in their order,
/// or at least half of its first 100 lines that are not empty have eight fields with an `@` in the fourth.
pub fn is_strict(head: &[u8]) -> bool {
    // The last line may be cut, in the middle of a character too.
    let whole = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let text = whole.strip_prefix(line::MARK).unwrap_or(whole);
    let reading = Reading::default();
    let mut lines = text.lines().filter(|text| !line::is_empty(text)).take(LOOKED_AT);
    let Some(first) = lines.next() else {
        return false;
    };
    if let Some(header) = line::header(first, reading.separator) {
        return header.columns == line::IN_ORDER;
    }
    let is_shaped =
        |text: &str| line::split(text, &reading, false).is_ok_and(|fields| fields[3].contains('@'));
    let (mut all, mut shaped) = (1, usize::from(is_shaped(first)));
    for text in lines {
        all += 1;
        shaped += usize::from(is_shaped(text));
    }
    shaped > 0 && 2 * shaped >= all
}
