//! More requests than can be worked on at once: they wait for a moment, and who has no place by then is told to come back. So
//! the process goes on answering at its full rate, and has nothing to catch up with afterwards. No more can wait than there
//! are connections, which [`crate::app::serve`] bounds.
//!
//! A place is held from a request's head to its answer's head, but for the time in which its body comes in, or in which a wrong
//! sign-in waits for its answer: slow requests take no place from others. Files and health need none.
//!
//! Of one account no more is worked on at once than it takes to open a few pages; what it asks for beyond that waits without a
//! place.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, web};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error_pages;
use super::request_log::RequestId;
use crate::error::{AppError, AppResult};
use crate::i18n::Locale;
use crate::metrics::{Counted, METRICS};

/// Far more than there are connections to the database: what waits for its answer, or for a password's hash, takes a place
/// too.
const AT_ONCE: usize = 64;
/// Longer than the waiting ones take, unless pages have become slow. Refusals that came at once would be asked for again
/// at once, and take the processor from those who are served.
const WAIT: Duration = Duration::from_millis(500);

/// Of one account. A browser asks for six pages of one host at once, two for two people with one account.
const OF_AN_ACCOUNT: usize = 8;

/// The places of the process; clones share them.
#[derive(Clone)]
pub struct Places {
    all: Arc<Semaphore>,
    /// Those of the accounts that something is worked on for.
    of_accounts: Arc<Mutex<HashMap<i64, Weak<Semaphore>>>>,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            of_accounts: Arc::default(),
        }
    }
}

impl Places {
    /// # Errors
    /// [`AppError::Overloaded`] when there is none to be had soon.
    async fn take(&self) -> AppResult<Place> {
        if let Ok(permit) = Arc::clone(&self.all).try_acquire_owned() {
            return Ok(Place::new(permit));
        }
        let taken = soon(Arc::clone(&self.all)).await;
        taken.map(Place::new).ok_or(AppError::Overloaded)
    }

    fn of_account(&self, account: i64) -> Arc<Semaphore> {
        let known = self.of_accounts.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = known.get(&account).and_then(Weak::upgrade) {
            return places;
        }
        known.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(OF_AN_ACCOUNT));
        known.insert(account, Arc::downgrade(&places));
        places
    }
}

async fn soon(places: Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    let _queued = Counted::on(&METRICS.queued);
    let taken = tokio::time::timeout(WAIT, places.acquire_owned()).await;
    taken.ok()?.ok()
}

/// Takes one of the places of the account that a request comes from; it is given back when it is dropped.
///
/// # Errors
/// [`AppError::TooMuchAtOnce`] when there is none to be had soon, and [`AppError::Overloaded`].
pub async fn take_of_account(
    request: &HttpRequest,
    account: i64,
) -> AppResult<Option<OwnedSemaphorePermit>> {
    let Some(places) = request.app_data::<web::Data<Places>>() else {
        return Ok(None);
    };
    let places = places.of_account(account);
    if let Ok(permit) = Arc::clone(&places).try_acquire_owned() {
        return Ok(Some(permit));
    }
    let permit = without_place(request, async {
        soon(places).await.ok_or(AppError::TooMuchAtOnce)
    });
    Ok(Some(permit.await?))
}

/// Given back when it is dropped.
struct Place {
    _permit: OwnedSemaphorePermit,
    _counted: Counted,
}

impl Place {
    fn new(permit: OwnedSemaphorePermit) -> Self {
        Self {
            _permit: permit,
            _counted: Counted::on(&METRICS.in_flight),
        }
    }
}

/// The place of a request, in its extensions.
#[derive(Clone)]
struct Held(Rc<RefCell<Option<Place>>>);

/// In the extensions of an answer that cost nothing, and is worth no line in the log.
pub struct Refused;

/// Lets a request in where there is a place for it.
pub async fn limit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let places = match request.app_data::<web::Data<Places>>() {
        Some(places) if !is_aside(request.path()) => places.clone(),
        _ => return Ok(next.call(request).await?.map_into_left_body()),
    };
    let Ok(place) = places.take().await else {
        return Ok(refuse(request).map_into_right_body());
    };
    let held = Held(Rc::new(RefCell::new(Some(place))));
    request.extensions_mut().insert(held.clone());
    let response = next.call(request).await;
    held.0.borrow_mut().take();
    Ok(response?.map_into_left_body())
}

/// Awaits what needs no work of ours, such as what a client sends, without the request's place meanwhile.
///
/// # Errors
/// Those of `pause`, and [`AppError::Overloaded`] when there is no place any more.
pub async fn without_place<T>(
    request: &HttpRequest,
    pause: impl Future<Output = AppResult<T>>,
) -> AppResult<T> {
    let held = request.extensions().get::<Held>().cloned();
    let (Some(held), Some(places)) = (held, request.app_data::<web::Data<Places>>()) else {
        return pause.await;
    };
    held.0.borrow_mut().take();
    let received = pause.await?;
    let place = places.take().await?;
    held.0.borrow_mut().replace(place);
    Ok(received)
}

fn is_aside(path: &str) -> bool {
    path.starts_with("/static/") || matches!(path, "/healthz" | "/readyz")
}

fn refuse(request: ServiceRequest) -> ServiceResponse {
    METRICS.refused.inc();
    tracing::debug!("refused by overload");
    let locale = Locale::from_headers(request.headers());
    let id = RequestId::of(request.request());
    let error = AppError::Overloaded;
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut response = error_pages::plain(status, locale, Some(&error), id.as_ref());
    error_pages::close_after_unread_body(&mut response, request.method());
    response.extensions_mut().insert(Refused);
    request.into_response(response)
}
