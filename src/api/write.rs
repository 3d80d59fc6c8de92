//! The changes of contacts by programs: the forms and the writer of the pages, in one transaction with the comparison of the
//! version.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::contact_json::{Base, Contacts};
use super::contacts;
use super::etag::{IfMatch, Tagged};
use super::fields::ContactBody;
use super::once::{Done, Once};
use crate::audit;
use crate::book::external_ids::{self, ExternalId, Source};
use crate::book::write::{self, Created, Expertise, Saved, Submission};
use crate::contacts::form::{self, Rules, Typed};
use crate::contacts::read_expertise;
use crate::db::{AnyConnection, Db};
use crate::domain::{Details, Drawn, EXTERNAL_ID, Right};
use crate::error::{AppError, AppResult, Constraint};
use crate::external_ids::{IdValues, TypedIds};
use crate::i18n::{Catalogue, fl};
use crate::web::{Caller, Context, FormErrors, problem};

/// The result of a change.
pub enum Outcome {
    Created(Tagged),
    Changed(Tagged),
    Deleted,
    /// Nothing was written.
    Invalid(FormErrors),
}

/// Runs a change of a program in one transaction. Its entries in the history name the program's key.
pub async fn as_program<F>(db: &Db, caller: &Caller, change: F) -> AppResult<Outcome>
where
    F: FnOnce(&mut AnyConnection, i64) -> AppResult<Outcome> + Send + 'static,
{
    let (account, label) = (caller.account.id, caller.label.to_string());
    db.write(move |conn| audit::by_key(&label, || change(conn, account))).await
}

/// The answer to a change.
pub fn answer(request: &HttpRequest, cx: &Context, outcome: AppResult<Outcome>) -> AppResult<HttpResponse> {
    let t = cx.t;
    match outcome {
        Ok(Outcome::Created(tagged)) => Ok(contacts::answer(request, StatusCode::CREATED, tagged)),
        Ok(Outcome::Changed(tagged)) => Ok(contacts::answer(request, StatusCode::OK, tagged)),
        Ok(Outcome::Deleted) => Ok(HttpResponse::NoContent().finish()),
        Ok(Outcome::Invalid(errors)) => Ok(problem::invalid(t, &errors)),
        Err(error) => match refusal(t, &error) {
            Some(errors) => Ok(problem::conflict(t, &error, &errors)),
            None => Err(error),
        },
    }
}

/// The wrong value behind an error of the database.
pub fn refusal(t: &Catalogue, error: &AppError) -> Option<FormErrors> {
    match error {
        AppError::Taken(Constraint::ContactEmail) => Some(FormErrors::one("email", fl!(t, "email-taken"))),
        AppError::Taken(Constraint::ExternalId) => {
            Some(FormErrors::one("external_ids", fl!(t, "problem-id-taken")))
        }
        AppError::Gone => Some(FormErrors::one("organization", fl!(t, "contact-points-nowhere"))),
        _ => None,
    }
}

/// What a body says about a contact, valid.
struct Valid {
    submission: Submission,
    expertise: Option<Expertise>,
    external_ids: Option<IdValues>,
}

/// Reads a body as the forms of the pages.
///
/// # Errors
/// The inner error has all faults of the body.
fn read(
    conn: &mut AnyConnection,
    t: &Catalogue,
    body: &ContactBody,
    typed: &Typed,
    stored: Option<(&write::Profile, &Details)>,
) -> AppResult<Result<Valid, FormErrors>> {
    let rules = Rules::load(conn, typed, stored.map(|(profile, _)| profile))?;
    let mut errors = body.foreign(t, &rules);
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    let submission = form::read(t, typed, &rules, stored.map(|(_, details)| details))
        .map_err(|faults| errors.extend(faults));
    let (topics, languages) = match stored {
        Some((profile, _)) => (profile.contact.topics.as_str(), profile.contact.languages.as_str()),
        None => ("", ""),
    };
    let expertise = if body.topics.is_some() || body.languages.is_some() {
        let topics = body.topics.as_deref().unwrap_or(topics);
        let languages = body.languages.as_deref().unwrap_or(languages);
        read_expertise(t, topics, languages).map(Some).map_err(|faults| errors.extend(faults))
    } else {
        Ok(None)
    };
    let sources = external_ids::sources(conn)?;
    let ids = match body.id_fields(&sources) {
        Some(fields) => TypedIds::read_fields(fields)
            .read(t, &sources)
            .map(Some)
            .map_err(|faults| errors.extend(faults.all_at("external_ids"))),
        None => Ok(None),
    };
    Ok(match (submission, expertise, ids) {
        (Ok(submission), Ok(expertise), Ok(external_ids)) if errors.is_empty() => {
            Ok(Valid { submission, expertise, external_ids })
        }
        _ => Err(errors),
    })
}

