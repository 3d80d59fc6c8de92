//! External ids: the sources, which administrators name, and the form of a contact's ids.

mod form;
mod job;
mod pages;
mod source_pages;

pub use form::{Typed as TypedIds, Values as IdValues, read_id};
pub use job::run as run_job;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    let right = Right::CustomFieldsEdit;
    routes.at("/sources").get(right, source_pages::index).post(right, source_pages::create);
    routes.at("/sources/{id}").get(right, source_pages::edit).post(right, source_pages::update);
    routes
        .at("/sources/{id}/delete")
        .get(right, source_pages::ask)
        .post_asked_again(right, source_pages::destroy);
    routes
        .at("/contacts/{id}/external-ids")
        .get(Right::ContactEdit, pages::edit)
        .post(Right::ContactEdit, pages::update);
}
