//! New contacts on PostgreSQL: a batch is one statement over arrays, which is planned once and also writes the words of the
//! search index.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamp};

use super::{By, New};
use crate::base::clock;
use crate::book::contact::Statuses;
use crate::domain::Email;
use crate::error::AppResult;

#[derive(QueryableByName)]
struct Created {
    #[diesel(sql_type = Text)]
    email_key: String,
    #[diesel(sql_type = BigInt)]
    id: i64,
}

pub fn insert(conn: &mut PgConnection, mut all: Vec<New<'_>>, by: By) -> AppResult<HashMap<String, i64>> {
    // Always in the same order, so that two simultaneous imports do not wait for each other.
    all.sort_unstable_by(|a, b| a.email_key().cmp(b.email_key()));
    let column = |value: for<'a> fn(&New<'a>) -> &'a str| -> Vec<&str> { all.iter().map(value).collect() };
    let created: Vec<Created> = sql_query(
        "INSERT INTO contacts (civility, first_name, last_name, email, email_key, service, phone_work, phone_work_e164, \
            address, city, sort_key, tokens, expert, copy, transfer, import_id, created_import_id, created_at, \
            updated_at, updated_by) \
         SELECT civility, first_name, last_name, email, email_key, service, phone_work, phone_work_e164, address, city, \
            sort_key, array_to_tsvector(string_to_array(tokens, ' ')), $13, $14, $15, $16, $16, $17, $17, $18 \
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS given (civility, first_name, last_name, \
            email, email_key, service, phone_work, phone_work_e164, address, city, sort_key, tokens) \
         ON CONFLICT (email_key) DO NOTHING RETURNING email_key, id",
    )
    .bind::<Array<Text>, _>(column(|new| new.recipient.civility.unwrap_or_default().as_str()))
    .bind::<Array<Text>, _>(column(|new| &new.recipient.first_name))
    .bind::<Array<Text>, _>(column(|new| &new.recipient.last_name))
    .bind::<Array<Text>, _>(column(|new| new.recipient.email.as_ref().map_or("", Email::as_str)))
    .bind::<Array<Text>, _>(column(|new| new.recipient.email.as_ref().map_or("", Email::key)))
    .bind::<Array<Text>, _>(column(|new| &new.recipient.service))
    .bind::<Array<Text>, _>(column(|new| &new.recipient.phone))
    .bind::<Array<Nullable<Text>>, _>(
        all.iter()
            .map(|new| new.derived.phone_e164.as_deref())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<Text>, _>(column(|new| &new.recipient.address))
    .bind::<Array<Text>, _>(column(|new| &new.recipient.city))
    .bind::<Array<Text>, _>(column(|new| &new.derived.sort_key))
    .bind::<Array<Text>, _>(column(|new| &new.derived.tokens))
    .bind::<Bool, _>(Statuses::IMPORTED.expert)
    .bind::<Bool, _>(Statuses::IMPORTED.copy)
    .bind::<Bool, _>(Statuses::IMPORTED.transfer)
    .bind::<BigInt, _>(by.import)
    .bind::<Timestamp, _>(clock::now())
    .bind::<Nullable<BigInt>, _>(by.account)
    .load(conn)?;
    Ok(created.into_iter().map(|row| (row.email_key, row.id)).collect())
}
