//! The parts of a job and their cursor.

use std::cell::Cell;

use carnet::base::clock;
use carnet::db::AnyConnection;
use carnet::db::schema::phone_readings;
use carnet::error::{AppError, AppResult};
use carnet::jobs::{self, JobContext};
use diesel::prelude::*;

use crate::support::TestApp;

both_backends!(
    each_part_is_done_once_and_is_rolled_back_unless_the_cursor_moves_with_it,
    a_walk_passes_each_cursor_on_and_ends_after_the_last_part,
);

/// Counts ten numbers, as the work of the part, and moves the cursor from `from` to `to`.
fn read_ten(conn: &mut AnyConnection, id: i64, (from, to): (i64, i64)) -> AppResult<()> {
    let row = phone_readings::table.find(id);
    diesel::update(row).set(phone_readings::read_again.eq(phone_readings::read_again + 10)).execute(conn)?;
    let here = row.filter(phone_readings::cursor_id.eq(from));
    jobs::advance(conn, diesel::update(here).set(phone_readings::cursor_id.eq(to)))
}

async fn each_part_is_done_once_and_is_rolled_back_unless_the_cursor_moves_with_it(app: TestApp) {
    let id: i64 = app
        .db
        .write(|conn| {
            let row = (phone_readings::country.eq("FR"), phone_readings::created_at.eq(clock::now()));
            let added = diesel::insert_into(phone_readings::table).values(row);
            Ok(added.returning(phone_readings::id).get_result(conn)?)
        })
        .await
        .unwrap();
    let stored = async || -> (i64, i64) {
        let columns = (phone_readings::cursor_id, phone_readings::read_again);
        let row = phone_readings::table.find(id).select(columns);
        app.db.read(move |conn| Ok(row.first(conn)?)).await.unwrap()
    };
    let work = JobContext::unclaimed(&app.db);
    let (ended, work) = tokio::task::spawn_blocking(move || {
        let ended = work.run_parts(|conn| {
            let cursor: i64 = phone_readings::table.find(id).select(phone_readings::cursor_id).first(conn)?;
            read_ten(conn, id, (cursor, cursor + 1))?;
            Ok(cursor + 1 < 3)
        });
        (ended, work)
    })
    .await
    .unwrap();
    ended.unwrap();
    assert_eq!(stored().await, (3, 30));
    let overtaken = tokio::task::spawn_blocking(move || {
        work.run_parts(|conn| {
            read_ten(conn, id, (2, 3))?;
            Ok(true)
        })
    });
    assert!(matches!(overtaken.await.unwrap(), Err(AppError::Overtaken)));
    assert_eq!(stored().await, (3, 30));
}

async fn a_walk_passes_each_cursor_on_and_ends_after_the_last_part(app: TestApp) {
    let work = JobContext::unclaimed(&app.db);
    let walked = tokio::task::spawn_blocking(move || {
        let (parts, sum) = (Cell::new(0), Cell::new(0));
        let ended = work.walk(1, |_, cursor| {
            parts.set(parts.get() + 1);
            sum.set(sum.get() + cursor);
            Ok((cursor < 4).then_some(cursor + 1))
        });
        ended.map(|()| (parts.get(), sum.get()))
    });
    assert_eq!(walked.await.unwrap().unwrap(), (4, 10));
}
