//! `POST /api/v1/sources/{source}/contacts`: up to a hundred contacts by their ids in another system, in one transaction.

use std::collections::{HashMap, HashSet};
use std::mem;

use actix_web::{HttpRequest, HttpResponse, web};
use diesel::prelude::*;
use serde_json::{Map, Value, json};

use super::body::{Body, Members};
use super::contact_json::Base;
use super::fields::ContactBody;
use super::once::{Done, Once};
use super::sources::source;
use super::submit::{self, Work};
use super::upsert::{self, Effect, Foreseen, UpsertQuery};
use super::write::refusal;
use crate::audit;
use crate::book::external_ids::{self, Source};
use crate::book::whole::with_external_ids;
use crate::book::write;
use crate::db::schema::contacts;
use crate::db::{AnyConnection, Db, attempt};
use crate::domain::Right;
use crate::error::{AppError, AppResult};
use crate::external_ids::read_id;
use crate::i18n::{Catalogue, fl};
use crate::web::problem::{self, Problem, WrongValue};
use crate::web::{Caller, Context, FormErrors, error_pages};

/// The most contacts of a request.
const MOST: usize = 100;

/// A contact of a request.
struct Item {
    /// As it is stored.
    id: String,
    /// The inner error has the faults that its members show by themselves.
    contact: Result<ContactBody, FormErrors>,
}

/// The result for one contact.
enum Outcome {
    Done(Effect, i64),
    Foreseen(Foreseen),
    Invalid(FormErrors),
    Refused(AppError),
}

/// `POST /api/v1/sources/{source}/contacts`: changes the contacts with these ids, or adds them, in their order. A refused contact
/// does not stop the others; all others are committed together. A request that was sent before writes the contacts that were
/// refused then, if they are valid by now, and answers for the others what it did then.
pub async fn post(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    path: web::Path<String>,
    query: web::Query<UpsertQuery>,
    sent: Body,
) -> AppResult<HttpResponse> {
    let cx = Context::new(&request);
    let once = Once::of(&request, &caller, &sent.hash)?;
    let is_dry_run = match query.is_dry_run(cx.t) {
        Ok(is_dry_run) => is_dry_run,
        Err(errors) => return Ok(problem::invalid(cx.t, &errors)),
    };
    let items = match items(cx.t, sent.members) {
        Ok(items) => items,
        Err(wrong) => return Ok(invalid(cx.t, wrong).answer()),
    };
    let ids: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
    let may_add = caller.account.role.has(Right::ContactAdd);
    let (name, account, label) = (path.into_inner(), caller.account.id, caller.label.to_string());
    let mut work = Work::new(cx.t, account);
    let (outcomes, versions) = if is_dry_run {
        let foreseen = db.read(move |conn| {
            let source = source(conn, &name)?;
            let outcomes = items.into_iter().map(|item| foresee(conn, &mut work, &source, item));
            outcomes.collect::<AppResult<Vec<Outcome>>>()
        });
        (foreseen.await?, HashMap::new())
    } else {
        let written = db.write(move |conn| {
            let source = source(conn, &name)?;
            let upsert = || all(conn, &mut work, &source, items, may_add, once.as_ref());
            let outcomes = audit::by_key(&label, upsert)?;
            let versions = versions(conn, &outcomes)?;
            Ok((outcomes, versions))
        });
        written.await?
    };
    let base = Base::of(&request);
    let answered = ids.iter().zip(outcomes).zip(0..);
    let answered = answered.map(|((id, outcome), at)| answer_of(&cx, &base, &versions, (id, at), outcome));
    Ok(HttpResponse::Ok().json(summed_up(answered.collect())))
}

