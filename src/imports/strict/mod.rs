//! The strict list: every valid line has an e-mail, which identifies the contact, and overwrites its eight fields.

mod careful;
mod write;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::BufReader;

pub use careful::Careful;

use super::check::Stop;
use super::diagnosis;
use super::files::StoredFile;
use super::findings::int;
use super::format::{self, Diagnosis, ReadError, Reader, Reading, Refusal};
use super::import::{Counts, Import};
use super::journal::ImportChanges;
use super::list_kind::{FoundFault, Line, LineReader, ListKind, Verdict};
use super::preview::lines::LinePlace;
use super::preview::{Effect, FieldChange, PlannedEffect, PreviewRow, ShownContact};
use crate::book::write::{self as book, ExistingContact};
use crate::db::{AnyConnection, settings};
use crate::domain::{Email, Fault, Field, Recipient};
use crate::error::AppResult;
use crate::jobs::JobContext;

/// The strict list, read in this way.
pub struct Strict {
    pub reading: Reading,
}

impl LineReader for Reader<BufReader<StoredFile>> {
    type Row = Recipient;

    fn next_line(&mut self) -> Result<Option<Line<Recipient>>, ReadError> {
        let line = Self::next_line(self)?;
        Ok(line.map(|format::Line { number, start, length, verdict }| Line {
            number,
            start,
            length,
            verdict: judged(verdict),
        }))
    }

    fn offset(&self) -> u64 {
        Self::offset(self)
    }
}

fn judged(verdict: format::Verdict) -> Verdict<Recipient> {
    match verdict {
        format::Verdict::Valid(recipient) => Verdict::Valid(*recipient),
        format::Verdict::Rejected(findings) => Verdict::Rejected(findings.into_iter().map(found).collect()),
        format::Verdict::Header => Verdict::Header,
        format::Verdict::Empty => Verdict::Empty,
    }
}

fn found(finding: format::Finding) -> FoundFault {
    FoundFault { column: finding.field.map(Field::column), value: finding.value, fault: finding.fault }
}

impl ListKind for Strict {
    type Row = Recipient;
    type Known = ExistingContact;
    type Reader = Reader<BufReader<StoredFile>>;
    type Ahead = write::Ahead;

    fn open(&self, source: BufReader<StoredFile>) -> Result<Self::Reader, Stop> {
        Ok(Reader::reading(source, self.reading)?)
    }

    fn read_again(&self, line: &[u8]) -> Option<Recipient> {
        format::recipient(line, self.reading)
    }

    fn cells(&self, line: &[u8], faults: &[&Fault]) -> Option<Vec<String>> {
        format::cells(line, self.reading, faults)
    }

    fn cell_of(&self, column: i64) -> i64 {
        let place = usize::try_from(column - 1).ok();
        let columns = self.reading.columns.as_ref();
        match columns.zip(place).and_then(|(columns, place)| columns.get(place)) {
            Some(cell) => int(*cell as u64) + 1,
            None => column,
        }
    }

    fn judge(&self, cells: &[String], _place: LinePlace) -> Verdict<Recipient> {
        judged(format::judge(cells, &self.reading))
    }

    fn read_corrected(&self, cells: &[String]) -> Option<Recipient> {
        match format::judge(cells, &self.reading) {
            format::Verdict::Valid(recipient) => Some(*recipient),
            _ => None,
        }
    }

