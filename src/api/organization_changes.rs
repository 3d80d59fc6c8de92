//! The changes of organizations: the form and the writer of the pages.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::body::{Body, Members};
use super::contact_json::Base;
use super::etag::IfMatch;
use super::fields::{lines, text};
use super::once::Once;
use super::organizations::one;
use super::write::{self, Outcome};
use crate::book::organizations::{self, Deleted, Disposition, Organization, Saved};
use crate::book::write::members;
use crate::db::{AnyConnection, Db, settings};
use crate::error::{ApiRefusal, AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::jobs::JobSignal;
use crate::organizations::OrganizationForm;
use crate::web::problem::{self, Problem};
use crate::web::{Caller, Context, FormErrors};

/// Members of an organization's JSON that a body may repeat, but not change.
const READ_ONLY: [&str; 5] = ["id", "version", "contacts", "updated_at", "url"];

/// The fields of a body, by the names of their controls.
struct Fields(Vec<(String, String)>);

impl Fields {
    /// # Errors
    /// Unknown and repeated members, and values of a wrong type.
    fn read(t: &Catalogue, members: Members) -> Result<Self, FormErrors> {
        let (mut fields, mut errors) = (Vec::new(), FormErrors::default());
        let mut known = OrganizationForm::default();
        let mut seen: Vec<String> = Vec::with_capacity(members.len());
        for (name, value) in members {
            if seen.contains(&name) {
                errors.add(&*name, fl!(t, "problem-repeated", name = name.as_str()));
            } else if !READ_ONLY.contains(&&*name) {
                let typed = match name.as_str() {
                    "number_blocks" => lines(value).ok_or_else(|| fl!(t, "problem-not-texts")),
                    name if known.set(name, String::new()) => {
                        text(value).ok_or_else(|| fl!(t, "problem-not-a-text"))
                    }
                    name => Err(fl!(t, "problem-unknown-field", name = name)),
                };
                match typed {
                    Ok(typed) => fields.push((name.clone(), typed)),
                    Err(message) => errors.add(&*name, message),
                }
            }
            seen.push(name);
        }
        if errors.is_empty() { Ok(Self(fields)) } else { Err(errors) }
    }

    /// The form with the fields of the body.
    fn laid_on(&self, mut form: OrganizationForm) -> OrganizationForm {
        for (name, value) in &self.0 {
            form.set(name, value.clone());
        }
        form
    }
}

/// `POST /api/v1/organizations`
pub async fn create(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    sent: Body,
) -> AppResult<HttpResponse> {
    let cx = Context::new(&request);
    let once = Once::of(&request, &caller, &sent.hash)?;
    let fields = match Fields::read(cx.t, sent.members) {
        Ok(fields) => fields,
        Err(errors) => return Ok(problem::invalid(cx.t, &errors)),
    };
    let (t, base) = (cx.t, Base::of(&request));
    let outcome = write::as_program(&db, &caller, move |conn, account| {
        let shown = |conn: &mut AnyConnection, id| Ok(one(conn, id, &base)?.1);
        write::make_once(conn, once.as_ref(), shown, |conn| {
            let default = settings::default_country_now(conn)?;
            let details = match fields.laid_on(OrganizationForm::default()).read(t, default) {
                Ok(details) => details,
                Err(errors) => return Ok(Outcome::Invalid(errors)),
            };
            let id = organizations::create(conn, &details, account)?;
            Ok(Outcome::Created(one(conn, id, &base)?.1))
        })
    })
    .await;
    write::answer(&request, &cx, outcome)
}

/// `PUT /api/v1/organizations/{id}`: fields that the body does not have are emptied.
pub async fn replace(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    id: web::Path<i64>,
    body: Body,
) -> AppResult<HttpResponse> {
    change(&request, &caller, (&db, &bell), *id, (body, true)).await
}

/// `PATCH /api/v1/organizations/{id}`: fields that the body does not have stay (RFC 7396).
pub async fn patch(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    id: web::Path<i64>,
    body: Body,
) -> AppResult<HttpResponse> {
    change(&request, &caller, (&db, &bell), *id, (body, false)).await
}

async fn change(
    request: &HttpRequest,
    caller: &Caller,
    (db, bell): (&Db, &JobSignal),
    id: i64,
    (sent, is_whole): (Body, bool),
) -> AppResult<HttpResponse> {
    let cx = Context::new(request);
    let expected = IfMatch::of(request)?;
    let fields = match Fields::read(cx.t, sent.members) {
        Ok(fields) => fields,
        Err(errors) => return Ok(problem::invalid(cx.t, &errors)),
    };
    let (t, base) = (cx.t, Base::of(request));
    let outcome = write::as_program(db, caller, move |conn, account| {
        let form_on = |stored: &Organization| {
            let form = if is_whole { OrganizationForm::default() } else { OrganizationForm::of(stored) };
            fields.laid_on(form)
        };
        update(conn, t, id, &form_on, &expected, account, &base)
    })
    .await;
    if matches!(outcome, Ok(Outcome::Changed(_))) {
        // Contacts have the name among their words.
        bell.ring();
    }
    write::answer(request, &cx, outcome)
}

/// Saves an organization if its JSON still has an expected tag. It is locked before the comparison: the writer alone would take
/// another change to the same values for a second click.
///
/// # Errors
/// [`ApiRefusal::Changed`], [`AppError::NotFound`]
fn update(
    conn: &mut AnyConnection,
    t: &Catalogue,
    id: i64,
    form_on: &impl Fn(&Organization) -> OrganizationForm,
    expected: &IfMatch,
    account: i64,
    base: &Base,
) -> AppResult<Outcome> {
    let default = settings::default_country_now(conn)?;
    organizations::lock(conn, id)?;
    let (stored, current) = one(conn, id, base)?;
    expected.check(&current.tag)?;
    let details = match form_on(&stored).read(t, default) {
        Ok(details) => details,
        Err(errors) => return Ok(Outcome::Invalid(errors)),
    };
    match organizations::update(conn, id, stored.version, &details, account)? {
        Saved::Yes => Ok(Outcome::Changed(one(conn, id, base)?.1)),
        Saved::Stale => Err(AppError::Api(ApiRefusal::Changed)),
    }
}

/// What happens to the contacts of a deleted organization; without an answer, there must be none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DeleteQuery {
    /// `leave`: they are left without an organization.
    contacts: String,
    /// The organization to which they move.
    move_to: Option<i64>,
}

