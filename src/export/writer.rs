//! Writes the export file in batches of contacts, so that the memory needed does not depend on their number.

use super::full::{Cell, Table};
use super::rows::{ExportedContact, Extras, Rows};
use super::sheet::Sheet;
use super::strict;
use crate::book::filter::Filter;
use crate::book::vcard;
use crate::config::ExportFormat;
use crate::db::{AnyConnection, settings};
use crate::domain::BookId;
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;
use crate::web::csv::{BYTE_ORDER_MARK, push_row};

/// An export file in progress.
pub struct Writer {
    rows: Rows,
    kind: Format,
    locale: Locale,
    is_begun: bool,
    /// Contacts left out so far because the file cannot contain them.
    pub left_out: i64,
}

enum Format {
    Full(Table),
    Strict,
    Vcard(BookId),
    Html(Sheet),
}

impl Writer {
    pub fn new(
        conn: &mut AnyConnection,
        format: ExportFormat,
        filter: &Filter,
        locale: Locale,
    ) -> AppResult<Self> {
        let kind = match format {
            ExportFormat::Full => Format::Full(Table::load(conn, locale)?),
            // `workbook::Export` writes it.
            ExportFormat::Xlsx => return Err(AppError::BadRequest("a workbook in parts")),
            ExportFormat::Strict => Format::Strict,
            ExportFormat::Vcard => Format::Vcard(settings::book_id(conn)?),
            ExportFormat::Html => Format::Html(Sheet::new(locale)),
        };
        let extras = match &kind {
            Format::Full(table) => table.extras(),
            Format::Strict => Extras::default(),
            Format::Vcard(_) | Format::Html(_) => Extras { organizations: true, ..Extras::default() },
        };
        let rows = Rows::new(conn, filter, extras)?;
        Ok(Self { rows, kind, locale, is_begun: false, left_out: 0 })
    }

    /// Returns the next bytes, or `None` at the end.
    pub fn next(&mut self, conn: &mut AnyConnection) -> AppResult<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        if !self.is_begun {
            self.is_begun = true;
            match &self.kind {
                Format::Full(table) => {
                    bytes.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
                    let headings: Vec<String> =
                        table.columns().into_iter().map(|column| column.heading).collect();
                    push_row(&mut bytes, self.locale, &headings)?;
                }
                Format::Html(sheet) => bytes.extend_from_slice(sheet.head(None)?.as_bytes()),
                Format::Strict | Format::Vcard(_) => {}
            }
        }
        while bytes.is_empty() && !self.rows.is_ended() {
            let rows = self.rows.next(conn)?;
            if let Format::Html(sheet) = &mut self.kind {
                bytes.extend_from_slice(sheet.people(conn, &rows)?.as_bytes());
                if self.rows.is_ended() {
                    bytes.extend_from_slice(sheet.foot(None)?.as_bytes());
                }
            }
            for row in rows {
                self.push(&mut bytes, &row)?;
            }
        }
        Ok((!bytes.is_empty()).then_some(bytes))
    }

    fn push(&mut self, bytes: &mut Vec<u8>, row: &ExportedContact) -> AppResult<()> {
        match &self.kind {
            Format::Full(table) => {
                let cells: Vec<String> = table.cells(row).into_iter().map(|Cell { text, .. }| text).collect();
                push_row(bytes, self.locale, &cells)?;
            }
            Format::Strict => match strict::line(&row.contact) {
                Some(line) => bytes.extend_from_slice(line.as_bytes()),
                None => self.left_out += 1,
            },
            Format::Vcard(book) => {
                let mut card = String::new();
                let version = vcard::Version::Four;
                vcard::write(&mut card, &row.contact, &row.organization, version, book);
                bytes.extend_from_slice(card.as_bytes());
            }
            // HTML is written for a whole batch at once.
            Format::Html(_) => {}
        }
        Ok(())
    }
}

/// Counts the contacts that the strict file cannot contain, among at least the `first` ones of a filter.
pub fn count_left_out(conn: &mut AnyConnection, filter: &Filter, first: i64) -> AppResult<i64> {
    let mut rows = Rows::new(conn, filter, Extras::default())?;
    let (mut looked_at, mut left_out) = (0, 0);
    while looked_at < first && !rows.is_ended() {
        let batch = rows.next(conn)?;
        looked_at += batch.len() as i64;
        left_out += batch.iter().filter(|row| strict::line(&row.contact).is_none()).count() as i64;
    }
    Ok(left_out)
}
