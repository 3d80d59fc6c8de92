//! The list that the page shows, and what its buttons do.

use diesel::prelude::*;

use crate::audit::{self, Entry, Kind};
use crate::book::contact_types::{self, ContactType, CustomField};
use crate::book::external_ids::{self, Source};
use crate::db::schema::{import_mappings, imports};
use crate::db::{AnyConnection, Json};
use crate::error::{AppError, AppResult};
use crate::imports::corrections;
use crate::imports::files;
use crate::imports::import::{Counts, Import, State};
use crate::imports::left_out;
use crate::imports::mapped;
use crate::imports::mapping::{Choice, Mapping, MappingFault, Tally, lost_zeros, read, suggest};
use crate::imports::profiles::{self, Added, Near};
use crate::imports::sources::{ColumnSeen, SourceKind, Table};
use crate::imports::store;
use crate::jobs;

/// Different values of a column that the page shows.
const SAMPLES: usize = 3;
/// Different values of a column from which a field is proposed.
const LOOKED_AT: usize = 20;
/// Characters of a value that the page shows.
const SHOWN: usize = 60;
/// The longest heading, in characters, as when the list was read.
const HEADING: usize = 100;

/// A list whose columns are being mapped.
pub struct ShownList {
    pub import: Import,
    pub table: Table,
    pub mapping: Mapping,
    pub types: Vec<ContactType>,
    /// The fields of the chosen contact type.
    pub fields: Vec<CustomField>,
    pub sources: Vec<Source>,
    /// What the reading of the first rows would correct.
    pub tally: Tally,
    /// Set if the list has more rows than were read for the page.
    pub is_partial: bool,
    /// A profile with nearly the same headings, while no choices are stored.
    pub near: Option<Near>,
}

impl ShownList {
    /// Returns `None` for an import that does not wait for its columns. `typed` are choices that were sent.
    pub fn load(conn: &mut AnyConnection, id: i64, typed: Option<Mapping>) -> AppResult<Option<Self>> {
        let import = store::find(conn, id)?;
        let Some((mut table, stored)) = waiting(conn, &import)? else {
            return Ok(None);
        };
        let (rows, is_partial) = first_rows(conn, &import)?;
        let below = usize::try_from(table.heading_row.unwrap_or_default()).unwrap_or_default();
        let values = gather(&mut table, rows.get(below..).unwrap_or_default());
        let offered = contact_types::types_in_use(conn)?;
        let sources = external_ids::sources(conn)?;
        let chosen = typed.as_ref().or(stored.as_ref()).and_then(|mapping| mapping.contact_type);
        let is_exact = typed.as_ref().or(stored.as_ref()).is_some_and(|mapping| mapping.exact);
        let mut fields = Vec::new();
        for known in offered.iter().filter(|known| is_exact || Some(known.id) == chosen) {
            fields.extend(contact_types::fields_in_use(conn, known)?);
        }
        let near = if stored.is_none() { profiles::nearest(conn, &table)? } else { None };
        let mapping = match typed.or(stored) {
            Some(mapping) => mapping,
            None => proposed(&table, &values, &fields, &sources),
        };
        let tally = match profiles::list_of(conn, mapping.clone())? {
            Some(list) => {
                let mut tally = Tally::default();
                for row in rows.get(below..).unwrap_or_default() {
                    tally.add(row, &read(row, list.rules()));
                }
                tally
            }
            None => Tally::default(),
        };
        Ok(Some(Self { import, table, mapping, types: offered, fields, sources, tally, is_partial, near }))
    }
}

/// What is known of the list of an import that waits for its columns, and the choices so far.
fn waiting(conn: &mut AnyConnection, import: &Import) -> AppResult<Option<(Table, Option<Mapping>)>> {
    let is_waiting = matches!(import.state, State::Mapping | State::Deciding) && import.rows_size.is_some();
    if !is_waiting || import.list == Some(SourceKind::Vcard) {
        return Ok(None);
    }
    let known: Option<(Json<Table>, Json<Option<Mapping>>)> = import_mappings::table
        .find(import.id)
        .select((import_mappings::source, import_mappings::mapping))
        .first(conn)
        .optional()?;
    Ok(known.map(|(Json(table), Json(mapping))| (table, mapping)))
}

/// The list of an import, if it waits for its columns.
pub fn source(conn: &mut AnyConnection, id: i64) -> AppResult<Option<Table>> {
    let import = store::find(conn, id)?;
    Ok(waiting(conn, &import)?.map(|(table, _)| table))
}

/// The rows in the first piece of the stored rows, and `true` if there are more.
fn first_rows(conn: &mut AnyConnection, import: &Import) -> AppResult<(Vec<Vec<String>>, bool)> {
    let bytes = files::piece(conn, import.file_id, 0)?.unwrap_or_default();
    let is_partial = (bytes.len() as i64) < import.stored_size();
    let whole = match bytes.iter().rposition(|byte| *byte == b'\n') {
        Some(end) => &bytes[..=end],
        None => &[],
    };
    let lines = whole.split_inclusive(|byte| *byte == b'\n');
    Ok((lines.map(|line| mapped::cells(line).unwrap_or_default()).collect(), is_partial))
}

