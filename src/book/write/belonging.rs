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

/// Contacts written in one statement, and in one transaction of the background job.
const BATCH: usize = 500;

/// How many contacts belong to an organization.
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

/// The contacts that belong to an organization, those in the trash too.
pub fn members(conn: &mut AnyConnection, organization: i64) -> AppResult<Headcount> {
    let ids = contacts::table
        .filter(contacts::organization_id.eq(organization))
        .select(contacts::id)
        .limit(Headcount::MOST + 1);
    Ok(Headcount::of(ids.load(conn)?))
}

/// How many contacts, but for deleted ones, belong to each of these organizations; one without any is left out.
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

/// The first contacts of an organization, in the list's order.
pub fn first_members(conn: &mut AnyConnection, organization: i64, limit: i64) -> AppResult<Vec<Contact>> {
    Ok(contacts::table
        .filter(contacts::organization_id.eq(organization))
        .filter(contacts::deleted_at.is_null())
        .order((contacts::sort_key, contacts::id))
        .select(Contact::as_select())
        .limit(limit)
        .load(conn)?)
}

/// Gives all contacts of an organization, those in the trash too, to another or to none; tells how many. Organizations
/// are given by id and name.
pub fn move_members(
    conn: &mut AnyConnection,
    from: (i64, &str),
    to: Option<(i64, &str)>,
    account: i64,
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
        apply(conn, &moved.collect::<Vec<_>>(), Some(account))?;
    }
    Ok(members.len())
}

/// A place among the contacts of an organization: sort key and id.
pub type MemberCursor = (String, i64);

/// Brings the search index up to the organization's name for the next of its contacts beyond `after`; tells how far it
/// came, none when there was nobody left. Whoever moves in the order meanwhile was indexed by the save that moved them.
pub fn reindex_members(
    conn: &mut AnyConnection,
    organization: i64,
    after: Option<MemberCursor>,
) -> AppResult<Option<MemberCursor>> {
    let mut next = contacts::table
        .filter(contacts::organization_id.eq(organization))
        .filter(contacts::deleted_at.is_null())
        .order((contacts::sort_key, contacts::id))
        .select((contacts::sort_key, contacts::id))
        .limit(BATCH as i64)
        .into_boxed();
    if let Some((sort_key, id)) = after {
        next = next
            .filter(contacts::sort_key.ge(sort_key.clone()))
            .filter(contacts::sort_key.gt(sort_key).or(contacts::id.gt(id)));
    }
    let mut places: Vec<MemberCursor> = next.load(conn)?;
    let ids: Vec<i64> = places.iter().map(|(_, id)| *id).collect();
    // Held, so that what is indexed here is not older than what someone saves at the same time.
    let held: Vec<i64> = lock_present(conn, &ids)?.into_keys().collect();
    reindex(conn, &held)?;
    Ok(places.pop())
}
