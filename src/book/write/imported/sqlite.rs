//! New contacts on SQLite: a prepared statement per row. The row's position in the list is computed before the row is written.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::{By, New};
use crate::base::clock;
use crate::book::contact::Statuses;
use crate::book::document;
use crate::book::search::{order, sqlite as index};
use crate::db::{AnyConnection, Statement};
use crate::domain::Email;
use crate::error::AppResult;

diesel::table! {
    /// The columns that an import sets in a new contact, with the column that only SQLite has.
    #[sql_name = "contacts"]
    placed (id) {
        id -> BigInt,
        civility -> Text,
        first_name -> Text,
        last_name -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        service -> Text,
        phone_work -> Text,
        phone_work_e164 -> Nullable<Text>,
        address -> Text,
        city -> Text,
        expert -> Bool,
        copy -> Bool,
        transfer -> Bool,
        sort_key -> Text,
        order_label -> Nullable<BigInt>,
        import_id -> Nullable<BigInt>,
        created_import_id -> Nullable<BigInt>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        updated_by -> Nullable<BigInt>,
    }
}

/// A row. Every column of every row is bound, so that all rows use the same prepared statement.
#[derive(Insertable)]
#[diesel(table_name = placed, treat_none_as_default_value = false)]
struct NewContact<'a> {
    id: i64,
    civility: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    email: Option<&'a str>,
    email_key: Option<&'a str>,
    service: &'a str,
    phone_work: &'a str,
    phone_work_e164: Option<&'a str>,
    address: &'a str,
    city: &'a str,
    expert: bool,
    copy: bool,
    transfer: bool,
    sort_key: &'a str,
    order_label: i64,
    import_id: i64,
    created_import_id: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    updated_by: Option<i64>,
}

pub fn insert(conn: &mut AnyConnection, mut all: Vec<New<'_>>, by: By) -> AppResult<HashMap<String, i64>> {
    // No other transaction writes at the same time: a contact that was unknown at the look-up is new.
    all.sort_unstable_by(|a, b| {
        (&a.derived.sort_key, a.email_key()).cmp(&(&b.derived.sort_key, b.email_key()))
    });
    let places: Vec<order::Place<'_>> =
        all.iter().map(|new| (new.derived.sort_key.as_str(), order::UNSTORED)).collect();
    let AnyConnection::Sqlite(sqlite) = conn else {
        return Ok(HashMap::new());
    };
    let found = order::place(sqlite, &places)?;
    let first = next_id(sqlite)?;
    let now = clock::now();
    let mut created = HashMap::with_capacity(all.len());
    for ((new, &label), id) in all.iter().zip(&found.labels).zip(first..) {
        let recipient = new.recipient;
        let row = NewContact {
            id,
            civility: recipient.civility.unwrap_or_default().as_str(),
            first_name: &recipient.first_name,
            last_name: &recipient.last_name,
            email: recipient.email.as_ref().map(Email::as_str),
            email_key: recipient.email.as_ref().map(Email::key),
            service: &recipient.service,
            phone_work: &recipient.phone,
            phone_work_e164: new.derived.phone_e164.as_deref(),
            address: &recipient.address,
            city: &recipient.city,
            expert: Statuses::IMPORTED.expert,
            copy: Statuses::IMPORTED.copy,
            transfer: Statuses::IMPORTED.transfer,
            sort_key: &new.derived.sort_key,
            order_label: label,
            import_id: by.import,
            created_import_id: by.import,
            created_at: now,
            updated_at: now,
            updated_by: by.account,
        };
        diesel::insert_into(placed::table).values(&row).execute(sqlite)?;
        created.insert(new.email_key().to_owned(), id);
    }
    let words = all.iter().zip(found.labels).map(|(new, label)| (label, new.derived.tokens.as_str()));
    write_words(conn, words.collect(), found.moved)?;
    Ok(created)
}

/// Writes the words of new contacts, given by their labels, and those of the contacts that were moved to make room for them.
pub fn write_words(conn: &mut AnyConnection, new: Vec<(i64, &str)>, moved: Vec<(i64, i64)>) -> AppResult<()> {
    let ids: Vec<i64> = moved.iter().map(|(id, _)| *id).collect();
    let labels: HashMap<i64, i64> = moved.into_iter().collect();
    let documents = document::documents(conn, &ids)?;
    let moved = documents.iter().filter_map(|moved| Some((*labels.get(&moved.id)?, moved.tokens.as_str())));
    let words = new.into_iter().chain(moved).collect();
    match conn {
        AnyConnection::Sqlite(sqlite) => index::write_words(sqlite, words),
        AnyConnection::Postgres(_) => Ok(()),
    }
}

/// The id of the next contact. Ids are never reused.
pub fn next_id(conn: &mut SqliteConnection) -> AppResult<i64> {
    #[derive(QueryableByName)]
    struct Last {
        #[diesel(sql_type = Nullable<BigInt>)]
        id: Option<i64>,
    }
    let sql = "SELECT max(seq) AS id FROM sqlite_sequence WHERE name = 'contacts'";
    let last: Last = Statement::new(sql, []).get_result(conn)?;
    Ok(last.id.unwrap_or(0) + 1)
}
