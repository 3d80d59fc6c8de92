//! Order labels: numbers with gaps that sort as `(sort_key, id)` does. A new contact takes a number between its
//! neighbours'; where a gap is used up, the contacts around it are spread out again.

use diesel::SqliteConnection;
use diesel::prelude::*;

use super::sqlite::{forget, labelled};
use crate::error::AppResult;

/// Between neighbours at either end of the list: room for 2^30 of them, and for long runs between any two.
const GAP: i64 = 1 << 32;
/// What spreading out leaves between neighbours at least; more than any batch that is placed at once.
const MIN_GAP: i64 = 1 << 20;
/// How many contacts on either side are spread out at first.
const WINDOW: i64 = 64;

/// A place in the list.
type Place<'a> = (&'a str, i64);

/// Whether a contact that has `label` stands rightly between its neighbours, by its name as it is now.
pub fn stands(conn: &mut SqliteConnection, label: i64, sort_key: &str, id: i64) -> AppResult<bool> {
    let before = before(conn, (sort_key, id))?;
    let after = after(conn, (sort_key, id))?;
    Ok(before.is_none_or(|before| before < label) && after.is_none_or(|(after, ..)| label < after))
}

/// Gives a label to each of these unlabelled contacts, which come in the list's order; returns those that had to be
/// moved for it and so have no words any more.
pub fn place(conn: &mut SqliteConnection, places: &[Place<'_>]) -> AppResult<Vec<i64>> {
    let mut moved = Vec::new();
    let mut rest = places;
    while let Some(&first) = rest.first() {
        let before = before(conn, first)?;
        let after = after(conn, first)?;
        // Those that fall into the same gap share it evenly.
        let run = match &after {
            None => rest.len(),
            Some((_, key, id)) => rest.partition_point(|place| *place < (key.as_str(), *id)),
        };
        let Some(labels) = spread(before, after.as_ref().map(|(label, ..)| *label), run) else {
            moved.append(&mut make_room(conn, first)?);
            continue;
        };
        let (now, later) = rest.split_at(run);
        for (&(_, id), label) in now.iter().zip(labels) {
            set(conn, id, label)?;
        }
        rest = later;
    }
    moved.sort_unstable();
    moved.dedup();
    Ok(moved)
}

/// `count` numbers between two, if there are as many.
fn spread(before: Option<i64>, after: Option<i64>, count: usize) -> Option<Vec<i64>> {
    let count = i64::try_from(count).ok()?;
    match (before, after) {
        (None, None) => Some((0..count).map(|index| index * GAP).collect()),
        (Some(before), None) => {
            before.checked_add(count.checked_mul(GAP)?)?;
            Some((1..=count).map(|index| before + index * GAP).collect())
        }
        (None, Some(after)) => {
            after.checked_sub(count.checked_mul(GAP)?)?;
            Some((1..=count).rev().map(|index| after - index * GAP).collect())
        }
        (Some(before), Some(after)) => {
            let step = (i128::from(after) - i128::from(before)) / i128::from(count + 1);
            let step = i64::try_from(step).ok().filter(|step| *step > 0)?;
            Some((1..=count).map(|index| before + index * step).collect())
        }
    }
}

/// Spreads out the contacts around a place, as few as leave enough between them; returns them.
fn make_room(conn: &mut SqliteConnection, place: Place<'_>) -> AppResult<Vec<i64>> {
    let mut window = WINDOW;
    loop {
        let mut left = neighbours(conn, place, Side::Before, window + 1)?;
        let mut right = neighbours(conn, place, Side::After, window + 1)?;
        let full =
            |side: &Vec<(i64, i64)>| i64::try_from(side.len()).is_ok_and(|length| length > window);
        let lower = if full(&left) { left.pop() } else { None };
        let upper = if full(&right) { right.pop() } else { None };
        left.reverse();
        left.append(&mut right);
        let bounds = (lower.map(|(_, label)| label), upper.map(|(_, label)| label));
        let labels = spread(bounds.0, bounds.1, left.len());
        let roomy = labels.as_ref().is_some_and(|labels| {
            bounds.0.is_none()
                || bounds.1.is_none()
                || labels.len() < 2
                || labels[1] - labels[0] >= MIN_GAP
        });
        match labels {
            Some(labels) if roomy => return move_all(conn, &left, &labels),
            _ => window *= 4,
        }
    }
}

/// Labels are unique: all are given up before the first new one is taken.
fn move_all(
    conn: &mut SqliteConnection,
    placed: &[(i64, i64)],
    labels: &[i64],
) -> AppResult<Vec<i64>> {
    for &(id, label) in placed {
        forget(conn, id, label)?;
    }
    for (&(id, _), &label) in placed.iter().zip(labels) {
        set(conn, id, label)?;
    }
    Ok(placed.iter().map(|(id, _)| *id).collect())
}

fn set(conn: &mut SqliteConnection, id: i64, label: i64) -> AppResult<()> {
    diesel::update(labelled::table.find(id))
        .set(labelled::order_label.eq(label))
        .execute(conn)?;
    Ok(())
}

fn before(conn: &mut SqliteConnection, place: Place<'_>) -> AppResult<Option<i64>> {
    Ok(neighbours(conn, place, Side::Before, 1)?
        .pop()
        .map(|(_, label)| label))
}

fn after(
    conn: &mut SqliteConnection,
    (key, id): Place<'_>,
) -> AppResult<Option<(i64, String, i64)>> {
    Ok(labelled::table
        .filter(labelled::deleted_at.is_null())
        .filter(labelled::order_label.is_not_null())
        .filter(labelled::sort_key.ge(key))
        .filter(labelled::sort_key.gt(key).or(labelled::id.gt(id)))
        .order((labelled::sort_key.asc(), labelled::id.asc()))
        .select((
            labelled::order_label.assume_not_null(),
            labelled::sort_key,
            labelled::id,
        ))
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
