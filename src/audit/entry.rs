use crate::domain::Change;

/// What was done. The names are stored: kinds may be added, never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    ContactAdded,
    ContactEdited,
    ContactDeleted,
    ContactRestored,
    /// To the trash: the import that had brought it was undone.
    ContactWithdrawn,
    /// Its values from before an import that was undone are back.
    ContactReverted,
    ContactErased,
    ContactDataExported,
    /// A change of many contacts; its subject is the number of it.
    BulkStarted,
    BulkUndoStarted,
    FilterSaved,
    FilterEdited,
    FilterDeleted,
    /// Its subject is the format.
    ContactsExported,
    /// At the end of an export; its subject is how many.
    ExportLeftOut,
    /// When it is away, and who stands in.
    AbsenceEdited,
    /// What it knows about and speaks.
    ExpertiseEdited,
    /// Somebody saw to it that all of it is right.
    ContactChecked,
    /// Another contact became a part of it.
    ContactMerged,
    /// It became a part of another, and lies in the trash.
    ContactMergedAway,
    /// The two are two again.
    MergeUndone,
    /// Its subject is how many pairs there are.
    DuplicatesSearched,
    /// It is not the same person as another.
    DuplicateDismissed,
    /// It may be the same person as another after all.
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
    /// A one-time code, with which its owner sets a password.
    AccountCodeGiven,
    SecondFactorOn,
    /// By its owner.
    SecondFactorOff,
    /// By an administrator.
    SecondFactorRemoved,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    /// After the right password.
    SecondFactorFailed,
    /// Of the account that is its subject, or everybody's.
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

    /// In the database and in URLs.
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

/// One thing that was done, on its way into the history.
#[derive(Debug, Clone)]
pub struct Entry {
    pub kind: Kind,
    /// Who did it; none for the program itself and for its command line.
    pub account: Option<i64>,
    pub contact: Option<i64>,
    pub import: Option<i64>,
    /// The name of what it is about, where that is no person: names of people stand in `changes` only, which can be
    /// taken away.
    pub subject: String,
    /// The contact's version that came of it.
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
    fn kinds_are_read_as_they_are_written() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
    }
}
