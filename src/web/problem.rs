//! The errors of the API, as `application/problem+json` (RFC 9457) in the words of the pages.
//!
//! A look-up as plain text is for the display of a telephone, which shows any body as a name, so its errors have none.

use actix_web::dev::RequestHead;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use url::form_urlencoded;

use super::FormErrors;
use crate::domain::Right;
use crate::error::{ApiRefusal, AppError, Constraint};
use crate::i18n::{Catalogue, fl};

/// The beginning of the API's paths.
pub const API: &str = "/api/v1";
/// The path of the look-up.
pub const LOOKUP: &str = "/api/v1/lookup";
/// The page whose parts explain the types of problems.
const TYPES: &str = "/api#";

/// The shape of an error answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Page,
    Problem,
    Empty,
}

impl Shape {
    /// The shape for the reader of a request's answer. A telephone that asks for text gets an empty one also at a mistyped path, such
    /// as `//api/v1/lookup`.
    pub fn of(head: &RequestHead) -> Self {
        let path = head.uri.path();
        let is_mistyped = asks_for_text(head) && {
            let words = words_of(path);
            words.starts_with("api/") && words.contains("lookup")
        };
        if path == LOOKUP && wants_text(head) || is_mistyped {
            return Self::Empty;
        }
        match path.strip_prefix(API) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Self::Problem,
            _ => Self::Page,
        }
    }
}

/// The words of a path, in lower case, without surplus slashes.
fn words_of(path: &str) -> String {
    let words: Vec<&str> = path.split('/').filter(|word| !word.is_empty()).collect();
    words.join("/").to_ascii_lowercase()
}

/// Returns `true` if a look-up is to be answered as plain text: `format` says so, or else `Accept`.
pub fn wants_text(head: &RequestHead) -> bool {
    if format_of(head).is_some() {
        return asks_for_text(head);
    }
    let accepted = head.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.trim_start().starts_with("text/plain"))
}

/// Returns `true` if `format` asks for text. Every other word than `json` does: a telephone must never show JSON as a name.
fn asks_for_text(head: &RequestHead) -> bool {
    format_of(head).is_some_and(|format| !format.eq_ignore_ascii_case("json"))
}

/// The last `format` of the query.
fn format_of(head: &RequestHead) -> Option<String> {
    let query = head.uri.query().unwrap_or_default();
    let formats = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "format");
    formats.last().map(|(_, format)| format.into_owned())
}

/// A problem.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// A relative URL: the page of the API, with the name of the type as fragment.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    /// The right that the account lacks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<&'static str>,
    /// The wrong values of a request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WrongValue>,
}

/// A wrong value: where it is in the body (RFC 6901), and why it is wrong.
#[derive(Debug, Serialize)]
pub struct WrongValue {
    pub pointer: String,
    pub detail: String,
}

impl Problem {
    /// The problem of an error answer, with its title and text.
    pub fn new(status: StatusCode, error: Option<&AppError>, (title, detail): (String, String)) -> Self {
        let right = match error {
            Some(AppError::MissingRight(right)) => Some(Right::as_str(*right)),
            _ => None,
        };
        Self {
            kind: format!("{TYPES}{}", name(status, error)),
            title,
            status: status.as_u16(),
            detail,
            right,
            errors: Vec::new(),
        }
    }

    /// The problem of wrong values: with an error, those that another object has, or that refer to something that was deleted (409);
    /// otherwise those that no object can have (422). `at` is the place of the object in the body.
    pub fn of_values(t: &Catalogue, error: Option<&AppError>, errors: &FormErrors, at: &str) -> Self {
        let status = error.map_or(StatusCode::UNPROCESSABLE_ENTITY, |_| StatusCode::CONFLICT);
        let words = (fl!(t, "problem-invalid-title"), fl!(t, "problem-invalid"));
        Self { errors: wrong_values(errors, at).collect(), ..Self::new(status, error, words) }
    }

    pub fn answer(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        if status == StatusCode::UNAUTHORIZED {
            challenge(&mut response);
        }
        response.insert_header((header::CONTENT_TYPE, "application/problem+json")).json(self)
    }
}

/// Adds the two ways to send a key.
pub fn challenge(response: &mut HttpResponseBuilder) {
    response.append_header((header::WWW_AUTHENTICATE, "Bearer realm=\"Carnet\""));
    response.append_header((header::WWW_AUTHENTICATE, "Basic realm=\"Carnet\", charset=\"UTF-8\""));
}

/// The answer 422 to a body with wrong values. The errors are those of the page's form, whose controls have the same names.
pub fn invalid(t: &Catalogue, errors: &FormErrors) -> HttpResponse {
    Problem::of_values(t, None, errors, "").answer()
}

/// The wrong values of an object in a body, by the errors of its form. `at` is the object's own place.
fn wrong_values<'a>(errors: &'a FormErrors, at: &'a str) -> impl Iterator<Item = WrongValue> + 'a {
    let escaped = |field: &str| field.replace('~', "~0").replace('/', "~1");
    errors.all().iter().map(move |error| WrongValue {
        pointer: format!("{at}/{}", escaped(&error.field)),
        detail: error.message.clone(),
    })
}

/// A type of problems, for the page that explains them.
pub struct Kind {
    pub name: &'static str,
    pub status: u16,
    pub title: fn(&Catalogue) -> String,
}

