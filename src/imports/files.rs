//! The imported files, stored in the database in pieces: every node can work on them, and the check and the application of
//! an import hold one piece at a time. Each piece is compressed by itself, to a third or a quarter for lists: an organization
//! that imports its list every night has ninety of them.

use std::fs::File;
use std::io::{ErrorKind, Read};

use chrono::TimeDelta;
use diesel::prelude::*;
use flate2::Compression;
use flate2::read::{ZlibDecoder, ZlibEncoder};

use super::import::Import;
use crate::base::clock;
use crate::db::schema::{import_chunks, import_files, imports};
use crate::db::{AnyConnection, Db};
use crate::error::AppResult;
use crate::jobs::older;

/// Bytes per piece, before it is compressed. All pieces except the last have this size, so a position in the file determines its
/// piece.
pub const CHUNK: usize = 1024 * 1024;
/// The age from which a file without an import is a leftover of a failed upload.
const ORPHAN_AGE: TimeDelta = TimeDelta::hours(1);

/// Stores a file piece by piece, so that other writers get their turn in between; returns its id.
pub fn keep(db: &Db, mut file: File) -> AppResult<i64> {
    let id: i64 = db.write_blocking(|conn| {
        Ok(diesel::insert_into(import_files::table)
            .values(import_files::created_at.eq(clock::now()))
            .returning(import_files::id)
            .get_result(conn)?)
    })?;
    if let Err(error) = keep_pieces(db, &mut file, id) {
        // A full disk should not stay full because of half a file. What cannot be removed here is removed by the sweep.
        let _ = db.write_blocking(|conn| remove(conn, &[id]));
        return Err(error);
    }
    Ok(id)
}

fn keep_pieces(db: &Db, file: &mut File, id: i64) -> AppResult<()> {
    let mut piece = Vec::with_capacity(CHUNK);
    for seq in 0_i64.. {
        piece.clear();
        file.by_ref().take(CHUNK as u64).read_to_end(&mut piece)?;
        if piece.is_empty() {
            break;
        }
        let packed = pack(&piece)?;
        db.write_blocking(|conn| {
            let (bytes, packed) = stored(conn, &piece, packed.as_deref())?;
            diesel::insert_into(import_chunks::table)
                .values((
                    import_chunks::file_id.eq(id),
                    import_chunks::seq.eq(seq),
                    import_chunks::bytes.eq(bytes),
                    import_chunks::packed.eq(packed),
                ))
                .execute(conn)?;
            Ok(())
        })?;
    }
    Ok(())
}

/// The compressed piece; `None` if that is not smaller.
fn pack(piece: &[u8]) -> AppResult<Option<Vec<u8>>> {
    let mut packed = Vec::with_capacity(piece.len() / 2);
    ZlibEncoder::new(piece, Compression::fast()).read_to_end(&mut packed)?;
    Ok(Some(packed).filter(|packed| packed.len() < piece.len()))
}

/// The columns `bytes` and `packed` of a piece. An older node finds no bytes in a packed one, so the piece is stored as it came
/// while such a node is alive.
fn stored<'a>(
    conn: &mut AnyConnection,
    piece: &'a [u8],
    packed: Option<&'a [u8]>,
) -> AppResult<(&'a [u8], Option<&'a [u8]>)> {
    Ok(match packed {
        Some(packed) if !older::is_older_node_alive(conn)? => (&[], Some(packed)),
        _ => (piece, None),
    })
}

/// The piece of these columns, `bytes` and `packed`.
fn unpack((bytes, packed): (Vec<u8>, Option<Vec<u8>>)) -> AppResult<Vec<u8>> {
    let Some(packed) = packed else {
        return Ok(bytes);
    };
    let mut piece = Vec::with_capacity(CHUNK);
    ZlibDecoder::new(packed.as_slice()).take(CHUNK as u64).read_to_end(&mut piece)?;
    Ok(piece)
}

/// Removes files that no import has.
pub fn remove(conn: &mut AnyConnection, files: &[i64]) -> AppResult<()> {
    diesel::delete(import_chunks::table.filter(import_chunks::file_id.eq_any(files))).execute(conn)?;
    diesel::delete(import_files::table.filter(import_files::id.eq_any(files))).execute(conn)?;
    Ok(())
}

/// Removes files without an import.
pub fn sweep(conn: &mut AnyConnection) -> AppResult<()> {
    let owned = imports::table.select(imports::file_id);
    let received = imports::table
        .filter(imports::original_file_id.is_not_null())
        .select(imports::original_file_id.assume_not_null());
    let orphans: Vec<i64> = import_files::table
        .filter(import_files::created_at.lt(clock::now() - ORPHAN_AGE))
        .filter(import_files::id.ne_all(owned))
        .filter(import_files::id.ne_all(received))
        .select(import_files::id)
        .load(conn)?;
    remove(conn, &orphans)
}

/// Drops the received file of a list whose import has ended: the rows are kept, and a file that was never read is not.
pub fn drop_received(conn: &mut AnyConnection, import: &Import) -> AppResult<()> {
    if import.list.is_none() {
        return Ok(());
    }
    if let Some(original) = import.original_file_id {
        diesel::update(imports::table.find(import.id))
            .set(imports::original_file_id.eq(None::<i64>))
            .execute(conn)?;
        // Another import may have read the same file in another way.
        let others = imports::table.filter(imports::file_id.eq(original));
        if diesel::select(diesel::dsl::exists(others)).get_result(conn)? {
            return Ok(());
        }
        return remove(conn, &[original]);
    }
    if import.rows_size.is_none() {
        diesel::delete(import_chunks::table.filter(import_chunks::file_id.eq(import.file_id)))
            .execute(conn)?;
        diesel::update(import_files::table.find(import.file_id))
            .set(import_files::dropped_at.eq(clock::now()))
            .execute(conn)?;
    }
    Ok(())
}