/// As [`create`]; a request that was done before makes nothing, and the answer has the contact that it made.
///
/// # Errors
/// Those of [`create`] and [`Once`].
pub fn create_once(
    conn: &mut AnyConnection,
    t: &Catalogue,
    body: &ContactBody,
    once: Option<&Once>,
    account: i64,
    base: &Base,
) -> AppResult<Outcome> {
    let Some(once) = once else {
        return create(conn, t, body, account, base);
    };
    if let Some(Done { status, made }) = once.done(conn)? {
        let tagged = Contacts::one(conn, made, base)?.1;
        return Ok(if status == 201 { Outcome::Created(tagged) } else { Outcome::Changed(tagged) });
    }
    let outcome = create(conn, t, body, account, base)?;
    let (status, tagged) = match &outcome {
        Outcome::Created(tagged) => (201, tagged),
        Outcome::Changed(tagged) => (200, tagged),
        Outcome::Deleted | Outcome::Invalid(_) => return Ok(outcome),
    };
    once.store(conn, Done { status, made: tagged.id })?;
    Ok(outcome)
}

/// Creates a contact, or restores the one in the trash with the same e-mail.
pub fn create(
    conn: &mut AnyConnection,
    t: &Catalogue,
    body: &ContactBody,
    account: i64,
    base: &Base,
) -> AppResult<Outcome> {
    let valid = match read(conn, t, body, &body.new_form(), None)? {
        Ok(valid) => valid,
        Err(errors) => return Ok(Outcome::Invalid(errors)),
    };
    let created = write::create(conn, &valid.submission, account)?;
    let (Created::New(id) | Created::Restored(id)) = created;
    write_rest(conn, id, &valid, account)?;
    let tagged = Contacts::one(conn, id, base)?.1;
    Ok(match created {
        Created::New(_) => Outcome::Created(tagged),
        Created::Restored(_) => Outcome::Changed(tagged),
    })
}

/// Changes a contact if its JSON still has an expected tag. With `is_whole`, fields that the body does not have are emptied.
///
/// # Errors
/// [`crate::error::ApiRefusal::Changed`], [`AppError::NotFound`]
pub fn change(
    conn: &mut AnyConnection,
    t: &Catalogue,
    id: i64,
    (body, is_whole): (&ContactBody, bool),
    expected: &IfMatch,
    account: i64,
    base: &Base,
) -> AppResult<Outcome> {
    if body.external_ids.is_some() {
        // Before the contact, as the form of external ids locks them.
        let sources: Vec<i64> = external_ids::sources(conn)?.iter().map(|source| source.id).collect();
        external_ids::hold(conn, &sources)?;
    }
    write::lock(conn, &[id])?;
    let (_, current) = Contacts::one(conn, id, base)?;
    expected.check(&current.tag)?;
    let profile = write::profile(conn, id)?;
    let details = profile.details();
    let typed = if is_whole { body.whole_form() } else { body.form_on(&details) };
    let valid = match read(conn, t, body, &typed, Some((&profile, &details)))? {
        Ok(valid) => valid,
        Err(errors) => return Ok(Outcome::Invalid(errors)),
    };
    let saved = write::update(conn, id, profile.contact.version, &valid.submission, account, false)?;
    if saved != Saved::Yes {
        return Err(AppError::NotFound);
    }
    write_rest(conn, id, &valid, account)?;
    Ok(Outcome::Changed(Contacts::one(conn, id, base)?.1))
}

/// Writes what is not in the contact's own form. The contact is locked, so nobody else has changed it since it was read.
fn write_rest(conn: &mut AnyConnection, id: i64, valid: &Valid, account: i64) -> AppResult<()> {
    if let Some(expertise) = &valid.expertise {
        let stored = write::profile(conn, id)?.contact;
        let drawn = Drawn::of(&[&stored.topics, &stored.languages]);
        write::set_expertise(conn, id, expertise, &drawn, account)?;
    }
    if let Some(ids) = &valid.external_ids {
        let stored = external_ids::of(conn, &[id])?;
        let drawn = external_ids::drawn(&stored);
        let drawn = Drawn::of(&drawn.iter().map(String::as_str).collect::<Vec<_>>());
        write::set_external_ids(conn, id, ids, &drawn, account)?;
    }
    Ok(())
}

