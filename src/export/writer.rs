//! Writes the export file in batches of contacts, so that the memory needed does not depend on their number.

use std::collections::HashMap;

use diesel::prelude::*;

use super::full::Table;
use super::sheet::Sheet;
use super::strict;
use crate::book::contact::Contact;
use crate::book::contact_query::Selection;
use crate::book::external_ids::{self, ExternalId};
use crate::book::filter::{Cursor, Direction, Filter};
use crate::book::{contact_types, document, list, vcard};
use crate::config::ExportFormat;
use crate::db::schema::{contacts, imports};
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::error::AppResult;
use crate::i18n::Locale;
use crate::web::csv::{BYTE_ORDER_MARK, push_row};

/// Contacts per batch.
const STRETCH: usize = 500;

/// A contact with its values from other tables.
pub struct ExportedContact {
    pub contact: Contact,
    /// The name of the last import that contained the contact.
    pub import: Option<String>,
    /// The organization's name, or empty.
    pub organization: String,
    /// The values of the contact types' fields, by field id.
    pub values: HashMap<i64, String>,
    pub external_ids: Vec<ExternalId>,
}

/// An export file in progress.
pub struct Writer {
    selection: Selection,
    kind: Format,
    locale: Locale,
    place: Option<Cursor>,
    is_begun: bool,
    is_ended: bool,
    /// Contacts left out so far because the file cannot contain them.
    pub left_out: i64,
}

enum Format {
    Full(Table),
    Strict,
    Vcard,
    Html(Sheet),
}

impl Writer {
    pub fn new(
        conn: &mut AnyConnection,
        format: ExportFormat,
        filter: &Filter,
        locale: Locale,
    ) -> AppResult<Self> {
        Ok(Self {
            selection: Selection::of(conn, filter)?,
            kind: match format {
                ExportFormat::Full => Format::Full(Table::load(conn, locale)?),
                ExportFormat::Strict => Format::Strict,
                ExportFormat::Vcard => Format::Vcard,
                ExportFormat::Html => Format::Html(Sheet::new(locale)),
            },
            locale,
            place: None,
            is_begun: false,
            is_ended: false,
            left_out: 0,
        })
    }

    /// Returns the next bytes, or `None` at the end.
    pub fn next(&mut self, conn: &mut AnyConnection) -> AppResult<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        if !self.is_begun {
            self.is_begun = true;
            match &self.kind {
                Format::Full(table) => {
                    bytes.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
                    push_row(&mut bytes, self.locale, &table.headings())?;
                }
                Format::Html(sheet) => bytes.extend_from_slice(sheet.head(None)?.as_bytes()),
                Format::Strict | Format::Vcard => {}
            }
        }
        while bytes.is_empty() && !self.is_ended {
            let rows = self.rows(conn)?;
            if let Format::Html(sheet) = &mut self.kind {
                bytes.extend_from_slice(sheet.people(conn, &rows)?.as_bytes());
                if self.is_ended {
                    bytes.extend_from_slice(sheet.foot(None)?.as_bytes());
                }
            }
            for row in rows {
                self.push(&mut bytes, &row)?;
            }
        }
        Ok((!bytes.is_empty()).then_some(bytes))
    }

    /// Returns `true` once the last contacts are read.
    pub fn is_ended(&self) -> bool {
        self.is_ended
    }

    fn push(&mut self, bytes: &mut Vec<u8>, row: &ExportedContact) -> AppResult<()> {
        match &self.kind {
            Format::Full(table) => push_row(bytes, self.locale, &table.cells(row))?,
            Format::Strict => match strict::line(&row.contact) {
                Some(line) => bytes.extend_from_slice(line.as_bytes()),
                None => self.left_out += 1,
            },
            Format::Vcard => {
                let mut card = String::new();
                let version = vcard::Version::Four;
                vcard::write(&mut card, &row.contact, &row.organization, version);
                bytes.extend_from_slice(card.as_bytes());
            }
            // HTML is written for a whole batch at once.
            Format::Html(_) => {}
        }
        Ok(())
    }

    /// Returns the next contacts in the order of names; an empty result is the end.
    pub fn rows(&mut self, conn: &mut AnyConnection) -> AppResult<Vec<ExportedContact>> {
        let place = self.place.as_ref();
        // One extra contact shows whether more follow.
        let mut ids = self.selection.by_name(conn, place, Direction::Forward, STRETCH as i64 + 1)?;
        let more = ids.len() > STRETCH;
        ids.truncate(STRETCH);
        let rows = whole(conn, &ids)?;
        self.is_ended = !more || rows.is_empty();
        self.place = rows.last().map(|(contact, _)| Cursor {
            id: contact.id,
            sort_key: contact.sort_key.clone(),
            section: 0,
            value: None,
            passed: None,
        });
        let organizations = match self.kind {
            Format::Full(_) | Format::Vcard | Format::Html(_) => {
                document::organization_names(conn, rows.iter().map(|(contact, _)| &contact.person))?
            }
            Format::Strict => HashMap::new(),
        };
        let mut values = match &self.kind {
            Format::Full(table) if table.has_customs() => contact_types::values_of(conn, &ids)?,
            _ => HashMap::new(),
        };
        let mut external_ids: HashMap<i64, Vec<ExternalId>> = HashMap::new();
        if let Format::Full(table) = &self.kind
            && table.has_sources()
        {
            for known in external_ids::of(conn, &ids)? {
                external_ids.entry(known.contact).or_default().push(known);
            }
        }
        Ok(rows
            .into_iter()
            .map(|(contact, import)| {
                let organization = contact.organization_id.and_then(|id| organizations.get(&id));
                ExportedContact {
                    organization: organization.cloned().unwrap_or_default(),
                    values: values.remove(&contact.id).unwrap_or_default(),
                    external_ids: external_ids.remove(&contact.id).unwrap_or_default(),
                    import,
                    contact,
                }
            })
            .collect())
    }
}

/// Loads these contacts in this order, each with the name of the last import that contained it.
fn whole(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<(Contact, Option<String>)>> {
    let rows: Vec<(Contact, Option<String>)> = on_backend!(conn, |conn| {
        contacts::table
            .left_join(imports::table)
            .filter(in_json_list("contacts.id", ids)?)
            .select((Contact::as_select(), imports::name.nullable()))
            .load(conn)?
    });
    Ok(list::sorted(ids, rows, |(contact, _)| contact.id))
}

/// Counts the contacts that the strict file cannot contain, among at least the `first` ones of a filter.
pub fn count_left_out(conn: &mut AnyConnection, filter: &Filter, first: i64) -> AppResult<i64> {
    let mut writer = Writer::new(conn, ExportFormat::Strict, filter, Locale::Fr)?;
    let mut looked_at = 0;
    while looked_at < first && !writer.is_ended {
        let rows = writer.rows(conn)?;
        looked_at += rows.len() as i64;
        let lines = rows.iter().filter(|row| strict::line(&row.contact).is_none());
        writer.left_out += lines.count() as i64;
    }
    Ok(writer.left_out)
}
