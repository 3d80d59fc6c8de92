//! The queries on imports and their states.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::form::NewImport;
use super::format::{Diagnosis, Refusal};
use super::import::{Counts, Import, State};
use super::{files, findings, retention};
use crate::audit::{self, Entry};
use crate::base::clock;
use crate::book::search;
use crate::db::schema::imports;
use crate::db::{AnyConnection, account_name_of, rekey};
use crate::domain::{ImportName, fold};
use crate::error::{AppError, AppResult};
use crate::jobs;

/// Derives the keys of names again. Returns the ids of those that keep an older key because another one has the new key: of imports,
/// then of profiles.
pub fn rekey_names(conn: &mut AnyConnection) -> AppResult<Vec<i64>> {
    let mut kept = rekey!(conn, imports, name, name_key, fold);
    kept.extend(rekey!(conn, import_profiles, name, name_key, fold));
    Ok(kept)
}

/// A file that has been received.
pub struct ReceivedFile {
    pub id: i64,
    pub name: String,
    pub size: i64,
    pub sha256: String,
}

/// Creates an import and its job: from now on it is completed, whatever happens to this process.
///
/// # Errors
/// `Taken(ImportName)` if another import has the name.
pub fn create(
    conn: &mut AnyConnection,
    new: &NewImport,
    file: &ReceivedFile,
    account: Option<i64>,
) -> AppResult<i64> {
    let id = insert(conn, new, file, account)?;
    enqueue(conn, id)?;
    Ok(id)
}

/// Queues the job of an import.
pub fn enqueue(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let kind = find(conn, id)?.job();
    jobs::enqueue(conn, kind, id)
}

/// Creates an import without a job, and its entry in the history. Returns its id.
///
/// # Errors
/// `Taken(ImportName)` if another import has the name.
pub fn insert(
    conn: &mut AnyConnection,
    new: &NewImport,
    file: &ReceivedFile,
    account: Option<i64>,
) -> AppResult<i64> {
    let id = diesel::insert_into(imports::table)
        .values((
            imports::name.eq(new.name.as_str()),
            imports::name_key.eq(new.name.key()),
            imports::file_id.eq(file.id),
            imports::file_name.eq(&file.name),
            imports::file_size.eq(file.size),
            imports::file_sha256.eq(&file.sha256),
            imports::on_error.eq(new.on_error.as_str()),
            imports::preview.eq(new.preview),
            imports::state.eq(State::Checking.as_str()),
            imports::awaits_columns.eq(new.list.is_some()),
            imports::list.eq(new.list.as_ref().map(serde_json::to_string).transpose()?),
            imports::profile_id.eq(new.profile),
            imports::holds_doubtful.eq(new.holds_doubtful),
            imports::created_by.eq(account),
            imports::created_at.eq(clock::now()),
        ))
        .returning(imports::id)
        .get_result(conn)?;
    let entry = Entry::new(audit::Kind::ImportStarted, account).import(Some(id)).subject(new.name.as_str());
    audit::record(conn, &[entry])?;
    Ok(id)
}

/// Returns `true` if a kept import has this name. This is checked before a file is received; the unique
/// constraint decides afterwards.
pub fn is_taken(conn: &mut AnyConnection, name: &ImportName) -> AppResult<bool> {
    let same = of_taken_names().filter(imports::name_key.eq(name.key()));
    let found: Option<i64> = same.select(imports::id).first(conn).optional()?;
    Ok(found.is_some())
}

type Multi = <AnyConnection as diesel::Connection>::Backend;

/// The imports whose names are taken: those that have written something, or still may.
fn of_taken_names() -> imports::BoxedQuery<'static, Multi> {
    imports::table
        .filter(imports::state.ne_all([State::Refused.as_str(), State::Cancelled.as_str()]))
        .filter(imports::undone_at.is_null())
        .into_boxed()
}

/// Returns the name if it is free, otherwise the name with the first free number: `juin-2` for `juin`.
pub fn free_name(conn: &mut AnyConnection, name: &ImportName) -> AppResult<ImportName> {
    if !is_taken(conn, name)? {
        return Ok(name.clone());
    }
    // One query instead of one per number: a file that is sent every day has the same name for years.
    let taken: Vec<String> = of_taken_names().select(imports::name_key).load(conn)?;
    let taken: HashSet<String> = taken.into_iter().collect();
    let free = (2..=u64::MAX).map(|number| name.numbered(number)).find(|name| !taken.contains(&name.key()));
    free.ok_or_else(|| AppError::Internal(anyhow::anyhow!("no number is free")))
}

