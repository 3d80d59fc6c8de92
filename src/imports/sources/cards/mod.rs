//! Contact cards: vCard 2.1, 3.0 and 4.0, as phones, mail programs and this program write them.
//!
//! The rows file has a heading row, the names of the form's controls in the order of [`COLUMNS`], so
//! card *n* is row *n* + 1. A column that no card fills is left out; to know these, the file is read twice.
//! One card is in memory at a time, without its photo.

mod columns;
mod contact;
mod cutter;
mod property;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};

use super::fault::{ConvertError, SourceFault};
use super::rows::Rows;
use super::text::{Text, find_encoding};
use super::{Encoding, Facts};
use columns::COLUMNS;
use contact::Contact;
use cutter::{Cutter, LARGE, OUTLOOK_PHOTO};

use crate::domain::escaped;

/// The most names of properties without a column that are kept; the others are counted together.
const MAX_DROPPED: usize = 50;

pub(super) fn read<W: Write, P: FnMut(u64) -> io::Result<()>>(
    file: &File,
    rows: &mut Rows<'_, W, P>,
) -> Result<Facts, ConvertError> {
    let (encoding, mark) = find_encoding(file, rows)?;
    let mut facts = Facts { encoding: Some(encoding), ..Facts::default() };
    let mut is_filled = [false; COLUMNS.len()];
    let mut dropped = BTreeMap::new();
    let (mut cards, mut further) = (0_u64, 0_u64);
    facts.is_own = true;
    let passed = each(file, encoding, mark, |contact| {
        cards += 1;
        facts.is_own &= contact.is_own;
        for (is_filled, value) in is_filled.iter_mut().zip(&contact.values) {
            *is_filled |= !value.is_empty();
        }
        for name in contact.dropped {
            if dropped.len() < MAX_DROPPED || dropped.contains_key(&name) {
                *dropped.entry(name).or_default() += 1;
            } else {
                further += 1;
            }
        }
        if cards.is_multiple_of(1_000) { Ok(rows.report()?) } else { Ok(()) }
    })?;
    if cards == 0 {
        return Err(SourceFault::Empty.into());
    }
    for (name, count) in LARGE.into_iter().zip(passed).filter(|(_, count)| *count > 0) {
        if ["PHOTO", OUTLOOK_PHOTO].contains(&name) {
            facts.photos += count;
        } else {
            dropped.insert(name.to_owned(), count);
        }
    }
    facts.dropped = dropped.into_iter().collect();
    if further > 0 {
        facts.dropped.push(("…".to_owned(), further));
    }
    let filled: Vec<usize> = (0..COLUMNS.len()).filter(|column| is_filled[*column]).collect();
    rows.begin_with_headings();
    for (place, column) in filled.iter().enumerate() {
        rows.set(place, COLUMNS[*column])?;
    }
    rows.end()?;
    each(file, encoding, mark, |contact| {
        for (place, column) in filled.iter().enumerate() {
            // Later steps take a guard away from every cell.
            rows.set(place, &escaped(&contact.values[*column]))?;
        }
        rows.end()
    })?;
    Ok(facts)
}

/// Gives the contact of each card to `take`, and returns the numbers of the properties that were passed over.
fn each(
    file: &File,
    encoding: Encoding,
    mark: usize,
    mut take: impl FnMut(Contact) -> Result<(), ConvertError>,
) -> Result<[u64; LARGE.len()], ConvertError> {
    let mut text = Text::new(file, encoding, mark)?;
    let mut cutter = Cutter::default();
    while let Some(piece) = text.next_piece()? {
        cutter.read(piece, &mut |card| take(Contact::of(card)))?;
    }
    cutter.finish(&mut |card| take(Contact::of(card)))?;
    Ok(cutter.passed)
}

#[cfg(test)]
mod tests;
