//! The number of contacts that pass a filter, and of those with each status.

use diesel::prelude::*;

use super::contact::Statuses;
use super::contact_query::Selection;
use super::counts::{self, Count, Key};
use super::search::{self, CountBounds, HitCounts};
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::domain::{Facet, Status};
use crate::error::AppResult;

impl Selection {
    /// The keys whose numbers of contacts add up to the exact total, if there is at most one condition and no contact is counted
    /// twice: a contact has one service, one city, one organization and one last import.
    fn keys(&self) -> Option<Vec<Key>> {
        let is_single =
            |facet: &Facet| matches!(facet, Facet::Service(_) | Facet::City(_) | Facet::Organization(_));
        let mut keys: Vec<Key> = match (self.facets.as_slice(), self.imports.as_slice()) {
            _ if !self.typed.is_empty() || !self.chosen.is_empty() => return None,
            ([], []) => vec![Key::book()],
            ([values], []) if values.len() == 1 || values.iter().all(is_single) => {
                values.iter().map(Key::of).collect()
            }
            ([], imports) => imports.iter().map(|import| Key::import(*import)).collect(),
            _ => return None,
        };
        // Two spellings of one value have one key.
        keys.sort_unstable();
        keys.dedup();
        Some(keys)
    }

    /// The number of contacts: exact with at most one condition, otherwise counted up to `bound`.
    pub fn total(&self, conn: &mut AnyConnection, bound: i64) -> AppResult<Count> {
        match self.exact_total(conn)? {
            Some(total) => Ok(Count::Exact(total)),
            None => Ok(Count::bounded(self.count(conn, bound + 1)?, bound)),
        }
    }

    fn exact_total(&self, conn: &mut AnyConnection) -> AppResult<Option<i64>> {
        let Some(keys) = self.keys() else {
            return Ok(None);
        };
        Ok(counts::of(conn, &keys)?.map(|counts| counts.iter().sum()))
    }

    /// The number of contacts, and the number with each status of those that pass the other filters. A number is exact if at most
    /// one condition is left for it. Otherwise the total is counted up to `bound`, and the statuses too if it is not above, or up
    /// to `status_bound`. `seen` has the counts that a search has already made, up to each bound + 1. `so_far` is
    /// the total as far as the page knows it, for a search with too many results to count them.
    pub fn counts(
        &self,
        conn: &mut AnyConnection,
        seen: Option<HitCounts>,
        so_far: Option<Count>,
        bound: i64,
        status_bound: i64,
    ) -> AppResult<(Count, [Option<Count>; 3])> {
        let exact = self.exact_total(conn)?;
        if let Some(others) = self.of_any_status() {
            let total = match (exact, seen) {
                (Some(total), _) => Count::Exact(total),
                (None, Some(HitCounts { total: Some(total), .. })) => Count::bounded(total, bound),
                (None, Some(_)) => self.uncounted(conn, so_far, bound)?,
                (None, None) => Count::bounded(self.count(conn, bound + 1)?, bound),
            };
            let seen = others.seen(conn, status_bound)?;
            let mut with_status = [Some(total); 3];
            let is_uncounted = seen.is_some_and(|seen| seen.total.is_none());
            let seen = seen.map_or([None; 3], |seen| seen.with_status);
            for ((count, seen), status) in with_status.iter_mut().zip(seen).zip(Status::ALL) {
                if self.has(status) {
                    continue;
                }
                *count = match seen {
                    Some(seen) => Some(Count::bounded(seen, status_bound)),
                    None if is_uncounted => None,
                    None => Some(others.and(Facet::Status(status)).total(conn, status_bound)?),
                };
            }
            return Ok((total, with_status));
        }
        let bound = if exact.is_some_and(|total| total > bound) { status_bound } else { bound };
        let bounds = CountBounds { total: bound + 1, with_status: status_bound + 1 };
        let (total, with_status) = self.bounded_counts(conn, seen, bounds)?;
        let status_bound = if total.is_none_or(|total| total > bound) { status_bound } else { bound };
        let with_status = with_status.map(|count| count.map(|count| Count::bounded(count, status_bound)));
        let total = match (exact, total) {
            (Some(total), _) => Count::Exact(total),
            (None, Some(total)) => Count::bounded(total, bound),
            (None, None) => self.uncounted(conn, so_far, bound)?,
        };
        Ok((total, with_status))
    }

    /// The total of contacts that a search has not counted.
    fn uncounted(&self, conn: &mut AnyConnection, so_far: Option<Count>, bound: i64) -> AppResult<Count> {
        match so_far {
            Some(so_far) => Ok(so_far),
            None => Ok(Count::bounded(self.count(conn, bound + 1)?, bound)),
        }
    }

    /// The numbers of contacts, counted up to `bound` + 1, as far as one look at the search index gives them.
    fn seen(&self, conn: &mut AnyConnection, bound: i64) -> AppResult<Option<HitCounts>> {
        if self.query.is_empty() || self.is_nobody() || !self.chosen.is_empty() {
            return Ok(None);
        }
        let bounds = CountBounds { total: bound + 1, with_status: bound + 1 };
        search::counts(conn, &self.query, &self.imports, bounds)
    }

    /// The number of contacts, and the number of them with each status: exact if the total is below its bound, and `None` if there
    /// are too many to count. `seen` has the counts that a search has already made.
    fn bounded_counts(
        &self,
        conn: &mut AnyConnection,
        seen: Option<HitCounts>,
        bounds: CountBounds,
    ) -> AppResult<(Option<i64>, [Option<i64>; 3])> {
        if self.is_nobody() {
            return Ok((Some(0), [Some(0); 3]));
        }
        if !self.chosen.is_empty() {
            let rows = self.chosen_statuses(conn)?;
            let having = |status: Status| Some(rows.iter().filter(|row| row.get(status)).count() as i64);
            return Ok((Some(rows.len() as i64), Status::ALL.map(having)));
        }
        let seen = match seen {
            Some(seen) => Some(seen),
            None => search::counts(conn, &self.query, &self.imports, bounds)?,
        };
        let (total, mut with_status) = match seen {
            Some(HitCounts { total: None, .. }) => return Ok((None, [None; 3])),
            Some(HitCounts { total: Some(total), with_status }) => (total.min(bounds.total), with_status),
            None => (self.count(conn, bounds.total)?, [None; 3]),
        };
        let status_bound = if total < bounds.total { bounds.total } else { bounds.with_status };
        for (count, status) in with_status.iter_mut().zip(Status::ALL) {
            *count = Some(match *count {
                Some(seen) => seen.min(status_bound),
                None if total == 0 => 0,
                None => self.and(Facet::Status(status)).count(conn, status_bound)?,
            });
        }
        Ok((Some(total), with_status))
    }

    /// The statuses of the chosen contacts that are in the book.
    pub(super) fn chosen_statuses(&self, conn: &mut AnyConnection) -> AppResult<Vec<Statuses>> {
        let rows: Vec<(bool, bool, bool)> = contacts::table
            .filter(contacts::id.eq_any(&self.chosen))
            .filter(contacts::deleted_at.is_null())
            .select((contacts::expert, contacts::copy, contacts::transfer))
            .load(conn)?;
        Ok(rows.into_iter().map(|(expert, copy, transfer)| Statuses { expert, copy, transfer }).collect())
    }
}
