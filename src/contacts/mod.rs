//! The address book: the list and its search, a contact's page, its form, its statuses, the trash and what erases for
//! good.

mod absence;
mod at_hand;
mod bulk;
mod cards;
mod changed;
mod checks;
mod choices;
mod conflict;
mod contact;
mod deletion;
pub mod drafts;
mod edit_pages;
pub mod erasure;
mod expertise;
pub mod export;
mod filter;
mod form;
mod form_pages;
mod list;
pub mod listing;
mod message;
mod narrowing;
mod ordering;
mod pages;
mod personal_data;
mod saved;
mod search;
mod second_number;
mod selection;
mod social;
mod statuses;
pub mod store;
mod trash;
mod vcard;
mod wording;
mod words;

pub use bulk::run_job as run_bulk_job;
pub use changed::Changed;
pub use contact::{Contact, Person, Statuses};
pub use pages::refuse_note;
pub use saved::store::rekey_names as rekey_saved_filters;
pub use search::vocabulary::{forget_outdated as forget_outdated_words, rekey_values};
pub use search::{complete as complete_index, run_compaction_job, settle as settle_index};
pub use wording::{Wording, column_name, countries, country_name, field_name};
pub use words::organization_names;

use crate::domain::Right;
use crate::web::Routes;

/// Of the list's forms: a page of it has up to 200 rows of a few boxes each.
const LIST_FIELDS: usize = 1_200;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts")
        .post(Right::ContactAdd, form_pages::create)
        .fields(LIST_FIELDS)
        .get(Right::ContactView, list::index);
    routes
        .at("/contacts/new")
        .get(Right::ContactAdd, form_pages::new);
    routes
        .at("/contacts/statuses")
        .fields(LIST_FIELDS)
        .post(Right::ContactEdit, statuses::update);
    routes
        .at("/contacts/trash")
        .get(Right::ContactDelete, trash::index);
    routes
        .at("/contacts/choices")
        .get(Right::ContactView, choices::index);
    saved::routes(routes);
    bulk::routes(routes);
    export::routes(routes);
    erasure::routes(routes);
    checks::routes(routes);
    at_hand::routes(routes);
    message::routes(routes);
    cards::routes(routes);
    routes
        .at("/contacts/{id}")
        .get(Right::ContactView, pages::show)
        .post(Right::ContactEdit, edit_pages::update);
    routes
        .at("/contacts/{id}/edit")
        .get(Right::ContactEdit, edit_pages::edit);
    second_number::routes(routes);
    absence::routes(routes);
    expertise::routes(routes);
    checks::contact_routes(routes);
    at_hand::contact_routes(routes);
    routes
        .at("/contacts/{id}/history")
        .get(Right::ContactView, pages::history);
    routes
        .at("/contacts/{id}/delete")
        .get(Right::ContactDelete, deletion::new)
        .post_asked_again(Right::ContactDelete, deletion::create);
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
