//! Erasing people for good: one by hand, all in the trash by hand, and whoever has been in the trash for thirty days.
//!
//! What the book holds goes at once, two hundred people a transaction ([`store`]). Their lines in the imported files
//! follow in the background ([`job`]), and wait for imports that hold such lines and are not finished: of the e-mails only
//! hashes are kept until then. The history keeps who was erased when, as a number, and by whom.

mod job;
mod pages;
mod people;
mod store;

pub use job::run as run_job;
pub(super) use store::one_at_a_time;
pub use store::{Erasure, latest, sweep_trash};

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts/trash/empty")
        .get(Right::ContactDelete, pages::ask_to_empty)
        .post_asked_again(Right::ContactDelete, pages::empty);
    routes
        .at("/contacts/{id}/erase")
        .get(Right::ContactDelete, pages::ask)
        .post_asked_again(Right::ContactDelete, pages::create);
    routes
        .at("/erasures/{id}")
        .get(Right::ContactDelete, pages::show);
}
