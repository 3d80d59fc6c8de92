//! Reads the stored rows of a list.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read};
use std::sync::OnceLock;

use crate::book::organizations;
use crate::domain::{Country, Fault, Field, tidy_prefix, unguarded};
use crate::imports::files::StoredFile;
use crate::imports::findings::int;
use crate::imports::format::ReadError;
use crate::imports::list_kind::{FoundFault, Line, LineReader, Verdict};
use crate::imports::mapping::{ListRow, Rules, Target, is_blank_row, read};
use crate::imports::preview::lines::LinePlace;
use crate::imports::sources::rows_file::read_row;

/// The longest line of a rows file, in bytes: a record of 1 MiB whose every character is escaped.
const LONGEST: u64 = 8 * 1024 * 1024;
/// Characters of an organization's name that a fault shows.
const SHOWN: usize = 100;
/// The most names that are offered instead of an unknown one.
const NEAREST: usize = 3;

/// A row with its place in the stored rows, and the values by which it finds its contact. They are computed once, and only if they
/// are needed: reading numbers takes longer than anything else about a row.
#[derive(Debug, Clone)]
pub struct MappedRow {
    pub row: ListRow,
    pub place: LinePlace,
    email_key: OnceLock<Option<String>>,
    name_key: OnceLock<Option<String>>,
    numbers: OnceLock<Vec<String>>,
    default: Country,
}

impl MappedRow {
    pub(super) fn new(row: ListRow, rules: &Rules, place: LinePlace) -> Self {
        let default = rules.default_country();
        let (email_key, name_key, numbers) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { row, place, email_key, name_key, numbers, default }
    }

    /// The row with another place.
    pub fn at(self, place: LinePlace) -> Self {
        Self { place, ..self }
    }

    /// See [`ListRow::email_key`].
    pub fn email_key(&self) -> Option<&str> {
        self.email_key.get_or_init(|| self.row.email_key()).as_deref()
    }

    /// See [`ListRow::name_key`].
    pub fn name_key(&self) -> Option<&str> {
        self.name_key.get_or_init(|| self.row.name_key()).as_deref()
    }

    /// See [`ListRow::numbers`].
    pub fn numbers(&self) -> &[String] {
        self.numbers.get_or_init(|| self.row.numbers(self.default))
    }

    /// Leaves the value for a target out.
    pub fn give_up(&mut self, target: &Target) {
        self.row.give_up(target);
        (self.email_key, self.name_key, self.numbers) = Default::default();
    }
}

/// Reads rows by the rules of a mapping.
pub struct RowsReader<R: Read = StoredFile> {
    source: BufReader<R>,
    rules: Rules,
    organizations: HashMap<String, String>,
    number: u64,
    offset: u64,
    line: Vec<u8>,
}

impl<R: Read> RowsReader<R> {
    pub fn new(source: BufReader<R>, rules: Rules, organizations: HashMap<String, String>) -> Self {
        Self { source, rules, organizations, number: 0, offset: 0, line: Vec::new() }
    }

    fn judge(&mut self, place: LinePlace) -> Verdict<MappedRow> {
        let heading = self.rules.mapping().heading_row.unwrap_or_default();
        let cells = cells(&self.line);
        match cells {
            // A line that an erasure has blanked is no row.
            None => Verdict::Empty,
            Some(cells) if is_blank_row(&cells) => Verdict::Empty,
            Some(_) if self.number <= heading => Verdict::Header,
            Some(cells) => match judge(&cells, &self.rules, &self.organizations) {
                Ok((row, new)) => {
                    self.organizations.extend(new);
                    Verdict::Valid(MappedRow::new(row, &self.rules, place))
                }
                Err(faults) => Verdict::Rejected(faults),
            },
        }
    }
}

impl<R: Read> LineReader for RowsReader<R> {
    type Row = MappedRow;

    fn next_line(&mut self) -> Result<Option<Line<MappedRow>>, ReadError> {
        let start = self.offset;
        self.line.clear();
        let length = self.source.by_ref().take(LONGEST).read_until(b'\n', &mut self.line)? as u64;
        if length == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.offset += length;
        let place = LinePlace { number: int(self.number), start: int(start), length: int(length) };
        let verdict = self.judge(place);
        Ok(Some(Line { number: self.number, start, length, verdict }))
    }

