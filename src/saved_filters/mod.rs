//! Saved filters: filters of the list with a name, private or shared.

mod form;
mod pages;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts/filters")
        .get(Right::ContactView, pages::index)
        .post(Right::ContactView, pages::create);
    routes.at("/contacts/filters/new").get(Right::ContactView, pages::new);
    routes
        .at("/contacts/filters/{id}")
        .get(Right::ContactView, pages::edit)
        .post(Right::ContactView, pages::update);
    routes.at("/contacts/filters/{id}/delete").post(Right::ContactView, pages::delete);
}
