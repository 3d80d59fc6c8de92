//! The page of a bulk change, and its undo.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::action::Action;
use super::form::BulkForm;
use super::state::State;
use super::store::{self, Bulk, ShownBulk};
use crate::book::changed::changed;
use crate::contacts::filter_bar;
use crate::db::Db;
use crate::domain::ChangedContacts;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::jobs::{self, JobFailures, JobSignal};
use crate::web::trouble::trouble_text;
use crate::web::{Account, Context, Form, NoFields, page};

/// How long an answer waits for the job, so that most results are complete when first shown.
const PATIENCE: Duration = Duration::from_secs(2);

/// Waits until the job is finished or [`PATIENCE`] is over.
pub(super) async fn wait(db: &Db, id: i64) -> AppResult<Bulk> {
    let find = async || db.read(move |conn| store::find(conn, id)).await;
    jobs::wait_for(PATIENCE, async || Ok(!find().await?.state.is_running())).await?;
    find().await
}

#[derive(Template)]
#[template(path = "contacts/bulk.html")]
struct BulkPage {
    cx: Context,
    shown: ShownBulk,
    /// The confirmed and the found contacts, if they differed and nothing was changed.
    changed: Option<ChangedContacts>,
    /// The reason why the job makes no progress.
    trouble: Option<String>,
    /// Set if the page refreshes automatically.
    auto: bool,
}

impl BulkPage {
    fn heading(&self) -> String {
        let t = self.cx.t;
        match self.shown.bulk.state {
            State::Done if self.changed.is_some() => fl!(t, "bulk-not-done"),
            State::Gathering | State::Changing => fl!(t, "bulk-running"),
            State::Done => fl!(t, "bulk-done"),
            State::Undoing => fl!(t, "bulk-undoing"),
            State::Undone => fl!(t, "bulk-undone"),
        }
    }

    fn percent(&self) -> i64 {
        let bulk = &self.shown.bulk;
        match bulk.state {
            State::Gathering => 0,
            _ => bulk.done * 100 / bulk.total.max(1),
        }
    }

    fn facts(&self) -> String {
        let t = self.cx.t;
        let date = self.cx.locale.date_time(&self.shown.bulk.created_at);
        let begun = match &self.shown.by {
            Some(by) => fl!(t, "bulk-facts-by", date = date, by = by.as_str()),
            None => fl!(t, "bulk-facts", date = date),
        };
        match &self.shown.undone_by {
            Some(by) => fl!(t, "bulk-facts-undone", facts = begun, by = by.as_str()),
            None => begun,
        }
    }

    fn actions(&self) -> Vec<String> {
        let organization = self.shown.organization.as_deref();
        self.shown.bulk.action.words(self.cx.t, organization)
    }

    /// The URL of the confirmation page, to ask again.
    fn question(&self) -> String {
        let organization = self.shown.organization.as_deref();
        let bulk = &self.shown.bulk;
        BulkForm::of(&bulk.action, organization).question(&bulk.filter)
    }

    fn filter(&self) -> String {
        filter_bar::words(self.cx.t, &self.shown.bulk.filter)
    }

    /// Contacts that already had the wanted values, or were deleted.
    fn unchanged(&self) -> i64 {
        let bulk = &self.shown.bulk;
        bulk.done - bulk.changed
    }

    /// Why contacts were left as they were, at least in part.
    fn refused(&self) -> String {
        let count = self.shown.bulk.kept;
        match self.shown.bulk.action {
            Action::Topics(_) => fl!(self.cx.t, "bulk-count-full", count = count),
            _ => fl!(self.cx.t, "bulk-count-refused", count = count),
        }
    }

    /// Returns `true` if the organization to set no longer exists.
    fn is_impossible(&self) -> bool {
        matches!(self.shown.bulk.action, Action::Organization(Some(_))) && self.shown.organization.is_none()
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct BulkQuery {
    auto: String,
}

/// `GET /contacts/bulk/{id}`
pub async fn show(
    cx: Context,
    db: web::Data<Db>,
    troubles: web::Data<JobFailures>,
    id: web::Path<i64>,
    query: web::Query<BulkQuery>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let t = cx.t;
    let (shown, changed) = db
        .read(move |conn| {
            let shown = store::show(conn, id)?;
            let changed = match (&shown.bulk.expected, &shown.bulk.found) {
                (expected, Some(found)) => changed(conn, t, expected.as_ref(), found)?,
                _ => None,
            };
            Ok((shown, changed))
        })
        .await?;
    let cause = troubles.of(jobs::Kind::BulkChange, id);
    page::ok(&BulkPage {
        auto: query.auto == "2" && shown.bulk.state.is_running(),
        changed,
        trouble: cause.map(|cause| trouble_text(cx.t, &cause)),
        cx,
        shown,
    })
}

/// `POST /contacts/bulk/{id}/undo`
pub async fn undo(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let bulk = db.read(move |conn| store::find(conn, id)).await?;
    cx.require(bulk.action.right())?;
    let begun = db.write(move |conn| store::begin_undo(conn, id, account.id)).await?;
    if begun {
        bell.ring();
        if !wait(&db, id).await?.state.is_running() {
            cx.say(fl!(cx.t, "bulk-undone-flash"));
        }
    }
    Ok(page::see_other(format!("/contacts/bulk/{id}")))
}
