//! The check of a list by a profile in which nothing is stored.

use std::fs::File;
use std::io::{BufReader, BufWriter, Seek as _, Write as _};

use super::bounds::{Passed, passed};
use super::fitting::{list_of, mapping_for};
use super::store::Profile;
use super::words::unfit;
use crate::book::aliases;
use crate::db::Db;
use crate::error::AppResult;
use crate::i18n::Catalogue;
use crate::imports::check::Stop;
use crate::imports::findings::int;
use crate::imports::format::Refusal;
use crate::imports::import::Counts;
use crate::imports::list_kind::{FoundFault, LineReader as _, ListKind as _, Verdict};
use crate::imports::mapped::{Mapped, MappedRow};
use crate::imports::preview::Effect;
use crate::imports::sources::{self, ConvertError, SourceKind, Table};
use crate::imports::superseded::{LastLines, Superseded};

/// Rows looked up together.
const BATCH: usize = 2_000;

/// The result of [`run`].
pub enum Tried {
    Judged(Judged),
    /// Nothing can read the file.
    Refused(Refusal),
    /// The list has other headings than the profile, or the profile is out of date; in words.
    Unfit(String),
}

/// What an import would do.
pub struct Judged {
    pub lines: i64,
    pub counts: Counts,
    pub passed: Vec<Passed>,
}

/// Receives a faulty line: its number, the headings of the list, and each of its faults.
pub trait Tell: FnMut(i64, &[String], &FoundFault) -> AppResult<()> {}
impl<F: FnMut(i64, &[String], &FoundFault) -> AppResult<()>> Tell for F {}

/// Checks a list by a profile. The book is only read.
///
/// # Errors
/// Errors of the file, of the database and of `tell`.
pub fn run(
    db: &Db,
    t: &Catalogue,
    profile: &Profile,
    (kind, file): (SourceKind, &File),
    tell: &mut impl Tell,
) -> AppResult<Tried> {
    let rows = tempfile::tempfile()?;
    let table = match convert(kind, file, &rows)? {
        Ok(table) => table,
        Err(refusal) => return Ok(Tried::Refused(refusal)),
    };
    let list = match mapping_for(profile, &table) {
        Some(mapping) => db.read_blocking(|conn| list_of(conn, mapping))?,
        None => None,
    };
    let Some(list) = list else {
        return Ok(Tried::Unfit(unfit(t, profile, &table)));
    };
    let former = db.read_blocking(aliases::meant_by_former_emails)?;
    let (lines, mut counts, superseded) =
        read_through(&list, &rows, LastLines::knowing(former), &table.headings(), tell)?;
    let emptied = foretell(db, &list, &rows, &superseded, &mut counts)?;
    Ok(Tried::Judged(Judged { lines, counts, passed: passed(profile, &counts, emptied) }))
}

fn convert(kind: SourceKind, file: &File, rows: &File) -> AppResult<Result<Table, Refusal>> {
    let mut out = BufWriter::new(rows);
    let table = match sources::convert(kind, file, None, &mut out, &mut |_| Ok(())) {
        Ok(table) => table,
        Err(ConvertError::Refused(fault)) => return Ok(Err(Refusal::List(fault))),
        Err(ConvertError::Io(error)) => return Err(error.into()),
    };
    out.flush()?;
    Ok(Ok(table))
}

/// Judges every line; returns their number, the counts that need no look at the book, and the superseded lines.
fn read_through(
    list: &Mapped,
    mut rows: &File,
    mut last_lines: LastLines,
    headings: &[String],
    tell: &mut impl Tell,
) -> AppResult<(i64, Counts, Superseded)> {
    rows.rewind()?;
    let mut reader = list.reader(BufReader::new(rows));
    let (mut lines, mut counts) = (0, Counts::default());
    while let Some(line) = reader.next_line().map_err(Stop::from)? {
        lines = int(line.number);
        match &line.verdict {
            Verdict::Valid(row) => {
                if let Some(identity) = list.identity(row) {
                    last_lines.see(&identity, line.number);
                }
            }
            Verdict::Header | Verdict::Empty => counts.skipped += 1,
            Verdict::Rejected(faults) => {
                counts.rejected += 1;
                faults.iter().try_for_each(|found| tell(lines, headings, found))?;
            }
        }
    }
    let superseded = last_lines.superseded();
    counts.superseded = int(superseded.len());
    Ok((lines, counts, superseded))
}

/// Counts what the valid rows would do, and returns how many would empty a value of a contact.
fn foretell(
    db: &Db,
    list: &Mapped,
    mut rows: &File,
    superseded: &Superseded,
    counts: &mut Counts,
) -> AppResult<i64> {
    rows.rewind()?;
    let mut reader = list.reader(BufReader::new(rows));
    let mut emptied = 0;
    let mut batch: Vec<MappedRow> = Vec::with_capacity(BATCH);
    loop {
        let line = reader.next_line().map_err(Stop::from)?;
        let is_last = line.is_none();
        if let Some(line) = line
            && let Verdict::Valid(row) = line.verdict
            && superseded.by(line.number).is_none()
        {
            batch.push(row);
        }
        if batch.len() == BATCH || is_last {
            emptied += foretell_batch(db, list, &batch, counts)?;
            batch.clear();
        }
        if is_last {
            return Ok(emptied);
        }
    }
}

fn foretell_batch(db: &Db, list: &Mapped, batch: &[MappedRow], counts: &mut Counts) -> AppResult<i64> {
    let rows: Vec<&MappedRow> = batch.iter().collect();
    let known = db.read_blocking(|conn| list.find(conn, &rows))?;
    let mut emptied = 0;
    for (row, known) in rows.into_iter().zip(&known) {
        let effect = list.effect(known.as_ref(), row).effect;
        *effect.count(counts) += 1;
        let values = list.emptied(known.as_ref(), row);
        counts.emptied += values;
        emptied += i64::from(values > 0 && matches!(effect, Effect::Updated | Effect::Restored));
    }
    Ok(emptied)
}
