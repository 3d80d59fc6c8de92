//! Requests that are done once, however often they are sent: `Idempotency-Key`.

use std::collections::HashMap;

use actix_web::HttpRequest;
use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::base::clock;
use crate::base::random::hex;
use crate::db::schema::done_requests;
use crate::db::{AnyConnection, on_backend};
use crate::error::{ApiRefusal, AppError, AppResult};
use crate::web::Caller;

/// How long a request is remembered.
const KEPT: TimeDelta = TimeDelta::days(1);
/// The most characters of the name that a program gives to a request.
pub const LONGEST: usize = 255;

/// A request that is to be done once.
#[derive(Debug, Clone)]
pub struct Once {
    key: i64,
    request: String,
    body: String,
}

/// What a request did when it was done.
#[derive(Debug, Clone, Copy)]
pub struct Done {
    pub status: i64,
    /// The id of what it made.
    pub made: i64,
}

#[derive(Insertable)]
#[diesel(table_name = done_requests, treat_none_as_default_value = false)]
struct DoneRow<'a> {
    key_id: i64,
    request: String,
    body: &'a str,
    status: i64,
    made_id: i64,
    done_at: NaiveDateTime,
}

impl Once {
    /// `None` if the program gave the request no name. `body` is a hash of what was sent.
    ///
    /// # Errors
    /// [`AppError::BadRequest`] for a name that is too long or not ASCII.
    pub fn of(request: &HttpRequest, caller: &Caller, body: &str) -> AppResult<Option<Self>> {
        let Some(name) = request.headers().get("idempotency-key") else {
            return Ok(None);
        };
        let name = name.to_str().ok().filter(|name| (1..=LONGEST).contains(&name.len()));
        let name = name.ok_or(AppError::BadRequest("a damaged Idempotency-Key"))?;
        let request = hash(&[request.method().as_str(), request.path(), name]);
        Ok(Some(Self { key: caller.key, request, body: body.to_owned() }))
    }

    /// What the request did, if it was done before.
    ///
    /// # Errors
    /// [`ApiRefusal::OtherBody`] if another request had this name.
    pub fn done(&self, conn: &mut AnyConnection) -> AppResult<Option<Done>> {
        let found: Option<(String, i64, i64)> = done_requests::table
            .find((self.key, &self.request))
            .select((done_requests::body, done_requests::status, done_requests::made_id))
            .first(conn)
            .optional()?;
        match found {
            Some((body, ..)) if body != self.body => Err(AppError::Api(ApiRefusal::OtherBody)),
            Some((_, status, made)) => Ok(Some(Done { status, made })),
            None => Ok(None),
        }
    }

    /// What the request did to items of its list, by their ids. Items that were refused are missing.
    pub fn done_items(&self, conn: &mut AnyConnection, ids: &[&str]) -> AppResult<HashMap<String, Done>> {
        let names: HashMap<String, &str> = ids.iter().map(|id| (self.of_item(id), *id)).collect();
        let found: Vec<(String, i64, i64)> = done_requests::table
            .filter(done_requests::key_id.eq(self.key))
            .filter(done_requests::request.eq_any(names.keys()))
            .select((done_requests::request, done_requests::status, done_requests::made_id))
            .load(conn)?;
        let of = |(request, status, made)| Some((names.get(&request)?.to_string(), Done { status, made }));
        Ok(found.into_iter().filter_map(of).collect())
    }

    /// Stores what the request did to items of its list, in its transaction.
    ///
    /// # Errors
    /// As [`Once::store`].
    pub fn store_items(&self, conn: &mut AnyConnection, done: &[(String, Done)]) -> AppResult<()> {
        let rows: Vec<_> = done.iter().map(|(id, done)| self.row(self.of_item(id), *done)).collect();
        on_backend!(conn, |conn| diesel::insert_into(done_requests::table).values(rows).execute(conn))?;
        Ok(())
    }

    fn of_item(&self, id: &str) -> String {
        hash(&[&self.request, id])
    }

    /// Stores that the request was done, in its transaction.
    ///
    /// # Errors
    /// `Taken(DoneRequest)` if the same request is being done at the same moment.
    pub fn store(&self, conn: &mut AnyConnection, done: Done) -> AppResult<()> {
        let row = self.row(self.request.clone(), done);
        diesel::insert_into(done_requests::table).values(row).execute(conn)?;
        Ok(())
    }

    fn row(&self, request: String, Done { status, made }: Done) -> DoneRow<'_> {
        DoneRow { key_id: self.key, request, body: &self.body, status, made_id: made, done_at: clock::now() }
    }
}

/// A hash of some texts, each with its length.
pub fn hash(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    hex(&digest.finalize())
}

/// Forgets the requests that were done more than a day ago.
pub fn sweep(conn: &mut AnyConnection) -> AppResult<()> {
    let before = clock::now() - KEPT;
    diesel::delete(done_requests::table.filter(done_requests::done_at.lt(before))).execute(conn)?;
    Ok(())
}
