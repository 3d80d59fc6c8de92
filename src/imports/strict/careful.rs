//! The strict list whose doubtful rows wait for a person's decision. It is the strict list for every other row; the doubts are
//! those of a list of its eight columns.

use std::borrow::Cow;
use std::io::BufReader;

use super::{Strict, write};
use crate::book::write::{self as book, ExistingContact};
use crate::db::{AnyConnection, settings};
use crate::domain::{Fault, Recipient};
use crate::error::AppResult;
use crate::imports::check::Stop;
use crate::imports::files::StoredFile;
use crate::imports::format::{Diagnosis, ReadError, Reader, Refusal};
use crate::imports::import::{Counts, Import};
use crate::imports::journal::ImportChanges;
use crate::imports::list_kind::{Line, LineReader, ListKind, Verdict};
use crate::imports::mapped::{self, Mapped, MappedRow, Meant};
use crate::imports::preview::lines::LinePlace;
use crate::imports::preview::{PlannedEffect, PreviewRow};
use crate::jobs::JobContext;

pub struct Careful {
    strict: Strict,
    list: Mapped,
}

/// A row with its place in the stored file.
pub struct PlacedRow {
    recipient: Recipient,
    place: LinePlace,
}

/// The contact that a row means.
pub enum Known {
    /// The contact with the row's e-mail.
    ByEmail(Box<ExistingContact>),
    /// A doubt, or a contact that somebody has declared distinct from the one with the e-mail.
    Judged(Meant),
}

/// Reads the file as [`Strict`] does, and notes the places of its rows.
pub struct PlacedReader(Reader<BufReader<StoredFile>>);

impl LineReader for PlacedReader {
    type Row = PlacedRow;

    fn next_line(&mut self) -> Result<Option<Line<PlacedRow>>, ReadError> {
        let line = LineReader::next_line(&mut self.0)?;
        Ok(line.map(|line| {
            let place = line.place();
            Line::at(place, placed(line.verdict, place))
        }))
    }

    fn offset(&self) -> u64 {
        self.0.offset()
    }
}

fn placed(verdict: Verdict<Recipient>, place: LinePlace) -> Verdict<PlacedRow> {
    match verdict {
        Verdict::Valid(recipient) => Verdict::Valid(PlacedRow { recipient, place }),
        Verdict::Rejected(faults) => Verdict::Rejected(faults),
        Verdict::Header => Verdict::Header,
        Verdict::Empty => Verdict::Empty,
    }
}

impl ListKind for Careful {
    type Row = PlacedRow;
    type Known = Known;
    type Reader = PlacedReader;
    type Ahead = write::Ahead;

    fn open(&self, source: BufReader<StoredFile>) -> Result<PlacedReader, Stop> {
        Ok(PlacedReader(self.strict.open(source)?))
    }

    fn read_again(&self, line: &[u8]) -> Option<PlacedRow> {
        let place = LinePlace { number: 0, start: 0, length: 0 };
        self.strict.read_again(line).map(|recipient| PlacedRow { recipient, place })
    }

    fn cells(&self, line: &[u8], faults: &[&Fault]) -> Option<Vec<String>> {
        self.strict.cells(line, faults)
    }

    fn cell_of(&self, column: i64) -> i64 {
        self.strict.cell_of(column)
    }

    fn judge(&self, cells: &[String], place: LinePlace) -> Verdict<PlacedRow> {
        placed(self.strict.judge(cells, place), place)
    }

    fn read_corrected(&self, cells: &[String]) -> Option<PlacedRow> {
        let place = LinePlace { number: 0, start: 0, length: 0 };
        self.strict.read_corrected(cells).map(|recipient| PlacedRow { recipient, place })
    }

