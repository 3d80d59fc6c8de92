//! A list of any kind, whose columns somebody has mapped to fields. Its stored file has the rows ([`super::sources`]), which are
//! read by the rules of its mapping ([`super::mapping`]).

mod ahead;
mod find;
mod held;
mod holders;
mod load;
mod names;
mod noted;
mod reader;
mod recipients;
mod write;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufReader, Read};

pub use ahead::Ahead;
pub use find::{Doubt, Meant, Outcome, find, withdrawn};
pub use load::{load, load_what_is_left, of_mapping};
pub use reader::{MappedRow, RowsReader, cells};
pub use recipients::{of_recipients, row_of};
pub use write::{write, write_decided};

use super::check::Stop;
use super::files::StoredFile;
use super::findings::int;
use super::format::{Diagnosis, Refusal};
use super::import::{Counts, Import};
use super::journal::ImportChanges;
use super::list_kind::{ListKind, Verdict};
use super::mapping::{Blank, Mode, OnAmbiguous, Policy, Rules, Target, Values, after, changes, is_blank_row};
use super::preview::lines::LinePlace;
use super::preview::{Effect, FieldChange, PlannedEffect, PreviewRow, ShownContact};
use crate::book::external_ids::Source;
use crate::book::whole::WholeContact;
use crate::db::AnyConnection;
use crate::domain::{BookId, Country, EXTERNAL_ID, Fault, Field, Phone};
use crate::error::AppResult;
use crate::jobs::JobContext;

/// The fewest values that a doubtful row empties: one or two are corrections.
const FEWEST_EMPTIED: usize = 3;

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
    /// Set for the strict list, whose rows bring contacts back from the trash.
    restores: bool,
    /// Set if a row that would empty most of a contact is doubtful. The bounds of a profile judge the whole list instead.
    is_bounded: bool,
}

impl ListKind for Mapped {
    type Row = MappedRow;
    type Known = Meant;
    type Reader = RowsReader;
    type Ahead = Ahead;

    fn open(&self, source: BufReader<StoredFile>) -> Result<RowsReader, Stop> {
        Ok(self.reader(source))
    }

    fn read_again(&self, line: &[u8]) -> Option<MappedRow> {
        reader::read_again(line, &self.rules, &self.organizations)
    }

    fn cells(&self, line: &[u8], _faults: &[&Fault]) -> Option<Vec<String>> {
        cells(line).filter(|cells| !is_blank_row(cells))
    }

    fn cell_of(&self, column: i64) -> i64 {
        column
    }

    fn judge(&self, cells: &[String], place: LinePlace) -> Verdict<MappedRow> {
        reader::judge_cells(cells, &self.rules, &self.organizations, place)
    }

    fn read_corrected(&self, cells: &[String]) -> Option<MappedRow> {
        reader::read_cells(cells, &self.rules, &self.organizations)
    }

