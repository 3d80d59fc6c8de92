//! Order labels: numbers with gaps that sort as `(sort_key, id)` does. A new contact takes a number between its
//! neighbours'; where a gap is used up, the contacts around it are spread out again.
//!
//! The numbers are small, since the index writes them out: with gaps of 2^32 a book of 100 000 contacts was half as large
//! again as with 2^10, and took a tenth longer to write.

use std::collections::HashMap;

use diesel::SqliteConnection;
use diesel::prelude::*;

use super::sqlite::{forget, labelled};
use crate::error::{AppError, AppResult};

/// Between neighbours at either end of the list.
const GAP: i64 = 1 << 20;
/// What spreading out leaves between neighbours at least.
const MIN_GAP: i64 = 1 << 8;
/// Which part of a gap is taken by those who follow one who is called the same.
const CLOSE: i64 = 16;
/// What is left between neighbours at the head of the list at least: where that is used up, numbers go below nought.
const HEAD_GAP: i64 = 1 << 13;
/// How many contacts on either side are spread out at first.
const WINDOW: i64 = 64;

/// A place in the list.
pub type Place<'a> = (&'a str, i64);
/// In place of the id of a contact that is not stored yet: it comes after all that are called the same.
pub const UNSTORED: i64 = i64::MAX;

/// What [`place`] found.
#[derive(Default)]
pub struct Placed {
    /// One for each place, in their order.
    pub labels: Vec<i64>,
    /// Contacts, by id, that had to be moved for it and so have no words any more, with their new labels.
    pub moved: Vec<(i64, i64)>,
}

/// Whether a contact that has `label` stands rightly between its neighbours, by its name as it is now.
pub fn stands(conn: &mut SqliteConnection, label: i64, sort_key: &str, id: i64) -> AppResult<bool> {
    let before = before(conn, (sort_key, id))?;
    let after = after(conn, (sort_key, id))?;
    Ok(before.is_none_or(|(before, _)| before < label)
        && after.is_none_or(|(after, ..)| label < after))
}

/// Labels for contacts that have none, given by their places in the list's order. The caller stores them.
///
/// # Errors
/// Those of the database.
pub fn place(conn: &mut SqliteConnection, places: &[Place<'_>]) -> AppResult<Placed> {
    let mut found = Placed::default();
    let mut runs = runs(conn, places)?;
    for at in 0..runs.len() {
        if runs[at].labels().is_some() {
            continue;
        }
        let moves = make_room(conn, &runs, runs[at].places[0])?;
        let now: HashMap<i64, i64> = moves.iter().map(|moved| (moved.from, moved.to)).collect();
        for run in &mut runs {
            for label in [&mut run.before, &mut run.after].into_iter().flatten() {
                *label = now.get(label).copied().unwrap_or(*label);
            }
        }
        found
            .moved
            .extend(moves.iter().map(|moved| (moved.id, moved.to)));
    }
    for run in &runs {
        found.labels.extend(run.labels().ok_or_else(no_room)?);
    }
    // One that was moved twice stands where it came last.
    found.moved.reverse();
    found.moved.sort_by_key(|(id, _)| *id);
    found.moved.dedup_by_key(|(id, _)| *id);
    Ok(found)
}

/// Places that fall into the same gap, and the labels that it lies between.
struct Run<'p> {
    places: &'p [Place<'p>],
    before: Option<i64>,
    after: Option<i64>,
    /// Whether it follows one who is called the same: then the next will follow it in turn.
    goes_on: bool,
}

impl Run<'_> {
    /// None where the gap is used up.
    fn labels(&self) -> Option<Vec<i64>> {
        let after = match (self.before, self.after) {
            // In the middle, each of many who are called the same would halve the gap.
            (Some(before), Some(after)) if self.goes_on => {
                let near = before + (after - before) / CLOSE;
                Some(near).filter(|near| near - before > int(self.places.len()))
            }
            _ => None,
        };
        let count = int(self.places.len());
        let Spread { first, step } = spread(self.before, after.or(self.after), count)?;
        Some((0..count).map(|index| first + index * step).collect())
    }
}

