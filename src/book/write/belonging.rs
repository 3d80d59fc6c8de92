//! The contacts of an organization.

use std::collections::HashMap;

use diesel::dsl::{count, count_star};
use diesel::prelude::*;

use super::lock::lock_members;
use super::{Columns, ContactWrite, apply, lock_present, reindex};
use crate::audit::Kind;
use crate::book::contact::Contact;
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::domain::{Change, Field, Headcount};
use crate::error::AppResult;

/// The number of contacts per statement, and per transaction of the background job.
const BATCH: usize = 500;

/// The number of contacts of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Members {
    pub in_book: i64,
    pub in_trash: i64,
}

impl Members {
    pub fn all(self) -> i64 {
        self.in_book + self.in_trash
    }
}

pub fn count_members(conn: &mut AnyConnection, organization: i64) -> AppResult<Members> {
    let (all, in_trash): (i64, i64) = contacts::table
        .filter(contacts::organization_id.eq(organization))
        .select((count_star(), count(contacts::deleted_at)))
        .first(conn)?;
    Ok(Members { in_book: all - in_trash, in_trash })
}

/// The contacts of an organization, including those in the trash.
pub fn members(conn: &mut AnyConnection, organization: i64) -> AppResult<Headcount> {
    let ids = contacts::table
        .filter(contacts::organization_id.eq(organization))
        .select(contacts::id)
        .limit(Headcount::MOST + 1);
    Ok(Headcount::of(ids.load(conn)?))
}

/// The number of contacts of each of these organizations, excluding deleted contacts. An organization without contacts is left
/// out.
pub fn count_members_of_each(
    conn: &mut AnyConnection,
    organizations: &[i64],
) -> AppResult<HashMap<i64, i64>> {
    let rows: Vec<(Option<i64>, i64)> = contacts::table
        .filter(contacts::organization_id.eq_any(organizations))
        .filter(contacts::deleted_at.is_null())
        .group_by(contacts::organization_id)
        .select((contacts::organization_id, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(organization, count)| Some((organization?, count))).collect())
}

/// The first contacts of an organization in the list's order, excluding deleted contacts.
pub fn first_members(conn: &mut AnyConnection, organization: i64, limit: i64) -> AppResult<Vec<Contact>> {
    Ok(contacts::table
        .filter(contacts::organization_id.eq(organization))
        .filter(contacts::deleted_at.is_null())
        .order((contacts::sort_key, contacts::id))
        .select(Contact::as_select())
        .limit(limit)
        .load(conn)?)
}

/// Moves all contacts of an organization, including those in the trash, to another organization or to none. Returns the number of
/// moved contacts. Organizations are given by id and name.
pub fn move_members(
    conn: &mut AnyConnection,
    from: (i64, &str),
    to: Option<(i64, &str)>,
    account: Option<i64>,
) -> AppResult<usize> {
    let members = lock_members(conn, from.0)?;
    let columns = Columns { organization_id: Some(to.map(|(id, _)| id)), ..Columns::default() };
    let change = Change {
        field: Field::Organization.form_name().to_owned(),
        old: from.1.to_owned(),
        new: to.map_or("", |(_, name)| name).to_owned(),
    };
    for part in members.chunks(BATCH) {
        let moved = part.iter().map(|member| {
            let changes = vec![change.clone()];
            ContactWrite::new(*member, columns.clone(), Kind::ContactEdited, changes)
        });
        apply(conn, &moved.collect::<Vec<_>>(), account)?;
    }
    Ok(members.len())
}

/// A position among the contacts of an organization: sort key and id. The default is before the first one.
pub type MemberCursor = (String, i64);

/// Updates the search index with the organization's name, for the next of its contacts. Returns the position of the
/// last one, or `None` if there were no more. A contact that moves in the order meanwhile is indexed by the save that moves it.
pub fn reindex_members(
    conn: &mut AnyConnection,
    organization: i64,
    (sort_key, id): MemberCursor,
) -> AppResult<Option<MemberCursor>> {
    let mut places: Vec<MemberCursor> = contacts::table
        .filter(contacts::organization_id.eq(organization))
        .filter(contacts::deleted_at.is_null())
        .filter(contacts::sort_key.ge(&sort_key))
        .filter(contacts::sort_key.gt(&sort_key).or(contacts::id.gt(id)))
        .order((contacts::sort_key, contacts::id))
        .select((contacts::sort_key, contacts::id))
        .limit(BATCH as i64)
        .load(conn)?;
    let ids: Vec<i64> = places.iter().map(|(_, id)| *id).collect();
    // Locked, so that the indexed values are not older than those that another person saves at the same time.
    let held: Vec<i64> = lock_present(conn, &ids)?.into_keys().collect();
    reindex(conn, &held)?;
    Ok(places.pop())
}
