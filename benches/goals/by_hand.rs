//! The search and the pages by hand: a program that has only names, services, cities, addresses and numbers, and neither accounts
//! nor statuses. Its queries are those that were measured as the fastest with a million contacts.

use std::path::Path;

use actix_web::{App, HttpResponse, HttpServer, web};
use askama::Template;
use carnet::domain::{fold, sort_key};
use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, sql_query};

/// Distance between two order labels.
const GAP: i64 = 1 << 20;
/// Contacts in the list's order that PostgreSQL walks before it uses the text index.
const WALKED: i64 = 5_000;

#[derive(QueryableByName)]
pub struct Person {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    first_name: String,
    #[diesel(sql_type = Text)]
    last_name: String,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    service: String,
    #[diesel(sql_type = Text)]
    phone: String,
    #[diesel(sql_type = Text)]
    city: String,
}

/// The words that find a person.
fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = fold(text).replace(|c: char| !c.is_alphanumeric(), " ");
    folded.split_whitespace().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// Makes a book in SQLite: a person's row number in the text index is the position in the order of names.
///
/// # Errors
/// Errors of the file and of the database.
pub fn make_sqlite(csv: &Path, database: &Path) -> anyhow::Result<()> {
    let mut people: Vec<(String, csv::StringRecord)> = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(csv)?
        .into_records()
        .map(|record| Ok((String::new(), record?)))
        .collect::<anyhow::Result<_>>()?;
    for (key, record) in &mut people {
        *key = sort_key(&record[2], &record[1]);
    }
    people.sort_by(|(a, _), (b, _)| a.cmp(b));
    let conn = rusqlite::Connection::open(database)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
         CREATE TABLE contacts (place INTEGER PRIMARY KEY, id INTEGER, first_name TEXT, last_name TEXT, email TEXT,
            service TEXT, phone TEXT, city TEXT);
         CREATE VIRTUAL TABLE search USING fts5 (words, content = '', contentless_delete = 1,
            detail = none, prefix = '1 2 3 4 5 6 7 8', tokenize = 'ascii');
         BEGIN",
    )?;
    {
        let mut insert = conn.prepare("INSERT INTO contacts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
        let mut index = conn.prepare("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?;
        for (id, (_, record)) in (1_i64..).zip(&people) {
            insert.execute(rusqlite::params![
                id * GAP,
                id,
                &record[1],
                &record[2],
                &record[3],
                &record[4],
                &record[5],
                &record[7]
            ])?;
            let text = [1, 2, 3, 4, 5, 7].map(|field| &record[field]).join(" ");
            let words: Vec<String> = words(&text).collect();
            index.execute(rusqlite::params![id * GAP, words.join(" ")])?;
        }
    }
    conn.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// Queries a book in SQLite.
pub struct Sqlite(rusqlite::Connection);

impl Sqlite {
    pub fn open(database: &Path) -> anyhow::Result<Self> {
        let conn = rusqlite::Connection::open(database)?;
        conn.execute_batch(
            "PRAGMA mmap_size = 2147483648; PRAGMA cache_size = -65536; PRAGMA query_only = 1",
        )?;
        Ok(Self(conn))
    }

    /// The first fifty results.
    pub fn find(&self, asked: &str) -> anyhow::Result<Vec<Person>> {
        let asked: Vec<String> =
            words(asked).map(|word| word.chars().take(8).collect::<String>() + "*").collect();
        let mut statement = self.0.prepare_cached(
            "SELECT c.id, c.first_name, c.last_name, c.email, c.service, c.phone, c.city
             FROM search s CROSS JOIN contacts c ON c.place = s.rowid
             WHERE search MATCH ?1 ORDER BY s.rowid LIMIT 50",
        )?;
        let rows = statement.query_map([asked.join(" ")], person)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first fifty people of the book.
    fn list(&self) -> anyhow::Result<Vec<Person>> {
        let mut statement = self.0.prepare_cached(
            "SELECT id, first_name, last_name, email, service, phone, city FROM contacts ORDER BY place LIMIT 50",
        )?;
        let rows = statement.query_map([], person)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn person(row: &rusqlite::Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        id: row.get(0)?,
        first_name: row.get(1)?,
        last_name: row.get(2)?,
        email: row.get(3)?,
        service: row.get(4)?,
        phone: row.get(5)?,
        city: row.get(6)?,
    })
}

/// Queries a book in PostgreSQL that [`super::limit::postgres`] made: a bounded walk along the order of names, and the text index
/// only if that finds too few.
pub struct Postgres(PgConnection);

impl Postgres {
    pub fn open(url: &str) -> anyhow::Result<Self> {
        let mut conn = PgConnection::establish(url)?;
        conn.batch_execute("ANALYZE contacts; SET plan_cache_mode = force_custom_plan")?;
        Ok(Self(conn))
    }

    /// The first fifty results.
    pub fn find(&mut self, asked: &str) -> anyhow::Result<Vec<Person>> {
        const COLUMNS: &str = "id, first_name, last_name, email, service, phone, city";
        let asked: Vec<String> = words(asked).map(|word| word + ":*").collect();
        let asked = asked.join(" & ");
        let near: Vec<Person> = sql_query(format!(
            "SELECT {COLUMNS} FROM (SELECT * FROM contacts ORDER BY sort_key, id LIMIT {WALKED}) c
             WHERE tokens @@ to_tsquery('simple', $1) LIMIT 50"
        ))
        .bind::<Text, _>(&asked)
        .load(&mut self.0)?;
        if near.len() == 50 {
            return Ok(near);
        }
        Ok(sql_query(format!(
            "WITH c AS MATERIALIZED (SELECT * FROM contacts WHERE tokens @@ to_tsquery('simple', $1))
             SELECT {COLUMNS} FROM c ORDER BY sort_key, id LIMIT 50"
        ))
        .bind::<Text, _>(&asked)
        .load(&mut self.0)?)
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Contacts</title></head><body>
<form action="/search" role="search"><label>Rechercher <input name="q" value="{{ asked }}"></label><button>OK</button></form>
<h1>Contacts</h1><table><thead><tr><th>Nom</th><th>E-mail</th><th>Service</th><th>Téléphone</th><th>Ville</th></tr></thead><tbody>
{% for person in people %}<tr><td><a href="/contacts/{{ person.id }}">{{ person.last_name }} {{ person.first_name }}</a></td><td><a href="mailto:{{ person.email }}">{{ person.email }}</a></td><td>{{ person.service }}</td><td>{{ person.phone }}</td><td>{{ person.city }}</td></tr>
{% endfor %}</tbody></table></body></html>"#
)]
struct Page {
    asked: String,
    people: Vec<Person>,
}

fn page(asked: String, people: anyhow::Result<Vec<Person>>) -> HttpResponse {
    let html = people.and_then(|people| Ok(Page { asked, people }.render()?));
    match html {
        Ok(html) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

/// Serves `/hello`, `/contacts` and `/search?q=` of a book in SQLite until it is killed, each answer on its worker's own thread
/// and connection; prints its address first.
///
/// # Errors
/// Errors of the network.
pub async fn serve(database: &Path) -> anyhow::Result<()> {
    let database = database.to_owned();
    let server = HttpServer::new(move || {
        #[expect(clippy::expect_used, reason = "without a book there is nothing to measure")]
        let book = web::Data::new(Sqlite::open(&database).expect("the book can be opened"));
        App::new()
            .app_data(book)
            .route("/hello", web::get().to(hello))
            .route("/contacts", web::get().to(list))
            .route("/search", web::get().to(search))
    })
    .workers(2)
    .bind(("127.0.0.1", 0))?;
    for address in server.addrs() {
        println!("{address}");
    }
    server.run().await?;
    Ok(())
}

async fn hello() -> HttpResponse {
    HttpResponse::Ok().body("hello")
}

async fn list(book: web::Data<Sqlite>) -> HttpResponse {
    page(String::new(), book.list())
}

#[derive(serde::Deserialize)]
struct Asked {
    q: String,
}

async fn search(book: web::Data<Sqlite>, asked: web::Query<Asked>) -> HttpResponse {
    let found = book.find(&asked.q);
    page(asked.into_inner().q, found)
}
