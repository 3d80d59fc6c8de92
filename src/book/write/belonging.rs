//! The contacts of an organization.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::{count, count_star};
use diesel::prelude::*;

use super::reindex;
use super::switch::locked;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
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

/// # Errors
/// Those of the database.
pub fn count_members(conn: &mut AnyConnection, organization: i64) -> AppResult<Members> {
    let (all, in_trash): (i64, i64) = contacts::table
        .filter(contacts::organization_id.eq(organization))
        .select((count_star(), count(contacts::deleted_at)))
        .first(conn)?;
    Ok(Members {
        in_book: all - in_trash,
        in_trash,
    })
}

/// The contacts that belong to an organization, those in the trash too.
///
/// # Errors
/// Those of the database.
pub fn members(conn: &mut AnyConnection, organization: i64) -> AppResult<Headcount> {
    let ids = contacts::table
        .filter(contacts::organization_id.eq(organization))
        .select(contacts::id)
        .limit(Headcount::MOST + 1);
    Ok(Headcount::of(ids.load(conn)?))
}

/// How many contacts, but for deleted ones, belong to each of these organizations; one without any is left out.
///
/// # Errors
/// Those of the database.
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
    Ok(rows
        .into_iter()
        .filter_map(|(organization, count)| Some((organization?, count)))
        .collect())
}

/// The first contacts of an organization, in the list's order.
///
/// # Errors
/// Those of the database.
pub fn first_members(
    conn: &mut AnyConnection,
    organization: i64,
    limit: i64,
) -> AppResult<Vec<Contact>> {
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
///
/// # Errors
/// Those of the database.
pub fn move_members(
    conn: &mut AnyConnection,
    from: (i64, &str),
    to: Option<(i64, &str)>,
    account: i64,
) -> AppResult<usize> {
    let members = hold_members(conn, from.0)?;
    let now = clock::now();
    for part in members.chunks(BATCH) {
        let ids: Vec<i64> = part.iter().map(|member| member.id).collect();
        diesel::update(contacts::table.filter(contacts::id.eq_any(&ids)))
            .set((
                contacts::organization_id.eq(to.map(|(id, _)| id)),
                contacts::version.eq(contacts::version + 1),
                contacts::updated_at.eq(now),
                contacts::updated_by.eq(account),
            ))
            .execute(conn)?;
        let entries: Vec<Entry> = part
            .iter()
            .map(|member| {
                Entry::new(Kind::ContactEdited, Some(account))
                    .contact(member.id)
                    .version(member.version + 1)
                    .changes(vec![Change {
                        field: Field::Organization.form_name().to_owned(),
                        old: from.1.to_owned(),
                        new: to.map_or("", |(_, name)| name).to_owned(),
                    }])
            })
            .collect();
        audit::record(conn, &entries)?;
        // The trash stands in no search.
        let in_book: Vec<i64> = part
            .iter()
            .filter(|member| member.deleted_at.is_none())
            .map(|member| member.id)
            .collect();
        reindex(conn, &in_book)?;
    }
    Ok(members.len())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = contacts)]
struct Member {
    id: i64,
    version: i64,
    deleted_at: Option<NaiveDateTime>,
}

/// The contacts of an organization, held for the rest of the transaction. One that writes on SQLite is alone already.
fn hold_members(conn: &mut AnyConnection, organization: i64) -> AppResult<Vec<Member>> {
    let members = contacts::table.filter(contacts::organization_id.eq(organization));
    Ok(match conn {
        AnyConnection::Sqlite(conn) => members
            .order(contacts::id)
            .select(Member::as_select())
            .load(conn)?,
        AnyConnection::Postgres(conn) => members
            .order(contacts::id)
            .select(Member::as_select())
            .for_update()
            .load(conn)?,
    })
}

/// A place among the contacts of an organization: sort key and id.
pub type Place = (String, i64);

/// Brings the search index up to the organization's name for the next of its contacts beyond `after`; tells how far it
/// came, none when there was nobody left. Whoever moves in the order meanwhile was indexed by the save that moved them.
///
/// # Errors
/// Those of the database.
pub fn reindex_members(
    conn: &mut AnyConnection,
    organization: i64,
    after: Option<Place>,
) -> AppResult<Option<Place>> {
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
    let mut places: Vec<Place> = next.load(conn)?;
    let ids: Vec<i64> = places.iter().map(|(_, id)| *id).collect();
    // Held, so that what is indexed here is not older than what someone saves at the same time.
    let held: Vec<i64> = locked(conn, &ids)?.into_keys().collect();
    reindex(conn, &held)?;
    Ok(places.pop())
}
