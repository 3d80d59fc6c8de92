//! What the lines of a list would do, counted and not kept: all that a profile asks before it lets the list go on.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{Scope, ScopedJoinHandle};

use super::super::import::Counts;
use super::super::list_kind::ListKind;
use super::effect::{Effect, PlannedEffect};
use crate::db::{Db, by_index};
use crate::error::AppResult;

/// Lines looked up together.
pub const BATCH: usize = 2_000;
/// The bytes of the lines from which on no further one is looked up with them: rows may have long notes.
pub const BATCH_BYTES: i64 = 2 * 1024 * 1024;

/// Planned effects, counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Effects {
    pub counts: Counts,
    /// The lines that would empty a value of a contact.
    pub emptying: i64,
}

impl Effects {
    /// Counts a line; `emptied` are the values that it would empty.
    pub fn add(&mut self, kind: &impl ListKind, foretold: PlannedEffect, emptied: i64) {
        if foretold.effect == Effect::Held && kind.rejects_doubtful() {
            self.counts.rejected += 1;
        } else {
            *foretold.effect.count(&mut self.counts) += 1;
        }
        self.counts.emptied += emptied;
        let writes = matches!(foretold.effect, Effect::Updated | Effect::Restored);
        self.emptying += i64::from(emptied > 0 && writes);
    }
}

/// Takes the valid lines of a list one by one, and looks them up in batches. A second thread does that, while the first one reads.
pub struct Outlook<'s, K: ListKind> {
    rows: Vec<K::Row>,
    bytes: i64,
    batches: SyncSender<Vec<K::Row>>,
    looking: ScopedJoinHandle<'s, AppResult<Effects>>,
}

impl<'s, K: ListKind> Outlook<'s, K> {
    pub fn begin(scope: &'s Scope<'s, '_>, db: &'s Db, kind: &'s K) -> Self {
        let (batches, taken) = mpsc::sync_channel(1);
        let looking = scope.spawn(move || look_up(db, kind, taken));
        Self { rows: Vec::with_capacity(BATCH), bytes: 0, batches, looking }
    }

    /// Takes the row of a line of so many bytes.
    pub fn take(&mut self, row: K::Row, length: i64) {
        self.rows.push(row);
        self.bytes += length;
        if self.rows.len() == BATCH || self.bytes >= BATCH_BYTES {
            self.hand_over();
        }
    }

    pub fn finish(mut self) -> AppResult<Effects> {
        self.hand_over();
        drop(self.batches);
        self.looking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    fn hand_over(&mut self) {
        let rows = std::mem::replace(&mut self.rows, Vec::with_capacity(BATCH));
        self.bytes = 0;
        // If the receiver is gone, the other thread has failed, and `finish` returns why.
        let _ = self.batches.send(rows);
    }
}

fn look_up<K: ListKind>(db: &Db, kind: &K, batches: Receiver<Vec<K::Row>>) -> AppResult<Effects> {
    let mut effects = Effects::default();
    for rows in batches {
        let rows: Vec<&K::Row> = rows.iter().collect();
        let known = db.read_blocking(|conn| by_index(conn, |conn| kind.find(conn, &rows)))?;
        for (row, known) in rows.into_iter().zip(&known) {
            let foretold = kind.effect(known.as_ref(), row);
            effects.add(kind, foretold, kind.emptied(known.as_ref(), row));
        }
    }
    Ok(effects)
}
