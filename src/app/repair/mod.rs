//! Repairs of stored values: an older version derived a number, a key or a word differently, or accepted an invisible character.
//!
//! A migration files a repair for a book that is not new. Its job waits until no node of an older version is alive
//! ([`crate::jobs::older`]), then derives everything again with the functions that check new input. Nothing is merged and
//! nothing is lost: if two rows would become equal, the later one keeps its old spelling.
//!
//! Rows that keep their old spelling are shown where somebody can decide: contacts as possible duplicates, organizations on
//! their page, accounts by number in the log.

mod store;

use std::time::Instant;

use chrono::TimeDelta;

use crate::book::search::{self, vocabulary};
use crate::book::{saved_filters, write};
use crate::db::AnyConnection;
use crate::error::AppResult;
use crate::jobs::older::{self, Older};
use crate::jobs::{self, Ended, JobContext};
use crate::{accounts, contact_types, duplicates, imports, organizations};
use store::{Repair, Stage};

/// Contacts per transaction, so that other writers get their turn in between.
const BATCH: i64 = 500;

/// The background job. It continues from the stage and the cursor of the last transaction; after an error it is
/// tried again later.
pub fn run_job(work: &JobContext, id: i64) -> AppResult<Ended> {
    let begun = Instant::now();
    loop {
        let repair = work.db.read_blocking(|conn| store::find(conn, id))?;
        match repair.stage {
            Stage::Waiting => {
                let older = work.write(|conn| {
                    let older = older::look(conn)?;
                    if older == Older::Gone {
                        store::advance(conn, &repair, Stage::Names)?;
                    }
                    Ok(older)
                })?;
                if older == Older::Perhaps {
                    return Ok(Ended::Waiting(older::PATIENCE + TimeDelta::seconds(1)));
                }
                tracing::info!(repair = id, "deriving stored values again");
            }
            Stage::Names => work.write_step(|conn| repair_names(conn, &repair))?,
            Stage::Contacts => work.write_step(|conn| repair_contacts(conn, &repair))?,
            Stage::Words => work.write_step(|conn| repair_words(conn, &repair))?,
            Stage::Values => work.write_step(|conn| repair_values(conn, &repair))?,
            Stage::Done => {
                let seconds = begun.elapsed().as_secs();
                let Repair { contacts, changed, numbers, .. } = repair;
                tracing::info!(repair = id, contacts, changed, numbers, seconds, "repair finished");
                return Ok(Ended::Done);
            }
        }
    }
}

/// Repairs the names of accounts, organizations, contact types, filters and imports. There are thousands at most, so one
/// transaction is enough.
fn repair_names(conn: &mut AnyConnection, repair: &Repair) -> AppResult<()> {
    for account in accounts::repair_names(conn)? {
        tracing::warn!(
            account,
            "an account keeps the old spelling of its name: another account already has the new one"
        );
    }
    contact_types::rekey_names(conn)?;
    write::repair_former_emails(conn)?;
    saved_filters::rekey_names(conn)?;
    imports::rekey_names(conn)?;
    organizations::repair(conn)?;
    store::advance(conn, repair, Stage::Contacts)
}

/// Repairs the next contacts: their texts, their numbers, and the words that find them. At the end it starts a search for
/// duplicates if there may be new ones.
fn repair_contacts(conn: &mut AnyConnection, repair: &Repair) -> AppResult<()> {
    if let Some(done) = write::repair(conn, repair.cursor_id, BATCH)? {
        return store::pass_contacts(conn, repair, &done);
    }
    search::settle(conn, repair.contacts)?;
    if repair.kept > 0 || repair.numbers > 0 {
        duplicates::begin_search(conn, None)?;
    }
    store::advance(conn, repair, Stage::Words)
}

fn repair_words(conn: &mut AnyConnection, repair: &Repair) -> AppResult<()> {
    match vocabulary::forget_outdated(conn, &repair.cursor_word)? {
        Some(last) => store::pass_word(conn, repair, "", &last),
        None => store::advance(conn, repair, Stage::Values),
    }
}

fn repair_values(conn: &mut AnyConnection, repair: &Repair) -> AppResult<()> {
    let from = (repair.cursor_kind.as_str(), repair.cursor_word.as_str());
    match vocabulary::rekey_values(conn, from)? {
        Some((kind, last)) => store::pass_word(conn, repair, &kind, &last),
        None => {
            // Contacts are counted by their folded values.
            jobs::enqueue_anew(conn, jobs::Kind::Recount, 0)?;
            store::advance(conn, repair, Stage::Done)
        }
    }
}
