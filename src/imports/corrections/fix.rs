//! Takes over what was typed for rejected lines: before the decision the list is checked again, after the end of the import the lines
//! that are right now are one more batch of it.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::offered::{Closed, LINE, Offered, OfferedLine};
use super::stored::{self, Corrections};
use crate::audit::{self, Entry, Kind};
use crate::db::schema::imports;
use crate::db::{AnyConnection, Db, lock_rows};
use crate::error::{AppError, AppResult};
use crate::i18n::cell_of;
use crate::imports::any_list::AnyList;
use crate::imports::column_names::ColumnNames;
use crate::imports::findings::{self, NewFinding};
use crate::imports::import::{Counts, Import, State};
use crate::imports::journal::{self, ImportChanges};
use crate::imports::list_kind::{Line, ListKind, Verdict};
use crate::imports::store::{self, in_state};
use crate::imports::superseded::Superseded;
use crate::imports::{apply, check, retention};
use crate::jobs::{self, older};

/// How often the lines are read again because somebody else has changed them meanwhile.
const TRIES: u32 = 5;

/// The typed cells, by line and by cell, both from 1.
#[derive(Debug, Clone, Default)]
pub struct Typed(BTreeMap<i64, BTreeMap<i64, String>>);

impl Typed {
    /// Reads the fields of a form. Other fields are no cells.
    pub fn read(fields: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in fields {
            if let Some((line, cell)) = cell_of(&name) {
                // A browser sends the line breaks of a text area as CR LF.
                let value = value.replace("\r\n", "\n");
                typed.0.entry(line).or_default().entry(cell).or_insert(value);
            }
        }
        typed
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn lines(&self) -> impl Iterator<Item = (i64, &BTreeMap<i64, String>)> {
        self.0.iter().map(|(line, cells)| (*line, cells))
    }

    /// The cells of a line with what was typed; `None` if nothing was typed for it.
    pub fn over(&self, line: &OfferedLine) -> Option<Vec<String>> {
        let typed = self.0.get(&line.place.number)?;
        let cells = (1..).zip(&line.cells).map(|(cell, now)| match typed.get(&cell) {
            Some(value) if *value != now.replace("\r\n", "\n") => value.clone(),
            _ => now.clone(),
        });
        Some(cells.collect())
    }

    fn of_lines(&self, lines: &[NewLine<'_>]) -> Self {
        let numbers = lines.iter().map(|new| new.line.place.number);
        Self(numbers.filter_map(|number| Some((number, self.0.get(&number)?.clone()))).collect())
    }

    /// What was typed for other lines than these. A form that was sent twice loses nothing: what it changes is stored already.
    fn lost(&self, offered: &Offered) -> Self {
        let is_offered = |number: i64| offered.lines.iter().any(|line| line.place.number == number);
        let others = || self.0.iter().filter(|(line, _)| !is_offered(**line));
        let stored = |(line, typed): (&i64, &BTreeMap<i64, String>)| {
            let cells = offered.corrections.of(*line)?;
            Some((1..).zip(cells).all(|(cell, stored)| typed.get(&cell).is_none_or(|value| value == stored)))
        };
        let (mut is_repeated, mut differs) = (false, false);
        for same in others().filter_map(stored) {
            is_repeated |= same;
            differs |= !same;
        }
        if is_repeated && !differs {
            return Self::default();
        }
        let lost = others().filter(|other| stored(*other) != Some(true));
        Self(lost.map(|(line, typed)| (*line, typed.clone())).collect())
    }
}

/// The result of [`fix`].
pub struct Fixed {
    pub step: Step,
    /// What was typed for lines that cannot be fixed any more.
    pub lost: Typed,
    /// The lines whose cells are too long, which were not stored.
    pub too_long: Typed,
}

pub enum Step {
    /// A node of an older version is alive, which would read the lines of the file. Nothing was stored.
    OlderNode,
    /// No line of the import can be fixed.
    Closed,
    /// The list is being checked again.
    Checking,
    /// The lines that are right have been imported; the number of those that are no longer rejected.
    Applied(i64),
}

/// Takes over what was typed.
///
/// # Errors
/// [`AppError::NotFound`] for an unknown import.
pub fn fix(db: &Db, id: i64, typed: &Typed, account: i64) -> AppResult<Fixed> {
    for _ in 0..TRIES {
        let (import, opened) = db.read_blocking(|conn| open(conn, id))?;
        let fixed = match opened {
            Err(step) => {
                let corrections = db.read_blocking(|conn| Corrections::load(conn, id))?;
                let nothing = Offered { lines: Vec::new(), columns: Vec::new(), corrections };
                return Ok(Fixed { step, lost: typed.lost(&nothing), too_long: Typed::default() });
            }
            Ok((AnyList::Strict(kind), columns)) => {
                Fixing { db, kind: &kind, import, columns, account }.run(typed)?
            }
            Ok((AnyList::Careful(kind), columns)) => {
                Fixing { db, kind: &*kind, import, columns, account }.run(typed)?
            }
            Ok((AnyList::Mapped(kind), columns)) => {
                Fixing { db, kind: &*kind, import, columns, account }.run(typed)?
            }
        };
        if let Some(fixed) = fixed {
            return Ok(fixed);
        }
    }
    Err(AppError::Overtaken)
}

/// A list and the number of its columns.
type Opened = (AnyList, usize);

/// The list of an import, or the reason why no line can be fixed.
fn open(conn: &mut AnyConnection, id: i64) -> AppResult<(Import, Result<Opened, Step>)> {
    let import = store::find(conn, id)?;
    let opened = if Closed::of(conn, &import)?.is_some() {
        Err(Step::Closed)
    } else if older::is_older_node_alive(conn)? {
        Err(Step::OlderNode)
    } else {
        let columns = ColumnNames::of(conn, &import)?.count();
        Ok((AnyList::what_is_left(conn, &import)?, columns))
    };
    Ok((import, opened))
}

/// One try.
struct Fixing<'a, K: ListKind> {
    db: &'a Db,
    kind: &'a K,
    import: Import,
    columns: usize,
    account: i64,
}

/// A line with the cells that it has now.
struct NewLine<'a> {
    line: &'a OfferedLine,
    cells: Vec<String>,
}

