//! Queries with few results: all results are gathered once and sorted here. Section by section, the index would walk the lists
//! of all terms to their ends, ten times for an agent: among a million contacts `martin marie lyon` took 290 ms on SQLite
//! and 572 ms on PostgreSQL that way.

use diesel::prelude::*;

use super::plan::{self, Plan, RankTier};
use super::{Found, HitCounts, Order, Search};
use crate::book::contact::ContactSummary;
use crate::book::filter::Direction;
use crate::db::schema::contacts;
use crate::db::{AnyConnection, in_json_list, on_backend};
use crate::domain::{Facet, Findable, Query, Status};
use crate::error::AppResult;

/// The most results that are gathered; PostgreSQL, whose index gathers all hits before the first, takes
/// [`super::postgres::FEW`].
pub const FEW: i64 = 1_000;
/// The number up to which the contacts with a status are counted if more than [`FEW`] match: the page only needs to say that there
/// are many.
pub const STATUS_BOUND: i64 = 100;

/// All contacts that match.
pub struct SmallResult(pub(super) Vec<Match>);

/// A contact that matches, with the columns that decide its section.
#[derive(Queryable, Selectable, QueryableByName)]
#[diesel(table_name = contacts)]
pub struct Match {
    id: i64,
    sort_key: String,
    last_name: String,
    first_name: String,
    service: String,
    organization_id: Option<i64>,
    expert: bool,
    copy: bool,
    transfer: bool,
}

impl SmallResult {
    pub fn load(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Self> {
        Ok(Self(on_backend!(conn, |conn| {
            contacts::table.filter(in_json_list("contacts.id", ids)?).select(Match::as_select()).load(conn)?
        })))
    }

    /// The results beyond the cursor, nearest first, in the order that a walk through the sections would give.
    pub fn find(&self, search: &Search<'_>, sections: &[RankTier]) -> Vec<Found> {
        let place = |found: &Match| {
            let tokens = found.tokens();
            let mut sections = sections.iter();
            let section = sections.find(|section| section.holds(&found.sort_key, &tokens))?;
            Some((section.number, found.sort_key.clone(), found.id))
        };
        let mut places: Vec<(u8, String, i64)> = self.0.iter().filter_map(place).collect();
        places.sort_unstable();
        if search.direction == Direction::Backward {
            places.reverse();
        }
        if let Some(cursor) = search.from {
            let from = (cursor.section, cursor.sort_key.clone(), cursor.id);
            places.retain(|place| match search.direction {
                Direction::Forward => *place > from,
                Direction::Backward => *place < from,
            });
        }
        places.truncate(usize::try_from(search.limit).unwrap_or(usize::MAX));
        let found = |(section, _, id)| Found { id, section };
        places.into_iter().map(found).collect()
    }

    /// The number of contacts, and of those with each status.
    pub fn counts(&self) -> HitCounts {
        let having = |status| {
            let have = |found: &&Match| found.has(status);
            Some(self.0.iter().filter(have).count() as i64)
        };
        HitCounts { total: Some(self.0.len() as i64), with_status: Status::ALL.map(having) }
    }
}

/// The number of the section that holds this contact; that of the last one if none does, because the contact does not match.
pub fn section_of(
    conn: &mut AnyConnection,
    query: &Query,
    order: Order,
    contact: &ContactSummary,
) -> AppResult<u8> {
    let Plan { sections, .. } = plan::plan(conn, query, order)?;
    let tokens = Match::from(contact).tokens();
    let holding = sections.iter().find(|section| section.holds(&contact.sort_key, &tokens));
    Ok(holding.or(sections.last()).map_or(0, |section| section.number))
}

impl From<&ContactSummary> for Match {
    fn from(contact: &ContactSummary) -> Self {
        Self {
            id: contact.id,
            sort_key: contact.sort_key.clone(),
            last_name: contact.last_name.clone(),
            first_name: contact.first_name.clone(),
            service: contact.service.clone(),
            organization_id: contact.organization_id,
            expert: contact.expert,
            copy: contact.copy,
            transfer: contact.transfer,
        }
    }
}

impl Match {
    fn has(&self, status: Status) -> bool {
        match status {
            Status::Expert => self.expert,
            Status::Copy => self.copy,
            Status::Transfer => self.transfer,
        }
    }

    /// The search words of the contact that sections ask for.
    fn tokens(&self) -> String {
        let mut facets = vec![Facet::Service(self.service.clone())];
        facets.extend(self.organization_id.map(Facet::Organization));
        facets.extend(self.expert.then_some(Facet::Status(Status::Expert)));
        Findable { last_name: &self.last_name, first_name: &self.first_name, facets, ..Findable::default() }
            .tokens()
    }
}

impl RankTier {
    fn holds(&self, sort_key: &str, tokens: &str) -> bool {
        let mut stretches = self.stretches.iter();
        stretches.any(|stretch| *stretch.from <= *sort_key && *sort_key < *stretch.to)
            && self.with.iter().all(|term| term.is_met_by(tokens))
            && !self.without.iter().any(|term| term.is_met_by(tokens))
    }
}
