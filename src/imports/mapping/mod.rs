//! Columns of any list as fields of contacts: the rules behind the page on which a coordinator says what each column holds.
//!
//! [`suggest()`] proposes a field for each column, [`Mapping`] holds the choices, and [`Rules`] reads the rows by them.
//! [`after()`] gives a contact's values after the import, and [`Tally`] counts what the reading corrected. Nothing here depends
//! on the web or the database.

mod clean;
mod form;
mod headings;
mod list_row;
mod name;
mod outcome;
mod phones;
mod plan;
mod row;
mod rules;
mod suggest;
mod tally;
mod target;
mod words;

pub use clean::Cleaning;
pub use list_row::ListRow;
pub(in crate::imports) use name::split as split_name;
pub use outcome::{Values, after, changes};
pub use plan::{
    Blank, Choice, HeadingDifference, Mapping, MappingFault, MatchKey, Mode, OnAmbiguous, Policy,
};
pub use row::{CellFault, Given, is_blank_row, read};
pub use rules::{Book, CustomColumn, Rules};
pub use suggest::{lost_zeros, suggest};
pub use tally::Tally;
pub use target::Target;
pub use words::civility;
