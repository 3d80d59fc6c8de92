//! The page that asks for the action on all contacts of a filter, and the confirmation page.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;

use super::action::Action;
use super::form::{BulkForm, Said};
use super::{progress, store};
use crate::book::changed::{changed, in_words};
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
use crate::web::{Account, Confirm, Context, Form, FormErrors, form_key, page};

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

/// What the form asks for, to be confirmed.
struct Plan {
    said: Said,
    who: Headcount,
    /// Contacts without an e-mail, which cannot be Copie or Transfert; `None` if not counted.
    without_email: Option<i64>,
}

/// Reads the form. Without a plan, no action is chosen yet, or the fields have faults.
fn plan(
    conn: &mut AnyConnection,
    t: &Catalogue,
    form: &BulkForm,
    selection: &Selection,
    total: Count,
) -> AppResult<Result<Plan, FormErrors>> {
    let said = match form.read(conn, t)? {
        Err(errors) => return Ok(Err(errors)),
        Ok(Some(said)) if !total.is_zero() => said,
        Ok(_) => return Ok(Err(FormErrors::default())),
    };
    let are_few = matches!(total, Count::Exact(total) if total <= LOOKED_AT);
    let without_email = if said.action.needs_email() && are_few {
        let ids = selection.by_name(conn, None, Direction::Forward, LOOKED_AT)?;
        Some(store::count_without_email(conn, &ids)?)
    } else {
        None
    };
    Ok(Ok(Plan { said, who: selection.headcount(conn)?, without_email }))
}

impl Plan {
    fn button(&self, t: &Catalogue) -> String {
        let count = self.who.count();
        match (self.said.action == Action::Delete, self.who.is_more_than_most()) {
            (true, true) => fl!(t, "bulk-confirm-delete-all"),
            (true, false) => fl!(t, "bulk-confirm-delete", count = count),
            (false, true) => fl!(t, "bulk-confirm-all"),
            (false, false) => fl!(t, "bulk-confirm", count = count),
        }
    }

    fn question(&self, t: &Catalogue, filter: &Filter, form: BulkForm) -> Confirm {
        let Said { action, organization } = &self.said;
        let mut notes = Vec::new();
        match self.without_email {
            Some(0) => {}
            Some(count) => notes.push(fl!(t, "bulk-without-email", count = count)),
            None if action.needs_email() => notes.push(fl!(t, "bulk-without-email-some")),
            None => {}
        }
        notes.push(fl!(t, "bulk-can-undo"));
        let mut hidden = vec![
            ("query", filter.query()),
            ("form_key", form_key::fresh()),
            ("expected", self.who.to_string()),
        ];
        hidden.extend(Status::ALL.map(|status| (status.as_str(), form.switch(&status).to_owned())));
        hidden.extend([
            ("do", form.step),
            ("new_organization", form.new_organization),
            ("topics", form.topics),
        ]);
        Confirm {
            above: vec![
                (filter.url(), fl!(t, "contacts-title")),
                (filter.at("/contacts/bulk"), fl!(t, "bulk-title")),
            ],
            title: fl!(t, "bulk-confirm-title"),
            text: format!("{} – {}", in_words(t, &self.who), filter_bar::words(t, filter)),
            points: action.words(t, organization.as_deref()),
            notes,
            hidden,
            button: Some(self.button(t)),
            is_harmless: *action != Action::Delete,
            back: filter.url(),
            ..Confirm::default()
        }
    }
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
    let (total, plan, latest, changed) = db
        .read(move |conn| {
            let selection = Selection::of(conn, &asked)?;
            let total = selection.total(conn, DECIDED_BOUND)?;
            let plan = plan(conn, t, &said, &selection, total)?;
            let changed = match &plan {
                Ok(plan) => changed(conn, t, before.as_ref(), &plan.who)?,
                Err(_) => None,
            };
            Ok((total, plan, store::latest(conn, LATEST)?, changed))
        })
        .await?;
    match plan {
        Err(errors) => {
            let page = NewPage { cx, errors, filter, form, total, latest };
            page::form(&page.errors, &page)
        }
        Ok(plan) => {
            cx.require(plan.said.action.right())?;
            Confirm { changed, ..plan.question(t, &filter, form) }.answer(cx)
        }
    }
}

/// `POST /contacts/bulk`
pub async fn create(
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
    cx.require(action.right())?;
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
        cx.say(fl!(cx.t, "bulk-done-flash"));
    }
    Ok(page::see_other(format!("/contacts/bulk/{id}")))
}
