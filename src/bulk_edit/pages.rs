//! The page that asks for the action on all contacts of a filter, and the confirmation page.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;

use super::action::Action;
use super::form::{BulkForm, Said};
use super::{progress, store};
use crate::book::changed::{Changed, in_words};
use crate::book::contact_query::Selection;
use crate::book::counts::Count;
use crate::book::filter::{Direction, Filter, ListQuery};
use crate::book::list::DECIDED_BOUND;
use crate::contacts::{contacts_in_words, filter_bar};
use crate::db::{AnyConnection, Db};
use crate::domain::{Headcount, Right, Status};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl, status_name};
use crate::jobs::JobSignal;
use crate::web::{Account, Context, Form, FormErrors, flash, form_key, page};

/// Earlier bulk changes that the page links to.
const LATEST: i64 = 5;
/// Up to this number of contacts, the confirmation says how many have no e-mail.
const LOOKED_AT: i64 = 2_000;

#[derive(Template)]
#[template(path = "contacts/bulk_new.html")]
struct NewPage {
    cx: Context,
    errors: FormErrors,
    filter: Filter,
    form: BulkForm,
    /// Contacts of the filter, counted up to [`DECIDED_BOUND`] with several conditions.
    total: Count,
    latest: Vec<(i64, NaiveDateTime)>,
}

impl NewPage {
    fn total_in_words(&self) -> String {
        contacts_in_words(self.cx.t, self.total)
    }
}

#[derive(Template)]
#[template(path = "contacts/bulk_confirm.html")]
struct ConfirmPage {
    cx: Context,
    filter: Filter,
    form: BulkForm,
    action: Action,
    organization: Option<String>,
    who: Headcount,
    /// Contacts without an e-mail, which cannot be Copie or Transfert; `None` if not counted.
    without_email: Option<i64>,
    errors: FormErrors,
    /// Set if the question is asked again because the contacts have changed.
    changed: Option<Changed>,
}

impl ConfirmPage {
    fn button(&self) -> String {
        let (t, count) = (self.cx.t, self.who.count());
        match (self.action == Action::Delete, self.who.is_more_than_most()) {
            (true, true) => fl!(t, "bulk-confirm-delete-all"),
            (true, false) => fl!(t, "bulk-confirm-delete", count = count),
            (false, true) => fl!(t, "bulk-confirm-all"),
            (false, false) => fl!(t, "bulk-confirm", count = count),
        }
    }
}

/// The page that follows from the form.
enum BulkStep {
    /// No action is chosen yet, or the fields have faults.
    Ask(FormErrors),
    Confirm {
        action: Action,
        organization: Option<String>,
        who: Headcount,
        without_email: Option<i64>,
    },
}

fn step(
    conn: &mut AnyConnection,
    t: &Catalogue,
    form: &BulkForm,
    selection: &Selection,
    total: Count,
) -> AppResult<BulkStep> {
    let Said { action, organization } = match form.read(conn, t)? {
        Err(errors) => return Ok(BulkStep::Ask(errors)),
        Ok(Some(said)) if !total.is_zero() => said,
        Ok(_) => return Ok(BulkStep::Ask(FormErrors::default())),
    };
    let are_few = matches!(total, Count::Exact(total) if total <= LOOKED_AT);
    let without_email = if action.needs_email() && are_few {
        let ids = selection.by_name(conn, None, Direction::Forward, LOOKED_AT)?;
        Some(store::count_without_email(conn, &ids)?)
    } else {
        None
    };
    Ok(BulkStep::Confirm { action, organization, who: selection.headcount(conn)?, without_email })
}

/// `GET /contacts/bulk`: empty, or with a chosen action.
pub async fn new(
    cx: Context,
    db: web::Data<Db>,
    list: web::Query<ListQuery>,
    form: web::Query<BulkForm>,
) -> AppResult<HttpResponse> {
    let (filter, _, _) = list.into_inner().read();
    draw(cx, &db, filter, form.into_inner(), None).await
}

/// `before` is the confirmed selection, if the question is asked again.
async fn draw(
    cx: Context,
    db: &Db,
    filter: Filter,
    form: BulkForm,
    before: Option<Headcount>,
) -> AppResult<HttpResponse> {
    let (asked, said, t) = (filter.clone(), form.clone(), cx.t);
    let (total, step, latest, changed) = db
        .read(move |conn| {
            let selection = Selection::of(conn, &asked)?;
            let total = selection.total(conn, DECIDED_BOUND)?;
            let step = step(conn, t, &said, &selection, total)?;
            let changed = match (&step, &before) {
                (BulkStep::Confirm { who, .. }, Some(before)) => Some(Changed::load(conn, t, before, who)?),
                _ => None,
            };
            Ok((total, step, store::latest(conn, LATEST)?, changed))
        })
        .await?;
    match step {
        BulkStep::Ask(errors) => {
            let status = status_of(&errors);
            let page = NewPage { cx, errors, filter, form, total, latest };
            page::with_status(status, &page)
        }
        BulkStep::Confirm { action, .. } if !cx.may(action.right()) => {
            Err(AppError::MissingRight(action.right()))
        }
        BulkStep::Confirm { action, organization, who, without_email } => {
            let errors = changed.as_ref().map_or_else(FormErrors::default, |changed| {
                FormErrors::one("changed", changed.message(cx.t))
            });
            let status = status_of(&errors);
            let page = ConfirmPage {
                cx,
                filter,
                form: BulkForm { form_key: form_key::fresh(), ..form },
                action,
                organization,
                who,
                without_email,
                errors,
                changed,
            };
            page::with_status(status, &page)
        }
    }
}

fn status_of(errors: &FormErrors) -> StatusCode {
    if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// `POST /contacts/bulk`
pub async fn create(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    Form(form): Form<BulkForm>,
) -> AppResult<HttpResponse> {
    let filter = Filter::parse(&form.query);
    let (t, said) = (cx.t, form.clone());
    let read = db.read(move |conn| form.read(conn, t)).await?;
    let Ok(Some(Said { action, .. })) = read else {
        // The organization no longer exists: the page says so.
        return draw(cx, &db, filter, said, None).await;
    };
    if !cx.may(action.right()) {
        return Err(AppError::MissingRight(action.right()));
    }
    let form_key =
        form_key::read(&said.form_key).ok_or(AppError::BadRequest("a bulk change without its key"))?;
    let Some(expected) = said.expected() else {
        // The form does not say which contacts were confirmed, so the question is asked.
        return draw(cx, &db, filter, said, None).await;
    };
    let asked = filter.clone();
    let id =
        db.write(move |conn| store::begin(conn, &action, &asked, &expected, &form_key, account.id)).await?;
    bell.ring();
    let bulk = progress::wait(&db, id).await?;
    if bulk.found.is_some() {
        return draw(cx, &db, filter, said, bulk.expected).await;
    }
    if !bulk.state.is_running() {
        flash::set(&session, fl!(cx.t, "bulk-done-flash"));
    }
    Ok(page::see_other(format!("/contacts/bulk/{id}")))
}
