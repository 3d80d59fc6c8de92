//! The queries on imports and their states.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::form::NewImport;
use super::format::{Diagnosis, Refusal};
use super::import::{Counts, Import, ImportRow, State};
use crate::clock;
use crate::db::AnyConnection;
use crate::db::schema::{accounts, imports};
use crate::domain::ImportName;
use crate::error::{AppError, AppResult};
use crate::history::{self, Entry};
use crate::jobs;

/// A file that has been received.
pub struct ReceivedFile {
    pub id: i64,
    pub name: String,
    pub size: i64,
    pub sha256: String,
}

/// The import and its job: from here on it finishes, whatever happens to this process.
///
/// # Errors
/// `Taken(ImportName)` and those of the database.
pub fn create(
    conn: &mut AnyConnection,
    new: &NewImport,
    file: &ReceivedFile,
    account: Option<i64>,
) -> AppResult<i64> {
    let id = insert(conn, new, file, account)?;
    jobs::enqueue(conn, jobs::Kind::Import, id)?;
    Ok(id)
}

/// The import alone.
///
/// # Errors
/// `Taken(ImportName)` and those of the database.
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
            imports::state.eq(State::Checking.as_str()),
            imports::created_by.eq(account),
            imports::created_at.eq(clock::now()),
        ))
        .returning(imports::id)
        .get_result(conn)?;
    let entry = Entry::new(history::Kind::ImportStarted, account)
        .import(Some(id))
        .subject(new.name.as_str());
    history::record(conn, &[entry])?;
    Ok(id)
}

/// Whether a kept import has this name: asked before a file is received, settled by the constraint after.
///
/// # Errors
/// Those of the database.
pub fn is_taken(conn: &mut AnyConnection, name: &ImportName) -> AppResult<bool> {
    let kept = imports::table
        .filter(imports::name_key.eq(name.key()))
        .filter(imports::state.ne_all([State::Refused.as_str(), State::Cancelled.as_str()]));
    Ok(diesel::select(diesel::dsl::exists(kept)).get_result(conn)?)
}

/// # Errors
/// [`AppError::NotFound`] and those of the database.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Import> {
    let row: ImportRow = imports::table
        .find(id)
        .select(ImportRow::as_select())
        .first(conn)?;
    row.try_into()
}

/// # Errors
/// [`AppError::NotFound`] and those of the database.
pub fn state(conn: &mut AnyConnection, id: i64) -> AppResult<State> {
    find(conn, id).map(|import| import.state)
}

/// An import with the name of who began it; none for the command line.
pub struct Shown {
    pub import: Import,
    pub by: Option<String>,
}

/// # Errors
/// [`AppError::NotFound`] and those of the database.
pub fn show(conn: &mut AnyConnection, id: i64) -> AppResult<Shown> {
    let import = find(conn, id)?;
    let by = match import.created_by {
        Some(account) => accounts::table
            .find(account)
            .select(accounts::username)
            .first(conn)
            .optional()?,
        None => None,
    };
    Ok(Shown { import, by })
}

/// The imports before an id (0: from the latest), the latest first.
///
/// # Errors
/// Those of the database.
pub fn history(conn: &mut AnyConnection, before: i64, limit: i64) -> AppResult<Vec<Shown>> {
    let mut query = imports::table
        .left_join(accounts::table)
        .order(imports::id.desc())
        .limit(limit)
        .select((ImportRow::as_select(), accounts::username.nullable()))
        .into_boxed();
    if before > 0 {
        query = query.filter(imports::id.lt(before));
    }
    query
        .load::<(ImportRow, Option<String>)>(conn)?
        .into_iter()
        .map(|(row, by)| {
            Ok(Shown {
                import: row.try_into()?,
                by,
            })
        })
        .collect()
}

/// How far a check has come.
///
/// # Errors
/// [`AppError::NotFound`] when it is no longer checking, and those of the database.
pub fn keep_check_progress(
    conn: &mut AnyConnection,
    id: i64,
    line: i64,
    byte: i64,
) -> AppResult<()> {
    let changed = diesel::update(in_state(id, State::Checking))
        .set((imports::cursor_line.eq(line), imports::cursor_byte.eq(byte)))
        .execute(conn)?;
    one(changed)
}

/// What a check has found in the whole file. Where nothing more is to be done, the job goes in the same transaction: it
/// must not be there when someone decides and files the next one.
#[derive(Debug, Clone, Copy)]
pub struct Checked {
    pub lines: i64,
    pub counts: Counts,
    pub next: State,
    pub diagnosis: Option<Diagnosis>,
}

/// # Errors
/// [`AppError::NotFound`] when it is no longer checking, and those of the database.
pub fn finish_check(conn: &mut AnyConnection, id: i64, checked: &Checked) -> AppResult<()> {
    let counts = checked.counts;
    let applying_since = (checked.next == State::Applying).then(clock::now);
    let diagnosis = checked.diagnosis.as_ref().map(serde_json::to_string);
    let changed = diesel::update(in_state(id, State::Checking))
        .set((
            imports::state.eq(checked.next.as_str()),
            imports::lines.eq(checked.lines),
            imports::cursor_line.eq(0),
            imports::created.eq(counts.created),
            imports::updated.eq(counts.updated),
            imports::unchanged.eq(counts.unchanged),
            imports::restored.eq(counts.restored),
            imports::superseded.eq(counts.superseded),
            imports::rejected.eq(counts.rejected),
            imports::skipped.eq(counts.skipped),
            imports::applying_since.eq(applying_since),
            imports::diagnosis.eq(diagnosis.transpose()?),
        ))
        .execute(conn)?;
    one(changed)?;
    if checked.next == State::Applying {
        return Ok(());
    }
    jobs::remove(conn, jobs::Kind::Import, id)
}