/// Moves a contact to the trash if its JSON still has an expected tag.
///
/// # Errors
/// [`crate::error::ApiRefusal::Changed`], [`AppError::NotFound`]
pub fn delete(
    conn: &mut AnyConnection,
    id: i64,
    expected: &IfMatch,
    account: i64,
    base: &Base,
) -> AppResult<Outcome> {
    write::lock(conn, &[id])?;
    let (_, current) = Contacts::one(conn, id, base)?;
    expected.check(&current.tag)?;
    write::delete(conn, id, account)?;
    Ok(Outcome::Deleted)
}

/// Changes the contact with an id of a source, or adds one with this id. `may_add` is whether the account may add contacts.
///
/// # Errors
/// [`AppError::MissingRight`], [`AppError::NotFound`] if the contact is in the trash.
pub fn upsert(
    conn: &mut AnyConnection,
    t: &Catalogue,
    (body, may_add): (&mut ContactBody, bool),
    (source, id): (&Source, &str),
    account: i64,
    base: &Base,
) -> AppResult<Outcome> {
    external_ids::hold(conn, &[source.id])?;
    if let Some((contact, _)) = external_ids::holder(conn, source.id, id)? {
        // Without its id, the next request would add the contact again.
        if body.external_ids.is_some() {
            body.add_id(&source.name, id);
        }
        return change(conn, t, contact, (body, false), &IfMatch::Any, account, base);
    }
    if !may_add {
        return Err(AppError::MissingRight(Right::ContactAdd));
    }
    body.add_id(&source.name, id);
    create(conn, t, body, account, base)
}

/// The effect that [`upsert`] would have now, as JSON.
///
/// # Errors
/// The inner error has all faults of the body.
pub fn foresee(
    conn: &mut AnyConnection,
    t: &Catalogue,
    body: &ContactBody,
    source: &Source,
    id: &str,
) -> AppResult<Result<Value, FormErrors>> {
    let Some((contact, is_in_trash)) = external_ids::holder(conn, source.id, id)? else {
        let valid = read(conn, t, body, &body.new_form(), None)?;
        return Ok(valid.map(|valid| {
            let changes = changes(&Details::default(), ("", ""), &[], &valid);
            json!({"effect": "created", "changes": changes})
        }));
    };
    if is_in_trash {
        return Err(AppError::NotFound);
    }
    let profile = write::profile(conn, contact)?;
    let details = profile.details();
    let valid = read(conn, t, body, &body.form_on(&details), Some((&profile, &details)))?;
    let ids = external_ids::of(conn, &[contact])?;
    Ok(valid.map(|valid| {
        let stored = (profile.contact.topics.as_str(), profile.contact.languages.as_str());
        let changes = changes(&details, stored, &ids, &valid);
        let effect = if changes.is_empty() { "unchanged" } else { "changed" };
        json!({"effect": effect, "contact": contact, "changes": changes})
    }))
}

/// The changes from what is stored to what a body says, by the names of the history.
fn changes(
    details: &Details,
    (topics, languages): (&str, &str),
    ids: &[ExternalId],
    valid: &Valid,
) -> Vec<Value> {
    let change = |field: &str, old: &str, new: &str| json!({"field": field, "old": old, "new": new});
    let of_form = details.changes_to(&valid.submission.details).into_iter();
    let mut all: Vec<Value> = of_form.map(|known| change(&known.field, &known.old, &known.new)).collect();
    if let Some(new) = &valid.expertise {
        for (field, old, new) in [("topics", topics, &new.topics), ("languages", languages, &new.languages)] {
            if old != new {
                all.push(change(field, old, new));
            }
        }
    }
    for (source, values) in valid.external_ids.iter().flatten() {
        let stored = ids.iter().filter(|id| id.source.id == source.id);
        let (old, new) = (stored.map(|id| id.value.as_str()).collect::<Vec<_>>(), values);
        if old != *new {
            all.push(change(&format!("{EXTERNAL_ID}{}", source.name), &old.join("\n"), &new.join("\n")));
        }
    }
    all
}
