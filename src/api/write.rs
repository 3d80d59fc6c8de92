//! The changes of contacts by programs, each in one transaction with the comparison of the version.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use serde_json::Value;

use super::contact_json::{Base, Contacts};
use super::contacts;
use super::etag::{IfMatch, Tagged};
use super::fields::ContactBody;
use super::once::{Done, Once};
use super::submit::{self, Work};
use crate::audit;
use crate::book::external_ids;
use crate::book::write::{self, Created};
use crate::db::{AnyConnection, Db};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{Catalogue, fl};
use crate::organizations;
use crate::web::problem::{self, Problem};
use crate::web::{Caller, Context, FormErrors};

/// The result of a change.
pub enum Outcome {
    Created(Tagged),
    Changed(Tagged),
    Deleted,
    /// Nothing was written: the program asked for the changes.
    Foreseen(Value),
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
    match outcome {
        Ok(Outcome::Created(tagged)) => Ok(contacts::answer(request, StatusCode::CREATED, tagged)),
        Ok(Outcome::Changed(tagged)) => Ok(contacts::answer(request, StatusCode::OK, tagged)),
        Ok(Outcome::Deleted) => Ok(HttpResponse::NoContent().finish()),
        Ok(Outcome::Foreseen(changes)) => Ok(HttpResponse::Ok().json(changes)),
        Ok(Outcome::Invalid(errors)) => Ok(problem::invalid(cx.t, &errors)),
        Err(error) => match refusal(cx.t, &error, "") {
            Some(problem) => Ok(problem.answer()),
            None => Err(error),
        },
    }
}

/// The problem behind an error of a change that is about the contact or organization, not about the whole request. `at` is its place
/// in the body.
pub fn refusal(t: &Catalogue, error: &AppError, at: &str) -> Option<Problem> {
    let wrong = match error {
        AppError::Taken(Constraint::ContactEmail) => FormErrors::one("email", fl!(t, "email-taken")),
        AppError::Taken(Constraint::ExternalId) => {
            FormErrors::one("external_ids", fl!(t, "problem-id-taken"))
        }
        AppError::Gone => FormErrors::one("organization", fl!(t, "contact-points-nowhere")),
        AppError::InTrash { .. } => {
            let words = (fl!(t, "error-in-trash-title-unnamed"), fl!(t, "problem-in-trash"));
            return Some(Problem::new(error.status_code(), Some(error), words));
        }
        AppError::Taken(Constraint::OrganizationName | Constraint::NumberBlock) => {
            organizations::taken(t, error)?
        }
        _ => return None,
    };
    Some(Problem::of_values(t, Some(error), &wrong, at))
}

/// Makes something once: a request that was done before makes nothing, and the answer has what it made, as `shown`.
///
/// # Errors
/// Those of `make`, `shown` and [`Once`].
pub fn make_once(
    conn: &mut AnyConnection,
    once: Option<&Once>,
    shown: impl FnOnce(&mut AnyConnection, i64) -> AppResult<Tagged>,
    make: impl FnOnce(&mut AnyConnection) -> AppResult<Outcome>,
) -> AppResult<Outcome> {
    let Some(once) = once else {
        return make(conn);
    };
    if let Some(Done { status, made }) = once.done(conn)? {
        let tagged = shown(conn, made)?;
        return Ok(if status == 201 { Outcome::Created(tagged) } else { Outcome::Changed(tagged) });
    }
    let outcome = make(conn)?;
    let (status, tagged) = match &outcome {
        Outcome::Created(tagged) => (201, tagged),
        Outcome::Changed(tagged) => (200, tagged),
        _ => return Ok(outcome),
    };
    once.store(conn, Done { status, made: tagged.id })?;
    Ok(outcome)
}

/// Creates a contact, or restores the one in the trash with the same e-mail.
pub fn create(
    conn: &mut AnyConnection,
    work: &mut Work,
    body: &ContactBody,
    base: &Base,
) -> AppResult<Outcome> {
    Ok(match submit::add(conn, work, body)? {
        Ok(Created::New(id)) => Outcome::Created(Contacts::one(conn, id, base)?.1),
        Ok(Created::Restored(id)) => Outcome::Changed(Contacts::one(conn, id, base)?.1),
        Err(errors) => Outcome::Invalid(errors),
    })
}

/// Changes a contact if its JSON still has an expected tag. With `is_whole`, fields that the body does not have are emptied.
///
/// # Errors
/// [`crate::error::ApiRefusal::Changed`], [`AppError::NotFound`]
pub fn change(
    conn: &mut AnyConnection,
    work: &mut Work,
    id: i64,
    (body, is_whole): (&ContactBody, bool),
    expected: &IfMatch,
    base: &Base,
) -> AppResult<Outcome> {
    if body.external_ids.is_some() {
        // Before the contact, as the form of external ids locks them.
        let sources: Vec<i64> = work.sources(conn)?.iter().map(|source| source.id).collect();
        external_ids::hold(conn, &sources)?;
    }
    write::lock(conn, &[id])?;
    if let IfMatch::Tags(_) = expected {
        expected.check(&Contacts::one(conn, id, base)?.1.tag)?;
    }
    if let Err(errors) = submit::change(conn, work, id, (body, is_whole))? {
        return Ok(Outcome::Invalid(errors));
    }
    Ok(Outcome::Changed(Contacts::one(conn, id, base)?.1))
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
