//! The people to be erased.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::book::contact;
use crate::book::write::wholes;
use crate::db::schema::contacts as rows;
use crate::db::{AnyConnection, lock_rows};
use crate::error::AppResult;

#[derive(Queryable, Selectable)]
#[diesel(table_name = rows)]
pub struct ErasedPerson {
    #[diesel(embed)]
    pub listed: contact::ContactSummary,
    pub email_personal: String,
    pub email_other: String,
    /// One per line.
    pub former_emails: String,
}

impl ErasedPerson {
    pub fn id(&self) -> i64 {
        self.listed.id
    }
}

/// The people to be erased, locked.
pub struct Leaving {
    pub people: Vec<ErasedPerson>,
    /// For each person who was merged into a remaining contact, the id of that contact.
    pub stays: HashMap<i64, i64>,
}

/// Locks the people whose ids `find` returns, and the remaining contacts into which some were merged, until the end of the
/// transaction: nobody else changes them any more.
pub fn hold(
    conn: &mut AnyConnection,
    find: impl Fn(&mut AnyConnection) -> AppResult<Vec<i64>>,
) -> AppResult<Leaving> {
    let find = |conn: &mut AnyConnection| -> AppResult<(HashSet<i64>, HashMap<i64, i64>)> {
        let ids = find(conn)?;
        let stays = wholes(conn, &ids)?;
        let ids: HashSet<i64> = ids.into_iter().collect();
        let stays = stays.into_iter().filter(|(_, whole)| !ids.contains(whole));
        Ok((ids.clone(), stays.collect()))
    };
    let mut found = find(conn)?;
    loop {
        let (ids, stays) = &found;
        let people = held(conn, ids.iter().chain(stays.values()))?;
        // A contact may have been restored or merged with another before it was locked.
        let now = find(conn)?;
        if now == found {
            let (ids, stays) = now;
            let people = people.into_iter().filter(|one| ids.contains(&one.id()));
            return Ok(Leaving { people: people.collect(), stays });
        }
        found = now;
    }
}

/// Returns these people, without a lock.
pub fn known(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<ErasedPerson>> {
    Ok(rows::table.filter(rows::id.eq_any(ids)).select(ErasedPerson::as_select()).load(conn)?)
}

/// Returns these people, locked.
fn held<'a>(conn: &mut AnyConnection, ids: impl Iterator<Item = &'a i64>) -> AppResult<Vec<ErasedPerson>> {
    let rows = rows::table.filter(rows::id.eq_any(ids)).order(rows::id);
    Ok(lock_rows!(conn, rows, ErasedPerson::as_select()))
}
