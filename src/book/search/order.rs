//! Order labels: numbers with gaps that sort as `(sort_key, id)`. A new contact gets a number between those of its neighbours;
//! if there is no free number, the contacts around it are spread out.
//!
//! The index stores the distances of the numbers in each of its lists, so they are small: contacts with the same name stand
//! close, as a new one with this name always follows them. The room is left between different names.

use std::collections::HashMap;

use diesel::SqliteConnection;
use diesel::prelude::*;

use super::sqlite::{forget, labelled};
use crate::error::{AppError, AppResult};

/// Distance between different names at either end of the list. A simulated import of a million contacts of 200 000 names into an
/// empty book made 0.3 moves per contact with 2^16, and 1.1 with 2^15.
const GAP: i64 = 1 << 16;
/// Distance of a contact from the one before it with the same name; if there is no room for it, the distance is 1.
const CLOSE: i64 = 2;
/// Smallest distance between neighbours after spreading out [`WINDOW`] contacts on either side.
const MIN_GAP: i64 = 1 << 5;
/// Smallest distance between neighbours at the head of the list; if there is less room above zero, numbers become negative.
const HEAD_GAP: i64 = 1 << 9;
/// Contacts on either side that are spread out at first.
const WINDOW: i64 = 64;

/// A position in the list: sort key and id.
pub type Place<'a> = (&'a str, i64);
/// Id of a contact that is not stored yet: it sorts after all contacts with the same name.
pub const UNSTORED: i64 = i64::MAX;

/// The result of [`place`].
#[derive(Default)]
pub struct Placed {
    /// One label per place, in the same order.
    pub labels: Vec<i64>,
    /// The ids of contacts that were moved to make room, with their new labels. Their words are removed from the index.
    pub moved: Vec<(i64, i64)>,
}

/// Returns `true` if `label` is between the labels of the contact's neighbours, by the contact's present name.
pub fn stands(conn: &mut SqliteConnection, label: i64, sort_key: &str, id: i64) -> AppResult<bool> {
    let before = before(conn, (sort_key, id))?;
    let after = after(conn, (sort_key, id))?;
    Ok(before.is_none_or(|(before, _)| before < label) && after.is_none_or(|(after, ..)| label < after))
}

/// Labels for contacts without one, given by their places in the list's order. The caller stores them.
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
        found.moved.extend(moves.iter().map(|moved| (moved.id, moved.to)));
    }
    for run in &runs {
        found.labels.extend(run.labels().ok_or_else(no_room)?);
    }
    // A contact that was moved twice has its last label.
    found.moved.reverse();
    found.moved.sort_by_key(|(id, _)| *id);
    found.moved.dedup_by_key(|(id, _)| *id);
    Ok(found)
}

/// Places in the same gap, and what is on both sides of it.
struct LabelRun<'p> {
    places: &'p [Place<'p>],
    before: Option<i64>,
    /// The sort key of the contact before the gap.
    key_before: Option<String>,
    after: Option<i64>,
}

impl LabelRun<'_> {
    /// `None` if the gap has too few free numbers.
    fn labels(&self) -> Option<Vec<i64>> {
        [CLOSE, 1].into_iter().find_map(|close| self.labels_with(close))
    }

    /// Contacts that follow one with the same name at the distance `close`; the others divide the rest of the gap evenly.
    fn labels_with(&self, close: i64) -> Option<Vec<i64>> {
        let keys = || self.places.iter().map(|(key, _)| *key);
        let keys_before = [self.key_before.as_deref()].into_iter().chain(keys().map(Some));
        let follows: Vec<bool> = keys().zip(keys_before).map(|(key, before)| before == Some(key)).collect();
        let following = follows.iter().filter(|follows| **follows).count() as i64;
        let room_for_them = following.checked_mul(close)?;
        let after = match self.after {
            Some(after) => Some(after.checked_sub(room_for_them)?),
            None => None,
        };
        let Spread { first, step } = spread(self.before, after, follows.len() as i64 - following)?;
        let mut label = self.before.unwrap_or(first - step);
        Some(
            follows
                .iter()
                .map(|follows| {
                    label += if *follows { close } else { step };
                    label
                })
                .collect(),
        )
    }
}

