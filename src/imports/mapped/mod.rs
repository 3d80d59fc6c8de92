//! A list of any kind, whose columns somebody has mapped to fields. Its stored file has the rows ([`super::sources`]), which are
//! read by the rules of its mapping ([`super::mapping`]).

mod find;
mod held;
mod load;
mod reader;
mod write;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufReader, Read};

pub use find::{Doubt, Meant};
pub use load::{load, load_what_is_left, of_mapping};
pub use reader::{MappedRow, RowsReader, cells};
pub use write::write_decided;

use super::check::Stop;
use super::files::StoredFile;
use super::findings::int;
use super::format::{Diagnosis, Refusal};
use super::import::{Counts, Import};
use super::journal::ImportChanges;
use super::list_kind::ListKind;
use super::mapping::{Mode, OnAmbiguous, Rules, Target, Values, after, changes};
use super::preview::{Effect, FieldChange, PlannedEffect, PreviewRow, ShownContact};
use crate::book::external_ids::Source;
use crate::book::whole::WholeContact;
use crate::db::AnyConnection;
use crate::domain::{BookId, Change, Country, EXTERNAL_ID, Field, Phone};
use crate::error::AppResult;
use crate::jobs::JobContext;

/// A list with a mapping, and what the reading of its rows needs from the book. It is loaded for each pass over the rows.
pub struct Mapped {
    rules: Rules,
    /// The sources of the external ids, each with the target of its column.
    sources: Vec<(Target, Source)>,
    /// The contact type of every row, by its id.
    contact_type: Option<i64>,
    /// The contact types that rows can have, by name.
    types: HashMap<String, i64>,
    /// The fields of these types by key, each with its id and that of its type.
    fields: HashMap<String, (i64, i64)>,
    /// The id of this book, by which its own rows are known.
    book: Option<BookId>,
    /// The organizations of the book by the key of their name.
    organizations: HashMap<String, String>,
    /// The imports that are undone: contacts that they created may come back.
    undone: HashSet<i64>,
    default: Country,
}

impl ListKind for Mapped {
    type Row = MappedRow;
    type Known = Meant;
    type Reader = RowsReader;
    type Ahead = ();

    fn open(&self, source: BufReader<StoredFile>) -> Result<RowsReader, Stop> {
        Ok(self.reader(source))
    }

    fn read_again(&self, line: &[u8]) -> Option<MappedRow> {
        reader::read_again(line, &self.rules, &self.organizations)
    }

    /// The contact that this program wrote, else the e-mail, the external id, or the name with the first number.
    fn identity<'r>(&self, row: &'r MappedRow) -> Option<Cow<'r, str>> {
        let MappedRow { row, numbers, .. } = row;
        if let Some(own) = &row.own {
            return Some(format!("own\n{}", own.uid()).into());
        }
        if let Some(key) = row.email_key() {
            return Some(key.into());
        }
        if let Some(id) = find::identities_of_ids(row).next() {
            return Some(id.into());
        }
        let number = numbers.first()?;
        Some(format!("name\n{}\n{number}", row.name_key()?).into())
    }

    fn shown_identity(&self, row: &MappedRow) -> (i64, String) {
        let row = &row.row;
        let (target, value) = match (row.field(Field::Email), row.external_ids().next()) {
            ("", Some((target, id))) => (target.clone(), id),
            ("", None) => (Target::Field(Field::LastName), row.field(Field::LastName)),
            (email, _) => (Target::Field(Field::Email), email),
        };
        let column = self.rules.mapping().column_of(&target).unwrap_or_default();
        (int(column as u64), value.to_owned())
    }

    fn diagnose(
        &self,
        _work: &JobContext,
        _import: &Import,
        _reader: &RowsReader,
        _counts: &Counts,
    ) -> AppResult<Option<Diagnosis>> {
        Ok(None)
    }

    fn diagnose_refused(
        &self,
        _work: &JobContext,
        _import: &Import,
        _refusal: &Refusal,
        _reader: Option<&RowsReader>,
    ) -> AppResult<Diagnosis> {
        Ok(Diagnosis::default())
    }

    fn find(&self, conn: &mut AnyConnection, rows: &[&MappedRow]) -> AppResult<Vec<Option<Meant>>> {
        find::find(conn, self, rows, false)
    }

    fn effect(&self, known: Option<&Meant>, row: &MappedRow) -> PlannedEffect {
        let mode = self.rules.mapping().mode;
        match known {
            None if mode == Mode::Update => PlannedEffect { effect: Effect::Unmatched, contact: None },
            None => PlannedEffect { effect: Effect::Created, contact: None },
            Some(Meant::Doubtful { .. }) => PlannedEffect { effect: Effect::Held, contact: None },
            Some(Meant::Contact { whole, lacks_note }) => {
                let effect = if mode == Mode::Create {
                    Effect::Unchanged
                } else if whole.contact.deleted_at.is_some() {
                    Effect::Restored
                } else if *lacks_note || !self.changes(whole, row).is_empty() {
                    Effect::Updated
                } else {
                    Effect::Unchanged
                };
                PlannedEffect { effect, contact: Some((whole.contact.id, whole.contact.version)) }
            }
        }
    }

    fn emptied(&self, known: Option<&Meant>, row: &MappedRow) -> i64 {
        match known {
            Some(Meant::Contact { whole, .. }) => {
                let changes = self.changes(whole, row);
                int(changes.iter().filter(|change| change.new.is_empty()).count() as u64)
            }
            _ => 0,
        }
    }

    fn show(&self, known: Option<&Meant>, row: &MappedRow) -> PreviewRow {
        let contact = match known {
            Some(Meant::Contact { whole, .. }) => Some(whole),
            _ => None,
        };
        let values = self.after(contact.map(|whole| &**whole), row);
        let get = |field| values.details.get(field).to_owned();
        let mut shown: Vec<FieldChange> = match contact {
            Some(whole) => self.changes(whole, row),
            None => changes(&Values::default(), &values, self.source_name()),
        }
        .into_iter()
        .map(|change| FieldChange::new(change.field, change.old, change.new))
        .collect();
        if !matches!(known, Some(Meant::Contact { lacks_note: false, .. })) {
            shown.extend(row.row.notes().map(|note| FieldChange::new("note", "", note)));
        }
        PreviewRow {
            name: name_of(&get(Field::LastName), &get(Field::FirstName), &get(Field::Email)),
            email: get(Field::Email),
            service: get(Field::Service),
            phone: [Field::PhoneWork, Field::PhoneCell, Field::PhoneHome, Field::PhoneOther]
                .into_iter()
                .map(get)
                .find(|phone| !phone.is_empty())
                .unwrap_or_default(),
            city: get(Field::City),
            values: row
                .row
                .given
                .iter()
                .filter_map(|given| given.value.clone())
                .filter(|value| !value.is_empty())
                .collect(),
            contact: contact.map(|whole| ShownContact {
                id: whole.contact.id,
                name: whole.contact.name(),
                email: whole.contact.email().to_owned(),
            }),
            changes: shown,
        }
    }

    fn read_ahead(&self, _conn: &mut AnyConnection, _rows: &[MappedRow]) -> AppResult<()> {
        Ok(())
    }

    fn append(_ahead: &mut (), _next: ()) {}

    fn write(
        &self,
        conn: &mut AnyConnection,
        import: &Import,
        rows: &[MappedRow],
        _ahead: &mut (),
        journal: &mut ImportChanges,
    ) -> AppResult<Counts> {
        write::write(conn, self, import, rows, journal)
    }
}

