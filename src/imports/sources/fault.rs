use std::io;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::imports::format::Kind;

/// The reason why a list is refused. Rows, columns and cards are counted from 1.
///
/// Serialized into the database: variants may be added, never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum SourceFault {
    #[error("the list has no content")]
    Empty,
    #[error("the file is not a list: {0:?}")]
    Unknown(Kind),
    #[error("the workbook is protected by a password")]
    Encrypted,
    /// The file cannot be read as what it seems to be.
    #[error("the file is damaged")]
    Damaged,
    #[error("the workbook has no such sheet")]
    NoSuchSheet,
    #[error("row {row} has more than {max} columns")]
    TooManyColumns { row: u64, max: usize },
    /// `max` is in characters.
    #[error("the cell in row {row}, column {column} has more than {max} characters")]
    CellTooLong { row: u64, column: usize, max: usize },
    /// `max` is in bytes.
    #[error("row {row} has more than {max} bytes")]
    RecordTooLong { row: u64, max: usize },
    #[error("the workbook has more than {max} filled cells")]
    TooManyCells { max: u64 },
    /// `max` is in bytes.
    #[error("the workbook has more than {max} bytes of content")]
    TooLargeUnpacked { max: u64 },
    /// `max` is in bytes.
    #[error("the workbook has more than {max} bytes")]
    TooLargePacked { max: u64 },
    /// The row in which the quote opens.
    #[error("a quote that opens in row {row} never closes")]
    QuoteNeverCloses { row: u64 },
    /// `max` is in bytes, without photos.
    #[error("card {card} has more than {max} bytes")]
    CardTooLong { card: u64, max: usize },
    #[error("card {card} does not end")]
    CardNeverEnds { card: u64 },
    /// Neither UTF-8 nor UTF-16, and not certainly a known legacy encoding; or several encodings.
    #[error("the encoding of the text is unknown")]
    Encoding,
}

/// The reason why a conversion stopped.
#[derive(Debug, Error)]
pub enum ConvertError {
    #[error(transparent)]
    Refused(#[from] SourceFault),
    #[error(transparent)]
    Io(#[from] io::Error),
}
