//! The data of a contact from all tables.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use crate::audit::{self, EntryView, Kind};
use crate::book::external_ids::{self, ExternalId};
use crate::book::notes::{self, Note};
use crate::book::reports::{self, Report};
use crate::book::write::{self, Profile};
use crate::book::{absences, aliases, contact_types};
use crate::db::{AnyConnection, account_name_of};
use crate::domain::CUSTOM;
use crate::duplicates::{self, FormerContact};
use crate::erasure;
use crate::error::{AppError, AppResult};
use crate::favourites;
use crate::imports::reviews::{self, WaitingRow};

/// A contact's data from all tables.
pub struct PersonalData {
    pub profile: Profile,
    /// Values of fields that the contact does not have now, because its type changed or the field is switched off; by the name of
    /// the control.
    pub former_fields: BTreeMap<String, String>,
    pub notes: Vec<Note>,
    pub reports: Vec<Report>,
    pub history: Vec<EntryView>,
    pub checked_by: Option<String>,
    /// E-mails that the contact, or a contact merged into it, had before.
    pub former_emails: Vec<String>,
    pub external_ids: Vec<ExternalId>,
    /// The contacts that were merged into it.
    pub merged: Vec<FormerContact>,
    /// The contacts that have it as substitute.
    pub stands_in_for: Vec<i64>,
    /// The accounts that opened it last, and those that have it among their favourites, with the times.
    pub opened_by: Vec<(String, NaiveDateTime)>,
    pub kept_by: Vec<(String, NaiveDateTime)>,
    /// Doubtful rows of lists that may mean the person, while they wait for a decision.
    pub waiting: Vec<WaitingRow>,
}

impl PersonalData {
    /// # Errors
    /// [`AppError::NotFound`], also for a deleted contact unless `may_see_deleted`.
    pub fn load(conn: &mut AnyConnection, id: i64, may_see_deleted: bool) -> AppResult<Self> {
        let profile = write::profile(conn, id)?;
        if profile.contact.deleted_at.is_some() && !may_see_deleted {
            return Err(AppError::NotFound);
        }
        let details = profile.details();
        let former_fields = contact_types::values(conn, id)?
            .into_iter()
            .filter(|(key, _)| details.custom(key).is_empty())
            .map(|(key, value)| (format!("{CUSTOM}{key}"), value))
            .collect();
        let wanted = audit::store::Wanted { contact: Some(id), ..audit::store::Wanted::default() };
        let mut former_emails: Vec<String> =
            aliases::former_emails(conn, &[id])?.into_iter().map(|(_, email)| email).collect();
        for email in aliases::erased_emails(conn, id)? {
            if !former_emails.contains(&email) {
                former_emails.push(email);
            }
        }
        let (people, marks) = erasure::marks_of(conn, id)?;
        Ok(Self {
            checked_by: account_name_of(conn, profile.contact.checked_by)?,
            former_emails,
            external_ids: external_ids::of(conn, &[id])?,
            merged: duplicates::former(conn, id)?,
            stands_in_for: absences::stands_in_for(conn, id)?,
            opened_by: favourites::opened_by(conn, id)?,
            kept_by: favourites::kept_by(conn, id)?,
            waiting: reviews::naming(conn, &people, &marks)?,
            profile,
            former_fields,
            notes: notes::page(conn, id, None, i64::MAX)?,
            reports: reports::of_contact(conn, id, i64::MAX)?,
            history: audit::store::page(conn, &wanted, None, i64::MAX)?,
        })
    }

    /// The account that added the contact by its form. `None` if an import created it, or if it is older than the history.
    pub fn created_by(&self) -> Option<&str> {
        let first = self.history.last()?;
        match first.kind {
            Some(Kind::ContactAdded) => first.by.as_deref(),
            _ => None,
        }
    }
}
