//! The account and the session of a request.

use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use crate::domain::{KeyScope, Role};
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;

/// The account of a request, as currently stored.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: i64,
    /// The name with which it signs in.
    pub username: String,
    /// Empty if it has none.
    pub display_name: String,
    pub role: Role,
    /// The language that the account has chosen; otherwise the browser's applies.
    pub locale: Option<Locale>,
    pub has_second_factor: bool,
    /// The account must first set up a second factor, and may do nothing else.
    pub must_set_up: bool,
    /// The account signs in at the company's provider, which also asks for the second factor. It has no password in Carnet.
    pub is_of_company: bool,
    /// The contacts on a page of the list.
    pub rows_per_page: usize,
}

impl Account {
    /// The name that pages show, as [`crate::db::account_name()`] reads it.
    pub fn name(&self) -> &str {
        if self.display_name.is_empty() { &self.username } else { &self.display_name }
    }
}

/// A program: the account behind its key. Handlers of pages extract an [`Account`], so a key never reaches one of them.
#[derive(Debug, Clone)]
pub struct Caller {
    pub account: Account,
    /// The key's id.
    pub key: i64,
    /// The key's name, for the history.
    pub label: Rc<str>,
    pub scope: KeyScope,
}

/// The session of the request.
#[derive(Debug, Clone, Copy)]
pub struct CurrentSession(pub i64);

impl FromRequest for Account {
    type Error = AppError;
    type Future = Ready<AppResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(from_extensions(request))
    }
}

impl FromRequest for Caller {
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

/// Only routes for [`crate::web::Access::Anyone`] run without an account, and their handlers do not extract one.
fn from_extensions<T: Clone + 'static>(request: &HttpRequest) -> AppResult<T> {
    request.extensions().get::<T>().cloned().ok_or_else(|| {
        AppError::Internal(anyhow::anyhow!("the handler of an open route extracts an account"))
    })
}
