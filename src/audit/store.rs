//! The queries on the history. Entries are only added: the database refuses everything else, except the removal of an erased
//! person's values.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use chrono::NaiveDateTime;
use diesel::connection::SimpleConnection as _;
use diesel::dsl::{max, min};
use diesel::prelude::*;

use super::{Entry, Kind};
use crate::base::clock;
use crate::db::schema::{accounts, audit_entries, imports};
use crate::db::{AnyConnection, Json, account_name};
use crate::domain::Change;
use crate::error::AppResult;

#[derive(Insertable)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
struct EntryRow<'a> {
    at: NaiveDateTime,
    account_id: Option<i64>,
    kind: &'static str,
    contact_id: Option<i64>,
    import_id: Option<i64>,
    subject: &'a str,
    version: Option<i64>,
    changes: Option<String>,
    key_label: Option<&'a str>,
}

thread_local! {
    /// The label of the key with which this thread's work is done; see [`by_key`].
    static KEY: RefCell<Option<Rc<str>>> = const { RefCell::new(None) };
}

/// Runs `work` of a program: its entries in the history name the program's key. The functions that change the book are the same for
/// people and programs, and know only the account.
pub fn by_key<T>(label: &str, work: impl FnOnce() -> T) -> T {
    /// Takes the label away again, also after a panic: the thread goes on with other people's work.
    struct Ended;
    impl Drop for Ended {
        fn drop(&mut self) {
            KEY.set(None);
        }
    }
    let _ended = Ended;
    KEY.set(Some(label.into()));
    work()
}

/// Adds entries to the history, in the same transaction as the change that they describe.
pub fn record(conn: &mut AnyConnection, entries: &[Entry]) -> AppResult<()> {
    let at = clock::now();
    let key = KEY.with_borrow(Clone::clone);
    let rows = entries
        .iter()
        .map(|entry| {
            Ok(EntryRow {
                at,
                account_id: entry.account,
                kind: entry.kind.as_str(),
                contact_id: entry.contact,
                import_id: entry.import,
                subject: &entry.subject,
                version: entry.version,
                changes: match entry.changes.as_slice() {
                    [] => None,
                    changes => Some(serde_json::to_string(changes)?),
                },
                key_label: key.as_deref(),
            })
        })
        .collect::<AppResult<Vec<EntryRow<'_>>>>()?;
    match conn {
        // One short statement, prepared once: reading a long one takes longer than inserting its rows.
        AnyConnection::Sqlite(conn) => {
            for row in &rows {
                diesel::insert_into(audit_entries::table).values(row).execute(conn)?;
            }
        }
        // PostgreSQL takes 65 535 values in one statement; a row has nine.
        AnyConnection::Postgres(conn) => {
            for part in rows.chunks(2_000) {
                diesel::insert_into(audit_entries::table).values(part).execute(conn)?;
            }
        }
    }
    Ok(())
}

/// An entry as it is shown.
#[derive(Debug, Clone)]
pub struct EntryView {
    pub id: i64,
    pub at: NaiveDateTime,
    /// The account's name, with the label of a program's key; `None` for Carnet itself and its command line.
    pub by: Option<String>,
    /// `None` for a kind of a newer version of the program.
    pub kind: Option<Kind>,
    pub contact: Option<i64>,
    /// Id and name of the import that made the change.
    pub import: Option<(i64, String)>,
    pub subject: String,
    pub changes: Vec<Change>,
}

/// The author of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    Account(i64),
    /// The program itself or its command line.
    Carnet,
}

/// The conditions for entries; all of them must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    pub author: Option<Author>,
    pub contact: Option<i64>,
    pub kind: Option<Kind>,
    pub since: Option<NaiveDateTime>,
    /// Exclusive.
    pub until: Option<NaiveDateTime>,
    /// The first and the last id between these times, once [`with_ids`] has looked them up.
    pub ids: Option<(i64, i64)>,
}

/// Looks up the range of ids between the times. Entries are walked by id: without the range, a walk through the entries of a year
/// sorts all of them for each page (1.3 s with a million entries on SQLite; with it, 0.1 s once).
pub fn with_ids(conn: &mut AnyConnection, wanted: Wanted) -> AppResult<Wanted> {
    if wanted.since.is_none() && wanted.until.is_none() {
        return Ok(wanted);
    }
    let mut query =
        audit_entries::table.select((min(audit_entries::id), max(audit_entries::id))).into_boxed();
    if let Some(since) = wanted.since {
        query = query.filter(audit_entries::at.ge(since));
    }
    if let Some(until) = wanted.until {
        query = query.filter(audit_entries::at.lt(until));
    }
    let (first, last): (Option<i64>, Option<i64>) = query.first(conn)?;
    Ok(Wanted {
        // No id is between 1 and 0.
        ids: Some(first.zip(last).unwrap_or((1, 0))),
        ..wanted
    })
}