/// `DELETE /api/v1/organizations/{id}`
pub async fn delete(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    id: web::Path<i64>,
    query: web::Query<DeleteQuery>,
) -> AppResult<HttpResponse> {
    let (cx, id, query) = (Context::new(&request), id.into_inner(), query.into_inner());
    let expected = IfMatch::of(&request)?;
    let fate = match (query.contacts.as_str(), query.move_to) {
        ("", None) => Disposition::Nobody,
        ("leave", None) => Disposition::Leave,
        ("", Some(target)) if target != id => Disposition::MoveTo(target),
        ("", Some(_)) => {
            let errors = FormErrors::one("move_to", fl!(cx.t, "organization-move-same"));
            return Ok(problem::invalid(cx.t, &errors));
        }
        _ => {
            let errors = FormErrors::one("contacts", fl!(cx.t, "problem-organization-contacts"));
            return Ok(problem::invalid(cx.t, &errors));
        }
    };
    let base = Base::of(&request);
    let (account, label) = (caller.account.id, caller.label.to_string());
    let deleted = db
        .write(move |conn| {
            let target = if let Disposition::MoveTo(target) = fate { Some(target) } else { None };
            organizations::hold(conn, id, target)?;
            expected.check(&one(conn, id, &base)?.1.tag)?;
            let who = members(conn, id)?;
            crate::audit::by_key(&label, || organizations::delete(conn, id, fate, &who, account))
        })
        .await?;
    Ok(match deleted {
        Deleted::Yes { .. } => HttpResponse::NoContent().finish(),
        Deleted::HasContacts => {
            let words = (fl!(cx.t, "problem-invalid-title"), fl!(cx.t, "problem-organization-contacts"));
            Problem::new(StatusCode::CONFLICT, None, words).answer()
        }
        Deleted::Changed => return Err(AppError::Api(ApiRefusal::Changed)),
        Deleted::NowhereToMove => {
            problem::invalid(cx.t, &FormErrors::one("move_to", fl!(cx.t, "problem-no-organization")))
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::i18n::Locale;

    #[test]
    fn a_null_empties_a_field_and_what_is_only_read_is_no_fault() {
        let member = |name: &str, value: Value| (name.to_owned(), value);
        let sent = vec![
            member("id", json!(7)),
            member("city", Value::Null),
            member("number_blocks", json!(["+3314268", "0472"])),
        ];
        let fields = Fields::read(Locale::En.catalogue(), sent).unwrap();
        let stored = OrganizationForm {
            name: "Mairie".to_owned(),
            city: "Lyon".to_owned(),
            ..OrganizationForm::default()
        };
        let form = fields.laid_on(stored);
        assert_eq!((form.name.as_str(), form.city.as_str()), ("Mairie", ""));
        assert_eq!(form.number_blocks, "+3314268\n0472");
    }
}
