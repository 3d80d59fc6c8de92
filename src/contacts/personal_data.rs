//! All personal data that the book has of one contact, as a page and as a file to hand over.

use std::collections::BTreeMap;

use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{NaiveDate, NaiveDateTime, SecondsFormat};
use serde::Serialize;

use crate::audit::{self, Entry, EntryView, Kind};
use crate::audit_log::{self, EntryPresenter};
use crate::base::clock;
use crate::book::contact::Contact;
use crate::book::external_ids::{self, ExternalId};
use crate::book::notes::{self, Note};
use crate::book::reports::{self, Outcome, Report};
use crate::book::write::{self, Profile};
use crate::book::{absences, aliases, contact_types};
use crate::db::{AnyConnection, Db, account_name_of};
use crate::domain::{CUSTOM, Change, EXTERNAL_ID, Field, Right, Status};
use crate::duplicates::{self, FormerContact};
use crate::error::{AppError, AppResult};
use crate::favourites;
use crate::i18n::fl;
use crate::web::{Account, Context, page};

/// Notes, reports and entries of the history that the page shows; the file has all of them.
const SHOWN: usize = 50;

/// A contact's data from all tables.
struct PersonalData {
    profile: Profile,
    /// Values of fields that the contact does not have now, because its type changed or the field is switched off; by the name of
    /// the control.
    former_fields: BTreeMap<String, String>,
    notes: Vec<Note>,
    reports: Vec<Report>,
    history: Vec<EntryView>,
    checked_by: Option<String>,
    /// E-mails that the contact, or a contact merged into it, had before.
    former_emails: Vec<String>,
    external_ids: Vec<ExternalId>,
    /// The contacts that were merged into it.
    merged: Vec<FormerContact>,
    /// The contacts that have it as substitute.
    stands_in_for: Vec<i64>,
    /// The accounts that opened it last, and those that have it among their favourites, with the times.
    opened_by: Vec<(String, NaiveDateTime)>,
    kept_by: Vec<(String, NaiveDateTime)>,
}

impl PersonalData {
    /// # Errors
    /// [`AppError::NotFound`], also for a deleted contact unless `may_see_deleted`.
    fn load(conn: &mut AnyConnection, id: i64, may_see_deleted: bool) -> AppResult<Self> {
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
        Ok(Self {
            checked_by: account_name_of(conn, profile.contact.checked_by)?,
            former_emails,
            external_ids: external_ids::of(conn, &[id])?,
            merged: duplicates::former(conn, id)?,
            stands_in_for: absences::stands_in_for(conn, id)?,
            opened_by: favourites::opened_by(conn, id)?,
            kept_by: favourites::kept_by(conn, id)?,
            profile,
            former_fields,
            notes: notes::page(conn, id, None, i64::MAX)?,
            reports: reports::of_contact(conn, id, i64::MAX)?,
            history: audit::store::page(conn, &wanted, None, i64::MAX)?,
        })
    }

    /// The account that added the contact by its form. `None` if an import created it, or if it is older than the history.
    fn created_by(&self) -> Option<&str> {
        let first = self.history.last()?;
        match first.kind {
            Some(Kind::ContactAdded) => first.by.as_deref(),
            _ => None,
        }
    }
}

#[derive(Template)]
#[template(path = "contacts/data.html")]
struct DataPage {
    cx: Context,
    profile: Profile,
    details: Vec<(String, String)>,
    former: Vec<(String, String)>,
    e164: Vec<(String, String)>,
    created_by: Option<String>,
    notes: Vec<Note>,
    notes_count: i64,
    reports: Vec<Report>,
    reports_count: i64,
    history: Vec<EntryView>,
    history_count: i64,
    telling: EntryPresenter,
}

/// `GET /contacts/{id}/data`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let may_see_deleted = cx.may(Right::ContactDelete);
    let (mut data, wording) = db
        .read(move |conn| {
            let data = PersonalData::load(conn, *id, may_see_deleted)?;
            let substitute = data.profile.contact.substitute_id;
            let wording = audit_log::wording(conn, &data.history, substitute)?;
            Ok((data, wording))
        })
        .await?;
    let told = |name: &str, value: &str| (wording.label(cx.t, name), wording.value(cx.locale, name, value));
    let details = data.profile.details();
    let details = details
        .iter()
        .map(|(name, value)| told(&name, value))
        .chain(beside_details(&data.profile.contact).iter().map(|(name, value)| told(name, value)))
        .chain(
            data.external_ids
                .iter()
                .map(|known| told(&format!("{EXTERNAL_ID}{}", known.source.name), &known.value)),
        )
        .chain(data.former_emails.iter().map(|email| (fl!(cx.t, "data-former-email"), email.clone())))
        .collect();
    let former = data.former_fields.iter().map(|(name, value)| told(name, value)).collect();
    let phones = data.profile.contact.phones();
    let e164 = phones.iter().filter_map(|phone| Some(told(phone.field.form_name(), phone.e164?))).collect();
    let created_by = data.created_by().map(str::to_owned);
    let (notes_count, history_count) = (data.notes.len() as i64, data.history.len() as i64);
    let reports_count = data.reports.len() as i64;
    data.notes.truncate(SHOWN);
    data.reports.truncate(SHOWN);
    data.history.truncate(SHOWN);
    page::ok(&DataPage {
        details,
        former,
        e164,
        created_by,
        notes: data.notes,
        notes_count,
        reports: data.reports,
        reports_count,
        history: data.history,
        history_count,
        profile: data.profile,
        telling: EntryPresenter::of(&cx, wording),
        cx,
    })
}

/// The values that other forms than the contact's own have set, by the names that the history uses.
fn beside_details(contact: &Contact) -> BTreeMap<&'static str, String> {
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    let substitute = contact.substitute_id;
    [
        ("absent_from", day(contact.absent_from)),
        ("absent_until", day(contact.absent_until)),
        ("substitute", substitute.map_or_else(String::new, |id| id.to_string())),
        ("topics", contact.topics.clone()),
        ("languages", contact.languages.clone()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect()
}

/// `GET /contacts/{id}/data.json`: the file to hand over. The download is recorded in the history.
pub async fn download(
    method: Method,
    account: Account,
    db: web::Data<Db>,
    id: web::Path<i64>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let by = account.name().to_owned();
    let body = db
        .read_unhurried(move |conn| {
            let data = PersonalData::load(conn, id, account.role.has(Right::ContactDelete))?;
            Ok(serde_json::to_string_pretty(&File::of(&data, &by))?)
        })
        .await?;
    if method == Method::GET {
        let entry = Entry::new(Kind::ContactDataExported, Some(account.id)).contact(id);
        db.write(move |conn| audit::record(conn, &[entry])).await?;
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"contact-{id}.json\"")))
        .body(body))
}

/// The file. Its field names are a contract: names may be added, never renamed. Times are ISO 8601 in UTC; values have the names
/// that the form and the history use, and a ticked box is `on`.
#[derive(Serialize)]
struct File<'a> {
    exported_at: String,
    exported_by: &'a str,
    contact: FileContact<'a>,
    notes: Vec<FileNote<'a>>,
    reports: Vec<FileReport<'a>>,
    history: Vec<FileEntry<'a>>,
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

#[derive(Serialize)]
struct FileEntry<'a> {
    at: String,
    by: Option<&'a str>,
    what: Option<&'static str>,
    import: Option<&'a str>,
    changes: &'a [Change],
}

impl<'a> File<'a> {
    fn of(data: &'a PersonalData, exported_by: &'a str) -> Self {
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
