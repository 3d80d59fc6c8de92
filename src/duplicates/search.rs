//! The background job that looks for duplicates through the whole book. It does not compare everybody with everybody:
//! contacts are gathered by [`crate::book::duplicate_keys`], and only those who have a key in common are compared.
//!
//! The keys of a stretch of all possible ones are held in memory and sorted; a large book is read once for each stretch.
//! What is found, and up to which key, is written in one transaction: begun again, the job reads the book once more and
//! goes on from there.

use std::collections::btree_map::Entry;
use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::runs::{self, Found, Run};
use crate::book::duplicate_keys::{self, END, KEYS, Key, Kind};
use crate::book::likeness::{Columns, Person, judge};
use crate::db::schema::contacts;
use crate::error::AppResult;
use crate::jobs::Work;

/// Keys that are held at once: 64 MB.
const HELD: i64 = 4_000_000;
/// Contacts read together.
const READ: i64 = 2_000;
/// Contacts read between two words on how far it has come.
const TOLD: i64 = 20_000;
/// Contacts compared in one transaction.
const COMPARED: usize = 1_000;
/// More than these have a number or an e-mail together, or a name at one place, and it says nothing about who is who.
const FEW: usize = 5;
/// Contacts of one key that are sorted by name and compared; of more, each such part by itself.
const PART: usize = 2_000;
/// How many of those who follow by name each is compared with.
const WINDOW: usize = 100;

/// # Errors
/// [`crate::error::AppError::NotFound`] when another worker goes on with it, and those of the database; the job is taken
/// up again later.
pub fn run(work: &Work, id: i64) -> AppResult<()> {
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

/// How the keys are cut into stretches that fit into memory.
#[derive(Clone, Copy)]
struct Way {
    total: i64,
    width: i64,
}

impl Way {
    fn of(total: i64) -> Self {
        let stretches = (total * KEYS / HELD + 1)
            .cast_unsigned()
            .next_power_of_two();
        Self {
            total,
            width: END >> stretches.trailing_zeros(),
        }
    }

    fn end_of_stretch(self, cursor: i64) -> i64 {
        (cursor / self.width + 1) * self.width
    }

    /// Steps of the whole way: reading the book is one half of a stretch, comparing the other.
    fn read(self, end: i64, contacts: i64) -> i64 {
        let before = end - self.width;
        self.steps(before) + contacts * (self.width >> 20) / (END >> 20) / 2
    }

    fn compared(self, end: i64, up_to: i64) -> i64 {
        let before = end - self.width;
        self.steps(before + self.width / 2 + (up_to - before) / 2)
    }

    fn steps(self, key: i64) -> i64 {
        // 2^30 parts of the way, so that this stays below 2^63 for a book of 2^33 contacts.
        (key >> 32) * self.total / (END >> 32)
    }
}

/// The keys from the cursor up to `end`, sorted, each with the contact that has it.
fn gather(work: &Work, run: &Run, end: i64, way: Way) -> AppResult<Vec<(Key, i64)>> {
    let mut keys = Vec::new();
    let (mut after, mut read) = (0, 0);
    loop {
        let rows: Vec<Columns> = work.db.read_blocking(|conn| {
            Ok(contacts::table
                .filter(contacts::deleted_at.is_null())
                .filter(contacts::id.gt(after))
                .order(contacts::id)
                .limit(READ)
                .select(Columns::as_select())
                .load(conn)?)
        })?;
        let count = rows.len() as i64;
        for person in rows.into_iter().map(Person::from) {
            after = person.id;
            let own = duplicate_keys::of(&person).into_iter();
            keys.extend(
                own.filter(|key| (run.cursor..end).contains(&key.0))
                    .map(|key| (key, person.id)),
            );
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

/// Compares those who have a key in common, key by key.
fn compare(work: &Work, run: &mut Run, keys: &[(Key, i64)], end: i64, way: Way) -> AppResult<()> {
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
    work: &Work,
    run: &mut Run,
    blocks: &[Block<'_>],
    next: i64,
    done: i64,
) -> AppResult<()> {
    let mut found = Found::default();
    let mut pending: Vec<(Kind, &[(Key, i64)])> = Vec::new();
    for block in blocks {
        match block[0].0.kind() {
            Kind::Phone if block.len() > FEW => {
                let some = people(work, &block[..=FEW])?;
                let number = some
                    .values()
                    .flat_map(|person| &person.phones)
                    .find(|phone| Key::phone(phone) == block[0].0);
                if let Some(number) = number {
                    found.shared.insert(number.clone(), block.len() as i64);
                }
            }
            Kind::Email if block.len() > FEW => {}
            kind => pending.extend(block.chunks(PART).map(|part| (kind, part))),
        }
    }
    // A part of one key may be as large as all that are compared together otherwise.
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

/// These contacts as they are now, but for deleted ones.
fn people(work: &Work, block: &[(Key, i64)]) -> AppResult<HashMap<i64, Person>> {
    let ids: HashSet<i64> = block.iter().map(|(_, id)| *id).collect();
    let rows: Vec<Columns> = work.db.read_blocking(|conn| {
        Ok(contacts::table
            .filter(contacts::id.eq_any(ids))
            .filter(contacts::deleted_at.is_null())
            .select(Columns::as_select())
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

/// Compares each of a block with those who follow by name.
fn compare_block(kind: Kind, mut members: Vec<&Person>, found: &mut Found) {
    members.sort_unstable_by(|a, b| (&a.last, &a.first, a.id).cmp(&(&b.last, &b.first, b.id)));
    let mut bearers: HashMap<&str, usize> = HashMap::new();
    for person in &members {
        *bearers.entry(&person.words).or_default() += 1;
    }
    let count = |person: &Person| bearers.get(person.words.as_str()).copied().unwrap_or(0);
    for (place, a) in members.iter().enumerate() {
        for b in members.iter().skip(place + 1).take(WINDOW) {
            // A common name; another place of theirs may still tell, where fewer bear it.
            if kind == Kind::Name {
                let both = if a.words == b.words {
                    count(a)
                } else {
                    count(a) + count(b)
                };
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
