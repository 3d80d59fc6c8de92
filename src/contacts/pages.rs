//! A contact's page: its data, its notes, its history.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::beside::Beside;
use super::expertise::{language_url, topic_url};
use super::list_place::ListPlace;
use super::reports::Reports;
use super::verification::day;
use crate::audit::{self, EntryView};
use crate::audit_log::{self, EntryPresenter};
use crate::base::paging;
use crate::book::contact::{ContactPhone, mailto, mailto_cc};
use crate::book::contact_types::CustomField;
use crate::book::external_ids::{self, ExternalId};
use crate::book::list_address::contact_page_url;
use crate::book::notes::{self, Note};
use crate::book::reports::{KEPT_DAYS, Outcome};
use crate::book::social;
use crate::book::wording::custom_value;
use crate::book::write::{self, Profile};
use crate::db::{Db, account_name_of};
use crate::domain::{CustomKind, Number, Right, Status};
use crate::duplicates::Alike;
use crate::error::{AppError, AppResult};
use crate::favourites::{self, RowExtras};
use crate::i18n::{field_name, fl, status_name};
use crate::web::{Account, Context, FormErrors, form_key, page};

/// Notes and entries of the history that the page shows; there are pages with all of them.
const SHOWN: usize = 5;
const HISTORY_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "contacts/show.html")]
struct ContactPage {
    cx: Context,
    profile: Profile,
    /// `None` if the link did not carry the address of a list.
    place: Option<ListPlace>,
    statuses: Vec<(Status, String)>,
    notes: Vec<Note>,
    more_notes: bool,
    note_form: FormErrors,
    note_typed: String,
    /// Key of the note's form: the same form sent twice adds one note.
    note_key: String,
    history: Vec<EntryView>,
    history_count: i64,
    telling: EntryPresenter,
    beside: RowExtras,
    /// The account that verified it last.
    checked_by: Option<String>,
    alike: Alike,
    reports: Reports,
    external_ids: Vec<ExternalId>,
    /// `true` if there is a source whose id the contact can get.
    has_sources: bool,
    /// `true` if the visit is to be stored among the account's recent contacts.
    is_to_be_noted: bool,
}

impl ContactPage {
    fn label(&self, phone: &ContactPhone<'_>) -> String {
        field_name(self.cx.t, phone.field)
    }

    /// The number to call: the first that can be dialled.
    fn number(&self) -> Option<Number> {
        let phones = self.profile.contact.phones();
        phones.iter().find_map(|phone| phone.numbers().into_iter().next())
    }

    /// The label of the button that moves a field's second number to a free field, or the reason why it cannot be moved.
    fn move_out(&self, phone: &ContactPhone<'_>) -> Result<String, String> {
        let t = self.cx.t;
        let Some((_, number)) = phone.without_second() else {
            return Err(fl!(t, "second-number-by-hand"));
        };
        let Some(field) = self.profile.contact.free_phone(&number) else {
            return Err(fl!(t, "second-number-full"));
        };
        let (number, field) = (number.spoken(), field_name(t, field));
        Ok(fl!(t, "second-number-move", number = number, field = field))
    }

    fn value(&self, field: &CustomField) -> String {
        custom_value(self.cx.locale, field.kind, self.profile.value(field))
    }

    /// The time and the account of the last verification, in words.
    fn checked(&self) -> String {
        let t = self.cx.t;
        let at = self.profile.contact.checked_at;
        match (at.map(|at| day(self.cx.locale, &at)), &self.checked_by) {
            (None, _) => fl!(t, "checked-never"),
            (Some(date), None) => fl!(t, "checked-at", date = date),
            (Some(date), Some(name)) => {
                fl!(t, "checked-by", date = date, name = name.as_str())
            }
        }
    }
}

/// `GET /contacts/{id}`: a deleted contact is shown only to accounts that may delete, and so restore.
pub async fn show(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
) -> AppResult<HttpResponse> {
    let template = load(cx, &db, *id).await?;
    if template.is_to_be_noted {
        favourites::note_opened(&db, account.id, *id);
    }
    page::ok(&template)
}

