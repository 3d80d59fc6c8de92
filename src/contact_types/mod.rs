//! The pages of contact types: fields that an administrator adds to the form for some contacts.

mod field_pages;
mod form;
mod job;
mod pages;
mod repaired;

pub use job::run as run_job;
pub use repaired::rekey_names;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    let right = Right::CustomFieldsEdit;
    routes.at("/contact-types").get(right, pages::index).post(right, pages::create);
    routes.at("/contact-types/new").get(right, pages::new);
    routes.at("/contact-types/{id}").get(right, pages::show).post(right, pages::update);
    routes.at("/contact-types/{id}/edit").get(right, pages::edit);
    routes.at("/contact-types/{id}/move").post(right, pages::reorder);
    routes.at("/contact-types/{id}/delete").get(right, pages::ask).post_asked_again(right, pages::destroy);
    routes.at("/contact-types/{id}/fields").post(right, field_pages::create);
    routes.at("/contact-types/{id}/fields/new").get(right, field_pages::new);
    routes.at("/contact-types/{id}/fields/{field}").post(right, field_pages::update);
    routes.at("/contact-types/{id}/fields/{field}/edit").get(right, field_pages::edit);
    routes.at("/contact-types/{id}/fields/{field}/move").post(right, field_pages::reorder);
    routes
        .at("/contact-types/{id}/fields/{field}/delete")
        .get(right, field_pages::ask)
        .post_asked_again(right, field_pages::destroy);
}
