//! Rewrites a SQLite file once, so that its free space has no data that was deleted before `secure_delete` was on.

use std::path::Path;

use anyhow::Context as _;
use diesel::connection::SimpleConnection as _;

use super::{AnyConnection, ConnectionManager, flush, settings};
use crate::config::DatabaseUrl;

/// The needed disk space, as a multiple of the file's size: the copy, and the log through which the copy is written back.
const ROOM: u64 = 2;

/// Rewrites the file if a migration asks for it, the disk has room, and no other process uses the file; otherwise the next
/// start tries again. `VACUUM` is one transaction, so killing it changes nothing.
pub fn rewrite_once(url: &DatabaseUrl) -> anyhow::Result<()> {
    let DatabaseUrl::Sqlite(path) = url else {
        return Ok(());
    };
    let mut conn = ConnectionManager::new(url.clone()).open()?;
    if settings::get(&mut conn, settings::FREE_SPACE)?.is_none() {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let size = std::fs::metadata(path)?.len();
    let (needed, free) = (size * ROOM, free_space(folder)?);
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    if free < needed {
        tracing::warn!(
            needed_megabytes = megabytes(needed),
            free_megabytes = megabytes(free),
            "data deleted before this version may still be in free space of the database: the disk has no room to \
             rewrite it. Make room and restart, or stop Carnet and run: sqlite3 {} VACUUM",
            path.display()
        );
        return Ok(());
    }
    tracing::info!(
        megabytes = megabytes(size),
        "rewriting the database once, so that its free space contains no deleted data"
    );
    let AnyConnection::Sqlite(sqlite) = &mut conn else {
        return Ok(());
    };
    // The temporary copy is in the database's folder, because memory or another disk may be too small. It has no name there, and
    // disappears with the process.
    let quoted = folder.to_str().context("the database's path is not UTF-8")?.replace('\'', "''");
    let rewritten = sqlite.batch_execute(&format!(
        "PRAGMA temp_store = FILE; PRAGMA temp_store_directory = '{quoted}'; VACUUM; PRAGMA temp_store_directory = ''"
    ));
    if let Err(error) = rewritten {
        tracing::warn!(%error, "the database could not be rewritten; the next start tries again");
        return Ok(());
    }
    settings::take(&mut conn, settings::FREE_SPACE, settings::STALE)?;
    flush(&mut conn)?;
    Ok(())
}

/// The number of bytes that can still be written to the disk of a folder.
#[cfg(unix)]
fn free_space(folder: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail * disk.f_frsize)
}

/// Returns the largest number: on other systems the free space is not checked, and a rewrite without room is rolled back.
#[cfg(not(unix))]
fn free_space(_: &Path) -> std::io::Result<u64> {
    Ok(u64::MAX)
}
