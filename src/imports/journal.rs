//! Which contacts each batch of an import touched: what undoing the import walks through. Ids only, so that it may stay
//! when people are erased.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::AnyConnection;
use crate::db::schema::import_journal;
use crate::error::AppResult;

/// What an import did to a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Created,
    Updated,
    Restored,
    /// It held the contact as it was.
    Unchanged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    pub contact: i64,
    pub effect: Effect,
    /// The import that held the contact before.
    pub previous: Option<i64>,
}

/// The contacts by the import that held them before.
type ByPrevious = Vec<(Option<i64>, Vec<i64>)>;

/// The contacts that a batch touched.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Touched {
    /// First and last of each run of ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    created: Vec<(i64, i64)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    updated: ByPrevious,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    restored: ByPrevious,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unchanged: ByPrevious,
}

impl Touched {
    pub fn created(&mut self, id: i64) {
        self.created.push((id, id));
    }

    pub fn updated(&mut self, id: i64, previous: Option<i64>) {
        push(&mut self.updated, id, previous);
    }

    pub fn restored(&mut self, id: i64, previous: Option<i64>) {
        push(&mut self.restored, id, previous);
    }

    pub fn unchanged(&mut self, id: i64, previous: Option<i64>) {
        push(&mut self.unchanged, id, previous);
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Makes runs of the created ids, which a batch hands out nearly in a row.
    fn pack(&mut self) {
        self.created.sort_unstable();
        self.created.dedup_by(|next, run| {
            let follows = next.0 == run.1 + 1;
            if follows {
                run.1 = next.1;
            }
            follows
        });
    }

    /// All of them by id, so that rows are held in the one order in which everybody holds them.
    fn into_touches(self) -> Vec<Touch> {
        let created = self.created.into_iter().flat_map(|(first, last)| {
            (first..=last).map(|contact| Touch {
                contact,
                effect: Effect::Created,
                previous: None,
            })
        });
        let mut touches: Vec<Touch> = created.collect();
        for (effect, groups) in [
            (Effect::Updated, self.updated),
            (Effect::Restored, self.restored),
            (Effect::Unchanged, self.unchanged),
        ] {
            touches.extend(groups.into_iter().flat_map(|(previous, ids)| {
                ids.into_iter().map(move |contact| Touch {
                    contact,
                    effect,
                    previous,
                })
            }));
        }
        touches.sort_unstable_by_key(|touch| touch.contact);
        touches
    }
}

fn push(groups: &mut ByPrevious, id: i64, previous: Option<i64>) {
    match groups.iter_mut().find(|(known, _)| *known == previous) {
        Some((_, ids)) => ids.push(id),
        None => groups.push((previous, vec![id])),
    }
}

/// Writes down what a batch touched, in the batch's transaction; `line` is the last line of the batch.
///
/// # Errors
/// Those of the database.
pub fn record(
    conn: &mut AnyConnection,
    import: i64,
    line: i64,
    mut touched: Touched,
) -> AppResult<()> {
    if touched.is_empty() {
        return Ok(());
    }
    touched.pack();
    diesel::insert_into(import_journal::table)
        .values((
            import_journal::import_id.eq(import),
            import_journal::line.eq(line),
            import_journal::touched.eq(serde_json::to_string(&touched)?),
        ))
        .execute(conn)?;
    Ok(())
}

/// The batch after a line (0: the first): its last line, and the contacts that it touched by id.
///
/// # Errors
/// Those of the database.
pub fn after(
    conn: &mut AnyConnection,
    import: i64,
    line: i64,
) -> AppResult<Option<(i64, Vec<Touch>)>> {
    let row: Option<(i64, String)> = import_journal::table
        .filter(import_journal::import_id.eq(import))
        .filter(import_journal::line.gt(line))
        .order(import_journal::line)
        .select((import_journal::line, import_journal::touched))
        .first(conn)
        .optional()?;
    let Some((line, json)) = row else {
        return Ok(None);
    };
    let mut touches = serde_json::from_str::<Touched>(&json)?.into_touches();
    // A contact whose e-mail somebody changed while the import ran can have been touched twice: the first time tells how
    // it was before.
    touches.retain(|touch| touch.previous != Some(import));
    Ok(Some((line, touches)))
}

/// Whether anything was written down: nothing was by versions of the program that could not undo.
///
/// # Errors
/// Those of the database.
pub fn exists(conn: &mut AnyConnection, import: i64) -> AppResult<bool> {
    let rows = import_journal::table.filter(import_journal::import_id.eq(import));
    Ok(diesel::select(diesel::dsl::exists(rows)).get_result(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_touched_survives_its_text() {
        let mut touched = Touched::default();
        for id in [3, 1, 2, 7, 9, 8] {
            touched.created(id);
        }
        touched.updated(5, None);
        touched.updated(12, Some(3));
        touched.updated(6, None);
        touched.unchanged(4, Some(3));
        touched.pack();
        let text = serde_json::to_string(&touched).unwrap();
        assert_eq!(
            text,
            r#"{"created":[[1,3],[7,9]],"updated":[[null,[5,6]],[3,[12]]],"unchanged":[[3,[4]]]}"#
        );
        let read = serde_json::from_str::<Touched>(&text)
            .unwrap()
            .into_touches();
        let ids: Vec<i64> = read.iter().map(|touch| touch.contact).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7, 8, 9, 12]);
        assert_eq!(read[3].effect, Effect::Unchanged);
        assert_eq!(read[9].previous, Some(3));
    }
}
