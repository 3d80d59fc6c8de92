//! The journal of an import: the contacts that each batch has touched, for the undo. It has ids only, so it can stay when
//! people are erased.

use diesel::dsl::max;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::schema::{import_journal, imports};
use crate::db::{AnyConnection, Json};
use crate::error::AppResult;

/// The effect of an import on a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Created,
    Updated,
    Restored,
    /// The import contained the contact without changes.
    Unchanged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    pub contact: i64,
    pub effect: Effect,
    /// The import that contained the contact before.
    pub previous: Option<i64>,
}

/// Contacts by the import that contained them before.
type ByPrevious = Vec<(Option<i64>, Vec<i64>)>;

/// The contacts that a batch has touched.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportChanges {
    /// The first and the last id of each range.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    created: Vec<(i64, i64)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    updated: ByPrevious,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    restored: ByPrevious,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unchanged: ByPrevious,
}

impl ImportChanges {
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

    /// Combines the created ids to ranges; a batch assigns them nearly consecutively.
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

    /// Returns all contacts by id, the order in which every lock of contacts is taken.
    fn into_touches(self) -> Vec<Touch> {
        let created = self.created.into_iter().flat_map(|(first, last)| {
            (first..=last).map(|contact| Touch { contact, effect: Effect::Created, previous: None })
        });
        let mut touches: Vec<Touch> = created.collect();
        for (effect, groups) in [
            (Effect::Updated, self.updated),
            (Effect::Restored, self.restored),
            (Effect::Unchanged, self.unchanged),
        ] {
            touches.extend(groups.into_iter().flat_map(|(previous, ids)| {
                ids.into_iter().map(move |contact| Touch { contact, effect, previous })
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

/// Stores what a batch has touched, in the batch's transaction; `line` is the last line of the batch.
pub fn record(conn: &mut AnyConnection, import: i64, line: i64, mut touched: ImportChanges) -> AppResult<()> {
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

/// Stores what a decision after the last line has touched.
pub fn record_more(conn: &mut AnyConnection, import: i64, touched: ImportChanges) -> AppResult<()> {
    let last: Option<i64> = import_journal::table
        .filter(import_journal::import_id.eq(import))
        .select(max(import_journal::line))
        .first(conn)?;
    let lines: i64 = imports::table.find(import).select(imports::lines).first(conn)?;
    record(conn, import, last.unwrap_or_default().max(lines) + 1, touched)
}

/// Returns the batch after a line (0 for the first): its last line, and its contacts by id.
pub fn after(conn: &mut AnyConnection, import: i64, line: i64) -> AppResult<Option<(i64, Vec<Touch>)>> {
    let row: Option<(i64, Json<ImportChanges>)> = import_journal::table
        .filter(import_journal::import_id.eq(import))
        .filter(import_journal::line.gt(line))
        .order(import_journal::line)
        .select((import_journal::line, import_journal::touched))
        .first(conn)
        .optional()?;
    let Some((line, Json(touched))) = row else {
        return Ok(None);
    };
    let mut all = touched.into_touches();
    // A contact whose e-mail was changed during the import may be touched twice: only the first entry has the
    // state before the import.
    all.retain(|touch| touch.previous != Some(import));
    Ok(Some((line, all)))
}

/// Returns `true` if the import has a journal: earlier versions of the program, which could not undo, wrote none.
pub fn exists(conn: &mut AnyConnection, import: i64) -> AppResult<bool> {
    let rows = import_journal::table.filter(import_journal::import_id.eq(import));
    Ok(diesel::select(diesel::dsl::exists(rows)).get_result(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_entry_survives_its_text() {
        let mut touched = ImportChanges::default();
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
        let read = serde_json::from_str::<ImportChanges>(&text).unwrap().into_touches();
        let ids: Vec<i64> = read.iter().map(|touch| touch.contact).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7, 8, 9, 12]);
        assert_eq!(read[3].effect, Effect::Unchanged);
        assert_eq!(read[9].previous, Some(3));
    }
}
