use std::future::{Ready, ready};

use actix_session::SessionExt as _;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use chrono::NaiveDateTime;

use super::assets;
use super::csrf::CsrfToken;
use super::flash::{self, Flash};
use crate::domain::Right;
use crate::i18n::{Catalogue, Locale};
use crate::web::Account;

/// What every page needs beside its own data: the reader's language, who is signed in, the forms' token and
/// the word about what was just done.
pub struct Context {
    pub locale: Locale,
    /// The messages, for `fl!`.
    pub t: &'static Catalogue,
    pub account: Option<Account>,
    pub csrf: String,
    pub flash: Option<Flash>,
    /// The path asked for, without its query.
    pub path: String,
}

impl Context {
    pub fn new(request: &HttpRequest) -> Self {
        let extensions = request.extensions();
        let account = extensions.get::<Account>().cloned();
        let locale = account
            .as_ref()
            .and_then(|account| account.locale)
            .unwrap_or_else(|| Locale::from_headers(request.headers()));
        Self {
            locale,
            t: locale.catalogue(),
            account,
            csrf: extensions
                .get::<CsrfToken>()
                .map(|token| token.0.clone())
                .unwrap_or_default(),
            flash: None,
            path: request.path().to_owned(),
        }
    }

    /// Of a page that knows nothing of its reader but the language.
    pub fn of_nobody(locale: Locale) -> Self {
        Self {
            locale,
            t: locale.catalogue(),
            account: None,
            csrf: String::new(),
            flash: None,
            path: String::new(),
        }
    }

    /// Whether the account has the right: controls that lead nowhere are not drawn.
    pub fn may(&self, right: Right) -> bool {
        self.account
            .as_ref()
            .is_some_and(|account| account.role.has(right))
    }

    /// Whether this account is the one who reads the page.
    pub fn is(&self, account: &i64) -> bool {
        self.account
            .as_ref()
            .is_some_and(|reader| reader.id == *account)
    }

    pub fn may_import(&self) -> bool {
        self.may(Right::ImportAdd)
    }

    pub fn may_edit(&self) -> bool {
        self.may(Right::ContactEdit)
    }

    pub fn may_manage_users(&self) -> bool {
        self.may(Right::UserManage)
    }

    pub fn may_see_history(&self) -> bool {
        self.may(Right::AuditView)
    }

    pub fn may_edit_settings(&self) -> bool {
        self.may(Right::SettingsEdit)
    }

    pub fn number(&self, value: &i64) -> String {
        self.locale.number(*value)
    }

    /// For `<time datetime>`.
    pub fn machine_time(&self, utc: &NaiveDateTime) -> String {
        utc.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    pub fn stylesheet(&self) -> &'static str {
        assets::stylesheet_url()
    }

    pub fn icon(&self) -> &'static str {
        assets::icon_url()
    }

    /// `aria-current` of the menu's entry for the section under `prefix`.
    pub fn is_in(&self, prefix: &str) -> bool {
        self.path == prefix || self.path.starts_with(&format!("{prefix}/"))
    }
}

/// In a handler, taking the context also takes the word about what was just done: it is shown once.
impl FromRequest for Context {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut context = Self::new(request);
        context.flash = flash::take(&request.get_session());
        ready(Ok(context))
    }
}
