//! Forms: reading them, and telling what is wrong in them.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use serde::de::DeserializeOwned;
use zeroize::Zeroize as _;

use super::pace::Pace;
use super::{Sent, csrf, overload};
use crate::error::{AppError, AppResult};

/// Bytes of a form: fifty rows of check boxes need less than 10 kB, the longest note 384 kB once encoded.
const FORM_LIMIT: usize = 1024 * 1024;

/// The fields of a form that one of our pages sent: its token is checked before the handler sees it.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Form<T> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = AppResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let mut body = overload::without_place(&request, read_body(&request, payload)).await?;
            let token = url::form_urlencoded::parse(&body)
                .find(|(name, _)| name == "csrf")
                .map(|(_, token)| token.into_owned());
            csrf::verify(&request, token.as_deref())?;
            // For the page in which an error ends.
            request.extensions_mut().insert(Sent::parse(&body));
            let fields = serde_urlencoded::from_bytes(&body)
                .map_err(|_| AppError::BadRequest("a form with unknown fields"));
            // It may hold a password.
            body.zeroize();
            fields.map(Self)
        })
    }
}

/// A form that is only a button.
#[derive(serde::Deserialize)]
pub struct NoFields {}

async fn read_body(request: &HttpRequest, mut payload: Payload) -> AppResult<BytesMut> {
    if request.content_type() != "application/x-www-form-urlencoded"
        || request.headers().contains_key(header::CONTENT_ENCODING)
    {
        return Err(AppError::BadRequest("not a form"));
    }
    let mut body = BytesMut::new();
    let mut pace = Pace::begin();
    while let Some(chunk) = pace.next(&mut payload).await? {
        let chunk = chunk.map_err(|_| AppError::BadRequest("a body that was cut off"))?;
        if body.len() + chunk.len() > FORM_LIMIT {
            return Err(AppError::TooLarge {
                limit: FORM_LIMIT as u64,
            });
        }
        pace.note(chunk.len());
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// One thing wrong in a form: the control it is about, and the words for it, the same in the summary and at
/// the field.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// The `id` of the control.
    pub field: String,
    pub message: String,
}

/// What is wrong in a form; empty on a fresh one.
#[derive(Debug, Clone, Default)]
pub struct FormErrors(Vec<FieldError>);

impl FormErrors {
    pub fn add(&mut self, field: impl Into<String>, message: String) {
        self.0.push(FieldError {
            field: field.into(),
            message,
        });
    }

    pub fn one(field: impl Into<String>, message: String) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn all(&self) -> &[FieldError] {
        &self.0
    }

    /// The words for `field`, when it is wrong.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.message.as_str())
    }
}
