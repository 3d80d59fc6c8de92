//! The nodes of a database: which are alive, and whether one of them has an older version.

use std::time::Duration;

use carnet::base::clock;
use carnet::base::stop::Stop;
use carnet::config::DatabaseUrl;
use carnet::db::nodes::{self, GENERATION, Membership, Node};
use carnet::db::schema::{import_chunks, imports, jobs, nodes as rows};
use carnet::db::{AnyConnection, Db};
use carnet::error::AppResult;
use carnet::jobs::older::{self, Older};
use carnet::jobs::{Kind, enqueue};
use chrono::TimeDelta;
use diesel::prelude::*;

use crate::support::process::Served;
use crate::support::waiting::wait_until;
use crate::support::{Backend, Client, Lists, TestApp, code, database, stdout, text};

const LIST: &str = "Mme,Hélène,Lefèvre,helene@mairie.example,État civil,0110203040,,Lyon\n";

/// Runs a test on a database without a server, as the current version creates it.
fn without_server(backend: Backend, test: impl AsyncFn(&str, &Db)) {
    let Some((url, _folder)) = database(backend) else {
        return;
    };
    actix_web::rt::System::new().block_on(async {
        let db = Db::open(&DatabaseUrl::parse(&url).unwrap()).unwrap();
        test(&url, &db).await;
    });
}

fn on_each(test: impl AsyncFn(&str, &Db)) {
    without_server(Backend::Sqlite, &test);
    without_server(Backend::Postgres, &test);
}

async fn alive(db: &Db) -> Vec<Node> {
    db.read(nodes::alive).await.unwrap()
}

/// Adds the row of a node whose last heartbeat is `age` seconds old.
async fn add_node(db: &Db, generation: i64, age: i64) {
    db.write(move |conn| {
        let beat = clock::now() - TimeDelta::seconds(age);
        diesel::insert_into(rows::table)
            .values((
                rows::id.eq(format!("{generation}-{age}")),
                rows::version.eq("0.0.0"),
                rows::generation.eq(generation),
                rows::started_at.eq(beat),
                rows::heartbeat_at.eq(beat),
            ))
            .execute(conn)?;
        Ok(())
    })
    .await
    .unwrap();
}

#[test]
fn a_node_has_a_row_from_its_start_to_its_end() {
    on_each(async |url, db| {
        assert_eq!(alive(db).await, []);
        let mut served = Served::on(url, "127.0.0.1:0");
        let known = alive(db).await;
        assert_eq!(known.len(), 1);
        assert_eq!(known[0].version, env!("CARGO_PKG_VERSION"));
        assert_eq!(known[0].generation, GENERATION);
        assert_eq!(Client::new(served.address).get("/healthz").await.status, 200);
        served.signal("TERM");
        assert!(served.ended_within(Duration::from_secs(10)).success());
        assert_eq!(alive(db).await, [], "it removed its row");
    });
}

#[test]
fn a_killed_node_counts_as_alive_no_longer_than_its_heartbeat() {
    on_each(async |url, db| {
        let served = Served::on(url, "127.0.0.1:0");
        drop(served);
        assert_eq!(alive(db).await.len(), 1, "nobody removed its row");
        for moved in [TimeDelta::seconds(-16), TimeDelta::days(1)] {
            db.write(move |conn| {
                diesel::update(rows::table).set(rows::heartbeat_at.eq(clock::now() + moved)).execute(conn)?;
                Ok(())
            })
            .await
            .unwrap();
            assert_eq!(alive(db).await, [], "{moved}");
        }
    });
}

#[test]
fn a_lost_row_comes_back_with_the_next_heartbeat() {
    on_each(async |_, db| {
        let ended = Stop::default();
        let membership = Membership::join(db).await.unwrap();
        let beating = tokio::spawn(membership.keep_up(ended.clone()));
        db.write(|conn| Ok(diesel::delete(rows::table).execute(conn)?)).await.unwrap();
        wait_until("the row is back", async || alive(db).await.len() == 1).await;
        ended.ask();
        beating.await.unwrap();
        assert_eq!(alive(db).await, []);
    });
}

