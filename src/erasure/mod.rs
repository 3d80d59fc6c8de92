//! Erasing people for good: one person by hand, the whole trash by hand, and everyone who has been in the trash for thirty days.
//!
//! The contents of the book are erased at once, fifty people per transaction ([`store`]), together with other typed texts
//! that name them ([`mentions`]). Their lines in imported files follow in the background ([`job`]), after the end of
//! unfinished imports that contain such lines. Until then only hashes of their identifiers ([`known_by`]) are kept. The
//! history keeps the number of each erased contact, the time, and the account that erased it.

mod job;
mod known_by;
mod mentions;
mod pages;
mod people;
mod store;

pub use job::run as run_job;
pub(super) use store::one_at_a_time;
pub use store::{Erasure, latest, marks_of, sweep_trash};

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
    routes.at("/erasures/{id}").get(Right::ContactDelete, pages::show);
}
