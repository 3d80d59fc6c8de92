//! The middleware of the API: the account behind a request's key.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::pace::Pace;
use super::secret;
use super::store::{self, PresentedKey, WITHOUT_SIGN_IN};
use super::uses::Uses;
use crate::accounts::store::account;
use crate::base::clock;
use crate::db::{Db, HELD};
use crate::domain::Networks;
use crate::error::{ApiRefusal, AppError, AppResult};
use crate::web::{Caller, client, concurrency_limit, csrf};

/// The path of the feed of changes, whose polls wait.
const CHANGES: &str = "/api/v1/changes";

/// A middleware that adds the [`Caller`] of a request with a key. A request without a key goes on without one, and its route refuses
/// it; a request with a key that is not valid is answered here.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if !request.method().is_safe() && !csrf::is_same_origin(request.head()) {
        return Ok(request.error_response(AppError::Forgery).map_into_right_body());
    }
    let caller = match caller(request.request()).await {
        Ok(Some(caller)) => caller,
        Ok(None) => return Ok(next.call(request).await?.map_into_left_body()),
        Err(error) => return Ok(request.error_response(error).map_into_right_body()),
    };
    // A poll that waits would hold one of the account's few places.
    if request.path() == CHANGES {
        request.extensions_mut().insert(caller);
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let place = match concurrency_limit::take_of_account(request.request(), caller.account.id).await {
        Ok(place) => place,
        Err(error) => return Ok(request.error_response(error).map_into_right_body()),
    };
    request.extensions_mut().insert(caller);
    let response = HELD.scope(Arc::new(place), next.call(request)).await?;
    Ok(response.map_into_left_body())
}

async fn caller(request: &HttpRequest) -> AppResult<Option<Caller>> {
    let (Some(db), Some(pace), Some(uses)) = (
        request.app_data::<web::Data<Db>>(),
        request.app_data::<web::Data<Pace>>(),
        request.app_data::<web::Data<Uses>>(),
    ) else {
        return Err(AppError::Internal(anyhow::anyhow!("the API has no data")));
    };
    let mut presented = request.headers().get_all(header::AUTHORIZATION);
    let Some(credentials) = presented.next() else {
        return Ok(None);
    };
    let text = credentials.to_str().ok().filter(|_| presented.next().is_none());
    let Some(hash) = text.and_then(key_in).and_then(|key| secret::hash(&key)) else {
        return pace.refuse_wrong(request).await;
    };
    let found = db.read(move |conn| store::presented(conn, &hash)).await?;
    let Some(key) = found else {
        return pace.refuse_wrong(request).await;
    };
    let address = client::address(request);
    if let Err(refusal) = check(&key, address) {
        record(db, uses, &key, refusal.clone()).await;
        return Err(AppError::Api(refusal));
    }
    pace.take(key.id)?;
    uses.note(key.id, address);
    let (id, label, scope) = (key.id, key.label, key.scope);
    let account = account(key.account, key.second_factor_for.as_deref())?;
    if account.must_set_up {
        return Err(AppError::Api(ApiRefusal::SecondFactor));
    }
    Ok(Some(Caller { account, key: id, label: label.into(), scope }))
}

/// The key in an `Authorization` header: `Bearer KEY`, or `Basic` with the key as password.
fn key_in(credentials: &str) -> Option<String> {
    let (scheme, value) = credentials.split_once(' ')?;
    let value = value.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(value.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    decoded.split_once(':').map(|(_, password)| password.to_owned())
}

/// Checks that a key is valid now, and from this address.
fn check(key: &PresentedKey, address: Option<std::net::IpAddr>) -> Result<(), ApiRefusal> {
    let now = clock::now();
    let is_away = key.account.issuer.is_some()
        && key.signed_in_at.is_none_or(|signed_in_at| signed_in_at < now - WITHOUT_SIGN_IN);
    if key.ended_at.is_some() || key.last_day < clock::today() || key.disabled_at.is_some() || is_away {
        return Err(ApiRefusal::KeyEnded);
    }
    let networks = Networks::parse(&key.networks).unwrap_or_default();
    if !networks.include(address) {
        return Err(ApiRefusal::WrongNetwork);
    }
    Ok(())
}

/// Stores a refusal in the history, once a day per key and reason.
async fn record(db: &Db, uses: &Uses, key: &PresentedKey, refusal: ApiRefusal) {
    if !uses.is_first_refusal(key.id, refusal.name()) {
        return;
    }
    let (label, account) = (key.label.clone(), key.account.id);
    let recorded = db.write(move |conn| store::record_refusal(conn, &label, account, refusal.name())).await;
    if let Err(error) = recorded {
        tracing::warn!(%error, "the refusal of a key could not be recorded");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_as_bearer_or_as_password() {
        assert_eq!(key_in("Bearer carnet_1").as_deref(), Some("carnet_1"));
        assert_eq!(key_in("bearer  carnet_1 ").as_deref(), Some("carnet_1"));
        assert_eq!(key_in("Basic OmNhcm5ldF8x").as_deref(), Some("carnet_1"));
        assert_eq!(key_in("Basic cGJ4OmNhcm5ldF8x").as_deref(), Some("carnet_1"));
        for other in ["carnet_1", "Digest carnet_1", "Basic carnet_1", "Basic Y2FybmV0", "Basic /w==", ""] {
            assert_eq!(key_in(other), None, "{other}");
        }
    }
}
