//! Signing in with the company's account, by OpenID Connect: authorization code, PKCE, state and nonce. Off unless the
//! operator names a provider.
//!
//! An account is who the provider says, by issuer and subject, never by name or e-mail; its role is what the provider's
//! claim means at each sign-in. No token is kept.

mod claims;
mod description;
mod failure;
mod http;
mod pages;
mod pending;
mod provider;
mod store;
mod token;

pub use pages::{finish, resume, start};
pub use provider::Provider;

use actix_web::{HttpRequest, web};

use super::sign_in;

/// The company's provider, if there is one.
pub struct CompanySignIn(pub Option<Provider>);

/// Where the sign-in page leads for the company's account; none where there is no provider.
pub fn link(request: &HttpRequest, next: &str) -> Option<String> {
    let company = request.app_data::<web::Data<CompanySignIn>>()?;
    company.0.as_ref()?;
    Some(sign_in::location("/login/company", next))
}
