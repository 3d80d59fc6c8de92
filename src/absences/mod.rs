//! The form of an absence: its days and its substitute.

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
