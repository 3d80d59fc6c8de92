//! Refuses bodies without a length, which no browser sends. The framework would otherwise read an unwanted body for as long as
//! its sender likes, and keep the connection open for it.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpMessage as _;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Bytes;

use super::error_pages::{self, Reader};
use super::request_log::RequestId;

/// A middleware that answers 411 to a chunked body, on every route.
pub async fn require(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if !request.headers().contains_key(header::TRANSFER_ENCODING) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let reader = Reader::of(request.head());
    let id = RequestId::of(request.request());
    let page = error_pages::plain(StatusCode::LENGTH_REQUIRED, reader, None, id.as_ref());
    let unread = request.take_payload();
    let response = page.map_body(|_, page| {
        let page = page.try_into_bytes().unwrap_or_default();
        BoxBody::new(LengthRefusal { length: page.len() as u64, page: Some(page), _unread: unread })
    });
    Ok(request.into_response(response).map_into_right_body())
}

/// A page that keeps the request's body until it is sent. The framework closes the connection after an answer if the body is
/// still held, and continues to read if it was dropped.
struct LengthRefusal {
    page: Option<Bytes>,
    length: u64,
    _unread: Payload,
}

impl MessageBody for LengthRefusal {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.length)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(self.get_mut().page.take().map(Ok))
    }
}
