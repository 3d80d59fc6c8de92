//! What the page shows before anything is applied.

use serde::{Deserialize, Serialize};

use super::row::{Cleaned, is_blank_row};
use super::{CellFault, Cleaning, ListRow};
use crate::domain::{Fault, Field};

/// The counts of a list's reading, row by row. Its size depends on the number of columns, not on that of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// All rows, including blank and faulty ones.
    pub rows: u64,
    /// Rows without any value, which are skipped.
    pub blank: u64,
    pub faulty: u64,
    /// Rows without faults and without a work e-mail.
    pub without_email: u64,
    /// By column, then by kind.
    pub cleanings: Vec<Count>,
    /// By column.
    pub faults: Vec<FaultCount>,
}

/// The corrections of one kind in a column, with the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// From 1.
    pub column: usize,
    pub kind: Cleaning,
    pub count: u64,
    pub before: String,
    pub after: String,
}

/// The faults of a column, with the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultCount {
    /// From 1; 0 for whole rows.
    pub column: usize,
    pub count: u64,
    pub shown: String,
    pub fault: Fault,
}

impl Tally {
    /// Counts a row, given its cells and what [`super::read`] made of them. The faults of a blank row are not counted.
    pub fn add(&mut self, cells: &[String], read: &Result<ListRow, Vec<CellFault>>) {
        self.rows += 1;
        if is_blank_row(cells) {
            self.blank += 1;
            return;
        }
        match read {
            Ok(row) => {
                self.without_email += u64::from(row.field(Field::Email).is_empty());
                for cleaned in &row.cleanings {
                    self.add_cleaning(cleaned);
                }
            }
            Err(faults) => {
                self.faulty += 1;
                for fault in faults {
                    self.add_fault(fault);
                }
            }
        }
    }

    fn add_cleaning(&mut self, cleaned: &Cleaned) {
        let key = (cleaned.column, cleaned.kind);
        match self.cleanings.binary_search_by_key(&key, |known| (known.column, known.kind)) {
            Ok(at) => self.cleanings[at].count += 1,
            Err(at) => {
                let Cleaned { column, kind, before, after } = cleaned.clone();
                self.cleanings.insert(at, Count { column, kind, count: 1, before, after });
            }
        }
    }

    fn add_fault(&mut self, cell: &CellFault) {
        match self.faults.binary_search_by_key(&cell.column, |known| known.column) {
            Ok(at) => self.faults[at].count += 1,
            Err(at) => {
                let CellFault { column, shown, fault } = cell.clone();
                self.faults.insert(at, FaultCount { column, count: 1, shown, fault });
            }
        }
    }
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
