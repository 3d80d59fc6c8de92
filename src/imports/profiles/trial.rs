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
use crate::imports::mapped::Mapped;
use crate::imports::preview::{Effects, Outlook};
use crate::imports::sources::{self, ConvertError, SourceKind, Table};
use crate::imports::superseded::{LastLines, Superseded};

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
    let (lines, counts, superseded) =
        read_through(&list, &rows, LastLines::knowing(former), &table.headings(), tell)?;
    let effects = foretell(db, &list, &rows, &superseded)?;
    let counts = counts.with(&effects.counts);
    Ok(Tried::Judged(Judged { lines, counts, passed: passed(profile, &counts, effects.emptying) }))
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

/// Counts what the valid rows would do.
fn foretell(db: &Db, list: &Mapped, mut rows: &File, superseded: &Superseded) -> AppResult<Effects> {
    rows.rewind()?;
    let mut reader = list.reader(BufReader::new(rows));
    std::thread::scope(|scope| {
        let mut outlook = Outlook::begin(scope, db, list);
        while let Some(line) = reader.next_line().map_err(Stop::from)? {
            if let Verdict::Valid(row) = line.verdict
                && superseded.by(line.number).is_none()
            {
                outlook.take(row, int(line.length));
            }
        }
        outlook.finish()
    })
}
