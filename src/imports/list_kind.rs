//! The kinds of lists. The check, the preview and the application of an import are the same for every kind: they know a
//! list by the lines of its stored file, and leave to its kind what a line means.

use std::borrow::Cow;
use std::io::BufReader;

use super::check::Stop;
use super::files::StoredFile;
use super::findings::int;
use super::format::{Diagnosis, ReadError, Refusal};
use super::import::{Counts, Import};
use super::journal::ImportChanges;
use super::preview::lines::LinePlace;
use super::preview::{PlannedEffect, PreviewRow};
use crate::db::AnyConnection;
use crate::domain::Fault;
use crate::error::AppResult;
use crate::jobs::JobContext;

/// A line of a stored file, with its verdict.
#[derive(Debug)]
pub struct Line<R> {
    /// From 1.
    pub number: u64,
    /// The position of its first byte in the stored file, from 0.
    pub start: u64,
    /// In bytes, with the line end.
    pub length: u64,
    pub verdict: Verdict<R>,
}

impl<R> Line<R> {
    /// A line at a place.
    pub fn at(place: LinePlace, verdict: Verdict<R>) -> Self {
        Self {
            number: place.number.unsigned_abs(),
            start: place.start.unsigned_abs(),
            length: place.length.unsigned_abs(),
            verdict,
        }
    }

    pub fn place(&self) -> LinePlace {
        LinePlace { number: int(self.number), start: int(self.start), length: int(self.length) }
    }
}

#[derive(Debug)]
pub enum Verdict<R> {
    Valid(R),
    /// Every fault of the line, in the order of the columns.
    Rejected(Vec<FoundFault>),
    /// Column names, or a line above them.
    Header,
    Empty,
}

/// A fault of a line.
#[derive(Debug)]
pub struct FoundFault {
    /// The column, from 1; `None` for the line as a whole.
    pub column: Option<i64>,
    /// The original value, shortened for display.
    pub value: String,
    pub fault: Fault,
}

/// Reads a stored file line by line in bounded memory.
pub trait LineReader {
    type Row;

    /// Returns the next line, or `None` at the end.
    ///
    /// # Errors
    /// [`ReadError::Refused`] for a fault of the whole file that is only found here, [`ReadError::Io`] if reading fails.
    fn next_line(&mut self) -> Result<Option<Line<Self::Row>>, ReadError>;

    /// The bytes read so far.
    fn offset(&self) -> u64;
}

/// A kind of list. `Row` is a valid line, `Known` the contact that a row means.
pub trait ListKind: Sync {
    type Row: Send + Sync;
    type Known;
    type Reader: LineReader<Row = Self::Row>;
    /// What the reading thread computes for the writing thread.
    type Ahead: Send;

    fn open(&self, source: BufReader<StoredFile>) -> Result<Self::Reader, Stop>;

    /// Reads one line that was valid before. Returns `None` if it is no longer valid, because it was blanked.
    fn read_again(&self, line: &[u8]) -> Option<Self::Row>;

    /// The cells of a stored line, which somebody corrects; `None` if it is blank. `faults` are those of the line.
    fn cells(&self, line: &[u8], faults: &[&Fault]) -> Option<Vec<String>>;

    /// The cell, from 1, that a column of a fault means.
    fn cell_of(&self, column: i64) -> i64;

    /// Judges the cells of a corrected line.
    fn judge(&self, cells: &[String], place: LinePlace) -> Verdict<Self::Row>;

    /// Reads a corrected line that was valid before.
    fn read_corrected(&self, cells: &[String]) -> Option<Self::Row>;

    /// The text that tells which earlier lines a row supersedes; `None` if it supersedes none. Where it is the key of an e-mail,
    /// former e-mails count too.
    fn identity<'r>(&self, row: &'r Self::Row) -> Option<Cow<'r, str>>;

    /// The column and the value that show a superseded row.
    fn shown_identity(&self, row: &Self::Row) -> (i64, String);

    /// Diagnoses a file that was read to its end; `None` if the file as a whole has no fault.
    fn diagnose(
        &self,
        work: &JobContext,
        import: &Import,
        reader: &Self::Reader,
        counts: &Counts,
    ) -> AppResult<Option<Diagnosis>>;

    /// Diagnoses a refused file. `reader` is at the line that showed the fault.
    fn diagnose_refused(
        &self,
        work: &JobContext,
        import: &Import,
        refusal: &Refusal,
        reader: Option<&Self::Reader>,
    ) -> AppResult<Diagnosis>;

    /// The contact that each row means, in the order of the rows. Nothing is locked.
    fn find(&self, conn: &mut AnyConnection, rows: &[&Self::Row]) -> AppResult<Vec<Option<Self::Known>>>;

    fn effect(&self, known: Option<&Self::Known>, row: &Self::Row) -> PlannedEffect;

    /// Counts the contact's values that a row would overwrite by empty ones.
    fn emptied(&self, known: Option<&Self::Known>, row: &Self::Row) -> i64;

    /// A row as shown in a preview.
    fn show(&self, known: Option<&Self::Known>, row: &Self::Row) -> PreviewRow;

    /// Returns `true` if doubtful rows are rejected. Otherwise they wait for a person's decision.
    fn rejects_doubtful(&self) -> bool {
        false
    }

    /// Computes what can be computed before the transaction that writes the rows.
    fn read_ahead(&self, conn: &mut AnyConnection, rows: &[Self::Row]) -> AppResult<Self::Ahead>;

    /// Appends what was computed for the following rows.
    fn append(ahead: &mut Self::Ahead, next: Self::Ahead);

    /// Writes rows to the book, and adds the contacts to the journal.
    fn write(
        &self,
        conn: &mut AnyConnection,
        import: &Import,
        rows: &[Self::Row],
        ahead: &mut Self::Ahead,
        journal: &mut ImportChanges,
    ) -> AppResult<Counts>;
}
