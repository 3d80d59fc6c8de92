//! The effect of a valid line on the current book.

use super::super::import::Counts;
use crate::base::text_enum;
use crate::db::from_text_column;

text_enum! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Effect {
        Created = "created",
        Updated = "updated",
        Unchanged = "unchanged",
        Restored = "restored",
        /// The row may mean several contacts, or none of those that it seems to mean.
        Held = "held",
        /// The row means no contact, and the import changes existing ones only.
        Unmatched = "unmatched",
    }
}

from_text_column!(Effect);

impl Effect {
    /// The count of lines with this effect.
    pub fn count(self, counts: &mut Counts) -> &mut i64 {
        match self {
            Self::Created => &mut counts.created,
            Self::Updated => &mut counts.updated,
            Self::Unchanged => &mut counts.unchanged,
            Self::Restored => &mut counts.restored,
            Self::Held => &mut counts.held,
            Self::Unmatched => &mut counts.unmatched,
        }
    }
}

/// The planned effect of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedEffect {
    pub effect: Effect,
    /// The contact that the line means: its id and version.
    pub contact: Option<(i64, i64)>,
}

/// A field's old and new value; the old one is empty for a new contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The name of the form's control.
    pub field: String,
    pub old: String,
    pub new: String,
}

impl FieldChange {
    pub fn new(field: impl Into<String>, old: impl Into<String>, new: impl Into<String>) -> Self {
        Self { field: field.into(), old: old.into(), new: new.into() }
    }
}

/// A row of a list beside the contact that it means, both in their current state.
#[derive(Debug, Clone)]
pub struct PreviewRow {
    /// In the form of the list of contacts.
    pub name: String,
    pub email: String,
    pub service: String,
    pub phone: String,
    pub city: String,
    /// `None` for a new contact.
    pub contact: Option<ShownContact>,
    /// All values of the row that are not empty.
    pub values: Vec<String>,
    /// The fields that the row would change.
    pub changes: Vec<FieldChange>,
}

/// The contact that a row means.
#[derive(Debug, Clone)]
pub struct ShownContact {
    pub id: i64,
    pub name: String,
    pub email: String,
}
