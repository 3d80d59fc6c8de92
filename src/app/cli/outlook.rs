//! The planned effects of an import, one contact after the other, for `--preview`.
//!
//! The effects are those that the job has computed, as are the counts. The old values are read from the book now.

use std::io::Write;

use super::check::is_heard;
use crate::book::wording::Wording;
use crate::book::write::ExistingContact;
use crate::db::{AnyConnection, Db};
use crate::domain::Recipient;
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, fl};
use crate::imports::files::LinePicker;
use crate::imports::import::Import;
use crate::imports::preview::lines::{self, ShownLine};
use crate::imports::preview::{ByEmail, Effect, Position, Show, changes};

/// Lines per query.
const BATCH: i64 = 500;

/// Prints every line that would create, change or restore a contact, on standard output.
pub async fn print(db: &Db, locale: Locale, import: &Import) -> AppResult<()> {
    let (db, import) = (db.clone(), import.clone());
    let printing = tokio::task::spawn_blocking(move || {
        let mut out = std::io::BufWriter::new(std::io::stdout());
        is_heard(print_into(&mut out, &db, locale, &import))?;
        is_heard(out.flush().map_err(AppError::from))
    });
    printing.await.map_err(|error| AppError::Internal(error.into()))?
}

fn print_into(out: &mut impl Write, db: &Db, locale: Locale, import: &Import) -> AppResult<()> {
    let mut picker = LinePicker::new(import.file_id);
    let mut last = 0;
    loop {
        let position = Position::After(last);
        // Printing happens after the connection is returned, because the reader of the output may be slow.
        let (shown, told) = db.read_blocking(|conn| {
            let shown = lines::page(conn, import.id, Show::All, position, BATCH)?;
            let told = read(conn, import, &mut picker, &shown)?;
            Ok((shown, told))
        })?;
        for line in &told {
            line.print(out, locale)?;
        }
        let Some(line) = shown.last() else {
            return Ok(());
        };
        last = line.at.number;
    }
}

/// A line with an effect, and the affected contact.
struct Told {
    number: i64,
    effect: Effect,
    recipient: Recipient,
    /// `None` for a new contact, or if the contact no longer exists.
    contact: Option<ExistingContact>,
}

fn read(
    conn: &mut AnyConnection,
    import: &Import,
    picker: &mut LinePicker,
    shown: &[ShownLine],
) -> AppResult<Vec<Told>> {
    let mut told = Vec::with_capacity(shown.len());
    for line in shown {
        let effect = line.foretold.effect;
        if effect != Effect::Unchanged
            && let Some(recipient) = line.at.read(conn, picker, import.reading)?
        {
            told.push(Told { number: line.at.number, effect, recipient, contact: None });
        }
    }
    let is_on_contact = |line: &&Told| line.effect != Effect::Created;
    let there = told.iter().filter(is_on_contact);
    let mut known = ByEmail::load(conn, there.map(|line| &line.recipient))?;
    for line in &mut told {
        line.contact = known.take(&line.recipient);
    }
    Ok(told)
}

impl Told {
    fn print(&self, out: &mut impl Write, locale: Locale) -> std::io::Result<()> {
        let t = locale.catalogue();
        let line = self.number;
        let name = || self.contact.as_ref().map_or_else(|| self.values(), name_of);
        let words = match self.effect {
            Effect::Created => fl!(t, "outlook-created", line = line, values = self.values()),
            Effect::Updated => fl!(t, "outlook-updated", line = line, name = name()),
            Effect::Restored => fl!(t, "outlook-restored", line = line, name = name()),
            Effect::Unchanged => return Ok(()),
        };
        writeln!(out, "{words}")?;
        let Some(contact) = &self.contact else {
            return Ok(());
        };
        let wording = Wording::default();
        for change in changes(Some(contact), &self.recipient) {
            let field = change.field.form_name();
            let words = fl!(
                t,
                "outlook-change",
                field = change.label(t),
                old = wording.value(locale, field, change.old),
                new = wording.value(locale, field, change.new)
            );
            writeln!(out, "    {words}")?;
        }
        Ok(())
    }

    fn values(&self) -> String {
        let values: Vec<&str> = self
            .recipient
            .values()
            .into_iter()
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
            .collect();
        values.join(", ")
    }
}

fn name_of(contact: &ExistingContact) -> String {
    match (contact.name(), contact.email.as_deref().unwrap_or_default()) {
        (name, email) if name == email => name,
        (name, email) => format!("{name} <{email}>"),
    }
}
