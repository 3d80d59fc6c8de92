//! The background job that searches the whole book for duplicates. It does not compare every contact with every other:
//! [`crate::book::duplicate_keys`] gives each contact its keys, and only contacts with a key in common are compared.
//!
//! The range of all possible keys is cut into parts. The keys of one part are held in memory and sorted; a large book is
//! read once per part. The results and the next key are written in one transaction: after a restart the job reads the book
//! once more and continues from that key.

use std::collections::btree_map::Entry;
use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::runs::{self, DuplicateSearch, Found};
use crate::book::duplicate_keys::{self, END, KEYS, Key, KeyKind};
use crate::book::likeness::{KnownColumns, Person, judge};
use crate::db::schema::contacts;
use crate::error::AppResult;
use crate::jobs::JobContext;

/// Keys held in memory at once: 64 MB.
const HELD: i64 = 4_000_000;
/// Contacts per read.
const READ: i64 = 2_000;
/// Contacts read between two updates of the progress.
const TOLD: i64 = 20_000;
/// Contacts compared per transaction.
const COMPARED: usize = 1_000;
/// If more contacts than this share a number, an e-mail, or a name at one place, that key is no sign of a duplicate.
const FEW: usize = 5;
/// Contacts with the same key that are sorted by name and compared together; a larger group is cut into parts of this size.
const PART: usize = 2_000;
/// The number of contacts that follow in the order of names and are compared with each contact.
const WINDOW: usize = 100;

/// Runs the search to its end.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if another worker has continued it. After any error the job is tried again later.
pub fn run(work: &JobContext, id: i64) -> AppResult<()> {
    let Some(mut run) = work.db.read_blocking(|conn| runs::find(conn, id))? else {
        return Ok(());
    };
    if run.finished_at.is_some() {
        return Ok(());
    }
    let way = Way::of(run.total);
    while run.cursor < END {
        let end = way.end_of_stretch(run.cursor);
        let keys = gather(work, &run, end, way)?;
        compare(work, &mut run, &keys, end, way)?;
    }
    work.write(|conn| runs::finish(conn, &run))
}

/// The division of all keys into parts that fit into memory.
#[derive(Clone, Copy)]
struct Way {
    total: i64,
    width: i64,
}

impl Way {
    fn of(total: i64) -> Self {
        let stretches = (total * KEYS / HELD + 1).cast_unsigned().next_power_of_two();
        Self { total, width: END >> stretches.trailing_zeros() }
    }

    fn end_of_stretch(self, cursor: i64) -> i64 {
        (cursor / self.width + 1) * self.width
    }

    /// The progress after reading, in contacts of the whole search: reading the book is one half of a part, comparing the other.
    fn read(self, end: i64, contacts: i64) -> i64 {
        let before = end - self.width;
        self.steps(before) + contacts * (self.width >> 20) / (END >> 20) / 2
    }

    fn compared(self, end: i64, up_to: i64) -> i64 {
        let before = end - self.width;
        self.steps(before + self.width / 2 + (up_to - before) / 2)
    }

    fn steps(self, key: i64) -> i64 {
        // The key's upper bits, at most 2^30, keep the product below 2^63 for a book of 2^33 contacts.
        (key >> 32) * self.total / (END >> 32)
    }
}

/// Returns the keys from the cursor up to `end`, sorted, each with its contact.
fn gather(work: &JobContext, run: &DuplicateSearch, end: i64, way: Way) -> AppResult<Vec<(Key, i64)>> {
    let mut keys = Vec::new();
    let (mut after, mut read) = (0, 0);
    loop {
        let rows: Vec<KnownColumns> = work.db.read_blocking(|conn| {
            Ok(contacts::table
                .filter(contacts::deleted_at.is_null())
                .filter(contacts::id.gt(after))
                .order(contacts::id)
                .limit(READ)
                .select(KnownColumns::as_select())
                .load(conn)?)
        })?;
        let count = rows.len() as i64;
        for person in rows.into_iter().map(Person::from) {
            after = person.id;
            let own = duplicate_keys::of(&person).into_iter();
            keys.extend(own.filter(|key| (run.cursor..end).contains(&key.0)).map(|key| (key, person.id)));
        }
        if count < READ {
            break;
        }
        read += count;
        if read % TOLD == 0 {
            let done = way.read(end, read.min(run.total));
            work.write(|conn| runs::advance(conn, run, run.cursor, done))?;
        }
    }
    keys.sort_unstable();
    Ok(keys)
}

