//! An item of the feed, made of an entry of the history or of a contact that an import has created.

use chrono::NaiveDateTime;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Cursor;
use crate::audit;
use crate::base::{clock, text_enum};
use crate::domain::{Change, EXTERNAL_ID};

text_enum! {
    /// What happened to a contact.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Kind {
        Created = "created",
        Changed = "changed",
        /// It is in the trash: deleted, withdrawn with its import, or merged into another contact.
        Deleted = "deleted",
        /// It is in the book again.
        Restored = "restored",
        /// Another contact was merged into this one.
        Merged = "merged",
        /// It is gone for good. Its earlier items keep their kinds and versions, without fields.
        Erased = "erased",
    }
}

/// A change of a contact. It has no values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The place behind this item.
    pub cursor: Cursor,
    pub at: NaiveDateTime,
    pub kind: Kind,
    pub contact: i64,
    /// The contact's version after the change; `None` for a change that makes no new version, such as an absence or a note.
    pub version: Option<i64>,
    /// The names of the changed fields, each once. Of a contact that was erased later there are none.
    pub fields: Vec<String>,
    pub import: Option<i64>,
    /// `None` for the program itself and its command line.
    pub account: Option<i64>,
}

/// The item as programs read it, in the feed and in messages of webhooks.
impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(8))?;
        map.serialize_entry("cursor", &self.cursor.to_string())?;
        map.serialize_entry("at", &clock::rfc3339(self.at))?;
        map.serialize_entry("kind", self.kind.as_str())?;
        map.serialize_entry("contact", &self.contact)?;
        map.serialize_entry("version", &self.version)?;
        map.serialize_entry("fields", &self.fields)?;
        map.serialize_entry("import", &self.import)?;
        map.serialize_entry("account", &self.account)?;
        map.end()
    }
}

/// Entries about a contact that change nothing of it.
pub(super) const NO_CHANGE: [audit::Kind; 6] = [
    audit::Kind::ContactDataExported,
    audit::Kind::DuplicateDismissed,
    audit::Kind::DuplicateReopened,
    audit::Kind::ReportAdded,
    audit::Kind::ReportFixed,
    audit::Kind::ReportUnfounded,
];

/// The entries that take a contact into the book or out of it.
pub(super) const IN_AND_OUT: [audit::Kind; 5] = [
    audit::Kind::ContactDeleted,
    audit::Kind::ContactRestored,
    audit::Kind::ContactWithdrawn,
    audit::Kind::ContactMergedAway,
    audit::Kind::MergeUndone,
];

/// What an entry says about its contact; `None` is a kind of a newer version of the program. `was_merged_away` is true of a
/// contact that was in the trash as merged into another.
pub(super) fn kind_of(entry: Option<audit::Kind>, was_merged_away: bool) -> Kind {
    use audit::Kind as Entry;
    match entry {
        Some(Entry::ContactAdded) => Kind::Created,
        Some(Entry::ContactDeleted | Entry::ContactWithdrawn | Entry::ContactMergedAway) => Kind::Deleted,
        Some(Entry::ContactRestored) => Kind::Restored,
        Some(Entry::MergeUndone) if was_merged_away => Kind::Restored,
        Some(Entry::ContactMerged) => Kind::Merged,
        Some(Entry::ContactErased) => Kind::Erased,
        _ => Kind::Changed,
    }
}

/// The names of the fields that an entry has changed. Absences, external ids, notes and verifications have one name each.
pub(super) fn fields_of(entry: Option<audit::Kind>, changes: Vec<Change>) -> Vec<String> {
    use audit::Kind as Entry;
    let beside = match entry {
        Some(Entry::NoteAdded | Entry::NoteEdited | Entry::NoteDeleted) => Some("notes"),
        Some(Entry::ContactChecked) => Some("checked"),
        _ => None,
    };
    let mut fields: Vec<String> = beside.map(str::to_owned).into_iter().collect();
    for Change { field, .. } in changes {
        let name = match field.as_str() {
            "absent_from" | "absent_until" | "substitute" => "absence".to_owned(),
            name if name.starts_with(EXTERNAL_ID) => "external_ids".to_owned(),
            _ => field,
        };
        if !fields.contains(&name) {
            fields.push(name);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_one_name_each() {
        let change =
            |field: &str| Change { field: field.to_owned(), old: String::new(), new: "x".to_owned() };
        let changes =
            ["city", "absent_from", "absent_until", "external_id_CRM", "external_id_RH", "custom_code"];
        let fields = fields_of(Some(audit::Kind::ContactEdited), changes.map(change).to_vec());
        assert_eq!(fields, ["city", "absence", "external_ids", "custom_code"]);
        assert_eq!(fields_of(Some(audit::Kind::NoteEdited), Vec::new()), ["notes"]);
        assert_eq!(fields_of(Some(audit::Kind::ContactChecked), Vec::new()), ["checked"]);
    }

    #[test]
    fn a_kind_of_a_newer_version_is_a_change() {
        assert_eq!(kind_of(None, false), Kind::Changed);
    }
}
