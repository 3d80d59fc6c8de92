//! What the beginning of a file looks like, when it does not look like ours.

use super::{MAX_LINE, Refusal};

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
/// Lines that must all agree before a file is said to be separated by something else.
const LINES: usize = 10;

/// The length of the byte order mark, 0 or 3.
pub(super) fn byte_order_mark(head: &[u8]) -> usize {
    if head.starts_with(UTF8_MARK) {
        UTF8_MARK.len()
    } else {
        0
    }
}

pub(super) fn refuse(head: &[u8]) -> Option<Refusal> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xD0\xCF\x11\xE0") {
        return Some(Refusal::Spreadsheet);
    }
    if is_utf16(head) {
        return Some(Refusal::Utf16);
    }
    other_separator(&head[byte_order_mark(head)..])
}

/// A mark, or text in which every other byte is NUL.
fn is_utf16(head: &[u8]) -> bool {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return true;
    }
    let head = &head[..head.len().min(200)];
    let nuls = |odd: usize| {
        head.iter()
            .skip(odd)
            .step_by(2)
            .filter(|&&byte| byte == 0)
            .count()
    };
    head.len() >= 8 && (nuls(0) * 5 >= head.len() * 2 || nuls(1) * 5 >= head.len() * 2)
}

/// The first lines all have seven or more semicolons (or tabs), and none has the eight fields of ours.
fn other_separator(head: &[u8]) -> Option<Refusal> {
    let mut first = 0;
    let mut lines = Vec::new();
    for (index, line) in head.split(|&byte| byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() || line.len() > MAX_LINE {
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
    // The last line may be cut by the end of what was looked at.
    let whole = if lines.len() > 1 {
        &lines[..lines.len() - 1]
    } else {
        &lines[..]
    };
    [(b';', false), (b'\t', true)]
        .into_iter()
        .find(|(sign, _)| whole.iter().all(|line| count(line, *sign) >= 7))
        .map(|(_, tab)| Refusal::Separator { tab, line: first })
}
