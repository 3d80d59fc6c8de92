//! The pages of the history: an entry in words, on a contact's page and, whole, for the administrator.

mod export;
mod filter;
mod pages;
mod telling;

pub use telling::Telling;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes.at("/audit").get(Right::AuditView, pages::index);
    routes
        .at("/audit.csv")
        .get(Right::AuditView, export::create);
}
