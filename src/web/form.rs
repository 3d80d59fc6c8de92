//! Reads forms, and collects their errors.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use serde::de::DeserializeOwned;
use zeroize::Zeroize as _;

use super::bodies::Room;
use super::body_rate::Pace;
use super::{Sent, concurrency_limit, csrf};
use crate::error::{AppError, AppResult};

/// The largest number of fields of a form or a query, unless the route sets another; see [`crate::web::routes`].
pub const FIELDS: usize = 500;

/// The largest number of fields for a request's route, in the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct MostFields(pub usize);

impl MostFields {
    fn of(request: &HttpRequest) -> Self {
        let said = request.extensions().get::<Self>().copied();
        said.unwrap_or(Self(FIELDS))
    }

    /// Checks the number of fields.
    ///
    /// # Errors
    /// [`AppError::TooManyFields`]
    pub fn check(self, fields: usize) -> AppResult<()> {
        if fields <= self.0 {
            return Ok(());
        }
        Err(AppError::TooManyFields { limit: self.0 })
    }
}

/// The number of separators between fields in an encoded form.
pub fn separators(encoded: &[u8]) -> usize {
    encoded.split(|byte| *byte == b'&').count() - 1
}

/// The fields of a form from one of our pages. Its token is checked before the handler gets it.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Form<T> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = AppResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let mut body = concurrency_limit::without_place(&request, read_body(&request, payload)).await?;
            let token = url::form_urlencoded::parse(&body)
                .find(|(name, _)| name == "csrf")
                .map(|(_, token)| token.into_owned());
            csrf::verify(&request, token.as_deref())?;
            // For the page of an error.
            request.extensions_mut().insert(Sent::parse(&body));
            let fields = serde_urlencoded::from_bytes(&body)
                .map_err(|_| AppError::BadRequest("a form with unknown fields"));
            // The body may contain a password.
            body.zeroize();
            fields.map(Self)
        })
    }
}

/// A form with only a button.
#[derive(serde::Deserialize)]
pub struct NoFields {}

async fn read_body(request: &HttpRequest, payload: Payload) -> AppResult<BytesMut> {
    if request.content_type() != "application/x-www-form-urlencoded"
        || request.headers().contains_key(header::CONTENT_ENCODING)
    {
        return Err(AppError::BadRequest("not a form"));
    }
    let most = MostFields::of(request);
    let mut fields = 1;
    read_limited(request, payload, |chunk| {
        fields += separators(chunk);
        most.check(fields)
    })
    .await
}

/// Reads a body within the limits of size and pace. `check` sees each part of it as it arrives.
///
/// # Errors
/// Those of `check`, [`AppError::TooLarge`], [`AppError::TooSlow`], and [`AppError::Overloaded`] if there is no room.
pub async fn read_limited(
    request: &HttpRequest,
    mut payload: Payload,
    mut check: impl FnMut(&[u8]) -> AppResult<()>,
) -> AppResult<BytesMut> {
    let mut room = Room::of(request);
    let announced = announced(request);
    room.expect(announced)?;
    // Allocated once, because a growing body would be copied each time.
    let mut body = BytesMut::with_capacity(announced);
    let mut pace = Pace::begin(request);
    while let Some(chunk) = pace.next(&mut payload).await? {
        let chunk = chunk.map_err(|_| AppError::TooSlow)?;
        room.take(chunk.len())?;
        check(&chunk)?;
        pace.note(chunk.len());
        body.extend_from_slice(&chunk);
    }
    room.keep_with(request);
    Ok(body)
}

/// The length of the body according to the request's header.
fn announced(request: &HttpRequest) -> usize {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
    length.unwrap_or(0)
}

/// One error in a form: the control and the message, which is the same in the summary and at the field.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// The `id` of the control.
    pub field: String,
    pub message: String,
}

/// The errors in a form; empty for a new one.
#[derive(Debug, Clone, Default)]
pub struct FormErrors(Vec<FieldError>);

impl FormErrors {
    pub fn add(&mut self, field: impl Into<String>, message: String) {
        self.0.push(FieldError { field: field.into(), message });
    }

    pub fn one(field: impl Into<String>, message: String) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    pub fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// The same errors, all at one control.
    pub fn all_at(self, field: &str) -> Self {
        let moved = self.0.into_iter().map(|error| FieldError { field: field.to_owned(), ..error });
        Self(moved.collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn all(&self) -> &[FieldError] {
        &self.0
    }

    /// The message for `field`, if it has an error.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }
}
