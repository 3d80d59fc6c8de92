//! The parameters of requests.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use url::form_urlencoded;

use super::openapi::OPERATIONS;
use crate::error::{ApiRefusal, AppError};

/// A middleware that refuses parameters that the operation does not have: a misspelt `dry_run` would write. A look-up takes any: some
/// telephone systems add their own.
pub async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let pattern = request.match_pattern().unwrap_or_default();
    let operation = OPERATIONS
        .iter()
        .find(|operation| operation.path == pattern && operation.method == request.method().as_str());
    if let Some(operation) = operation.filter(|operation| operation.id != "lookUp") {
        let is_known = |name: &str| operation.query.iter().any(|(known, _)| *known == name);
        let unknown =
            form_urlencoded::parse(request.query_string().as_bytes()).find(|(name, _)| !is_known(name));
        if let Some((name, _)) = unknown {
            let name = name.chars().take(50).collect();
            let refusal = AppError::Api(ApiRefusal::NoSuchParameter { name });
            return Ok(request.error_response(refusal).map_into_right_body());
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}