/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown import.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Import> {
    Ok(imports::table.find(id).select(Import::as_select()).first(conn)?)
}

/// The latest imports, or those before one, in any state.
pub fn latest(conn: &mut AnyConnection, before: Option<i64>, limit: i64) -> AppResult<Vec<Import>> {
    let mut query = imports::table.order(imports::id.desc()).limit(limit).into_boxed();
    if let Some(before) = before {
        query = query.filter(imports::id.lt(before));
    }
    Ok(query.select(Import::as_select()).load(conn)?)
}

/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown import.
pub fn state(conn: &mut AnyConnection, id: i64) -> AppResult<State> {
    find(conn, id).map(|import| import.state)
}

/// An import with the other data of its page.
pub struct ShownImport {
    pub import: Import,
    /// The account that started it; `None` for the command line.
    pub by: Option<String>,
    /// The account that confirmed or cancelled it.
    pub decided_by: Option<String>,
    pub file_dropped_at: Option<NaiveDateTime>,
}

/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown import.
pub fn show(conn: &mut AnyConnection, id: i64) -> AppResult<ShownImport> {
    let import = find(conn, id)?;
    Ok(ShownImport {
        by: account_name_of(conn, import.created_by)?,
        decided_by: account_name_of(conn, import.decided_by)?,
        file_dropped_at: retention::dropped_at(conn, import.file_id)?,
        import,
    })
}

/// Returns the latest import of the identical file that has written something or still may.
pub fn of_same_file(conn: &mut AnyConnection, sha256: &str) -> AppResult<Option<Import>> {
    Ok(of_taken_names()
        .filter(imports::file_sha256.eq(sha256.to_owned()))
        .order(imports::id.desc())
        .select(Import::as_select())
        .first(conn)
        .optional()?)
}

/// Stores the progress of a check.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is no longer being checked.
pub fn keep_check_progress(conn: &mut AnyConnection, id: i64, line: i64, byte: i64) -> AppResult<()> {
    let read = (imports::cursor_line.eq(line), imports::cursor_byte.eq(byte));
    jobs::advance(conn, diesel::update(in_state(id, State::Checking)).set(read))
}

/// The results of a check of the whole file.
#[derive(Debug, Clone, Copy)]
pub struct Checked {
    pub lines: i64,
    pub counts: Counts,
    pub diagnosis: Option<Diagnosis>,
}

/// Stores the results of a check.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is no longer being checked.
pub fn keep_checked(conn: &mut AnyConnection, id: i64, checked: &Checked) -> AppResult<()> {
    let diagnosis = checked.diagnosis.as_ref().map(serde_json::to_string);
    let read = (
        imports::lines.eq(checked.lines),
        imports::cursor_line.eq(0),
        checked.counts,
        imports::diagnosis.eq(diagnosis.transpose()?),
    );
    jobs::advance(conn, diesel::update(in_state(id, State::Checking)).set(read))
}

/// Moves a checked import to the state `applying`.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is no longer being checked.
pub fn begin_applying(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let import = find(conn, id)?;
    let rejected = checked_rejected(conn, &import)?;
    let applying = (
        imports::state.eq(State::Applying.as_str()),
        imports::applying_since.eq(clock::now()),
        imports::cursor_line.eq(0),
        imports::created.eq(0),
        imports::updated.eq(0),
        imports::unchanged.eq(0),
        imports::restored.eq(0),
        imports::held.eq(0),
        imports::unmatched.eq(0),
        rejected.map(|rejected| imports::rejected.eq(rejected)),
    );
    jobs::advance(conn, diesel::update(in_state(id, State::Checking)).set(applying))
}

/// The rows of a list that its check has rejected, without the doubtful ones that its forecast counts too. `None` for the strict
/// list, whose forecast rejects nothing.
pub fn checked_rejected(conn: &mut AnyConnection, import: &Import) -> AppResult<Option<i64>> {
    import.list.as_ref().map(|_| findings::count_rejected(conn, import.id)).transpose()
}

/// Lets a list wait for its columns again, because they name something that was deleted since.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is no longer being checked.
pub fn ask_for_columns(conn: &mut AnyConnection, import: &Import) -> AppResult<()> {
    let asked = (imports::awaits_columns.eq(true), imports::decided_by.eq(None::<i64>));
    let update = diesel::update(in_state(import.id, State::Checking)).set(asked);
    jobs::finish(conn, (import.job(), import.id), update)
}

