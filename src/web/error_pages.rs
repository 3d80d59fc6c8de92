//! Every error answer becomes a page in the reader's language with a way out, whether it is ours or the
//! framework's; see the policy in [`crate::error`].

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::{Context, csrf, page};
use crate::error::AppError;
use crate::i18n::fl;

#[derive(Template)]
#[template(path = "errors/show.html")]
struct ErrorPage {
    cx: Context,
    title: String,
    text: String,
    /// What the operator finds in the log.
    reference: Option<String>,
}

/// Our middlewares answer with [`ServiceRequest::error_response`] rather than `Err`, so that every error passes
/// here with its request.
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
    let reference = status.is_server_error().then(csrf::random_hex::<4>);
    if let Some(reference) = &reference {
        tracing::error!(
            reference,
            status = status.as_u16(),
            route = request.match_pattern(),
            cause,
            "request failed"
        );
    }
    let cx = Context::new(request);
    let (title, text) = words(&cx, status, error);
    let template = ErrorPage {
        cx,
        title,
        text,
        reference,
    };
    let mut response = page::with_status(status, &template).unwrap_or_else(|error| {
        tracing::error!(%error, "the error page failed");
        HttpResponse::new(status)
    });
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
    }
    // An upload that was refused half-way is still coming: what follows on this connection is not a request.
    if request.method() == Method::POST && matches!(status.as_u16(), 403 | 408 | 413) {
        response
            .head_mut()
            .set_connection_type(actix_web::http::ConnectionType::Close);
    }
    response
}

fn words(cx: &Context, status: StatusCode, error: Option<&AppError>) -> (String, String) {
    let t = cx.t;
    match (error, status.as_u16()) {
        (Some(AppError::MissingRight(right)), _) => (
            fl!(t, "error-right-title"),
            fl!(t, "error-right", right = right.as_str()),
        ),
        (Some(AppError::NotYours), _) => {
            (fl!(t, "error-not-yours-title"), fl!(t, "error-not-yours"))
        }
        (Some(AppError::Forgery), _) => (fl!(t, "error-forgery-title"), fl!(t, "error-forgery")),
        (Some(AppError::TooLarge { limit }), _) => (
            fl!(t, "error-too-large-title"),
            fl!(t, "error-too-large", limit = mebibytes(*limit)),
        ),
        (_, 404) => (fl!(t, "error-not-found-title"), fl!(t, "error-not-found")),
        (_, 405) => (fl!(t, "error-method-title"), fl!(t, "error-method")),
        (_, 408) => (fl!(t, "error-slow-title"), fl!(t, "error-slow")),
        (_, 409) => (fl!(t, "error-conflict-title"), fl!(t, "error-conflict")),
        (_, 421) => (fl!(t, "error-host-title"), fl!(t, "error-host")),
        (_, 503) => (
            fl!(t, "error-unavailable-title"),
            fl!(t, "error-unavailable"),
        ),
        (_, 507) => (fl!(t, "error-full-title"), fl!(t, "error-full")),
        (_, 400..=499) => (fl!(t, "error-request-title"), fl!(t, "error-request")),
        _ => (fl!(t, "error-internal-title"), fl!(t, "error-internal")),
    }
}

fn mebibytes(bytes: u64) -> String {
    format!("{}\u{A0}MiB", bytes / (1024 * 1024))
}
