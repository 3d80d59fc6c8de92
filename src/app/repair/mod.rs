//! Repairs of stored values: an older version derived a number, a key or a word differently, or accepted an invisible character.
//!
//! A migration files a repair for a book that is not new. Its job waits until no node of an older version is alive
//! ([`crate::jobs::older`]), then derives everything again with the functions that check new input. Nothing is merged and
//! nothing is lost: if two rows would become equal, the later one keeps its old spelling.
//!
//! Rows that keep their old spelling are shown where somebody can decide: contacts as possible duplicates, organizations on
//! their page, accounts by number in the log.

mod store;
mod words;

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
pub use words::run_job as run_words_job;

/// Contacts per transaction, so that other writers get their turn in between.
const BATCH: i64 = 500;

/// The background job. It continues from the stage and the cursor of the last transaction; after an error it is
/// tried again later.
pub fn run_job(work: &JobContext, id: i64) -> AppResult<Ended> {
    let begun = Instant::now();
    if work.write(|conn| wait(conn, id))? == Older::Perhaps {
        return Ok(Ended::Waiting(older::PATIENCE + TimeDelta::seconds(1)));
    }
    tracing::info!(repair = id, "deriving stored values again");
    work.run_parts(|conn| part(conn, id))?;
    let Repair { contacts, changed, numbers, .. } = work.db.read_blocking(|conn| store::find(conn, id))?;
    let seconds = begun.elapsed().as_secs();
    tracing::info!(repair = id, contacts, changed, numbers, seconds, "repair finished");
    Ok(Ended::Done)
}

/// Looks for older nodes before the first part.
fn wait(conn: &mut AnyConnection, id: i64) -> AppResult<Older> {
    let repair = store::find(conn, id)?;
    if repair.stage != Stage::Waiting {
        return Ok(Older::Gone);
    }
    let older = older::look(conn)?;
    if older == Older::Gone {
        store::advance(conn, &repair, &repair.at(Stage::Names))?;
    }
    Ok(older)
}

/// Does the next part of the repair. Returns `true` if there is more to do.
fn part(conn: &mut AnyConnection, id: i64) -> AppResult<bool> {
    let from = store::find(conn, id)?;
    let to = match from.stage {
        Stage::Waiting | Stage::Done => return Ok(false),
        Stage::Names => repair_names(conn, &from)?,
        Stage::Contacts => repair_contacts(conn, &from)?,
        Stage::Words => repair_words(conn, &from)?,
        Stage::Values => repair_values(conn, &from)?,
    };
    store::advance(conn, &from, &to)?;
    Ok(to.stage != Stage::Done)
}

/// Repairs the names of accounts, organizations, contact types, filters and imports. There are thousands at most, so one
/// transaction is enough.
fn repair_names(conn: &mut AnyConnection, from: &Repair) -> AppResult<Repair> {
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
    Ok(from.at(Stage::Contacts))
}

/// Repairs the next contacts: their texts, their numbers, and the words that find them. At the end it starts a search for
/// duplicates if there may be new ones.
fn repair_contacts(conn: &mut AnyConnection, from: &Repair) -> AppResult<Repair> {
    if let Some(done) = write::repair(conn, from.cursor_id, BATCH)? {
        return Ok(Repair {
            cursor_id: done.last,
            contacts: from.contacts + done.contacts,
            changed: from.changed + done.changed,
            numbers: from.numbers + done.numbers,
            kept: from.kept + done.kept,
            ..from.clone()
        });
    }
    search::settle(conn, from.contacts)?;
    if from.kept > 0 || from.numbers > 0 {
        duplicates::begin_search(conn, None)?;
    }
    Ok(from.at(Stage::Words))
}

fn repair_words(conn: &mut AnyConnection, from: &Repair) -> AppResult<Repair> {
    Ok(match vocabulary::forget_outdated(conn, &from.cursor_word)? {
        Some(last) => Repair { cursor_word: last, ..from.clone() },
        None => from.at(Stage::Values),
    })
}

fn repair_values(conn: &mut AnyConnection, from: &Repair) -> AppResult<Repair> {
    let further = vocabulary::rekey_values(conn, (&from.cursor_kind, &from.cursor_word))?;
    if let Some((cursor_kind, cursor_word)) = further {
        return Ok(Repair { cursor_kind, cursor_word, ..from.clone() });
    }
    // Contacts are counted by their folded values.
    jobs::enqueue_anew(conn, jobs::Kind::Recount, 0)?;
    Ok(from.at(Stage::Done))
}
