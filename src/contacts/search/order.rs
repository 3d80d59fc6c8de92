//! Order labels: numbers with gaps that sort as `(sort_key, id)` does. A new contact takes a number between its
//! neighbours'; where a gap is used up, the contacts around it are spread out again.
//!
//! The numbers are small, since the index writes them out: with gaps of 2^32 a book of 100 000 contacts was half as large
//! again as with 2^10, and took a tenth longer to write.

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
/// More than all the contacts that are placed at once, which may fall into one gap.
const ROOM: i64 = 1 << 13;
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
/// At most [`ROOM`] - 2 at once.
///
/// # Errors
/// Those of the database.
pub fn place(conn: &mut SqliteConnection, places: &[Place<'_>]) -> AppResult<Placed> {
    let mut found = Placed::default();
    let mut runs = runs(conn, places)?;
    let longest = runs.iter().map(|run| run.places.len()).max().unwrap_or(0);
    // Wide enough for each of the runs, so that room for one takes none from another.
    let gap = MIN_GAP.max(int(longest) + 1);
    for run in &mut runs {
        if run.labels().is_some() {
            continue;
        }
        run.look(conn)?;
        if run.labels().is_none() {
            found
                .moved
                .append(&mut make_room(conn, run.places[0], gap)?);
        }
    }
    if !found.moved.is_empty() {
        for run in &mut runs {
            run.look(conn)?;
        }
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
    fn look(&mut self, conn: &mut SqliteConnection) -> AppResult<()> {
        self.before = before(conn, self.places[0])?.map(|(label, _)| label);
        self.after = after(conn, self.places[0])?.map(|(label, ..)| label);
        Ok(())
    }

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
        spread(self.before, after.or(self.after), self.places.len())
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

/// `count` numbers between two, evenly, if there are as many.
fn spread(before: Option<i64>, after: Option<i64>, count: usize) -> Option<Vec<i64>> {
    let count = i64::try_from(count).ok()?;
    match (before, after) {
        (None, None) => Some((1..=count).map(|index| index * GAP).collect()),
        (Some(before), None) => {
            before.checked_add(count.checked_mul(GAP)?)?;
            Some((1..=count).map(|index| before + index * GAP).collect())
        }
        (None, Some(after)) => {
            // Negative numbers are long in the index: what is left above nought is used up first.
            let gap = match after / (count + 1) {
                gap if gap >= ROOM => gap.min(GAP),
                _ => GAP,
            };
            after.checked_sub(count.checked_mul(gap)?)?;
            Some((1..=count).rev().map(|index| after - index * gap).collect())
        }
        (Some(before), Some(after)) => {
            let step = (i128::from(after) - i128::from(before)) / i128::from(count + 1);
            let step = i64::try_from(step).ok().filter(|step| *step > 0)?;
            Some((1..=count).map(|index| before + index * step).collect())
        }
    }
}

/// Spreads out the contacts around a place, as few as leave `gap` between them; returns them with their labels.
fn make_room(
    conn: &mut SqliteConnection,
    place: Place<'_>,
    gap: i64,
) -> AppResult<Vec<(i64, i64)>> {
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
        let (lower, upper) = (lower.map(|(_, label)| label), upper.map(|(_, label)| label));
        let labels = spread(lower, upper, left.len()).filter(|labels| {
            match (lower, upper, labels.first()) {
                (Some(lower), Some(_), Some(first)) => first - lower >= gap,
                _ => true,
            }
        });
        if let Some(labels) = labels {
            let moves: Vec<(i64, i64, i64)> = left
                .iter()
                .zip(labels)
                .map(|(&(id, old), new)| (id, old, new))
                .collect();
            return move_all(conn, &moves);
        }
        window *= 4;
    }
}

/// Gives contacts (id, old label, new label) new labels. They are unique: all are given up before the first new one is taken.
fn move_all(conn: &mut SqliteConnection, moves: &[(i64, i64, i64)]) -> AppResult<Vec<(i64, i64)>> {
    for &(id, old, _) in moves {
        forget(conn, id, old)?;
    }
    for &(id, _, new) in moves {
        set(conn, id, new)?;
    }
    Ok(moves.iter().map(|&(id, _, new)| (id, new)).collect())
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
