//! All personal data that the book has of one contact, as a page and as a file to hand over.

mod file;
mod loaded;

use std::collections::BTreeMap;

use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;

use self::file::File;
use self::loaded::PersonalData;
use crate::audit::{self, Entry, EntryView, Kind};
use crate::audit_log::{self, EntryPresenter};
use crate::book::contact::Contact;
use crate::book::notes::Note;
use crate::book::reports::{Outcome, Report};
use crate::book::wording::Wording;
use crate::book::write::Profile;
use crate::db::Db;
use crate::domain::{EXTERNAL_ID, Right};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Context, page};

/// Notes, reports and entries of the history that the page shows; the file has all of them.
const SHOWN: usize = 50;

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
    waiting: Vec<ShownRow>,
    waiting_count: i64,
    telling: EntryPresenter,
}

/// A doubtful row of a list, in words.
struct ShownRow {
    import: String,
    line: i64,
    values: Vec<(String, String)>,
}

/// `GET /contacts/{id}/data`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let may_see_deleted = cx.may(Right::ContactDelete);
    let (mut data, wording) = db
        .read(move |conn| {
            let data = PersonalData::load(conn, *id, may_see_deleted)?;
            let substitute = data.profile.contact.substitute_id;
            let substitutes = audit_log::substitutes(&data.history).chain(substitute).collect();
            let wording = Wording::naming(conn, substitutes, true)?;
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
    let waiting_count = data.waiting.len() as i64;
    data.waiting.truncate(SHOWN);
    let waiting = data.waiting.into_iter().map(|row| ShownRow {
        values: row.values.iter().map(|(name, value)| told(name, value)).collect(),
        import: row.import,
        line: row.line,
    });
    let waiting = waiting.collect();
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
        waiting,
        waiting_count,
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
