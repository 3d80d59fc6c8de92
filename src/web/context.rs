use std::future::{Ready, ready};

use actix_session::{Session, SessionExt as _};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use chrono::NaiveDateTime;
use url::form_urlencoded;

use super::assets;
use super::csrf::CsrfToken;
use super::flash::{self, Flash};
use crate::db::waiting::Waiting;
use crate::domain::Right;
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, Locale};
use crate::web::{Account, Caller};

/// Places of the menu whose paths begin with that of the list.
const BESIDE_THE_LIST: [&str; 5] =
    ["/contacts/unchecked", "/contacts/trash", "/contacts/recent", "/contacts/favourites", "/contacts/bulk"];

/// The values that every page needs besides its own data: the reader's language and account, the form token and the message about
/// the last action.
pub struct Context {
    pub locale: Locale,
    /// The messages for `fl!`.
    pub t: &'static Catalogue,
    pub account: Option<Account>,
    pub csrf: String,
    pub flash: Option<Flash>,
    /// The numbers of the menu.
    pub waiting: Waiting,
    session: Option<Session>,
    /// The requested path, without its query.
    pub path: String,
    /// The address of the list that led to a contact: the query's `from` or what it stands for, not yet checked.
    pub from: String,
}

/// The value of `from` in links whose page is too long an address for each of them: the browser says which page had the link.
pub const REFERRER: &str = ".";

/// The value of `from` in the query; an empty text without it.
fn from(request: &HttpRequest) -> String {
    let mut pairs = form_urlencoded::parse(request.query_string().as_bytes());
    let from = pairs.find(|(name, _)| name == "from").map(|(_, value)| value.into_owned());
    match from {
        Some(from) if from == REFERRER => referrer(request).unwrap_or_default(),
        from => from.unwrap_or_default(),
    }
}

/// The page that had the link or the form, as an address without the host. Browsers send it to their own site (see
/// [`crate::web::security_headers`]).
pub fn referrer(request: &HttpRequest) -> Option<String> {
    let page = url::Url::parse(request.headers().get(header::REFERER)?.to_str().ok()?).ok()?;
    Some(page[url::Position::BeforePath..url::Position::AfterQuery].to_owned())
}

impl Context {
    pub fn new(request: &HttpRequest) -> Self {
        let extensions = request.extensions();
        let caller = extensions.get::<Caller>().map(|caller| &caller.account);
        let account = extensions.get::<Account>().or(caller).cloned();
        let locale = account
            .as_ref()
            .and_then(|account| account.locale)
            .unwrap_or_else(|| Locale::from_headers(request.headers()));
        Self {
            locale,
            t: locale.catalogue(),
            account,
            csrf: extensions.get::<CsrfToken>().map(|token| token.0.clone()).unwrap_or_default(),
            flash: None,
            waiting: extensions.get::<Waiting>().copied().unwrap_or_default(),
            session: None,
            path: request.path().to_owned(),
            from: from(request),
        }
    }

    /// The context of a page when only the reader's language is known.
    pub fn of_nobody(locale: Locale) -> Self {
        Self {
            locale,
            t: locale.catalogue(),
            account: None,
            csrf: String::new(),
            flash: None,
            waiting: Waiting::default(),
            session: None,
            path: String::new(),
            from: String::new(),
        }
    }

    /// Returns `true` if the account has the right: pages show only controls that work.
    pub fn may(&self, right: Right) -> bool {
        self.account.as_ref().is_some_and(|account| account.role.has(right))
    }

    /// # Errors
    /// [`AppError::MissingRight`]
    pub fn require(&self, right: Right) -> AppResult<()> {
        if self.may(right) { Ok(()) } else { Err(AppError::MissingRight(right)) }
    }

    /// Stores a message about this action, which the next page shows.
    pub fn say(&self, message: String) {
        if let Some(session) = &self.session {
            flash::set(session, message);
        }
    }

    /// Like [`Context::say`], for a warning.
    pub fn warn(&self, message: String) {
        if let Some(session) = &self.session {
            flash::warn(session, message);
        }
    }

    /// Returns `true` if this account is the reader's.
    pub fn is(&self, account: &i64) -> bool {
        self.account.as_ref().is_some_and(|reader| reader.id == *account)
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

    /// The value for `<time datetime>`.
    pub fn machine_time(&self, utc: &NaiveDateTime) -> String {
        utc.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    pub fn stylesheet(&self) -> &'static str {
        assets::stylesheet_url()
    }

    pub fn icon(&self) -> &'static str {
        assets::icon_url()
    }

    /// Returns `true` if the page belongs to this place of the menu.
    pub fn is_at(&self, place: &str) -> bool {
        let is_in = |prefix: &str| {
            self.path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        is_in(place) && (place != "/contacts" || !BESIDE_THE_LIST.into_iter().any(is_in))
    }
}

/// Extracting the context in a handler also takes the message about the last action, because it is shown once.
impl FromRequest for Context {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut context = Self::new(request);
        let session = request.get_session();
        context.flash = flash::take(&session);
        context.session = Some(session);
        ready(Ok(context))
    }
}
