//! The rows of a list on their way into the rows file. All readers put their cells here, so all limits of
//! rows are here.

use std::io::{self, Write};

use super::fault::{ConvertError, SourceFault};
use super::heading::Survey;
use super::{ColumnSeen, MAX_CELL, MAX_CELLS, MAX_COLUMNS, MAX_RECORD, MAX_UNPACKED, rows_file};

/// Rows between two calls of the progress function.
const STRIDE: u64 = 1_000;

/// The rows written so far, and the cells of the current row.
pub(super) struct Rows<'a, W, P> {
    out: Counted<'a, W>,
    progress: &'a mut P,
    survey: Survey,
    cells: Vec<String>,
    /// The cells of the current row up to its last filled one.
    width: usize,
    /// The bytes of the current row.
    bytes: usize,
    /// The number of the last row that ended.
    number: u64,
    /// The lines of the rows file so far; fewer than `number` while the last rows are empty.
    written: u64,
    filled: u64,
    most_filled: u64,
    most_bytes: u64,
}

/// What the rows had in common.
pub(super) struct Seen {
    pub rows: u64,
    pub columns: Vec<ColumnSeen>,
    pub heading_row: Option<u64>,
}

impl<'a, W: Write, P: FnMut(u64) -> io::Result<()>> Rows<'a, W, P> {
    pub(super) fn new(out: &'a mut W, progress: &'a mut P) -> Self {
        Self {
            out: Counted { inner: out, bytes: 0 },
            progress,
            survey: Survey::default(),
            cells: Vec::new(),
            width: 0,
            bytes: 0,
            number: 0,
            written: 0,
            filled: 0,
            most_filled: u64::MAX,
            most_bytes: u64::MAX,
        }
    }

    /// Sets the limits of workbooks, in which one text can fill many cells.
    pub(super) fn limit(&mut self) {
        (self.most_filled, self.most_bytes) = (MAX_CELLS, MAX_UNPACKED);
    }

    /// Says that the first row has the headings, so that they are not looked for.
    pub(super) fn begin_with_headings(&mut self) {
        self.survey = Survey::with_headings();
    }

    /// The number of the current row, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number + 1
    }

    pub(super) fn are_empty(&self) -> bool {
        self.written == 0
    }

    /// Reports that the conversion goes on.
    pub(super) fn report(&mut self) -> io::Result<()> {
        (self.progress)(self.number)
    }

    /// Sets a cell of the current row; `column` is from 0.
    pub(super) fn set(&mut self, column: usize, text: &str) -> Result<(), ConvertError> {
        if text.is_empty() {
            return Ok(());
        }
        let row = self.number();
        if column >= MAX_COLUMNS {
            return Err(SourceFault::TooManyColumns { row, max: MAX_COLUMNS }.into());
        }
        if text.len() > MAX_CELL && text.chars().count() > MAX_CELL {
            return Err(SourceFault::CellTooLong { row, column: column + 1, max: MAX_CELL }.into());
        }
        self.bytes += text.len();
        if self.bytes > MAX_RECORD {
            return Err(SourceFault::RecordTooLong { row, max: MAX_RECORD }.into());
        }
        self.filled += 1;
        if self.filled > self.most_filled {
            return Err(SourceFault::TooManyCells { max: self.most_filled }.into());
        }
        if column >= self.cells.len() {
            self.cells.resize(column + 1, String::new());
        }
        self.cells[column].clear();
        self.cells[column].push_str(text);
        self.width = self.width.max(column + 1);
        Ok(())
    }

    /// Ends the current row.
    pub(super) fn end(&mut self) -> Result<(), ConvertError> {
        self.number += 1;
        if self.number.is_multiple_of(STRIDE) {
            self.report()?;
        }
        if self.width == 0 {
            return Ok(());
        }
        for _ in self.written + 1..self.number {
            self.out.write_all(b"\n")?;
        }
        let cells = &mut self.cells[..self.width];
        rows_file::write_row(&mut self.out, cells)?;
        self.survey.see(self.number, cells);
        cells.iter_mut().for_each(String::clear);
        (self.width, self.bytes) = (0, 0);
        self.written = self.number;
        if self.out.bytes > self.most_bytes {
            return Err(SourceFault::TooLargeUnpacked { max: self.most_bytes }.into());
        }
        Ok(())
    }

    /// Passes over empty rows, up to the row with this number.
    pub(super) fn skip_to(&mut self, row: u64) -> Result<(), ConvertError> {
        if row < self.number() {
            return Err(SourceFault::Damaged.into());
        }
        if row > MAX_CELLS {
            return Err(SourceFault::TooManyCells { max: MAX_CELLS }.into());
        }
        self.number = row - 1;
        Ok(())
    }

    /// Begins again with the first row, as long as all rows are empty.
    pub(super) fn restart(&mut self) {
        if self.are_empty() {
            self.cells.iter_mut().for_each(String::clear);
            (self.number, self.width, self.bytes) = (0, 0, 0);
        }
    }

    /// Ends the list. Empty rows at its end are left out.
    pub(super) fn finish(self) -> Result<Seen, ConvertError> {
        if self.are_empty() {
            return Err(SourceFault::Empty.into());
        }
        let (columns, heading_row) = self.survey.finish();
        Ok(Seen { rows: self.written, columns, heading_row })
    }
}

/// A writer that counts its bytes.
struct Counted<'a, W> {
    inner: &'a mut W,
    bytes: u64,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_workbook_cannot_fill_the_disk() {
        let (mut out, mut progress) = (Vec::new(), |_| Ok(()));
        let mut rows = Rows::new(&mut out, &mut progress);
        rows.limit();
        (rows.most_filled, rows.most_bytes) = (10, 100);
        let mut fill = |text: &str| {
            rows.set(0, text)?;
            rows.end()
        };
        let refused = (0..10).find_map(|_| fill("abcdefghi").err());
        assert!(matches!(refused, Some(ConvertError::Refused(SourceFault::TooLargeUnpacked { max: 100 }))));
        rows.most_bytes = u64::MAX;
        let refused = (0..10).find_map(|column| rows.set(column, "a").err());
        assert!(matches!(refused, Some(ConvertError::Refused(SourceFault::TooManyCells { max: 10 }))));
    }
}
