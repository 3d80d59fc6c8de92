//! The lists on the page of an import that waits for a decision: the effects of its lines on the current book.

use serde::Deserialize;

use super::super::any_list::AnyList;
use super::super::corrections::StoredLines;
use super::super::import::Import;
use super::super::list_kind::ListKind;
use super::effect::{Effect, FieldChange, PreviewRow};
use super::lines::{self, ShownLine};
use super::words::label;
use crate::base::paging;
use crate::book::wording::Wording;
use crate::db::AnyConnection;
use crate::error::AppResult;
use crate::web::Context;

/// Lines per page.
const PAGE: usize = 50;

/// The lines to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Every valid line; this list is not offered on the page.
    All,
    Rejected,
    Superseded,
    /// Lines whose effect differs from the one shown at the decision.
    Moved,
    /// Lines that overwrite values by empty ones.
    Emptied,
    Effect(Effect),
}

impl Show {
    /// The text in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Rejected => "rejected",
            Self::Superseded => "superseded",
            Self::Moved => "moved",
            Self::Emptied => "emptied",
            Self::Effect(effect) => effect.as_str(),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Rejected, Self::Superseded, Self::Moved, Self::Emptied]
            .into_iter()
            .find(|show| show.as_str() == text)
            .or_else(|| Effect::parse(text).map(Self::Effect))
    }

    /// Returns the list that matters most for the decision.
    fn of(import: &Import, moved: i64) -> Self {
        if moved > 0 {
            Self::Moved
        } else if import.counts.rejected > 0 {
            Self::Rejected
        } else if import.counts.updated > 0 {
            Self::Effect(Effect::Updated)
        } else if import.counts.restored > 0 {
            Self::Effect(Effect::Restored)
        } else if import.counts.created > 0 {
            Self::Effect(Effect::Created)
        } else {
            Self::Effect(Effect::Unchanged)
        }
    }

    pub fn is_of_new(self) -> bool {
        self == Self::Effect(Effect::Created)
    }

    /// Returns `true` if the lines are shown field by field, not as table rows.
    pub fn is_by_field(self) -> bool {
        matches!(self, Self::Moved | Self::Emptied | Self::Effect(Effect::Updated | Effect::Restored))
    }
}

/// The position at which a page of a list begins or ends, as a line number.
pub type Position = paging::Position<i64>;

/// The requested list and position; a damaged request shows the beginning of the first list.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub struct PreviewQuery {
    show: String,
    after: String,
    before: String,
}

impl PreviewQuery {
    /// Returns `true` if the old and new values of a finished import are asked for.
    pub fn asks_for_changed(&self) -> bool {
        self.show == "changed"
    }

    fn position(&self) -> Position {
        match (self.after.parse(), self.before.parse()) {
            (Ok(0), _) | (Err(_), Err(_)) => Position::Start,
            (Ok(line), _) => Position::After(line),
            (_, Ok(line)) => Position::Before(line),
        }
    }
}

/// A line of a list, as shown.
pub struct PreviewLine {
    pub line: i64,
    pub effect: Effect,
    /// Set if the effect differs from the one found by the check.
    pub is_outdated: bool,
    pub row: PreviewRow,
}

/// The content of the page of an import that waits for a decision.
pub struct Preview {
    pub show: Show,
    pub rows: Vec<PreviewLine>,
    /// The line before which the previous page ends.
    pub previous: Option<i64>,
    /// The line after which the next page begins.
    pub next: Option<i64>,
    pub moved: i64,
    /// The doubtful rows among the rejected ones.
    pub doubtful: i64,
    /// `None` for the strict list, whose fields have the names of its columns.
    wording: Option<Wording>,
}

impl Preview {
    pub fn label(&self, cx: &Context, change: &FieldChange) -> String {
        label(cx.t, self.wording.as_ref(), change)
    }

    /// A value of the change's field, in words.
    pub fn value(&self, cx: &Context, change: &FieldChange, stored: &str) -> String {
        match &self.wording {
            None => stored.to_owned(),
            Some(wording) => wording.value(cx.locale, &change.field, stored),
        }
    }
}

pub fn load(conn: &mut AnyConnection, import: &Import, query: &PreviewQuery) -> AppResult<Preview> {
    let moved = match import.foreseen {
        Some(_) => lines::count_moved(conn, import.id)?,
        None => 0,
    };
    let doubtful = match import.list {
        Some(_) if import.counts.held == 0 => lines::count_effect(conn, import.id, Effect::Held)?,
        _ => 0,
    };
    let mut show = Show::parse(&query.show).unwrap_or_else(|| Show::of(import, moved));
    if show == Show::Rejected && doubtful > 0 && doubtful == import.counts.rejected {
        show = Show::Effect(Effect::Held);
    }
    let position = query.position();
    let mut shown = lines::page(conn, import.id, show, position, paging::limit(PAGE))?;
    let (previous, next) = paging::window(&mut shown, PAGE, &position, |line| line.at.number);
    let rows = rows(conn, import, &shown)?;
    let wording = import.list.map(|_| Wording::load(conn)).transpose()?;
    Ok(Preview { show, rows, previous, next, moved, doubtful, wording })
}

/// The current state of these lines and of the contacts that they mean. A line that was blanked is left out.
pub fn rows(conn: &mut AnyConnection, import: &Import, shown: &[ShownLine]) -> AppResult<Vec<PreviewLine>> {
    match AnyList::of(conn, import)? {
        AnyList::Strict(kind) => rows_of(conn, &kind, import, shown),
        AnyList::Careful(kind) => rows_of(conn, &*kind, import, shown),
        AnyList::Mapped(kind) => rows_of(conn, &*kind, import, shown),
    }
}

fn rows_of<K: ListKind>(
    conn: &mut AnyConnection,
    kind: &K,
    import: &Import,
    shown: &[ShownLine],
) -> AppResult<Vec<PreviewLine>> {
    let mut stored = StoredLines::of(conn, import)?;
    let mut read: Vec<(ShownLine, K::Row)> = Vec::with_capacity(shown.len());
    for line in shown {
        if let Some(row) = stored.row(conn, kind, line.at)? {
            read.push((*line, row));
        }
    }
    let rows: Vec<&K::Row> = read.iter().map(|(_, row)| row).collect();
    let known = kind.find(conn, &rows)?;
    Ok(read
        .iter()
        .zip(known)
        .map(|((line, row), known)| {
            let now = kind.effect(known.as_ref(), row);
            PreviewLine {
                line: line.at.number,
                effect: now.effect,
                is_outdated: now != line.foretold,
                row: kind.show(known.as_ref(), row),
            }
        })
        .collect())
}
