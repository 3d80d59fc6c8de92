//! The contact centre of the demonstration: its accounts, and the ways in which they change the book. They are those of the
//! pages: the same forms, the same writes, the same jobs.

use std::io::{Seek as _, Write as _};

use anyhow::anyhow;
use chrono::{NaiveDate, TimeDelta};

use crate::app::background;
use crate::app::cli::check;
use crate::base::clock;
use crate::book::contact_query::Selection;
use crate::book::filter::Filter;
use crate::book::{absences, notes, write};
use crate::bulk_edit::{self, Action};
use crate::contacts::form::{self, Rules, Typed};
use crate::db::{AnyConnection, Db};
use crate::domain::{Drawn, ImportName};
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;
use crate::imports::form::NewImport;
use crate::imports::import::OnError;
use crate::imports::start::Recognised;
use crate::imports::{columns, preview, start, store};
use crate::jobs::{Handlers, JobContext};
use crate::web::form_key;

/// Something that people did in one day.
pub type Scene = fn(&Office) -> AppResult<()>;

pub struct Office {
    pub coordinator: i64,
    pub agent: i64,
    pub admin: i64,
    /// The day on which the demonstration starts.
    pub today: NaiveDate,
    work: JobContext,
    handlers: Handlers,
}

impl Office {
    pub fn new(db: &Db, [coordinator, agent, admin]: [i64; 3]) -> Self {
        let work = JobContext::unclaimed(db);
        Self { coordinator, agent, admin, today: clock::today(), work, handlers: background::handlers() }
    }

    /// Runs a scene, and the jobs that it queues, some days ago.
    pub fn play(&self, days: i64, scene: Scene) -> AppResult<()> {
        // Not all of them at the same time of the day.
        let behind = TimeDelta::days(days) + TimeDelta::minutes(days * 47 % 240);
        clock::in_the_past(behind, || {
            scene(self)?;
            self.handlers.run_due(&self.work)
        })
    }

    pub fn write<T>(&self, change: impl FnOnce(&mut AnyConnection) -> AppResult<T>) -> AppResult<T> {
        self.work.write(change)
    }

    /// Files an import by the coordinator.
    pub fn import(&self, name: &str, list: &str, wish: Wish) -> AppResult<()> {
        let mut file = tempfile::tempfile()?;
        file.write_all(list.as_bytes())?;
        file.rewind()?;
        let (upload, _) = check::measured(file, format!("{name}.csv"))?;
        let (upload, kind) = match start::recognise(upload)? {
            Recognised::Strict(upload) => (upload, None),
            Recognised::List(upload, kind) => (upload, Some(kind)),
            Recognised::Refused(_, refusal) => return Err(unexpected(name, &refusal)),
        };
        let new = NewImport {
            name: ImportName::parse(name).map_err(|fault| unexpected(name, &fault))?,
            is_proposed: false,
            on_error: OnError::ImportValid,
            preview: wish == Wish::Preview,
            list: kind,
            profile: None,
            holds_doubtful: false,
        };
        let received = start::keep_blocking(&self.work.db, upload)?;
        let id = self.write(|conn| store::create(conn, &new, &received, Some(self.coordinator)))?;
        if kind.is_none() {
            return Ok(());
        }
        self.handlers.run_due(&self.work)?;
        self.write(|conn| columns::accept_proposed(conn, id, self.coordinator))?;
        self.handlers.run_due(&self.work)?;
        if wish == Wish::ValidLines {
            self.write(|conn| preview::confirm(conn, id, self.coordinator, None, None))?;
        }
        Ok(())
    }

    /// Files a change of all contacts of a filter.
    pub fn change_all(&self, filter: &str, action: &Action, account: i64) -> AppResult<()> {
        let filter = Filter::parse(filter);
        self.write(|conn| {
            let expected = Selection::of(conn, &filter)?.headcount(conn)?;
            bulk_edit::begin(conn, action, &filter, &expected, &form_key::fresh(), account)
        })?;
        Ok(())
    }
}

/// What a coordinator wants of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To import the valid lines at once.
    ValidLines,
    /// To decide after a preview.
    Preview,
}

/// The contact with this name or e-mail.
pub fn find(conn: &mut AnyConnection, name: &str) -> AppResult<i64> {
    let found = absences::meant(conn, name)?;
    found.first().map(|contact| contact.id).ok_or_else(|| unexpected(name, &"nobody has this name"))
}

/// The two contacts with this name, in the order of their ids.
pub fn namesakes(conn: &mut AnyConnection, name: &str) -> AppResult<(i64, i64)> {
    let mut ids: Vec<i64> = absences::meant(conn, name)?.iter().map(|contact| contact.id).collect();
    ids.sort_unstable();
    match ids[..] {
        [low, high] => Ok((low, high)),
        _ => Err(unexpected(name, &"not two contacts have this name")),
    }
}

/// Values of a contact, by the names of their controls.
pub type Fields<'a> = &'a [(&'a str, &'a str)];

/// Fills in the form of a new contact, and saves it.
pub fn add(conn: &mut AnyConnection, fields: Fields<'_>, account: i64) -> AppResult<()> {
    let typed = filled_in(Typed::blank(), fields);
    let rules = Rules::load(conn, &typed, None)?;
    let submission = form::read(Locale::Fr.catalogue(), &typed, &rules, None);
    let submission = submission.map_err(|errors| unexpected(fields, &errors))?;
    write::create(conn, &submission, account)?;
    Ok(())
}

/// Changes some values in the form of a contact, and saves it.
pub fn edit(conn: &mut AnyConnection, name: &str, fields: Fields<'_>, account: i64) -> AppResult<()> {
    let id = find(conn, name)?;
    let known = write::profile(conn, id)?;
    let stored = known.details();
    let typed = filled_in(Typed::of(&stored), fields);
    let rules = Rules::load(conn, &typed, Some(&known))?;
    let submission = form::read(Locale::Fr.catalogue(), &typed, &rules, Some(&stored));
    let submission = submission.map_err(|errors| unexpected(name, &errors))?;
    write::update(conn, id, known.contact.version, &submission, account, false)?;
    Ok(())
}

/// Adds a note to a contact.
pub fn note(conn: &mut AnyConnection, name: &str, text: &str, author: i64) -> AppResult<()> {
    let id = find(conn, name)?;
    notes::add(conn, id, text, None, author)
}

/// The beginning of a form that was shown with empty fields.
pub fn unfilled<const FIELDS: usize>() -> Drawn {
    Drawn::read(&Drawn::write(&[""; FIELDS]))
}

fn filled_in(mut typed: Typed, fields: Fields<'_>) -> Typed {
    for (name, value) in fields {
        typed.set(name, *value);
    }
    typed
}

/// A scene that the book refuses.
fn unexpected(what: impl std::fmt::Debug, why: &dyn std::fmt::Debug) -> AppError {
    AppError::Internal(anyhow!("the demonstration cannot use {what:?}: {why:?}"))
}
