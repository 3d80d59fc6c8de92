//! Erasures, and the stored files from which they remove a person.

use carnet::db::schema::{import_chunks, imports};
use diesel::prelude::*;

use super::waiting::seen;
use super::{Client, Page, TestApp};

/// Ticks the box and erases the contact at a path; returns the answer.
pub async fn erase(client: &Client, contact: &str) -> Page {
    let ask = client.get(&format!("{contact}/erase")).await;
    client.submit(&ask, "main form", &[("confirm", Some("on"))]).await
}

/// The page of an erasure, once it is finished.
pub async fn finished(client: &Client, path: &str) -> Page {
    // An unfinished one has a button to load the page again.
    let is_finished = |page: &Page| {
        !page.select(".state").is_empty() && page.select(".actions a[href^='/erasures/']").is_empty()
    };
    seen(client, path, is_finished).await
}

/// The stored bytes of an imported file.
pub async fn file(app: &TestApp, import: &str) -> String {
    let import = import.to_owned();
    let pieces: Vec<Vec<u8>> = app
        .db
        .read(move |conn| {
            let file: i64 =
                imports::table.filter(imports::name.eq(import)).select(imports::file_id).first(conn)?;
            Ok(import_chunks::table
                .filter(import_chunks::file_id.eq(file))
                .order(import_chunks::seq)
                .select(import_chunks::bytes)
                .load(conn)?)
        })
        .await
        .unwrap();
    String::from_utf8(pieces.concat()).unwrap()
}

/// What an erasure leaves of a line: spaces.
pub fn blank(line: &str) -> String {
    " ".repeat(line.len())
}
