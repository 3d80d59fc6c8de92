//! The address book: the list and its search, a contact's page, its form, its statuses.

mod contact;
mod deletion;
mod filter;
mod form;
mod list;
pub mod listing;
mod pages;
mod search;
mod statuses;
pub mod store;

pub use contact::{Contact, Statuses};
pub use form::field_name;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts")
        .get(Right::ContactView, list::index)
        .post(Right::ContactAdd, pages::create);
    routes
        .at("/contacts/new")
        .get(Right::ContactAdd, pages::new);
    routes
        .at("/contacts/statuses")
        .post(Right::ContactEdit, statuses::update);
    routes
        .at("/contacts/{id}")
        .get(Right::ContactView, pages::show)
        .post(Right::ContactEdit, pages::update);
    routes
        .at("/contacts/{id}/edit")
        .get(Right::ContactEdit, pages::edit);
    routes
        .at("/contacts/{id}/delete")
        .get(Right::ContactDelete, deletion::new)
        .post(Right::ContactDelete, deletion::create);
}
