//! Turns every error answer, of Carnet or of the framework, into a page in the reader's language with a way to continue; see the
//! policy in [`crate::error`].

use std::panic::AssertUnwindSafe;

use actix_web::body::MessageBody;
use actix_web::dev::{RequestHead, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, ResponseError as _};
use askama::Template;
use futures_util::FutureExt as _;

use super::problem::{self, Problem, Shape};
use super::request_log::RequestId;
use super::sent::Shown;
use super::{Context, Sent, page};
use crate::domain::{Right, Role};
use crate::error::{ApiRefusal, AppError};
use crate::i18n::{Catalogue, Locale, fl};
use crate::metrics::METRICS;

#[derive(Template)]
#[template(path = "errors/show.html")]
struct ErrorPage {
    cx: Context,
    title: String,
    text: String,
    /// The typed values of a form that could not be saved.
    typed: Vec<Shown>,
    /// The contact of the form, if the reader can restore it from the trash.
    trashed: Option<i64>,
    /// The request's id, by which the operator finds the error in the log.
    reference: Option<RequestId>,
}

/// A middleware that renders errors. Our other middlewares answer with [`ServiceRequest::error_response`] instead of `Err`, so
/// that every error passes here with its request.
pub async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let response = next.call(request).await?;
    if !needs_page(&response) {
        return Ok(response.map_into_left_body());
    }
    let error = response.response().error();
    let cause = error.map(ToString::to_string);
    let page = build(
        response.request(),
        response.status(),
        error.and_then(|error| error.as_error::<AppError>()),
        cause.as_deref(),
        response.headers(),
    );
    Ok(response.into_response(page).map_into_right_body())
}

fn needs_page<B>(response: &ServiceResponse<B>) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error())
        && !response.headers().contains_key(header::CONTENT_TYPE)
        || response.response().error().is_some()
}

fn build(
    request: &HttpRequest,
    status: StatusCode,
    error: Option<&AppError>,
    cause: Option<&str>,
    headers: &header::HeaderMap,
) -> HttpResponse {
    match error {
        // A panic already has its log line.
        Some(AppError::Panicked) => {}
        // Too frequent for log lines.
        Some(AppError::Overloaded | AppError::TooMuchAtOnce) => METRICS.refused.inc(),
        Some(AppError::OverTime) => {
            tracing::warn!(route = request.match_pattern(), "a page took too long");
        }
        _ if status.is_server_error() => {
            tracing::error!(
                status = status.as_u16(),
                route = request.match_pattern(),
                cause,
                "request failed"
            );
        }
        _ => {}
    }
    let cx = Context::new(request);
    let typed = match request.extensions().get::<Sent>() {
        Some(sent) => sent.shown(cx.t),
        None => Vec::new(),
    };
    let shape = Shape::of(request.head());
    let mut response = draw(shape, status, cx, error, typed, RequestId::of(request).as_ref());
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    if matches!(status.as_u16(), 403 | 408 | 413 | 429 | 503) {
        close_after_unread_body(&mut response, request.method());
    }
    response
}

/// The language and the shape of an error answer that knows nothing else about its reader.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    locale: Locale,
    shape: Shape,
}

impl Reader {
    pub fn of(head: &RequestHead) -> Self {
        Self { locale: Locale::from_headers(head.headers()), shape: Shape::of(head) }
    }
}

/// The error answer without any data of the reader except the language, for errors without a request or without time for it.
pub fn plain(
    status: StatusCode,
    reader: Reader,
    error: Option<&AppError>,
    id: Option<&RequestId>,
) -> HttpResponse {
    draw(reader.shape, status, Context::of_nobody(reader.locale), error, Vec::new(), id)
}

/// After a refused POST, closes the connection: the rest of an upload is still arriving, and is not a new request.
pub fn close_after_unread_body(response: &mut HttpResponse, method: &Method) {
    if method == Method::POST {
        response.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    }
}

/// A middleware around each route that turns a panic of the handler into an error answer. Only there can a request be kept while
/// the handler also has it.
pub async fn contain_panic(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let kept = request.request().clone();
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(response) => Ok(response?.map_into_left_body()),
        Err(_) => Ok(ServiceResponse::from_err(AppError::Panicked, kept).map_into_right_body()),
    }
}

fn draw(
    shape: Shape,
    status: StatusCode,
    cx: Context,
    error: Option<&AppError>,
    typed: Vec<Shown>,
    id: Option<&RequestId>,
) -> HttpResponse {
    let mut response = match shape {
        Shape::Page => draw_page(status, cx, error, typed, id),
        Shape::Problem => Problem::new(status, error, words_for_programs(&cx, status, error)).answer(),
        Shape::Empty => empty(status),
    };
    if matches!(status.as_u16(), 429 | 503) {
        let seconds = match error {
            Some(AppError::Api(ApiRefusal::TooFast { seconds })) => *seconds,
            _ => 5,
        };
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn empty(status: StatusCode) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
        problem::challenge(&mut response);
    }
    response.insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8")).body("")
}

