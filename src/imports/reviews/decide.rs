//! The decision about a doubtful row. It is one more batch of its import: its undo takes the decision back.

use diesel::prelude::*;

use super::ends::{SKIPPED, skip_blanked};
use super::store::{self, Held, ReviewedList, stamp};
use crate::audit::{self, Entry, Kind};
use crate::book::distinct;
use crate::book::whole::WholeContact;
use crate::book::write::{self as book, By};
use crate::db::schema::{import_held, imports};
use crate::db::{AnyConnection, lock_rows};
use crate::error::AppResult;
use crate::imports::import::Counts;
use crate::imports::journal::{self, ImportChanges};
use crate::imports::mapped::{self, MappedRow, write_decided};

/// The stored decision that a row is a contact of its own.
pub const SEPARATE: &str = "separate";

/// What a row means, as somebody decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// This contact.
    Update(i64),
    /// A new contact. An e-mail or an id that another contact has stays with that one.
    Create,
    /// A new contact, and for all further lists nobody of those that it might have meant.
    Separate,
    /// Nothing.
    Skip,
}

impl Decision {
    /// Parses `update:7`, `create`, `separate` or `skip`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "create" => Some(Self::Create),
            SEPARATE => Some(Self::Separate),
            SKIPPED => Some(Self::Skip),
            text => text.strip_prefix("update:")?.parse().ok().map(Self::Update),
        }
    }

    fn as_text(self) -> String {
        match self {
            Self::Update(contact) => format!("update:{contact}"),
            Self::Create => "create".to_owned(),
            Self::Separate => SEPARATE.to_owned(),
            Self::Skip => SKIPPED.to_owned(),
        }
    }
}

/// A decision with the contacts that its page showed.
#[derive(Debug, Clone)]
pub struct Wish {
    pub decision: Decision,
    /// The [`stamp`] of the contacts; empty for a row whose page was not shown.
    pub shown: String,
    pub account: i64,
}

/// The result of [`decide`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    Yes,
    /// The row is decided already, or its import is undone. Nothing was written.
    Late,
    /// A contact has changed since the page was shown. Nothing was written.
    Changed,
}

/// Decides about a row of a list.
///
/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown row.
pub fn decide(conn: &mut AnyConnection, list: &ReviewedList, id: i64, wish: &Wish) -> AppResult<Decided> {
    let import = &list.import;
    // The import first, so that decisions and an undo of one import wait for each other.
    let _: Vec<i64> = lock_rows!(conn, imports::table.find(import.id), imports::id);
    let _: Vec<i64> = lock_rows!(conn, import_held::table.find(id), import_held::id);
    let held = store::find(conn, id)?;
    if held.decision.is_some() || store::is_undone(conn, import.id)? {
        return Ok(Decided::Late);
    }
    let mut lines = list.lines(conn)?;
    let Some(row) = list.read(conn, &mut lines, &held)? else {
        skip_blanked(conn, import.id, &[held.line])?;
        return Ok(Decided::Late);
    };
    let candidates = Candidates::lock(conn, list, &held, &row, wish.decision)?;
    if !wish.shown.is_empty() && wish.shown != stamp(&candidates.shown) {
        return Ok(Decided::Changed);
    }
    let Some(counts) = apply(conn, &held, list, &row, wish, &candidates)? else {
        return Ok(Decided::Late);
    };
    count(conn, import.id, &counts)?;
    let entry =
        Entry::new(Kind::ReviewDecided, Some(wish.account)).import(Some(import.id)).subject(&import.name);
    audit::record(conn, &[entry])?;
    Ok(Decided::Yes)
}

/// The contacts of a row, locked.
struct Candidates {
    /// Those that it may mean.
    shown: Vec<WholeContact>,
    /// For a new contact, the one that an undone import has already created from such a row.
    withdrawn: Option<WholeContact>,
}

impl Candidates {
    fn lock(
        conn: &mut AnyConnection,
        list: &ReviewedList,
        held: &Held,
        row: &MappedRow,
        decision: Decision,
    ) -> AppResult<Self> {
        let withdrawn = match decision {
            Decision::Create | Decision::Separate => mapped::withdrawn(conn, &list.list, row)?,
            Decision::Update(_) | Decision::Skip => None,
        };
        let ids: Vec<i64> = held.candidates.iter().copied().chain(withdrawn).collect();
        let locked = book::lock(conn, &ids)?;
        let wholes = WholeContact::of(conn, locked)?;
        let (shown, others): (Vec<_>, Vec<_>) =
            wholes.into_iter().partition(|whole| held.candidates.contains(&whole.contact.id));
        let withdrawn = others.into_iter().next().filter(|whole| whole.contact.deleted_at.is_some());
        Ok(Self { shown, withdrawn })
    }

    /// The contact that an update means. For a row whose page was not shown, it is the only one that the row may mean. A merged
    /// contact returns only when the merge is undone.
    fn updated(&self, contact: i64, wish: &Wish) -> Option<&WholeContact> {
        let own = self.shown.iter().find(|whole| whole.contact.id == contact);
        let only = || self.shown.first().filter(|_| wish.shown.is_empty() && self.shown.len() == 1);
        own.or_else(only).filter(|whole| whole.contact.merged_into.is_none())
    }
}

/// Writes the decision. Returns what became of the row; `None` if the decision does not fit it.
fn apply(
    conn: &mut AnyConnection,
    held: &Held,
    list: &ReviewedList,
    row: &MappedRow,
    wish: &Wish,
    candidates: &Candidates,
) -> AppResult<Option<Counts>> {
    let known = match wish.decision {
        Decision::Skip => {
            let skipped = store::settle(conn, held, SKIPPED, None, Some(wish.account))?;
            return Ok(skipped.then(|| Counts { skipped: 1, ..Counts::default() }));
        }
        Decision::Create | Decision::Separate => candidates.withdrawn.as_ref(),
        Decision::Update(contact) => match candidates.updated(contact, wish) {
            Some(known) => Some(known),
            None => return Ok(None),
        },
    };
    let mut journal = ImportChanges::default();
    let by = By { import: list.import.id, account: Some(wish.account) };
    let (contact, counts) = write_decided(conn, &list.list, by, row, known, &mut journal)?;
    journal::record_more(conn, list.import.id, journal)?;
    if wish.decision == Decision::Separate {
        let others: Vec<i64> = candidates.shown.iter().map(|whole| whole.contact.id).collect();
        distinct::declare(conn, contact, &others, Some(wish.account))?;
    }
    store::settle(conn, held, &wish.decision.as_text(), Some(contact), Some(wish.account))?;
    Ok(Some(counts))
}

/// Moves a row from those that wait to its outcome.
fn count(conn: &mut AnyConnection, import: i64, done: &Counts) -> AppResult<()> {
    diesel::update(imports::table.find(import))
        .set((
            imports::held.eq(imports::held - 1),
            imports::created.eq(imports::created + done.created),
            imports::updated.eq(imports::updated + done.updated),
            imports::unchanged.eq(imports::unchanged + done.unchanged),
            imports::restored.eq(imports::restored + done.restored),
            imports::skipped.eq(imports::skipped + done.skipped),
        ))
        .execute(conn)?;
    Ok(())
}
