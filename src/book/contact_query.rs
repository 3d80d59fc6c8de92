//! The query of a filter: the contacts that pass it, in the list's order. [`super::contact_count`] counts them.

use diesel::prelude::*;

use super::filter::{By, Cursor, Direction, Filter};
use super::search::suggest::{self, Suggestion};
use super::search::{self, Answer, Found, Order, Search};
use crate::book::organizations;
use crate::db::AnyConnection;
use crate::db::schema::{contacts, imports};
use crate::domain::{Facet, Headcount, Query, Status};
use crate::error::AppResult;

/// Restricts a query to the contacts beyond a cursor, in the list's order. The range is the first condition, and has its own
/// filter: so both databases walk the index from there.
macro_rules! beyond {
    ($query:expr, $from:expr, $direction:expr) => {{
        let (query, direction) = ($query, $direction);
        let query = match (direction, $from) {
            (_, None) => query,
            (Direction::Forward, Some(cursor)) => query
                .filter(contacts::sort_key.ge(cursor.sort_key.clone()))
                .filter(contacts::sort_key.gt(cursor.sort_key.clone()).or(contacts::id.gt(cursor.id))),
            (Direction::Backward, Some(cursor)) => query
                .filter(contacts::sort_key.le(cursor.sort_key.clone()))
                .filter(contacts::sort_key.lt(cursor.sort_key.clone()).or(contacts::id.lt(cursor.id))),
        };
        match direction {
            Direction::Forward => query.order((contacts::sort_key.asc(), contacts::id.asc())),
            Direction::Backward => query.order((contacts::sort_key.desc(), contacts::id.desc())),
        }
    }};
}

pub(super) use beyond;

/// Contacts per query when all contacts of a selection are read.
const WALKED: i64 = 2_000;

/// The contacts that pass a filter. Names of imports and organizations are looked up once.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    pub(super) typed: String,
    /// The filters, each with the values of which any passes.
    pub(super) facets: Vec<Vec<Facet>>,
    pub(super) query: Query,
    /// Of which any may be a contact's last import; no condition if empty.
    pub(super) imports: Vec<i64>,
    /// See [`Filter::chosen`].
    pub(super) chosen: Vec<i64>,
}

impl Selection {
    pub fn of(conn: &mut AnyConnection, filter: &Filter) -> AppResult<Self> {
        let mut facets: Vec<Vec<Facet>> = Vec::new();
        if !filter.statuses.is_empty() {
            facets.push(filter.statuses.iter().map(|status| Facet::Status(*status)).collect());
        }
        for by in By::ALL {
            let mut values = Vec::new();
            for value in filter.values(by) {
                values.extend(Self::facet(conn, by, value)?);
            }
            if !values.is_empty() {
                facets.push(values);
            }
        }
        let mut imports = Vec::new();
        for name in filter.values(By::Import) {
            // No import has the id 0: an unknown name finds nothing.
            imports.push(import_named(conn, name)?.unwrap_or(0));
        }
        imports.sort_unstable();
        imports.dedup();
        Ok(Self {
            query: Query::new(&filter.q, &facets),
            typed: filter.q.clone(),
            facets,
            imports,
            chosen: filter.chosen.clone(),
        })
    }

    /// The search index's word for this value; `None` for imports, which the index does not have.
    fn facet(conn: &mut AnyConnection, by: By, value: &str) -> AppResult<Option<Facet>> {
        Ok(Some(match by {
            By::Organization => {
                // No organization has the id 0 either.
                let named = organizations::named(conn, value)?;
                Facet::Organization(named.map_or(0, |(id, _)| id))
            }
            By::Service => Facet::Service(value.to_owned()),
            By::City => Facet::City(value.to_owned()),
            By::Topic => Facet::Topic(value.to_owned()),
            By::Language => Facet::Language(value.to_owned()),
            By::Import => return Ok(None),
        }))
    }

