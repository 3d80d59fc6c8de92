use crate::domain::Change;

/// The kind of an action. Stored by name: kinds may be added, never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    ContactAdded,
    ContactEdited,
    ContactDeleted,
    ContactRestored,
    /// Moved to the trash, because the import that created it was undone.
    ContactWithdrawn,
    /// Given back its values from before an import that was undone.
    ContactReverted,
    ContactErased,
    ContactDataExported,
    /// A bulk change; its subject is the change's number.
    BulkStarted,
    BulkUndoStarted,
    FilterSaved,
    FilterEdited,
    FilterDeleted,
    /// Its subject is the format.
    ContactsExported,
    /// Recorded at the end of an export; its subject is the number of contacts left out.
    ExportLeftOut,
    /// Days and substitute of an absence.
    AbsenceEdited,
    /// Topics and languages.
    ExpertiseEdited,
    /// A person verified that all of the contact's data is right.
    ContactChecked,
    /// Another contact was merged into this one.
    ContactMerged,
    /// This contact was merged into another, and is in the trash.
    ContactMergedAway,
    /// The two contacts are separate again.
    MergeUndone,
    /// Its subject is the number of pairs.
    DuplicatesSearched,
    /// Declared distinct from another contact.
    DuplicateDismissed,
    /// No longer declared distinct from another contact.
    DuplicateReopened,
    NoteAdded,
    NoteEdited,
    NoteDeleted,
    OrganizationAdded,
    OrganizationEdited,
    OrganizationDeleted,
    TypeAdded,
    TypeEdited,
    TypeDeleted,
    TrashEmptied,
    ImportStarted,
    ImportConfirmed,
    ImportCancelled,
    ImportApplied,
    ImportUndoStarted,
    ImportUndone,
    ImportFileDownloaded,
    ImportReadAgain,
    SettingsEdited,
    PhonesReadAgain,
    AccountAdded,
    AccountEdited,
    PasswordSet,
    /// A one-time code, with which the owner sets a password.
    AccountCodeGiven,
    SecondFactorOn,
    /// By its owner.
    SecondFactorOff,
    /// By an administrator.
    SecondFactorRemoved,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    /// A wrong code after the right password.
    SecondFactorFailed,
    /// Of the account that is the subject, or of all accounts.
    SessionsEnded,
    HistoryExported,
}

impl Kind {
    pub const ALL: [Self; 56] = [
        Self::ContactAdded,
        Self::ContactEdited,
        Self::ContactDeleted,
        Self::ContactRestored,
        Self::ContactWithdrawn,
        Self::ContactReverted,
        Self::ContactErased,
        Self::ContactDataExported,
        Self::BulkStarted,
        Self::BulkUndoStarted,
        Self::FilterSaved,
        Self::FilterEdited,
        Self::FilterDeleted,
        Self::ContactsExported,
        Self::ExportLeftOut,
        Self::AbsenceEdited,
        Self::ExpertiseEdited,
        Self::ContactChecked,
        Self::ContactMerged,
        Self::ContactMergedAway,
        Self::MergeUndone,
        Self::DuplicatesSearched,
        Self::DuplicateDismissed,
        Self::DuplicateReopened,
        Self::NoteAdded,
        Self::NoteEdited,
        Self::NoteDeleted,
        Self::OrganizationAdded,
        Self::OrganizationEdited,
        Self::OrganizationDeleted,
        Self::TypeAdded,
        Self::TypeEdited,
        Self::TypeDeleted,
        Self::TrashEmptied,
        Self::ImportStarted,
        Self::ImportConfirmed,
        Self::ImportCancelled,
        Self::ImportApplied,
        Self::ImportUndoStarted,
        Self::ImportUndone,
        Self::ImportFileDownloaded,
        Self::ImportReadAgain,
        Self::SettingsEdited,
        Self::PhonesReadAgain,
        Self::AccountAdded,
        Self::AccountEdited,
        Self::PasswordSet,
        Self::AccountCodeGiven,
        Self::SecondFactorOn,
        Self::SecondFactorOff,
        Self::SecondFactorRemoved,
        Self::RecoveryCodesMade,
        Self::RecoveryCodeUsed,
        Self::SecondFactorFailed,
        Self::SessionsEnded,
        Self::HistoryExported,
    ];

