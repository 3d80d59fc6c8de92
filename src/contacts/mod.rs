//! The address book: the list and its search, a contact's page, its form, its statuses, the trash and what erases for
//! good.

mod conflict;
mod contact;
mod deletion;
pub mod drafts;
mod edit_pages;
pub mod erasure;
mod filter;
mod form;
mod form_pages;
mod list;
pub mod listing;
mod pages;
mod personal_data;
mod search;
mod social;
mod statuses;
pub mod store;
mod trash;
mod wording;
mod words;

pub use contact::{Contact, Statuses};
pub use pages::refuse_note;
pub use search::complete as complete_index;
pub use wording::{Wording, column_name, countries, country_name, field_name};

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts")
        .get(Right::ContactView, list::index)
        .post(Right::ContactAdd, form_pages::create);
    routes
        .at("/contacts/new")
        .get(Right::ContactAdd, form_pages::new);
    routes
        .at("/contacts/statuses")
        .post(Right::ContactEdit, statuses::update);
    routes
        .at("/contacts/trash")
        .get(Right::ContactDelete, trash::index);
    erasure::routes(routes);
    routes
        .at("/contacts/{id}")
        .get(Right::ContactView, pages::show)
        .post(Right::ContactEdit, edit_pages::update);
    routes
        .at("/contacts/{id}/edit")
        .get(Right::ContactEdit, edit_pages::edit);
    routes
        .at("/contacts/{id}/history")
        .get(Right::ContactView, pages::history);
    routes
        .at("/contacts/{id}/delete")
        .get(Right::ContactDelete, deletion::new)
        .post(Right::ContactDelete, deletion::create);
    routes
        .at("/contacts/{id}/restore")
        .post(Right::ContactDelete, trash::restore);
    routes
        .at("/contacts/{id}/data")
        .get(Right::ExportAdd, personal_data::show);
    routes
        .at("/contacts/{id}/data.json")
        .get(Right::ExportAdd, personal_data::download);
}
