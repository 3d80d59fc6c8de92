//! The files of imports are dropped some days after the end of their import, with the values in the findings of their lines:
//! what is erased from the book later is then no longer in them. The import itself, its counts, and the faults and numbers
//! of its lines stay for ever.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::dsl::{exists, max, not};
use diesel::prelude::*;

use super::corrections;
use super::findings::{self, FindingKind};
use super::import::State;
use crate::base::clock;
use crate::db::schema::{import_chunks, import_files, import_held, import_undos, imports};
use crate::db::{AnyConnection, Db, lock_rows};
use crate::error::{AppError, AppResult};

/// The interval between two looks for files to drop.
const PAUSE: Duration = Duration::from_secs(60);
/// Findings per transaction whose values are removed.
const STEP: i64 = 1_000;

/// Drops the files of imports `keep` after the end of the import, until the process ends.
pub async fn drop_files(db: Db, keep: TimeDelta) {
    loop {
        let own = db.clone();
        match tokio::task::spawn_blocking(move || drop_old_files(&own, keep)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "old files could not be dropped"),
            Err(error) => tracing::error!(%error, "old files could not be dropped"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Drops the files that are older than `keep`. Each piece of a file is a transaction of its own, so that other writers get their
/// turn in between. The first piece is deleted last; while it exists, the drop is incomplete, and the next call completes it.
pub fn drop_old_files(db: &Db, keep: TimeDelta) -> AppResult<()> {
    for file in db.read_blocking(half_dropped)? {
        drop_contents(db, file)?;
    }
    let until = clock::now() - keep;
    while let Some(file) = db.write_blocking(|conn| mark_next(conn, until))? {
        drop_contents(db, file)?;
    }
    Ok(())
}

fn half_dropped(conn: &mut AnyConnection) -> AppResult<Vec<i64>> {
    let first_piece = import_chunks::table
        .filter(import_chunks::file_id.eq(import_files::id))
        .filter(import_chunks::seq.eq(0));
    Ok(import_files::table
        .filter(import_files::dropped_at.is_not_null())
        .filter(exists(first_piece))
        .select(import_files::id)
        .load(conn)?)
}

/// Marks the next file as dropped, so that nobody starts to read it. No import of the file may be at work or being undone,
/// and the last one must have ended by `until`.
fn mark_next(conn: &mut AnyConnection, until: NaiveDateTime) -> AppResult<Option<i64>> {
    let own = imports::file_id.eq(import_files::id);
    let undone = import_undos::table
        .filter(import_undos::import_id.eq(imports::id))
        .filter(import_undos::finished_at.is_null());
    // A doubtful row is read from the file when somebody decides about it.
    let waiting = import_held::table
        .filter(import_held::import_id.eq(imports::id))
        .filter(import_held::decision.is_null());
    let in_use = imports::table.filter(
        imports::state
            .ne_all(State::TERMINAL.map(State::as_str))
            .or(imports::finished_at.is_null())
            .or(imports::finished_at.gt(until))
            .or(exists(undone))
            .or(exists(waiting)),
    );
    let next: Option<i64> = import_files::table
        .filter(import_files::dropped_at.is_null())
        .filter(exists(imports::table.filter(own)))
        .filter(not(exists(in_use.clone().filter(own))))
        .order(import_files::id)
        .select(import_files::id)
        .first(conn)
        .optional()?;
    let Some(file) = next else { return Ok(None) };
    // Another node may have dropped it since, or somebody may have requested another reading; the next look finds out.
    let of_file = in_use.filter(imports::file_id.eq(file));
    if !hold(conn, file)? || diesel::select(exists(of_file)).get_result(conn)? {
        return Ok(None);
    }
    diesel::update(import_files::table.find(file))
        .set(import_files::dropped_at.eq(clock::now()))
        .execute(conn)?;
    Ok(Some(file))
}

/// Returns `true` if the file exists, and locks it until the end of the transaction.
pub fn hold(conn: &mut AnyConnection, file: i64) -> AppResult<bool> {
    let kept = import_files::table.find(file).filter(import_files::dropped_at.is_null());
    let held: Vec<i64> = lock_rows!(conn, kept, import_files::id);
    Ok(!held.is_empty())
}

fn drop_contents(db: &Db, file: i64) -> AppResult<()> {
    let imports: Vec<i64> = db.read_blocking(|conn| {
        Ok(imports::table.filter(imports::file_id.eq(file)).select(imports::id).load(conn)?)
    })?;
    for import in imports {
        db.write_blocking(|conn| corrections::forget(conn, import))?;
        for kind in [FindingKind::Rejected, FindingKind::Superseded] {
            forget_findings(db, import, kind)?;
        }
    }
    while db.write_blocking(|conn| drop_last_piece(conn, file))? {}
    Ok(())
}

fn forget_findings(db: &Db, import: i64, kind: FindingKind) -> AppResult<()> {
    let mut after = (0, -1);
    loop {
        let last = db.write_blocking(|conn| {
            let found = findings::after(conn, import, kind, after, STEP)?;
            let mut lines: Vec<i64> = found.iter().map(|finding| finding.line).collect();
            lines.dedup();
            findings::forget_values(conn, import, &lines)?;
            Ok(found.last().map(|last| (last.line, last.ordinal)))
        })?;
        match last {
            Some(place) => after = place,
            None => return Ok(()),
        }
    }
}

fn drop_last_piece(conn: &mut AnyConnection, file: i64) -> AppResult<bool> {
    let last: Option<i64> = import_chunks::table
        .filter(import_chunks::file_id.eq(file))
        .select(max(import_chunks::seq))
        .first(conn)?;
    let Some(seq) = last else {
        return Ok(false);
    };
    diesel::delete(import_chunks::table.find((file, seq))).execute(conn)?;
    Ok(seq > 0)
}

/// Returns the time at which the file was dropped; `None` if it exists.
///
/// # Errors
/// [`AppError::NotFound`] for an unknown file.
pub fn dropped_at(conn: &mut AnyConnection, file: i64) -> Result<Option<NaiveDateTime>, AppError> {
    Ok(import_files::table.find(file).select(import_files::dropped_at).first(conn)?)
}
