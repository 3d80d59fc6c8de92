//! The least work of any import, written by hand for each database: read, split, fold, upsert by e-mail, update the sorted index
//! and the text index, and commit durably in batches as large as the product's. It checks no rule except the number of fields,
//! stores no findings, journal or file, counts nothing by kind and cannot be interrupted.

use std::path::Path;

use anyhow::Context as _;
use carnet::domain::{fold, sort_key};
use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::sql_types::{Array, Text};
use diesel::{Connection as _, RunQueryDsl as _, sql_query};

/// Contacts per transaction, as in the product.
pub const BATCH: usize = 4_000;

/// The eight fields of a line, the folded e-mail and the sort key.
struct HandRow {
    fields: [String; 8],
    email_key: String,
    sort_key: String,
}

impl HandRow {
    fn words(&self) -> String {
        let [_, first, last, email, service, phone, _, city] = &self.fields;
        fold(&format!("{last} {first} {service} {city} {email} {phone}"))
            .replace(|c: char| !c.is_alphanumeric(), " ")
    }
}

fn rows(file: &Path) -> anyhow::Result<impl Iterator<Item = anyhow::Result<HandRow>>> {
    let reader = csv::ReaderBuilder::new().has_headers(false).from_path(file)?;
    Ok(reader.into_records().map(|record| {
        let record = record?;
        anyhow::ensure!(record.len() == 8, "a line without eight fields");
        let fields: [String; 8] = std::array::from_fn(|index| record[index].to_owned());
        Ok(HandRow {
            email_key: fields[3].to_lowercase(),
            sort_key: sort_key(&fields[2], &fields[1]),
            fields,
        })
    }))
}

/// Imports into a SQLite file, which is created if it is missing, with so many contacts per commit. Contacts that equal the file's line are not written.
///
/// # Errors
/// Errors of the file and of the database.
pub fn sqlite(file: &Path, database: &Path, batch: usize) -> anyhow::Result<()> {
    let conn = rusqlite::Connection::open(database)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;
         CREATE TABLE IF NOT EXISTS contacts (id INTEGER PRIMARY KEY, civility TEXT, first_name TEXT, last_name TEXT,
            email TEXT, service TEXT, phone TEXT, address TEXT, city TEXT, email_key TEXT UNIQUE, sort_key TEXT);
         CREATE INDEX IF NOT EXISTS contacts_sort ON contacts (sort_key, id);
         CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5 (words, content = '', contentless_delete = 1,
            detail = none, prefix = '1 2 3 4 5 6 7 8', tokenize = 'ascii');
         BEGIN",
    )?;
    let mut upsert = conn.prepare(
        "INSERT INTO contacts (civility, first_name, last_name, email, service, phone, address, city, email_key, sort_key)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (email_key) DO UPDATE SET civility = ?1, first_name = ?2, last_name = ?3, email = ?4, service = ?5,
            phone = ?6, address = ?7, city = ?8, sort_key = ?10
         WHERE (civility, first_name, last_name, email, service, phone, address, city)
            IS NOT (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut index = conn.prepare("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?;
    let mut last_new = 0;
    for (count, row) in (1..).zip(rows(file)?) {
        let row = row?;
        let [civility, first, last, email, service, phone, address, city] = &row.fields;
        let written = upsert.execute(rusqlite::params![
            civility,
            first,
            last,
            email,
            service,
            phone,
            address,
            city,
            row.email_key,
            row.sort_key
        ])?;
        // An update leaves it as it was. The lines of the benchmarks change only addresses, which are not in the index.
        let new = conn.last_insert_rowid();
        if written == 1 && new != last_new {
            last_new = new;
            index.execute(rusqlite::params![new, row.words()])?;
        }
        if count % batch == 0 {
            conn.execute_batch("COMMIT; BEGIN")?;
        }
    }
    conn.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// Imports into tables of their own on PostgreSQL: each batch by `COPY` into an unlogged table, from there by one upsert, with
/// the text index in place.
///
/// # Errors
/// Errors of the file and of the database.
pub fn postgres(file: &Path, url: &str, size: usize) -> anyhow::Result<()> {
    let mut conn = PgConnection::establish(url).context("PostgreSQL")?;
    conn.batch_execute(
        "CREATE TABLE IF NOT EXISTS contacts (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, civility TEXT,
            first_name TEXT, last_name TEXT, email TEXT, service TEXT, phone TEXT, address TEXT, city TEXT,
            email_key TEXT UNIQUE, sort_key TEXT COLLATE \"C\", tokens TSVECTOR);
         CREATE INDEX IF NOT EXISTS contacts_sort ON contacts (sort_key, id);
         CREATE INDEX IF NOT EXISTS contacts_tokens ON contacts USING gin (tokens);
         CREATE UNLOGGED TABLE IF NOT EXISTS staged (civility TEXT, first_name TEXT, last_name TEXT, email TEXT,
            service TEXT, phone TEXT, address TEXT, city TEXT, email_key TEXT, sort_key TEXT, words TEXT)",
    )?;
    let mut batch = Vec::with_capacity(size);
    for row in rows(file)? {
        batch.push(row?);
        if batch.len() == size {
            write(&mut conn, &batch)?;
            batch.clear();
        }
    }
    write(&mut conn, &batch)
}

fn write(conn: &mut PgConnection, batch: &[HandRow]) -> anyhow::Result<()> {
    let column = |index: usize| -> Vec<&str> { batch.iter().map(|row| row.fields[index].as_str()).collect() };
    conn.batch_execute("BEGIN; TRUNCATE staged")?;
    let staged =
        sql_query("INSERT INTO staged SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
    staged
        .bind::<Array<Text>, _>(column(0))
        .bind::<Array<Text>, _>(column(1))
        .bind::<Array<Text>, _>(column(2))
        .bind::<Array<Text>, _>(column(3))
        .bind::<Array<Text>, _>(column(4))
        .bind::<Array<Text>, _>(column(5))
        .bind::<Array<Text>, _>(column(6))
        .bind::<Array<Text>, _>(column(7))
        .bind::<Array<Text>, _>(batch.iter().map(|row| row.email_key.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(batch.iter().map(|row| row.sort_key.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(batch.iter().map(HandRow::words).collect::<Vec<_>>())
        .execute(conn)?;
    conn.batch_execute(
            "INSERT INTO contacts (civility, first_name, last_name, email, service, phone, address, city, email_key, sort_key, tokens)
             SELECT civility, first_name, last_name, email, service, phone, address, city, email_key, sort_key,
                to_tsvector('simple', words) FROM staged
             ON CONFLICT (email_key) DO UPDATE SET civility = excluded.civility, first_name = excluded.first_name,
                last_name = excluded.last_name, email = excluded.email, service = excluded.service, phone = excluded.phone,
                address = excluded.address, city = excluded.city, sort_key = excluded.sort_key, tokens = excluded.tokens
             WHERE (contacts.civility, contacts.first_name, contacts.last_name, contacts.email, contacts.service,
                contacts.phone, contacts.address, contacts.city) IS DISTINCT FROM (excluded.civility,
                excluded.first_name, excluded.last_name, excluded.email, excluded.service, excluded.phone,
                excluded.address, excluded.city)",
        )?;
    conn.batch_execute("COMMIT")?;
    Ok(())
}
