//! The outermost middleware: it gives each request an id, a log line and metrics, and answers when nothing else does.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest};
use futures_util::FutureExt as _;
use tracing::Instrument as _;

use super::concurrency_limit::Refused;
use super::error_pages::{self, Reader};
use super::security_headers;
use crate::base::random::random_hex;
use crate::metrics::{self, METRICS};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_ID: usize = 64;

/// The id that all log lines of one request share. The answer's header and error pages repeat it.
#[derive(Debug, Clone)]
pub struct RequestId(Rc<str>);

impl RequestId {
    /// The id of a request that has passed [`observe`].
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// A proxy's own id if it is well-formed, or else a random one.
    fn new(headers: &HeaderMap) -> Self {
        let given = headers
            .get(X_REQUEST_ID)
            .and_then(|value| value.to_str().ok())
            .filter(|id| (1..=LONGEST_ID).contains(&id.len()))
            .filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
        Self(given.map_or_else(|| random_hex::<6>().into(), Into::into))
    }

    fn put_into(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.0) {
            headers.insert(X_REQUEST_ID, value);
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The outermost middleware.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = RequestId::new(request.headers());
    request.extensions_mut().insert(id.clone());
    // At the highest level, so that no filter removes the id from the lines that pass the filter.
    let span = tracing::error_span!("http", request = %id);
    answer(request, next, id).instrument(span).await
}

async fn answer<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
    id: RequestId,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let begun = Instant::now();
    let method = metrics::name(request.method());
    let reader = Reader::of(request.head());
    let secure = security_headers::is_secure(&request);
    let answered = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    let cause = match answered {
        Ok(Ok(mut response)) => {
            id.put_into(response.headers_mut());
            if response.response().extensions().get::<Refused>().is_none() {
                note(method, &route_of(response.request()), response.status(), begun);
            }
            return Ok(response);
        }
        Ok(Err(error)) => Some(error.to_string()),
        // The panic is already in the log.
        Err(_) => None,
    };
    // A middleware of the framework failed, or one of ours panicked. The request is gone, so the answer is sent as an error.
    if let Some(cause) = cause {
        tracing::error!(cause, "request failed");
    }
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    note(method, "", status, begun);
    let mut response = error_pages::plain(status, reader, None, Some(&id));
    security_headers::put(response.headers_mut(), secure);
    id.put_into(response.headers_mut());
    Err(InternalError::from_response("no answer", response).into())
}

/// The route's pattern, because the URL can contain a name; empty without a route.
fn route_of(request: &HttpRequest) -> String {
    request.match_pattern().unwrap_or_default()
}

fn note(method: &str, route: &str, status: StatusCode, begun: Instant) {
    let taken = begun.elapsed();
    METRICS.request(method, route, status, taken);
    tracing::info!(
        method,
        route,
        status = status.as_u16(),
        milliseconds = taken.as_secs_f64() * 1e3,
        "request"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_id_is_accepted() {
        let of = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(X_REQUEST_ID, HeaderValue::from_bytes(value).unwrap());
            RequestId::new(&headers).to_string()
        };
        assert_eq!(of(b"7f3a-Proxy-1"), "7f3a-Proxy-1");
        assert_eq!(of(&[b'a'; 64]), "a".repeat(64));
        for refused in [&b""[..], &[b'a'; 65], b"a b", b"<b>", b"a\tb", "é".as_bytes(), b"\xff"] {
            let own = of(refused);
            assert_eq!(own.len(), 12, "{refused:?}: {own}");
            assert_ne!(own, of(refused), "random");
        }
    }
}
