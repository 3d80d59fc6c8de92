//! Company sign-in by OpenID Connect: authorization code, PKCE, state and nonce. It is off unless the operator configures a
//! provider.
//!
//! An account belongs to the provider's issuer and subject, never to a name or e-mail. Each sign-in sets its role from the
//! provider's claim. No token is stored.

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

/// The company's provider, if one is configured.
pub struct CompanySignIn(pub Option<Provider>);

/// The sign-in page's link for company accounts; `None` without a provider.
pub fn link(request: &HttpRequest, next: &str) -> Option<String> {
    let company = request.app_data::<web::Data<CompanySignIn>>()?;
    company.0.as_ref()?;
    Some(sign_in::location("/login/company", next))
}