/// The contacts of a body.
///
/// # Errors
/// What is wrong with the list; the faults of each contact are its own.
fn items(t: &Catalogue, members: Members) -> Result<Vec<Item>, Vec<WrongValue>> {
    let fault = |pointer: String, detail: String| WrongValue { pointer, detail };
    let mut wrong = Vec::new();
    let mut sent = None;
    for (name, value) in members {
        match (name.as_str(), value) {
            ("items", _) if sent.is_some() => {
                wrong.push(fault("/items".to_owned(), fl!(t, "problem-repeated", name = "items")));
            }
            ("items", Value::Array(values)) => sent = Some(values),
            ("items", _) => {}
            _ => wrong.push(fault(
                format!("/{}", name.replace('~', "~0").replace('/', "~1")),
                fl!(t, "problem-unknown-field", name = name.as_str()),
            )),
        }
    }
    let sent = match sent {
        Some(sent) if sent.len() <= MOST => sent,
        Some(_) => {
            wrong.push(fault("/items".to_owned(), fl!(t, "problem-too-many-items", max = MOST)));
            Vec::new()
        }
        None => {
            wrong.push(fault("/items".to_owned(), fl!(t, "problem-not-items", max = MOST)));
            Vec::new()
        }
    };
    let (mut items, mut known) = (Vec::with_capacity(sent.len()), HashSet::new());
    for (value, at) in sent.into_iter().zip(0..) {
        match item(t, value) {
            Ok(item) if known.insert(item.id.clone()) => items.push(item),
            Ok(item) => wrong
                .push(fault(format!("/items/{at}/id"), fl!(t, "problem-repeated", name = item.id.as_str()))),
            Err((member, detail)) => wrong.push(fault(format!("/items/{at}{member}"), detail)),
        }
    }
    if wrong.is_empty() { Ok(items) } else { Err(wrong) }
}

/// # Errors
/// The wrong member, and why it is wrong.
fn item(t: &Catalogue, value: Value) -> Result<Item, (&'static str, String)> {
    let not_an_item = || ("", fl!(t, "problem-not-an-item"));
    let Value::Object(mut members) = value else {
        return Err(not_an_item());
    };
    let (id, contact) = (members.remove("id"), members.remove("contact"));
    if !members.is_empty() {
        return Err(not_an_item());
    }
    let Some(Value::String(id)) = id else {
        return Err(("/id", fl!(t, "problem-not-a-text")));
    };
    let id = read_id(t, &id).map_err(|message| ("/id", message))?;
    let Some(Value::Object(contact)) = contact else {
        return Err(("/contact", fl!(t, "problem-not-an-object")));
    };
    Ok(Item { id, contact: ContactBody::read(t, contact.into_iter().collect()) })
}

fn invalid(t: &Catalogue, errors: Vec<WrongValue>) -> Problem {
    Problem { errors, ..Problem::of_values(t, None, &FormErrors::default(), "") }
}

/// Writes all contacts, each as far as it is not refused.
fn all(
    conn: &mut AnyConnection,
    work: &mut Work,
    source: &Source,
    items: Vec<Item>,
    may_add: bool,
    once: Option<&Once>,
) -> AppResult<Vec<Outcome>> {
    let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    let done = match once {
        None => HashMap::new(),
        Some(once) => {
            if once.done(conn)?.is_none() {
                once.store(conn, Done { status: 200, made: 0 })?;
            }
            once.done_items(conn, &ids)?
        }
    };
    let has_others =
        items.iter().any(|item| item.contact.as_ref().is_ok_and(|body| body.external_ids.is_some()));
    upsert::hold(conn, work, source, has_others)?;
    external_ids::hold_for_list(conn, source.id)?;
    // In one order, as every writer of several contacts locks them.
    let known: HashMap<String, i64> = with_external_ids(conn, source.id, &ids)?.into_iter().collect();
    write::lock(conn, &known.values().copied().collect::<Vec<i64>>())?;
    let mut run = Run { work, source, may_add, waiting: Vec::new(), outcomes: Vec::new(), made: Vec::new() };
    for Item { id, contact } in items {
        match (done.get(&id), contact) {
            (Some(done), _) => {
                run.write_waiting(conn)?;
                run.outcomes.push(Outcome::Done(Effect::of_status(done.status), done.made));
            }
            (None, Err(errors)) => {
                run.write_waiting(conn)?;
                run.outcomes.push(Outcome::Invalid(errors));
            }
            (None, Ok(body)) if may_add && !has_others && !known.contains_key(&id) => {
                run.waiting.push((id, body));
            }
            (None, Ok(body)) => {
                run.write_waiting(conn)?;
                run.write_alone(conn, id, body)?;
            }
        }
    }
    run.write_waiting(conn)?;
    let Run { outcomes, made, .. } = run;
    if let Some(once) = once {
        once.store_items(conn, &made)?;
    }
    Ok(outcomes)
}

/// Writes the contacts of a request in their order; new ones that follow each other are written together.
struct Run<'a> {
    work: &'a mut Work,
    source: &'a Source,
    may_add: bool,
    /// New contacts; no contact of the request has other ids, by which another could find it.
    waiting: Vec<(String, ContactBody)>,
    /// Of the contacts before those that are waiting.
    outcomes: Vec<Outcome>,
    made: Vec<(String, Done)>,
}