    fn offset(&self) -> u64 {
        self.offset
    }
}

/// Reads one line that was valid before.
pub fn read_again(line: &[u8], rules: &Rules, organizations: &HashMap<String, String>) -> Option<MappedRow> {
    read_cells(&cells(line)?, rules, organizations)
}

/// Like [`read_again`], for the cells of a corrected line.
pub fn read_cells(
    cells: &[String],
    rules: &Rules,
    organizations: &HashMap<String, String>,
) -> Option<MappedRow> {
    let mut row = read(cells, rules).ok()?;
    // An organization that is no longer there is found when the row is written.
    let _ = place_organization(&mut row, rules, organizations);
    Some(MappedRow::new(row, rules, LinePlace { number: 0, start: 0, length: 0 }))
}

/// The cells of a stored line, without the sign that an export writes before a cell that a spreadsheet would run; `None` for a line
/// that was blanked.
pub fn cells(line: &[u8]) -> Option<Vec<String>> {
    let cells = read_row(line)?;
    let plain = |cell: String| match unguarded(&cell) {
        Cow::Borrowed(_) => cell,
        Cow::Owned(plain) => plain,
    };
    Some(cells.into_iter().map(plain).collect())
}

/// Judges the cells of a corrected line.
pub fn judge_cells(
    cells: &[String],
    rules: &Rules,
    organizations: &HashMap<String, String>,
    place: LinePlace,
) -> Verdict<MappedRow> {
    if is_blank_row(cells) {
        return Verdict::Empty;
    }
    match judge(cells, rules, organizations) {
        Ok((row, _)) => Verdict::Valid(MappedRow::new(row, rules, place)),
        Err(faults) => Verdict::Rejected(faults),
    }
}

/// A row, and the organization that it adds, with its key.
type Judged = (ListRow, Option<(String, String)>);

fn judge(
    cells: &[String],
    rules: &Rules,
    organizations: &HashMap<String, String>,
) -> Result<Judged, Vec<FoundFault>> {
    let mut row = read(cells, rules).map_err(|faults| {
        let found = faults.into_iter().map(|fault| FoundFault {
            column: Some(int(fault.column as u64)).filter(|column| *column > 0),
            value: fault.shown,
            fault: fault.fault,
        });
        found.collect::<Vec<FoundFault>>()
    })?;
    let new = place_organization(&mut row, rules, organizations).map_err(|fault| vec![fault])?;
    Ok((row, new))
}

/// Gives the organization of a row the spelling of the book. Returns a new one with its key, if the mapping creates organizations.
fn place_organization(
    row: &mut ListRow,
    rules: &Rules,
    organizations: &HashMap<String, String>,
) -> Result<Option<(String, String)>, FoundFault> {
    let target = Target::Field(Field::Organization);
    let Some(given) = row.given.iter_mut().find(|given| given.target == target) else {
        return Ok(None);
    };
    let Some(name) = given.value.as_mut() else {
        return Ok(None);
    };
    let key = organizations::name_key(name);
    if let Some(known) = organizations.get(&key) {
        known.clone_into(name);
        return Ok(None);
    }
    if rules.mapping().create_organizations && !key.is_empty() {
        return Ok(Some((key, name.clone())));
    }
    Err(FoundFault {
        column: rules.mapping().column_of(&target).map(|column| int(column as u64)),
        value: tidy_prefix(name, SHOWN),
        fault: Fault::UnknownOrganization { nearest: nearest(&key, organizations) },
    })
}

/// The names of the book that are nearest to an unknown one.
fn nearest(key: &str, organizations: &HashMap<String, String>) -> Vec<String> {
    let mut near: Vec<(f64, &String)> = organizations
        .iter()
        .map(|(known, name)| (strsim::jaro_winkler(key, known), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    near.into_iter().take(NEAREST).map(|(_, name)| name.clone()).collect()
}