    /// The name in the database and in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContactAdded => "contact.added",
            Self::ContactEdited => "contact.edited",
            Self::ContactDeleted => "contact.deleted",
            Self::ContactRestored => "contact.restored",
            Self::ContactWithdrawn => "contact.withdrawn",
            Self::ContactReverted => "contact.reverted",
            Self::ContactErased => "contact.erased",
            Self::ContactDataExported => "contact.data_exported",
            Self::BulkStarted => "bulk.started",
            Self::BulkUndoStarted => "bulk.undo_started",
            Self::FilterSaved => "filter.saved",
            Self::FilterEdited => "filter.edited",
            Self::FilterDeleted => "filter.deleted",
            Self::ContactsExported => "contacts.exported",
            Self::ExportLeftOut => "contacts.export_left_out",
            Self::AbsenceEdited => "contact.absence_edited",
            Self::ExpertiseEdited => "contact.expertise_edited",
            Self::ContactChecked => "contact.checked",
            Self::ContactMerged => "contact.merged",
            Self::ContactMergedAway => "contact.merged_away",
            Self::MergeUndone => "contact.merge_undone",
            Self::DuplicatesSearched => "duplicates.searched",
            Self::DuplicateDismissed => "duplicates.dismissed",
            Self::DuplicateReopened => "duplicates.reopened",
            Self::NoteAdded => "note.added",
            Self::NoteEdited => "note.edited",
            Self::NoteDeleted => "note.deleted",
            Self::OrganizationAdded => "organization.added",
            Self::OrganizationEdited => "organization.edited",
            Self::OrganizationDeleted => "organization.deleted",
            Self::TypeAdded => "contact_type.added",
            Self::TypeEdited => "contact_type.edited",
            Self::TypeDeleted => "contact_type.deleted",
            Self::TrashEmptied => "trash.emptied",
            Self::ImportStarted => "import.started",
            Self::ImportConfirmed => "import.confirmed",
            Self::ImportCancelled => "import.cancelled",
            Self::ImportApplied => "import.applied",
            Self::ImportUndoStarted => "import.undo_started",
            Self::ImportUndone => "import.undone",
            Self::ImportFileDownloaded => "import.file_downloaded",
            Self::ImportReadAgain => "import.read_again",
            Self::SettingsEdited => "settings.edited",
            Self::PhonesReadAgain => "phones.read_again",
            Self::AccountAdded => "account.added",
            Self::AccountEdited => "account.edited",
            Self::PasswordSet => "account.password_set",
            Self::AccountCodeGiven => "account.code_given",
            Self::SecondFactorOn => "account.second_factor_on",
            Self::SecondFactorOff => "account.second_factor_off",
            Self::SecondFactorRemoved => "account.second_factor_removed",
            Self::RecoveryCodesMade => "account.recovery_codes_made",
            Self::RecoveryCodeUsed => "account.recovery_code_used",
            Self::SecondFactorFailed => "account.second_factor_failed",
            Self::SessionsEnded => "account.sessions_ended",
            Self::HistoryExported => "history.exported",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A new entry of the history.
#[derive(Debug, Clone)]
pub struct Entry {
    pub kind: Kind,
    /// The account that did it; `None` for the program itself and its command line.
    pub account: Option<i64>,
    pub contact: Option<i64>,
    pub import: Option<i64>,
    /// The name of the affected thing, unless it is a person: names of people are in `changes` only, which can be removed when
    /// people are erased.
    pub subject: String,
    /// The version of the contact after the change.
    pub version: Option<i64>,
    pub changes: Vec<Change>,
}

impl Entry {
    pub fn new(kind: Kind, account: Option<i64>) -> Self {
        Self {
            kind,
            account,
            contact: None,
            import: None,
            subject: String::new(),
            version: None,
            changes: Vec::new(),
        }
    }

    pub fn contact(self, id: i64) -> Self {
        Self {
            contact: Some(id),
            ..self
        }
    }

    pub fn version(self, version: i64) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }

    pub fn import(self, import: Option<i64>) -> Self {
        Self { import, ..self }
    }

    pub fn subject(self, subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            ..self
        }
    }

    pub fn changes(self, changes: Vec<Change>) -> Self {
        Self { changes, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_can_be_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
    }
}
