//! The classification of database errors.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use super::AppError;

/// The unique constraints whose violation is a message to a person, not a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    AccountName,
    ContactEmail,
    ContactForm,
    ExternalId,
    ImportName,
    ImportProfileName,
    OrganizationName,
    ContactTypeName,
    DoneRequest,
    FieldKey,
    FieldLabel,
    NoteForm,
    NumberBlock,
    ReportForm,
    SavedFilterName,
    SourceName,
    WebhookUrl,
}

impl Constraint {
    /// Finds the constraint: SQLite's message ends with the column's name, PostgreSQL gives the index's name.
    fn of(information: &dyn DatabaseErrorInformation) -> Option<Self> {
        [
            (Self::AccountName, "accounts.username_key", "accounts_username_key_key"),
            (Self::ContactEmail, "contacts.email_key", "contacts_email_key_key"),
            (Self::ContactForm, "contacts.form_key", "contacts_form_key"),
            (Self::DoneRequest, "done_requests.request", "done_requests_pkey"),
            (Self::ExternalId, "contact_external_ids.value", "contact_external_ids_source_id_value_key"),
            (Self::SourceName, "sources.name_key", "sources_name_key_key"),
            (Self::WebhookUrl, "webhooks.url", "webhooks_url_key"),
            (Self::NoteForm, "notes.form_key", "notes_form_key_key"),
            (Self::ReportForm, "reports.form_key", "reports_form_key"),
            (Self::ImportName, "imports.name_key", "imports_name"),
            (Self::ImportProfileName, "import_profiles.name_key", "import_profiles_name_key_key"),
            (Self::SavedFilterName, "saved_filters.name_key", "saved_filters_own"),
            (Self::SavedFilterName, "saved_filters.name_key", "saved_filters_shared"),
            (Self::NumberBlock, "number_blocks.prefix", "number_blocks_pkey"),
            (Self::OrganizationName, "organizations.name_key", "organizations_name_key_key"),
            (Self::ContactTypeName, "contact_types.name_key", "contact_types_name_key_key"),
            (Self::FieldLabel, "contact_type_fields.label_key", "contact_type_fields_type_id_label_key_key"),
            (Self::FieldKey, "contact_type_fields.key", "contact_type_fields_key_key"),
        ]
        .into_iter()
        .find(|(_, column, index)| {
            information.constraint_name() == Some(index) || information.message().ends_with(column)
        })
        .map(|(constraint, ..)| constraint)
    }
}

/// Messages of a full disk: SQLite's, and those of PostgreSQL's error 53100 in the server's languages, because diesel does not
/// give the error's code. When SQLite reports a full disk only as a failed read or write, `Db` finds out by itself.
const FULL: [&str; 3] =
    ["database or disk is full", "No space left on device", "Aucun espace disponible sur le périphérique"];

/// Converts a diesel error: nothing found, a name taken, a database that is unreachable or full, or a fault of the program.
pub fn classify(error: Error) -> AppError {
    if let Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = &error
        && let Some(constraint) = Constraint::of(information.as_ref())
    {
        return AppError::Taken(constraint);
    }
    match &error {
        Error::NotFound => AppError::NotFound,
        Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => AppError::Gone,
        Error::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
            _,
        )
        | Error::BrokenTransactionManager => AppError::Unavailable(error.into()),
        Error::DatabaseError(_, information) => {
            let message = information.message();
            if FULL.iter().any(|words| message.contains(words)) {
                AppError::StorageFull(error.into())
            } else if message.contains("database is locked") || message.contains("deadlock") {
                AppError::Unavailable(error.into())
            } else {
                AppError::Internal(error.into())
            }
        }
        _ => AppError::Internal(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(message: &str) -> AppError {
        let information = Box::new(message.to_owned());
        classify(Error::DatabaseError(DatabaseErrorKind::Unknown, information))
    }

    #[test]
    fn a_full_disk_is_told_in_the_words_of_each_database() {
        for message in [
            "database or disk is full",
            "could not extend file \"base/5/16397\": No space left on device",
            "n'a pas pu étendre le fichier « base/5/16397 » : Aucun espace disponible sur le périphérique",
        ] {
            assert!(matches!(sorted(message), AppError::StorageFull(_)), "{message}");
        }
        assert!(matches!(sorted("disk I/O error"), AppError::Internal(_)));
        assert!(matches!(sorted("interblocage (deadlock) détecté"), AppError::Unavailable(_)));
    }
}
