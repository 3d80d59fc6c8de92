//! The rows file: UTF-8, one row per line, each line a JSON array of texts.
//!
//! Line *n* is row *n* of the list, so an empty row is an empty line, and the headings are a line too. JSON
//! escapes line breaks and control characters. Empty cells at the end of a row and empty rows at the end of
//! the list are left out.

use std::io::{self, Write};

/// Writes a row, with its line end. Empty cells at its end are left out.
pub fn write_row<T: AsRef<str>>(out: &mut impl Write, cells: &[T]) -> io::Result<()> {
    let filled = cells.iter().rposition(|cell| !cell.as_ref().is_empty());
    for (index, cell) in cells[..filled.map_or(0, |last| last + 1)].iter().enumerate() {
        out.write_all(if index == 0 { b"[" } else { b"," })?;
        serde_json::to_writer(&mut *out, cell.as_ref())?;
    }
    out.write_all(if filled.is_some() { b"]\n" } else { b"\n" })
}

/// Returns the cells of a line, given with or without its line end; `None` if it is not a line of a rows
/// file.
pub fn read_row(line: &[u8]) -> Option<Vec<String>> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    if line.is_empty() {
        return Some(Vec::new());
    }
    serde_json::from_slice(line).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(cells: &[&str]) -> String {
        let mut out = Vec::new();
        write_row(&mut out, cells).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_row_is_a_line_of_json() {
        assert_eq!(line(&["Dupont", "Jean \"JJ\""]), "[\"Dupont\",\"Jean \\\"JJ\\\"\"]\n");
        assert_eq!(line(&["", "a\nb\0", "", ""]), "[\"\",\"a\\nb\\u0000\"]\n");
        assert_eq!(line(&["", ""]), "\n");
        assert_eq!(read_row(b"\n"), Some(Vec::new()));
        assert_eq!(read_row(b"{}"), None);
        assert_eq!(read_row(b"[1]"), None);
    }

    proptest! {
        #[test]
        fn a_row_comes_back(mut cells in proptest::collection::vec(any::<String>(), 0..8)) {
            let mut out = Vec::new();
            write_row(&mut out, &cells).unwrap();
            prop_assert_eq!(out.iter().position(|byte| *byte == b'\n'), Some(out.len() - 1));
            while cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
            prop_assert_eq!(read_row(&out), Some(cells));
        }
    }
}