const fn kind(name: &'static str, status: u16, title: fn(&Catalogue) -> String) -> Kind {
    Kind { name, status, title }
}

/// All types of problems, by their status.
pub static KINDS: [Kind; 33] = [
    kind("malformed", 400, |t| fl!(t, "error-request-title")),
    kind("no-key", 401, |t| fl!(t, "problem-no-key-title")),
    kind("wrong-key", 401, |t| fl!(t, "problem-wrong-key-title")),
    kind("key-ended", 401, |t| fl!(t, "problem-key-ended-title")),
    kind("wrong-network", 403, |t| fl!(t, "problem-network-title")),
    kind("second-factor", 403, |t| fl!(t, "problem-second-factor-title")),
    kind("key-scope", 403, |t| fl!(t, "problem-scope-title")),
    kind("missing-right", 403, |t| fl!(t, "error-right-title")),
    kind("not-yours", 403, |t| fl!(t, "error-not-yours-title")),
    kind("other-site", 403, |t| fl!(t, "error-forgery-title")),
    kind("not-found", 404, |t| fl!(t, "error-not-found-title")),
    kind("unknown-source", 404, |t| fl!(t, "problem-no-source-title")),
    kind("in-trash", 404, |t| fl!(t, "error-in-trash-title-unnamed")),
    kind("method-not-allowed", 405, |t| fl!(t, "error-method-title")),
    kind("too-slow", 408, |t| fl!(t, "error-slow-title")),
    kind("email-taken", 409, |t| fl!(t, "problem-invalid-title")),
    kind("taken", 409, |t| fl!(t, "problem-invalid-title")),
    kind("conflict", 409, |t| fl!(t, "error-conflict-title")),
    kind("unknown-cursor", 410, |t| fl!(t, "problem-cursor-title")),
    kind("length-required", 411, |t| fl!(t, "error-request-title")),
    kind("changed-meanwhile", 412, |t| fl!(t, "problem-changed-title")),
    kind("too-large", 413, |t| fl!(t, "error-too-large-title")),
    kind("not-json", 415, |t| fl!(t, "problem-not-json-title")),
    kind("not-a-file", 415, |t| fl!(t, "problem-not-json-title")),
    kind("other-host", 421, |t| fl!(t, "error-host-title")),
    kind("invalid", 422, |t| fl!(t, "problem-invalid-title")),
    kind("unknown-parameter", 422, |t| fl!(t, "problem-parameter-title")),
    kind("other-body", 422, |t| fl!(t, "problem-other-body-title")),
    kind("version-missing", 428, |t| fl!(t, "problem-version-title")),
    kind("too-many-requests", 429, |t| fl!(t, "problem-too-fast-title")),
    kind("internal", 500, |t| fl!(t, "error-internal-title")),
    kind("unavailable", 503, |t| fl!(t, "error-unavailable-title")),
    kind("storage-full", 507, |t| fl!(t, "error-full-title")),
];

/// The name of a problem's type.
fn name(status: StatusCode, error: Option<&AppError>) -> &'static str {
    match (error, status.as_u16()) {
        (Some(AppError::Api(refusal)), _) => refusal.name(),
        (Some(AppError::MissingRight(_)), _) => "missing-right",
        (Some(AppError::NotYours), _) => "not-yours",
        (Some(AppError::Forgery), _) => "other-site",
        (Some(AppError::InTrash { .. }), _) => "in-trash",
        (Some(AppError::UnknownCursor | AppError::CursorGone), _) => "unknown-cursor",
        (Some(AppError::Taken(Constraint::ContactEmail)), _) => "email-taken",
        (Some(AppError::Taken(_)), _) => "taken",
        (_, 401) => ApiRefusal::NoKey.name(),
        (_, 404) => "not-found",
        (_, 405) => "method-not-allowed",
        (_, 408) => "too-slow",
        (_, 409) => "conflict",
        (_, 411) => "length-required",
        (_, 413) => "too-large",
        (_, 421) => "other-host",
        (_, 422) => "invalid",
        (_, 429) => "too-many-requests",
        (_, 503) => "unavailable",
        (_, 507) => "storage-full",
        (_, 400..=499) => "malformed",
        _ => "internal",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn shape(uri: &str, accept: &str) -> Shape {
        let request = TestRequest::with_uri(uri).insert_header((header::ACCEPT, accept)).to_http_request();
        Shape::of(request.head())
    }

    #[test]
    fn the_path_and_the_format_decide_the_shape() {
        assert_eq!(shape("/contacts", "application/json"), Shape::Page);
        assert_eq!(shape("/api", "*/*"), Shape::Page);
        assert_eq!(shape("/api/v11", "*/*"), Shape::Page);
        assert_eq!(shape("/api/v1", "*/*"), Shape::Problem);
        assert_eq!(shape("/api/v1/contacts?format=text", "text/plain"), Shape::Problem);
        assert_eq!(shape("/api/v1/lookup", "*/*"), Shape::Problem);
        assert_eq!(shape("/api/v1/lookup", "text/plain, */*"), Shape::Empty);
        assert_eq!(shape("/api/v1/lookup?number=1&format=text", "*/*"), Shape::Empty);
        assert_eq!(shape("/api/v1/lookup?format=json", "text/plain"), Shape::Problem);
    }
}