impl Mapped {
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Reads rows wherever they are.
    pub fn reader<R: Read>(&self, source: BufReader<R>) -> RowsReader<R> {
        RowsReader::new(source, self.rules.clone(), self.organizations.clone())
    }

    /// The name of the mapping's source of external ids; empty without one.
    fn source_name(&self) -> &str {
        let source = self.sources.iter().find(|(target, _)| *target == Target::ExternalId);
        source.map_or("", |(_, source)| source.name.as_str())
    }

    /// The values of a row that are not empty, by their names in the history.
    pub fn given(&self, row: &MappedRow) -> Vec<(String, String)> {
        let filled = row.row.given.iter().filter_map(|given| Some((given, given.value.as_ref()?)));
        let named = filled.filter(|(_, value)| !value.is_empty()).map(|(given, value)| {
            let name = match given.target {
                Target::ExternalId => format!("{EXTERNAL_ID}{}", self.source_name()),
                _ => given.target.form_name(),
            };
            (name, value.clone())
        });
        named.collect()
    }

    fn rejects_doubtful(&self) -> bool {
        self.rules.mapping().on_ambiguous == OnAmbiguous::Reject
    }

    /// The values of a contact that an import can change.
    fn values(&self, whole: &WholeContact) -> Values {
        let mut external_ids: BTreeMap<Target, Vec<String>> = BTreeMap::new();
        for id in &whole.external_ids {
            for (target, _) in self.sources.iter().filter(|(_, source)| *source == id.source) {
                external_ids.entry(target.clone()).or_default().push(id.value.clone());
            }
        }
        Values {
            details: whole.details.clone(),
            topics: whole.contact.topics.clone(),
            languages: whole.contact.languages.clone(),
            external_ids,
        }
    }

    /// The values after the import of a row; `known` is `None` for a new contact.
    fn after(&self, known: Option<&WholeContact>, row: &MappedRow) -> Values {
        match known {
            Some(whole) => self.after_known(&self.values(whole), row),
            None => after(None, &row.row, self.rules.mapping()),
        }
    }

    /// Like [`Mapped::after`], for the values of a contact. A number that is the same in another spelling remains as typed.
    fn after_known(&self, before: &Values, row: &MappedRow) -> Values {
        let mut values = after(Some(before), &row.row, self.rules.mapping());
        for phone in [Field::PhoneWork, Field::PhoneCell, Field::PhoneHome, Field::PhoneOther] {
            let (old, new) = (before.details.get(phone), values.details.get(phone));
            if old != new && is_same_number(old, new, self.default) {
                values.details.set(phone, old);
            }
        }
        values
    }

    fn changes(&self, whole: &WholeContact, row: &MappedRow) -> Vec<Change> {
        let before = self.values(whole);
        changes(&before, &self.after_known(&before, row), self.source_name())
    }
}

/// Returns `true` for texts with the same numbers, all of which a numbering plan knows.
fn is_same_number(old: &str, new: &str, default: Country) -> bool {
    let known = |text: &str| -> Option<Vec<String>> {
        let numbers = Phone::numbers(text, Phone::e164(text, default).as_deref(), default);
        numbers.into_iter().map(|number| number.e164).collect()
    };
    known(old).is_some_and(|numbers| !numbers.is_empty() && Some(numbers) == known(new))
}

/// A name in the form of the list of contacts; the e-mail of somebody without a name.
fn name_of(last: &str, first: &str, email: &str) -> String {
    match (last, first) {
        ("", "") => email.to_owned(),
        ("", name) | (name, "") => name.to_owned(),
        (last, first) => format!("{last}, {first}"),
    }
}
