//! Who did what and when: told on the contact's page and, whole, to the administrator.

mod entry;
mod export;
mod filter;
pub mod forgetting;
mod pages;
pub mod store;
mod telling;

pub use entry::{Entry, Kind};
pub use filter::CARNET;
pub use store::{Author, Told, record};
pub use telling::Telling;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes.at("/audit").get(Right::AuditView, pages::index);
    routes
        .at("/audit.csv")
        .get(Right::AuditView, export::create);
}
