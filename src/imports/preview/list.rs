//! The lists on the page of an import that waits for a decision: the effects of its lines on the current book.

use serde::Deserialize;

use super::super::files::LinePicker;
use super::super::import::Import;
use super::effect::{ByEmail, Effect, FieldChange, PlannedEffect, changes};
use super::lines::{self, ShownLine};
use crate::base::paging;
use crate::book::write::ExistingContact;
use crate::db::AnyConnection;
use crate::domain::{Email, Recipient};
use crate::error::AppResult;

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

/// A line of the file beside the contact with its e-mail, both in their current state.
pub struct PreviewRow {
    pub line: i64,
    pub effect: Effect,
    /// Set if the effect differs from the one found by the check.
    pub is_outdated: bool,
    pub recipient: Recipient,
    pub contact: Option<ExistingContact>,
}

impl PreviewRow {
    /// Returns the name in the form of the list of contacts.
    pub fn name(&self) -> String {
        if let Some(contact) = &self.contact {
            return contact.directory_name();
        }
        let recipient = &self.recipient;
        match (&*recipient.last_name, &*recipient.first_name) {
            ("", "") => self.email().to_owned(),
            ("", name) | (name, "") => name.to_owned(),
            (last, first) => format!("{last}, {first}"),
        }
    }

    pub fn email(&self) -> &str {
        self.recipient.email.as_ref().map_or("", Email::as_str)
    }

    pub fn changes(&self) -> Vec<FieldChange<'_>> {
        changes(self.contact.as_ref(), &self.recipient)
    }
}

/// The content of the page of an import that waits for a decision.
pub struct Preview {
    pub show: Show,
    pub rows: Vec<PreviewRow>,
    /// The line before which the previous page ends.
    pub previous: Option<i64>,
    /// The line after which the next page begins.
    pub next: Option<i64>,
    pub moved: i64,
}

pub fn load(conn: &mut AnyConnection, import: &Import, query: &PreviewQuery) -> AppResult<Preview> {
    let moved = match import.foreseen {
        Some(_) => lines::count_moved(conn, import.id)?,
        None => 0,
    };
    let show = Show::parse(&query.show).unwrap_or_else(|| Show::of(import, moved));
    let position = query.position();
    let mut shown = lines::page(conn, import.id, show, position, paging::limit(PAGE))?;
    let (previous, next) = paging::window(&mut shown, PAGE, &position, |line| line.at.number);
    Ok(Preview { show, previous, next, rows: rows(conn, import, &shown)?, moved })
}

fn rows(conn: &mut AnyConnection, import: &Import, shown: &[ShownLine]) -> AppResult<Vec<PreviewRow>> {
    let mut picker = LinePicker::new(import.file_id);
    let mut read: Vec<(ShownLine, Recipient)> = Vec::with_capacity(shown.len());
    for line in shown {
        if let Some(recipient) = line.at.read(conn, &mut picker, import.reading)? {
            read.push((*line, recipient));
        }
    }
    let mut known = ByEmail::load(conn, read.iter().map(|(_, recipient)| recipient))?;
    Ok(read
        .into_iter()
        .map(|(line, recipient)| {
            let contact = known.take(&recipient);
            let now = PlannedEffect::of(contact.as_ref(), &recipient);
            PreviewRow {
                line: line.at.number,
                effect: now.effect,
                is_outdated: now != line.foretold,
                recipient,
                contact,
            }
        })
        .collect())
}
