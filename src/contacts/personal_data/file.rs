//! The file to hand over.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, SecondsFormat};
use serde::Serialize;

use super::beside_details;
use super::loaded::PersonalData;
use crate::audit::Kind;
use crate::base::clock;
use crate::book::reports::Report;
use crate::domain::{Change, Field, Status};
use crate::imports::reviews::WaitingRow;

/// The file. Its field names are a contract: names may be added, never renamed. Times are ISO 8601 in UTC; values have the names
/// that the form and the history use, and a ticked box is `on`.
#[derive(Serialize)]
pub struct File<'a> {
    exported_at: String,
    exported_by: &'a str,
    contact: FileContact<'a>,
    notes: Vec<FileNote<'a>>,
    reports: Vec<FileReport<'a>>,
    history: Vec<FileEntry<'a>>,
    waiting_rows: Vec<FileRow<'a>>,
}

#[derive(Serialize)]
struct FileContact<'a> {
    id: i64,
    version: i64,
    details: BTreeMap<String, String>,
    former_fields: &'a BTreeMap<String, String>,
    statuses: Vec<&'static str>,
    phones_e164: BTreeMap<&'static str, &'a str>,
    created_at: String,
    created_by: Option<&'a str>,
    created_by_import: Option<&'a str>,
    last_import: Option<&'a str>,
    updated_at: String,
    updated_by: Option<&'a str>,
    deleted_at: Option<String>,
    checked_at: Option<String>,
    checked_by: Option<&'a str>,
    /// The ids of the contacts that have it as substitute.
    stands_in_for: &'a [i64],
    former_emails: &'a [String],
    external_ids: Vec<FileExternalId<'a>>,
    merged: Vec<FileMerged>,
    opened_by: Vec<FileAccount<'a>>,
    kept_by: Vec<FileAccount<'a>>,
}

/// A contact that was merged into this one, with its former values except the e-mail.
#[derive(Serialize)]
struct FileMerged {
    id: i64,
    at: String,
    details: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct FileExternalId<'a> {
    source: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct FileAccount<'a> {
    account: &'a str,
    at: String,
}

#[derive(Serialize)]
struct FileNote<'a> {
    author: &'a str,
    created_at: String,
    edited_at: Option<String>,
    text: &'a str,
}

/// A reported mistake, with its answer if it has one.
#[derive(Serialize)]
struct FileReport<'a> {
    author: &'a str,
    created_at: String,
    text: &'a str,
    outcome: Option<&'static str>,
    answer: Option<&'a str>,
    answered_by: Option<&'a str>,
    answered_at: Option<String>,
}

impl<'a> FileReport<'a> {
    fn of(report: &'a Report) -> Self {
        let answer = report.answer.as_ref();
        Self {
            author: &report.author,
            created_at: iso(report.created_at),
            text: &report.text,
            outcome: answer.map(|answer| answer.outcome.as_str()),
            answer: answer.map(|answer| answer.text.as_str()),
            answered_by: answer.map(|answer| answer.by.as_str()),
            answered_at: answer.map(|answer| iso(answer.at)),
        }
    }
}

/// A doubtful row of a list that may mean the contact, and waits for a decision.
#[derive(Serialize)]
struct FileRow<'a> {
    import: &'a str,
    line: i64,
    since: String,
    until: Option<String>,
    details: BTreeMap<&'a str, &'a str>,
}

impl<'a> FileRow<'a> {
    fn of(row: &'a WaitingRow) -> Self {
        Self {
            import: &row.import,
            line: row.line,
            since: iso(row.since),
            until: row.until.map(iso),
            details: row.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        }
    }
}

#[derive(Serialize)]
struct FileEntry<'a> {
    at: String,
    by: Option<&'a str>,
    what: Option<&'static str>,
    import: Option<&'a str>,
    changes: &'a [Change],
}

impl<'a> File<'a> {
    pub fn of(data: &'a PersonalData, exported_by: &'a str) -> Self {
        let notes = data.notes.iter().map(|note| FileNote {
            author: &note.author,
            created_at: iso(note.created_at),
            edited_at: note.edited_at.map(iso),
            text: &note.text,
        });
        let history = data.history.iter().map(|told| FileEntry {
            at: iso(told.at),
            by: told.by.as_deref(),
            what: told.kind.map(Kind::as_str),
            import: told.import.as_ref().map(|(_, name)| name.as_str()),
            changes: &told.changes,
        });
        Self {
            exported_at: iso(clock::now()),
            exported_by,
            contact: FileContact::of(data),
            notes: notes.collect(),
            reports: data.reports.iter().map(FileReport::of).collect(),
            history: history.collect(),
            waiting_rows: data.waiting.iter().map(FileRow::of).collect(),
        }
    }
}

impl<'a> FileContact<'a> {
    fn of(data: &'a PersonalData) -> Self {
        let profile = &data.profile;
        let contact = &profile.contact;
        let details = profile.details();
        let statuses = contact.statuses().list();
        Self {
            id: contact.id,
            version: contact.version,
            details: details
                .iter()
                .map(|(name, value)| (name, value.to_owned()))
                .chain(beside_details(contact).into_iter().map(|(name, value)| (name.to_owned(), value)))
                .collect(),
            former_fields: &data.former_fields,
            statuses: statuses.into_iter().map(Status::as_str).collect(),
            phones_e164: contact
                .phones()
                .into_iter()
                .filter_map(|phone| Some((Field::form_name(phone.field), phone.e164?)))
                .collect(),
            created_at: iso(contact.created_at),
            created_by: data.created_by(),
            created_by_import: profile.created_import.as_deref(),
            last_import: profile.import.as_deref(),
            updated_at: iso(contact.updated_at),
            updated_by: profile.updated_by.as_deref(),
            deleted_at: contact.deleted_at.map(iso),
            checked_at: contact.checked_at.map(iso),
            checked_by: data.checked_by.as_deref(),
            stands_in_for: &data.stands_in_for,
            former_emails: &data.former_emails,
            external_ids: data
                .external_ids
                .iter()
                .map(|known| FileExternalId { source: &known.source.name, id: &known.value })
                .collect(),
            merged: data
                .merged
                .iter()
                .map(|former| FileMerged {
                    id: former.contact.id,
                    at: iso(former.at),
                    details: former
                        .contact
                        .details()
                        .iter()
                        .map(|(name, value)| (name, value.to_owned()))
                        .collect(),
                })
                .collect(),
            opened_by: file_accounts(&data.opened_by),
            kept_by: file_accounts(&data.kept_by),
        }
    }
}

fn file_accounts(accounts: &[(String, NaiveDateTime)]) -> Vec<FileAccount<'_>> {
    accounts.iter().map(|(account, at)| FileAccount { account, at: iso(*at) }).collect()
}

fn iso(utc: NaiveDateTime) -> String {
    utc.and_utc().to_rfc3339_opts(SecondsFormat::Micros, true)
}