    /// The contact that this program wrote, else the e-mail, the external id, or the name with the first number.
    fn identity<'r>(&self, row: &'r MappedRow) -> Option<Cow<'r, str>> {
        if let Some(own) = &row.row.own {
            return Some(format!("own\n{}", own.uid()).into());
        }
        if let Some(key) = row.email_key() {
            return Some(key.into());
        }
        if let Some(id) = find::identities_of_ids(&row.row).next() {
            return Some(id.into());
        }
        let number = row.numbers().first()?;
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

    fn effect(&self, known: Option<&Meant>, _row: &MappedRow) -> PlannedEffect {
        let mode = self.rules.mapping().mode;
        match known {
            None if mode == Mode::Update => PlannedEffect { effect: Effect::Unmatched, contact: None },
            None => PlannedEffect { effect: Effect::Created, contact: None },
            Some(Meant::Doubtful { .. }) => PlannedEffect { effect: Effect::Held, contact: None },
            Some(Meant::Contact { whole, new_notes, outcome, .. }) => {
                let effect = if mode == Mode::Create {
                    Effect::Unchanged
                } else if whole.contact.deleted_at.is_some() {
                    Effect::Restored
                } else if !new_notes.is_empty() || !outcome.changes.is_empty() {
                    Effect::Updated
                } else {
                    Effect::Unchanged
                };
                PlannedEffect { effect, contact: Some((whole.contact.id, whole.contact.version)) }
            }
        }
    }

    fn emptied(&self, known: Option<&Meant>, _row: &MappedRow) -> i64 {
        match known {
            Some(Meant::Contact { outcome, .. }) => {
                int(outcome.changes.iter().filter(|change| change.new.is_empty()).count() as u64)
            }
            _ => 0,
        }
    }

    fn show(&self, known: Option<&Meant>, row: &MappedRow) -> PreviewRow {
        let own = known.map(|meant| meant.own_row(row));
        let row = own.as_deref().unwrap_or(row);
        let (contact, outcome) = if let Some(Meant::Contact { whole, outcome, .. }) = known {
            (Some(whole), outcome.clone())
        } else {
            let values = self.after(None, row);
            let changes = changes(&Values::default(), &values, self.source_name());
            (None, Outcome { values, changes })
        };
        let get = |field| outcome.values.details.get(field).to_owned();
        let shown = outcome.changes.iter();
        let mut shown: Vec<FieldChange> =
            shown.map(|change| FieldChange::new(&*change.field, &*change.old, &*change.new)).collect();
        let note = |text: &str| FieldChange::new("note", "", text);
        match known {
            Some(Meant::Contact { new_notes, .. }) => shown.extend(new_notes.iter().map(|text| note(text))),
            _ => shown.extend(row.row.notes().map(note)),
        }
        PreviewRow {
            name: name_of(&get(Field::LastName), &get(Field::FirstName), &get(Field::Email)),
            email: get(Field::Email),
            service: get(Field::Service),
            phone: Field::PHONES.into_iter().map(get).find(|phone| !phone.is_empty()).unwrap_or_default(),
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

    fn rejects_doubtful(&self) -> bool {
        self.rules.mapping().on_ambiguous == OnAmbiguous::Reject
    }

    fn read_ahead(&self, conn: &mut AnyConnection, rows: &[MappedRow]) -> AppResult<Ahead> {
        Ahead::of(conn, self, rows)
    }

    fn append(ahead: &mut Ahead, next: Ahead) {
        ahead.append(next);
    }

    fn write(
        &self,
        conn: &mut AnyConnection,
        import: &Import,
        rows: &[MappedRow],
        ahead: &mut Ahead,
        journal: &mut ImportChanges,
    ) -> AppResult<Counts> {
        write::write(conn, self, import, rows, ahead, journal)
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

    /// The values of a row by their names in the history: those that are not empty, and those that empty a contact's value.
    pub fn given(&self, row: &MappedRow) -> Vec<(String, String)> {
        let clears = self.rules.mapping().blank == Blank::Clear;
        let named = row.row.given.iter().filter_map(|given| {
            let value = given.value.clone().unwrap_or_default();
            if value.is_empty() && !(clears && given.policy == Policy::Replace) {
                return None;
            }
            let name = match given.target {
                Target::ExternalId => format!("{EXTERNAL_ID}{}", self.source_name()),
                _ => given.target.form_name(),
            };
            Some((name, value))
        });
        named.collect()
    }

    /// The values of a contact that an import can change.
    fn values(&self, whole: &WholeContact) -> Values {
        Values {
            details: whole.details.clone(),
            topics: whole.contact.topics.clone(),
            languages: whole.contact.languages.clone(),
            external_ids: self.external_ids(whole),
        }
    }

    /// The ids of a contact in the sources of the list.
    fn external_ids(&self, whole: &WholeContact) -> BTreeMap<Target, Vec<String>> {
        let mut external_ids: BTreeMap<Target, Vec<String>> = BTreeMap::new();
        for id in &whole.external_ids {
            for (target, _) in self.sources.iter().filter(|(_, source)| *source == id.source) {
                external_ids.entry(target.clone()).or_default().push(id.value.clone());
            }
        }
        external_ids
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
        for phone in Field::PHONES {
            let (old, new) = (before.details.get(phone), values.details.get(phone));
            if old != new && is_same_number(old, new, self.default) {
                values.details.set(phone, old);
            }
        }
        values
    }

    /// Returns `true` if a row empties at least three values of a contact, and more than half of those that it has in the columns of
    /// the list. Civility, e-mail and external id do not count: a list that has lost its columns still has its keys.
    fn empties_most(&self, before: &Values, after: &Values, row: &MappedRow) -> bool {
        let mapping = self.rules.mapping();
        if !self.is_bounded || mapping.blank != Blank::Clear || mapping.mode == Mode::Create {
            return false;
        }
        let counting = row.row.given.iter().map(|given| &given.target).filter(|target| {
            !matches!(
                target,
                Target::Field(Field::Civility | Field::Email | Field::Expert | Field::Copy | Field::Transfer)
                    | Target::ExternalId
                    | Target::Note
            )
        });
        let filled: Vec<&Target> = counting.filter(|target| !before.is_empty_at(target)).collect();
        let emptied = filled.iter().filter(|target| after.is_empty_at(target)).count();
        emptied >= FEWEST_EMPTIED && 2 * emptied > filled.len()
    }

    /// A contact with these values after a row.
    fn outcome(&self, before: &Values, row: &MappedRow) -> Outcome {
        let values = self.after_known(before, row);
        let changes = changes(before, &values, self.source_name());
        Outcome { values, changes }
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
