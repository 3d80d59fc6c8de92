//! Reports of mistakes on contacts' pages: the form for everybody who sees the contact, and the coordinators' answers.

mod answers;
mod form;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes.at("/contacts/{id}/reports").post(Right::ContactView, form::create);
    routes
        .at("/reports/{id}")
        .get(Right::ContactEdit, answers::show)
        .post(Right::ContactEdit, answers::create);
}