#[test]
fn rows_of_nodes_that_died_long_ago_are_removed() {
    on_each(async |_, db| {
        add_node(db, GENERATION, 8 * 24 * 3_600).await;
        add_node(db, GENERATION, 3_600).await;
        Membership::join(db).await.unwrap();
        let count: i64 = db.read(|conn| Ok(rows::table.count().get_result(conn)?)).await.unwrap();
        assert_eq!(count, 2, "the one of an hour ago, and this one");
    });
}

/// Looks for older nodes as if enough time had passed since the last look.
async fn look_later(db: &Db) -> Older {
    db.write(|conn| {
        diesel::update(jobs::table.filter(jobs::subject_id.lt(0)))
            .set(jobs::created_at.eq(clock::now() - older::PATIENCE))
            .execute(conn)?;
        older::look(conn)
    })
    .await
    .unwrap()
}

#[test]
fn an_offer_that_no_node_takes_shows_that_no_older_node_is_alive() {
    on_each(async |url, db| {
        // A node of this version does not take the offer, though it claims every other job.
        let _served = Served::on(url, "127.0.0.1:0");
        assert_eq!(db.write(older::look).await.unwrap(), Older::Perhaps);
        assert_eq!(db.write(older::look).await.unwrap(), Older::Perhaps, "too soon");
        db.write(|conn| enqueue(conn, Kind::ContactType, 7)).await.unwrap();
        wait_until("the other job is done", async || {
            let left = db.read(|conn| Ok(jobs::table.select(jobs::subject_id).load::<i64>(conn)?));
            left.await.unwrap() == [-1]
        })
        .await;
        assert_eq!(look_later(db).await, Older::Gone);
        let left: i64 = db.read(|conn| Ok(jobs::table.count().get_result(conn)?)).await.unwrap();
        assert_eq!(left, 0, "the offer is withdrawn");
    });
}

#[test]
fn an_older_node_is_detected_when_it_takes_the_offer() {
    type Claims = fn(&mut AnyConnection) -> AppResult<usize>;
    // As an older worker does: it claims the job and gives it back, or finishes and removes it.
    let claims: [Claims; 2] = [
        |conn| Ok(diesel::update(jobs::table).set(jobs::attempts.eq(jobs::attempts + 1)).execute(conn)?),
        |conn| Ok(diesel::delete(jobs::table).execute(conn)?),
    ];
    for claim in claims {
        on_each(async |_, db| {
            db.write(older::look).await.unwrap();
            db.write(claim).await.unwrap();
            assert_eq!(look_later(db).await, Older::Perhaps);
            assert_eq!(look_later(db).await, Older::Gone, "nobody takes the next one");
        });
    }
}

#[test]
fn an_older_node_is_detected_by_the_job_that_it_works_on() {
    on_each(async |_, db| {
        for (generation, expected) in [
            (None, Older::Perhaps),
            (Some(GENERATION - 1), Older::Perhaps),
            (Some(GENERATION), Older::Gone),
            (Some(GENERATION + 1), Older::Gone),
        ] {
            let name = "0011223344556677";
            let claim = generation.map_or(name.to_owned(), |generation| format!("g{generation}-{name}"));
            let now = claim.clone();
            db.write(move |conn| {
                diesel::delete(jobs::table).execute(conn)?;
                enqueue(conn, Kind::Import, 1)?;
                diesel::update(jobs::table)
                    .set((jobs::claimed_by.eq(now), jobs::heartbeat_at.eq(clock::now())))
                    .execute(conn)?;
                older::look(conn)
            })
            .await
            .unwrap();
            assert_eq!(look_later(db).await, expected, "{claim}");
        }
    });
}

#[test]
fn an_older_node_is_detected_by_its_row_while_it_is_alive() {
    on_each(async |_, db| {
        db.write(older::look).await.unwrap();
        add_node(db, GENERATION - 1, 16).await;
        add_node(db, GENERATION + 1, 1).await;
        assert_eq!(look_later(db).await, Older::Gone, "one is dead, the other is newer");
        db.write(older::look).await.unwrap();
        add_node(db, GENERATION - 1, 1).await;
        assert_eq!(look_later(db).await, Older::Perhaps);
    });
}