fn draw_page(
    status: StatusCode,
    cx: Context,
    error: Option<&AppError>,
    typed: Vec<Shown>,
    id: Option<&RequestId>,
) -> HttpResponse {
    let (title, text) = words(&cx, status, error, !typed.is_empty());
    let trashed = match error {
        Some(AppError::InTrash { contact, .. }) if cx.may(Right::ContactDelete) => Some(*contact),
        _ => None,
    };
    let reference = id.filter(|_| status.is_server_error()).cloned();
    let template = ErrorPage { cx, title, text, typed, trashed, reference };
    page::with_status(status, &template).unwrap_or_else(|error| {
        tracing::error!(%error, "the error page failed");
        HttpResponse::new(status)
    })
}

/// The problem of an error, for an answer that tells it beside other results.
pub fn problem(cx: &Context, error: &AppError) -> Problem {
    let status = error.status_code();
    Problem::new(status, Some(error), words_for_programs(cx, status, Some(error)))
}

/// The words of the pages, except where those speak of links and buttons.
fn words_for_programs(cx: &Context, status: StatusCode, error: Option<&AppError>) -> (String, String) {
    let (title, text) = words(cx, status, error, false);
    let text = match (error, status.as_u16()) {
        (Some(AppError::Api(_) | AppError::InTrash { .. }), _) => text,
        (_, 400) => fl!(cx.t, "problem-malformed"),
        (_, 404) => fl!(cx.t, "problem-not-found"),
        (_, 405) => fl!(cx.t, "problem-method"),
        (_, 411) => fl!(cx.t, "problem-length"),
        (Some(AppError::TooLarge { limit }), _) => {
            fl!(cx.t, "problem-too-large", limit = in_units(cx.locale, *limit))
        }
        _ => text,
    };
    (title, text)
}

/// `ends_form` is `true` if typed values could not be saved.
fn words(cx: &Context, status: StatusCode, error: Option<&AppError>, ends_form: bool) -> (String, String) {
    let t = cx.t;
    match (error, status.as_u16()) {
        (Some(AppError::MissingRight(right)), _) => {
            let who = if Role::Coordinator.has(*right) {
                fl!(t, "error-right-coordinators")
            } else {
                fl!(t, "error-right-administrators")
            };
            (fl!(t, "error-right-title"), fl!(t, "error-right", who = who))
        }
        (Some(AppError::Api(refusal)), _) => refused(t, refusal),
        (Some(AppError::UnknownCursor | AppError::CursorGone), _) => {
            (fl!(t, "problem-cursor-title"), fl!(t, "problem-cursor"))
        }
        (Some(AppError::NotYours), _) => (fl!(t, "error-not-yours-title"), fl!(t, "error-not-yours")),
        (Some(AppError::Forgery), _) => (fl!(t, "error-forgery-title"), fl!(t, "error-forgery")),
        (Some(AppError::TooLarge { limit }), _) => (
            fl!(t, "error-too-large-title"),
            fl!(t, "error-too-large-form", limit = in_units(cx.locale, *limit)),
        ),
        (Some(AppError::FileTooLarge { limit }), _) => {
            (fl!(t, "error-too-large-title"), fl!(t, "error-too-large", limit = in_units(cx.locale, *limit)))
        }
        (Some(AppError::InTrash { name, .. }), _) => {
            // The names in the trash are for those who may restore them.
            let title = if cx.may(Right::ContactDelete) {
                fl!(t, "error-in-trash-title", name = name.as_str())
            } else {
                fl!(t, "error-in-trash-title-unnamed")
            };
            (title, fl!(t, "error-in-trash"))
        }
        (Some(AppError::TooManyFields { limit }), _) => (
            fl!(t, "error-too-many-fields-title"),
            fl!(t, "error-too-many-fields", limit = i64::try_from(*limit).unwrap_or(i64::MAX)),
        ),
        (Some(AppError::TooMuchAtOnce), _) => (fl!(t, "error-at-once-title"), fl!(t, "error-at-once")),
        (Some(AppError::Overloaded), _) => (fl!(t, "error-busy-title"), fl!(t, "error-busy")),
        (Some(AppError::OverTime), _) => (fl!(t, "error-over-time-title"), fl!(t, "error-over-time")),
        (_, 404) if ends_form => (fl!(t, "error-gone-title"), fl!(t, "error-gone")),
        (_, 404) => (fl!(t, "error-not-found-title"), fl!(t, "error-not-found")),
        (_, 405) => (fl!(t, "error-method-title"), fl!(t, "error-method")),
        (_, 408) => (fl!(t, "error-slow-title"), fl!(t, "error-slow")),
        (_, 409) => (fl!(t, "error-conflict-title"), fl!(t, "error-conflict")),
        (_, 421) => (fl!(t, "error-host-title"), fl!(t, "error-host")),
        (_, 503) => (fl!(t, "error-unavailable-title"), fl!(t, "error-unavailable")),
        (_, 507) => (fl!(t, "error-full-title"), fl!(t, "error-full")),
        (_, 400..=499) => (fl!(t, "error-request-title"), fl!(t, "error-request")),
        _ => (fl!(t, "error-internal-title"), fl!(t, "error-internal")),
    }
}

