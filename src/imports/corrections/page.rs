//! The page on which rejected lines are fixed.

use std::collections::BTreeMap;

use askama::Template;

use super::fix::Typed;
use super::offered::{Closed, Offered, OfferedLine};
use crate::db::AnyConnection;
use crate::error::AppResult;
use crate::i18n::{at_field, fl};
use crate::imports::any_list::AnyList;
use crate::imports::column_names::ColumnNames;
use crate::imports::findings::int;
use crate::imports::import::{Import, State};
use crate::imports::store;
use crate::web::sent::Shown;
use crate::web::{Context, FormErrors};

/// The lines that can be fixed now.
pub struct Lines {
    pub import: Import,
    pub closed: Option<Closed>,
    pub names: ColumnNames,
    pub offered: Offered,
}

impl Lines {
    /// # Errors
    /// [`crate::error::AppError::NotFound`] for an unknown import.
    pub fn load(conn: &mut AnyConnection, id: i64) -> AppResult<Self> {
        let import = store::find(conn, id)?;
        let closed = Closed::of(conn, &import)?;
        let names = ColumnNames::of(conn, &import)?;
        let offered = match closed {
            Some(_) => Offered::default(),
            None => match AnyList::what_is_left(conn, &import)? {
                AnyList::Strict(kind) => Offered::load(conn, &kind, &import, names.count())?,
                AnyList::Careful(kind) => Offered::load(conn, &*kind, &import, names.count())?,
                AnyList::Mapped(kind) => Offered::load(conn, &*kind, &import, names.count())?,
            },
        };
        Ok(Self { import, closed, names, offered })
    }
}

struct Cell {
    control: String,
    label: String,
    value: String,
    faults: Vec<String>,
}

impl Cell {
    /// An input of one line would lose the line breaks.
    fn has_lines(&self) -> bool {
        self.value.contains(['\n', '\r'])
    }
}

struct Line {
    number: i64,
    cells: Vec<Cell>,
}

/// What the answer to a form shows beside the lines.
#[derive(Default)]
pub struct Answer {
    /// What has been done, in words.
    pub told: Option<String>,
    /// What was typed for lines that cannot be fixed any more.
    pub lost: Typed,
    /// What was typed and not stored, in place of the stored cells: lines that are too long, unless there is another reason.
    pub unstored: Typed,
    /// The reason why nothing was stored.
    pub refused: Option<String>,
}

#[derive(Template)]
#[template(path = "imports/lines.html")]
pub struct LinesPage {
    cx: Context,
    import: Import,
    /// The reason why no line can be fixed.
    closed: Option<String>,
    lines: Vec<Line>,
    /// Empty before a form was sent: then nobody has done anything wrong.
    errors: FormErrors,
    told: Option<String>,
    lost: Vec<Shown>,
    /// Rejected lines that the page does not show.
    others: i64,
}

impl LinesPage {
    /// `answer` is `None` before a form was sent.
    pub fn new(cx: Context, lines: Lines, answer: Option<Answer>) -> Self {
        let Lines { import, closed, names, offered } = lines;
        let is_answer = answer.is_some();
        let answer = answer.unwrap_or_default();
        let mut shown: Vec<Line> =
            offered.lines.iter().map(|line| shown(&cx, &names, &offered, line, &answer.unstored)).collect();
        let mut errors = FormErrors::default();
        match answer.refused {
            Some(refused) => errors.add("lines", refused),
            None if is_answer => {
                mark_long(&cx, &mut shown, &answer.unstored);
                add_faults(&cx, &shown, &mut errors);
            }
            None => {}
        }
        let lost = lost(&cx, &names, &offered, &answer.lost);
        let others = import.counts.rejected - int(shown.len() as u64);
        Self {
            closed: closed.map(|closed| reason(&cx, closed)),
            lines: shown,
            errors,
            told: answer.told,
            lost,
            others,
            import,
            cx,
        }
    }

    fn is_done(&self) -> bool {
        self.import.state == State::Done
    }

    /// The step of the import, as on its page.
    fn step(&self) -> usize {
        if self.is_done() { 3 } else { 2 }
    }
}

fn shown(cx: &Context, names: &ColumnNames, offered: &Offered, line: &OfferedLine, typed: &Typed) -> Line {
    let number = line.place.number;
    let values = typed.over(line).unwrap_or_else(|| line.cells.clone());
    let mut faults: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (cell, fault) in &line.faults {
        let label = label(cx, names, offered, *cell);
        faults.entry(cell.unwrap_or(1)).or_default().push(at_field(cx.t, &label, fault));
    }
    let cells = (1..).zip(values).map(|(cell, value)| Cell {
        control: format!("cell_{number}_{cell}"),
        label: label(cx, names, offered, Some(cell)),
        value,
        faults: faults.remove(&cell).unwrap_or_default(),
    });
    Line { number, cells: cells.collect() }
}

/// Says of these lines that they are too long.
fn mark_long(cx: &Context, lines: &mut [Line], long: &Typed) {
    for (number, _) in long.lines() {
        let line = lines.iter_mut().find(|line| line.number == number);
        if let Some(first) = line.and_then(|line| line.cells.first_mut()) {
            first.faults.insert(0, fl!(cx.t, "lines-too-long"));
        }
    }
}

fn add_faults(cx: &Context, lines: &[Line], errors: &mut FormErrors) {
    for line in lines {
        for cell in &line.cells {
            for fault in &cell.faults {
                let message = fl!(cx.t, "lines-error", line = line.number, message = fault.as_str());
                errors.add(cell.control.as_str(), message);
            }
        }
    }
}

/// The name of a cell's column.
fn label(cx: &Context, names: &ColumnNames, offered: &Offered, cell: Option<i64>) -> String {
    let column = cell.map(|cell| {
        let place = usize::try_from(cell - 1).ok();
        place.and_then(|place| offered.columns.get(place)).copied().unwrap_or(cell)
    });
    names.name(cx.t, column)
}

/// What was typed for lines that cannot be fixed any more, to read and to copy.
fn lost(cx: &Context, names: &ColumnNames, offered: &Offered, typed: &Typed) -> Vec<Shown> {
    let lines = typed.lines().map(|(line, cells)| {
        let filled = cells.iter().filter(|(_, value)| !value.trim().is_empty());
        let cells: Vec<String> = filled
            .map(|(cell, value)| {
                let label = label(cx, names, offered, Some(*cell));
                fl!(cx.t, "lines-typed-cell", label = label, value = value.as_str())
            })
            .collect();
        Shown { label: fl!(cx.t, "lines-line", line = line), value: cells.join("\n") }
    });
    lines.filter(|shown| !shown.value.is_empty()).collect()
}

fn reason(cx: &Context, closed: Closed) -> String {
    match closed {
        Closed::Busy => fl!(cx.t, "lines-closed-busy"),
        Closed::Refused => fl!(cx.t, "lines-closed-refused"),
        Closed::Cancelled => fl!(cx.t, "lines-closed-cancelled"),
        Closed::Undone => fl!(cx.t, "lines-closed-undone"),
        Closed::Dropped(_) => fl!(cx.t, "lines-closed-dropped"),
    }
}
