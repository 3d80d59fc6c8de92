//! The account and the session that a request came with.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use crate::domain::Role;
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;

/// The account of a request, as it is in the database now.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: i64,
    pub username: String,
    pub role: Role,
    /// The language it chose; else the browser's.
    pub locale: Option<Locale>,
    pub has_second_factor: bool,
    /// Until it has a second factor it may do nothing but set one up.
    pub must_set_up: bool,
    /// Whether it signs in at the company's provider, which then asks for the second factor too: it has no password of ours.
    pub is_of_company: bool,
}

/// The session that the request came with.
#[derive(Debug, Clone, Copy)]
pub struct CurrentSession(pub i64);

impl FromRequest for Account {
    type Error = AppError;
    type Future = Ready<AppResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(from_extensions(request))
    }
}

impl FromRequest for CurrentSession {
    type Error = AppError;
    type Future = Ready<AppResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(from_extensions(request))
    }
}

/// Only routes for [`crate::web::Access::Anyone`] run without an account, and they do not ask for one.
fn from_extensions<T: Clone + 'static>(request: &HttpRequest) -> AppResult<T> {
    request.extensions().get::<T>().cloned().ok_or_else(|| {
        AppError::Internal(anyhow::anyhow!("an account was asked for on an open route"))
    })
}