fn runs<'p>(conn: &mut SqliteConnection, places: &'p [Place<'p>]) -> AppResult<Vec<Run<'p>>> {
    let mut runs = Vec::new();
    let mut rest = places;
    while let Some(&first) = rest.first() {
        let before = before(conn, first)?;
        let after = after(conn, first)?;
        let length = match &after {
            None => rest.len(),
            Some((_, key, id)) => rest.partition_point(|place| *place < (key.as_str(), *id)),
        };
        let (places, later) = rest.split_at(length.max(1));
        runs.push(Run {
            goes_on: before.as_ref().is_some_and(|(_, key)| key == first.0),
            before: before.map(|(label, _)| label),
            after: after.map(|(label, ..)| label),
            places,
        });
        rest = later;
    }
    Ok(runs)
}

fn int(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn no_room() -> AppError {
    AppError::Internal(anyhow::anyhow!("no room was made in the list's order"))
}

/// Numbers at the same distance from each other.
struct Spread {
    first: i64,
    step: i64,
}

/// `count` numbers between two, evenly, if there are as many.
fn spread(before: Option<i64>, after: Option<i64>, count: i64) -> Option<Spread> {
    let (first, step) = match (before, after) {
        (None, None) => (GAP, GAP),
        (Some(before), None) => {
            before.checked_add(count.checked_mul(GAP)?)?;
            (before + GAP, GAP)
        }
        (None, Some(after)) => {
            // Negative numbers are long in the index: what is left above nought is used up first.
            let gap = match after / (count + 1) {
                gap if gap >= HEAD_GAP => gap.min(GAP),
                _ => GAP,
            };
            (after.checked_sub(count.checked_mul(gap)?)?, gap)
        }
        (Some(before), Some(after)) => {
            let step = (i128::from(after) - i128::from(before)) / i128::from(count + 1);
            let step = i64::try_from(step).ok().filter(|step| *step > 0)?;
            (before + step, step)
        }
    };
    Some(Spread { first, step })
}

/// A contact with a new label.
struct Move {
    id: i64,
    from: i64,
    to: i64,
}

/// Spreads out the contacts around a place, as few as leave [`MIN_GAP`] for each of them and for each of those who are to
/// come between them. The latter have their room there and then: where all gaps had to be as wide as the widest run, an
/// import of a million spread out tens of thousands at once.
fn make_room(
    conn: &mut SqliteConnection,
    runs: &[Run<'_>],
    place: Place<'_>,
) -> AppResult<Vec<Move>> {
    let to_come: HashMap<Option<i64>, i64> = runs
        .iter()
        .map(|run| (run.before, int(run.places.len())))
        .collect();
    let room_after = |label: Option<i64>| 1 + to_come.get(&label).copied().unwrap_or(0);
    let mut window = WINDOW;
    loop {
        let mut people = neighbours(conn, place, Side::Before, window + 1)?;
        let mut right = neighbours(conn, place, Side::After, window + 1)?;
        let is_full = |side: &Vec<(i64, i64)>| int(side.len()) > window;
        let lower = if is_full(&people) { people.pop() } else { None };
        let upper = if is_full(&right) { right.pop() } else { None };
        people.reverse();
        people.append(&mut right);
        let (lower, upper) = (lower.map(|(_, label)| label), upper.map(|(_, label)| label));
        // The last room is that before `upper`.
        let rooms: Vec<i64> = [lower]
            .into_iter()
            .chain(people.iter().map(|(_, label)| Some(*label)))
            .map(room_after)
            .collect();
        if let Some(ends) = spread(lower, upper, rooms.iter().sum::<i64>() - 1)
            && (lower.is_none() || upper.is_none() || ends.step >= MIN_GAP)
        {
            let mut to = ends.first - ends.step;
            let moves = people.iter().zip(rooms).map(|(&(id, from), room)| {
                to += ends.step * room;
                Move { id, from, to }
            });
            let moves: Vec<Move> = moves.collect();
            move_all(conn, &moves)?;
            return Ok(moves);
        }
        window *= 4;
    }
}

/// Labels are unique: all are given up before the first new one is taken.
fn move_all(conn: &mut SqliteConnection, moves: &[Move]) -> AppResult<()> {
    for moved in moves {
        forget(conn, moved.id, moved.from)?;
    }
    for moved in moves {
        set(conn, moved.id, moved.to)?;
    }
    Ok(())
}

/// # Errors
/// Those of the database.
pub fn set(conn: &mut SqliteConnection, id: i64, label: i64) -> AppResult<()> {
    diesel::update(labelled::table.find(id))
        .set(labelled::order_label.eq(label))
        .execute(conn)?;
    Ok(())
}

fn before(conn: &mut SqliteConnection, (key, id): Place<'_>) -> AppResult<Option<(i64, String)>> {
    Ok(labelled::table
        .filter(labelled::deleted_at.is_null())
        .filter(labelled::order_label.is_not_null())
        .filter(labelled::sort_key.le(key))
        .filter(labelled::sort_key.lt(key).or(labelled::id.lt(id)))
        .order((labelled::sort_key.desc(), labelled::id.desc()))
        .select((labelled::order_label.assume_not_null(), labelled::sort_key))
        .first(conn)
        .optional()?)
}

fn after(
    conn: &mut SqliteConnection,
    (key, id): Place<'_>,
) -> AppResult<Option<(i64, String, i64)>> {
    let placed = labelled::table
        .filter(labelled::deleted_at.is_null())
        .filter(labelled::order_label.is_not_null())
        .order((labelled::sort_key.asc(), labelled::id.asc()))
        .select((
            labelled::order_label.assume_not_null(),
            labelled::sort_key,
            labelled::id,
        ));
    if id == UNSTORED {
        // Not through all that are called the same, which took a third of an import's time.
        let next = placed.filter(labelled::sort_key.gt(key));
        return Ok(next.first(conn).optional()?);
    }
    Ok(placed
        .filter(labelled::sort_key.ge(key))
        .filter(labelled::sort_key.gt(key).or(labelled::id.gt(id)))
        .first(conn)
        .optional()?)
}

#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

/// The nearest labelled contacts on one side of a place, as (id, label), the nearest first.
fn neighbours(
    conn: &mut SqliteConnection,
    (key, id): Place<'_>,
    side: Side,
    limit: i64,
) -> AppResult<Vec<(i64, i64)>> {
    let placed = labelled::table
        .filter(labelled::deleted_at.is_null())
        .filter(labelled::order_label.is_not_null())
        .select((labelled::id, labelled::order_label.assume_not_null()))
        .limit(limit);
    Ok(match side {
        Side::Before => placed
            .filter(labelled::sort_key.le(key))
            .filter(labelled::sort_key.lt(key).or(labelled::id.lt(id)))
            .order((labelled::sort_key.desc(), labelled::id.desc()))
            .load(conn)?,
        Side::After => placed
            .filter(labelled::sort_key.ge(key))
            .filter(labelled::sort_key.gt(key).or(labelled::id.gt(id)))
            .order((labelled::sort_key.asc(), labelled::id.asc()))
            .load(conn)?,
    })
}