async fn load(cx: Context, db: &Db, id: i64) -> AppResult<ContactPage> {
    let may_see_deleted = cx.may(Right::ContactDelete);
    let account = cx.account.as_ref().map_or(0, |account| account.id);
    let (
        profile,
        mut notes,
        (mut history, history_count),
        wording,
        (beside, checked_by, alike, reports, external_ids, has_sources, is_to_be_noted),
    ) = db
        .read(move |conn| {
            let profile = write::profile(conn, id)?;
            if profile.contact.deleted_at.is_some() && !may_see_deleted {
                return Err(AppError::NotFound);
            }
            let wanted = audit::store::Wanted { contact: Some(id), ..audit::store::Wanted::default() };
            let contact = &profile.contact;
            let there_is = Beside::load(conn, account, id)?;
            let has_alike = there_is.has_alike || contact.merged_into.is_some();
            let organization = profile.organization.as_deref();
            let around = (
                RowExtras::of(conn, contact, organization, there_is.is_favourite)?,
                account_name_of(conn, contact.checked_by)?,
                if has_alike { Alike::load(conn, contact)? } else { Alike::default() },
                if there_is.has_reports { Reports::load(conn, id)? } else { Reports::none() },
                if there_is.has_external_ids { external_ids::of(conn, &[id])? } else { Vec::new() },
                there_is.has_sources,
                contact.deleted_at.is_none() && !there_is.is_just_opened,
            );
            let limit = SHOWN as i64 + 1;
            let notes = if there_is.has_notes { notes::page(conn, id, None, limit)? } else { Vec::new() };
            let history = audit::store::page(conn, &wanted, None, limit)?;
            let history_count = match history.len() {
                few if few <= SHOWN => few as i64,
                _ => audit::store::count_of(conn, id)?,
            };
            let wording = audit_log::wording(conn, &history)?;
            Ok((profile, notes, (history, history_count), wording, around))
        })
        .await?;
    let place = ListPlace::find(&cx, db, &profile.contact).await?;
    let statuses = profile.contact.statuses().list().into_iter();
    let statuses = statuses.map(|status| (status, status_name(cx.t, &status))).collect();
    let more_notes = notes.len() > SHOWN;
    notes.truncate(SHOWN);
    history.truncate(SHOWN);
    Ok(ContactPage {
        telling: EntryPresenter::of(&cx, wording),
        cx,
        profile,
        place,
        statuses,
        notes,
        more_notes,
        note_form: FormErrors::default(),
        note_typed: String::new(),
        note_key: form_key::fresh(),
        history,
        history_count,
        beside,
        checked_by,
        alike,
        reports,
        external_ids,
        has_sources,
        is_to_be_noted,
    })
}

/// The contact's page again, with a note that cannot be saved as it was typed.
pub async fn refuse_note(
    cx: Context,
    db: &Db,
    id: i64,
    typed: String,
    errors: FormErrors,
) -> AppResult<HttpResponse> {
    let mut template = load(cx, db, id).await?;
    template.note_typed = typed;
    template.note_form = errors;
    page::unprocessable(&template)
}

/// The contact's page again, with a report that cannot be saved as it was typed.
pub async fn refuse_report(
    cx: Context,
    db: &Db,
    id: i64,
    typed: String,
    errors: FormErrors,
) -> AppResult<HttpResponse> {
    let mut template = load(cx, db, id).await?;
    template.reports.typed = typed;
    template.note_form = errors;
    page::unprocessable(&template)
}

#[derive(Debug, Deserialize)]
pub struct HistoryQuery {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "contacts/history.html")]
struct HistoryPage {
    cx: Context,
    profile: Profile,
    history: Vec<EntryView>,
    next: Option<i64>,
    telling: EntryPresenter,
    alike: Alike,
}

/// `GET /contacts/{id}/history`
pub async fn history(
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    query: web::Query<HistoryQuery>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let may_see_deleted = cx.may(Right::ContactDelete);
    let (profile, mut history, wording, alike) = db
        .read(move |conn| {
            let profile = write::profile(conn, id)?;
            let contact = &profile.contact;
            if contact.deleted_at.is_some() && !may_see_deleted {
                // The history of a merged contact is shown as long as the remaining contact is in the book.
                let whole = write::wholes(conn, &[id])?.remove(&id);
                write::find(conn, whole.ok_or(AppError::NotFound)?)?;
            }
            let alike = Alike::load(conn, contact)?;
            let wanted = audit::store::Wanted { contact: Some(id), ..audit::store::Wanted::default() };
            let limit = paging::limit(HISTORY_PAGE);
            let history = audit::store::page(conn, &wanted, query.before, limit)?;
            let wording = audit_log::wording(conn, &history)?;
            Ok((profile, history, wording, alike))
        })
        .await?;
    let next = paging::cut(&mut history, HISTORY_PAGE, |told| told.id);
    page::ok(&HistoryPage { telling: EntryPresenter::of(&cx, wording), cx, profile, history, next, alike })
}
