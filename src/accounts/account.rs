use std::future::{Ready, ready};
use std::sync::Arc;

use actix_session::SessionExt as _;
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use super::store;
use crate::db::{HELD, sessions};
use crate::domain::Role;
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;
use crate::web::overload;

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

/// Who is asking, as it was read with the session. The routes decide what they may do; see [`crate::web::routes`].
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = match find(&request) {
        Ok(Some((account, session))) => {
            let id = account.id;
            let mut extensions = request.extensions_mut();
            extensions.insert(account);
            extensions.insert(session);
            id
        }
        Ok(None) => return Ok(next.call(request).await?.map_into_left_body()),
        Err(error) => return Ok(request.error_response(error).map_into_right_body()),
    };
    let place = match overload::take_of_account(request.request(), id).await {
        Ok(place) => place,
        Err(error) => return Ok(request.error_response(error).map_into_right_body()),
    };
    let response = HELD.scope(Arc::new(place), next.call(request)).await?;
    Ok(response.map_into_left_body())
}

fn find(request: &ServiceRequest) -> AppResult<Option<(Account, CurrentSession)>> {
    let Some(present) = sessions::present_in(&request.get_session())? else {
        return Ok(None);
    };
    let session = CurrentSession(present.session);
    Ok(Some((store::account(present)?, session)))
}

/// Where a request without an account is sent: back to the page that it wanted, once signed in. A form that is not given back
/// leads to the page that it came from, and the sign-in page says that nothing was saved.
pub fn sign_in_location(request: &HttpRequest) -> String {
    if request.method() == Method::POST {
        return super::sign_in::location_unsaved(&came_from(request));
    }
    let wanted = request
        .uri()
        .path_and_query()
        .map_or("/", |wanted| wanted.as_str());
    super::sign_in::location("/login", wanted)
}

/// The page that a form was sent from, by its address without the host: browsers say so to their own site (see
/// [`crate::web::security_headers`]).
fn came_from(request: &HttpRequest) -> String {
    let referer = request.headers().get(header::REFERER);
    let page = referer
        .and_then(|value| url::Url::parse(value.to_str().ok()?).ok())
        .map(|url| url[url::Position::BeforePath..url::Position::AfterQuery].to_owned());
    page.unwrap_or_else(|| "/".to_owned())
}

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
