use crate::base::text_enum;
use crate::domain::Change;

text_enum! {
    /// The kind of an action. Stored by name: kinds may be added, never renamed.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Kind {
        ContactAdded = "contact.added",
        ContactEdited = "contact.edited",
        ContactDeleted = "contact.deleted",
        ContactRestored = "contact.restored",
        /// Moved to the trash, because the import that created it was undone.
        ContactWithdrawn = "contact.withdrawn",
        /// Given back its values from before an import that was undone.
        ContactReverted = "contact.reverted",
        ContactErased = "contact.erased",
        ContactDataExported = "contact.data_exported",
        /// A bulk change; its subject is the change's number.
        BulkStarted = "bulk.started",
        BulkUndoStarted = "bulk.undo_started",
        FilterSaved = "filter.saved",
        FilterEdited = "filter.edited",
        FilterDeleted = "filter.deleted",
        /// Its subject is the format.
        ContactsExported = "contacts.exported",
        /// Recorded at the end of an export; its subject is the number of contacts left out.
        ExportLeftOut = "contacts.export_left_out",
        /// Days and substitute of an absence.
        AbsenceEdited = "contact.absence_edited",
        /// Topics and languages.
        ExpertiseEdited = "contact.expertise_edited",
        /// Ids in other systems.
        ExternalIdsEdited = "contact.external_ids_edited",
        /// A person verified that all of the contact's data is right.
        ContactChecked = "contact.checked",
        /// Another contact was merged into this one.
        ContactMerged = "contact.merged",
        /// This contact was merged into another, and is in the trash.
        ContactMergedAway = "contact.merged_away",
        /// The two contacts are separate again.
        MergeUndone = "contact.merge_undone",
        /// Its subject is the number of pairs.
        DuplicatesSearched = "duplicates.searched",
        /// Declared distinct from another contact.
        DuplicateDismissed = "duplicates.dismissed",
        /// No longer declared distinct from another contact.
        DuplicateReopened = "duplicates.reopened",
        NoteAdded = "note.added",
        NoteEdited = "note.edited",
        NoteDeleted = "note.deleted",
        /// A mistake on a contact's page.
        ReportAdded = "report.added",
        ReportFixed = "report.fixed",
        /// The contact was right.
        ReportUnfounded = "report.unfounded",
        OrganizationAdded = "organization.added",
        OrganizationEdited = "organization.edited",
        OrganizationDeleted = "organization.deleted",
        TypeAdded = "contact_type.added",
        TypeEdited = "contact_type.edited",
        TypeDeleted = "contact_type.deleted",
        SourceAdded = "source.added",
        SourceEdited = "source.edited",
        SourceDeleted = "source.deleted",
        TrashEmptied = "trash.emptied",
        ImportStarted = "import.started",
        ImportConfirmed = "import.confirmed",
        ImportCancelled = "import.cancelled",
        ImportApplied = "import.applied",
        ImportUndoStarted = "import.undo_started",
        ImportUndone = "import.undone",
        ImportFileDownloaded = "import.file_downloaded",
        ImportReadAgain = "import.read_again",
        /// Somebody said which fields the columns of a list are.
        ImportMapped = "import.mapped",
        /// Somebody said what a doubtful row means.
        ReviewDecided = "import.review_decided",
        /// Somebody has fixed rejected lines in the page.
        LinesFixed = "import.lines_fixed",
        ProfileAdded = "import_profile.added",
        ProfileEdited = "import_profile.edited",
        ProfileDeleted = "import_profile.deleted",
        SettingsEdited = "settings.edited",
        PhonesReadAgain = "phones.read_again",
        AccountAdded = "account.added",
        AccountEdited = "account.edited",
        PasswordSet = "account.password_set",
        /// A one-time code, with which the owner sets a password.
        AccountCodeGiven = "account.code_given",
        SecondFactorOn = "account.second_factor_on",
        /// By its owner.
        SecondFactorOff = "account.second_factor_off",
        /// By an administrator.
        SecondFactorRemoved = "account.second_factor_removed",
        RecoveryCodesMade = "account.recovery_codes_made",
        RecoveryCodeUsed = "account.recovery_code_used",
        /// A wrong code after the right password.
        SecondFactorFailed = "account.second_factor_failed",
        /// Of the account that is the subject, or of all accounts.
        SessionsEnded = "account.sessions_ended",
        /// A key of a program; its subject is the key's label.
        KeyAdded = "key.added",
        KeyEnded = "key.ended",
        /// Recorded once a day for each reason.
        KeyRefused = "key.refused",
        /// An address that is called when contacts change; its subject is the URL.
        WebhookAdded = "webhook.added",
        WebhookEdited = "webhook.edited",
        WebhookDeleted = "webhook.deleted",
        HistoryExported = "history.exported",
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
        Self { contact: Some(id), ..self }
    }

    pub fn version(self, version: i64) -> Self {
        Self { version: Some(version), ..self }
    }

    pub fn import(self, import: Option<i64>) -> Self {
        Self { import, ..self }
    }

    pub fn subject(self, subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), ..self }
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
