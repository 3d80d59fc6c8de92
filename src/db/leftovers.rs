//! Overwrites the data that SQLite leaves in the unallocated space of its pages when rows move.
//!
//! `secure_delete` overwrites deleted rows. But when SQLite splits a page, rows move to another page, and the old page only
//! marks their space as free (`rebuildPage` in SQLite's btree.c). This copy remains when the row is deleted later: of 200 rows
//! deleted from 3 000, and from 30 000, one was still in the file. So this module reads the pages according to
//! <https://www.sqlite.org/fileformat.html> and fills their unallocated space with zeros.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use diesel::{SqliteConnection, sql_query};

use super::AnyConnection;
use crate::error::AppResult;

/// Pages per transaction: 4 MiB.
const STRETCH: i64 = 1_024;
/// Pages that are not b-tree pages begin with a page number. From this number on, its first byte looks like a b-tree's type.
const TOO_FAR: i64 = 0x0200_0000;
/// The length of the file header, before the b-tree header of the first page.
const FILE_HEADER: usize = 100;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct DatabasePage {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Binary)]
    data: Vec<u8>,
}

/// Overwrites the unallocated space of the next pages, beginning with page `first` (the first page is 1). Returns the page to
/// continue with, or `None` at the end. On PostgreSQL it does nothing, because vacuum removes such data.
pub fn overwrite_leftovers(conn: &mut AnyConnection, first: i64) -> AppResult<Option<i64>> {
    match conn {
        AnyConnection::Sqlite(conn) => overwrite(conn, first),
        AnyConnection::Postgres(_) => Ok(None),
    }
}

fn overwrite(conn: &mut SqliteConnection, first: i64) -> AppResult<Option<i64>> {
    let Number { number: count } =
        sql_query("SELECT page_count AS number FROM pragma_page_count").get_result(conn)?;
    let end = (first + STRETCH).min(TOO_FAR);
    // `sqlite_dbpage` looks up one page at a time.
    let pages: Vec<DatabasePage> = sql_query(
        "WITH RECURSIVE wanted (number) AS (VALUES (?1) UNION ALL SELECT number + 1 FROM wanted WHERE number < ?2) \
         SELECT wanted.number AS number, data FROM wanted JOIN sqlite_dbpage ON pgno = wanted.number",
    )
    .bind::<BigInt, _>(first)
    .bind::<BigInt, _>(count.min(end - 1))
    .load(conn)?;
    for DatabasePage { number, mut data } in pages {
        if clear_unallocated(number, &mut data) {
            sql_query("UPDATE sqlite_dbpage SET data = ?1 WHERE pgno = ?2")
                .bind::<Binary, _>(data)
                .bind::<BigInt, _>(number)
                .execute(conn)?;
        }
    }
    Ok((end <= count && end < TOO_FAR).then_some(end))
}

/// Fills the space between a b-tree page's list of cells and its first cell with zeros. Returns `true` if the page changed.
fn clear_unallocated(number: i64, page: &mut [u8]) -> bool {
    let header = if number == 1 { FILE_HEADER } else { 0 };
    let Some(&[kind, _, _, cells_1, cells_0, content_1, content_0]) =
        page.get(header..).and_then(<[u8]>::first_chunk)
    else {
        return false;
    };
    // The header of an interior page has four more bytes, for the page of its last child.
    let length = match kind {
        0x02 | 0x05 => 12,
        0x0A | 0x0D => 8,
        _ => return false,
    };
    let cells = usize::from(u16::from_be_bytes([cells_1, cells_0]));
    let content = match u16::from_be_bytes([content_1, content_0]) {
        0 => 65_536,
        content => usize::from(content),
    };
    let Some(unallocated) = page.get_mut(header + length + 2 * cells..content) else {
        return false;
    };
    let is_left = unallocated.iter().any(|byte| *byte != 0);
    unallocated.fill(0);
    is_left
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn only_the_unallocated_space_of_a_b_tree_is_cleared() {
        let page = |kind: u8| {
            let mut page = vec![b'x'; 64];
            // Two cells; their content begins at byte 40.
            page[..8].copy_from_slice(&[kind, 0, 0, 0, 2, 0, 40, 0]);
            page
        };
        for (kind, begins) in [(0x0D, 12), (0x0A, 12), (0x05, 16), (0x02, 16)] {
            let mut cleared = page(kind);
            assert!(clear_unallocated(2, &mut cleared));
            let mut expected = page(kind);
            expected[begins..40].fill(0);
            assert_eq!(cleared, expected);
            assert!(!clear_unallocated(2, &mut cleared), "nothing is left");
        }
        let mut other = page(0);
        assert!(!clear_unallocated(2, &mut other));
        assert_eq!(other, page(0));
        let mut damaged = page(0x0D);
        damaged[3..7].copy_from_slice(&[255, 255, 0, 40]);
        assert!(!clear_unallocated(2, &mut damaged));
        let mut first = [vec![b'y'; 100], page(0x0D)].concat();
        first[105..107].copy_from_slice(&[0, 140]);
        assert!(clear_unallocated(1, &mut first));
        assert_eq!(first[112..140], [0; 28]);
        assert_eq!([first[111], first[140]], [b'x'; 2]);
    }

    #[test]
    fn nothing_of_a_deleted_row_stays_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("carnet.db");
        let manager = crate::db::ConnectionManager::new(crate::config::DatabaseUrl::Sqlite(path.clone()));
        let mut conn = manager.open().unwrap();
        let execute = |conn: &mut AnyConnection, sql: &str| match conn {
            AnyConnection::Sqlite(conn) => sql_query(sql).execute(conn).unwrap(),
            AnyConnection::Postgres(_) => unreachable!(),
        };
        execute(&mut conn, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
        execute(&mut conn, "CREATE INDEX t_name ON t (name)");
        // Unsorted names split the pages of the index.
        execute(
            &mut conn,
            "INSERT INTO t (name) WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
             SELECT printf('w%06x', i * 7919 % 1048573) || 'name' FROM n",
        );
        execute(&mut conn, "DELETE FROM t WHERE id % 10 = 0");
        let gone: HashSet<u32> =
            (1..=2_000_u32).map(|i| (u64::from(i) * 10 * 7_919 % 1_048_573) as u32).collect();
        let still_there = |conn: &mut AnyConnection| {
            assert!(crate::db::flush(conn).unwrap());
            let bytes = std::fs::read(&path).unwrap();
            let names = bytes.windows(11).filter(|word| word[0] == b'w' && word.ends_with(b"name"));
            let numbers = names.filter_map(|word| std::str::from_utf8(&word[1..7]).ok());
            let numbers = numbers.filter_map(|number| u32::from_str_radix(number, 16).ok());
            numbers.filter(|number| gone.contains(number)).count()
        };
        assert!(still_there(&mut conn) > 0, "overwriting what is deleted would be enough");
        let mut next = Some(1);
        while let Some(first) = next {
            next = overwrite_leftovers(&mut conn, first).unwrap();
        }
        assert_eq!(still_there(&mut conn), 0);
        let sound: i64 = match &mut conn {
            AnyConnection::Sqlite(conn) => {
                let Number { number } = sql_query(
                    "SELECT count(*) AS number FROM t WHERE (SELECT integrity_check FROM pragma_integrity_check) = 'ok'",
                )
                .get_result(conn)
                .unwrap();
                number
            }
            AnyConnection::Postgres(_) => unreachable!(),
        };
        assert_eq!(sound, 18_000);
    }
}