type EntryColumns = (
    i64,
    NaiveDateTime,
    Option<String>,
    String,
    Option<i64>,
    Option<i64>,
    Option<String>,
    String,
    Json<Vec<Change>>,
    Option<String>,
);

/// The number of entries about a contact.
pub fn count_of(conn: &mut AnyConnection, contact: i64) -> AppResult<i64> {
    Ok(audit_entries::table.filter(audit_entries::contact_id.eq(contact)).count().get_result(conn)?)
}

/// The entries with an id below `before` (`None`: all), the latest first.
pub fn page(
    conn: &mut AnyConnection,
    wanted: &Wanted,
    before: Option<i64>,
    limit: i64,
) -> AppResult<Vec<EntryView>> {
    let mut query = audit_entries::table
        .left_join(accounts::table)
        .left_join(imports::table)
        .order(audit_entries::id.desc())
        .limit(limit)
        .select((
            audit_entries::id,
            audit_entries::at,
            account_name().nullable(),
            audit_entries::kind,
            audit_entries::contact_id,
            audit_entries::import_id,
            imports::name.nullable(),
            audit_entries::subject,
            audit_entries::changes,
            audit_entries::key_label,
        ))
        .into_boxed();
    query = match wanted.author {
        None => query,
        Some(Author::Account(id)) => query.filter(audit_entries::account_id.eq(id)),
        Some(Author::Carnet) => query.filter(audit_entries::account_id.is_null()),
    };
    if let Some(contact) = wanted.contact {
        query = query.filter(audit_entries::contact_id.eq(contact));
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(audit_entries::kind.eq(kind.as_str()));
    }
    if let Some(since) = wanted.since {
        query = query.filter(audit_entries::at.ge(since));
    }
    if let Some(until) = wanted.until {
        query = query.filter(audit_entries::at.lt(until));
    }
    // One bound on each side: SQLite uses one for the lookup, and would walk through all rows beyond a second one.
    let (first, last) = wanted.ids.unwrap_or((1, i64::MAX));
    let last = before.map_or(last, |before| last.min(before.saturating_sub(1)));
    query = query.filter(audit_entries::id.between(first, last));
    Ok(query.load::<EntryColumns>(conn)?.into_iter().map(tell).collect())
}

fn tell(
    (id, at, by, kind, contact, import, import_name, subject, Json(changes), key): EntryColumns,
) -> EntryView {
    let (kind, import) = (Kind::parse(&kind), import.zip(import_name));
    let by = match (by, key) {
        (Some(by), Some(key)) => Some(format!("{by} ({key})")),
        (by, _) => by,
    };
    EntryView { id, at, by, kind, contact, import, subject, changes }
}

/// The changes of a contact after `version`, the latest first: undone one by one, they lead back to that version.
pub fn changes_since(conn: &mut AnyConnection, contact: i64, version: i64) -> AppResult<Vec<Change>> {
    let rows: Vec<Json<Vec<Change>>> = audit_entries::table
        .filter(audit_entries::contact_id.eq(contact))
        .filter(audit_entries::version.gt(version))
        .order(audit_entries::id.desc())
        .select(audit_entries::changes)
        .load(conn)?;
    Ok(rows.into_iter().flat_map(|Json(changes)| changes).collect())
}

/// The names of the contact's fields that were changed after `version`, not counting changes by merges and by their undoing.
pub fn edited_since(conn: &mut AnyConnection, contact: i64, version: i64) -> AppResult<HashSet<String>> {
    let there_and_back = [Kind::ContactMerged, Kind::ContactMergedAway, Kind::MergeUndone].map(Kind::as_str);
    let rows: Vec<Json<Vec<Change>>> = audit_entries::table
        .filter(audit_entries::contact_id.eq(contact))
        .filter(audit_entries::version.gt(version))
        .filter(audit_entries::kind.ne_all(there_and_back))
        .select(audit_entries::changes)
        .load(conn)?;
    Ok(rows.into_iter().flat_map(|Json(changes)| changes).map(|change| change.field).collect())
}

/// Entries that are read to find out whether contacts changed.
const LOOKED_AT: usize = 500;

