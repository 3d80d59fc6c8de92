//! Profiles: mappings that are kept for the next lists with the same headings, in any order.
//!
//! A profile holds headings and choices, never values of a list. A converted list with the headings of a profile is read by it
//! ([`use_fitting`]); [`Used`] has the bounds of the profile that the list exceeds, and [`goes_on`] returns whether the import may be
//! applied without a question.

mod bounds;
mod fitting;
mod form;
mod page;
mod pages;
mod store;
mod trial;
mod words;

pub use bounds::{Used, goes_on, may_go_on};
pub use fitting::{Near, list_of, nearest, use_fitting};
pub use form::{read_name, taken, too_many};
pub use store::{Added, Profile, add, by_name, names};
pub use trial::{Tried, run as try_list};
pub use words::stops;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    let (see, edit) = (Right::ImportAdd, Right::ImportProfileEdit);
    routes.at("/import-profiles").get(see, pages::index);
    routes.at("/import-profiles/{id}").get(see, pages::show).post(edit, pages::update);
    routes.at("/import-profiles/{id}/copy").post(edit, pages::copy);
    routes.at("/import-profiles/{id}/delete").get(edit, pages::ask).post_asked_again(edit, pages::destroy);
}
