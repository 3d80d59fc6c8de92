//! A book that an earlier version of the program stored.

use carnet::book::counts::{self, Key, Kind};
use carnet::config::DatabaseUrl;
use carnet::db::{AnyConnection, Db};
use diesel::Connection as _;
use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use tempfile::TempDir;

use crate::support::postgres::{drop_database, fresh_database};
use crate::support::waiting::{let_time_pass, seen, wait_until};
use crate::support::{Backend, TestApp, database};

/// The first version's tables with two contacts in them.
fn first_version(backend: Backend, url: &str) {
    let contact = "INSERT INTO contacts (civility, first_name, last_name, email, email_key, service, phone_work, address, city, \
        expert, copy, transfer, sort_key, created_at, updated_at) VALUES \
        ('Mme', 'Anne', 'Zola', 'anne@b.fr', 'anne@b.fr', '', '0033110203040', '', 'Lyon', TRUE, TRUE, FALSE, 'zola', \
        '2026-01-02 03:04:05', '2026-01-02 03:04:05'), \
        ('M.', 'Luc', 'Zorn', 'luc@b.fr', 'luc@b.fr', 'Facturation', '', '', 'Lyon', TRUE, TRUE, FALSE, 'zorn', \
        '2026-01-02 03:04:05', '2026-01-02 03:04:05'); \
        CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); \
        INSERT INTO __diesel_schema_migrations (version) VALUES ('0001');";
    let mut conn = match backend {
        Backend::Sqlite => AnyConnection::Sqlite(
            diesel::SqliteConnection::establish(url.strip_prefix("sqlite://").unwrap()).unwrap(),
        ),
        Backend::Postgres => AnyConnection::Postgres(diesel::PgConnection::establish(url).unwrap()),
    };
    conn.batch_execute(match backend {
        Backend::Sqlite => include_str!("../../migrations/sqlite/0001_foundations/up.sql"),
        Backend::Postgres => include_str!("../../migrations/postgres/0001_foundations/up.sql"),
    })
    .unwrap();
    conn.batch_execute(contact).unwrap();
}

async fn it_is_taken_over(url: String, folder: TempDir) {
    let app = TestApp::start(url, folder, &[]).await;
    let alice = app.coordinator().await;
    // Nothing about this contact is read again, and it is found from the first request on: SQLite's index is complete by then.
    if app.database_url.starts_with("sqlite") {
        let found = alice.get("/contacts?q=zorn+facturation").await;
        assert_eq!(found.select("tbody th a"), ["Zorn, Luc"]);
    }
    // Until its number was read.
    let page = seen(&alice, "/contacts/1", |page| page.select(".tag.amber").is_empty()).await;
    assert_eq!(page.one("h1"), "Anne Zola");
    assert_eq!(alice.get("/contacts?q=0110203040").await.select("tbody tr").len(), 1);
    assert_eq!(app.db.read(counts::of_book).await.unwrap(), None, "nobody has counted the contacts");
    wait_until("the contacts are counted", async || {
        let_time_pass(&app.db).await;
        app.db.read(counts::of_book).await.unwrap().is_some()
    })
    .await;
    let book = app.db.read(counts::of_book).await.unwrap().unwrap();
    assert_eq!((book.total, book.with_status), (2, [2, 2, 0]));
    assert_eq!(book.letters, [("z".to_owned(), 2)]);
    let keys = [("lyon", Kind::City), ("facturation", Kind::Service)];
    let keys = keys.map(|(value, kind)| Key { kind, value: value.to_owned() });
    assert_eq!(app.db.read(move |conn| counts::of(conn, &keys)).await.unwrap(), Some(vec![2, 1]));
    let edit = alice.get("/contacts/1/edit").await;
    assert_eq!(alice.submit(&edit, "main form", &[("title", Some("Juriste"))]).await.status, 303);
}

fn run(backend: Backend) {
    let Some((url, folder)) = database(backend) else {
        return;
    };
    first_version(backend, &url);
    actix_web::rt::System::new().block_on(it_is_taken_over(url, folder));
}

mod the_first_versions_book_is_taken_over {
    use super::*;

    #[test]
    fn sqlite() {
        run(Backend::Sqlite);
    }

    #[test]
    fn postgres() {
        run(Backend::Postgres);
    }
}

/// A start was interrupted while it built an index, and another index is missing.
#[test]
fn an_unfinished_index_is_built_again_among_many_contacts() {
    let Some((url, _folder)) = database(Backend::Postgres) else {
        return;
    };
    let open = || Db::open(&DatabaseUrl::parse(&url).unwrap()).unwrap();
    open();
    let mut conn = diesel::PgConnection::establish(&url).unwrap();
    conn.batch_execute(
        "INSERT INTO contacts (civility, first_name, last_name, service, phone_work, address, city, expert, copy, transfer, \
             sort_key, created_at, updated_at, phone_work_e164) \
         SELECT 'M.', '', '', '', '', '', '', TRUE, FALSE, FALSE, '', now(), now(), '+33' || n FROM generate_series(1, 10001) AS n; \
         DROP INDEX contacts_phone_cell_e164; \
         UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'contacts_phone_work_e164'::regclass",
    )
    .unwrap();
    open();
    let valid: i64 = diesel::sql_query(
        "SELECT count(*) AS valid FROM pg_index WHERE indisvalid AND indrelid = 'contacts'::regclass \
         AND indexrelid::regclass::text LIKE '%contacts_phone_%_e164'",
    )
    .get_result::<Valid>(&mut conn)
    .unwrap()
    .valid;
    assert_eq!(valid, 4);
}

/// Among many contacts, without one of the large indexes.
const WITHOUT_AN_INDEX: &str = "INSERT INTO contacts (civility, first_name, last_name, service, phone_work, address, city, expert, \
    copy, transfer, sort_key, created_at, updated_at) \
    SELECT 'M.', '', '', '', '', '', '', TRUE, FALSE, FALSE, '', now(), now() FROM generate_series(1, 10001); \
    DROP INDEX contacts_phone_cell_e164";

/// An index is built when nobody has an older snapshot. A node of an older version has one while it waits for its turn to migrate.
#[test]
fn an_older_node_can_start_while_an_index_is_built() {
    let Some(url) = fresh_database(None) else {
        return;
    };
    let open = |url: &str| Db::open(&DatabaseUrl::parse(url).unwrap()).map(drop);
    open(&url).unwrap();
    let connect = || diesel::PgConnection::establish(&url).unwrap();
    let mut conn = connect();
    conn.batch_execute(WITHOUT_AN_INDEX).unwrap();
    // The build waits for this reader too.
    let mut reader = connect();
    reader.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM contacts").unwrap();
    let newer = std::thread::spawn({
        let url = url.clone();
        move || open(&url).map_err(|error| error.to_string())
    });
    let building = "SELECT count(*) AS valid FROM pg_stat_activity WHERE datname = current_database() \
        AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'";
    while diesel::sql_query(building).get_result::<Valid>(&mut conn).unwrap().valid == 0 {
        assert!(!newer.is_finished(), "{:?}", newer.join());
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let mut older = connect();
    older.batch_execute("SET lock_timeout = '20s'").unwrap();
    let turn =
        older.batch_execute("SELECT pg_advisory_lock(7215360023); SELECT pg_advisory_unlock(7215360023)");
    assert_eq!(turn, Ok(()), "the older node does not wait for the index");
    reader.batch_execute("COMMIT").unwrap();
    assert_eq!(newer.join().unwrap(), Ok(()));
    drop((conn, reader, older));
    drop_database(&url);
}

#[derive(diesel::QueryableByName)]
struct Valid {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    valid: i64,
}
