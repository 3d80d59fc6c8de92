//! Writes the valid lines in batches: each batch, its counts and the cursor are one transaction. A second thread reads
//! ahead, so that the transactions only write.

use std::sync::mpsc::{self, SyncSender};
use std::time::{Duration, Instant};

use super::check::{self, Stop};
use super::findings::int;
use super::import::{Counts, Import, State};
use super::journal::{self, ImportChanges};
use super::list_kind::{LineReader, ListKind, Verdict};
use super::store;
use super::superseded::Superseded;
use crate::book::search;
use crate::db::by_index;
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
/// Bytes of the lines that are read together, and of those in a transaction: the rows of a list may have long notes.
const BATCH_BYTES: u64 = 512 * 1024;
const TRANSACTION_BYTES: u64 = 4 * 1024 * 1024;

/// The next rows of a file, to be written together.
struct Batch<R> {
    rows: Vec<R>,
    /// The last line of the batch.
    last_line: i64,
    /// Of the lines of the rows.
    bytes: u64,
}

impl<R> Batch<R> {
    /// Takes the next lines after `cursor`; returns `true` if the file may have more.
    fn fill(
        &mut self,
        reader: &mut impl LineReader<Row = R>,
        superseded: &Superseded,
        cursor: i64,
    ) -> AppResult<bool> {
        while let Some(line) = reader.next_line().map_err(Stop::from)? {
            self.last_line = int(line.number);
            if self.last_line <= cursor {
                continue;
            }
            if let Verdict::Valid(row) = line.verdict
                && superseded.by(line.number).is_none()
            {
                self.rows.push(row);
                self.bytes += line.length;
                if self.rows.len() == BATCH || self.bytes >= BATCH_BYTES {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Returns `true` if the transaction may write the next batch too.
    fn may_grow(&self) -> bool {
        self.rows.len() < BATCHES * BATCH && self.bytes < TRANSACTION_BYTES
    }
}

/// Applies the import from its cursor to its end.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if another worker has continued it.
pub fn run<K: ListKind>(
    work: &JobContext,
    kind: &K,
    import: &Import,
    superseded: &Superseded,
) -> AppResult<()> {
    work.write(|conn| {
        let lines = store::find(conn, import.id)?.lines;
        search::prepare(conn, lines - import.cursor_line)
    })?;
    // Some batches are being written, as many wait, and one is being read.
    let (sender, ready) = mpsc::sync_channel(BATCHES);
    std::thread::scope(|scope| {
        // Dropped on an early return, so that the reading thread does not wait for ever.
        let ready = ready;
        let reading = scope.spawn(move || read_ahead(work, kind, import, superseded, &sender));
        let mut cursor = import.cursor_line;
        // The channel closes at the end of the file or after an error.
        while let Ok(mut prepared) = ready.recv() {
            while prepared.more && prepared.batch.may_grow() && !work.db.is_awaited() {
                let Ok(next) = ready.recv() else { break };
                prepared.append(next);
            }
            let Prepared { batch, ahead, more } = &mut prepared;
            let mut took = Duration::ZERO;
            let done = work.write_step(|conn| {
                let begun = Instant::now();
                let mut journal = ImportChanges::default();
                let done = by_index(conn, |conn| kind.write(conn, import, &batch.rows, ahead, &mut journal))?;
                journal::record(conn, import.id, batch.last_line, journal)?;
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

/// Adds the result of a batch to the metrics.
pub fn note(done: &Counts) {
    for (outcome, lines) in [
        ("created", done.created),
        ("updated", done.updated),
        ("unchanged", done.unchanged),
        ("restored", done.restored),
    ] {
        METRICS.import_lines.with_label_values(&[outcome]).inc_by(lines.unsigned_abs());
    }
}

/// A batch, with what was computed before its transaction.
struct Prepared<K: ListKind> {
    batch: Batch<K::Row>,
    ahead: K::Ahead,
    more: bool,
}

impl<K: ListKind> Prepared<K> {
    /// Appends the next batch.
    fn append(&mut self, mut next: Self) {
        self.batch.rows.append(&mut next.batch.rows);
        self.batch.last_line = next.batch.last_line;
        self.batch.bytes += next.batch.bytes;
        K::append(&mut self.ahead, next.ahead);
        self.more = next.more;
    }
}

fn read_ahead<K: ListKind>(
    work: &JobContext,
    kind: &K,
    import: &Import,
    superseded: &Superseded,
    ready: &SyncSender<Prepared<K>>,
) -> AppResult<()> {
    let mut reader = check::open(&work.db, kind, import)?;
    let mut last_line = import.cursor_line;
    loop {
        let mut batch = Batch { rows: Vec::with_capacity(BATCH), last_line, bytes: 0 };
        let more = batch.fill(&mut reader, superseded, import.cursor_line)?;
        last_line = batch.last_line;
        let ahead =
            work.db.read_blocking(|conn| by_index(conn, |conn| kind.read_ahead(conn, &batch.rows)))?;
        // The receiver is gone: the writing thread has stopped and reports why.
        if ready.send(Prepared { batch, ahead, more }).is_err() || !more {
            return Ok(());
        }
    }
}
