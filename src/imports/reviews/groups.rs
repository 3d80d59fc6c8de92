//! The doubtful rows that wait, by import and doubt: the rows of a group can be decided together.

use std::collections::HashMap;
use std::fmt;

use chrono::NaiveDateTime;
use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::ends::end_of;
use super::store::{Held, ReviewedList};
use crate::base::paging;
use crate::db::schema::{import_held, imports};
use crate::db::{AnyConnection, on_backend};
use crate::domain::Field;
use crate::error::AppResult;
use crate::imports::mapped::Doubt;

/// Groups per page.
pub const GROUPS: usize = 20;
/// Rows of a group on the page of all groups.
const FIRST_ROWS: i64 = 5;
/// Rows per page of one group.
const ROWS: usize = 50;

/// The place of a group in their order, which is also its address: `7-name`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupKey {
    pub import: i64,
    pub doubt: Doubt,
}

impl GroupKey {
    pub fn parse(text: &str) -> Option<Self> {
        let (import, doubt) = text.split_once('-')?;
        Some(Self { import: import.parse().ok()?, doubt: Doubt::parse(doubt)? })
    }
}

impl fmt::Display for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.import, self.doubt.as_str())
    }
}

/// The rows of an import that wait with the same doubt.
pub struct Group {
    pub key: GroupKey,
    /// The name of the import.
    pub import: String,
    pub count: i64,
    /// When its rows count as skipped; `None` until the import has ended.
    pub ends_at: Option<NaiveDateTime>,
    pub rows: Vec<GroupRow>,
    /// The contact that its first row may mean, if that is one only.
    pub only_candidate: Option<i64>,
}

impl Group {
    fn is_whole(&self) -> bool {
        self.count == self.rows.len() as i64
    }

    /// The rows that are not shown.
    pub fn more(&self) -> Option<i64> {
        (!self.is_whole()).then_some(self.count)
    }

    /// The row whose form decides about all.
    pub fn first(&self) -> i64 {
        self.rows.first().map_or(0, |row| row.id)
    }
}

/// A row of a group.
pub struct GroupRow {
    pub id: i64,
    pub line: i64,
    /// The name in the row, on the page of one group.
    pub name: String,
}

type Counted = (i64, String, i64, Option<i64>);

/// The groups after a place, in the order of their imports.
pub fn page(conn: &mut AnyConnection, after: Option<GroupKey>) -> AppResult<(Vec<Group>, Option<GroupKey>)> {
    let (import, doubt) = after.map_or((0, ""), |key| (key.import, key.doubt.as_str()));
    let mut counted: Vec<Counted> = on_backend!(conn, |conn| import_held::table
        .filter(import_held::decision.is_null())
        .filter(
            import_held::import_id
                .gt(import)
                .or(import_held::import_id.eq(import).and(import_held::doubt.gt(doubt)))
        )
        .group_by((import_held::import_id, import_held::doubt))
        .order((import_held::import_id, import_held::doubt))
        .limit(paging::limit(GROUPS))
        .select((import_held::import_id, import_held::doubt, count_star(), min(import_held::id)))
        .load(conn))?;
    let next = paging::cut(&mut counted, GROUPS, |(import, doubt, ..)| {
        Doubt::parse(doubt).map(|doubt| GroupKey { import: *import, doubt })
    });
    let mut groups = Vec::with_capacity(counted.len());
    let facts = facts_of(conn, counted.iter().map(|(import, ..)| *import).collect())?;
    for (import, doubt, count, _) in counted {
        // A doubt of a newer version.
        let Some(doubt) = Doubt::parse(&doubt) else { continue };
        let key = GroupKey { import, doubt };
        let held = rows_of(conn, key, 0, FIRST_ROWS)?;
        groups.push(group(key, count, &facts, &held, |_| String::new()));
    }
    Ok((groups, next.flatten()))
}

/// One group, with its rows after an id, and the id after which its next page begins.
pub fn one(conn: &mut AnyConnection, key: GroupKey, after: i64) -> AppResult<(Group, Option<i64>)> {
    let count: i64 = waiting(key).count().get_result(conn)?;
    let facts = facts_of(conn, vec![key.import])?;
    let mut held = rows_of(conn, key, after, paging::limit(ROWS))?;
    let next = paging::cut(&mut held, ROWS, |held| held.id);
    let mut names = HashMap::new();
    if !held.is_empty() {
        let list = ReviewedList::load(conn, key.import)?;
        let mut lines = list.lines(conn)?;
        for held in &held {
            if let Some(row) = list.read(conn, &mut lines, held)? {
                let name = [Field::FirstName, Field::LastName].map(|field| row.row.field(field));
                names.insert(held.id, name.join(" ").trim().to_owned());
            }
        }
    }
    Ok((group(key, count, &facts, &held, |id| names.remove(&id).unwrap_or_default()), next))
}

fn group(
    key: GroupKey,
    count: i64,
    facts: &HashMap<i64, (String, Option<NaiveDateTime>)>,
    held: &[Held],
    mut name: impl FnMut(i64) -> String,
) -> Group {
    let (import, finished_at) = facts.get(&key.import).cloned().unwrap_or_default();
    Group {
        key,
        import,
        count,
        ends_at: finished_at.map(end_of),
        rows: held
            .iter()
            .map(|held| GroupRow { id: held.id, line: held.line, name: name(held.id) })
            .collect(),
        only_candidate: held.first().and_then(|held| match held.candidates.as_slice() {
            [only] => Some(*only),
            _ => None,
        }),
    }
}

/// The names of imports, and when they ended.
fn facts_of(
    conn: &mut AnyConnection,
    ids: Vec<i64>,
) -> AppResult<HashMap<i64, (String, Option<NaiveDateTime>)>> {
    let rows: Vec<(i64, String, Option<NaiveDateTime>)> = imports::table
        .filter(imports::id.eq_any(ids))
        .select((imports::id, imports::name, imports::finished_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, name, finished_at)| (id, (name, finished_at))).collect())
}

type Multi = <AnyConnection as diesel::Connection>::Backend;

fn waiting(key: GroupKey) -> import_held::BoxedQuery<'static, Multi> {
    import_held::table
        .filter(import_held::import_id.eq(key.import))
        .filter(import_held::doubt.eq(key.doubt.as_str()))
        .filter(import_held::decision.is_null())
        .into_boxed()
}

fn rows_of(conn: &mut AnyConnection, key: GroupKey, after: i64, limit: i64) -> AppResult<Vec<Held>> {
    Ok(waiting(key)
        .filter(import_held::id.gt(after))
        .order(import_held::id)
        .limit(limit)
        .select(Held::as_select())
        .load(conn)?)
}