/// Adds their first values to the columns, and returns more of them, to propose fields.
fn gather(table: &mut Table, rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut values: Vec<Vec<String>> = vec![Vec::new(); table.columns.len()];
    for row in rows {
        for (known, value) in values.iter_mut().zip(row) {
            if known.len() < LOOKED_AT && !value.trim().is_empty() && !known.contains(value) {
                known.push(value.clone());
            }
        }
    }
    for (ColumnSeen { samples, .. }, values) in table.columns.iter_mut().zip(&values) {
        *samples = values.iter().take(SAMPLES).map(|value| value.chars().take(SHOWN).collect()).collect();
    }
    values
}

/// The choices that the headings and the values suggest.
fn proposed(table: &Table, values: &[Vec<String>], fields: &[CustomField], sources: &[Source]) -> Mapping {
    let columns: Vec<(&str, &[String])> = table
        .columns
        .iter()
        .zip(values)
        .map(|(column, values)| (column.heading.as_str(), values.as_slice()))
        .collect();
    let custom: Vec<(&str, &str)> =
        fields.iter().map(|field| (field.key.as_str(), field.label.as_str())).collect();
    let targets = suggest(&columns, &custom);
    let postal_zeros = targets.iter().zip(values).any(|(target, values)| {
        target.as_ref().is_some_and(|target| target.form_name() == "postal_code") && lost_zeros(values)
    });
    Mapping {
        headings: table.headings(),
        columns: targets.into_iter().map(|target| Choice { target, ..Choice::default() }).collect(),
        source: sources.first().map(|source| source.id),
        capitals: true,
        postal_zeros,
        heading_row: table.heading_row,
        ..Mapping::default()
    }
}

/// The result of [`check`].
pub enum Answer {
    Checking,
    /// The choices cannot be applied.
    Faults(Vec<MappingFault>),
    /// No profile can be added.
    TooManyProfiles,
    /// The import has been decided or cancelled.
    TooLate,
}

/// Stores the choices, and checks the list with them. They are kept as a profile too, if it has a name.
///
/// # Errors
/// `Taken(ImportProfileName)` if another profile has the name, [`AppError::NotFound`] if the choices name a contact type or a source
/// that does not exist. Then nothing is stored.
pub fn check(
    conn: &mut AnyConnection,
    id: i64,
    mapping: Mapping,
    profile: Option<&str>,
    account: i64,
) -> AppResult<Answer> {
    if let Err(faults) = mapped::of_mapping(conn, mapping.clone())? {
        return Ok(Answer::Faults(faults));
    }
    if source(conn, id)?.is_none() {
        return Ok(Answer::TooLate);
    }
    let profile = match profile.map(|name| profiles::add(conn, name, &mapping, account)).transpose()? {
        Some(Added::TooMany) => return Ok(Answer::TooManyProfiles),
        Some(Added::Yes(id)) => Some(id),
        None => None,
    };
    check_again(conn, id, &mapping, profile, account)?;
    Ok(Answer::Checking)
}

