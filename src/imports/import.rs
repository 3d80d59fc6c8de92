use chrono::{DateTime, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

use super::format::{Diagnosis, Reading, Refusal};
use super::sources::SourceKind;
use crate::base::text_enum;
use crate::db::schema::imports;
use crate::db::{Json, SqlColumn, from_text_column, sql_column};
use crate::jobs;

text_enum! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum State {
        /// The list is turned into rows, or waits until somebody says what its columns are. It is stored as `checking` with
        /// `awaits_columns`, which older versions can read.
        Mapping = "mapping",
        /// The file is being read; nothing is written.
        Checking = "checking",
        /// Lines are rejected, or a preview is wanted: nothing is written until somebody decides.
        Deciding = "deciding",
        Applying = "applying",
        Done = "done",
        /// The file as a whole cannot be imported.
        Refused = "refused",
        Cancelled = "cancelled",
    }
}

impl State {
    /// The final states: the file is no longer read, except for downloads, and nothing is written.
    pub const TERMINAL: [Self; 3] = [Self::Done, Self::Refused, Self::Cancelled];
}

text_enum! {
    /// What to do if lines are rejected.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum OnError {
        Ask = "ask",
        ImportValid = "import_valid",
    }
}

from_text_column!(State, OnError);

/// The state of an import as an expression of SQL.
const STATE: &str =
    "CASE WHEN imports.awaits_columns AND imports.state = 'checking' THEN 'mapping' ELSE imports.state END";

/// An import as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = imports)]
pub struct Import {
    pub id: i64,
    pub name: String,
    pub file_id: i64,
    pub file_name: String,
    /// In bytes.
    pub file_size: i64,
    pub file_sha256: String,
    pub on_error: OnError,
    #[diesel(select_expression = sql_column::<Text>(STATE))]
    #[diesel(select_expression_type = SqlColumn<Text>)]
    pub state: State,
    #[diesel(deserialize_as = Json<Option<Refusal>>)]
    pub refusal: Option<Refusal>,
    /// Lines of the file; 0 until it has been read to its end.
    pub lines: i64,
    /// The last line processed in this state.
    pub cursor_line: i64,
    /// The last byte read by the check; a forecast continues the count beyond the file's size.
    pub cursor_byte: i64,
    #[diesel(embed)]
    pub counts: Counts,
    pub created_by: Option<i64>,
    pub created_at: NaiveDateTime,
    pub applying_since: Option<NaiveDateTime>,
    pub finished_at: Option<NaiveDateTime>,
    /// The reading of the file; the strict one, unless somebody chose another.
    #[diesel(deserialize_as = Json<Reading>)]
    pub reading: Reading,
    /// The faults of the file as a whole.
    #[diesel(deserialize_as = Json<Option<Diagnosis>>)]
    pub diagnosis: Option<Diagnosis>,
    /// Set to stop for a preview, whatever the result of the check.
    pub preview: bool,
    /// The last entry of the history when the forecast began.
    pub checked_entry: Option<i64>,
    pub checked_at: Option<NaiveDateTime>,
    #[diesel(deserialize_as = Json<Option<ApprovedCounts>>)]
    pub foreseen: Option<ApprovedCounts>,
    /// The account that decided. During a check: the account whose decision applies if the effects are unchanged.
    pub decided_by: Option<i64>,
    /// The time at which its undo ended.
    pub undone_at: Option<NaiveDateTime>,
    /// The kind of a list that is not the strict one.
    #[diesel(deserialize_as = Json<Option<SourceKind>>)]
    pub list: Option<SourceKind>,
    /// The file as received, while `file_id` has its rows.
    pub original_file_id: Option<i64>,
    /// The size in bytes of the rows.
    pub rows_size: Option<i64>,
    /// The profile by which the list is read. Before its columns are known, it is the one that the command line asked for.
    pub profile_id: Option<i64>,
    /// Set for a strict list whose doubtful rows wait for a person's decision. Other lists say so in their mapping.
    pub holds_doubtful: bool,
}

impl From<Json<Self>> for Reading {
    fn from(json: Json<Self>) -> Self {
        json.0
    }
}

