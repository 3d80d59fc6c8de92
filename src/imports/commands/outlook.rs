//! What an import would do, one contact after the other: for `--preview`.

use std::collections::HashMap;
use std::io::{BufRead, Write};

use super::is_heard;
use crate::contacts::store::Known;
use crate::contacts::{self, Wording, column_name};
use crate::db::Db;
use crate::domain::{Email, Field, Recipient};
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, fl};
use crate::imports::check::{self, Stop};
use crate::imports::findings::int;
use crate::imports::format::{Reader, Verdict};
use crate::imports::import::Import;
use crate::imports::superseded::Superseded;
use crate::jobs::Work;

/// Contacts that are looked up at once.
const BATCH: usize = 500;

/// Prints every line that would create, change or restore a contact, on standard output.
///
/// # Errors
/// Those of the database.
pub async fn print(db: &Db, locale: Locale, import: &Import) -> AppResult<()> {
    let (db, import) = (db.clone(), import.clone());
    let printing = tokio::task::spawn_blocking(move || {
        let mut out = std::io::BufWriter::new(std::io::stdout());
        is_heard(print_into(&mut out, &db, locale, &import))?;
        is_heard(out.flush().map_err(AppError::from))
    });
    printing
        .await
        .map_err(|error| AppError::Internal(error.into()))?
}

fn print_into(out: &mut impl Write, db: &Db, locale: Locale, import: &Import) -> AppResult<()> {
    let superseded = check::superseded(&Work::unclaimed(db), import)?;
    let mut reader = check::open(&Work::unclaimed(db), import)?;
    loop {
        let batch = next_batch(&mut reader, &superseded)?;
        if batch.is_empty() {
            return Ok(());
        }
        let keys: Vec<&str> = batch.iter().map(|(_, recipient)| key(recipient)).collect();
        let known = db.read_blocking(|conn| contacts::store::with_emails(conn, &keys, false))?;
        let known: HashMap<&str, &Known> = known
            .iter()
            .filter_map(|contact| Some((contact.email_key.as_deref()?, contact)))
            .collect();
        for (line, recipient) in &batch {
            let contact = known.get(key(recipient)).copied();
            print_line(out, locale, *line, recipient, contact)?;
        }
    }
}

fn next_batch(
    reader: &mut Reader<impl BufRead>,
    superseded: &Superseded,
) -> AppResult<Vec<(i64, Recipient)>> {
    let mut batch = Vec::with_capacity(BATCH);
    while batch.len() < BATCH {
        let Some(line) = reader.next_line().map_err(Stop::from)? else {
            break;
        };
        if let Verdict::Valid(recipient) = line.verdict
            && superseded.by(line.number).is_none()
        {
            batch.push((int(line.number), *recipient));
        }
    }
    Ok(batch)
}

fn key(recipient: &Recipient) -> &str {
    recipient.email.as_ref().map_or("", Email::key)
}

fn print_line(
    out: &mut impl Write,
    locale: Locale,
    line: i64,
    recipient: &Recipient,
    contact: Option<&Known>,
) -> std::io::Result<()> {
    let t = locale.catalogue();
    let Some(contact) = contact else {
        let values: Vec<&str> = recipient
            .values()
            .into_iter()
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
            .collect();
        let values = values.join(", ");
        return writeln!(
            out,
            "{}",
            fl!(t, "outlook-created", line = line, values = values)
        );
    };
    let changes = contact.changes_to(recipient);
    let name = match (contact.name(), contact.email.as_deref().unwrap_or_default()) {
        (name, email) if name == email => name,
        (name, email) => format!("{name} <{email}>"),
    };
    let words = match contact.deleted_at {
        Some(_) => fl!(t, "outlook-restored", line = line, name = name),
        None if changes.is_empty() => return Ok(()),
        None => fl!(t, "outlook-updated", line = line, name = name),
    };
    writeln!(out, "{words}")?;
    let wording = Wording::default();
    for change in changes {
        let label = Field::parse(&change.field)
            .map_or_else(|| change.field.clone(), |field| column_name(t, field));
        let words = fl!(
            t,
            "outlook-change",
            field = label,
            old = wording.value(locale, &change.field, &change.old),
            new = wording.value(locale, &change.field, &change.new)
        );
        writeln!(out, "    {words}")?;
    }
    Ok(())
}