/// Checks a list with the proposed choices, as the page does if nobody changes them.
///
/// # Errors
/// [`AppError::Overtaken`] if the import does not wait for its columns, or the proposals cannot be applied.
pub fn accept_proposed(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<()> {
    let shown = ShownList::load(conn, id, None)?.ok_or(AppError::Overtaken)?;
    match check(conn, id, shown.mapping, None, account)? {
        Answer::Checking => Ok(()),
        Answer::Faults(_) | Answer::TooManyProfiles | Answer::TooLate => Err(AppError::Overtaken),
    }
}

/// Lets the dropped properties of cards become a note of each contact, or no longer, and checks the cards again. Returns `false` if
/// the import does not wait for a decision.
pub fn keep_dropped(conn: &mut AnyConnection, id: i64, keep: bool, account: i64) -> AppResult<bool> {
    let import = store::find(conn, id)?;
    if import.state != State::Deciding || import.list != Some(SourceKind::Vcard) {
        return Ok(false);
    }
    let Json(table): Json<Table> =
        import_mappings::table.find(id).select(import_mappings::source).first(conn)?;
    check_again(conn, id, &left_out::mapping_of_cards(&table, keep), None, account)?;
    Ok(true)
}

/// Stores choices, and queues the check.
fn check_again(
    conn: &mut AnyConnection,
    id: i64,
    mapping: &Mapping,
    profile: Option<i64>,
    account: i64,
) -> AppResult<()> {
    let waiting = imports::state
        .eq(State::Deciding.as_str())
        .or(imports::state.eq(State::Checking.as_str()).and(imports::awaits_columns));
    let mapped = imports::table.find(id).filter(imports::rows_size.is_not_null()).filter(waiting);
    let changed = diesel::update(mapped)
        .set((
            imports::state.eq(State::Checking.as_str()),
            imports::awaits_columns.eq(false),
            imports::preview.eq(true),
            imports::profile_id.eq(profile),
            imports::decided_by.eq(None::<i64>),
            imports::foreseen.eq(None::<String>),
        ))
        .execute(conn)?;
    if changed == 0 {
        // The profile is taken back with the transaction.
        return Err(AppError::Overtaken);
    }
    store::forget_counts(conn, id)?;
    diesel::update(import_mappings::table.find(id))
        .set(import_mappings::mapping.eq(serde_json::to_string(mapping)?))
        .execute(conn)?;
    let import = store::find(conn, id)?;
    let entry = Entry::new(Kind::ImportMapped, Some(account)).import(Some(id)).subject(&import.name);
    audit::record(conn, &[entry])?;
    jobs::enqueue(conn, import.job(), id)
}

/// Reads the file of a strict import that has written nothing as a list of any kind. Returns `false` if it is too late.
pub fn read_as_list(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<bool> {
    let strict = imports::table
        .find(id)
        .filter(imports::list.is_null())
        .filter(imports::state.eq_any([State::Deciding.as_str(), State::Refused.as_str()]));
    let changed = diesel::update(strict)
        .set((
            imports::state.eq(State::Checking.as_str()),
            imports::awaits_columns.eq(true),
            imports::list.eq(serde_json::to_string(&SourceKind::Csv)?),
            imports::refusal.eq(None::<String>),
            imports::diagnosis.eq(None::<String>),
            imports::finished_at.eq(None::<chrono::NaiveDateTime>),
            imports::cursor_line.eq(0),
            imports::cursor_byte.eq(0),
            Counts::default(),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Ok(false);
    }
    corrections::forget(conn, id)?;
    let import = store::find(conn, id)?;
    let entry = Entry::new(Kind::ImportReadAgain, Some(account)).import(Some(id)).subject(&import.name);
    audit::record(conn, &[entry])?;
    jobs::enqueue(conn, import.job(), id)?;
    Ok(true)
}

/// Reads another sheet of a workbook, or the headings from another row of the list; `None` leaves one as it is, and `Some(None)` is a
/// list without headings.
#[expect(clippy::option_option, reason = "not asked for, no headings, the headings of a row")]
pub fn read_sheet(
    conn: &mut AnyConnection,
    id: i64,
    sheet: Option<usize>,
    heading: Option<Option<u64>>,
) -> AppResult<()> {
    let import = store::find(conn, id)?;
    let Some((mut table, _)) = waiting(conn, &import)? else {
        return Ok(());
    };
    if let (Some(sheet), Some(original)) = (sheet, import.original_file_id)
        && sheet < table.sheets.len()
        && sheet != table.sheet
    {
        table.sheet = sheet;
        let unread = (
            imports::file_id.eq(original),
            imports::original_file_id.eq(None::<i64>),
            imports::rows_size.eq(None::<i64>),
        );
        if !ask_again(conn, &import, &table, Some(unread))? {
            return Ok(());
        }
        files::remove(conn, &[import.file_id])?;
        corrections::forget(conn, id)?;
        return jobs::enqueue(conn, import.job(), id);
    }
    let Some(heading) = heading.filter(|heading| *heading != table.heading_row) else {
        return Ok(());
    };
    let cells = match heading {
        None => Vec::new(),
        Some(row) => {
            let (rows, _) = first_rows(conn, &import)?;
            let place = usize::try_from(row).ok().and_then(|row| row.checked_sub(1));
            let Some(cells) = place.and_then(|place| rows.into_iter().nth(place)) else {
                return Ok(());
            };
            cells
        }
    };
    table.heading_row = heading;
    for (place, column) in table.columns.iter_mut().enumerate() {
        column.heading =
            cells.get(place).map_or_else(String::new, |cell| cell.chars().take(HEADING).collect());
    }
    ask_again(conn, &import, &table, None).map(drop)
}

/// The values that turn an import back into one whose file is not read.
type Unread = (
    diesel::dsl::Eq<imports::file_id, i64>,
    diesel::dsl::Eq<imports::original_file_id, Option<i64>>,
    diesel::dsl::Eq<imports::rows_size, Option<i64>>,
);

/// Lets an import wait for the columns of what was read in another way. Returns `false` if it is too late.
fn ask_again(
    conn: &mut AnyConnection,
    import: &Import,
    table: &Table,
    unread: Option<Unread>,
) -> AppResult<bool> {
    let waiting = imports::state
        .eq(State::Deciding.as_str())
        .or(imports::state.eq(State::Checking.as_str()).and(imports::awaits_columns));
    let here = imports::table.find(import.id).filter(imports::file_id.eq(import.file_id)).filter(waiting);
    let changed = diesel::update(here)
        .set((
            imports::state.eq(State::Checking.as_str()),
            imports::awaits_columns.eq(true),
            imports::cursor_line.eq(0),
            // Somebody is looking: a profile that fits does not go on without a question.
            imports::preview.eq(true),
            imports::profile_id.eq(None::<i64>),
            unread,
        ))
        .execute(conn)?;
    if changed == 0 {
        return Ok(false);
    }
    diesel::update(import_mappings::table.find(import.id))
        .set((
            import_mappings::source.eq(serde_json::to_string(table)?),
            import_mappings::mapping.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(true)
}