fn runs<'p>(conn: &mut SqliteConnection, places: &'p [Place<'p>]) -> AppResult<Vec<LabelRun<'p>>> {
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
        let (before, key_before) = before.unzip();
        runs.push(LabelRun { places, before, key_before, after: after.map(|(label, ..)| label) });
        rest = later;
    }
    Ok(runs)
}

fn no_room() -> AppError {
    AppError::Internal(anyhow::anyhow!("could not make room in the list's order"))
}

/// Numbers at equal distances.
struct Spread {
    first: i64,
    step: i64,
}

/// `count` evenly spread numbers between two labels; `None` if there are too few numbers.
fn spread(before: Option<i64>, after: Option<i64>, count: i64) -> Option<Spread> {
    let (first, step) = match (before, after) {
        (None, None) => (GAP, GAP),
        (Some(before), None) => {
            before.checked_add(count.checked_mul(GAP)?)?;
            (before + GAP, GAP)
        }
        (None, Some(after)) => {
            // Negative numbers take more space in the index: those above zero are used up first.
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

/// Spreads out the contacts around a place: as few of them as leave [`MIN_GAP`] for each, and for each contact that is to come
/// between them. Wider windows leave less for each, so that a dense part of the list is seldom spread out as far as the list's
/// ends. Contacts that are to come get their room at once: when all gaps had to be as wide as the largest run, an import of a
/// million contacts spread out tens of thousands at once.
fn make_room(conn: &mut SqliteConnection, runs: &[LabelRun<'_>], place: Place<'_>) -> AppResult<Vec<Move>> {
    let to_come: HashMap<Option<i64>, i64> =
        runs.iter().map(|run| (run.before, run.places.len() as i64)).collect();
    let room_after = |label: Option<i64>| 1 + to_come.get(&label).copied().unwrap_or(0);
    let (mut window, mut min_gap) = (WINDOW, MIN_GAP);
    loop {
        let mut people = neighbours(conn, place, Side::Before, window + 1)?;
        let mut right = neighbours(conn, place, Side::After, window + 1)?;
        let is_full = |side: &Vec<(i64, i64)>| side.len() as i64 > window;
        let lower = if is_full(&people) { people.pop() } else { None };
        let upper = if is_full(&right) { right.pop() } else { None };
        people.reverse();
        people.append(&mut right);
        let (lower, upper) = (lower.map(|(_, label)| label), upper.map(|(_, label)| label));
        // The last room is the one before `upper`.
        let rooms: Vec<i64> =
            [lower].into_iter().chain(people.iter().map(|(_, label)| Some(*label))).map(room_after).collect();
        if let Some(ends) = spread(lower, upper, rooms.iter().sum::<i64>() - 1)
            && (lower.is_none() || upper.is_none() || ends.step >= min_gap)
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
        min_gap = (min_gap / 2).max(CLOSE);
    }
}

/// Labels are unique, so all old ones are removed before the first new one is stored.
fn move_all(conn: &mut SqliteConnection, moves: &[Move]) -> AppResult<()> {
    for moved in moves {
        forget(conn, moved.id, moved.from)?;
    }
    for moved in moves {
        set(conn, moved.id, moved.to)?;
    }
    Ok(())
}

pub fn set(conn: &mut SqliteConnection, id: i64, label: i64) -> AppResult<()> {
    diesel::update(labelled::table.find(id)).set(labelled::order_label.eq(label)).execute(conn)?;
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

fn after(conn: &mut SqliteConnection, (key, id): Place<'_>) -> AppResult<Option<(i64, String, i64)>> {
    let placed = labelled::table
        .filter(labelled::deleted_at.is_null())
        .filter(labelled::order_label.is_not_null())
        .order((labelled::sort_key.asc(), labelled::id.asc()))
        .select((labelled::order_label.assume_not_null(), labelled::sort_key, labelled::id));
    if id == UNSTORED {
        // Skips all contacts with the same name, whose reading took a third of an import's time.
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

/// The nearest contacts with a label on one side of a place, as (id, label), the nearest first.
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
