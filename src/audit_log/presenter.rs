use crate::audit::{EntryView, Kind};
use crate::book::wording::Wording;
use crate::db::AnyConnection;
use crate::domain::{CUSTOM, Change};
use crate::error::AppResult;
use crate::i18n::{Catalogue, Locale, fl};
use crate::web::Context;

/// The wording for the values of these entries. The fields of contact types are only loaded if an entry has one.
pub fn wording(conn: &mut AnyConnection, entries: &[EntryView]) -> AppResult<Wording> {
    let mut changes = entries.iter().flat_map(|told| &told.changes);
    let has_customs = changes.any(|change| change.field.starts_with(CUSTOM));
    Wording::naming(conn, substitutes(entries).collect(), has_customs)
}

/// The ids of the substitutes in these entries.
pub fn substitutes(entries: &[EntryView]) -> impl Iterator<Item = i64> {
    let changes = entries.iter().flat_map(|told| &told.changes);
    let of_substitutes = changes.filter(|change| change.field == "substitute");
    of_substitutes.flat_map(|change| [&change.old, &change.new]).filter_map(|id| id.parse().ok())
}

/// The words for entries, in the reader's language.
pub struct EntryPresenter {
    locale: Locale,
    t: &'static Catalogue,
    wording: Wording,
}

impl EntryPresenter {
    pub fn of(cx: &Context, wording: Wording) -> Self {
        Self::new(cx.locale, wording)
    }

    pub fn new(locale: Locale, wording: Wording) -> Self {
        Self { locale, t: locale.catalogue(), wording }
    }

    /// The action of an entry.
    pub fn what(&self, told: &EntryView) -> String {
        match told.kind {
            Some(kind) => kind_name(self.t, kind),
            None => fl!(self.t, "history-unknown"),
        }
    }

    /// The author of an entry.
    pub fn who(&self, told: &EntryView) -> String {
        told.by.clone().unwrap_or_else(|| fl!(self.t, "history-by-itself"))
    }

    /// The name of the entry's object, if it has one.
    pub fn subject(&self, told: &EntryView) -> String {
        let counts = told
            .subject
            .split_once('/')
            .and_then(|(read, changed)| Some((read.parse::<i64>().ok()?, changed.parse::<i64>().ok()?)));
        match (told.kind, counts) {
            (Some(Kind::ContactsExported), _) => match told.subject.as_str() {
                "xlsx" => fl!(self.t, "history-export-xlsx"),
                "strict" => fl!(self.t, "history-export-strict"),
                "vcard" => fl!(self.t, "history-export-vcard"),
                "html" => fl!(self.t, "history-export-html"),
                _ => fl!(self.t, "history-export-full"),
            },
            (Some(Kind::PhonesReadAgain), Some((read, changed))) => {
                fl!(self.t, "history-phones-counts", read = read, changed = changed)
            }
            _ => told.subject.clone(),
        }
    }

    pub fn label(&self, change: &Change) -> String {
        self.wording.label(self.t, &change.field)
    }

    pub fn before(&self, change: &Change) -> String {
        self.wording.value(self.locale, &change.field, &change.old)
    }

    pub fn after(&self, change: &Change) -> String {
        self.wording.value(self.locale, &change.field, &change.new)
    }
}

