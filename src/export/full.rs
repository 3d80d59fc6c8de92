//! The table with all values of the contacts.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::rows::{ExportedContact, Extras};
use crate::base::clock;
use crate::book::contact_types::{self, CustomField};
use crate::book::wording::{self, Wording};
use crate::db::AnyConnection;
use crate::domain::{Field, FieldKind};
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
}

/// Columns after those of the form.
const ASIDE: [&str; 5] = ["absent_from", "absent_until", "substitute", "topics", "languages"];

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
        Ok(Self { locale, wording: Wording::load(conn)?, types, customs })
    }

    fn t(&self) -> &'static Catalogue {
        self.locale.catalogue()
    }

    /// The values that the columns need beside those of the contacts.
    pub fn extras(&self) -> Extras {
        Extras { organizations: true, customs: !self.customs.is_empty() }
    }

    pub fn headings(&self) -> Vec<String> {
        let t = self.t();
        let mut headings = vec![fl!(t, "export-number")];
        headings.extend(Field::ALL.map(|field| field_name(t, field)));
        headings.extend(ASIDE.map(|name| self.wording.label(t, name)));
        headings.extend(
            self.customs.iter().map(|(contact_type, field)| format!("{contact_type} – {}", field.label)),
        );
        headings.extend([
            fl!(t, "import-column"),
            fl!(t, "export-created"),
            fl!(t, "export-updated"),
            fl!(t, "export-checked"),
        ]);
        headings
    }

    pub fn cells(&self, row: &ExportedContact) -> Vec<String> {
        let contact = &row.contact;
        let mut cells = vec![contact.id.to_string()];
        let mut details = contact.details();
        details.set(Field::Organization, row.organization.as_str());
        let contact_type = contact.contact_type_id.and_then(|id| self.types.get(&id));
        details.set(Field::ContactType, contact_type.map_or("", String::as_str));
        cells.extend(Field::ALL.map(|field| {
            let value = details.get(field);
            if value.is_empty() && field.kind() != FieldKind::Flag {
                return String::new();
            }
            self.wording.value(self.locale, field.form_name(), value)
        }));
        let day = |day: Option<chrono::NaiveDate>| day.map_or(String::new(), |day| day.to_string());
        cells.extend([
            day(contact.absent_from),
            day(contact.absent_until),
            contact.substitute_id.map_or(String::new(), |id| id.to_string()),
            contact.topics.replace('\n', ", "),
            contact.languages.replace('\n', ", "),
        ]);
        cells.extend(self.customs.iter().map(|(_, field)| {
            let is_of_its_type = contact.contact_type_id == Some(field.type_id);
            match row.values.get(&field.id).filter(|_| is_of_its_type) {
                Some(value) => wording::custom_value(self.locale, field.kind, value),
                None => String::new(),
            }
        }));
        cells.extend([
            row.import.clone().unwrap_or_default(),
            time(contact.created_at),
            time(contact.updated_at),
            contact.checked_at.map_or(String::new(), time),
        ]);
        cells
    }
}

/// A local time in a format that spreadsheets recognize.
fn time(utc: NaiveDateTime) -> String {
    clock::local(utc).format("%Y-%m-%d %H:%M:%S").to_string()
}