impl<K: ListKind> Fixing<'_, K> {
    /// Returns `None` if the lines have changed meanwhile.
    fn run(&self, typed: &Typed) -> AppResult<Option<Fixed>> {
        let Self { db, kind, import, columns, .. } = self;
        let offered = db.read_blocking(|conn| Offered::load(conn, *kind, import, *columns))?;
        let new = offered.lines.iter().filter_map(|line| Some(NewLine { cells: typed.over(line)?, line }));
        let is_long = |new: &NewLine<'_>| new.cells.iter().map(String::len).sum::<usize>() > LINE;
        let (too_long, lines): (Vec<_>, Vec<_>) = new.partition(is_long);
        let superseded = match self.superseded(&offered, &lines) {
            // The file was dropped meanwhile.
            Err(_) if db.read_blocking(|conn| Closed::of(conn, import))?.is_some() => return Ok(None),
            superseded => superseded?,
        };
        let step = db.write_blocking(|conn| {
            let _: Vec<i64> = lock_rows!(conn, imports::table.find(import.id), imports::id);
            let now = store::find(conn, import.id)?;
            if now.state != import.state
                || Closed::of(conn, &now)?.is_some()
                || !retention::hold(conn, now.file_id)?
                || !Offered::load(conn, *kind, &now, *columns)?.is_same(&offered)
            {
                return Ok(None);
            }
            if now.state == State::Deciding {
                return self.check_again(conn, &lines).map(Some);
            }
            self.apply(conn, &now, &lines, &superseded).map(Some)
        })?;
        Ok(step.map(|step| Fixed { step, lost: typed.lost(&offered), too_long: typed.of_lines(&too_long) }))
    }

    /// Finds the lines that are superseded with the new cells. The check of the whole list finds them itself.
    fn superseded(&self, offered: &Offered, lines: &[NewLine<'_>]) -> AppResult<Superseded> {
        if self.import.state == State::Deciding || lines.is_empty() {
            return Ok(Superseded::default());
        }
        let mut corrections = offered.corrections.clone();
        for NewLine { line, cells } in lines {
            corrections.set(line.place.number, cells.clone());
        }
        check::superseded_with(self.db, self.kind, &self.import, corrections)
    }

    /// Stores the cells, and checks the whole list with them. It stops for a preview, whatever its result.
    fn check_again(&self, conn: &mut AnyConnection, lines: &[NewLine<'_>]) -> AppResult<Step> {
        let import = &self.import;
        let mut is_changed = false;
        for NewLine { line, cells } in lines.iter().filter(|new| new.cells != new.line.cells) {
            stored::save(conn, import.id, line.place.number, cells)?;
            is_changed = true;
        }
        let checking = (
            imports::state.eq(State::Checking.as_str()),
            imports::preview.eq(true),
            imports::decided_by.eq(None::<i64>),
            imports::foreseen.eq(None::<String>),
        );
        jobs::advance(conn, diesel::update(in_state(import.id, State::Deciding)).set(checking))?;
        store::forget_counts(conn, import.id)?;
        jobs::enqueue(conn, import.job(), import.id)?;
        if is_changed {
            self.record(conn)?;
        }
        Ok(Step::Checking)
    }

    /// Imports the lines that are right now, and stores the faults of the others.
    fn apply(
        &self,
        conn: &mut AnyConnection,
        import: &Import,
        lines: &[NewLine<'_>],
        superseded: &Superseded,
    ) -> AppResult<Step> {
        let id = import.id;
        let (mut rows, mut found, mut counts) = (Vec::new(), Vec::new(), Counts::default());
        for NewLine { line, cells } in lines {
            let at: Line<K::Row> = Line::at(line.place, Verdict::Empty);
            let mut is_kept = cells != &line.cells;
            match self.kind.judge(cells, line.place) {
                Verdict::Rejected(faults) => found.extend(NewFinding::of_rejected(id, &at, &faults)?),
                verdict => {
                    is_kept = true;
                    counts.rejected -= 1;
                    match (verdict, superseded.by(at.number)) {
                        (Verdict::Valid(row), Some(by)) => {
                            counts.superseded += 1;
                            let shown = self.kind.shown_identity(&row);
                            found.push(NewFinding::of_superseded(id, &at, shown, by)?);
                        }
                        (Verdict::Valid(row), None) => rows.push(row),
                        _ => counts.skipped += 1,
                    }
                }
            }
            if is_kept {
                stored::save(conn, id, line.place.number, cells)?;
            }
        }
        let judged: Vec<i64> = lines.iter().map(|new| new.line.place.number).collect();
        findings::forget_rejected(conn, id, &judged)?;
        findings::insert(conn, &found)?;
        let done = self.write(conn, import, &rows)?;
        counts.rejected += done.rejected;
        count(conn, import, &counts, &done)?;
        if counts.rejected < 0 {
            self.record(conn)?;
        }
        Ok(Step::Applied(-counts.rejected))
    }

    fn write(&self, conn: &mut AnyConnection, import: &Import, rows: &[K::Row]) -> AppResult<Counts> {
        if rows.is_empty() {
            return Ok(Counts::default());
        }
        let by = Import { decided_by: Some(self.account), ..import.clone() };
        let mut ahead = self.kind.read_ahead(conn, rows)?;
        let mut journal = ImportChanges::default();
        let done = self.kind.write(conn, &by, rows, &mut ahead, &mut journal)?;
        journal::record_more(conn, import.id, journal)?;
        apply::note(&done);
        Ok(done)
    }

    fn record(&self, conn: &mut AnyConnection) -> AppResult<()> {
        let entry = Entry::new(Kind::LinesFixed, Some(self.account))
            .import(Some(self.import.id))
            .subject(&self.import.name);
        audit::record(conn, &[entry])
    }
}

/// Adds what became of the lines. `done` is what was written.
fn count(conn: &mut AnyConnection, import: &Import, counts: &Counts, done: &Counts) -> AppResult<()> {
    let foreseen = import.foreseen.map(|foreseen| serde_json::to_string(&foreseen.with(done))).transpose()?;
    diesel::update(imports::table.find(import.id))
        .set((
            imports::created.eq(imports::created + done.created),
            imports::updated.eq(imports::updated + done.updated),
            imports::unchanged.eq(imports::unchanged + done.unchanged),
            imports::restored.eq(imports::restored + done.restored),
            imports::held.eq(imports::held + done.held),
            imports::unmatched.eq(imports::unmatched + done.unmatched),
            imports::rejected.eq(imports::rejected + counts.rejected),
            imports::superseded.eq(imports::superseded + counts.superseded),
            imports::skipped.eq(imports::skipped + counts.skipped),
            imports::foreseen.eq(foreseen),
        ))
        .execute(conn)?;
    Ok(())
}
