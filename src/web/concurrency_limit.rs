//! Limits the requests that are handled at the same time. Further requests wait for a moment; those without a place by then are
//! told to try again. So the process continues to answer at its full rate, and has no backlog afterwards. The number of
//! connections, which [`super::connections`] limits, also limits the waiting requests.
//!
//! A request has its place from its head to the answer's head, except while its body arrives, or while a wrong sign-in waits for
//! its answer: slow requests take no place from others. Static files and health checks need none.
//!
//! One account has as many places as are needed to open a few pages. Its further requests wait without a place.

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

use super::error_pages::{self, Reader};
use super::request_log::RequestId;
use crate::error::{AppError, AppResult};
use crate::metrics::{Counted, METRICS};

/// The number of places. It is far above the number of database connections, because requests that wait for the database or for a
/// password's hash also take a place.
const AT_ONCE: usize = 64;
/// How long a request waits for a place: longer than the others take, unless pages have become slow. Immediate refusals would be
/// repeated immediately, and take processor time from the other requests.
const WAIT: Duration = Duration::from_millis(500);

/// The places of one account. A browser opens six connections to one host; this leaves two for a second person with the account.
const OF_AN_ACCOUNT: usize = 8;

/// The places of the process. All clones share them.
#[derive(Clone)]
pub struct Places {
    all: Arc<Semaphore>,
    /// The places of the accounts with current requests.
    of_accounts: Arc<Mutex<HashMap<i64, Weak<Semaphore>>>>,
}

impl Default for Places {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), of_accounts: Arc::default() }
    }
}

impl Places {
    /// Waits for one of the places of the process, for at most [`WAIT`]. Dropping the permit frees the place.
    ///
    /// # Errors
    /// [`AppError::Overloaded`] if no place becomes free within [`WAIT`].
    async fn take(&self) -> AppResult<Permit> {
        if let Ok(permit) = Arc::clone(&self.all).try_acquire_owned() {
            return Ok(Permit::new(permit));
        }
        let taken = soon(Arc::clone(&self.all)).await;
        taken.map(Permit::new).ok_or(AppError::Overloaded)
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

/// Takes one of the places of a request's account, until it is dropped.
///
/// # Errors
/// [`AppError::TooMuchAtOnce`] if no place becomes free within [`WAIT`], and [`AppError::Overloaded`].
pub async fn take_of_account(request: &HttpRequest, account: i64) -> AppResult<Option<OwnedSemaphorePermit>> {
    let Some(places) = request.app_data::<web::Data<Places>>() else {
        return Ok(None);
    };
    let places = places.of_account(account);
    if let Ok(permit) = Arc::clone(&places).try_acquire_owned() {
        return Ok(Some(permit));
    }
    let permit = without_place(request, async { soon(places).await.ok_or(AppError::TooMuchAtOnce) });
    Ok(Some(permit.await?))
}

/// A place, until it is dropped.
struct Permit {
    _permit: OwnedSemaphorePermit,
    _counted: Counted,
}

impl Permit {
    fn new(permit: OwnedSemaphorePermit) -> Self {
        Self { _permit: permit, _counted: Counted::on(&METRICS.in_flight) }
    }
}

/// The place of a request, in its extensions.
#[derive(Clone)]
struct Held(Rc<RefCell<Option<Permit>>>);

/// Marks, in its extensions, an answer that gets no log line because refusing cost nothing.
pub struct Refused;

/// A middleware that lets a request in when there is a place.
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

/// Awaits something that needs no work of the server, such as data from the client, or work with a limit of its own, and releases
/// the request's place meanwhile.
///
/// # Errors
/// Those of `pause`, and [`AppError::Overloaded`] if no place is free afterwards.
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
    let reader = Reader::of(request.head());
    let id = RequestId::of(request.request());
    let error = AppError::Overloaded;
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut response = error_pages::plain(status, reader, Some(&error), id.as_ref());
    error_pages::close_after_unread_body(&mut response, request.method());
    response.extensions_mut().insert(Refused);
    request.into_response(response)
}