    fn identity<'r>(&self, row: &'r Recipient) -> Option<Cow<'r, str>> {
        Some(key(row).into())
    }

    fn shown_identity(&self, row: &Recipient) -> (i64, String) {
        (Field::Email.column(), email(row).to_owned())
    }

    fn diagnose(
        &self,
        work: &JobContext,
        import: &Import,
        reader: &Self::Reader,
        counts: &Counts,
    ) -> AppResult<Option<Diagnosis>> {
        diagnosis::of_lines(work, import, &reader.tally(), counts)
    }

    fn diagnose_refused(
        &self,
        work: &JobContext,
        import: &Import,
        refusal: &Refusal,
        reader: Option<&Self::Reader>,
    ) -> AppResult<Diagnosis> {
        let culprit = reader.filter(|_| matches!(refusal, Refusal::NotUtf8 { .. })).map(Reader::culprit);
        diagnosis::of_refused(work, import, culprit)
    }

    fn find(&self, conn: &mut AnyConnection, rows: &[&Recipient]) -> AppResult<Vec<Option<ExistingContact>>> {
        let keys: Vec<&str> = rows.iter().map(|row| key(row)).collect();
        let known = book::with_emails(conn, &keys, false)?;
        let mut by_email: HashMap<String, ExistingContact> =
            known.into_iter().filter_map(|contact| Some((contact.key()?.to_owned(), contact))).collect();
        // An e-mail is in one line only.
        Ok(keys.into_iter().map(|key| by_email.remove(key)).collect())
    }

    fn effect(&self, known: Option<&ExistingContact>, row: &Recipient) -> PlannedEffect {
        let effect = match known {
            None => Effect::Created,
            Some(contact) if contact.deleted_at.is_some() => Effect::Restored,
            Some(contact) if contact.has_fields_of(row) => Effect::Unchanged,
            Some(_) => Effect::Updated,
        };
        PlannedEffect { effect, contact: known.map(|contact| (contact.id, contact.version)) }
    }

    fn emptied(&self, known: Option<&ExistingContact>, row: &Recipient) -> i64 {
        int(beside(known, row).into_iter().filter(|(_, old, new)| old != new && new.is_empty()).count()
            as u64)
    }

    fn show(&self, known: Option<&ExistingContact>, row: &Recipient) -> PreviewRow {
        let changes = beside(known, row).into_iter().filter(|(_, old, new)| old != new);
        PreviewRow {
            name: known.map_or_else(|| name(row), ExistingContact::directory_name),
            email: email(row).to_owned(),
            service: row.service.to_string(),
            phone: row.phone.to_string(),
            city: row.city.to_string(),
            values: row
                .values()
                .into_iter()
                .map(|(_, value)| value.to_owned())
                .filter(|value| !value.is_empty())
                .collect(),
            contact: known.map(|contact| ShownContact {
                id: contact.id,
                name: contact.name(),
                email: contact.email.clone().unwrap_or_default(),
            }),
            changes: changes.map(|(field, old, new)| FieldChange::new(field.form_name(), old, new)).collect(),
        }
    }

    fn read_ahead(&self, conn: &mut AnyConnection, rows: &[Recipient]) -> AppResult<write::Ahead> {
        let rows: Vec<&Recipient> = rows.iter().collect();
        let known = book::with_emails(conn, &write::keys(&rows), false)?;
        Ok(write::Ahead::of(&rows, &known, settings::default_country(conn)?))
    }

    fn append(ahead: &mut write::Ahead, next: write::Ahead) {
        ahead.append(next);
    }

    fn write(
        &self,
        conn: &mut AnyConnection,
        import: &Import,
        rows: &[Recipient],
        ahead: &mut write::Ahead,
        journal: &mut ImportChanges,
    ) -> AppResult<Counts> {
        write::write(conn, import, rows.iter().collect(), ahead, journal)
    }
}

/// The eight fields, each with its value now and after the import; a new contact has no values now.
fn beside<'a>(known: Option<&'a ExistingContact>, row: &'a Recipient) -> Vec<(Field, &'a str, &'a str)> {
    match known {
        Some(contact) => contact.beside(row).collect(),
        None => row.values().into_iter().map(|(field, new)| (field, "", new)).collect(),
    }
}

fn email(row: &Recipient) -> &str {
    row.email.as_ref().map_or("", Email::as_str)
}

/// Every recipient of the strict list has an e-mail.
fn key(row: &Recipient) -> &str {
    row.email.as_ref().map_or("", Email::key)
}

/// The name of a new contact in the form of the list of contacts.
fn name(row: &Recipient) -> String {
    match (&*row.last_name, &*row.first_name) {
        ("", "") => email(row).to_owned(),
        ("", name) | (name, "") => name.to_owned(),
        (last, first) => format!("{last}, {first}"),
    }
}