/// The id of the last entry: entries that are committed later have a higher id.
pub fn last(conn: &mut AnyConnection) -> AppResult<i64> {
    if let AnyConnection::Postgres(conn) = &mut *conn {
        // Ids are given before the commit: this waits for transactions that are writing an entry now.
        conn.batch_execute("LOCK TABLE audit_entries IN SHARE MODE")?;
    }
    let last: Option<i64> = audit_entries::table.select(max(audit_entries::id)).first(conn)?;
    Ok(last.unwrap_or_default())
}

/// Returns `true` if contacts may have changed since an entry, by hand or by an import. Many entries that are not about contacts
/// also give `true`: the caller then reads the contacts again.
pub fn contacts_changed_since(conn: &mut AnyConnection, entry: i64) -> AppResult<bool> {
    // In the order of ids, so that only their index is walked.
    let since: Vec<(Option<i64>, String)> = audit_entries::table
        .filter(audit_entries::id.gt(entry))
        .order(audit_entries::id)
        .limit(LOOKED_AT as i64)
        .select((audit_entries::contact_id, audit_entries::kind))
        .load(conn)?;
    let applied = Kind::ImportApplied.as_str();
    Ok(since.len() == LOOKED_AT || since.iter().any(|(contact, kind)| contact.is_some() || kind == applied))
}

/// An entry about a contact, for decisions of other features.
#[derive(Debug, Clone)]
pub struct Happened {
    pub at: NaiveDateTime,
    /// `None` for a kind of a newer version of the program.
    pub kind: Option<Kind>,
    pub import: Option<i64>,
    pub changes: Vec<Change>,
}

impl Happened {
    /// Returns `true` if this import made the change when it was applied.
    pub fn is_of_import(&self, import: i64) -> bool {
        self.import == Some(import) && matches!(self.kind, Some(Kind::ContactEdited | Kind::ContactRestored))
    }
}

/// A contact that an import has updated or restored.
#[derive(Debug, Clone)]
pub struct ChangedContact {
    /// The id of the history's entry.
    pub entry: i64,
    pub contact: i64,
    pub is_restored: bool,
    pub changes: Vec<Change>,
}

/// The contacts that an import has updated or restored, in the order in which it did, after an entry (0 for the first page).
pub fn changed_by_import(
    conn: &mut AnyConnection,
    import: i64,
    after: i64,
    limit: i64,
) -> AppResult<Vec<ChangedContact>> {
    let restored = Kind::ContactRestored.as_str();
    let rows: Vec<(i64, Option<i64>, String, Option<String>)> = audit_entries::table
        .filter(audit_entries::import_id.eq(import))
        .filter(audit_entries::contact_id.is_not_null())
        .filter(audit_entries::id.gt(after))
        .filter(audit_entries::kind.eq_any([Kind::ContactEdited.as_str(), restored]))
        .order(audit_entries::id)
        .limit(limit)
        .select((audit_entries::id, audit_entries::contact_id, audit_entries::kind, audit_entries::changes))
        .load(conn)?;
    rows.into_iter()
        .map(|(entry, contact, kind, changes)| {
            Ok(ChangedContact {
                entry,
                contact: contact.unwrap_or_default(),
                is_restored: kind == restored,
                changes: match changes {
                    None => Vec::new(),
                    Some(json) => serde_json::from_str(&json)?,
                },
            })
        })
        .collect()
}

/// All entries about each of these contacts, the latest first.
pub fn of_contacts(conn: &mut AnyConnection, contacts: &[i64]) -> AppResult<HashMap<i64, Vec<Happened>>> {
    type EntryColumns = (Option<i64>, NaiveDateTime, String, Option<i64>, Json<Vec<Change>>);
    let rows: Vec<EntryColumns> = audit_entries::table
        .filter(audit_entries::contact_id.eq_any(contacts))
        .order((audit_entries::contact_id, audit_entries::id.desc()))
        .select((
            audit_entries::contact_id,
            audit_entries::at,
            audit_entries::kind,
            audit_entries::import_id,
            audit_entries::changes,
        ))
        .load(conn)?;
    let mut entries: HashMap<i64, Vec<Happened>> = HashMap::new();
    for (contact, at, kind, import, Json(changes)) in rows {
        let Some(contact) = contact else { continue };
        let kind = Kind::parse(&kind);
        entries.entry(contact).or_default().push(Happened { at, kind, import, changes });
    }
    Ok(entries)
}
