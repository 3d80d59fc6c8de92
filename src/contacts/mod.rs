//! The pages of the address book: the list with its search, a contact's page, its form, its statuses and the trash.

mod around_list;
mod beside;
mod cards;
mod conflict;
mod deletion;
mod edit_pages;
mod expertise;
pub mod facets;
pub mod filter_bar;
mod find;
pub(crate) mod form;
mod form_pages;
mod form_rules;
mod list;
mod list_place;
mod lookup;
mod message;
mod pages;
mod personal_data;
mod reports;
mod second_number;
mod statuses;
mod trash;
pub mod verification;

pub use expertise::{TOPIC, read_expertise};
pub use list::contacts_in_words;
pub use pages::{refuse_note, refuse_report};

use crate::domain::Right;
use crate::web::Routes;

/// The most fields of the list's forms: far more than the few boxes per row of a page.
const LIST_FIELDS: usize = 1_200;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts")
        .post(Right::ContactAdd, form_pages::create)
        .fields(LIST_FIELDS)
        .get(Right::ContactView, list::index);
    routes.at("/lookup").get(Right::ContactView, lookup::show);
    routes.at("/contacts/new").get(Right::ContactAdd, form_pages::new);
    routes.at("/contacts/statuses").fields(LIST_FIELDS).post(Right::ContactEdit, statuses::update);
    routes.at("/contacts/trash").get(Right::ContactDelete, trash::index);
    routes.at("/contacts/choices").get(Right::ContactView, facets::index);
    verification::routes(routes);
    message::routes(routes);
    cards::routes(routes);
    routes
        .at("/contacts/{id}")
        .get(Right::ContactView, pages::show)
        .post(Right::ContactEdit, edit_pages::update);
    routes.at("/contacts/{id}/edit").get(Right::ContactEdit, edit_pages::edit);
    second_number::routes(routes);
    expertise::routes(routes);
    verification::contact_routes(routes);
    routes.at("/contacts/{id}/history").get(Right::ContactView, pages::history);
    routes
        .at("/contacts/{id}/delete")
        .get(Right::ContactDelete, deletion::new)
        .post_asked_again(Right::ContactDelete, deletion::create);
    routes.at("/contacts/{id}/restore").post(Right::ContactDelete, trash::restore);
    routes.at("/contacts/{id}/data").get(Right::ExportAdd, personal_data::show);
    routes.at("/contacts/{id}/data.json").get(Right::ExportAdd, personal_data::download);
}