/// Moves an import whose file cannot be read to the state `refused`.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is no longer being checked.
pub fn refuse(conn: &mut AnyConnection, id: i64, refusal: &Refusal, diagnosis: &Diagnosis) -> AppResult<()> {
    let refused = (
        imports::state.eq(State::Refused.as_str()),
        imports::refusal.eq(serde_json::to_string(refusal)?),
        imports::diagnosis.eq(serde_json::to_string(diagnosis)?),
        imports::finished_at.eq(clock::now()),
    );
    jobs::advance(conn, diesel::update(in_state(id, State::Checking)).set(refused))?;
    rest(conn, id)
}

/// Ends an import: drops the received file of a list, removes the job, and wakes erasures that wait for its file.
pub(super) fn rest(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let import = find(conn, id)?;
    files::drop_received(conn, &import)?;
    for kind in [jobs::Kind::Import, jobs::Kind::ListImport] {
        jobs::remove(conn, kind, id)?;
    }
    jobs::wake(conn, jobs::Kind::Erasure)?;
    jobs::wake(conn, jobs::Kind::WholeErasure)
}

/// Adds the result of a batch of lines, or of its forecast, and moves the cursor; `byte` is the progress of a forecast.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is in another state, or the cursor is not at `from`.
pub fn advance(
    conn: &mut AnyConnection,
    (id, state): (i64, State),
    (from, to): (i64, i64),
    byte: Option<i64>,
    done: &Counts,
) -> AppResult<()> {
    let here = in_state(id, state).filter(imports::cursor_line.eq(from));
    let counted = (
        imports::cursor_line.eq(to),
        byte.map(|byte| imports::cursor_byte.eq(byte)),
        imports::created.eq(imports::created + done.created),
        imports::updated.eq(imports::updated + done.updated),
        imports::unchanged.eq(imports::unchanged + done.unchanged),
        imports::restored.eq(imports::restored + done.restored),
        imports::held.eq(imports::held + done.held),
        imports::rejected.eq(imports::rejected + done.rejected),
        imports::unmatched.eq(imports::unmatched + done.unmatched),
        imports::emptied.eq(imports::emptied + done.emptied),
    );
    jobs::advance(conn, diesel::update(here).set(counted))
}

/// Clears what a check of the list has counted, in the transaction that asks for another one: it begins at the first line.
pub fn forget_counts(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let nothing =
        (imports::lines.eq(0), imports::cursor_line.eq(0), imports::cursor_byte.eq(0), Counts::default());
    diesel::update(imports::table.find(id)).set(nothing).execute(conn)?;
    Ok(())
}

/// Moves an applied import to the state `done`.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is no longer being applied.
pub fn finish(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let done = (imports::state.eq(State::Done.as_str()), imports::finished_at.eq(clock::now()));
    jobs::advance(conn, diesel::update(in_state(id, State::Applying)).set(done))?;
    let import = find(conn, id)?;
    search::settle(conn, import.counts.written())?;
    let entry = Entry::new(audit::Kind::ImportApplied, import.author()).import(Some(id)).subject(import.name);
    audit::record(conn, &[entry])?;
    rest(conn, id)
}

/// Returns the imports created by a given time that are not in a final state, ten at most: id and name.
pub fn unfinished(conn: &mut AnyConnection, until: NaiveDateTime) -> AppResult<Vec<(i64, String)>> {
    let at_rest = State::TERMINAL.map(State::as_str);
    Ok(imports::table
        .filter(imports::created_at.le(until))
        .filter(imports::state.ne_all(at_rest))
        .order(imports::id)
        .limit(10)
        .select((imports::id, imports::name))
        .load(conn)?)
}

pub(super) type InState = diesel::dsl::Filter<
    diesel::dsl::Find<imports::table, i64>,
    diesel::dsl::Eq<imports::state, &'static str>,
>;

pub(super) fn in_state(id: i64, state: State) -> InState {
    imports::table.find(id).filter(imports::state.eq(state.as_str()))
}

/// Returns the seconds since a time, for an estimate of the remaining time.
pub fn seconds_since(time: NaiveDateTime) -> i64 {
    (clock::now() - time).num_seconds()
}