/// The title and the text of what only programs are refused.
fn refused(t: &Catalogue, refusal: &ApiRefusal) -> (String, String) {
    match refusal {
        ApiRefusal::NoKey => (fl!(t, "problem-no-key-title"), fl!(t, "problem-no-key")),
        ApiRefusal::WrongKey => (fl!(t, "problem-wrong-key-title"), fl!(t, "problem-wrong-key")),
        ApiRefusal::KeyEnded => (fl!(t, "problem-key-ended-title"), fl!(t, "problem-key-ended")),
        ApiRefusal::WrongNetwork => (fl!(t, "problem-network-title"), fl!(t, "problem-network")),
        ApiRefusal::SecondFactor => (fl!(t, "problem-second-factor-title"), fl!(t, "problem-second-factor")),
        ApiRefusal::Scope => (fl!(t, "problem-scope-title"), fl!(t, "problem-scope")),
        ApiRefusal::NoSource => (fl!(t, "problem-no-source-title"), fl!(t, "problem-no-source")),
        ApiRefusal::NoSuchParameter { name } => {
            (fl!(t, "problem-parameter-title"), fl!(t, "problem-parameter", name = name.as_str()))
        }
        ApiRefusal::OtherBody => (fl!(t, "problem-other-body-title"), fl!(t, "problem-other-body")),
        ApiRefusal::Changed => (fl!(t, "problem-changed-title"), fl!(t, "problem-changed")),
        ApiRefusal::NotJson => (fl!(t, "problem-not-json-title"), fl!(t, "problem-not-json")),
        ApiRefusal::NotAFile => (fl!(t, "problem-not-json-title"), fl!(t, "problem-not-a-file")),
        ApiRefusal::NoVersion => (fl!(t, "problem-version-title"), fl!(t, "problem-version")),
        ApiRefusal::TooFast { .. } => (fl!(t, "problem-too-fast-title"), fl!(t, "problem-too-fast")),
    }
}

fn in_units(locale: Locale, bytes: u64) -> String {
    let byte = match locale {
        Locale::Fr => "o",
        Locale::En => "B",
    };
    match bytes / 1024 {
        kibibytes if kibibytes % 1024 == 0 => format!("{}\u{A0}Mi{byte}", kibibytes / 1024),
        kibibytes => format!("{kibibytes}\u{A0}Ki{byte}"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::ACCEPT_LANGUAGE;
    use actix_web::middleware::from_fn;
    use actix_web::{App, test, web};

    use super::*;
    use crate::logging::tests::logged;
    use crate::web::{Access, Doors, Routes, request_log};

    async fn gives_up() -> HttpResponse {
        let name = String::from("Hélène");
        HttpResponse::Ok().body(name[..2].to_owned())
    }

    async fn gives_up_around(
        request: ServiceRequest,
        next: Next<impl MessageBody>,
    ) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
        assert!(request.path() != "/around", "told");
        next.call(request).await
    }

    #[actix_web::test]
    async fn a_panic_is_our_page_with_the_id_of_its_one_line_in_the_log() {
        let (log, _guard) = logged();
        let app = test::init_service(
            App::new()
                .configure(|config| {
                    let mut routes = Routes::new(Doors::none());
                    routes.at("/within").get(Access::Anyone, gives_up);
                    routes.register(config);
                })
                .route("/around", web::get().to(gives_up))
                .wrap(from_fn(gives_up_around))
                .wrap(from_fn(render))
                .wrap(from_fn(request_log::observe)),
        )
        .await;
        for path in ["/within", "/around"] {
            let id = format!("proxy-{}", &path[1..]);
            let request = test::TestRequest::get()
                .uri(path)
                .insert_header(("X-Request-Id", id.as_str()))
                .insert_header((ACCEPT_LANGUAGE, "en"))
                .to_request();
            let answer: HttpResponse<_> = match test::try_call_service(&app, request).await {
                Ok(answer) => answer.into_parts().1.map_into_boxed_body(),
                Err(error) => error.error_response(),
            };
            assert_eq!(answer.status(), 500, "{path}");
            assert_eq!(answer.headers().get("x-request-id").unwrap(), id.as_str());
            let body = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(body.contains("Something went wrong"), "{body}");
            assert!(body.contains(&id), "{body}");
            let log = log.text();
            let of_it = |line: &&str| line.contains(&id);
            let (causes, requests): (Vec<&str>, Vec<&str>) =
                log.lines().filter(of_it).partition(|line| line.contains("ERROR"));
            assert_eq!(causes.len(), 1, "{log}");
            assert!(causes[0].contains("src/web/error_pages.rs"), "{log}");
            assert_eq!(requests.len(), 1, "{log}");
            assert!(!log.contains("Hél") && !log.contains("told"), "{log}");
        }
    }
}
