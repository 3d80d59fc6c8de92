//! Counts the contacts again, and corrects the numbers that differ: in a book of an older version, after an older node ran beside
//! this one, and once a day.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta};
use diesel::connection::SimpleConnection as _;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::stored::{self, Change};
use super::{Deltas, Key, Kind, STALE, StoredCount, fold, letter};
use crate::base::clock;
use crate::book::contact::Statuses;
use crate::db::schema::{book_counts, contacts};
use crate::db::{AnyConnection, on_backend, settings};
use crate::domain::Status;
use crate::error::AppResult;
use crate::jobs::older::{self, Older};
use crate::jobs::{self, Ended, JobContext};

/// How often the numbers are compared with the contacts.
const EVERY: TimeDelta = TimeDelta::days(1);

/// Files a recount if an older node is alive, which does not keep the numbers, and once a day.
pub fn sweep(conn: &mut AnyConnection) -> AppResult<()> {
    if older::is_older_node_alive(conn)? {
        on_backend!(conn, |conn| diesel::insert_into(book_counts::table)
            .values((book_counts::kind.eq(STALE), book_counts::value_key.eq(""), book_counts::n.eq(1)))
            .on_conflict_do_nothing()
            .execute(conn))?;
        return jobs::enqueue(conn, jobs::Kind::Recount, 0);
    }
    let now = clock::now();
    let text = now.and_utc().timestamp_micros().to_string();
    let last = settings::get_or_insert(conn, settings::RECOUNTED_AT, &text)?;
    let last = last.parse().ok().and_then(DateTime::from_timestamp_micros);
    let is_due = last.is_none_or(|last| !(TimeDelta::zero()..EVERY).contains(&(now - last.naive_utc())));
    if is_due {
        settings::set(conn, settings::RECOUNTED_AT, &text)?;
        jobs::enqueue(conn, jobs::Kind::Recount, 0)?;
    }
    Ok(())
}

/// The background job. It waits until no older node is alive.
///
/// # Errors
/// Database errors; the job is tried again later.
pub fn run_job(work: &JobContext) -> AppResult<Ended> {
    if work.write(older::look)? == Older::Perhaps {
        return Ok(Ended::Waiting(older::PATIENCE + TimeDelta::seconds(1)));
    }
    let differences = work.db.read_blocking(differences)?;
    work.write_step(|conn| correct(conn, &differences))?;
    work.write(fold)?;
    Ok(Ended::Done)
}

/// What is missing in the numbers, by comparison with the contacts as of one moment. Writers may go on: their deltas change both
/// sides alike.
pub fn differences(conn: &mut AnyConnection) -> AppResult<Differences> {
    conn.batch_execute(match conn {
        AnyConnection::Sqlite(_) => "BEGIN",
        AnyConnection::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    })?;
    let compared = compare(conn);
    conn.batch_execute("ROLLBACK")?;
    compared.map(Differences)
}

/// See [`differences`].
#[derive(Debug)]
pub struct Differences(BTreeMap<Key, Change>);

impl Differences {
    /// The number of wrong numbers.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn compare(conn: &mut AnyConnection) -> AppResult<BTreeMap<Key, Change>> {
    let mut differences = count(conn)?.changes();
    let stored: Vec<StoredCount> = on_backend!(conn, |conn| {
        sql_query(
        "SELECT kind, value_key, CAST(SUM(n) AS BIGINT) AS n FROM ( \
            SELECT kind, value_key, n FROM book_counts UNION ALL SELECT kind, value_key, delta FROM book_count_deltas \
         ) AS counts GROUP BY kind, value_key"
    )
    .load(conn)
    })?;
    for StoredCount { kind, value_key, n } in stored {
        // The mark of wrong numbers, and what a newer version counts.
        let Some(kind) = Kind::parse(&kind) else {
            continue;
        };
        differences.entry(Key { kind, value: value_key }).or_default().n -= n;
    }
    differences.retain(|_, change| change.n != 0);
    Ok(differences)
}

#[derive(QueryableByName)]
struct CountedText {
    #[diesel(sql_type = Text)]
    text: String,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Counts the contacts in the book by each of their values.
fn count(conn: &mut AnyConnection) -> AppResult<Deltas<'static>> {
    let mut counts = Deltas::default();
    let present = || contacts::table.filter(contacts::deleted_at.is_null());
    let statuses = (contacts::expert, contacts::copy, contacts::transfer);
    let rows: Vec<((bool, bool, bool), i64)> =
        present().group_by(statuses).select((statuses, count_star())).load(conn)?;
    for ((expert, copy, transfer), n) in rows {
        counts.count(Kind::Book, "", n);
        for status in (Statuses { expert, copy, transfer }).list() {
            counts.count(Kind::Status, Status::as_str(status), n);
        }
    }
    for (kind, text) in [
        (Kind::Letter, "substr(sort_key, 1, 1)"),
        (Kind::Service, "service"),
        (Kind::City, "city"),
        (Kind::Topic, "topics"),
        (Kind::Language, "languages"),
    ] {
        let sql = format!(
            "SELECT {text} AS text, COUNT(*) AS n FROM contacts WHERE deleted_at IS NULL GROUP BY {text}"
        );
        let rows: Vec<CountedText> = on_backend!(conn, |conn| sql_query(sql).load(conn))?;
        for CountedText { text, n } in rows {
            counts.count(kind, if kind == Kind::Letter { letter(&text) } else { &text }, n);
        }
    }
    let organizations: Vec<(Option<i64>, i64)> = present()
        .group_by(contacts::organization_id)
        .select((contacts::organization_id, count_star()))
        .load(conn)?;
    let imports: Vec<(Option<i64>, i64)> =
        present().group_by(contacts::import_id).select((contacts::import_id, count_star())).load(conn)?;
    for (kind, rows) in [(Kind::Organization, organizations), (Kind::Import, imports)] {
        for (id, n) in rows {
            if let Some(id) = id {
                counts.count(kind, &id.to_string(), n);
            }
        }
    }
    Ok(counts)
}

/// Adds what was missing, as the delta of one more writer. From then on the numbers are right.
pub fn correct(conn: &mut AnyConnection, Differences(differences): &Differences) -> AppResult<()> {
    stored::add(conn, differences)?;
    let marks = diesel::delete(book_counts::table.filter(book_counts::kind.eq(STALE))).execute(conn)?;
    if marks == 0 && !differences.is_empty() {
        let wrong = differences.len();
        tracing::warn!(wrong, "numbers of contacts were wrong, and are corrected");
    }
    // Values that lost their last contact while nobody counted.
    match conn {
        AnyConnection::Sqlite(conn) => conn.batch_execute(
            "DELETE FROM book_values WHERE NOT EXISTS (SELECT 1 FROM book_counts AS counts \
                WHERE counts.kind = book_values.kind AND counts.value_key = book_values.value_key)",
        )?,
        // A number of zero lets the fold remove them, when no writer may be adding the same value.
        AnyConnection::Postgres(_) => {
            fold::hold(conn)?;
            conn.batch_execute(
                "INSERT INTO book_counts (kind, value_key, n) SELECT kind, value_key, 0 FROM book_values \
                 ON CONFLICT DO NOTHING",
            )?;
        }
    }
    Ok(())
}
