//! The pages of organizations: list, page, form and deletion.

mod deletion;
mod form;
mod form_pages;
mod job;
mod pages;
mod repaired;

pub use form::{OrganizationForm, of_name, taken};
pub use job::run as run_job;
pub use repaired::repair;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/organizations")
        .get(Right::OrganizationView, pages::index)
        .post(Right::OrganizationAdd, form_pages::create);
    routes.at("/organizations/new").get(Right::OrganizationAdd, form_pages::new);
    routes
        .at("/organizations/{id}")
        .get(Right::OrganizationView, pages::show)
        .post(Right::OrganizationEdit, form_pages::update);
    routes.at("/organizations/{id}/edit").get(Right::OrganizationEdit, form_pages::edit);
    routes
        .at("/organizations/{id}/delete")
        .get(Right::OrganizationDelete, deletion::ask)
        .post(Right::OrganizationDelete, deletion::destroy);
}
