//! The decision about a doubtful row. It is one more batch of its import: its undo takes the decision back.

use diesel::prelude::*;

use super::store::{self, Held, SKIPPED, stamp};
use crate::audit::{self, Entry, Kind};
use crate::book::whole::WholeContact;
use crate::book::write::{self as book, By};
use crate::db::schema::{import_held, imports};
use crate::db::{AnyConnection, lock_rows};
use crate::error::AppResult;
use crate::imports::import::{Counts, Import};
use crate::imports::journal::{self, ImportChanges};
use crate::imports::mapped::{Mapped, MappedRow, write_decided};
use crate::imports::store as import_store;

/// What a row means, as somebody decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// This contact.
    Update(i64),
    /// A new contact. An e-mail or an id that another contact has stays with that one.
    Create,
    /// Nothing.
    Skip,
}

impl Decision {
    /// Parses `update:7`, `create`, `separate` (as `create`) or `skip`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "create" | "separate" => Some(Self::Create),
            "skip" => Some(Self::Skip),
            text => text.strip_prefix("update:")?.parse().ok().map(Self::Update),
        }
    }

    fn as_text(self) -> String {
        match self {
            Self::Update(contact) => format!("update:{contact}"),
            Self::Create => "create".to_owned(),
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

/// Decides about a row. Returns its import too.
///
/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown row.
pub fn decide(conn: &mut AnyConnection, id: i64, wish: &Wish) -> AppResult<(i64, Decided)> {
    let held = store::find(conn, id)?;
    // The import first, so that decisions and an undo of one import wait for each other.
    let _: Vec<i64> = lock_rows!(conn, imports::table.find(held.import_id), imports::id);
    let _: Vec<i64> = lock_rows!(conn, import_held::table.find(id), import_held::id);
    let held = store::find(conn, id)?;
    let import = import_store::find(conn, held.import_id)?;
    if held.decision.is_some() || store::is_undone(conn, import.id)? {
        return Ok((import.id, Decided::Late));
    }
    let locked = book::lock(conn, &held.candidates)?;
    let wholes = WholeContact::of(conn, locked)?;
    if !wish.shown.is_empty() && wish.shown != stamp(&wholes) {
        return Ok((import.id, Decided::Changed));
    }
    let (list, row) = store::read(conn, &import, &held)?;
    let Some(row) = row else {
        store::skip_blanked(conn, import.id, &[held.line])?;
        return Ok((import.id, Decided::Late));
    };
    let Some(counts) = apply(conn, &import, &held, &list, &row, (wish, &wholes))? else {
        return Ok((import.id, Decided::Late));
    };
    count(conn, import.id, &counts)?;
    let entry =
        Entry::new(Kind::ReviewDecided, Some(wish.account)).import(Some(import.id)).subject(&import.name);
    audit::record(conn, &[entry])?;
    Ok((import.id, Decided::Yes))
}

/// Writes the decision. Returns what became of the row; `None` if the decision does not fit it.
fn apply(
    conn: &mut AnyConnection,
    import: &Import,
    held: &Held,
    list: &Mapped,
    row: &MappedRow,
    (wish, wholes): (&Wish, &[WholeContact]),
) -> AppResult<Option<Counts>> {
    let known = match wish.decision {
        Decision::Skip => {
            let skipped = store::settle(conn, held, SKIPPED, None, Some(wish.account))?;
            return Ok(skipped.then(|| Counts { skipped: 1, ..Counts::default() }));
        }
        Decision::Create => None,
        Decision::Update(contact) => {
            let own = wholes.iter().find(|whole| whole.contact.id == contact);
            // For another row, the decision means the one contact that it may mean.
            let Some(known) = own.or(wholes.first().filter(|_| wish.shown.is_empty() && wholes.len() == 1))
            else {
                return Ok(None);
            };
            // A merged contact returns only when the merge is undone.
            if known.contact.merged_into.is_some() {
                return Ok(None);
            }
            Some(known)
        }
    };
    let mut journal = ImportChanges::default();
    let by = By { import: import.id, account: Some(wish.account) };
    let (contact, counts) = write_decided(conn, list, by, row, known, &mut journal)?;
    journal::record_more(conn, import.id, journal)?;
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
