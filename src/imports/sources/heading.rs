//! The row of the headings, and what the columns have below it.

use std::collections::HashSet;

use super::ColumnSeen;
use crate::domain::{fold, is_blank};

/// Rows among which the headings are looked for.
const TOP: usize = 50;
/// Bytes of these rows that are kept.
const TOP_BYTES: usize = 4 * 1024 * 1024;
/// Characters of a heading and of a sample.
const SHOWN: usize = 100;
const SAMPLES: usize = 3;

/// Words of headings, folded. They tell headings from names where all columns have words only.
const WORDS: [&str; 44] = [
    "adresse",
    "address",
    "civilite",
    "code",
    "commune",
    "company",
    "contact",
    "country",
    "courriel",
    "date",
    "email",
    "entreprise",
    "first",
    "fonction",
    "genre",
    "id",
    "last",
    "mail",
    "mobile",
    "name",
    "nom",
    "note",
    "notes",
    "numero",
    "organisation",
    "organization",
    "organisme",
    "pays",
    "phone",
    "portable",
    "poste",
    "prenom",
    "region",
    "remarque",
    "rue",
    "service",
    "site",
    "societe",
    "statut",
    "tel",
    "telephone",
    "titre",
    "type",
    "ville",
];

/// The columns of the rows so far.
#[derive(Default)]
pub(super) struct Survey {
    /// The first filled rows with their numbers, until the headings are found among them.
    top: Vec<(u64, Vec<String>)>,
    top_bytes: usize,
    is_decided: bool,
    begins_with_headings: bool,
    heading_row: Option<u64>,
    columns: Vec<ColumnSeen>,
}

impl Survey {
    /// A survey of rows of which the first has the headings.
    pub(super) fn with_headings() -> Self {
        Self { begins_with_headings: true, ..Self::default() }
    }

    /// Sees a row that is not empty.
    pub(super) fn see(&mut self, number: u64, cells: &[String]) {
        if self.is_decided {
            self.count(cells);
            return;
        }
        self.top_bytes += cells.iter().map(String::len).sum::<usize>();
        self.top.push((number, cells.to_vec()));
        if self.top.len() == TOP || self.top_bytes > TOP_BYTES {
            self.decide();
        }
    }

    /// Returns the columns, and the number of the row of the headings.
    pub(super) fn finish(mut self) -> (Vec<ColumnSeen>, Option<u64>) {
        if !self.is_decided {
            self.decide();
        }
        (self.columns, self.heading_row)
    }

    fn decide(&mut self) {
        self.is_decided = true;
        let top = std::mem::take(&mut self.top);
        let found = if self.begins_with_headings { Some(0) } else { find(&top) };
        if let Some((number, cells)) = found.and_then(|place| top.get(place)) {
            self.heading_row = Some(*number);
            self.widen(cells.len());
            for (column, cell) in self.columns.iter_mut().zip(cells) {
                column.heading = shown(cell);
            }
        }
        for (_, cells) in top.iter().skip(found.map_or(0, |place| place + 1)) {
            self.count(cells);
        }
    }

    fn count(&mut self, cells: &[String]) {
        self.widen(cells.len());
        for (column, cell) in self.columns.iter_mut().zip(cells).filter(|(_, cell)| !is_blank(cell)) {
            column.filled += 1;
            if column.samples.len() < SAMPLES {
                let sample = shown(cell);
                if !column.samples.contains(&sample) {
                    column.samples.push(sample);
                }
            }
        }
    }

    fn widen(&mut self, width: usize) {
        if width > self.columns.len() {
            self.columns.resize(width, ColumnSeen::default());
        }
    }
}

fn shown(cell: &str) -> String {
    cell.trim().chars().take(SHOWN).collect()
}

/// Returns the place of the headings among the first rows. They are the first row that is nearly as wide as
/// the table: rows above it are a title.
fn find(top: &[(u64, Vec<String>)]) -> Option<usize> {
    let width = top.iter().map(|(_, cells)| filled(cells)).max()?;
    let place = top.iter().position(|(_, cells)| filled(cells) * 5 >= width * 3)?;
    let below: Vec<&[String]> = top[place + 1..].iter().map(|(_, cells)| cells.as_slice()).collect();
    are_headings(&top[place].1, &below).then_some(place)
}

fn filled(cells: &[String]) -> usize {
    cells.iter().filter(|cell| !is_blank(cell)).count()
}

/// Returns `true` if a row has names of columns: different words, unlike the values below.
fn are_headings(cells: &[String], below: &[&[String]]) -> bool {
    let names: Vec<String> =
        cells.iter().filter(|cell| !is_blank(cell)).map(|cell| fold(cell.trim())).collect();
    if names.iter().any(|name| is_value(name)) {
        return false;
    }
    let different: HashSet<&String> = names.iter().collect();
    if different.len() * 3 < names.len() * 2 {
        return false;
    }
    below.is_empty() || names.iter().any(|name| has_heading_word(name)) || has_values(below, cells.len())
}

/// Returns `true` if the filled cells of a column are mostly values that a heading never is.
fn has_values(below: &[&[String]], width: usize) -> bool {
    (0..width).any(|column| {
        let cells = below.iter().filter_map(|cells| cells.get(column)).filter(|cell| !is_blank(cell));
        let (count, values) =
            cells.fold((0, 0), |(count, values), cell| (count + 1, values + usize::from(is_value(cell))));
        values * 2 > count
    })
}

fn has_heading_word(name: &str) -> bool {
    name.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// Returns `true` for an e-mail address, a URL, and a text with more digits than letters: a number, a phone
/// number, a date.
fn is_value(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    cell.contains('@') || cell.starts_with("http") || digits > letters
}