    fn identity<'r>(&self, row: &'r PlacedRow) -> Option<Cow<'r, str>> {
        self.strict.identity(&row.recipient)
    }

    fn shown_identity(&self, row: &PlacedRow) -> (i64, String) {
        self.strict.shown_identity(&row.recipient)
    }

    fn diagnose(
        &self,
        work: &JobContext,
        import: &Import,
        reader: &PlacedReader,
        counts: &Counts,
    ) -> AppResult<Option<Diagnosis>> {
        self.strict.diagnose(work, import, &reader.0, counts)
    }

    fn diagnose_refused(
        &self,
        work: &JobContext,
        import: &Import,
        refusal: &Refusal,
        reader: Option<&PlacedReader>,
    ) -> AppResult<Diagnosis> {
        self.strict.diagnose_refused(work, import, refusal, reader.map(|reader| &reader.0))
    }

    fn find(&self, conn: &mut AnyConnection, rows: &[&PlacedRow]) -> AppResult<Vec<Option<Known>>> {
        let judged = self.doubts(conn, rows, false)?;
        let recipients: Vec<&Recipient> = rows.iter().map(|row| &row.recipient).collect();
        let by_email = self.strict.find(conn, &recipients)?;
        Ok(judged
            .into_iter()
            .zip(by_email)
            .map(|(judged, by_email)| match judged {
                Some(meant) => Some(Known::Judged(meant)),
                None => by_email.map(|contact| Known::ByEmail(Box::new(contact))),
            })
            .collect())
    }

    fn effect(&self, known: Option<&Known>, row: &PlacedRow) -> PlannedEffect {
        match known {
            None => self.strict.effect(None, &row.recipient),
            Some(Known::ByEmail(contact)) => self.strict.effect(Some(contact.as_ref()), &row.recipient),
            Some(Known::Judged(meant)) => self.list.effect(Some(meant), &self.as_mapped(row)),
        }
    }

    fn emptied(&self, known: Option<&Known>, row: &PlacedRow) -> i64 {
        match known {
            None => 0,
            Some(Known::ByEmail(contact)) => self.strict.emptied(Some(contact.as_ref()), &row.recipient),
            Some(Known::Judged(meant)) => self.list.emptied(Some(meant), &self.as_mapped(row)),
        }
    }

    fn show(&self, known: Option<&Known>, row: &PlacedRow) -> PreviewRow {
        match known {
            None => self.strict.show(None, &row.recipient),
            Some(Known::ByEmail(contact)) => self.strict.show(Some(contact.as_ref()), &row.recipient),
            Some(Known::Judged(meant)) => self.list.show(Some(meant), &self.as_mapped(row)),
        }
    }

    fn read_ahead(&self, conn: &mut AnyConnection, rows: &[PlacedRow]) -> AppResult<write::Ahead> {
        let recipients: Vec<&Recipient> = rows.iter().map(|row| &row.recipient).collect();
        let known = book::with_emails(conn, &write::keys(&recipients), false)?;
        Ok(write::Ahead::of(&recipients, &known, settings::default_country(conn)?))
    }

    fn append(ahead: &mut write::Ahead, next: write::Ahead) {
        ahead.append(next);
    }

    /// The rows without a doubt first; those that seemed doubtful are judged again after them.
    fn write(
        &self,
        conn: &mut AnyConnection,
        import: &Import,
        rows: &[PlacedRow],
        ahead: &mut write::Ahead,
        journal: &mut ImportChanges,
    ) -> AppResult<Counts> {
        let all: Vec<&PlacedRow> = rows.iter().collect();
        let judged = self.doubts(conn, &all, true)?;
        let (mut certain, mut rest) = (Vec::with_capacity(rows.len()), Vec::new());
        for (row, judged) in rows.iter().zip(judged) {
            match judged {
                None => certain.push(&row.recipient),
                Some(_) => rest.push(self.as_mapped(row)),
            }
        }
        let mut done = write::write(conn, import, certain, ahead, journal)?;
        let others = mapped::write(conn, &self.list, import, &rest, &mut mapped::Ahead::default(), journal)?;
        done.created += others.created;
        done.updated += others.updated;
        done.unchanged += others.unchanged;
        done.restored += others.restored;
        done.held += others.held;
        Ok(done)
    }
}

impl Careful {
    pub fn new(conn: &mut AnyConnection, strict: Strict) -> AppResult<Self> {
        Ok(Self { strict, list: mapped::of_recipients(conn)? })
    }

    /// What the rows mean that are not simply those of the contact with their e-mail; `None` for all others.
    fn doubts(
        &self,
        conn: &mut AnyConnection,
        rows: &[&PlacedRow],
        lock: bool,
    ) -> AppResult<Vec<Option<Meant>>> {
        let rows: Vec<MappedRow> = rows.iter().map(|row| self.as_mapped(row)).collect();
        let meant = mapped::find(conn, &self.list, &rows.iter().collect::<Vec<_>>(), lock)?;
        Ok(meant.into_iter().map(|meant| meant.filter(|meant| !meant.is_by_key())).collect())
    }

    fn as_mapped(&self, row: &PlacedRow) -> MappedRow {
        mapped::row_of(&self.list, &row.recipient, row.place)
    }
}
