//! Erasures, and the stored files from which they remove a person.

use std::io::Read as _;

use carnet::db::AnyConnection;
use carnet::db::schema::{import_chunks, imports};
use diesel::prelude::*;
use flate2::read::ZlibDecoder;

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

/// The pieces of all stored files as they came, each with the id of its file, in the order of files and pieces.
pub fn pieces(conn: &mut AnyConnection) -> Vec<(i64, Vec<u8>)> {
    let stored: Vec<(i64, Vec<u8>, Option<Vec<u8>>)> = import_chunks::table
        .order((import_chunks::file_id, import_chunks::seq))
        .select((import_chunks::file_id, import_chunks::bytes, import_chunks::packed))
        .load(conn)
        .unwrap();
    let unpack = |(file, bytes, packed): (i64, Vec<u8>, Option<Vec<u8>>)| {
        let Some(packed) = packed else {
            return (file, bytes);
        };
        let mut piece = Vec::new();
        ZlibDecoder::new(packed.as_slice()).read_to_end(&mut piece).unwrap();
        (file, piece)
    };
    stored.into_iter().map(unpack).collect()
}

/// The bytes of an imported file.
pub async fn file(app: &TestApp, import: &str) -> String {
    let import = import.to_owned();
    let whole = app
        .db
        .read(move |conn| {
            let file: i64 =
                imports::table.filter(imports::name.eq(import)).select(imports::file_id).first(conn)?;
            let pieces = pieces(conn).into_iter().filter(|(of, _)| *of == file);
            Ok(pieces.map(|(_, piece)| piece).collect::<Vec<_>>().concat())
        })
        .await
        .unwrap();
    String::from_utf8(whole).unwrap()
}

/// What an erasure leaves of a line: spaces.
pub fn blank(line: &str) -> String {
    " ".repeat(line.len())
}
