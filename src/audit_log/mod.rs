//! The pages of the history: the words for its entries, and the whole log for administrators.

mod export;
mod filter;
mod pages;
pub mod presenter;

pub use presenter::{EntryPresenter, substitutes, wording};

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes.at("/audit").get(Right::AuditView, pages::index);
    routes.at("/audit.csv").get(Right::AuditView, export::create);
}
