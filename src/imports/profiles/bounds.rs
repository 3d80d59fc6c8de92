//! The bounds of a profile: how much a list may change before a person has to look at it.

use super::store::{self, Profile};
use crate::db::AnyConnection;
use crate::error::AppResult;
use crate::i18n::{Catalogue, fl};
use crate::imports::import::{Counts, Import, OnError, State};
use crate::imports::preview::lines;
use crate::imports::store as import_store;

/// Lists with fewer rows have no bounds: in a short list, a single change would pass them.
const FEWEST_ROWS: i64 = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// Rows that change a contact of the book, or bring one back.
    Changed,
    /// Rows that empty a value of such a contact.
    Emptied,
}

/// A bound that a list passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    bound: Bound,
    /// The bound, in per cent of the list's rows.
    percent: i64,
    /// The rows that count for the bound.
    rows: i64,
    /// The rows of the list, without headings and empty ones.
    all: i64,
}

impl Passed {
    pub fn words(&self, t: &Catalogue) -> String {
        let Self { bound, percent, rows, all } = *self;
        match bound {
            Bound::Changed => fl!(t, "bound-changed-passed", rows = rows, all = all, percent = percent),
            Bound::Emptied => fl!(t, "bound-emptied-passed", rows = rows, all = all, percent = percent),
        }
    }
}

/// The bounds of a profile that a list passes, given its planned outcome and its number of rows that empty a value.
pub fn passed(profile: &Profile, counts: &Counts, emptied: i64) -> Vec<Passed> {
    let all = counts.total() - counts.skipped;
    if all < FEWEST_ROWS {
        return Vec::new();
    }
    let settings = &profile.settings;
    [
        (Bound::Changed, settings.bound_changed, counts.updated + counts.restored),
        (Bound::Emptied, settings.bound_emptied, emptied),
    ]
    .into_iter()
    .filter(|(_, percent, rows)| rows * 100 > percent * all)
    .map(|(bound, percent, rows)| Passed { bound, percent, rows, all })
    .collect()
}

/// The profile by which a list was read, as its import's page shows it.
pub struct Used {
    pub id: i64,
    pub name: String,
    /// While the import waits for a decision, the bounds that it passes.
    pub passed: Vec<Passed>,
}

impl Used {
    /// Returns `None` for an import that is not read by a profile, or by one that was deleted.
    pub fn of(conn: &mut AnyConnection, import: &Import) -> AppResult<Option<Self>> {
        if matches!(import.state, State::Mapping | State::Refused | State::Cancelled) {
            // The profile that was asked for does not fit, or may not.
            return Ok(None);
        }
        let Some(profile) = find(conn, import)? else {
            return Ok(None);
        };
        let passed = match import.state {
            State::Deciding => passed(&profile, &import.counts, lines::count_emptied(conn, import.id)?),
            _ => Vec::new(),
        };
        Ok(Some(Self { id: profile.id, name: profile.settings.name, passed }))
    }
}

fn find(conn: &mut AnyConnection, import: &Import) -> AppResult<Option<Profile>> {
    import.profile_id.map(|id| store::find(conn, id)).transpose()
}

/// Returns `true` if the list of an import may be applied without a question: a profile reads it, which lets lists go on or was named
/// on the command line, and nobody wants a preview.
pub fn may_go_on(conn: &mut AnyConnection, import: &Import) -> AppResult<bool> {
    let profile = find(conn, import)?;
    let applies = |profile: Profile| profile.settings.apply || import.created_by.is_none();
    Ok(!import.preview && profile.is_some_and(applies))
}

/// Returns `true` if nothing is left to ask about such a list, whose effects are known: it stays within the bounds of its profile, and
/// no row needs a person. `emptying` are the rows that would empty a value. On the command line, doubtful rows are put aside.
pub fn goes_on(conn: &mut AnyConnection, import: &Import, emptying: i64) -> AppResult<bool> {
    let Some(profile) = find(conn, import)? else {
        return Ok(false);
    };
    let counts = &import.counts;
    // What the forecast has added are doubtful rows.
    let rejected = import_store::checked_rejected(conn, import)?.unwrap_or(counts.rejected);
    let doubtful = counts.held + counts.rejected - rejected;
    let is_asked =
        rejected > 0 && import.on_error == OnError::Ask || doubtful > 0 && import.created_by.is_some();
    Ok(may_go_on(conn, import)? && !is_asked && passed(&profile, counts, emptying).is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::store::Settings;
    use super::*;
    use crate::base::clock;
    use crate::imports::mapping::Mapping;

    fn profile(bound_changed: i64, bound_emptied: i64) -> Profile {
        Profile {
            id: 1,
            settings: Settings { name: "RH".to_owned(), bound_changed, bound_emptied, apply: true },
            mapping: Mapping::default(),
            used_at: None,
            updated_at: clock::now(),
        }
    }

    fn bounds(profile: &Profile, counts: Counts, emptied: i64) -> Vec<Bound> {
        passed(profile, &counts, emptied).into_iter().map(|passed| passed.bound).collect()
    }

    #[test]
    fn a_bound_is_passed_by_more_rows_than_its_share() {
        let ten = profile(10, 10);
        let counts = |updated, created| Counts { updated, created, skipped: 5, ..Counts::default() };
        assert_eq!(bounds(&ten, counts(1, 9), 1), []);
        assert_eq!(bounds(&ten, counts(2, 8), 2), [Bound::Changed, Bound::Emptied]);
        assert_eq!(bounds(&ten, counts(9, 0), 9), [], "nine rows have no bounds");
        assert_eq!(bounds(&profile(0, 100), counts(1, 99), 100), [Bound::Changed]);
        let restored = Counts { restored: 2, created: 8, ..Counts::default() };
        assert_eq!(bounds(&ten, restored, 0), [Bound::Changed]);
    }
}