#[test]
fn the_command_leaves_an_import_to_a_server_that_is_alive_and_takes_over_when_it_is_not() {
    on_each(async |url, db| {
        add_node(db, GENERATION, 0).await;
        let lists = Lists::at(url);
        let command = async { lists.import(LIST, "nuit", &[]).await };
        let server = async {
            wait_until("the import is stored", async || {
                let stored = db.read(|conn| Ok(imports::table.count().get_result::<i64>(conn)?));
                stored.await.unwrap() == 1
            })
            .await;
            // Time for several looks by the command.
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            let attempts: Vec<i64> = db
                .write(|conn| {
                    let attempts = jobs::table.select(jobs::attempts).load(conn)?;
                    diesel::delete(rows::table).execute(conn)?;
                    Ok(attempts)
                })
                .await
                .unwrap();
            assert_eq!(attempts, [0], "nobody claimed it");
        };
        let (output, ()) = tokio::join!(command, server);
        assert_eq!(code(&output), 0, "{}", text(&output));
        assert!(stdout(&output).contains("1 ajouté"), "{}", text(&output));
    });
}

#[test]
fn the_command_does_not_wait_if_there_is_no_server() {
    on_each(async |url, _| {
        // The command once waited two seconds for a server; a busy machine takes some of that for everything else.
        let begun = std::time::Instant::now();
        let output = Lists::at(url).import(LIST, "nuit", &[]).await;
        assert_eq!(code(&output), 0, "{}", text(&output));
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    });
}

both_backends!(
    an_import_ends_only_when_all_of_its_file_was_read,
    files_are_stored_as_they_came_while_an_older_server_reads_them,
);

async fn an_import_ends_only_when_all_of_its_file_was_read(app: TestApp) {
    let alice = app.coordinator().await;
    let line = |index: usize| format!("M.,P{index},N,p{index}@b.fr,,,{},\n", "x".repeat(90));
    let many: String = (0..25_000).map(line).collect();
    assert!(many.len() > 2 * 1024 * 1024, "three pieces");
    let shown = alice.preview("grand", many).await;
    let piece = import_chunks::table.filter(import_chunks::seq.eq(1));
    let (bytes, packed): (Vec<u8>, Option<Vec<u8>>) = app
        .db
        .write(move |conn| {
            let stored = piece.select((import_chunks::bytes, import_chunks::packed)).first(conn)?;
            diesel::delete(piece).execute(conn)?;
            Ok(stored)
        })
        .await
        .unwrap();
    let answer = alice.submit(&shown, "form[action$=confirm]", &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    wait_until("the page says that it is stalled", async || {
        !alice.get("/imports/1").await.select("#trouble").is_empty()
    })
    .await;
    let (file, state) = app
        .db
        .read(|conn| {
            Ok(imports::table.select((imports::file_id, imports::state)).first::<(i64, String)>(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(state, "applying", "it did not end");
    app.db
        .write(move |conn| {
            diesel::insert_into(import_chunks::table)
                .values((
                    import_chunks::file_id.eq(file),
                    import_chunks::seq.eq(1),
                    import_chunks::bytes.eq(bytes),
                    import_chunks::packed.eq(packed),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let done = alice.at_rest("/imports/1").await;
    assert!(done.body.contains("25\u{202F}000"), "{}", done.body);
}

async fn files_are_stored_as_they_came_while_an_older_server_reads_them(app: TestApp) {
    let alice = app.coordinator().await;
    let list = LIST.repeat(200);
    add_node(&app.db, GENERATION - 1, 0).await;
    alice.import("un", list.as_str(), false).await;
    app.db
        .write(|conn| Ok(diesel::delete(rows::table.filter(rows::generation.lt(GENERATION))).execute(conn)?))
        .await
        .unwrap();
    alice.import("deux", list.as_str(), false).await;
    let stored: Vec<(Vec<u8>, Option<Vec<u8>>)> = app
        .db
        .read(|conn| {
            let pieces = import_chunks::table.select((import_chunks::bytes, import_chunks::packed));
            Ok(pieces.order(import_chunks::file_id).load(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(stored[0], (list.clone().into_bytes(), None));
    assert!(stored[1].0.is_empty());
    assert!(stored[1].1.as_ref().is_some_and(|packed| packed.len() < list.len() / 10), "{:?}", stored[1]);
    for import in [1, 2] {
        assert_eq!(alice.get(&format!("/imports/{import}/file")).await.body, list);
    }
}
