//! Writing the valid lines, batch by batch: each batch, its counts and the cursor are one transaction.

use std::collections::HashMap;
use std::io::BufRead;

use super::check::{self, Stop, Superseded};
use super::findings::int;
use super::format::{Reader, Verdict};
use super::import::{Counts, Import};
use super::store;
use crate::contacts::{self, Contact};
use crate::db::AnyConnection;
use crate::domain::{Email, Recipient};
use crate::error::AppResult;
use crate::jobs::Work;

/// Contacts a transaction. A hand-written import loses half of its speed with 500 in place of 5 000; with more than this,
/// a save that has to wait for a batch would wait for longer than a third of a second.
const BATCH: usize = 2_000;

/// The next recipients of a file to write together.
#[derive(Default)]
pub struct Batch {
    pub recipients: Vec<Recipient>,
    /// The last line that it covers.
    pub last_line: i64,
}

impl Batch {
    /// Takes the next lines after `cursor`; tells whether the file may hold more.
    ///
    /// # Errors
    /// Those of reading.
    pub fn fill<R: BufRead>(
        &mut self,
        reader: &mut Reader<R>,
        superseded: &Superseded,
        cursor: i64,
    ) -> AppResult<bool> {
        self.recipients.clear();
        while let Some(line) = reader.next_line().map_err(Stop::from)? {
            self.last_line = int(line.number);
            if self.last_line <= cursor {
                continue;
            }
            if let Verdict::Valid(recipient) = line.verdict
                && !superseded.contains(&line.number)
            {
                self.recipients.push(*recipient);
                if self.recipients.len() == BATCH {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// Applies the import from its cursor on, to its end.
///
/// # Errors
/// [`crate::error::AppError::NotFound`] when another worker goes on with it, and those of the database.
pub fn run(work: &Work, import: &Import, superseded: &Superseded) -> AppResult<()> {
    let mut reader = check::open(work, import)?;
    let mut cursor = import.cursor_line;
    let mut batch = Batch::default();
    loop {
        let more = batch.fill(&mut reader, superseded, import.cursor_line)?;
        let last_line = batch.last_line;
        work.write(|conn| {
            let done = write(conn, import, &batch.recipients)?;
            store::advance(conn, import.id, cursor, last_line, &done)?;
            if more {
                Ok(())
            } else {
                store::finish(conn, import.id)
            }
        })?;
        cursor = last_line;
        if !more {
            return Ok(());
        }
    }
}

/// What a batch means for the book as it is.
struct Plan<'r, 'k> {
    new: Vec<&'r Recipient>,
    changed: Vec<(&'k Contact, &'r Recipient)>,
    restored: Vec<(&'k Contact, &'r Recipient)>,
    unchanged: Vec<i64>,
}

impl<'r, 'k> Plan<'r, 'k> {
    fn new(recipients: &[&'r Recipient], known: &'k [Contact]) -> Self {
        let by_email: HashMap<&str, &'k Contact> = known
            .iter()
            .filter_map(|contact| Some((contact.email_key.as_deref()?, contact)))
            .collect();
        let mut plan = Self {
            new: Vec::new(),
            changed: Vec::new(),
            restored: Vec::new(),
            unchanged: Vec::new(),
        };
        for &recipient in recipients {
            let key = recipient.email.as_ref().map_or("", Email::key);
            match by_email.get(key) {
                None => plan.new.push(recipient),
                Some(contact) if contact.deleted_at.is_some() => {
                    plan.restored.push((contact, recipient));
                }
                Some(contact) if contact.has_fields_of(recipient) => {
                    plan.unchanged.push(contact.id);
                }
                Some(contact) => plan.changed.push((contact, recipient)),
            }
        }
        plan
    }

    fn counts(&self) -> Counts {
        let count = |length: usize| int(length as u64);
        Counts {
            created: count(self.new.len()),
            updated: count(self.changed.len()),
            unchanged: count(self.unchanged.len()),
            restored: count(self.restored.len()),
            ..Counts::default()
        }
    }
}

/// # Errors
/// Those of the database.
pub fn forecast(conn: &mut AnyConnection, recipients: &[Recipient]) -> AppResult<Counts> {
    let recipients: Vec<&Recipient> = recipients.iter().collect();
    let known = contacts::store::with_emails(conn, &keys(&recipients), false)?;
    Ok(Plan::new(&recipients, &known).counts())
}

fn write(conn: &mut AnyConnection, import: &Import, recipients: &[Recipient]) -> AppResult<Counts> {
    let mut done = Counts::default();
    let mut touched = Vec::with_capacity(recipients.len());
    let mut rest: Vec<&Recipient> = recipients.iter().collect();
    while !rest.is_empty() {
        let known = contacts::store::with_emails(conn, &keys(&rest), true)?;
        let mut plan = Plan::new(&rest, &known);
        // In one order everywhere, so that two imports that meet do not wait for each other.
        plan.new.sort_unstable_by(|a, b| {
            a.email
                .as_ref()
                .map(Email::key)
                .cmp(&b.email.as_ref().map(Email::key))
        });
        let created =
            contacts::store::insert_imported(conn, &plan.new, import.id, import.created_by)?;
        // On PostgreSQL someone may have added one of them since the look-up: it is known in the next round.
        rest = plan
            .new
            .extract_if(.., |new| {
                !created.contains_key(new.email.as_ref().map_or("", Email::key))
            })
            .collect();
        let counts = plan.counts();
        let mut overwritten = plan.changed;
        overwritten.append(&mut plan.restored);
        overwritten.sort_unstable_by_key(|(contact, _)| contact.id);
        contacts::store::overwrite(conn, &overwritten, import.id, import.created_by)?;
        contacts::store::mark_imported(conn, &plan.unchanged, import.id)?;
        touched.extend(created.into_values());
        touched.extend(overwritten.iter().map(|(contact, _)| contact.id));
        done.created += counts.created;
        done.updated += counts.updated;
        done.unchanged += counts.unchanged;
        done.restored += counts.restored;
    }
    contacts::store::reindex(conn, &touched)?;
    Ok(done)
}

fn keys<'a>(recipients: &[&'a Recipient]) -> Vec<&'a str> {
    recipients
        .iter()
        .filter_map(|recipient| recipient.email.as_ref().map(Email::key))
        .collect()
}
