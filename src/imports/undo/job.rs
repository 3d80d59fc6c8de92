//! The background job of an undo: it works in batches, each with its counts and the cursor in one transaction.

use std::collections::HashMap;

use super::rules::{Case, Outcome};
use super::store::{self, Kept, Undo, Undone};
use crate::audit;
use crate::book::whole::WholeContact;
use crate::book::write::{self, Undoing};
use crate::book::{notes, organizations};
use crate::db::{AnyConnection, by_index};
use crate::error::AppResult;
use crate::imports::journal::{self, Touch};
use crate::imports::reviews;
use crate::jobs::JobContext;

/// Contacts per transaction.
const BATCH: usize = 500;

/// Continues the undo from its last committed batch to its end.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if another worker has continued it. After any error the job is tried again later.
pub fn run(work: &JobContext, import: i64) -> AppResult<()> {
    let undo = work.db.read_blocking(|conn| store::find(conn, import))?;
    let Some(undo) = undo.filter(|undo| undo.finished_at.is_none()) else {
        return Ok(());
    };
    let mut done = undo.done;
    let mut passed = usize::try_from(undo.done).unwrap_or_default();
    let mut line = 0;
    while let Some((last, touches)) = work.db.read_blocking(|conn| journal::after(conn, import, line))? {
        line = last;
        let rest = touches.get(passed..).unwrap_or_default();
        passed = passed.saturating_sub(touches.len());
        for batch in rest.chunks(BATCH) {
            work.write_step(|conn| by_index(conn, |conn| undo_batch(conn, &undo, batch, done)))?;
            done += batch.len() as i64;
        }
    }
    work.walk(0, |conn, after| organizations::withdraw_next(conn, import, after, undo.account_id))?;
    work.walk(0, |conn, after| reviews::forget_next_distinct(conn, import, after, undo.account_id))?;
    work.run_parts(|conn| reviews::skip_next(conn, import))?;
    work.write(|conn| store::finish(conn, &undo))
}

fn undo_batch(conn: &mut AnyConnection, undo: &Undo, batch: &[Touch], from: i64) -> AppResult<()> {
    let ids: Vec<i64> = batch.iter().map(|touch| touch.contact).collect();
    let held = write::lock(conn, &ids)?;
    let entries = audit::store::of_contacts(conn, &ids)?;
    notes::withdraw_imported(conn, undo.import_id, &ids)?;
    let notes = notes::latest(conn, &ids)?;
    let others = store::others(conn, batch, &held, &entries)?;
    let held = WholeContact::of(conn, held)?;
    let by_id: HashMap<i64, &WholeContact> = held.iter().map(|whole| (whole.contact.id, whole)).collect();
    let mut undone = Undone::of(batch.len());
    let mut kept = Vec::new();
    let mut undoings = Vec::new();
    for touch in batch {
        let Some(&contact) = by_id.get(&touch.contact) else {
            undone.untouched += 1;
            continue;
        };
        let case = Case {
            import: undo.import_id,
            touch: *touch,
            contact,
            entries: entries.get(&touch.contact).map_or(&[], Vec::as_slice),
            last_note: notes.get(&touch.contact).copied(),
            others: &others,
        };
        let verdict = case.decide();
        undone.count(verdict.outcome);
        if let Outcome::Held(_) | Outcome::Kept = verdict.outcome {
            kept.push(Kept::of(undo.import_id, touch, verdict.outcome));
        }
        undoings.push(Undoing {
            contact,
            import_id: verdict.holder,
            changes: verdict.changes,
            is_withdrawn: verdict.outcome == Outcome::Withdrawn,
        });
    }
    write::undo(conn, &undoings, undo.import_id, undo.account_id)?;
    store::keep(conn, &kept)?;
    store::advance(conn, undo.import_id, from, &undone)
}
