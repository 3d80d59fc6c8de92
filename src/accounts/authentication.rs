use std::sync::Arc;

use actix_session::SessionExt as _;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest};

use super::store;
use crate::db::waiting::Waiting;
use crate::db::{HELD, sessions};
use crate::error::AppResult;
use crate::web::{Account, CurrentSession, Door, Doors, concurrency_limit, referrer};

/// A middleware that adds the account, the session and the menu's numbers of a request, as loaded with the session. The routes check the account's
/// rights; see [`crate::web::routes`].
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = match find(&request) {
        Ok(Some((account, session, waiting))) => {
            let id = account.id;
            let mut extensions = request.extensions_mut();
            extensions.insert(account);
            extensions.insert(session);
            extensions.insert(waiting);
            id
        }
        Ok(None) => return Ok(next.call(request).await?.map_into_left_body()),
        Err(error) => return Ok(request.error_response(error).map_into_right_body()),
    };
    let place = match concurrency_limit::take_of_account(request.request(), id).await {
        Ok(place) => place,
        Err(error) => return Ok(request.error_response(error).map_into_right_body()),
    };
    let response = HELD.scope(Arc::new(place), next.call(request)).await?;
    Ok(response.map_into_left_body())
}

fn find(request: &ServiceRequest) -> AppResult<Option<(Account, CurrentSession, Waiting)>> {
    let Some(present) = sessions::present_in(&request.get_session())? else {
        return Ok(None);
    };
    let (session, waiting) = (CurrentSession(present.session), present.waiting);
    let account = store::account(present.account, present.second_factor_for.as_deref())?;
    Ok(Some((account, session, waiting)))
}

/// The pages that some requests must pass first.
pub fn doors() -> Doors {
    Doors {
        sign_in: Door { with_form: super::sign_in::ask_again, location: sign_in_location },
        set_up: Door {
            with_form: super::second_factor::ask_to_set_up,
            location: super::second_factor::set_up_location,
        },
    }
}

/// The redirect's location for a request without an account: the sign-in page, which then leads to the requested page. After a
/// form that is not given back, it leads to the page of the form, and the sign-in page says that nothing was saved.
fn sign_in_location(request: &HttpRequest) -> String {
    if request.method() == Method::POST {
        return super::sign_in::location_unsaved(&referrer(request).unwrap_or_else(|| "/".to_owned()));
    }
    let wanted = request.uri().path_and_query().map_or("/", |wanted| wanted.as_str());
    super::sign_in::location("/login", wanted)
}