/// Returns a piece; `None` beyond the end of the file and for a dropped file.
pub fn piece(conn: &mut AnyConnection, file: i64, seq: i64) -> AppResult<Option<Vec<u8>>> {
    let found = import_chunks::table
        .find((file, seq))
        .select((import_chunks::bytes, import_chunks::packed))
        .first(conn)
        .optional()?;
    found.map(unpack).transpose()
}

/// Returns a piece, locked until the end of the transaction; empty if the file is dropped. On SQLite, the transaction that
/// writes has no concurrent writer.
pub fn held_piece(conn: &mut AnyConnection, file: i64, seq: i64) -> AppResult<Vec<u8>> {
    if let AnyConnection::Postgres(conn) = conn {
        let held = import_chunks::table.find((file, seq)).select(import_chunks::seq).for_update();
        held.first::<i64>(conn).optional()?;
    }
    Ok(piece(conn, file, seq)?.unwrap_or_default())
}

pub fn overwrite_piece(conn: &mut AnyConnection, file: i64, seq: i64, piece: &[u8]) -> AppResult<()> {
    let packed = pack(piece)?;
    let (bytes, packed) = stored(conn, piece, packed.as_deref())?;
    diesel::update(import_chunks::table.find((file, seq)))
        .set((import_chunks::bytes.eq(bytes), import_chunks::packed.eq(packed)))
        .execute(conn)?;
    Ok(())
}

/// Reads a stored file from its beginning. Each piece is a short read of the database.
pub struct StoredFile {
    db: Db,
    file: i64,
    seq: i64,
    piece: Vec<u8>,
    used: usize,
    /// Bytes that must still follow; `None` if the file may be dropped meanwhile.
    missing: Option<u64>,
}

impl StoredFile {
    /// Reads the existing pieces: a file that is being dropped ends early.
    pub fn open(db: &Db, file: i64) -> Self {
        Self { db: db.clone(), file, seq: 0, piece: Vec::new(), used: 0, missing: None }
    }

    /// Reads a file of `size` bytes. A shorter file gives an [`ErrorKind::UnexpectedEof`] error, a longer one
    /// [`ErrorKind::InvalidData`]: an import must not end before its whole file is read.
    pub fn open_whole(db: &Db, file: i64, size: u64) -> Self {
        Self { missing: Some(size), ..Self::open(db, file) }
    }

    fn next_piece(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let (file, seq) = (self.file, self.seq);
        let next = self.db.read_blocking(|conn| piece(conn, file, seq)).map_err(std::io::Error::other)?;
        if let Some(missing) = self.missing {
            let length = next.as_ref().map_or(0, |piece| piece.len() as u64);
            if length == 0 && missing > 0 {
                let text = format!("piece {seq} of the stored file {file} is missing");
                return Err(std::io::Error::new(ErrorKind::UnexpectedEof, text));
            }
            let Some(left) = missing.checked_sub(length) else {
                let text = format!("the stored file {file} is longer than it was");
                return Err(std::io::Error::new(ErrorKind::InvalidData, text));
            };
            self.missing = Some(left);
        }
        Ok(next)
    }
}

impl Read for StoredFile {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.used == self.piece.len() {
            let Some(next) = self.next_piece()? else {
                return Ok(0);
            };
            self.piece = next;
            self.used = 0;
            self.seq += 1;
        }
        let count = buffer.len().min(self.piece.len() - self.used);
        buffer[..count].copy_from_slice(&self.piece[self.used..self.used + count]);
        self.used += count;
        Ok(count)
    }
}

/// Returns the beginning of a stored file; `None` if the file is dropped.
pub fn head(conn: &mut AnyConnection, file: i64, length: usize) -> AppResult<Option<Vec<u8>>> {
    Ok(piece(conn, file, 0)?.map(|mut bytes| {
        bytes.truncate(length);
        bytes
    }))
}

/// Reads single lines of a stored file by their position, and keeps the last piece in memory.
pub struct LinePicker {
    file: i64,
    held: Option<(i64, Vec<u8>)>,
}

impl LinePicker {
    pub fn new(file: i64) -> Self {
        Self { file, held: None }
    }

    /// Appends `length` bytes from `start` on; fewer if the file ends or is dropped.
    pub fn pick(
        &mut self,
        conn: &mut AnyConnection,
        start: i64,
        length: i64,
        into: &mut Vec<u8>,
    ) -> AppResult<()> {
        let chunk = super::findings::int(CHUNK as u64);
        let end = start + length;
        let mut at = start;
        while at < end {
            let seq = at / chunk;
            if self.held.as_ref().is_none_or(|(held, _)| *held != seq) {
                self.held = piece(conn, self.file, seq)?.map(|bytes| (seq, bytes));
            }
            let Some((_, bytes)) = &self.held else {
                return Ok(());
            };
            let from = usize::try_from(at - seq * chunk).unwrap_or(usize::MAX).min(bytes.len());
            let to = usize::try_from(end - seq * chunk).unwrap_or(usize::MAX).min(bytes.len());
            if from == to {
                return Ok(());
            }
            into.extend_from_slice(&bytes[from..to]);
            at += i64::try_from(to - from).unwrap_or(i64::MAX);
        }
        Ok(())
    }
}