impl Run<'_> {
    fn write_waiting(&mut self, conn: &mut AnyConnection) -> AppResult<()> {
        let waiting = mem::take(&mut self.waiting);
        let mut valid = Vec::with_capacity(waiting.len());
        for (id, body) in &waiting {
            let mut body = body.clone();
            body.add_id(&self.source.name, id);
            valid.extend(submit::read_new(conn, self.work, &body)?.ok());
        }
        if valid.len() == waiting.len() && waiting.len() > 1 {
            match attempt(conn, |conn| submit::add_all(conn, self.work, &valid))? {
                Ok(Some(created)) => {
                    for ((id, _), contact) in waiting.into_iter().zip(created) {
                        self.note(id, Effect::Created, contact);
                    }
                    return Ok(());
                }
                Ok(None) => {}
                Err(error) => {
                    refused(error)?;
                }
            }
        }
        // One that is refused would refuse all of them.
        for (id, body) in waiting {
            self.write_alone(conn, id, body)?;
        }
        Ok(())
    }

    fn write_alone(&mut self, conn: &mut AnyConnection, id: String, mut body: ContactBody) -> AppResult<()> {
        let (work, may_add) = (&mut *self.work, self.may_add);
        let written =
            attempt(conn, |conn| upsert::one(conn, work, (&mut body, may_add), (self.source, &id)))?;
        match written {
            Ok(Ok((effect, contact))) => self.note(id, effect, contact),
            Ok(Err(errors)) => self.outcomes.push(Outcome::Invalid(errors)),
            Err(error) => self.outcomes.push(refused(error)?),
        }
        Ok(())
    }

    fn note(&mut self, id: String, effect: Effect, contact: i64) {
        self.made.push((id, Done { status: effect.status(), made: contact }));
        self.outcomes.push(Outcome::Done(effect, contact));
    }
}

fn foresee(conn: &mut AnyConnection, work: &mut Work, source: &Source, item: Item) -> AppResult<Outcome> {
    let mut body = match item.contact {
        Ok(body) => body,
        Err(errors) => return Ok(Outcome::Invalid(errors)),
    };
    match upsert::foresee(conn, work, &mut body, (source, &item.id)) {
        Ok(Ok(foreseen)) => Ok(Outcome::Foreseen(foreseen)),
        Ok(Err(errors)) => Ok(Outcome::Invalid(errors)),
        Err(error) => refused(error),
    }
}

/// The refusal of one contact.
///
/// # Errors
/// An error that concerns all contacts.
fn refused(error: AppError) -> AppResult<Outcome> {
    match error {
        AppError::Taken(_) | AppError::Gone | AppError::InTrash { .. } | AppError::MissingRight(_) => {
            Ok(Outcome::Refused(error))
        }
        error => Err(error),
    }
}

/// The current versions of the contacts in the outcomes.
fn versions(conn: &mut AnyConnection, outcomes: &[Outcome]) -> AppResult<HashMap<i64, i64>> {
    let ids = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Done(_, contact) => Some(*contact),
        _ => None,
    });
    let rows: Vec<(i64, i64)> = contacts::table
        .filter(contacts::id.eq_any(ids.collect::<Vec<i64>>()))
        .select((contacts::id, contacts::version))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The JSON of an outcome.
fn answer_of(
    cx: &Context,
    base: &Base,
    versions: &HashMap<i64, i64>,
    (id, at): (&str, usize),
    outcome: Outcome,
) -> Value {
    let place = format!("/items/{at}/contact");
    let refused = |problem: Problem| json!({"outcome": "refused", "problem": problem});
    let mut answer = match outcome {
        Outcome::Done(effect, contact) => json!({
            "outcome": effect.as_str(),
            "contact": contact,
            "version": versions.get(&contact),
            "url": base.contact(contact),
        }),
        Outcome::Foreseen(foreseen) => foreseen.json("outcome"),
        Outcome::Invalid(errors) => refused(Problem::of_values(cx.t, None, &errors, &place)),
        Outcome::Refused(error) => {
            refused(refusal(cx.t, &error, &place).unwrap_or_else(|| error_pages::problem(cx, &error)))
        }
    };
    answer["id"] = id.into();
    answer
}

/// The answers with the number of each outcome.
fn summed_up(items: Vec<Value>) -> Value {
    let mut counts: Map<String, Value> = Map::new();
    for outcome in ["created", "changed", "unchanged", "refused"] {
        let count = items.iter().filter(|item| item["outcome"] == outcome).count();
        counts.insert(outcome.to_owned(), count.into());
    }
    json!({"items": items, "counts": counts})
}
