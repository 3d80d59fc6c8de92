//! Writes the valid lines in batches: each batch, its counts and the cursor are one transaction. A second thread reads
//! ahead, so that the transactions only write.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::sync::mpsc::{self, SyncSender};
use std::time::{Duration, Instant};

use super::check::{self, Stop};
use super::findings::int;
use super::format::{Reader, Verdict};
use super::import::{Counts, Import, State};
use super::journal::{self, ImportChanges};
use super::store;
use super::superseded::Superseded;
use crate::book::write::{self, By, Derived, ExistingContact, New};
use crate::db::{AnyConnection, settings};
use crate::domain::{Country, Email, Recipient};
use crate::error::AppResult;
use crate::jobs::JobContext;
use crate::metrics::METRICS;

/// Contacts read together.
const BATCH: usize = 250;
/// Batches per transaction while nobody waits to write. The minimal hand-written import of `benches/goals` loses half of its
/// speed with 500 contacts per transaction instead of 5 000. While somebody waits, each batch is a transaction of its own. A
/// save during an import of a million lines took 120 ms (p50) with 250 contacts, 270 ms with 1 000, and 55 ms when the
/// import also pauses for as long as its batch took.
const BATCHES: usize = 16;

/// The next recipients of a file, to be written together.
#[derive(Default)]
pub struct Batch {
    pub recipients: Vec<Recipient>,
    /// The last line of the batch.
    pub last_line: i64,
}

