//! The table with all values of the contacts.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::rows::{ExportedContact, Extras};
use crate::base::clock;
use crate::book::contact_types::{self, CustomField};
use crate::book::external_ids::{self, Source};
use crate::book::wording::{self, Wording};
use crate::db::{AnyConnection, settings};
use crate::domain::{BookId, CustomKind, Field, FieldKind};
use crate::error::AppResult;
use crate::i18n::{Catalogue, Locale, field_name, fl};

/// The columns, fixed when the export begins.
pub struct Table {
    locale: Locale,
    wording: Wording,
    /// Names of contact types by id.
    types: HashMap<i64, String>,
    /// Fields of contact types, each with the name of its type.
    customs: Vec<(String, CustomField)>,
    sources: Vec<Source>,
    book: BookId,
}

/// A column of the table.
pub struct Column {
    pub heading: String,
    pub kind: ColumnKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    Day,
    Time,
    Integer,
    Number,
}

/// A value of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The value in words, as in the CSV file.
    pub text: String,
    /// The same value for a program that calculates. `None` for text.
    pub value: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    Day(NaiveDate),
    /// In the local time of the server.
    Time(NaiveDateTime),
    Number(f64),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), value: None }
    }

    fn day(day: Option<NaiveDate>) -> Self {
        Self { text: day.map_or(String::new(), |day| day.to_string()), value: day.map(Value::Day) }
    }

    /// A time of the database, in a format that spreadsheets recognize.
    fn time(utc: Option<NaiveDateTime>) -> Self {
        let local = utc.map(clock::local);
        Self {
            text: local.map_or(String::new(), |time| time.format("%Y-%m-%d %H:%M:%S").to_string()),
            value: local.map(|time| Value::Time(time.naive_local())),
        }
    }

    fn custom(locale: Locale, kind: CustomKind, stored: &str) -> Self {
        let value = match kind {
            CustomKind::Date => stored.parse().ok().map(Value::Day),
            CustomKind::DateTime => {
                NaiveDateTime::parse_from_str(stored, "%Y-%m-%dT%H:%M").ok().map(Value::Time)
            }
            CustomKind::Integer | CustomKind::Number => exact_number(stored).map(Value::Number),
            _ => None,
        };
        Self { text: wording::custom_value(locale, kind, stored), value }
    }
}

/// Returns the number if a spreadsheet keeps all its digits, which it does up to fifteen.
fn exact_number(stored: &str) -> Option<f64> {
    let digits = stored.chars().filter(char::is_ascii_digit).count();
    (digits <= 15).then(|| stored.parse().ok()).flatten()
}

fn column_kind(kind: CustomKind) -> ColumnKind {
    match kind {
        CustomKind::Date => ColumnKind::Day,
        CustomKind::DateTime => ColumnKind::Time,
        CustomKind::Integer => ColumnKind::Integer,
        CustomKind::Number => ColumnKind::Number,
        _ => ColumnKind::Text,
    }
}

/// Columns after those of the form.
const ASIDE: [(&str, ColumnKind); 5] = [
    ("absent_from", ColumnKind::Day),
    ("absent_until", ColumnKind::Day),
    ("substitute", ColumnKind::Text),
    ("topics", ColumnKind::Text),
    ("languages", ColumnKind::Text),
];

impl Table {
    pub fn load(conn: &mut AnyConnection, locale: Locale) -> AppResult<Self> {
        let mut types = HashMap::new();
        let mut customs = Vec::new();
        for contact_type in contact_types::all(conn)? {
            for field in contact_types::fields_in_use(conn, &contact_type)? {
                customs.push((contact_type.name.clone(), field));
            }
            types.insert(contact_type.id, contact_type.name);
        }
        let sources = external_ids::sources(conn)?;
        let (wording, book) = (Wording::load(conn)?, settings::book_id(conn)?);
        Ok(Self { locale, wording, types, customs, sources, book })
    }

    fn t(&self) -> &'static Catalogue {
        self.locale.catalogue()
    }

    /// The values that the columns need beside those of the contacts.
    pub fn extras(&self) -> Extras {
        Extras {
            organizations: true,
            customs: !self.customs.is_empty(),
            external_ids: !self.sources.is_empty(),
        }
    }

    pub fn columns(&self) -> Vec<Column> {
        let t = self.t();
        let column = |heading, kind| Column { heading, kind };
        let mut columns = vec![column(fl!(t, "export-number"), ColumnKind::Text)];
        columns.push(column(fl!(t, "export-book"), ColumnKind::Text));
        columns.extend(Field::ALL.map(|field| column(field_name(t, field), ColumnKind::Text)));
        columns.extend(ASIDE.map(|(name, kind)| column(self.wording.label(t, name), kind)));
        columns.extend(self.customs.iter().map(|(contact_type, field)| {
            column(format!("{contact_type} – {}", field.label), column_kind(field.kind))
        }));
        columns.extend(self.sources.iter().map(|source| column(source.name.clone(), ColumnKind::Text)));
        columns.extend([
            column(fl!(t, "import-column"), ColumnKind::Text),
            column(fl!(t, "export-created"), ColumnKind::Time),
            column(fl!(t, "export-updated"), ColumnKind::Time),
            column(fl!(t, "export-checked"), ColumnKind::Time),
        ]);
        columns
    }

    pub fn cells(&self, row: &ExportedContact) -> Vec<Cell> {
        let contact = &row.contact;
        let mut cells = vec![Cell::text(contact.id.to_string()), Cell::text(self.book.as_str())];
        let mut details = contact.details();
        details.set(Field::Organization, row.organization.as_str());
        let contact_type = contact.contact_type_id.and_then(|id| self.types.get(&id));
        details.set(Field::ContactType, contact_type.map_or("", String::as_str));
        cells.extend(Field::ALL.map(|field| {
            let value = details.get(field);
            if value.is_empty() && field.kind() != FieldKind::Flag {
                return Cell::text("");
            }
            Cell::text(self.wording.value(self.locale, field.form_name(), value))
        }));
        cells.extend([
            Cell::day(contact.absent_from),
            Cell::day(contact.absent_until),
            Cell::text(contact.substitute_id.map_or(String::new(), |id| id.to_string())),
            Cell::text(contact.topics.replace('\n', ", ")),
            Cell::text(contact.languages.replace('\n', ", ")),
        ]);
        cells.extend(self.customs.iter().map(|(_, field)| {
            let is_of_its_type = contact.contact_type_id == Some(field.type_id);
            match row.values.get(&field.id).filter(|_| is_of_its_type) {
                Some(value) => Cell::custom(self.locale, field.kind, value),
                None => Cell::text(""),
            }
        }));
        cells.extend(self.sources.iter().map(|source| {
            let own = row.external_ids.iter().filter(|known| known.source.id == source.id);
            Cell::text(own.map(|known| known.value.as_str()).collect::<Vec<_>>().join("\n"))
        }));
        cells.extend([
            Cell::text(row.import.clone().unwrap_or_default()),
            Cell::time(Some(contact.created_at)),
            Cell::time(Some(contact.updated_at)),
            Cell::time(contact.checked_at),
        ]);
        cells
    }
}
