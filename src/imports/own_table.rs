//! The table with all values that this program exports, known by its headings in either language.

use std::collections::HashMap;

use super::mapping::{Choice, Mapping, Target};
use super::sources::Table;
use crate::book::contact_types;
use crate::book::external_ids;
use crate::db::AnyConnection;
use crate::domain::{Field, unguarded};
use crate::error::AppResult;
use crate::i18n::{Catalogue, Locale, control_label, field_name, fl};

/// The characters of a heading that a conversion keeps.
const KEPT: usize = 100;

/// A table of this program.
pub struct OwnTable {
    pub mapping: Mapping,
    /// `true` if every filled column is known, so that nobody has to look at the columns.
    pub is_complete: bool,
}

/// What is known of a column by its heading.
#[derive(Clone)]
enum Meaning {
    Value(Target),
    /// A value that an import does not take over.
    LeftOut,
    /// A fact about the contact in the other book.
    Fact,
}

/// The table's mapping; `None` for a list of another program, and for a table without the ids of a book and its contacts.
pub fn read(conn: &mut AnyConnection, table: &Table) -> AppResult<Option<OwnTable>> {
    let Some(locale) = language(table) else {
        return Ok(None);
    };
    let mut known = of_book(conn, locale.catalogue())?;
    let mut is_complete = true;
    let columns = table.columns.iter().map(|column| {
        let meaning = known.take(&column.heading);
        is_complete &= meaning.is_some() || column.filled == 0;
        match meaning {
            Some(Meaning::Value(target)) => Choice { target: Some(target), ..Choice::default() },
            _ => Choice::default(),
        }
    });
    let mapping = Mapping {
        columns: columns.collect(),
        headings: table.headings(),
        exact: true,
        create_organizations: true,
        heading_row: table.heading_row,
        ..Mapping::default()
    };
    let has = |target: &Target| mapping.column_of(target).is_some();
    is_complete &= has(&Target::Field(Field::LastName)) && has(&Target::Field(Field::Email));
    Ok(Some(OwnTable { mapping, is_complete }))
}

/// The headings of filled columns that an import of the table does not take over, each with the number of its values.
pub fn left_out(table: &Table, mapping: &Mapping) -> Vec<(String, u64)> {
    let Some(locale) = language(table) else {
        return Vec::new();
    };
    let mut facts = facts(locale.catalogue());
    let unread = table.columns.iter().zip(&mapping.columns).filter(|(_, choice)| choice.target.is_none());
    let mut left_out = Vec::new();
    for (column, _) in unread.filter(|(column, _)| column.filled > 0) {
        if facts.take(&column.heading).is_none() {
            left_out.push((unguarded(&column.heading).into_owned(), column.filled));
        }
    }
    left_out
}

/// The language of the table's headings.
fn language(table: &Table) -> Option<Locale> {
    let has = |heading: &str| table.columns.iter().any(|column| column.heading == heading);
    [Locale::Fr, Locale::En].into_iter().find(|locale| {
        let t = locale.catalogue();
        has(&fl!(t, "export-number")) && has(&fl!(t, "export-book"))
    })
}

/// The meanings of headings. Of two columns with one heading, as of a field and a source with its name, the first comes first.
#[derive(Default)]
struct Known(HashMap<String, Vec<Meaning>>);

impl Known {
    fn add(&mut self, heading: &str, meaning: Meaning) {
        self.0.entry(key(heading)).or_default().push(meaning);
    }

    fn take(&mut self, heading: &str) -> Option<Meaning> {
        let found = self.0.get_mut(heading);
        let found = match found {
            Some(found) => found,
            None => self.0.get_mut(unguarded(heading).as_ref())?,
        };
        (!found.is_empty()).then(|| found.remove(0))
    }
}

fn key(heading: &str) -> String {
    heading.trim().chars().take(KEPT).collect()
}

/// The columns of this book's table, in its order.
fn of_book(conn: &mut AnyConnection, t: &'static Catalogue) -> AppResult<Known> {
    let mut known = Known::default();
    let mut add = |heading: &str, target: Target| known.add(heading, Meaning::Value(target));
    add(&fl!(t, "export-number"), Target::ContactId);
    add(&fl!(t, "export-book"), Target::BookId);
    for field in Field::ALL {
        add(&field_name(t, field), Target::Field(field));
    }
    add(&control_label(t, "topics"), Target::Topics);
    add(&control_label(t, "languages"), Target::Languages);
    for contact_type in contact_types::all(conn)? {
        for field in contact_types::fields_in_use(conn, &contact_type)? {
            add(&format!("{} – {}", contact_type.name, field.label), Target::Custom(field.key));
        }
    }
    for source in external_ids::sources(conn)? {
        add(&source.name.clone(), Target::IdIn(source.name));
    }
    for name in ["absent_from", "absent_until", "substitute"] {
        known.add(&control_label(t, name), Meaning::LeftOut);
    }
    for (heading, meanings) in facts(t).0 {
        known.0.entry(heading).or_default().extend(meanings);
    }
    Ok(known)
}

fn facts(t: &'static Catalogue) -> Known {
    let mut known = Known::default();
    let headings = [
        fl!(t, "import-column"),
        fl!(t, "export-created"),
        fl!(t, "export-updated"),
        fl!(t, "export-checked"),
    ];
    for heading in headings {
        known.add(&heading, Meaning::Fact);
    }
    known
}