pub fn kind_name(t: &Catalogue, kind: Kind) -> String {
    match kind {
        Kind::ContactAdded => fl!(t, "history-contact-added"),
        Kind::ContactEdited => fl!(t, "history-contact-edited"),
        Kind::ContactDeleted => fl!(t, "history-contact-deleted"),
        Kind::ContactRestored => fl!(t, "history-contact-restored"),
        Kind::ContactWithdrawn => fl!(t, "history-contact-withdrawn"),
        Kind::ContactReverted => fl!(t, "history-contact-reverted"),
        Kind::ContactErased => fl!(t, "history-contact-erased"),
        Kind::ContactDataExported => fl!(t, "history-contact-data-exported"),
        Kind::BulkStarted => fl!(t, "history-bulk-started"),
        Kind::BulkUndoStarted => fl!(t, "history-bulk-undo-started"),
        Kind::FilterSaved => fl!(t, "history-filter-saved"),
        Kind::FilterEdited => fl!(t, "history-filter-edited"),
        Kind::FilterDeleted => fl!(t, "history-filter-deleted"),
        Kind::ContactsExported => fl!(t, "history-contacts-exported"),
        Kind::ExportLeftOut => fl!(t, "history-export-left-out"),
        Kind::AbsenceEdited => fl!(t, "history-absence-edited"),
        Kind::ExpertiseEdited => fl!(t, "history-expertise-edited"),
        Kind::ExternalIdsEdited => fl!(t, "history-external-ids-edited"),
        Kind::ContactChecked => fl!(t, "history-contact-checked"),
        Kind::ContactMerged => fl!(t, "history-contact-merged"),
        Kind::ContactMergedAway => fl!(t, "history-contact-merged-away"),
        Kind::MergeUndone => fl!(t, "history-merge-undone"),
        Kind::DuplicatesSearched => fl!(t, "history-duplicates-searched"),
        Kind::DuplicateDismissed => fl!(t, "history-duplicate-dismissed"),
        Kind::DuplicateReopened => fl!(t, "history-duplicate-reopened"),
        Kind::NoteAdded => fl!(t, "history-note-added"),
        Kind::NoteEdited => fl!(t, "history-note-edited"),
        Kind::NoteDeleted => fl!(t, "history-note-deleted"),
        Kind::ReportAdded => fl!(t, "history-report-added"),
        Kind::ReportFixed => fl!(t, "history-report-fixed"),
        Kind::ReportUnfounded => fl!(t, "history-report-unfounded"),
        Kind::OrganizationAdded => fl!(t, "history-organization-added"),
        Kind::OrganizationEdited => fl!(t, "history-organization-edited"),
        Kind::OrganizationDeleted => fl!(t, "history-organization-deleted"),
        Kind::TypeAdded => fl!(t, "history-type-added"),
        Kind::TypeEdited => fl!(t, "history-type-edited"),
        Kind::TypeDeleted => fl!(t, "history-type-deleted"),
        Kind::SourceAdded => fl!(t, "history-source-added"),
        Kind::SourceEdited => fl!(t, "history-source-edited"),
        Kind::SourceDeleted => fl!(t, "history-source-deleted"),
        Kind::TrashEmptied => fl!(t, "history-trash-emptied"),
        Kind::ImportStarted => fl!(t, "history-import-started"),
        Kind::ImportConfirmed => fl!(t, "history-import-confirmed"),
        Kind::ImportCancelled => fl!(t, "history-import-cancelled"),
        Kind::ImportApplied => fl!(t, "history-import-applied"),
        Kind::ImportUndoStarted => fl!(t, "history-import-undo-started"),
        Kind::ImportUndone => fl!(t, "history-import-undone"),
        Kind::ImportFileDownloaded => fl!(t, "history-import-file-downloaded"),
        Kind::ImportReadAgain => fl!(t, "history-import-read-again"),
        Kind::ImportMapped => fl!(t, "history-import-mapped"),
        Kind::ReviewDecided => fl!(t, "history-review-decided"),
        Kind::LinesFixed => fl!(t, "history-lines-fixed"),
        Kind::ProfileAdded => fl!(t, "history-profile-added"),
        Kind::ProfileEdited => fl!(t, "history-profile-edited"),
        Kind::ProfileDeleted => fl!(t, "history-profile-deleted"),
        Kind::SettingsEdited => fl!(t, "history-settings-edited"),
        Kind::PhonesReadAgain => fl!(t, "history-phones-read-again"),
        Kind::AccountAdded => fl!(t, "history-account-added"),
        Kind::AccountEdited => fl!(t, "history-account-edited"),
        Kind::PasswordSet => fl!(t, "history-password-set"),
        Kind::AccountCodeGiven => fl!(t, "history-account-code-given"),
        Kind::SecondFactorOn => fl!(t, "history-second-factor-on"),
        Kind::SecondFactorOff => fl!(t, "history-second-factor-off"),
        Kind::SecondFactorRemoved => fl!(t, "history-second-factor-removed"),
        Kind::RecoveryCodesMade => fl!(t, "history-recovery-codes-made"),
        Kind::RecoveryCodeUsed => fl!(t, "history-recovery-code-used"),
        Kind::SecondFactorFailed => fl!(t, "history-second-factor-failed"),
        Kind::SessionsEnded => fl!(t, "history-sessions-ended"),
        Kind::KeyAdded => fl!(t, "history-key-added"),
        Kind::KeyEnded => fl!(t, "history-key-ended"),
        Kind::KeyRefused => fl!(t, "history-key-refused"),
        Kind::WebhookAdded => fl!(t, "history-webhook-added"),
        Kind::WebhookEdited => fl!(t, "history-webhook-edited"),
        Kind::WebhookDeleted => fl!(t, "history-webhook-deleted"),
        Kind::HistoryExported => fl!(t, "history-exported"),
    }
}
