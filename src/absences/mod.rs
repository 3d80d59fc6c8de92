//! The form of an absence: when somebody is away, and who stands in.

mod form;
mod pages;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts/{id}/absence")
        .get(Right::ContactEdit, pages::edit)
        .post(Right::ContactEdit, pages::update);
}