    /// The contacts of this selection that also have this facet.
    #[must_use]
    pub fn and(&self, facet: Facet) -> Self {
        let mut facets = self.facets.clone();
        facets.push(vec![facet]);
        Self { query: Query::new(&self.typed, &facets), facets, ..self.clone() }
    }

    /// The contacts of this selection with any statuses, for a selection of some; otherwise `None`.
    pub(super) fn of_any_status(&self) -> Option<Self> {
        let mut facets = self.facets.clone();
        facets.retain(|values| !matches!(values.first(), Some(Facet::Status(_))));
        (facets != self.facets).then(|| Self {
            query: Query::new(&self.typed, &facets),
            facets,
            ..self.clone()
        })
    }

    /// The contacts of this selection whose last import is this one.
    #[must_use]
    pub fn of_import(&self, import: i64) -> Self {
        Self { imports: vec![import], ..self.clone() }
    }

    /// Returns `true` if the typed text has nothing that can be searched for.
    pub(super) fn is_nobody(&self) -> bool {
        !self.typed.is_empty() && self.query.terms.len() == self.facets.len()
    }

    /// Returns `true` if the selection is of contacts with this status alone.
    pub fn has(&self, status: Status) -> bool {
        self.facets.contains(&vec![Facet::Status(status)])
    }

    pub fn query(&self) -> &Query {
        &self.query
    }

    pub fn imports(&self) -> &[i64] {
        &self.imports
    }

    /// The next contacts after or before a cursor, the nearest first; with their counts if the search has already seen them.
    pub fn find(
        &self,
        conn: &mut AnyConnection,
        from: Option<&Cursor>,
        direction: Direction,
        limit: i64,
        order: Order,
    ) -> AppResult<Answer> {
        let imports = &self.imports;
        let query = &self.query;
        self.search(conn, &Search { query, imports, from, direction, limit, order, is_counted: true })
    }

    fn search(&self, conn: &mut AnyConnection, search: &Search<'_>) -> AppResult<Answer> {
        if self.is_nobody() {
            return Ok(Vec::new().into());
        }
        if self.query.is_empty() {
            let ids = self.walk(conn, search.from, search.direction, search.limit)?;
            let found = ids.into_iter().map(|id| Found { id, section: 0 });
            return Ok(found.collect::<Vec<_>>().into());
        }
        search::find(conn, search)
    }

    /// As [`Selection::find`]: the ids alone, without counts.
    pub fn ids(
        &self,
        conn: &mut AnyConnection,
        from: Option<&Cursor>,
        direction: Direction,
        limit: i64,
        order: Order,
    ) -> AppResult<Vec<i64>> {
        let imports = &self.imports;
        let query = &self.query;
        let search = Search { query, imports, from, direction, limit, order, is_counted: false };
        let answer = self.search(conn, &search)?;
        Ok(answer.found.into_iter().map(|found| found.id).collect())
    }

    /// As [`Selection::find`], in the order of names.
    pub fn by_name(
        &self,
        conn: &mut AnyConnection,
        from: Option<&Cursor>,
        direction: Direction,
        limit: i64,
    ) -> AppResult<Vec<i64>> {
        self.ids(conn, from, direction, limit, Order::Name)
    }

    /// The next contacts by name after a cursor, and the cursor of the last one; no cursor if there are no more contacts.
    pub fn next(
        &self,
        conn: &mut AnyConnection,
        from: Option<&Cursor>,
        limit: i64,
    ) -> AppResult<(Vec<i64>, Option<Cursor>)> {
        let ids = self.by_name(conn, from, Direction::Forward, limit)?;
        let is_end = i64::try_from(ids.len()).is_ok_and(|found| found < limit);
        let place = if is_end { None } else { last_place(conn, &ids)? };
        Ok((ids, place))
    }

