//! The planned effects of an import, one contact after the other, for `--preview`.
//!
//! The effects are those that the job has computed, as are the counts. The old values are read from the book now.

use std::io::Write;

use super::check::is_heard;
use crate::book::wording::Wording;
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, fl};
use crate::imports::import::Import;
use crate::imports::preview::lines::{self, ShownLine};
use crate::imports::preview::{
    self, Effect, FieldChange, Position, PreviewLine, PreviewRow, Show, ShownContact,
};

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
    let mut last = 0;
    // Only the strict list has the names of its columns.
    let wording = import.list.map(|_| db.read_blocking(Wording::load)).transpose()?;
    loop {
        let position = Position::After(last);
        // Printing happens after the connection is returned, because the reader of the output may be slow.
        let (shown, rows) = db.read_blocking(|conn| {
            let shown = lines::page(conn, import.id, Show::All, position, BATCH)?;
            let told: Vec<ShownLine> =
                shown.iter().filter(|line| line.foretold.effect != Effect::Unchanged).copied().collect();
            Ok((shown, preview::rows(conn, import, &told)?))
        })?;
        let foretold = |line: i64| shown.iter().find(|shown| shown.at.number == line);
        for line in &rows {
            if let Some(shown) = foretold(line.line) {
                print_line(out, locale, wording.as_ref(), (shown.foretold.effect, line))?;
            }
        }
        let Some(line) = shown.last() else {
            return Ok(());
        };
        last = line.at.number;
    }
}

fn print_line(
    out: &mut impl Write,
    locale: Locale,
    wording: Option<&Wording>,
    (effect, line): (Effect, &PreviewLine),
) -> std::io::Result<()> {
    let (t, row, line) = (locale.catalogue(), &line.row, line.line);
    let plain = Wording::default();
    let value =
        |stored: &str, change: &FieldChange| wording.unwrap_or(&plain).value(locale, &change.field, stored);
    let name = || row.contact.as_ref().map_or_else(|| values(row), name_of);
    let words = match effect {
        Effect::Created => fl!(t, "outlook-created", line = line, values = values(row)),
        Effect::Updated => fl!(t, "outlook-updated", line = line, name = name()),
        Effect::Restored => fl!(t, "outlook-restored", line = line, name = name()),
        Effect::Held => fl!(t, "outlook-held", line = line, values = values(row)),
        Effect::Unchanged | Effect::Unmatched => return Ok(()),
    };
    writeln!(out, "{words}")?;
    if effect == Effect::Created || row.contact.is_none() {
        return Ok(());
    }
    for change in &row.changes {
        let words = fl!(
            t,
            "outlook-change",
            field = preview::label(t, wording, change),
            old = value(&change.old, change),
            new = value(&change.new, change)
        );
        writeln!(out, "    {words}")?;
    }
    Ok(())
}

/// The values of a new contact.
fn values(row: &PreviewRow) -> String {
    row.values.join(", ")
}

fn name_of(contact: &ShownContact) -> String {
    if contact.name == contact.email {
        return contact.name.clone();
    }
    format!("{} <{}>", contact.name, contact.email)
}