/// # Errors
/// [`AppError::NotFound`] when it is no longer checking, and those of the database.
pub fn refuse(
    conn: &mut AnyConnection,
    id: i64,
    refusal: &Refusal,
    diagnosis: &Diagnosis,
) -> AppResult<()> {
    let changed = diesel::update(in_state(id, State::Checking))
        .set((
            imports::state.eq(State::Refused.as_str()),
            imports::refusal.eq(serde_json::to_string(refusal)?),
            imports::diagnosis.eq(serde_json::to_string(diagnosis)?),
            imports::finished_at.eq(clock::now()),
        ))
        .execute(conn)?;
    one(changed)?;
    rest(conn, id)
}

/// Nothing is to be done for this import any more: an erasure that waits for its file goes on.
fn rest(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    jobs::remove(conn, jobs::Kind::Import, id)?;
    jobs::wake(conn, jobs::Kind::Erasure)
}

/// Adds what a batch did and moves the cursor. In the batch's transaction: if another worker has moved the
/// cursor meanwhile, the batch is undone.
///
/// # Errors
/// [`AppError::NotFound`] when the cursor is not at `from`, and those of the database.
pub fn advance(
    conn: &mut AnyConnection,
    id: i64,
    from: i64,
    to: i64,
    done: &Counts,
) -> AppResult<()> {
    let changed =
        diesel::update(in_state(id, State::Applying).filter(imports::cursor_line.eq(from)))
            .set((
                imports::cursor_line.eq(to),
                imports::created.eq(imports::created + done.created),
                imports::updated.eq(imports::updated + done.updated),
                imports::unchanged.eq(imports::unchanged + done.unchanged),
                imports::restored.eq(imports::restored + done.restored),
            ))
            .execute(conn)?;
    one(changed)
}

/// # Errors
/// [`AppError::NotFound`] when it is no longer applying, and those of the database.
pub fn finish(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let changed = diesel::update(in_state(id, State::Applying))
        .set((
            imports::state.eq(State::Done.as_str()),
            imports::finished_at.eq(clock::now()),
        ))
        .execute(conn)?;
    one(changed)?;
    let import = find(conn, id)?;
    let entry = Entry::new(history::Kind::ImportApplied, import.created_by)
        .import(Some(id))
        .subject(import.name);
    history::record(conn, &[entry])?;
    rest(conn, id)
}

/// Goes on with the valid lines, if nobody has decided yet: a second click changes nothing.
///
/// # Errors
/// Those of the database.
pub fn confirm(conn: &mut AnyConnection, id: i64) -> AppResult<bool> {
    let changed = diesel::update(in_state(id, State::Deciding))
        .set((
            imports::state.eq(State::Applying.as_str()),
            imports::applying_since.eq(clock::now()),
            imports::cursor_line.eq(0),
            imports::created.eq(0),
            imports::updated.eq(0),
            imports::unchanged.eq(0),
            imports::restored.eq(0),
        ))
        .execute(conn)?;
    if changed == 1 {
        jobs::enqueue(conn, jobs::Kind::Import, id)?;
    }
    Ok(changed == 1)
}

/// Gives the import up while nothing is written.
///
/// # Errors
/// Those of the database.
pub fn cancel(conn: &mut AnyConnection, id: i64) -> AppResult<bool> {
    let waiting = [State::Checking.as_str(), State::Deciding.as_str()];
    let changed = diesel::update(
        imports::table
            .find(id)
            .filter(imports::state.eq_any(waiting)),
    )
    .set((
        imports::state.eq(State::Cancelled.as_str()),
        imports::finished_at.eq(clock::now()),
    ))
    .execute(conn)?;
    if changed == 1 {
        rest(conn, id)?;
    }
    Ok(changed == 1)
}

/// The imports up to a time that have not come to rest, ten at most: id and name.
///
/// # Errors
/// Those of the database.
pub fn unfinished(conn: &mut AnyConnection, until: NaiveDateTime) -> AppResult<Vec<(i64, String)>> {
    let at_rest = State::AT_REST.map(State::as_str);
    Ok(imports::table
        .filter(imports::created_at.le(until))
        .filter(imports::state.ne_all(at_rest))
        .order(imports::id)
        .limit(10)
        .select((imports::id, imports::name))
        .load(conn)?)
}

type InState = diesel::dsl::Filter<
    diesel::dsl::Find<imports::table, i64>,
    diesel::dsl::Eq<imports::state, &'static str>,
>;

fn in_state(id: i64, state: State) -> InState {
    imports::table
        .find(id)
        .filter(imports::state.eq(state.as_str()))
}

fn one(changed: usize) -> AppResult<()> {
    if changed == 1 {
        Ok(())
    } else {
        Err(AppError::NotFound)
    }
}

/// Seconds since a time, for telling how long work will go on.
pub fn seconds_since(time: NaiveDateTime) -> i64 {
    (clock::now() - time).num_seconds()
}