    /// The number of contacts and, within the limits of [`Headcount`], which they are.
    pub fn headcount(&self, conn: &mut AnyConnection) -> AppResult<Headcount> {
        let (mut ids, mut place) = self.next(conn, None, WALKED)?;
        while place.is_some() && !Headcount::is_more(&ids) {
            let (next, last) = self.next(conn, place.as_ref(), WALKED)?;
            ids.extend(next);
            place = last;
        }
        Ok(Headcount::of(ids))
    }

    /// The number of contacts, counted up to `bound`.
    pub fn count(&self, conn: &mut AnyConnection, bound: i64) -> AppResult<i64> {
        if self.is_nobody() {
            return Ok(0);
        }
        if !self.chosen.is_empty() {
            return Ok(self.chosen_statuses(conn)?.len() as i64);
        }
        search::count(conn, &self.query, &self.imports, bound)
    }

    /// Returns `true` if all contacts in the book pass.
    pub fn is_whole_book(&self) -> bool {
        self.typed.is_empty() && self.facets.is_empty() && self.imports.is_empty() && self.chosen.is_empty()
    }

    /// Spelling suggestions, for a selection without contacts.
    pub fn suggest(&self, conn: &mut AnyConnection) -> AppResult<Vec<Suggestion>> {
        let facets = Query::new("", &self.facets);
        suggest::suggest(conn, &self.typed, &facets, &self.imports)
    }

    /// All contacts, all contacts of some imports, or the chosen ones.
    fn walk(
        &self,
        conn: &mut AnyConnection,
        from: Option<&Cursor>,
        direction: Direction,
        limit: i64,
    ) -> AppResult<Vec<i64>> {
        let mut places = match self.imports.as_slice() {
            [] => self.walk_of(conn, None, from, direction, limit)?,
            [import] => self.walk_of(conn, Some(*import), from, direction, limit)?,
            imports => {
                // The index has the contacts of each import in the list's order, but not those of several.
                let mut places = Vec::new();
                for import in imports {
                    places.extend(self.walk_of(conn, Some(*import), from, direction, limit)?);
                }
                places.sort_unstable();
                if direction == Direction::Backward {
                    places.reverse();
                }
                places
            }
        };
        places.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(places.into_iter().map(|(_, id)| id).collect())
    }

    /// The next contacts of the book, of one import, or of the chosen ones, each with its place in the list's order.
    fn walk_of(
        &self,
        conn: &mut AnyConnection,
        import: Option<i64>,
        from: Option<&Cursor>,
        direction: Direction,
        limit: i64,
    ) -> AppResult<Vec<(String, i64)>> {
        let mut query = contacts::table
            .filter(contacts::deleted_at.is_null())
            .select((contacts::sort_key, contacts::id))
            .limit(limit)
            .into_boxed();
        if let Some(import) = import {
            query = query.filter(contacts::import_id.eq(import));
        }
        if !self.chosen.is_empty() {
            query = query.filter(contacts::id.eq_any(&self.chosen));
        }
        Ok(beyond!(query, from, direction).load(conn)?)
    }
}

/// The cursor of the last of these contacts that still exists.
fn last_place(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Option<Cursor>> {
    for id in ids.iter().rev() {
        let sort_key: Option<String> =
            contacts::table.find(id).select(contacts::sort_key).first(conn).optional()?;
        if let Some(sort_key) = sort_key {
            return Ok(Some(Cursor { id: *id, sort_key, section: 0, value: None, passed: None }));
        }
    }
    Ok(None)
}

fn import_named(conn: &mut AnyConnection, name: &str) -> AppResult<Option<i64>> {
    Ok(imports::table
        .filter(imports::name_key.eq(crate::domain::fold(name)).or(imports::name.eq(name)))
        .filter(imports::state.ne_all(["refused", "cancelled"]))
        .filter(imports::undone_at.is_null())
        // The exact spelling first, as a newer version may give two names the same key.
        .order(imports::name.eq(name).desc())
        .select(imports::id)
        .first(conn)
        .optional()?)
}