impl Import {
    /// The size in bytes of the stored file that is read.
    pub fn stored_size(&self) -> i64 {
        self.rows_size.unwrap_or(self.file_size)
    }

    /// The file as received; `None` for a list whose rows are all that is left.
    pub fn received_file(&self) -> Option<i64> {
        match self.rows_size {
            Some(_) => self.original_file_id,
            None => Some(self.file_id),
        }
    }

    /// Returns `true` if a job works on the import.
    pub fn is_running(&self) -> bool {
        match self.state {
            State::Checking | State::Applying => true,
            State::Mapping => self.rows_size.is_none(),
            State::Deciding | State::Done | State::Refused | State::Cancelled => false,
        }
    }

    /// Returns `true` if the import waits for a person.
    pub fn waits(&self) -> bool {
        matches!(self.state, State::Mapping | State::Deciding) && !self.is_running()
    }

    /// The kind of the job that works on the import. Older versions leave the jobs of lists alone, which they cannot read, and of
    /// imports whose doubtful rows they would write.
    pub fn job(&self) -> jobs::Kind {
        if self.list.is_none() && !self.holds_doubtful { jobs::Kind::Import } else { jobs::Kind::ListImport }
    }

    /// Returns the account responsible for what the import writes: the one that confirmed it, otherwise the one that started
    /// it; `None` for the command line.
    pub fn author(&self) -> Option<i64> {
        self.decided_by.or(self.created_by)
    }
}

/// The counts shown to the person who decided, and the time of their check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedCounts {
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub restored: i64,
    /// In microseconds since 1970, UTC.
    at: i64,
}

impl ApprovedCounts {
    pub fn new(counts: &Counts, at: NaiveDateTime) -> Self {
        Self {
            created: counts.created,
            updated: counts.updated,
            unchanged: counts.unchanged,
            restored: counts.restored,
            at: at.and_utc().timestamp_micros(),
        }
    }

    /// Adds the effects of lines that were fixed after the decision.
    pub fn with(self, fixed: &Counts) -> Self {
        Self {
            created: self.created + fixed.created,
            updated: self.updated + fixed.updated,
            unchanged: self.unchanged + fixed.unchanged,
            restored: self.restored + fixed.restored,
            at: self.at,
        }
    }

    pub fn at(&self) -> NaiveDateTime {
        DateTime::from_timestamp_micros(self.at).unwrap_or_default().naive_utc()
    }

    /// Returns `true` if the result has the counts that were shown.
    pub fn came_true(&self, counts: &Counts) -> bool {
        [self.created, self.updated, self.unchanged, self.restored]
            == [counts.created, counts.updated, counts.unchanged, counts.restored]
    }
}

/// The lines by outcome; before the decision, by planned outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = imports)]
pub struct Counts {
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub restored: i64,
    pub superseded: i64,
    pub rejected: i64,
    pub skipped: i64,
    /// Rows that wait for a decision, or did.
    pub held: i64,
    /// Rows without a contact, in an import that changes existing contacts only.
    pub unmatched: i64,
    /// Values in the book that would be overwritten by empty ones. They are no lines.
    pub emptied: i64,
}

impl Counts {
    #[must_use]
    pub fn with(self, more: &Self) -> Self {
        Self {
            created: self.created + more.created,
            updated: self.updated + more.updated,
            unchanged: self.unchanged + more.unchanged,
            restored: self.restored + more.restored,
            superseded: self.superseded + more.superseded,
            rejected: self.rejected + more.rejected,
            skipped: self.skipped + more.skipped,
            held: self.held + more.held,
            unmatched: self.unmatched + more.unmatched,
            emptied: self.emptied + more.emptied,
        }
    }

    pub fn total(&self) -> i64 {
        self.importable() + self.superseded + self.rejected + self.skipped + self.held + self.unmatched
    }

    /// Contacts written.
    pub fn written(&self) -> i64 {
        self.created + self.updated + self.restored
    }

    /// Lines that can be imported.
    pub fn importable(&self) -> i64 {
        self.written() + self.unchanged
    }
}
