//! Erasing people for good: one by hand, all in the trash by hand, and whoever has been in the trash for thirty days.
//!
//! What the book holds goes at once, fifty people a transaction ([`store`]), with what else was typed that names them
//! ([`mentions`]). Their lines in the imported files
//! follow in the background ([`job`]), and wait for imports that hold such lines and are not finished: of what
//! they are known by ([`known_by`]) only hashes are kept until then. The history keeps who was erased when, as a number, and by whom.

mod job;
mod known_by;
mod mentions;
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