impl Batch {
    /// Takes the next lines after `cursor`; returns `true` if the file may have more.
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
                && superseded.by(line.number).is_none()
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

/// Applies the import from its cursor to its end.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if another worker has continued it.
pub fn run(work: &JobContext, import: &Import, superseded: &Superseded) -> AppResult<()> {
    // Some batches are being written, as many wait, and one is being read.
    let (sender, ready) = mpsc::sync_channel(BATCHES);
    std::thread::scope(|scope| {
        // Dropped on an early return, so that the reading thread does not wait for ever.
        let ready = ready;
        let reading = scope.spawn(move || read_ahead(work, import, superseded, &sender));
        let mut cursor = import.cursor_line;
        // The channel closes at the end of the file or after an error.
        while let Ok(mut prepared) = ready.recv() {
            while prepared.more && prepared.batch.recipients.len() < BATCHES * BATCH && !work.db.is_awaited()
            {
                let Ok(next) = ready.recv() else { break };
                prepared.append(next);
            }
            let Prepared { batch, derived, default, more } = &mut prepared;
            let mut took = Duration::ZERO;
            let done = work.write_step(|conn| {
                let begun = Instant::now();
                if settings::default_country(conn)? != *default {
                    // The default country has changed since the numbers were read.
                    derived.clear();
                }
                let done = write(conn, import, batch, derived)?;
                let span = (cursor, batch.last_line);
                store::advance(conn, (import.id, State::Applying), span, None, &done)?;
                if !*more {
                    store::finish(conn, import.id)?;
                }
                took = begun.elapsed();
                Ok(done)
            })?;
            if work.db.is_awaited() {
                // Other readers and writers get as much time as the batch took.
                std::thread::sleep(took);
            }
            note(&done);
            cursor = batch.last_line;
        }
        match reading.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn note(done: &Counts) {
    for (outcome, lines) in [
        ("created", done.created),
        ("updated", done.updated),
        ("unchanged", done.unchanged),
        ("restored", done.restored),
    ] {
        METRICS.import_lines.with_label_values(&[outcome]).inc_by(lines.unsigned_abs());
    }
}

/// A batch, with what can be computed before its transaction.
struct Prepared {
    batch: Batch,
    derived: DerivedByEmail,
    /// The default country with which the numbers were read.
    default: Country,
    more: bool,
}

impl Prepared {
    /// Appends the next batch.
    fn append(&mut self, mut next: Self) {
        self.batch.recipients.append(&mut next.batch.recipients);
        self.batch.last_line = next.batch.last_line;
        if self.default == next.default {
            self.derived.extend(next.derived);
        }
        self.more = next.more;
    }
}

/// The derived values of recipients that are new to the book, by e-mail key.
type DerivedByEmail = HashMap<String, Derived>;

fn read_ahead(
    work: &JobContext,
    import: &Import,
    superseded: &Superseded,
    ready: &SyncSender<Prepared>,
) -> AppResult<()> {
    let mut reader = check::open(work, import)?;
    let mut last_line = import.cursor_line;
    loop {
        let mut batch = Batch { last_line, ..Batch::default() };
        let more = batch.fill(&mut reader, superseded, import.cursor_line)?;
        last_line = batch.last_line;
        let (known, default) = work.db.read_blocking(|conn| {
            let recipients: Vec<&Recipient> = batch.recipients.iter().collect();
            let known = write::with_emails(conn, &keys(&recipients), false)?;
            Ok((known, settings::default_country(conn)?))
        })?;
        let known: HashSet<&str> = known.iter().filter_map(ExistingContact::key).collect();
        let derived = batch
            .recipients
            .iter()
            .filter(|recipient| !known.contains(key(recipient)))
            .map(|recipient| (key(recipient).to_owned(), Derived::of(recipient, default)))
            .collect();
        let prepared = Prepared { batch, derived, default, more };
        // The receiver is gone: the writing thread has stopped and reports why.
        if ready.send(prepared).is_err() || !more {
            return Ok(());
        }
    }
}

/// The effects of a batch on the current book.
struct Plan<'r, 'k> {
    new: Vec<&'r Recipient>,
    changed: Vec<(&'k ExistingContact, &'r Recipient)>,
    restored: Vec<(&'k ExistingContact, &'r Recipient)>,
    unchanged: Vec<&'k ExistingContact>,
}

impl<'r, 'k> Plan<'r, 'k> {
    fn new(recipients: &[&'r Recipient], known: &'k [ExistingContact]) -> Self {
        let by_email: HashMap<&str, &'k ExistingContact> =
            known.iter().filter_map(|contact| Some((contact.key()?, contact))).collect();
        let mut plan =
            Self { new: Vec::new(), changed: Vec::new(), restored: Vec::new(), unchanged: Vec::new() };
        // Several lines may mean one contact, also by its former e-mails; one of them counts. The check excluded that, but
        // two contacts may have been merged since.
        let mut meant: HashMap<i64, &str> = HashMap::new();
        for recipient in recipients {
            if let Some(contact) = by_email.get(key(recipient))
                && (contact.is_found_by_its_own() || !meant.contains_key(&contact.id))
            {
                meant.insert(contact.id, key(recipient));
            }
        }
        for &recipient in recipients {
            match by_email.get(key(recipient)) {
                None => plan.new.push(recipient),
                Some(contact) if meant.get(&contact.id) != Some(&key(recipient)) => {
                    plan.unchanged.push(contact);
                }
                Some(contact) if contact.deleted_at.is_some() => {
                    plan.restored.push((contact, recipient));
                }
                Some(contact) if contact.has_fields_of(recipient) => {
                    plan.unchanged.push(contact);
                }
                Some(contact) => plan.changed.push((contact, recipient)),
            }
        }
        plan
    }

    /// Adds the existing contacts to the journal, each with the import that contained it before.
    fn note(&self, journal: &mut ImportChanges) {
        for (contact, _) in &self.changed {
            journal.updated(contact.id, contact.import_id);
        }
        for (contact, _) in &self.restored {
            journal.restored(contact.id, contact.import_id);
        }
        for contact in &self.unchanged {
            journal.unchanged(contact.id, contact.import_id);
        }
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

fn write(
    conn: &mut AnyConnection,
    import: &Import,
    batch: &Batch,
    derived: &mut DerivedByEmail,
) -> AppResult<Counts> {
    let by = By { import: import.id, account: import.author() };
    let default = settings::default_country(conn)?;
    let mut done = Counts::default();
    let mut journal = ImportChanges::default();
    let mut rest: Vec<&Recipient> = batch.recipients.iter().collect();
    while !rest.is_empty() {
        let known = write::with_emails(conn, &keys(&rest), true)?;
        let mut plan = Plan::new(&rest, &known);
        for recipient in &plan.new {
            if !derived.contains_key(key(recipient)) {
                derived.insert(key(recipient).to_owned(), Derived::of(recipient, default));
            }
        }
        let new = plan
            .new
            .iter()
            .filter_map(|recipient| {
                let derived = derived.get(key(recipient))?;
                Some(New { recipient, derived })
            })
            .collect();
        let created = write::insert_imported(conn, new, by)?;
        // On PostgreSQL another transaction may have added one of them since the look-up; the next round finds it.
        rest = plan.new.extract_if(.., |new| !created.contains_key(key(new))).collect();
        let counts = plan.counts();
        plan.note(&mut journal);
        for id in created.into_values() {
            journal.created(id);
        }
        let mut overwritten = plan.changed;
        overwritten.append(&mut plan.restored);
        // Of several lines for one contact, one counts.
        let mut marked: HashSet<i64> = overwritten.iter().map(|(contact, _)| contact.id).collect();
        plan.unchanged.retain(|contact| marked.insert(contact.id));
        // The order of ids, as everywhere, so that two concurrent imports do not deadlock.
        overwritten.sort_unstable_by_key(|(contact, _)| contact.id);
        write::overwrite(conn, &overwritten, by)?;
        write::mark_imported(conn, &plan.unchanged, import.id)?;
        done.created += counts.created;
        done.updated += counts.updated;
        done.unchanged += counts.unchanged;
        done.restored += counts.restored;
    }
    journal::record(conn, import.id, batch.last_line, journal)?;
    Ok(done)
}

fn keys<'a>(recipients: &[&'a Recipient]) -> Vec<&'a str> {
    recipients.iter().map(|recipient| key(recipient)).collect()
}

/// Every recipient of an import has an e-mail.
fn key(recipient: &Recipient) -> &str {
    recipient.email.as_ref().map_or("", Email::key)
}