/// Compares the contacts that have a key in common, key by key.
fn compare(
    work: &JobContext,
    run: &mut DuplicateSearch,
    keys: &[(Key, i64)],
    end: i64,
    way: Way,
) -> AppResult<()> {
    let mut blocks = Vec::new();
    let mut members = 0;
    for block in keys.chunk_by(|a, b| a.0 == b.0) {
        if block.len() < 2 {
            continue;
        }
        members += block.len();
        blocks.push(block);
        if members >= COMPARED {
            let next = block[0].0.0 + 1;
            compare_blocks(work, run, &blocks, next, way.compared(end, next))?;
            blocks.clear();
            members = 0;
        }
    }
    compare_blocks(work, run, &blocks, end, way.compared(end, end))
}

type Block<'a> = &'a [(Key, i64)];

fn compare_blocks(
    work: &JobContext,
    run: &mut DuplicateSearch,
    blocks: &[Block<'_>],
    next: i64,
    done: i64,
) -> AppResult<()> {
    let mut found = Found::default();
    let mut pending: Vec<(KeyKind, &[(Key, i64)])> = Vec::new();
    for block in blocks {
        match block[0].0.kind() {
            KeyKind::Phone if block.len() > FEW => {
                let some = people(work, &block[..=FEW])?;
                let number = some
                    .values()
                    .flat_map(|person| &person.phones)
                    .find(|phone| Key::phone(phone) == block[0].0);
                if let Some(number) = number {
                    found.shared.insert(number.clone(), block.len() as i64);
                }
            }
            KeyKind::Email if block.len() > FEW => {}
            kind => pending.extend(block.chunks(PART).map(|part| (kind, part))),
        }
    }
    // A part of one key may be as large as all other contacts that are compared together.
    let mut rest = pending.as_slice();
    while !rest.is_empty() {
        let mut size = 0;
        let together = rest
            .iter()
            .take_while(|(_, part)| {
                size += part.len();
                size <= PART + part.len()
            })
            .count();
        let (now, later) = rest.split_at(together);
        let all: Vec<(Key, i64)> = now.iter().flat_map(|(_, part)| *part).copied().collect();
        let people = people(work, &all)?;
        for (kind, part) in now {
            let members: Vec<&Person> = part.iter().filter_map(|(_, id)| people.get(id)).collect();
            compare_block(*kind, members, &mut found);
        }
        rest = later;
    }
    work.write_step(|conn| {
        runs::record(conn, run.id, found)?;
        runs::advance(conn, run, next, done)
    })?;
    run.cursor = next;
    Ok(())
}

/// Returns these contacts as they are now, excluding deleted ones.
fn people(work: &JobContext, block: &[(Key, i64)]) -> AppResult<HashMap<i64, Person>> {
    let ids: HashSet<i64> = block.iter().map(|(_, id)| *id).collect();
    let rows: Vec<KnownColumns> = work.db.read_blocking(|conn| {
        Ok(contacts::table
            .filter(contacts::id.eq_any(ids))
            .filter(contacts::deleted_at.is_null())
            .select(KnownColumns::as_select())
            .load(conn)?)
    })?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let person = Person::from(row);
            (person.id, person)
        })
        .collect())
}

/// Compares each contact of a group with those that follow by name.
fn compare_block(kind: KeyKind, mut members: Vec<&Person>, found: &mut Found) {
    members.sort_unstable_by(|a, b| (&a.last, &a.first, a.id).cmp(&(&b.last, &b.first, b.id)));
    let mut bearers: HashMap<&str, usize> = HashMap::new();
    for person in &members {
        *bearers.entry(&person.words).or_default() += 1;
    }
    let count = |person: &Person| bearers.get(person.words.as_str()).copied().unwrap_or(0);
    for (place, a) in members.iter().enumerate() {
        for b in members.iter().skip(place + 1).take(WINDOW) {
            // The name is common at this place; another place of the two contacts may still be a sign if fewer share it.
            if kind == KeyKind::Name {
                let both = if a.words == b.words { count(a) } else { count(a) + count(b) };
                if both > FEW {
                    continue;
                }
            }
            let Some(reasons) = judge(a, b, kind) else {
                continue;
            };
            let pair = (a.id.min(b.id), a.id.max(b.id));
            match found.pairs.entry(pair) {
                Entry::Vacant(entry) => drop(entry.insert(reasons)),
                Entry::Occupied(mut entry) => entry.get_mut().add(reasons.0),
            }
        }
    }
}
